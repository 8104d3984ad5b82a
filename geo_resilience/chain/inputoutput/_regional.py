"""Regional tables estimated from the national one by location quotients."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from geo_resilience.chain._methods import QUOTIENTS
from geo_resilience.chain.inputoutput._balancing import ras
from geo_resilience.chain.inputoutput._flows import (
    SINGULAR,
    Flows,
    Matrix,
    Vector,
    checked_flows,
    named,
    productive_inverse,
    vector,
)
from geo_resilience.chain.inputoutput._table import IOTable
from geo_resilience.errors import InputError, Problems
from geo_resilience.notes import Note
from geo_resilience.statistics._arrays import Array, Truths, Whole
from geo_resilience.tables._cells import NOTHING, is_blank, missing_marks
from geo_resilience.tables._reading import numbers_of, read_raw

#: By how much a region's sector may pass the nation's, as rounding.
_OVER = 1e-9

#: Cells of the tables of regions that are made at once.
_CELLS = 2_000_000


@dataclass(frozen=True, eq=False)
class RegionalTable:
    """An estimated table of one region.

    - ``transactions``, shape (n, n): flows between the sectors of the region.
    - ``output``, length n: outputs of the region.
    - ``imported``, length n: inputs that each sector takes from outside the region (other regions
      or abroad).
    - ``method``: location quotient used.
    - ``notes``: that it is an estimate, and how it was made.
    """

    transactions: pd.DataFrame
    output: pd.Series
    imported: pd.Series
    method: str
    notes: tuple[Note, ...] = ()


def trading_coefficients(
    regional: Vector,
    national: Vector,
    *,
    method: str = "flq",
    delta: float = 0.3,
) -> pd.DataFrame:
    """Give the share of each national input coefficient that the region supplies itself.

    With ``SLQ_i = (x_ir / x_r) / (X_i / X)``: ``slq`` takes SLQ_i along the row; ``cilq`` SLQ_i /
    SLQ_j, and SLQ_i on the diagonal; ``flq`` that times ``lambda = log2(1 + x_r / X)^delta``.
    Every share is cut at 1: no region supplies more than it needs.

    References
    ----------
    .. [1] Flegg, A. T. and Webber, C. D. (1997). On the appropriate use of location quotients in
       generating regional input-output tables: reply. Regional Studies 31(8), 795-805.
    .. [2] Miller, R. E. and Blair, P. D. (2009). Input-Output Analysis, 2nd ed., chapter 8.
    """
    if method not in QUOTIENTS:
        raise InputError("chain.choice", option="method", found=method, known=QUOTIENTS)
    if not 0 <= delta < 1:
        raise InputError("chain.delta", found=delta)
    labels = _labels(regional, national)
    own, nation = vector(regional, labels, what="regional"), vector(national, labels, what="nation")
    _check_sizes(labels, own, nation)
    shares = own_shares(own, nation, method, delta)
    return pd.DataFrame(shares, index=labels, columns=labels)


def own_shares(own: Array, nation: Array, method: str, delta: float) -> Array:
    """Give the shares of `trading_coefficients` of regions, shape (..., n), that were checked."""
    quotient = _quotient(own, nation)
    sells, buys = quotient[..., :, None], quotient[..., None, :]
    if method == "slq":
        shares = np.repeat(sells, own.shape[-1], axis=-1)
    else:
        with np.errstate(divide="ignore", invalid="ignore"):
            shares = np.where(buys > 0, sells / buys, 0.0)
        each = np.arange(own.shape[-1])
        shares[..., each, each] = quotient
        if method == "flq":
            size = own.sum(axis=-1)[..., None, None] / nation.sum()
            shares = shares * np.log2(1 + size) ** delta
    kept: Array = np.where(buys > 0, np.minimum(shares, 1.0), 0.0)
    return kept


def _quotient(own: Array, nation: Array) -> Array:
    return np.asarray((own / own.sum(axis=-1, keepdims=True)) / (nation / nation.sum()))


def checked_sizes(sizes: pd.DataFrame, labels: pd.Index) -> pd.DataFrame:
    """Give the sizes of sectors by region in the order of a table's sectors."""
    problems = Problems()
    for name in sizes.columns.difference(labels):
        problems.unknown("chain.sector_unknown", name, labels)
    lacking = labels.difference(sizes.columns)
    if len(lacking):
        problems.add("chain.sector_missing", what="sizes", sectors=named(lacking))
    problems.raise_if_any()
    ordered = sizes[labels].astype(float)
    nation = ordered.sum().to_numpy()
    own = ordered.to_numpy()
    wrong = (
        (own < 0) | (nation <= 0) | (own > nation * (1 + _OVER)) | ~(own.sum(axis=1) > 0)[:, None]
    )
    for row in own[wrong.any(axis=1)]:
        _check_sizes(labels, row, nation)
    return ordered


def _labels(*vectors: Vector) -> pd.Index:
    for candidate in vectors:
        if isinstance(candidate, pd.Series):
            return candidate.index
    return pd.RangeIndex(len(np.asarray(vectors[0])))


def _check_sizes(labels: pd.Index, own: Array, nation: Array) -> None:
    problems = Problems()
    for position in np.flatnonzero((own < 0) | (nation <= 0) | (own > nation * (1 + _OVER))):
        problems.add(
            "chain.sizes",
            sector=labels[position],
            region=f"{own[position]:g}",
            nation=f"{nation[position]:g}",
        )
    problems.raise_if_any()
    if not own.sum() > 0:
        raise InputError("chain.region_empty")


def regional_table(
    Z: Matrix,
    output: Vector,
    regional: Vector,
    national: Vector,
    *,
    method: str = "flq",
    delta: float = 0.3,
) -> RegionalTable:
    """Estimate a region's table from the national one.

    Outputs are the national ones in proportion to the sizes; transactions the
    regional coefficients times them; the rest of the national inputs comes from outside.
    """
    flows = checked_flows(Z, output)
    own = vector(regional, flows.labels, what="regional")
    nation = vector(national, flows.labels, what="nation")
    x = flows.x * own / nation
    shares = trading_coefficients(
        flows.series(own), flows.series(nation), method=method, delta=delta
    )
    there = flows.labels[(own > 0) & (x > 0)]
    produced = flows.series(x, "output")
    transactions = (shares * flows.A * produced).loc[there, there]
    inputs = flows.series(flows.A.sum(axis=0) * x)[there]
    imported = (inputs - transactions.sum()).rename("imported")
    note = Note("chain.regional_estimate", values={"method": method.upper(), "delta": delta})
    return RegionalTable(transactions, produced[there], imported, method, (note,))


def regional_tables(
    Z: Matrix,
    output: Vector,
    sizes: pd.DataFrame,
    *,
    method: str = "flq",
    delta: float = 0.3,
) -> dict[str, RegionalTable]:
    """Estimate a table for every region; the nation is the sum of the regions.

    Parameters
    ----------
    Z, output
        National transactions and outputs of the sectors for which there are regional sizes
        (merge the others first, see `aggregate`).
    sizes : DataFrame, rows regions, columns sectors
        Output, employment or value added.
    method : "slq", "cilq" or "flq"
        Location quotient that scales national coefficients down: simple, cross-industry, Flegg's.
    delta : float
        Exponent of Flegg's lambda, 0 <= delta < 1; 0.3 is the value usually found.

    Returns
    -------
    dict
        Region to RegionalTable.

    Raises
    ------
    InputError
        If the columns of sizes are not the sectors of the table.

    Examples
    --------
    >>> sizes = pd.DataFrame({0: [30, 70], 1: [20, 80]}, index=["11", "12"])
    >>> tables = regional_tables([[20, 10], [30, 10]], [100, 100], sizes)
    >>> tables["12"].output.tolist()
    [70.0, 80.0]
    """
    flows = checked_flows(Z, output)
    sizes = checked_sizes(sizes, flows.labels)
    national = sizes.sum()
    return {
        str(region): regional_table(
            flows.frame(flows.Z),
            flows.series(flows.x),
            row,
            national,
            method=method,
            delta=delta,
        )
        for region, row in sizes.iterrows()
    }


#: Largest difference of the two totals of a region's margins, as a share.
_MARGINS_APART = 1e-6


def read_sizes(
    path: str | Path, *, region: str = "adcode", year: int | None = None
) -> pd.DataFrame:
    """Read how large each sector is in each region: a row a region, a column a sector."""
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
) -> pd.DataFrame:
    """Give the rows of regional_linkages.csv: each region's sectors on its own estimated table.

    All of it is an estimate from the national table and the sizes of sectors; methods stand side
    by side because they differ, and what holds under one of them alone should not be relied on.
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
        _rows(flows, ordered, block, there, method, delta, inputs, margins).assign(method=method)
        for method in methods
        for block, there in _alike(ordered.to_numpy() > 0)
    ]
    whole = pd.concat(parts, ignore_index=True)
    order = whole["method"].map(list(methods).index) * len(ordered) + whole.pop("place")
    whole = whole.iloc[np.argsort(order, kind="stable")].reset_index(drop=True)
    whole.insert(1, "adcode", whole.pop("adcode"))
    whole.insert(0, "method", whole.pop("method"))
    by_region = whole["loss_share"].round(12).groupby([whole["method"], whole["adcode"]])
    return whole.assign(rank=by_region.rank(ascending=False, method="min").astype(int))


def regional_range_table(linkages: pd.DataFrame) -> pd.DataFrame:
    """Give the rows of regional_ranges.csv: what the methods leave open, a row a region.

    Of each method the mean over the region's sectors, by output; then the least and the largest.
    """
    keys, weighed = [linkages["adcode"], linkages["method"]], {}
    for name in ("multiplier", "inside"):
        output = linkages["output"].where(linkages[name].notna())
        sums = [part.groupby(keys).sum() for part in (linkages[name] * output, output)]
        weighed[name] = sums[0] / sums[1]
    means = pd.DataFrame(weighed).groupby(level="adcode")
    ends = means.agg(["min", "max"])
    ends.columns = [f"{name}_{'low' if end == 'min' else 'high'}" for name, end in ends.columns]
    return ends.assign(methods=means.size()).reset_index()


def _alike(there: Truths) -> Iterator[tuple[Whole, Truths]]:
    """Give blocks of regions that have the same sectors, and which."""
    kinds, kind = np.unique(there, axis=0, return_inverse=True)
    most = max(1, _CELLS // there.shape[1] ** 2)
    for number, sectors in enumerate(kinds):
        regions = np.flatnonzero(kind.ravel() == number)
        for start in range(0, len(regions), most):
            yield regions[start : start + most], sectors


def _rows(
    flows: Flows,
    sizes: pd.DataFrame,
    block: Whole,
    there: Truths,
    method: str,
    delta: float,
    inputs: Array,
    margins: pd.DataFrame | None,
) -> pd.DataFrame:
    """Give linkages and losses of regions with the same sectors, by their places.

    They are fitted to margins where these are known.
    """
    own, nation = sizes.to_numpy()[block], sizes.to_numpy().sum(axis=0)
    x = (flows.x * own / nation)[:, there]
    kept = (own_shares(own, nation, method, delta) * flows.A)[:, there][:, :, there]
    labels, regions, n = flows.labels[there], sizes.index[block], int(there.sum())
    Z = kept * x[:, None, :]
    fitted = np.zeros(len(block), bool)
    if margins is not None:
        fitted = np.asarray(regions.isin(margins.index.get_level_values(0)))
        for place in np.flatnonzero(fitted):
            known = margins.xs(regions[place], level=0).reindex(labels)
            first = pd.DataFrame(Z[place], labels, labels)
            Z[place] = ras(first, known["sales"], known["purchases"]).to_numpy()
    L = _inverses(Z / x[:, None, :], labels)
    pulled, whole = L.sum(axis=1), L.reshape(len(L), -1).sum(axis=1)[:, None]
    bought = inputs[there] * x
    loss = pulled * x / np.einsum("rii->ri", L)
    with np.errstate(divide="ignore", invalid="ignore"):
        inside = np.where(bought > 0, Z.sum(axis=1) / bought, np.nan)
    cells = {
        "quotient": _quotient(own, nation)[:, there],
        "output": x,
        "multiplier": pulled,
        "backward": n * pulled / whole,
        "forward": n * L.sum(axis=2) / whole,
        "inside": inside,
        "loss": loss,
        "loss_share": loss / x.sum(axis=1, keepdims=True),
    }
    labeled = {
        "adcode": np.repeat(np.asarray(regions, dtype=object), n),
        "sector": np.tile(np.asarray(labels, dtype=object), len(block)),
    }
    numbers = {name: each.ravel() for name, each in cells.items()}
    told = {"fitted": np.repeat(fitted, n), "place": np.repeat(block, n)}
    return pd.DataFrame({**labeled, **numbers, **told})


def _inverses(A: Array, labels: pd.Index) -> Array:
    """Give the Leontief inverse of each region, shape (regions, n, n)."""
    identity = np.eye(A.shape[1])
    try:
        found = np.asarray(np.linalg.solve(identity - A, np.broadcast_to(identity, A.shape)))
        if not A.size or (found.min() >= -1e-9 and found.max() < SINGULAR):
            return found
    except np.linalg.LinAlgError:
        pass
    return np.stack([productive_inverse(each, labels) for each in A])


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
