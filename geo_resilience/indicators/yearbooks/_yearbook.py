"""Yearbooks read: every sheet laid out, every figure gathered into one long table."""

from __future__ import annotations

import math
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from geo_resilience.errors import Problems, did_you_mean
from geo_resilience.indicators.yearbooks._blocks import block_of, blocks_of
from geo_resilience.indicators.yearbooks._columns import POINTING
from geo_resilience.indicators.yearbooks._detection import Before, Search, layouts_of
from geo_resilience.indicators.yearbooks._extraction import Figure, figures_of
from geo_resilience.indicators.yearbooks._grid import SheetGrid, place, read_grids
from geo_resilience.indicators.yearbooks._layout import DOUBTFUL, Decision, Decisions, TableLayout
from geo_resilience.indicators.yearbooks._names import RegionNames
from geo_resilience.indicators.yearbooks._recipe import Recipe, hints_of
from geo_resilience.regions import Regions
from geo_resilience.tables._catalog_index import YEARBOOK_DECISIONS, YEARBOOK_UNITS
from geo_resilience.tables._cells import folded, missing_marks
from geo_resilience.tables._sheets import first_cells
from geo_resilience.words import Phrase, say

#: Keys by which a recipe says where a table stands.
_PLACED = frozenset(("headings", "rows", "columns"))


@dataclass(frozen=True, eq=False)
class Yearbook:
    """What was read of a yearbook.

    - ``table`` (DataFrame): a row a region and year; columns ``region`` (as it first stands),
      ``year`` (missing where no year was found) and a column a figure.
    - ``units`` (DataFrame): ``column`` and its ``unit``, empty where none was found.
    - ``recipe`` (Recipe): what was taken for what; ``to_toml()`` writes it, and `read_yearbook`
      with it reads the same table again.
    - ``decisions`` (DataFrame): ``file``, ``sheet``, ``cell``, what that was taken for
      (``decision``) and why (``reason``).
    - ``doubts`` (DataFrame): those of them that a person should look at: what was not understood,
      or was taken for something for want of a better sign.
    """

    table: pd.DataFrame
    units: pd.DataFrame
    recipe: Recipe
    decisions: pd.DataFrame
    doubts: pd.DataFrame


def read_yearbook(
    path: str | os.PathLike[str],
    recipe: Recipe | Mapping[str, Any] | str | os.PathLike[str] | None = None,
    *,
    regions: Regions | None = None,
    language: str = "en",
) -> Yearbook:
    r"""Read the tables of a statistical yearbook into one long table.

    Parameters
    ----------
    path : path
        A workbook (XLSX, XLS), a text table (CSV; UTF-8, UTF-16 or GB18030), or a folder of them.
    recipe : path, mapping or Recipe, optional
        What is to be taken for what; all that it leaves open is found, and noted.
    regions : Regions, optional
        The regions that rows may be about; without them the provinces of China. Names that are
        none of these are taken as they stand, where no column holds known ones.
    language : str
        Of the decisions.

    Returns
    -------
    Yearbook
        The table, its units, the recipe and the decisions.

    Raises
    ------
    InputError
        With every table that cannot be read, by sheet and cell: without headings, regions or
        figures, with two figures for one region and year, or formulas that were never computed;
        and with everything that is wrong with the recipe.

    Notes
    -----
    Read are tables with titles and remarks around them, headings of several rows (joined as
    ``group / column``), units in a row, in headings or in a line above; years in rows, headings,
    titles, sheets or files; regions in rows or headings, with totals and zones between; several
    tables on a sheet, and such as continue another (续表).

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> text = "2015年收入,,\n,单位：亿元,\n地区,软件,电信\n全  国,30,7\n北  京,10,3\n天津,20,4\n"
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder) / "3-1.csv"
    ...     _ = file.write_text(text, encoding="gb18030")
    ...     book = read_yearbook(file)
    >>> book.table
      region  year    软件   电信
    0     北京  2015  10.0  3.0
    1     天津  2015  20.0  4.0
    >>> book.units["unit"].to_list()
    ['亿元', '亿元']
    """
    given = Recipe.of(recipe)
    marks = missing_marks(given.default.get("missing"))
    grids, passed = read_grids(Path(path), marks)
    said = given.default
    names = RegionNames(regions, said.get("left_out", ()), said.get("names"))
    reading = _Reading(given, names)
    reading.check(grids)
    reading.problems.raise_if_any()
    decisions = [Decision(file, "", "", "file_passed", {}) for file in passed]
    for grid in grids:
        decisions += reading.sheet(grid)
    if not reading.layouts and not len(reading.problems):
        reading.problems.add("yearbook.no_table", file=path)
    gathered = _Gathered(names)
    for grid, layout in reading.layouts:
        found = Decisions()
        for figure in figures_of(grid, layout, found, reading.problems):
            at = figure.column if layout.region is None else layout.region
            gathered.add(grid, figure, at, found, reading.problems)
        decisions += found.found
    decisions += gathered.unknown()
    reading.problems.raise_if_any()
    order = {(grid.file, grid.sheet): at for at, grid in enumerate(grids)}
    decisions.sort(key=lambda each: order.get((each.file, each.sheet), -1))
    default = {key: value for key, value in said.items() if key in ("missing", "names")}
    laid = [layout for _, layout in reading.layouts]
    return Yearbook(
        gathered.table(),
        gathered.units(),
        Recipe(default, layouts=laid, skipped=reading.skipped),
        _worded(decisions, language),
        _worded([each for each in decisions if each.key in DOUBTFUL], language),
    )


def _worded(decisions: Iterable[Decision], language: str) -> pd.DataFrame:
    """Word decisions, a row each."""
    rows = [
        {
            "file": each.file,
            "sheet": each.sheet,
            "cell": each.cell,
            "decision": say(f"yearbook.{each.key}", language, **each.values),
            "reason": say(f"yearbook.{each.key}.why", language, **each.values),
        }
        for each in decisions
    ]
    return YEARBOOK_DECISIONS.make(pd.DataFrame(rows, columns=YEARBOOK_DECISIONS.names))


class _Reading:
    """Lays out sheets one after another, as far as the recipe leaves it open."""

    def __init__(self, recipe: Recipe, names: RegionNames) -> None:
        self.recipe, self.names = recipe, names
        self.problems = Problems()
        self.layouts: list[tuple[SheetGrid, TableLayout]] = []
        self.skipped: list[tuple[str, str]] = []
        self.before = Before()

    def check(self, grids: Sequence[SheetGrid]) -> None:
        """Refuse entries of the recipe that are about no sheet."""
        for entry in self.recipe.entries:
            if any(_concerns(entry, grid) for grid in grids):
                continue
            file, sheet = entry.get("file"), entry.get("sheet")
            known = list(dict.fromkeys(each.file for each in grids))
            if file in (None, *known) and sheet is not None:
                known = [each.sheet for each in grids if file in (None, each.file)]
                hint = did_you_mean(sheet, known)
                self.problems.add("yearbook.sheet_unknown", found=sheet, known=known, hint=hint)
            else:
                hint = did_you_mean(file, known)
                self.problems.add("yearbook.file_unknown", found=file, known=known, hint=hint)

    def sheet(self, grid: SheetGrid) -> list[Decision]:
        """Lay out one sheet and give the decisions."""
        decisions = Decisions()
        entries = [each for each in self.recipe.entries if _concerns(each, grid)]
        whole = [each for each in entries if not _PLACED & each.keys()]
        tables = [each for each in entries if each not in whole]
        # what is left out of every table the names know
        hints = {key: each for key, each in self.recipe.default.items() if key != "left_out"}
        for each in whole:
            hints |= each
        reason = self._passed_over(grid, hints.get("skip"), bool(tables))
        if reason:
            decisions.add(grid, reason)
            self.skipped.append((grid.file, grid.sheet))
            return decisions.found
        if _PLACED & hints.keys() and not tables:
            tables = [{}]
        before = len(self.layouts)
        if tables:
            for at, each in enumerate(tables):
                self._by_recipe(grid, {**hints, **each}, tables[at + 1 :], decisions)
        else:
            self._found(grid, hints, decisions)
        self._check_formulas(grid, before)
        return decisions.found

    def _passed_over(self, grid: SheetGrid, skip: bool | None, wanted: bool) -> str:
        """Say why a sheet is left out; empty where it is read."""
        if skip:
            return "sheet_skipped"
        if grid.chart:
            return "sheet_chart"
        if not any(map(any, grid.raw)):
            return "sheet_empty"
        return "sheet_hidden" if grid.hidden and not wanted and skip is None else ""

    def _found(self, grid: SheetGrid, hints: Mapping[str, Any], decisions: Decisions) -> None:
        """Find the tables of a sheet."""
        blocks = blocks_of(grid, self.names)
        search = self._context(grid, hints, decisions)
        before, faults = len(self.layouts), len(self.problems)
        for block in blocks:
            search.first_titles = blocks[0].titles
            if len(blocks) > 1 and block.body:
                first = min([*block.headings, *block.body])
                last = place(max(block.body), block.right)
                search.note("table", first, block.left, last=last)
            self._keep(search, layouts_of(search, block))
        self.before = search.before
        if len(self.layouts) == before and len(self.problems) == faults:
            decisions.add(grid, "sheet_without_table")
            self.skipped.append((grid.file, grid.sheet))

    def _context(self, grid: SheetGrid, hints: Mapping[str, Any], decisions: Decisions) -> Search:
        asked = hints_of(hints)
        return Search(grid, self.names, decisions, self.problems, asked, self.before)

    def _by_recipe(
        self,
        grid: SheetGrid,
        entry: Mapping[str, Any],
        after: Sequence[Mapping[str, Any]],
        decisions: Decisions,
    ) -> None:
        """Lay out a table whose rows or columns the recipe says."""
        if not self._within(grid, entry):
            return
        end = len(grid.raw) - 1
        for other in after:
            if other.get("headings"):
                end = min(end, other["headings"][0] - 1)
        tops = [*entry.get("headings", ()), *filter(None, [entry.get("unit_row")])]
        rows = entry.get("rows", (max(tops, default=-1) + 1, end))
        if "columns" in entry:
            layout = _as_said(grid, entry, rows)
            cell = place(rows[0], layout.columns[0].at)
            decisions.found.append(
                Decision(grid.file, grid.sheet, cell, "by_recipe", {"rows": [r + 1 for r in rows]})
            )
            self.layouts.append((grid, layout))
            return
        search = self._context(grid, entry, decisions)
        block = block_of(grid, rows, entry.get("headings", ()), self.names)
        self._keep(search, layouts_of(search, block))
        self.before = search.before

    def _keep(self, search: Search, layouts: Iterable[TableLayout]) -> None:
        self.layouts += [(search.grid, each) for each in layouts]

    def _within(self, grid: SheetGrid, entry: Mapping[str, Any]) -> bool:
        """Whether the rows and columns that a recipe names are on the sheet; else say so."""
        rows = [*entry.get("headings", ()), *entry.get("rows", ())]
        rows += [entry["unit_row"]] if "unit_row" in entry else []
        hints = hints_of(entry)
        columns = [each.at for each in entry.get("columns", ())]
        columns += [hints[key] for key in POINTING if hints.get(key) is not None]
        tall, wide = len(grid.raw), grid.wide
        far = max(rows, default=0) >= tall or max(columns, default=0) >= wide
        if far:
            cell = place(max(rows, default=0), max(columns, default=0))
            last = place(tall - 1, wide - 1)
            self.problems.add("yearbook.beyond", file=grid.label, cell=cell, last=last)
        return not far

    def _check_formulas(self, grid: SheetGrid, before: int) -> None:
        if grid.valueless and len(self.layouts) > before:
            cells = first_cells(grid.valueless)
            self.problems.add(
                "indicators.formula_value", file=grid.file, sheet=grid.sheet, cells=cells
            )


def _concerns(entry: Mapping[str, Any], grid: SheetGrid) -> bool:
    """Whether an entry is about a sheet."""
    return (
        entry.get("file", grid.file) == grid.file and entry.get("sheet", grid.sheet) == grid.sheet
    )


def _as_said(grid: SheetGrid, entry: Mapping[str, Any], rows: tuple[int, int]) -> TableLayout:
    hints = hints_of(entry)
    year = hints.get("year")
    keys = ("region", "of_region", "year_column", "figure_column", "unit_column", "unit_row")
    said = {key: hints[key] for key in keys if key in hints}
    headings, left_out = hints.get("headings", ()), hints.get("left_out", ())
    columns = hints["columns"]
    return TableLayout(
        grid.file, grid.sheet, headings, rows, columns, year=year, left_out=left_out, **said
    )


class _Gathered:
    """Figures by region, year and name; two that differ are wrong."""

    def __init__(self, names: RegionNames) -> None:
        self._names = names
        self._called: dict[str, str] = {}
        self._figures: dict[str, str] = {}
        self._known: dict[str, str] = {}
        self._regions: dict[str, tuple[str, str]] = {}
        self._values: dict[tuple[str, int | None], dict[str, float]] = {}
        self._from: dict[tuple[str, int | None, str], tuple[SheetGrid, int, int]] = {}
        self._units: dict[str, str] = {}
        self._units_from: dict[str, tuple[SheetGrid, int, int]] = {}
        self._spelled: set[tuple[str, str]] = set()
        self._stands: dict[str, tuple[SheetGrid, int, int]] = {}

    def add(
        self, grid: SheetGrid, figure: Figure, at: int, decisions: Decisions, problems: Problems
    ) -> None:
        """Take a figure, its region from column ``at``; names that differ in width are one."""
        name = self._name(figure.name)
        if name != figure.name:
            figure = replace(figure, name=name)
        if figure.name in ("region", "year"):
            where = grid.where(figure.row, figure.column)
            problems.add("yearbook.name_taken", **where, figure=figure.name)
            return
        identity, bare = self._region(figure.region)
        called = self._called.setdefault(identity, bare)
        self._stands.setdefault(identity, (grid, figure.row, at))
        if called != bare and (identity, bare) not in self._spelled:
            self._spelled.add((identity, bare))
            decisions.add(grid, "same_region", figure.row, at, found=bare, region=called)
        self._check_unit(grid, figure, problems)
        held = self._values.setdefault((identity, figure.year), {})
        before = held.get(figure.name, math.nan)
        if math.isnan(before):
            held[figure.name] = figure.value
            self._from[identity, figure.year, figure.name] = (grid, figure.row, figure.column)
        elif not math.isnan(figure.value) and figure.value != before:
            first, row, column = self._from[identity, figure.year, figure.name]
            other = first.where(row, column)
            problems.add(
                "yearbook.two_figures" if figure.year is not None else "yearbook.undated_figures",
                **grid.where(figure.row, figure.column),
                figure=figure.name,
                region=called,
                year=figure.year or "-",
                found=figure.value,
                other_file=other["file"],
                other_cell=other["cell"],
                other_found=before,
            )

    def _name(self, name: str) -> str:
        if name not in self._known:
            self._known[name] = self._figures.setdefault(folded(name).casefold(), name)
        return self._known[name]

    def _region(self, label: str) -> tuple[str, str]:
        if label not in self._regions:
            self._regions[label] = self._names.identity(label), self._names.bare(label)
        return self._regions[label]

    def _check_unit(self, grid: SheetGrid, figure: Figure, problems: Problems) -> None:
        unit = self._units.setdefault(figure.name, figure.unit)
        if not unit and figure.unit:
            self._units[figure.name] = unit = figure.unit
        if unit == figure.unit:
            self._units_from.setdefault(figure.name, (grid, figure.row, figure.column))
        elif figure.unit and unit:
            first, row, column = self._units_from[figure.name]
            other = first.where(row, column)
            problems.add(
                "yearbook.two_units",
                **grid.where(0, figure.column),
                figure=figure.name,
                unit=figure.unit,
                other_unit=unit,
                other_file=other["file"],
            )

    def unknown(self) -> list[Decision]:
        """Name the regions that are none of those known, where most are."""
        strange = [each for each, name in self._called.items() if not self._names.key(name)]
        if 2 * len(strange) >= len(self._called):
            return []
        decisions = Decisions()
        for identity in strange:
            found, (grid, row, at) = self._called[identity], self._stands[identity]
            near = self._names.nearest(found)
            hint = Phrase("hint.did_you_mean", {"names": near}) if near else ""
            decisions.add(grid, "region_unknown", row, at, found=found, hint=hint)
        return decisions.found

    def table(self) -> pd.DataFrame:
        """Give the long table: regions in the order in which they stand, years rising."""
        order = {identity: at for at, identity in enumerate(self._called)}
        keys = sorted(self._values, key=lambda key: (order[key[0]], key[1] or 9999))
        frame = pd.DataFrame(
            {
                "region": pd.Series([self._called[identity] for identity, _ in keys], dtype="str"),
                "year": pd.Series([year for _, year in keys], dtype="Int64"),
            }
        )
        columns = {
            name: pd.Series([self._values[key].get(name, math.nan) for key in keys], dtype=float)
            for name in self._units
        }
        return pd.concat([frame, pd.DataFrame(columns)], axis=1)

    def units(self) -> pd.DataFrame:
        """Give the unit of each column."""
        rows = pd.DataFrame(list(self._units.items()), columns=list(YEARBOOK_UNITS.names))
        return YEARBOOK_UNITS.make(rows)
