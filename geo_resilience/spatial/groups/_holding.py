"""Which findings hold in many draws of a map: the table holds.

The draws are composites of other defensible indices. The study's own composite goes through the
same formulas as they do, so that what is compared differs in the map alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from geo_resilience.spatial._methods import LABELS
from geo_resilience.spatial.autocorrelation._moment_tests import (
    many_clusters,
    many_morans,
)
from geo_resilience.spatial.autocorrelation._results import NOT_SIGNIFICANT
from geo_resilience.spatial.concentration._membership import members_of, partition_of
from geo_resilience.spatial.groups._gaps import (
    Keys,
    apart_from,
    groups_within,
    other_means,
    sides_of,
)
from geo_resilience.spatial.groups._likelihood_ratio import (
    ErrorModel,
    as_large,
    dummy,
    fitted_on,
    links_over,
)
from geo_resilience.spatial.groups._patterns import comparisons_within, sides_among
from geo_resilience.spatial.neighbors._alignment import Linked
from geo_resilience.spatial.neighbors._links import Links
from geo_resilience.statistics._arrays import Array, Truths
from geo_resilience.statistics._certainty import ALPHA
from geo_resilience.statistics._concentration import mean_differences
from geo_resilience.statistics._repetitions import NULL_DRAWS, Rng
from geo_resilience.tables import CATALOG

#: Draws in which the spatial bootstrap's p is asked, and in which pairs of regions are laid out.
TESTED, PAIRED = 1_000, 2_000

#: Linked regions that autocorrelation needs.
FEWEST = 4

#: Numbers sorted for groups against each other.
_SORTED = 2_000_000


@dataclass(frozen=True)
class Told:
    """A finding in the own map (first) and in the draws.

    values : ndarray, shape (1 + draws,)
    p : ndarray, shape (1 + tested draws,), optional
        Its test; without one its sign alone is asked.
    same : ndarray of bool, optional
        Whether the draws say the same, where that is neither sign nor test.
    """

    finding: str
    item: str
    values: Array
    p: Array | None = None
    same: Truths | None = None
    signed: bool = True

    def row(self, year: Any) -> tuple[Any, ...]:
        """Give the row of the table."""
        own, drawn = self.values[0], self.values[1:]
        low, high = np.nanquantile(drawn, [0.025, 0.975])  # a flat draw has no answer
        sign = np.sign(drawn) == np.sign(own)
        found: list[Any] = [year, self.finding, self.item, own, low, high]
        if self.same is not None:
            return (*found, np.nan, np.nan, float(self.same.mean()), len(self.same))
        same_sign = float(sign.mean()) if self.signed else np.nan
        if self.p is None or np.isnan(self.p[0]):
            return (*found, same_sign, np.nan, same_sign, len(drawn))
        clear = self.p[0] <= ALPHA
        test = (self.p[1:] <= ALPHA) == clear
        holds = test & sign[: len(test)] if clear else test
        return (*found, same_sign, float(test.mean()), float(holds.mean()), len(test))


def holding_table(
    own: pd.Series,
    drawn: Mapping[Any, pd.DataFrame],
    neighbors: Linked,
    groupings: Mapping[str, Any],
    *,
    local: str | None = None,
    by: str = LABELS[0],
    alpha: float = ALPHA,
    draws: int = NULL_DRAWS,
    rng: Rng = None,
) -> pd.DataFrame:
    """Say in which share of the draws each finding on a map holds: the table holds.

    A finding that the test at 5 % tells from chance holds where the draw has the same sign and
    passes the test too; one that it does not, where the draw does not pass either. Without a test
    the sign decides. Moran's I has the p of its moments, local clusters the one of their three
    moments; gaps and groups have that of the spatial error model, in the last year and in the
    first thousand draws, against the null distribution of the own map, each test by itself.

    - ``own``, rows (adcode, year)
    - ``drawn``, shape (draws, regions): the same draws in every year.
    - ``local``: the local statistic to look at: ``local_moran``, ``gi_star`` or ``gi``.
    - ``by``, ``alpha``: what decides its labels.
    - ``draws``: of the null of gaps and groups.
    """
    generator = np.random.default_rng(rng)
    years = sorted(drawn)
    maps = {year: _map(own, drawn[year], year) for year in years}
    keys = drawn[years[-1]].columns
    links = links_over(neighbors, keys, "own")
    groups, _ = groups_within(groupings, keys)
    rows = []
    for year, values in maps.items():
        last = year == years[-1]
        model = None
        if last and fitted_on(links) and np.ptp(values[:, 0]) > 0:
            model = ErrorModel(links, draws=draws, rng=generator)
        found = [
            *_moran(values, links),
            *(_clusters(values, links, local, by, alpha) if local and last else ()),
            *_gaps(values, keys, groups, model),
            *_groups(values, keys, groupings, model),
            *_inequality(values, keys, groupings),
        ]
        rows += [told.row(year) for told in found]
    if len(years) > 1:
        first, last = maps[years[0]], maps[years[-1]]
        rows += [told.row(years[-1]) for told in _changes(first, last, keys, links, groups)]
    return pd.DataFrame(rows, columns=CATALOG["holds"].names)


def _map(own: pd.Series, drawn: pd.DataFrame, year: Any) -> Array:
    """Give the values of a year, rows regions, the own map in the first column."""
    first = own.xs(year, level="year").loc[drawn.columns].to_numpy(dtype=float)
    return np.column_stack([first, drawn.to_numpy(dtype=float).T])


def _moran(values: Array, links: Links) -> Iterator[Told]:
    kept = np.flatnonzero(~links.alone)
    if len(kept) < FEWEST:
        return
    found, p = many_morans(values[kept], links.take(kept))
    if not np.isnan(found[0]):
        yield Told("moran", "composite", found, p)


def _clusters(values: Array, links: Links, statistic: str, by: str, alpha: float) -> Iterator[Told]:
    kept = np.flatnonzero(~links.alone)
    if len(kept) < FEWEST:
        return
    few = values[kept][:, : 1 + PAIRED]
    found, labels = many_clusters(few, links.take(kept), statistic, by=by, alpha=alpha)
    same = labels[:, 1:] == labels[:, :1]
    for place, key in enumerate(links.keys[kept]):
        yield Told(statistic, str(key), found[place], same=same[place])
    yield Told(statistic, "all", (labels != NOT_SIGNIFICANT).sum(axis=0), same=same.all(axis=0))


def _gaps(
    values: Array, keys: pd.Index, groups: Mapping[str, Keys], model: ErrorModel | None
) -> Iterator[Told]:
    for measure, sides in sides_of(groups).items():
        inside, outside = (keys.isin(side) for side in sides)
        p = None
        if model is not None:
            others = other_means(keys, sides, apart_from(measure, groups))
            p = _p_values(model, values, [inside.astype(float)], others)[0]
        yield Told("gap", measure, values[inside].mean(axis=0) - values[outside].mean(axis=0), p)


def _groups(
    values: Array, keys: pd.Index, groupings: Mapping[str, Any], model: ErrorModel | None
) -> Iterator[Told]:
    wanted = [
        each
        for each in comparisons_within(groupings, keys, full=True)
        if len(each.members) + len(each.rest) == len(keys)
    ]
    sides = [inside for inside, _ in sides_among(wanted, keys)]
    p: list[Array | None] = [None] * len(wanted)
    if model is not None and wanted:
        p = list(_p_values(model, values, [dummy(len(keys), inside) for inside in sides], None))
    for each, inside, own in zip(wanted, sides, p, strict=True):
        outside = np.delete(values, inside, axis=0)
        yield Told("group", each.id, values[inside].mean(axis=0) - outside.mean(axis=0), own)


def _p_values(
    model: ErrorModel, values: Array, regressors: list[Array], nuisance: Array | None
) -> Array:
    """Test regressors in the own map and the first draws against the null of the own map."""
    ratios, places = model.ratios(values[:, : 1 + TESTED], regressors, nuisance)
    null = model.drawn_ratios(int(places[0]), [(model.base(nuisance), regressors)])[0]
    drawn = np.sort(null, axis=1)
    return np.asarray((1.0 + as_large(drawn, ratios)) / (1.0 + drawn.shape[1]))


def _inequality(values: Array, keys: pd.Index, groupings: Mapping[str, Any]) -> Iterator[Told]:
    """Give inequality, and its parts: whether they come in the same order of size."""
    if values[:, 0].min() < 0:
        return
    positive = np.maximum(values, 0.0)
    for measure, found in _totals(positive).items():
        yield Told("inequality", measure, found, signed=False)
    for name, grouping in groupings.items():
        if not getattr(grouping, "is_partition", False):
            continue
        inside = _members(grouping, keys)
        parts = _theil_parts(positive, inside)
        yield from _ordered("theil", name, dict(zip(("between", "within"), parts, strict=True)))
        few = positive[:, : 1 + max(100, min(PAIRED, _SORTED // len(keys)))]
        names = ("within", "between", "transvariation")
        yield from _ordered("dagum", name, dict(zip(names, _dagum_parts(few, inside), strict=True)))


def _members(grouping: Any, keys: pd.Index) -> Array:
    """Give a row of ones and zeros a group."""
    group = partition_of(grouping, keys).to_numpy(dtype=object)
    found = np.array([group == name for name in members_of(grouping)], dtype=float)
    return found[found.any(axis=1)]


def _ordered(finding: str, name: str, parts: Mapping[str, Array]) -> Iterator[Told]:
    """Say of each part whether it has the same place among the parts."""
    order = np.argsort(np.argsort(-np.array(list(parts.values())), axis=0), axis=0)
    for (part, values), place in zip(parts.items(), order, strict=True):
        yield Told(finding, f"{name}:{part}", values, same=place[1:] == place[0])


def _totals(values: Array) -> dict[str, Array]:
    """Give measures of inequality of each column of values of 0 or more."""
    n, mean = len(values), values.mean(axis=0)
    ordered = np.sort(values, axis=0) / (n * mean)
    rank = (2 * np.arange(1, n + 1) - n - 1)[:, None] / n
    ratio = values / mean
    return {
        "coefficient_of_variation": values.std(axis=0) / mean,
        "gini": (rank * ordered).sum(axis=0),
        "theil": _by_itself(ratio).mean(axis=0),
    }


def _by_itself(ratio: Array) -> Array:
    """Give x ln x, 0 for 0."""
    return np.asarray(ratio * np.log(np.where(ratio > 0, ratio, 1.0)))


def _theil_parts(values: Array, inside: Array) -> tuple[Array, Array]:
    """Give Theil's T between groups and within them."""
    size = inside.sum(axis=1)[:, None]
    ratio = inside @ values / size / values.mean(axis=0)
    between = (size / len(values) * _by_itself(ratio)).sum(axis=0)
    return between, _totals(values)["theil"] - between


def _dagum_parts(values: Array, inside: Array) -> tuple[Array, Array, Array]:
    """Give Dagum's three parts of each column."""
    n, mean, size = len(values), values.mean(axis=0), inside.sum(axis=1)
    means, apart = inside @ values / size[:, None], mean_differences(values, inside)
    weight = np.outer(size, size)[:, :, None] / (n * n * mean)
    net = np.minimum(np.abs(means[:, None] - means[None]), apart)
    within = np.einsum("ggd,ggd->d", weight, apart) / 2
    pairs = np.triu_indices(len(size), 1)
    between = (weight * net)[pairs].sum(axis=0)
    return within, between, (weight * (apart - net))[pairs].sum(axis=0)


def _changes(
    first: Array, last: Array, keys: pd.Index, links: Links, groups: Mapping[str, Keys]
) -> Iterator[Told]:
    """Give what changed from the first year to the last, in the same draws: its sign."""
    yield Told("change", "mean", last.mean(axis=0) - first.mean(axis=0))
    for told, before in zip(_moran(last, links), _moran(first, links), strict=False):
        yield Told("change", "moran", told.values - before.values)
    for measure, sides in sides_of(groups).items():
        one, other = (keys.isin(side) for side in sides)
        change = last - first
        yield Told("change", measure, change[one].mean(axis=0) - change[other].mean(axis=0))
    if min(first[:, 0].min(), last[:, 0].min()) >= 0:
        sizes = [_totals(np.maximum(each, 0.0)) for each in (first, last)]
        for measure in sizes[0]:
            yield Told("change", measure, sizes[1][measure] - sizes[0][measure])
