"""One number a region: is it, with its neighbors, a cluster or an outlier.

Every p-value is that of conditional permutation: the region keeps its value and all others are
dealt anew. With few regions all arrangements are counted, so that p is exact; else they are drawn
(see `geo_resilience.statistics._conditional`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo_resilience.spatial._methods import LOCAL_STATISTICS, Counted, method_named
from geo_resilience.spatial._permutations import SECONDS, asked_for
from geo_resilience.spatial.autocorrelation._global import deviations, linked, quadrants, varying
from geo_resilience.spatial.autocorrelation._results import (
    NO_NEIGHBORS,
    LocalStat,
    Significance,
    labelled,
)
from geo_resilience.spatial.neighbors._alignment import Linked, align
from geo_resilience.spatial.neighbors._links import Links
from geo_resilience.statistics._arrays import Array, Truths, Whole
from geo_resilience.statistics._certainty import ALPHA
from geo_resilience.statistics._conditional import (
    MEMORY,
    counted_arrangements,
    equal_rows,
    sampled_arrangements,
)
from geo_resilience.statistics._counting import counting_cost
from geo_resilience.statistics._repetitions import PERMUTATIONS, Rng

By = Literal["q", "p"]


def local_moran(
    y: pd.Series,
    neighbors: Linked,
    *,
    permutations: int | None = None,
    rng: Rng = None,
    by: By = "q",
    alpha: float = ALPHA,
    memory: int = MEMORY,
) -> LocalStat:
    """Find local clusters and outliers: Anselin's local Moran.

    Parameters
    ----------
    y : Series, shape (n,)
        Values by region key; no region may be missing.
    neighbors : Neighbors or libpysal.graph.Graph
        Over the same keys; the weights are used as they are.
    permutations : int, optional
        Random arrangements; by default every one is counted where that is cheap (about 40
        regions, weights equal within each row), else the house's number is drawn.
    rng : None, int or numpy.random.Generator
        Source of the random arrangements; not used where all are counted.
    by : {"q", "p"}
        Whether q-values or plain p-values decide the labels.
    alpha : float
        Level of the labels.
    memory : int
        Bytes that one portion of random arrangements may take.

    Returns
    -------
    LocalStat
        ``.table`` by region key: value, z_value, z_lag, p_sim, q_value, cluster (high-high,
        low-low, high-low, low-high, not significant, no neighbors), permutations, and the
        expected value and variance of conditional permutation.

    Raises
    ------
    InputError
        If keys do not match, a value is missing or no region has a neighbor.
    UndefinedError
        If the values are all the same.

    Notes
    -----
    ``I_i = z_i sum_j w_ij z_j / (sum_k z_k^2 / n)`` with z the deviations from the mean [1]_ (the
    population variance n, as spdep's default; esda and GeoDa take n - 1). p-values are
    two-sided, about twice those of esda and GeoDa. Regions without neighbors hold NaN, are
    labelled "no neighbors" and are no part of any count or correction.

    References
    ----------
    .. [1] Anselin, L. (1995). Local indicators of spatial association - LISA. Geographical
       Analysis 27(2), 93-115.

    Examples
    --------
    >>> from libpysal.graph import Graph
    >>> row = Graph.from_arrays(list("abbccd"), list("bacbdc"), [1.0] * 6).transform("r")
    >>> found = local_moran(pd.Series([1.0, 1, 2, 2], list("abcd")), row)
    >>> found.exact, found.table["value"].tolist()
    (True, [1.0, 0.0, 0.0, 1.0])
    """
    return local_statistic(
        y,
        neighbors,
        statistic="local_moran",
        permutations=permutations,
        rng=rng,
        by=by,
        alpha=alpha,
        memory=memory,
    )


def local_statistic(
    y: pd.Series,
    neighbors: Linked,
    *,
    statistic: str,
    permutations: int | None = None,
    rng: Rng = None,
    by: By = "q",
    alpha: float = ALPHA,
    memory: int = MEMORY,
) -> LocalStat:
    """Find where values gather, by any local statistic of the registry.

    Parameters
    ----------
    y, neighbors, permutations, rng, by, alpha, memory
        As in `local_moran`.
    statistic : str
        As a study file names it: ``local_moran``, ``gi_star``, ``gi`` or ``local_geary``.

    Returns
    -------
    LocalStat
        As the function of that statistic gives it.

    Raises
    ------
    InputError
        For an unknown statistic, naming the nearest; else as `local_moran`.

    Examples
    --------
    >>> from libpysal.graph import Graph
    >>> row = Graph.from_arrays(list("abbccd"), list("bacbdc"), [1.0] * 6).transform("r")
    >>> y = pd.Series([1.0, 1, 2, 2], list("abcd"))
    >>> local_statistic(y, row, statistic="local_moran").table["value"].tolist()
    [1.0, 0.0, 0.0, 1.0]
    """
    method = method_named(LOCAL_STATISTICS, statistic)
    draws = asked_for(permutations)
    ground = ground_of(y, neighbors)
    varying(ground.values, str(y.name or "y"))
    found = significance_of(ground.values, ground.links, draws, rng, method.counted, memory=memory)
    local: LocalStat = method.function(ground, found, by, alpha, **method.options)
    return local


def moran_around(ground: Field, found: Significance, by: str, alpha: float) -> LocalStat:
    """Give the local Moran of a ground whose arrangements are counted."""
    z = standardized(ground.values)
    lag = ground.links.matrix @ z
    # Where z_i is zero every arrangement gives the same product.
    p = np.where(z == 0, 1.0, found.p)
    mean, variance = conditional_moments(z, ground.links)
    return _assembled(
        "local_moran",
        ground,
        found,
        {"value": z * lag + 0.0, "z_value": z, "z_lag": lag},
        p,
        quadrants(z, lag),
        by,
        alpha,
        {"expected": z * mean, "variance": z**2 * variance},
    )


def _assembled(
    statistic: str,
    ground: Field,
    found: Significance,
    columns: dict[str, Array],
    p: Array,
    names: NDArray[np.str_],
    by: str,
    alpha: float,
    more: dict[str, Array] | None = None,
) -> LocalStat:
    """Label the tested regions and lay everything out over all regions."""
    p = np.where(ground.tested, p, np.nan)
    q, clusters = labelled(names, p, by, alpha)
    table = {name: ground.spread(values) for name, values in columns.items()}
    table |= {"p_sim": ground.spread(p), "q_value": ground.spread(q)}
    table["cluster"] = ground.spread(clusters, NO_NEIGHBORS)
    table["permutations"] = ground.spread(found.total, 0).astype(np.int64)
    table |= {name: ground.spread(values) for name, values in (more or {}).items()}
    frame = pd.DataFrame(table, index=ground.index).astype({"cluster": "str"})
    return LocalStat(statistic, frame, found.exact, by, alpha)


def local_bivariate_moran(
    x: pd.Series,
    y: pd.Series,
    neighbors: Linked,
    *,
    permutations: int | None = None,
    rng: Rng = None,
    by: By = "q",
    alpha: float = ALPHA,
    memory: int = MEMORY,
) -> LocalStat:
    """Find where a region's own value meets high or low values of another variable around it.

    Parameters
    ----------
    x : Series
        The variable of the region itself.
    y : Series
        The variable of its neighbors, by the same keys.
    neighbors, permutations, rng, by, alpha, memory
        As in `local_moran`.

    Returns
    -------
    LocalStat
        ``z_value`` is x standardized, ``z_lag`` the lag of y standardized, ``value`` their
        product; x = y gives the local Moran. The region's own y never reaches its neighbors.

    Examples
    --------
    >>> from libpysal.graph import Graph
    >>> row = Graph.from_arrays(list("abbccd"), list("bacbdc"), [1.0] * 6).transform("r")
    >>> y = pd.Series([1.0, 1, 2, 2], list("abcd"))
    >>> local_bivariate_moran(y, y, row).table["value"].tolist()
    [1.0, 0.0, 0.0, 1.0]
    """
    draws = asked_for(permutations)
    ground = ground_of(pd.concat({"x": x, "y": y}, axis=1), neighbors)
    for column, name in enumerate("xy"):
        varying(ground.values[:, column], name)
    z = standardized(ground.values)
    found = significance_of(ground.values[:, 1], ground.links, draws, rng, memory=memory)
    own, lag = z[:, 0], ground.links.matrix @ z[:, 1]
    p = np.where(own == 0, 1.0, found.p)
    columns = {"value": own * lag + 0.0, "z_value": own, "z_lag": lag}
    return _assembled(
        "local_bivariate_moran", ground, found, columns, p, quadrants(own, lag), by, alpha
    )


def local_geary(
    y: pd.Series,
    neighbors: Linked,
    *,
    permutations: int | None = None,
    rng: Rng = None,
    by: By = "q",
    alpha: float = ALPHA,
    memory: int = MEMORY,
) -> LocalStat:
    """Find regions that are like their neighbors, or unlike them, by squared differences.

    Parameters
    ----------
    y, neighbors, permutations, rng, by, alpha, memory
        As in `local_moran`.

    Returns
    -------
    LocalStat
        ``value`` is c_i. Labels: high-high and low-low (alike), "other positive" (alike, across
        the mean), "negative" (unlike), not significant, no neighbors.

    Notes
    -----
    ``c_i = sum_j w_ij (z_i - z_j)^2`` with z standardized by the population deviation [1]_, as
    esda has it (spdep's localC standardizes by n - 1, a factor (n - 1) / n).

    References
    ----------
    .. [1] Anselin, L. (1995). Local indicators of spatial association - LISA. Geographical
       Analysis 27(2), 93-115.

    Examples
    --------
    >>> from libpysal.graph import Graph
    >>> row = Graph.from_arrays(list("abbccd"), list("bacbdc"), [1.0] * 6).transform("r")
    >>> local_geary(pd.Series([1.0, 1, 2, 2], list("abcd")), row).table["value"].tolist()
    [0.0, 2.0, 2.0, 0.0]
    """
    return local_statistic(
        y,
        neighbors,
        statistic="local_geary",
        permutations=permutations,
        rng=rng,
        by=by,
        alpha=alpha,
        memory=memory,
    )


def geary_around(ground: Field, found: Significance, by: str, alpha: float) -> LocalStat:
    """Give the local Geary of a ground whose squared differences are counted."""
    z, matrix = standardized(ground.values), ground.links.matrix
    rows, lag = np.asarray(matrix.sum(axis=1)).ravel(), matrix @ z
    value = np.maximum(rows * z**2 - 2 * z * lag + matrix @ z**2, 0.0)
    alike = np.where(z * lag > 0, quadrants(z, lag), "other positive")
    names = np.where(found.above < found.below, "negative", alike)
    columns = {"value": value, "z_value": z, "z_lag": lag}
    return _assembled("local_geary", ground, found, columns, found.p, names, by, alpha)


def local_g(
    y: pd.Series,
    neighbors: Linked,
    *,
    permutations: int | None = None,
    rng: Rng = None,
    star: bool = True,
    by: By = "q",
    alpha: float = ALPHA,
    memory: int = MEMORY,
) -> LocalStat:
    """Find hot and cold spots: Getis and Ord's Gi*, or Gi without the region itself.

    Parameters
    ----------
    y, neighbors, permutations, rng, by, alpha, memory
        As in `local_moran`.
    star : bool
        Whether the region counts as one more neighbor, of the mean weight of its row (the same
        weight as each neighbor, where they are equal).

    Returns
    -------
    LocalStat
        ``value`` is the z-score. Labels: hot, cold, not significant, no neighbors. A label needs
        the z-score and the permutation tail to agree: a low region amid high ones is neither.

    Notes
    -----
    The z-score is that of Ord and Getis [1]_; p_sim is conditional on the region's own value, so
    Gi, Gi* and the local Moran share it.

    References
    ----------
    .. [1] Ord, J. K. and Getis, A. (1995). Local spatial autocorrelation statistics:
       distributional issues and an application. Geographical Analysis 27(4), 286-306.

    Examples
    --------
    >>> from libpysal.graph import Graph
    >>> row = Graph.from_arrays(list("abbccd"), list("bacbdc"), [1.0] * 6).transform("r")
    >>> local_g(pd.Series([1.0, 1, 2, 2], list("abcd")), row).table["value"].round(3).tolist()
    [-1.732, -1.0, 1.0, 1.732]
    """
    return local_statistic(
        y,
        neighbors,
        statistic="gi_star" if star else "gi",
        permutations=permutations,
        rng=rng,
        by=by,
        alpha=alpha,
        memory=memory,
    )


def g_around(
    ground: Field, found: Significance, by: str, alpha: float, *, star: bool = True
) -> LocalStat:
    """Give Gi* (or Gi) of a ground whose arrangements are counted."""
    y, links = ground.values, ground.links
    z = standardized(y)
    lag = links.matrix @ z
    value = _star_score(z, links) if star else _score(z, lag, links)
    hot = (value > 0) & (found.above <= found.below)
    cold = (value < 0) & (found.below <= found.above)
    names = np.where(hot, "hot", np.where(cold, "cold", "not significant"))
    columns = {"value": value, "z_value": z, "z_lag": lag}
    statistic = "gi_star" if star else "gi"
    return _assembled(statistic, ground, found, columns, found.p, names, by, alpha)


def _score(z: Array, lag: Array, links: Links) -> Array:
    """Standardize the lag by the values of the others."""
    mean, variance = conditional_moments(z, links)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(variance > 0, (lag - mean) / np.sqrt(variance), np.nan)


def _star_score(z: Array, links: Links) -> Array:
    """Standardize the lag with the region itself among its neighbors, by all values."""
    n, counts = len(z), np.maximum(links.counts, 1)
    rows = np.asarray(links.matrix.sum(axis=1)).ravel()
    squares = np.asarray(links.matrix.power(2).sum(axis=1)).ravel()
    own = rows / counts
    total, square = rows + own, squares + own**2
    lag = links.matrix @ z + own * z
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = np.sqrt((n * square - total**2) / (n - 1))
        # z has mean 0 and variance 1, so no further terms stand.
        return np.where(spread > 0, lag / spread, np.nan)


@dataclass(frozen=True)
class Field:
    """The regions that take part (all but unlinked islands), and which of them are tested."""

    index: pd.Index
    kept: Whole
    values: Array
    links: Links

    @property
    def tested(self) -> Truths:
        """Regions with at least one neighbor."""
        return self.links.counts > 0

    def spread(self, values: Any, empty: Any = np.nan) -> NDArray[Any]:
        """Lay values of the tested regions out over all of them."""
        laid = np.full(len(self.index), empty, dtype=object if isinstance(empty, str) else float)
        laid[self.kept[self.tested]] = np.asarray(values)[self.tested]
        return laid


def ground_of(y: pd.Series | pd.DataFrame, neighbors: Linked) -> Field:
    """Bring values and neighbors together, unlinked islands aside."""
    aligned = align(y, neighbors)
    kept = linked(aligned)
    return Field(y.index, np.flatnonzero(~aligned.links.alone), kept.values, kept.links)


def standardized(values: Array) -> Array:
    """Give z with the population standard deviation."""
    z, _ = deviations(values)
    return z / z.std(axis=0)


def countable(links: Links, times: int = 1, listings: int = 1) -> bool:
    """Whether every arrangement is counted: rows of equal weights, and few enough regions."""
    n = len(links.keys)
    if n > 50 or not equal_rows(links.matrix):
        return False
    cost = counting_cost(n, links.counts.tolist()) + (listings - 1) * counting_cost(n)
    return times * cost <= SECONDS


def significance_of(
    values: Array,
    links: Links,
    permutations: int | None,
    rng: Rng,
    of: Counted = "sum",
    *,
    times: int = 1,
    memory: int = MEMORY,
) -> Significance:
    """Count or draw the arrangements of the neighbors' values around each region."""
    listings = 1 if of == "sum" else len(values)
    if permutations is None and countable(links, times, listings):
        return Significance(*counted_arrangements(values, links.matrix, of), exact=True)
    draws = PERMUTATIONS if permutations is None else permutations
    above, below = sampled_arrangements(values, links.matrix, draws, rng, of, memory)
    return Significance(above, below, np.full(len(values), draws), exact=False)


def conditional_moments(z: Array, links: Links) -> tuple[Array, Array]:
    """Give mean and variance of the lag when all others are dealt to the neighbors."""
    n = len(z)
    rows = np.asarray(links.matrix.sum(axis=1)).ravel()
    squares = np.asarray(links.matrix.power(2).sum(axis=1)).ravel()
    mean = (z.sum() - z) / (n - 1)
    spread = (np.square(z).sum() - z**2) / (n - 1) - mean**2
    with np.errstate(divide="ignore", invalid="ignore"):
        variance = spread * ((n - 1) * squares - rows**2) / (n - 2)
    return rows * mean, np.maximum(variance, 0.0)
