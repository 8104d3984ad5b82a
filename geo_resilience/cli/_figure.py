"""``figure``: one figure from a finished folder of results, without running the study again."""

from __future__ import annotations

from pathlib import Path

import click

from geo_resilience.cli._console import Session, console_language, tell
from geo_resilience.cli._drawings import refuse_figure, write_figure
from geo_resilience.words import LANGUAGES, say, subject

_HERE = console_language()

_PATH = click.Path(path_type=Path)


class _Listing(click.Command):
    """A command whose help lists the figures."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Say in a line what each figure shows and which table it needs."""
        with formatter.section(say("cli.figure.names", _HERE)):
            about = subject("figure_about").items()
            formatter.write_dl([(name, row[_HERE]) for name, row in about])


@click.command(
    "figure",
    cls=_Listing,
    help=say("cli.figure.help", _HERE),
    short_help=say("cli.figure.short", _HERE),
)
@click.argument("name")
@click.argument("results", type=_PATH, default=Path("results"), required=False)
@click.option("-o", "--out", type=_PATH, metavar="FILE", help=say("cli.figure.out", _HERE))
@click.option("--year", type=int, metavar="Y", help=say("cli.figure.year", _HERE))
@click.option(
    "--width",
    default="journal",
    show_default=True,
    metavar="LAYOUT",
    help=say("cli.figure.width", _HERE),
)
@click.option("--language", type=click.Choice(LANGUAGES), help=say("cli.figure.language", _HERE))
@click.option("--debug", is_flag=True, help=say("cli.debug", _HERE))
@click.pass_obj
def figure(
    session: Session,
    name: str,
    results: Path,
    out: Path | None,
    year: int | None,
    width: str,
    language: str | None,
    debug: bool,
) -> None:
    """Draw one figure of a folder that a run wrote."""
    session.debug |= debug
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
