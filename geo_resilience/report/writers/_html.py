"""A report as one HTML file, for the screen and for paper: nothing is loaded, nothing runs."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from geo_resilience.report._blocks import Chapter, Document, Finding, Picture
from geo_resilience.report._trace import texts_of
from geo_resilience.report.writers._numbering import numbered
from geo_resilience.report.writers._pictures import Drawn, Pictures
from geo_resilience.words import cells_of, has, say


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("geo_resilience.report.writers"),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["cells"] = cells
    environment.filters["kind"] = lambda block: type(block).__name__
    environment.filters["data"] = data_address
    environment.filters["pixels"] = lambda drawn, side: round(getattr(drawn, side) / 25.4 * 96)
    return environment


def html(document: Document, pictures: Pictures) -> str:
    """Write a report as a page."""
    return _filled("report.html", document, "", numbered=numbered(document, pictures, "svg"))


def start_page(document: Document, pictures: Pictures, files: Sequence[str]) -> str:
    """Write the first page of a folder of results: findings, the map, where to look for what.

    files are those of the folder, as paths from it.
    """
    blocks = document.chapters[0].blocks
    picture = next((each for each in blocks if isinstance(each, Picture)), None)
    language = document.language
    doors = [(file, say(f"report.start.{name}", language)) for file, name in DOORS.items()]
    return _filled(
        "index.html",
        document,
        "report.html",
        findings=[each for each in blocks if isinstance(each, Finding)],
        drawn=picture and pictures.drawn(picture, "svg"),
        doors=[(file, label) for file, label in doors if file in files],
        questions=[
            (chapter, _tables_of(chapter))
            for chapter in document.chapters[1:]
            if chapter.blocks and has(f"report.{chapter.anchor}.question")
        ],
    )


#: What a start page leads to beside the tables: file, and what it is called.
DOORS = {
    "atlas.html": "atlas",
    "report.html": "report",
    "results.xlsx": "workbook",
    "summary.txt": "summary",
    "codebook.csv": "codebook",
    "regions.gpkg": "layer",
}


def _tables_of(chapter: Chapter) -> list[str]:
    """Name the files that the texts of a chapter cite, each once."""
    cited = (
        cell for block in chapter.blocks for _, text in texts_of(block) for cell in cells_of(text)
    )
    return list(dict.fromkeys(cell.file for cell in cited))


def _filled(template: str, document: Document, base: str, **values: object) -> str:
    """Fill a template; links to chapters begin with base."""
    language = document.language
    return (
        _environment()
        .get_template(template)
        .render(
            document=document,
            base=base,
            titles={chapter.anchor: chapter.title for chapter in document.chapters},
            word=lambda key, **fields: say(f"report.{key}", language, **fields),
            say=lambda key, **fields: say(key, language, **fields),
            **values,
        )
    )


def cells(text: object) -> Markup:
    """Give the attribute that names the cells of a text; nothing where it cites none."""
    told = " ".join(map(str, cells_of(text)))
    return Markup(' data-cell="{}"').format(told) if told else Markup("")


def data_address(drawn: Drawn) -> str:
    """Give a drawing as an address that holds it."""
    return "data:image/svg+xml;base64," + base64.b64encode(drawn.data).decode("ascii")
