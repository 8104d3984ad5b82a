"""What hangs on a sector, a link or a group: hypothetical extraction in closed form."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence

import numpy as np
import pandas as pd

from geo_resilience.chain.inputoutput._flows import Flows, Matrix, Vector, checked_flows
from geo_resilience.errors import InputError, Problems
from geo_resilience.statistics._arrays import Array

MODES = ("total", "backward", "forward")


def checked_share(share: float) -> float:
    """Give a share from 0 to 1."""
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
    Z: Matrix,
    output: Vector,
    *,
    how: str = "total",
    share: float = 1.0,
    groups: Mapping[Hashable, Sequence[Hashable]] | None = None,
) -> pd.DataFrame:
    """Give the total output lost when a sector leaves the economy, for every sector.

    ``total``: its row, column and final demand become zero. The loss is ``(1'L)_j x_j / l_jj``,
    the sector's own output included, without solving n systems. ``backward``: it buys nothing
    from domestic sectors (its column of A is zero), ``((1'L)_j - 1) x_j / l_jj``; ``forward``: it
    sells nothing to them (its row of the Ghosh B is zero), ``((G 1)_j - 1) x_j / l_jj``. Both are
    rank-one updates of the inverse. A group of sectors that leaves as a whole (a region of an
    interregional table, an industry in all regions) costs ``1' L_.S L_SS^-1 x_S``.

    Parameters
    ----------
    Z, output
        As in `leontief`.
    how : "total", "backward" or "forward"
    share : float
        Part of it that is lost: of the output (total), of the purchases, of the sales.
    groups : mapping of name to labels, optional
        Groups that leave as a whole instead of single sectors; a label may be a pair (region,
        sector).

    Returns
    -------
    DataFrame
        A row a sector or group; columns loss (money), share (of total output), own and others (loss
        within the sector and elsewhere), rank (1 = the largest loss).

    Raises
    ------
    InputError, UndefinedError
        As in `leontief`, a share outside 0 to 1, an unknown member or an empty group.

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
    if how not in MODES:
        raise InputError("chain.choice", option="how", found=how, known=MODES)
    flows = checked_flows(Z, output)
    labels = flows.labels
    if groups is None:
        loss, own = _losses(flows, how, checked_share(share))
    else:
        labels = pd.Index(list(groups), tupleize_cols=False)
        loss, own = _group_losses(flows, groups)
    table = pd.DataFrame({"loss": loss, "share": loss / flows.x.sum(), "own": own}, index=labels)
    table["others"] = table["loss"] - table["own"]
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


def _group_losses(
    flows: Flows, groups: Mapping[Hashable, Sequence[Hashable]]
) -> tuple[Array, Array]:
    """Total and own loss of extracting each group, a solve of the group's size."""
    loss, own = [], []
    for members in _members(flows, groups).values():
        own.append(flows.x[members].sum())
        block = flows.L[np.ix_(members, members)]
        loss.append(flows.L[:, members].sum(axis=0) @ np.linalg.solve(block, flows.x[members]))
    return np.array(loss), np.array(own)


def link_extraction(Z: Matrix, output: Vector, *, share: float = 1.0) -> pd.DataFrame:
    """Give the total output lost when one link is cut, for every pair of sectors at once.

    Sector j stops buying a share s of what it takes from i and does not replace it at home:
    ``a_ij`` becomes ``(1 - s) a_ij``; the loss is ``s z_ij (1'L)_i / (1 + s a_ij l_ji)``, a
    rank-one update.
    """
    flows = checked_flows(Z, output)
    part = checked_share(share)
    pull = flows.L.sum(axis=0)[:, None]
    return flows.frame(part * flows.Z * pull / (1 + part * flows.A * flows.L.T))


def exposure(Z: Matrix, output: Vector, *, share: float = 0.1) -> pd.DataFrame:
    """Give how exposed each sector is to the failure of every other one.

    The downstream shares of `supply_loss` for every failing sector (rows) at once:
    ``s x_k g_kj / (g_kk x_j) = s l_kj / l_kk``.
    """
    flows = checked_flows(Z, output)
    return flows.frame(checked_share(share) * flows.L / np.diag(flows.L)[:, None])
