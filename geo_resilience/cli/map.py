"""``map``: a choropleth of any table, without a study."""

from __future__ import annotations

import secrets
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from geo_resilience.cli.console import Session, console_language, tell
from geo_resilience.errors import InputError, OutputError, Problems, nearest
from geo_resilience.words import LANGUAGES, Phrase, say

if TYPE_CHECKING:
    import pandas as pd

    from geo_resilience.indicators.reading import Table
    from geo_resilience.regions import Regions

__all__ = ["map_table"]

_HERE = console_language()

#: Ways to part the values into classes.
_CLASSES = ("quantile", "equal", "jenks", "deviation")

#: Columns taken for the year's when --year is given without --year-column.
_YEAR_COLUMNS = ("year", "Year", "YEAR", "年份", "年度", "年")

_PATH = click.Path(path_type=Path)


def _told(name: str) -> str:
    return say(f"cli.map.{name}", _HERE)


@click.command("map", help=_told("help"), short_help=_told("short"))
@click.argument("table", type=_PATH)
@click.option("--key", required=True, metavar="COL", help=_told("key"))
@click.option("--value", required=True, metavar="COL", help=_told("value"))
@click.option("--year", type=int, metavar="Y", help=_told("year"))
@click.option("--year-column", metavar="COL", help=_told("year_column"))
@click.option("--boundaries", type=_PATH, metavar="FILE", help=_told("boundaries"))
@click.option("--boundaries-key", metavar="COL", help=_told("boundaries_key"))
@click.option("--boundaries-name", metavar="COL", help=_told("boundaries_name"))
@click.option(
    "--classes",
    type=click.Choice(_CLASSES),
    default="quantile",
    show_default=True,
    help=_told("classes"),
)
@click.option("--title", metavar="TEXT", help=_told("title"))
@click.option("--unit", metavar="TEXT", default="", help=_told("unit"))
@click.option("--sheet", metavar="NAME", help=_told("sheet"))
@click.option("--language", type=click.Choice(LANGUAGES), default=_HERE, help=_told("language"))
@click.option(
    "-o",
    "--out",
    type=_PATH,
    default=Path("map.html"),
    show_default=True,
    metavar="FILE",
    help=_told("out"),
)
@click.option("--debug", is_flag=True, help=say("cli.debug", _HERE))
@click.pass_obj
def map_table(session: Session, table: Path, language: str, debug: bool, **asked: Any) -> None:
    """Draw a choropleth of one column of a table."""
    session.debug |= debug
    session.language = language
    out: Path = asked["out"]
    _refuse_out(out)
    regions = _regions(asked)
    values = _values(table, regions, asked)

    from geo_resilience.maps import choropleth

    page = choropleth(
        values,
        regions,
        classes=asked["classes"],
        title=asked["title"] or _title(asked),
        unit=asked["unit"],
        language=language,
    )
    _write(out, page.html)
    _tell_missing(values, regions, language)
    tell(say("cli.map.done", language, file=out, regions=int(values.notna().sum())))


def _title(asked: dict[str, Any]) -> str:
    year = asked["year"]
    return asked["value"] if year is None else f"{asked['value']}, {year}"


def _regions(asked: dict[str, Any]) -> Regions:
    from geo_resilience.regions import read_boundaries

    key, name = asked["boundaries_key"], asked["boundaries_name"]
    return read_boundaries(asked["boundaries"], key, name=name)


def _values(file: Path, regions: Regions, asked: dict[str, Any]) -> pd.Series:
    """Give the column as numbers by region, or everything that is wrong with it."""
    import pandas as pd

    from geo_resilience.indicators.cells import missing_marks
    from geo_resilience.indicators.reading import numbers_of, read_raw

    table = read_raw(file, sheet=asked["sheet"])
    problems = Problems()
    key = _column(table, asked["key"], "--key", problems)
    value = _column(table, asked["value"], "--value", problems)
    frame = _of_year(table, asked, problems)
    problems.raise_if_any()
    keys = _keys(table, frame[key], regions, asked, problems)
    cells, rows = frame[value].tolist(), frame.index.tolist()
    read, faults, _ = numbers_of(
        cells, rows, [value] * len(cells), file=table.file, marks=missing_marks()
    )
    problems.extend(faults)
    problems.raise_if_any()
    values = pd.Series(read, index=pd.Index(keys, name="adcode"), name=value)
    if not values.notna().any():
        raise InputError("cli.map_empty", file=table.file, column=value)
    return values.reindex(regions.keys)


def _column(table: Table, name: str, option: str, problems: Problems) -> str:
    """Find a column, or note which there are."""
    from geo_resilience.indicators.columns import find_column

    columns = list(table.frame.columns)
    found = find_column(name, columns)
    if found is None:
        close = nearest(name, columns)
        hint = Phrase("hint.did_you_mean", {"names": close}) if close else ""
        values = {"option": option, "column": name, "columns": columns, "hint": hint}
        problems.add("cli.map_column", file=table.file, **values)
    return found or name


def _of_year(table: Table, asked: dict[str, Any], problems: Problems) -> pd.DataFrame:
    """Give the rows of the year asked for; all of them when none is."""
    from geo_resilience.indicators.cells import read_year

    frame, year = table.frame, asked["year"]
    if year is None:
        return frame
    name = asked["year_column"]
    if name is None:
        name = next((each for each in _YEAR_COLUMNS if each in frame.columns), _YEAR_COLUMNS[0])
    column = _column(table, name, "--year-column", problems)
    if column not in frame.columns:
        return frame
    years = frame[column].map(read_year)
    if not (years == year).any():
        known = sorted({int(each) for each in years.dropna()})
        problems.add("cli.map_year", file=table.file, column=column, year=year, known=known or "-")
    return frame[years == year]


def _keys(
    table: Table, names: pd.Series, regions: Regions, asked: dict[str, Any], problems: Problems
) -> list[str]:
    """Give the key of every row; names that are none and keys that stand twice are noted."""
    from geo_resilience.regions import match_names
    from geo_resilience.regions.spelling import as_text

    match = match_names(names, regions)
    texts = names.map(as_text)
    if match.hint is not None:
        problems.add("cli.map_regions", file=table.file, said=match.hint)
    else:
        for name, said in match.reasons.items():
            rows = texts.index[texts == name].tolist()
            problems.add("cli.map_region", file=table.file, rows=rows, said=said)
    found = match.keys.dropna()
    for key, rows in found.groupby(found, sort=True).groups.items():
        if len(rows) > 1:
            spelled = list(dict.fromkeys(texts[rows]))
            hint = Phrase("hint.year") if asked["year"] is None else ""
            problems.add(
                "cli.map_double",
                file=table.file,
                key=key,
                rows=list(rows),
                found=spelled,
                hint=hint,
            )
    return match.keys.tolist()


def _tell_missing(values: pd.Series, regions: Regions, language: str) -> None:
    """Name the regions that the map shows without data."""
    empty = values.index[values.isna()]
    if len(empty):
        names = regions.names(language)[empty].tolist()
        tell(say("cli.map.missing", language, number=len(names), names=names))


def _refuse_out(out: Path) -> None:
    """Raise when the page cannot stand there, before anything is drawn."""
    if out.is_dir():
        raise OutputError("cli.map_out_is_folder", file=out, example=out / "map.html")
    if not out.absolute().parent.is_dir():
        raise OutputError("cli.map_out_no_folder", file=out, folder=out.absolute().parent)


def _write(out: Path, html: str) -> None:
    """Write the page beside and rename it, so that a half page never stands there."""
    beside = out.with_name(f".{out.name}.{secrets.token_hex(4)}")
    try:
        beside.write_text(html, encoding="utf-8", newline="\n")
        beside.replace(out)
    except OSError as error:
        with suppress(OSError):
            beside.unlink(missing_ok=True)
        reason = error.strerror or str(error)
        raise OutputError("cli.map_out_failed", file=out, reason=reason) from error
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
