"""Benefit of the doubt: every region under the weights that suit it best."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from geo_resilience.errors import InputError, Problems, UndefinedError
from geo_resilience.evaluation._checks import row_text, unit_values
from geo_resilience.evaluation.weighting._weights import Weights, weights_for

#: Decimals of a score that do not hang on the solver; ties among them are ties.
SOLVED_DECIMALS = 9

#: Rows whose linear programs are handed to the solver as one, with less ado and the same answers.
_TOGETHER = 32


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
    sets = _reference_rows(numbers.index, reference)
    cells = numbers.to_numpy()
    scores = np.zeros(len(cells))
    best = np.full(cells.shape, np.nan)
    rows = np.flatnonzero(cells @ (shares if tolerance is not None else np.ones_like(shares)) > 0)
    for start in range(0, len(rows), _TOGETHER):
        some = rows[start : start + _TOGETHER]
        limits = [np.vstack([cells[sets[row]], bounds]) for row in some]
        scores[some], best[some] = _best(cells[some], limits, len(bounds), numbers.index[some])
    return Envelopment(
        pd.Series(scores.round(SOLVED_DECIMALS), index=values.index, name="benefit_of_the_doubt"),
        pd.DataFrame(best, index=values.index, columns=values.columns),
    )


def _share_bounds(shares: np.ndarray, tolerance: float | None) -> np.ndarray:
    """Rows of A in A v <= 0 that keep each weight's share within its bounds."""
    count = len(shares)
    if tolerance is None:
        return np.zeros((0, count))
    unit = np.eye(count)
    low = max(0.0, 1 - tolerance) * shares
    high = (1 + tolerance) * shares
    return np.vstack([low[:, None] - unit, unit - high[:, None]])


def _best(
    own: np.ndarray, limits: list[np.ndarray], bounds: int, index: pd.Index
) -> tuple[np.ndarray, np.ndarray]:
    """Solve some rows' linear programs as one; give their scores and weights made to sum to 1.

    Of each row's limits, the last ones are the bounds of its shares.
    """
    from scipy.optimize import linprog
    from scipy.sparse import block_diag

    most = np.concatenate([np.arange(len(each)) < len(each) - bounds for each in limits])
    found = linprog(-own.ravel(), A_ub=block_diag(limits, format="csc"), b_ub=most, method="highs")
    if not found.success:
        named = "; ".join(map(row_text, index))
        raise UndefinedError("evaluation.no_best_weights", row=named, reason=found.message)
    best = found.x.reshape(own.shape)
    scores = (own * best).sum(axis=1).clip(0.0, 1.0)
    return scores, best / best.sum(axis=1, keepdims=True)


def _reference_rows(
    index: pd.Index, reference: Mapping[str, Collection[str]] | None
) -> list[np.ndarray]:
    """For each row the rows of its year that it is held against, itself among them."""
    dated = "year" in index.names
    keys = index.droplevel("year") if dated else index
    years = index.get_level_values("year") if dated else np.zeros(len(index))
    place = {(key, year): row for row, (key, year) in enumerate(zip(keys, years, strict=True))}
    if reference is None:
        by_year = pd.Series(np.arange(len(index))).groupby(np.asarray(years)).indices
        return [by_year[year] for year in years]
    problems = Problems()
    known = set(keys)
    for key in dict.fromkeys(keys):
        if key not in reference:
            problems.unknown("evaluation.reference_missing", key, reference)
        for member in reference.get(key, ()):
            if member not in known:
                problems.unknown("evaluation.reference_unknown", member, known, region=key)
    problems.raise_if_any()
    return [
        np.array(
            sorted(
                {row}
                | {place[member, year] for member in reference[key] if (member, year) in place}
            )
        )
        for row, (key, year) in enumerate(zip(keys, years, strict=True))
    ]
