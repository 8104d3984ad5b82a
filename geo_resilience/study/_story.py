"""The stops that a study tells itself: their views checked against what there is."""

from __future__ import annotations

from geo_resilience.errors import Problems
from geo_resilience.indicators import Framework
from geo_resilience.regions import Regions
from geo_resilience.regions._known_names import Known
from geo_resilience.results import Stop
from geo_resilience.study._plan import Plan
from geo_resilience.study._regions import StudyRegions
from geo_resilience.text import Text


def read_story(
    plan: Plan, ground: StudyRegions, framework: Framework, years: list[int]
) -> tuple[Stop, ...]:
    """Give the stops of [[story]].

    Raises
    ------
    InputError
        With every year, layer, region or group that a view names and the study lacks.
    """
    if not plan.story:
        return ()
    from geo_resilience.maps.atlas._views import Nameable, layer_ids

    problems = Problems()
    names = Known.of(ground.everywhere, ground.aliases)
    known = Nameable(
        years=years,
        layers=layer_ids(framework),
        outlines=_outlines(ground, framework),
        codes=framework.codes,
        regions=_called(ground.everywhere),
        region=lambda text: names.find(text)[1],
    )
    stops = []
    for place, asked in enumerate(plan.story, 1):
        where = {"number": place}
        text = Text.of(vars(asked), "text")
        if not text:
            problems.add("story.no_text", **where)
        stops.append(Stop(text, known.read(asked.view, problems, **where)))
    problems.raise_if_any()
    return tuple(stops)


def _called(regions: Regions) -> list[str]:
    """Names and keys of the regions."""
    return [*regions.spelled, *regions.keys]


def _outlines(ground: StudyRegions, framework: Framework) -> list[str]:
    """Name what the atlas can outline: partitions, groups, ellipses."""
    found: list[str] = []
    for name, grouping in ground.groupings.items():
        found += [name] if grouping.is_partition else [group.id for group in grouping.groups]
    codes = ["composite", *(each.code for each in framework.dimensions)]
    codes += [each.code for each in framework.variables]
    return [*found, *(f"ellipse {code}" for code in codes)]
