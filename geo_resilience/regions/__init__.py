"""Who and where: boundaries, names in any spelling, groups of regions."""

from geo_resilience.regions.aliases import read_aliases
from geo_resilience.regions.boundaries import read_boundaries
from geo_resilience.regions.ground import Regions, boundaries_folder
from geo_resilience.regions.groups import Group, Grouping, read_groups
from geo_resilience.regions.names import Match, match_names, resolve

__all__ = [
    "Group",
    "Grouping",
    "Match",
    "Regions",
    "boundaries_folder",
    "match_names",
    "read_aliases",
    "read_boundaries",
    "read_groups",
    "resolve",
]
