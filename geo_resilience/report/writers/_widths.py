"""Widths of the columns of a table, from what stands in them."""

from __future__ import annotations

import re

from geo_resilience.report._blocks import Grid
from geo_resilience.words._wrapping import columns_of

#: Letters at which a text may be as wide as it is; longer ones are broken.
_LONGEST = 44

#: Letters' worth of room around a text.
_ROOM = 3

#: Twentieths of a point that a letter takes in a table.
_LETTER = 88

_WORD = re.compile(r"[^\s\u2e80-\uffef]+")


def shares(grid: Grid, total: int) -> list[int]:
    """Part a width among the columns of a table: each what its texts need, text what is left.

    Examples
    --------
    >>> from geo_resilience.report._blocks import Column
    >>> columns = [Column("Region"), Column("Score", numeric=True)]
    >>> shares(Grid("", columns, [["Inner Mongolia", "0.244"]]), 9000)
    [6120, 2880]
    """
    least: list[float] = []
    wish: list[float] = []
    for place, column in enumerate(grid.columns):
        texts = [row[place] for row in grid.rows]
        words = [columns_of(word) for word in _WORD.findall(column.head)]
        longest = max((columns_of(text) for text in texts), default=0)
        head = max(words, default=min(columns_of(column.head), 8))
        least.append(max(head, longest if column.numeric else 8) + _ROOM)
        wish.append(max(head, min(longest, _LONGEST), min(columns_of(column.head), 14)) + _ROOM)
    if sum(wish) > sum(least) and sum(wish) * _LETTER > total:
        over = max(total / _LETTER - sum(least), 0) / (sum(wish) - sum(least))
        wish = [low + (high - low) * over for low, high in zip(least, wish, strict=True)]
    parts = [int(total * each / sum(wish)) for each in wish]
    parts[0] += total - sum(parts)
    return parts
