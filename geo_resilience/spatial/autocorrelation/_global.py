"""One number for a whole map: whether like values lie near like ones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo_resilience.errors import InputError, UndefinedError
from geo_resilience.spatial._permutations import asked_for
from geo_resilience.spatial.autocorrelation._arrangements import (
    AboveBelow,
    linear_counts,
    pair_counts,
)
from geo_resilience.spatial.autocorrelation._results import Batch, GlobalStat
from geo_resilience.spatial.neighbors._alignment import Aligned, Linked, align
from geo_resilience.statistics._arrays import Array, Truths
from geo_resilience.statistics._permutation import two_sided
from geo_resilience.statistics._repetitions import Rng

if TYPE_CHECKING:
    from geo_resilience.spatial.neighbors._links import Links


def deviations(values: Array) -> tuple[Array, Truths]:
    """Give deviations from the mean of each column, and which columns do not vary."""
    z = values - values.mean(axis=0)
    size = np.abs(values).max(axis=0, initial=0.0)
    flat = np.ptp(values, axis=0) <= 1e-12 * np.maximum(size, np.finfo(float).tiny)
    return z, flat


def varying(values: Array, name: str) -> None:
    """Raise UndefinedError if a variable is the same everywhere."""
    if deviations(values[:, None])[1][0]:
        raise UndefinedError("spatial.constant", name=name, value=f"{values[0]:g}")


def linked(aligned: Aligned) -> Aligned:
    """Leave out unlinked islands; raise if nothing is linked."""
    kept = aligned.without_islands()
    if not len(kept.links.matrix.data):
        raise InputError("spatial.no_links")
    return kept


def _single(
    formula: Callable[..., Batch],
    y: pd.Series,
    neighbors: Linked,
    permutations: int | None,
    rng: Rng,
) -> GlobalStat:
    draws = asked_for(permutations)
    aligned = linked(align(y, neighbors))
    varying(aligned.values, str(y.name or "y"))
    return formula(aligned.values[:, None], aligned, draws, rng).one()


def moran(
    y: pd.Series, neighbors: Linked, *, permutations: int | None = None, rng: Rng = None
) -> GlobalStat:
    """Measure Moran's I, with its inference under randomization, normality and permutation.

    Parameters
    ----------
    y : Series, shape (n,)
        Values by region key; no region may be missing.
    neighbors : Neighbors, libpysal.graph.Graph or Series
        Over the same keys; the weights are used as they are. A Series has them by region and
        neighbor, as a Graph's ``adjacency``: so no geometry library is needed.
    permutations : int, optional
        Random permutations; by default all n! arrangements up to 8 regions, else the house's
        number.
    rng : None, int or numpy.random.Generator
        Source of the random permutations.

    Returns
    -------
    GlobalStat
        ``.value``, ``.expected`` = -1/(n - 1), ``.variance``, ``.z``, ``.p_normal``, ``.p_sim``,
        ``.permutations``, ``.n``. Every p-value is two-sided.

    Raises
    ------
    InputError
        If keys do not match, a value is missing or no region has a neighbor.
    UndefinedError
        If the values are all the same.

    Notes
    -----
    ``I = (n / S0) sum_ij w_ij z_i z_j / sum_i z_i^2`` with z the deviations from the mean and S0
    the sum of all weights [1]_ [2]_. Regions without any link are left out, of the mean too, and
    n counts those that took part. Variance and z are under randomization, as in spdep's default;
    GeoDa and esda print one-sided permutation p-values, about half of ours.

    References
    ----------
    .. [1] Moran, P. A. P. (1950). Notes on continuous stochastic phenomena. Biometrika 37(1/2),
       17-23.
    .. [2] Cliff, A. D. and Ord, J. K. (1981). Spatial Processes: Models and Applications. Pion,
       London.

    Examples
    --------
    Four regions in a row, low, low, high, high:

    >>> from libpysal.graph import Graph
    >>> row = Graph.from_arrays(list("abbccd"), list("bacbdc"), [1.0] * 6)
    >>> found = moran(pd.Series([1.0, 1, 2, 2], list("abcd")), row)
    >>> round(found.value, 6), round(found.expected, 6), round(found.p_sim, 6), found.permutations
    (0.333333, -0.333333, 0.666667, 24)
    """
    return _single(moran_batch, y, neighbors, permutations, rng)


def geary(
    y: pd.Series, neighbors: Linked, *, permutations: int | None = None, rng: Rng = None
) -> GlobalStat:
    """Measure Geary's c, with its inference under randomization, normality and permutation.

    Parameters
    ----------
    y, neighbors, permutations, rng
        As in `moran`.

    Returns
    -------
    GlobalStat
        ``.value`` below 1 means that like lies near like; ``.z`` = (1 - c) / sd is then above 0
        (spdep's sign; esda's is the opposite).

    Notes
    -----
    ``c = (n - 1) / (2 S0) sum_ij w_ij (y_i - y_j)^2 / sum_i z_i^2`` [1]_.

    References
    ----------
    .. [1] Geary, R. C. (1954). The contiguity ratio and statistical mapping. The Incorporated
       Statistician 5(3), 115-146.

    Examples
    --------
    >>> from libpysal.graph import Graph
    >>> row = Graph.from_arrays(list("abbccd"), list("bacbdc"), [1.0] * 6)
    >>> found = geary(pd.Series([1.0, 1, 2, 2], list("abcd")), row)
    >>> round(found.value, 6), found.z > 0
    (0.5, True)
    """
    return _single(geary_batch, y, neighbors, permutations, rng)


def getis_ord(
    y: pd.Series, neighbors: Linked, *, permutations: int | None = None, rng: Rng = None
) -> GlobalStat:
    """Measure Getis and Ord's global G: whether high values (z > 0) or low ones lie together.

    Parameters
    ----------
    y : Series
        Values of zero or more, not all zero (the statistic has a natural origin).
    neighbors : Neighbors or libpysal.graph.Graph
        The links count as 1 each, whatever weights they carry.
    permutations, rng
        As in `moran`.

    Returns
    -------
    GlobalStat
        Variance under randomization; there is no formula under normality (NaN). Where fewer
        than two values are above 0 the statistic is 0/0 and everything NaN.

    Raises
    ------
    UndefinedError
        If a value is negative.

    Notes
    -----
    ``G = sum_ij w_ij y_i y_j / sum_{i != j} y_i y_j`` [1]_.

    References
    ----------
    .. [1] Getis, A. and Ord, J. K. (1992). The analysis of spatial association by use of
       distance statistics. Geographical Analysis 24(3), 189-206.

    Examples
    --------
    >>> from libpysal.graph import Graph
    >>> row = Graph.from_arrays(list("abbccd"), list("bacbdc"), [1.0] * 6)
    >>> found = getis_ord(pd.Series([0.0, 0, 1, 1], list("abcd")), row)
    >>> found.value, found.expected
    (1.0, 0.5)
    """
    return _single(getis_ord_batch, y, neighbors, permutations, rng)


def bivariate_moran(
    x: pd.Series,
    y: pd.Series,
    neighbors: Linked,
    *,
    permutations: int | None = None,
    rng: Rng = None,
) -> GlobalStat:
    """Measure whether regions high in one variable have neighbors high in another.

    Parameters
    ----------
    x : Series
        The variable of the regions themselves.
    y : Series
        The variable of their neighbors, by the same keys.
    neighbors, permutations, rng
        As in `moran`.

    Returns
    -------
    GlobalStat
        Expectation 0; its variance is exact for y dealt to the regions at random while x stays.

    Notes
    -----
    ``I = (n / S0) sum_ij w_ij u_i v_j / sqrt(sum u^2 sum v^2)`` with u and v the deviations of x
    and y from their means; x = y gives Moran's I. The null breaks every tie between x and y: a
    plain correlation of the two in the same region can make it significant [1]_.

    References
    ----------
    .. [1] Lee, S.-I. (2001). Developing a bivariate spatial association measure: an integration
       of Pearson's r and Moran's I. Journal of Geographical Systems 3(4), 369-385.

    Examples
    --------
    >>> from libpysal.graph import Graph
    >>> row = Graph.from_arrays(list("abbccd"), list("bacbdc"), [1.0] * 6)
    >>> y = pd.Series([1.0, 1, 2, 2], list("abcd"))
    >>> round(bivariate_moran(y, y, row).value, 6)
    0.333333
    """
    draws = asked_for(permutations)
    both = pd.concat({"x": x, "y": y}, axis=1)
    kept = linked(align(both, neighbors, name="x and y"))
    for column, name in enumerate("xy"):
        varying(kept.values[:, column], name)
    z, _ = deviations(kept.values)
    sums = sums_of(kept.links)
    scale = sums.n / sums.s0 / float(np.sqrt(np.prod(np.square(z).sum(axis=0))))
    coefficients = scale * (kept.links.matrix.T @ z[:, 0])
    counts = linear_counts(coefficients, z[:, 1], draws, rng)
    spread = coefficients - coefficients.mean()
    variance = np.square(spread).sum() * np.square(z[:, 1]).sum() / (sums.n - 1)
    value, flat = np.array([coefficients @ z[:, 1]]), np.zeros(1, dtype=bool)
    return _batch(
        "bivariate_moran", value, 0.0, np.array([variance]), np.nan, counts, flat, sums.n
    ).one()


def moran_batch(values: Array, aligned: Aligned, permutations: int | None, rng: Rng) -> Batch:
    """Measure Moran's I of several variables on the same links, with shared permutations."""
    z, flat = deviations(values)
    sums = sums_of(aligned.links)
    with np.errstate(divide="ignore", invalid="ignore"):
        cross = np.einsum("im,im->m", z, aligned.links.matrix @ z)
        value = sums.n / sums.s0 * cross / np.square(z).sum(axis=0)
        expected, random, normal = moran_moments(sums, kurtosis(z))
    counts = pair_counts(z, aligned.links.matrix, permutations, rng)
    return _batch("moran", value, expected, random, normal, counts, flat, sums.n)


def geary_batch(values: Array, aligned: Aligned, permutations: int | None, rng: Rng) -> Batch:
    """Measure Geary's c of several variables on the same links, with shared permutations."""
    z, flat = deviations(values)
    sums, matrix = sums_of(aligned.links), aligned.links.matrix
    edge = np.asarray(matrix.sum(axis=0)).ravel() + np.asarray(matrix.sum(axis=1)).ravel()
    with np.errstate(divide="ignore", invalid="ignore"):
        apart = edge @ z**2 - 2 * np.einsum("im,im->m", z, matrix @ z)
        value = (sums.n - 1) / (2 * sums.s0) * apart / np.square(z).sum(axis=0)
        expected, random, normal = geary_moments(sums, kurtosis(z))
    counts = pair_counts(z, matrix, permutations, rng, "square")
    return _batch("geary", value, expected, random, normal, counts, flat, sums.n, sign=-1)


def getis_ord_batch(values: Array, aligned: Aligned, permutations: int | None, rng: Rng) -> Batch:
    """Measure Getis and Ord's G of several variables, with shared permutations."""
    negative = (values < 0).any(axis=1)
    if negative.any():
        regions = [str(key) for key in aligned.links.keys[negative]][:8]
        raise UndefinedError("spatial.negative_values", name="y", regions=regions)
    _, flat = deviations(values)
    links = aligned.links.binary()
    sums = sums_of(links)
    with np.errstate(divide="ignore", invalid="ignore"):
        pairs = values.sum(axis=0) ** 2 - np.square(values).sum(axis=0)
        flat |= (values > 0).sum(axis=0) < 2
        value = np.einsum("im,im->m", values, links.matrix @ values) / pairs
        expected, random = getis_ord_moments(sums, values)
    counts = pair_counts(values, links.matrix, permutations, rng)
    return _batch("getis_ord", value, expected, random, np.nan, counts, flat, sums.n)


def _batch(
    statistic: str,
    value: Array,
    expected: float,
    random: Array,
    normal: float,
    counts: AboveBelow,
    flat: Truths,
    n: int,
    sign: int = 1,
) -> Batch:
    above, below, total, exact = counts
    p_sim = two_sided(above, below, total, exact=exact)
    for array in (value, random, p_sim):
        array[flat] = np.nan
    return Batch(
        statistic=statistic,
        value=value,
        expected=np.full(len(value), expected),
        variance=random,
        variance_normality=np.full(len(value), normal),
        p_sim=p_sim,
        permutations=total,
        n=n,
        exact=exact,
        sign=sign,
    )


@dataclass(frozen=True)
class Sums:
    """The three sums of the weights that every variance needs.

    ``s0`` = sum w_ij; ``s1`` = sum (w_ij + w_ji)^2 / 2; ``s2`` = sum_i (row_i + column_i)^2.
    """

    n: int
    s0: float
    s1: float
    s2: float


def sums_of(links: Links) -> Sums:
    """Sum the weights of links without islands."""
    matrix = links.matrix
    both = matrix + matrix.T
    rows = np.asarray(matrix.sum(axis=1)).ravel()
    columns = np.asarray(matrix.sum(axis=0)).ravel()
    return Sums(
        n=len(links.keys),
        s0=float(matrix.data.sum()),
        s1=float(np.square(both.data).sum() / 2),
        s2=float(np.square(rows + columns).sum()),
    )


def kurtosis(z: Array) -> Array:
    """Give n sum z^4 / (sum z^2)^2 of each column of deviations from the mean."""
    return len(z) * np.power(z, 4).sum(axis=0) / np.square(np.square(z).sum(axis=0))


def moran_moments(sums: Sums, b2: Array) -> tuple[float, Array, float]:
    """Give Moran's expectation and its variance under randomization and under normality."""
    n, s0, s1, s2 = sums.n, sums.s0, sums.s1, sums.s2
    expected = -1.0 / (n - 1)
    normal = (n * n * s1 - n * s2 + 3 * s0**2) / ((n * n - 1) * s0**2) - expected**2
    if n < 4:
        return expected, np.full(np.shape(b2), np.nan), normal
    first = n * ((n * n - 3 * n + 3) * s1 - n * s2 + 3 * s0**2)
    second = b2 * ((n * n - n) * s1 - 2 * n * s2 + 6 * s0**2)
    random = (first - second) / ((n - 1) * (n - 2) * (n - 3) * s0**2) - expected**2
    return expected, random, normal


def geary_moments(sums: Sums, b2: Array) -> tuple[float, Array, float]:
    """Give Geary's expectation and its variance under randomization and under normality."""
    n, s0, s1, s2 = sums.n, sums.s0, sums.s1, sums.s2
    normal = ((2 * s1 + s2) * (n - 1) - 4 * s0**2) / (2 * (n + 1) * s0**2)
    if n < 4:
        return 1.0, np.full(np.shape(b2), np.nan), normal
    random = (
        (n - 1) * s1 * (n * n - 3 * n + 3 - (n - 1) * b2)
        - 0.25 * (n - 1) * s2 * (n * n + 3 * n - 6 - (n * n - n + 2) * b2)
        + s0**2 * (n * n - 3 - (n - 1) ** 2 * b2)
    ) / (n * (n - 2) * (n - 3) * s0**2)
    return 1.0, random, normal


def getis_ord_moments(sums: Sums, y: Array) -> tuple[float, Array]:
    """Give the expectation and the variance under randomization of Getis and Ord's G [2]_.

    .. [2] Getis, A. and Ord, J. K. (1992). The analysis of spatial association by use of
       distance statistics. Geographical Analysis 24(3), 189-206.
    """
    n, s0, s1, s2 = sums.n, sums.s0, sums.s1, sums.s2
    expected = s0 / (n * (n - 1))
    if n < 4:
        return expected, np.full(y.shape[1:], np.nan)
    b0 = (n * n - 3 * n + 3) * s1 - n * s2 + 3 * s0**2
    b1 = -((n * n - n) * s1 - 2 * n * s2 + 6 * s0**2)
    b2 = -(2 * n * s1 - (n + 3) * s2 + 6 * s0**2)
    b3 = 4 * (n - 1) * s1 - 2 * (n + 1) * s2 + 8 * s0**2
    b4 = s1 - s2 + s0**2
    m1, m2, m3, m4 = (np.power(y, power).sum(axis=0) for power in (1, 2, 3, 4))
    square = (b0 * m2**2 + b1 * m4 + b2 * m1**2 * m2 + b3 * m1 * m3 + b4 * m1**4) / (
        (m1**2 - m2) ** 2 * n * (n - 1) * (n - 2) * (n - 3)
    )
    return expected, square - expected**2


_QUADRANTS = np.array(["low-low", "low-high", "high-low", "high-high"])


def quadrants(z: Array, lag: Array) -> NDArray[np.str_]:
    """Name the quadrant of each region: itself first, its neighbors second."""
    return _QUADRANTS[2 * (z > 0).astype(int) + (lag > 0).astype(int)]


def moran_points(y: pd.Series, neighbors: Linked) -> pd.DataFrame:
    """Give the points of the Moran scatterplot [1]_.

    Parameters
    ----------
    y : Series
        Values by region key.
    neighbors : Neighbors or libpysal.graph.Graph
        Row-standardized weights make the lag the mean of the neighbors, and the slope of lag on
        z Moran's I.

    Returns
    -------
    DataFrame
        By region key: value, z_value (standardized with the population deviation), z_lag
        (weighted sum of the neighbors' z) and quadrant; a region without neighbors has NaN and
        "no neighbors" and is left out of mean and deviation.

    References
    ----------
    .. [1] Anselin, L. (1996). The Moran scatterplot as an ESDA tool to assess local instability
       in spatial association. In: Fischer, M., Scholten, H. and Unwin, D. (eds), Spatial
       Analytical Perspectives on GIS. Taylor and Francis, London, 111-125.

    Examples
    --------
    >>> from libpysal.graph import Graph
    >>> row = Graph.from_arrays(list("abbccd"), list("bacbdc"), [1.0] * 6).transform("r")
    >>> found = moran_points(pd.Series([1.0, 1, 2, 2], list("abcd")), row)
    >>> found[["z_value", "z_lag"]].values.tolist()
    [[-1.0, -1.0], [-1.0, 0.0], [1.0, 0.0], [1.0, 1.0]]
    """
    aligned = align(y, neighbors)
    linked = aligned.links.counts > 0
    varying(aligned.values[linked], str(y.name or "y"))
    z = np.full(len(y), np.nan)
    apart, _ = deviations(aligned.values[linked][:, None])
    z[linked] = apart[:, 0] / apart[:, 0].std()
    lag = np.where(linked, aligned.links.matrix @ np.nan_to_num(z), np.nan)
    names = np.where(linked, quadrants(np.nan_to_num(z), np.nan_to_num(lag)), "no neighbors")
    return pd.DataFrame(
        {"value": aligned.values, "z_value": z, "z_lag": lag, "quadrant": names}, index=y.index
    )
