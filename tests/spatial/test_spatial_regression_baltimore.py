"""House prices in Baltimore (Dubin 1992), 211 houses: what the documentation of spreg prints.

The data come with libpysal; the values of the lag model stand in the docstring of spreg's ML_Lag.
"""

import libpysal
import numpy as np
import pandas as pd
import pytest
from libpysal.graph import Graph

from geo_resilience.spatial import error_model, lag_model

NAMES = ["NROOM", "NBATH", "PATIO", "FIREPL", "AC", "GAR", "AGE", "LOTSZ", "SQFT"]


@pytest.fixture(scope="module")
def houses():
    table = libpysal.io.open(libpysal.examples.get_path("baltim.dbf"))
    weights = libpysal.io.open(libpysal.examples.get_path("baltim_q.gal")).read()
    keys = weights.id_order
    X = pd.DataFrame({name: table.by_col(name) for name in NAMES}, index=keys, dtype=float)
    y = pd.Series(table.by_col("PRICE"), index=keys, name="PRICE", dtype=float)
    return y, X, Graph.from_W(weights).transform("r")


def test_the_lag_model_is_as_printed(houses):
    y, X, graph = houses
    assert y.mean() == pytest.approx(44.307180, abs=5e-7)
    model = lag_model(y, X, graph)
    assert model.rho == pytest.approx(0.425885, abs=5e-6)
    np.testing.assert_allclose(
        model.coefficients["estimate"],
        [4.3675, 0.7502, 5.6116, 7.0497, 7.7246, 6.1231, 4.6375, -0.1107, 0.0679, 0.0794],
        atol=6e-5,
    )
    variances = [23.8716, 1.1222, 3.0593, 7.3416, 5.6695, 5.4698, 2.8684, 0.0026, 0.0002, 0.0266]
    np.testing.assert_allclose(model.coefficients["se"] ** 2, variances, atol=6e-5)
    assert model.spatial.at["rho", "se"] ** 2 == pytest.approx(0.0032, abs=6e-5)
    assert model.sigma2 == pytest.approx(151.458698, abs=2e-3)
    assert model.log_likelihood == pytest.approx(-832.937174, abs=5e-6)
    assert model.aic == pytest.approx(1687.874348 + 2, abs=1e-5)  # sigma squared counts here


def test_the_error_model_is_that_of_spreg_and_spatialreg(houses):
    """spreg 1.9 gives 0.0779 for the error of lambda, spatialreg 1.2-6 (R 4.2.2) as here."""
    from spreg import ML_Error

    y, X, graph = houses
    w = graph.to_W()
    w.transform = "r"
    oracle = ML_Error(y.to_numpy()[:, None], X.to_numpy(), w, method="ord")
    model = error_model(y, X, graph)
    found = pd.concat([model.coefficients, model.spatial])
    np.testing.assert_allclose(found["estimate"], oracle.betas.ravel(), rtol=1e-4)
    np.testing.assert_allclose(model.coefficients["se"], oracle.std_err[:-1], rtol=1e-6)
    assert model.lam == pytest.approx(0.560226010, abs=1e-6)
    assert model.spatial.at["lambda", "se"] == pytest.approx(0.076896140, abs=1e-6)
    assert model.log_likelihood == pytest.approx(-846.248754073, abs=1e-6)
