"""Tests between models: likelihood ratio, Wald, Hausman, joint significance of effects."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from geo_resilience.errors import InputError
from geo_resilience.spatial._methods import EFFECTS
from geo_resilience.spatial.regression._design import lay_out
from geo_resilience.spatial.regression._diagnostics import test_table
from geo_resilience.spatial.regression._likelihood import fit_least_squares
from geo_resilience.spatial.regression._models import Model
from geo_resilience.spatial.regression._spatial_models import fit_likelihood


def likelihood_ratio(small: Model, large: Model) -> pd.Series:
    """Test a model against a larger one that holds it: statistic, df, p.

    Both by maximum likelihood on the same rows, with the same effects and correction.

    Parameters
    ----------
    small, large : Model
        The smaller one holds where some coefficients of the larger are 0.

    Returns
    -------
    Series
        ``statistic``, ``df``, ``p``.

    Examples
    --------
    >>> import numpy as np
    >>> from libpysal.graph import Graph
    >>> ring = Graph.from_dicts({i: [(i - 1) % 40, (i + 1) % 40] for i in range(40)}).transform("r")
    >>> drawn = np.random.default_rng(0).normal(size=(40, 2))
    >>> x, W = pd.Series(drawn[:, 0], name="x"), ring.sparse.toarray()
    >>> from geo_resilience.spatial import durbin_model, lag_model
    >>> y = pd.Series(1 + 2 * x - W @ x + 0.1 * drawn[:, 1], name="y")
    >>> found = likelihood_ratio(lag_model(y, x, ring), durbin_model(y, x, ring))
    >>> int(found["df"]), bool(found["p"] < 0.001)
    (1, True)
    """
    one, two = small.design, large.design
    same = one.index.equals(two.index) and one.effects == two.effects
    if not same or one.correction != two.correction or one.dependent != two.dependent:
        raise InputError("regression.not_comparable", first=small.kind, second=large.kind)
    df = large.parameters - small.parameters
    if df < 1:
        raise InputError("regression.not_larger", first=small.kind, second=large.kind)
    statistic = max(2 * (large.log_likelihood - small.log_likelihood), 0.0)
    return test_table([("LR", statistic, df)]).iloc[0]


def wald_test(model: Model, terms: Sequence[str]) -> pd.Series:
    """Test that coefficients (rho and lambda among them) are zero together: statistic, df, p."""
    values = pd.concat([model.coefficients, model.spatial])["estimate"]
    missing = [term for term in terms if term not in values.index]
    if missing:
        raise InputError("regression.term_unknown", terms=missing, known=list(values.index))
    chosen = list(terms)
    point, covariance = values.loc[chosen].to_numpy(), model.covariance.loc[chosen, chosen]
    statistic = float(point @ np.linalg.solve(covariance.to_numpy(), point))
    return test_table([("Wald", statistic, len(chosen))]).iloc[0]


def durbin_tests(durbin: Model) -> pd.DataFrame:
    """Test whether a Durbin model (maximum likelihood) shrinks to a lag model or to an error model.

    Lag: theta = 0; error: theta + rho beta = 0 (Burridge, 1981, Environment and Planning A 13(7)).
    """
    design = durbin.design
    if durbin.kind != "durbin" or durbin.method != "ML":
        raise InputError("regression.durbin_needed", given=f"{durbin.kind} ({durbin.method})")
    lagged = [f"W_{name}" for name in design.lagged]
    keep = [place for place, name in enumerate(design.names) if name not in lagged]
    small = design.with_columns(design.X[:, :, keep], [design.names[i] for i in keep], ())
    lag, error = (fit_likelihood(small, kind) for kind in ("lag", "error"))
    df = len(lagged)
    rows = [
        ("LR lag", max(2 * (durbin.log_likelihood - lag.log_likelihood), 0.0), df),
        ("Wald lag", float(wald_test(durbin, lagged)["statistic"]), df),
        ("LR error", max(2 * (durbin.log_likelihood - error.log_likelihood), 0.0), df),
        ("Wald error", _common_factor(durbin), df),
    ]
    return test_table(rows)


def _common_factor(durbin: Model) -> float:
    """Give the Wald statistic of theta + rho beta = 0."""
    own = list(durbin.design.lagged)
    values = durbin.coefficients["estimate"]
    rho = durbin.rho
    assert rho is not None
    beta, theta = values.loc[own].to_numpy(), values.loc[[f"W_{name}" for name in own]].to_numpy()
    columns = list(durbin.covariance.columns)
    slope = np.zeros((len(own), len(columns)))
    for row, name in enumerate(own):
        slope[row, columns.index(name)] = rho
        slope[row, columns.index(f"W_{name}")] = 1
        slope[row, columns.index("rho")] = beta[row]
    gap = theta + rho * beta
    spread = slope @ durbin.covariance.to_numpy() @ slope.T
    return float(gap @ np.linalg.solve(spread, gap))


def effects_tests(y: pd.Series, X: pd.DataFrame | pd.Series) -> pd.DataFrame:
    """Test region effects and year effects of a panel, each given the other: F, df, df2, p."""
    from scipy.special import fdtrc

    designs = {e: lay_out(y, X, effects=e, correction="none") for e in EFFECTS}
    squares = {e: float((fit_least_squares(d).residuals ** 2).sum()) for e, d in designs.items()}
    whole = designs["two-way"]
    rows: dict[str, dict[str, Any]] = {}
    for name, without, df in (
        ("region effects", "year", whole.regions - 1),
        ("year effects", "region", whole.periods - 1),
    ):
        gain = (squares[without] - squares["two-way"]) / df
        value = gain / (squares["two-way"] / whole.degrees)
        p = float(fdtrc(df, whole.degrees, value))
        rows[name] = {"statistic": value, "df": df, "df2": whole.degrees, "p": p}
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("test")
