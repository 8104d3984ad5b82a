"""How much each single judgement decides."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from geo_resilience.evaluation.weighting.consistency import Inconsistency, principal_eigenvector
from geo_resilience.evaluation.weighting.judgements import checked_judgements

__all__ = ["judgement_sensitivity"]

#: Saaty's scale, from 1/9 to 9.
SCALE = np.array([*(1 / np.arange(9, 1, -1)), *np.arange(1.0, 10.0)])


def judgement_sensitivity(judgements: pd.DataFrame | np.ndarray | list[Any]) -> pd.DataFrame:
    r"""Say how far the weights move when one judgement moves by one step of Saaty's scale.

    Parameters
    ----------
    judgements : DataFrame or square array
        Positive and reciprocal, one expert's or the joint one (``diagnostics["judgements"]``).

    Returns
    -------
    DataFrame
        A row a pair (``first``, ``second``; first comes before second in the matrix), columns
        ``judgement``; ``elasticity`` (change of the log ratio of the two weights for a change
        of the judgement's logarithm); ``shift_up`` and ``shift_down`` (half the sum of absolute
        changes of the weights when the judgement takes the next value up or down the scale;
        NaN at the scale's end); ``ratio_up`` and ``ratio_down`` (consistency ratio then);
        ``most_moved`` (code whose weight changes most). Largest shift first.

    Raises
    ------
    InputError
        As `ahp_weights`.

    Examples
    --------
    >>> found = judgement_sensitivity([[1, 2, 6], ["1/2", 1, 3], ["1/6", "1/3", 1]])
    >>> found.loc[0, ["first", "second", "most_moved"]].tolist()
    ['1', '2', '1']
    """
    frame = checked_judgements(judgements)
    matrix, codes = frame.to_numpy(), list(frame.columns)
    weights = principal_eigenvector(matrix)[1]
    rows = [
        _moved(frame, weights, i, j) for i in range(len(codes)) for j in range(i + 1, len(codes))
    ]
    columns = ["first", "second", "judgement", "elasticity", "shift_up", "shift_down"]
    columns += ["ratio_up", "ratio_down", "most_moved"]
    table = pd.DataFrame(rows, columns=columns)
    largest = table[["shift_up", "shift_down"]].max(axis=1)
    return table.iloc[np.argsort(-largest.to_numpy(), kind="stable")].reset_index(drop=True)


def _moved(frame: pd.DataFrame, weights: np.ndarray, i: int, j: int) -> tuple[Any, ...]:
    """Move one judgement a little, and one step up and down."""
    codes, found = frame.columns, float(frame.iat[i, j])
    near = [_changed(frame, i, j, found * factor) for factor in (1.001, 1 / 1.001)]
    logs = [np.log(one[0][i] / one[0][j]) for one in near]
    elasticity = float((logs[0] - logs[1]) / (2 * np.log(1.001)))
    above, below = SCALE[found * 1.0001 < SCALE], SCALE[found / 1.0001 > SCALE]
    shifts, ratios, most = [], [], (0.0, codes[i])
    for steps in (above[:1], below[-1:]):
        if not len(steps):
            shifts.append(np.nan)
            ratios.append(np.nan)
            continue
        changed, ratio = _changed(frame, i, j, float(steps[0]))
        away = np.abs(changed - weights)
        shifts.append(float(away.sum() / 2))
        ratios.append(ratio)
        if away.max() > most[0]:
            most = (float(away.max()), codes[int(away.argmax())])
    return (str(codes[i]), str(codes[j]), found, elasticity, *shifts, *ratios, str(most[1]))


def _changed(frame: pd.DataFrame, i: int, j: int, value: float) -> tuple[np.ndarray, float]:
    """Give weights and consistency ratio with another value for one judgement."""
    matrix = frame.to_numpy().copy()
    matrix[i, j], matrix[j, i] = value, 1 / value
    changed = pd.DataFrame(matrix, index=frame.index, columns=frame.columns)
    return principal_eigenvector(matrix)[1], Inconsistency.of(changed).consistency_ratio
