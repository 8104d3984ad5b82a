"""The trace of a report: every number's place, text, file, row, column and value."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from geo_resilience.report._blocks import (
    Aside,
    Block,
    Bullets,
    DataTable,
    Document,
    Finding,
    Picture,
    Sentence,
)
from geo_resilience.results import Results
from geo_resilience.words import Cell, cells_of

#: Columns of trace_report.csv.
COLUMNS = ("place", "text", "file", "row", "column", "value")


def traced(document: Document, results: Results) -> pd.DataFrame:
    """List every cell that a text of the report cites, in the order of the report.

    place is the chapter's anchor, the block's number within it and, in tables, row and column;
    rows of files are counted from 1 below the header.
    """
    rows = [
        (place, str(text), cell.file, cell.row, cell.column, _value(results, cell))
        for place, text in _texts(document)
        for cell in cells_of(text)
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _texts(document: Document) -> Iterator[tuple[str, str]]:
    for chapter in document.chapters:
        for number, block in enumerate(chapter.blocks, start=1):
            for where, text in texts_of(block):
                yield f"{chapter.anchor}/{number}{where}", text
    for number, shown in enumerate(document.story, start=1):
        for where, text in texts_of(shown.finding):
            yield f"story/{number}{where}", text


def texts_of(block: Block) -> Iterator[tuple[str, str]]:
    """Give the texts of a block, each with where it stands in it."""
    match block:
        case Sentence(text=text):
            yield "", text
        case Bullets(texts=texts) | Aside(texts=texts):
            yield from ((f"/{place}", text) for place, text in enumerate(texts, start=1))
        case Finding(claim=claim, numbers=numbers):
            yield from (("/claim", claim), ("/numbers", numbers))
        case Picture(caption=caption):
            yield "/caption", caption
        case DataTable(rows=rows):
            for line, row in enumerate(rows, start=1):
                yield from ((f"/{line}/{place}", cell) for place, cell in enumerate(row, start=1))


def _value(results: Results, cell: Cell) -> str:
    """Give the value of a cell as its file has it."""
    value = results[Path(cell.file).stem].at[cell.row - 1, cell.column]
    return "" if pd.isna(value) else str(value)
