"""Outliers brought in, each in the trace."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import pandas as pd

from geo_resilience.errors import InputError, Problems
from geo_resilience.indicators._trace import trace_of

#: Values brought in, and why each was changed; empty where it was not.
Capped: TypeAlias = tuple[np.ndarray, np.ndarray]

_MOST_SKEW = 2.0
_MOST_KURTOSIS = 3.5
_LOG_OFFSET = 0.01


def winsorize(
    frame: pd.DataFrame,
    *,
    method: str = "quantile",
    lower: float = 0.02,
    upper: float = 0.98,
    fence: float = 1.5,
    most: int = 5,
    reference: pd.Series | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    r"""Cap values beyond limits to the limits.

    Parameters
    ----------
    frame : DataFrame, rows observations, columns indicators
        NaN stays NaN.
    method : {"quantile", "iqr", "skewness"}
        See Notes.
    lower, upper : float
        Quantiles that are the limits.
    fence : float
        Distance of the limits from the quartiles, in interquartile ranges.
    most : int
        Largest number of values that the skewness rule caps in a column.
    reference : Series of bool, index of the frame, optional
        Rows that set the limits; all rows are held to them. Without it, all rows set them.

    Returns
    -------
    frame : DataFrame
    trace : DataFrame
        A row a changed cell; reason ``winsorized_low``, ``winsorized_high`` or
        ``log_transformed``.

    Raises
    ------
    InputError
        If the method is unknown, quantiles are out of order, or the reference does not fit.

    Notes
    -----
    - ``quantile``: :math:`[Q_{lower}, Q_{upper}]` of each column, interpolated linearly.
    - ``iqr``: :math:`[Q_1 - k\,(Q_3 - Q_1),\; Q_3 + k\,(Q_3 - Q_1)]` with :math:`k` the fence [1]_.
    - ``skewness``: a column with :math:`|G_1| > 2` and :math:`G_2 > 3.5` (sample skewness and
      excess kurtosis) has its outermost values brought in one by one, on the side of the skew, to
      the next value; where `most` of them are not enough, none is, and the column becomes
      :math:`\ln(x - x_{min} + 0.01\,(x_{max} - x_{min}))`, mirrored where the skew is negative,
      after the rule of the COINr package [2]_.

    References
    ----------
    .. [1] Tukey, J. W. (1977). Exploratory Data Analysis. Addison-Wesley.
    .. [2] Becker, W., Caperna, G., Del Sorbo, M., Norlen, H., Papadimitriou, E. and Saisana, M.
       (2022). COINr: An R package for developing composite indicators. Journal of Open Source
       Software 7(78), 4567.

    Examples
    --------
    >>> frame = pd.DataFrame({"a": [1.0, 2.0, 3.0, 4.0, 100.0]}, index=list("pqrst"))
    >>> capped, trace = winsorize(frame, method="iqr")
    >>> capped["a"].tolist()
    [1.0, 2.0, 3.0, 4.0, 7.0]
    >>> trace[["adcode", "before", "after", "reason"]].to_numpy().tolist()
    [['t', 100.0, 7.0, 'winsorized_high']]
    """
    _check_options(method, lower, upper)
    rule = OUTLIER_METHODS[method]
    given = {"lower": lower, "upper": upper, "fence": fence, "most": most}
    options = {name: given[name] for name in rule.options}
    rows = _reference_rows(frame, reference)
    after = frame.astype(float).copy()
    reasons = pd.DataFrame("", index=frame.index, columns=frame.columns, dtype=object)
    for position, _ in enumerate(frame.columns):
        values = after.iloc[:, position].to_numpy()
        known = values[rows & ~np.isnan(values)]
        if not len(known):
            continue
        changed, why = rule.function(values, known, **options)
        after.isetitem(position, changed)
        reasons.isetitem(position, why)
    return after, trace_of(frame, after, reasons)


def _check_options(method: str, lower: float, upper: float) -> None:
    problems = Problems()
    if method not in OUTLIER_METHODS:
        problems.add(
            "indicators.option", option="method", found=method, known=list(OUTLIER_METHODS)
        )
    if not 0 <= lower < upper <= 1:
        problems.add("indicators.quantiles", lower=lower, upper=upper)
    problems.raise_if_any()


def _reference_rows(frame: pd.DataFrame, reference: pd.Series | None) -> np.ndarray:
    if reference is None:
        return np.ones(len(frame), bool)
    if not reference.index.equals(frame.index):
        if reference.index.has_duplicates or not frame.index.isin(reference.index).all():
            raise InputError("indicators.reference_rows")
        reference = reference.reindex(frame.index)
    rows = reference.to_numpy(dtype=bool)
    if len(rows) and not rows.any():
        raise InputError("indicators.reference_empty")
    return rows


def _by_quantiles(values: np.ndarray, known: np.ndarray, lower: float, upper: float) -> Capped:
    low, high = np.quantile(known, [lower, upper])
    return _capped(values, float(low), float(high))


def _by_fence(values: np.ndarray, known: np.ndarray, fence: float) -> Capped:
    first, third = np.quantile(known, [0.25, 0.75])
    reach = fence * (third - first)
    return _capped(values, float(first - reach), float(third + reach))


def _capped(values: np.ndarray, low: float, high: float) -> Capped:
    """Cap to the limits and say why; NaN stays."""
    why = np.where(values < low, "winsorized_low", np.where(values > high, "winsorized_high", ""))
    return np.clip(values, low, high), why.astype(object)


def _shape(values: np.ndarray) -> tuple[float, float]:
    """Give sample skewness G1 and excess kurtosis G2 (those of spreadsheets)."""
    n = len(values)
    spread = values - values.mean()
    second = np.mean(spread**2)
    if n < 4 or second == 0:
        return 0.0, 0.0
    skew = np.mean(spread**3) / second**1.5
    kurtosis = np.mean(spread**4) / second**2 - 3
    return (
        float(skew * np.sqrt(n * (n - 1)) / (n - 2)),
        float((n - 1) / ((n - 2) * (n - 3)) * ((n + 1) * kurtosis + 6)),
    )


def _is_skewed(values: np.ndarray) -> bool:
    skew, kurtosis = _shape(values)
    return abs(skew) > _MOST_SKEW and kurtosis > _MOST_KURTOSIS


def _by_skewness(values: np.ndarray, known: np.ndarray, most: int) -> Capped:
    """Bring in outermost values one by one; take logarithms where that is not enough."""
    order = np.sort(known)
    low, high = order[0], order[-1]
    outside_low, outside_high = 0, 0
    tried = order
    for _ in range(min(most, len(order) - 1)):
        if not _is_skewed(tried):
            break
        if _shape(tried)[0] > 0:
            outside_high += 1
        else:
            outside_low += 1
        low, high = order[outside_low], order[-1 - outside_high]
        tried = np.clip(order, low, high)
    if not _is_skewed(tried):
        return _capped(values, low, high)
    return _logged(values, order)


def _logged(values: np.ndarray, order: np.ndarray) -> Capped:
    low, high = order[0], order[-1]
    offset = _LOG_OFFSET * (high - low)
    held = np.clip(values, low, high)
    upward = _shape(order)[0] > 0
    changed = np.log(held - low + offset) if upward else -np.log(high - held + offset)
    return changed, np.where(np.isnan(values), "", "log_transformed").astype(object)


@dataclass(frozen=True)
class OutlierMethod:
    """A rule for outliers.

    - ``name``: as a study file has it.
    - ``function``: takes the values, those that set the limits, and the options.
    - ``options``: options of `winsorize` that it uses.
    """

    name: str
    function: Callable[..., Capped]
    options: tuple[str, ...]


#: Rules for outliers, by name.
OUTLIER_METHODS: Mapping[str, OutlierMethod] = {
    each.name: each
    for each in (
        OutlierMethod("quantile", _by_quantiles, ("lower", "upper")),
        OutlierMethod("iqr", _by_fence, ("fence",)),
        OutlierMethod("skewness", _by_skewness, ("most",)),
    )
}
