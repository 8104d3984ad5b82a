"""Risks by probability and impact, under either of two rules."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pandas as pd

from geo_resilience.chain._methods import RISK_CUTS
from geo_resilience.chain._records import coded
from geo_resilience.errors import InputError, Problems

#: Levels of risk, lowest first.
RISK_LEVELS: tuple[str, ...] = ("Low", "Medium", "High")


def _cuts(rule: str, cuts: Sequence[float] | None) -> tuple[float, ...]:
    if rule not in RISK_CUTS:
        raise InputError("chain.choice", option="rule", found=rule, known=list(RISK_CUTS))
    found = tuple(RISK_CUTS[rule] if cuts is None else cuts)
    rising = all(low < high for low, high in pairwise(found))
    if len(found) != len(RISK_LEVELS) - 1 or not rising:
        raise InputError("chain.cuts", found=list(found), count=len(RISK_LEVELS) - 1)
    return found


def _leveled(values: np.ndarray, cuts: Sequence[float]) -> pd.Categorical:
    # Rounded so that 0.8 computed by another route is still 0.8.
    codes = np.searchsorted(cuts, np.round(values, 12), side="right")
    codes[np.isnan(values)] = -1
    return pd.Categorical.from_codes(codes, categories=list(RISK_LEVELS), ordered=True)


def _checked(table: pd.DataFrame) -> pd.DataFrame:
    problems = Problems()
    for column in ("probability", "impact"):
        if column not in table.columns:
            problems.add("chain.column_missing", column=column, known=list(table.columns))
    problems.raise_if_any()
    for column in ("probability", "impact"):
        numbers = pd.to_numeric(table[column], errors="coerce")
        for label in table.index[~numbers.between(0, 1)]:
            problems.add(
                "chain.not_a_share", column=column, row=label, found=table.at[label, column]
            )
    problems.raise_if_any()
    return table.assign(**{c: pd.to_numeric(table[c]) for c in ("probability", "impact")})


def risk_levels(
    table: pd.DataFrame, rule: str = "impact", *, cuts: Sequence[float] | None = None
) -> pd.DataFrame:
    """Give the level of each risk.

    Rule ``impact``: High from 0.8, Medium from 0.6 of the impact on, whatever the probability; it
    is the rule that reproduces the source study's table. Rule ``product``: probability times
    impact, Medium from 0.2, High from 0.4 on (cut points of our own choice).

    Parameters
    ----------
    table : DataFrame
        A row a risk; columns probability and impact, both 0 to 1; others are kept.
    rule : "impact" or "product"
    cuts : (float, float), optional
        Where Medium and High begin, lower bound included.

    Returns
    -------
    DataFrame
        The table with columns product and level (ordered: Low < Medium < High).

    Raises
    ------
    InputError
        If a column is missing, a value is no share, or the cuts do not rise.

    Examples
    --------
    >>> risks = pd.DataFrame({"probability": [0.9, 0.1], "impact": [0.5, 0.8]}, ["often", "hard"])
    >>> risk_levels(risks)["level"].tolist(), risk_levels(risks, rule="product")["level"].tolist()
    (['Low', 'High'], ['High', 'Low'])
    """
    limits = _cuts(rule, cuts)
    found = _checked(table)
    found["product"] = found["probability"] * found["impact"]
    found["level"] = _leveled(found[rule].to_numpy(dtype=float), limits)
    return found


def compare_rules(table: pd.DataFrame) -> pd.DataFrame:
    """Give the level under both rules and whether they agree."""
    first = risk_levels(table, rule="impact")
    second = risk_levels(table, rule="product")
    found = first.rename(columns={"level": "by_impact"})
    found["by_product"] = second["level"]
    found["agree"] = first["level"].astype(str) == second["level"].astype(str)
    order = found["product"].round(12).rank(ascending=False, method="min")
    return found.assign(order=order.astype(int))


def risk_table(risks: pd.DataFrame, *, rule: str = "impact") -> pd.DataFrame:
    """Give the rows of risks.csv: level by the rule, and where the two rules disagree."""
    both = compare_rules(risks)
    level = risk_levels(risks, rule=rule)["level"]
    both.insert(both.columns.get_loc("by_impact"), "level", level)
    return coded(both)


def risk_grid(
    *, rule: str = "impact", cuts: Sequence[float] | None = None, steps: int = 5
) -> pd.DataFrame:
    """Give the levels of a matrix of probability and impact classes, to be drawn.

    Parameters
    ----------
    rule, cuts
        As in `risk_levels`.
    steps : int
        Classes of equal width on either axis; each is judged at its middle.

    Returns
    -------
    DataFrame of text, shape (steps, steps)
        Rows probability (index: the middle), columns impact.

    Examples
    --------
    >>> risk_grid(steps=2).loc[0.25].tolist()
    ['Low', 'Medium']
    """
    limits = _cuts(rule, cuts)
    middles = (np.arange(steps) + 0.5) / steps
    probability, impact = np.meshgrid(middles, middles, indexing="ij")
    values = impact if rule == "impact" else probability * impact
    levels = np.asarray(_leveled(values.ravel(), limits)).reshape(values.shape)
    axis = np.round(middles, 12)
    return pd.DataFrame(levels, pd.Index(axis, name="probability"), pd.Index(axis, name="impact"))
