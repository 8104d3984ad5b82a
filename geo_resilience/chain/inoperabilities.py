"""How a shock to one sector spreads as inoperability, at once and over time."""

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
from geo_resilience.errors import InputError, Problems

__all__ = [
    "SIDES",
    "dynamic_inoperability",
    "inoperability",
    "resilience_coefficients",
]

#: A shock to final demand spreads to suppliers, one to primary inputs to buyers.
SIDES: tuple[str, ...] = ("demand", "supply")


def _side(side: str) -> None:
    if side not in SIDES:
        raise InputError("chain.choice", option="side", found=side, known=SIDES)


def _interdependency(flows: Flows, side: str) -> Array:
    """Give A*: ``x^-1 A x = B`` on the demand side, ``A'`` on the supply side."""
    B: Array = flows.Z / flows.x[:, None]
    return B if side == "demand" else flows.A.T


def _shock(shock: Vector, flows: Flows, what: str = "shock") -> Array:
    """Give the shock by sector; a Series may name only the sectors that are hit."""
    if isinstance(shock, pd.Series):
        unknown = shock.index.difference(flows.labels)
        if len(unknown):
            raise InputError(
                "chain.sector_unknown", sector=named(unknown), known=named(flows.labels)
            )
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
    _side(side)
    flows = checked_flows(Z, output)
    given = _shock(shock, flows)
    inverse = flows.G if side == "demand" else flows.L.T
    q = inverse @ given
    if (q > 1 + 1e-9).any():
        raise InputError("chain.shock_too_large", sectors=named(flows.labels[q > 1 + 1e-9]))
    table = pd.DataFrame({"inoperability": q, "loss": q * flows.x}, index=flows.labels)
    order = (table["loss"] / flows.x.sum()).round(12).rank(ascending=False, method="min")
    return table.assign(rank=order.astype(int))


def resilience_coefficients(
    Z: Matrix,
    output: Vector,
    times: Vector,
    *,
    remaining: float = 0.01,
    side: str = "demand",
) -> pd.Series:
    """Give the speed of recovery from the time a sector takes on its own.

    ``k_i = ln(q_i(0) / q_i(T_i)) / (T_i (1 - a*_ii))``: on the way ``q_i(t) = q_i(0) exp(-k_i (1 -
    a*_ii) t)`` the share `remaining` of the first inoperability is left after T_i.

    Parameters
    ----------
    Z, output
        As in `leontief`.
    times : Series or array_like, shape (n,)
        Steps to recovery, above 0.
    remaining : float
        Share of the first inoperability that counts as recovered, between 0 and 1.
    side : "demand" or "supply"

    Returns
    -------
    Series

    References
    ----------
    .. [1] Lian, C. and Haimes, Y. Y. (2006). Managing the risk of terrorism to interdependent
       infrastructure systems through the dynamic inoperability input-output model. Systems
       Engineering 9(3), 241-258.

    Examples
    --------
    >>> resilience_coefficients([[0, 0], [0, 0]], [1, 1], [10, 20]).round(4).tolist()
    [0.4605, 0.2303]
    """
    _side(side)
    flows = checked_flows(Z, output)
    steps = vector(times, flows.labels, what="times")
    if not 0 < remaining < 1:
        raise InputError("chain.remaining", found=remaining)
    if (steps <= 0).any():
        raise InputError("chain.times", sectors=named(flows.labels[steps <= 0]))
    own = np.diag(_interdependency(flows, side))
    return flows.series(-np.log(remaining) / (steps * (1 - own)), "resilience")


def dynamic_inoperability(
    Z: Matrix,
    output: Vector,
    initial: Vector,
    *,
    resilience: Vector,
    steps: int = 24,
    shock: pd.DataFrame | Vector | None = None,
    side: str = "demand",
) -> pd.DataFrame:
    """Give the path of inoperability as sectors recover.

    ``q(t+1) = q(t) + K (A* q(t) + c*(t) - q(t))`` with K the diagonal of resilience coefficients:
    the larger, the sooner a sector closes its gap. Without a lasting shock every path ends at 0;
    with one it ends where `inoperability` has it.

    Parameters
    ----------
    Z, output
        As in `leontief`.
    initial : Series or array_like
        q(0), 0 to 1; a Series may name only the sectors that are hit.
    resilience : Series or array_like, shape (n,)
        Above 0 and at most 1 per step (`resilience_coefficients`, cut at 1).
    steps : int
        How far to go.
    shock : DataFrame (rows steps 0 to steps - 1, columns sectors), Series or array_like, optional
        c* at each step, or one that lasts.
    side : "demand" or "supply"

    Returns
    -------
    DataFrame
        Rows steps 0 to `steps` (index name step), columns sectors; times output and summed, the
        cumulative loss.

    Raises
    ------
    InputError
        If a share is outside 0 to 1 or a coefficient outside (0, 1].

    References
    ----------
    .. [1] Haimes, Y. Y. et al. (2005). Inoperability input-output model for interdependent
       infrastructure sectors. I: Theory and methodology. Journal of Infrastructure Systems 11(2),
       67-79.

    Examples
    --------
    >>> alone = [[0, 0], [0, 0]]
    >>> path = dynamic_inoperability(alone, [1, 1], [0.8, 0], resilience=[0.5, 1], steps=2)
    >>> path[0].tolist()
    [0.8, 0.4, 0.2]
    """
    _side(side)
    flows = checked_flows(Z, output)
    q = _shock(initial, flows, "initial")
    speed = vector(resilience, flows.labels, what="resilience")
    if ((speed <= 0) | (speed > 1)).any():
        wrong = flows.labels[(speed <= 0) | (speed > 1)]
        raise InputError("chain.resilience_range", sectors=named(wrong))
    if steps < 1:
        raise InputError("chain.steps", found=steps)
    pushes = _pushes(shock, flows, steps)
    A = _interdependency(flows, side)
    path = [q]
    for push in pushes:
        q = q + speed * (A @ q + push - q)
        path.append(q)
    index = pd.RangeIndex(steps + 1, name="step")
    return pd.DataFrame(np.array(path), index=index, columns=flows.labels)


def _pushes(shock: pd.DataFrame | Vector | None, flows: Flows, steps: int) -> Array:
    """Give the shock of each step, shape (steps, n)."""
    if shock is None:
        return np.zeros((steps, len(flows.labels)))
    if not isinstance(shock, pd.DataFrame):
        return np.tile(_shock(shock, flows), (steps, 1))
    lacking = pd.RangeIndex(steps).difference(shock.index)
    if len(lacking):
        raise InputError("chain.steps_missing", steps=named(lacking))
    return np.array([_shock(shock.loc[step], flows) for step in range(steps)])
