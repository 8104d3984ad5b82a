"""Classes in which findings are colored: the same in the atlas and in styles for other programs."""

from __future__ import annotations

import numpy as np

from geo_resilience import tables
from geo_resilience.evaluation._grading import Grading
from geo_resilience.maps.drawing._style import QUALITATIVE, color_at
from geo_resilience.results import Results
from geo_resilience.text import Text

#: Shares that a grade's probability is told apart by, and how strong its color then is.
CERTAINTY_CUTS, CERTAINTY_STRENGTHS = (0.5, 0.8), (0.22, 0.6, 1.0)

#: What colors fade to where a grade is uncertain.
FADED = "#c9c9c4"

#: So many obstacles have a color of their own; the rest are told together.
MOST_OBSTACLES, REST = 8, "#b9bbbd"

#: Indicators that stand in a class together, what the class is called, and its color.
ObstacleClass = tuple[tuple[str, ...], Text, str]


def certainty_step(shares: np.ndarray) -> np.ndarray:
    """Give the strength, by place, that shares of draws with the own grade are drawn with."""
    return np.searchsorted(CERTAINTY_CUTS, np.nan_to_num(shares), side="right")


def certainty_bins() -> list[Text]:
    """Names of how certain a grade is, the least certain first."""
    return [Text.worded(f"atlas_certainty.{name}") for name in ("low", "middle", "high")]


def certainty_classes(grading: Grading) -> tuple[list[str], list[Text]]:
    """Colors and labels of grades by certainty, weakest and least certain first."""
    bins = certainty_bins()
    colors, labels = [], []
    for grade, color in grading.by_name.items():
        for strength, bin_ in zip(CERTAINTY_STRENGTHS, bins, strict=True):
            colors.append(color_at(strength, (FADED, color)))
            named = Text.worded(f"grade.{grade}")
            labels.append(Text.worded("atlas_certainty.of", grade=named, bin=bin_))
    return colors, labels


def obstacle_classes(results: Results) -> list[ObstacleClass]:
    """Tell the indicators that hold a region back most, the commonest over all years first."""
    first = tables.of(results, "obstacles", level="indicator", order=1)["code"]
    counts = first.value_counts()
    named = {each.code: each.called for each in results.framework.indicators if each.code in counts}
    places = {code: place for place, code in enumerate(named)}
    common = sorted(named, key=lambda code: (-counts[code], places[code]))
    own = len(common) if len(common) <= MOST_OBSTACLES else MOST_OBSTACLES - 1
    told: list[ObstacleClass] = [
        ((code,), named[code], color)
        for code, color in zip(common[:own], QUALITATIVE, strict=False)
    ]
    if rest := tuple(common[own:]):
        told.append((rest, Text.worded("atlas.other_obstacle"), REST))
    return told
