"""The tables on a sheet: where each begins and ends, beside and below one another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from geo_resilience.indicators.yearbooks._grid import BLANK, FIGURE, MARK, TEXT, SheetGrid, is_year
from geo_resilience.indicators.yearbooks._names import RegionNames, is_role, role_of
from geo_resilience.tables._cells import folded
from geo_resilience.tables._headings import is_unit, plain, said_unit, years_in
from geo_resilience.tables._reading import REMARK

_CONTINUED = ("续表", "(续", "（续", "续)", "续）", "continued", "cont.")

#: Letters of the longest text alone in its row that is taken for a group of columns.
_GROUP = 12


@dataclass(eq=False)
class Block:
    """A table on a sheet, by its rows and columns from 0.

    - ``titles``, ``headings``, ``body``, ``labels``, ``remarks``, ``numbering``: rows; labels are
      those with a name alone, above or among the rows of figures.
    - ``continues``: whether its title says that it continues the table before.
    """

    left: int
    right: int
    titles: list[int] = field(default_factory=list)
    headings: list[int] = field(default_factory=list)
    body: list[int] = field(default_factory=list)
    labels: list[int] = field(default_factory=list)
    remarks: list[int] = field(default_factory=list)
    numbering: list[int] = field(default_factory=list)
    continues: bool = False

    @property
    def columns(self) -> range:
        """Columns of the table."""
        return range(self.left, self.right + 1)


def blocks_of(grid: SheetGrid, names: RegionNames) -> list[Block]:
    """Find the tables of a sheet: parted by blank columns first, then by headings."""
    return [
        block
        for left, right in _side_by_side(grid)
        for block in _Stack(grid, range(left, right + 1), names).read()
        if block.body or block.headings
    ]


def block_of(
    grid: SheetGrid, rows: tuple[int, int], headings: Sequence[int], names: RegionNames
) -> Block:
    """Make a table of the rows that a recipe names."""
    columns = range(grid.wide)
    block = _Stack(grid, columns, names).taken(range(rows[0], rows[1] + 1))
    block.headings = list(headings)
    top = min(headings, default=rows[0])
    block.titles = [row for row in range(top) if grid.cells(row, columns)]
    return block


def _side_by_side(grid: SheetGrid) -> list[tuple[int, int]]:
    """Part the columns where a blank one stands between two that could be tables of their own."""
    used = [any(row[column] != BLANK for row in grid.kinds) for column in range(grid.wide)]
    runs: list[tuple[int, int]] = []
    for column, there in enumerate(used):
        if there and runs and runs[-1][1] == column - 1:
            runs[-1] = (runs[-1][0], column)
        elif there:
            runs.append((column, column))
    parts: list[tuple[int, int]] = []
    for left, right in runs:
        if parts and not (_alone(grid, left, right) and _alone(grid, *parts[-1])):
            parts[-1] = (parts[-1][0], right)
        else:
            parts.append((left, right))
    return parts


def _alone(grid: SheetGrid, left: int, right: int) -> bool:
    """Whether columns begin with one of labels, beside which figures stand."""
    labelled = 0
    for row in grid.kinds:
        if any(row[column] == FIGURE for column in range(left + 1, right + 1)):
            labelled += row[left] == TEXT
    return labelled > 0


def kind_of_row(grid: SheetGrid, row: int, columns: range) -> str:
    """Tell what a row is by itself."""
    held = grid.cells(row, columns)
    if not held:
        return "blank"
    kinds = [grid.kinds[row][column] for column in held]
    texts = [grid.raw[row][column] for column in held]
    figures = [text for text, kind in zip(texts, kinds, strict=True) if kind == FIGURE]
    if REMARK.match(texts[0]) and not figures and len(texts) < 3:
        return "remark"
    if any(said_unit(text) is not None for text in texts):
        others = [text for text in texts if said_unit(text) is None and not is_unit(text)]
        if len(others) <= 1:
            return "single"
    if len(held) == 1:
        return "single"
    worded = [text for text, kind in zip(texts, kinds, strict=True) if kind == TEXT]
    units = [text for text in worded if role_of(text) != "unit"]
    if not figures and (MARK not in kinds or (units and all(map(is_unit, units)))):
        return "text"
    if not figures:
        return "body"
    if MARK not in kinds and all(map(is_year, figures)):
        return "years"
    return "numbering" if _counts(figures) and len(figures) > 1 else "body"


def _counts(figures: list[str]) -> bool:
    """Whether figures count 1, 2, 3, once or from the start again."""
    before = 0
    for figure in map(folded, figures):
        if figure not in ("1", str(before + 1)):
            return False
        before = int(figure)
    return folded(figures[0]) == "1"


class _Stack:
    """Reads rows from the top, each as what it is after those above.

    A table begins with headings, or with a title that says that it continues the one before.
    """

    def __init__(self, grid: SheetGrid, columns: range, names: RegionNames) -> None:
        self.grid, self.columns, self.names = grid, columns, names
        self.found: list[Block] = []
        self.tail: list[int] = []
        self.gap = False
        self.block = self._new()

    def _new(self) -> Block:
        block = Block(self.columns[0], self.columns[-1])
        self.found.append(block)
        return block

    def read(self) -> list[Block]:
        """Give the tables."""
        for row in range(len(self.grid.raw)):
            kind = kind_of_row(self.grid, row, self.columns)
            if kind == "blank":
                self.gap = True
                continue
            getattr(self, f"_{self._meant(row, kind)}")(row)
            self.gap = False
        self._end()
        for block in self.found:
            block.continues = any(map(self._continues, block.titles))
        return self.found

    def taken(self, rows: range) -> Block:
        """Take rows as one table: of figures, or of names and remarks alone in their row."""
        for row in rows:
            kind = kind_of_row(self.grid, row, self.columns)
            if kind in ("remark", "single"):
                self.tail.append(row)
            elif kind != "blank":
                self._keep_tail()
                self.block.body.append(row)
        self._end()
        return self.block

    def _meant(self, row: int, kind: str) -> str:
        """Tell what a row is after those above it."""
        label = self._label(row)
        if kind == "years":
            fresh = not self.block.body
            head = not label or role_of(label) or not self.block.headings
            if (row, self.columns[0]) in self.grid.merged and fresh:
                head = True
            if (fresh and head and not self.names.tells(label)) or role_of(label) == "region":
                return "heading"
            return "body"
        if kind == "numbering":
            headed = self.block.headings and not self.block.body
            return "numbering" if headed and (not label or is_role(label, "numbering")) else "body"
        if kind == "text" and self.block.body:
            begins = self.gap or self.tail or role_of(label)
            return "heading" if begins and not self.names.tells(label) else "body"
        if kind == "text" and self.block.headings and self.names.tells(label):
            return "body"
        if kind == "single" and not self.block.body and self._is_group(row):
            return "heading"
        return "heading" if kind == "text" else kind

    def _label(self, row: int) -> str:
        """Give the text that begins a row; what stands further right is none."""
        held = self.grid.cells(row, self.columns)
        if not held or self.grid.kinds[row][held[0]] != TEXT:
            return ""
        return self.grid.raw[row][held[0]]

    def _is_group(self, row: int) -> bool:
        """Whether a short text alone in its row is a heading: its place is over or under others."""
        (column, *_) = self.grid.cells(row, self.columns)
        if self.block.headings and self.grid.kinds[row][column] == TEXT:
            over = self.grid.cells(self.block.headings[0], self.columns)
            return not self._said(row) and column > over[0]
        merge = self.grid.merged.get((row, column))
        if merge is None or merge[3] == merge[1] or column == self.columns[0]:
            return False
        text = plain(self.grid.raw[row][column])
        return len(text) <= _GROUP and not years_in(text)

    def _heading(self, row: int) -> None:
        if self.block.body:
            self._close()
        self.block.headings.append(row)

    def _numbering(self, row: int) -> None:
        self.block.numbering.append(row)

    def _body(self, row: int) -> None:
        if any(self._continues(each) for each in self.tail):
            self._close()
        self._keep_tail()
        self.block.body.append(row)

    def _single(self, row: int) -> None:
        if self.block.body:
            self.tail.append(row)
        elif self.block.headings and not self._said(row):
            self.block.labels.append(row)
        else:
            self.block.titles.append(row)

    def _remark(self, row: int) -> None:
        if self.block.body:
            self.tail.append(row)
        else:
            self.block.remarks.append(row)

    def _said(self, row: int) -> bool:
        held = self.grid.cells(row, self.columns)
        return any(said_unit(self.grid.raw[row][column]) is not None for column in held)

    def _continues(self, row: int) -> bool:
        text = "".join(self.grid.raw[row][c] for c in self.grid.cells(row, self.columns))
        return any(sign in text.casefold().replace(" ", "") for sign in _CONTINUED)

    def _keep_tail(self) -> None:
        """Take what stands alone between rows of figures as labels of the same table."""
        for row in self.tail:
            remark = kind_of_row(self.grid, row, self.columns) == "remark"
            (self.block.remarks if remark else self.block.labels).append(row)
        self.tail = []

    def _close(self) -> None:
        """Begin a new table: what stands alone above it is its title, unless a region's name."""
        titles = []
        for row in self.tail:
            if kind_of_row(self.grid, row, self.columns) == "remark":
                self.block.remarks.append(row)
            elif self.names.tells(self._label(row)):
                self.block.labels.append(row)
            else:
                titles.append(row)
        self.tail = []
        self.block = self._new()
        self.block.titles = titles

    def _end(self) -> None:
        for row in self.tail:
            known = self.names.tells(self._label(row))
            (self.block.labels if known else self.block.remarks).append(row)
