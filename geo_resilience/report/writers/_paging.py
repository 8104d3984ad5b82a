"""Where a report's pages begin: told before they are set, and held to, so that numbers are right.

Heights are reckoned a little high from what Word is told (lines, spaces, sizes of figures). Every
chapter begins a page; a figure that is reckoned onto a new page is told to begin one.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from geo_resilience.report._blocks import (
    Aside,
    Block,
    Bullets,
    Chapter,
    DataTable,
    Document,
    Finding,
    Heading,
    Picture,
    Sentence,
)
from geo_resilience.report.writers._numbering import ENDS, Chapters, Placed, lies
from geo_resilience.report.writers._widths import shares, width_of

#: Width and height of the text in points where a page stands, and where it lies.
_STANDING, _LYING = (453.5, 722.0), (700.0, 475.0)

#: How much smaller a figure may be so that it and what belongs to it stand on the page begun.
LEAST = 0.74

#: What lines lose where words end before them.
_RAGGED = 1.04

#: Room between the sides of a cell of a table and its text, in points.
_SIDES = 10

#: Lines and spaces in points as word/styles.xml has them.
_LINE, _CELL, _CAPTION, _BELOW = 16.0, 13.1, 13.5, 8.5


@dataclass(frozen=True)
class Starts:
    """The page of each chapter by its anchor, and the chapters that begin one."""

    pages: Mapping[str, int]
    fresh: frozenset[str]


def paged(chapters: Chapters, document: Document) -> tuple[Chapters, Starts]:
    """Give the chapters with their figures fitted to pages, and where each begins.

    Parameters
    ----------
    chapters : Chapters
        As `numbered` gives them.
    document : Document
        For a leader a chapter follows on a page of which more than half is left.
    """
    sheet = _Sheet(document.audience == "leader")
    sheet.take(280.0 + 16.2 * len(document.imprint))
    for _ in chapters:
        sheet.take(19.5)
    if document.absent:
        sheet.take(_text(document.absent, sheet.width))
    made, pages, fresh = [], {}, set()
    for place, (chapter, placed) in enumerate(chapters):
        if sheet.begin(chapter, lying=lies(placed), first=place == 0):
            fresh.add(chapter.anchor)
        pages[chapter.anchor] = sheet.page
        made.append((chapter, sheet.set(placed)))
    return made, Starts(pages, frozenset(fresh))


class _Sheet:
    """A page that is being filled."""

    def __init__(self, flowing: bool) -> None:
        self.flowing = flowing
        self.page, self.filled, self.lying = 1, 0.0, False
        self.width, self.height = _STANDING

    @property
    def left(self) -> float:
        """What is left of the page."""
        return self.height - self.filled

    def fresh(self) -> None:
        """Begin a page."""
        if self.filled:
            self.page, self.filled = self.page + 1, 0.0

    def turn(self, *, lying: bool) -> None:
        """Begin a page that lies or stands, where the last one did not."""
        if lying != self.lying:
            self.fresh()
            self.lying = lying
            self.width, self.height = _LYING if lying else _STANDING

    def take(self, height: float) -> None:
        """Fill a part of the page, or of the next where it does not fit."""
        if height > self.left:
            self.fresh()
        self.filled += height

    def begin(self, chapter: Chapter, *, lying: bool, first: bool) -> bool:
        """Set the title of a chapter, and say whether on a new page."""
        self.turn(lying=lying)
        title = 41 + 28.0 * (_lines(chapter.title, self.width - 28, 21) - 1)
        fresh = first or not (self.flowing and self.left > self.height / 2)
        if fresh:
            self.fresh()
        self.filled += title + (0 if fresh else 28)
        return fresh

    def set(self, placed: Sequence[Placed]) -> list[Placed]:
        """Set the blocks of a chapter."""
        made = []
        for place, each in enumerate(placed):
            if each.wide or not isinstance(each.block, Heading | Sentence):
                self.turn(lying=each.wide)
            if isinstance(each.block, Picture):
                made.append(self._picture(each, placed[place + 1 :]))
                continue
            made.append(each)
            if isinstance(each.block, DataTable) and not each.whole:
                self._rows(each.block)
            else:
                for height in _parts(each.block, self.width):
                    self.take(height)
        return made

    def _picture(self, placed: Placed, after: Iterable[Placed]) -> Placed:
        """Set a figure: smaller where it then fits, with what follows it, on the page begun."""
        full, caption = _figure(placed, self.width)
        told = 0.0
        for each in after:
            if isinstance(each.block, Picture | Heading) or each.wide:
                break
            told += sum(_parts(each.block, self.width))
        share = 1.0
        ahead = bool(self.filled) and LEAST * full + caption > self.left
        if ahead:
            self.fresh()
        for more in (told, 0.0):
            room = (self.left - caption - more) / full
            if room >= LEAST:
                share = min(1.0, math.floor(100 * room) / 100)
                break
        self.filled += share * full + caption
        return replace(placed, share=share, ahead=ahead)

    def _rows(self, block: DataTable) -> None:
        """Set a table that pages may part; its head is repeated."""
        caption, head, *rows = _parts(block, self.width, whole=False)
        first, last = sum(rows[:ENDS]), sum(rows[ENDS:][-ENDS:])
        if caption + head + first > self.left:
            self.fresh()
        self.filled += caption + head
        for row in filter(None, (first, *rows[ENDS:-ENDS], last)):
            if row > self.left:
                self.fresh()
                self.filled = head
            self.filled += row


def _lines(text: str, width: float, size: float) -> int:
    lines = width_of(text, size) / width
    return 1 if lines <= 1 else math.ceil(lines * _RAGGED)


def _text(text: str, width: float) -> float:
    return 7 + _LINE * _lines(text, width, 10.5)


def _caption(text: str, width: float) -> float:
    return 12 + _CAPTION * _lines(text, width - 40, 9)


def _figure(placed: Placed, width: float) -> tuple[float, float]:
    """Give the height of a figure and that of its caption."""
    drawn = placed.drawn
    assert drawn is not None
    wide = drawn.width * 72 / 25.4
    return drawn.height * 72 / 25.4 * min(1.0, width / wide), 12 + _caption(
        placed.caption + placed.note, width
    )


def _parts(block: Block, width: float, *, whole: bool = True) -> list[float]:
    """Give the heights of what no page parts in a block."""
    match block:
        case Heading():
            return [39.0]
        case Sentence(text=text):
            return [_text(text, width)]
        case Bullets(texts=texts):
            return [3 + _LINE * _lines(text, width - 14, 10.5) for text in texts]
        case Finding(claim=claim, numbers=numbers):
            told = 16.5 * _lines(claim + "x" * 16, width - 11, 11.2)
            return [16 + told + _LINE * _lines(numbers + "x" * 40, width - 11, 10.5)]
        case Aside(texts=texts):
            return [60 + sum(_parts(Bullets(texts), width - 26))]
        case DataTable():
            rows = _table(block, width)
            return [sum(rows) + _BELOW] if whole else rows
        case _:
            return []


def _table(block: DataTable, width: float) -> list[float]:
    """Give the heights of a table's caption, head and rows."""
    widths = [share / 20 - _SIDES for share in shares(block, round(20 * width))]
    heads = [column.head for column in block.columns]
    rows = [
        3 + _CELL * max(_lines(text, wide, 9) for text, wide in zip(row, widths, strict=True))
        for row in (heads, *block.rows)
    ]
    left = [28.5] if block.left else []
    return [_caption(block.caption, width), *rows, *left]
