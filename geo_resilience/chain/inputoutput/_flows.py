"""Checked arrays behind an input-output table: flows, outputs and the Leontief inverse."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from geo_resilience.errors import InputError, Problems, UndefinedError, unknown
from geo_resilience.statistics._arrays import Array
from geo_resilience.text import first_few

Vector: TypeAlias = pd.Series | ArrayLike

#: Entries of the Leontief inverse beyond which the system is singular for all purposes.
SINGULAR = 1e12
_MOST_NAMED = 8


@dataclass(frozen=True, eq=False)
class Flows:
    """Transactions and outputs of n sectors, checked and in one order.

    The functions of the room take it in place of transactions (outputs are then its own), so that
    several of them share the checks and one Leontief inverse.

    - ``labels``, length n: sectors.
    - ``Z``, shape (n, n): transactions, rows sell to columns, in money.
    - ``x``, shape (n,): outputs, positive, in the same money.
    """

    labels: pd.Index
    Z: Array
    x: Array

    @cached_property
    def A(self) -> Array:  # noqa: N802
        """Input coefficients, ``a_ij = z_ij / x_j``."""
        return self.Z / self.x

    @cached_property
    def L(self) -> Array:  # noqa: N802
        """Leontief inverse, solved from ``(I - A) L = I``."""
        return productive_inverse(self.A, self.labels)

    @cached_property
    def G(self) -> Array:  # noqa: N802
        """Ghosh inverse, ``g_ij = l_ij x_j / x_i``."""
        return self.L * (self.x / self.x[:, None])

    def pulled(self, rows: Array) -> Array:
        """Give ``rows L`` by one solve, without the inverse; checks that L exists.

        For A >= 0 the column sums of L are above 0 exactly where the spectral radius is below 1.
        """
        if "L" in self.__dict__:
            return rows @ self.L
        system = (np.eye(len(self.A)) - self.A).T
        asked = np.vstack([np.ones(len(self.A)), rows])
        try:
            found = np.asarray(np.linalg.solve(system, asked.T), dtype=np.float64).T
        except np.linalg.LinAlgError:
            return rows @ self.L
        sums = found[0]
        return found[1:] if sums.min() > 0 and sums.max() < SINGULAR else rows @ self.L

    def frame(self, values: Array) -> pd.DataFrame:
        """Give a sector by sector matrix its labels."""
        return pd.DataFrame(values, index=self.labels, columns=self.labels)

    def series(self, values: Array, name: Hashable | None = None) -> pd.Series:
        """Give a vector over sectors its labels."""
        return pd.Series(values, index=self.labels, name=name)

    def position(self, sector: Hashable) -> int:
        """Give the row of a sector, or say which sectors there are."""
        if sector not in self.labels:
            raise InputError(unknown("chain.sector_unknown", sector, self.labels))
        return int(self.labels.get_indexer([sector])[0])


Matrix: TypeAlias = pd.DataFrame | ArrayLike | Flows


def named(labels: Sequence[Any] | pd.Index) -> list[str]:
    """Give labels as text, the first few of many."""
    text = [str(label) for label in labels]
    return first_few(text, _MOST_NAMED)


def productive_inverse(A: Array, labels: pd.Index) -> Array:
    """Solve ``(I - A) L = I``; for A >= 0, L >= 0 exactly where the spectral radius is below 1."""
    identity = np.eye(len(A))
    try:
        inverse = np.asarray(np.linalg.solve(identity - A, identity), dtype=np.float64)
    except np.linalg.LinAlgError:
        inverse = np.full_like(A, -np.inf)
    if len(A) and (inverse.min() < -1e-9 or not inverse.max() < SINGULAR):
        radius = float(np.abs(np.linalg.eigvals(A)).max())
        heavy = labels[A.sum(axis=0) >= 1]
        raise UndefinedError("chain.not_productive", radius=f"{radius:.6g}", sectors=named(heavy))
    return inverse


def _as_frame(Z: Matrix) -> pd.DataFrame:
    if isinstance(Z, Flows):
        return Z.frame(Z.Z)
    if isinstance(Z, pd.DataFrame):
        return Z
    values = np.asarray(Z)
    if values.ndim != 2 or values.shape[0] != values.shape[1]:
        found = " x ".join(map(str, values.shape)) or str(Z)
        raise InputError("chain.not_square", found=found)
    return pd.DataFrame(values)


def _doubled(labels: pd.Index) -> list[str]:
    if labels.is_unique:
        return []
    return named(labels[labels.duplicated()].unique())


def _numbers(frame: pd.DataFrame, problems: Problems, what: str) -> Array:
    """Turn a frame into floats; every cell that is no finite number is a problem."""
    try:
        numeric = frame.to_numpy(dtype=float)
    except (TypeError, ValueError):
        numeric = frame.apply(pd.to_numeric, errors="coerce").to_numpy(dtype=float)
    for row, column in np.argwhere(~np.isfinite(numeric))[:_MOST_NAMED]:
        problems.add(
            "chain.not_finite",
            what=what,
            row=frame.index[row],
            column=frame.columns[column],
            found=frame.iat[row, column],
        )
    return numeric


def _plain(data: pd.DataFrame | pd.Series) -> Array | None:
    """Give floats where there is nothing to say about any of them."""
    values = data.to_numpy()
    if values.dtype.kind not in "fiu":
        return None
    numbers = values.astype(float)
    return numbers if np.isfinite(numbers).all() else None


def flow_matrix(Z: Matrix, *, what: str = "Z") -> tuple[pd.Index, Array]:
    """Check a square matrix of transactions and give its labels and values."""
    if isinstance(Z, Flows):
        return Z.labels, Z.Z
    frame = _as_frame(Z)
    if frame.index.is_unique and frame.index.equals(frame.columns):
        plain = _plain(frame)
        if plain is not None and not (plain < 0).any():
            return frame.index, plain
    problems = Problems()
    for label in _doubled(frame.index):
        problems.add("chain.sector_twice", sector=label, file=what)
    problems.raise_if_any()
    apart = frame.index.symmetric_difference(frame.columns)
    if len(apart) or len(frame.index) != len(frame.columns):
        raise InputError("chain.labels_differ", what=what, labels=named(apart))
    frame = frame.loc[:, frame.index]
    values = _numbers(frame, problems, what)
    for row, column in np.argwhere(values < 0)[:_MOST_NAMED]:
        problems.add(
            "chain.negative_flow",
            what=what,
            row=frame.index[row],
            column=frame.index[column],
            found=f"{values[row, column]:g}",
        )
    problems.raise_if_any()
    return frame.index, values


def vector(values: Vector, labels: pd.Index, *, what: str) -> Array:
    """Give a vector over the sectors, aligned by label when it has labels."""
    if isinstance(values, pd.Series):
        plain = _plain(values) if values.index.equals(labels) and labels.is_unique else None
        if plain is not None:
            return plain
        for label in _doubled(values.index):
            raise InputError("chain.sector_twice", sector=label, file=what)
        lacking = labels.difference(values.index)
        if len(lacking):
            raise InputError("chain.sector_missing", what=what, sectors=named(lacking))
        values = values.reindex(labels)
    else:
        values = pd.Series(np.asarray(values))
        if len(values) != len(labels):
            raise InputError("chain.length", what=what, found=len(values), expected=len(labels))
        values.index = labels
    problems = Problems()
    numbers = _numbers(values.to_frame(what), problems, what)[:, 0]
    problems.raise_if_any()
    return numbers


def aligned(matrix: Matrix, labels: pd.Index, *, what: str) -> Array:
    """Give a second square matrix in the order of the first; its sectors are the same."""
    if not isinstance(matrix, pd.DataFrame):
        matrix = _as_frame(matrix)
        if len(matrix) != len(labels):
            raise InputError("chain.length", what=what, found=len(matrix), expected=len(labels))
        matrix = pd.DataFrame(matrix.to_numpy(), index=labels, columns=labels)
    own, values = flow_matrix(matrix, what=what)
    lacking = labels.symmetric_difference(own)
    if len(lacking):
        raise InputError("chain.sector_missing", what=what, sectors=named(lacking))
    order = own.get_indexer(labels)
    return values[np.ix_(order, order)]


def checked_flows(Z: Matrix, output: Vector | None = None) -> Flows:
    """Check transactions and outputs together, once for several calculations."""
    if isinstance(Z, Flows):
        return Z
    if output is None:
        raise InputError("chain.length", what="output", found=0, expected=len(_as_frame(Z)))
    labels, values = flow_matrix(Z)
    x = vector(output, labels, what="output")
    problems = Problems()
    for position in np.flatnonzero(x <= 0)[:_MOST_NAMED]:
        problems.add("chain.no_output", sector=labels[position], found=f"{x[position]:g}")
    problems.raise_if_any()
    return Flows(labels, values, x)
