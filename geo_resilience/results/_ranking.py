"""The ranking of a year as a table for other documents."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

import pandas as pd

from geo_resilience.errors import InputError
from geo_resilience.results._ink import ink_on
from geo_resilience.words import say
from geo_resilience.words._wrapping import columns_of

if TYPE_CHECKING:
    from geo_resilience.results._results import Results

#: Color of letters on a light ground.
_DARK = "#1b1f23"


def ranking_markdown(results: Results, year: int | None, language: str | None) -> str:
    """Give the ranking as a Markdown table in a fixed pitch."""
    heads, rows = _ranking(results, year, language)
    lines = [heads, *([cell.replace("|", "\\|") for cell in cells] for _, cells in rows)]
    widths = [max(3, *map(columns_of, column)) for column in zip(*lines, strict=True)]
    numbers = [place not in (1, len(heads) - 1) for place in range(len(heads))]
    rule = [
        "-" * (wide - 1) + ":" if number else "-" * wide
        for wide, number in zip(widths, numbers, strict=True)
    ]
    padded = [
        [_padded(*cell) for cell in zip(line, widths, numbers, strict=True)] for line in lines
    ]
    shown = [padded[0], rule, *padded[1:]]
    return "\n".join(f"| {' | '.join(line)} |" for line in shown) + "\n"


def ranking_html(results: Results, year: int | None, language: str | None) -> str:
    """Give the ranking as an HTML table, grades colored."""
    heads, rows = _ranking(results, year, language)
    fonts = "Calibri,'Microsoft YaHei','Noto Sans CJK SC',sans-serif"
    cell = f"border:1px solid #c9ced3;padding:3px 8px;font-family:{fonts};font-size:10pt"
    sides = ["right", "left", *["right"] * (len(heads) - 3), "left"]
    lines = [
        '<table style="border-collapse:collapse">',
        "<thead><tr>"
        + "".join(
            f'<th style="{cell};background:#eef1f3;text-align:{side}">{html.escape(head)}</th>'
            for head, side in zip(heads, sides, strict=True)
        )
        + "</tr></thead>",
        "<tbody>",
    ]
    for grade, cells in rows:
        looks = [f"{cell};text-align:{side}" for side in sides]
        color = results.found.grading.color(grade)
        if color is not None:
            looks[-1] += f";background:{color};color:{ink_on(color, _DARK)}"
        told = zip(looks, cells, strict=True)
        row = "".join(f'<td style="{look}">{html.escape(text)}</td>' for look, text in told)
        lines.append(f"<tr>{row}</tr>")
    return "\n".join([*lines, "</tbody>", "</table>"]) + "\n"


def _ranking(
    results: Results, year: int | None, language: str | None
) -> tuple[list[str], list[tuple[str, list[str]]]]:
    """Give heads and, by rank, each region's grade and cells as text."""
    spoken = language or results.language
    if year is not None and year not in results.years:
        raise InputError("results.year_unknown", found=year, known=results.years)
    table = results.in_year(year).sort_values(["rank", "name"], kind="stable")
    names = results.regions.names(spoken)
    dimensions = [each for each in results.framework.dimensions if each.code in table.columns]
    own = [each.name[spoken] for each in dimensions]
    heads = [
        say("table.rank", spoken),
        say("table.region", spoken),
        say("table.composite", spoken),
        *own,
        say("table.grade", spoken),
    ]
    rows = []
    for key, row in table.iterrows():
        grade = str(row["grade"])
        told = say(f"grade.{grade}", spoken) if grade in results.found.grading.names else ""
        numbers = [row["composite"], *(row[each.code] for each in dimensions)]
        cells = ["" if pd.isna(value) else f"{value:.3f}" for value in numbers]
        rank = "" if pd.isna(row["rank"]) else f"{row['rank']:.0f}"
        rows.append((grade, [rank, str(names.get(key, key)), *cells, told]))
    return heads, rows


def _padded(cell: str, wide: int, number: bool) -> str:
    gap = " " * (wide - columns_of(cell))
    return gap + cell if number else cell + gap
