"""Layers of regions.gpkg beside `regions`: a topic each, a row a region, in the study's words."""

from __future__ import annotations

from collections.abc import Mapping

from geo_resilience.tables._notation import tables
from geo_resilience.tables._schema import Table

_LAYERS = tables(
    "layer",
    """
layer_scores: adcode (.gpkg)
    text adcode name name_en name_zh, share?@column.layer.composite_year composite_{year},
    text?@column.layer.grade_year grade_{year}, integer?@column.layer.rank_year rank_{year}
layer_clusters: adcode (.gpkg)
    text adcode name name_en name_zh, integer? year, text?@column.layer.cluster {own}
layer_obstacles: adcode (.gpkg)
    text adcode name name_en name_zh, integer? year, text? obstacle_1 code_1, share? degree_1,
    text? obstacle_2 code_2, share? degree_2, text? obstacle_3 code_3, share? degree_3
layer_uncertainty: adcode (.gpkg)
    text adcode name name_en name_zh, integer? year, share? composite, number? composite_low
    composite_high, integer? rank rank_low rank_high, text? grade, share? p_grade,
    text? certainty, share?@column.uncertainty.p_grade p_{grade}, share? p_top_5
layer_warnings: adcode (.gpkg)
    text adcode name name_en name_zh, integer? year, text? level gravest indicator code,
    number? value threshold, share? risk, integer?[indicators] fired watched
""",
)

#: By the name of the layer.
LAYERS: Mapping[str, Table] = {each.stem.removeprefix("layer_"): each for each in _LAYERS}
