"""Indicators brought to one scale, more being better."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from geo_resilience.errors import Problems
from geo_resilience.indicators._framework import Directions, signs_of
from geo_resilience.indicators._trace import empty_trace, trace_of

#: Rows over which minimum and maximum are taken.
SCOPES: tuple[str, ...] = ("pooled", "per_year")


Goalposts = Mapping[str, tuple[float, float]]


def minmax(
    frame: pd.DataFrame,
    directions: Directions = None,
    *,
    scope: str = "pooled",
    goalposts: pd.DataFrame | Goalposts | None = None,
    interval: tuple[float, float] = (0.0, 1.0),
) -> tuple[pd.DataFrame, pd.DataFrame]:
    r"""Scale indicators linearly to an interval, more being better.

    Parameters
    ----------
    frame : DataFrame, rows (adcode, year) or adcode alone, columns indicators
        NaN stays NaN.
    directions : Series or mapping by code, optional
        ``"+"`` where more is better, ``"-"`` (or ``"−"``) where less is. Without it, ``"+"``.
    scope : {"pooled", "per_year"}
        Whether minimum and maximum are taken over all rows, so that years compare, or within each
        year.
    goalposts : DataFrame (rows codes, columns low and high) or mapping code -> (low, high)
        Fixed ends in the place of minimum and maximum; values beyond them are put on them.
    interval : tuple of float
        What the worst and the best become.

    Returns
    -------
    frame : DataFrame
    trace : DataFrame
        A row a value put on a goalpost (in the unit of the indicator; reason ``goalpost``). The
        scaling itself is not traced.

    Raises
    ------
    InputError
        If an indicator is constant or infinite, a direction is unknown, or goalposts are not in
        order.

    Notes
    -----
    .. math:: z = \frac{x - x_{min}}{x_{max} - x_{min}} \quad (+), \qquad
              z = \frac{x_{max} - x}{x_{max} - x_{min}} \quad (-)

    See [1]_. Pooled ends move when a year is added; goalposts do not.

    References
    ----------
    .. [1] OECD and European Commission JRC (2008). Handbook on Constructing Composite Indicators:
       Methodology and User Guide. OECD Publishing, section 1.5.

    Examples
    --------
    >>> frame = pd.DataFrame({"a": [1.0, 2.0, 5.0], "b": [3.0, 4.0, 7.0]}, index=list("pqr"))
    >>> scaled, _ = minmax(frame, {"a": "+", "b": "-"})
    >>> scaled["a"].tolist(), scaled["b"].tolist()
    ([0.0, 0.25, 1.0], [1.0, 0.75, 0.0])
    """
    values = frame.astype(float)
    problems = Problems()
    signs = signs_of(values.columns, directions, problems)
    posts = _posts(goalposts, problems)
    low_end, high_end = interval
    if scope not in SCOPES:
        problems.add("indicators.option", option="scope", found=scope, known=SCOPES)
    if not low_end < high_end:
        problems.add("indicators.interval", low=low_end, high=high_end)
    problems.raise_if_any()
    low, high = _ends(values, scope, posts, problems)
    problems.raise_if_any()
    numbers = values.to_numpy().clip(low, high)
    costs = np.array([signs[code] == "-" for code in values.columns], dtype=bool)
    distance = np.where(costs, high - numbers, numbers - low)
    scaled = values.copy()
    scaled[:] = low_end + (high_end - low_end) * (distance / (high - low))
    trace = empty_trace()
    if posts:
        clipped = pd.DataFrame(numbers, values.index, values.columns)
        moved = values.notna() & (clipped != values)
        reasons = moved.astype(object).where(moved, "").mask(moved, "goalpost")
        trace = trace_of(values, clipped, reasons)
    return scaled, trace


def _posts(goalposts: pd.DataFrame | Goalposts | None, problems: Problems) -> Goalposts:
    if goalposts is None:
        return {}
    if isinstance(goalposts, pd.DataFrame):
        lows, highs = goalposts["low"], goalposts["high"]
        posts = {str(code): (float(lows[code]), float(highs[code])) for code in goalposts.index}
    else:
        posts = {code: (float(low), float(high)) for code, (low, high) in goalposts.items()}
    for code, (low, high) in posts.items():
        if not (np.isfinite(low) and np.isfinite(high) and low < high):
            problems.add("indicators.goalposts", indicator=code, low=low, high=high)
    return posts


def _ends(
    values: pd.DataFrame, scope: str, posts: Goalposts, problems: Problems
) -> tuple[np.ndarray, np.ndarray]:
    """Give the lower and the upper end for every cell; name what has none."""
    dated = isinstance(values.index, pd.MultiIndex)
    if scope == "per_year" and dated:
        by = values.groupby(level=1)
        low, high = (by.transform(end).to_numpy(copy=True) for end in ("min", "max"))
    else:
        shape = (len(values), 1)
        low, high = np.tile(values.min(), shape), np.tile(values.max(), shape)
    for code in posts:
        if code not in values.columns:
            problems.unknown("indicators.goalpost_unknown", code, values.columns)
            continue
        place = values.columns.get_loc(code)
        low[:, place], high[:, place] = posts[code]
    there = values.notna().to_numpy()
    infinite = (~np.isfinite(values.to_numpy()) & there).any(axis=0)
    flat = (low == high) & there
    for place in np.flatnonzero(infinite | flat.any(axis=0)):
        code = values.columns[place]
        if infinite[place]:
            problems.add("indicators.scale_infinite", indicator=code)
        elif scope == "per_year" and dated:
            years = sorted(set(values.index.get_level_values(1)[flat[:, place]]))
            problems.add("indicators.constant_in_year", indicator=code, years=years)
        else:
            value = low[0, place]
            problems.add("indicators.constant", indicator=code, value=f"{value:g}")
    return low, high


Targets: TypeAlias = "Mapping[str, float] | pd.Series"


def _turned(frame: pd.DataFrame, directions: Directions) -> pd.DataFrame:
    """Give the values as floats, those of which less is better with their sign turned."""
    problems = Problems()
    values = frame.astype(float)
    for code, sign in signs_of(values.columns, directions, problems).items():
        if sign == "-":
            values[code] = -values[code]
        column = values[code].to_numpy()
        if np.isinf(column).any():
            problems.add("indicators.scale_infinite", indicator=code)
        elif values[code].nunique() < 2:
            known = frame[code].dropna()
            value = f"{known.iloc[0]:g}" if len(known) else "-"
            problems.add("indicators.constant", indicator=code, value=value)
    problems.raise_if_any()
    return values


def zscore(
    frame: pd.DataFrame, directions: Directions = None, *, scope: str = "pooled"
) -> pd.DataFrame:
    r"""Scale indicators to mean 0 and standard deviation 1, more being better.

    Parameters
    ----------
    frame : DataFrame, rows (adcode, year) or adcode alone, columns indicators
        NaN stays NaN.
    directions : Series or mapping by code, optional
        ``"+"`` where more is better, ``"-"`` where less is. Without it, ``"+"``.
    scope : {"pooled", "per_year"}
        Mean and deviation over all rows, or within each year.

    Returns
    -------
    DataFrame

    Raises
    ------
    InputError
        If an indicator is constant or infinite, or a direction is unknown.

    Notes
    -----
    .. math:: z = \frac{x - \bar x}{s}

    with the population standard deviation (n); the sign turned where less is better.

    Examples
    --------
    >>> zscore(pd.DataFrame({"a": [1.0, 2.0, 3.0]}))["a"].round(4).tolist()
    [-1.2247, 0.0, 1.2247]
    """
    values = _turned(frame, directions)
    if _checked_scope(scope) == "per_year" and isinstance(values.index, pd.MultiIndex):
        pieces = values.groupby(level=1)
        deviation = pieces.transform("std", ddof=0)
        _refuse_flat(deviation)
        return (values - pieces.transform("mean")) / deviation
    return (values - values.mean()) / values.std(ddof=0)


def _checked_scope(scope: str) -> str:
    problems = Problems()
    if scope not in SCOPES:
        problems.add("indicators.option", option="scope", found=scope, known=SCOPES)
    problems.raise_if_any()
    return scope


def _refuse_flat(deviation: pd.DataFrame) -> None:
    """Raise where an indicator is constant within a year."""
    problems = Problems()
    for code in deviation.columns:
        flat = deviation[code] == 0
        if flat.any():
            years = sorted(set(deviation.index.get_level_values(1)[flat]))
            problems.add("indicators.constant_in_year", indicator=code, years=years)
    problems.raise_if_any()


def rank_scale(
    frame: pd.DataFrame, directions: Directions = None, *, scope: str = "pooled"
) -> pd.DataFrame:
    r"""Scale indicators by rank to [0, 1], more being better.

    Parameters
    ----------
    frame, directions, scope
        As in `zscore`.

    Returns
    -------
    DataFrame
        0 for the worst, 1 for the best; ties share the mean of their places. Distances between
        values are lost, and with them the pull of extreme ones.

    Raises
    ------
    InputError
        As `zscore`.

    Notes
    -----
    .. math:: z = \frac{r - 1}{N - 1}

    Examples
    --------
    >>> rank_scale(pd.DataFrame({"a": [1.0, 2.0, 100.0]}))["a"].tolist()
    [0.0, 0.5, 1.0]
    """
    values = _turned(frame, directions)
    per_year = _checked_scope(scope) == "per_year" and isinstance(values.index, pd.MultiIndex)
    places = (values.groupby(level=1) if per_year else values).rank(method="average")
    if per_year:
        counts = values.groupby(level=1).transform("count")
        _refuse_flat(counts - 1)
        return (places - 1) / (counts - 1)
    return (places - 1) / (values.notna().sum() - 1)


def distance_to_target(
    frame: pd.DataFrame,
    targets: Targets,
    directions: Directions = None,
) -> pd.DataFrame:
    r"""Scale indicators as shares of a target, more being better.

    Parameters
    ----------
    frame : DataFrame
        Positive; NaN stays NaN.
    targets : mapping or Series by code
        Positive.
    directions : Series or mapping by code, optional
        As in `zscore`.

    Returns
    -------
    DataFrame
        1 where the target is met, above 1 beyond it.

    Raises
    ------
    InputError
        If a target is missing or not positive, a value is not positive, or a direction is unknown.

    Notes
    -----
    .. math:: z = x / t \quad (+), \qquad z = t / x \quad (-)

    Examples
    --------
    >>> frame = pd.DataFrame({"share": [10.0, 20.0], "days": [4.0, 1.0]})
    >>> distance_to_target(frame, {"share": 20, "days": 2}, {"share": "+", "days": "-"})
       share  days
    0    0.5   0.5
    1    1.0   2.0
    """
    problems = Problems()
    values = frame.astype(float)
    stated = dict(targets.items())
    signs = signs_of(values.columns, directions, problems)
    scaled: dict[str, pd.Series] = {}
    for code in values.columns:
        target = stated.get(code)
        if target is None or not (np.isfinite(target) and target > 0):
            problems.add("indicators.target_not_positive", indicator=code, found=target)
            continue
        column = values[code]
        if not (column.dropna() > 0).all():
            problems.add("indicators.value_not_positive", indicator=code, found=column.min())
        scaled[code] = column / target if signs[code] == "+" else target / column
    problems.raise_if_any()
    return pd.DataFrame(scaled, index=frame.index)


def bounded_zscore(
    frame: pd.DataFrame, directions: Directions = None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Scale indicators to [0, 1] between three standard deviations below and above the mean."""
    scaled = 0.5 + zscore(frame, directions) / 6
    values = frame.astype(float)
    middle, deviation = values.mean(), values.std(ddof=0)
    put = values.clip(middle - 3 * deviation, middle + 3 * deviation, axis=1)
    return scaled.clip(0, 1), _traced(values, put, (scaled < 0) | (scaled > 1), "three_deviations")


def bounded_target(
    frame: pd.DataFrame, targets: Targets, directions: Directions = None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Scale indicators as shares of a target, what is beyond it being 1."""
    reached = distance_to_target(frame, targets, directions)
    values = frame.astype(float)
    put = values.assign(**{code: float(targets[code]) for code in values})
    return reached.clip(upper=1), _traced(values, put, reached > 1, "target")


def _traced(
    before: pd.DataFrame, after: pd.DataFrame, where: pd.DataFrame, reason: str
) -> pd.DataFrame:
    return trace_of(before, after, where.astype(object).where(where, "").mask(where, reason))


@dataclass(frozen=True)
class Scaling:
    """A way to bring indicators to [0, 1].

    - ``name``: as a study file has it.
    - ``function``: takes the frame, directions and ends, and gives the scaled frame and the trace
      of what the ends clip.
    - ``needs``: the key of a study file that gives the ends: ``goalposts``, ``targets``, or none.
    - ``within_year``: whether each year is scaled by itself, so that years do not compare.
    - ``pooled``: whether the ends are found from all years together, so that a further year moves
      them.
    """

    name: str
    function: Callable[[pd.DataFrame, Directions, Any], tuple[pd.DataFrame, pd.DataFrame]]
    needs: str = ""
    within_year: bool = False
    pooled: bool = False


#: Ways to bring indicators to one scale, by name.
SCALINGS: Mapping[str, Scaling] = {
    each.name: each
    for each in (
        Scaling("pooled", lambda frame, directions, _: minmax(frame, directions), pooled=True),
        Scaling(
            "per_year",
            lambda frame, directions, _: minmax(frame, directions, scope="per_year"),
            within_year=True,
        ),
        Scaling(
            "fixed",
            lambda frame, directions, ends: minmax(frame, directions, goalposts=ends),
            needs="goalposts",
        ),
        Scaling(
            "zscore", lambda frame, directions, _: bounded_zscore(frame, directions), pooled=True
        ),
        Scaling(
            "rank",
            lambda frame, directions, _: (rank_scale(frame, directions), empty_trace()),
            pooled=True,
        ),
        Scaling(
            "target",
            lambda frame, directions, ends: bounded_target(frame, ends, directions),
            needs="targets",
        ),
    )
}
