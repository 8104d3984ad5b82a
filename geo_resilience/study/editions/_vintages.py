"""An edition of other years' units, its regions called as those of the later one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from geo_resilience.notes import Note
from geo_resilience.regions import Crosswalk, Grouping
from geo_resilience.results import Results


def at_present(old: Results, new: Results, crosswalk: Crosswalk) -> tuple[Results, list[Note]]:
    """Call the units of an edition as they are called later, where one became one, whole.

    Units that merged or were divided keep their keys and are compared with none; a note names them.
    An index does not divide as its totals do.
    """
    parts = crosswalk.parts(old.years[-1])
    parts = parts[parts["from"].isin(old.regions.keys) & parts["to"].isin(new.regions.keys)]
    alone = ~parts["from"].duplicated(keep=False) & ~parts["to"].duplicated(keep=False)
    kept = parts["to"].isin(set(old.regions.keys) - set(parts["from"]))
    same = parts[alone & ~kept & (parts["share"] == 1)]
    others = parts.loc[~parts["from"].isin(same["from"]), "from"].drop_duplicates()
    names = [str(old.regions.name(key)[new.language]) for key in others]
    notes = [Note("compare.other_units", values={"regions": names})] if names else []
    return _renamed(old, dict(zip(same["from"], same["to"], strict=True))), notes


def _renamed(results: Results, keys: Mapping[str, str]) -> Results:
    """Call regions by other keys, in everything that an index hangs on."""
    if not keys:
        return results

    def called(index: pd.Index) -> pd.Index:
        return index.map(lambda key: keys.get(key, key))

    frame = results.regions.frame
    frame = frame.set_axis(called(frame.index).rename(frame.index.name)).sort_index()
    values = results.panel.values
    tables = {
        stem: table.assign(adcode=table["adcode"].replace(dict(keys)))
        if "adcode" in table
        else table
        for stem, table in results.tables.items()
    }
    levels = values.index.set_levels(called(values.index.levels[0]), level=0)
    return replace(
        results,
        regions=replace(results.regions, frame=frame, links=None),
        excluded=tuple(keys.get(key, key) for key in results.excluded),
        groupings={name: _regrouped(each, keys) for name, each in results.groupings.items()},
        panel=replace(results.panel, values=values.set_axis(levels).sort_index()),
        tables=tables,
        raw=pd.DataFrame(),
    )


def _regrouped(grouping: Grouping, keys: Mapping[str, str]) -> Grouping:
    groups = tuple(
        replace(group, members=tuple(sorted(keys.get(key, key) for key in group.members)))
        for group in grouping.groups
    )
    return replace(grouping, groups=groups)
