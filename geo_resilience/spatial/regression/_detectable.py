"""How large an effect would have to be to be seen."""

from __future__ import annotations

import numpy as np
import pandas as pd

from geo_resilience.errors import InputError
from geo_resilience.spatial.regression._estimates import Estimates


def minimal_detectable_effect(
    se: float | pd.Series, *, level: float = 0.05, power: float = 0.8, degrees: int | None = None
) -> float | pd.Series:
    """Give the smallest true effect that a two-sided test of this standard error often finds.

    (q_(1 - level/2) + q_power) se: 2.80 se at 5 % and 80 %; by Student's t where degrees are given.
    Bloom (1995), Evaluation Review 19(5), 547-556.
    """
    if not (0 < level < 1 and 0 < power < 1):
        raise InputError("regression.level", given=f"{level}, {power}")
    from scipy.special import ndtri, stdtrit

    tails = np.array([1 - level / 2, power])
    reach = float((ndtri(tails) if degrees is None else stdtrit(degrees, tails)).sum())
    return reach * se


def detectable_effects(
    model: Estimates, *, level: float = 0.05, power: float = 0.8
) -> pd.DataFrame:
    """Give for each coefficient the effect it could have shown, and how many rows stand behind it.

    `standardized` is in standard deviations of the dependent by one of the regressor, effects out.
    """
    design = model.design
    table = pd.concat([model.coefficients, model.spatial])[["estimate", "se"]]
    table["detectable"] = minimal_detectable_effect(
        table["se"], level=level, power=power, degrees=model.degrees
    )
    spread = design.flat(design.X).std(axis=0)
    scale = dict(zip(design.names, spread / design.flat(design.y).std(), strict=True))
    scale["rho"] = scale["lambda"] = 1.0
    scale["constant"] = np.nan
    table["standardized"] = table["detectable"] * [scale[term] for term in table.index]
    return table.assign(rows=model.n)
