"""``space``: the spatial statistics of one column of any table, without an index or a study."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from geo_resilience.cli._console import Session, tell
from geo_resilience.cli._map import column_values
from geo_resilience.cli._options import (
    HERE,
    PATH,
    SPOKEN,
    CommandWords,
    boundaries,
    boundary_columns,
    debug,
    seed,
    sheet,
    show,
)
from geo_resilience.cli._shown import dated, hand_over, show_table
from geo_resilience.errors import InputError
from geo_resilience.notes import Note
from geo_resilience.spatial._methods import NEIGHBOR_RULES
from geo_resilience.statistics._certainty import ALPHA, certainty
from geo_resilience.study.analyses import REGISTRY
from geo_resilience.words import joined, say, shortened

if TYPE_CHECKING:
    import pandas as pd

    from geo_resilience.study._case import SpaceCase
    from geo_resilience.study._plan import Plan
    from geo_resilience.study._regions import StudyRegions

_ANALYSES = [each for each in REGISTRY if each.command == "space"]
_STEMS = [stem for each in _ANALYSES for stem in each.tables]

#: Rules for which regions, a number and a distance are enough.
_RULES = [name for name, rule in NEIGHBOR_RULES.items() if {"k", "km"}.issuperset(rule.needs)]

_WORDS = CommandWords("space")


@_WORDS.command()
@click.argument("table", type=PATH)
@CommandWords("map").option("--key", required=True, metavar="COL")
@_WORDS.option("--value", required=True, metavar="COL")
@_WORDS.option("--year", type=int, metavar="Y")
@_WORDS.option("--year-column", metavar="COL")
@sheet
@boundaries
@boundary_columns
@_WORDS.option("--groups", type=PATH, metavar="FILE")
@_WORDS.option("--neighbors", type=click.Choice(_RULES), default="queen", show_default=True)
@_WORDS.option("-k", type=int, default=4, show_default=True)
@_WORDS.option("--km", type=float, metavar="KM")
@show(_STEMS)
@seed
@_WORDS.option("--out", type=PATH, metavar="DIR")
@_WORDS.option("--language", type=SPOKEN, default=HERE)
@debug
@click.pass_obj
def space(session: Session, /, table: Path, language: str, **asked: Any) -> None:
    """Describe one variable on one map with every calculation that applies."""
    session.language, session.by_options = language, True
    from geo_resilience.study._case import Findings, carry_out
    from geo_resilience.study._regions import lay_ground
    from geo_resilience.study.output._files import settle_command

    settle_command("space", asked["out"])
    plan = _plan(asked, language)
    ground = lay_ground(plan)
    notes: list[Note] = []
    values = _of_one_year(column_values(table, ground.everywhere, asked, notes), table, asked)
    case = _case(plan, ground, values.rename(asked["value"]))
    found = Findings(notes=[*notes, *case.neighbors.notes, *case.size_notes()])
    carry_out(case, _ANALYSES, found)
    for line in _sentences(case, found.tables):
        tell(line)
    for stem, each in found.tables.items():
        if {stem, "all"} & set(asked["show"]):
            show_table(each, language, head=stem, digits=".4g")
    for note in found.notes:
        tell(note.say(language))
    left = ground.everywhere.names(language).drop(case.keys).tolist()
    if left:
        tell(say("cli.space.missing", language, number=len(left), names=left))
    hand_over("space", found, asked, [table], language)


def _of_one_year(values: pd.Series, table: Path, asked: dict[str, Any]) -> pd.Series:
    """Give the figures by region and year; several years need one to be named."""
    import pandas as pd

    if "year" in values.index.names:
        years = sorted(set(values.index.get_level_values("year")))
        if len(years) > 1:
            raise InputError("cli.one_year", file=table.name, years=years)
    else:  # a table without years has one period
        values = pd.concat({asked["year"] or 0: values}, names=["year"]).swaplevel()
    return values.dropna().astype(float)


def _plan(asked: dict[str, Any], language: str) -> Plan:
    """Make the plan of a study that has nothing but one column."""
    from geo_resilience.study._plan import Plan
    from geo_resilience.study._plan_sections import (
        BoundariesPlan,
        FrameworkPlan,
        GroupsPlan,
        NeighborsPlan,
    )

    return Plan(
        language=language,
        seed=asked["seed"],
        tables=(),
        framework=FrameworkPlan(file=""),
        boundaries=BoundariesPlan(
            file=asked["boundaries"],
            **{each: asked[f"boundaries_{each}"] for each in ("key", "name", "crs")},
        ),
        groups=GroupsPlan(file=asked["groups"]),
        neighbors=NeighborsPlan(rule=asked["neighbors"], k=asked["k"], km=asked["km"]),
    )


def _case(plan: Plan, ground: StudyRegions, values: pd.Series) -> SpaceCase:
    """Lay one column out as the spatial analyses of a study look at it."""
    import pandas as pd

    from geo_resilience.study._case import SpaceCase
    from geo_resilience.study._inputs import ChainInputs
    from geo_resilience.study.analyses._space import link_regions

    ground = ground.without(set(ground.everywhere.keys) - set(values.index.get_level_values(0)))
    if (values < 0).any():  # for figures of one sign alone
        statistics = tuple(each for each in plan.space.statistics if each != "getis_ord")
        plan = replace(plan, space=replace(plan.space, statistics=statistics))
    nothing = pd.DataFrame(index=values.index)
    return SpaceCase(
        plan=plan,
        chain=ChainInputs(),
        ground=ground,
        neighbors=link_regions(plan, ground, nothing),
        scores=values.to_frame(),
        indicators=nothing,
        variables=nothing,
    )


def _sentences(case: SpaceCase, tables: dict[str, pd.DataFrame]) -> list[str]:
    """Tell what was found: the column, where it gathers, where it rises, which groups differ."""
    language = case.plan.language
    return [
        _scope(case, tables),
        *_moran(tables, language),
        *_clusters(case, tables),
        *_gradients(tables, language),
        *_gap(tables, language),
        *_verdicts(case, tables),
    ]


def _rows(tables: dict[str, pd.DataFrame], stem: str, which: str) -> pd.DataFrame:
    """Give some rows of a table; none where it is left out."""
    import pandas as pd

    return tables[stem].query(which) if stem in tables else pd.DataFrame()


def _scope(case: SpaceCase, tables: dict[str, pd.DataFrame]) -> str:
    last, language = case.last, case.plan.language
    gini = _rows(tables, "inequality", "measure == 'gini' and component == 'total'")["value"]
    return say(
        "cli.space.scope",
        language,
        variable=last.name,
        year=dated(case.years[0], language),
        regions=len(last),
        rule=case.neighbors.rule,
        mean=f"{last.mean():.4g}",
        gini=f"{gini.iloc[0]:.3f}" if len(gini) else "-",
        highest=case.names[last.idxmax()],
        top=f"{last.max():.4g}",
        lowest=case.names[last.idxmin()],
        bottom=f"{last.min():.4g}",
    )


def _moran(tables: dict[str, pd.DataFrame], language: str) -> list[str]:
    from geo_resilience.report._wording import sureness

    told, rules = [], _rows(tables, "neighbors_sensitivity", "statistic == 'moran'")
    for row in _rows(tables, "global", "statistic == 'moran' and value.notna()").itertuples():
        verdict = "chance" if row.p_sim > ALPHA else "alike" if row.z > 0 else "unlike"
        told.append(
            say(
                "cli.space.moran",
                language,
                value=f"{row.value:.3f}",
                p=f"{row.p_sim:.4f}",
                permutations=f"{row.permutations:,.0f}",
                verdict=say(f"cli.space.{verdict}", language),
                **sureness(row.p_sim, rules, "moran", language),
            )
        )
    return told


def _clusters(case: SpaceCase, tables: dict[str, pd.DataFrame]) -> list[str]:
    language, rows = case.plan.language, _rows(tables, "local", "statistic == 'local_moran'")
    p = "q_value" if case.plan.space.labels == "q" else "p_sim"
    if rows.empty:
        return []
    told = [
        say(
            "summary.cluster_sure",
            language,
            label=say(f"cluster.{label}", language),
            names=shortened(part["name"], language),
            held="",
            certainty=_sure(part[p].max(), language),
        )
        for label, part in rows.groupby("cluster")
        if label not in ("not significant", "no neighbors")
    ]
    if not told:
        return [say("cli.space.local_none", language, count=len(rows))]
    return [say("cli.space.local", language, clusters=told)]


def _gradients(tables: dict[str, pd.DataFrame], language: str) -> list[str]:
    """Tell each direction, its p corrected for the number of directions."""
    from geo_resilience.results._changes import p_text
    from geo_resilience.statistics._multiplicity import holm

    rows, told = _rows(tables, "gradient", "slope.notna()"), []
    if rows.empty:
        return []
    for row, p in zip(rows.itertuples(), holm(rows["p_spatial"]), strict=True):
        way = ("rises" if row.slope > 0 else "falls") if p <= ALPHA else "level"
        told.append(
            say(
                "cli.space.gradient",
                language,
                direction=say(f"cli.space.{row.direction}", language),
                way=say(f"cli.space.{way}", language),
                r2=f"{row.r2:.3f}",
                p=p_text(p),
                count=len(rows),
                certainty=_sure(p, language),
            )
        )
    return told


def _sure(p: float, language: str) -> str:
    return say(f"certainty.{certainty(p)}", language)


def _gap(tables: dict[str, pd.DataFrame], language: str) -> list[str]:
    from geo_resilience.report._verdicts import gap_values

    rows = _rows(tables, "gaps", "measure == 'east_west_gap' and p_value.notna()")
    rules = _rows(tables, "neighbors_sensitivity", "statistic == 'gap'")
    return [
        say("cli.space.gap", language, **gap_values(row, rules, language, digits=".4g"))
        for _, row in rows.iterrows()
    ]


def _verdicts(case: SpaceCase, tables: dict[str, pd.DataFrame]) -> list[str]:
    from geo_resilience.report._verdicts import labeled, told_verdicts

    language = case.plan.language
    rows = _rows(tables, "pattern", "group.notna()")
    if rows.empty:
        return []
    rows = labeled(rows, case.groupings, language)
    rules = _rows(tables, "neighbors_sensitivity", "statistic == 'group'")
    told = told_verdicts(rows, language, rules)
    verdicts = joined(told, language, "parts")
    return [say("cli.space.pattern", language, verdicts=verdicts)]
