"""Groups of regions (zones, belts, clusters, areas) against the rest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import comb
from typing import Any

import numpy as np
import pandas as pd

from geo_resilience.errors import InputError, Problems
from geo_resilience.spatial._permutations import asked_for
from geo_resilience.spatial.concentration._membership import Groups, members_of
from geo_resilience.spatial.groups._likelihood_ratio import (
    ErrorModel,
    fitted_on,
    links_over,
)
from geo_resilience.spatial.groups._permutation_nulls import ContiguousSets, drawing, free_p
from geo_resilience.spatial.groups._verdicts import (
    GroupTests,
    corrected,
    draws_needed,
    families_of,
    verdict,
)
from geo_resilience.spatial.neighbors._alignment import Linked, by_year, numbers_of
from geo_resilience.spatial.neighbors._links import Links
from geo_resilience.statistics._arrays import Array, Whole
from geo_resilience.statistics._certainty import ALPHA
from geo_resilience.statistics._repetitions import NULL_DRAWS, Rng

_FREE = ["year", "group", "kind", "variable", "n", "mean", "rest_mean", "difference", "p_free"]


_SPATIAL = ["p_contiguous", "p_compact", "p_spatial", "q_spatial", "family", "p_min", "verdict"]

#: What the groups of a plain mapping are called together, and belts and clusters taken together:
#: they are judged once a belt or a cluster stands out.
_PLAIN, _TOGETHER = "groups", "belts_and_clusters"
_AFTER = {_TOGETHER: ("belts", "clusters")}

Sides = tuple[Whole, Whole]


@dataclass(frozen=True)
class GroupComparison:
    """A group and what it is held against: by default all other regions.

    Kind is zone, belt, cluster, area, all (belts and clusters together), contrast or empty; regions
    in neither members nor rest play no part. The family is that in which it is judged.
    """

    id: str
    kind: str
    members: tuple[Any, ...]
    rest: tuple[Any, ...] = field(default=())
    family: str = _PLAIN

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
        Bootstrap draws of p_spatial at least; many groups need more, and get them.
    rng : None, int or numpy.random.Generator

    Returns
    -------
    DataFrame
        A row a group (and year): year, group, kind, variable, n, mean, rest_mean, difference,
        p_free; with neighbors also p_contiguous, p_compact, p_spatial, q_spatial, family, p_min,
        verdict. All p-values are two-sided.

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
    are NaN where the group does not hang together. **p_spatial** is that of the likelihood ratio
    of the group's dummy in a spatial error model, with a parametric bootstrap under the model
    without it. **q_spatial** corrects it for the number of groups, and the **verdict** rests on
    it: by the joint least p over the draws that all groups of a year and variable share, families
    of groups against each other first, then the groups of a family (in a study the zones of a
    partition, belts, clusters and areas are families); groups of the same members count once.

    **p_min** is the smallest p_free that can come out for groups of that size; above .05 the
    verdict is "cannot be tested", as with a single region of thirty: nothing is averaged then, and
    at the small p that a verdict needs p_spatial would rest on the tail of the normal distribution
    alone (with skewed values it falls to .005 in 2 or 3 of 100 cases).

    Examples
    --------
    >>> y = pd.Series([5.0, 6, 1, 2, 3], list("abcde"), name="score")
    >>> compare_groups(y, {"coast": ["a", "b"]})[["group", "difference", "p_free"]].values.tolist()
    [['coast', 3.5, 0.2]]
    """
    keys = y.index.get_level_values(0).unique() if isinstance(y.index, pd.MultiIndex) else y.index
    named = {name: tuple(members) for name, members in members_of(groups).items()}
    _check(named, keys)
    family = str(getattr(groups, "name", None) or _PLAIN)
    wanted = [
        GroupComparison(name, "", members, _others(keys, members), family)
        for name, members in named.items()
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
) -> list[GroupComparison]:
    """Give the groups of all groupings, reduced to the keys; those of none or all left out."""
    known, found = set(keys), []
    for family, grouping in groupings.items():
        kinds = {group.id: str(group.kind) for group in getattr(grouping, "groups", ())}
        for name, members in members_of(grouping).items():
            there = tuple(key for key in members if key in known)
            rest = _others(keys, there)
            found.append(GroupComparison(name, kinds.get(name, ""), there, rest, str(family)))
    if full:
        found += _together(found, keys)
    return [comparison for comparison in found if comparison.members and comparison.rest]


def _together(found: Sequence[GroupComparison], keys: pd.Index) -> list[GroupComparison]:
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
        GroupComparison(
            "belts_and_clusters", "all", all_of_them, _others(keys, all_of_them), _TOGETHER
        ),
        GroupComparison("belts_against_clusters", "contrast", belts, clusters, _TOGETHER),
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
    wanted: Sequence[GroupComparison],
    neighbors: Linked | None,
    permutations: int | None,
    draws: int,
    rng: Rng,
) -> pd.DataFrame:
    years = by_year(frame)
    keys = years[0][1].index
    generator = np.random.default_rng(rng)
    sides = sides_among(wanted, keys)
    sizes = [len(inside) for inside, _ in sides]
    drawn, random = drawing(permutations, len(keys), sizes, len(years) * frame.shape[1], generator)
    inference = None
    if neighbors is not None:
        inference = _Inference(wanted, sides, neighbors, keys, draws, generator)
    columns = _FREE if inference is None else [*_FREE, *_SPATIAL]
    named = {"group": [each.id for each in wanted], "kind": [each.kind for each in wanted]}
    figures = [numbers_of(part.loc[keys], name="frame") for _, part in years]
    p_free = iter(_free(np.hstack(figures), sides, drawn, random).T)
    parts = []
    for (year, part), numbers in zip(years, figures, strict=True):
        of_year = []
        for variable, values in zip(part.columns, numbers.T, strict=True):
            means = pd.DataFrame([_means(values, *pair) for pair in sides], columns=_FREE[4:8])
            means["p_free"] = next(p_free)
            means = means.assign(year=year, variable=str(variable), **named)
            of_year.append(means if inference is None else inference.added(means, values))
        parts.append(pd.concat(of_year).sort_index(kind="stable"))
    if not wanted:
        return pd.DataFrame(columns=columns)
    return pd.concat(parts, ignore_index=True)[columns]


def _means(values: Array, inside: Any, outside: Any) -> tuple[int, float, float, float]:
    mean, rest = float(values[inside].mean()), float(values[outside].mean())
    return len(inside), mean, rest, mean - rest


def _free(columns: Array, sides: Sequence[Any], drawn: int | None, random: Any) -> Array:
    """Give p_free of each comparison (rows); those against all others share one listing."""
    found = np.empty((len(sides), columns.shape[1]))
    whole = [len(inside) + len(outside) == len(columns) for inside, outside in sides]
    if any(whole):
        groups = [inside for (inside, _), each in zip(sides, whole, strict=True) if each]
        found[whole] = free_p(columns, groups, drawn, random)[0]
    for place, (inside, outside) in enumerate(sides):
        if whole[place]:
            continue
        both = columns[np.concatenate([inside, outside])]
        found[place] = free_p(both, [range(len(inside))], drawn, random)[0]
    return found


class Judge:
    """Tests and verdicts of groups on one set of links, shared by years and variables."""

    def __init__(
        self,
        wanted: Sequence[GroupComparison],
        sides: Sequence[Sides],
        links: Links,
        draws: int,
        rng: np.random.Generator,
    ) -> None:
        self.p_min = [
            min(1.0, 2 / comb(len(inside) + len(outside), len(inside))) for inside, outside in sides
        ]
        self._judged = [place for place, p_min in enumerate(self.p_min) if p_min <= ALPHA]
        self._tests, self._families = families_of(
            [wanted[place].test for place in self._judged],
            [wanted[place].family for place in self._judged],
            _AFTER,
        )
        # One row a distinct test: that of the first group which has it.
        self._rows = [self._judged[self._tests.index(test)] for test in sorted(set(self._tests))]
        self._count, self._model = len(sides), None
        if fitted_on(links) and sides:
            enough = draws_needed(len(self._rows), draws)
            self._model = GroupTests(ErrorModel(links, draws=enough, rng=rng), sides)

    @property
    def families(self) -> list[str]:
        """Family in which each row is judged; none where it is not."""
        names = {place: family.name for family in self._families for place in family.tests}
        found = [""] * self._count
        for place, test in zip(self._judged, self._tests, strict=True):
            found[place] = names[test]
        return found

    def p_and_q(self, fields: Array) -> tuple[Array, Array]:
        """Give p_spatial and q_spatial of every row in each field, shapes (rows, fields)."""
        p, q = np.full((2, self._count, fields.shape[1]), np.nan)
        if self._model is None:
            return p, q
        for place, ranked in enumerate(self._model.ranked(fields)):
            if np.ptp(fields[:, place]) > 0:
                p[:, place] = ranked.p
                if self._rows:
                    judged = corrected(ranked.of(self._rows), self._families)
                    q[self._judged, place] = judged[self._tests]
        return p, q

    def verdicts(self, difference: Sequence[float], q: Array) -> list[str]:
        """Judge every row."""
        return [verdict(*row) for row in zip(difference, self.p_min, q, strict=True)]


class _Inference:
    """What a group's columns that need neighbors are made from, shared by years and variables."""

    def __init__(
        self,
        wanted: Sequence[GroupComparison],
        sides: Sequence[Sides],
        neighbors: Linked,
        keys: pd.Index,
        draws: int,
        rng: np.random.Generator,
    ) -> None:
        links = links_over(neighbors, keys, "frame")
        self._sides, self._n = sides, len(keys)
        self._sets = ContiguousSets(links, [inside for inside, _ in sides], rng)
        self._judge = Judge(wanted, sides, links, draws, rng)

    def added(self, means: pd.DataFrame, values: Array) -> pd.DataFrame:
        """Add the columns for one variable of one year."""
        ranking, judge = self._sets.of(values), self._judge
        ranks = [
            ranking.p_values(inside) if len(inside) + len(outside) == self._n else (np.nan, np.nan)
            for inside, outside in self._sides
        ]
        means["p_contiguous"], means["p_compact"] = np.array(ranks).T
        means["p_spatial"], q = (each[:, 0] for each in judge.p_and_q(values[:, None]))
        verdicts = judge.verdicts(means["difference"], q)
        return means.assign(q_spatial=q, family=judge.families, p_min=judge.p_min, verdict=verdicts)


def group_verdicts(
    y: pd.Series,
    groupings: Mapping[str, Any],
    neighbors: Linked,
    *,
    draws: int = NULL_DRAWS,
    rng: Rng = None,
) -> pd.DataFrame:
    """Judge the groups of one variable as `pattern_table` does, and describe nothing.

    A row a group: group, difference, q_spatial, verdict.
    """
    wanted = comparisons_within(groupings, y.index, full=True)
    sides = sides_among(wanted, y.index)
    links = links_over(neighbors, y.index, "y")
    judge = Judge(wanted, sides, links, draws, np.random.default_rng(rng))
    values = numbers_of(y)
    difference = [_means(values, *pair)[-1] for pair in sides]
    q = judge.p_and_q(values[:, None])[1][:, 0]
    verdicts = judge.verdicts(difference, q)
    named = [each.id for each in wanted]
    return pd.DataFrame(
        {"group": named, "difference": difference, "q_spatial": q, "verdict": verdicts}
    )


def sides_among(wanted: Sequence[GroupComparison], keys: pd.Index) -> list[Sides]:
    """Give the positions of each group and of what it is held against."""
    return [
        (
            keys.get_indexer(list(each.members)).astype(np.int64),
            keys.get_indexer(list(each.rest)).astype(np.int64),
        )
        for each in wanted
    ]
