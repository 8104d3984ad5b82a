"""``import``: statistical yearbooks to one long table, with every decision told."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from geo_resilience.cli._console import Session, quoted, tell
from geo_resilience.cli._options import HERE, PATH, SPOKEN, CommandWords, boundary_columns, debug
from geo_resilience.errors import OutputError, Problems
from geo_resilience.words import LANGUAGES, Phrase, say

if TYPE_CHECKING:
    import pandas as pd

    from geo_resilience.indicators import Yearbook
    from geo_resilience.regions import Regions

#: How the files begin that this command writes.
_BEGINS = {
    "table.csv": "region,year",
    "units.csv": "column,unit",
    "recipe.toml": "# ",
    "decisions.csv": "file,sheet,cell,decision,reason",
}

#: Most doubtful decisions that are told.
_NAMED = 12

_WORDS = CommandWords("import")


@_WORDS.command()
@click.argument("source", metavar="WORKBOOK_OR_FOLDER", type=PATH)
@_WORDS.option("--recipe", type=PATH, metavar="RECIPE.toml")
@_WORDS.option("--boundaries", type=PATH, metavar="FILE")
@boundary_columns
@_WORDS.option("-o", "--out", type=PATH, required=True, metavar="DIR")
@_WORDS.option("--language", type=SPOKEN, default=HERE)
@debug
@click.pass_obj
def import_yearbook(session: Session, /, source: Path, out: Path, **asked: Any) -> None:
    """Read yearbooks; write the table, its units, the recipe and the decisions."""
    session.language = language = asked["language"]
    _refuse(out, source)
    from geo_resilience.files import put_all_in_place
    from geo_resilience.indicators import read_yearbook

    found = read_yearbook(source, asked["recipe"], regions=_regions(asked), language=language)
    contents = _contents(found, language)
    recipe = out / "recipe.toml"
    if asked["recipe"] is not None and asked["recipe"].resolve() == recipe.resolve():
        del contents["recipe.toml"]  # as its author left it
    put_all_in_place({out / name: content for name, content in contents.items()})
    for line in _lines(found, out, language):
        tell(line)


def _regions(asked: dict[str, Any]) -> Regions | None:
    if asked["boundaries"] is None:
        return None
    from geo_resilience.cli._map import regions_asked

    return regions_asked(asked)


def _refuse(out: Path, source: Path) -> None:
    """Raise when the files cannot stand there, before anything is read."""
    problems = Problems()
    if source.is_dir() and out.resolve().is_relative_to(source.resolve()):
        raise OutputError("cli.import_out_in_input", file=out, folder=source)
    for name, begin in _BEGINS.items():
        file = out / name
        if file.is_file() and file.resolve() == source.resolve():
            raise OutputError("cli.map_out_is_input", file=file)
        if file.is_file() and not _ours(file, begin):
            problems.add("cli.import_out_not_ours", file=file)
    if len(problems):
        raise OutputError(list(problems))


def _ours(file: Path, begin: str) -> bool:
    with file.open("rb") as content:
        return content.read(200).removeprefix(b"\xef\xbb\xbf").startswith(begin.encode())


def _contents(found: Yearbook, language: str) -> dict[str, bytes]:
    """Give the bytes of each file."""
    tables = {"table.csv": found.table, "units.csv": found.units, "decisions.csv": found.decisions}
    contents = {name: _csv(frame, language) for name, frame in tables.items()}
    return {**contents, "recipe.toml": found.recipe.to_toml(language).encode()}


def _csv(frame: pd.DataFrame, language: str) -> bytes:
    """Write a table as CSV, with a mark for spreadsheets where the words are not English."""
    text = frame.to_csv(index=False, lineterminator="\n")
    return text.encode("utf-8" if language == LANGUAGES[0] else "utf-8-sig")


def _lines(found: Yearbook, out: Path, language: str) -> list[str]:
    """Tell what was doubtful, and what was written."""
    alike = found.doubts.groupby(["decision", "reason"], sort=False)
    told = [
        say(
            "cli.import.doubtful",
            language,
            place=_place(first := doubts.iloc[0].to_dict()),
            elsewhere=_elsewhere(len(doubts) - 1),
            **first,
        )
        for _, doubts in list(alike)[:_NAMED]
    ]
    if len(alike) > _NAMED:
        told.append(say("cli.import.more", language, count=len(alike) - _NAMED))
    years = sorted(found.table["year"].dropna().unique())
    span = [f"{years[0]}-{years[-1]}"] if len(years) > 1 else [str(each) for each in years]
    file = out / "table.csv"
    values = {"file": file, "rows": len(found.table), "columns": found.table.shape[1] - 2}
    values |= {"years": span or "-", "decisions": len(found.decisions)}
    told.append(say("cli.import.done", language, **values))
    told.append(say("cli.import.again", language, recipe=quoted(out / "recipe.toml")))
    return told


def _place(decision: dict[str, str]) -> str:
    sheet = f"[{decision['sheet']}]" if decision["sheet"] else ""
    return " ".join(filter(None, (decision["file"], sheet, decision["cell"])))


def _elsewhere(count: int) -> Phrase | str:
    """Say in how many other places the same is doubtful."""
    return Phrase("cli.import.elsewhere", {"count": count}) if count else ""
