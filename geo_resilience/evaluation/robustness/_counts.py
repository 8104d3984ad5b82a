"""What is counted over draws, by row and by year, and laid out as tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from geo_resilience.evaluation._checks import row_text
from geo_resilience.evaluation.robustness._cells import CELLS
from geo_resilience.evaluation.robustness._draws import BLOCK, TIE, Draws, Scorer, places_of
from geo_resilience.statistics._arrays import Array, Whole

#: Numbers that the scores handed on, and the vectors of data errors, may take; draws at least.
KEPT, FEWEST = 4_000_000, 200


@dataclass(frozen=True)
class YearRows:
    """Where the rows of each year are.

    - ``index``: of the panel, in its own order.
    - ``order``, shape (n,): rows of the panel sorted by year.
    - ``years``: of the sorted rows.
    - ``labels``: the years; (None,) where there are none.
    - ``before``, shape (n,): sorted row of the same region in the year before (of those there are);
      -1 for none.
    """

    index: pd.Index
    order: Whole
    years: tuple[slice, ...]
    labels: tuple[Any, ...]
    before: Whole

    @classmethod
    def of(cls, index: pd.Index) -> YearRows:
        """Find the layout of an index, with or without a level ``year``."""
        count = len(index)
        if "year" not in index.names:
            none = np.full(count, -1)
            return cls(index, np.arange(count), (slice(0, count),), (None,), none)
        year = index.get_level_values("year").to_numpy()
        labels, number = np.unique(year, return_inverse=True)
        order = np.argsort(number, kind="stable")
        ends = np.cumsum(np.bincount(number))
        starts = np.r_[0, ends[:-1]]
        keys = index.droplevel("year")
        place = {(keys[row], number[row]): at for at, row in enumerate(order)}
        before = [place.get((keys[row], number[row] - 1), -1) for row in order]
        years = tuple(slice(int(a), int(b)) for a, b in zip(starts, ends, strict=True))
        return cls(index, order, years, tuple(labels.tolist()), np.array(before, dtype="int64"))

    def frame(self, columns: Sequence[str], sorted_rows: Sequence[Any]) -> pd.DataFrame:
        """Give columns of sorted rows as a frame in the panel's order."""
        back = np.empty_like(self.order)
        back[self.order] = np.arange(len(self.order))
        cells = {
            name: np.asarray(column)[back]
            for name, column in zip(columns, sorted_rows, strict=True)
        }
        return pd.DataFrame(cells, index=self.index)

    def index_of(self, year: slice) -> pd.Index:
        """Labels of a year's rows."""
        return self.index[self.order[year]]

    def places(self, counts: RunningCounts) -> list[tuple[pd.Index, Whole]]:
        """Give each year's rows and how often each took each place."""
        found = zip(self.years, counts.places, strict=True)
        return [(self.index_of(year), places) for year, places in found]

    def rank_table(self, counts: RunningCounts, shares: tuple[float, float, float]) -> pd.DataFrame:
        """Median rank and its interval."""
        pieces = [place_quantiles(places, shares) for places in counts.places]
        low, median, high = np.concatenate(pieces, axis=1)
        return self.frame(["median", "low", "high"], [median, low, high])

    def drawn(self, scores: Array, number: int) -> pd.DataFrame:
        """Give the scores of a year's rows, a row a draw."""
        year = self.years[number]
        names = self.index_of(year)
        names = names if self.labels[number] is None else names.droplevel("year")
        return pd.DataFrame(scores[:, year], columns=names)

    def cell_table(
        self, cells: tuple[Whole, Array], columns: Sequence[str], number: int
    ) -> pd.DataFrame:
        """Give a year's rows with the cell that drives each."""
        rows, numbers = cells
        table = pd.DataFrame(numbers, index=self.index_of(self.years[number])[rows], columns=CELLS)
        table.insert(0, "indicator", [columns[int(place)] for place in table.pop("column")])
        ranks = [name for name in table if name.startswith("rank")]
        return table.astype(dict.fromkeys(ranks, "int64"))

    def change_table(self, counts: RunningCounts, draws: int) -> pd.DataFrame:
        """Probabilities that the composite rose or fell."""
        known = self.before >= 0
        rise, fall = (
            np.where(known, found / draws, np.nan) for found in (counts.rises, counts.falls)
        )
        return self.frame(["rise", "fall"], [rise, fall])

    def pair_table(
        self, counts: RunningCounts, ranking: Sequence[Whole], draws: int
    ) -> pd.DataFrame:
        """How often neighbors in the ranking keep their order."""
        rows = []
        for label, year, ranked, holds in zip(
            self.labels, self.years, ranking, counts.holds, strict=True
        ):
            names = self.index_of(year)
            if label is not None:
                names = names.droplevel("year")
            for place, held in enumerate(holds):
                pair = [row_text(names[ranked[place + step]]) for step in (0, 1)]
                rows.append((label, place + 1, *pair, held / draws))
        table = pd.DataFrame(rows, columns=["year", "rank", "upper", "lower", "probability"])
        return table if self.labels[0] is not None else table.drop(columns="year")


@dataclass
class RunningCounts:
    """Running counts over draws, by row, and by year for places.

    - ``places``, shape (n_year, n_year): for each year how often each of its rows took each place.
    - ``at_least``, shape (cuts, n): how often a row reached each cut.
    - ``rises``, ``falls``, shape (n,): how often a row stood above, below the same region's row of
      the year before.
    - ``below``, shape (n,): how often a row stood below its own composite (ties half).
    - ``holds``, shape (n_year - 1,): for each two neighbors of the year's ranking how often the
      upper stayed above (ties half).
    - ``scores``, shape (first draws, n): the scores of as many draws as fit.
    """

    places: list[Whole]
    at_least: Array
    rises: Array
    falls: Array
    below: Array
    holds: list[Array]
    scores: Array


def counted(
    scorer: Scorer,
    draws: Draws,
    layout: YearRows,
    *,
    ranking: Sequence[Whole],
    cuts: Sequence[float],
    own: Array,
) -> RunningCounts:
    """Score all draws and count."""
    rows, years, before = scorer.rows, layout.years, layout.before
    sizes = [year.stop - year.start for year in years]
    counts = RunningCounts(
        places=[np.zeros((size, size), dtype="int64") for size in sizes],
        at_least=np.zeros((len(cuts), rows)),
        rises=np.zeros(rows),
        falls=np.zeros(rows),
        below=np.zeros(rows),
        holds=[np.zeros(max(size - 1, 0)) for size in sizes],
        scores=np.empty((min(len(draws), max(FEWEST, KEPT // rows)), rows)),
    )
    later = np.flatnonzero(before >= 0)
    for block, scores in scorer.blocks(draws):
        kept = block < len(counts.scores)
        counts.scores[block[kept]] = scores[kept]
        for bound in (own - TIE, own + TIE):
            counts.below += 0.5 * (scores < bound).sum(axis=0)
        for place, cut in enumerate(cuts):
            counts.at_least[place] += (scores >= cut - TIE).sum(axis=0)
        if len(later):
            change = scores[:, later] - scores[:, before[later]]
            counts.rises[later] += (change > TIE).sum(axis=0)
            counts.falls[later] += (change < -TIE).sum(axis=0)
        for number, year in enumerate(years):
            _count_year(counts, number, scores[:, year], ranking[number])
    return counts


def _count_year(counts: RunningCounts, number: int, scores: Array, ranking: Whole) -> None:
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


def score_quantiles(scorer: Scorer, draws: Draws, shares: Sequence[float], known: Array) -> Array:
    """Give quantiles (shares, n) of each row's scores over the draws, a block of rows at a time.

    Where not all are known, scores are calculated anew, so that never more than a block is held.
    """
    found = np.empty((len(shares), scorer.rows))
    width = max(1, BLOCK // len(draws))
    everyone = np.arange(len(draws))
    at = np.asarray(shares) * (len(draws) - 1)
    low = np.floor(at).astype(int)
    high = np.minimum(low + 1, len(draws) - 1)
    part = at - low
    for start in range(0, scorer.rows, width):
        rows = slice(start, min(start + width, scorer.rows))
        whole = len(known) == len(draws)
        block = known[:, rows] if whole else scorer.scores(draws, everyone, rows)
        turned = np.ascontiguousarray(block.T)
        ordered = np.partition(turned, np.unique(np.r_[low, high]), axis=1)
        found[:, rows] = (ordered[:, low] * (1 - part) + ordered[:, high] * part).T
    return found


def place_quantiles(places: Whole, shares: Sequence[float]) -> Whole:
    """Give the smallest rank (from 1) reached in at least a share of the draws, (shares, n)."""
    reached = np.cumsum(places, axis=1)
    total = reached[:, -1:]
    return np.stack([(reached < share * total - 1e-9).sum(axis=1) + 1 for share in shares])
