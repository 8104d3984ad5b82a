"""Groups of regions (zones, belts, clusters, areas) against the rest."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from math import comb
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo_resilience.errors import InputError, Problems
from geo_resilience.spatial._permutations import asked_for
from geo_resilience.spatial.concentration._membership import Groups, members_of
from geo_resilience.spatial.groups._likelihood_ratio import (
    MOST_REGIONS,
    ErrorModel,
    dummy,
    links_over,
)
from geo_resilience.spatial.groups._permutation_nulls import ContiguousSets, Relabeling, drawing
from geo_resilience.spatial.neighbors._alignment import Linked, by_year, numbers_of
from geo_resilience.statistics._multiplicity import holm
from geo_resilience.statistics._repetitions import NULL_DRAWS, Rng

_FREE = ["year", "group", "kind", "variable", "n", "mean", "rest_mean", "difference", "p_free"]


_SPATIAL = ["p_contiguous", "p_compact", "p_spatial", "p_min", "verdict"]


Array = NDArray[np.float64]


@dataclass(frozen=True)
class Comparison:
    """A group and what it is held against: by default all other regions.

    Kind is zone, belt, cluster, area, all (belts and clusters together), contrast or empty; regions
    in neither members nor rest play no part.
    """

    id: str
    kind: str
    members: tuple[Any, ...]
    rest: tuple[Any, ...] = field(default=())

    @property
    def test(self) -> frozenset[frozenset[Any]]:
        """What is tested, whichever side is named first: two groups may share one test."""
        return frozenset({frozenset(self.members), frozenset(self.rest)})


def compare_groups(
    y: pd.Series,
    groups: Groups,
    neighbors: Linked | None = None,
    *,
    permutations: int | None = None,
    draws: int = NULL_DRAWS,
    rng: Rng = None,
) -> pd.DataFrame:
    """Compare the mean of each group with that of all other regions.

    Parameters
    ----------
    y : Series
        Values by region key, or by (adcode, year).
    groups : mapping, Series or Grouping
        Name to members; groups may overlap.
    neighbors : Neighbors or libpysal.graph.Graph, optional
        Over the same keys. Without them only p_free is there.
    permutations : int, optional
        Random relabelings; by default all are counted where that is cheap, else the
        house's number is drawn.
    draws : int
        Bootstrap draws of p_spatial.
    rng : None, int or numpy.random.Generator

    Returns
    -------
    DataFrame
        A row a group (and year): year, group, kind, variable, n, mean, rest_mean, difference,
        p_free; with neighbors also p_contiguous, p_compact, p_spatial, p_min, verdict. All
        p-values are two-sided.

    Raises
    ------
    InputError
        If a group has no member or all regions, or a member that has no value; if keys do not
        match the neighbors.

    Notes
    -----
    **p_free** deals the group's name to any regions, as if neighbors did not resemble each
    other; they do, so it rejects too often. **p_contiguous** is the rank of the group's mean
    among all contiguous sets of as many regions, **p_compact** (8 to 14 regions) among those
    whose links to the rest differ in number by at most 3 from the group's; both describe, and
    are NaN where the group does not hang together. **p_spatial** carries the verdict: the
    likelihood ratio of the group's dummy in a spatial error model, with a parametric bootstrap
    under the model without it. **p_min** is the smallest p_free that can come out for groups of
    that size; above .05 the verdict is "cannot be tested". The verdicts correct p_spatial by Holm
    over the groups of a year and variable that can be tested (each test once).

    Examples
    --------
    >>> y = pd.Series([5.0, 6, 1, 2, 3], list("abcde"), name="score")
    >>> compare_groups(y, {"coast": ["a", "b"]})[["group", "difference", "p_free"]].values.tolist()
    [['coast', 3.5, 0.2]]
    """
    keys = y.index.get_level_values(0).unique() if isinstance(y.index, pd.MultiIndex) else y.index
    named = {name: tuple(members) for name, members in members_of(groups).items()}
    _check(named, keys)
    wanted = [
        Comparison(name, "", members, _others(keys, members)) for name, members in named.items()
    ]
    frame = y.to_frame(str(y.name) if y.name is not None else "y")
    return _compared(frame, wanted, neighbors, asked_for(permutations), draws, rng)


def pattern_table(
    frame: pd.DataFrame,
    groupings: Mapping[str, Any],
    neighbors: Linked | None = None,
    *,
    full: bool = False,
    permutations: int | None = None,
    draws: int = NULL_DRAWS,
    rng: Rng = None,
) -> pd.DataFrame:
    """Compare each zone, belt, cluster and area with the rest, by variable and year: pattern.

    Members outside the frame are passed over, groups of none or of all regions left out. `full`
    adds the columns that need neighbors, and two rows: ``belts_and_clusters`` (kind all) and
    ``belts_against_clusters`` (belts outside the clusters, kind contrast).
    """
    keys = by_year(frame)[0][1].index
    wanted = comparisons_within(groupings, keys, full=full)
    if full and neighbors is None:
        raise InputError("spatial.neighbors_needed")
    linked = neighbors if full else None
    return _compared(frame, wanted, linked, asked_for(permutations), draws, rng)


def comparisons_within(
    groupings: Mapping[str, Any], keys: pd.Index, *, full: bool = False
) -> list[Comparison]:
    """Give the groups of all groupings, reduced to the keys; those of none or all left out."""
    known, found = set(keys), []
    for grouping in groupings.values():
        kinds = {group.id: str(group.kind) for group in getattr(grouping, "groups", ())}
        for name, members in members_of(grouping).items():
            there = tuple(key for key in members if key in known)
            found.append(Comparison(name, kinds.get(name, ""), there, _others(keys, there)))
    if full:
        found += _together(found, keys)
    return [comparison for comparison in found if comparison.members and comparison.rest]


def _together(found: Sequence[Comparison], keys: pd.Index) -> list[Comparison]:
    """Give belts and clusters at once, and belts against clusters."""
    of_kind = {
        kind: {key for each in found if each.kind == kind for key in each.members}
        for kind in ("belt", "cluster")
    }
    both = of_kind["belt"] | of_kind["cluster"]
    if not of_kind["belt"] or not of_kind["cluster"]:
        return []
    all_of_them = tuple(key for key in keys if key in both)
    clusters = tuple(key for key in keys if key in of_kind["cluster"])
    belts = tuple(key for key in keys if key in of_kind["belt"] - of_kind["cluster"])
    return [
        Comparison("belts_and_clusters", "all", all_of_them, _others(keys, all_of_them)),
        Comparison("belts_against_clusters", "contrast", belts, clusters),
    ]


def _others(keys: pd.Index, members: Sequence[Any]) -> tuple[Any, ...]:
    inside = set(members)
    return tuple(key for key in keys if key not in inside)


def _check(groups: Mapping[str, Sequence[Any]], keys: pd.Index) -> None:
    problems, known = Problems(), set(keys)
    for name, members in groups.items():
        unknown = [str(key) for key in members if key not in known]
        if unknown:
            problems.add("spatial.group_unknown_members", group=name, regions=unknown)
        elif not members or len(members) == len(known):
            problems.add(
                "spatial.group_none_or_all", group=name, found=len(members), regions=len(known)
            )
    problems.raise_if_any()


def _compared(
    frame: pd.DataFrame,
    wanted: Sequence[Comparison],
    neighbors: Linked,
    permutations: int | None,
    draws: int,
    rng: Rng,
) -> pd.DataFrame:
    years = by_year(frame)
    keys = years[0][1].index
    generator = np.random.default_rng(rng)
    sides = [
        (keys.get_indexer(list(each.members)), keys.get_indexer(list(each.rest))) for each in wanted
    ]
    sizes = [len(inside) for inside, _ in sides]
    drawn, random = drawing(permutations, len(keys), sizes, len(years) * frame.shape[1], generator)
    inference = None
    if neighbors is not None:
        inference = _Inference(wanted, sides, neighbors, keys, draws, generator)
    columns = _FREE if inference is None else [*_FREE, *_SPATIAL]
    named = {"group": [each.id for each in wanted], "kind": [each.kind for each in wanted]}
    parts = []
    for year, part in years:
        numbers, of_year = numbers_of(part.loc[keys], name="frame"), []
        for variable, values in zip(part.columns, numbers.T, strict=True):
            means = pd.DataFrame([_means(values, *pair) for pair in sides], columns=_FREE[4:8])
            means["p_free"] = _free(values, sides, drawn, random)
            means = means.assign(year=year, variable=str(variable), **named)
            of_year.append(means if inference is None else inference.added(means, values))
        parts.append(pd.concat(of_year).sort_index(kind="stable"))
    if not wanted:
        return pd.DataFrame(columns=columns)
    return pd.concat(parts, ignore_index=True)[columns]


def _means(values: Array, inside: Any, outside: Any) -> tuple[int, float, float, float]:
    mean, rest = float(values[inside].mean()), float(values[outside].mean())
    return len(inside), mean, rest, mean - rest


def _free(values: Array, sides: Sequence[Any], drawn: int | None, random: Any) -> list[float]:
    """Give p_free of each comparison; those against all others share one listing."""
    every = Relabeling(values, drawn, random)
    found = []
    for inside, outside in sides:
        if len(inside) + len(outside) == len(values):
            found.append(every.p_value(inside)[0])
        else:
            both = np.concatenate([inside, outside])
            alone = Relabeling(values[both], drawn, random)
            found.append(alone.p_value(range(len(inside)))[0])
    return found


class _Inference:
    """What a group's columns that need neighbors are made from, shared by years and variables."""

    def __init__(
        self,
        wanted: Sequence[Comparison],
        sides: Sequence[tuple[NDArray[np.int64], NDArray[np.int64]]],
        neighbors: Linked,
        keys: pd.Index,
        draws: int,
        rng: np.random.Generator,
    ) -> None:
        links = links_over(neighbors, keys, "frame")
        self._sides, self._n = sides, len(keys)
        self._tests = [each.test for each in wanted]
        self._whole = [len(inside) + len(outside) == self._n for inside, outside in sides]
        self._sets = ContiguousSets(links, [inside for inside, _ in sides], rng)
        small = self._n <= MOST_REGIONS
        self._model = ErrorModel(links, draws=draws, rng=rng) if small else None

    def added(self, means: pd.DataFrame, values: Array) -> pd.DataFrame:
        """Add the columns for one variable of one year."""
        ranking = self._sets.of(values)
        ranks = [
            ranking.p_values(inside) if whole else (np.nan, np.nan)
            for (inside, _), whole in zip(self._sides, self._whole, strict=True)
        ]
        means["p_contiguous"], means["p_compact"] = np.array(ranks).T
        means["p_spatial"] = self._spatial(values)
        means["p_min"] = [
            min(1.0, 2.0 / comb(len(inside) + len(outside), len(inside)))
            for inside, outside in self._sides
        ]
        means["verdict"] = verdicts(
            means["difference"], means["p_spatial"], means["p_min"], self._tests
        )
        return means

    def _spatial(self, values: Array) -> Array:
        p = np.full(len(self._sides), np.nan)
        if self._model is None or np.ptp(values) == 0:
            return p
        whole = [place for place, all_in in enumerate(self._whole) if all_in]
        dummies = [dummy(self._n, self._sides[place][0]) for place in whole]
        if whole:
            p[whole] = self._model.test(values, dummies).p
        for place, all_in in enumerate(self._whole):
            if not all_in:
                inside, outside = self._sides[place]
                aside = 1.0 - dummy(self._n, np.concatenate([inside, outside]))
                own = [dummy(self._n, inside)]
                p[place] = self._model.test(values, own, aside[:, None]).p[0]
        return p


_LEVEL = 0.05


def verdicts(
    difference: pd.Series, p: pd.Series, p_min: pd.Series, tests: Sequence[Hashable]
) -> list[str]:
    """Judge groups of one year and variable together; groups of the same test count once.

    "higher" or "lower" where Holm's p over the groups that can be tested is at most .05.
    """
    testable = (p_min <= _LEVEL) & p.notna()
    first: dict[Hashable, float] = {}
    for test, value, can in zip(tests, p, testable, strict=True):
        if can:
            first.setdefault(test, float(value))
    corrected = dict(zip(first, holm(list(first.values())), strict=True))
    found = []
    for place, test in enumerate(tests):
        if p_min.iloc[place] > _LEVEL:
            found.append("cannot be tested")
        elif np.isnan(p.iloc[place]):
            found.append("not tested")
        elif corrected[test] > _LEVEL:
            found.append("not significant")
        else:
            found.append("higher" if difference.iloc[place] > 0 else "lower")
    return found
