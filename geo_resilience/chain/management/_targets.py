"""How far to a target, how fast it must go, and when it is reached at the present pace."""

from __future__ import annotations

import numpy as np
import pandas as pd

from geo_resilience.chain._records import coded
from geo_resilience.errors import Problems

#: Signs of a target and what they mean: (more is better, reaching it is enough).
DIRECTIONS: dict[str, tuple[bool, bool]] = {
    "+": (True, True),
    ">=": (True, True),
    "≥": (True, True),
    ">": (True, False),
    "-": (False, True),
    "−": (False, True),
    "<=": (False, True),
    "≤": (False, True),
    "<": (False, False),
}


def _checked(table: pd.DataFrame, columns: tuple[str, ...]) -> pd.DataFrame:
    problems = Problems()
    for column in columns:
        if column not in table.columns:
            problems.add("chain.column_missing", column=column, known=list(table.columns))
    problems.raise_if_any()
    found = table.copy()
    for column in columns:
        numbers = pd.to_numeric(table[column], errors="coerce")
        given = table[column].notna() & (table[column].astype(str).str.strip() != "")
        for position in np.flatnonzero((numbers.isna() & given) | np.isinf(numbers)):
            problems.add(
                "chain.not_finite",
                what="targets",
                row=table.index[position],
                column=column,
                found=table[column].iloc[position],
            )
        found[column] = numbers.astype(float)
    if "direction" not in found.columns:
        found["direction"] = "+"
    found["direction"] = found["direction"].where(found["direction"].notna(), "+")
    for label, sign in found["direction"].items():
        if str(sign).strip() not in DIRECTIONS:
            problems.add("chain.direction", row=label, found=sign, known=list(DIRECTIONS))
    problems.raise_if_any()
    found["direction"] = found["direction"].map(lambda sign: str(sign).strip())
    return found


def gaps_to_target(table: pd.DataFrame) -> pd.DataFrame:
    """Give the gap between each current value and its target.

    ``gap = target - current``; ``relative_gap = gap / |target|``. Where less is better an unmet gap
    is therefore negative: the value has to fall by it.

    Parameters
    ----------
    table : DataFrame
        A row a target; columns current, target and, optionally, direction: "+" or ">=" (at least;
        the default), ">" (above), "-" or "<=" (at most), "<" (below). Others are kept. A blank
        current value is a target that is not measured yet.

    Returns
    -------
    DataFrame
        The table with columns gap, relative_gap (NaN for a target of 0) and met (missing where
        current is blank).

    Raises
    ------
    InputError
        If a column is missing, a cell is no number or a direction unknown.

    Examples
    --------
    >>> targets = pd.DataFrame(
    ...     {"current": [45.0, 0.25], "target": [60.0, 0.3], "direction": ["+", "<"]},
    ...     index=["rate", "concentration"],
    ... )
    >>> gaps_to_target(targets)[["gap", "relative_gap", "met"]].round(3)
                     gap  relative_gap    met
    rate           15.00         0.250  False
    concentration   0.05         0.167   True
    """
    found = _checked(table, ("current", "target"))
    current, target = found["current"], found["target"]
    # Rounded so that 0.3 computed by another route is still 0.3.
    gap = (target - current).round(12)
    found["gap"] = gap
    found["relative_gap"] = gap / target.abs().where(target != 0)
    signs = found["direction"].map(DIRECTIONS)
    more = np.array([sign[0] for sign in signs], dtype=bool)
    enough = np.array([sign[1] for sign in signs], dtype=bool)
    reached = np.where(more, gap < 0, gap > 0) | (enough & (gap == 0))
    met = pd.Series(pd.array(reached, dtype="boolean"), index=found.index)
    found["met"] = met.mask(gap.isna())
    return found


def paths_to_target(table: pd.DataFrame) -> pd.DataFrame:
    """Give the pace that a target asks for, and the years to it at the present pace.

    Required annual step ``(target - current) / T`` and growth ``(target / current)^(1/T) - 1`` with
    ``T = target_year - year``; years at the present pace ``(target - current) / pace``.

    Parameters
    ----------
    table : DataFrame
        As in `gaps_to_target`, with columns year and target_year, and optionally pace: the present
        change per year, in the unit of current.

    Returns
    -------
    DataFrame
        That of `gaps_to_target` with columns required_step, required_growth (NaN unless both
        values are above 0), both 0 where the target is met, and years_at_pace: 0 where it is met,
        infinite where the value moves away or not at all, NaN without a pace.

    Raises
    ------
    InputError
        As in `gaps_to_target`, or a target year that is not after the year.

    Examples
    --------
    >>> targets = pd.DataFrame(
    ...     {"current": [100.0], "target": [121.0], "year": 2023, "target_year": 2025, "pace": 7}
    ... )
    >>> paths_to_target(targets)[["required_step", "required_growth", "years_at_pace"]].round(3)
       required_step  required_growth  years_at_pace
    0           10.5              0.1            3.0
    """
    found = gaps_to_target(table)
    years = _checked(table, ("year", "target_year"))
    span = years["target_year"] - years["year"]
    problems = Problems()
    for label in found.index[span.notna() & (span <= 0)]:
        problems.add(
            "chain.target_year",
            row=label,
            year=f"{years.at[label, 'year']:g}",
            target=f"{years.at[label, 'target_year']:g}",
        )
    problems.raise_if_any()
    met = found["met"].fillna(False).to_numpy(dtype=bool)
    positive = (found["current"] > 0) & (found["target"] > 0)
    growth = (found["target"] / found["current"].where(positive)) ** (1 / span) - 1
    found["required_step"] = (found["gap"] / span).mask(met, 0.0)
    found["required_growth"] = growth.mask(met, 0.0)
    found["years_at_pace"] = _years(found, table, met)
    return found


def _years(found: pd.DataFrame, table: pd.DataFrame, met: np.ndarray) -> pd.Series:
    if "pace" not in table.columns:
        return pd.Series(np.nan, index=found.index)
    pace = _checked(table, ("pace",))["pace"]
    with np.errstate(divide="ignore", invalid="ignore"):
        years = (found["gap"] / pace).to_numpy(dtype=float)
    away = (np.sign(pace) != np.sign(found["gap"])).to_numpy()
    years = np.where(away, np.inf, years)
    years = np.where(pace.isna() | found["gap"].isna(), np.nan, years)
    return pd.Series(np.where(met, 0.0, years), index=found.index)


def target_table(targets: pd.DataFrame) -> pd.DataFrame:
    """Give the rows of targets.csv: gaps, and the pace needed where years are given."""
    if {"year", "target_year"} <= set(targets.columns):
        return coded(paths_to_target(targets))
    found = gaps_to_target(targets)
    blank = dict.fromkeys(("required_step", "required_growth", "years_at_pace"), float("nan"))
    return coded(found.assign(**blank))
