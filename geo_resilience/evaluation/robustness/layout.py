"""Rows of a panel put in order of years, and results given back in the order of the panel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from geo_resilience.evaluation.checking import row_text
from geo_resilience.evaluation.robustness.counts import Counts, place_quantiles
from geo_resilience.evaluation.robustness.draws import Whole

__all__ = ["Layout"]


@dataclass(frozen=True)
class Layout:
    """Where the rows of each year are.

    Parameters
    ----------
    index : Index
        Of the panel, in its own order.
    order : ndarray, shape (n,)
        Rows of the panel sorted by year.
    years : tuple of slice
        Of the sorted rows.
    labels : tuple
        The years; (None,) where there are none.
    before : ndarray, shape (n,)
        Sorted row of the same region in the year before (of those there are); -1 for none.
    """

    index: pd.Index
    order: Whole
    years: tuple[slice, ...]
    labels: tuple[Any, ...]
    before: Whole

    @classmethod
    def of(cls, index: pd.Index) -> Layout:
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

    def rank_table(self, counts: Counts, shares: tuple[float, float, float]) -> pd.DataFrame:
        """Median rank and its interval."""
        pieces = [place_quantiles(places, shares) for places in counts.places]
        low, median, high = np.concatenate(pieces, axis=1)
        return self.frame(["median", "low", "high"], [median, low, high])

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
