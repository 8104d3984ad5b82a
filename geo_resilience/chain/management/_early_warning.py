"""Early warning: thresholds, levels with hysteresis, and the response they call for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np
import pandas as pd

from geo_resilience.errors import InputError, Problems
from geo_resilience.statistics._arrays import Array

#: Warning colors, mildest first.
COLORS: tuple[str, ...] = ("blue", "yellow", "orange", "red")
_SIGNS = {"+": 1.0, "-": -1.0, "−": -1.0}


def checked_thresholds(thresholds: pd.DataFrame) -> pd.DataFrame:
    """Check a table of thresholds and give it with every column it may have."""
    problems = Problems()
    for column in ("direction", *COLORS):
        if column not in thresholds.columns:
            problems.add("chain.column_missing", column=column, known=list(thresholds.columns))
    for label in thresholds.index[thresholds.index.duplicated()].unique():
        problems.add("chain.indicator_twice", indicator=label)
    problems.raise_if_any()
    found = thresholds.copy()
    for column, default in (("hysteresis", 0.0), ("weight", 1.0)):
        if column not in found.columns:
            found[column] = default
        blank = found[column].isna() | (found[column].astype(str).str.strip() == "")
        found[column] = pd.to_numeric(found[column], errors="coerce").mask(blank, default)
    found[list(COLORS)] = found[list(COLORS)].apply(pd.to_numeric, errors="coerce").astype(float)
    for code, row in found.iterrows():
        _check_row(str(code), row, thresholds.loc[code], problems)
    problems.raise_if_any()
    found["direction"] = [_SIGNS[str(sign).strip()] for sign in found["direction"]]
    return found[["direction", *COLORS, "hysteresis", "weight"]]


def _check_row(code: str, row: pd.Series, given: pd.Series, problems: Problems) -> None:
    sign = _SIGNS.get(str(row["direction"]).strip())
    if sign is None:
        problems.add("chain.direction", row=code, found=row["direction"], known=["+", "-"])
        return
    for column in (*COLORS, "hysteresis", "weight"):
        held = given.get(column)
        blank = pd.isna(held) or str(held).strip() == ""
        if not blank and not np.isfinite(row[column]):
            problems.add("chain.not_finite", what="thresholds", row=code, column=column, found=held)
    levels = row[list(COLORS)].dropna().to_numpy(dtype=float)
    if not len(levels):
        problems.add("chain.no_threshold", indicator=code)
    if (np.diff(levels) * sign > 0).any():
        problems.add(
            "chain.threshold_order",
            indicator=code,
            direction=row["direction"],
            found=[f"{color} {row[color]:g}" for color in COLORS if np.isfinite(row[color])],
        )
    if row["hysteresis"] < 0 or row["weight"] < 0:
        problems.add("chain.threshold_negative", indicator=code)


def quantile_thresholds(
    frame: pd.DataFrame,
    directions: Mapping[str, str] | pd.Series,
    *,
    quantiles: Sequence[float] = (0.25, 0.15, 0.10, 0.05),
    hysteresis: float = 0.0,
) -> pd.DataFrame:
    """Learn thresholds as quantiles of what was seen, the bad tail of each indicator.

    Parameters
    ----------
    frame : DataFrame, rows (region, year), columns indicators
        The rows to learn from (all years, or those before the ones to be judged).
    directions : mapping of indicator to "+" or "-"
    quantiles : four floats
        Shares of rows at or beyond blue, yellow, orange and red; falling, between 0 and 0.5.
    hysteresis : float
        As a share of the distance from blue to red.

    Returns
    -------
    DataFrame
        Thresholds for `warning_levels`.

    Examples
    --------
    >>> seen = pd.DataFrame({"D1": range(101)})
    >>> quantile_thresholds(seen, {"D1": "+"}).loc["D1", ["blue", "red"]].tolist()
    [25.0, 5.0]
    """
    shares = list(quantiles)
    falling = all(after < before for before, after in pairwise(shares))
    if len(shares) != len(COLORS) or not falling or not 0 < shares[-1] <= shares[0] <= 0.5:
        raise InputError("chain.quantiles", found=shares)
    if hysteresis < 0:
        raise InputError("chain.hysteresis", found=hysteresis)
    signs = _directions(frame, directions)
    rows = {}
    for code, sign in signs.items():
        seen = frame[code].dropna()
        if seen.empty:
            raise InputError("chain.no_values", indicator=code)
        cuts = [seen.quantile(q if sign == "+" else 1 - q) for q in shares]
        rows[code] = {
            "direction": sign,
            **dict(zip(COLORS, cuts, strict=True)),
            "hysteresis": hysteresis * abs(cuts[0] - cuts[-1]),
        }
    return pd.DataFrame.from_dict(rows, orient="index")


def _directions(frame: pd.DataFrame, directions: Mapping[str, str] | pd.Series) -> dict[str, str]:
    given = dict(directions)
    problems = Problems()
    for code in frame.columns:
        sign = str(given.get(code, "")).strip().replace("−", "-")
        if sign not in {"+", "-"}:
            problems.add("chain.direction", row=code, found=given.get(code), known=["+", "-"])
        given[code] = sign
    problems.raise_if_any()
    return {str(code): given[code] for code in frame.columns}


_COLUMNS = ("region", "year", "indicator", "value", "severity", "threshold", "held", "place")

#: Levels: no warning, then the colors.
WARNING_LEVELS: tuple[str, ...] = ("none", *COLORS)


def _severities(values: Array, regions: Array, row: pd.Series) -> tuple[Array, Array, Array]:
    """Severity of each value in time, the threshold that decides it, and whether it was held.

    The values stand region by region (numbered); each region begins without a warning.
    """
    used = [(place, row[color]) for place, color in enumerate(COLORS, 1) if pd.notna(row[color])]
    sign, slack = row["direction"], row["hysteresis"]
    cuts = np.full(len(COLORS) + 1, np.nan)
    now, eased = np.zeros(len(values), int), np.zeros(len(values), int)
    for place, cut in used:  # the highest color whose threshold, or that eased, is reached
        cuts[place] = cut
        now[sign * values <= sign * cut] = place
        eased[sign * values <= sign * cut + slack] = place
    steps = np.arange(len(regions)) - np.searchsorted(regions, regions)
    state, severity = np.zeros(len(regions), int), np.full(len(values), np.nan)
    for step in range(steps.max(initial=-1) + 1):  # the first row of every region, the second, ...
        there = np.flatnonzero((steps == step) & ~np.isnan(values))
        state[regions[there]] = np.maximum(
            now[there], np.minimum(state[regions[there]], eased[there])
        )
        severity[there] = state[regions[there]]
    known = np.nan_to_num(severity).astype(int)
    return severity, cuts[known], known > now


def warning_levels(frame: pd.DataFrame, thresholds: pd.DataFrame) -> pd.DataFrame:
    """Give the warning level of every indicator, region and year.

    A level begins when a value reaches its threshold and ends only when the value has come back
    past it by more than the hysteresis, so that a value about a threshold does not flicker.

    Parameters
    ----------
    frame : DataFrame, rows MultiIndex (region, year), columns indicators
        Values as measured.
    thresholds : DataFrame
        A row an indicator, a column of the frame: direction ("+": more is better, so low values
        warn; "-": high values warn), blue, yellow, orange, red (a value at or beyond it warns; a
        blank color is not used) and, optionally, hysteresis (in the indicator's unit; 0 by
        default) and weight (1 by default).

    Returns
    -------
    DataFrame
        Plain index, sorted by region, year and the thresholds' order; columns region, year,
        indicator, value, level (none, blue, yellow, orange, red; missing where the value is:
        a blank leaves the state as it was), severity (0 to 4), threshold (the one that decides)
        and held (the level stands by hysteresis only).

    Raises
    ------
    InputError
        If an indicator has no column, the index has not two levels or a pair twice, thresholds
        stand in the wrong order, or a hysteresis or weight is negative.

    Examples
    --------
    >>> index = pd.MultiIndex.from_product([["11"], [2021, 2022, 2023]])
    >>> frame = pd.DataFrame({"D1": [3.5, 4.2, 4.6]}, index)
    >>> rules = pd.DataFrame(
    ...     {"direction": "+", "blue": 4, "yellow": 3, "orange": 2, "red": 1, "hysteresis": 0.5},
    ...     index=["D1"],
    ... )
    >>> warning_levels(frame, rules)[["year", "value", "level", "held"]]
       year  value level   held
    0  2021    3.5  blue  False
    1  2022    4.2  blue   True
    2  2023    4.6  none  False
    """
    rules = checked_thresholds(thresholds)
    problems = Problems()
    if frame.index.nlevels != 2:
        raise InputError("chain.index_levels", found=frame.index.nlevels)
    for code in rules.index.difference(frame.columns, sort=False):
        problems.unknown("chain.indicator_unknown", code, frame.columns)
    for region, year in frame.index[frame.index.duplicated()].unique():
        problems.add("chain.region_year_twice", region=region, year=year)
    problems.raise_if_any()
    ordered = frame[list(rules.index)].astype(float).sort_index()
    regions, years = (ordered.index.get_level_values(level) for level in (0, 1))
    places = pd.factorize(regions)[0]
    parts = []
    for place, (code, row) in enumerate(rules.iterrows()):
        severity, cut, held = _severities(ordered[code].to_numpy(), places, row)
        columns = (regions, years, code, ordered[code].to_numpy(), severity, cut, held, place)
        parts.append(pd.DataFrame(dict(zip(_COLUMNS, columns, strict=True))))
    table = pd.concat(parts, ignore_index=True)
    table = table.sort_values(["region", "year", "place"], kind="stable", ignore_index=True)
    table.insert(4, "level", _named_levels(table["severity"]))
    return table.drop(columns="place")


def _named_levels(severity: pd.Series) -> pd.Categorical:
    codes = severity.fillna(-1).astype(int)
    return pd.Categorical.from_codes(codes, categories=list(WARNING_LEVELS), ordered=True)


def combine_warnings(
    warnings: pd.DataFrame,
    *,
    rule: str = "worst",
    weights: Mapping[str, float] | pd.Series | None = None,
) -> pd.DataFrame:
    """Give one warning level per region and year, with the indicator that fired.

    Parameters
    ----------
    warnings : DataFrame
        From `warning_levels`.
    rule : "worst" or "mean"
        The worst level of any indicator, or the weighted mean of severities, half rounded up.
    weights : mapping of indicator to weight, optional
        For the risk and the mean; equal if left out.

    Returns
    -------
    DataFrame
        Plain index; columns region, year, level, gravest (the worst level of any indicator, that
        a mean may hide), indicator, value, threshold (of the indicator with the worst level, the
        heaviest first; missing where none warns), held, fired (how many indicators warn), watched
        (how many have a value) and risk (weighted mean severity over 4, 0 to 1). A region and year
        without any value has no level.

    Examples
    --------
    >>> index = pd.MultiIndex.from_tuples([("11", 2023)])
    >>> frame = pd.DataFrame({"D1": [3.5], "D2": [9.0]}, index)
    >>> rules = pd.DataFrame(
    ...     {"direction": "+", "blue": 4, "yellow": 3, "orange": 2, "red": 1}, index=["D1", "D2"]
    ... )
    >>> found = combine_warnings(warning_levels(frame, rules))
    >>> found[["level", "indicator", "fired", "risk"]]
      level indicator  fired   risk
    0  blue        D1      1  0.125
    """
    if rule not in {"worst", "mean"}:
        raise InputError("chain.choice", option="rule", found=rule, known=["worst", "mean"])
    if warnings.empty:
        raise InputError("chain.nothing", what="warnings")
    given = {} if weights is None else dict(weights)
    heavy = pd.Series(
        [float(given.get(code, 1.0 if weights is None else 0.0)) for code in warnings["indicator"]],
        index=warnings.index,
    )
    if (heavy < 0).any() or not heavy.sum() > 0:
        raise InputError("chain.weights", sum=f"{heavy.sum():g}")
    key = ["region", "year"]
    seen = warnings.assign(weight=heavy).dropna(subset=["severity"])
    parts = seen[key].assign(
        total=seen["weight"],
        risk=seen["severity"] * seen["weight"],
        fired=(seen["severity"] > 0).astype(int),
        watched=1,
    )
    found = parts.groupby(key, sort=True).sum()
    found = found.reindex(pd.MultiIndex.from_frame(warnings[key].drop_duplicates()).sort_values())
    mean = (found["risk"] / found.pop("total").where(lambda total: total > 0)).round(12)
    worst = seen.sort_values(["severity", "weight"], ascending=False, kind="stable")
    worst = worst.drop_duplicates(key).set_index(key).reindex(found.index)
    fires = worst["severity"].gt(0)
    found["risk"] = mean / len(COLORS)
    found[["fired", "watched"]] = found[["fired", "watched"]].fillna(0).astype(int)
    severity = np.floor(mean + 0.5) if rule == "mean" else worst["severity"]
    found.insert(0, "level", _named_levels(severity))
    found.insert(1, "gravest", _named_levels(worst["severity"]))
    found.insert(2, "indicator", worst["indicator"].astype(object).where(fires, None))
    for place, name in enumerate(("value", "threshold"), start=3):
        found.insert(place, name, worst[name].where(fires))
    found.insert(5, "held", worst["held"].eq(True) & fires)
    return found.reset_index()


def response_plan(warnings: pd.DataFrame, responses: pd.DataFrame) -> pd.DataFrame:
    """Give the response that each warning calls for.

    Parameters
    ----------
    warnings : DataFrame with a column level
        From `combine_warnings` or `warning_levels`.
    responses : DataFrame
        A row a response; columns level (1 = the gravest) and color (one of the four), others such
        as measure, hours and who are joined. Hours, if given, do not fall as levels ease.

    Returns
    -------
    DataFrame
        The warnings with a column response (the level's number; missing where there is none) and
        the other columns of the responses.

    Raises
    ------
    InputError
        If a color is missing, unknown or double, numbers do not follow the colors, or a graver
        level is given more time.

    Examples
    --------
    >>> responses = pd.DataFrame(
    ...     {"level": [1, 2, 3, 4], "color": ["red", "orange", "yellow", "blue"]}
    ... ).assign(hours=[24, 48, 72, 96])
    >>> warnings = pd.DataFrame({"region": ["11", "12"], "level": ["red", "none"]})
    >>> response_plan(warnings, responses)
      region level  response  hours
    0     11   red         1     24
    1     12  none      <NA>   <NA>
    """
    problems = Problems()
    for column in ("level", "color"):
        if column not in responses.columns:
            problems.add("chain.column_missing", column=column, known=list(responses.columns))
    problems.raise_if_any()
    order = list(responses.sort_values("level")["color"])
    if order != list(reversed(COLORS)) or responses["level"].duplicated().any():
        raise InputError("chain.response_colors", found=order, expected=list(reversed(COLORS)))
    plan = responses.sort_values("level").set_index("color")
    if "hours" in plan.columns:
        hours = pd.to_numeric(plan["hours"], errors="coerce")
        if not (hours.notna().all() and (hours > 0).all() and hours.is_monotonic_increasing):
            raise InputError("chain.response_hours", found=list(plan["hours"]))
        plan["hours"] = hours
    plan = plan.rename(columns={"level": "response"})
    joined = plan.reindex(warnings["level"].astype(object)).set_index(warnings.index)
    for column in ("response", "hours"):
        if column in joined.columns:
            joined[column] = joined[column].astype("Int64")
    return warnings.join(joined)


def warning_table(
    frame: pd.DataFrame,
    thresholds: pd.DataFrame,
    *,
    responses: pd.DataFrame | None = None,
    rule: str = "worst",
    ahead: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Give the rows of warnings.csv: a level per region and year, and the response it calls for.

    The year ahead comes from the rows of `outlook`: as forecast, and at both ends of the intervals.
    """
    watched = frame[[code for code in thresholds.index if code in frame.columns]]
    last = int(watched.index.get_level_values(1).max())
    if ahead is None:
        found = _combined(watched, thresholds, rule)
    else:
        levels = {
            name: _combined(pd.concat([watched, rows]), thresholds, rule)
            for name, rows in _ends(watched, thresholds, ahead).items()
        }
        found = levels.pop("forecast")
        for name, other in levels.items():
            found.insert(3, name, other["level"].where(found["year"] > last))
    found["rule"] = rule
    if responses is not None:
        found = response_plan(found, responses)
    found = found.rename(columns={"region": "adcode"})
    found.insert(2, "forecast", found["year"] > last)
    return found


def _combined(frame: pd.DataFrame, thresholds: pd.DataFrame, rule: str) -> pd.DataFrame:
    weights = thresholds["weight"] if "weight" in thresholds.columns else None
    return combine_warnings(warning_levels(frame, thresholds), rule=rule, weights=weights)


def _ends(
    frame: pd.DataFrame, thresholds: pd.DataFrame, ahead: pd.DataFrame
) -> dict[str, pd.DataFrame]:
    """Give the rows of the year ahead: as forecast, and at the bad and the good end."""
    wide = ahead.pivot(index=["region", "year"], columns="code").rename_axis(frame.index.names)
    wide = wide.reindex(columns=frame.columns, level="code")
    low, high = wide["low"], wide["high"]
    direction = checked_thresholds(thresholds)["direction"].reindex(low.columns)
    falls = np.broadcast_to(direction.to_numpy() > 0, low.shape)
    return {
        "forecast": wide["forecast"],
        "worst": low.where(falls, high),
        "best": high.where(falls, low),
    }
