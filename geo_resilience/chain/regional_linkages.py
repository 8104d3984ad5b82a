"""Linkages and extraction of each region's sectors, on tables estimated from the national one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from geo_resilience.chain.accounts import Array, Flows, checked_flows, named
from geo_resilience.chain.balancing import ras
from geo_resilience.chain.methods import QUOTIENTS
from geo_resilience.chain.regionalization import checked_sizes, own_shares
from geo_resilience.chain.tables import IOTable
from geo_resilience.errors import InputError, Problems
from geo_resilience.tables._cells import NOTHING, is_blank, missing_marks
from geo_resilience.tables._reading import numbers_of, read_raw

__all__ = ["read_sizes", "regional_linkage_table"]

#: Largest difference of the two totals of a region's margins, as a share.
_MARGINS_APART = 1e-6


def read_sizes(
    path: str | Path, *, region: str = "adcode", year: int | None = None
) -> pd.DataFrame:
    """Read how large each sector is in each region: a row a region, a column a sector.

    Parameters
    ----------
    path : str or Path
        CSV or XLSX; output, value added or employment in one unit. Columns that are no sector
        (names) hold text and are passed over; a blank is 0.
    region : str
        Column with the regions' keys; the first one where there is none of this name.
    year : int, optional
        Rows of this year, where the file has a column year.

    Returns
    -------
    DataFrame
        Index region (text), columns sector codes.

    Raises
    ------
    InputError
        If a region stands twice, a size is negative or no number, or there is no row of the year.
    """
    found = read_raw(path, heading=region)
    file, frame = found.file, found.frame.apply(lambda column: column.str.strip())
    if "year" in frame.columns:
        years = frame.pop("year")
        if year is not None:
            frame = frame[years == str(year)]
            if frame.empty:
                known = sorted(set(years))
                raise InputError("chain.years_missing", what=file, years=[year], known=known)
    labels = frame.pop(region if region in frame.columns else frame.columns[0])
    problems = Problems()
    for label in labels[labels.duplicated()].unique():
        problems.add("chain.region_twice", region=label, what=file)
    problems.raise_if_any()
    rows, marks = list(frame.index), missing_marks(NOTHING)
    sizes = {}
    for name, cells in frame.items():
        heads = [str(name)] * len(rows)
        values, faults, _ = numbers_of(list(cells), rows, heads, file=file, marks=marks, blank=0.0)
        words = int(np.isnan(values).sum())
        if not words or words < sum(not is_blank(cell, marks) for cell in cells):  # else names
            sizes[name] = values
            problems.extend(faults)
    problems.raise_if_any()
    return pd.DataFrame(sizes, index=pd.Index(labels, name="region"))


def regional_linkage_table(
    table: IOTable,
    sizes: pd.DataFrame,
    *,
    methods: Sequence[str] = QUOTIENTS,
    delta: float = 0.3,
    margins: pd.DataFrame | None = None,
    names: pd.Series | None = None,
    language: str = "en",
) -> pd.DataFrame:
    """Give the rows of regional_linkages.csv: each region's sectors on its own estimated table.

    All of it is an estimate from the national table and the sizes of sectors; methods stand side
    by side because they differ, and what holds under one of them alone should not be relied on.

    Parameters
    ----------
    table : IOTable
        National, with the sectors of sizes (merge the others first, see `aggregate`).
    sizes : DataFrame, rows regions, columns sectors
        Output, value added or employment; the nation is the sum of the regions.
    methods : sequence of "slq", "cilq", "flq"
    delta : float
        Exponent of Flegg's quotient.
    margins : DataFrame, rows MultiIndex (region, sector), columns sales and purchases, optional
        Known sums of a region's rows and columns (what its sectors sell to and buy from each
        other), to which the estimate is fitted by RAS; regions without margins keep theirs.
    names : Series by region, optional
    language : "en" or "zh"

    Returns
    -------
    DataFrame
        A row a method, region and sector that it has; columns year, method, adcode, name, sector,
        sector_name, quotient (simple location quotient), output, multiplier (output of the region
        for a unit of final demand), backward, forward (mean 1 within the region), inside (share of
        all inputs, imports included, that the region supplies itself), loss (of the region's
        output when it loses the sector, itself included), loss_share, rank (of the loss), fitted
        (by RAS).

    Raises
    ------
    InputError
        If sectors do not match, a size is not fit, or margins are unknown or do not balance.

    References
    ----------
    .. [1] Flegg, A. T. and Webber, C. D. (1997). On the appropriate use of location quotients in
       generating regional input-output tables: reply. Regional Studies 31(8), 795-805.

    Examples
    --------
    >>> from geo_resilience.chain import example_table
    >>> sizes = pd.DataFrame({"1": [30, 70], "2": [20, 80]}, index=["11", "12"])
    >>> found = regional_linkage_table(example_table(), sizes, methods=["flq"])
    >>> found[["adcode", "sector", "loss_share"]].round(2).to_numpy().tolist()
    [['11', '1', 0.47], ['11', '2', 0.74], ['12', '1', 0.37], ['12', '2', 0.86]]
    """
    for method in methods:
        if method not in QUOTIENTS:
            raise InputError("chain.choice", option="methods", found=method, known=QUOTIENTS)
    if not 0 <= delta < 1:
        raise InputError("chain.delta", found=delta)
    flows = checked_flows(table.transactions, table.output)
    ordered = checked_sizes(sizes, flows.labels).sort_index()
    if margins is not None:
        _check_margins(margins, sizes, table)
    total = table.total_flows.sum()
    if table.imports is not None and not table.by_product:
        total = total + table.imports.sum()
    inputs = (total / table.output).reindex(flows.labels).to_numpy()
    parts = [
        _rows(flows, ordered, region, method, delta, inputs, margins)
        for method in methods
        for region in ordered.index
    ]
    columns = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    whole = pd.DataFrame(columns)
    known = {} if names is None else names.to_dict()
    told = [str(known.get(region, region)) for region in whole["adcode"]]
    whole.insert(2, "name", told)
    whole.insert(4, "sector_name", whole["sector"].map(table.names(language)))
    by_region = whole["loss_share"].round(12).groupby([whole["method"], whole["adcode"]])
    rank = by_region.rank(ascending=False, method="min").astype(int)
    whole.insert(whole.columns.get_loc("fitted"), "rank", rank)
    whole.insert(0, "year", pd.array([table.year] * len(whole), dtype="Int64"))
    return whole


def _rows(
    flows: Flows,
    sizes: pd.DataFrame,
    region: str,
    method: str,
    delta: float,
    inputs: Array,
    margins: pd.DataFrame | None,
) -> dict[str, Array]:
    """Give linkages and losses of one region, fitted to its margins where they are known."""
    own, nation = sizes.loc[region].to_numpy(), sizes.to_numpy().sum(axis=0)
    there = own > 0
    x = (flows.x * own / nation)[there]
    kept = (own_shares(own, nation, method, delta) * flows.A)[np.ix_(there, there)]
    labels = flows.labels[there]
    Z = kept * x
    fitted = margins is not None and region in margins.index.get_level_values(0)
    if margins is not None and fitted:
        known = margins.xs(region, level=0).reindex(labels)
        first = pd.DataFrame(Z, labels, labels)
        Z = ras(first, known["sales"], known["purchases"]).to_numpy()
    L = Flows(labels, Z, x).L
    n, pulled = len(labels), L.sum(axis=0)
    bought = inputs[there] * x
    loss = pulled * x / np.diag(L)
    with np.errstate(divide="ignore", invalid="ignore"):
        inside = np.where(bought > 0, Z.sum(axis=0) / bought, np.nan)
    quotient = (own / own.sum()) / (nation / nation.sum())
    return {
        "method": np.full(n, method, dtype=object),
        "adcode": np.full(n, region, dtype=object),
        "sector": labels.to_numpy(),
        "quotient": quotient[there],
        "output": x,
        "multiplier": pulled,
        "backward": n * pulled / L.sum(),
        "forward": n * L.sum(axis=1) / L.sum(),
        "inside": inside,
        "loss": loss,
        "loss_share": loss / x.sum(),
        "fitted": np.full(n, fitted),
    }


def _check_margins(margins: pd.DataFrame, sizes: pd.DataFrame, table: IOTable) -> None:
    problems = Problems()
    for column in ("sales", "purchases"):
        if column not in margins.columns:
            problems.add("chain.column_missing", column=column, known=list(margins.columns))
    problems.raise_if_any()
    for region, rows in margins.groupby(level=0):
        if region not in sizes.index:
            problems.unknown("chain.margin_region", region, sizes.index)
            continue
        there = sizes.columns[sizes.loc[region] > 0]
        lacking = there.difference(rows.index.get_level_values(1))
        if len(lacking):
            what = f"margins, {region}"
            problems.add("chain.sector_missing", what=what, sectors=named(lacking))
        for sector in rows.index.get_level_values(1).difference(table.codes):
            problems.unknown("chain.sector_unknown", sector, table.codes)
        sold, bought = rows["sales"].sum(), rows["purchases"].sum()
        if not abs(sold - bought) <= _MARGINS_APART * max(abs(sold), abs(bought)):
            problems.add(
                "chain.margins_apart", region=region, sales=f"{sold:g}", purchases=f"{bought:g}"
            )
    problems.raise_if_any()
