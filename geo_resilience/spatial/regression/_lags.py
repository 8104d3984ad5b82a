"""Last year's value among the regressors of a panel."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd

from geo_resilience.errors import InputError


def with_lag(
    y: pd.Series, X: pd.DataFrame, *, interaction: str | None = None, center: bool = True
) -> tuple[pd.Series, pd.DataFrame]:
    """Put last year's y, and its product with a regressor, before the regressors.

    `center` centers both before they are multiplied, so that the single terms tell the effect at
    the mean. Rows from the second year on; new columns name of y + ``_lag``, and that + ``:`` +
    name.
    """
    if not isinstance(y.index, pd.MultiIndex):
        raise InputError("regression.effects_without_years", effects="lag")
    years = sorted(y.index.get_level_values(1).unique())
    if not all(isinstance(year, int | np.integer) for year in years):
        raise InputError("regression.years_not_whole", years=[str(year) for year in years[:3]])
    gaps = [int(a) for a, b in pairwise(years) if b - a != 1]
    if gaps:
        raise InputError("regression.years_with_gaps", after=gaps)
    if interaction is not None and interaction not in X.columns:
        raise InputError(
            "regression.lagged_unknown", columns=[interaction], known=list(map(str, X.columns))
        )
    name = f"{y.name if y.name is not None else 'y'}_lag"
    later = y.copy()
    later.index = y.index.set_levels([year + 1 for year in y.index.levels[1]], level=1)
    rows = y.index[y.index.get_level_values(1) != years[0]]
    lag = later.reindex(rows)
    found = pd.DataFrame({name: lag}, index=rows)
    if interaction is not None:
        other = X[interaction].reindex(rows)
        if center:
            found[f"{name}:{interaction}"] = (lag - lag.mean()) * (other - other.mean())
        else:
            found[f"{name}:{interaction}"] = lag * other
    return y.reindex(rows), pd.concat([found, X.reindex(rows)], axis=1)
