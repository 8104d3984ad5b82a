"""Sobol indices of functions whose indices are known in closed form."""

from __future__ import annotations

import numpy as np
import pytest

from geo_resilience.statistics._sobol import sobol_indices


def ishigami(points: np.ndarray) -> np.ndarray:
    x = (2 * points - 1) * np.pi
    return np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])


def ishigami_indices() -> tuple[list[float], list[float]]:
    # Ishigami and Homma (1990), a = 7, b = 0.1; Saltelli et al. (2008), Global Sensitivity
    # Analysis: the partial variances in closed form.
    a, b = 7, 0.1
    total = a**2 / 8 + b * np.pi**4 / 5 + b**2 * np.pi**8 / 18 + 0.5
    first = 0.5 * (1 + b * np.pi**4 / 5) ** 2
    joint = 8 * b**2 * np.pi**8 / 225
    return (
        [first / total, a**2 / 8 / total, 0],
        [(first + joint) / total, a**2 / 8 / total, joint / total],
    )


def test_ishigami() -> None:
    first, total = ishigami_indices()
    assert [round(value, 4) for value in first] == [0.3139, 0.4424, 0]  # as printed everywhere
    found = sobol_indices(ishigami, 3, draws=16_384, rng=3)
    assert found.first[0] == pytest.approx(first, abs=0.03)
    assert found.total[0] == pytest.approx(total, abs=0.03)
    assert found.evaluations == 16_384 * 5
    assert found.variance[0] == pytest.approx(13.84, abs=0.3)


@pytest.mark.slow
def test_intervals_cover_at_about_their_rate() -> None:
    total = ishigami_indices()[1]
    covered = 0
    for seed in range(40):
        found = sobol_indices(ishigami, 3, draws=512, rng=seed)
        covered += int(((found.total_low[0] <= total) & (total <= found.total_high[0])).sum())
    assert 0.88 <= covered / 120 <= 0.99


def test_error_falls_with_the_root_of_the_draws() -> None:
    total = np.array(ishigami_indices()[1])

    def error(draws: int) -> float:
        found = [
            sobol_indices(ishigami, 3, draws=draws, rng=seed, resamples=1).total[0] - total
            for seed in range(60)
        ]
        return float(np.sqrt(np.mean(np.square(found))))

    assert error(256) / error(4096) == pytest.approx(4, rel=0.35)


def test_g_function_of_two_outputs() -> None:
    # Sobol's g: product of (|4x - 2| + a)/(1 + a); partial variances 1/(3 (1 + a)^2).
    a = np.array([0.0, 1.0, 9.0])

    def both(points: np.ndarray) -> np.ndarray:
        terms = (np.abs(4 * points - 2) + a) / (1 + a)
        return np.column_stack([terms.prod(axis=1), np.full(len(points), 3.0)])

    partial = 1 / (3 * (1 + a) ** 2)
    variance = np.prod(1 + partial) - 1
    total = [partial[i] * np.prod(1 + np.delete(partial, i)) / variance for i in range(3)]
    found = sobol_indices(both, 3, draws=16_384, rng=0)
    assert found.first[0] == pytest.approx(partial / variance, abs=0.03)
    assert found.total[0] == pytest.approx(total, abs=0.03)
    assert np.isnan(found.total[1]).all()  # an output that never varies has none


def test_same_seed_same_indices() -> None:
    one, other = (sobol_indices(ishigami, 3, draws=64, rng=5) for _ in range(2))
    assert one.total.tolist() == other.total.tolist()
