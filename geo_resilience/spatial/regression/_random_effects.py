"""Panels with random region effects: least squares, lag and Durbin."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from geo_resilience.errors import InputError, UndefinedError
from geo_resilience.notes import Note
from geo_resilience.spatial.neighbors._alignment import Linked
from geo_resilience.spatial.neighbors._spectrum import Spectrum
from geo_resilience.spatial.regression._design import Design, check_region_effects, lay_out
from geo_resilience.spatial.regression._diagnostics import test_table
from geo_resilience.spatial.regression._likelihood import (
    Fit,
    fit_lag,
    fit_least_squares,
    lag_information,
    normal_log_likelihood,
    traces,
)
from geo_resilience.spatial.regression._models import Model, dress
from geo_resilience.statistics._repetitions import IMPACT_DRAWS, Rng


def random_effects_model(
    y: pd.Series,
    X: pd.DataFrame | pd.Series,
    neighbors: Linked | None = None,
    *,
    effects: str = "region",
    durbin: bool = False,
    draws: int = IMPACT_DRAWS,
    rng: Rng = None,
) -> Model:
    """Estimate a panel whose region effects are random draws.

    Parameters
    ----------
    y, X, draws
        As in `lag_model`. Regressors may be constant within regions, but must have nothing to do
        with the region effects (`hausman_test`).
    neighbors : Neighbors or libpysal.graph.Graph, optional
        With it the model has a spatial lag, by maximum likelihood; else it is generalized least
        squares of Swamy and Arora [2]_.
    effects : {"region", "two-way"}
        With "two-way" the years have fixed effects.
    durbin : bool
        With neighbors, whether the spatial lags of X are regressors too.
    rng : None, int or numpy.random.Generator
        Source of the draws behind the impacts.

    Returns
    -------
    Model
        ``.phi`` is the share of the region means that is left in, sigma / sqrt(sigma^2 + T
        sigma_region^2): 0 where random effects equal fixed ones, 1 where there are none. `tests`
        and `aic` count it as a parameter.

    Notes
    -----
    Least squares or the lag model of data less (1 - phi) times the region means. Standard errors
    of the lag model are those of the information of (beta, rho, sigma^2, phi) together [1]_. No
    region effects lie on the edge of what the variance may be, so that the chi-squared p of their
    likelihood ratio is twice what it should be: it errs on the side of no effects.

    References
    ----------
    .. [1] Elhorst, J. P. (2014). Spatial Econometrics. Springer, section 3.3.4.
    .. [2] Swamy, P. A. V. B. and Arora, S. S. (1972). The exact finite sample properties of the
       estimators of coefficients in the error components regression models. Econometrica, 40(2),
       261-275.

    Examples
    --------
    >>> import numpy as np
    >>> index = pd.MultiIndex.from_product([range(30), range(2010, 2020)], names=["adcode", "year"])
    >>> drawn = np.random.default_rng(0).normal(size=(300, 2))
    >>> x = pd.Series(drawn[:, 0], index, name="x")
    >>> steady = np.repeat(np.random.default_rng(1).normal(size=30), 10)
    >>> y = (1 + 2 * x + steady + 0.1 * drawn[:, 1]).rename("y")
    >>> random_effects_model(y, x, rng=0).coefficients.loc["x", "estimate"].round(1).item()
    2.0
    """
    if not isinstance(y.index, pd.MultiIndex) or y.index.get_level_values(1).nunique() < 2:
        raise InputError("regression.effects_one_year", effects="random")
    if neighbors is None and durbin:
        raise InputError("regression.neighbors_needed")
    loose = _loose(y, X, neighbors, effects, durbin)
    fit, phi = _generalized(y, X, loose) if neighbors is None else _likely(loose)
    design = quasi(loose, phi)
    region = fit.sigma2 * (1 / phi**2 - 1) / loose.periods
    told = {"region": f"{region:.4g}", "own": f"{fit.sigma2:.4g}", "phi": f"{phi:.3f}"}
    return replace(
        dress(
            design,
            fit,
            kind="durbin" if durbin else "ols" if neighbors is None else "lag",
            method="GLS" if neighbors is None else "ML",
            tests=_tests(loose, fit, phi),
            symbol="rho" if fit.spatial is not None else "",
            se="classic" if neighbors is None else "information",
            notes=[Note("regression.random_effects", values=told)],
            draws=draws,
            rng=rng,
        ),
        phi=phi,
    )


def _generalized(y: pd.Series, X: Any, loose: Design) -> tuple[Fit, float]:
    """Give Swamy and Arora's estimate; the variance within regions comes from fixed effects."""
    frame = X.to_frame() if isinstance(X, pd.Series) else X
    moving = [name for name in frame if _moves(frame[name])]
    if not moving:
        raise InputError("regression.no_regressors")
    effects = "two-way" if loose.by_year else "region"
    fixed = lay_out(y, frame[moving], effects=effects, correction="none")
    inside = fit_least_squares(fixed)
    variance = float((inside.residuals**2).sum()) / fixed.degrees
    phi = swamy_arora(loose, variance)
    fit = fit_least_squares(quasi(loose, phi))
    squares = float((fit.residuals**2).sum())
    likelihood = normal_log_likelihood(squares, loose.free) + loose.free_regions * np.log(phi)
    return replace(fit, log_likelihood=likelihood), phi


def _moves(column: pd.Series) -> bool:
    """Whether a column changes within regions, and not only with the year."""
    wide = column.unstack().to_numpy(dtype=float)
    rest = wide - wide.mean(axis=0)
    rest = rest - rest.mean(axis=1, keepdims=True)
    return bool(np.abs(rest).max() > 1e-10 * max(np.abs(wide).max(), 1e-300))


def _likely(loose: Design) -> tuple[Fit, float]:
    phi = likely_phi(loose)
    design = quasi(loose, phi)
    fit = fit_lag(design)
    assert fit.spatial is not None
    inner, _ = lag_information(design, fit.beta, fit.spatial, fit.sigma2)
    k = len(fit.beta)
    whole = np.zeros((k + 3, k + 3))
    whole[:-1, :-1] = inner
    first = traces(design, fit.spatial)[0]
    whole[k, -1] = whole[-1, k] = -2 * first / phi
    whole[k + 1, -1] = whole[-1, k + 1] = -design.free_regions / (phi * fit.sigma2)
    whole[-1, -1] = 2 * design.free_regions / phi**2
    covariance = np.linalg.inv(whole)[: k + 1, : k + 1]
    likelihood = fit.log_likelihood + design.free_regions * float(np.log(phi))
    return replace(fit, log_likelihood=likelihood, covariance=covariance), phi


def _tests(loose: Design, fit: Fit, phi: float) -> pd.DataFrame:
    """Test the region effects and, with a lag, rho."""
    plain = fit_lag(loose) if fit.spatial is not None else fit_least_squares(loose)
    gain = 2 * (fit.log_likelihood - plain.log_likelihood)
    rows = [("LR region effects", max(gain, 0.0), 1)]
    if fit.spatial is not None:
        rows.append(("Wald", fit.spatial**2 / float(fit.covariance[-1, -1]), 1))
    return test_table(rows)


@dataclass(frozen=True, eq=False)
class Hausman:
    """Hausman's comparison of fixed and random region effects.

    statistic and p are NaN where the difference of the covariances is not positive definite;
    `table` has fixed, random, difference, se by coefficient; phi is the share of the region means
    that random effects leave in (0: they equal fixed effects).
    """

    statistic: float
    df: int
    p: float
    table: pd.DataFrame
    phi: float


def hausman_test(
    y: pd.Series,
    X: pd.DataFrame | pd.Series,
    neighbors: Linked | None = None,
    *,
    effects: str = "region",
    durbin: bool = False,
) -> Hausman:
    """Test random region effects against fixed ones.

    Parameters
    ----------
    y, X, neighbors, effects, durbin
        As in `random_effects_model`, in both models; regressors must vary within regions.

    Returns
    -------
    Hausman
        ``statistic`` and ``p``, NaN where the difference of the covariances is not positive
        definite; ``df``; ``table``: fixed, random, difference, se by coefficient; ``phi`` of the
        random effects.

    Notes
    -----
    d'(V_fixed - V_random)^-1 d with d the difference of the coefficients (and of rho) [1]_
    (Elhorst, 2014, chapter 3). Both covariances use the same innovation variance, which keeps the
    difference positive more often. A small p speaks for fixed effects.

    References
    ----------
    .. [1] Hausman, J. A. (1978). Specification tests in econometrics. Econometrica, 46(6),
       1251-1271.

    Examples
    --------
    >>> import numpy as np
    >>> index = pd.MultiIndex.from_product([range(30), range(2010, 2020)], names=["adcode", "year"])
    >>> drawn = np.random.default_rng(0).normal(size=(300, 2))
    >>> x = pd.Series(drawn[:, 0], index, name="x")
    >>> steady = np.repeat(np.random.default_rng(1).normal(size=30), 10)
    >>> x = (x + steady).rename("x")
    >>> y = (1 + 2 * x + 3 * steady + drawn[:, 1]).rename("y")
    >>> bool(hausman_test(y, x).p < 0.001)
    True
    """
    check_region_effects(effects)
    fixed = lay_out(y, X, neighbors, effects=effects, durbin=durbin)
    loose = _loose(y, X, neighbors, effects, durbin, fixed.spectrum)
    if neighbors is None:
        inside = fit_least_squares(fixed)
        variance = float((inside.residuals**2).sum()) / fixed.degrees
        phi = swamy_arora(loose, variance)
        outside = fit_least_squares(quasi(loose, phi))
        scale = variance / (outside.sigma2 * loose.free / quasi(loose, phi).degrees)
    else:
        inside = fit_lag(fixed)
        phi = likely_phi(loose)
        outside = fit_lag(quasi(loose, phi))
        scale = inside.sigma2 / outside.sigma2
    return _compare(fixed, loose, inside, outside, scale, phi)


def _loose(
    y: pd.Series,
    X: Any,
    neighbors: Linked | None,
    effects: str,
    durbin: bool,
    spectrum: Spectrum | None = None,
) -> Design:
    """Lay the data out with a constant or year effects, region effects still in.

    With year effects the columns are centered by year, so that no constant is wanted.
    """
    check_region_effects(effects)
    options: dict[str, Any] = {
        "effects": "year" if effects == "two-way" else None,
        "correction": "none" if neighbors is None else "lee-yu",
    }
    return lay_out(y, X, neighbors, durbin=durbin, spectrum=spectrum, **options)


def quasi(design: Design, phi: float) -> Design:
    """Take the share 1 - phi of the region means out."""

    def thin(values: np.ndarray) -> np.ndarray:
        return values - (1 - phi) * values.mean(axis=0, keepdims=True)

    return replace(design, y=thin(design.y), X=thin(design.X), lag_y=thin(design.lag_y))


def swamy_arora(design: Design, within: float) -> float:
    """Give phi from the variance between regions and within them."""
    y, X = design.y.mean(axis=0), design.X.mean(axis=0)
    X = X[:, np.abs(X).max(axis=0) > 0]
    rest = y - X @ np.linalg.lstsq(X, y, rcond=None)[0]
    free = y.size - X.shape[1] - int(design.by_year)
    if free < 1:
        raise InputError(
            "regression.too_few", rows=y.size, coefficients=X.shape[1], names=list(design.names)
        )
    between = design.periods * float(rest @ rest) / free
    if between <= within:
        raise UndefinedError("regression.no_region_variance")
    return float(np.sqrt(within / between))


def likely_phi(design: Design) -> float:
    """Give phi at the maximum of the likelihood of the lag model with random effects."""
    from scipy.optimize import minimize_scalar

    def loss(logarithm: float) -> float:
        phi = float(np.exp(logarithm))
        return -(fit_lag(quasi(design, phi)).log_likelihood + design.free_regions * np.log(phi))

    found = minimize_scalar(loss, bounds=(np.log(1e-3), 0), method="bounded")
    if found.x > -1e-4:
        raise UndefinedError("regression.no_region_variance")
    return float(np.exp(found.x))


def _compare(
    fixed: Design, loose: Design, inside: Fit, outside: Fit, scale: float, phi: float
) -> Hausman:
    from scipy.special import chdtrc

    names = list(fixed.names)
    places = [loose.names.index(name) for name in names]
    first, second = inside.beta, outside.beta[places]
    if inside.spatial is not None:
        assert outside.spatial is not None
        first, second = np.append(first, inside.spatial), np.append(second, outside.spatial)
        places = [*places, len(loose.names)]
        names = [*names, "rho"]
    spread = inside.covariance - scale * outside.covariance[np.ix_(places, places)]
    gap = first - second
    positive = bool((np.linalg.eigvalsh(spread) > 0).all())
    statistic = float(gap @ np.linalg.solve(spread, gap)) if positive else float("nan")
    table = pd.DataFrame(
        {
            "fixed": first,
            "random": second,
            "difference": gap,
            "se": np.sqrt(np.maximum(np.diag(spread), 0)),
        },
        index=pd.Index(names, name="term"),
    )
    return Hausman(statistic, len(names), float(chdtrc(len(names), statistic)), table, phi)
