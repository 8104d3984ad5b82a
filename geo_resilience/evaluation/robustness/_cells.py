"""Where one cell drives a result: ranks of a row when one of its indicators is left out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from geo_resilience.evaluation.robustness._draws import TIE, Draws, Scorer
from geo_resilience.statistics._arrays import Array, Whole

#: What is told of a cell and of the ranks without it; ``top`` is the share among the first `FIRST`.
CELLS: tuple[str, ...] = ("column", "rank_low_without", "rank_high_without", "top_without")
FIRST = 5

#: Draws and regions looked at.
_DRAWS, _FEWEST, _ROWS = 2_000, 200, 50

#: Comparisons of a region with others laid out at once.
_MOST = 20_000_000


def driving_cells(
    scorer: Scorer,
    draws: Draws,
    scores: Array,
    year: slice,
    ranking: Whole,
    shares: Sequence[float],
) -> tuple[Whole, Array]:
    """Find for each of the first regions the cell whose leaving out narrows its ranks most.

    In each draw the region's score is taken anew without one of its own indicators, its other
    weights sharing what is free, while all other regions stay as they are.

    - ``scores``, shape (draws, n): of the draws, or the first of them.
    - ``ranking``: rows of the year, from 0, from the first to the last; the first 50 are looked at.
    - ``shares``: quantiles of the ranks: low, median, high.

    Returns
    -------
    rows : ndarray
        Rows of the year looked at, in their order.
    numbers : ndarray, shape (rows, len(CELLS))
    """
    regions, columns = year.stop - year.start, draws.weights.shape[1]
    few = draws.first(min(len(scores), max(_FEWEST, min(_DRAWS, _MOST // (regions * columns)))))
    held = scores[: len(few), year]
    rows = np.sort(ranking[:_ROWS])
    again = _left_out(scorer, few, year.start + rows)  # (draws, m, rows)
    numbers = np.empty((len(rows), len(CELLS)))
    tails = np.asarray(shares) - 1e-9  # a share reached but for rounding is reached
    for place, row in enumerate(rows):
        others = np.delete(held, row, axis=1)
        ahead = (others[:, None, :] > again[:, :, place, None] + TIE).sum(axis=2) + 1  # (draws, m)
        low, _, high = np.quantile(ahead, tails, axis=0, method="inverted_cdf")
        best = int(np.argmin(high - low))
        top = (ahead[:, best] <= FIRST).mean()
        numbers[place] = best, low[best], high[best], top
    return rows, numbers


def _left_out(scorer: Scorer, draws: Draws, rows: Whole) -> Array:
    """Score some rows without each indicator in turn, shape (draws, m, rows).

    An indicator that has all the weight cannot be left out: the score stays.
    """
    found = np.empty((len(draws), draws.weights.shape[1], len(rows)))
    for places, table, mean in scorer.alike(draws, np.arange(len(draws))):
        weights = draws.weights[places][:, :, None]
        left = np.where(weights < 1 - 1e-9, 1 - weights, 1.0)
        sums = scorer.sums(draws.weights[places], draws.error[places], table, mean)
        anew = [
            np.where(
                weights < 1 - 1e-9,
                (total[:, None, rows] - weights * part[None][:, :, rows]) / left,
                total[:, None, rows],
            )
            for total, (part, *_) in zip(sums, scorer.parts(table, mean), strict=True)
        ]
        found[places] = scorer.means[mean][0].join(*anew)
    return found
