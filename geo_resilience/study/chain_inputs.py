"""What a study reads for its chain: input-output tables, and tables of risks, targets and so on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from geo_resilience import chain
from geo_resilience.chain.cells import telling_rows
from geo_resilience.errors import InputError, Problems
from geo_resilience.indicators import Framework
from geo_resilience.study.analyses import INPUT_OUTPUT, chosen_by
from geo_resilience.study.named_codes import check_known
from geo_resilience.study.plan import Plan

__all__ = ["IO_ANALYSES", "ChainInputs", "read_chain"]

#: Analyses that need input-output tables.
IO_ANALYSES = chosen_by("analyses.skip", need=INPUT_OUTPUT)


@dataclass(frozen=True, eq=False)
class ChainInputs:
    """The chain's files, read and checked.

    Parameters
    ----------
    io : tuple of IOTable
        In the order of their years; sectors merged where the study asks for it.
    broad : tuple of IOTable
        The same tables with the sectors for which there are regional data.
    disruption, risks, targets, priorities, maturity, thresholds, responses : DataFrame or None
        None where the study names none.
    margins : DataFrame or None
        Known margins of regional tables, as the file has them.
    """

    io: tuple[chain.IOTable, ...] = ()
    broad: tuple[chain.IOTable, ...] = ()
    disruption: pd.DataFrame | None = None
    risks: pd.DataFrame | None = None
    targets: pd.DataFrame | None = None
    priorities: pd.DataFrame | None = None
    maturity: pd.DataFrame | None = None
    thresholds: pd.DataFrame | None = None
    responses: pd.DataFrame | None = None
    margins: pd.DataFrame | None = None

    @property
    def registers(self) -> dict[str, pd.DataFrame]:
        """The planner's own tables that there are."""
        kept = ("risks", "targets", "priorities", "maturity")
        return {name: getattr(self, name) for name in kept if getattr(self, name) is not None}


def read_chain(plan: Plan, framework: Framework | None = None) -> ChainInputs:
    """Read the files of ``[chain]``, those of skipped analyses apart, and check its codes.

    Raises
    ------
    InputError
        With what is wrong in any of them.
    """
    asked, skipped = plan.chain, plan.analyses.skip
    problems = Problems()
    io: tuple[chain.IOTable, ...] = ()
    broad: tuple[chain.IOTable, ...] = ()
    if asked.io and (plan.what_if or not set(IO_ANALYSES) <= set(skipped)):
        with problems.caught():
            io, broad = _tables(plan)
    wanted: dict[str, tuple[str, Callable[[pd.DataFrame], object]]] = {
        "disruption": ("disruption", lambda table: None),
        "risks": ("management", chain.risk_levels),
        "targets": ("management", chain.target_table),
        "priorities": (
            "management",
            lambda table: chain.priority_table(table, weights=asked.priority_weights),
        ),
        "maturity": ("management", chain.maturity_table),
        "thresholds": ("warnings", chain.checked_thresholds),
        "responses": ("warnings", _checked_responses),
    }
    found: dict[str, pd.DataFrame | None] = {}
    for key, (analysis, checked) in wanted.items():
        file: Path | None = getattr(asked, key)
        if file is None or analysis in skipped:
            continue
        with problems.caught():
            table = chain.read_records(file)
            coded = table.index.name == "code" or (key == "responses" and "level" in table)
            if not coded:
                known = list(table.columns)
                raise InputError("chain.no_code_column", file=file.name, known=known)
            with telling_rows(file, table):
                checked(table)
            found[key] = table
    if asked.regional_margins is not None and "regional" not in skipped:
        with problems.caught():
            found["margins"] = _margins(asked.regional_margins)
    if asked.disruption is not None and found.get("disruption") is not None:
        for table in io[-1:]:
            with problems.caught(), telling_rows(asked.disruption, found["disruption"]):
                chain.disruption_table(table, found["disruption"], steps=1)
    _check_shock(plan, problems)
    if framework is not None:
        _check_codes(plan, framework, found.get("thresholds"), problems)
    problems.raise_if_any()
    return ChainInputs(io, broad, **found)


def _check_shock(plan: Plan, problems: Problems) -> None:
    """Note years around a shock that do not follow one another."""
    asked = plan.chain
    if asked.shock is None or "shock" in plan.analyses.skip:
        return
    given = {"shock": asked.shock, "recovered": asked.recovered or (1, 2)}
    wrong = [key for key, years in given.items() if len(years) != 2 or years[0] >= years[1]]
    for key in wrong:
        problems.add("study.two_years", key=key, found=list(given[key]))
    if asked.recovered and not wrong and asked.recovered[0] < asked.shock[1]:
        begins, ends = asked.recovered[0], asked.shock[1]
        problems.add("study.recovery_in_shock", begins=begins, ends=ends)


def _check_codes(
    plan: Plan, framework: Framework, thresholds: pd.DataFrame | None, problems: Problems
) -> None:
    """Note codes that are neither indicators nor variables of the framework."""
    asked, skipped = plan.chain, plan.analyses.skip
    variables = [each.code for each in framework.variables]
    every = [*framework.codes, *variables]
    if asked.warn and "warnings" not in skipped:
        watched = [*asked.watch, *([] if thresholds is None else thresholds.index)]
        for code in dict.fromkeys(str(each) for each in watched):
            if code not in every:
                problems.unknown("study.watch_unknown", code, every)
    named = {
        "crisis": ([asked.crisis] if asked.crisis else [], every),
        "shock_variables": (asked.shock_variables, variables),
        "regional_variables": ((asked.regional_variables or {}).values(), variables),
    }
    for key, (codes, among) in named.items():
        check_known(codes, among, key, problems)


def _checked_responses(responses: pd.DataFrame) -> None:
    chain.response_plan(pd.DataFrame({"level": []}), responses)


def _tables(plan: Plan) -> tuple[tuple[chain.IOTable, ...], tuple[chain.IOTable, ...]]:
    asked = plan.chain
    years = asked.io_years or (None,) * len(asked.io)
    if len(years) != len(asked.io):
        raise InputError("study.io_years", tables=len(asked.io), years=list(years))
    problems = Problems()
    merged, broader = (
        _concordance(file, problems) for file in (asked.concordance, asked.regional_concordance)
    )
    tables, broad = [], []
    for file, year in zip(asked.io, years, strict=True):
        with problems.caught():
            table = chain.read_io(file, year=year, sheet=asked.io_sheet, roles=asked.io_roles)
            table = chain.set_apart(table)
            table = table if merged is None else chain.aggregate(table, merged)
            tables.append(table)
            broad.append(table if broader is None else chain.aggregate(table, broader))
    problems.raise_if_any()
    order = sorted(range(len(tables)), key=lambda place: tables[place].year or 0)
    return tuple(tables[place] for place in order), tuple(broad[place] for place in order)


def _concordance(file: Path | None, problems: Problems) -> pd.DataFrame | None:
    if file is not None:
        with problems.caught():
            return chain.read_concordance(file)
    return None


def _margins(file: Path) -> pd.DataFrame:
    table = chain.read_records(file)
    problems = Problems()
    for column in ("adcode", "sector", "sales", "purchases"):
        if column not in table.columns:
            problems.add("chain.column_missing", column=column, known=list(table.columns))
    problems.raise_if_any()
    return table.astype({"adcode": str, "sector": str})
