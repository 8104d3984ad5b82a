"""Records of regions and years, counted and summed exactly, whatever their number."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from geo_resilience.errors import InputError
from geo_resilience.indicators.records._engines import each_of
from geo_resilience.indicators.records._partial import Partial, total
from geo_resilience.indicators.records._places import Polygons
from geo_resilience.indicators.records._question import Question
from geo_resilience.regions import Regions, match_names
from geo_resilience.words import Phrase


def _named(
    whole: Partial, regions: Regions, aliases: Mapping[str, str] | None
) -> tuple[Partial, tuple[str, ...]]:
    """Give the groups of names those of keys; and the names that mean no region."""
    names = whole.added.index.unique("region")
    match = match_names(pd.Series(names, dtype=object), regions, aliases=aliases)
    if len(match.reasons) == len(names) > 0:
        raise InputError(match.problems)
    lost = whole.records[whole.added.index.isin(list(match.reasons), level="region")]
    left_out = whole.left_out + Counter(unknown_region=int(lost.sum()))
    keys = dict(zip(names, match.keys, strict=True))
    kept = {name: key for name, key in keys.items() if name not in match.reasons}
    return replace(whole.renamed(kept), left_out=left_out), tuple(sorted(match.reasons))


def _check_inside(placed: Partial, polygons: Polygons) -> None:
    """Raise where most points lie outside, with what it looks like."""
    lost = placed.left_out
    elsewhere = {name: lost[name] for name in ("exchanged", "no_degrees", "outside")}
    points = lost["read"] - lost["no_place"] - lost["origin"]
    inside = points - sum(elsewhere.values())
    west, south, east, north = placed.bounds
    found = {"west": west, "south": south, "east": east, "north": north, "points": points}
    if elsewhere["exchanged"] > max(inside, points / 2):
        raise InputError("records.exchanged", count=elsewhere["exchanged"], **found)
    if elsewhere["no_degrees"] > max(inside, points / 2):
        raise InputError("records.no_degrees", count=elsewhere["no_degrees"], **found)
    if points and not inside:
        ends = dict(zip(("left", "bottom", "right", "top"), polygons.bounds, strict=True))
        raise InputError("records.elsewhere", **found, **ends, crs=polygons.crs)


def _without_future(placed: Partial) -> Partial:
    """Leave out years that have not begun."""
    years = placed.added.index.get_level_values("year")
    late = years > date.today().year
    lost = Counter(future=int(placed.records[late].sum()))
    return replace(
        placed,
        added=placed.added[~late],
        left_out=placed.left_out + lost,
    )


def _measures(placed: Partial, question: Question) -> pd.DataFrame:
    """Give a column a question, rows the groups."""
    found = pd.DataFrame(index=placed.added.index)
    if question.count:
        found["count"] = placed.records
    for name in question.sums:
        found[f"sum_{name}"] = placed.sums(name)
    for name in question.means:
        found[f"mean_{name}"] = placed.sums(name) / placed.number(name)
    for name in question.distinct:
        found[f"distinct_{name}"] = placed.counted(name)
    for name, holder, number in question.top:
        found[f"top{number}_{name}"] = placed.largest(name, holder, number)
    return found


def _everywhere(found: pd.DataFrame, regions: Regions) -> pd.DataFrame:
    """Give every region a row in every year: without records nothing is counted or summed there."""
    years = found.index.unique("year").sort_values()
    every = pd.MultiIndex.from_product([regions.keys, years], names=["region", "year"])
    kinds, added = found.dtypes, [name for name in found if not _averaged(str(name))]
    found = found.reindex(every)
    found[added] = found[added].fillna(0).astype(kinds[added])
    return found


def _averaged(name: str) -> bool:
    """Whether a column is a mean or a share, of which nothing has none."""
    return name.startswith(("mean_", "top"))


def _table(placed: Partial, question: Question, regions: Regions) -> pd.DataFrame:
    """Make the table: every region in every year, or every industry where it occurs."""
    found = _measures(placed, question)
    found = found if question.industry else _everywhere(found, regions)
    found = found.reset_index().rename(columns={"region": "adcode"})
    return found.astype({"year": np.int64, "adcode": "str"})


def _wide(placed: Partial, question: Question, regions: Regions) -> pd.DataFrame:
    """Make the table with a column for all industries together, and one an industry."""
    if not question.industry:
        return _everywhere(_measures(placed, question), regions)
    whole = _measures(placed.over("industry"), question)
    parts = _measures(placed, question).unstack("industry")
    parts.columns = [f"{name}_{industry}" for name, industry in parts.columns]
    found = pd.concat([whole, parts], axis=1)
    twice = list(found.columns[found.columns.duplicated()])
    if twice:
        raise InputError("records.same_column", columns=twice)
    return _everywhere(found, regions)


def _report(placed: Partial) -> pd.DataFrame:
    reasons = sorted(placed.left_out.items(), key=lambda item: (item[0] != "read", item[0]))
    return pd.DataFrame(reasons, columns=["reason", "rows"])


def told(report: pd.DataFrame) -> list[Phrase]:
    """Say how many records were left out, by reason."""
    lost = report[(report["reason"] != "read") & ~report["reason"].str.startswith("no_value")]
    return [
        Phrase("records.lost", {"count": rows, "why": Phrase(f"left_out.{reason}")})
        for reason, rows in lost.itertuples(index=False, name=None)
    ]


@dataclass(frozen=True, eq=False)
class Tally:
    """A table of regions and years, and what did not go into it.

    Parameters
    ----------
    table : DataFrame
        Columns adcode, year, (industry,) then ``count``, ``sum_COL``, ``mean_COL``,
        ``distinct_COL``, ``topN_COL``.
    report : DataFrame with columns reason, rows
        Records read, those left out by reason, and values that are not there by column.
    unknown : tuple of str
        Names that mean no region.
    counted : int
        Records that went into the table.
    """

    table: pd.DataFrame
    report: pd.DataFrame
    unknown: tuple[str, ...] = ()
    counted: int = 0


def tally(
    records: str | Path | Iterable[str | Path],
    regions: Regions,
    *,
    year: str | int,
    longitude: str | None = None,
    latitude: str | None = None,
    crs: str | None = None,
    region: str | None = None,
    industry: str | None = None,
    concordance: Mapping[str, str] | None = None,
    count: bool = True,
    sum: Sequence[str] = (),  # noqa: A002  (the name of the option)
    mean: Sequence[str] = (),
    distinct: Sequence[str] = (),
    top: Sequence[tuple[str, str, int]] = (),
    aliases: Mapping[str, str] | None = None,
    sql: str | None = None,
    executor: Executor | None = None,
) -> pd.DataFrame:
    r"""Count and sum records by region and year.

    Parameters
    ----------
    records : path or iterable of paths
        Files, folders or patterns: Parquet, delimited text (packed or not).
    regions : Regions
    year : str or int
        Column of years or dates, or the year of all of them.
    longitude, latitude : str, optional
        Columns of coordinates, east and north ones in other systems than degrees.
    region : str, optional
        Column of codes or names, in place of coordinates. Without either the files are GeoParquet,
        whose column of points says where each record lies.
    industry : str, optional
        Column by which rows are told apart too.
    concordance : mapping, optional
        Industry of each code found in that column; others are left out and counted.
    count : bool
        Whether the number of records is a column.
    sum, mean, distinct : sequence of str
        Columns to sum, to average, and whose different values to count.
    top : sequence of (str, str, int)
        Column, column of holders and a number: the largest holders' share in the column's sum.
    crs : str, optional
        Reference system of the coordinates; degrees (EPSG:4326) without it. GeoParquet states its
        own.
    aliases : mapping, optional
        Further names of regions.
    sql : str, optional
        A query over the files, which it calls ``records``: its rows are counted in place of
        theirs. By DuckDB (extra ``duckdb``), which reads these files and no others, and writes
        nothing. Columns of text files are text in it.
    executor : concurrent.futures.Executor, optional
        Where the parts are counted; here and now without one.

    Returns
    -------
    DataFrame
        Columns adcode, year, (industry,) then ``count``, ``sum_COL``, ``mean_COL``,
        ``distinct_COL``, ``topN_COL``; every region in every year that occurs, or every industry
        that occurs in a region and year. ``attrs["report"]`` holds the number of records read,
        and of those left out by reason.

    Raises
    ------
    InputError
        If a file cannot be read or lacks a column; if no record lies in any region.

    Notes
    -----
    Sums are exact and rounded once, so that the order of records, the size of batches and the
    number of workers do not matter. A point on a border is the first region's by key.

    Examples
    --------
    >>> import tempfile
    >>> from geo_resilience.regions import read_boundaries
    >>> folder = tempfile.TemporaryDirectory()
    >>> file = Path(folder.name) / "firms.csv"
    >>> _ = file.write_text("x,y,founded,sales\n116.4,39.9,2020-05-01,1.5\n116.3,40,2020,2\n")
    >>> where = {"longitude": "x", "latitude": "y"}
    >>> found = tally(file, read_boundaries(), year="founded", sum=["sales"], **where)
    >>> found[found["count"] > 0].to_dict("records")
    [{'adcode': '110000', 'year': 2020, 'count': 2, 'sum_sales': 3.5}]
    """
    question = Question(
        year,
        longitude,
        latitude,
        crs,
        region,
        industry,
        concordance,
        count,
        tuple(sum),
        tuple(mean),
        tuple(distinct),
        tuple(top),
    )
    found = tallied(records, regions, question, aliases=aliases, sql=sql, executor=executor)
    rows = found.report.set_index("reason")["rows"]
    found.table.attrs["report"] = {str(reason): int(count) for reason, count in rows.items()}
    return found.table


def tallied(
    records: str | Path | Iterable[str | Path],
    regions: Regions,
    question: Question,
    *,
    aliases: Mapping[str, str] | None = None,
    sql: str | None = None,
    executor: Executor | None = None,
    wide: bool = False,
) -> Tally:
    """Count and sum records, and tell what was left out.

    A wide table has a row a region and year, and beside each column one for every industry:
    ``count``, ``count_C27``, ``count_C39``.
    """
    listed = [records] if isinstance(records, str | Path) else list(records)
    pieces = question.pieces(listed, sql)
    asked = question.over(regions, pieces)
    whole = total(each_of(asked.answer, pieces, executor), asked.nothing)
    if not whole.left_out["read"]:
        raise InputError("records.empty", files=[Path(each).name for each in listed])
    if asked.polygons is None:
        placed, unknown = _named(whole, regions, aliases)
    else:
        placed, unknown = whole.renamed(dict(enumerate(regions.keys))), ()
        _check_inside(placed, asked.polygons)
    placed = _without_future(placed)
    report = _report(placed)
    if not len(placed.added):
        raise InputError("records.none", read=placed.left_out["read"], left_out=told(report))
    for name in question.values:
        if not placed.number(name).any():
            raise InputError("records.no_numbers", column=name)
    made = _wide if wide else _table
    counted = int(placed.records.sum())
    return Tally(made(placed, question, regions), report, unknown, counted)
