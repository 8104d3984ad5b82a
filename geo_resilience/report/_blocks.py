"""What a report is made of: blocks, the same for every format and filled in one language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

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
    - ``chapter``: anchor of the chapter that shows it; ``figure``: the figure there that does,
      among `maps.figures`; without one, the first of the chapter.
    """

    claim: str
    numbers: str
    certainty: str
    chapter: str
    figure: str = ""


@dataclass(frozen=True)
class Picture:
    """A figure with a caption that says what it shows.

    - ``figure``: its name among `maps.figures`; ``options`` go to it.
    - ``caption``: the finding; empty where the figure's own title and text say it.
    - ``detail``: whether only a full report shows it.
    - ``beside``: whether it stands beside text, or the figure that follows, where a page has room.
    """

    figure: str
    caption: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)
    detail: bool = False
    beside: bool = False


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
class Chance:
    """A grade and the share of the draws that give it."""

    grade: str
    color: str
    share: float
    told: str


@dataclass(frozen=True)
class History:
    """A score over the years, the ends of its interval (none where not asked), the mean of all."""

    years: Sequence[str]
    values: Sequence[float]
    means: Sequence[float]
    lows: Sequence[float] = ()
    highs: Sequence[float] = ()


@dataclass(frozen=True)
class Gauge:
    """An indicator of a region beside the mean of all, both from 0 to 1; or a dimension.

    - ``cells``: name, mark of its fidelity, value, mean and rank as they are written.
    - ``value``, ``mean``: as lengths; None for a dimension, and where there is no value.
    """

    cells: Sequence[str]
    value: float | None = None
    mean: float | None = None
    dimension: bool = False


@dataclass(frozen=True)
class Profile:
    """A region on a page.

    - ``head``: score, grade, rank with its interval, as they are written; ``color`` of the grade.
    - ``line``: the same and the chances as a sentence.
    - ``told``: what matters in sentences, the first of which says what ``head`` says.
    - ``peers``: the region among those like it, in order.
    - ``marks``: what the marks of the gauges mean.
    - ``warned``: the warning and, where the study gives one, the response.
    """

    region: str
    name: str
    head: Sequence[str]
    color: str
    chances: Sequence[Chance]
    line: str
    told: Sequence[str]
    history: History
    peers: DataTable
    gauges: Sequence[Gauge]
    gauged: DataTable
    marks: str
    warned: Aside | None = None

    @property
    def plain(self) -> Sequence[Block]:
        """The same as blocks that every format has."""
        rest = [self.warned] if self.warned else []
        picture = Picture("region_history", options={"region": self.region})
        return [Sentence(self.line), Bullets(self.told), picture, self.peers, self.gauged, *rest]


Block = Heading | Sentence | Bullets | Finding | Picture | DataTable | Aside | Profile


@dataclass(frozen=True)
class Step:
    """A finding beside the figure that shows it, if one does, and where the atlas does."""

    finding: Finding
    picture: Picture | None
    see: str


@dataclass(frozen=True)
class Chapter:
    """A chapter under its anchor."""

    anchor: str
    title: str
    blocks: Sequence[Block] = ()


@dataclass(frozen=True)
class Document:
    """A report in one language.

    - ``imprint``: what the cover says, in pairs of a label and a text.
    - ``absent``: which chapters are left out, and why; empty where none is.
    - ``story``: what slides tell beyond the findings.
    """

    title: str
    subtitle: str
    language: str
    audience: Audience
    imprint: Sequence[tuple[str, str]]
    chapters: Sequence[Chapter]
    absent: str = ""
    story: Sequence[Step] = ()
