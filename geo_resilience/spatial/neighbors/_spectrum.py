"""What a likelihood and an impact need of I - rho W: determinant, traces, bounds.

Up to `DENSE` regions, and where many pairs are linked, every quantity comes from the eigenvalues.
Beyond that the determinant is
exact by sparse factorization, and the traces are derivatives of a Chebyshev series through it:
d/drho ln|I - rho W| = -tr G and the second derivative is -tr GG, with G = W (I - rho W)^-1. Only
tr G'G, which the determinant does not know, is then drawn at random, with its error stated.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

#: Most regions for which eigenvalues and full inverses are taken.
DENSE = 600


#: Share of all pairs that are linked above which a factor is as full as the matrix itself.
FULL = 0.05


#: Random probes of tr G'G beyond that.
PROBES = 128


#: Nodes of the Chebyshev series: doubled until its last terms are this small by region.
NODES = (16, 32, 64, 128)


ENOUGH = 1e-9


#: Factors that are kept.
_FACTORS = 4


@dataclass(frozen=True)
class Spectrum:
    """The determinant of I - rho W and what follows from it.

    `symmetric` is the similar symmetric matrix, when there is one; `eigenvalues` are None beyond
    `DENSE` regions; `low` and `high` bound rho (1 / smallest and 1 / largest real eigenvalue);
    `row_sum` is there when it is the same in every row; `keys` are in the order of the rows.
    """

    matrix: Any
    symmetric: Any
    eigenvalues: np.ndarray | None
    low: float
    high: float
    row_sum: float | None
    keys: tuple[Hashable, ...] = ()
    _known: dict[float, float] = field(default_factory=dict, repr=False, compare=False)
    _factors: dict[float, Any] = field(default_factory=dict, repr=False, compare=False)

    def __getstate__(self) -> dict[str, Any]:
        """Leave out the factors, which cannot be written."""
        return {**self.__dict__, "_factors": {}}

    @property
    def size(self) -> int:
        """Number of regions."""
        return int(self.matrix.shape[0])

    @property
    def ends(self) -> tuple[float, float]:
        """Smallest and largest real part of the eigenvalues; NaN where they are not known."""
        if self.eigenvalues is not None:
            return float(self.eigenvalues.real.min()), float(self.eigenvalues.real.max())
        known = self.symmetric is not None
        return (1 / self.low, 1 / self.high) if known else (float("nan"),) * 2

    @cached_property
    def operator(self) -> Any:
        """W as it is multiplied fastest: a plain array where many pairs are linked."""
        return self.matrix.toarray() if _filled(self.matrix) else self.matrix

    def log_det(self, rho: float) -> float:
        """Give ln|I - rho W|."""
        if self.eigenvalues is not None:
            return float(np.log(np.abs(1 - rho * self.eigenvalues)).sum())
        if rho not in self._known:
            factor = self._factor(rho, similar=True)
            self._known[rho] = float(np.log(np.abs(factor.U.diagonal())).sum())
        return self._known[rho]

    def log_dets(self, rho: np.ndarray) -> np.ndarray:
        """Give ln|I - rho W| at many rho."""
        return np.array([self.log_det(float(value)) for value in rho])

    def solve(self, rho: float, right: np.ndarray) -> np.ndarray:
        """Give (I - rho W)^-1 times the columns of `right`, shape (n, m)."""
        if isinstance(self.operator, np.ndarray):
            return np.linalg.solve(np.eye(self.size) - rho * self.operator, right)
        return np.asarray(self._solver(rho).solve(np.ascontiguousarray(right)))

    def solve_columns(self, rho: float, right: np.ndarray) -> np.ndarray:
        """Give the transpose of (I - rho W)^-1 times the columns of `right`."""
        return np.asarray(self._solver(rho).solve(np.ascontiguousarray(right), trans="T"))

    def _solver(self, rho: float) -> Any:
        """Give the factors of I - rho W; the last few stay, since draws ask for the same again."""
        if rho not in self._factors:
            while len(self._factors) >= _FACTORS:
                del self._factors[next(iter(self._factors))]
            self._factors[rho] = self._factor(rho, similar=False)
        return self._factors[rho]

    def _factor(self, rho: float, *, similar: bool) -> Any:
        from scipy.sparse import csc_array, eye_array
        from scipy.sparse.linalg import splu

        matrix = self.symmetric if similar and self.symmetric is not None else self.matrix
        system = csc_array(eye_array(self.size) - rho * matrix)
        if self.symmetric is None:
            return splu(system)
        return splu(
            system,
            permc_spec="MMD_AT_PLUS_A",
            diag_pivot_thresh=0.0,
            options={"SymmetricMode": True},
        )

    def traces(self, rho: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
        """Give tr G and tr GG at many rho, and the largest error of tr G.

        The error is 0 from eigenvalues; else the size of the series' last terms.
        """
        rho = np.atleast_1d(np.asarray(rho, dtype=float))
        if self.eigenvalues is not None:
            ratio = self.eigenvalues / (1 - rho[:, None] * self.eigenvalues)
            return ratio.sum(axis=1).real, (ratio**2).sum(axis=1).real, 0.0
        for series in self._series(self.log_dets, rho):
            first, second = series.deriv(1), series.deriv(2)
            error = float(np.abs(first.coef[-3:]).sum())
            if error < ENOUGH * self.size:
                break
        return -first(rho), -second(rho), error

    def sums(self, rho: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Give the mean row sums of (I - rho W)^-1 and of (I - rho W)^-1 W at many rho."""
        rho = np.atleast_1d(np.asarray(rho, dtype=float))
        if self.row_sum is not None:
            total = 1 / (1 - rho * self.row_sum)
            return total, self.row_sum * total
        ones = np.ones(self.size)
        right = np.column_stack([ones, self.matrix @ ones])

        def at(column: int) -> Any:
            def value(points: np.ndarray) -> np.ndarray:
                return np.array([self.solve(float(p), right)[:, column].mean() for p in points])

            return value

        found = []
        for column in (0, 1):
            for series in self._series(at(column), rho):
                if np.abs(series.coef[-3:]).sum() < ENOUGH * np.abs(series.coef[0]):
                    break
            found.append(series(rho))
        return found[0], found[1]

    def _series(self, function: Callable[..., np.ndarray], rho: np.ndarray) -> Iterator[Any]:
        """Give ever longer Chebyshev series around the values, within the bounds."""
        from numpy.polynomial import Chebyshev

        room = 0.02 + 0.05 * (rho.max() - rho.min())
        low = max(rho.min() - room, (rho.min() + self.low) / 2)
        high = min(rho.max() + room, (rho.max() + self.high) / 2)
        for nodes in NODES:
            yield Chebyshev.interpolate(function, nodes - 1, domain=[float(low), float(high)])


def read_spectrum(matrix: Any, *, keys: Sequence[Hashable] = (), dense: int = DENSE) -> Spectrum:
    """Take from a weight matrix what determinants and traces need."""
    symmetric = scaled_symmetric(matrix)
    eigenvalues = None
    if matrix.shape[0] <= dense or _filled(matrix):
        if symmetric is not None:
            eigenvalues = np.linalg.eigvalsh(symmetric.toarray())
        else:
            eigenvalues = np.linalg.eigvals(matrix.toarray())
        real = eigenvalues[np.abs(eigenvalues.imag) < 1e-9].real
        smallest, largest = float(real.min(initial=0)), float(real.max(initial=0))
    else:
        smallest, largest = _extremes(matrix, symmetric)
    row_sum = constant_row_sum(matrix)
    if row_sum is not None and (matrix.data >= 0).all():
        largest = row_sum
    low = 1 / smallest if smallest < -1e-12 else -np.inf
    high = 1 / largest if largest > 1e-12 else np.inf
    # Without a real negative eigenvalue the determinant stays positive below; the norm bounds.
    norm = float(abs(matrix).sum(axis=1).max())
    low = max(low, -1 / norm) if np.isinf(low) else low
    high = min(high, 1 / norm) if np.isinf(high) else high
    return Spectrum(matrix, symmetric, eigenvalues, low, high, row_sum, tuple(keys))


def _filled(matrix: Any) -> bool:
    return bool(matrix.nnz > FULL * matrix.shape[0] ** 2)


def _extremes(matrix: Any, symmetric: Any) -> tuple[float, float]:
    """Give the smallest and largest real eigenvalue of a large matrix.

    Without a similar symmetric matrix the complex eigenvalues nearest to the ends of the real
    axis bound the search no tighter than the norm does, so the norm is taken below.
    """
    from scipy.sparse.linalg import eigsh

    if symmetric is None:
        norm = float(abs(matrix).sum(axis=1).max())
        return -norm, norm
    start = 1 + 0.1 * np.sin(np.arange(symmetric.shape[0]))
    ends = [
        float(eigsh(symmetric, k=1, which=end, v0=start, tol=1e-6)[0][0]) for end in ("SA", "LA")
    ]
    return ends[0], ends[1]


@dataclass(frozen=True)
class GramTrace:
    """tr G'G with its standard error (0 when exact), and the squared length of G's column sums."""

    value: float
    column_sums: float
    error: float


def gram_trace(spectrum: Spectrum, rho: float, *, dense: int = DENSE) -> GramTrace:
    """Give tr G'G for G = W (I - rho W)^-1: exact for small n, by random probes for large.

    With z of independent signs, E |G z|^2 = tr G'G (Hutchinson, 1989); the error is the standard
    deviation of the probes over the root of their number.
    """
    size = spectrum.size
    if size <= dense:
        full = spectrum.matrix.toarray()
        product = np.linalg.solve(np.eye(size) - rho * full, full)
        return GramTrace(float((product**2).sum()), float((product.sum(axis=0) ** 2).sum()), 0.0)
    signs = np.random.default_rng(0).choice([-1.0, 1.0], size=(size, PROBES))
    lengths = (spectrum.solve(rho, spectrum.matrix @ signs) ** 2).sum(axis=0)
    column = spectrum.matrix.T @ spectrum.solve_columns(rho, np.ones(size))
    error = float(lengths.std(ddof=1) / np.sqrt(PROBES))
    return GramTrace(float(lengths.mean()), float((column**2).sum()), error)


def constant_row_sum(matrix: Any) -> float | None:
    """Give the sum of the rows when all are the same (1 when row-standardized), else None."""
    sums = np.asarray(matrix.sum(axis=1)).ravel()
    return float(sums[0]) if np.allclose(sums, sums[0], rtol=0, atol=1e-10) else None


def scaled_symmetric(matrix: Any) -> Any | None:
    """Give the symmetric matrix with the same eigenvalues, where the weights allow one.

    Row-standardizing symmetric links divides row i by a number d_i; then ``D^(1/2) W D^(-1/2)`` is
    symmetric and similar to W, so that eigenvalues are real and a factorization needs no pivoting.
    None when no positive diagonal makes ``D W`` symmetric (k nearest neighbors, say).
    """
    from scipy.sparse import csr_array, diags_array

    links = matrix.tocoo()
    if ((matrix != 0) != (matrix.T != 0)).nnz or (links.data <= 0).any():
        return None
    root = np.exp(_log_scale(csr_array(matrix)) / 2)
    scaled = csr_array(diags_array(root) @ matrix @ diags_array(1 / root))
    gap = abs(scaled - scaled.T)
    if gap.nnz and gap.max() > 1e-9 * abs(scaled).max():
        return None
    return csr_array((scaled + scaled.T) / 2)


def _log_scale(matrix: Any) -> np.ndarray:
    """Walk each connected part once: d_j / d_i = w_ij / w_ji along every link of a tree."""
    from scipy.sparse.csgraph import breadth_first_order

    size = matrix.shape[0]
    scale = np.zeros(size)
    seen = np.zeros(size, dtype=bool)
    rows = [
        dict(zip(matrix.indices[a:b], matrix.data[a:b], strict=True))
        for a, b in zip(matrix.indptr[:-1], matrix.indptr[1:], strict=True)
    ]
    for start in range(size):
        if seen[start]:
            continue
        order, before = breadth_first_order(matrix, start, directed=False)
        for node in order[1:]:
            parent = before[node]
            scale[node] = scale[parent] + np.log(rows[parent][node] / rows[node][parent])
        seen[order] = True
    return scale
