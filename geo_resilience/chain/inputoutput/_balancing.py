"""Fitting a table to known margins: RAS and its form for tables with negative cells."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from geo_resilience.chain.inputoutput._flows import Vector, named, vector
from geo_resilience.errors import InputError, Problems, UndefinedError
from geo_resilience.statistics._arrays import Array


def _frame(matrix: pd.DataFrame | ArrayLike) -> tuple[pd.DataFrame, Array]:
    frame = matrix if isinstance(matrix, pd.DataFrame) else pd.DataFrame(np.asarray(matrix))
    values = frame.to_numpy(dtype=float)
    if not np.isfinite(values).all():
        row, column = np.argwhere(~np.isfinite(values))[0]
        raise InputError(
            "chain.not_finite",
            what="matrix",
            row=frame.index[row],
            column=frame.columns[column],
            found=values[row, column],
        )
    return frame, values


def _margins(frame: pd.DataFrame, rows: Vector, columns: Vector) -> tuple[Array, Array]:
    """Check that both margins have one sum."""
    u = vector(rows, frame.index, what="row_sums")
    v = vector(columns, frame.columns, what="column_sums")
    scale = max(np.abs(u).sum(), np.abs(v).sum(), np.finfo(float).tiny)
    if abs(u.sum() - v.sum()) > 1e-6 * scale:
        raise InputError("chain.margins_differ", rows=f"{u.sum():g}", columns=f"{v.sum():g}")
    return u, v


def _reachable(values: Array, u: Array, v: Array, frame: pd.DataFrame) -> None:
    """Say which margins no cell can make up: of the wrong sign, or with nothing to scale."""
    problems = Problems()
    for key, labels, cells, target in (
        ("chain.rows_unreachable", frame.index, values, u),
        ("chain.columns_unreachable", frame.columns, values.T, v),
    ):
        above, below = (cells > 0).any(axis=1), (cells < 0).any(axis=1)
        stuck = ((target > 0) & ~above) | ((target < 0) & ~below)
        if stuck.any():
            problems.add(key, labels=named(labels[stuck]))
    problems.raise_if_any()


def _factors(up: Array, down: Array, target: Array) -> Array:
    """Solve ``up r - down / r = target`` for r > 0; 1 where there is nothing to scale."""
    with np.errstate(divide="ignore", invalid="ignore"):
        root = np.sqrt(target**2 + 4 * up * down)
        # The form without cancellation, whichever sign the target has.
        factor = np.where(target >= 0, (target + root) / (2 * up), 2 * down / (root - target))
    only_down = (up == 0) & (down > 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        factor = np.where(only_down & (target < 0), -down / target, factor)
    return np.where((up == 0) & (down == 0), 1.0, factor)


def gras(
    matrix: pd.DataFrame | ArrayLike,
    row_sums: Vector,
    column_sums: Vector,
    *,
    tolerance: float = 1e-10,
    rounds: int = 10_000,
) -> pd.DataFrame:
    """Fit a matrix with negative cells to known margins, changing it as little as possible.

    Positive cells become ``r_i a_ij s_j``, negative ones ``a_ij / (r_i s_j)``; r and s are found
    by turns, each solving ``p r - n / r = u``. Zeros stay zero and signs stay.

    Parameters
    ----------
    matrix : DataFrame or array_like, shape (n, k)
        Where to start from.
    row_sums, column_sums : Series or array_like, shape (n,) and (k,)
        Margins to be met, with one total.
    tolerance : float
        Largest deviation of a margin, in shares of the largest margin.
    rounds : int
        When to give up.

    Returns
    -------
    DataFrame, shape (n, k)

    Raises
    ------
    InputError
        If the two totals differ or a margin cannot be made up from its cells.
    UndefinedError
        If the margins are not met after all rounds: zeros stand in the way.

    References
    ----------
    .. [1] Junius, T. and Oosterhaven, J. (2003). The solution of updating or regionalizing a
       matrix with both positive and negative entries. Economic Systems Research 15(1), 87-96.
    .. [2] Lenzen, M., Wood, R. and Gallego, B. (2007). Some comments on the GRAS method. Economic
       Systems Research 19(4), 461-465.

    Examples
    --------
    >>> gras([[2, -1], [1, 3]], [2, 5], [4, 3]).round(4)
            0       1
    0  2.7389 -0.7389
    1  1.2611  3.7389
    """
    frame, values = _frame(matrix)
    u, v = _margins(frame, row_sums, column_sums)
    _reachable(values, u, v, frame)
    up, down = np.where(values > 0, values, 0.0), np.where(values < 0, -values, 0.0)
    r, s = np.ones(len(u)), np.ones(len(v))
    limit = tolerance * max(np.abs(u).max(initial=0), np.abs(v).max(initial=0))
    off = np.inf
    for _ in range(rounds):
        r = _factors(up @ s, down @ (1 / s), u)
        s = _factors(r @ up, (1 / r) @ down, v)
        fitted = r[:, None] * up * s - down / (r[:, None] * s)
        off = float(np.abs(fitted.sum(axis=1) - u).max(initial=0))
        if off <= limit or not np.isfinite(off):
            break
    if not off <= limit:
        raise UndefinedError("chain.margins_unmet", rounds=rounds, residual=f"{off:g}")
    return pd.DataFrame(fitted, index=frame.index, columns=frame.columns)


def ras(
    matrix: pd.DataFrame | ArrayLike,
    row_sums: Vector,
    column_sums: Vector,
    *,
    tolerance: float = 1e-10,
    rounds: int = 10_000,
) -> pd.DataFrame:
    """Fit a non-negative matrix to known margins by scaling rows and columns by turns.

    ``x_ij = r_i a_ij s_j``: the matrix with these margins that is nearest to the first one in
    relative entropy.

    Parameters
    ----------
    matrix, row_sums, column_sums, tolerance, rounds
        As in `gras`; no cell and no margin is negative.

    Returns
    -------
    DataFrame, shape (n, k)

    Raises
    ------
    InputError, UndefinedError
        As in `gras`, and if a cell is negative.

    References
    ----------
    .. [1] Stone, R. (1961). Input-Output and National Accounts. OECD.
    .. [2] Miller, R. E. and Blair, P. D. (2009). Input-Output Analysis, 2nd ed., chapter 7.

    Examples
    --------
    >>> ras([[1, 2], [3, 4]], [5, 5], [4, 6]).round(4)
            0       1
    0  1.7577  3.2423
    1  2.2423  2.7577
    """
    frame, values = _frame(matrix)
    if (values < 0).any():
        row, column = np.argwhere(values < 0)[0]
        raise InputError(
            "chain.negative_for_ras",
            row=frame.index[row],
            column=frame.columns[column],
            found=f"{values[row, column]:g}",
        )
    u, v = _margins(frame, row_sums, column_sums)
    _reachable(values, u, v, frame)
    limit = tolerance * max(np.abs(u).max(initial=0), np.abs(v).max(initial=0))
    fitted, off = values, np.inf
    for _ in range(rounds):
        fitted = fitted * _ratio(u, fitted.sum(axis=1))[:, None]
        fitted = fitted * _ratio(v, fitted.sum(axis=0))
        off = float(np.abs(fitted.sum(axis=1) - u).max(initial=0))
        if off <= limit:
            return pd.DataFrame(fitted, index=frame.index, columns=frame.columns)
    raise UndefinedError("chain.margins_unmet", rounds=rounds, residual=f"{off:g}")


def _ratio(target: Array, found: Array) -> Array:
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio: Array = np.where(found > 0, target / found, 1.0)
    return ratio
