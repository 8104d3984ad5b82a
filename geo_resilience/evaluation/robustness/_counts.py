"""What is counted over draws, by row and by year, and laid out as tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from geo_resilience.evaluation._checks import row_text
from geo_resilience.evaluation.robustness._cells import CELLS
from geo_resilience.evaluation.robustness._draws import BLOCK, TIE, Draws, Scoring, ranks_of
from geo_resilience.statistics._arrays import Array, Whole

#: Numbers that the scores handed on, and the vectors of data errors, may take; the fewest of both.
KEPT, FEWEST_SCORES, FEWEST_VECTORS = 4_000_000, 100, 200


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
        region = pd.factorize(index.droplevel("year"))[0][order]
        place = np.full((1 + region.max(), 1 + len(labels)), -1)  # none before the first year
        place[region, number[order] + 1] = np.arange(count)
        before = place[region, number[order]]
        years = tuple(slice(int(a), int(b)) for a, b in zip(starts, ends, strict=True))
        return cls(index, order, years, tuple(labels.tolist()), before)

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

    def rank_table(self, counts: Counts, shares: tuple[float, float, float]) -> pd.DataFrame:
        """Median rank and its interval."""
        pieces = [rank_quantiles(ranks, shares) for ranks in counts.ranks]
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

    def change_table(self, counts: Counts, draws: int) -> pd.DataFrame:
        """Probabilities that the composite rose or fell."""
        known = self.before >= 0
        rise, fall = (
            np.where(known, found / draws, np.nan) for found in (counts.rises, counts.falls)
        )
        return self.frame(["rise", "fall"], [rise, fall])

    def pair_table(self, counts: Counts, ranking: Sequence[Whole], draws: int) -> pd.DataFrame:
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


@dataclass(frozen=True, eq=False)
class Counts:
    """What is counted over draws, by sorted row.

    - ``quantiles``, shape (shares, n): of the scores.
    - ``ranks``, shape (n_year, draws) for each year: places from 0, ties the better.
    - ``at_least``, shape (cuts, n): how often a row reached each cut.
    - ``rises``, ``falls``, shape (n,): how often a row stood above, below the same region's row of
      the year before.
    - ``below``, shape (n,): how often a row stood below its own composite (ties half).
    - ``holds``, shape (n_year - 1,) for each year: for each two neighbors of the year's ranking how
      often the upper stayed above (ties half).
    - ``scores``, shape (first draws, n): the scores of as many draws as fit.
    """

    quantiles: Array
    ranks: list[Whole]
    at_least: Array
    rises: Array
    falls: Array
    below: Array
    holds: list[Array]
    scores: Array

    def at_own_places(self, years: Sequence[slice], own: Array, cuts: Sequence[float]) -> Array:
        """Count how often a row took a place whose own holder reaches each cut, (cuts, n)."""
        found = np.zeros_like(self.at_least)
        for year, ranks in zip(years, self.ranks, strict=True):
            for number, cut in enumerate(cuts):
                found[number, year] = (ranks < (own[year] >= cut - TIE).sum()).sum(axis=1)
        return found


def counted(
    scoring: Scoring,
    draws: Draws,
    layout: YearRows,
    *,
    ranking: Sequence[Whole],
    cuts: Sequence[float],
    own: Array,
    shares: Sequence[float],
) -> Counts:
    """Score all draws, a year at a time, and count: only two years' scores are held at once."""
    rows = scoring.rows
    counts = Counts(
        quantiles=np.empty((len(shares), rows)),
        ranks=[],
        at_least=np.zeros((len(cuts), rows)),
        rises=np.zeros(rows),
        falls=np.zeros(rows),
        below=np.zeros(rows),
        holds=[],
        scores=np.empty((min(len(draws), max(FEWEST_SCORES, KEPT // rows)), rows)),
    )
    earlier, start = np.empty((len(draws), 0)), 0
    for year, ranked in zip(layout.years, ranking, strict=True):
        scores = scoring.among(year).scores(draws)
        counts.scores[:, year] = scores[: len(counts.scores)]
        counts.quantiles[:, year] = score_quantiles(scores, shares)
        later = np.flatnonzero(layout.before[year] >= 0)
        before = layout.before[year][later] - start
        ranks = np.empty((scores.shape[1], len(draws)), np.min_scalar_type(scores.shape[1]))
        holds = np.zeros(max(scores.shape[1] - 1, 0))
        for block in _blocks(*scores.shape):
            some = scores[block]
            for bound in (own[year] - TIE, own[year] + TIE):
                counts.below[year] += 0.5 * (some < bound).sum(axis=0)
            for number, cut in enumerate(cuts):
                counts.at_least[number, year] += (some >= cut - TIE).sum(axis=0)
            if len(later):
                change = some[:, later] - earlier[block][:, before]
                counts.rises[year][later] += (change > TIE).sum(axis=0)
                counts.falls[year][later] += (change < -TIE).sum(axis=0)
            ranks[:, block] = ranks_of(some).T
            lead = -np.diff(some[:, ranked], axis=1)
            holds += (lead > TIE).sum(axis=0) + 0.5 * (np.abs(lead) <= TIE).sum(axis=0)
        counts.ranks.append(ranks)
        counts.holds.append(holds)
        earlier, start = scores, year.start
    return counts


def _blocks(draws: int, rows: int) -> Iterator[slice]:
    """Part the draws so that a block's few companions fit the caches."""
    step = max(1, BLOCK // max(rows, 1))
    for start in range(0, draws, step):
        yield slice(start, min(start + step, draws))


def score_quantiles(scores: Array, shares: Sequence[float]) -> Array:
    """Give quantiles (shares, n) of each row's scores (draws, n), a block of rows at a time."""
    count, rows = scores.shape
    found = np.empty((len(shares), rows))
    at = np.asarray(shares) * (count - 1)
    low = np.floor(at).astype(int)
    high = np.minimum(low + 1, count - 1)
    part = at - low
    for block in _blocks(rows, count):
        turned = np.ascontiguousarray(scores[:, block].T)
        turned.partition(np.unique(np.r_[low, high]), axis=1)
        found[:, block] = (turned[:, low] * (1 - part) + turned[:, high] * part).T
    return found


def rank_quantiles(ranks: Whole, shares: Sequence[float]) -> Whole:
    """Give the smallest rank (from 1) reached in at least a share of the draws, (shares, n)."""
    at = np.ceil(np.asarray(shares) * ranks.shape[1] - 1e-9).astype(int) - 1
    return np.sort(ranks, axis=1, kind="stable")[:, np.maximum(at, 0)].T.astype("int64") + 1


def rank_shares(ranks: Whole, width: int = 1) -> tuple[Whole, Whole, Array]:
    """Give rows, ranks (from 1) that they took, and in which share of the draws.

    Ranks are counted in classes of so many, named by the first.
    """
    rows, draws = ranks.shape
    classes = -(-rows // width)
    held = np.zeros(rows * classes, dtype="int64")
    for block in _blocks(rows, draws):
        places = ranks[block].astype("int64") // width
        places += np.arange(block.start, block.stop)[:, None] * classes
        first, last = block.start * classes, block.stop * classes
        held[first:last] = np.bincount(places.ravel() - first, minlength=last - first)
    taken = np.flatnonzero(held)
    row, place = np.divmod(taken, classes)
    return row, place * width + 1, held[taken] / draws
