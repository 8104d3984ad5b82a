"""``chain``: all that an input-output table, or a planner's own tables, tell without a study."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from geo_resilience.chain.methods import FORMS, RISK_CUTS, SIDES
from geo_resilience.cli.console import Session, console_language, tell
from geo_resilience.errors import InputError
from geo_resilience.words import LANGUAGES, say

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["chain"]

_HERE = console_language()
_PATH = click.Path(path_type=Path)

#: Columns of the linkages shown on the screen; the files hold all.
_SHOWN = ["sector", "name", "multiplier", "backward", "forward", "quadrant", "upstreamness"]
#: Rows of another table shown on the screen.
_MOST = 25
_STEMS = (
    *("io_linkages", "extraction", "inoperability", "propagation", "network", "single_points"),
    *("removal", "decomposition", "regional_linkages", "recovery_paths", "cut"),
    *("risks", "targets", "priorities", "maturity"),
)


def _told(name: str) -> str:
    return say(f"cli.chain.{name}", _HERE)


_SHOW = say("cli.chain.show", _HERE, stems=list(_STEMS))


@click.command("chain", help=_told("help"), short_help=_told("short"))
@click.argument("io_tables", nargs=-1, type=_PATH, metavar="[IO_TABLE]...")
@click.option("--year", type=int, multiple=True, metavar="Y", help=_told("year"))
@click.option("--sheet", metavar="NAME", help=say("cli.map.sheet", _HERE))
@click.option("--role", multiple=True, metavar="HEADING=ROLE", help=_told("role"))
@click.option("--concordance", type=_PATH, metavar="FILE", help=_told("concordance"))
@click.option(
    "--loss",
    type=click.FloatRange(0, 1, min_open=True),
    default=0.1,
    show_default=True,
    help=_told("loss"),
)
@click.option("--cut", metavar="SUPPLIER[:BUYER]", help=_told("cut"))
@click.option(
    "--share", type=click.FloatRange(0, 1), default=1.0, show_default=True, help=_told("share")
)
@click.option("--abroad", is_flag=True, help=_told("abroad"))
@click.option("--sizes", type=_PATH, metavar="FILE", help=_told("sizes"))
@click.option("--broad", type=_PATH, metavar="FILE", help=_told("broad"))
@click.option(
    "--delta",
    type=click.FloatRange(0, 1, max_open=True),
    default=0.3,
    show_default=True,
    help=_told("delta"),
)
@click.option("--disruption", type=_PATH, metavar="FILE", help=_told("disruption"))
@click.option("--side", type=click.Choice(SIDES), default=SIDES[0], help=_told("side"))
@click.option(
    "--form",
    type=click.Choice(FORMS),
    default="discrete",
    help=_told("form"),
)
@click.option(
    "--steps", type=click.IntRange(1, 10_000), default=24, show_default=True, help=_told("steps")
)
@click.option("--risks", type=_PATH, metavar="FILE", help=_told("risks"))
@click.option(
    "--risk-rule", type=click.Choice(list(RISK_CUTS)), default="impact", help=_told("rule")
)
@click.option("--targets", type=_PATH, metavar="FILE", help=_told("targets"))
@click.option("--priorities", type=_PATH, metavar="FILE", help=_told("priorities"))
@click.option("--maturity", type=_PATH, metavar="FILE", help=_told("maturity"))
@click.option("--example", is_flag=True, help=_told("example"))
@click.option(
    "--show", multiple=True, type=click.Choice([*_STEMS, "all"]), metavar="FILE", help=_SHOW
)
@click.option("--seed", type=int, default=0, show_default=True, help=say("cli.space.seed", _HERE))
@click.option("--out", type=_PATH, metavar="DIR", help=_told("out"))
@click.option("--language", type=click.Choice(LANGUAGES), default=_HERE, help=_told("language"))
@click.option("--debug", is_flag=True, help=say("cli.debug", _HERE))
@click.pass_obj
def chain(session: Session, language: str, debug: bool, **asked: Any) -> None:
    """Tell what hangs together, and what a planner's own tables say."""
    session.debug |= debug
    session.language, session.by_options = language, True
    from geo_resilience.cli.chain_tables import chain_tables, io_asked
    from geo_resilience.study.files import settle_command, write_tables

    registers = ("risks", "targets", "priorities", "maturity")
    if not asked["io_tables"] and not asked["example"] and not any(map(asked.get, registers)):
        raise InputError("cli.chain_nothing")
    settle_command("chain", asked["out"])
    ios = io_asked(asked)
    tables, notes = chain_tables(ios, asked, language)
    if asked["example"]:
        from geo_resilience.chain import worked_example

        tables |= worked_example()
    _show(tables, set(asked["show"]), language)
    for note in notes:
        tell(note.say(language))
    files = [f"{stem}.csv" for stem in tables]
    if asked["out"] is None:
        tell(say("cli.chain.more", language, files=files))
        return
    echo = {key: _plain(value) for key, value in asked.items() if key != "out"}
    inputs = {path.name: path for path in _paths(asked)}
    echo = {"command": "chain", **echo}
    write_tables(tables, asked["out"], asked=echo, inputs=inputs, notes=notes, language=language)
    tell(say("cli.chain.done", language, folder=asked["out"], files=files))


def _paths(asked: dict[str, Any]) -> list[Path]:
    single = [value for key, value in asked.items() if isinstance(value, Path) and key != "out"]
    return [*asked["io_tables"], *single]


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    return value.name if isinstance(value, Path) else value


def _show(tables: dict[str, pd.DataFrame], asked: set[str], language: str) -> None:
    """Print what was asked for: linkages, unless tables are named; answers to options always."""
    always = {"cut", "risks", "targets", "priorities", "maturity"}
    for stem, table in tables.items():
        if "all" in asked or stem in asked | always or stem.startswith("table_"):
            _show_table(stem, table, language)
        elif stem == "io_linkages" and not asked:
            _show_linkages(table)


def _show_linkages(linkages: pd.DataFrame) -> None:
    """Print the linkages of each technology, the strongest multiplier first."""
    for year, of_year in linkages.groupby("year", sort=False, dropna=False):
        for technology, rows in of_year.groupby("technology", sort=False):
            tell(f"[{technology}]" if str(year) == "<NA>" else f"[{technology}, {year}]")
            shown = rows.sort_values("multiplier", ascending=False)[_SHOWN]
            shown = shown.assign(name=shown["name"].str.slice(0, 40))
            tell(shown.to_string(index=False, float_format=lambda value: f"{value:.3f}"))


def _show_table(stem: str, table: pd.DataFrame, language: str) -> None:
    """Print a table: texts of one language, the first rows of a long one."""
    head = f"[{stem}]"
    if stem.startswith("table_"):
        head += " " + say(f"cli.chain.{stem}", language)
    tell(head)
    other = [name for name in table if f"{name}_zh" in table]
    spoken = table.drop(columns=other if language == "zh" else [f"{name}_zh" for name in other])
    spoken = spoken.dropna(axis="columns", how="all").head(_MOST)
    for name in spoken.select_dtypes(["object", "string", "category"]):
        spoken[name] = spoken[name].astype(object).where(spoken[name].notna(), "").astype(str)
        spoken[name] = spoken[name].str.slice(0, 40)
    tell(spoken.to_string(index=False, float_format=lambda value: f"{value:.6g}", na_rep=""))
    if len(table) > _MOST:
        tell(say("cli.chain.rest", language, rows=len(table), shown=_MOST))
