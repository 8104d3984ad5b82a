"""Where one cell drives a result: ranks of a row when one of its indicators is left out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from geo_resilience.evaluation.robustness._draws import TIE, Draws, Scorer, Scoring
from geo_resilience.statistics._arrays import Array, Whole

#: What is told of a cell and of the ranks without it; ``top`` is the share among the first `FIRST`.
CELLS: tuple[str, ...] = ("column", "rank_low_without", "rank_high_without", "top_without")
FIRST = 5

#: Draws and regions looked at.
_DRAWS, _FEWEST, _ROWS = 2_000, 200, 50

#: Comparisons of a region with others laid out at once.
_MOST = 20_000_000


def driving_cells(
    scoring: Scoring,
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
    bar = _left_out(scoring.among(year.start + rows), few) + TIE  # (draws, m, rows)
    placed = [
        regions - np.searchsorted(np.sort(one), over.ravel(), side="right")
        for one, over in zip(held, bar, strict=True)
    ]
    ahead = np.reshape(placed, bar.shape) - (held[:, None, rows] > bar) + 1  # not of itself
    numbers = np.empty((len(rows), len(CELLS)))
    tails = np.asarray(shares) - 1e-9  # a share reached but for rounding is reached
    for place, each in enumerate(np.moveaxis(ahead, 2, 0)):
        low, _, high = np.quantile(each, tails, axis=0, method="inverted_cdf")
        best = int(np.argmin(high - low))
        top = (each[:, best] <= FIRST).mean()
        numbers[place] = best, low[best], high[best], top
    return rows, numbers


def _left_out(scorer: Scorer, draws: Draws) -> Array:
    """Score the rows without each indicator in turn, shape (draws, m, rows).

    An indicator that has all the weight cannot be left out: the score stays.
    """
    found = np.empty((len(draws), draws.weights.shape[1], scorer.rows))
    for places, table, mean in scorer.alike(draws, np.arange(len(draws))):
        weights = draws.weights[places][:, :, None]
        left = np.where(weights < 1 - 1e-9, 1 - weights, 1.0)
        sums = scorer.sums(draws.weights[places], draws.error[places], table, mean)
        anew = [
            np.where(
                weights < 1 - 1e-9,
                (total[:, None] - weights * part[None]) / left,
                total[:, None],
            )
            for total, (part, *_) in zip(sums, scorer.parts(table, mean), strict=True)
        ]
        found[places] = scorer.means[mean][0].join(*anew)
    return found
