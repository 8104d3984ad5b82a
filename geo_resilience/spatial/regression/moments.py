"""Lag and error models by generalized moments, through spreg."""

from __future__ import annotations

from typing import Any

import numpy as np

from geo_resilience.errors import InputError
from geo_resilience.spatial.regression.design import Design
from geo_resilience.spatial.regression.estimates import DRAWS, Model, dress
from geo_resilience.spatial.regression.lagrange import test_table
from geo_resilience.spatial.regression.likelihood import Fit

__all__ = ["fit_moments"]


def fit_moments(design: Design, kind: str, *, draws: int = DRAWS, rng: Any = None) -> Model:
    """Estimate one year's lag or error model by moments.

    Parameters
    ----------
    design : Design
        One year, no effects.
    kind : {"lag", "error", "durbin", "durbin_error"}
    draws, rng
        For the impacts.

    Returns
    -------
    Model
        Without a likelihood: `log_likelihood` and `aic` are NaN.

    Notes
    -----
    Lag: spatial two-stage least squares with two orders of lagged regressors as instruments
    [1]_. Error: moments robust to heteroskedasticity [2]_.

    References
    ----------
    .. [1] Kelejian, H. H. and Prucha, I. R. (1998). A generalized spatial two-stage least
       squares procedure. Journal of Real Estate Finance and Economics, 17(1), 99-121.
    .. [2] Arraiz, I., Drukker, D. M., Kelejian, H. H. and Prucha, I. R. (2010). A spatial
       Cliff-Ord-type model with heteroskedastic innovations. Journal of Regional Science, 50(2),
       592-614.
    """
    if design.periods > 1 or design.effects is not None:
        raise InputError("regression.moments_one_year")
    import spreg
    from libpysal.weights import WSP

    assert design.spectrum is not None
    weights = WSP(design.spectrum.matrix.tocsr()).to_W(silence_warnings=True)
    y = design.flat(design.y)[:, None]
    X = design.flat(design.X)[:, 1:]
    own = X[:, : X.shape[1] - len(design.lagged)]
    plain = [name for name in design.names[1:] if name[2:] not in design.lagged]
    options: dict[str, Any] = {}
    if design.lagged:
        names = plain[: own.shape[1]]
        options = {"slx_lags": 1, "slx_vars": [name in design.lagged for name in names]}
    error = kind.endswith("error")
    if error:
        found = spreg.GM_Error_Het(y, own, w=weights, **options)
    else:
        found = spreg.GM_Lag(
            y, own, w=weights, w_lags=2, spat_diag=False, spat_impacts=None, **options
        )
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
        symbol="lambda" if error else "rho",
        draws=draws,
        rng=rng,
        se="robust" if error else "classic",
    )
