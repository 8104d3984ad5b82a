"""Results as a workbook: contents, overview, a sheet a table, native charts, the codebook."""

from __future__ import annotations

import io
import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pandas as pd

from geo_resilience.report._teller import Teller
from geo_resilience.report.writers._clean import printable
from geo_resilience.report.writers._look import Look
from geo_resilience.tables import CATALOG, codebook
from geo_resilience.words import say
from geo_resilience.words._wrapping import columns_of

#: Tables of the workbook in the order of its sheets; what a study lacks is left out.
SHEETS: tuple[str, ...] = (
    "scores", "indicators", "contributions", "trends", "obstacles", "uncertainty", "rank_pairs",
    "weights", "effective_weights", "global", "local", "gaps", "gaps_trend", "pattern",
    "specialization", "regressions", "io_linkages", "extraction", "single_points", "shock",
    "warnings", "forecasts", "peers", "what_if", "trace",
)  # fmt: skip

#: Cells of a sheet at most; the file beside holds the rest.
MOST_CELLS = 40_000

#: A workbook says when it was made; a fixed time keeps the bytes the same.
_TIME = datetime(2000, 1, 1)

#: Columns whose numbers name something: written as text, so that none is summed or reformatted.
_KEYS = ("adcode", "sector", "supplier", "buyer", "industry", "code")

#: A text stays one, =1+1 too, when its cell is edited.
_KEPT = {"quote_prefix": True}

_LOOKS: dict[str, dict[str, Any]] = {
    "head": _KEPT
    | {"bold": True, "bottom": 1, "text_wrap": True, "valign": "vcenter", "indent": 1},
    "title": _KEPT | {"bold": True, "font_size": 14},
    "text": _KEPT | {"num_format": "@", "indent": 1},
    "wrap": _KEPT | {"text_wrap": True, "valign": "top"},
    "whole": {"num_format": "0"},
    "number": {"num_format": "0.000"},
    "small": {"num_format": "0.0000"},
    "tiny": {"num_format": "0.00E+00"},
    "large": {"num_format": "#,##0.0"},
    "share": {"num_format": "0%"},
    "muted": {"font_color": "#57606A"},
    "link": {"font_color": "#0B5A78", "underline": 1},
}

#: Widths of columns in letters: the least, the most, and those of sentences.
_NARROW, _WIDE, _ABOUT, _MEANING = 9, 36, 80, 90

#: Height of a line in points.
_ROW = 15.0


@dataclass(frozen=True, eq=False)
class _Book:
    """A workbook being written, its formats by name."""

    tell: Teller
    book: Any
    formats: dict[str, Any]

    def label(self, key: str, /, **values: object) -> str:
        """Word a label of the workbook."""
        return self.tell.say(f"workbook.{key}", **values)

    def sheet(self, name: str) -> Any:
        """Open a sheet that is printed lying, as wide as a page, its head on every page."""
        sheet = self.book.add_worksheet(name)
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        sheet.set_footer("&L&A&R&P / &N")
        return sheet

    def head(self, sheet: Any, place: int, text: str, note: str = "") -> None:
        """Write the head of a column, and in a comment what is read there."""
        sheet.write_string(0, place, printable(text), self.formats["head"])
        if note:
            sheet.write_comment(0, place, printable(note), {"x_scale": 2, "author": ""})


def workbook(tell: Teller) -> bytes:
    """Write the tables of results as a workbook."""
    from xlsxwriter import Workbook

    buffer = io.BytesIO()
    font = getattr(Look(tell.language), say("writer.type", tell.language))
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "nan_inf_to_errors": False,
        "default_format_properties": {"font_name": font, "font_size": 10},
    }
    with Workbook(buffer, options) as book:
        title = printable(tell.results.title)[:255]
        book.set_properties({"title": title, "created": _TIME, "author": "geo_resilience"})
        made = _Book(tell, book, {name: book.add_format(looks) for name, looks in _LOOKS.items()})
        contents, overview = made.sheet(made.label("contents")), made.sheet(made.label("overview"))
        kept = [stem for stem in SHEETS if len(tell.rows(stem))]
        _overview(made, overview)
        for stem in kept:
            _table(made, stem)
        meanings = _meanings(tell)
        _frame(made, made.label("codebook"), meanings)
        _contents(made, contents, kept, len(meanings))
    return buffer.getvalue()


def _contents(made: _Book, sheet: Any, kept: list[str], meanings: int) -> None:
    """List the sheets: what each holds, of which file, how many rows."""
    tell = made.tell
    rows = [(made.label("overview"), made.label("overview.about"), "", len(tell.last("scores")))]
    rows += [
        (
            made.label(f"sheet.{stem}"),
            tell.say(f"file.{stem}"),
            tell.file(stem),
            len(tell.rows(stem)),
        )
        for stem in kept
    ]
    about = tell.say("file.codebook")
    rows.append((made.label("codebook"), about, CATALOG["codebook"].file, meanings))
    sheet.write_string(0, 0, printable(tell.results.title), made.formats["title"])
    sheet.write_string(1, 0, made.label("source"), made.formats["muted"])
    for place, head in enumerate(("sheet", "about", "file", "rows")):
        sheet.write_string(2, place, made.label(f"head.{head}"), made.formats["head"])
    for row, (name, about, file, count) in enumerate(rows, start=3):
        sheet.write_url(row, 0, f"internal:'{name}'!A1", made.formats["link"], name)
        sheet.write_string(row, 1, about, made.formats["wrap"])
        sheet.set_row(row, _ROW * math.ceil(columns_of(about) / (_ABOUT - 4)))
        sheet.write_string(row, 2, file)
        sheet.write_number(row, 3, count, made.formats["whole"])
    sheet.set_column(0, 0, 28)
    sheet.set_column(1, 1, _ABOUT)
    sheet.set_column(2, 2, 24)
    sheet.freeze_panes(3, 0)


def _overview(made: _Book, sheet: Any) -> None:
    """Give the ranking of the last year with bars and intervals, and two native charts."""
    frame, notes = _ranking(made.tell)
    for place, (name, values) in enumerate(frame.items()):
        made.head(sheet, place, made.label(f"head.{name}"), notes.get(str(name), ""))
        width = _write_column(made, sheet, place, values, _RANKING[str(name)])
        sheet.set_column(place, place, max(width, 11))
    sheet.set_row(0, 2 * _ROW)
    last = len(frame)
    bar = {"type": "data_bar", "bar_color": "#17A7B4", "bar_solid": True}
    ends = {"min_type": "num", "min_value": 0, "max_type": "num", "max_value": 1}
    sheet.conditional_format(1, 2, last, 2, bar | ends)
    sheet.autofilter(0, 0, last, len(frame.columns) - 1)
    sheet.freeze_panes(1, 2)
    place = len(frame.columns) + 1
    below = _trend_chart(made, sheet, place)
    _ranking_chart(made, sheet, min(last, 40), below, place)


#: Columns of the overview and how each is written.
_RANKING = {
    "rank": "whole",
    "region": "text",
    "composite": "number",
    "grade": "text",
    "low": "whole",
    "high": "whole",
    "chance": "share",
    "row": "whole",
}


def _ranking(tell: Teller) -> tuple[pd.DataFrame, dict[str, str]]:
    """Give the regions of the last year, the best first, and where each column is read."""
    scores = tell.last("scores").sort_values("composite", ascending=False, kind="stable")
    file = tell.file("scores")
    columns: dict[str, Any] = {
        "rank": scores["rank"],
        "region": scores["adcode"].map(tell.name),
        "composite": scores["composite"],
        "grade": scores["grade"].map(tell.grade),
    }
    notes = {name: f"{file}: {name}" for name in ("rank", "composite", "grade")}
    notes["region"] = f"{file}: adcode"
    doubt = tell.last("uncertainty").set_index("adcode")
    if len(doubt):
        own = doubt.loc[scores["adcode"]].set_axis(scores.index)
        columns |= {"low": own["rank_low"], "high": own["rank_high"]}
        columns["chance"] = [
            own.at[label, f"p_{str(grade).lower()}"] for label, grade in scores["grade"].items()
        ]
        file = tell.file("uncertainty")
        notes |= {"low": f"{file}: rank_low", "high": f"{file}: rank_high"}
        notes["chance"] = f"{file}: p_…"
    columns["row"] = scores.index + 1
    return pd.DataFrame(columns), notes


def _ranking_chart(made: _Book, sheet: Any, rows: int, below: int, place: int) -> None:
    name = sheet.get_name()
    chart = made.book.add_chart({"type": "bar"})
    chart.add_series(
        {
            "name": made.label("head.composite"),
            "categories": [name, 1, 1, rows, 1],
            "values": [name, 1, 2, rows, 2],
            "fill": {"color": "#17A7B4"},
            "gap": 40,
        }
    )
    chart.set_y_axis({"reverse": True, "interval_unit": 1, "num_font": {"size": 9}})
    # The values stand at the end of the reversed axis that is below.
    chart.set_x_axis({"num_format": "0.0", "label_position": "high", "min": 0})
    _set_chart(made, sheet, chart, "ranking", below, place, max(220, 60 + 18 * rows))


def _trend_chart(made: _Book, sheet: Any, place: int) -> int:
    """Draw the mean of the regions over the years; give the row below it."""
    means = made.tell.rows("scores").groupby("year")["composite"].mean()
    if len(means) < 2:
        return 1
    note = made.label("mean", file=made.tell.file("scores"))
    made.head(sheet, place, made.label("head.year"), note)
    made.head(sheet, place + 1, made.label("head.mean"), note)
    _write_column(made, sheet, place, pd.Series(means.index), "whole")
    _write_column(made, sheet, place + 1, means, "number")
    name, last = sheet.get_name(), len(means)
    chart = made.book.add_chart({"type": "line"})
    chart.add_series(
        {
            "name": made.label("head.mean"),
            "categories": [name, 1, place, last, place],
            "values": [name, 1, place + 1, last, place + 1],
            "line": {"color": "#0B5A78"},
            "marker": {"type": "circle", "size": 5, "fill": {"color": "#0B5A78"}},
        }
    )
    chart.set_y_axis({"num_format": "0.00"})
    _set_chart(made, sheet, chart, "trend", 1, place, 260)
    return 16


def _set_chart(
    made: _Book, sheet: Any, chart: Any, key: str, row: int, place: int, height: int
) -> None:
    """Set a chart with its title and its text for those who do not see it."""
    chart.set_title({"name": made.label(key), "overlay": False, "name_font": {"size": 12}})
    chart.set_legend({"none": True})
    chart.set_size({"width": 520, "height": height})
    sheet.insert_chart(row, place + 3, chart, {"description": made.label(key)})


def _table(made: _Book, stem: str) -> None:
    """Write a table; of one that is long, the last year and its rows in the file."""
    table, tell = made.tell.rows(stem), made.tell
    most = MOST_CELLS // len(table.columns)
    shown = table
    if len(table) > most:
        shown = (tell.last(stem) if "year" in table else table).head(most)
    told = shown
    if "name" in shown and "adcode" in shown:
        told = shown.assign(name=shown["adcode"].map(tell.name))
    sheet = _frame(made, made.label(f"sheet.{stem}"), told, stem)
    if len(shown) < len(table):
        place = len(shown.columns)
        made.head(sheet, place, made.label("head.row"), tell.file(stem))
        _write_column(made, sheet, place, pd.Series(shown.index + 1), "whole")
        counts = {"rows": f"{len(shown):,}", "all": f"{len(table):,}", "file": tell.file(stem)}
        text = made.label("cut", **counts)
        sheet.write_string(len(shown) + 1, 0, text, made.formats["muted"])


def _frame(made: _Book, name: str, frame: pd.DataFrame, stem: str = "") -> Any:
    """Write a frame with its head frozen, filters, and a format a column."""
    sheet = made.sheet(name)
    meanings = _told(made.tell, stem, frame) if stem else {}
    for place, (column, values) in enumerate(frame.items()):
        meaning = meanings.get(str(column), "")
        note = f"{made.tell.file(stem)}: {column}. {meaning}" if stem else ""
        made.head(sheet, place, str(column), note)
        width = _write_column(made, sheet, place, values, _way(str(column), values))
        head = min(columns_of(str(column)), 24) + 5  # the button of the filter
        wide = _MEANING if column == "meaning" else min(max(head, width, _NARROW), _WIDE)
        sheet.set_column(place, place, wide)
    sheet.freeze_panes(1, 2 if stem else 0)
    sheet.autofilter(0, 0, max(1, len(frame)), max(0, len(frame.columns) - 1))
    return sheet


def _way(name: str, values: pd.Series) -> str:
    """Say how a column is written: keys and all else than numbers as text."""
    kinds = pd.api.types
    if kinds.is_bool_dtype(values):
        return "truth"
    if name in _KEYS or not kinds.is_numeric_dtype(values):
        return "text"
    if kinds.is_integer_dtype(values):
        return "whole"
    sizes = values[values.notna() & (values != 0)].abs()
    if sizes.empty:
        return "small"
    return "large" if sizes.max() >= 1000 else "tiny" if sizes.median() < 0.001 else "small"


def _write_column(made: _Book, sheet: Any, place: int, values: pd.Series, way: str) -> int:
    """Write the cells of a column in a way; give the letters of the widest text."""
    look = made.formats.get(way)
    if way == "truth":
        for row, value in _known(values):
            sheet.write_boolean(row, place, bool(value))
        return 0
    if way != "text":
        for row, value in _known(values):
            sheet.write_number(row, place, value, look)
        return 0
    texts: dict[object, str] = {}
    for row, value in _known(values):
        if value not in texts:
            texts[value] = printable(value)
        if texts[value]:
            sheet.write_string(row, place, texts[value], look)
    return max((columns_of(text[:_WIDE]) + 2 for text in texts.values()), default=0)


def _known(values: pd.Series) -> Iterator[tuple[int, Any]]:
    """Give the values that there are with their rows below the head."""
    there = values.notna().to_numpy()
    return (
        (row, value)
        for row, (value, known) in enumerate(zip(values, there, strict=True), 1)
        if known
    )


def _told(tell: Teller, stem: str, frame: pd.DataFrame) -> dict[str, str]:
    """Say what the columns of a table hold."""
    described = codebook({stem: frame}, tell.results.context, tell.language)
    return dict(zip(described["column"], described["meaning"], strict=True))


def _meanings(tell: Teller) -> pd.DataFrame:
    """Give the codebook in the language of the workbook."""
    held = tell.results.tables
    stems = {stem: held[stem].columns for stem in CATALOG if stem in held and stem != "codebook"}
    return codebook(stems, tell.results.context, tell.language)
