"""Which regions belong to which group: mappings, Series and Groupings read alike."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from geo_resilience.errors import InputError, Problems

__all__ = ["members_of", "partition_of"]


def members_of(groups: Any) -> dict[str, list[Any]]:
    """Read groups as a mapping of name to members.

    Parameters
    ----------
    groups : mapping, Series or Grouping
        Name to members; or a Series of group names by region key; or an object whose
        ``.members`` is such a mapping.

    Returns
    -------
    dict of str to list
        Groups in the order given (names of a Series in sorted order).

    Raises
    ------
    InputError
        If it is none of these, or a group's members are a single text.

    Examples
    --------
    >>> members_of(pd.Series({"11": "east", "62": "west", "12": "east"}))
    {'east': ['11', '12'], 'west': ['62']}
    """
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


def partition_of(groups: Any, keys: pd.Index) -> pd.Series:
    """Give the group of each region; every region must be in exactly one.

    Parameters
    ----------
    groups : mapping, Series or Grouping
        As in `members_of`; members outside ``keys`` are passed over.
    keys : Index
        Region keys.

    Returns
    -------
    Series of str, index ``keys``

    Raises
    ------
    InputError
        Naming the regions that are in no group or in more than one.
    """
    one_each = isinstance(groups, pd.Series) and groups.index.equals(keys) and keys.is_unique
    if one_each and groups.notna().all():
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
