"""Benefit of the doubt: every region under the weights that suit it best."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from geo_resilience.errors import InputError, Problems, UndefinedError
from geo_resilience.evaluation._checks import row_text, unit_values
from geo_resilience.evaluation.weighting._weights import Weights, weights_for
from geo_resilience.statistics._arrays import Array, Whole
from geo_resilience.statistics._corners import best_corners

#: Decimals of a score that do not hang on the solver; ties among them are ties.
SOLVED_DECIMALS = 9

#: Numbers laid out at once, rows by limits.
_TOGETHER = 1_000_000


@dataclass(frozen=True, eq=False)
class Envelopment:
    """Scores under each row's own best weights.

    - ``scores``: in [0, 1]; 1 where no row of the reference set does better under the row's own
      weights. Rounded to nine decimals: what lies beyond is the solver's.
    - ``weights``: each row's best weights, summing to 1; NaN for a row of zeros.
    """

    scores: pd.Series
    weights: pd.DataFrame


def benefit_of_the_doubt(
    values: pd.DataFrame,
    weights: Weights | pd.Series,
    *,
    tolerance: float | None = 0.5,
    reference: Mapping[str, Collection[str]] | None = None,
) -> Envelopment:
    r"""Score every row under the weights that suit it best, within bounds.

    Parameters
    ----------
    values : DataFrame, shape (n, m)
        Non-negative, more is better. With a level ``year`` every year is judged by itself.
    weights : Weights or Series
        The used ones, around which the bounds lie.
    tolerance : float or None
        Each weight's share may differ from the used weight by this part of it, 0.5 for half to
        one and a half times as much; None for no bounds, so that one strength is enough.
    reference : mapping of region to regions, optional
        Those that a region is held against (its neighbors, say) besides itself; all by default.

    Returns
    -------
    Envelopment

    Raises
    ------
    InputError
        If a value is negative, codes do not match, tolerance is negative, or a reference set
        is missing or names an unknown region.

    Notes
    -----
    For each row i, over weights v [1]_:

    .. math:: \max_v \sum_j v_j z_{ij} \quad \text{subject to} \quad
              \sum_j v_j z_{kj} \le 1 \ (k \in R_i), \quad
              (1 - t) w_j \le \frac{v_j}{\sum_l v_l} \le (1 + t) w_j

    With t = 0 the score is the composite divided by the largest composite of the set.
    Conditioned on a set of its like, a region is told what is possible in its surroundings [2]_.

    References
    ----------
    .. [1] Cherchye, L., Moesen, W., Rogge, N., Van Puyenbroeck, T. (2007). An introduction to
       'benefit of the doubt' composite indicators. Social Indicators Research, 82(1), 111-145.
    .. [2] Fusco, E., Vidoli, F., Sahoo, B. K. (2018). Spatial heterogeneity in composite
       indicator: a methodological proposal. Omega, 77, 1-14.

    Examples
    --------
    >>> values = pd.DataFrame({"a": [1.0, 0.2, 0.5], "b": [0.2, 1.0, 0.5]}, index=list("xyz"))
    >>> weights = pd.Series({"a": 0.5, "b": 0.5})
    >>> benefit_of_the_doubt(values, weights, tolerance=None).scores.round(4).to_dict()
    {'x': 1.0, 'y': 1.0, 'z': 0.8333}
    """
    if tolerance is not None and not tolerance >= 0:
        raise InputError(
            "evaluation.not_between", option="tolerance", found=tolerance, low=0, high="∞"
        )
    numbers = unit_values(values, most=np.inf)
    shares = weights_for(numbers, weights)
    bounds = _share_bounds(shares, tolerance)
    cells = numbers.to_numpy()
    scores = np.zeros(len(cells))
    best = np.full(cells.shape, np.nan)
    some = cells @ (shares if tolerance is not None else np.ones_like(shares)) > 0
    for rows, held in _held_against(numbers.index, reference):
        own = rows[some[rows]]
        frontier = cells[held][_frontier(cells[held], bounds)]
        step = max(1, _TOGETHER // (len(frontier) + 2 * len(shares)))
        for start in range(0, len(own), step):
            few = own[start : start + step]
            scores[few], best[few] = _best(cells[few], frontier, bounds, numbers.index[few])
    return Envelopment(
        pd.Series(scores.round(SOLVED_DECIMALS), index=values.index, name="benefit_of_the_doubt"),
        pd.DataFrame(best, index=numbers.index, columns=numbers.columns),
    )


def _share_bounds(shares: Array, tolerance: float | None) -> tuple[Array, Array]:
    """Give the least and the largest share that each weight may have."""
    if tolerance is None:
        return np.zeros_like(shares), np.ones_like(shares)
    return max(0.0, 1 - tolerance) * shares, (1 + tolerance) * shares


def _filled(order: Whole, bounds: tuple[Array, Array]) -> Array:
    """Give every weight its least share, and what is left to the first in order, as they can take.

    Of a sum weighted by shares this is the largest one, where the order is that of its parts.
    """
    low, high = bounds
    room = (high - low)[order]
    taken = np.clip(1 - low.sum() - (np.cumsum(room, axis=-1) - room), 0.0, room)
    return np.asarray(low[order] + taken)


def _frontier(cells: Array, bounds: tuple[Array, Array]) -> Whole:
    """Find the rows that no one row equals or beats under all shares within the bounds."""
    left = np.argsort(-(cells @ sum(bounds)), kind="stable")  # who beats another stands before it
    kept = []
    while len(left):
        first, left = left[0], left[1:]
        lead = cells[first] - cells[left]
        order = np.argsort(lead, axis=1)
        least = (np.take_along_axis(lead, order, axis=1) * _filled(order, bounds)).sum(axis=1)
        kept.append(first)
        left = left[least < -1e-15]
    return np.array(kept)


def _best(
    own: Array, frontier: Array, bounds: tuple[Array, Array], index: pd.Index
) -> tuple[Array, Array]:
    """Give some rows' scores and best weights, made to sum to 1.

    The solver begins where each row would do best if only the first of the frontier were there.
    """
    low, high = bounds
    unit, scale, places = np.eye(len(low)), frontier.max(), np.arange(len(own))
    frontier, own = frontier / scale, own / scale
    limits = np.vstack([low[:, None] - unit, unit - high[:, None], frontier])
    most = np.r_[np.zeros(2 * len(low)), np.ones(len(frontier))]
    order = np.argsort(-np.where(high > low, own / (frontier[0] + 1e-9), -1.0), axis=1)
    filled = _filled(order, bounds)
    shares = np.empty_like(filled)
    np.put_along_axis(shares, order, filled, axis=1)
    last = ((filled - low[order]) > 1e-15).cumsum(axis=1).argmax(axis=1)  # takes what is left
    start = np.where(np.arange(len(low)) < last[:, None], order + len(low), order)
    start[places, last] = 2 * len(low) + (shares @ frontier.T).argmax(axis=1)
    best, solved = best_corners(own, limits, most, start)
    if not solved.all():
        named = "; ".join(map(row_text, index[~solved]))
        raise UndefinedError("evaluation.no_best_weights", row=named)
    scores = (own * best).sum(axis=1).clip(0.0, 1.0)
    return scores, best / best.sum(axis=1, keepdims=True)


def _held_against(
    index: pd.Index, reference: Mapping[str, Collection[str]] | None
) -> Iterator[tuple[Whole, Whole]]:
    """Give rows of a year, and the rows that they are all held against."""
    dated = "year" in index.names
    keys = index.droplevel("year") if dated else index
    years = index.get_level_values("year") if dated else np.zeros(len(index))
    by_year = pd.Series(np.arange(len(index))).groupby(np.asarray(years)).indices
    if reference is None:
        yield from zip(by_year.values(), by_year.values(), strict=True)
        return
    problems = Problems()
    known = set(keys)
    for key in dict.fromkeys(keys):
        if key not in reference:
            problems.unknown("evaluation.reference_missing", key, reference)
        for member in reference.get(key, ()):
            if member not in known:
                problems.unknown("evaluation.reference_unknown", member, known, region=key)
    problems.raise_if_any()
    for rows in by_year.values():
        place = dict(zip(keys[rows], rows, strict=True))
        for key, row in place.items():
            held = {row, *(place[member] for member in reference[key] if member in place)}
            yield np.array([row]), np.array(sorted(held))
