"""What a report is made of: blocks, the same for every format and filled in one language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

#: Who reads: a leader reads what matters, a full report holds everything.
Audience = Literal["leader", "full"]

AUDIENCES: tuple[Audience, ...] = ("leader", "full")


@dataclass(frozen=True)
class Heading:
    """A heading within a chapter."""

    text: str


@dataclass(frozen=True)
class Sentence:
    """A sentence or several that stand as a paragraph."""

    text: str


@dataclass(frozen=True)
class Bullets:
    """Sentences that stand below each other."""

    texts: Sequence[str]


@dataclass(frozen=True)
class Finding:
    """What was found: a claim, the numbers that carry it, how certain it is, where more stands.

    - ``certainty``: firm, likely or open.
    - ``chapter``: anchor of the chapter that shows it.
    """

    claim: str
    numbers: str
    certainty: str
    chapter: str


@dataclass(frozen=True)
class Picture:
    """A figure with a caption that says what it shows.

    - ``figure``: its name among `maps.figures`; ``options`` go to it.
    - ``caption``: the finding; empty where the figure's own title and text say it.
    - ``detail``: whether only a full report shows it.
    """

    figure: str
    caption: str = ""
    options: Mapping[str, object] = field(default_factory=dict)
    detail: bool = False


@dataclass(frozen=True)
class ColumnHead:
    """A column of a table: its head, and whether it holds numbers."""

    head: str
    numeric: bool = False


@dataclass(frozen=True)
class DataTable:
    """A table with a caption; wide ones are set across the page.

    - ``left``: how many further rows the workbook holds.
    - ``fills``: colors of the cells of a row, by place of the column.
    - ``detail``: whether only a full report shows it.
    """

    caption: str
    columns: Sequence[ColumnHead]
    rows: Sequence[Sequence[str]]
    wide: bool = False
    left: int = 0
    fills: Sequence[Mapping[int, str]] = ()
    detail: bool = False


@dataclass(frozen=True)
class Aside:
    """Sentences set apart under a title: what a study cannot show, how to read."""

    title: str
    texts: Sequence[str]


@dataclass(frozen=True)
class PageBreak:
    """What follows starts on a new page."""


Block = Heading | Sentence | Bullets | Finding | Picture | DataTable | Aside | PageBreak


@dataclass(frozen=True)
class Step:
    """A finding beside the figure that shows it, if one does, and where the atlas does."""

    finding: Finding
    picture: Picture | None
    see: str


@dataclass(frozen=True)
class Chapter:
    """A chapter under its anchor; one without blocks says why it is left out."""

    anchor: str
    title: str
    blocks: Sequence[Block] = ()
    absent: str = ""


@dataclass(frozen=True)
class Document:
    """A report in one language.

    - ``imprint``: what the cover says, in pairs of a label and a text.
    - ``story``: what slides tell beyond the findings.
    """

    title: str
    subtitle: str
    language: str
    audience: Audience
    imprint: Sequence[tuple[str, str]]
    chapters: Sequence[Chapter]
    story: Sequence[Step] = ()
