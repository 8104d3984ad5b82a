"""The ranking of a year as a table for other documents."""

from __future__ import annotations

import html
import unicodedata
from typing import TYPE_CHECKING

import pandas as pd

from geo_resilience.errors import InputError
from geo_resilience.words import say

if TYPE_CHECKING:
    from geo_resilience.results._results import Results

__all__ = ["ranking_html", "ranking_markdown"]

#: Colors of letters on a light and on a dark ground.
_DARK, _LIGHT = "#1b1f23", "#ffffff"


def ranking_markdown(results: Results, year: int | None, language: str | None) -> str:
    """Give the ranking as a Markdown table in a fixed pitch."""
    heads, rows = _ranking(results, year, language)
    lines = [heads, *([cell.replace("|", "\\|") for cell in cells] for _, cells in rows)]
    widths = [max(3, *map(_columns, column)) for column in zip(*lines, strict=True)]
    numbers = [place not in (1, len(heads) - 1) for place in range(len(heads))]
    rule = [
        "-" * (wide - 1) + ":" if number else "-" * wide
        for wide, number in zip(widths, numbers, strict=True)
    ]
    padded = [
        [
            " " * (wide - _columns(cell)) + cell if number else cell + " " * (wide - _columns(cell))
            for cell, wide, number in zip(line, widths, numbers, strict=True)
        ]
        for line in lines
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
            looks[-1] += f";background:{color};color:{_ink(color)}"
        told = zip(looks, cells, strict=True)
        row = "".join(f'<td style="{look}">{html.escape(text)}</td>' for look, text in told)
        lines.append(f"<tr>{row}</tr>")
    return "\n".join([*lines, "</tbody>", "</table>"]) + "\n"


def _ink(color: str) -> str:
    """Give the color of letters that stands out more from a ground (contrast of WCAG 2)."""
    ground = _luminance(color)
    light = (_luminance(_LIGHT) + 0.05) / (ground + 0.05)
    return _LIGHT if light > (ground + 0.05) / (_luminance(_DARK) + 0.05) else _DARK


def _luminance(color: str) -> float:
    shares = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [
        share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


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


def _columns(text: str) -> int:
    """Count the columns that a text takes in a fixed pitch."""
    return sum(
        0 if unicodedata.combining(letter) else 1 + (unicodedata.east_asian_width(letter) in "WF")
        for letter in text
    )
