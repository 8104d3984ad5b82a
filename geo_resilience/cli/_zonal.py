"""``zonal``: rasters of night lights or land cover, averaged and summed by region and year."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from geo_resilience.cli._console import Session, console_language, tell
from geo_resilience.cli._map import regions_asked
from geo_resilience.cli._tally import refuse_table, write_table
from geo_resilience.words import LANGUAGES, say

if TYPE_CHECKING:
    from geo_resilience.indicators.rasters._zonal import Zonal

_HERE = console_language()

_PATH = click.Path(path_type=Path)

#: First columns of the report.
_REPORT = ("adcode", "year", "reason", "share")

#: Years one by one, or the first and the last.
_YEARS = re.compile(r"(\d{4})(?::(\d{4})|((?:,\d{4})*))")


def _told(name: str) -> str:
    return say(f"cli.zonal.{name}", _HERE)


def _years(ctx: click.Context, option: click.Parameter, value: str | None) -> list[int] | None:
    if value is None:
        return None
    match = _YEARS.fullmatch(value)
    if match is None:
        raise click.BadParameter(_told("years_form"))
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
            raise click.BadParameter(_told("class_form"))
    return found


@click.command("zonal", help=_told("help"), short_help=_told("short"))
@click.argument("rasters", nargs=-1, required=True)
@click.option("--boundaries", type=_PATH, metavar="FILE", help=say("cli.map.boundaries", _HERE))
@click.option("--boundaries-key", metavar="COL", help=say("cli.map.boundaries_key", _HERE))
@click.option("--boundaries-name", metavar="COL", help=say("cli.map.boundaries_name", _HERE))
@click.option("--boundaries-crs", metavar="CRS", help=say("cli.map.boundaries_crs", _HERE))
@click.option("--year", metavar="FORM|Y", help=_told("year"))
@click.option("--band", type=click.IntRange(1), metavar="N", help=_told("band"))
@click.option("--band-years", callback=_years, metavar="Y:Y", help=_told("band_years"))
@click.option("--name", default="value", show_default=True, metavar="TEXT", help=_told("name"))
@click.option("--mean", is_flag=True, help=_told("mean"))
@click.option("--sum", "add", is_flag=True, help=_told("sum"))
@click.option("--density", is_flag=True, help=_told("density"))
@click.option(
    "--class",
    "classes",
    callback=_class,
    multiple=True,
    metavar="NAME=CODES",
    help=_told("class"),
)
@click.option("--no-data", type=float, multiple=True, metavar="VALUE", help=_told("no_data"))
@click.option("--workers", type=click.IntRange(1), default=1, help=say("cli.tally.workers", _HERE))
@click.option("--scheduler", metavar="ADDRESS", help=say("cli.tally.scheduler", _HERE))
@click.option(
    "-o", "--out", type=_PATH, required=True, metavar="FILE", help=say("cli.tally.out", _HERE)
)
@click.option(
    "--language",
    type=click.Choice(LANGUAGES),
    default=_HERE,
    help=say("cli.tally.language", _HERE),
)
@click.option("--debug", is_flag=True, help=say("cli.debug", _HERE))
@click.pass_obj
def zonal(session: Session, /, rasters: tuple[str, ...], out: Path, **asked: Any) -> None:
    """Average and sum rasters; write the table, and what was left out of it."""
    session.debug |= asked["debug"]
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
