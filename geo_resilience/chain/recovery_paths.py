"""How sectors recover from inoperability over time, in steps or continuously."""

from __future__ import annotations

import numpy as np
import pandas as pd

from geo_resilience.chain.accounts import Array, Flows, Matrix, Vector, checked_flows, named, vector
from geo_resilience.chain.inoperabilities import checked_side, interdependency, shares_of_output
from geo_resilience.chain.methods import FORMS
from geo_resilience.errors import InputError

__all__ = ["dynamic_inoperability", "resilience_coefficients"]


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
