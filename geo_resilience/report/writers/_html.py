"""A report as one HTML file, for the screen and for paper: nothing is loaded, nothing runs."""

from __future__ import annotations

import base64
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, Template, select_autoescape
from markupsafe import Markup

from geo_resilience.report._blocks import Document
from geo_resilience.report.writers._numbering import numbered
from geo_resilience.report.writers._pictures import Drawn, Pictures
from geo_resilience.words import cells_of, say


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
    return environment


def template_named(name: str) -> Template:
    """Give a template of the writers."""
    return _environment().get_template(name)


def html(document: Document, pictures: Pictures) -> str:
    """Write a report as a page."""
    language = document.language

    def word(key: str, /, **values: object) -> str:
        return say(f"report.{key}", language, **values)

    return (
        template_named("report.html").render(
            document=document,
            numbered=numbered(document, pictures, "svg"),
            word=word,
            titles={chapter.anchor: chapter.title for chapter in document.chapters},
            say=lambda key, **values: say(key, language, **values),
        )
    )


def cells(text: object) -> Markup:
    """Give the attribute that names the cells of a text; nothing where it cites none."""
    told = " ".join(map(str, cells_of(text)))
    return Markup(' data-cell="{}"').format(told) if told else Markup("")


def data_address(drawn: Drawn) -> str:
    """Give a drawing as an address that holds it."""
    return "data:image/svg+xml;base64," + base64.b64encode(drawn.data).decode("ascii")
