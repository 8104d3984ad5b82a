"""Tables of a report from the rows of a table of results, each number citing its cell."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from geo_resilience.report._blocks import ColumnHead, DataTable
from geo_resilience.report._teller import Teller

#: Rows of a table in a report; the workbook holds the rest.
MOST_ROWS = 40


@dataclass(frozen=True)
class Shown:
    """A column of a report's table: its head, the column that it shows, and how.

    - ``how``: a format of numbers or ``p``, ``percent``, ``points``, ``whole``, ``few``; else
      ``region``, ``variable`` or ``text``; or ``word:`` and the key that words its codes, ``{}``
      where the code stands.
    - ``upto``: a second column: the cell shows the range from the first to this.
    """

    head: str
    column: str
    how: str = ".3f"
    upto: str = ""

    @property
    def numeric(self) -> bool:
        """Whether it holds numbers."""
        return not (self.how in _TEXTS or self.how.startswith("word:"))

    def written(self, tell: Teller, stem: str, rows: pd.DataFrame, label: Any) -> str:
        """Write a cell."""
        value = rows.at[label, self.column]
        if self.how in _TEXTS:
            return _TEXTS[self.how](tell, value)
        if self.how.startswith("word:"):
            code = str(value).replace(" ", "_")
            return "" if pd.isna(value) else tell.say(self.how.removeprefix("word:").format(code))
        if self.upto:
            low, high = (
                tell.cite(stem, rows, label, each, self.how) for each in (self.column, self.upto)
            )
            return tell.say("report.range", low=low, high=high)
        told = tell.cite(stem, rows, label, self.column, self.how)
        shares = ("percent", "points")
        return tell.say("report.percent", value=told) if self.how in shares else told


_TEXTS: dict[str, Callable[[Teller, Any], str]] = {
    "region": lambda tell, value: tell.name(value),
    "variable": lambda tell, value: tell.variable(str(value)),
    "text": lambda tell, value: "" if pd.isna(value) else str(value),
}


def grid(
    tell: Teller,
    stem: str,
    rows: pd.DataFrame,
    caption: str,
    columns: Sequence[Shown],
    *,
    most: int = MOST_ROWS,
    wide: bool = False,
) -> list[DataTable]:
    """Show rows of a table; nothing where there are none."""
    if rows.empty:
        return []
    shown = rows.head(most)
    body = [[each.written(tell, stem, shown, label) for each in columns] for label in shown.index]
    heads = [ColumnHead(tell.say(f"report.head.{each.head}"), each.numeric) for each in columns]
    return [DataTable(caption, heads, body, wide=wide, left=len(rows) - len(shown))]
