"""Indicators and variables made from the columns of the tables, money made comparable."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from geo_resilience.errors import InputError, Problem, Problems
from geo_resilience.indicators._expression_functions import Scope
from geo_resilience.indicators._expressions import parse
from geo_resilience.indicators._framework import Framework, Indicator, Variable
from geo_resilience.indicators._trace import say_cells
from geo_resilience.notes import Note


class Evaluated(NamedTuple):
    """What the expressions of a framework gave.

    - ``indicators``, ``variables``, rows those of the tables, columns codes
    - ``notes``: cells that are blank because nothing was divided by nothing.
    - ``problems``: missing columns, and cells for which an expression has no answer.
    - ``short``: values over a window of years that lacks one or two of them.
    """

    indicators: pd.DataFrame
    variables: pd.DataFrame
    notes: tuple[Note, ...]
    problems: tuple[Problem, ...]
    short: pd.DataFrame


def evaluate(
    framework: Framework, raw: pd.DataFrame, *, earlier: pd.DataFrame | None = None
) -> Evaluated:
    """Compute the indicators and variables of a framework.

    - ``raw``, rows (adcode, year), columns of the tables: from `join_tables`. National totals are
      the sums over these regions.
    - ``earlier``: rows of other years, for expressions that look back; they are not in what is
      given.

    What it gives can be unpacked: indicators, variables, notes, problems, short.

    Examples
    --------
    >>> from geo_resilience.indicators import Dimension, Framework, Indicator
    >>> from geo_resilience.text import Text
    >>> share = Indicator("S", Text("Share"), Text("%"), direction="+", dimension="A", group="",
    ...     weight=None, column=None, expression="share(x)", definition=Text(), fidelity="",
    ...     source="", prices="")
    >>> framework = Framework(Text("Small"), (Dimension("A", Text("A")),), (share,))
    >>> rows = pd.MultiIndex.from_product([["1", "2"], [2023]], names=["adcode", "year"])
    >>> evaluate(framework, pd.DataFrame({"x": [1.0, 3.0]}, index=rows)).indicators["S"].tolist()
    [0.25, 0.75]
    """
    everything = raw if earlier is None or earlier.empty else pd.concat([earlier, raw])
    wanted = np.arange(len(everything)) >= len(everything) - len(raw)
    scope = Scope(everything)
    notes: list[Note] = []
    problems: list[Problem] = []
    (indicators, short), (variables, _) = (
        _computed(entries, scope, wanted, raw.index, notes, problems)
        for entries in (framework.indicators, framework.variables)
    )
    unique = tuple({problem.say(): problem for problem in problems}.values())
    return Evaluated(indicators, variables, tuple(notes), unique, short)


def _computed(
    entries: Sequence[Indicator | Variable],
    scope: Scope,
    wanted: np.ndarray,
    index: pd.Index,
    notes: list[Note],
    problems: list[Problem],
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Give the values, and which of them rest on a short window."""
    columns, short = {}, {}
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
        short[entry.code] = (one.short_window & ~np.isnan(values))[wanted]
    values, marks = (
        pd.DataFrame(each, index=index, dtype=dtype).rename_axis(columns="code")
        for each, dtype in ((columns, float), (short, bool))
    )
    return values, marks


def deflate(frame: pd.DataFrame, deflator: pd.Series, *, codes: Sequence[str]) -> pd.DataFrame:
    r"""Put levels of money at the prices of each region's first year.

    Parameters
    ----------
    frame : DataFrame, rows (adcode, year), columns indicator codes
    deflator : Series, rows (adcode, year)
        A price index on any base.
    codes : sequence of str
        The columns to deflate, such as `Framework.at_current_prices`.

    Returns
    -------
    DataFrame
        The other columns as they were.

    Raises
    ------
    InputError
        Where the index is missing or not above zero, and where it is wanted.

    Notes
    -----
    .. math:: x'_{it} = x_{it} \Big/ \frac{P_{it}}{P_{i t_0}}

    with :math:`t_0` the first year of the frame. Levels of regions compare as far as their prices
    did in that year.

    Examples
    --------
    >>> rows = pd.MultiIndex.from_product([["11"], [2020, 2021]], names=["adcode", "year"])
    >>> frame = pd.DataFrame({"a": [100.0, 110.0]}, index=rows)
    >>> deflate(frame, pd.Series([102.0, 107.1], index=rows), codes=["a"])["a"].round(6).tolist()
    [100.0, 104.761905]
    """
    index = deflator.reindex(frame.index).astype(float)
    wanted = frame[list(codes)].notna().any(axis=1)
    first = index.index.get_level_values("year") == frame.index.get_level_values("year").min()
    wrong = (wanted | first) & ~(index > 0)
    problems = Problems()
    if codes and wrong.any():
        cells = say_cells(index.index[wrong])
        problems.add("indicators.deflator", code=deflator.name, cells=cells)
    problems.raise_if_any()
    base = index[first].droplevel("year")
    keys = frame.index.get_level_values("adcode")
    relative = index / base.reindex(keys).to_numpy()
    out = frame.copy()
    for code in codes:
        out[code] = frame[code] / relative
    return out


def nominal_note(framework: Framework) -> Note | None:
    """Say that levels of money are at current prices, where no deflator is named."""
    codes = framework.at_current_prices
    if not codes:
        return None
    named = [framework.indicator(code).label for code in codes]
    return Note("indicators.nominal", "", {"indicators": named})
