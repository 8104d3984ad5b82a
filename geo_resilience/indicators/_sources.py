"""One table of a study: its rows matched to regions and years, its cells read as numbers."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

import pandas as pd

from geo_resilience.databases import Answer
from geo_resilience.errors import InputError, Problems, nearest
from geo_resilience.indicators._column_hints import mistaken_region, told_column
from geo_resilience.indicators._trace import NO_YEAR
from geo_resilience.notes import Note
from geo_resilience.regions import Crosswalk, Regions, match_names
from geo_resilience.regions._known_names import Known
from geo_resilience.regions._names import Match
from geo_resilience.regions._regions import region_label
from geo_resilience.regions._spelling import spelled
from geo_resilience.tables._cells import find_column, folded, is_blank, missing_marks, read_year
from geo_resilience.tables._headings import OF_UNITS, OF_YEARS, is_unit, years_in
from geo_resilience.tables._reading import RawTable, numbers_of, read_every, read_raw

_SHOWN = 6
#: Column for the key beside the table's own; no heading can hold a zero byte.
_KEY = "\x00key"

_Rows = TypeVar("_Rows", pd.Series, pd.DataFrame)


@dataclass(frozen=True)
class TableSource:
    """Where a table of a study is and how it is laid out.

    - ``file``: also what a database gave.
    - ``layout`` {"long", "wide"}: long: a row a region and year, a column a quantity. Wide: one
      quantity, a column a year.
    - ``region``: column that says which region a row is about.
    - ``year``: column of years in a long table, or the one year of all of it. Without it a column
      called ``year``, ``年份``, ``年度`` or ``年`` is taken, with a Note; a table that has none of
      these is one without years.
    - ``year_from`` {"sheet", "title", "file"}: where the one year of each table stands; ``"sheet"``
      without ``sheet`` reads every sheet whose name holds a year.
    - ``headings``, ``unit_row``: rows of headings and of units, as `read_raw` takes them.
    - ``indicator``: what a wide table holds: the name by which the framework calls the column.
    - ``sheet``, ``encoding``, ``delimiter``: see `read_raw`.
    - ``missing``: texts that stand for a missing number in this table.
    - ``vintage``: the year whose units the rows are about; without it their own years.
    - ``intensive``: columns that are no totals, each with the column that weighs its mean or alone;
      None where the framework's units tell.
    """

    file: str | Path | Answer
    layout: str = "long"
    region: str = "region"
    year: str | int | None = None
    indicator: str | None = None
    sheet: str | None = None
    year_from: str | None = None
    headings: tuple[int, ...] = ()
    unit_row: int | None = None
    encoding: str | None = None
    delimiter: str | None = None
    missing: tuple[str, ...] | None = None
    vintage: int | None = None
    intensive: Mapping[str, str] | tuple[str, ...] | None = None


@dataclass(eq=False)
class Keyed:
    """What became of a table.

    - ``columns``: all of its columns, for the nearest name in messages.
    - ``values``, rows (adcode, year), columns those needed
    - ``rows`` (Series by (adcode, year)): number of the row in the file; 0 if made of many.
    - ``dated``: whether the table has years.
    - ``matched``: key of the region by name as found.
    - ``over``: rows that were left out: ``"total"``, ``"excluded"``.
    - ``unmatched``: row of the first appearance by name that is no region.
    - ``excused``: regions that may be missing because of another problem already named.
    - ``split`` (Series of bool by (adcode, year)), ``bounds`` (two frames like values), ``pieces``
      (rows of crosswalk.csv): which rows rest on shares of a crosswalk, what they would be at
      either end of these, and from what they were made; none without a crosswalk.
    - ``units``: unit by column, where the table says it.
    """

    file: str
    columns: list[str] = field(default_factory=list)
    values: pd.DataFrame = field(default_factory=pd.DataFrame)
    rows: pd.Series = field(default_factory=lambda: pd.Series(dtype="int64"))
    dated: bool = True
    matched: dict[str, str] = field(default_factory=dict)
    over: list[tuple[int, str, str]] = field(default_factory=list)
    unmatched: dict[str, int] = field(default_factory=dict)
    excused: set[str] = field(default_factory=set)
    split: pd.Series | None = None
    bounds: tuple[pd.DataFrame, ...] = ()
    pieces: pd.DataFrame | None = None
    notes: list[Note] = field(default_factory=list)
    units: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def made(
        cls, label: str, table: pd.DataFrame, needed: Collection[str], notes: list[Note]
    ) -> Keyed:
        """Take the columns that are needed from a table made of many records or cells.

        Its rows are (adcode, year), sorted.
        """
        columns = list(map(str, table.columns))
        wanted = {each: find_column(each, columns) for each in sorted(needed)}
        held = {each: table[column] for each, column in wanted.items() if column is not None}
        values = pd.DataFrame(held, index=table.index, dtype=float)
        rows = pd.Series(0, index=table.index, dtype="int64")
        return cls(label, columns, values=values, rows=rows, notes=notes)

    def without(self, excluded: Collection[str]) -> Keyed:
        """Leave regions out."""
        kept = ~self.rows.index.isin(list(excluded), level="adcode")
        return replace(
            self,
            values=self.values[kept],
            rows=self.rows[kept],
            split=None if self.split is None else self.split[kept],
            bounds=tuple(each[kept] for each in self.bounds),
        )

    def spread(self, span: Sequence[int]) -> Keyed:
        """Let a table without years hold for every one of some."""

        def over(held: _Rows) -> _Rows:
            keys = held.index.get_level_values("adcode")
            copies = [pd.MultiIndex.from_product([keys, [year]]) for year in span]
            named = [held.set_axis(index.set_names(["adcode", "year"])) for index in copies]
            return pd.concat(named)

        told = [self.pieces.assign(year=year) for year in span] if self.pieces is not None else []
        return replace(
            self,
            values=over(self.values),
            rows=over(self.rows),
            split=None if self.split is None else over(self.split),
            bounds=tuple(map(over, self.bounds)),
            pieces=pd.concat(told, ignore_index=True) if told else None,
        )


def read_tables(source: TableSource, problems: Problems) -> list[tuple[TableSource, RawTable]]:
    """Read what a source names: one table, or one for each sheet that is of a year.

    Each comes with the source of it alone, whose year is known; what is wrong goes to the problems.
    """
    if isinstance(source.file, Answer):
        return [(source, source.file.table())]
    if source.year is not None and source.year_from is not None:
        problems.add("indicators.year_twice_told", file=Path(source.file).name)
        return []
    try:
        if source.year_from == "sheet" and source.sheet is None:
            return _by_sheet(source, source.file, problems)
        table = read_raw(
            source.file,
            sheet=source.sheet,
            encoding=source.encoding,
            delimiter=source.delimiter,
            heading=source.region,
            headings=source.headings,
            unit_row=source.unit_row,
        )
    except InputError as error:
        problems.extend(error.problems)
        return []
    if source.year_from is None:
        return [(source, table)]
    said = {"sheet": [source.sheet or ""], "file": [Path(source.file).stem], "title": table.titles}
    years = {year for text in said[source.year_from] for year in years_in(text)}
    if len(years) != 1:
        values = {"source": source.year_from, "found": sorted(years) or "-"}
        problems.add("indicators.year_not_told", file=table.file, **values)
        return []
    return [(replace(source, year=years.pop(), year_from=None), table)]


def _by_sheet(
    source: TableSource, file: str | Path, problems: Problems
) -> list[tuple[TableSource, RawTable]]:
    """Read the sheets of which each is named after one year; the others are noted."""
    tables = read_every(file, source.headings, source.unit_row, source.region)
    if not tables:
        problems.add("indicators.sheets_undated", file=Path(file).name)
    return [
        (replace(source, year=year, year_from=None, sheet=sheet), table)
        for (sheet, year), table in tables.items()
    ]


def read_source(
    source: TableSource,
    table: RawTable,
    regions: Regions,
    problems: Problems,
    *,
    needed: Collection[str],
    excluded: Collection[str] = (),
    left_out: Collection[str] = (),
    aliases: Mapping[str, str] | None = None,
    missing: Collection[str] | None = None,
    crosswalk: Crosswalk | None = None,
) -> Keyed | None:
    """Match the rows of a table; what is wrong goes to the problems."""
    names = [str(column) for column in table.frame.columns]
    keyed = Keyed(table.file, names, notes=list(table.notes), units=table.units)
    marks = missing_marks(source.missing if source.missing is not None else missing)
    layout = _layout(source, keyed, needed, problems)
    if layout is None:
        return None
    region, cells = layout
    frame = _without_blank_regions(table, region, cells.columns, marks, problems)
    frame = _match(frame, region, regions, keyed, problems, excluded, left_out, aliases, crosswalk)
    _set_values(frame, cells, keyed, regions, marks, problems)
    return keyed


@dataclass(frozen=True)
class _Cells:
    """Which columns hold each quantity that is needed and, in a wide table, their years."""

    year: str | int | None
    holding: dict[str, list[str]]
    year_of: dict[str, int]

    @property
    def columns(self) -> list[str]:
        return list(dict.fromkeys(column for held in self.holding.values() for column in held))


def _layout(
    source: TableSource, keyed: Keyed, needed: Collection[str], problems: Problems
) -> tuple[str, _Cells] | None:
    """Find the columns of regions, years and quantities."""
    before = len(problems)
    region = _named_column(source.region, "region", keyed, problems)
    if source.layout == "wide":
        cells = _wide(source, keyed, needed, problems)
    else:
        year = _year_column(source, keyed, problems)
        found = {each: find_column(each, keyed.columns) for each in sorted(needed)}
        holding = {each: [column] for each, column in found.items() if column is not None}
        cells = _Cells(year, holding, {})
        keyed.dated = year is not None
    if region is None or cells is None or len(problems) > before:
        return None
    if not cells.columns:
        keyed.notes.append(Note("indicators.table_unused", keyed.file))
    return region, cells


def _named_column(name: str, role: str, keyed: Keyed, problems: Problems) -> str | None:
    found = find_column(name, keyed.columns)
    if found is None:
        near = nearest(name, keyed.columns) or keyed.columns
        problems.add("indicators.no_column", file=keyed.file, column=name, role=role, known=near)
    return found


def _year_column(source: TableSource, keyed: Keyed, problems: Problems) -> str | int | None:
    if isinstance(source.year, int):
        return source.year
    if source.year is not None:
        return _named_column(source.year, "year", keyed, problems)
    usual = [column for column in keyed.columns if folded(column).casefold() in OF_YEARS]
    if len(usual) == 1:
        keyed.notes.append(Note("indicators.year_column", keyed.file, {"column": usual[0]}))
        return usual[0]
    return None


def _wide(
    source: TableSource, keyed: Keyed, needed: Collection[str], problems: Problems
) -> _Cells | None:
    """Find the columns that are years."""
    if not source.indicator:
        problems.add("indicators.wide_without_name", file=keyed.file)
        return None
    years = {column: read_year(column) for column in keyed.columns}
    year_of = {column: year for column, year in years.items() if year is not None}
    if not year_of:
        problems.add("indicators.wide_without_years", file=keyed.file, found=keyed.columns)
        return None
    for year in sorted(set(year_of.values())):
        same = [column for column, each in year_of.items() if each == year]
        if len(same) > 1:
            problems.add("indicators.year_twice", file=keyed.file, year=year, columns=same)
    same_name = folded(source.indicator)
    holding = {each: list(year_of) for each in sorted(needed) if folded(each) == same_name}
    return _Cells(None, holding, year_of)


def _without_blank_regions(
    table: RawTable, region: str, columns: Sequence[str], marks: Collection[str], problems: Problems
) -> pd.DataFrame:
    """Leave out rows without a region; where they hold figures, that is a problem."""
    frame = table.frame
    blank = frame[region].str.strip() == ""
    for row in frame.index[blank]:
        held = [column for column in columns if not is_blank(frame.at[row, column], marks)]
        if held and all(is_unit(frame.at[row, column]) for column in held):
            units = [frame.at[row, column] for column in held]
            problems.add("indicators.unit_row", file=table.file, row=row, units=units)
        elif held:
            problems.add(
                "indicators.region_blank", file=table.file, row=row, column=region, held=held
            )
    return frame[~blank]


def _match(
    frame: pd.DataFrame,
    region: str,
    regions: Regions,
    keyed: Keyed,
    problems: Problems,
    excluded: Collection[str],
    left_out: Collection[str],
    aliases: Mapping[str, str] | None,
    crosswalk: Crosswalk | None,
) -> pd.DataFrame:
    """Put the key of its region, or past unit, beside every row; drop rows without one."""
    past = crosswalk.known(aliases) if crosswalk is not None else None
    names = frame[region].str.strip()
    new = names[~names.duplicated()]
    first = dict(zip(new, new.index, strict=True))
    match = match_names(pd.Series(list(first), dtype="str"), regions, aliases=aliases)
    found = dict(zip(first, match.keys, strict=True))
    keyed.matched = {name: str(key) for name, key in found.items() if name not in match.reasons}
    keyed.notes.extend(match.notes)
    totals = [name for name in match.totals if spelled(name) not in left_out]
    for name in match.reasons:
        units = past.find(name)[1] if past is not None else ()
        if len(units) == 1:
            keyed.matched[name] = units[0]
        elif spelled(name) in left_out:
            keyed.over.extend((row, name, "excluded") for row in names.index[names == name])
        elif name in totals:
            keyed.over.extend((row, name, "total") for row in names.index[names == name])
        else:
            keyed.unmatched[name] = first[name]
    if totals:
        keyed.notes.append(Note("indicators.totals_left_out", keyed.file, {"names": totals}))
    mistaken = mistaken_region(keyed.file, frame, region, match, regions, aliases=aliases)
    if mistaken and keyed.unmatched:
        problems.add("indicators.no_region_matches", **mistaken)
        keyed.excused.update(regions.keys)
    elif match.hint and len(keyed.unmatched) == len(match.reasons):
        row = min(keyed.unmatched.values())
        values = {"file": keyed.file, "row": row, "what": match.hint}
        problems.add("indicators.row_region", elsewhere="", **values)
        keyed.excused.update(regions.keys)
    else:
        _tell_unmatched(keyed, match, regions, problems, crosswalk, past)
    keys = names.map(lambda name: keyed.matched.get(name, ""))
    for row in frame.index[keys.isin(list(excluded))]:
        keyed.over.append((row, names[row], "excluded"))
    keyed.over.sort()
    # a crosswalk may carry a part of what is excluded elsewhere
    kept = (keys != "") & (past is not None or ~keys.isin(list(excluded)))
    return frame[kept].assign(**{_KEY: keys[kept]})


def _tell_unmatched(
    keyed: Keyed,
    match: Match,
    regions: Regions,
    problems: Problems,
    crosswalk: Crosswalk | None,
    past: Known | None,
) -> None:
    """Name the rows that are of no region; whom they may be of is not missed as well."""
    for name, row in keyed.unmatched.items():
        if folded(name).casefold() in OF_UNITS:
            problems.add("indicators.unit_row", file=keyed.file, row=row, units=[name])
            continue
        near = past.nearest(name) if past is not None else []
        values = {"file": keyed.file, "row": row, "what": match.with_more(name, near)}
        if crosswalk is not None and past is not None:
            keyed.excused.update(crosswalk.heirs(past.find(each)[1][0] for each in near))
        problems.add("indicators.row_region", elsewhere="", **values)
        keyed.excused.update(match.ambiguous.get(name, ()))
        keyed.excused.update(_called(match.unknown.get(name, ()), regions))


def _called(names: Collection[str], regions: Regions) -> list[str]:
    """Give the keys of regions of these names."""
    wanted = set(names)
    return [key for key, names in regions.spellings.items() if wanted.intersection([key, *names])]


def _set_values(
    frame: pd.DataFrame,
    cells: _Cells,
    keyed: Keyed,
    regions: Regions,
    marks: Collection[str],
    problems: Problems,
) -> None:
    """Read the figures under (adcode, year)."""
    if cells.year_of:
        parts = [cells.year_of[column] for column in cells.columns]
        years = [year for year in parts for _ in range(len(frame))]
    else:
        parts = [NO_YEAR]
        frame, years = _years(frame, cells.year, keyed, problems)
    rows, keys = list(frame.index) * len(parts), list(frame[_KEY]) * len(parts)
    index = pd.MultiIndex.from_arrays(
        [pd.Index(keys, dtype="str"), pd.Index(years, dtype="int64")], names=["adcode", "year"]
    )
    keyed.rows = pd.Series(rows, index=index, dtype="int64")
    _check_twice(keyed, regions, problems)
    columns = {}
    for quantity, held in cells.holding.items():
        texts = [cell for column in held for cell in frame[column].to_list()]
        heads = [column for column in held for _ in range(len(frame))]
        values, faults, notes = numbers_of(texts, rows, heads, file=keyed.file, marks=marks)
        problems.extend(faults)
        keyed.notes.extend(notes)
        columns[quantity] = values
    keyed.values = pd.DataFrame(columns, index=index, dtype=float)
    first = ~index.duplicated()
    keyed.values, keyed.rows = keyed.values[first], keyed.rows[first]


def _years(
    frame: pd.DataFrame, column: str | int | None, keyed: Keyed, problems: Problems
) -> tuple[pd.DataFrame, list[int]]:
    """Read the years of rows; rows without one are dropped, as a problem."""
    if column is None or isinstance(column, int):
        return frame, [NO_YEAR if column is None else column] * len(frame)
    texts = frame[column].str.strip()
    year_of = {text: read_year(text) for text in texts.unique()}
    if len(frame) and not any(year_of.values()):
        others = [each for each in keyed.columns if each != column]
        likely = [each for each in others if frame[each].map(read_year).notna().all()]
        problems.add("indicators.no_years", **told_column(keyed.file, frame[column], likely))
        keyed.excused.update(frame[_KEY])
        return frame.iloc[:0], []
    for text in (text for text, year in year_of.items() if year is None):
        rows = frame.index[texts == text]
        shown = [*rows[:_SHOWN], *([f"+{len(rows) - _SHOWN}"] if len(rows) > _SHOWN else [])]
        problems.add(
            "indicators.not_a_year", file=keyed.file, rows=shown, column=column, found=text
        )
        keyed.excused.update(frame.loc[rows, _KEY])
    years = texts.map(year_of)
    there = years.notna()
    return frame[there], [int(year) for year in years[there]]


def _check_twice(keyed: Keyed, regions: Regions, problems: Problems) -> None:
    """Name both rows of a region and year that stand twice."""
    rows = keyed.rows
    doubled = rows[rows.index.duplicated(keep=False)]
    for (key, year), numbers in doubled.groupby(level=[0, 1], sort=True):
        values = {"file": keyed.file, "rows": sorted(numbers), "region": region_label(regions, key)}
        if keyed.dated:
            problems.add("indicators.row_twice", year=year, **values)
        else:
            problems.add("indicators.row_twice_undated", **values)
