"""``init``: a study folder to start from."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from geo_resilience.cli._console import Session, quoted, tell
from geo_resilience.cli._options import HERE, PATH, SPOKEN, CommandWords, boundary_columns, debug
from geo_resilience.errors import OutputError
from geo_resilience.words import say

if TYPE_CHECKING:
    from geo_resilience.indicators import Framework
    from geo_resilience.regions import Regions

_WORDS = CommandWords("init")

#: Years of the empty table when none are asked for: those of the bundled study.
_YEARS = "2018-2023"

#: Files of the folder beside the framework, without their endings.
_OURS = ("study", "table", "judgements")


class _Years(click.ParamType[range]):
    """``2018-2023`` or ``2023``."""

    name = "years"

    def convert(
        self, value: str | range, param: click.Parameter | None, ctx: click.Context | None
    ) -> range:
        if isinstance(value, range):
            return value
        found = re.fullmatch(r"(\d{4})(?:\s*[-–—]\s*(\d{4}))?", value.strip())
        if not found:
            self.fail(_WORDS("bad_years", found=value), param, ctx)
        first, last = int(found[1]), int(found[2] or found[1])
        if first > last:
            self.fail(_WORDS("bad_years", found=value), param, ctx)
        return range(first, last + 1)


@_WORDS.command()
@click.argument("folder", type=PATH, metavar="DIR")
@_WORDS.option("--language", type=SPOKEN, default=HERE)
@_WORDS.option("--years", type=_Years(), default=_YEARS, show_default=True, metavar="FIRST-LAST")
@_WORDS.option("--boundaries", type=PATH, metavar="FILE")
@boundary_columns
@_WORDS.option("--full", is_flag=True)
@_WORDS.option("--blank", type=click.IntRange(1, 500), metavar="N")
@_WORDS.option("--framework", metavar="FILE")
@debug
@click.pass_obj
def init(session: Session, /, folder: Path, language: str, years: range, **asked: Any) -> None:
    """Write study.toml, framework, empty table and judgement matrix into a new or empty folder."""
    session.language, session.by_options = language, True
    _refuse_used(folder)
    made = [each for each in (folder, *folder.parents) if not each.exists()]
    writers = _writers(folder, language, years, asked)
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
            f"cli.init.next{'_blank' if asked['blank'] else ''}",
            language,
            framework=folder / "framework.toml",
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


def _writers(
    folder: Path, language: str, years: range, asked: dict[str, Any]
) -> Mapping[str, Callable[[Path], object]]:
    """Say how each file of the folder is written; what they need is read before any is."""
    from geo_resilience.cli._map import regions_asked
    from geo_resilience.evaluation import judgement_template
    from geo_resilience.indicators._templates import write_template
    from geo_resilience.study._template import short_study_text, study_text

    if asked["blank"] and asked["framework"]:
        raise click.UsageError(say("cli.init.blank_and_framework", language))
    regions = regions_asked(asked)
    name, copied, framework = _framework(regions, asked, language)
    weighed = framework.published is not None and not asked["blank"]
    text = (study_text if asked["full"] else short_study_text)(
        language,
        framework=name,
        **({} if weighed else {"weights": "equal"}),
        boundaries=_boundaries(folder, asked),
        title=folder.resolve().name,
    )
    return {
        "study.toml": lambda file: _write(file, text.encode()),
        name: lambda file: _write(file, copied),
        "table.csv": lambda file: write_template(
            file, framework, regions, years, language=language
        ),
        "judgements.csv": lambda file: _write(
            file, judgement_template(framework.codes).to_csv(lineterminator="\n").encode()
        ),
    }


def _framework(
    regions: Regions, asked: dict[str, Any], language: str
) -> tuple[str, bytes, Framework]:
    """Give name and bytes of the framework, and itself: the user's, blank, or one to replace.

    The high-tech framework goes with the bundled provinces.
    """
    from importlib.resources import as_file, files

    from geo_resilience.indicators import read_framework
    from geo_resilience.indicators._framework_files import framework_bytes
    from geo_resilience.study._template import blank_framework

    if given := asked["framework"]:
        content, name = framework_bytes(given)
        own = f"framework{Path(name).suffix}" if Path(name).stem in _OURS else name
        return own, content, read_framework(given)
    if blank := asked["blank"]:
        with tempfile.TemporaryDirectory() as place:
            file = Path(place) / "framework.toml"
            _write(file, blank_framework(blank, language, direction="+").encode())
            return file.name, blank_framework(blank, language).encode(), read_framework(file)
    shipped = files("geo_resilience.indicators") / "frameworks" / "high_tech.toml"
    if not regions.bundled:
        shipped = files("geo_resilience.study") / "starting_framework.toml"
    name = "high_tech.toml" if regions.bundled else "framework.toml"
    with as_file(shipped) as file:
        return name, file.read_bytes(), read_framework(file)


def _boundaries(folder: Path, asked: dict[str, Any]) -> dict[str, str]:
    """Give what study.toml says of the boundaries: the file where it is, seen from the folder."""
    if asked["boundaries"] is None:
        return {}
    file = asked["boundaries"].resolve()
    try:
        seen = Path(os.path.relpath(file, folder.resolve()))
    except ValueError:  # on another drive
        seen = file
    named = {key: asked[f"boundaries_{key}"] for key in ("key", "name", "crs")}
    return {"file": seen.as_posix(), **{key: said for key, said in named.items() if said}}


def _write(file: Path, content: bytes) -> None:
    file.write_bytes(content)


def _take_back(files: list[Path], folders: list[Path]) -> None:
    """Remove what was begun."""
    for file in files:
        with suppress(OSError):
            file.unlink(missing_ok=True)
    for folder in folders:
        with suppress(OSError):
            folder.rmdir()
