"""How unequal regions are, and how much of it lies between groups of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from geo_resilience.errors import InputError, UndefinedError
from geo_resilience.spatial.concentration._membership import Groups, partition_of
from geo_resilience.spatial.neighbors._alignment import numbers_of
from geo_resilience.statistics import _concentration as concentration
from geo_resilience.statistics._arrays import Array


@dataclass(frozen=True)
class Theil:
    """Theil's T and its exact parts: ``between + within = total``.

    Parameters
    ----------
    total, between, within : float
        ``between`` and ``within`` are NaN without groups.
    contributions : DataFrame
        A row a group: weight_share, value_share, theil (inside the group), between, within,
        share (of the total); empty without groups.
    """

    total: float
    between: float
    within: float
    contributions: pd.DataFrame

    def __float__(self) -> float:
        return self.total


@dataclass(frozen=True)
class Dagum:
    """Dagum's Gini in three parts: ``within + between + transvariation = total``.

    Parameters
    ----------
    total, within, between, transvariation : float
        The Gini, its part inside groups, the net part between them, and that of overlap.
    pairs : DataFrame
        Gini between each two groups (inside a group on the diagonal).
    distances : DataFrame
        Relative economic affluence of each two groups, 0 (alike) to 1 (no overlap).
    """

    total: float
    within: float
    between: float
    transvariation: float
    pairs: pd.DataFrame
    distances: pd.DataFrame

    def __float__(self) -> float:
        return self.total


def _values(y: ArrayLike, name: str = "y", *, negative: bool = False) -> Array:
    """Give plain numbers, at least one, none missing and (unless allowed) none negative."""
    series = y if isinstance(y, pd.Series) else pd.Series(np.asarray(y, dtype=float))
    numbers = numbers_of(series, name=name)
    if not len(numbers):
        raise InputError("spatial.too_few_regions", found=0, least=1)
    if not negative and (numbers < 0).any():
        raise UndefinedError(
            "spatial.negative_values",
            name=name,
            regions=[str(key) for key in series.index[numbers < 0]][:8],
        )
    return numbers


def _weights(weights: ArrayLike | None, y: ArrayLike) -> Array | None:
    """Give weights in the order of y."""
    if weights is None:
        return None
    if isinstance(y, pd.Series) and isinstance(weights, pd.Series):
        missing = y.index.difference(weights.index)
        if len(missing):
            raise InputError(
                "spatial.keys_without_value", name="weights", regions=[str(k) for k in missing]
            )
        weights = weights.reindex(y.index)
    numbers = _values(weights, "weights")
    if len(numbers) != np.size(y) or numbers.sum() <= 0:
        raise InputError("spatial.weights_wrong", found=len(numbers), expected=np.size(y))
    return numbers


def coefficient_of_variation(y: ArrayLike) -> float:
    """Give the standard deviation over the mean, with the population's deviation (n).

    Parameters
    ----------
    y : Series or array_like, shape (n,)

    Returns
    -------
    float
        NaN where the mean is 0.

    Examples
    --------
    >>> coefficient_of_variation([1, 3])
    0.5
    """
    return concentration.variation(_values(y, negative=True))


def gini(y: ArrayLike, *, weights: ArrayLike | None = None) -> float:
    """Give the Gini coefficient.

    Parameters
    ----------
    y : Series or array_like, shape (n,)
        Non-negative values of the regions (per head, where weighted by population).
    weights : Series or array_like, optional
        Population; every region counts the same without it.

    Returns
    -------
    float
        ``sum_ij w_i w_j |y_i - y_j| / (2 mean)`` with weights summing to 1, no small-sample
        correction; NaN where the mean is 0.

    Examples
    --------
    >>> round(gini([1, 2, 3, 4]), 12)
    0.25
    """
    return concentration.gini(_values(y), _weights(weights, y))


def max_min_ratio(y: ArrayLike) -> float:
    """Give the largest value over the smallest; NaN where that is 0 or negative."""
    numbers = _values(y, negative=True)
    return float(numbers.max() / numbers.min()) if numbers.min() > 0 else float("nan")


def theil(y: ArrayLike, groups: Groups | None = None, *, weights: ArrayLike | None = None) -> Theil:
    """Give Theil's T, split exactly into a part between groups and a part within them.

    Parameters
    ----------
    y : Series, shape (n,)
        Non-negative values by region key (per head, where weighted by population).
    groups : mapping, Series or Grouping, optional
        Each region in exactly one group.
    weights : Series, optional
        Population by region key; every region counts the same without it.

    Returns
    -------
    Theil
        ``.total``, ``.between``, ``.within``, ``.contributions``.

    Raises
    ------
    UndefinedError
        If a value is negative or all are 0.
    InputError
        If a region is in no group or in several.

    Notes
    -----
    ``T = sum_i p_i (y_i / m) ln(y_i / m)`` with p_i the share of the weight and m the weighted
    mean. With s_g the group's share of the total of y and p_g that of the weight,
    ``T = sum_g s_g ln(s_g / p_g) + sum_g s_g T_g`` [1]_.

    References
    ----------
    .. [1] Theil, H. (1967). Economics and Information Theory. North-Holland, Amsterdam.

    Examples
    --------
    >>> y = pd.Series([1.0, 1, 3, 3], list("abcd"))
    >>> found = theil(y, {"low": ["a", "b"], "high": ["c", "d"]})
    >>> round(found.total, 6), round(found.between, 6), round(found.within, 6)
    (0.130812, 0.130812, 0.0)
    """
    numbers, population = _values(y), _weights(weights, y)
    share = np.ones(len(numbers)) if population is None else population
    share = share / share.sum()
    if share @ numbers <= 0:
        raise UndefinedError("spatial.all_zero", name="y")
    total = concentration.theil(numbers, share)
    if groups is None:
        return Theil(total, float("nan"), float("nan"), pd.DataFrame())
    keys = y.index if isinstance(y, pd.Series) else pd.RangeIndex(len(numbers))
    parts = _group_parts(numbers, share, partition_of(groups, keys))
    parts["share"] = (parts["between"] + parts["within"]) / total if total > 0 else np.nan
    return Theil(total, float(parts["between"].sum()), float(parts["within"].sum()), parts)


def _group_parts(y: Array, share: Array, group: pd.Series) -> pd.DataFrame:
    """Give each group's part of Theil's T."""
    rows, mean = {}, float(share @ y)
    names = group.to_numpy(dtype=object)
    for name in dict.fromkeys(names):
        inside = names == name
        weight = float(share[inside].sum())
        value = float(share[inside] @ y[inside]) / mean
        own = concentration.theil(y[inside], share[inside]) if value > 0 else 0.0
        between = value * np.log(value / weight) if value > 0 else 0.0
        rows[name] = (weight, value, own, between, value * own)
    columns = ["weight_share", "value_share", "theil", "between", "within"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("group")


def dagum(y: pd.Series, groups: Groups) -> Dagum:
    """Split the Gini coefficient into within, between and overlap of groups.

    Parameters
    ----------
    y : Series, shape (n,)
        Non-negative values by region key.
    groups : mapping, Series or Grouping
        Each region in exactly one group.

    Returns
    -------
    Dagum
        ``.total``, ``.within``, ``.between``, ``.transvariation``, ``.pairs``, ``.distances``.

    Raises
    ------
    UndefinedError
        If a value is negative or all are 0.
    InputError
        If a region is in no group or in several.

    Notes
    -----
    With ``G_jh`` the mean absolute difference of groups j and h over the sum of their means,
    ``p_j = n_j / n``, ``s_j = n_j m_j / (n m)`` and ``D_jh = |m_j - m_h| / mean |y_j - y_h|``:
    ``G_w = sum_j G_jj p_j s_j``, ``G_nb = sum_{j<h} G_jh (p_j s_h + p_h s_j) D_jh`` and
    ``G_t = sum_{j<h} G_jh (p_j s_h + p_h s_j) (1 - D_jh)`` [1]_.

    References
    ----------
    .. [1] Dagum, C. (1997). A new approach to the decomposition of the Gini income inequality
       ratio. Empirical Economics 22(4), 515-531.

    Examples
    --------
    >>> y = pd.Series([1.0, 3, 2, 6], list("abcd"))
    >>> found = dagum(y, {"one": ["a", "b"], "two": ["c", "d"]})
    >>> [round(part, 6) for part in (found.within, found.between, found.transvariation)]
    [0.125, 0.166667, 0.041667]
    >>> round(found.total, 6) == round(gini(y), 6)
    True
    """
    numbers = _values(y)
    if numbers.sum() <= 0:
        raise UndefinedError("spatial.all_zero", name="y")
    group = partition_of(groups, y.index)
    names = list(dict.fromkeys(group))
    inside = np.array([group.to_numpy(dtype=object) == name for name in names], dtype=float)
    size = inside.sum(axis=1)
    means = inside @ numbers / size
    difference = concentration.mean_differences(numbers[:, None], inside)[:, :, 0]
    with np.errstate(divide="ignore", invalid="ignore"):
        pairs = np.nan_to_num(difference / (means[:, None] + means[None, :]))
        distances = np.nan_to_num(np.abs(means[:, None] - means[None, :]) / difference)
    share = np.outer(size / len(numbers), size * means / numbers.sum())
    between = np.triu(pairs * (share + share.T), 1)
    parts = (pairs * share).trace(), (between * distances).sum(), (between * (1 - distances)).sum()
    return Dagum(
        total=float(sum(parts)),
        within=float(parts[0]),
        between=float(parts[1]),
        transvariation=float(parts[2]),
        pairs=pd.DataFrame(pairs, names, names),
        distances=pd.DataFrame(distances, names, names),
    )
