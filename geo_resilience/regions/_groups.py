"""Groups of regions: zones that share them out, belts, clusters and areas that may overlap."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from geo_resilience.errors import InputError, Problems
from geo_resilience.regions._names import match_names
from geo_resilience.regions._regions import (
    Regions,
    boundaries_folder,
    bundled_regions,
    region_label,
)
from geo_resilience.tables._reading import file_bytes
from geo_resilience.tables._toml import decode_toml, parse_toml
from geo_resilience.text import Text, keys_of

#: Kinds of groups and the name of the cover that gathers them; zones are named by their partition.
COVERS = {"belt": "belts", "cluster": "clusters", "area": "areas"}
KINDS = ("zone", *COVERS)
_FIELDS = ("id", *keys_of("name").values(), "kind", "members", "source", "partition")


@dataclass(frozen=True)
class Group:
    """Some regions that belong together.

    Parameters
    ----------
    id : str
        Unique over all groups.
    name : Text
    kind : str
        ``"zone"``, ``"belt"``, ``"cluster"`` or ``"area"``.
    members : tuple of str
        Keys of its regions, sorted.
    source : str
        Who says so.
    partition : str, optional
        For zones: the partition that they are part of.
    """

    id: str
    name: Text
    kind: str
    members: tuple[str, ...]
    source: str = ""
    partition: str | None = None


@dataclass(frozen=True)
class Grouping:
    """Groups that are read together: a partition (exhaustive, exclusive) or a cover.

    Parameters
    ----------
    name : str
        Name of the partition, or ``"belts"``, ``"clusters"``, ``"areas"``.
    groups : tuple of Group
        In the order of the file.
    is_partition : bool
        Whether every region is in exactly one of the groups.
    """

    name: str
    groups: tuple[Group, ...]
    is_partition: bool

    @property
    def members(self) -> dict[str, tuple[str, ...]]:
        """Keys of the regions of each group, by the group's id."""
        return {group.id: group.members for group in self.groups}

    def assignment(self, keys: Iterable[str]) -> pd.Series:
        """Give the group that each region is in.

        Parameters
        ----------
        keys : iterable of str
            Keys of regions.

        Returns
        -------
        Series of str
            Id of the group, by key.

        Raises
        ------
        InputError
            If this is a cover, or a region is in none of the groups.
        """
        if not self.is_partition:
            raise InputError("regions.group_not_partition", grouping=self.name)
        group_of = {key: group.id for group in self.groups for key in group.members}
        index = pd.Index(list(keys), name="adcode", dtype="str")
        outside = [key for key in index if key not in group_of]
        if outside:
            raise InputError("regions.group_left_out", partition=self.name, keys=outside)
        return pd.Series([group_of[key] for key in index], index=index, name=self.name, dtype="str")

    def restricted(self, keys: Iterable[str]) -> Grouping:
        """Keep only some regions; groups that are empty then are left out."""
        kept = set(keys)
        groups = (
            replace(group, members=tuple(key for key in group.members if key in kept))
            for group in self.groups
        )
        return replace(self, groups=tuple(group for group in groups if group.members))


def read_groups(
    path: str | Path | None = None,
    keys: Regions | Iterable[str] | None = None,
    *,
    open_partitions: bool = False,
) -> dict[str, Grouping]:
    """Read groups of regions from a TOML file.

    Parameters
    ----------
    path : str or Path, optional
        File with ``[[groups]]``: ``id``, ``name``, ``name_zh``, ``kind``, ``members``, ``source``,
        and ``partition`` for zones. None: the groups that come with the bundled provinces.
    keys : Regions or iterable of str, optional
        The regions there are, or their keys. None: the bundled provinces.
    open_partitions : bool
        Let a partition leave regions out, as those of a base map that are not counted.

    Returns
    -------
    dict of Grouping
        Partitions under their own names (``"zones"``, ``"north_south"``), covers as ``"belts"``,
        ``"clusters"`` and ``"areas"``, in the order of the file.

    Raises
    ------
    InputError
        With everything that is wrong: unknown kind or member, an id that stands twice, a partition
        that leaves a region out or holds it twice.

    Examples
    --------
    >>> groupings = read_groups()
    >>> list(groupings)
    ['zones', 'north_south', 'belts', 'clusters', 'areas']
    >>> groupings["zones"].assignment(["460000", "540000"]).to_list()
    ['east', 'west']
    >>> groupings["clusters"].members["pearl_river_delta_cluster"]
    ('440000',)
    """
    file = Path(path) if path is not None else boundaries_folder() / "groups.toml"
    if keys is None:
        keys = bundled_regions()
    known = keys.keys if isinstance(keys, Regions) else [str(key) for key in keys]
    problems = Problems()
    groups, doubtful = _groups(
        _keyed(_load(file), keys) if isinstance(keys, Regions) else _load(file),
        file.name,
        set(known),
        [*keys.spelled, *known] if isinstance(keys, Regions) else known,
        problems,
    )
    groupings = _gathered(groups)
    told = {key: region_label(keys, key) if isinstance(keys, Regions) else key for key in known}
    for grouping in groupings.values():
        if grouping.is_partition and not doubtful & {grouping.name, None}:
            members = {key for group in grouping.groups for key in group.members}
            wanted = [key for key in known if key in members or not open_partitions]
            _check_partition(grouping, wanted, told, file.name, problems)
    problems.raise_if_any()
    return groupings


def check_groups(path: Path) -> None:
    """Raise for what is wrong with a file of groups, whatever the regions are."""
    problems = Problems()
    _groups(_load(path), path.name, None, [], problems)
    problems.raise_if_any()


def _load(file: Path) -> list[Any]:
    """Read the entries of the file."""
    text, _ = decode_toml(file_bytes(file), file.name)
    content = parse_toml(text, file.name)
    entries = content.get("groups")
    if not isinstance(entries, list) or not entries or set(content) != {"groups"}:
        raise InputError("regions.group_none", file=file, found=sorted(content) or "-")
    return entries


def _keyed(entries: list[Any], regions: Regions) -> list[Any]:
    """Put keys for the members that are names of regions; what matches nothing stays as it is."""
    found = []
    for entry in entries:
        members = entry.get("members") if isinstance(entry, Mapping) else None
        if isinstance(members, list) and all(isinstance(each, str) for each in members):
            keys = match_names(members, regions).keys
            named = [
                each if pd.isna(key) else str(key) for each, key in zip(members, keys, strict=True)
            ]
            entry = {**entry, "members": named}
        found.append(entry)
    return found


def _groups(
    entries: list[Any], file: str, known: set[str] | None, spelled: list[str], problems: Problems
) -> tuple[list[Group], set[str | None]]:
    """Turn entries into groups, gathering everything that is wrong.

    Beside them stand the partitions of which a zone is wrong, None where one's is not known.
    """
    groups = []
    doubtful: set[str | None] = set()
    for number, entry in enumerate(entries, start=1):
        if not isinstance(entry, Mapping):
            problems.add("regions.group_none", file=file, found=repr(entry))
            doubtful.add(None)
            continue
        where = {"file": file, "group": entry.get("id") or f"[[groups]] {number}"}
        before = len(problems)
        _check_fields(entry, where, problems)
        if len(problems) > before:
            doubtful.add(str(entry["partition"]) if "partition" in entry else None)
            continue
        members = [str(member) for member in entry["members"]]
        for member, count in Counter(members).items():
            if known is not None and member not in known:
                problems.unknown("regions.group_member_unknown", member, spelled, **where)
            if count > 1:
                problems.add("regions.group_member_twice", **where, member=member)
        if len(problems) > before:
            doubtful |= {str(entry["partition"])} if "partition" in entry else set()
        groups.append(
            Group(
                id=str(entry["id"]),
                name=Text.of(entry, "name") or Text(str(entry["id"])),
                kind=entry["kind"],
                members=tuple(sorted(set(members))),
                source=str(entry.get("source", "")),
                partition=str(entry["partition"]) if "partition" in entry else None,
            )
        )
    for identity, count in Counter(group.id for group in groups).items():
        if count > 1:
            problems.add("regions.group_twice", file=file, group=identity, count=count)
    return groups, doubtful


def _check_fields(entry: Mapping[str, Any], where: dict[str, Any], problems: Problems) -> None:
    """Check one entry's fields."""
    for name in entry:
        if name not in _FIELDS:
            problems.unknown("regions.group_field_unknown", name, _FIELDS, **where)
    if not str(entry.get("id", "")).strip():
        problems.add("regions.group_field_missing", **where, field="id")
    kind = entry.get("kind")
    if kind not in KINDS:
        problems.add("regions.group_kind", **where, found=kind, known=list(KINDS))
    else:
        _check_partition_name(
            kind == "zone", str(entry.get("partition", "")).strip(), where, problems
        )
    members = entry.get("members")
    if not isinstance(members, list) or not members:
        problems.add("regions.group_members", **where)
    elif not all(isinstance(member, str) for member in members):
        odd = [member for member in members if not isinstance(member, str)]
        problems.add("regions.group_member_text", **where, found=odd)


def _check_partition_name(
    is_zone: bool, partition: str, where: dict[str, Any], problems: Problems
) -> None:
    """Zones stand under a named partition, other kinds under none."""
    if is_zone and not partition:
        problems.add("regions.group_partition_missing", **where)
    elif is_zone and partition in COVERS.values():
        problems.add("regions.group_partition_name", **where, found=partition)
    elif partition and not is_zone:
        problems.add("regions.group_partition_idle", **where)


def _gathered(groups: list[Group]) -> dict[str, Grouping]:
    """Gather zones by partition, the others by kind."""
    names: dict[str, list[Group]] = {}
    for group in groups:
        names.setdefault(group.partition or COVERS[group.kind], []).append(group)
    return {
        name: Grouping(name, tuple(members), members[0].partition is not None)
        for name, members in names.items()
    }


def _check_partition(
    grouping: Grouping,
    known: list[str],
    told: Mapping[str, Any],
    file: str,
    problems: Problems,
) -> None:
    """Every region must be in exactly one group of a partition."""
    held: dict[str, list[str]] = {}
    for group in grouping.groups:
        for key in group.members:
            held.setdefault(key, []).append(group.id)
    left_out = [key for key in known if key not in held]
    if left_out:
        names = [told[key] for key in left_out]
        problems.add("regions.group_partition_open", file=file, partition=grouping.name, keys=names)
    for key, ids in held.items():
        if len(ids) > 1:
            problems.add(
                "regions.group_partition_double",
                file=file,
                partition=grouping.name,
                key=told.get(key, key),
                groups=ids,
            )
