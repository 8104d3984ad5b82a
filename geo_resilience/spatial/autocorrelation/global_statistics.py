"""One number for a whole map: whether like values lie near like ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo_resilience.errors import InputError, UndefinedError
from geo_resilience.spatial.alignment import Aligned, align, by_year
from geo_resilience.spatial.autocorrelation.arrangements import asked_for, quadratic_counts
from geo_resilience.spatial.autocorrelation.moments import kurtosis, moran_moments, sums_of
from geo_resilience.statistics.permutation import two_sided

__all__ = ["GlobalStat", "moran", "moran_table"]

Array = NDArray[np.float64]

_COLUMNS = [
    "year",
    "variable",
    "statistic",
    "value",
    "expected",
    "z",
    "p_normal",
    "p_sim",
    "permutations",
    "n",
]


@dataclass(frozen=True)
class GlobalStat:
    """A global statistic with its inference; ``z`` > 0 always means that like lies near like.

    Parameters
    ----------
    statistic : str
        "moran", "geary", "getis_ord" or "bivariate_moran".
    value, expected, variance : float
        The statistic, and its moments under randomization.
    z, p_normal : float
        Standard score and its two-sided normal p-value.
    p_sim : float
        Two-sided permutation p-value, ``min(1, 2 min(share at or above, share at or below))``.
    permutations : int
        Arrangements drawn, or all of them where ``exact``.
    n : int
        Regions that took part: islands left unlinked do not.
    exact : bool
        Whether every arrangement was counted.
    variance_normality, z_normality, p_normality : float
        The same under normality; NaN where there is no such formula.
    """

    statistic: str
    value: float
    expected: float
    variance: float
    z: float
    p_normal: float
    p_sim: float
    permutations: int
    n: int
    exact: bool = False
    variance_normality: float = float("nan")
    z_normality: float = float("nan")
    p_normality: float = float("nan")


@dataclass(frozen=True)
class Batch:
    """The same statistic of several variables: arrays of shape (m,), in their order."""

    statistic: str
    value: Array
    expected: Array
    variance: Array
    variance_normality: Array
    p_sim: Array
    permutations: int
    n: int
    exact: bool
    sign: int = 1

    @property
    def z(self) -> Array:
        """Standard scores under randomization."""
        return self._standard(self.variance)

    def _standard(self, variance: Array) -> Array:
        with np.errstate(divide="ignore", invalid="ignore"):
            return self.sign * (self.value - self.expected) / np.sqrt(variance)

    def one(self, at: int = 0) -> GlobalStat:
        """Give one variable's statistic."""
        z, z_normal = float(self.z[at]), float(self._standard(self.variance_normality)[at])
        return GlobalStat(
            statistic=self.statistic,
            value=float(self.value[at]),
            expected=float(self.expected[at]),
            variance=float(self.variance[at]),
            z=z,
            p_normal=float(normal_p(z)),
            p_sim=float(self.p_sim[at]),
            permutations=self.permutations,
            n=self.n,
            exact=self.exact,
            variance_normality=float(self.variance_normality[at]),
            z_normality=z_normal,
            p_normality=float(normal_p(z_normal)),
        )


def normal_p(z: Any) -> Any:
    """Give the two-sided normal p-value of a standard score."""
    from scipy.special import ndtr

    return 2 * ndtr(-np.abs(z))


def deviations(values: Array) -> tuple[Array, NDArray[np.bool_]]:
    """Give deviations from the mean of each column, and which columns do not vary."""
    z = values - values.mean(axis=0)
    size = np.abs(values).max(axis=0, initial=0.0)
    flat = np.ptp(values, axis=0) <= 1e-12 * np.maximum(size, np.finfo(float).tiny)
    return z, flat


def varying(values: pd.Series, name: str) -> None:
    """Raise UndefinedError if a variable is the same everywhere."""
    if deviations(values.to_numpy(dtype=float)[:, None])[1][0]:
        raise UndefinedError("spatial.constant", name=name, value=values.iloc[0])


def linked(aligned: Aligned) -> Aligned:
    """Leave out unlinked islands; raise if nothing is linked."""
    kept = aligned.without_islands()
    if not len(kept.links.matrix.data):
        raise InputError("spatial.no_links")
    return kept


def moran(
    y: pd.Series, neighbors: Any, permutations: int | None = None, *, rng: Any = None
) -> GlobalStat:
    """Measure Moran's I, with its inference under randomization, normality and permutation.

    Parameters
    ----------
    y : Series, shape (n,)
        Values by region key; no region may be missing.
    neighbors : Neighbors or libpysal.graph.Graph
        Over the same keys; the weights are used as they are.
    permutations : int, optional
        Random permutations; by default all n! arrangements up to 8 regions, else 9,999.
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
    the sum of all weights [1]_. Regions without any link are left out, of the mean too, and n
    counts those that took part. Variance and z are under randomization, as in spdep's default;
    GeoDa and esda print one-sided permutation p-values, about half of ours.

    References
    ----------
    .. [1] Moran, P. A. P. (1950). Notes on continuous stochastic phenomena. Biometrika 37(1/2),
       17-23.
    .. [2] Cliff, A. D. and Ord, J. K. (1981). Spatial Processes. Pion, London.

    Examples
    --------
    Four regions in a row, low, low, high, high:

    >>> from libpysal.graph import Graph
    >>> row = Graph.from_arrays(list("abbccd"), list("bacbdc"), [1.0] * 6)
    >>> found = moran(pd.Series([1.0, 1, 2, 2], list("abcd")), row)
    >>> round(found.value, 6), round(found.expected, 6), round(found.p_sim, 6), found.permutations
    (0.333333, -0.333333, 0.666667, 24)
    """
    draws = asked_for(permutations)
    aligned = linked(align(y, neighbors))
    varying(pd.Series(aligned.values), str(y.name or "y"))
    return moran_batch(aligned.values[:, None], aligned, draws, rng).one()


def moran_batch(values: Array, aligned: Aligned, permutations: int | None, rng: Any) -> Batch:
    """Measure Moran's I of several variables on the same links, with shared permutations."""
    z, flat = deviations(values)
    sums = sums_of(aligned.links)
    with np.errstate(divide="ignore", invalid="ignore"):
        cross = np.einsum("im,im->m", z, aligned.links.matrix @ z)
        value = sums.n / sums.s0 * cross / np.square(z).sum(axis=0)
        expected, random, normal = moran_moments(sums, kurtosis(z))
    above, below, total, exact = quadratic_counts(z, aligned.links.matrix, permutations, rng)
    p_sim = two_sided(above, below, total, exact=exact)
    for array in (value, random, p_sim):
        array[flat] = np.nan
    return Batch(
        statistic="moran",
        value=value,
        expected=np.full(len(value), expected),
        variance=random,
        variance_normality=np.full(len(value), normal),
        p_sim=p_sim,
        permutations=total,
        n=sums.n,
        exact=exact,
    )


def moran_table(
    frame: pd.DataFrame, neighbors: Any, *, permutations: int | None = None, rng: Any = None
) -> pd.DataFrame:
    """Measure Moran's I of every variable in every year.

    Parameters
    ----------
    frame : DataFrame
        Index (adcode, year), or region keys alone (the year is then 0); a column a variable.
    neighbors : Neighbors or libpysal.graph.Graph
        Over the same keys, the same for every year.
    permutations : int, optional
        As in `moran`.
    rng : None, int or numpy.random.Generator
        As in `moran`.

    Returns
    -------
    DataFrame
        Columns year, variable, statistic ("moran"), value, expected, z, p_normal, p_sim,
        permutations, n; rows by year, then in the order of the columns. A variable that is the
        same everywhere in a year has NaN there.

    Notes
    -----
    All variables and years share the random permutations: each row is what `moran` gives for
    that variable with the same seed, and does not depend on which other variables are there.

    Examples
    --------
    >>> from libpysal.graph import Graph
    >>> row = Graph.from_arrays(list("abbccd"), list("bacbdc"), [1.0] * 6)
    >>> frame = pd.DataFrame({"x": [1.0, 1, 2, 2], "flat": 1.0}, list("abcd"))
    >>> moran_table(frame, row)[["year", "variable", "value"]].round(3).values.tolist()
    [[0, 'x', 0.333], [0, 'flat', nan]]
    """
    draws = asked_for(permutations)
    wide = _wide(frame)
    aligned = linked(align(wide, neighbors, name="frame"))
    batch = moran_batch(aligned.values, aligned, draws, rng)
    years, variables = wide.columns.get_level_values(0), wide.columns.get_level_values(1)
    return batch_rows(batch, years, variables)


def _wide(frame: pd.DataFrame) -> pd.DataFrame:
    """Lay the years side by side: rows regions, columns (year, variable)."""
    parts = dict(by_year(frame))
    first = next(iter(parts.values())).index
    for year, part in parts.items():
        if not part.index.sort_values().equals(first.sort_values()):
            raise InputError(
                "spatial.years_differ",
                year=year,
                regions=[str(key) for key in part.index.symmetric_difference(first)],
            )
    return pd.concat(parts, axis=1)


def batch_rows(batch: Batch, years: pd.Index, variables: pd.Index) -> pd.DataFrame:
    """Write a batch as rows of the table of global statistics."""
    return pd.DataFrame(
        {
            "year": np.asarray(years),
            "variable": np.asarray(variables, dtype=object),
            "statistic": batch.statistic,
            "value": batch.value,
            "expected": batch.expected,
            "z": batch.z,
            "p_normal": normal_p(batch.z),
            "p_sim": batch.p_sim,
            "permutations": batch.permutations,
            "n": batch.n,
        },
        columns=_COLUMNS,
    ).astype({"variable": "str", "statistic": "str"})
