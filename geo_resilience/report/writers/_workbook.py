"""Results as a workbook: contents, overview, a sheet a table, native charts, the codebook."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pandas as pd

from geo_resilience.report._teller import Teller
from geo_resilience.report.writers._clean import printable
from geo_resilience.tables import CATALOG, codebook
from geo_resilience.words import say

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

_HEADS = ("rank", "region", "composite", "grade", "low", "high", "chance")


@dataclass(frozen=True, eq=False)
class _Book:
    """A workbook being written, its formats by name."""

    tell: Teller
    book: Any
    formats: dict[str, Any]

    def sheet(self, name: str) -> Any:
        """Open a sheet; its name is as short as a workbook asks."""
        return self.book.add_worksheet(name[:31])


def workbook(tell: Teller) -> bytes:
    """Write the tables of results as a workbook."""
    from xlsxwriter import Workbook

    buffer = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "nan_inf_to_errors": False,
    }
    with Workbook(buffer, options) as book:
        book.set_properties(
            {"title": tell.results.title, "created": _TIME, "author": "geo_resilience"}
        )
        made = _Book(tell, book, {name: book.add_format(look) for name, look in _LOOKS.items()})
        contents = made.sheet(made.tell.say("workbook.contents"))
        _overview(made)
        kept = [stem for stem in SHEETS if len(tell.rows(stem))]
        for stem in kept:
            _table(made, stem)
        _frame(made, made.tell.say("workbook.codebook"), _meanings(tell))
        _contents(made, contents, kept)
    return buffer.getvalue()


_LOOKS: dict[str, dict[str, Any]] = {
    "head": {"bold": True, "bottom": 1, "text_wrap": True, "valign": "vcenter"},
    "title": {"bold": True, "font_size": 14},
    "text": {"num_format": "@"},
    "wrap": {"text_wrap": True, "valign": "top"},
    "whole": {"num_format": "0"},
    "number": {"num_format": "0.000"},
    "small": {"num_format": "0.0000"},
    "share": {"num_format": "0%"},
    "muted": {"font_color": "#57606A"},
    "link": {"font_color": "#0B5A78", "underline": 1},
}


def _contents(made: _Book, sheet: Any, kept: list[str]) -> None:
    """List the sheets: what each holds, of which file, how many rows."""
    sheet.write_string(0, 0, printable(made.tell.results.title), made.formats["title"])
    for place, head in enumerate(("sheet", "about", "file", "rows")):
        sheet.write_string(2, place, made.tell.say(f"workbook.head.{head}"), made.formats["head"])
    for row, stem in enumerate(kept, start=3):
        name = _sheet_name(made, stem)
        sheet.write_url(row, 0, f"internal:'{name}'!A1", made.formats["link"], name)
        sheet.write_string(row, 1, say(f"file.{stem}", made.tell.language), made.formats["wrap"])
        sheet.write_string(row, 2, made.tell.file(stem))
        sheet.write_number(row, 3, len(made.tell.rows(stem)))
    sheet.set_column(0, 0, 28)
    sheet.set_column(1, 1, 80)
    sheet.set_column(2, 2, 24)
    sheet.freeze_panes(3, 0)


def _sheet_name(made: _Book, stem: str) -> str:
    return made.tell.say(f"workbook.sheet.{stem}")[:31]


def _overview(made: _Book) -> None:
    """Give the ranking of the last year with bars and intervals, and two native charts."""
    tell, sheet = made.tell, made.sheet(made.tell.say("workbook.overview"))
    scores = tell.last("scores").sort_values("composite", ascending=False, kind="stable")
    doubt = tell.last("uncertainty").set_index("adcode")
    for place, head in enumerate(_HEADS[: None if len(doubt) else 4]):
        sheet.write_string(0, place, made.tell.say(f"workbook.head.{head}"), made.formats["head"])
    for row, score in enumerate(scores.itertuples(index=False), start=1):
        sheet.write_number(row, 0, score.rank, made.formats["whole"])
        sheet.write_string(row, 1, printable(tell.name(score.adcode)), made.formats["text"])
        sheet.write_number(row, 2, score.composite, made.formats["number"])
        sheet.write_string(row, 3, tell.grade(score.grade))
        if len(doubt):
            own = doubt.loc[score.adcode]
            sheet.write_number(row, 4, own["rank_low"], made.formats["whole"])
            sheet.write_number(row, 5, own["rank_high"], made.formats["whole"])
            sheet.write_number(row, 6, own[f"p_{str(score.grade).lower()}"], made.formats["share"])
    last = len(scores)
    sheet.conditional_format(
        1,
        2,
        last,
        2,
        {
            "type": "data_bar",
            "bar_color": "#17A7B4",
            "bar_solid": True,
            "min_type": "num",
            "min_value": 0,
            "max_type": "num",
            "max_value": 1,
        },
    )
    sheet.autofilter(0, 0, last, 6 if len(doubt) else 3)
    sheet.freeze_panes(1, 2)
    sheet.set_column(1, 1, 22)
    sheet.set_column(2, 3, 14)
    _ranking_chart(made, sheet, min(last, 40))
    _trend_chart(made, sheet)


def _ranking_chart(made: _Book, sheet: Any, rows: int) -> None:
    name = sheet.get_name()
    chart = made.book.add_chart({"type": "bar"})
    chart.add_series(
        {
            "name": made.tell.say("workbook.head.composite"),
            "categories": [name, 1, 1, rows, 1],
            "values": [name, 1, 2, rows, 2],
            "fill": {"color": "#17A7B4"},
            "gap": 40,
        }
    )
    chart.set_title({"name": made.tell.say("workbook.ranking"), "overlay": False})
    chart.set_y_axis({"reverse": True, "interval_unit": 1})
    chart.set_legend({"none": True})
    chart.set_size({"width": 520, "height": max(220, 18 * rows)})
    sheet.insert_chart(1, 9, chart, {"description": made.tell.say("workbook.ranking")})


def _trend_chart(made: _Book, sheet: Any) -> None:
    """Draw the mean of the regions over the years."""
    means = made.tell.rows("scores").groupby("year")["composite"].mean()
    if len(means) < 2:
        return
    for row, (year, value) in enumerate(means.items(), start=1):
        sheet.write_number(row, 19, year, made.formats["whole"])
        sheet.write_number(row, 20, value, made.formats["number"])
    sheet.write_string(0, 19, made.tell.say("workbook.head.year"), made.formats["head"])
    sheet.write_string(0, 20, made.tell.say("workbook.head.mean"), made.formats["head"])
    name, last = sheet.get_name(), len(means)
    chart = made.book.add_chart({"type": "line"})
    chart.add_series(
        {
            "name": made.tell.say("workbook.head.mean"),
            "categories": [name, 1, 19, last, 19],
            "values": [name, 1, 20, last, 20],
            "line": {"color": "#0B5A78"},
        }
    )
    chart.set_title({"name": made.tell.say("workbook.trend")})
    chart.set_legend({"none": True})
    sheet.insert_chart(1, 22, chart, {"description": made.tell.say("workbook.trend")})


def _table(made: _Book, stem: str) -> None:
    table = made.tell.rows(stem)
    most = MOST_CELLS // len(table.columns)
    shown = table
    if len(table) > most:
        shown = (made.tell.last(stem) if "year" in table else table).head(most)
    sheet = _frame(made, _sheet_name(made, stem), shown, stem)
    if len(shown) < len(table):
        told = {"rows": f"{len(shown):,}", "all": f"{len(table):,}", "file": made.tell.file(stem)}
        text = made.tell.say("workbook.cut", **told)
        sheet.write_string(len(shown) + 1, 0, text, made.formats["muted"])


def _frame(made: _Book, name: str, frame: pd.DataFrame, stem: str = "") -> Any:
    """Write a frame with its head frozen, filters, and a format a column."""
    sheet = made.sheet(name)
    meanings = _told(made.tell, stem, frame) if stem else {}
    for place, column in enumerate(frame.columns):
        sheet.write_string(0, place, printable(str(column)), made.formats["head"])
        if column in meanings:
            note = f"{made.tell.file(stem)}: {printable(meanings[column])}"
            sheet.write_comment(0, place, note, {"x_scale": 2, "author": ""})
        _write_column(made, sheet, place, str(column), frame[column])
    sheet.freeze_panes(1, 2 if stem else 0)
    sheet.autofilter(0, 0, max(1, len(frame)), max(0, len(frame.columns) - 1))
    return sheet


def _write_column(made: _Book, sheet: Any, place: int, name: str, values: pd.Series) -> None:
    """Write the cells of a column: numbers as numbers, keys and all else as text."""
    numeric = pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values)
    if numeric and name not in _KEYS:
        look = made.formats["whole" if pd.api.types.is_integer_dtype(values) else "small"]
        for row, value in _known(values):
            sheet.write_number(row, place, value, look)
        sheet.set_column(place, place, 12)
        return
    texts: dict[object, str] = {}
    for row, value in _known(values):
        if value not in texts:
            texts[value] = printable(str(value))
        if texts[value]:
            sheet.write_string(row, place, texts[value], made.formats["text"])
    sheet.set_column(place, place, 18 if name != "meaning" else 90)


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
    described = codebook({stem: frame.columns}, _context(tell), tell.language)
    return dict(zip(described["column"], described["meaning"], strict=True))


def _meanings(tell: Teller) -> pd.DataFrame:
    """Give the codebook in the language of the workbook."""
    held = tell.results.tables
    stems = {stem: held[stem].columns for stem in CATALOG if stem in held and stem != "codebook"}
    return codebook(stems, _context(tell), tell.language)


def _context(tell: Teller) -> Any:
    from geo_resilience.tables import Context

    return Context.of(tell.results.framework, tell.results.found.grading.names)
