"""Layers of regions.gpkg beside `regions`: a topic each, a row a region, in the study's words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from geo_resilience.tables._notation import tables
from geo_resilience.tables._schema import Table

_LAYERS = tables(
    "layer",
    """
layer_scores: adcode (.gpkg)
    text adcode name name_en name_zh, share?@column.layer.composite composite_{year},
    text?@column.layer.grade grade_{year}, integer?@column.layer.rank rank_{year}
layer_clusters: adcode (.gpkg)
    text adcode name name_en name_zh, integer? year, text?@column.layer.cluster {own}
layer_obstacles: adcode (.gpkg)
    text adcode name name_en name_zh, integer? year, text?@column.layer.obstacle obstacle_1,
    text?@column.layer.obstacle_code code_1, share?@column.obstacles.degree degree_1,
    text?@column.layer.obstacle obstacle_2, text?@column.layer.obstacle_code code_2,
    share?@column.obstacles.degree degree_2, text?@column.layer.obstacle obstacle_3,
    text?@column.layer.obstacle_code code_3, share?@column.obstacles.degree degree_3
layer_uncertainty: adcode (.gpkg)
    text adcode name name_en name_zh, integer? year, share? composite,
    number?@column.uncertainty.composite_low composite_low,
    number?@column.uncertainty.composite_median composite_median,
    number?@column.uncertainty.composite_high composite_high, integer? rank,
    integer?@column.uncertainty.rank_low rank_low,
    integer?@column.uncertainty.rank_median rank_median,
    integer?@column.uncertainty.rank_high rank_high,
    text?@column.layer.grade grade, share?@column.layer.p_own p_own,
    text?@column.layer.certainty certainty, share?@column.uncertainty.p_grade p_{grade},
    share? p_top_5
layer_warnings: adcode (.gpkg)
    text adcode name name_en name_zh, integer? year, text?@column.layer.level level,
    text?@column.layer.gravest gravest, text?@column.layer.warned indicator,
    text?@column.layer.warned_code code, number?@column.warnings.value value,
    number?@column.warnings.threshold threshold, share?@column.warnings.risk risk,
    integer?[indicators]@column.warnings.fired fired,
    integer?[indicators]@column.warnings.watched watched
""",
)

#: By the name of the layer.
LAYERS: Mapping[str, Table] = {
    each.stem.removeprefix("layer_"): replace(each, like="regions") for each in _LAYERS
}
