"""The trace of a report: the file, row, column and value of every number; the files of figures."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pandas as pd

from geo_resilience.report._blocks import (
    Aside,
    Block,
    Bullets,
    DataTable,
    Document,
    Finding,
    Heading,
    Picture,
    Profile,
    Sentence,
)
from geo_resilience.results import Results
from geo_resilience.words import Cell, cells_of

#: Columns of trace_report.csv.
COLUMNS = ("place", "text", "file", "row", "column", "value")


def traced(
    document: Document, results: Results, files_of: Callable[[Picture], Sequence[str]] | None = None
) -> pd.DataFrame:
    """List every cell that a text of the report cites, in the order of the report.

    place is the chapter's anchor, the block's number within it and, in tables, row and column;
    rows of files are counted from 1 below the header. files_of gives the files that a figure is
    drawn from: they stand without row and column.
    """
    rows: list[tuple[str, str, str, int | None, str, str]] = []
    for place, block in _blocks(document):
        rows += [
            (place + where, str(text), cell.file, cell.row, cell.column, _value(results, cell))
            for where, text in texts_of(block)
            for cell in cells_of(text)
        ]
        if isinstance(block, Picture) and files_of is not None:
            told = (f"{place}/figure", block.figure)
            rows += [(*told, file, None, "", "") for file in files_of(block)]
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype({"row": "Int64"})


def _blocks(document: Document) -> Iterator[tuple[str, Block]]:
    for chapter in document.chapters:
        for number, block in enumerate(chapter.blocks, start=1):
            yield f"{chapter.anchor}/{number}", block
    for number, shown in enumerate(document.story, start=1):
        yield f"story/{number}", shown.finding


def texts_of(block: Block) -> Iterator[tuple[str, str]]:
    """Give the texts of a block, each with where it stands in it."""
    match block:
        case Sentence(text=text) | Heading(text=text):
            yield "", text
        case Bullets(texts=texts) | Aside(texts=texts):
            yield from ((f"/{place}", text) for place, text in enumerate(texts, start=1))
        case Finding(claim=claim, numbers=numbers):
            yield from (("/claim", claim), ("/numbers", numbers))
        case Picture(caption=caption):
            yield "/caption", caption
        case DataTable(caption=caption, rows=rows):
            yield "/caption", caption
            for line, row in enumerate(rows, start=1):
                yield from ((f"/{line}/{place}", cell) for place, cell in enumerate(row, start=1))
        case Profile():
            yield from _profile_texts(block)


def _profile_texts(profile: Profile) -> Iterator[tuple[str, str]]:
    """Give the texts of a profile: what stands above, then those of its parts."""
    yield from ((f"/head/{place}", text) for place, text in enumerate(profile.head, start=1))
    for place, chance in enumerate(profile.chances, start=1):
        yield f"/chances/{place}", chance.told
    parts: dict[str, Block] = {
        "told": Bullets(profile.told),
        "peers": profile.peers,
        "gauges": profile.gauged,
    }
    if profile.warned:
        parts["warned"] = profile.warned
    for name, part in parts.items():
        yield from ((f"/{name}{where}", text) for where, text in texts_of(part))


def _value(results: Results, cell: Cell) -> str:
    """Give the value of a cell as its file has it."""
    value = results[Path(cell.file).stem].at[cell.row - 1, cell.column]
    return "" if pd.isna(value) else str(value)
