"""``figure``: one figure from a finished folder of results, without running the study again."""

from __future__ import annotations

from pathlib import Path

import click

from geo_resilience.cli._console import Session, tell
from geo_resilience.cli._drawings import refuse_figure, write_figure
from geo_resilience.cli._options import HERE, PATH, SPOKEN, CommandWords, debug
from geo_resilience.words import subject

_WORDS = CommandWords("figure")


class _Listing(click.Command):
    """A command whose help lists the figures."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Say in a line what each figure shows and which table it needs."""
        with formatter.section(_WORDS("names")):
            about = subject("figure_about").items()
            formatter.write_dl([(name, row[HERE]) for name, row in about])


@_WORDS.command(cls=_Listing)
@click.argument("name")
@click.argument("results", type=PATH, default=Path("results"), required=False)
@_WORDS.option("-o", "--out", type=PATH, metavar="FILE")
@_WORDS.option("--year", type=int, metavar="Y")
@_WORDS.option("--width", default="journal", show_default=True, metavar="LAYOUT")
@_WORDS.option("--language", type=SPOKEN)
@debug
@click.pass_obj
def figure(
    session: Session,
    name: str,
    results: Path,
    out: Path | None,
    year: int | None,
    width: str,
    language: str | None,
) -> None:
    """Draw one figure of a folder that a run wrote."""
    session.language = language or session.language
    target = out or Path(f"{name}.png")

    from geo_resilience.maps.figures._registry import figure_named
    from geo_resilience.results._reading import read_results

    drawn = figure_named(name)
    refuse_figure(target)
    found = read_results(results)
    session.language = language or found.language
    sheet = drawn(found, year=year, language=language, width=width)
    write_figure(sheet, target, session.language)
    tell(sheet.alternative_text)
