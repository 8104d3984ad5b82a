"""Figures and tables of a report in their order, with the numbers that every format gives them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from geo_resilience.report._blocks import (
    Block,
    Chapter,
    DataTable,
    Document,
    Heading,
    Picture,
    Profile,
    Sentence,
)
from geo_resilience.report.writers._pictures import BESIDE, WIDE, Drawn, Pictures
from geo_resilience.words import joined, say

#: A chapter and its blocks as they are set.
Chapters = list[tuple[Chapter, list["Placed"]]]


#: Rows of a table that is not parted by pages, and rows that stay together at the ends of others.
SHORT, ENDS = 16, 3


@dataclass(frozen=True)
class Placed:
    """A block, its number among figures or tables (0 for others), and its figure as drawn.

    - ``share``: of its size at which a figure is set on paper; ``ahead``: whether it begins a page.
    """

    block: Block
    number: int = 0
    drawn: Drawn | None = None
    language: str = "en"
    share: float = 1.0
    ahead: bool = False

    @property
    def wide(self) -> bool:
        """Whether it needs a page that lies."""
        return isinstance(self.block, DataTable) and self.block.wide

    @property
    def whole(self) -> bool:
        """Whether it is a table so short that it stays on one page."""
        return isinstance(self.block, DataTable) and len(self.block.rows) <= SHORT and not self.wide

    @property
    def caption(self) -> str:
        """What stands under a figure or over a table; a figure without one has its title."""
        if isinstance(self.block, Picture) and self.drawn is not None:
            return self.block.caption or self._titled
        return self.block.caption if isinstance(self.block, DataTable) else ""

    @property
    def note(self) -> str:
        """What a figure shows, where its caption says what is found; and how to read it."""
        if not isinstance(self.block, Picture) or self.drawn is None:
            return ""
        titled = [self._titled] if self.block.caption else []
        return joined([*titled, *filter(None, [self.drawn.note])], self.language, "sentences")

    @property
    def _titled(self) -> str:
        """The title of a figure as a sentence."""
        return say("report.titled", self.language, title=self.drawn.title if self.drawn else "")


def numbered(document: Document, pictures: Pictures, kind: str, *, plain: bool = False) -> Chapters:
    """Give the blocks of each chapter as they are set; what cannot be drawn is left out.

    plain: profiles as blocks that every format has, no figure beside text.
    """
    figures = grids = 0
    chapters = []
    for chapter in document.chapters:
        placed = []
        for block in _plain(chapter.blocks) if plain else chapter.blocks:
            if isinstance(block, Picture):
                layout = BESIDE if block.beside and not plain else WIDE
                drawn = pictures.drawn(block, kind, layout)
                if drawn is not None:
                    figures += 1
                    placed.append(Placed(block, figures, drawn, document.language))
            elif isinstance(block, DataTable):
                grids += 1
                placed.append(Placed(block, grids))
            else:
                placed.append(Placed(block))
        chapters.append((chapter, placed))
    return chapters


def _plain(blocks: Sequence[Block]) -> Iterator[Block]:
    for block in blocks:
        if isinstance(block, Profile):
            yield from block.plain
        else:
            yield block


def lies(placed: Sequence[Placed]) -> bool:
    """Whether a chapter begins on a page that lies: only words stand before a wide table."""
    rest = (each for each in placed if not isinstance(each.block, Heading | Sentence))
    return next((each.wide for each in rest), False)


def label(kind: str, number: object, language: str) -> str:
    r"""Give what a figure or a table is called where it is referred to, on one line.

    Examples
    --------
    >>> label("figure", 3, "en"), label("table", 3, "zh")
    ('Figure\xa03', '表3')
    """
    return say(f"report.{kind}", language, number=number).rstrip(".").replace(" ", "\u00a0")


def shown_by(chapters: Chapters, anchor: str, figure: str = "") -> Placed | None:
    """Give a figure of a chapter by its name among `maps.figures`; the first without a name."""
    return next(
        (
            each
            for chapter, placed in chapters
            if chapter.anchor == anchor
            for each in placed
            if isinstance(each.block, Picture) and figure in ("", each.block.figure)
        ),
        None,
    )


#: Signs that hold the places of numbers and names in a sentence until they are set.
SLOTS = "\ue000\ue001\ue002"


def seen(
    document: Document, chapters: Chapters, *, brief: bool = False
) -> Callable[[str, str], str]:
    """Give who says where a finding is shown: the title of the chapter, and the figure there.

    Of a chapter that this report has not, nothing is said; brief: where there is a figure, that
    alone is named.
    """
    language = document.language
    titles = {chapter.anchor: chapter.title for chapter in document.chapters}

    def see(anchor: str, figure: str) -> str:
        if anchor not in titles:
            return ""
        shown = shown_by(chapters, anchor, figure)
        if shown is None:
            return say("report.see", language, title=titles[anchor])
        told = label("figure", shown.number, language)
        if brief:
            return told
        return say("report.see_figure", language, title=titles[anchor], figure=told)

    return see
