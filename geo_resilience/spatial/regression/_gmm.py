"""Lag and error models by generalized moments, through spreg."""

from __future__ import annotations

import numpy as np

from geo_resilience.errors import InputError
from geo_resilience.spatial._methods import REGRESSIONS
from geo_resilience.spatial.regression._design import Design
from geo_resilience.spatial.regression._diagnostics import test_table
from geo_resilience.spatial.regression._likelihood import Fit
from geo_resilience.spatial.regression._models import Model, dress
from geo_resilience.statistics._repetitions import IMPACT_DRAWS, Rng


def fit_moments(design: Design, kind: str, *, draws: int = IMPACT_DRAWS, rng: Rng = None) -> Model:
    """Estimate one year's lag or error model by moments; log likelihood and aic are NaN.

    Lag: spatial two-stage least squares with two orders of lagged regressors as instruments
    (Kelejian and Prucha, 1998). Error: moments robust to heteroskedasticity (Arraiz et al., 2010).
    """
    if design.periods > 1 or design.effects is not None:
        raise InputError("regression.moments_one_year")
    import spreg
    from libpysal.weights import WSP

    assert design.spectrum is not None
    weights = WSP(design.spectrum.matrix.tocsr()).to_W(silence_warnings=True)
    y = design.flat(design.y)[:, None]
    X = design.flat(design.X)[:, 1:]
    symbol = REGRESSIONS[kind].spatial
    error = symbol == "lambda"
    if error:
        found = spreg.GM_Error_Het(y, X, w=weights)
    else:
        lag = design.flat(design.lag_y)[:, None]
        found = spreg.TSLS(y, X, yend=lag, q=_instruments(design, X))
    values, covariance = found.betas.ravel(), np.asarray(found.vm)
    spatial = float(values[-1])
    residuals = y.ravel() - design.flat(design.X) @ values[:-1]
    if error:
        innovations = residuals - spatial * (design.spectrum.matrix @ residuals)
    else:
        innovations = residuals - spatial * design.flat(design.lag_y)
    fit = Fit(
        values[:-1],
        spatial,
        float(innovations @ innovations) / innovations.size,
        float("nan"),
        covariance,
        innovations.reshape(design.y.shape),
    )
    return dress(
        design,
        fit,
        kind=kind,
        method="GMM",
        tests=test_table([("Wald", spatial**2 / covariance[-1, -1], 1)]),
        symbol=symbol,
        draws=draws,
        rng=rng,
        se="robust" if error else "classic",
    )


def _instruments(design: Design, X: np.ndarray) -> np.ndarray:
    """Give the two next spatial lags of every regressor: W X, W W X, one more where W X is in."""
    assert design.spectrum is not None
    matrix = design.spectrum.matrix
    columns = []
    for place, name in enumerate(design.names[1 : X.shape[1] - len(design.lagged) + 1]):
        column = matrix @ X[:, place]
        if name in design.lagged:
            column = matrix @ column
        columns += [column, matrix @ column]
    return np.column_stack(columns)
