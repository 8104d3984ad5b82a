"""The Moran scatterplot: each region against its neighbors."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo_resilience.spatial.alignment import align
from geo_resilience.spatial.autocorrelation.global_statistics import deviations, varying

__all__ = ["moran_scatter", "quadrants"]

_QUADRANTS = np.array(["low-low", "low-high", "high-low", "high-high"])


def quadrants(z: NDArray[np.float64], lag: NDArray[np.float64]) -> NDArray[np.str_]:
    """Name the quadrant of each region: itself first, its neighbors second."""
    return _QUADRANTS[2 * (z > 0).astype(int) + (lag > 0).astype(int)]


def moran_scatter(y: pd.Series, neighbors: Any) -> pd.DataFrame:
    """Give the points of the Moran scatterplot [1]_.

    Parameters
    ----------
    y : Series
        Values by region key.
    neighbors : Neighbors or libpysal.graph.Graph
        Row-standardized weights make the lag the mean of the neighbors, and the slope of lag on
        z Moran's I.

    Returns
    -------
    DataFrame
        By region key: value, z_value (standardized with the population deviation), z_lag
        (weighted sum of the neighbors' z) and quadrant; a region without neighbors has NaN and
        "no neighbors" and is left out of mean and deviation.

    References
    ----------
    .. [1] Anselin, L. (1996). The Moran scatterplot as an ESDA tool to assess local instability
       in spatial association. In: Fischer, M., Scholten, H. and Unwin, D. (eds), Spatial
       Analytical Perspectives on GIS. Taylor and Francis, London, 111-125.

    Examples
    --------
    >>> from libpysal.graph import Graph
    >>> row = Graph.from_arrays(list("abbccd"), list("bacbdc"), [1.0] * 6).transform("r")
    >>> found = moran_scatter(pd.Series([1.0, 1, 2, 2], list("abcd")), row)
    >>> found[["z_value", "z_lag"]].values.tolist()
    [[-1.0, -1.0], [-1.0, 0.0], [1.0, 0.0], [1.0, 1.0]]
    """
    aligned = align(y, neighbors)
    linked = aligned.links.counts > 0
    varying(aligned.values[linked], str(y.name or "y"))
    z = np.full(len(y), np.nan)
    apart, _ = deviations(aligned.values[linked][:, None])
    z[linked] = apart[:, 0] / apart[:, 0].std()
    lag = np.where(linked, aligned.links.matrix @ np.nan_to_num(z), np.nan)
    names = np.where(linked, quadrants(np.nan_to_num(z), np.nan_to_num(lag)), "no neighbors")
    return pd.DataFrame(
        {"value": aligned.values, "z_value": z, "z_lag": lag, "quadrant": names}, index=y.index
    )
