"""What a study reads for its chain: input-output tables, and tables of risks, targets and so on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from geo_resilience import chain
from geo_resilience.errors import InputError, Problems
from geo_resilience.study.plan import Plan

__all__ = ["IO_ANALYSES", "ChainInputs", "read_chain"]

#: Analyses that need input-output tables.
IO_ANALYSES = ("linkages", "network", "decomposition")


@dataclass(frozen=True, eq=False)
class ChainInputs:
    """The chain's files, read and checked.

    Parameters
    ----------
    io : tuple of IOTable
        In the order of their years; sectors merged where the study asks for it.
    risks, targets, priorities, thresholds, responses : DataFrame or None
        None where the study names none.
    """

    io: tuple[chain.IOTable, ...] = ()
    risks: pd.DataFrame | None = None
    targets: pd.DataFrame | None = None
    priorities: pd.DataFrame | None = None
    thresholds: pd.DataFrame | None = None
    responses: pd.DataFrame | None = None


def read_chain(plan: Plan) -> ChainInputs:
    """Read the files of ``[chain]``, those of skipped analyses apart.

    Raises
    ------
    InputError
        With what is wrong in any of them.
    """
    asked, skipped = plan.chain, plan.analyses.skip
    problems = Problems()
    io: tuple[chain.IOTable, ...] = ()
    if asked.io and not set(IO_ANALYSES) <= set(skipped):
        with problems.caught():
            io = _tables(plan)
    wanted: dict[str, tuple[str, Callable[[pd.DataFrame], object]]] = {
        "risks": ("management", chain.risk_levels),
        "targets": ("management", chain.gaps_to_target),
        "priorities": ("management", chain.priority_table),
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
            if table.index.name != "code":
                known = list(table.columns)
                raise InputError("chain.column_missing", column="code", known=known)
            checked(table)
            found[key] = table
    problems.raise_if_any()
    return ChainInputs(io, **found)


def _checked_responses(responses: pd.DataFrame) -> None:
    chain.response_plan(pd.DataFrame({"level": []}), responses)


def _tables(plan: Plan) -> tuple[chain.IOTable, ...]:
    asked = plan.chain
    years = asked.io_years or (None,) * len(asked.io)
    if len(years) != len(asked.io):
        raise InputError("study.io_years", tables=len(asked.io), years=list(years))
    problems = Problems()
    merged = None
    if asked.concordance is not None:
        with problems.caught():
            merged = chain.read_concordance(asked.concordance)
    tables = []
    for file, year in zip(asked.io, years, strict=True):
        with problems.caught():
            table = chain.read_io(file, year=year)
            tables.append(table if merged is None else chain.aggregate(table, merged))
    problems.raise_if_any()
    return tuple(sorted(tables, key=lambda table: table.year or 0))
