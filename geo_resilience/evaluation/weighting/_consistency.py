"""How far pairwise judgements contradict each other, which does most, and what would mend it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from geo_resilience.evaluation.weighting._judgements import Judgements, checked_judgements

#: Random indices for 1 to 15 items of Saaty (1980). Later editions differ by 0.01 to 0.06.
_SAATY_1980 = (
    *(0.0, 0.0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41),
    *(1.45, 1.49, 1.51, 1.48, 1.56, 1.57, 1.59),
)


_SOURCES = ("Saaty (1980)", "Alonso and Lamata (2006)")


def random_index(count: int) -> tuple[float, str]:
    """Give the random index of matrices of a size, and whose it is.

    References
    ----------
    .. [1] Saaty, T. L. (1980). The Analytic Hierarchy Process. McGraw-Hill.
    .. [2] Alonso, J. A., Lamata, M. T. (2006). Consistency in the analytic hierarchy process: a
       new approach. International Journal of Uncertainty, Fuzziness and Knowledge-Based
       Systems, 14(4), 445-459.
    """
    if count <= len(_SAATY_1980):
        return _SAATY_1980[count - 1], _SOURCES[0]
    return (2.7699 * count - 4.3513 - count) / (count - 1), _SOURCES[1]


def principal_eigenvector(matrix: np.ndarray) -> tuple[float, np.ndarray]:
    """Give the largest eigenvalue of a positive matrix and its eigenvector with sum 1."""
    eigenvalues, vectors = np.linalg.eig(matrix)
    first = int(np.argmax(eigenvalues.real))
    vector = np.abs(vectors[:, first].real)
    return float(eigenvalues[first].real), vector / vector.sum()


@dataclass(frozen=True)
class Inconsistency:
    """The consistency of a judgement matrix and its most inconsistent pair.

    - ``eigenvalue``, ``consistency_index``, ``random_index``, ``consistency_ratio``: CI =
      (eigenvalue - m)/(m - 1), CR = CI/RI; both 0 for one or two items.
    - ``source``: whose random index it is.
    - ``pair``: the judgement furthest from what the weights imply, the preferred item first; None
      when the matrix is consistent.
    - ``found``, ``suggested``: that judgement, and the value that agrees with all others.
    - ``ratio_repaired``: consistency ratio with the suggested value in its place.
    """

    eigenvalue: float
    consistency_index: float
    random_index: float
    consistency_ratio: float
    source: str
    pair: tuple[str, str] | None = None
    found: float | None = None
    suggested: float | None = None
    ratio_repaired: float | None = None

    @classmethod
    def of(cls, judgements: pd.DataFrame) -> Inconsistency:
        """Examine a checked judgement matrix."""
        matrix = judgements.to_numpy()
        value, index, ratio = _ratio(matrix)
        base, source = random_index(len(matrix))
        plain = cls(value, index, base, ratio, source)
        if len(matrix) < 3 or index < 1e-12:
            return plain
        i, j = _furthest(matrix)
        suggested = _agreeing_value(matrix, i, j)
        repaired = matrix.copy()
        repaired[i, j], repaired[j, i] = suggested, 1 / suggested
        codes = judgements.columns
        return cls(
            *(value, index, base, ratio, source),
            pair=(str(codes[i]), str(codes[j])),
            found=float(matrix[i, j]),
            suggested=suggested,
            ratio_repaired=_ratio(repaired)[2],
        )


def _ratio(matrix: np.ndarray) -> tuple[float, float, float]:
    """Give eigenvalue, consistency index and ratio."""
    count = len(matrix)
    value = principal_eigenvector(matrix)[0]
    if count < 3:
        return float(count), 0.0, 0.0
    index = max(0.0, (value - count) / (count - 1))
    return value, index, index / random_index(count)[0]


def _furthest(matrix: np.ndarray) -> tuple[int, int]:
    """Find the judgement furthest from the ratio of its weights (Saaty 2003), preferred first.

    Among equals (all three pairs of a 3 x 3 matrix are) the first in reading order.
    """
    vector = principal_eigenvector(matrix)[1]
    away = np.abs(np.log(matrix * vector[None, :] / vector[:, None]))
    away = np.triu(away, k=1)
    i, j = np.argwhere(away >= away.max() - 1e-9)[0]
    return (int(i), int(j)) if matrix[i, j] >= 1 else (int(j), int(i))


def _agreeing_value(matrix: np.ndarray, i: int, j: int) -> float:
    """Give the judgement that all the others imply: Harker's eigenvector with this one open."""
    opened = matrix.copy()
    opened[i, j] = opened[j, i] = 0.0
    opened[i, i] += 1
    opened[j, j] += 1
    vector = principal_eigenvector(opened)[1]
    return float(vector[i] / vector[j])


def circular_triads(judgements: pd.DataFrame) -> list[tuple[str, str, str]]:
    """Give the triads in which a beats b, b beats c and c beats a (strictly)."""
    cells = judgements.to_numpy(dtype="float64")
    beats = cells > cells.T + 1e-12
    codes = [str(code) for code in judgements.columns]
    count = len(codes)
    return [
        (codes[i], codes[j], codes[k])
        for i in range(count)
        for j in range(count)
        for k in range(count)
        if i < j and i < k and j != k and beats[i, j] and beats[j, k] and beats[k, i]
    ]


#: Saaty's scale, from 1/9 to 9.
SCALE = np.array([*(1 / np.arange(9, 1, -1)), *np.arange(1.0, 10.0)])


def judgement_sensitivity(judgements: Judgements) -> pd.DataFrame:
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
