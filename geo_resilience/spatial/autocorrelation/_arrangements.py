"""The values dealt to the regions anew: how many arrangements give a statistic as extreme."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import permutations as all_orders
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from geo_resilience.statistics._arrays import Array, Whole
from geo_resilience.statistics._permutation import shuffled_orders
from geo_resilience.statistics._repetitions import Rng, permutations_over

if TYPE_CHECKING:
    from scipy.sparse import csr_array


#: Arrangements at or above, and at or below, the observed; of how many; whether these are all.
AboveBelow = tuple[Whole, Whole, int, bool]

_ALL_ORDERS = 8  # 8! = 40,320 orders are listed; 9! would be 362,880
_PAIRS = 128  # with fewer regions than this, products of all pairs are tabled
_CELLS = 4_000_000
_CACHED = 80_000  # numbers laid out at once, so that they stay in the cache
_DENSE = 0.05  # with a larger share of all pairs linked, zeros are multiplied too


def orders_of(
    n: int, permutations: int | None, rng: Rng, links: int
) -> tuple[Iterator[Whole], int, bool]:
    """Give orders of the regions, in portions: all of them where they are few, else random ones.

    None asks for all n! of up to 8 regions (the last result is then True), else for the house's
    number of a map with so many links. The second result is how many orders there are.
    """
    if permutations is None and n <= _ALL_ORDERS:
        every = np.array(list(all_orders(range(n))), dtype=np.int64)
        return iter([every]), len(every), True
    draws = permutations_over(links) if permutations is None else permutations
    generator = np.random.default_rng(rng)
    step = max(1, min(draws, _CELLS // n))
    sizes = [min(step, draws - start) for start in range(0, draws, step)]
    return (shuffled_orders(n, size, generator) for size in sizes), draws, False


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
    return counts_of(statistic, 1e-10 * size, len(values), permutations, rng, matrix.nnz)


def linear_counts(
    coefficients: Array, values: Array, permutations: int | None, rng: Rng
) -> AboveBelow:
    """Count arrangements of values whose sum c_i v_i is at or above, and at or below, it."""
    size = float(np.abs(coefficients).max() * np.abs(values).max() * len(values))

    def statistic(orders: Whole) -> Array:
        return np.asarray(values[orders] @ coefficients)[:, None]

    return counts_of(statistic, 1e-10 * size, len(values), permutations, rng, len(values))


def counts_of(
    statistic: Callable[[Whole], Array],
    tolerance: float | Array,
    n: int,
    permutations: int | None,
    rng: Rng,
    links: int,
) -> AboveBelow:
    """Count the orders (rows) whose statistics (columns) reach those of the regions as they are."""
    observed = statistic(np.arange(n, dtype=np.int64)[None, :])[0]
    above, below = np.zeros((2, len(observed)), dtype=np.int64)
    portions, total, exact = orders_of(n, permutations, rng, links)
    for orders in portions:
        found = statistic(orders)
        above += (found >= observed - tolerance).sum(axis=0)
        below += (found <= observed + tolerance).sum(axis=0)
    return above, below, total, exact


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
    """Large n: the values of some arrangements are laid out and lagged, as many as a cache holds.

    A link and its opposite are one of their common weight, so that each pair is met once.
    """
    from scipy.sparse import csr_array, triu

    n, count = values.shape
    pairs = csr_array(triu(matrix + matrix.T, 1))
    edge = np.asarray(pairs.sum(axis=0)).ravel() + np.asarray(pairs.sum(axis=1)).ravel()
    lagging = pairs.toarray() if pairs.nnz > _DENSE * n * n else pairs
    width = min(count, max(8, _CACHED // n))
    step = max(1, _CACHED // (n * width))
    blocks = [np.ascontiguousarray(values[:, at : at + width]) for at in range(0, count, width)]

    def statistic(orders: Whole) -> Array:
        found = []
        for block in blocks:
            parts = []
            for start in range(0, len(orders), step):
                dealt = block[orders[start : start + step].T]
                lag = (lagging @ dealt.reshape(n, -1)).reshape(dealt.shape)
                parts.append(np.einsum("ibv,ibv->bv", dealt, lag))
                if of == "square":
                    parts[-1] = np.einsum("i,ibv,ibv->bv", edge, dealt, dealt) - 2 * parts[-1]
            found.append(np.concatenate(parts))
        return np.concatenate(found, axis=1)

    return statistic
