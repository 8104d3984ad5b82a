"""Cut points of classes for maps: equal intervals, quantiles, natural breaks, deviations.

Every function gives the inner cut points only, ascending; a class holds its lower bound. Between
two neighboring values any cut gives the same classes, so the shortest decimal is taken: a legend
then reads 0.35 where the values are 0.3487 and 0.3512.
"""

from __future__ import annotations

import math

import numpy as np

#: Above so many different values, natural breaks are sought among groups of equal count.
MOST_VALUES = 1000


def _sorted_values(values: np.ndarray) -> np.ndarray:
    flat = np.asarray(values, dtype=float).ravel()
    return np.sort(flat[np.isfinite(flat)])


def shortest_between(low: float, high: float) -> float:
    """Give the shortest decimal in the half-open interval (low, high]."""
    middle = low + (high - low) / 2
    top = math.floor(math.log10(max(abs(low), abs(high), high - low)))
    for power in range(top, top - 17, -1):
        step = 10.0**power
        nearest = round(round(middle / step) * step, max(0, -power))
        if low < nearest <= high:
            return float(nearest)
    return float(high)


def _between(ordered: np.ndarray, starts: list[int]) -> list[float]:
    """Cut before each of these places of the ordered values; none where both sides are equal."""
    cuts = []
    for start in starts:
        if 0 < start < len(ordered) and ordered[start - 1] < ordered[start]:
            cuts.append(shortest_between(ordered[start - 1], ordered[start]))
    return sorted(set(cuts))


def equal_cuts(values: np.ndarray, count: int = 5) -> list[float]:
    """Cut the range into intervals of equal width; no cuts when all values are equal."""
    ordered = _sorted_values(values)
    if len(ordered) == 0 or ordered[0] == ordered[-1]:
        return []
    inner = np.linspace(ordered[0], ordered[-1], count + 1)[1:-1]
    return [float(f"{cut:.12g}") for cut in inner]


def quantile_cuts(values: np.ndarray, count: int = 5) -> list[float]:
    """Cut so that every class holds about the same number of values.

    Equal values are never parted, so that fewer classes may come out. Among many values a cut
    may move by a hundredth of them where that makes it a shorter decimal.
    """
    ordered = _sorted_values(values)
    if len(ordered) == 0 or ordered[0] == ordered[-1]:
        return []
    first_above = int(np.searchsorted(ordered, ordered[0], side="right"))
    slack = len(ordered) // 100
    cuts = set()
    for index in range(1, count):
        place = round(index * len(ordered) / count)
        start = int(np.searchsorted(ordered, ordered[min(place, len(ordered) - 1)], side="left"))
        start = max(start, first_above)
        below = max(start - 1 - slack, 0)
        above = min(start + slack, len(ordered) - 1)
        cuts.add(shortest_between(ordered[below], ordered[above]))
    return sorted(cuts)


def deviation_cuts(values: np.ndarray, count: int = 6) -> list[float]:
    """Cut at the mean and at whole standard deviations around it (halves for an odd count).

    The standard deviation is that of a population (n). Cuts outside the values are left out.
    """
    ordered = _sorted_values(values)
    if len(ordered) == 0 or ordered[0] == ordered[-1]:
        return []
    mean, deviation = ordered.mean(), ordered.std()
    places = (np.arange(1, count) - count / 2) * deviation + mean
    inside = places[(places > ordered[0]) & (places <= ordered[-1])]
    return [float(f"{place:.12g}") for place in inside]


def jenks_cuts(values: np.ndarray, count: int = 5) -> list[float]:
    """Cut at the natural breaks: least sum of squared deviations from the class means.

    Found exactly by dynamic programming over the sorted values [1]_.

    .. [1] Fisher, W. D. (1958). "On grouping for maximum homogeneity". Journal of the American
       Statistical Association 53, 789-798.
    """
    ordered = _sorted_values(values)
    starts = (
        np.flatnonzero(np.r_[True, np.diff(ordered) > 0]) if len(ordered) else np.array([], int)
    )
    if len(starts) > MOST_VALUES:
        starts = starts[np.linspace(0, len(starts) - 1, MOST_VALUES).round().astype(int)]
    if len(starts) <= 1:
        return []
    first = _least_squares_starts(ordered, starts, min(count, len(starts)))
    return _between(ordered, first)


def _least_squares_starts(ordered: np.ndarray, starts: np.ndarray, count: int) -> list[int]:
    """Where the second to last class begin; ``starts`` are the places where one may begin."""
    ends = np.r_[starts[1:], len(ordered)]
    centered = ordered - ordered.mean()
    sums = np.r_[0.0, np.cumsum(centered)]
    squares = np.r_[0.0, np.cumsum(centered**2)]

    def cost(begin: np.ndarray, end: int) -> np.ndarray:
        total = sums[end] - sums[begin]
        return squares[end] - squares[begin] - total**2 / (end - begin)

    groups = len(starts)
    best = np.array([cost(starts[:1], int(end))[0] for end in ends])
    chosen = np.zeros((count, groups), dtype=int)
    for classes in range(1, count):
        improved = np.full(groups, np.inf)
        for last in range(classes, groups):
            candidates = best[classes - 1 : last] + cost(
                starts[classes : last + 1], int(ends[last])
            )
            choice = int(np.argmin(candidates))
            improved[last] = candidates[choice]
            chosen[classes, last] = classes + choice
        best = improved
    found, last = [], groups - 1
    for classes in range(count - 1, 0, -1):
        begin = int(chosen[classes, last])
        found.append(int(starts[begin]))
        last = begin - 1
    return found[::-1]
