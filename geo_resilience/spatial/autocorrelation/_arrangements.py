"""The values dealt to the regions anew: how many arrangements give a statistic as extreme."""

from __future__ import annotations

from collections.abc import Callable
from itertools import permutations as all_orders
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from geo_resilience.statistics._arrays import Array, Whole
from geo_resilience.statistics._permutation import shuffled_orders
from geo_resilience.statistics._repetitions import PERMUTATIONS, Rng

if TYPE_CHECKING:
    from scipy.sparse import csr_array


#: Arrangements at or above, and at or below, the observed; of how many; whether these are all.
AboveBelow = tuple[Whole, Whole, int, bool]

_ALL_ORDERS = 8  # 8! = 40,320 orders are listed; 9! would be 362,880
_PAIRS = 128  # with fewer regions than this, products of all pairs are tabled
_CELLS = 4_000_000


def orders_of(n: int, permutations: int | None, rng: Rng) -> tuple[list[Whole], bool]:
    """Give orders of the regions, in portions: all of them where they are few, else random ones.

    None asks for all n! of up to 8 regions (the second result is then True), else for the house's
    number.
    """
    if permutations is None and n <= _ALL_ORDERS:
        return [np.array(list(all_orders(range(n))), dtype=np.int64)], True
    draws = PERMUTATIONS if permutations is None else permutations
    generator = np.random.default_rng(rng)
    step = max(1, min(draws, _CELLS // n))
    sizes = [min(step, draws - start) for start in range(0, draws, step)]
    return [shuffled_orders(n, size, generator) for size in sizes], False


def pair_counts(
    values: Array,
    matrix: csr_array,
    permutations: int | None,
    rng: Rng,
    of: Literal["product", "square"] = "product",
) -> AboveBelow:
    """Count arrangements whose sum over links is at or above, and at or below, the observed.

    All variables see the same arrangements: each p-value is what it would be alone, whatever
    other variables are asked for, and one random order serves them all.
    """
    statistic = (_tabled if len(values) <= _PAIRS else _direct)(values, matrix, of)
    size = np.square(values).sum(axis=0) * max(1.0, float(np.abs(matrix.data).max(initial=0)))
    return counts_of(statistic, 1e-10 * size, len(values), permutations, rng)


def linear_counts(
    coefficients: Array, values: Array, permutations: int | None, rng: Rng
) -> AboveBelow:
    """Count arrangements of values whose sum c_i v_i is at or above, and at or below, it."""
    size = float(np.abs(coefficients).max() * np.abs(values).max() * len(values))

    def statistic(orders: Whole) -> Array:
        return np.asarray(values[orders] @ coefficients)[:, None]

    return counts_of(statistic, 1e-10 * size, len(values), permutations, rng)


def counts_of(
    statistic: Callable[[Whole], Array],
    tolerance: float | Array,
    n: int,
    permutations: int | None,
    rng: Rng,
) -> AboveBelow:
    """Count the orders (rows) whose statistics (columns) reach those of the regions as they are."""
    observed = statistic(np.arange(n, dtype=np.int64)[None, :])[0]
    above, below = np.zeros((2, len(observed)), dtype=np.int64)
    portions, exact = orders_of(n, permutations, rng)
    for orders in portions:
        found = statistic(orders)
        above += (found >= observed - tolerance).sum(axis=0)
        below += (found <= observed + tolerance).sum(axis=0)
    return above, below, sum(map(len, portions)), exact


def _tabled(values: Array, matrix: csr_array, of: str) -> Any:
    """Small n: an arrangement picks, for each link, one entry of the table of all pairs."""
    from scipy.sparse import coo_array, csr_array, triu

    n = len(values)
    first, second = np.triu_indices(n, 1)
    one, other = values[first], values[second]
    table = one * other if of == "product" else np.square(one - other)
    place = np.zeros((n, n), dtype=np.int32)
    place[first, second] = place[second, first] = np.arange(len(first), dtype=np.int32)
    pairs = coo_array(triu(matrix + matrix.T, 1))
    left, right = pairs.coords

    def statistic(orders: Whole) -> Array:
        picked = place[orders[:, left], orders[:, right]]
        count, links = picked.shape
        chosen = csr_array(
            (
                np.broadcast_to(pairs.data, picked.shape).ravel(),
                picked.ravel(),
                np.arange(0, count * links + 1, links, dtype=np.int32),
            ),
            shape=(count, len(first)),
        )
        return np.asarray(chosen @ table)

    return statistic


def _direct(values: Array, matrix: csr_array, of: str) -> Any:
    """Large n: the values of every arrangement are laid out and lagged."""
    edge = np.asarray(matrix.sum(axis=0)).ravel() + np.asarray(matrix.sum(axis=1)).ravel()

    def statistic(orders: Whole) -> Array:
        found = np.empty((len(orders), values.shape[1]))
        for column, variable in enumerate(values.T):
            dealt = np.ascontiguousarray(variable[orders].T)
            cross = np.einsum("ip,ip->p", dealt, matrix @ dealt)
            found[:, column] = cross if of == "product" else edge @ dealt**2 - 2 * cross
        return found

    return statistic
