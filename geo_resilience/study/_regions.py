"""Who and where, for a study: its regions, those it leaves out, its groups."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from geo_resilience.errors import InputError
from geo_resilience.notes import Note
from geo_resilience.regions import (
    Grouping,
    Regions,
    read_aliases,
    read_boundaries,
    read_groups,
)
from geo_resilience.study._plan import Plan


@dataclass(frozen=True, eq=False)
class StudyRegions:
    """The regions of a study.

    - ``everywhere``: all of the boundaries: what the map draws.
    - ``studied``: without the excluded ones: what every calculation is about.
    - ``groupings`` (mapping of str to Grouping): over the studied regions; empty where there are no
      groups.
    - ``aliases`` (mapping of str to str): further names of regions.
    - ``excluded``: keys of the regions left out.
    """

    everywhere: Regions
    studied: Regions
    groupings: Mapping[str, Grouping]
    aliases: Mapping[str, str]
    excluded: tuple[str, ...] = ()

    def notes(self, language: str) -> tuple[Note, ...]:
        """Give the judgement calls about the regions, their names in a language."""
        found = list(self.everywhere.notes)
        if self.excluded:
            names = self.everywhere.names(language).loc[list(self.excluded)]
            found.append(Note("study.excluded", values={"regions": list(names)}))
        if not self.groupings:
            found.append(Note("study.no_groups"))
        return tuple(found)

    def without(self, excluded: Iterable[str]) -> StudyRegions:
        """Leave regions out of everything but the map."""
        left_out = tuple(sorted(excluded))
        studied = self.everywhere.without(left_out)
        if len(studied.keys) < 2:
            key = "study.too_few_regions" if left_out else "study.one_region"
            names = studied.frame["name"].tolist()
            raise InputError(key, number=len(names), names=names)
        groupings = {
            name: grouping.restricted(studied.keys) for name, grouping in self.groupings.items()
        }
        return replace(self, studied=studied, groupings=groupings, excluded=left_out)


def lay_ground(plan: Plan) -> StudyRegions:
    """Read the boundaries, the groups and the aliases of a study."""
    asked = plan.boundaries
    regions = read_boundaries(
        asked.file, asked.key, name=asked.name, name_zh=asked.name_zh, layer=asked.layer
    )
    has_groups = plan.groups.file is not None or regions.bundled
    return StudyRegions(
        everywhere=regions,
        studied=regions,
        groupings=read_groups(plan.groups.file, regions) if has_groups else {},
        aliases=read_aliases(asked.aliases, regions) if asked.aliases else {},
    )
