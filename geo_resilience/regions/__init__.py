"""Who and where: boundaries, names in any spelling, groups of regions."""

from geo_resilience.regions._boundaries import read_boundaries
from geo_resilience.regions._groups import Group, Grouping, read_groups
from geo_resilience.regions._names import match_names, read_aliases, resolve
from geo_resilience.regions._regions import Regions

__all__ = [
    "Group",
    "Grouping",
    "Regions",
    "match_names",
    "read_aliases",
    "read_boundaries",
    "read_groups",
    "resolve",
]
