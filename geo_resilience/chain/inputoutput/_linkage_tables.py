"""Tables of linkages, extraction and inoperability for the files of a run."""

from __future__ import annotations

import numpy as np
import pandas as pd

from geo_resilience.chain.inputoutput._extraction import exposure, extraction
from geo_resilience.chain.inputoutput._flows import Flows, checked_flows
from geo_resilience.chain.inputoutput._leontief import linkages, multipliers
from geo_resilience.chain.inputoutput._network import supplier_concentration
from geo_resilience.chain.inputoutput._table import IOTable
from geo_resilience.chain.inputoutput._upstreamness import (
    downstreamness,
    import_dependence,
    upstreamness,
)

__all__ = [
    "extraction_table",
    "inoperability_table",
    "linkage_table",
]


def _headed(table: IOTable, found: pd.DataFrame, language: str) -> pd.DataFrame:
    """Put year, sector and name before the columns."""
    found = found.reset_index(drop=True)
    found.insert(0, "name", table.names(language).to_numpy())
    found.insert(0, "sector", table.codes)
    found.insert(0, "year", pd.array([table.year] * len(found), dtype="Int64"))
    return found


def linkage_table(table: IOTable, *, language: str = "en") -> pd.DataFrame:
    """Give the rows of io_linkages.csv: domestic and total technology side by side.

    Parameters
    ----------
    table : IOTable
    language : "en" or "zh"
        Of the names.

    Returns
    -------
    DataFrame
        A row a technology (domestic, total; total alone where imports compete) and sector; columns
        year, technology, sector, name, output, multiplier, value_added_multiplier,
        income_multiplier, backward, forward, forward_ghosh, backward_cv, forward_cv, quadrant,
        upstreamness, downstreamness, import_direct, import_total, import_share, import_product,
        supplier_hhi, supplier_cr3, name_en, name_zh. Value-added and income multipliers of the
        total technology count what imports would make at home; import columns stand with the
        domestic one.

    Examples
    --------
    >>> from geo_resilience.chain import example_table
    >>> linkage_table(example_table())[["technology", "sector", "quadrant"]]
      technology sector quadrant
    0      total      1      key
    1      total      2     weak
    """
    kinds = {"total": table.total_flows}
    if table.imports is not None:
        kinds = {"domestic": table.transactions} | (kinds if table.by_product else {})
    parts = []
    for technology, Z in kinds.items():
        part = _headed(table, _linkage_columns(table, Z, technology), language)
        part.insert(1, "technology", technology)
        parts.append(
            part.assign(name_en=table.names("en").to_numpy(), name_zh=table.names("zh").to_numpy())
        )
    return pd.concat(parts, ignore_index=True)


def _linkage_columns(table: IOTable, Z: pd.DataFrame, technology: str) -> pd.DataFrame:
    flows = checked_flows(Z, table.output)
    x = table.output
    found = linkages(flows, x)
    income = table.income
    pulls = multipliers(flows, x, value_added=table.value_added.sum(), income=income)
    found.insert(0, "output", x)
    found.insert(2, "value_added_multiplier", pulls["value_added"])
    found.insert(3, "income_multiplier", pulls["income"] if income is not None else float("nan"))
    abroad = table.net_exports if technology == "total" else None
    if technology == "total":
        found["forward_ghosh"] = _ghosh_of_supply(table, flows)
    found["upstreamness"] = upstreamness(flows, x, net_exports=abroad)
    found["downstreamness"] = downstreamness(flows, x)
    names = ["import_direct", "import_total", "import_share", "import_product"]
    found[names[:3]] = float("nan")
    found[names[3]] = pd.Series(pd.NA, index=found.index, dtype="string")
    imports = table.imports
    if technology == "domestic" and imports is not None and table.by_product:
        dependence = import_dependence(flows, imports, x)
        columns = ["direct", "total", "share_of_inputs", "main_product"]
        for name, column in zip(names, columns, strict=True):
            found[name] = dependence[column]
    found[["supplier_hhi", "supplier_cr3"]] = supplier_concentration(flows)[["hhi", "cr3"]]
    return found


def _ghosh_of_supply(table: IOTable, flows: Flows) -> pd.Series:
    """Give forward linkages where uses of imports are among the flows.

    The uses of a product at home and abroad together come out of output and imports, so that both
    are the base of the shares that go to each buyer.
    """
    bought = table.product_imports
    pushed = upstreamness(flows, flows.x, net_exports=-bought)
    return pushed / pushed.mean()


def extraction_table(table: IOTable, *, language: str = "en") -> pd.DataFrame:
    """Give the rows of extraction.csv: what hangs on each sector, at home.

    Parameters
    ----------
    table : IOTable
    language : "en" or "zh"

    Returns
    -------
    DataFrame
        A row a kind (total, backward, forward) and sector; columns year, kind, sector, name, loss,
        share, own, others, rank (of `extraction`, on domestic flows).

    Examples
    --------
    >>> from geo_resilience.chain import example_table
    >>> extraction_table(example_table()).query("rank == 1")[["kind", "sector"]].to_numpy().tolist()
    [['total', '2'], ['backward', '2'], ['forward', '1']]
    """
    flows = checked_flows(table.transactions, table.output)
    parts = []
    for kind in ("total", "backward", "forward"):
        found = extraction(flows, table.output, how=kind)
        part = _headed(table, found, language)
        part.insert(1, "kind", kind)
        parts.append(part)
    return pd.concat(parts, ignore_index=True)


def inoperability_table(
    table: IOTable, *, share: float = 0.1, language: str = "en"
) -> pd.DataFrame:
    """Give the rows of inoperability.csv: each sector shocked in turn.

    Demand: a tenth (or `share`) of the sector's final demand is lost; supply: a tenth of its
    value added. Sectors with no positive final demand or value added are not shocked (loss 0).

    Parameters
    ----------
    table : IOTable
    share : float
        Part of final demand, or of value added, that is lost; for the exposure, of output.
    language : "en" or "zh"

    Returns
    -------
    DataFrame
        A row a side and shocked sector; columns year, side, sector, name, shock (share of the
        sector's output), loss (all sectors, money), share (of total output), own (inoperability
        of the sector itself), most_hit (the other sector with the largest inoperability;
        missing where no other is hit), most_hit_inoperability, exposure (loss of the sector's own
        output, as a share, if every other sector's output fell by `share` in turn: the mean;
        supply side only), rank.

    Examples
    --------
    >>> from geo_resilience.chain import example_table
    >>> inoperability_table(example_table())[["side", "sector", "loss"]].round(1)
         side sector   loss
    0  demand      1   53.1
    1  demand      2  246.9
    2  supply      1  124.4
    3  supply      2  175.6
    """
    flows = checked_flows(table.transactions, table.output)
    final = table.output - table.transactions.sum(axis=1)
    primary = table.output - table.transactions.sum(axis=0)
    parts = []
    for side, base, inverse in (("demand", final, flows.G), ("supply", primary, flows.L.T)):
        shock = share * base.clip(lower=0).to_numpy() / flows.x
        # Column j: inoperability of all sectors when j is shocked.
        q = pd.DataFrame(inverse * shock, flows.labels, flows.labels)
        others = q.mask(np.eye(len(q), dtype=bool), -1.0)
        loss = flows.x @ q.to_numpy()
        found = pd.DataFrame({"shock": shock, "loss": loss, "share": loss / flows.x.sum()})
        found["own"] = q.to_numpy().diagonal()
        hit = others.max().clip(lower=0.0)
        found["most_hit"] = others.idxmax().where(hit > 0).to_numpy()
        found["most_hit_inoperability"] = hit.where(hit > 0).to_numpy()
        found["exposure"] = _mean_exposure(flows, share) if side == "supply" else float("nan")
        order = found["share"].round(12).rank(ascending=False, method="min")
        part = _headed(table, found.assign(rank=order.astype(int)), language)
        part.insert(1, "side", side)
        parts.append(part)
    return pd.concat(parts, ignore_index=True)


def _mean_exposure(flows: Flows, share: float) -> pd.Series:
    found = exposure(flows, flows.x, share=share).to_numpy()
    n = len(found)
    total = found.sum(axis=0) - found.diagonal()
    return pd.Series(total / max(n - 1, 1))
