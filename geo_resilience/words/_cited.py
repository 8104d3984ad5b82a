"""Texts that know which cells of the results their numbers come from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, order=True)
class Cell:
    """A cell of a file of results; rows are counted from 1 below the header."""

    file: str
    row: int
    column: str

    def __str__(self) -> str:
        return f"{self.file}#{self.row},{self.column}"


class Cited(str):
    """A text, and the cells that its numbers are read from.

    Sentences made of such texts by `say` and `joined` are themselves cited.

    Examples
    --------
    >>> from geo_resilience.words import say
    >>> score = Cited("0.681").cited(Cell("scores.csv", 6, "composite"))
    >>> told = say("summary.region", "en", name="Beijing", score=score, grade="Strong")
    >>> told, [str(cell) for cell in told.cells]
    ('Beijing 0.681 (Strong)', ['scores.csv#6,composite'])
    """

    __slots__ = ("cells",)

    cells: tuple[Cell, ...]

    def __new__(cls, text: str = "") -> Self:
        """Make a text that cites nothing yet."""
        made = super().__new__(cls, text)
        made.cells = ()
        return made

    def cited(self, *cells: Cell) -> Self:
        """Give the same text citing these cells."""
        made = type(self)(self)
        made.cells = cells
        return made

    @classmethod
    def of(cls, text: str, *parts: object) -> Self:
        """Give a text made of parts, citing what they cite."""
        return cls(text).cited(*dict.fromkeys(cell for part in parts for cell in cells_of(part)))


def cells_of(text: object) -> tuple[Cell, ...]:
    """Give the cells that a text cites; none for any other thing."""
    return text.cells if isinstance(text, Cited) else ()
