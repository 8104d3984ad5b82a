"""``figure``: one figure from a finished folder of results, without running the study again."""

from __future__ import annotations

import secrets
from contextlib import suppress
from pathlib import Path

import click

from geo_resilience.cli.console import Session, console_language, tell
from geo_resilience.errors import InputError, OutputError
from geo_resilience.words import LANGUAGES, say

__all__ = ["figure"]

_HERE = console_language()

_PATH = click.Path(path_type=Path)


@click.command(
    "figure", help=say("cli.figure.help", _HERE), short_help=say("cli.figure.short", _HERE)
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

    from geo_resilience.maps import figures
    from geo_resilience.saved import read_results

    drawn = figures.figure_named(name)
    _refuse(target)
    found = read_results(results)
    session.language = language or found.language
    sheet = drawn(found, year=year, language=language, width=width)
    lacking = _write(sheet, target)
    tell(sheet.alternative_text)
    if lacking:
        tell(say("cli.figure.glyphs", session.language, letters=lacking), error=True)
    tell(say("cli.figure.done", session.language, file=target))


def _refuse(out: Path) -> None:
    """Raise when no figure can stand there, before anything is read."""
    from geo_resilience.maps.figures import FORMATS

    kind = out.suffix.lstrip(".").lower()
    if kind not in FORMATS:
        raise InputError("figures.format_unknown", found=kind or str(out), known=FORMATS)
    if out.is_dir():
        raise OutputError("cli.map_out_is_folder", file=out, example=out / "figure.png")
    if not out.absolute().parent.is_dir():
        raise OutputError("cli.map_out_no_folder", file=out, folder=out.absolute().parent)


def _write(sheet: object, out: Path) -> list[str]:
    """Write beside and rename, so that half a figure never stands there."""
    beside = out.with_name(f".{secrets.token_hex(4)}.{out.name}")
    try:
        lacking: list[str] = sheet.written(beside)  # type: ignore[attr-defined]
        beside.replace(out)
    except OSError as error:
        with suppress(OSError):
            beside.unlink(missing_ok=True)
        reason = error.strerror or str(error)
        raise OutputError("cli.map_out_failed", file=out, reason=reason) from error
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    return lacking
