"""Groups of regions (zones, belts, clusters, areas) against the rest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from geo_resilience.errors import InputError, Problems
from geo_resilience.spatial.alignment import by_year, numbers_of
from geo_resilience.spatial.autocorrelation.arrangements import asked_for
from geo_resilience.spatial.membership import members_of
from geo_resilience.spatial.relabeling import Relabeling, drawing

__all__ = ["Named", "compare_groups", "groups_within", "pattern_table"]

_COLUMNS = ["year", "group", "kind", "variable", "n", "mean", "rest_mean", "difference", "p_free"]


@dataclass(frozen=True)
class Named:
    """A group to be compared: its id, kind (zone, belt, cluster, area or empty) and members."""

    id: str
    kind: str
    members: tuple[Any, ...]


def compare_groups(
    y: pd.Series,
    groups: Any,
    neighbors: Any = None,
    *,
    permutations: int | None = None,
    rng: Any = None,
) -> pd.DataFrame:
    """Compare the mean of each group with that of all other regions.

    Parameters
    ----------
    y : Series
        Values by region key, or by (adcode, year).
    groups : mapping, Series or Grouping
        Name to members; groups may overlap.
    neighbors : Neighbors or libpysal.graph.Graph, optional
        Not used by the free relabeling.
    permutations : int, optional
        Random relabelings; by default all are counted where that is cheap, else 9,999 drawn.
    rng : None, int or numpy.random.Generator

    Returns
    -------
    DataFrame
        A row a group (and year): year, group, kind, variable, n, mean, rest_mean, difference,
        p_free.

    Raises
    ------
    InputError
        If a group has no member or all regions, or a member that has no value.

    Notes
    -----
    p_free deals the group's name to any regions, as if neighbors did not resemble each other.
    They do, so it rejects too often: nothing is significant on p_free alone.

    Examples
    --------
    >>> y = pd.Series([5.0, 6, 1, 2, 3], list("abcde"), name="score")
    >>> compare_groups(y, {"coast": ["a", "b"]})[["group", "difference", "p_free"]].values.tolist()
    [['coast', 3.5, 0.2]]
    """
    named = [Named(name, "", tuple(members)) for name, members in members_of(groups).items()]
    keys = y.index.get_level_values(0).unique() if isinstance(y.index, pd.MultiIndex) else y.index
    _check(named, keys)
    frame = y.to_frame(str(y.name) if y.name is not None else "y")
    return _compared(frame, named, asked_for(permutations), rng)


def pattern_table(
    frame: pd.DataFrame,
    groupings: Mapping[str, Any],
    neighbors: Any = None,
    *,
    variables: Sequence[str] | None = None,
    permutations: int | None = None,
    rng: Any = None,
) -> pd.DataFrame:
    """Compare every zone, belt, cluster and area with the rest, for each variable and year.

    Parameters
    ----------
    frame : DataFrame
        Index (adcode, year), or region keys alone (the year is then 0); a column a variable.
    groupings : mapping of name to Grouping
        As `regions.read_groups` gives them; members outside the frame are passed over, and
        groups of none or of all regions left out.
    neighbors : Neighbors or libpysal.graph.Graph, optional
        Not used by the free relabeling.
    variables : sequence of str, optional
        Columns to compare; all by default.
    permutations : int, optional
        As in `compare_groups`.
    rng : None, int or numpy.random.Generator

    Returns
    -------
    DataFrame
        Columns year, group, kind, variable, n, mean, rest_mean, difference, p_free; rows by
        year, then group and variable in the order given.
    """
    chosen = frame if variables is None else frame[list(variables)]
    keys = by_year(chosen)[0][1].index
    return _compared(chosen, groups_within(groupings, keys), asked_for(permutations), rng)


def groups_within(groupings: Mapping[str, Any], keys: pd.Index) -> list[Named]:
    """Give the groups of all groupings, reduced to the keys; those of none or all left out."""
    known = set(keys)
    found = []
    for grouping in groupings.values():
        kinds = {group.id: str(group.kind) for group in getattr(grouping, "groups", ())}
        for name, members in members_of(grouping).items():
            there = tuple(key for key in members if key in known)
            if 0 < len(there) < len(known):
                found.append(Named(name, kinds.get(name, ""), there))
    return found


def _check(groups: Iterable[Named], keys: pd.Index) -> None:
    problems, known = Problems(), set(keys)
    for group in groups:
        unknown = [str(key) for key in group.members if key not in known]
        if unknown:
            problems.add("spatial.group_unknown_members", group=group.id, regions=unknown)
        elif not group.members or len(group.members) == len(known):
            problems.add(
                "spatial.group_none_or_all",
                group=group.id,
                found=len(group.members),
                regions=len(known),
            )
    problems.raise_if_any()
    if len(known) < 2:
        raise InputError("spatial.too_few_regions", found=len(known), least=2)


def _compared(
    frame: pd.DataFrame, groups: Sequence[Named], permutations: int | None, rng: Any
) -> pd.DataFrame:
    years = by_year(frame)
    keys = years[0][1].index
    sizes = [len(group.members) for group in groups]
    times = len(years) * frame.shape[1]
    drawn, random = drawing(permutations, len(keys), sizes, times, rng)
    rows = []
    for year, part in years:
        numbers = numbers_of(part, name="frame")
        known = {
            name: Relabeling(column, drawn, random)
            for name, column in zip(part.columns, numbers.T, strict=True)
        }
        for group in groups:
            at = part.index.get_indexer(list(group.members))
            for variable, relabeling in known.items():
                rows.append((year, group.id, group.kind, str(variable), *_row(relabeling, at)))
    table = pd.DataFrame(rows, columns=_COLUMNS)
    return table.astype({"group": "str", "kind": "str", "variable": "str"})


def _row(relabeling: Relabeling, at: np.ndarray) -> tuple[int, float, float, float, float]:
    inside = np.zeros(len(relabeling.values), dtype=bool)
    inside[at] = True
    mean = float(relabeling.values[inside].mean())
    rest = float(relabeling.values[~inside].mean())
    return len(at), mean, rest, mean - rest, relabeling.p_value(at)[0]
