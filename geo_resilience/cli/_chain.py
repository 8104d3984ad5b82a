"""``chain``: all that an input-output table, or a planner's own tables, tell without a study."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from geo_resilience.chain._methods import FORMS, RISK_CUTS, SIDES
from geo_resilience.cli._console import Session, tell
from geo_resilience.cli._options import HERE, PATH, SPOKEN, CommandWords, debug, seed, sheet, show
from geo_resilience.cli._shown import dated, hand_over, show_table
from geo_resilience.errors import Problems
from geo_resilience.study.analyses import REGISTRY
from geo_resilience.words import joined, say, shortened

if TYPE_CHECKING:
    import pandas as pd

    from geo_resilience.study._case import ChainCase
    from geo_resilience.study._plan import Plan

#: What the command was asked for is its reason to run: wrong input for it is no remark.
_ANALYSES = [replace(each, strict=True) for each in REGISTRY if each.command == "chain"]
_REGISTERS = next(each.tables for each in _ANALYSES if each.name == "management")
_STEMS = [*(stem for each in _ANALYSES for stem in each.tables), "cut"]
#: Columns and rows of the linkages shown on the screen; the files hold all.
_SHOWN = ["sector", "name", "multiplier", "backward", "forward", "quadrant", "upstreamness"]
_MOST = 10

_WORDS = CommandWords("chain")


@_WORDS.command()
@click.argument("io_tables", nargs=-1, type=PATH, metavar="[IO_TABLE]...")
@_WORDS.option("--year", type=int, multiple=True, metavar="Y")
@sheet
@_WORDS.option("--role", multiple=True, metavar="HEADING=ROLE")
@_WORDS.option("--concordance", type=PATH, metavar="FILE")
@_WORDS.option("--loss", type=click.FloatRange(0, 1, min_open=True), default=0.1, show_default=True)
@_WORDS.option("--cut", metavar="SUPPLIER[:BUYER]")
@_WORDS.option("--share", type=click.FloatRange(0, 1), default=1.0, show_default=True)
@_WORDS.option("--abroad", is_flag=True)
@_WORDS.option("--sizes", type=PATH, metavar="FILE")
@_WORDS.option("--broad", type=PATH, metavar="FILE")
@_WORDS.option(
    "--delta", type=click.FloatRange(0, 1, max_open=True), default=0.3, show_default=True
)
@_WORDS.option("--disruption", type=PATH, metavar="FILE")
@_WORDS.option("--side", type=click.Choice(SIDES), default=SIDES[0])
@_WORDS.option("--form", type=click.Choice(FORMS), default="discrete")
@_WORDS.option("--steps", type=click.IntRange(1, 10_000), default=24, show_default=True)
@_WORDS.option("--risks", type=PATH, metavar="FILE")
@_WORDS.option("--risk-rule", type=click.Choice(list(RISK_CUTS)), default="impact")
@_WORDS.option("--targets", type=PATH, metavar="FILE")
@_WORDS.option("--priorities", type=PATH, metavar="FILE")
@_WORDS.option("--maturity", type=PATH, metavar="FILE")
@_WORDS.option("--example", is_flag=True)
@show(_STEMS)
@seed
@_WORDS.option("--out", type=PATH, metavar="DIR")
@_WORDS.option("--language", type=SPOKEN, default=HERE)
@debug
@click.pass_obj
def chain(session: Session, /, language: str, **asked: Any) -> None:
    """Tell what hangs together, and what a planner's own tables say."""
    session.language, session.by_options = language, True
    from geo_resilience.study._case import ChainCase, Findings, carry_out
    from geo_resilience.study._inputs import read_chain
    from geo_resilience.study.output._files import settle_command
    from geo_resilience.tables import Context, made

    _check(asked)
    settle_command("chain", asked["out"])
    plan = _plan(asked, language)
    case = ChainCase(plan=plan, chain=read_chain(plan))
    found = Findings()
    carry_out(case, _ANALYSES, found)
    found.tables |= _asked_beside(case, asked)
    tables = made(found.tables, Context(), language)
    for line in _sentences(tables, language):
        tell(line)
    _show(tables, asked, language)
    for note in found.notes:
        tell(note.say(language))
    hand_over("chain", found, asked, asked["io_tables"], language)


def _check(asked: dict[str, Any]) -> None:
    """Refuse options that mean nothing together."""
    files, years, problems = asked["io_tables"], asked["year"], Problems()
    if not files and not asked["example"] and not any(map(asked.get, _REGISTERS)):
        problems.add("cli.chain_nothing")
    if years and len(years) != len(files):
        problems.add("cli.chain_years", tables=len(files), years=list(years))
    if asked["disruption"] is not None and not files:
        problems.add("cli.chain_without_table", option="--disruption")
    for text in asked["role"]:
        heading, sign, _ = text.rpartition("=")
        if not sign or not heading:
            problems.add("cli.chain_role", found=text)
    problems.raise_if_any()


def _plan(asked: dict[str, Any], language: str) -> Plan:
    """Make the plan of a study that has nothing but a chain."""
    from geo_resilience.study._plan import Plan
    from geo_resilience.study._plan_chain import ChainPlan
    from geo_resilience.study._plan_sections import FrameworkPlan

    roles = {heading: role for heading, _, role in (text.rpartition("=") for text in asked["role"])}
    chain = ChainPlan(
        io=asked["io_tables"],
        io_years=asked["year"] or None,
        io_sheet=asked["sheet"],
        io_roles=roles or None,
        concordance=asked["concordance"],
        loss=asked["loss"],
        regional_sizes=asked["sizes"],
        regional_concordance=asked["broad"],
        regional_delta=asked["delta"],
        disruption=asked["disruption"],
        disruption_side=asked["side"],
        disruption_form=asked["form"],
        disruption_steps=asked["steps"],
        risk_rule=asked["risk_rule"],
        **{stem: asked[stem] for stem in _REGISTERS},
    )
    nothing = FrameworkPlan(file="")
    return Plan(language=language, seed=asked["seed"], tables=(), framework=nothing, chain=chain)


def _asked_beside(case: ChainCase, asked: dict[str, Any]) -> dict[str, pd.DataFrame]:
    """Give what no study has: the costs of one cut, and the worked example."""
    from geo_resilience.chain.inputoutput._tables import cut_table, stacked
    from geo_resilience.chain.management._examples import worked_example

    found = {}
    if asked["cut"] is not None and case.chain.io:
        supplier, _, buyer = asked["cut"].partition(":")
        found["cut"] = stacked(
            case.chain.io,
            cut_table,
            supplier.strip(),
            buyer=buyer.strip() or None,
            share=asked["share"],
            abroad=asked["abroad"],
            language=case.plan.language,
        )
    return found | (worked_example() if asked["example"] else {})


def _sentences(tables: dict[str, pd.DataFrame], language: str) -> list[str]:
    """Name the key sectors and those hit hardest."""
    told = []
    if "io_linkages" in tables:
        for year, rows in tables["io_linkages"].groupby("year", dropna=False):
            first = rows[rows["technology"] == rows["technology"].iloc[0]]
            key = first[first["quadrant"] == "key"]
            strongest = key.assign(reach=key["backward"] + key["forward"])
            names = list(strongest.sort_values("reach", ascending=False, kind="stable")["name"])
            told.append(_named("key", names, year, language))
    if "cut" in tables:
        for year, rows in tables["cut"].groupby("year", dropna=False):
            spread = "downstream_share"
            hit = rows[rows[spread] > 0].sort_values(spread, ascending=False, kind="stable")
            shares = [
                f"{name} {share:.2%}" for name, share in zip(hit["name"], hit[spread], strict=True)
            ]
            told.append(_named("hit", shares, year, language))
    return told


def _named(what: str, names: list[str], year: Any, language: str) -> str:
    """Say which sectors, the first few by name."""
    sectors = joined(shortened(names, language), language, "parts") or "-"
    return say(f"cli.chain.{what}", language, year=dated(year, language), sectors=sectors)


def _show(tables: dict[str, pd.DataFrame], asked: dict[str, Any], language: str) -> None:
    """Print the tables asked for, and answers to options; the linkages where there are neither."""
    wanted = set(asked["show"])
    answers = {"cut", "regional_linkages", *_REGISTERS}
    for stem, table in tables.items():
        if "all" in wanted or stem in wanted | answers or stem.startswith("table_"):
            title = say(f"cli.chain.{stem}", language) if stem.startswith("table_") else ""
            show_table(table, language, head=stem, title=title)
    if "io_linkages" in tables and not wanted and not answers & set(tables):
        _show_linkages(tables["io_linkages"], language)


def _show_linkages(linkages: pd.DataFrame, language: str) -> None:
    """Print the linkages of each technology, the strongest multipliers."""
    for year, of_year in linkages.groupby("year", sort=False, dropna=False):
        for technology, rows in of_year.groupby("technology", sort=False):
            head = technology if str(year) == "<NA>" else f"{technology}, {year}"
            shown = rows.sort_values("multiplier", ascending=False)[_SHOWN]
            show_table(shown, language, head=head, most=_MOST, digits=".3f")
