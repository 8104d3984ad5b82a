"""Tables of a study joined by region and year, with an account of what matched."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd

from geo_resilience.errors import InputError, Problem, Problems, did_you_mean, nearest
from geo_resilience.indicators._sources import Keyed, TableSource, read_source, read_tables
from geo_resilience.indicators._trace import NO_YEAR
from geo_resilience.indicators._vintages import Conversion, at_present, resting_on_shares
from geo_resilience.notes import Note
from geo_resilience.regions import Regions, match_names
from geo_resilience.regions._regions import region_label
from geo_resilience.regions._spelling import spelled
from geo_resilience.tables._cells import find_column
from geo_resilience.text import first_few
from geo_resilience.words import Phrase

#: Most columns of the tables that a sentence lists.
_SHOWN = 20


@dataclass(frozen=True, eq=False)
class JoinReport:
    """What matched and what did not.

    - ``matched``: names in the tables and the regions that they mean.
    - ``unmatched``: names that mean no region (each is a problem too).
    - ``over``: rows that were left out: ``"total"`` or ``"excluded"``.
    - ``missing``: regions and years without a row (each is a problem too).
    - ``coverage``, rows columns of the tables, columns years: how many regions have a figure.
    """

    matched: pd.DataFrame
    unmatched: pd.DataFrame
    over: pd.DataFrame
    missing: pd.DataFrame
    coverage: pd.DataFrame


@dataclass(frozen=True, eq=False)
class Joined:
    """The tables as one.

    - ``frame``, rows (adcode, year) sorted, columns those needed: every region that is not excluded
      in every year of the study; NaN where a cell is blank.
    - ``years``: years of the study; ``[0]`` where there is none.
    - ``excluded``: keys of the regions that the study leaves out, those that are lacking too.
    - ``lacking``: regions that the tables may lack, and do.
    - ``earlier``: rows of other years, for expressions that look back.
    - ``carried``: from which units of the past rows come, as crosswalk.csv has it; None without.
    - ``split``, rows like the frame's: cells that rest on shares of a crosswalk; None without.
    - ``bounds``: the frame at either end of these shares, where such are stated.
    - ``units``: unit by column, where a table says it.
    """

    frame: pd.DataFrame
    years: list[int]
    excluded: tuple[str, ...]
    report: JoinReport
    earlier: pd.DataFrame
    notes: tuple[Note, ...]
    lacking: tuple[str, ...] = ()
    carried: pd.DataFrame | None = None
    split: pd.DataFrame | None = None
    bounds: tuple[pd.DataFrame, ...] = ()
    units: Mapping[str, str] = field(default_factory=dict)


def join_tables(
    sources: Sequence[TableSource],
    regions: Regions,
    *,
    needed_columns: Collection[str],
    years: Sequence[int] | None = None,
    exclude: Iterable[str] = (),
    optional: Collection[str] = (),
    aliases: Mapping[str, str] | None = None,
    missing: Collection[str] | None = None,
    problems: Problems | None = None,
    ready: Sequence[Keyed | None] = (),
    conversion: Conversion | None = None,
) -> Joined:
    """Read the tables of a study and join them by region and year.

    - ``regions``: all of them, the excluded ones too.
    - ``needed_columns``: columns to read, from `Framework.needed_columns`; others are left alone.
    - ``years``: years of the study; without them, all that the tables have.
    - ``exclude``: regions to leave out, and other names whose rows to leave out (``"Hong Kong"``).
    - ``optional``: keys of regions that are left out, too, where no table has a row of them.
    - ``aliases`` (mapping of str to str): further names of regions.
    - ``missing``: texts that stand for a missing number, in place of the usual ones.
    - ``problems``: takes what is wrong, so that the rest can be looked at; without it, that is
      raised.
    - ``ready``: further tables, made of records, in the form of those read here; None for one that
      could not be made.
    - ``conversion``: how tables of the units of other years become those of these regions.

    Raises
    ------
    InputError
        With everything that is wrong with any of the tables.

    Notes
    -----
    A table without years, among others that have them, holds for every year. Where no table has
    years, they are of the one year that the study names, else of year 0, which stands for none.
    A column may come from several tables (years or regions shared out); where two give a figure
    for the same region and year, it must be the same.
    """
    gathered = Problems()
    excluded, left_out = _excluded(exclude, regions, aliases)
    parts = [part.without(excluded) for part in ready if part is not None]
    weights = conversion.weights(sources) if conversion is not None else set()
    read, unread = _read(
        sources,
        regions,
        gathered,
        needed={*needed_columns, *weights},
        excluded=excluded,
        left_out=left_out.keys(),
        aliases=aliases,
        missing=missing,
        crosswalk=conversion.crosswalk if conversion is not None else None,
    )
    made, unread = len(parts), unread or None in ready
    if conversion is None:
        parts += [part for _, part in read]
    else:
        carried = at_present(read, conversion, regions, excluded, gathered)
        parts += [part.without(excluded) for part in carried]
    _check_exclude(left_out, parts, regions, gathered)
    absent = _absent(set(optional) - excluded, parts[made:])
    parts = [part.without(absent) for part in parts]
    excluded |= absent
    kept = [key for key in regions.keys if key not in excluded]
    span, notes = _span(parts, years, gathered)
    parts = [_spread(part, span, all(not each.dated for each in parts)) for part in parts]
    frame = _combined(parts, needed_columns, regions, gathered)
    if not unread:
        _check_columns(needed_columns, parts, gathered)
    lacking = _check_rows(parts, needed_columns, kept, span, regions, gathered)
    _hand_on(_once_a_name(gathered), problems)
    joined, earlier = _of_the_study(frame, kept, span)
    notes.extend(note for part in parts for note in part.notes)
    return Joined(
        joined,
        span,
        tuple(sorted(excluded)),
        _report(parts, lacking, joined),
        earlier,
        _once_a_workbook(notes),
        tuple(sorted(absent)),
        units=_units(parts, needed_columns),
        **_carried(parts, joined),
    )


def _hand_on(told: list[Problem], problems: Problems | None) -> None:
    """Give what is wrong to whoever gathers it, else raise it."""
    if problems is not None:
        problems.extend(told)
    elif told:
        raise InputError(told)


def _of_the_study(
    frame: pd.DataFrame, keys: list[str], years: list[int]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Part a frame into the rows of the study and those of years before its last."""
    wanted = pd.MultiIndex.from_product([keys, years], names=["adcode", "year"])
    other = frame[~frame.index.isin(wanted)]
    before = other.index.get_level_values("year") < max(years, default=NO_YEAR)
    return frame.reindex(wanted), other[before].sort_index()


def _read(
    sources: Sequence[TableSource], regions: Regions, problems: Problems, **options: Any
) -> tuple[list[tuple[TableSource, Keyed]], bool]:
    """Read the tables that sources name, and say whether one could not be read."""
    tables = [read_tables(source, problems) for source in sources]
    unread = not all(tables)
    read: list[tuple[TableSource, Keyed]] = []
    for source, table in (each for found in tables for each in found):
        part = read_source(source, table, regions, problems, **options)
        if part is None:
            unread = True
        else:
            read.append((source, part))
    return read, unread


def _carried(parts: list[Keyed], joined: pd.DataFrame) -> dict[str, Any]:
    """Say from which units of the past the rows of the study come, and what rests on shares."""
    told = [part.pieces for part in parts if part.pieces is not None]
    if not told:
        return {}
    keys, years = (set(joined.index.unique(level)) for level in ("adcode", "year"))
    rows = pd.concat(told, ignore_index=True)
    rows = rows[rows["adcode"].isin(keys) & rows["year"].isin([*years, NO_YEAR])]
    split = resting_on_shares(parts)
    if split is not None:
        split = split.reindex(index=joined.index, columns=joined.columns, fill_value=False)
    ends = []
    for end in range(2):
        frame = joined.copy()
        for part in (part for part in parts if part.bounds):
            at = part.bounds[end]
            held = at[at.columns.intersection(frame.columns)]
            frame.update(held[held.index.isin(frame.index)])
        ends.append(frame)
    stated = any(not frame.equals(joined) for frame in ends)
    return {"carried": rows, "split": split, "bounds": tuple(ends) if stated else ()}


def _units(parts: Sequence[Keyed], needed: Collection[str]) -> dict[str, str]:
    """Give the unit of each needed column that a table says."""
    found: dict[str, str] = {}
    for part in parts:
        for column in needed:
            held = find_column(column, part.units)
            if held is not None:
                found.setdefault(column, part.units[held])
    return found


def coverage(frame: pd.DataFrame) -> pd.DataFrame:
    """Count the regions that have a figure, by column and year.

    Parameters
    ----------
    frame : DataFrame, rows (adcode, year)

    Returns
    -------
    DataFrame, rows the columns, columns the years

    Examples
    --------
    >>> index = pd.MultiIndex.from_product([["a", "b"], [2022, 2023]], names=["adcode", "year"])
    >>> coverage(pd.DataFrame({"D1": [1.0, None, 3, 4]}, index)).loc["D1"].to_dict()
    {2022: 2, 2023: 1}
    """
    return frame.notna().groupby(level="year").sum().T


def _once_a_name(problems: Problems) -> list[Problem]:
    """Give what is wrong, a name that fits no region but once: where it stands first."""
    unique = {problem.say(): problem for problem in problems}.values()
    tables: dict[str, int] = {}
    told: dict[str, Problem] = {}
    for place, problem in enumerate(unique):
        known = problem.key == "indicators.row_region"
        name = str(problem.values["what"]) if known else str(place)
        tables[name] = tables.get(name, 0) + 1
        told.setdefault(name, problem)
    return [
        problem
        if tables[name] == 1
        else replace(problem, values={**problem.values, "elsewhere": _elsewhere(tables[name] - 1)})
        for name, problem in told.items()
    ]


def _once_a_workbook(notes: Iterable[Note]) -> tuple[Note, ...]:
    """Give notes, each once; one that says the same of several sheets names them all."""
    unique = {note.say(): note for note in notes}.values()
    sheets: dict[tuple[str, str, str], list[str]] = {}
    first: dict[tuple[str, str, str], Note] = {}
    for note in unique:
        book, there, sheet = note.where.partition(" [")
        key = (note.code, book, str(note.values)) if there else (note.say(), "", "")
        first.setdefault(key, note)
        sheets.setdefault(key, []).append(sheet.removesuffix("]"))
    return tuple(
        note
        if len(sheets[key]) == 1
        else replace(note, where=f"{key[1]} [{', '.join(sheets[key])}]")
        for key, note in first.items()
    )


def _elsewhere(count: int) -> Phrase:
    return Phrase("problem.indicators.row_elsewhere", {"count": count})


def _absent(optional: Collection[str], parts: Sequence[Keyed]) -> set[str]:
    """Give the regions of which no table has a row; none where that is true of all of them."""
    held = {
        str(key) for part in parts for key in (*part.rows.index.unique("adcode"), *part.excused)
    }
    return set(optional) - held if parts and held else set()


def _excluded(
    exclude: Iterable[str], regions: Regions, aliases: Mapping[str, str] | None
) -> tuple[set[str], dict[str, str]]:
    """Tell excluded regions, by key, from other names whose rows are left out, by spelled name."""
    names = list(dict.fromkeys(str(name).strip() for name in exclude))
    match = match_names(names, regions, aliases=aliases)
    keys = {str(key) for name, key in zip(names, match.keys, strict=True) if name in match.how}
    return keys, {spelled(name): name for name in names if name not in match.how}


def _check_exclude(
    left_out: Mapping[str, str], parts: list[Keyed], regions: Regions, problems: Problems
) -> None:
    """Refuse names to exclude that stand nowhere."""
    used = {spelled(found) for part in parts for _, found, _ in part.over}
    for name in (name for form, name in left_out.items() if form not in used):
        known = [*regions.spelled, *regions.keys]
        near = did_you_mean(name, known)
        problems.add("indicators.exclude_unknown", found=name, known=near)


def _span(
    parts: list[Keyed], years: Sequence[int] | None, problems: Problems
) -> tuple[list[int], list[Note]]:
    """Give the years of the study."""
    dated = [part for part in parts if part.dated]
    found = sorted({int(year) for part in dated for year in part.rows.index.unique("year")})
    notes = [
        Note("indicators.table_undated", part.file) for part in parts if dated and not part.dated
    ]
    if years is None:
        return (found if dated or not parts else [NO_YEAR]), notes
    wanted = sorted(set(years))
    if parts and not dated and len(wanted) > 1:
        files = [part.file for part in parts]
        problems.add("indicators.years_without_column", files=files, years=wanted)
    absent = [year for year in wanted if year not in found]
    if dated and absent:
        problems.add("indicators.year_absent", years=absent, found=found or "-")
        wanted = [year for year in wanted if year in found]
    return wanted, notes


def _spread(part: Keyed, span: list[int], alone: bool) -> Keyed:
    """Let a table without years hold for every year of the study."""
    if part.dated or (alone and span == [NO_YEAR]):
        return part
    return part.spread(span)


def _combined(
    parts: list[Keyed], needed: Collection[str], regions: Regions, problems: Problems
) -> pd.DataFrame:
    """Set the columns of all tables side by side; two figures for one cell must agree."""
    frames: list[pd.DataFrame] = []
    holders: dict[str, list[Keyed]] = {}
    for part in parts:
        shared = [column for column in part.values if column in holders]
        for column in shared:
            _check_agreement(column, part, holders[column], regions, problems)
        for column in part.values:
            holders.setdefault(column, []).append(part)
        if shared:
            frames = [pd.concat(frames, axis=1).combine_first(part.values)]
        else:
            frames.append(part.values)
    if not frames:
        return pd.DataFrame(index=pd.MultiIndex.from_arrays([[], []], names=["adcode", "year"]))
    frame = pd.concat(frames, axis=1)
    return frame[[column for column in sorted(needed) if column in holders]]


def _check_agreement(
    column: str, part: Keyed, others: list[Keyed], regions: Regions, problems: Problems
) -> None:
    for other in others:
        both = pd.concat([other.values[column], part.values[column]], axis=1, join="inner").dropna()
        first, second = both.iloc[:, 0], both.iloc[:, 1]
        cells = both.index[(first != second).to_numpy()]
        if not len(cells):
            continue
        key, year = cells[0]
        dated = part.dated and other.dated
        kind = "two_figures" if len(cells) == 1 else "many_figures"
        problems.add(
            f"indicators.{kind if dated else 'undated_figures'}",
            column=column,
            count=len(cells),
            region=region_label(regions, key),
            year=year,
            file=other.file,
            row=other.rows[key, year] or "-",
            found=first[key, year],
            other_file=part.file,
            other_row=part.rows[key, year] or "-",
            other_found=second[key, year],
        )


def _check_columns(needed: Collection[str], parts: list[Keyed], problems: Problems) -> None:
    """Name the columns that no table has: each with the nearest, or all that lack one at once."""
    there = {column for part in parts for column in part.values}
    known = sorted({column for part in parts for column in part.columns})
    gone = sorted(set(needed) - there)
    files = [part.file for part in parts]
    near = {column: nearest(column, known) for column in gone}
    strange = [column for column in gone if not near[column]]
    for column in (column for column in gone if near[column]):
        values = {"column": column, "files": files, "known": near[column]}
        problems.add("indicators.column_missing", **values)
    if strange:
        values = {"columns": strange, "files": files, "known": first_few(known, _SHOWN)}
        problems.add("indicators.columns_missing", **values)


def _check_rows(
    parts: list[Keyed],
    needed: Collection[str],
    kept: list[str],
    span: list[int],
    regions: Regions,
    problems: Problems,
) -> pd.DataFrame:
    """Every region has a row in every year, whichever tables a column comes from."""
    groups: dict[tuple[int, ...], None] = {}
    for column in needed:
        holders = tuple(i for i, part in enumerate(parts) if column in part.values)
        groups.update({holders: None} if holders else {})
    wanted = pd.MultiIndex.from_product([kept, span], names=["adcode", "year"])
    lacking = []
    for holders in sorted(groups):
        held = [parts[i] for i in holders]
        files = [part.file for part in held]
        index = held[0].rows.index
        for part in held[1:]:
            index = index.union(part.rows.index)
        gone = wanted[~wanted.isin(index)].to_frame(index=False)
        excused = set().union(*(part.excused for part in held))
        gone = gone[~gone["adcode"].isin(list(excused))]
        _name_missing(gone, kept, span, files, regions, problems)
        lacking.append(gone.assign(files=", ".join(files)))
    blank = pd.DataFrame({"files": [], "adcode": [], "year": []})
    return pd.concat(lacking)[list(blank)] if lacking else blank


def _name_missing(
    gone: pd.DataFrame,
    kept: list[str],
    span: list[int],
    files: list[str],
    regions: Regions,
    problems: Problems,
) -> None:
    """Say which years lack all regions, which regions lack all years, and what else is missing."""
    by_year = gone.groupby("year")["adcode"].nunique()
    whole = [int(year) for year in by_year.index[by_year.to_numpy() == len(kept)]]
    if whole:
        problems.add("indicators.year_missing", files=files, years=whole)
    rest = gone[~gone["year"].isin(whole)]
    for key, years in rest.groupby("adcode", sort=True)["year"]:
        region = region_label(regions, str(key))
        if len(years) == len(span) - len(whole):
            problems.add("indicators.region_missing", files=files, region=region)
        else:
            problems.add(
                "indicators.region_years_missing", files=files, region=region, years=list(years)
            )


def _report(parts: list[Keyed], lacking: pd.DataFrame, joined: pd.DataFrame) -> JoinReport:
    matched = [(p.file, name, key) for p in parts for name, key in p.matched.items()]
    unmatched = [(p.file, row, name) for p in parts for name, row in p.unmatched.items()]
    over = [(p.file, *each) for p in parts for each in p.over]
    return JoinReport(
        pd.DataFrame(matched, columns=["file", "found", "adcode"]),
        pd.DataFrame(unmatched, columns=["file", "row", "found"]),
        pd.DataFrame(over, columns=["file", "row", "found", "reason"]),
        lacking.reset_index(drop=True),
        coverage(joined),
    )
