"""How far weights may move before two regions change places: exact, for means of one sum."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from geo_resilience.errors import Problems
from geo_resilience.evaluation._aggregation import Mean, aggregation, composite
from geo_resilience.evaluation._checks import finite_values
from geo_resilience.evaluation._grading import DECIMALS
from geo_resilience.evaluation._scores import rank
from geo_resilience.evaluation.weighting._weights import Weights, weights_for
from geo_resilience.statistics._arrays import Array, Whole

#: Differences of standardized values that are rounding.
_NOTHING = 1e-12


@dataclass(frozen=True, eq=False)
class WeightMargin:
    """How far weights may move until one region is no longer ahead of another.

    Parameters
    ----------
    margin : float
        The largest m such that it stays ahead while each weight moves within w (1 - m) and
        w (1 + m) as it likes, and all are made to sum to 1 again: 0 where it is not ahead, infinite
        where it is ahead in every weighted indicator.
    overturning : Series
        By code: of all weights under which it is not ahead (at best level) those with the least sum
        of absolute changes; NaN where it is ahead under all weights.
    moved : float
        Half that sum: the weight that has to move.
    indicator : str
        The one whose weight alone overturns with the least relative change, before all are brought
        back to a sum of 1; empty where no one weight does.
    change : float
        That change: 0.2 for a fifth more, NaN where no one weight does.
    """

    margin: float
    overturning: pd.Series
    moved: float
    indicator: str
    change: float


def weight_margin(
    values: pd.DataFrame,
    weights: Weights | pd.Series,
    first: Hashable,
    second: Hashable,
    *,
    how: str | Mean = "arithmetic",
) -> WeightMargin:
    r"""Find how far weights may move until a row is no longer ahead of another, exactly.

    Parameters
    ----------
    values : DataFrame, shape (n, m)
        Scaled to [0, 1], more is better.
    weights : Weights or Series
        By code.
    first, second : label
        Of rows of values: the one ahead, and the other.
    how : str or Aggregation
        The mean, as in `composite`: any that is a function of one weighted sum.

    Returns
    -------
    WeightMargin

    Raises
    ------
    InputError
        If codes do not match or a row is unknown.
    UndefinedError
        For the Mazziotta-Pareto index and a function of one's own.

    Notes
    -----
    With d_j the difference of what is weighed (values; logarithms for the geometric mean) the first
    is ahead while :math:`\sum_j w_j d_j > 0`; making the weights sum to 1 does not change the sign.
    The least of that over the box is reached at a corner, so that

    .. math:: m^* = \sum_j w_j d_j \Big/ \sum_j w_j |d_j|

    The nearest weights solve the linear programme [1]_

    .. math:: \min_v \sum_j |v_j - w_j| \quad \text{with} \quad \sum_j v_j d_j \le 0, \;
              \sum_j v_j = 1, \; v_j \ge 0

    whose solution takes weight from the indicators in which the first leads most, one after the
    other, and gives it to the one in which it trails most. One weight alone overturns when
    it changes by :math:`-\sum_k w_k d_k / (w_j d_j)` of itself.

    References
    ----------
    .. [1] Triantaphyllou, E. and Sanchez, A. (1997). A sensitivity analysis approach for some
       deterministic multi-criteria decision-making methods. Decision Sciences 28(1), 151-194.

    Examples
    --------
    >>> values = pd.DataFrame({"a": [0.9, 0.4], "b": [0.2, 0.5]}, index=["x", "y"])
    >>> found = weight_margin(values, pd.Series({"a": 0.5, "b": 0.5}), "x", "y")
    >>> round(found.margin, 6), found.overturning.round(6).to_dict(), round(found.moved, 6)
    (0.25, {'a': 0.375, 'b': 0.625}, 0.125)
    >>> found.indicator, round(found.change, 6)
    ('a', -0.4)
    """
    problems = Problems()
    for label in (first, second):
        if label not in values.index:
            problems.unknown("evaluation.region_unknown", label, values.index)
    problems.raise_if_any()
    pair = finite_values(values.loc[[first, second]])
    ahead, behind = aggregation(how).weighed(pair, weights).to_numpy()
    found = _margins((ahead - behind)[None], weights_for(pair, weights))
    place = int(found.place[0])
    return WeightMargin(
        margin=float(found.margin[0]),
        overturning=pd.Series(found.nearest[0], pair.columns),
        moved=float(found.moved[0]),
        indicator=str(pair.columns[place]) if place >= 0 else "",
        change=float(found.change[0]),
    )


@dataclass(frozen=True, eq=False)
class _Margins:
    """The margins of many pairs: as `WeightMargin`, the indicator by its place or -1 for none.

    - ``nearest``, shape (pairs, m); all others (pairs,).
    """

    margin: Array
    nearest: Array
    moved: Array
    place: Whole
    change: Array


def _margins(d: Array, shares: Array) -> _Margins:
    """Give the margins of rows over others from their differences, shape (pairs, m)."""
    d = np.where(abs(d) < _NOTHING, 0.0, d)
    ahead = d @ shares
    nearest = _nearest(d, shares, ahead)
    by_share = shares * d
    alone = np.divide(-ahead[:, None], by_share, out=np.full(d.shape, np.inf), where=by_share != 0)
    alone[alone < -1] = np.inf
    place = abs(alone).argmin(axis=1)
    change = alone[np.arange(len(d)), place]
    some = np.isfinite(change)
    leads = (d[:, shares > 0] > 0).all(axis=1)
    spread = abs(d) @ shares
    margin = np.divide(ahead, spread, out=np.full(len(d), np.inf), where=~leads & (spread > 0))
    behind = ahead <= _NOTHING
    nearest[behind] = shares
    return _Margins(
        margin=np.where(behind, 0.0, margin),
        nearest=nearest,
        moved=abs(nearest - shares).sum(axis=1) / 2,
        place=np.where(some & ~behind, place, -1),
        change=np.where(behind, 0.0, np.where(some, change, np.nan)),
    )


def _nearest(d: Array, shares: Array, ahead: Array) -> Array:
    """Move the least weight that leaves nothing of being ahead; NaN where none does."""
    pairs, to = np.arange(len(d)), d.argmin(axis=1)
    least, left = d[pairs, to], ahead.copy()
    found = np.tile(shares, (len(d), 1))
    for place in np.argsort(-d, axis=1, kind="stable").T:
        gain = d[pairs, place] - least
        going = (left > 0) & (gain > 0)
        needed = np.divide(left, gain, out=np.zeros(len(d)), where=going)
        taken = np.minimum(shares[place], needed)
        found[pairs, place] -= taken
        found[pairs, to] += taken
        left -= taken * gain
    found[least > 0] = np.nan
    return found


def weight_margin_table(
    values: pd.DataFrame, weights: Weights | pd.Series, *, how: str | Mean = "arithmetic"
) -> pd.DataFrame:
    """Give the margins of neighbors in the ranking, then of the first over each region.

    Values are those of one year. Of equal scores the first in the table counts as ahead, by 0.
    """
    scores = composite(values, weights, how=how).round(DECIMALS)
    weighed, shares = aggregation(how).weighed(values, weights), weights_for(values, weights)
    order = scores.sort_values(ascending=False, kind="stable").index
    cells, labels = weighed.loc[order].to_numpy(), np.asarray(order, dtype=object)
    places = rank(scores)[order].to_numpy()
    everyone = np.arange(len(order))
    upper = np.r_[everyone[:-1], np.zeros(len(order) - 1, dtype=int)]
    lower = np.r_[everyone[1:], everyone[1:]]
    found = _margins(cells[upper] - cells[lower], shares)
    moves, overturns = found.nearest - shares, found.moved > 0
    codes = np.array([*weighed.columns, ""], dtype=object)
    table = {
        "against": np.repeat(["neighbor", "top"], len(order) - 1),
        "rank": places[lower],
        "upper": labels[upper],
        "lower": labels[lower],
        "margin": np.where(np.isfinite(found.margin), found.margin, np.nan),
        "moved": found.moved,
        "less": codes[np.where(overturns, moves.argmin(axis=1), -1)],
        "more": codes[np.where(overturns, moves.argmax(axis=1), -1)],
        "indicator": codes[found.place],
        "change": found.change,
    }
    return pd.DataFrame(table)
