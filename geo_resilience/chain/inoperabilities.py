"""How a lasting shock to one sector spreads as inoperability."""

from __future__ import annotations

import numpy as np
import pandas as pd

from geo_resilience.chain.accounts import (
    Array,
    Flows,
    Matrix,
    Vector,
    checked_flows,
    named,
    vector,
)
from geo_resilience.chain.methods import SIDES
from geo_resilience.errors import InputError, Problems

__all__ = ["checked_side", "inoperability", "interdependency", "shares_of_output"]


def checked_side(side: str) -> str:
    """Give the side, or say which there are."""
    if side not in SIDES:
        raise InputError("chain.choice", option="side", found=side, known=SIDES)
    return side


def interdependency(flows: Flows, side: str) -> Array:
    """Give A*: ``x^-1 A x = B`` on the demand side, ``A'`` on the supply side."""
    B: Array = flows.Z / flows.x[:, None]
    return B if side == "demand" else flows.A.T


def shares_of_output(shock: Vector, flows: Flows, what: str = "shock") -> Array:
    """Give the shock by sector; a Series may name only the sectors that are hit."""
    if isinstance(shock, pd.Series):
        problems = Problems()
        for sector in shock.index.difference(flows.labels):
            problems.unknown("chain.sector_unknown", sector, flows.labels)
        problems.raise_if_any()
        shock = shock.reindex(flows.labels, fill_value=0.0)
    given = vector(shock, flows.labels, what=what)
    problems = Problems()
    for position in np.flatnonzero((given < 0) | (given > 1)):
        problems.add("chain.shock_range", sector=flows.labels[position], found=given[position])
    problems.raise_if_any()
    return given


def inoperability(
    Z: Matrix, output: Vector, shock: Vector, *, side: str = "demand"
) -> pd.DataFrame:
    """Give the inoperability of every sector after a lasting shock, and the loss of output.

    ``q = A* q + c*``; q is the share of planned output that a sector does not produce.
    ``demand``: ``A* = diag(x)^-1 A diag(x)``, c* the lost final demand over output; solved by the
    Ghosh inverse, since A* is B. ``supply``: ``A* = A'`` and c* the lost primary input
    (value added) over output.

    Parameters
    ----------
    Z, output
        As in `leontief`.
    shock : Series or array_like
        c*: lost final demand or value added of each sector as a share of its output, 0 to 1; a
        Series may name only the sectors that are hit.
    side : "demand" or "supply"

    Returns
    -------
    DataFrame
        A row a sector; columns inoperability, loss (money), rank (1 = the largest loss).

    Raises
    ------
    InputError
        If a share is outside 0 to 1 or larger than final demand or value added allow (a sector
        would lose more than it makes).

    References
    ----------
    .. [1] Santos, J. R. and Haimes, Y. Y. (2004). Modeling the demand reduction input-output (I-O)
       inoperability due to terrorism of interconnected infrastructures. Risk Analysis 24(6),
       1437-1451.
    .. [2] Leung, M., Haimes, Y. Y. and Santos, J. R. (2007). Supply- and output-side extensions to
       the inoperability input-output model for interdependent infrastructures. Journal of
       Infrastructure Systems 13(4), 299-310.

    Examples
    --------
    >>> inoperability([[150, 500], [200, 100]], [1000, 2000], [0.1, 0.0]).round(4)
       inoperability      loss  rank
    0         0.1254  125.4125     1
    1         0.0132   26.4026     2
    """
    checked_side(side)
    flows = checked_flows(Z, output)
    given = shares_of_output(shock, flows)
    inverse = flows.G if side == "demand" else flows.L.T
    q = inverse @ given
    if (q > 1 + 1e-9).any():
        raise InputError("chain.shock_too_large", sectors=named(flows.labels[q > 1 + 1e-9]))
    table = pd.DataFrame({"inoperability": q, "loss": q * flows.x}, index=flows.labels)
    order = (table["loss"] / flows.x.sum()).round(12).rank(ascending=False, method="min")
    return table.assign(rank=order.astype(int))
