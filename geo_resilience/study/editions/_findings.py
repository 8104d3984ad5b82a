"""Findings of two runs beside each other: Moran's I, gaps, groups, clusters, warnings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from geo_resilience.errors import InputError, UndefinedError
from geo_resilience.spatial import moran_change
from geo_resilience.spatial.groups._changes import gaps_trend
from geo_resilience.statistics._certainty import ALPHA
from geo_resilience.study._simulation import stream
from geo_resilience.study.editions._edition import Edition
from geo_resilience.tables import of


@dataclass(frozen=True)
class FindingKind:
    """A kind of finding.

    - ``name``, ``table``: what it is, and the table that holds it.
    - ``item``: the column that names each.
    - ``value``: a column of numbers, or none.
    - ``verdict``: a column of words, or of p.
    - ``chosen``: the rows that are meant, beside those of the last year.
    """

    name: str
    table: str
    item: str
    value: str
    verdict: str
    chosen: Mapping[str, Any] = field(default_factory=dict)


KINDS: tuple[FindingKind, ...] = (
    FindingKind("moran", "global", "variable", "value", "p_sim", {"statistic": "moran"}),
    FindingKind("gap", "gaps", "measure", "value", "p_value"),
    FindingKind("group", "pattern", "group", "difference", "verdict", {"variable": "composite"}),
    FindingKind(
        "cluster",
        "local",
        "adcode",
        "value",
        "cluster",
        {"variable": "composite", "statistic": "local_moran"},
    ),
    FindingKind("warning", "warnings", "adcode", "risk", "level", {"forecast": False}),
)


def finding_changes(old: Edition, new: Edition) -> pd.DataFrame:
    """Put the findings of the last years side by side, with the p of a change that was tested."""
    pieces = [_beside(kind, old, new) for kind in KINDS]
    table = pd.concat(pieces, ignore_index=True)
    tested = paired(old, new)
    places = pd.MultiIndex.from_frame(table[["finding", "item"]])
    table["p_change"] = tested.reindex(places).to_numpy(dtype=float)
    return table


def _beside(kind: FindingKind, old: Edition, new: Edition) -> pd.DataFrame:
    sides = [_found(kind, each) for each in (old, new)]
    table = sides[0].add_suffix("_before").join(sides[1], how="outer")
    order = [*sides[1].index, *sides[0].index.difference(sides[1].index)]
    table = table.loc[order].rename_axis("item").reset_index()
    verdicts = [table[name].fillna("") for name in ("verdict_before", "verdict")]
    table = table.assign(
        finding=kind.name,
        verdict_before=verdicts[0],
        verdict=verdicts[1],
        changed=verdicts[0] != verdicts[1],
    )
    return table[_COLUMNS]


_COLUMNS = ["finding", "item", "value_before", "value", "verdict_before", "verdict", "changed"]


def _found(kind: FindingKind, edition: Edition) -> pd.DataFrame:
    rows = of(edition.results, kind.table, **kind.chosen)
    rows = rows[rows["year"] == edition.years[-1]].set_index(kind.item)
    words = rows[kind.verdict]
    if kind.verdict.startswith("p_"):
        sure = np.where(words <= ALPHA, "significant", "not significant")
        words = pd.Series(np.where(words.isna(), "", sure), rows.index)
    table = pd.DataFrame({"value": rows[kind.value].astype(float), "verdict": words.astype(object)})
    return table[~table.index.duplicated()]


def paired(old: Edition, new: Edition) -> pd.Series:
    """Test whether Moran's I and gaps of the composite changed, each region taken with itself.

    By finding and item; empty where runs differ in regions or link them by a measured variable.
    """
    sides = [each.scores["composite"].xs(each.years[-1], level="year") for each in (old, new)]
    empty = pd.Series(dtype=float, index=pd.MultiIndex.from_arrays([[], []]))
    links = new.neighbors()
    if links is None or not sides[0].index.equals(sides[1].index) or sides[0].equals(sides[1]):
        return empty
    panel = pd.concat(dict(enumerate(sides)), names=["year"]).swaplevel().sort_index()
    found = {}
    try:
        change = moran_change(
            panel.to_frame("composite"), links, rng=stream(new.plan.seed, "moran_change")
        )
        found["moran", "composite"] = float(change["p_change"].iloc[0])
        groupings, rng = new.ground.groupings, stream(new.plan.seed, "gaps")
        gaps = gaps_trend(panel, _gaps(old, new), groupings, links, rng=rng)
        for measure, p in zip(gaps["measure"], gaps["p_change"], strict=True):
            found["gap", measure] = float(p)
    except (InputError, UndefinedError):  # too few regions, or nothing that varies
        pass
    return pd.Series(found, dtype=float) if found else empty


def _gaps(old: Edition, new: Edition) -> pd.DataFrame:
    """Give the gaps of both last years, as if they were two years of one run."""
    sides = [of(each.results, "gaps", year=each.years[-1]) for each in (old, new)]
    return pd.concat([side.assign(year=place) for place, side in enumerate(sides)])
