"""Who and where, for a study: its regions, those it leaves out, its groups."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

from geo_resilience.databases import Answer, DatabaseQuery
from geo_resilience.errors import InputError, Problems
from geo_resilience.notes import Note
from geo_resilience.regions import (
    ContextLayer,
    Crosswalk,
    Grouping,
    Regions,
    read_aliases,
    read_base,
    read_boundaries,
    read_crosswalk,
    read_groups,
)
from geo_resilience.regions._base_files import lies_near, read_context
from geo_resilience.regions._groups import check_groups
from geo_resilience.regions._regions import region_label
from geo_resilience.study._plan import Plan
from geo_resilience.study._plan_reading import CHINA
from geo_resilience.text import Text


@dataclass(frozen=True, eq=False)
class StudyRegions:
    """The regions of a study.

    - ``everywhere``: all of the boundaries: what the map draws.
    - ``studied``: without the excluded ones: what every calculation is about.
    - ``groupings`` (mapping of str to Grouping): over the studied regions; empty where there are no
      groups.
    - ``aliases`` (mapping of str to str): further names of regions.
    - ``crosswalk``: what became of the units of the past; None where the study names none.
    - ``excluded``: keys of the regions left out.
    - ``lacking``: those among them that the base map has and no table.
    - ``screened``: those among them of which too little was measured.
    """

    everywhere: Regions
    studied: Regions
    groupings: Mapping[str, Grouping]
    aliases: Mapping[str, str]
    crosswalk: Crosswalk | None = None
    excluded: tuple[str, ...] = ()
    lacking: tuple[str, ...] = ()
    screened: tuple[str, ...] = ()

    @property
    def optional(self) -> frozenset[str]:
        """Regions that the tables may lack: the units of a base map."""
        return frozenset(self.everywhere.keys if self.everywhere.of_base else ())

    def notes(self, language: str) -> tuple[Note, ...]:
        """Give the judgement calls about the regions, their names in a language."""
        found = [*self.everywhere.notes, *(self.crosswalk.notes if self.crosswalk else ())]
        asked = [key for key in self.excluded if key not in (*self.lacking, *self.screened)]
        for code, keys in (("study.excluded", asked), ("study.base_lacking", self.lacking)):
            if keys:
                names = self.everywhere.names(language).loc[list(keys)]
                found.append(Note(code, values={"regions": list(names)}))
        if not self.groupings:
            found.append(Note("study.no_groups"))
        return tuple(found)

    def without(self, excluded: Iterable[str], lacking: Iterable[str] = ()) -> StudyRegions:
        """Leave regions out of everything but the map; what is left is in every partition."""
        left_out = tuple(sorted(excluded))
        studied = self.everywhere.without(left_out)
        if len(studied.keys) < 2:
            key = "study.too_few_regions" if left_out else "study.one_region"
            names = studied.frame["name"].tolist()
            raise InputError(key, number=len(names), names=names)
        groupings = {
            name: grouping.restricted(studied.keys) for name, grouping in self.groupings.items()
        }
        problems = Problems()
        for grouping in filter(lambda each: each.is_partition, groupings.values()):
            held = {key for group in grouping.groups for key in group.members}
            outside = [region_label(studied, key) for key in studied.keys if key not in held]
            if outside:
                problems.add("regions.group_left_out", partition=grouping.name, keys=outside)
        problems.raise_if_any()
        return replace(
            self,
            studied=studied,
            groupings=groupings,
            excluded=left_out,
            lacking=tuple(sorted(lacking)),
        )

    def screened_of(self, keys: Iterable[str]) -> StudyRegions:
        """Leave out further regions: those of which too little was measured."""
        screened = tuple(sorted(keys))
        rest = self.without((*self.excluded, *screened), self.lacking) if screened else self
        return replace(rest, screened=screened)


def lay_ground(
    plan: Plan, answers: Mapping[DatabaseQuery, Answer] = MappingProxyType({})
) -> StudyRegions:
    """Read the boundaries, the base map, the groups and the aliases of a study.

    - ``answers``: what databases gave.
    """
    asked = plan.boundaries
    problems = Problems()
    own, regions, context = None, None, []
    with problems.caught():
        query = plan.query_of(asked)
        source = asked.file if query is None else answers[query]
        if source is not None:
            named = {each: getattr(asked, each) for each in ("name", "name_zh", "layer", "crs")}
            own = read_boundaries(source, asked.key, **named)
    for layer in plan.context:
        with problems.caught():
            context.append(read_context(layer.file, Text.of(vars(layer), "name"), layer.style))
    with problems.caught():
        regions = _based(plan, own, tuple(context))
    if len(problems):  # what is wrong with other files is told too
        regions = None
    groupings: dict[str, Grouping] = {}
    aliases: dict[str, str] = {}
    crosswalk = None
    with problems.caught():
        if regions is not None:
            _check_context(plan, regions)
    with problems.caught():
        groupings = _grouped(plan, regions)
    with problems.caught():
        aliases = read_aliases(asked.aliases, regions) if asked.aliases else {}
    with problems.caught():
        if asked.crosswalk is not None:
            crosswalk = read_crosswalk(
                asked.crosswalk,
                regions,
                aliases=aliases,
                year=asked.crosswalk_year,
                rescale=asked.crosswalk_rescale,
            )
    problems.raise_if_any()
    assert regions is not None
    return StudyRegions(regions, regions, groupings, aliases, crosswalk)


def _based(plan: Plan, own: Regions | None, context: tuple[ContextLayer, ...]) -> Regions:
    """Give the regions with the base map that the study names, or with its texts alone."""
    asked = plan.map
    return read_base(
        asked.base,
        asked.key,
        name=asked.name,
        name_zh=asked.name_zh,
        over=own,
        review_number=asked.review_number,
        note=Text.of(vars(asked), "base_note"),
        no_data_note=Text.of(vars(asked), "no_data_note"),
        context=context,
    )


def _check_context(plan: Plan, regions: Regions) -> None:
    problems = Problems()
    for asked, layer in zip(plan.context, regions.base.context, strict=True):
        if not lies_near(layer.frame, regions.frame):
            bounds = [f"{each:.4g}" for each in layer.frame.to_crs(4326).total_bounds]
            file = plan.name_of(asked.file)
            problems.add("regions.context_elsewhere", file=file, bounds=bounds)
    problems.raise_if_any()


def _grouped(plan: Plan, regions: Regions | None) -> dict[str, Grouping]:
    """Read the groups: those named, those of the program for its own boundaries, or none."""
    asked = plan.groups.file
    if regions is None:
        if isinstance(asked, Path):
            check_groups(asked)
        return {}
    if asked == CHINA or (asked is None and regions.bundled):
        known = set(regions.keys)
        groupings = {name: each.restricted(known) for name, each in read_groups().items()}
        held = {name: each for name, each in groupings.items() if each.groups}
        if not held:
            raise InputError("study.groups_of_china", keys=[*regions.keys[:5], "…"])
        return held
    if asked is None:
        return {}
    # what is left out needs no zone: `without` looks at the others
    return read_groups(asked, regions, open_partitions=regions.of_base or bool(plan.exclude))
