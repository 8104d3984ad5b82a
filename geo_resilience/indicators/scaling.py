"""Indicators brought to one scale, more being better."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from geo_resilience.errors import Problems
from geo_resilience.indicators.directions import Directions, signs_of
from geo_resilience.indicators.tracing import empty_trace, trace_of

__all__ = ["SCOPES", "minmax"]

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
