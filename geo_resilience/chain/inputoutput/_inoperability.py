"""How a lasting shock to one sector spreads as inoperability."""

from __future__ import annotations

import numpy as np
import pandas as pd

from geo_resilience.chain._methods import FORMS, SIDES
from geo_resilience.chain.inputoutput._flows import (
    Flows,
    Matrix,
    Vector,
    checked_flows,
    named,
    vector,
)
from geo_resilience.chain.inputoutput._table import IOTable
from geo_resilience.errors import InputError, Problems
from geo_resilience.statistics._arrays import Array

#: Code of the row that stands for every sector without one.
_OTHERS = "others"


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


def _form(form: str) -> None:
    if form not in FORMS:
        raise InputError("chain.choice", option="form", found=form, known=FORMS)


def resilience_coefficients(
    Z: Matrix,
    output: Vector,
    times: Vector,
    *,
    remaining: float = 0.01,
    side: str = "demand",
    form: str = "discrete",
) -> pd.Series:
    """Give the speed of recovery from the time a sector takes on its own.

    The coefficient with which the share `remaining` of the first inoperability is left after T_i
    steps, suppliers and buyers being whole. The two forms have different coefficients for the same
    time; use each with its own form of `dynamic_inoperability`:

    - discrete, ``q(t+1) = q(t) (1 - k_i (1 - a*_ii))``: ``k_i = (1 - remaining^(1/T_i)) /
      (1 - a*_ii)``;
    - continuous, ``q(t) = q(0) exp(-k_i (1 - a*_ii) t)``: ``k_i = -ln(remaining) /
      (T_i (1 - a*_ii))``, always the larger one.

    Parameters
    ----------
    Z, output
        As in `leontief`.
    times : Series or array_like, shape (n,)
        Steps to recovery, above 0.
    remaining : float
        Share of the first inoperability that counts as recovered, between 0 and 1.
    side : "demand" or "supply"
    form : "discrete" or "continuous"

    Returns
    -------
    Series
        Per step.

    References
    ----------
    .. [1] Lian, C. and Haimes, Y. Y. (2006). Managing the risk of terrorism to interdependent
       infrastructure systems through the dynamic inoperability input-output model. Systems
       Engineering 9(3), 241-258.

    Examples
    --------
    >>> alone = [[0, 0], [0, 0]]
    >>> resilience_coefficients(alone, [1, 1], [10, 20]).round(4).tolist()
    [0.369, 0.2057]
    >>> resilience_coefficients(alone, [1, 1], [10, 20], form="continuous").round(4).tolist()
    [0.4605, 0.2303]
    """
    checked_side(side)
    _form(form)
    flows = checked_flows(Z, output)
    steps = vector(times, flows.labels, what="times")
    if not 0 < remaining < 1:
        raise InputError("chain.remaining", found=remaining)
    if not (steps > 0).all():
        raise InputError("chain.times", sectors=named(flows.labels[~(steps > 0)]))
    own = np.diag(interdependency(flows, side))
    speed = -np.log(remaining) / steps
    if form == "discrete":
        speed = 1 - remaining ** (1 / steps)
    return flows.series(speed / (1 - own), "resilience")


def dynamic_inoperability(
    Z: Matrix,
    output: Vector,
    initial: Vector,
    *,
    resilience: Vector,
    steps: int = 24,
    shock: pd.DataFrame | Vector | None = None,
    side: str = "demand",
    form: str = "discrete",
) -> pd.DataFrame:
    """Give the path of inoperability as sectors recover.

    With K the diagonal of resilience coefficients (the larger, the sooner a sector closes its
    gap), discrete: ``q(t+1) = q(t) + K (A* q(t) + c*(t) - q(t))``; continuous: ``dq/dt = K (A* q +
    c* - q)``, solved exactly from step to step by the matrix exponential, c* staying as it is
    within a step. Without a lasting shock every path ends at 0; with one it ends where
    `inoperability` has it, in both forms.

    Parameters
    ----------
    Z, output
        As in `leontief`.
    initial : Series or array_like
        q(0), 0 to 1; a Series may name only the sectors that are hit.
    resilience : Series or array_like, shape (n,)
        Above 0; in the discrete form at most 1 per step. From `resilience_coefficients` in the
        same form.
    steps : int
        How far to go.
    shock : DataFrame (rows steps 0 to steps - 1, columns sectors), Series or array_like, optional
        c* at each step, or one that lasts.
    side : "demand" or "supply"
    form : "discrete" or "continuous"

    Returns
    -------
    DataFrame
        Rows steps 0 to `steps` (index name step), columns sectors; times output and summed, the
        cumulative loss.

    Raises
    ------
    InputError
        If a share is outside 0 to 1, a coefficient not above 0, or above 1 in the discrete form.

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
    checked_side(side)
    _form(form)
    flows = checked_flows(Z, output)
    q = shares_of_output(initial, flows, "initial")
    speed = vector(resilience, flows.labels, what="resilience")
    wrong = ~(speed > 0) | ((speed > 1) if form == "discrete" else False)
    if wrong.any():
        key = "chain.resilience_range" if form == "discrete" else "chain.resilience_positive"
        raise InputError(key, sectors=named(flows.labels[wrong]))
    if steps < 1:
        raise InputError("chain.steps", found=steps)
    pushes = _pushes(shock, flows, steps)
    pull = speed[:, None] * (interdependency(flows, side) - np.eye(len(q)))
    kept, pushed = _step(pull, form)
    path = [q]
    for push in pushes:
        q = kept @ q + pushed @ (speed * push)
        path.append(q)
    index = pd.RangeIndex(steps + 1, name="step")
    return pd.DataFrame(np.array(path), index=index, columns=flows.labels)


def _step(pull: Array, form: str) -> tuple[Array, Array]:
    """Give what one step makes of inoperability, and of a push that lasts through it."""
    identity = np.eye(len(pull))
    if form == "discrete":
        return identity + pull, identity
    from scipy.linalg import expm

    # q = E q + (E - I) pull^-1 K c*: the solution of the linear equation over one step.
    kept: Array = expm(pull)
    pushed: Array = np.asarray(np.linalg.solve(pull, kept - identity), dtype=np.float64)
    return kept, pushed


def _pushes(shock: pd.DataFrame | Vector | None, flows: Flows, steps: int) -> Array:
    """Give the shock of each step, shape (steps, n)."""
    if shock is None:
        return np.zeros((steps, len(flows.labels)))
    if not isinstance(shock, pd.DataFrame):
        return np.tile(shares_of_output(shock, flows), (steps, 1))
    lacking = pd.RangeIndex(steps).difference(shock.index)
    if len(lacking):
        raise InputError("chain.steps_missing", steps=named(lacking))
    return np.array([shares_of_output(shock.loc[step], flows) for step in range(steps)])


def _checked_disruption(disruption: pd.DataFrame, table: IOTable) -> pd.DataFrame:
    """Give initial, time and lasting of every sector."""
    problems = Problems()
    for column in ("initial", "time"):
        if column not in disruption.columns:
            known = list(disruption.columns)
            problems.add("chain.column_missing", column=column, known=known)
    problems.raise_if_any()
    given = disruption.rename(index=str)
    for code in given.index.difference([*table.codes, _OTHERS]):
        problems.unknown("chain.sector_unknown", code, table.codes)
    for code in given.index[given.index.duplicated()].unique():
        problems.add("chain.sector_twice", sector=code, file="disruption")
    columns = given.reindex(columns=["initial", "time", "lasting"])
    numbers = columns.apply(pd.to_numeric, errors="coerce")
    for row, column in np.argwhere((numbers.isna() & columns.notna()).to_numpy()):
        problems.add(
            "chain.not_finite",
            what="disruption",
            row=columns.index[row],
            column=columns.columns[column],
            found=columns.iloc[row, column],
        )
    problems.raise_if_any()
    full = numbers.reindex(table.codes)
    if _OTHERS in given.index:
        full["time"] = full["time"].fillna(numbers.loc[_OTHERS, "time"])
    lacking = full.index[full["time"].isna()]
    if len(lacking):
        raise InputError("chain.no_time", sectors=named(lacking), others=_OTHERS)
    return full.fillna({"initial": 0.0, "lasting": 0.0})


def disruption_table(
    table: IOTable,
    disruption: pd.DataFrame,
    *,
    steps: int = 24,
    per_year: float = 12.0,
    side: str = "demand",
    form: str = "discrete",
) -> pd.DataFrame:
    """Give the rows of recovery_paths.csv: how sectors come back after a disruption.

    The disruption has a row a sector: initial (inoperability at the start), time (steps that the
    sector takes on its own) and perhaps lasting (lost demand or value added that stays, as a share
    of output); a row ``others`` gives the time of the rest. A discrete coefficient above 1
    (recovery within one step) is cut to 1; `per_year` is the number of steps in a year.
    """
    flows = checked_flows(table.transactions, table.output)
    hit = _checked_disruption(disruption, table)
    speed = resilience_coefficients(flows, flows.x, hit["time"], side=side, form=form)
    speed = speed.clip(upper=1.0) if form == "discrete" else speed
    path = dynamic_inoperability(
        flows,
        flows.x,
        hit["initial"],
        resilience=speed,
        steps=steps,
        shock=hit["lasting"],
        side=side,
        form=form,
    )
    losses = path * (flows.x / per_year)
    found = path.stack().rename("inoperability").rename_axis(["step", "sector"]).reset_index()
    found["loss"] = losses.stack().to_numpy()
    found["cumulative"] = losses.cumsum().stack().to_numpy()
    return found.assign(resilience=found["sector"].map(speed), form=form, side=side)
