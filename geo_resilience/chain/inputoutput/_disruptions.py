"""What follows when a supplier, one of its links, or an imported product fails."""

from __future__ import annotations

from collections.abc import Hashable

import numpy as np
import pandas as pd

from geo_resilience.chain.inputoutput._extraction import supply_loss
from geo_resilience.chain.inputoutput._flows import (
    Array,
    Flows,
    Matrix,
    Vector,
    aligned,
    checked_flows,
)
from geo_resilience.chain.inputoutput._table import IOTable
from geo_resilience.errors import InputError

__all__ = ["cut_loss", "cut_table", "import_loss", "link_loss"]


def _losses(flows: Flows, down: Array, up: Array) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "downstream": down,
            "upstream": up,
            "downstream_share": down / flows.x,
            "upstream_share": up / flows.x,
        },
        index=flows.labels,
    )


def _share(share: float) -> float:
    if not 0 <= share <= 1:
        raise InputError("chain.share_range", found=share)
    return float(share)


def link_loss(
    Z: Matrix, output: Vector, supplier: Hashable, buyer: Hashable, *, share: float = 1.0
) -> pd.DataFrame:
    """Give what every sector loses when a supplier no longer serves one buyer.

    Both sides are rank-one updates. Upstream, the buyer orders less and does not replace it:
    ``dx_k = s z_ij l_ki / (1 + s a_ij l_ji)`` (Leontief). Downstream, it cannot replace what does
    not come: ``dx_k = s z_ij g_jk / (1 + s b_ij g_ji)`` (Ghosh). Bounds of two different stories,
    not to be added.

    Parameters
    ----------
    Z, output
        As in `leontief`.
    supplier, buyer : labels
        The link i to j; a sector's use of its own product is one too.
    share : float
        Part of the link that is cut.

    Returns
    -------
    DataFrame
        A row a sector; columns downstream, upstream (money), downstream_share, upstream_share (of
        the sector's output).

    Raises
    ------
    InputError
        If a sector is unknown or the share outside 0 to 1.

    Examples
    --------
    >>> found = link_loss([[150, 500], [200, 100]], [1000, 2000], 0, 1)
    >>> found.round(2)
       downstream  upstream  downstream_share  upstream_share
    0       61.92    588.24              0.06            0.59
    1      526.32    123.84              0.26            0.06
    """
    flows = checked_flows(Z, output)
    i, j = flows.position(supplier), flows.position(buyer)
    lost = _share(share) * flows.Z[i, j]
    down = lost * flows.G[j] / (1 + lost / flows.x[i] * flows.G[j, i])
    up = lost * flows.L[:, i] / (1 + lost / flows.x[j] * flows.L[j, i])
    return _losses(flows, down, up)


def import_loss(
    Z: Matrix,
    imports: Matrix,
    output: Vector,
    product: Hashable,
    *,
    buyer: Hashable | None = None,
    share: float = 1.0,
) -> pd.DataFrame:
    """Give what every sector loses when an imported product no longer comes.

    Buyers lose inputs that they cannot replace, and what they cannot make is missing further
    down: ``dx' = s M_i. G`` (Ghosh, imports being primary inputs). An upper bound, since nothing is
    replaced by home products.

    Parameters
    ----------
    Z : DataFrame or array_like, shape (n, n)
        Domestic transactions.
    imports : DataFrame or array_like, shape (n, n)
        Imported transactions.
    output : Series or array_like, shape (n,)
    product : label
        The imported product.
    buyer : label, optional
        The only sector that goes without; all of them if left out.
    share : float
        Part of it that is lost.

    Returns
    -------
    DataFrame
        As from `link_loss`; upstream is 0, since home suppliers sell as before.

    Raises
    ------
    InputError
        If a sector is unknown or the share outside 0 to 1.

    Examples
    --------
    >>> domestic, abroad = [[0, 0], [50, 0]], [[0, 10], [0, 0]]
    >>> import_loss(domestic, abroad, [100, 100], 0)["downstream"].tolist()
    [5.0, 10.0]
    """
    flows = checked_flows(Z, output)
    i = flows.position(product)
    missing = _share(share) * aligned(imports, flows.labels, what="imports")[i]
    if buyer is not None:
        only = np.zeros_like(missing)
        only[flows.position(buyer)] = missing[flows.position(buyer)]
        missing = only
    down = missing @ flows.G
    return _losses(flows, down, np.zeros_like(down))


def cut_loss(
    table: IOTable,
    supplier: str,
    *,
    buyer: str | None = None,
    share: float = 1.0,
    abroad: bool = False,
) -> pd.DataFrame:
    """Give what every sector loses when a supplier fails: a sector, one link, or imports.

    Parameters
    ----------
    table : IOTable
    supplier : str
        Code of the supplying sector, or of the imported product.
    buyer : str, optional
        The only buyer that goes without; all of them if left out.
    share : float
        Part of the supplier's output, of the link or of the imports that is lost.
    abroad : bool
        Whether the supplier is abroad.

    Returns
    -------
    DataFrame
        As from `supply_loss`, `link_loss` or `import_loss`.

    Raises
    ------
    InputError
        If a sector is unknown, the share outside 0 to 1, or imports are not known by product.

    Examples
    --------
    >>> from geo_resilience.chain import example_table
    >>> cut_loss(example_table(), "1", share=0.1)["downstream"].round(2).tolist()
    [100.0, 52.63]
    """
    flows, x = table.transactions, table.output
    if abroad:
        if table.imports is None or not table.by_product:
            raise InputError("chain.no_imports", file=table.source or "Z")
        return import_loss(flows, table.imports, x, supplier, buyer=buyer, share=share)
    if buyer is not None:
        return link_loss(flows, x, supplier, buyer, share=share)
    return supply_loss(flows, x, supplier, share=share)


def cut_table(
    table: IOTable,
    supplier: str,
    *,
    buyer: str | None = None,
    share: float = 1.0,
    abroad: bool = False,
    language: str = "en",
) -> pd.DataFrame:
    """Give the rows of cut.csv: what a failing supplier costs each sector, the worst hit first.

    Parameters
    ----------
    table, supplier, buyer, share, abroad
        As in `cut_loss`.
    language : "en" or "zh"

    Returns
    -------
    DataFrame
        Columns year, supplier, abroad, buyer (empty for all), cut (the share), sector, name, then
        those of `cut_loss`.

    Raises
    ------
    InputError
        As in `cut_loss`.

    Examples
    --------
    >>> from geo_resilience.chain import example_table
    >>> found = cut_table(example_table(), "1", share=0.1)
    >>> found[["sector", "downstream_share"]].round(3).to_numpy().tolist()
    [['1', 0.1], ['2', 0.026]]
    """
    found = cut_loss(table, supplier, buyer=buyer, share=share, abroad=abroad)
    order = found["downstream_share"].round(12).sort_values(ascending=False, kind="stable").index
    found = found.loc[order]
    found.insert(0, "name", table.names(language).reindex(found.index))
    found = found.rename_axis("sector").reset_index()
    head = {"supplier": supplier, "abroad": abroad, "buyer": buyer or "", "cut": share}
    for place, (name, value) in enumerate(head.items()):
        found.insert(place, name, value)
    found.insert(0, "year", pd.array([table.year] * len(found), dtype="Int64"))
    return found
