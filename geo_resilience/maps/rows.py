"""Tables of results laid out as regions by years, in the order of the page."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

__all__ = ["Rows"]


@dataclass(frozen=True)
class Rows:
    """Regions and years in the order in which the page holds them.

    Parameters
    ----------
    keys : tuple of str
        Of the regions.
    years : tuple of int
    """

    keys: tuple[str, ...]
    years: tuple[int, ...]

    @cached_property
    def index(self) -> pd.MultiIndex:
        """Every region in every year."""
        return pd.MultiIndex.from_product([self.keys, self.years], names=["adcode", "year"])

    def grid(self, values: pd.Series) -> np.ndarray:
        """Lay values by (adcode, year) out as regions by years; missing where there is none."""
        laid = values.reindex(self.index).to_numpy(dtype=float)
        return laid.reshape(len(self.keys), len(self.years))

    def column(self, table: pd.DataFrame, name: str) -> np.ndarray:
        """Lay a column of a table with adcode and year out; a row doubled counts once."""
        rows = pd.MultiIndex.from_arrays([table["adcode"].astype(str), table["year"]])
        values = pd.Series(table[name].to_numpy(), index=rows)
        return self.grid(values[~rows.duplicated()])
