"""What is counted over the draws: places, grades, rises, and orders that hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from geo_resilience.evaluation.robustness.draws import (
    BLOCK,
    TIE,
    Draws,
    Floats,
    Scorer,
    Whole,
    places_of,
)

__all__ = ["Counts", "counted", "score_quantiles"]


@dataclass
class Counts:
    """Running counts over draws, by row, and by year for places.

    Parameters
    ----------
    places : list of ndarray, shape (n_year, n_year)
        For each year how often each of its rows took each place.
    at_least : ndarray, shape (cuts, n)
        How often a row reached each cut.
    rises, falls : ndarray, shape (n,)
        How often a row stood above, below the same region's row of the year before.
    holds : list of ndarray, shape (n_year - 1,)
        For each two neighbors of the year's ranking how often the upper stayed above (ties half).
    """

    places: list[NDArray[np.int64]]
    at_least: Floats
    rises: Floats
    falls: Floats
    holds: list[Floats] = field(default_factory=list)


def counted(
    scorer: Scorer,
    draws: Draws,
    *,
    years: Sequence[slice],
    ranking: Sequence[Whole],
    before: Whole,
    cuts: Sequence[float],
) -> Counts:
    """Score all draws and count.

    Parameters
    ----------
    scorer : Scorer
        With rows sorted by year.
    draws : Draws
    years : sequence of slice
        Rows of each year.
    ranking : sequence of ndarray
        For each year its rows (counted within the year) from first to last as the index has it.
    before : ndarray, shape (n,)
        Row of the same region a year earlier; -1 where there is none.
    cuts : sequence of float
        Lower bounds of grades.
    """
    rows = scorer.rows
    sizes = [year.stop - year.start for year in years]
    counts = Counts(
        places=[np.zeros((size, size), dtype="int64") for size in sizes],
        at_least=np.zeros((len(cuts), rows)),
        rises=np.zeros(rows),
        falls=np.zeros(rows),
        holds=[np.zeros(max(size - 1, 0)) for size in sizes],
    )
    later = np.flatnonzero(before >= 0)
    for _, scores in scorer.blocks(draws):
        for place, cut in enumerate(cuts):
            counts.at_least[place] += (scores >= cut - TIE).sum(axis=0)
        if len(later):
            change = scores[:, later] - scores[:, before[later]]
            counts.rises[later] += (change > TIE).sum(axis=0)
            counts.falls[later] += (change < -TIE).sum(axis=0)
        for number, year in enumerate(years):
            _count_year(counts, number, scores[:, year], ranking[number])
    return counts


def _count_year(counts: Counts, number: int, scores: Floats, ranking: Whole) -> None:
    """Count the places and orders of one year in one block."""
    size = scores.shape[1]
    order, places = places_of(scores)
    flat = np.bincount((order * size + places).ravel(), minlength=size * size)
    counts.places[number] += flat.reshape(size, size)
    if size > 1:
        ranked = scores[:, ranking]
        lead = ranked[:, :-1] - ranked[:, 1:]
        held = (lead > TIE).sum(axis=0) + 0.5 * (np.abs(lead) <= TIE).sum(axis=0)
        counts.holds[number] += held


def score_quantiles(scorer: Scorer, draws: Draws, shares: Sequence[float]) -> Floats:
    """Give quantiles (shares, n) of each row's scores over the draws, a block of rows at a time.

    Scores are calculated anew, so that never more than a block of them is held.
    """
    found = np.empty((len(shares), scorer.rows))
    width = max(1, BLOCK // len(draws))
    groups = list(scorer.groups(draws))
    weights = [draws.weights[members] for members, _, _ in groups]
    for start in range(0, scorer.rows, width):
        rows = slice(start, min(start + width, scorer.rows))
        block = np.concatenate(
            [
                scorer.scores(own, variant, mean, rows)
                for own, (_, variant, mean) in zip(weights, groups, strict=True)
            ]
        )
        ordered = np.sort(np.ascontiguousarray(block.T), axis=1)
        at = np.asarray(shares) * (len(draws) - 1)
        low = np.floor(at).astype(int)
        high = np.minimum(low + 1, len(draws) - 1)
        part = at - low
        found[:, rows] = (ordered[:, low] * (1 - part) + ordered[:, high] * part).T
    return found


def place_quantiles(places: NDArray[np.int64], shares: Sequence[float]) -> NDArray[np.int64]:
    """Give the smallest rank (from 1) reached in at least a share of the draws, (shares, n)."""
    reached = np.cumsum(places, axis=1)
    total = reached[:, -1:]
    return np.stack([(reached < share * total - 1e-9).sum(axis=1) + 1 for share in shares])
