"""Reference values for the chain room, by other programs, on the bundled table of 2018.

Made with pymrio 0.7.0 and statsmodels 0.15.0 (numpy 2.4.6, pandas 3.1.1) in an environment of its
own; neither is needed to run the tests. Run from the top of the project:

    python tests/reference/chain/make_reference.py
"""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pymrio
import statsmodels
from statsmodels.tsa.statespace.structural import UnobservedComponents

HERE = Path(__file__).parent
TABLE = HERE.parents[2] / "geo_resilience" / "study" / "example" / "io_2018.csv"

SERIES = {
    "noisy level": [5.0, 7.0, 4.0, 6.5, 5.5, 6.0, 4.5, 6.2],
    "wandering": [1.0, 2.0, 4.0, 3.5, 6.0, 8.0, 7.5, 10.0],
    "between": [10.0, 12.0, 11.0, 14.0, 12.5, 15.5, 15.0, 14.0, 17.0],
}


def linkages():
    """Leontief and Ghosh sums and the multipliers of value added by pymrio."""
    raw = pd.read_csv(TABLE, dtype={"code": str}).set_index("code")
    sectors = [column for column in raw.columns if column.isdigit()]
    domestic = raw[raw["origin"] == "Domestic"]
    Z = domestic[sectors].astype(float)
    Z.columns = Z.index
    final = domestic[["TC", "FU201", "FU202", "EX"]].astype(float)
    x = pymrio.calc_x(Z, final)
    A = pymrio.calc_A(Z, x)
    L = pymrio.calc_L(A)
    G = pymrio.calc_G(None, L=L, x=x)
    # pymrio's G may be given as the transpose of what Ghosh wrote; row i sells here.
    B = Z.div(x.iloc[:, 0], axis=0)
    if not np.allclose(G.to_numpy() @ (np.eye(len(B)) - B.to_numpy()), np.eye(len(B))):
        G = G.T
    assert np.allclose(G.to_numpy() @ (np.eye(len(B)) - B.to_numpy()), np.eye(len(B)))
    value_added = raw.loc[["VA001", "VA002", "VA003", "VA004"], sectors].astype(float)
    value_added.columns = Z.columns
    S = pymrio.calc_S(value_added, x)
    M = pymrio.calc_M(S, L)
    return {
        "sectors": list(Z.index),
        "column_sums": L.sum(axis=0).tolist(),
        "row_sums": L.sum(axis=1).tolist(),
        "ghosh_row_sums": G.sum(axis=1).tolist(),
        "first_column": L.iloc[:, 0].tolist(),
        "value_added": M.sum(axis=0).tolist(),
        "income": M.loc["VA001"].tolist(),
    }


def levels():
    """One step ahead of the local level model by statsmodels, exact diffuse start."""
    found = {}
    for name, series in SERIES.items():
        model = UnobservedComponents(series, "local level", use_exact_diffuse=True)
        fits = [
            model.fit(start, disp=False, method="nm", maxiter=5000, xtol=1e-10, ftol=1e-12)
            for start in ([1.0, 1.0], [0.1, 2.0], [2.0, 0.1])
        ]
        best = max(fits, key=lambda fit: fit.llf)
        ahead = best.get_forecast(1)
        found[name] = {
            "series": series,
            "forecast": float(ahead.predicted_mean[0]),
            "se": float(ahead.se_mean[0]),
        }
    return found


if __name__ == "__main__":
    reference = {
        "made_with": {"pymrio": pymrio.__version__, "statsmodels": statsmodels.__version__},
        "linkages_2018": linkages(),
        "local_level": levels(),
    }
    text = json.dumps(reference, indent=1) + "\n"
    (HERE / "reference.json").write_text(text, encoding="utf-8")
