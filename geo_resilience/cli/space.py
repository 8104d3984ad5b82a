"""``space``: the spatial statistics of one column of any table, without an index or a study."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from geo_resilience.cli.console import Session, console_language, tell
from geo_resilience.cli.map import column_values, regions_asked
from geo_resilience.errors import InputError
from geo_resilience.notes import Note
from geo_resilience.words import LANGUAGES, say

if TYPE_CHECKING:
    import pandas as pd

    from geo_resilience.regions import Grouping, Regions

__all__ = ["space"]

_HERE = console_language()
_PATH = click.Path(path_type=Path)
#: Rows of a table shown on the screen; the files hold all.
_MOST = 40

_RULES = ("queen", "rook", "k_nearest", "distance_band", "inverse_distance", "kernel")


def _told(name: str) -> str:
    return say(f"cli.space.{name}", _HERE)


def _map(name: str) -> str:
    return say(f"cli.map.{name}", _HERE)


@click.command("space", help=_told("help"), short_help=_told("short"))
@click.argument("table", type=_PATH)
@click.option("--key", required=True, metavar="COL", help=_map("key"))
@click.option("--value", required=True, metavar="COL", help=_told("value"))
@click.option("--year", type=int, metavar="Y", help=_told("year"))
@click.option("--year-column", metavar="COL", help=_told("year_column"))
@click.option("--sheet", metavar="NAME", help=_map("sheet"))
@click.option("--boundaries", type=_PATH, metavar="FILE", help=_map("boundaries"))
@click.option("--boundaries-key", metavar="COL", help=_map("boundaries_key"))
@click.option("--boundaries-name", metavar="COL", help=_map("boundaries_name"))
@click.option("--groups", type=_PATH, metavar="FILE", help=_told("groups"))
@click.option(
    "--neighbors",
    type=click.Choice(_RULES),
    default="queen",
    show_default=True,
    help=_told("neighbors"),
)
@click.option("-k", type=int, default=4, show_default=True, help=_told("k"))
@click.option("--km", type=float, metavar="KM", help=_told("km"))
@click.option("--seed", type=int, default=0, show_default=True, help=_told("seed"))
@click.option("--out", type=_PATH, metavar="DIR", help=_told("out"))
@click.option("--language", type=click.Choice(LANGUAGES), default=_HERE, help=_told("language"))
@click.option("--debug", is_flag=True, help=say("cli.debug", _HERE))
@click.pass_obj
def space(session: Session, table: Path, language: str, debug: bool, **asked: Any) -> None:
    """Describe one variable on one map with every calculation that applies."""
    session.debug |= debug
    session.language, session.by_options = language, True
    from geo_resilience import spatial
    from geo_resilience.study.files import write_tables
    from geo_resilience.study.plan_sections import NeighborsPlan
    from geo_resilience.study.space import geographic_neighbors

    everywhere = regions_asked(asked)
    notes: list[Note] = []
    values = _one_year(column_values(table, everywhere, asked, notes), table)
    regions = everywhere.without(set(everywhere.keys) - set(values.index))
    rule = NeighborsPlan(rule=asked["neighbors"], k=asked["k"], km=asked["km"])
    neighbors = geographic_neighbors(rule, regions)
    tables = spatial.overview(
        values.rename(asked["value"]),
        neighbors,
        regions=regions,
        groupings=_groupings(asked["groups"], everywhere, regions),
        names=regions.names(language),
        rng=asked["seed"],
    )
    if asked["year"] is not None:
        tables = {
            name: found.assign(year=asked["year"]) if "year" in found else found
            for name, found in tables.items()
        }
    for name, found in tables.items():
        tell(f"[{name}]")
        tell(_shown(found))
    notes += neighbors.notes
    for note in notes:
        tell(note.say(language))
    left = everywhere.names(language).drop(regions.keys).tolist()
    if left:
        tell(say("cli.space.missing", language, number=len(left), names=left))
    if asked["out"] is not None:
        inputs = {path.name: path for path in (table, asked["boundaries"], asked["groups"]) if path}
        echo = {"command": "space", **{key: _plain(value) for key, value in asked.items()}}
        del echo["out"]
        write_tables(
            {name: _for_file(name, found, asked) for name, found in tables.items()},
            asked["out"],
            asked=echo,
            inputs=inputs,
            notes=notes,
            language=language,
        )
        tell(say("cli.space.done", language, folder=asked["out"]))


def _one_year(values: pd.Series, table: Path) -> pd.Series:
    """Give the figures by region; several years need one to be named."""
    if "year" in values.index.names:
        years = sorted(set(values.index.get_level_values("year")))
        if len(years) > 1:
            raise InputError("cli.one_year", file=table.name, years=years)
        values = values.droplevel("year")
    return values.dropna().astype(float)


def _plain(value: Any) -> Any:
    return value.name if isinstance(value, Path) else value


def _for_file(name: str, table: pd.DataFrame, asked: dict[str, Any]) -> pd.DataFrame:
    """Make columns of an index that says something, and of the year and variable measured."""
    if name == "neighbors":
        report = table["value"].to_frame("used").T.infer_objects()
        return report.rename(columns={"rule": "description"}).reset_index(names="rule")
    found = table if table.index.names == [None] else table.reset_index()
    if name.endswith("correlogram"):
        return found.assign(year=asked["year"] or 0, variable=asked["value"])
    return found.assign(year=asked["year"] or 0) if name == "gradient" else found


def _groupings(
    file: Path | None, everywhere: Regions, regions: Regions
) -> dict[str, Grouping] | None:
    from geo_resilience.regions import read_groups

    if file is None and not everywhere.bundled:
        return None
    groupings = read_groups(file, everywhere)
    return {name: grouping.restricted(regions.keys) for name, grouping in groupings.items()}


def _shown(table: pd.DataFrame) -> str:
    return table.head(_MOST).to_string(float_format=lambda value: f"{value:.4g}")
