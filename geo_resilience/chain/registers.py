"""Tables of risks, targets, priorities and warnings for the files of a run."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pandas as pd

from geo_resilience.chain.alerts import combine_warnings, response_plan, warning_levels
from geo_resilience.chain.examples import read_example
from geo_resilience.chain.forecasts import forecast_next
from geo_resilience.chain.maturity import digital_maturity
from geo_resilience.chain.priorities import rank_priorities
from geo_resilience.chain.risks import compare_rules, risk_levels
from geo_resilience.chain.targets import gaps_to_target, paths_to_target
from geo_resilience.chain.thresholds import COLORS, checked_thresholds

__all__ = [
    "maturity_table",
    "priority_table",
    "risk_table",
    "target_table",
    "warning_table",
    "worked_example",
]


def _coded(found: pd.DataFrame) -> pd.DataFrame:
    """Bring the code into a column of its own."""
    return found.rename_axis(found.index.name or "code").reset_index()


def risk_table(risks: pd.DataFrame, *, rule: str = "impact") -> pd.DataFrame:
    """Give the rows of risks.csv: level by the rule, and where the two rules disagree.

    Parameters
    ----------
    risks : DataFrame
        As in `risk_levels`, by code.
    rule : "impact" or "product"

    Returns
    -------
    DataFrame
        The given columns, then product, level, by_impact, by_product, agree, order.

    Examples
    --------
    >>> from geo_resilience.chain import read_example
    >>> risk_table(read_example("table_4_6"))[["code", "level"]].to_numpy().tolist()[0]
    ['supply', 'High']
    """
    both = compare_rules(risks)
    level = risk_levels(risks, rule=rule)["level"]
    both.insert(both.columns.get_loc("by_impact"), "level", level)
    return _coded(both)


def target_table(targets: pd.DataFrame) -> pd.DataFrame:
    """Give the rows of targets.csv: gaps, and the pace needed where years are given.

    Parameters
    ----------
    targets : DataFrame
        As in `gaps_to_target`, by code; with columns year and target_year as in `paths_to_target`.

    Returns
    -------
    DataFrame
        The given columns, then gap, relative_gap, met, required_step, required_growth,
        years_at_pace (NaN where no years are given).

    Examples
    --------
    >>> from geo_resilience.chain import read_example
    >>> target_table(read_example("table_4_5"))["gap"].tolist()
    [24.322, 26.766, 28.211, 32.655, 25.433]
    """
    if {"year", "target_year"} <= set(targets.columns):
        return _coded(paths_to_target(targets))
    found = gaps_to_target(targets)
    blank = dict.fromkeys(("required_step", "required_growth", "years_at_pace"), float("nan"))
    return _coded(found.assign(**blank))


def priority_table(
    candidates: pd.DataFrame, *, weights: Mapping[str, float] | None = None
) -> pd.DataFrame:
    """Give the rows of priorities.csv, first place first.

    Parameters
    ----------
    candidates : DataFrame
        Criteria from 0 to 1 by code; text columns (names) are kept aside.
    weights : mapping, optional

    Returns
    -------
    DataFrame
        Text columns, criteria, overall, priority.

    Examples
    --------
    >>> from geo_resilience.chain import read_example
    >>> priority_table(read_example("table_4_3"))["code"].tolist()
    ['ai', 'biopharma', 'new_energy', 'equipment', 'materials']
    """
    criteria = candidates.select_dtypes("number")
    texts = candidates.drop(columns=criteria.columns)
    found = texts.join(rank_priorities(criteria, weights=weights))
    return _coded(found.sort_values("priority", kind="stable"))


def maturity_table(shares: pd.DataFrame) -> pd.DataFrame:
    """Give the rows of maturity.csv: shares by stage, and the score they make.

    Parameters
    ----------
    shares : DataFrame
        Either a row a stage, lowest first, with a column share (as Table 4-4 is printed), or a row
        a region or sector by code and a column a stage, lowest first; text columns are names.
        Shares sum to 1 or to 100.

    Returns
    -------
    DataFrame
        A row a region (one, ``all``, for the first form): code, the text columns, the stages,
        score (0 all at the first stage, 1 all at the last), upper (share above the middle),
        stage (at which half of the enterprises is reached), sum (as given).

    Raises
    ------
    InputError
        As in `digital_maturity`.

    Examples
    --------
    >>> from geo_resilience.chain import read_example
    >>> maturity_table(read_example("table_4_4"))[["code", "score", "stage"]].round(4)
      code   score        stage
    0  all  0.3995  development
    """
    if "share" in shares.columns:
        wide = shares["share"].to_frame("all").T
        stages, texts = list(shares.index), wide[[]]
    else:
        wide = shares.select_dtypes("number")
        stages, texts = list(wide.columns), shares.drop(columns=wide.columns)
    found = digital_maturity(wide, [str(stage) for stage in stages])
    return _coded(texts.join(wide).join(found))


def warning_table(
    frame: pd.DataFrame,
    thresholds: pd.DataFrame,
    *,
    responses: pd.DataFrame | None = None,
    rule: str = "worst",
    forecast: str | None = None,
    coverage: float = 0.8,
) -> pd.DataFrame:
    """Give the rows of warnings.csv: a level per region and year, and the response it calls for.

    Parameters
    ----------
    frame : DataFrame, rows MultiIndex (adcode, year), columns indicators
    thresholds : DataFrame
        As in `warning_levels`.
    responses : DataFrame, optional
        As in `response_plan`.
    rule : "worst" or "mean"
        As in `combine_warnings`.
    forecast : None, "trend" or "level"
        Adds the year after the last, forecast for each indicator; its rows are marked.
    coverage : float
        Of each indicator's forecast interval.

    Returns
    -------
    DataFrame
        Columns adcode, year, forecast (True in added rows), level, with a forecast best and worst
        (the level if every indicator came out at the good or the bad end of its interval; missing
        in other rows), indicator, value, threshold, held, risk, fired, watched, rule (as
        asked), and those of the responses.

    Examples
    --------
    >>> index = pd.MultiIndex.from_product([["11"], [2020, 2021, 2022, 2023]])
    >>> frame = pd.DataFrame({"D1": [7.0, 6.0, 5.0, 4.5]}, index)
    >>> rules = pd.DataFrame(
    ...     {"direction": "+", "blue": 4, "yellow": 3, "orange": 2, "red": 1}, index=["D1"]
    ... )
    >>> warning_table(frame, rules, forecast="trend")[["year", "level"]].tail(2)
       year level
    3  2023  none
    4  2024  blue
    """
    watched = frame[[code for code in thresholds.index if code in frame.columns]]
    last = int(watched.index.get_level_values(1).max())
    if forecast is None:
        found = _combined(watched, thresholds, rule)
    else:
        ends = _forecast_rows(watched, thresholds, forecast, coverage)
        levels = {
            name: _combined(pd.concat([watched, rows]), thresholds, rule)
            for name, rows in ends.items()
        }
        found = levels.pop("forecast")
        for name, other in levels.items():
            ahead = found["year"] > last
            found.insert(3, name, other["level"].where(ahead))
    found["rule"] = rule
    if responses is not None:
        found = response_plan(found, responses)
    found = found.rename(columns={"region": "adcode"})
    found.insert(2, "forecast", found["year"] > last)
    return found


def _combined(frame: pd.DataFrame, thresholds: pd.DataFrame, rule: str) -> pd.DataFrame:
    weights = thresholds["weight"] if "weight" in thresholds.columns else None
    return combine_warnings(warning_levels(frame, thresholds), rule=rule, weights=weights)


def _forecast_rows(
    frame: pd.DataFrame, thresholds: pd.DataFrame, method: str, coverage: float
) -> dict[str, pd.DataFrame]:
    """Give the rows of the year ahead: as forecast, and at the bad and the good end."""
    signs = checked_thresholds(thresholds)["direction"]
    columns: dict[str, dict[str, pd.Series]] = {"forecast": {}, "worst": {}, "best": {}}
    for code in frame.columns:
        ahead = forecast_next(frame[code].unstack(), method=method, coverage=coverage)
        ahead = ahead.set_index("year", append=True)
        if frame[code].min() >= 0:  # what was never negative is not forecast below 0
            ends = ["forecast", "low", "high"]
            ahead[ends] = ahead[ends].clip(lower=0)
        bad, good = ("low", "high") if signs[code] > 0 else ("high", "low")
        for name, end in (("forecast", "forecast"), ("worst", bad), ("best", good)):
            columns[name][code] = ahead[end]
    rows = {name: pd.DataFrame(found) for name, found in columns.items()}
    for found in rows.values():
        found.index.names = frame.index.names
    return rows


def worked_example() -> dict[str, pd.DataFrame]:
    """Give what follows from the source study's Tables 4-1 and 4-3 to 4-8.

    Returns
    -------
    dict
        Tables by the names of `EXAMPLES`: the printed inputs with what is computed from them
        (gaps and required growth, ratings and order, maturity, risk levels by both rules, the
        response to each color of warning).

    Examples
    --------
    >>> worked_example()["table_4_3"]["overall"].round(3).tolist()
    [0.904, 0.867, 0.856, 0.83, 0.808]
    """
    made: dict[str, Callable[[pd.DataFrame], pd.DataFrame]] = {
        "table_4_1": target_table,
        "table_4_3": priority_table,
        "table_4_4": maturity_table,
        "table_4_5": target_table,
        "table_4_6": risk_table,
        "table_4_7": target_table,
    }
    found = {name: table(read_example(name)) for name, table in made.items()}
    levels = pd.DataFrame({"level": list(reversed(COLORS))})
    plan = response_plan(levels, read_example("table_4_8"))
    return found | {"table_4_8": plan}
