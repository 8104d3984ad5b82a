"""Gaps between parts of the country, and how far apart regions are, year by year."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from geo_resilience.errors import InputError, nearest
from geo_resilience.spatial._permutations import asked_for
from geo_resilience.spatial.concentration._inequality import (
    coefficient_of_variation,
    max_min_ratio,
    theil,
)
from geo_resilience.spatial.concentration._membership import members_of, partition_of
from geo_resilience.spatial.groups._coefficient import UNKNOWN, Coefficient, Interval
from geo_resilience.spatial.groups._likelihood_ratio import ErrorModel, fitted_on, links_over
from geo_resilience.spatial.groups._permutation_nulls import drawing, free_p
from geo_resilience.spatial.neighbors._alignment import Linked, by_year, numbers_of
from geo_resilience.statistics._arrays import Array
from geo_resilience.statistics._multiplicity import holm
from geo_resilience.statistics._repetitions import BOOTSTRAP_DRAWS, NULL_DRAWS, Rng
from geo_resilience.tables import CATALOG

#: Members of a group.
Keys: TypeAlias = list[Hashable]

#: Measure: the groups whose mean stands first, and those whose common mean is taken from it.
GAPS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "east_west_gap": (("east",), ("central", "west")),
    "east_central_gap": (("east",), ("central",)),
    "east_west_only_gap": (("east",), ("west",)),
    "east_northeast_gap": (("east",), ("northeast",)),
    "north_south_gap": (("north",), ("south",)),
}

#: Regions times samples that are drawn at once.
_RESAMPLED = 4_000_000

_ZONES = ("east", "central", "west", "northeast")


@dataclass(frozen=True)
class GapInterval:
    """A difference of two groups' means, its interval and p, both with spatial dependence.

    estimate is the likeliest difference in the spatial model, within the interval.
    """

    value: float
    low: float
    high: float
    p_value: float
    estimate: float


@dataclass(frozen=True)
class Gap(GapInterval):
    """The difference of two groups' means.

    low, high, p_value and estimate are those of `gap_interval`, NaN without neighbors. p_free (free
    relabeling of the regions of both groups, two-sided), low_free and high_free (percentile
    bootstrap within each group) take regions for independent; ratio is that of the means,
    effect_size Cohen's d; permutations were counted or drawn.
    """

    p_free: float
    low_free: float
    high_free: float
    ratio: float
    effect_size: float
    permutations: int


def gap_interval(
    y: pd.Series,
    groups_east: Iterable[Hashable],
    groups_rest: Iterable[Hashable],
    neighbors: Linked,
    *,
    level: float = 0.95,
    draws: int = NULL_DRAWS,
    rng: Rng = None,
) -> GapInterval:
    """Give the interval of a difference between two groups' means, neighbors being alike.

    Parameters
    ----------
    y : Series
        Values by region key. For a gap's change between two years, the regions' changes.
    groups_east, groups_rest : iterable of keys
        Two groups without a common member; other regions have a mean of their own.
    neighbors : Neighbors or libpysal.graph.Graph
        Over all regions of y.
    level : float
        Coverage of the interval.
    draws : int
        Draws of the bootstrap.
    rng : None, int or numpy.random.Generator

    Returns
    -------
    GapInterval
        value (difference of plain means), low, high, p_value, estimate; NaN where y does not vary
        or where very many regions have many neighbors each.

    Notes
    -----
    In the spatial error model ``y = X b + d x + u, u = lambda W u + e`` a difference d is tested
    by the likelihood ratio of ``y - d x`` without and with x, the dummy of the first group; what
    it comes to by chance is drawn from the model fitted under that d (parametric bootstrap). The
    interval holds the differences that are not rejected, so that it excludes 0 exactly where
    p_value is at most ``1 - level``. It lies around the estimate of the model, which weighs
    regions by their neighbors, hence not evenly around value; among thousands of regions whose
    groups are not alike throughout, value may lie outside of it. Its coverage is simulated in
    ``benchmarks/calibrations/gaps.py``.

    Examples
    --------
    >>> from libpysal.graph import Graph
    >>> keys, ring = list("abcdefghij"), list("bcdefghija")
    >>> graph = Graph.from_arrays(keys + ring, ring + keys, [1.0] * 20).transform("r")
    >>> y = pd.Series([5.0, 6, 5, 7, 6, 1, 2, 3, 1, 2], keys)
    >>> found = gap_interval(y, keys[:5], keys[5:], graph, rng=0)
    >>> found.value, found.low > 0, found.p_value <= 0.05
    (4.0, True, True)
    """
    one, other = _two(y, groups_east, groups_rest)
    stream = np.random.default_rng(rng).spawn(1)[0]
    spatial = SpatialGap(y.index, neighbors, draws=draws, rng=stream)
    found = spatial.interval(numbers_of(y), one, other, level=level)
    value = float(y.loc[one].mean() - y.loc[other].mean())
    return GapInterval(value, found.low, found.high, found.p_value, found.estimate)


def gap(
    y: pd.Series,
    first: Iterable[Hashable],
    second: Iterable[Hashable],
    neighbors: Linked | None = None,
    *,
    permutations: int | None = None,
    draws: int = BOOTSTRAP_DRAWS,
    null_draws: int = NULL_DRAWS,
    level: float = 0.95,
    rng: Rng = None,
) -> Gap:
    """Compare the means of two groups of regions.

    Parameters
    ----------
    y : Series
        Values by region key.
    first, second : iterable of keys
        Two groups without a common member; other regions play no part, but that with neighbors
        they have a mean of their own.
    neighbors : Neighbors or libpysal.graph.Graph, optional
        Over all regions of y; they bring p_value, low and high (`gap_interval`).
    permutations : int, optional
        Random relabelings; by default all are counted where that is cheap, else the
        house's number is drawn.
    draws, null_draws : int
        Bootstrap samples behind low_free and high_free; draws of the spatial bootstrap.
    level : float
        Coverage of the intervals.
    rng : None, int or numpy.random.Generator
        Source of relabelings, samples and draws.

    Returns
    -------
    Gap
        ``estimate``, ``low``, ``high``, ``p_value`` as in `gap_interval`, NaN without neighbors;
        ``p_free``, ``low_free``, ``high_free``; ``ratio`` of the means, ``effect_size`` (Cohen's
        d), ``permutations``.

    Notes
    -----
    p_free, low_free and high_free ignore that neighbors resemble each other: they describe and
    are no verdict (under strong dependence an interval of 95 % holds the truth in some 65 %).

    Examples
    --------
    >>> y = pd.Series([5.0, 6, 1, 2, 3], list("abcde"))
    >>> found = gap(y, ["a", "b"], ["c", "d", "e"], rng=0)
    >>> found.value, found.p_free, found.permutations
    (3.5, 0.2, 10)
    """
    one, other = _two(y, first, second)
    generator = np.random.default_rng(rng)
    found: Interval | GapInterval = UNKNOWN
    if neighbors is not None:
        found = gap_interval(y, one, other, neighbors, level=level, draws=null_draws, rng=generator)
    values = numbers_of(y.loc[[*one, *other]])
    sizes = len(one), len(other)
    drawn, random = drawing(asked_for(permutations), len(values), [sizes[0]], 1, generator)
    p, total = free_p(values[:, None], [range(sizes[0])], drawn, random)
    a, b = values[: sizes[0]], values[sizes[0] :]
    samples = _resampled(a[:, None], draws, generator) - _resampled(b[:, None], draws, generator)
    low, high = np.quantile(samples[:, 0], [(1 - level) / 2, (1 + level) / 2])
    ratio, effect = means_compared(a, b)
    return Gap(
        value=float(a.mean() - b.mean()),
        low=found.low,
        high=found.high,
        p_value=found.p_value,
        estimate=found.estimate,
        p_free=float(p[0, 0]),
        low_free=float(low),
        high_free=float(high),
        ratio=ratio,
        effect_size=effect,
        permutations=total,
    )


def _two(y: pd.Series, first: Iterable[Hashable], second: Iterable[Hashable]) -> tuple[Keys, Keys]:
    for name, members in (("first", first), ("second", second)):
        if isinstance(members, str) or not isinstance(members, Iterable):
            raise InputError("spatial.group_members_wrong", group=name, found=repr(members))
    one, other = list(dict.fromkeys(first)), list(dict.fromkeys(second))
    both = [str(key) for key in one if key in set(other)]
    if both or not one or not other:
        raise InputError("spatial.gap_groups", both=both, first=len(one), second=len(other))
    missing = [str(key) for key in [*one, *other] if key not in y.index]
    if missing:
        near = nearest(missing[0], y.index) or list(y.index[:8])
        values = {"name": str(y.name or "y"), "regions": missing, "known": near}
        raise InputError("spatial.members_without_value", **values)
    return one, other


def means_compared(a: Array, b: Array) -> tuple[float, float]:
    """Give the ratio of two means, and their difference over the pooled deviation (Cohen's d)."""
    ratio = float(a.mean() / b.mean()) if b.mean() != 0 else float("nan")
    freedom = len(a) + len(b) - 2
    if freedom < 1:
        return ratio, float("nan")
    pooled = (np.square(a - a.mean()).sum() + np.square(b - b.mean()).sum()) / freedom
    effect = float((a.mean() - b.mean()) / np.sqrt(pooled)) if pooled > 0 else float("nan")
    return ratio, effect


def _resampled(values: Array, draws: int, rng: np.random.Generator) -> Array:
    """Give bootstrap means, shape (draws, columns): every column sees the same samples."""
    n = len(values)
    step = max(1, _RESAMPLED // n)
    sizes = [min(step, draws - at) for at in range(0, draws, step)]
    times = (rng.multinomial(n, np.full(n, 1.0 / n), size=size) for size in sizes)
    return np.concatenate([each @ values / n for each in times])


def gaps_table(
    scores: pd.Series,
    groupings: Any = None,
    neighbors: Linked | None = None,
    *,
    permutations: int | None = None,
    draws: int = BOOTSTRAP_DRAWS,
    null_draws: int = NULL_DRAWS,
    rng: Rng = None,
) -> pd.DataFrame:
    """Measure the gaps between zones and the inequality of regions, each year: the table gaps.

    Gaps need groups east, central, west, northeast, north and south; the Theil parts a grouping
    called zones, or else the first that is a partition; what is missing is left out. p_value, low
    and high (95 %) need neighbors and are those of `gap_interval`, but that each other zone has a
    mean of its own; p_holm corrects p_value for the gaps of the year; low_free and high_free are
    drawn within the groups, alike for all years.
    """
    wanted = asked_for(permutations)
    years = by_year(scores)
    keys = years[0][1].index
    generator = np.random.default_rng(rng)
    stream = generator.spawn(1)[0]
    spatial = (
        None if neighbors is None else SpatialGap(keys, neighbors, draws=null_draws, rng=stream)
    )
    groups, partition = groups_within(groupings, keys)
    if spatial is not None:
        spatial.expect(groups)
    parts = []
    for measure, sides in sides_of(groups).items():
        part = _differences(years, measure, *sides, wanted, draws, generator)
        if spatial is not None:
            found = [
                spatial.measured(numbers_of(of_year.loc[keys]), measure, groups)
                for _, of_year in years
            ]
            part[["p_value", "low", "high"]] = [bounded(each) for each in found]
            part["estimate"] = [each.estimate for each in found]
        parts.append(part)
    rows = pd.concat([*parts, _inequality(years, partition)], ignore_index=True)
    rows = rows.reindex(columns=CATALOG["gaps"].names)
    rows["p_holm"] = rows["p_value"].astype(float).groupby(rows["year"]).transform(holm)
    return rows.sort_values("year", kind="stable", ignore_index=True)


def bounded(found: Interval) -> tuple[float, float, float]:
    """Give p, low and high for a table; blank where an interval has no end."""
    low, high = (end if np.isfinite(end) else float("nan") for end in (found.low, found.high))
    return found.p_value, low, high


class SpatialGap:
    """Gaps between groups in a spatial error model, on one set of links and draws."""

    def __init__(
        self, keys: pd.Index, neighbors: Linked, *, draws: int = NULL_DRAWS, rng: Rng = None
    ) -> None:
        self._keys = keys
        links = links_over(neighbors, keys, "scores")
        self._model = ErrorModel(links, draws=draws, rng=rng) if fitted_on(links) else None
        self._known: dict[Any, Coefficient] = {}
        self._pool: list[Coefficient] = []

    def expect(self, groups: Mapping[str, Keys]) -> None:
        """Let all gaps between zones share their draws."""
        if self._model is not None:
            for measure, sides in sides_of(groups).items():
                self._coefficient(*self._columns(*sides, apart_from(measure, groups)))

    def measured(self, y: Array, measure: str, groups: Mapping[str, Keys]) -> Interval:
        """Test a gap between zones, the other zones having means of their own."""
        sides = sides_of(groups)[measure]
        return self.interval(y, *sides, apart_from(measure, groups))

    def interval(
        self,
        y: Array,
        first: Keys,
        second: Keys,
        apart: Sequence[Keys] = (),
        *,
        level: float = 0.95,
    ) -> Interval:
        """Test the first group's dummy; regions in neither group have means of their own."""
        return self._tested(y, *self._columns(first, second, apart), level)

    def _columns(self, first: Keys, second: Keys, apart: Sequence[Keys]) -> tuple[Array, Array]:
        """Give the first group's dummy, and the base that it is tested beside."""
        others = other_means(self._keys, (first, second), apart)
        return self._keys.isin(first).astype(float), np.c_[np.ones(len(self._keys)), others]

    def mean(self, y: Array, *, level: float = 0.95) -> Interval:
        """Test the constant."""
        return self._tested(y, np.ones(len(y)), np.empty((len(y), 0)), level)

    def independent(self, y: Array) -> float:
        """Say how many independent regions the mean of y is worth; NaN where nothing is fitted."""
        if self._model is None or np.ptp(y) == 0:
            return float("nan")
        return self._model.independent(int(self._model.likeliest(y[:, None])[0]))

    def _tested(self, y: Array, regressor: Array, base: Array, level: float) -> Interval:
        if self._model is None or np.ptp(y) == 0:
            return UNKNOWN
        return self._coefficient(regressor, base).interval(y, level)

    def _coefficient(self, regressor: Array, base: Array) -> Coefficient:
        assert self._model is not None
        asked = (regressor.tobytes(), base.tobytes())
        if asked not in self._known:
            self._known[asked] = Coefficient(self._model, regressor, base, self._pool)
        return self._known[asked]


def groups_within(groupings: Any, keys: pd.Index) -> tuple[dict[str, Keys], Any]:
    """Give every group by id (members among the keys), and the partition for Theil."""
    if groupings is None:
        return {}, None
    known = set(keys)
    named = groupings if _is_collection(groupings) else {"zones": groupings}
    groups: dict[str, Keys] = {}
    partition = None
    for name, grouping in named.items():
        for group, members in members_of(grouping).items():
            groups.setdefault(group, [key for key in members if key in known])
        whole = getattr(grouping, "is_partition", name == "zones")
        if whole and (partition is None or name == "zones"):
            partition = grouping
    return {name: members for name, members in groups.items() if members}, partition


def _is_collection(groupings: Any) -> bool:
    """Whether it is a mapping of groupings, not of names to members."""
    return isinstance(groupings, Mapping) and all(
        isinstance(value, Mapping) or hasattr(value, "members") for value in groupings.values()
    )


def sides_of(groups: Mapping[str, Keys]) -> dict[str, tuple[Keys, Keys]]:
    """Give the two sides of each gap whose groups are all there."""
    return {
        measure: (
            [key for name in first for key in groups[name]],
            [key for name in second for key in groups[name]],
        )
        for measure, (first, second) in GAPS.items()
        if all(name in groups for name in (*first, *second))
    }


def apart_from(measure: str, groups: Mapping[str, Keys]) -> list[Keys]:
    """Give the groups of the same kind that play no part in a gap."""
    zones = ("north", "south") if "north" in GAPS[measure][0] else _ZONES
    taken = {key for side in sides_of(groups)[measure] for key in side}
    return [groups[name] for name in zones if name in groups and not taken & set(groups[name])]


def other_means(keys: pd.Index, sides: tuple[Keys, Keys], apart: Sequence[Keys]) -> Array:
    """Give the dummies of groups that have means of their own, and of the rest, in columns."""
    rest = keys.difference([key for group in (*sides, *apart) for key in group], sort=False)
    found = [keys.isin(group) for group in (*apart, rest) if len(group)]
    return np.array(found, dtype=float).reshape(len(found), len(keys)).T


def _differences(
    years: list[tuple[Any, pd.Series]],
    measure: str,
    first: Keys,
    second: Keys,
    permutations: int | None,
    draws: int,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Give one gap in every year; bootstrap samples are shared by the years."""
    keys, split = [*first, *second], len(first)
    values = np.column_stack([numbers_of(part.loc[keys], name="scores") for _, part in years])
    drawn, random = drawing(permutations, len(keys), [split], len(years) * len(GAPS), rng)
    samples = _resampled(values[:split], draws, rng) - _resampled(values[split:], draws, rng)
    low, high = np.quantile(samples, [0.025, 0.975], axis=0)
    p_free = free_p(values, [range(split)], drawn, random)[0][0]
    return pd.DataFrame(
        {
            "year": [year for year, _ in years],
            "measure": measure,
            "value": values[:split].mean(axis=0) - values[split:].mean(axis=0),
            "p_free": p_free,
            "low_free": low,
            "high_free": high,
        }
    )


def _inequality(years: list[tuple[Any, pd.Series]], partition: Any) -> pd.DataFrame:
    """Give the measures that are no difference of means: value alone."""
    rows = []
    for year, part in years:
        found = {
            "coefficient_of_variation": coefficient_of_variation(part),
            "max_min_ratio": max_min_ratio(part),
        }
        positive = (part >= 0).all() and part.sum() > 0
        groups = None if partition is None else partition_of(partition, part.index)
        split = theil(part, groups) if positive else None
        found["theil"] = split.total if split else float("nan")
        if partition is not None:
            found["theil_between"] = split.between if split else float("nan")
            found["theil_within"] = split.within if split else float("nan")
        rows += [(year, measure, value) for measure, value in found.items()]
    return pd.DataFrame(rows, columns=["year", "measure", "value"])
