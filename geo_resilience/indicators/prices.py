"""Money of different years made comparable."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from geo_resilience.errors import Problems
from geo_resilience.indicators.framework import Framework
from geo_resilience.indicators.tracing import say_cells
from geo_resilience.notes import Note

__all__ = ["deflate", "nominal_note"]


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
