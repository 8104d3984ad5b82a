"""Indicators and variables made from the columns of the tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from geo_resilience.errors import InputError, Problem
from geo_resilience.indicators.expressions import parse
from geo_resilience.indicators.framework import Framework, Indicator, Variable
from geo_resilience.indicators.tracing import say_cells
from geo_resilience.indicators.vocabulary import Scope
from geo_resilience.notes import Note

__all__ = ["Evaluated", "evaluate"]


class Evaluated(NamedTuple):
    """What the expressions of a framework gave.

    Parameters
    ----------
    indicators, variables : DataFrame, rows those of the tables, columns codes
    notes : tuple of Note
        Cells that are blank because nothing was divided by nothing.
    problems : tuple of Problem
        Missing columns, and cells for which an expression has no answer.
    """

    indicators: pd.DataFrame
    variables: pd.DataFrame
    notes: tuple[Note, ...]
    problems: tuple[Problem, ...]


def evaluate(
    framework: Framework, raw: pd.DataFrame, *, earlier: pd.DataFrame | None = None
) -> Evaluated:
    """Compute the indicators and variables of a framework.

    Parameters
    ----------
    framework : Framework
    raw : DataFrame, rows (adcode, year), columns of the tables
        From `join_tables`. National totals are the sums over these regions.
    earlier : DataFrame, optional
        Rows of other years, for expressions that look back; they are not in what is given.

    Returns
    -------
    Evaluated
        Can be unpacked: indicators, variables, notes, problems.

    Examples
    --------
    >>> from geo_resilience.indicators import Dimension, Framework, Indicator
    >>> words = dict.fromkeys(
    ...     ["unit", "unit_zh", "group", "definition", "definition_zh", "fidelity", "source"], ""
    ... )
    >>> share = Indicator("S", "Share", "份额", direction="+", dimension="A", weight=None,
    ...     column=None, expression="share(x)", prices="", **words)
    >>> framework = Framework("Small", "小", (Dimension("A", "A", "A"),), (share,))
    >>> rows = pd.MultiIndex.from_product([["1", "2"], [2023]], names=["adcode", "year"])
    >>> indicators, variables, notes, problems = evaluate(
    ...     framework, pd.DataFrame({"x": [1.0, 3.0]}, index=rows)
    ... )
    >>> indicators["S"].tolist()
    [0.25, 0.75]
    """
    everything = raw if earlier is None or earlier.empty else pd.concat([earlier, raw])
    wanted = np.arange(len(everything)) >= len(everything) - len(raw)
    scope = Scope(everything)
    notes: list[Note] = []
    problems: list[Problem] = []
    frames = [
        _computed(entries, scope, wanted, raw.index, notes, problems)
        for entries in (framework.indicators, framework.variables)
    ]
    unique = tuple({problem.say(): problem for problem in problems}.values())
    return Evaluated(frames[0], frames[1], tuple(notes), unique)


def _computed(
    entries: Sequence[Indicator | Variable],
    scope: Scope,
    wanted: np.ndarray,
    index: pd.Index,
    notes: list[Note],
    problems: list[Problem],
) -> pd.DataFrame:
    columns = {}
    for entry in entries:
        one = scope.fresh()
        try:
            if entry.expression is None:
                values = one.column(entry.column or entry.code)
            else:
                values = parse(entry.expression).evaluate(one)
        except InputError as error:
            problems.extend(error.problems)
            values = np.full(len(scope), np.nan)
        problems.extend(one.problems(entry.label, wanted))
        nothing = one.zero_by_zero & np.isnan(values) & wanted
        if nothing.any():
            where = say_cells(scope.frame.index[nothing])
            notes.append(Note("indicators.zero_by_zero", entry.code, {"cells": where}))
        columns[entry.code] = values[wanted]
    return pd.DataFrame(columns, index=index, dtype=float).rename_axis(columns="code")
