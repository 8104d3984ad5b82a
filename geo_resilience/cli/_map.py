"""``map``: a choropleth of any table, without a study."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from geo_resilience.cli._console import Session, tell
from geo_resilience.cli._drawings import refuse_figure, refuse_page, write_figure, write_page
from geo_resilience.cli._options import (
    HERE,
    PATH,
    SPOKEN,
    CommandWords,
    boundaries,
    boundary_columns,
    debug,
    sheet,
)
from geo_resilience.errors import InputError, Problems, did_you_mean
from geo_resilience.notes import Note
from geo_resilience.text import Text
from geo_resilience.words import Phrase, say

if TYPE_CHECKING:
    import pandas as pd

    from geo_resilience.regions import Regions
    from geo_resilience.regions._names import Match
    from geo_resilience.tables._reading import RawTable

#: Most double keys told one by one.
_NAMED = 5

#: Keys named of many double or unknown ones.
_SHOWN = 3

_WORDS = CommandWords("map")


@_WORDS.command()
@click.argument("table", type=PATH)
@_WORDS.option("--key", required=True, metavar="COL")
@_WORDS.option("--value", required=True, metavar="COL")
@_WORDS.option("--year", type=int, metavar="Y")
@_WORDS.option("--year-column", metavar="COL")
@_WORDS.option("--wide", is_flag=True)
@boundaries
@boundary_columns
@_WORDS.option("--base", type=PATH, metavar="FILE")
@_WORDS.option("--review-number", metavar="TEXT", default="")
@_WORDS.option("--base-note", metavar="TEXT", default="")
@_WORDS.option("--no-data-note", metavar="TEXT", default="")
@_WORDS.option("--classes", default="quantile:5", show_default=True, metavar="HOW")
@_WORDS.option("--colors", metavar="COLORS")
@_WORDS.option("--name", "named", metavar="TEXT")
@_WORDS.option("--name-zh", metavar="TEXT")
@_WORDS.option("--title", metavar="TEXT")
@_WORDS.option("--unit", metavar="TEXT", default="")
@_WORDS.option("--note", "notes", metavar="TEXT", multiple=True)
@_WORDS.option("--source", metavar="TEXT", default="")
@sheet
@_WORDS.option("--language", type=SPOKEN, default=HERE)
@_WORDS.option(
    "-o", "--out", type=PATH, default=Path("map.html"), show_default=True, metavar="FILE"
)
@_WORDS.option("--static", type=PATH, metavar="FILE")
@_WORDS.option("--width", default="journal", show_default=True, metavar="LAYOUT")
@_WORDS.option("--labels/--no-labels", default=True)
@debug
@click.pass_obj
def map_table(session: Session, /, table: Path, language: str, **asked: Any) -> None:
    """Draw a choropleth of one column of a table."""
    session.language, session.by_options = language, True
    out: Path = asked["out"]
    inputs = (table, asked["boundaries"], asked["base"])
    refuse_page(out, [file for file in inputs if file is not None])
    static: Path | None = asked["static"]
    if static is not None:
        refuse_figure(static)
    regions = _with_base(asked)
    notes: list[Note] = []
    reading = wide_values if asked["wide"] else column_values
    values = reading(table, regions, asked, notes)

    from geo_resilience.maps import choropleth, figures

    names = _names(asked)
    titles = {each: asked["title"] or name for each, name in names.items()}
    look = {
        "classes": _classes(asked["classes"]),
        "colors": _colors(asked["colors"]),
        "unit": asked["unit"],
        "notes": asked["notes"],
        "source": asked["source"],
        "language": language,
    }
    page = choropleth(values, regions, name=names, title=titles, **look)
    if static is not None:
        sheet = figures.choropleth_figure(
            values.rename(names[language]) if values.ndim == 1 else values,
            regions,
            title=titles[language],
            width=asked["width"],
            labels=asked["labels"],
            **look,
        )
        write_figure(sheet, static, language)
    write_page(out, page.html)
    drawn = set(values.dropna(how="all").index.get_level_values("adcode"))
    for note in notes:
        tell(note.say(language))
    _tell_missing([key for key in regions.keys if key not in drawn], regions, language)
    tell(say("cli.map.done", language, file=out, regions=len(drawn)))


def _names(asked: dict[str, Any]) -> dict[str, str]:
    """Say by language what the values are called: as asked, else as their column."""
    plain = asked["named"] or asked["value"]
    return dict(Text.of({**asked, "name": plain}, "name"))


def _classes(text: str) -> str | list[float]:
    """Take cut points as numbers; everything else names a method."""
    parts = re.split(r"[,;，；\s]+", text.strip())
    try:
        return [float(part) for part in parts]
    except ValueError:
        return text


def _colors(text: str | None) -> str | list[str] | None:
    """Take hex colors apart; everything else names a palette."""
    if text is None or "#" not in text:
        return text
    parts = [part for part in re.split(r"[,;，；\s]+", text.strip()) if part]
    short = re.compile(r"#([0-9a-fA-F])([0-9a-fA-F])([0-9a-fA-F])")
    return [short.sub(r"#\1\1\2\2\3\3", part) if len(part) == 4 else part for part in parts]


def regions_asked(asked: dict[str, Any]) -> Regions:
    """Read the boundaries that the options name; the bundled provinces without any."""
    from geo_resilience.regions import read_boundaries

    key, name = asked["boundaries_key"], asked["boundaries_name"]
    return read_boundaries(asked["boundaries"], key, name=name, crs=asked["boundaries_crs"])


def _with_base(asked: dict[str, Any]) -> Regions:
    """Read the base map that the options name, over the boundaries where they name some, too."""
    from geo_resilience.regions import read_base

    base = asked["base"]
    own = regions_asked(asked) if base is None or asked["boundaries"] is not None else None
    key, name = (asked["boundaries_key"], asked["boundaries_name"]) if own is None else (None, None)
    return read_base(
        base,
        key,
        name=name,
        over=own,
        review_number=asked["review_number"],
        note=asked["base_note"],
        no_data_note=asked["no_data_note"],
    )


def column_values(
    file: Path, regions: Regions, asked: dict[str, Any], notes: list[Note]
) -> pd.Series:
    """Give the column by region, or by region and year; or everything that is wrong with it."""
    import pandas as pd

    from geo_resilience.tables._reading import read_raw

    table = read_raw(file, sheet=asked["sheet"])
    notes += [*regions.notes, *table.notes]
    problems = Problems()
    key = _column(table, asked["key"], "--key", problems)
    value = _column(table, asked["value"], "--value", problems, wide="wide" in asked)
    if _recurs(table.frame, key, asked):
        asked["year_column"] = _year_column(table.frame)
        notes.append(Note("indicators.year_column", table.file, {"column": asked["year_column"]}))
    years = _years(table, asked, problems)
    problems.raise_if_any()
    frame = table.frame.loc[years.index]
    keys = _keys(table, frame, key, regions, problems, notes)
    frame, years = frame.loc[keys.index], years[keys.index]
    _check_double(table, keys.tolist(), years, frame[key], asked, problems)
    values = _read(table, frame[value], problems)
    problems.raise_if_any()
    if not values.notna().any():
        raise InputError("cli.map_empty", file=table.file, column=value)
    if "wide" in asked and _in_percent(frame[value]):
        values, asked["unit"] = values * 100, asked["unit"] or "%"
    index = pd.Index(keys, name="adcode")
    if asked["year"] is not None or asked["year_column"] is not None:
        return values.set_axis(pd.MultiIndex.from_arrays([index, years], names=["adcode", "year"]))
    return values.set_axis(index)


def wide_values(
    file: Path, regions: Regions, asked: dict[str, Any], notes: list[Note]
) -> pd.DataFrame:
    """Give the columns named for years by region, a column a year; or everything wrong with it."""
    import pandas as pd

    from geo_resilience.tables._reading import read_raw

    table = read_raw(file, sheet=asked["sheet"])
    notes += [*regions.notes, *table.notes]
    problems = Problems()
    key = _column(table, asked["key"], "--key", problems)
    problems.raise_if_any()
    columns = year_columns(table.frame, key)
    year = asked["year"]
    if not columns:
        names = list(table.frame.columns)
        problems.add("cli.map_no_year_columns", file=table.file, columns=names)
    elif year is not None and year not in columns:
        problems.add("cli.map_year", file=table.file, column="--wide", year=year, known=[*columns])
    problems.raise_if_any()
    keys = _keys(table, table.frame, key, regions, problems, notes)
    frame = table.frame.loc[keys.index]
    undated = pd.Series(0, index=frame.index)
    _check_double(table, keys.tolist(), undated, frame[key], {**asked, "year": 0}, problems)
    shown = [year] if year is not None else list(columns)
    read = {each: _read(table, frame[columns[each]], problems) for each in shown}
    problems.raise_if_any()
    values = pd.DataFrame(read).set_axis(pd.Index(keys, name="adcode"))
    if all(_in_percent(frame[columns[each]]) for each in shown):
        values, asked["unit"] = values * 100, asked["unit"] or "%"
    if not values.notna().any(axis=None):
        raise InputError("cli.map_empty", file=table.file, column=", ".join(map(str, shown)))
    return values


def _in_percent(cells: pd.Series) -> bool:
    """Whether every number bears a percent sign: the map then counts in percent, as they do."""
    from geo_resilience.tables._cells import is_blank, missing_marks

    held = [text.strip() for text in cells if not is_blank(text, missing_marks())]
    return bool(held) and all(text.endswith(("%", "％")) for text in held)


def year_columns(frame: pd.DataFrame, key: str) -> dict[int, str]:
    """Give the columns that are named for a year, by year."""
    from geo_resilience.tables._cells import read_year

    found = {read_year(name): name for name in frame.columns if name != key}
    return {int(year): found[year] for year in sorted(each for each in found if each is not None)}


def _read(table: RawTable, cells: pd.Series, problems: Problems) -> pd.Series:
    """Read cells as numbers; as categories where not one of them is a number."""
    import pandas as pd

    from geo_resilience.tables._cells import is_blank, missing_marks
    from geo_resilience.tables._reading import numbers_of

    marks, texts, rows = missing_marks(), cells.tolist(), cells.index.tolist()
    read, faults, _ = numbers_of(
        texts, rows, [str(cells.name)] * len(texts), file=table.file, marks=marks
    )
    numbers = pd.Series(read, index=cells.index, name=cells.name)
    if numbers.notna().any() or not faults:
        problems.extend(faults)
        return numbers
    labels = [None if is_blank(text, marks) else text.strip() for text in texts]
    return pd.Series(labels, index=cells.index, name=cells.name, dtype="str")


def _column(
    table: RawTable, name: str, option: str, problems: Problems, *, wide: bool = False
) -> str:
    """Find a column, or note which there are."""
    from geo_resilience.tables._cells import find_column

    columns = list(table.frame.columns)
    found = find_column(name, columns)
    if found is None:
        hint = did_you_mean(name, columns)
        if wide and len(year_columns(table.frame, name)) > 1:
            hint = Phrase("hint.wide")
        values = {"option": option, "column": name, "columns": columns, "hint": hint}
        problems.add("cli.map_column", file=table.file, **values)
    return found or name


def _year_column(frame: pd.DataFrame) -> str | None:
    """Find the column of the years by its usual name: with --year, or where regions recur."""
    from geo_resilience.tables._headings import OF_YEARS

    usual = (*OF_YEARS, "Year", "YEAR")
    return next((each for each in usual if each in frame.columns), None)


def _recurs(frame: pd.DataFrame, key: str, asked: dict[str, Any]) -> bool:
    """Whether regions stand in several rows, no year was asked for, and a column has the years."""
    if asked["year"] is not None or asked["year_column"] is not None or key not in frame.columns:
        return False
    return bool(frame[key].duplicated().any()) and _year_column(frame) is not None


def _years(table: RawTable, asked: dict[str, Any], problems: Problems) -> pd.Series:
    """Give the year of the rows to draw, by row; the same for all where years do not matter."""
    import pandas as pd

    from geo_resilience.tables._cells import read_year

    frame, year, name = table.frame, asked["year"], asked["year_column"]
    everything = pd.Series(0, index=frame.index)
    if year is None and name is None:
        return everything
    if name is None:
        name = _year_column(frame) or "year"
    column = _column(table, name, "--year-column", problems)
    if column not in frame.columns:
        return everything
    years = frame[column].map(read_year)
    for row in years.index[years.isna()]:
        values = {"file": table.file, "row": row, "column": column, "found": frame[column][row]}
        problems.add("cli.map_no_year", **values)
    if year is None or years.isna().any():
        return years
    if not (years == year).any():
        known = sorted({int(each) for each in years})
        problems.add("cli.map_year", file=table.file, column=column, year=year, known=known)
    return years[years == year]


def _keys(
    table: RawTable,
    frame: pd.DataFrame,
    column: str,
    regions: Regions,
    problems: Problems,
    notes: list[Note],
) -> pd.Series:
    """Give the key of every row but totals; names that are none of the regions' are noted."""
    from geo_resilience.indicators._column_hints import mistaken_region
    from geo_resilience.regions import match_names
    from geo_resilience.regions._spelling import as_text

    names = frame[column]
    match = match_names(names, regions)
    notes.extend(match.notes)
    if match.hint is not None:
        problems.add("cli.map_regions", file=table.file, said=match.hint)
        return match.keys
    texts, totals = names.map(as_text), match.totals
    if totals:
        notes.append(Note("indicators.totals_left_out", table.file, {"names": totals}))
    if mistaken := mistaken_region(table.file, frame, column, match, regions):
        if regions.bundled and not mistaken["hint"]:
            mistaken["hint"] = Phrase("hint.other_regions")
        problems.add("indicators.no_region_matches", **mistaken)
        return match.keys
    _check_unknown(table, texts[match.keys.isna() & ~texts.isin(totals)], match, regions, problems)
    return match.keys[~texts.isin(totals)]


def _check_unknown(
    table: RawTable, texts: pd.Series, match: Match, regions: Regions, problems: Problems
) -> None:
    """Note names that are none of the regions': each, but many that are like none in one."""
    strange = [name for name in texts.unique() if match.unknown.get(name) == []]
    folded = strange if len(strange) > _SHOWN else []
    for name in texts[~texts.isin(folded)].unique():
        own = {"rows": texts.index[texts == name].tolist(), "said": match.reasons[name]}
        problems.add("cli.map_region", file=table.file, **own)
    if folded:
        rows = texts.index[texts.isin(folded)].tolist()
        hint = Phrase("hint.other_regions") if regions.bundled else ""
        values = {
            "number": len(folded),
            "found": folded[:_SHOWN],
            "rows": rows[:_SHOWN],
            "hint": hint,
        }
        problems.add("cli.map_regions_unknown", file=table.file, **values)


def _check_double(
    table: RawTable,
    keys: list[str],
    years: pd.Series,
    names: pd.Series,
    asked: dict[str, Any],
    problems: Problems,
) -> None:
    """Note keys that stand more than once, in a year where there are years."""
    rows_of: dict[tuple[str, int], list[int]] = {}
    for key, year, row in zip(keys, years, names.index, strict=True):
        if isinstance(key, str):
            rows_of.setdefault((key, year), []).append(row)
    double = {key: rows for (key, _), rows in rows_of.items() if len(rows) > 1}
    dated = asked["year"] is not None or asked["year_column"] is not None
    hint = "" if dated else Phrase("hint.year")
    if len(double) > _NAMED:
        rows = next(iter(double.values()))
        keys = [*list(double)[:_SHOWN], "…"]
        values = {"number": len(double), "keys": keys, "rows": rows, "hint": hint}
        problems.add("cli.map_doubles", file=table.file, **values)
        return
    for key, rows in double.items():
        found = list(dict.fromkeys(names[rows].str.strip()))
        values = {"key": key, "rows": rows, "found": found, "hint": hint}
        problems.add("cli.map_double", file=table.file, **values)


def _tell_missing(keys: list[str], regions: Regions, language: str) -> None:
    """Name the regions that the map shows without data."""
    if keys:
        names = regions.names(language)[keys].tolist()
        tell(say("cli.map.missing", language, number=len(names), names=names))
