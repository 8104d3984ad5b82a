"""Where a sector stands in the chain: distance to final use, to primary inputs, between sectors."""

from __future__ import annotations

import numpy as np
import pandas as pd

from geo_resilience.chain.inputoutput._flows import (
    Flows,
    Matrix,
    Vector,
    aligned,
    checked_flows,
    named,
    vector,
)
from geo_resilience.errors import InputError, UndefinedError
from geo_resilience.statistics._arrays import Array


def upstreamness(Z: Matrix, output: Vector, *, net_exports: Vector | None = None) -> pd.Series:
    """Give the average number of steps from a sector's output to final use.

    ``U = (I - B)^-1 1``, ``b_ij = z_ij / x_i``: the row sums of the Ghosh inverse. With a table
    of total flows (imports included) the denominator is domestic absorption, ``x_i`` minus net
    exports, since the uses abroad are taken to be like those at home.

    Parameters
    ----------
    Z, output
        As in `leontief`.
    net_exports : Series or array_like, shape (n,), optional
        Exports minus imports (plus additions to inventories) by product.

    Returns
    -------
    Series
        At least 1; 1 where everything goes to final use.

    Raises
    ------
    InputError
        If net exports take up a whole output, or as in `leontief`.

    References
    ----------
    .. [1] Antràs, P., Chor, D., Fally, T. and Hillberry, R. (2012). Measuring the upstreamness of
       production and trade flows. American Economic Review 102(3), 412-416.

    Examples
    --------
    >>> upstreamness([[150, 500], [200, 100]], [1000, 2000]).round(4).tolist()
    [1.9142, 1.2541]
    """
    flows = checked_flows(Z, output)
    if net_exports is None:
        # Ghosh row sums are (L x) / x.
        return flows.series(_pushed(flows), "upstreamness")
    used = flows.x - vector(net_exports, flows.labels, what="net_exports")
    if (used <= 0).any():
        raise InputError("chain.no_absorption", sectors=named(flows.labels[used <= 0]))
    return flows.series(_steps(flows.Z / used[:, None], flows.labels), "upstreamness")


def _pushed(flows: Flows) -> Array:
    if "L" in flows.__dict__:
        return flows.L @ flows.x / flows.x
    return _steps(flows.Z / flows.x[:, None], flows.labels)


def _steps(B: Array, labels: pd.Index) -> Array:
    """Solve ``(I - B) u = 1``; for B >= 0 a solution above 0 exists only below radius 1."""
    identity = np.eye(len(B))
    try:
        steps = np.asarray(np.linalg.solve(identity - B, np.ones(len(B))), dtype=np.float64)
    except np.linalg.LinAlgError:
        steps = np.full(len(B), -1.0)
    if len(B) and not (steps.min() > 0):
        radius = float(np.abs(np.linalg.eigvals(B)).max())
        heavy = labels[B.sum(axis=1) >= 1]
        raise UndefinedError("chain.not_productive", radius=f"{radius:.6g}", sectors=named(heavy))
    return steps


def downstreamness(Z: Matrix, output: Vector) -> pd.Series:
    """Give the average number of steps from primary inputs to a sector's output.

    ``D = 1' (I - A)^-1``: the column sums of L.

    Parameters
    ----------
    Z, output
        As in `leontief`.

    Returns
    -------
    Series
        At least 1; 1 where nothing but primary inputs is used.

    References
    ----------
    .. [1] Miller, R. E. and Temurshoev, U. (2017). Output upstreamness and input downstreamness
       of industries/countries in world production. International Regional Science Review 40(5),
       443-475.

    Examples
    --------
    >>> downstreamness([[150, 500], [200, 100]], [1000, 2000]).round(4).tolist()
    [1.5182, 1.4521]
    """
    flows = checked_flows(Z, output)
    return flows.series(flows.pulled(np.ones((1, len(flows.x))))[0], "downstreamness")


def propagation_lengths(Z: Matrix, output: Vector) -> pd.DataFrame:
    """Give the average propagation lengths: the steps a cost push of i takes to reach j.

    ``APL_ij = h_ij / (l_ij - d_ij)``, ``H = sum_k k A^k = L (L - I)``, d the identity: each round
    weighted by its share in the total effect; the same from the Ghosh side.

    Parameters
    ----------
    Z, output
        As in `leontief`.

    Returns
    -------
    DataFrame, shape (n, n)
        NaN where no chain leads from i to j.

    References
    ----------
    .. [1] Dietzenbacher, E., Romero, I. and Bosma, N. S. (2005). Using average propagation
       lengths to identify production chains in the Andalusian economy. Estudios de Economía
       Aplicada 23(2), 405-422.

    Examples
    --------
    >>> propagation_lengths([[0, 50], [0, 0]], [100, 100])
        0    1
    0 NaN  1.0
    1 NaN  NaN
    """
    flows = checked_flows(Z, output)
    beyond = flows.L - np.eye(len(flows.x))
    with np.errstate(divide="ignore", invalid="ignore"):
        lengths = np.where(beyond > 1e-15, (flows.L @ beyond) / beyond, np.nan)
    return flows.frame(lengths)


def import_dependence(Z: Matrix, imports: Matrix, output: Vector) -> pd.DataFrame:
    """Give how much of a sector's chain comes from abroad, directly and through suppliers.

    With ``M_ij`` the imported product i that sector j uses: direct ``sum_i m_ij`` (``m_ij =
    M_ij / x_j``), total ``1' m L`` on the domestic Leontief inverse: the imports in one unit of
    final demand for domestic product j, counted along its whole domestic chain.

    References
    ----------
    .. [1] Hummels, D., Ishii, J. and Yi, K.-M. (2001). The nature and growth of vertical
       specialization in world trade. Journal of International Economics 54(1), 75-96.
    """
    flows = checked_flows(Z, output)
    M = aligned(imports, flows.labels, what="imports")
    direct = M.sum(axis=0) / flows.x
    content = (M / flows.x) @ flows.L
    total = content.sum(axis=0)
    inputs = flows.Z.sum(axis=0) + M.sum(axis=0)
    largest = content.argmax(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(inputs > 0, M.sum(axis=0) / inputs, np.nan)
        main = np.where(total > 0, content.max(axis=0) / total, np.nan)
    products = flows.series(flows.labels.to_numpy()[largest]).where(total > 0)
    return pd.DataFrame(
        {
            "direct": direct,
            "indirect": total - direct,
            "total": total,
            "share_of_inputs": share,
            "main_product": products,
            "main_share": main,
        },
        index=flows.labels,
    )


def imported_products(Z: Matrix, imports: Matrix, output: Vector) -> pd.DataFrame:
    """Give the imports of each product (rows) in a unit of final demand for each sector.

    ``m L`` as in `import_dependence`, whose total is its column sum.

    Parameters
    ----------
    Z, imports, output
        As in `import_dependence`.

    Returns
    -------
    DataFrame, shape (n, n)

    Examples
    --------
    >>> imported_products([[0, 0], [50, 0]], [[0, 10], [0, 0]], [100, 100]).round(3)
          0    1
    0  0.05  0.1
    1  0.00  0.0
    """
    flows = checked_flows(Z, output)
    return flows.frame((aligned(imports, flows.labels, what="imports") / flows.x) @ flows.L)
