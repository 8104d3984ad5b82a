"""Make dynamics_giddy.json: chains of US state incomes 1929-2009 by giddy.

Run with a Python that has giddy (not a dependency of this package); versions stand in the file.
Income relative to the mean of the year, states48.gal row-standardized, five classes.
"""

import json
import sys
import warnings
from importlib.metadata import version
from pathlib import Path

import libpysal
import numpy as np

warnings.filterwarnings("ignore")
import giddy  # noqa: E402
from giddy.ergodic import fmpt  # noqa: E402
from giddy.markov import LISA_Markov, Spatial_Markov  # noqa: E402
from giddy.mobility import markov_mobility  # noqa: E402

table = libpysal.io.open(libpysal.examples.get_path("usjoin.csv"))
income = np.array([table.by_col[str(year)] for year in range(1929, 2010)]).T
relative = income / income.mean(axis=0)
w = libpysal.io.open(libpysal.examples.get_path("states48.gal")).read()
w.transform = "r"
np.random.seed(0)
found = Spatial_Markov(relative, w, fixed=True, k=5, m=5)
lisa = LISA_Markov(relative, w)
theta = giddy.rank.Theta(relative[:, ::20], np.arange(48) // 12, permutations=0)
out = {
    "versions": {name: version(name) for name in ("giddy", "libpysal", "mapclassify", "numpy")},
    "python": sys.version.split()[0],
    "counts": np.asarray(found.transitions).tolist(),
    "probabilities": np.asarray(found.p).tolist(),
    "steady_state": np.asarray(found.s).ravel().tolist(),
    "lag_counts": np.asarray(found.T).tolist(),
    "lag_steady_state": [np.asarray(row).ravel().tolist() for row in found.S],
    "first_passage": np.asarray(fmpt(np.asarray(found.p))).tolist(),
    "shorrocks": float(markov_mobility(np.asarray(found.p), measure="P")),
    "mobility": {
        "determinant": float(markov_mobility(np.asarray(found.p), measure="D")),
        "second_eigenvalue": float(markov_mobility(np.asarray(found.p), measure="L2")),
        "bartholomew": float(
            markov_mobility(
                np.asarray(found.p), measure="B2", ini=np.asarray(found.s, dtype=float).ravel()
            )
        ),
    },
    "lr": float(found.LR),
    "lr_df": float(found.dof_hom),
    "chi2": float(found.Q),
    "lisa_counts": np.asarray(lisa.transitions).tolist(),
    "lisa_probabilities": np.asarray(lisa.p).tolist(),
    "theta": np.asarray(theta.theta).ravel().tolist(),
}
Path("dynamics_giddy.json").write_text(json.dumps(out, indent=1), encoding="utf-8")
