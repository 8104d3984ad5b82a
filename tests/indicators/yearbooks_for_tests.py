"""Yearbooks of known content, laid out in the forms in which they are printed."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import xlwt

PROVINCES = ["北京", "天津", "河北", "山西", "内蒙古", "辽宁", "广西", "宁夏", "新疆"]
ZONES = ["华北地区", "东北", "西部地区"]
FULL = str.maketrans("0123456789.-", "０１２３４５６７８９．－")


@dataclass
class Page:
    """A sheet that is written: cells by place from 0, and what is merged."""

    name: str
    cells: dict[tuple[int, int], Any] = field(default_factory=dict)
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    hidden: bool = False

    def put(self, row: int, column: int, values: Sequence[Any]) -> None:
        for at, value in enumerate(values):
            if value not in (None, ""):
                self.cells[row, column + at] = value

    def merge(self, row: int, column: int, last: int, right: int) -> None:
        if (row, column) != (last, right):
            self.merges.append((row, column, last, right))

    @property
    def rows(self) -> list[list[Any]]:
        tall = max((row for row, _ in self.cells), default=-1) + 1
        wide = max((column for _, column in self.cells), default=-1) + 1
        return [[self.cells.get((r, c), "") for c in range(wide)] for r in range(tall)]


def save(pages: list[Page], path: Path) -> Path:
    """Write a workbook of the kind that its name says; a CSV has one page."""
    if path.suffix == ".xls":
        book = xlwt.Workbook(encoding="utf-8")
        for page in pages:
            sheet = book.add_sheet(page.name)
            sheet.visibility = int(page.hidden)
            merged = {(r, c): (r, last, c, right) for r, c, last, right in page.merges}
            for (row, column), value in page.cells.items():
                if (row, column) in merged:
                    sheet.write_merge(*merged[row, column], value)
                else:
                    sheet.write(row, column, value)
        book.save(str(path))
    elif path.suffix == ".csv":
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows(pages[0].rows)
        path.write_bytes(text.getvalue().encode("gb18030"))
    else:
        book = openpyxl.Workbook()
        book.remove(book.active)
        for page in pages:
            sheet = book.create_sheet(page.name)
            sheet.sheet_state = "hidden" if page.hidden else "visible"
            for (row, column), value in page.cells.items():
                sheet.cell(row + 1, column + 1, value)
            for row, column, last, right in page.merges:
                sheet.merge_cells(
                    start_row=row + 1,
                    start_column=column + 1,
                    end_row=last + 1,
                    end_column=right + 1,
                )
        book.save(path)
    return path


@dataclass(frozen=True)
class Style:
    """How a table is dressed."""

    title: bool = True
    units: str = "row"  # row, heading, line, none
    totals: bool = True
    zones: bool = True
    remark: bool = True
    spaced: bool = True
    digits: str = "plain"  # plain, grouped, full
    merged: bool = True
    numbering: bool = False
    english: bool = False
    gap: bool = False


def shown(value: float, style: Style) -> Any:
    """Write a figure as a yearbook does."""
    if pd.isna(value):
        return "…"
    if style.digits == "grouped":
        return f"{value:,}"
    return str(value).translate(FULL) if style.digits == "full" else value


def label(region: str, style: Style) -> str:
    if style.spaced and len(region) == 2:
        return f"{region[0]}  {region[1]}"
    return region


def replaced(style: Style, **changes: Any) -> Style:
    return replace(style, **changes)


def long_table(
    regions: Sequence[str], years: Sequence[int], names: Sequence[str], values: Any
) -> pd.DataFrame:
    """Give a long table of these values, in the order of regions and years."""
    index = pd.MultiIndex.from_product([regions, years], names=["region", "year"])
    return pd.DataFrame(values, index=index, columns=list(names), dtype=float)


@dataclass
class Printed:
    """A table set on a page: headings of each column from the top, then rows with a label each."""

    page: Page
    row: int
    left: int
    style: Style
    heads: list[list[str]]
    units: list[str]
    stub: str = "地区"

    @property
    def deep(self) -> int:
        return max(map(len, self.heads))

    def put(self, values: Sequence[Any]) -> None:
        self.page.put(self.row, self.left, values)
        self.row += 1

    def above(self, title: str) -> None:
        """Set the title and a line with the unit."""
        right = self.left + len(self.heads)
        if self.style.title and title:
            if self.style.merged:
                self.page.merge(self.row, self.left, self.row, right)
            self.put([title])
        if self.style.units == "line" and len(set(self.units)) == 1:
            self.page.put(self.row, right, [f"单位：{self.units[0]}"])
            self.row += 1

    def headings(self) -> None:
        """Set the headings, and what stands below them."""
        style, wide = self.style, len(self.heads)
        self.page.put(self.row, self.left, [label(self.stub, style)])
        if style.merged and self.deep > 1:
            self.page.merge(self.row, self.left, self.row + self.deep - 1, self.left)
        for at in range(wide):
            self._heading(at)
        self.row += self.deep
        if style.english and not any(parts[-1][0].isdecimal() for parts in self.heads):
            self.put(["Region", *(f"Translated heading {at}" for at in range(wide))])
        if style.units == "row" and any(self.units):
            self.put(["单位", *(unit or "-" for unit in self.units)])
        if style.numbering and wide > 1:
            self.put(["甲", *range(1, wide + 1)])
        if style.totals:
            self.put([label("全国", style), *[999] * wide])

    def _heading(self, at: int) -> None:
        parts, before = self.heads[at], self.heads[at - 1] if at else []
        column, last = self.left + 1 + at, len(parts) - 1
        for level, part in enumerate(parts[:-1]):
            if before[: level + 1] == parts[: level + 1] and len(before) > 1:
                continue
            self.page.put(self.row + level, column, [part])
            same = [each[: level + 1] == parts[: level + 1] for each in self.heads[at:]]
            wide = [*same, False].index(False)
            if self.style.merged:
                self.page.merge(self.row + level, column, self.row + level, column + wide - 1)
        several = self.style.units == "line" and len(set(self.units)) > 1
        bracket = self.units[at] and (self.style.units == "heading" or several)
        text = f"{parts[-1]}（{self.units[at]}）" if bracket else parts[-1]
        self.page.put(self.row + last, column, [text])
        if self.style.merged:
            self.page.merge(self.row + last, column, self.row + self.deep - 1, column)

    def body(self, labels: Sequence[str], figures: Sequence[Sequence[float]]) -> None:
        """Set the rows, zones and a blank row between, remarks below."""
        for at, (name, values) in enumerate(zip(labels, figures, strict=True)):
            if self.style.zones and at % 3 == 0:
                own = [888] * len(self.heads) if at % 2 else []
                self.put([ZONES[at // 3 % 3], *own])
            if self.style.gap and at == 2:
                self.row += 1
            self.put([label(name, self.style), *(shown(value, self.style) for value in values)])
        if self.style.remark:
            self.put(["注：本表不含港澳台地区。"])
            self.put(["资料来源：国家统计局。"])


@dataclass
class Truth:
    """What a yearbook says, and the ways in which it is printed."""

    table: pd.DataFrame
    units: dict[str, str]
    style: Style

    @property
    def regions(self) -> list[str]:
        return list(self.table.index.unique("region"))

    @property
    def years(self) -> list[int]:
        return list(self.table.index.unique("year"))

    @property
    def names(self) -> list[str]:
        return list(self.table.columns)

    def of(self, year: int, names: Sequence[str] = (), regions: Sequence[str] = ()) -> Any:
        among, some = regions or self.regions, list(names or self.names)
        return [list(self.table.loc[(region, year), some]) for region in among]

    def set(self, page: Page, row: int, left: int, title: str, **given: Any) -> int:
        """Set a table on a page and give the row below it."""
        names = given.pop("names", self.names)
        told = {
            "heads": [name.split(" / ") for name in names],
            "units": [self.units[name] for name in names],
            "labels": self.regions,
            "style": self.style,
            "stub": "地区",
            **given,
        }
        printed = Printed(
            page, row, left, *(told[key] for key in ("style", "heads", "units", "stub"))
        )
        printed.above(title)
        printed.headings()
        printed.body(told["labels"], told["figures"])
        return printed.row

    def sheet_a_year(self) -> list[Page]:
        pages = {year: Page(f"{year}年") for year in self.years}
        for year, page in pages.items():
            self.set(page, 0, 0, "3-1 各地区主要指标", figures=self.of(year))
        return list(pages.values())

    def title_a_year(self) -> list[Page]:
        pages = {year: Page(f"Sheet{at}") for at, year in enumerate(self.years, start=1)}
        style = replaced(self.style, title=True)
        for year, page in pages.items():
            self.set(
                page, 1, 1, f"3-1 各地区主要指标（{year}年）", figures=self.of(year), style=style
            )
        return list(pages.values())

    def sheet_a_figure(self) -> list[Page]:
        pages = {name: Page(name.replace(" / ", "·")) for name in self.names}
        for name, page in pages.items():
            figures = self.table[name].unstack("year").loc[self.regions].to_numpy().tolist()
            heads = [[f"{year}年"] for year in self.years]
            units = [self.units[name]] * len(heads)
            self.set(page, 0, 0, "3-1 各地区指标", heads=heads, units=units, figures=figures)
        return list(pages.values())

    def years_under_figures(self) -> list[Page]:
        pairs = [(name, year) for name in self.names for year in self.years]
        return self._pairs(pairs, [[name, str(year)] for name, year in pairs])

    def figures_under_years(self) -> list[Page]:
        pairs = [(name, year) for year in self.years for name in self.names]
        return self._pairs(pairs, [[f"{year}年", *name.split(" / ")] for name, year in pairs])

    def _pairs(self, pairs: list[tuple[str, int]], heads: list[list[str]]) -> list[Page]:
        page, units = Page("Sheet1"), [self.units[name] for name, _ in pairs]
        cells = [[self.table.loc[(r, year), name] for name, year in pairs] for r in self.regions]
        self.set(page, 0, 0, "表3 各地区指标", heads=heads, units=units, figures=cells)
        return [page]

    def stacked(self) -> list[Page]:
        page, row, style = Page("Sheet1"), 0, replaced(self.style, title=True)
        for year in self.years:
            title = f"3-1 各地区主要指标（{year}年）"
            row = 1 + self.set(page, row, 0, title, figures=self.of(year), style=style)
        return [page]

    def side_by_side(self) -> list[Page]:
        page, style = Page("Sheet1"), replaced(self.style, title=True)
        for at, year in enumerate(self.years):
            title, left = f"3-1 各地区主要指标（{year}年）", at * (len(self.names) + 2)
            self.set(page, 0, left, title, figures=self.of(year), style=style)
        return [page]

    def halves(self) -> list[Page]:
        pages = {year: Page(f"{year}") for year in self.years}
        half, right = (len(self.regions) + 1) // 2, len(self.names) + 1
        bare = replaced(self.style, remark=False, zones=False, totals=False, gap=False)
        for year, page in pages.items():
            for left, among in ((0, self.regions[:half]), (right, self.regions[half:])):
                cells = self.of(year, regions=among)
                self.set(page, 0, left, "", labels=among, figures=cells, style=bare)
        return list(pages.values())

    def continued(self) -> list[Page]:
        pages, style = [], replaced(self.style, title=True)
        for year in self.years:
            row, page = 0, Page(f"Sheet{len(pages) + 1}")
            for at, names in enumerate(filter(None, (self.names[:1], self.names[1:]))):
                title = f"3-1 续表{at}" if at else f"3-1 各地区主要指标（{year}年）"
                cells = self.of(year, names)
                row = self.set(page, row, 0, title, names=names, figures=cells, style=style)
            pages.append(page)
        return pages

    def turned(self) -> list[Page]:
        pages = {name: Page(name.replace(" / ", "·")) for name in self.names}
        bare = replaced(self.style, totals=False, zones=False, english=False, gap=False)
        for name, page in pages.items():
            cells = self.table[name].unstack("region")[self.regions].to_numpy().tolist()
            heads = [[label(region, self.style)] for region in self.regions]
            axes = {"heads": heads, "labels": [str(year) for year in self.years], "stub": "年份"}
            units = [self.units[name]] * len(heads)
            self.set(page, 0, 0, "3-1 各地区指标", units=units, figures=cells, style=bare, **axes)
        return list(pages.values())

    def years_between(self) -> list[Page]:
        page = Page("Sheet1")
        bare = replaced(self.style, totals=False, zones=False, gap=False, remark=False)
        row = self.set(page, 0, 0, "3-1 各地区主要指标", labels=[], figures=[], style=bare)
        for year in self.years:
            page.put(row, 0, [f"{year}年"])
            for region, values in zip(self.regions, self.of(year), strict=True):
                row += 1
                name = label(region, self.style)
                page.put(row, 0, [name, *(shown(value, self.style) for value in values)])
            row += 1
        return [page]

    def long(self) -> list[Page]:
        page, deep = Page("数据"), len(self.years)
        bare = replaced(
            self.style, totals=False, zones=False, numbering=False, digits="plain", remark=False
        )
        labels = [region for region in self.regions for _ in self.years]
        told = {
            "heads": [["年份"], *(name.split(" / ") for name in self.names)],
            "units": ["", *(self.units[name] for name in self.names)],
            "labels": labels,
            "figures": [[year, *row] for (_, year), row in self.table.T.items()],
        }
        end = self.set(page, 0, 0, "3-1 各地区主要指标", style=bare, **told)
        if bare.merged and not bare.gap:
            for top in range(end - len(labels), end, deep):
                for row in range(top + 1, top + deep):
                    page.cells.pop((row, 0))
                page.merge(top, 0, top + deep - 1, 0)
        return [page]


FORMS = [
    "sheet_a_year",
    "title_a_year",
    "sheet_a_figure",
    "years_under_figures",
    "figures_under_years",
    "stacked",
    "side_by_side",
    "halves",
    "continued",
    "turned",
    "years_between",
    "long",
]


def laid_out(form: str, table: pd.DataFrame, units: dict[str, str], style: Style) -> list[Page]:
    """Lay a long table out in a form of yearbooks."""
    return getattr(Truth(table, units, style), form)()
