"""How sure the index is of its scores, ranks and grades."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

__all__ = ["Uncertainty"]


@dataclass(frozen=True, eq=False)
class Uncertainty:
    """What the draws of a simulation say, by row of the values.

    Parameters
    ----------
    composites : DataFrame
        Columns ``low``, ``median``, ``high``.
    ranks : DataFrame
        Columns ``median``, ``low`` (the better end), ``high``; whole numbers within the year.
    grades : DataFrame
        A column a grade: its probability.
    changes : DataFrame
        ``rise`` and ``fall``: probability that the composite rose, fell since the region's year
        before; NaN where there is none.
    pairs : DataFrame
        Columns ``year`` (if there is one), ``rank``, ``upper``, ``lower``, ``probability``: how
        often the upper of two neighbors in the ranking stays above the lower (ties count half).
    settings : mapping
        Draws, sources, concentration, choices: what was simulated.
    """

    composites: pd.DataFrame
    ranks: pd.DataFrame
    grades: pd.DataFrame
    changes: pd.DataFrame
    pairs: pd.DataFrame
    settings: Mapping[str, Any]
    places: Sequence[tuple[pd.Index, NDArray[np.int64]]] = field(repr=False, default=())
    _sensitivity: Callable[[], pd.DataFrame] | None = field(repr=False, default=None)

    @cached_property
    def acceptability(self) -> pd.DataFrame:
        """Share of the draws in which each row takes each rank (columns 1, 2, ...).

        Rank acceptability as stochastic multicriteria acceptability analysis (SMAA) has it; rows
        of years with fewer regions end in NaN.
        """
        pieces = [
            pd.DataFrame(
                counts / counts.sum(axis=1, keepdims=True),
                index=index,
                columns=pd.RangeIndex(1, len(index) + 1, name="rank"),
            )
            for index, counts in self.places
        ]
        return pd.concat(pieces).reindex(self.ranks.index)

    @cached_property
    def sensitivity(self) -> pd.DataFrame:
        """Sobol indices of the mean rank shift over the sources (calculated when first asked).

        A row a source (and year): ``first``, ``total`` and their bootstrap intervals. Empty when
        nothing was left to vary.
        """
        if self._sensitivity is None:
            return pd.DataFrame()
        return self._sensitivity()

    def top_probability(self, count: int = 5) -> pd.Series:
        """Give the probability that a row is among the first so many of its year."""
        inside = self.acceptability.loc[:, :count].fillna(0.0).sum(axis=1)
        return inside.rename(f"top_{count}")

    def unsure_grades(self, *, level: float = 0.8) -> pd.DataFrame:
        """Give the grade probabilities of the rows of which no grade is as probable as level."""
        return self.grades[self.grades.max(axis=1) < level]

    @property
    def table(self) -> pd.DataFrame:
        """Composite and rank intervals and grade probabilities as one table, by row."""
        table = self.composites.add_prefix("composite_").join(
            self.ranks[["low", "median", "high"]].add_prefix("rank_")
        )
        return table.join(self.grades.rename(columns=lambda name: f"p_{name.lower()}"))
