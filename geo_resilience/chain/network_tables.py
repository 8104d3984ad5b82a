"""Tables of the network of sectors: who is central, who hangs on whom, what removal leaves."""

from __future__ import annotations

import numpy as np
import pandas as pd

from geo_resilience.chain.accounts import checked_flows
from geo_resilience.chain.extractions import link_extraction
from geo_resilience.chain.networks import (
    node_measures,
    removal_curves,
    single_points,
    supplier_concentration,
)
from geo_resilience.chain.positions import propagation_lengths
from geo_resilience.chain.tables import IOTable
from geo_resilience.errors import InputError
from geo_resilience.statistics.repetitions import REMOVAL_ORDERS

__all__ = ["network_table", "propagation_table", "removal_table", "single_point_table"]

#: Measures by which sectors are removed, each giving a curve of its own.
_TARGETS = ("strength", "betweenness", "pagerank")


def _year(table: IOTable, rows: int) -> pd.Series:
    return pd.Series(pd.array([table.year] * rows, dtype="Int64"))


def network_table(
    table: IOTable, *, language: str = "en", least: float = 0.01, least_share: float = 0.5
) -> pd.DataFrame:
    """Give the rows of network.csv: each sector in the network of domestic flows.

    Parameters
    ----------
    table : IOTable
    language : "en" or "zh"
        Of the names.
    least : float
        Share in the buyer's purchases from which on a link counts for betweenness and PageRank.
    least_share : float
        Share in the buyer's purchases from which on a supplier is a single point of failure.

    Returns
    -------
    DataFrame
        A row a sector; columns year, sector, name, in_strength, out_strength, strength (money),
        betweenness (0 to 1), pagerank (sum 1), supplier_hhi, supplier_cr3, largest_supplier,
        largest_share, suppliers (how many), sole_for (sectors of which it is a single point of
        failure), splits (whether the chain falls apart without it; NA where it is no single
        point). Purchases from the sector itself are left out.

    Examples
    --------
    >>> from geo_resilience.chain import example_table
    >>> network_table(example_table())[["sector", "strength", "largest_supplier", "sole_for"]]
      sector  strength largest_supplier  sole_for
    0      1     700.0                2         1
    1      2     700.0                1         1
    """
    flows = checked_flows(table.transactions, table.output)
    found = node_measures(flows, least=least)
    concentration = supplier_concentration(flows).rename(
        columns={"hhi": "supplier_hhi", "cr3": "supplier_cr3", "largest": "largest_supplier"}
    )
    found = found.join(concentration)
    alone = single_points(flows, least_share=least_share)
    found["sole_for"] = alone["supplier"].value_counts().reindex(found.index, fill_value=0)
    splits = alone.drop_duplicates("supplier").set_index("supplier")["splits"]
    found["splits"] = splits.astype("boolean").reindex(found.index)
    found.insert(0, "name", table.names(language))
    found = found.rename_axis("sector").reset_index()
    found.insert(0, "year", _year(table, len(found)))
    return found


def single_point_table(
    table: IOTable, *, language: str = "en", least_share: float = 0.5
) -> pd.DataFrame:
    """Give the rows of single_points.csv: pairs in which the buyer hangs on one supplier.

    Parameters
    ----------
    table : IOTable
    language, least_share
        As in `network_table`.

    Returns
    -------
    DataFrame
        Largest share first; columns year, supplier, supplier_name, buyer, buyer_name, share (of
        what the buyer takes from other sectors), splits.

    Examples
    --------
    >>> from geo_resilience.chain import example_table
    >>> single_point_table(example_table())[["supplier", "buyer", "share"]].to_numpy().tolist()
    [['1', '2', 1.0], ['2', '1', 1.0]]
    """
    flows = checked_flows(table.transactions, table.output)
    found = single_points(flows, least_share=least_share)
    names = table.names(language)
    found.insert(1, "supplier_name", found["supplier"].map(names))
    found.insert(3, "buyer_name", found["buyer"].map(names))
    found.insert(0, "year", _year(table, len(found)))
    return found


def removal_table(
    table: IOTable,
    *,
    language: str = "en",
    draws: int = REMOVAL_ORDERS,
    rng: int | np.random.Generator | None = None,
) -> pd.DataFrame:
    """Give the rows of removal.csv: what remains as sectors leave, by target and at random.

    Parameters
    ----------
    table : IOTable
    language : "en" or "zh"
    draws : int
        Random orders; the same ones stand beside each target.
    rng : None, int or Generator

    Returns
    -------
    DataFrame
        A row a measure (strength, betweenness, pagerank) and number of removed sectors; columns
        year, measure, removed, sector, name (the one removed last), then those of
        `removal_curves`: flow and component, random_flow, random_flow_low, random_flow_high and
        the same for the component.

    Examples
    --------
    >>> from geo_resilience.chain import example_table
    >>> curves = removal_table(example_table(), draws=10, rng=1)
    >>> curves.query("measure == 'strength'")[["removed", "flow"]].to_numpy().tolist()
    [[0.0, 1.0], [1.0, 0.0]]
    """
    flows = checked_flows(table.transactions, table.output)
    names = {str(code): name for code, name in table.names(language).items()}
    central = node_measures(flows, least=0.05)
    chance = removal_curves(flows, measure=central[_TARGETS[0]], draws=draws, rng=rng)
    random = [name for name in chance if name.startswith("random_")]
    parts = []
    for measure in _TARGETS:
        curves = chance
        if measure != _TARGETS[0]:
            # The same random orders stand beside each target.
            curves = removal_curves(flows, measure=central[measure], draws=1, rng=0)
            curves[random] = chance[random]
        curves = curves.reset_index()
        curves.insert(2, "name", curves["sector"].map(names))
        curves.insert(0, "measure", measure)
        parts.append(curves)
    found = pd.concat(parts, ignore_index=True)
    found.insert(0, "year", _year(table, len(found)))
    return found


def propagation_table(table: IOTable, *, language: str = "en", least: float = 0.02) -> pd.DataFrame:
    """Give the rows of propagation.csv: how many steps lie between two sectors, and how strongly.

    The linkage of a pair is the mean of the Leontief and the Ghosh effect,
    ``F_ij = (l_ij + g_ij) / 2`` without the first round's identity; with it a short average
    propagation length means a direct link, a long one a chain over many suppliers.

    Parameters
    ----------
    table : IOTable
    language : "en" or "zh"
    least : float
        Pairs with a weaker linkage are left out, and a sector with itself.

    Returns
    -------
    DataFrame
        Strongest first; columns year, supplier, supplier_name, buyer, buyer_name, linkage,
        length (average propagation length, steps), loss (total output lost when the buyer stops
        buying from the supplier directly, money; 0 where it does not).

    References
    ----------
    .. [1] Dietzenbacher, E., Romero, I. and Bosma, N. S. (2005). Using average propagation
       lengths to identify production chains in the Andalusian economy. Estudios de Economía
       Aplicada 23(2), 405-422.

    Examples
    --------
    >>> from geo_resilience.chain import example_table
    >>> propagation_table(example_table())[["supplier", "buyer", "length"]].round(3)
      supplier buyer  length
    0        1     2   1.376
    1        2     1   1.376
    """
    if not 0 <= least < 1:
        raise InputError("chain.share_range", found=least)
    flows = checked_flows(table.transactions, table.output)
    identity = np.eye(len(flows.x))
    beyond = flows.L - identity
    lengths = propagation_lengths(flows, flows.x).to_numpy()
    cut = link_extraction(flows, flows.x).to_numpy()
    linkage = (beyond + flows.G - identity) / 2
    np.fill_diagonal(linkage, 0.0)
    rows, columns = np.nonzero((linkage >= least) & np.isfinite(lengths) & (linkage > 0))
    names = table.names(language)
    found = pd.DataFrame(
        {
            "supplier": flows.labels[rows],
            "supplier_name": names.reindex(flows.labels).to_numpy()[rows],
            "buyer": flows.labels[columns],
            "buyer_name": names.reindex(flows.labels).to_numpy()[columns],
            "linkage": linkage[rows, columns],
            "length": lengths[rows, columns],
            "loss": cut[rows, columns],
        }
    )
    order = found["linkage"].round(12).sort_values(ascending=False, kind="stable").index
    found = found.loc[order].reset_index(drop=True)
    found.insert(0, "year", _year(table, len(found)))
    return found
