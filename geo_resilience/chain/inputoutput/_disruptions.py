"""What follows when a supplier, one of its links, or an imported product fails."""

from __future__ import annotations

from collections.abc import Hashable

import numpy as np
import pandas as pd

from geo_resilience.chain.inputoutput._extraction import checked_share
from geo_resilience.chain.inputoutput._flows import Flows, Matrix, Vector, aligned, checked_flows
from geo_resilience.chain.inputoutput._table import IOTable
from geo_resilience.errors import InputError
from geo_resilience.statistics._arrays import Array


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


def supply_loss(Z: Matrix, output: Vector, sector: Hashable, *, share: float = 0.1) -> pd.DataFrame:
    """Give what every other sector loses when one sector's output falls by a share.

    Downstream, buyers lose inputs they cannot replace: ``dx_j = s x_k g_kj / g_kk`` (Ghosh).
    Upstream, suppliers lose sales: ``dx_i = s x_k l_ik / l_kk`` (Leontief). The sector itself falls
    by the share in both. The two are bounds of different stories, not to be added; why downstream
    losses are an upper bound: Oosterhaven, J. (1988), Journal of Regional Science 28(2), 203-217.
    """
    flows = checked_flows(Z, output)
    k = flows.position(sector)
    lost = checked_share(share) * flows.x[k]
    return _losses(flows, lost * flows.G[k] / flows.G[k, k], lost * flows.L[:, k] / flows.L[k, k])


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
    lost = checked_share(share) * flows.Z[i, j]
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
    missing = checked_share(share) * aligned(imports, flows.labels, what="imports")[i]
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
        As from `link_loss`; for a whole sector both sides are bounds of its failure.

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
