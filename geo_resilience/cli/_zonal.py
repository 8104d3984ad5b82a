"""``zonal``: rasters of night lights or land cover, averaged and summed by region and year."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from geo_resilience.cli._console import Session, tell
from geo_resilience.cli._map import regions_asked
from geo_resilience.cli._options import (
    HERE,
    PATH,
    SPOKEN,
    CommandWords,
    boundaries,
    boundary_columns,
    debug,
    scheduler,
    workers,
)
from geo_resilience.cli._tally import refuse_table, write_table
from geo_resilience.words import say

if TYPE_CHECKING:
    from geo_resilience.indicators.rasters._zonal import Zonal

#: First columns of the report.
_REPORT = ("adcode", "year", "reason", "share")

#: Years one by one, or the first and the last.
_YEARS = re.compile(r"(\d{4})(?::(\d{4})|((?:,\d{4})*))")

_WORDS = CommandWords("zonal")


def _years(ctx: click.Context, option: click.Parameter, value: str | None) -> list[int] | None:
    if value is None:
        return None
    match = _YEARS.fullmatch(value)
    if match is None:
        raise click.BadParameter(_WORDS("years_form"))
    first, last, _ = match.groups()
    return list(range(int(first), int(last) + 1)) if last else [*map(int, value.split(","))]


def _class(ctx: click.Context, option: click.Parameter, values: tuple[str, ...]) -> dict[str, Any]:
    found = {}
    for value in values:
        name, _, codes = value.rpartition("=")
        try:
            found[name] = tuple(float(code) for code in codes.split(","))
        except ValueError:
            name = ""
        if not name:
            raise click.BadParameter(_WORDS("class_form"))
    return found


@_WORDS.command()
@click.argument("rasters", nargs=-1, required=True)
@boundaries
@boundary_columns
@_WORDS.option("--year", metavar="FORM|Y")
@_WORDS.option("--band", type=click.IntRange(1), metavar="N")
@_WORDS.option("--band-years", callback=_years, metavar="Y:Y")
@_WORDS.option("--name", default="value", show_default=True, metavar="TEXT")
@_WORDS.option("--mean", is_flag=True)
@_WORDS.option("--sum", "add", is_flag=True)
@_WORDS.option("--density", is_flag=True)
@_WORDS.option("--class", "classes", callback=_class, multiple=True, metavar="NAME=CODES")
@_WORDS.option("--no-data", type=float, multiple=True, metavar="VALUE")
@workers
@scheduler
@CommandWords("tally").option("-o", "--out", type=PATH, required=True, metavar="FILE")
@CommandWords("tally").option("--language", type=SPOKEN, default=HERE)
@debug
@click.pass_obj
def zonal(session: Session, /, rasters: tuple[str, ...], out: Path, **asked: Any) -> None:
    """Average and sum rasters; write the table, and what was left out of it."""
    session.language = language = asked["language"]
    refuse_table(out, rasters, _REPORT)
    from geo_resilience.indicators.rasters._bands import bands_of
    from geo_resilience.indicators.rasters._zonal import (
        Zoning,
        default_statistics,
        zoned,
    )
    from geo_resilience.indicators.records._engines import engine

    year = asked["year"]
    bands = bands_of(
        rasters,
        year=int(year) if year is not None and year.isdecimal() else year,
        band=asked["band"],
        band_years=asked["band_years"],
    )
    regions = regions_asked(asked)
    chosen = [name for name, key in (("mean", "mean"), ("sum", "add")) if asked[key]]
    zoning = Zoning(
        asked["name"],
        default_statistics(chosen, asked["classes"]),
        asked["classes"],
        asked["density"],
        asked["no_data"],
    )
    with engine(asked["workers"], asked["scheduler"]) as executor:
        found = zoned(bands, regions, zoning, executor=executor)
    write_table(found, out)
    for line in _lines(found, language):
        tell(line)
    tell(say("cli.tally.done", language, file=out, rows=len(found.table)))


def _lines(found: Zonal, language: str) -> list[str]:
    """Tell how many regions are outside the rasters or lack a part, by reason."""
    told = []
    for reason, gaps in found.report.groupby("reason"):
        most = gaps.loc[gaps["share"].idxmax()]
        told.append(
            say(
                "cli.zonal.gaps",
                language,
                count=gaps["adcode"].nunique(),
                what=say(f"raster_gap.{reason}", language),
                share=f"{100 * most['share']:.3g}",
                region=most["adcode"],
                year=most["year"],
            )
        )
    return told
