"""Widths of texts as they are set, and of the columns of a table from what stands in them."""

from __future__ import annotations

import re
import unicodedata

from geo_resilience.report._blocks import DataTable

#: Size of the type of a table in points, and room at the sides of a cell in twips.
_SIZE, _ROOM = 9, 260

#: Widths of Arial's letters in thousandths of their size; what is not named counts as a small one.
_LETTERS = {
    **dict.fromkeys(" ijltfI.,;:'’|!/()[]\\-", 290),
    **dict.fromkeys('r"“”*°', 350),
    **dict.fromkeys("mwMW%@", 880),
    **dict.fromkeys("ABCDEFGHKNOPQRSTUVXYZ&–=+<>−", 680),
}
_SMALL, _CHINESE = 545, 1000

_WORD = re.compile(r"[^\s\u2e80-\uffef]+")


def width_of(text: str, points: float = _SIZE) -> float:
    """Reckon the width of a text in points, set in a size in points.

    Examples
    --------
    >>> round(width_of("Hubei", 10), 1), width_of("湖北", 10)
    (26.1, 20.0)
    """
    return points / 1000 * sum(map(_letter, text))


def _letter(sign: str) -> int:
    if unicodedata.combining(sign):
        return 0
    chinese = unicodedata.east_asian_width(sign) in "WF"
    return _CHINESE if chinese else _LETTERS.get(sign, _SMALL)


def shares(grid: DataTable, total: int) -> list[int]:
    """Part a width in twips among a table's columns: short texts on one line, long in the rest.

    Examples
    --------
    >>> from geo_resilience.report._blocks import ColumnHead
    >>> columns = [ColumnHead("Region"), ColumnHead("Score", numeric=True), ColumnHead("Meaning")]
    >>> shares(DataTable("", columns, [["Inner Mongolia", "0.244", "long text " * 30]]), 9000)
    [1474, 787, 6739]
    """
    places = range(len(grid.columns))
    wishes = [_wish(grid, place, whole=True) for place in places]
    if sum(wishes) > total:
        wishes = [_wish(grid, place, whole=False) for place in places]
    widths = dict.fromkeys(range(len(wishes)), 0.0)
    left = float(total)
    for done, place in enumerate(sorted(widths, key=wishes.__getitem__)):
        fair = left / (len(wishes) - done)
        widths[place] = wishes[place] if grid.columns[place].numeric else min(wishes[place], fair)
        left -= widths[place]
    parts = [int(total * each / sum(widths.values())) for each in widths.values()]
    parts[-1] += total - sum(parts)
    return parts


def _wish(grid: DataTable, place: int, *, whole: bool) -> float:
    """Give the twips that a column takes if no text breaks but its bold head, unless whole."""
    head = grid.columns[place].head
    words = max(map(width_of, _WORD.findall(head)), default=min(width_of(head), 4.0 * _SIZE))
    words = width_of(head) if whole else words
    cells = max((width_of(row[place]) for row in grid.rows), default=0.0)
    return 20 * max(1.1 * words, cells) + _ROOM
