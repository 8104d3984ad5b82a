"""Which regions belong to which group: mappings, Series and Groupings read alike."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

import pandas as pd

from geo_resilience.errors import InputError, Problems

if TYPE_CHECKING:
    from geo_resilience.regions import Grouping

#: Name to members, a Series of names by region key, or a Grouping.
Groups: TypeAlias = "Mapping[Hashable, Hashable | Iterable[Hashable]] | pd.Series | Grouping"


def members_of(groups: Groups) -> dict[str, list[Any]]:
    """Read groups as a mapping of name to members: a mapping, a Series of names, or a Grouping."""
    groups = getattr(groups, "members", groups)
    if isinstance(groups, pd.Series):
        named = groups.dropna()
        return {str(name): list(part.index) for name, part in named.groupby(named, sort=True)}
    if not isinstance(groups, Mapping):
        raise InputError("spatial.groups_wrong", found=type(groups).__name__)
    found = {}
    for name, members in groups.items():
        members = getattr(members, "members", members)
        if isinstance(members, str) or not isinstance(members, Iterable):
            raise InputError("spatial.group_members_wrong", group=name, found=repr(members))
        found[str(name)] = list(dict.fromkeys(members))
    return found


def partition_of(groups: Groups, keys: pd.Index) -> pd.Series:
    """Give the group of each region, which must be in just one; other members are passed over."""
    if (
        isinstance(groups, pd.Series)
        and groups.index.equals(keys)
        and keys.is_unique
        and groups.notna().all()
    ):
        return groups.astype("str").rename("group")
    assigned: dict[Any, str] = {}
    problems, known = Problems(), set(keys)
    for name, members in members_of(groups).items():
        for key in members:
            if key in assigned and key in known:
                problems.add(
                    "spatial.partition_double", region=key, first=assigned[key], second=name
                )
            assigned[key] = name
    left = [str(key) for key in keys if key not in assigned]
    if left:
        problems.add("spatial.partition_incomplete", regions=left)
    problems.raise_if_any()
    return pd.Series([assigned[key] for key in keys], index=keys, name="group", dtype="str")
