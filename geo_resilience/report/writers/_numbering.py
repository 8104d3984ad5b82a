"""Figures and tables of a report in their order, with the numbers that every format gives them."""

from __future__ import annotations

from dataclasses import dataclass

from geo_resilience.report._blocks import Block, Chapter, Document, Grid, Picture
from geo_resilience.report.writers._pictures import Drawn, Pictures


@dataclass(frozen=True)
class Placed:
    """A block, its number among figures or tables (0 for others), and its figure as drawn."""

    block: Block
    number: int = 0
    drawn: Drawn | None = None


def numbered(
    document: Document, pictures: Pictures, kind: str
) -> list[tuple[Chapter, list[Placed]]]:
    """Give the blocks of each chapter as they are set; what cannot be drawn is left out."""
    figures = grids = 0
    chapters = []
    for chapter in document.chapters:
        placed = []
        for block in chapter.blocks:
            if isinstance(block, Picture):
                drawn = pictures.drawn(block, kind)
                if drawn is not None:
                    figures += 1
                    placed.append(Placed(block, figures, drawn))
            elif isinstance(block, Grid):
                grids += 1
                placed.append(Placed(block, grids))
            else:
                placed.append(Placed(block))
        chapters.append((chapter, placed))
    return chapters
