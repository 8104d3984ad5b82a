"""Whether the indicators go together: Cronbach's alpha, items against the rest, dimensions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from geo_resilience.errors import UndefinedError
from geo_resilience.evaluation._checks import finite_values
from geo_resilience.statistics._associations import pearson


@dataclass(frozen=True, eq=False)
class Alpha:
    """Cronbach's alpha of a set of items.

    - ``value``, ``low``, ``high``: alpha and its interval (Feldt's).
    - ``confidence``: of the interval.
    - ``standardized``: alpha of the items scaled to unit variance.
    - ``items``: A row an item: ``item_total`` (correlation with the sum), ``item_rest`` (with the
      sum of the others) and its ``p_value``, ``alpha_without`` (alpha if the item is dropped; NaN
      when fewer than two remain).
    """

    value: float
    low: float
    high: float
    confidence: float
    standardized: float
    items: pd.DataFrame
    observations: int

    @property
    def against_the_rest(self) -> list[str]:
        """Items whose correlation with the rest is below 0.2, the weakest first."""
        weak = self.items["item_rest"][self.items["item_rest"] < 0.2].sort_values(kind="stable")
        return list(weak.index)


def cronbach_alpha(values: pd.DataFrame, *, confidence: float = 0.95) -> Alpha:
    r"""Calculate Cronbach's alpha with Feldt's interval.

    Parameters
    ----------
    values : DataFrame, shape (n, k)
        One year at a time: pooled years repeat the same regions and feign precision. All items
        in the same direction.
    confidence : float
        Of the interval, in (0, 1).

    Returns
    -------
    Alpha

    Raises
    ------
    InputError
        If a value is missing or no number.
    UndefinedError
        If there are fewer than two items or three observations, or the sum of the items is
        constant.

    Notes
    -----
    .. math:: \alpha = \frac{k}{k - 1}\Big(1 - \frac{\sum_j s_j^2}{s^2_{\text{sum}}}\Big)

    [1]_; interval from :math:`(1 - \alpha)/(1 - \hat\alpha) \sim F(n - 1, (n - 1)(k - 1))` [2]_,
    for items as in analysis of variance. Alpha is a lower bound of reliability and grows with
    the number of items; a composite that means to join different things may well have a low
    one. Items against the rest lower it and can make it negative.

    References
    ----------
    .. [1] Cronbach, L. J. (1951). Coefficient alpha and the internal structure of tests.
       Psychometrika, 16(3), 297-334.
    .. [2] Feldt, L. S., Woodruff, D. J., Salih, F. A. (1987). Statistical inference for
       coefficient alpha. Applied Psychological Measurement, 11(1), 93-103.

    Examples
    --------
    >>> values = pd.DataFrame({"a": [1.0, 2, 3, 4], "b": [2.0, 1, 4, 3], "c": [1.0, 3, 2, 4]})
    >>> found = cronbach_alpha(values)
    >>> round(found.value, 4)
    0.7241
    """
    numbers = finite_values(values)
    rows, count = numbers.shape
    if count < 2:
        raise UndefinedError("evaluation.few_items", what="cronbach_alpha", found=count, least=2)
    if rows < 3:
        raise UndefinedError(
            "evaluation.few_observations", what="cronbach_alpha", found=rows, least=3
        )
    covariance = np.cov(numbers.to_numpy(), rowvar=False)
    alpha = _alpha(covariance)
    if not np.isfinite(alpha):
        raise UndefinedError("evaluation.constant_sum")
    from scipy.special import fdtri

    tail = (1 - confidence) / 2
    degrees = rows - 1, (rows - 1) * (count - 1)
    low, high = (1 - (1 - alpha) * fdtri(*degrees, share) for share in (1 - tail, tail))
    return Alpha(
        value=alpha,
        low=float(low),
        high=float(high),
        confidence=confidence,
        standardized=_alpha(_correlations(covariance)),
        items=_items(numbers, covariance),
        observations=rows,
    )


def _alpha(covariance: np.ndarray) -> float:
    """Alpha from a covariance matrix; NaN for one item or a constant sum."""
    count, total = len(covariance), covariance.sum()
    if count < 2 or total <= 1e-15 * np.abs(covariance).sum():
        return float("nan")
    return float(count / (count - 1) * (1 - np.trace(covariance) / total))


def _correlations(covariance: np.ndarray) -> np.ndarray:
    """Correlations of the items that vary."""
    deviation = np.sqrt(np.diag(covariance))
    varies = deviation > 0
    kept = covariance[np.ix_(varies, varies)]
    return kept / np.outer(deviation[varies], deviation[varies])


def _items(numbers: pd.DataFrame, covariance: np.ndarray) -> pd.DataFrame:
    """Say what each item does to the whole."""
    total, items = numbers.sum(axis=1).to_numpy(), numbers.to_numpy()
    rows = []
    for place, item in enumerate(items.T):
        rest, p_value = pearson(item, total - item)
        others = np.delete(np.delete(covariance, place, axis=0), place, axis=1)
        rows.append((pearson(item, total)[0], rest, p_value, _alpha(others)))
    columns = ["item_total", "item_rest", "p_value", "alpha_without"]
    return pd.DataFrame(rows, index=pd.Index(numbers.columns, name="code"), columns=columns)


def column_correlations(values: pd.DataFrame) -> pd.DataFrame:
    """Correlate every pair of columns (dimension scores, say), with p-values."""
    numbers = finite_values(values)
    codes = list(numbers.columns)
    rows = [
        (first, second, *pearson(numbers[first], numbers[second]), len(numbers))
        for place, first in enumerate(codes)
        for second in codes[place + 1 :]
    ]
    columns = ["first", "second", "correlation", "p_value", "observations"]
    return pd.DataFrame(rows, columns=columns)
