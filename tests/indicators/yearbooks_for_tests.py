"""Yearbooks of known content, laid out in the forms in which they are printed."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
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
    long_names: bool = False


def shown(value: float, style: Style) -> Any:
    """Write a figure as a yearbook does."""
    if pd.isna(value):
        return "…"
    if style.digits == "grouped":
        return f"{value:,}"
    return str(value).translate(FULL) if style.digits == "full" else value


LONG = {"北京": "北京市", "内蒙古": "内蒙古自治区", "广西": "广西壮族自治区", "河北": "河北省"}


def label(region: str, style: Style) -> str:
    if style.spaced and len(region) == 2:
        return f"{region[0]}  {region[1]}"
    return region


@dataclass
class Body:
    """Rows of a table: a label each, and figures in its columns."""

    labels: list[str]
    figures: list[list[float]]


def dressed(
    page: Page,
    top: int,
    left: int,
    *,
    title: str,
    heads: list[list[str]],
    units: list[str],
    labels: Sequence[str],
    figures: list[list[float]],
    style: Style,
    stub: str = "地区",
) -> int:
    """Set a table on a page; give the row below it.

    ``heads`` are the headings of each column of figures from the top, one of a column or two.
    """
    row = top
    depth = max(map(len, heads))
    width = len(heads)
    if style.title and title:
        page.put(row, left, [title])
        if style.merged:
            page.merge(row, left, row, left + width)
        row += 1
    same = len(set(units)) == 1
    if style.units == "line" and same:
        page.put(row, left + width, [f"单位：{units[0]}"])
        row += 1
    page.put(row, left, [label(stub, style)])
    if style.merged and depth > 1:
        page.merge(row, left, row + depth - 1, left)
    bracket = style.units == "heading" or (style.units == "line" and not same)
    for at, parts in enumerate(heads):
        for level, part in enumerate(parts):
            before = heads[at - 1][: level + 1] if at else []
            if level + 1 < len(parts) and before == parts[: level + 1] and len(heads[at - 1]) > 1:
                continue
            last = level + 1 == len(parts)
            text = f"{part}（{units[at]}）" if last and bracket and units[at] else part
            page.put(row + level, left + 1 + at, [text])
            if last and len(parts) < depth and style.merged:
                page.merge(row + level, left + 1 + at, row + depth - 1, left + 1 + at)
            if not last and style.merged:
                span = at
                while span + 1 < width and heads[span + 1][: level + 1] == parts[: level + 1]:
                    span += 1
                page.merge(row + level, left + 1 + at, row + level, left + 1 + span)
    row += depth
    if style.english and not any(parts[-1][0].isdecimal() for parts in heads):
        page.put(row, left, ["Region", *(f"Translated heading {at}" for at in range(width))])
        row += 1
    if style.units == "row" and any(units):
        page.put(row, left, ["单位", *(unit or "-" for unit in units)])
        row += 1
    if style.numbering and width > 1:
        page.put(row, left, ["甲", *range(1, width + 1)])
        row += 1
    if style.totals:
        page.put(row, left, [label("全国", style), *[999] * width])
        row += 1
    for at, (name, values) in enumerate(zip(labels, figures, strict=True)):
        if style.zones and at % 3 == 0:
            zone = ZONES[at // 3 % 3]
            page.put(row, left, [zone, *([888] * width if at % 2 else [])])
            row += 1
        if style.gap and at == 2:
            row += 1
        page.put(row, left, [label(name, style), *(shown(value, style) for value in values)])
        row += 1
    if style.remark:
        page.put(row, left, ["注：本表不含港澳台地区。"])
        page.put(row + 1, left, ["资料来源：国家统计局。"])
        row += 2
    return row


def long_table(regions: Sequence[str], years: Sequence[int], names: Sequence[str], values) -> Any:
    """Give a long table of these values, in the order of regions and years."""
    index = pd.MultiIndex.from_product([regions, years], names=["region", "year"])
    frame = pd.DataFrame(values, index=index, columns=list(names), dtype=float)
    return frame


def laid_out(form: str, table: pd.DataFrame, units: dict[str, str], style: Style) -> list[Page]:
    """Lay a long table out in a form of yearbooks."""
    regions = list(table.index.unique("region"))
    years = list(table.index.unique("year"))
    names = list(table.columns)
    told = [units[name] for name in names]

    def of(year: int, some: Sequence[str] = names, among: Sequence[str] = regions) -> Any:
        return [[table.loc[(region, year), name] for name in some] for region in among]

    def split(some: Sequence[str]) -> list[list[str]]:
        return [name.split(" / ") for name in some]

    common = {"style": style}
    if form == "sheet a year":
        pages = [Page(f"{year}年") for year in years]
        for page, year in zip(pages, years, strict=True):
            dressed(
                page, 0, 0, title="3-1 各地区主要指标", heads=split(names), units=told,
                labels=regions, figures=of(year), **common,
            )  # fmt: skip
        return pages
    if form == "title a year":
        pages = [Page(f"Sheet{at}") for at, _ in enumerate(years, start=1)]
        for page, year in zip(pages, years, strict=True):
            dressed(
                page, 1, 1, title=f"3-1 各地区主要指标（{year}年）", heads=split(names), units=told,
                labels=regions, figures=of(year), style=replaced(style, title=True),
            )  # fmt: skip
        return pages
    if form == "sheet a figure":
        pages = []
        for name in names:
            page = Page(name.replace(" / ", "·"))
            figures = [[table.loc[(region, year), name] for year in years] for region in regions]
            dressed(
                page, 0, 0, title="3-1 各地区指标", heads=[[f"{year}年"] for year in years],
                units=[units[name]] * len(years), labels=regions, figures=figures, **common,
            )  # fmt: skip
            pages.append(page)
        return pages
    if form == "years under figures":
        page = Page("Sheet1")
        heads = [[name, str(year)] for name in names for year in years]
        figures = [
            [table.loc[(region, year), name] for name in names for year in years]
            for region in regions
        ]
        dressed(
            page, 0, 0, title="表3 各地区指标", heads=heads,
            units=[units[name] for name in names for _ in years], labels=regions, figures=figures,
            **common,
        )  # fmt: skip
        return [page]
    if form == "figures under years":
        page = Page("Sheet1")
        heads = [[f"{year}年", *name.split(" / ")] for year in years for name in names]
        figures = [
            [table.loc[(region, year), name] for year in years for name in names]
            for region in regions
        ]
        dressed(
            page, 0, 0, title="表3 各地区指标", heads=heads, units=told * len(years),
            labels=regions, figures=figures, **common,
        )  # fmt: skip
        return [page]
    if form == "stacked":
        page, row = Page("Sheet1"), 0
        for year in years:
            row = 1 + dressed(
                page, row, 0, title=f"3-1 各地区主要指标（{year}年）", heads=split(names),
                units=told, labels=regions, figures=of(year), style=replaced(style, title=True),
            )  # fmt: skip
        return [page]
    if form == "side by side":
        page, left = Page("Sheet1"), 0
        for year in years:
            dressed(
                page, 0, left, title=f"3-1 各地区主要指标（{year}年）", heads=split(names),
                units=told, labels=regions, figures=of(year), style=replaced(style, title=True),
            )  # fmt: skip
            left += len(names) + 2
        return [page]
    if form == "halves":
        pages = [Page(f"{year}") for year in years]
        half = (len(regions) + 1) // 2
        for page, year in zip(pages, years, strict=True):
            for left, among in ((0, regions[:half]), (len(names) + 1, regions[half:])):
                dressed(
                    page, 0, left, title="", heads=split(names), units=told, labels=among,
                    figures=of(year, among=among),
                    style=replaced(style, remark=False, zones=False, totals=False, gap=False),
                )  # fmt: skip
        return pages
    if form == "continued":
        pages = []
        for year in years:
            row, page = 0, Page(f"Sheet{len(pages) + 1}")
            for at, some in enumerate(filter(None, (names[:1], names[1:]))):
                title = f"3-1 续表{at}" if at else f"3-1 各地区主要指标（{year}年）"
                row = dressed(
                    page, row, 0, title=title, heads=split(some),
                    units=[units[name] for name in some], labels=regions,
                    figures=of(year, some), style=replaced(style, title=True),
                )  # fmt: skip
            pages.append(page)
        return pages
    if form == "turned":
        pages = []
        for name in names:
            figures = [[table.loc[(region, year), name] for region in regions] for year in years]
            page = Page(name.replace(" / ", "·"))
            plain = replaced(style, totals=False, zones=False, english=False, gap=False)
            dressed(
                page, 0, 0, title="3-1 各地区指标", heads=[[label(r, style)] for r in regions],
                units=[units[name]] * len(regions), labels=[f"{year}" for year in years],
                figures=figures, style=plain, stub="年份",
            )  # fmt: skip
            pages.append(page)
        return pages
    if form == "years between":
        page = Page("Sheet1")
        plain = replaced(style, totals=False, zones=False, gap=False, remark=False)
        row = dressed(
            page, 0, 0, title="3-1 各地区主要指标", heads=split(names), units=told, labels=[],
            figures=[], style=plain,
        )  # fmt: skip
        for year in years:
            page.put(row, 0, [f"{year}年"])
            for at, values in enumerate(of(year), start=1):
                name = label(regions[at - 1], style)
                page.put(row + at, 0, [name, *(shown(value, style) for value in values)])
            row += len(regions) + 1
        return [page]
    assert form == "long"
    page = Page("数据")
    heads = [["年份"], *split(names)]
    labels = [region for region in regions for _ in years]
    figures = [[year, *table.loc[(region, year)]] for region in regions for year in years]
    plain = replaced(style, totals=False, zones=False, numbering=False, digits="plain")
    first = dressed(
        page, 0, 0, title="3-1 各地区主要指标", heads=heads, units=["", *told], labels=labels,
        figures=figures, style=replaced(plain, remark=False),
    ) - len(labels) - plain.gap  # fmt: skip
    if style.merged and not plain.gap:
        for at, _ in enumerate(regions):
            top = first + at * len(years)
            for row in range(top + 1, top + len(years)):
                page.cells.pop((row, 0), None)
            page.merge(top, 0, top + len(years) - 1, 0)
    return [page]


def replaced(style: Style, **changes: Any) -> Style:
    from dataclasses import replace

    return replace(style, **changes)


FORMS = [
    "sheet a year",
    "title a year",
    "sheet a figure",
    "years under figures",
    "figures under years",
    "stacked",
    "side by side",
    "halves",
    "continued",
    "turned",
    "years between",
    "long",
]
