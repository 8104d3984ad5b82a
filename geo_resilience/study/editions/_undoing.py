"""The least change of one weight, or of one figure, that undoes a change of rank."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from geo_resilience.errors import UndefinedError
from geo_resilience.statistics._arrays import Array
from geo_resilience.study.editions._edition import Edition

#: Regions times regions times indicators that are looked through; of more the largest moves.
_MOST = 30_000_000

#: Differences of what is weighed that are rounding.
_NOTHING = 1e-12


def undone(new: Edition, moves: pd.DataFrame) -> pd.DataFrame:
    r"""Find what would undo the moves of a run's last year.

    - ``moves``, by adcode: ``rank_before`` and ``rank``.

    With :math:`s_k = \sum_j w_j v_{kj}` what the mean orders by, a further weight d on indicator j
    makes it :math:`(s_k + d v_{kj}) / (1 + d)`: two regions are level at
    :math:`d = -(s_r - s_k) / (v_{rj} - v_{kj})`. A figure of its own moves a region alone.
    """
    year = new.years[-1]
    values = new.results.panel.values.xs(year, level="year")[new.codes]
    try:
        weighed = new.mean.weighed(new.mean.lifted(values), new.used)
    except UndefinedError:
        return pd.DataFrame(columns=_COLUMNS)
    moved = moves[moves["rank"] != moves["rank_before"]]
    far = (moved["rank"] - moved["rank_before"]).abs().sort_values(ascending=False, kind="stable")
    most = max(1, _MOST // max(values.size, 1))
    rows = [
        row
        for key in far.index[:most]
        if moved.at[key, "rank_before"] <= len(values)  # of fewer regions none has such a rank
        for row in _of_region(new, weighed, values, key, int(moved.at[key, "rank_before"]))
    ]
    return pd.DataFrame(rows, columns=_COLUMNS).sort_values(["adcode", "by"], kind="stable")


_COLUMNS = ["adcode", "by", "indicator", "now", "needed", "needed_measured"]


def _of_region(
    new: Edition, weighed: pd.DataFrame, values: pd.DataFrame, key: str, target: int
) -> Iterator[tuple[Any, ...]]:
    found = _weight(weighed, new.used.loc[new.codes].to_numpy(), key, target)
    if found is not None:
        place, needed = found
        code = new.codes[place]
        yield key, "weight", code, float(new.used[code]), needed, np.nan
    yield from _value(new, weighed, values, key, target)


def _weight(
    weighed: pd.DataFrame, weights: Array, key: str, target: int
) -> tuple[int, float] | None:
    """Give the indicator whose weight has to move least, and what it has to become."""
    v = weighed.to_numpy()
    row = int(weighed.index.get_loc(key))
    scores = v @ weights
    ahead, steeper = scores[row] - scores, v[row] - v
    others = np.arange(len(v)) != row
    best: tuple[float, int, float] | None = None
    for place, weight in enumerate(weights):
        for step in _crossings(ahead[others], steeper[others, place], target, weight):
            needed = (weight + step) / (1 + step)
            if best is None or abs(needed - weight) < best[0]:
                best = abs(needed - weight), place, needed
    return None if best is None else (best[1], best[2])


def _crossings(ahead: Array, steeper: Array, target: int, weight: float) -> Iterator[float]:
    """Give the nearest further weight, up and down, at which a region has a rank again."""
    now = int((ahead < -_NOTHING).sum()) + 1
    level = np.abs(ahead) <= _NOTHING
    some = ~level & (np.abs(steeper) > _NOTHING)
    at = np.full(len(ahead), np.nan)
    at[some] = -ahead[some] / steeper[some]
    for way in (1, -1):
        there = some & (way * at > 0) & (at > -weight)
        order = np.flatnonzero(there)[np.argsort(abs(at[there]), kind="stable")]
        passed = (level & (way * steeper < -_NOTHING)).sum()  # by those level with it, at once
        gains = way * np.sign(steeper[order])  # overtakes where it is the steeper
        ranks = now + passed - np.concatenate([[0.0], np.cumsum(gains)])
        reached = np.flatnonzero(ranks <= target if now > target else ranks >= target)
        if len(reached):
            yield float(np.concatenate([[0.0], at[order]])[reached[0]])


def _value(
    new: Edition, weighed: pd.DataFrame, values: pd.DataFrame, key: str, target: int
) -> Iterator[tuple[Any, ...]]:
    """Give the indicator whose figure has to move least on its scale, and what it has to become."""
    weights = new.used.loc[new.codes]
    scores = weighed.to_numpy() @ weights.to_numpy()
    row = int(weighed.index.get_loc(key))
    others = np.sort(np.delete(scores, row))[::-1]
    rank = int((others > scores[row] + _NOTHING).sum()) + 1
    if rank == target:  # level with another but for rounding
        return
    goal = others[target - 1] if rank > target else others[target - 2]
    lack = goal - scores[row]
    best: tuple[float, str, float] | None = None
    for code in weights.index[weights > 0]:
        needed = _inverse(weighed[code], values[code], weighed.at[key, code] + lack / weights[code])
        if needed is not None and (best is None or abs(needed - values.at[key, code]) < best[0]):
            best = abs(needed - values.at[key, code]), code, needed
    if best is not None:
        _, code, needed = best
        measured = _measured(new, code, needed)
        yield key, "value", code, float(values.at[key, code]), needed, measured


def _inverse(weighed: pd.Series, values: pd.Series, wanted: float) -> float | None:
    """Give the standardized value that is weighed as wanted; None beyond the scale."""
    x, z = weighed.to_numpy(), values.to_numpy()
    if np.allclose(x, z, rtol=0, atol=_NOTHING):
        return float(wanted) if -_NOTHING <= wanted <= 1 + _NOTHING else None
    order = np.argsort(x, kind="stable")
    if not x[order[0]] <= wanted <= x[order[-1]]:
        return None
    return float(np.interp(wanted, x[order], z[order]))


def _measured(new: Edition, code: str, needed: float) -> float:
    """Give about what has to be measured for a standardized value."""
    z, x = new.results.panel.values[code], new.raw[code]
    known = x.notna().to_numpy() & (z > 0).to_numpy() & (z < 1).to_numpy()
    if known.sum() < 2:
        return float("nan")
    z, x = z.to_numpy()[known], x.to_numpy()[known]
    order = np.argsort(z, kind="stable")
    low, high = order[0], order[-1]
    if z[low] == z[high]:
        return float("nan")
    if not z[low] <= needed <= z[high]:  # carried on with the slope of the whole
        return float(x[low] + (needed - z[low]) * (x[high] - x[low]) / (z[high] - z[low]))
    return float(np.interp(needed, z[order], x[order]))
