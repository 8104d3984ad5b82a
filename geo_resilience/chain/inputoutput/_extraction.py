"""What hangs on a sector, a link or a group: hypothetical extraction in closed form."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence

import numpy as np
import pandas as pd

from geo_resilience.chain.inputoutput._flows import Array, Flows, Matrix, Vector, checked_flows
from geo_resilience.errors import InputError, Problems

__all__ = [
    "exposure",
    "extraction",
    "group_extraction",
    "link_extraction",
    "supply_loss",
]

_MODES = ("total", "backward", "forward")


def _share(share: float) -> float:
    if not 0 <= share <= 1:
        raise InputError("chain.share_range", found=share)
    return float(share)


def _losses(flows: Flows, how: str, share: float) -> tuple[Array, Array]:
    """Total and own loss of extracting each sector."""
    x, own = flows.x, np.diag(flows.L)
    if how == "total":
        # x_j falls by the share; the others by l_ij / l_jj of it.
        return share * flows.L.sum(axis=0) * x / own, share * x
    inverse = flows.L if how == "backward" else flows.G.T
    # Sherman-Morrison on I - A + s a_j e_j', where L a_j = l_j - e_j.
    scale = share * x / (1 + share * (own - 1))
    return (inverse.sum(axis=0) - 1) * scale, (own - 1) * scale


def extraction(
    Z: Matrix, output: Vector, *, how: str = "total", share: float = 1.0
) -> pd.DataFrame:
    """Give the total output lost when a sector leaves the economy, for every sector.

    ``total``: its row, column and final demand become zero. The loss is ``(1'L)_j x_j / l_jj``,
    the sector's own output included, without solving n systems. ``backward``: it buys nothing
    from domestic sectors (its column of A is zero), ``((1'L)_j - 1) x_j / l_jj``; ``forward``: it
    sells nothing to them (its row of the Ghosh B is zero), ``((G 1)_j - 1) x_j / l_jj``. Both are
    rank-one updates of the inverse.

    Parameters
    ----------
    Z, output
        As in `leontief`.
    how : "total", "backward" or "forward"
    share : float
        Part of it that is lost: of the output (total), of the purchases, of the sales.

    Returns
    -------
    DataFrame
        A row a sector; columns loss (money), share (of total output), own and others (loss
        within the sector and elsewhere), rank (1 = the largest loss).

    Raises
    ------
    InputError, UndefinedError
        As in `leontief`, or a share outside 0 to 1.

    References
    ----------
    .. [1] Dietzenbacher, E. and van der Linden, J. A. (1997). Sectoral and spatial linkages in
       the EC production structure. Journal of Regional Science 37(2), 235-257.
    .. [2] Miller, R. E. and Lahr, M. L. (2001). A taxonomy of extractions. In Lahr, M. L. and
       Miller, R. E. (eds), Regional Science Perspectives in Economic Analysis. Elsevier.

    Examples
    --------
    Without sector 0 the second one makes 1,700 / 0.95 = 1,789.47; of 3,000, 1,210.53 are lost.

    >>> extraction([[150, 500], [200, 100]], [1000, 2000]).round(2)
          loss  share     own  others  rank
    0  1210.53   0.40  1000.0  210.53     2
    1  2588.24   0.86  2000.0  588.24     1
    """
    if how not in _MODES:
        raise InputError("chain.choice", option="how", found=how, known=_MODES)
    flows = checked_flows(Z, output)
    loss, own = _losses(flows, how, _share(share))
    return _ranked(flows.labels, loss, own, float(flows.x.sum()))


def _ranked(labels: pd.Index, loss: Array, own: Array, total: float) -> pd.DataFrame:
    table = pd.DataFrame(
        {"loss": loss, "share": loss / total, "own": own, "others": loss - own}, index=labels
    )
    table["rank"] = table["share"].round(12).rank(ascending=False, method="min").astype(int)
    return table


def _members(flows: Flows, groups: Mapping[Hashable, Sequence[Hashable]]) -> dict[Hashable, Array]:
    """Positions of each group's members, all unknown ones named."""
    problems, found = Problems(), {}
    for name, members in groups.items():
        unknown = [member for member in members if member not in flows.labels]
        for member in unknown:
            problems.unknown("chain.member_unknown", member, flows.labels, group=name)
        if not members:
            problems.add("chain.group_empty", group=name)
        found[name] = np.array([flows.labels.get_loc(m) for m in members if m not in unknown])
    problems.raise_if_any()
    return found


def group_extraction(
    Z: Matrix, output: Vector, groups: Mapping[Hashable, Sequence[Hashable]]
) -> pd.DataFrame:
    """Give the total output lost when a group of sectors leaves together.

    A group is a block of sectors: a region of an interregional table, a region's sector, an
    industry in all regions. The loss is ``1' L_.S L_SS^-1 x_S``, a solve of the group's size.

    Parameters
    ----------
    Z, output
        As in `leontief`; the index of an interregional table may be pairs (region, sector).
    groups : mapping of name to labels
        Members of each group.

    Returns
    -------
    DataFrame
        A row a group, columns as in `extraction`.

    Raises
    ------
    InputError
        If a member is unknown or a group empty, or as in `leontief`.

    Examples
    --------
    >>> group_extraction([[150, 500], [200, 100]], [1000, 2000], {"all": [0, 1]}).round(1)
           loss  share     own  others  rank
    all  3000.0    1.0  3000.0     0.0     1
    """
    flows = checked_flows(Z, output)
    loss, own = [], []
    for members in _members(flows, groups).values():
        own.append(flows.x[members].sum())
        block = flows.L[np.ix_(members, members)]
        loss.append(flows.L[:, members].sum(axis=0) @ np.linalg.solve(block, flows.x[members]))
    names = pd.Index(list(groups), tupleize_cols=False)
    return _ranked(names, np.array(loss), np.array(own), float(flows.x.sum()))


def link_extraction(Z: Matrix, output: Vector, *, share: float = 1.0) -> pd.DataFrame:
    """Give the total output lost when one link is cut, for every pair of sectors at once.

    Sector j stops buying a share s of what it takes from i and does not replace it at home:
    ``a_ij`` becomes ``(1 - s) a_ij``; the loss is ``s z_ij (1'L)_i / (1 + s a_ij l_ji)``, a
    rank-one update.

    Parameters
    ----------
    Z, output
        As in `leontief`.
    share : float
        Part of the link that is cut.

    Returns
    -------
    DataFrame, shape (n, n)
        Loss in money; rows the supplier, columns the buyer of the link.

    Raises
    ------
    InputError, UndefinedError
        As in `leontief`, or a share outside 0 to 1.

    Examples
    --------
    >>> link_extraction([[150, 500], [200, 100]], [1000, 2000]).round(2)
            0       1
    0  191.67  712.07
    1  272.45  137.50
    """
    flows = checked_flows(Z, output)
    part = _share(share)
    pull = flows.L.sum(axis=0)[:, None]
    return flows.frame(part * flows.Z * pull / (1 + part * flows.A * flows.L.T))


def supply_loss(Z: Matrix, output: Vector, sector: Hashable, *, share: float = 0.1) -> pd.DataFrame:
    """Give what every other sector loses when one sector's output falls by a share.

    Downstream, buyers lose inputs they cannot replace: ``dx_j = s x_k g_kj / g_kk`` (Ghosh).
    Upstream, suppliers lose sales: ``dx_i = s x_k l_ik / l_kk`` (Leontief). The sector itself falls
    by the share in both. The two are bounds of different stories, not to be added.

    Parameters
    ----------
    Z, output
        As in `leontief`.
    sector : label
        The sector that fails.
    share : float
        How much of its output is lost.

    Returns
    -------
    DataFrame
        A row a sector; columns downstream, upstream (money), downstream_share, upstream_share (of
        the sector's output).

    Raises
    ------
    InputError
        If the sector is unknown or the share outside 0 to 1.

    References
    ----------
    .. [1] Oosterhaven, J. (1988). On the plausibility of the supply-driven input-output model.
       Journal of Regional Science 28(2), 203-217 (why downstream losses are an upper bound).

    Examples
    --------
    >>> supply_loss([[150, 500], [200, 100]], [1000, 2000], 0, share=0.1).round(2)
       downstream  upstream  downstream_share  upstream_share
    0      100.00    100.00              0.10            0.10
    1       52.63     21.05              0.03            0.01
    """
    flows = checked_flows(Z, output)
    k = flows.position(sector)
    lost = _share(share) * flows.x[k]
    down = lost * flows.G[k] / flows.G[k, k]
    up = lost * flows.L[:, k] / flows.L[k, k]
    return pd.DataFrame(
        {
            "downstream": down,
            "upstream": up,
            "downstream_share": down / flows.x,
            "upstream_share": up / flows.x,
        },
        index=flows.labels,
    )


def exposure(Z: Matrix, output: Vector, *, share: float = 0.1) -> pd.DataFrame:
    """Give how exposed each sector is to the failure of every other one.

    The downstream shares of `supply_loss` for every failing sector (rows) at once:
    ``s x_k g_kj / (g_kk x_j) = s l_kj / l_kk``.

    Parameters
    ----------
    Z, output
        As in `leontief`.
    share : float
        How much of the failing sector's output is lost.

    Returns
    -------
    DataFrame, shape (n, n)
        Share of the column sector's output that is lost when the row sector fails.

    Examples
    --------
    >>> exposure([[150, 500], [200, 100]], [1000, 2000], share=0.1).round(4)
            0       1
    0  0.1000  0.0263
    1  0.0235  0.1000
    """
    flows = checked_flows(Z, output)
    return flows.frame(_share(share) * flows.L / np.diag(flows.L)[:, None])
