"""Who and where: boundaries, names in any spelling, groups of regions."""

from geo_resilience.regions.boundaries import read_boundaries
from geo_resilience.regions.ground import Regions, boundaries_folder
from geo_resilience.regions.groups import Group, Grouping, read_groups

__all__ = [
    "Group",
    "Grouping",
    "Regions",
    "boundaries_folder",
    "read_boundaries",
    "read_groups",
]
