"""Which input of a model its output owes its variance to: Sobol indices."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from geo_resilience.statistics._arrays import Array
from geo_resilience.statistics._repetitions import SENSITIVITY_DRAWS, Rng


@dataclass(frozen=True)
class SobolIndices:
    """First-order and total indices, shape (outputs, inputs), with bootstrap intervals.

    NaN where an output does not vary; ``evaluations`` is how often the model was called.
    """

    first: Array
    first_low: Array
    first_high: Array
    total: Array
    total_low: Array
    total_high: Array
    variance: Array
    evaluations: int


def sobol_indices(
    model: Callable[[Array], Array],
    inputs: int,
    *,
    draws: int = SENSITIVITY_DRAWS,
    rng: Rng = None,
    confidence: float = 0.95,
    resamples: int = 200,
) -> SobolIndices:
    r"""Estimate first-order and total Sobol indices by Monte Carlo.

    With samples A, B and :math:`A_B^{(i)}` (A with column i of B), T after [1]_, S after [2]_:

    .. math:: S_i = \frac{E[(f(B) - \bar f)(f(A_B^{(i)}) - f(A))]}{V}, \quad
              T_i = \frac{E[(f(A) - f(A_B^{(i)}))^2]}{2V}

    S is the share of variance that would go if the input were known, T what would stay if all
    others were; T - S is what it does together with others. Estimates scatter and may lie a
    little below 0.

    .. [1] Jansen, M. J. W. (1999). Analysis of variance designs for model output. Computer
       Physics Communications, 117(1-2), 35-43.
    .. [2] Saltelli, A., Annoni, P., Azzini, I., Campolongo, F., Ratto, M., Tarantola, S. (2010).
       Variance based sensitivity analysis of model output. Design and estimator for the total
       sensitivity index. Computer Physics Communications, 181(2), 259-270.
    """
    generator = np.random.default_rng(rng)
    first_sample = generator.random((draws, inputs))
    second_sample = generator.random((draws, inputs))
    at_first = _outputs(model, first_sample)
    at_second = _outputs(model, second_sample)
    products = np.empty((draws, at_first.shape[1], inputs))
    squares = np.empty_like(products)
    center = (at_first + at_second).mean(axis=0) / 2
    for place in range(inputs):
        mixed = first_sample.copy()
        mixed[:, place] = second_sample[:, place]
        at_mixed = _outputs(model, mixed)
        products[:, :, place] = (at_second - center) * (at_mixed - at_first)
        squares[:, :, place] = (at_first - at_mixed) ** 2
    both = np.stack([at_first, at_second])
    first, total, variance = _indices(both, products, squares)
    again = []
    for _ in range(resamples):
        rows = generator.integers(draws, size=draws)
        again.append(_indices(both[:, rows], products[rows], squares[rows])[:2])
    tail = (1 - confidence) / 2
    low, high = (np.quantile(np.array(again), share, axis=0) for share in (tail, 1 - tail))
    return SobolIndices(
        *(first, low[0], high[0], total, low[1], high[1], variance),
        evaluations=draws * (inputs + 2),
    )


def _outputs(model: Callable[[Array], Array], points: Array) -> Array:
    found = np.asarray(model(points), dtype="float64")
    return found[:, None] if found.ndim == 1 else found


def _indices(both: Array, products: Array, squares: Array) -> tuple[Array, Array, Array]:
    variance = both.reshape(-1, both.shape[2]).var(axis=0)
    known = np.where(variance > 1e-30, variance, np.nan)[:, None]
    return products.mean(axis=0) / known, squares.mean(axis=0) / (2 * known), variance
