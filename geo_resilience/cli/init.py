"""``init``: a study folder to start from."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

import click

from geo_resilience.cli.console import Session, console_language, quoted, tell
from geo_resilience.errors import OutputError
from geo_resilience.words import LANGUAGES, say

__all__ = ["init"]

_HERE = console_language()

#: Years of the empty table when none are asked for: those of the bundled study.
_YEARS = "2018-2023"


class _Years(click.ParamType):
    """``2018-2023`` or ``2023``."""

    name = "years"

    def convert(
        self, value: str | range, param: click.Parameter | None, ctx: click.Context | None
    ) -> range:
        if isinstance(value, range):
            return value
        found = re.fullmatch(r"(\d{4})(?:\s*[-–—]\s*(\d{4}))?", value.strip())
        if not found:
            self.fail(say("cli.init.bad_years", _HERE, found=value), param, ctx)
        first, last = int(found[1]), int(found[2] or found[1])
        if first > last:
            self.fail(say("cli.init.bad_years", _HERE, found=value), param, ctx)
        return range(first, last + 1)


@click.command("init", help=say("cli.init.help", _HERE), short_help=say("cli.init.short", _HERE))
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@click.option(
    "--language", type=click.Choice(LANGUAGES), help=say("cli.init.language", _HERE), default=_HERE
)
@click.option(
    "--years",
    type=_Years(),
    default=_YEARS,
    show_default=True,
    metavar="FIRST-LAST",
    help=say("cli.init.years", _HERE),
)
@click.option("--debug", is_flag=True, help=say("cli.debug", _HERE))
@click.pass_obj
def init(session: Session, folder: Path, language: str, years: range, debug: bool) -> None:
    """Write study.toml, the framework and an empty table into a new or empty folder."""
    session.debug |= debug
    session.language = language
    _refuse_used(folder)
    made = [each for each in (folder, *folder.parents) if not each.exists()]
    writers = _writers(language, years)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, write in writers.items():
            write(folder / name)
    except BaseException as error:
        _take_back([folder / name for name in writers], made)
        if isinstance(error, OSError):
            reason = error.strerror or str(error)
            raise OutputError("cli.init_failed", folder=folder, reason=reason) from error
        raise
    tell(say("cli.init.done", language, folder=folder, files=list(writers)))
    tell(
        say(
            "cli.init.next",
            language,
            table=folder / "table.csv",
            study=quoted(folder / "study.toml"),
        )
    )


def _refuse_used(folder: Path) -> None:
    try:
        used = folder.exists() and (not folder.is_dir() or any(folder.iterdir()))
    except OSError as error:
        reason = error.strerror or str(error)
        raise OutputError("cli.init_failed", folder=folder, reason=reason) from error
    if used:
        key = "cli.init_used" if folder.is_dir() else "cli.init_is_file"
        raise OutputError(key, folder=folder)


def _writers(language: str, years: range) -> Mapping[str, Callable[[Path], object]]:
    """Say how each file of the folder is written; what they need is read before any is."""
    from importlib.resources import files

    from geo_resilience.indicators import read_framework, write_template
    from geo_resilience.regions import read_boundaries
    from geo_resilience.study.template import study_text

    framework, regions = read_framework("high_tech"), read_boundaries()
    shipped = files("geo_resilience.indicators") / "frameworks" / "high_tech.toml"
    copied = shipped.read_text(encoding="utf-8")
    text = study_text(language, framework="high_tech.toml")
    return {
        "study.toml": lambda file: _write(file, text),
        "high_tech.toml": lambda file: _write(file, copied),
        "table.csv": lambda file: write_template(
            file, framework, regions, years, language=language
        ),
    }


def _write(file: Path, text: str) -> None:
    file.write_text(text, encoding="utf-8", newline="\n")


def _take_back(files: list[Path], folders: list[Path]) -> None:
    """Remove what was begun."""
    for file in files:
        with suppress(OSError):
            file.unlink(missing_ok=True)
    for folder in folders:
        with suppress(OSError):
            folder.rmdir()
