"""What a style says, whichever program reads it: a column, its kinds of regions, their colors."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from geo_resilience import tables
from geo_resilience.chain.management._early_warning import WARNING_LEVELS
from geo_resilience.maps.drawing._findings import certainty_classes, obstacle_classes
from geo_resilience.maps.drawing._style import NO_DATA, WARNING_COLORS
from geo_resilience.results import Results
from geo_resilience.spatial._methods import LOCAL_STATISTICS
from geo_resilience.text import Text
from geo_resilience.words import say

#: Lines between regions, and how wide they are in points.
BORDER, WIDTH = "#fbfbfa", 0.6


def channels(color: str) -> list[int]:
    """Give red, green and blue of a color like ``#fbfbfa``, of 255."""
    return [int(color[at : at + 2], 16) for at in (1, 3, 5)]


@dataclass(frozen=True)
class ColumnTitle:
    """What a column is called, and what it holds.

    - ``name``: in the file.
    - ``title``: what it is called.
    - ``meaning``: a sentence on what it holds.
    - ``labels``: of codes that stand in it, where it holds codes.
    """

    name: str
    title: str
    meaning: str = ""
    labels: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Kind:
    """Regions that are drawn alike: the values that they have, their label and color."""

    values: tuple[str, ...]
    label: str
    color: str


@dataclass(frozen=True)
class Style:
    """How a layer is drawn: by the values of a column; ``rest`` is every other region."""

    title: str
    column: str
    kinds: tuple[Kind, ...]
    rest: Kind

    @property
    def all(self) -> tuple[Kind, ...]:
        """The kinds of regions in the order of a legend."""
        return (*self.kinds, self.rest)


def styles_of(results: Results, layer: str) -> list[Style]:
    """Give the styles of a layer of regions.gpkg, the one to draw by default first."""
    return _MAKERS[layer](results)


def _style(results: Results, title: str, column: str, kinds: Iterable[Kind]) -> Style:
    """Make a style; what has no value is drawn as the atlas draws it."""
    label = say("atlas.no_data", results.language)
    return Style(title, column, tuple(kinds), Kind((), label, NO_DATA))


def _grades(results: Results, year: int, column: str, *, codes: bool = False) -> Style:
    """Draw the grades of a year, which stand in the column as codes or in words."""
    kinds = []
    for code, color in results.found.grading.by_name.items():
        label = say(f"grade.{code}", results.language)
        kinds.append(Kind((code if codes else label,), label, color))
    title = say("layer_head.grade_year", results.language, label=year)
    return _style(results, title, column, kinds)


def _regions(results: Results) -> list[Style]:
    return [_grades(results, results.years[-1], "grade", codes=True)]


def _scores(results: Results) -> list[Style]:
    return [_grades(results, year, f"grade_{year}") for year in reversed(results.years)]


def cluster_columns(results: Results) -> dict[str, tuple[str, str]]:
    """Name the columns of clusters: each statistic of each variable, in the atlas's order."""
    table = tables.of(results, "local", year=results.years[-1])
    there = set(zip(table["statistic"], table["variable"], strict=True))
    variables = list(dict.fromkeys(table["variable"]))
    return {
        f"{statistic}_{variable}": (statistic, variable)
        for statistic in LOCAL_STATISTICS
        for variable in variables
        if (statistic, variable) in there
    }


def cluster_title(results: Results, statistic: str, variable: str) -> str:
    """Name a local statistic of a variable."""
    composite = variable == "composite"
    name = Text.worded("atlas.composite") if composite else results.framework.called(variable)
    return say(f"local_statistic.title.{statistic}", results.language, name=name[results.language])


def _clusters(results: Results) -> list[Style]:
    made = []
    for column, (statistic, variable) in cluster_columns(results).items():
        kinds = []
        for code, color in LOCAL_STATISTICS[statistic].colors.items():
            label = say(f"cluster.{code}", results.language)
            kinds.append(Kind((label,), label, color))
        title = cluster_title(results, statistic, variable)
        made.append(_style(results, title, column, kinds))
    return made


def _obstacles(results: Results) -> list[Style]:
    """Draw by the code of the greatest obstacle: names of two indicators may be the same."""
    kinds = [
        Kind(codes, label[results.language], color)
        for codes, label, color in obstacle_classes(results)
    ]
    title = say("layer_head.obstacle_1", results.language)
    return [_style(results, title, "code_1", kinds)]


def _uncertainty(results: Results) -> list[Style]:
    colors, texts = certainty_classes(results.found.grading)
    labels = [text[results.language] for text in texts]
    kinds = [Kind((label,), label, color) for label, color in zip(labels, colors, strict=True)]
    return [_style(results, say("layer_head.certainty", results.language), "certainty", kinds)]


def _warnings(results: Results) -> list[Style]:
    labels = [say(f"chain.warning.{level}", results.language) for level in WARNING_LEVELS]
    told = zip(labels, WARNING_COLORS, strict=True)
    kinds = [Kind((label,), label, color) for label, color in told]
    return [_style(results, say("layer_head.level", results.language), "level", kinds)]


_MAKERS = {
    "regions": _regions,
    "scores": _scores,
    "clusters": _clusters,
    "obstacles": _obstacles,
    "uncertainty": _uncertainty,
    "warnings": _warnings,
}
