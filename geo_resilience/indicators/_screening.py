"""Regions and indicators of which too little was measured, left out before anything is filled."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from geo_resilience.errors import InputError

#: Columns of what was left out.
COLUMNS = ("what", "key", "year", "measured", "of", "share", "least")

#: Shares that differ by less are the same.
_CLOSE = 1e-9


def screen(
    frame: pd.DataFrame,
    *,
    regions: float = 0.0,
    indicators: float = 0.0,
    by: str = "year",
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Leave out indicators, then regions, of which less than a share was measured.

    Parameters
    ----------
    frame : DataFrame, rows (adcode, year), columns indicators
        As measured, NaN where nothing was.
    regions : float
        Least share of the indicators kept that a region must have, from 0 to 1.
    indicators : float
        Least share of the regions that must have an indicator.
    by : {"year", "all"}
        Whether the share must be reached in every year, or over all years together.

    Returns
    -------
    frame : DataFrame
        Without them, in every year.
    left_out : DataFrame
        A row an indicator or region that was left out and year (``all``: one row without a year):
        ``what`` (indicator or region), ``key``, ``year``, ``measured``, ``of``, ``share`` and
        ``least``.

    Raises
    ------
    InputError
        If nothing would be left.

    Notes
    -----
    Indicators go first, over all regions, so that a region is not blamed for what nobody reports;
    then regions, over the indicators that are left. Screening by availability as in COINr [1]_,
    with one set of regions and indicators for all years.

    References
    ----------
    .. [1] Becker, W., Caperna, G., Del Sorbo, M., Norlén, H., Papadimitriou, E., Saisana, M.
       (2022). COINr: An R package for developing composite indicators. Journal of Open Source
       Software, 7(78), 4567.

    Examples
    --------
    >>> rows = pd.MultiIndex.from_product([["11", "12", "13"], [2020]], names=["adcode", "year"])
    >>> values = pd.DataFrame({"a": [1.0, 2, 3], "b": [1.0, None, 3]}, index=rows)
    >>> kept, left_out = screen(values, regions=0.65)
    >>> list(kept.index.unique("adcode")), left_out["key"].tolist(), left_out["share"].tolist()
    (['11', '13'], ['12'], [0.5])
    """
    codes = _counted(frame.notna(), "indicator", indicators, by)
    kept = frame.drop(columns=codes["key"].unique())
    keys = _counted(kept.notna(), "region", regions, by)
    kept = kept[~kept.index.get_level_values("adcode").isin(keys["key"].unique())]
    if kept.empty:
        raise InputError("indicators.screened_all", regions=regions, indicators=indicators)
    return kept, pd.concat([codes, keys], ignore_index=True)


def _counted(there: pd.DataFrame, what: str, least: float, by: str) -> pd.DataFrame:
    """Count what is measured of each indicator or region; keep the rows of those below a share."""
    cells = there.stack()
    names: Sequence[str] = ("adcode", "year", "code")
    cells = cells.rename_axis(names)
    over = ["code" if what == "indicator" else "adcode", *(["year"] if by == "year" else [])]
    found = cells.groupby(over, sort=False).agg(["sum", "size"]).reset_index()
    found = found.set_axis(["key", *over[1:], "measured", "of"], axis=1)
    found = found.assign(what=what, share=found["measured"] / found["of"], least=least)
    short = found.loc[found["share"] < least - _CLOSE, "key"]
    return found[found["key"].isin(short)].reindex(columns=list(COLUMNS))
