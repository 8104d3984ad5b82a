"""Widths of the columns of a table, from what stands in them."""

from __future__ import annotations

import re

from geo_resilience.report._blocks import DataTable
from geo_resilience.words._wrapping import columns_of

#: Letters' worth of room around a text.
_ROOM = 3

#: Twentieths of a point that a letter takes in a table.
_LETTER = 100

_WORD = re.compile(r"[^\s\u2e80-\uffef]+")


def shares(grid: DataTable, total: int) -> list[int]:
    """Part a width among the columns of a table: short texts on one line, long ones in the rest.

    Examples
    --------
    >>> from geo_resilience.report._blocks import ColumnHead
    >>> columns = [ColumnHead("Region"), ColumnHead("Score", numeric=True), ColumnHead("Meaning")]
    >>> shares(DataTable("", columns, [["Inner Mongolia", "0.244", "long text " * 30]]), 9000)
    [1700, 800, 6500]
    """
    wishes = [_wish(grid, place) for place in range(len(grid.columns))]
    widths = dict.fromkeys(range(len(wishes)), 0.0)
    left = total / _LETTER
    for done, place in enumerate(sorted(widths, key=wishes.__getitem__)):
        fair = left / (len(wishes) - done)
        widths[place] = wishes[place] if grid.columns[place].numeric else min(wishes[place], fair)
        left -= widths[place]
    parts = [int(total * each / sum(widths.values())) for each in widths.values()]
    parts[-1] += total - sum(parts)
    return parts


def _wish(grid: DataTable, place: int) -> int:
    """Count the letters that a column takes if no text of it is broken but its head."""
    head = grid.columns[place].head
    words = [columns_of(word) for word in _WORD.findall(head)]
    least = max(words, default=min(columns_of(head), 8))
    return (
        max([least, min(columns_of(head), 14), *(columns_of(r[place]) for r in grid.rows)]) + _ROOM
    )
