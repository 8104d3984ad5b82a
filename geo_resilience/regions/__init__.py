"""Who and where: boundaries, names in any spelling, groups of regions."""

from geo_resilience.regions._base import Base, ContextLayer
from geo_resilience.regions._base_files import read_base
from geo_resilience.regions._boundaries import read_boundaries
from geo_resilience.regions._crosswalk import Crosswalk
from geo_resilience.regions._crosswalk_files import read_crosswalk
from geo_resilience.regions._groups import Group, Grouping, read_groups
from geo_resilience.regions._names import match_names, read_aliases, resolve
from geo_resilience.regions._regions import Regions

__all__ = [
    "Base",
    "ContextLayer",
    "Crosswalk",
    "Group",
    "Grouping",
    "Regions",
    "match_names",
    "read_aliases",
    "read_base",
    "read_boundaries",
    "read_crosswalk",
    "read_groups",
    "resolve",
]
