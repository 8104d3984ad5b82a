"""Everything this room says of one column of any table, without an index or a study."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from geo_resilience.spatial.autocorrelation import (
    correlogram,
    distance_correlogram,
    global_table,
    local_table,
)
from geo_resilience.spatial.gaps import gaps_table
from geo_resilience.spatial.gradients import center_coordinates, gradient
from geo_resilience.spatial.inequality_tables import inequality_table
from geo_resilience.spatial.likelihood_ratios import MOST_REGIONS
from geo_resilience.spatial.methods import GLOBAL_STATISTICS
from geo_resilience.spatial.neighbor_reports import describe_neighbors
from geo_resilience.spatial.neighbor_rules import distances_km
from geo_resilience.spatial.patterns import pattern_table
from geo_resilience.spatial.regionalization import regionalization_table

if TYPE_CHECKING:
    import geopandas as gpd

    from geo_resilience.regions import Regions

__all__ = ["overview"]


def overview(
    y: pd.Series,
    neighbors: Any,
    *,
    regions: Regions | gpd.GeoDataFrame | None = None,
    groupings: Mapping[str, Any] | None = None,
    names: pd.Series | None = None,
    permutations: int | None = None,
    rng: Any = None,
) -> dict[str, pd.DataFrame]:
    """Describe one variable on one map with every calculation that applies.

    Parameters
    ----------
    y : Series
        Values by region key.
    neighbors : Neighbors or libpysal.graph.Graph
        Over the same keys.
    regions : Regions or GeoDataFrame, optional
        The same regions: adds what needs distances and directions.
    groupings : mapping of name to Grouping, optional
        Adds gaps, patterns, inequality between groups and the agreement of plan and data.
    names : Series, optional
        Name of each region by key.
    permutations : int, optional
        As in `moran`.
    rng : None, int or numpy.random.Generator

    Returns
    -------
    dict of str to DataFrame
        neighbors (a row a property), global, local, correlogram; with regions (up to 1,000) also
        distance_correlogram and gradient; inequality, gaps; with groupings
        also pattern and regionalization. Columns as in the functions of those names.

    Examples
    --------
    >>> from libpysal.graph import Graph
    >>> row = Graph.from_arrays(list("abbccd"), list("bacbdc"), [1.0] * 6)
    >>> found = overview(pd.Series([1.0, 2, 3, 5], list("abcd"), name="y"), row)
    >>> list(found)
    ['neighbors', 'global', 'local', 'correlogram', 'inequality', 'gaps']
    """
    seeds = np.random.default_rng(rng).integers(2**63, size=6).tolist()
    frame = y.to_frame(str(y.name) if y.name is not None else "y")
    negative = bool((y < 0).any())
    statistics = [
        each.name for each in GLOBAL_STATISTICS.values() if not (each.positive and negative)
    ]
    few: dict[str, Any] = {"permutations": permutations}
    found = {
        "neighbors": describe_neighbors(neighbors)
        .rename("value")
        .to_frame()
        .rename_axis("property"),
        "global": global_table(frame, neighbors, statistics=statistics, rng=seeds[0], **few),
        "local": local_table(frame, neighbors, names=names, rng=seeds[1], **few),
        "correlogram": correlogram(y, neighbors, rng=seeds[2], **few),
    }
    small = 4 <= len(y) <= MOST_REGIONS
    if regions is not None and small:
        away = distances_km(regions)
        found["distance_correlogram"] = distance_correlogram(y, away, rng=seeds[2], **few)
        points = center_coordinates(regions)
        found["gradient"] = gradient(y, points, neighbors, rng=seeds[3])
    found["inequality"] = inequality_table(y, groupings)
    judge = neighbors if small else None
    found["gaps"] = gaps_table(y, groupings, judge, rng=seeds[4], **few)
    if groupings:
        found["pattern"] = pattern_table(frame, groupings, judge, full=small, rng=seeds[5], **few)
        found["regionalization"] = regionalization_table(y, neighbors, groupings)
    return found
