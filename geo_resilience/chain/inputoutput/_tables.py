"""The files of a run that tell of an input-output table: rows without year and names of sectors."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from geo_resilience.chain.inputoutput._disruptions import cut_loss
from geo_resilience.chain.inputoutput._extraction import (
    MODES,
    exposure,
    extraction,
    link_extraction,
)
from geo_resilience.chain.inputoutput._flows import Flows, checked_flows
from geo_resilience.chain.inputoutput._leontief import linkages, multipliers
from geo_resilience.chain.inputoutput._network import (
    node_measures,
    node_removal,
    single_points,
    supplier_concentration,
)
from geo_resilience.chain.inputoutput._table import IOTable
from geo_resilience.chain.inputoutput._upstreamness import (
    downstreamness,
    import_dependence,
    propagation_lengths,
    upstreamness,
)
from geo_resilience.statistics._repetitions import REMOVAL_ORDERS, Rng

#: Measures by which sectors are removed, each giving a curve of its own.
_TARGETS = ("strength", "betweenness", "pagerank")
#: Linkages of a pair below which propagation.csv leaves it out.
_LEAST_LINKAGE = 0.02


def stacked(
    tables: Sequence[IOTable],
    made: Callable[..., pd.DataFrame],
    *asked: Any,
    language: str = "en",
    **options: Any,
) -> pd.DataFrame:
    """Give the rows of all tables, each with its year and the names of its sectors."""
    parts = []
    for table in tables:
        part, names = made(table, *asked, **options), table.names(language)
        part["year"] = pd.array([table.year] * len(part), dtype="Int64")
        if "sector" in part:
            part["sector_name" if "name" in part else "name"] = part["sector"].map(names)
        else:
            part["supplier_name"] = part["supplier"].map(names)
            part["buyer_name"] = part["buyer"].map(names)
        parts.append(part)
    return pd.concat(parts, ignore_index=True)


def linkage_table(table: IOTable) -> pd.DataFrame:
    """Give the rows of io_linkages.csv: domestic and total technology side by side.

    Multipliers of the total technology count what imports would make at home; import columns
    stand with the domestic one.
    """
    kinds = {"total": table.total_flows}
    if table.imports is not None:
        kinds = {"domestic": table.transactions} | (kinds if table.by_product else {})
    spoken = {f"name_{language}": table.names(language) for language in ("en", "zh")}
    parts = [
        _linkage_columns(table, Z, technology).assign(technology=technology, **spoken)
        for technology, Z in kinds.items()
    ]
    return pd.concat(parts).rename_axis("sector").reset_index()


def _linkage_columns(table: IOTable, Z: pd.DataFrame, technology: str) -> pd.DataFrame:
    flows, x, total = checked_flows(Z, table.output), table.output, technology == "total"
    found, income = linkages(flows, x), table.income
    pulls = multipliers(flows, x, value_added=table.value_added.sum(), income=income)
    found["output"], found["value_added_multiplier"] = x, pulls["value_added"]
    found["income_multiplier"] = pulls["income"] if income is not None else float("nan")
    if total:
        found["forward_ghosh"] = _ghosh_of_supply(table, flows)
    found["upstreamness"] = upstreamness(flows, x, net_exports=table.net_exports if total else None)
    found["downstreamness"] = downstreamness(flows, x)
    blank = pd.Series(pd.NA, index=found.index, dtype="string")
    found = found.assign(import_direct=np.nan, import_total=np.nan, import_share=np.nan)
    found["import_product"] = blank
    if not total and table.imports is not None and table.by_product:
        bought = import_dependence(flows, table.imports, x)
        found["import_direct"], found["import_total"] = bought["direct"], bought["total"]
        found["import_share"] = bought["share_of_inputs"]
        found["import_product"] = bought["main_product"]
    return found.join(supplier_concentration(flows)[["hhi", "cr3"]].add_prefix("supplier_"))


def _ghosh_of_supply(table: IOTable, flows: Flows) -> pd.Series:
    """Give forward linkages where uses of imports are among the flows.

    The uses of a product at home and abroad together come out of output and imports, so that both
    are the base of the shares that go to each buyer.
    """
    pushed = upstreamness(flows, flows.x, net_exports=-table.product_imports)
    return pushed / pushed.mean()


def extraction_table(table: IOTable) -> pd.DataFrame:
    """Give the rows of extraction.csv: what hangs on each sector, at home."""
    flows = checked_flows(table.transactions, table.output)
    parts = [extraction(flows, table.output, how=kind).assign(kind=kind) for kind in MODES]
    return pd.concat(parts).rename_axis("sector").reset_index()


def inoperability_table(table: IOTable, *, share: float = 0.1) -> pd.DataFrame:
    """Give the rows of inoperability.csv: each sector shocked in turn.

    Demand: a share of the sector's final demand is lost; supply: of its value added. Sectors with
    no positive final demand or value added are not shocked (loss 0). ``exposure`` is the mean loss
    of the sector's own output if every other one's fell by the share in turn (supply side only).
    """
    flows = checked_flows(table.transactions, table.output)
    final = table.output - table.transactions.sum(axis=1)
    primary = table.output - table.transactions.sum(axis=0)
    parts = []
    for side, base, inverse in (("demand", final, flows.G), ("supply", primary, flows.L.T)):
        shock = share * base.clip(lower=0).to_numpy() / flows.x
        # Column j: inoperability of all sectors when j is shocked.
        q = flows.frame(inverse * shock)
        others = q.mask(np.eye(len(q), dtype=bool), -1.0)
        found = pd.DataFrame({"shock": shock, "loss": flows.x @ q.to_numpy()}, flows.labels)
        found["share"] = found["loss"] / flows.x.sum()
        found["own"] = q.to_numpy().diagonal()
        hit = others.max().clip(lower=0.0)
        found["most_hit"] = others.idxmax().where(hit > 0)
        found["most_hit_inoperability"] = hit.where(hit > 0)
        found["exposure"] = _mean_exposure(flows, share) if side == "supply" else float("nan")
        order = found["share"].round(12).rank(ascending=False, method="min")
        parts.append(found.assign(rank=order.astype(int), side=side))
    return pd.concat(parts).rename_axis("sector").reset_index()


def _mean_exposure(flows: Flows, share: float) -> pd.Series:
    found = exposure(flows, flows.x, share=share).to_numpy()
    total = found.sum(axis=0) - found.diagonal()
    return flows.series(total / max(len(found) - 1, 1))


def network_table(table: IOTable) -> pd.DataFrame:
    """Give the rows of network.csv: each sector in the network of domestic flows.

    ``sole_for`` counts the sectors of which it is a single point of failure; ``splits`` is missing
    where it is none. Purchases from the sector itself are left out.
    """
    flows = checked_flows(table.transactions, table.output)
    concentration = supplier_concentration(flows).rename(
        columns={"hhi": "supplier_hhi", "cr3": "supplier_cr3", "largest": "largest_supplier"}
    )
    found = node_measures(flows).join(concentration)
    alone = single_points(flows)
    found["sole_for"] = alone["supplier"].value_counts().reindex(found.index, fill_value=0)
    splits = alone.drop_duplicates("supplier").set_index("supplier")["splits"]
    found["splits"] = splits.astype("boolean").reindex(found.index)
    return found.rename_axis("sector").reset_index()


def removal_table(
    table: IOTable,
    *,
    draws: int = REMOVAL_ORDERS,
    rng: Rng = None,
) -> pd.DataFrame:
    """Give the rows of removal.csv: what remains as sectors leave, by target and at random."""
    flows = checked_flows(table.transactions, table.output)
    central = node_measures(flows, least=0.05)
    chance = node_removal(flows, measure=central[_TARGETS[0]], draws=draws, rng=rng)
    random = [name for name in chance if name.startswith("random_")]
    parts = [chance.assign(measure=_TARGETS[0])]
    for measure in _TARGETS[1:]:
        # The same random orders stand beside each target.
        curves = node_removal(flows, measure=central[measure], draws=1, rng=0)
        curves[random] = chance[random]
        parts.append(curves.assign(measure=measure))
    return pd.concat(parts).reset_index()


def propagation_table(table: IOTable) -> pd.DataFrame:
    """Give the rows of propagation.csv: how many steps lie between two sectors, and how strongly.

    The linkage of a pair is the mean of the Leontief and the Ghosh effect,
    ``F_ij = (l_ij + g_ij) / 2`` without the first round's identity (Dietzenbacher, Romero and Bosma
    2005, see `propagation_lengths`); with it a short length means a direct link, a long one a chain
    over many suppliers. ``loss`` is that of cutting the direct link.
    """
    flows = checked_flows(table.transactions, table.output)
    identity = np.eye(len(flows.x))
    lengths = propagation_lengths(flows, flows.x).to_numpy()
    linkage = (flows.L - identity + flows.G - identity) / 2
    np.fill_diagonal(linkage, 0.0)
    rows, columns = np.nonzero((linkage >= _LEAST_LINKAGE) & np.isfinite(lengths))
    found = pd.DataFrame(
        {
            "supplier": flows.labels[rows],
            "buyer": flows.labels[columns],
            "linkage": linkage[rows, columns],
            "length": lengths[rows, columns],
            "loss": link_extraction(flows, flows.x).to_numpy()[rows, columns],
        }
    )
    order = found["linkage"].round(12).sort_values(ascending=False, kind="stable").index
    return found.loc[order].reset_index(drop=True)


def cut_table(
    table: IOTable,
    supplier: str,
    *,
    buyer: str | None = None,
    share: float = 1.0,
    abroad: bool = False,
) -> pd.DataFrame:
    """Give the rows of cut.csv: what a failing supplier costs each sector, the worst hit first."""
    found = cut_loss(table, supplier, buyer=buyer, share=share, abroad=abroad)
    order = found["downstream_share"].round(12).sort_values(ascending=False, kind="stable").index
    found = found.loc[order].assign(supplier=supplier, abroad=abroad, buyer=buyer or "", cut=share)
    return found.rename_axis("sector").reset_index()
