"""Reading a framework from TOML, a workbook or a table; what is wrong is told with its place."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeVar

from geo_resilience import words
from geo_resilience.errors import InputError, Problems, nearest
from geo_resilience.indicators._expressions import parse
from geo_resilience.indicators._framework import (
    FIDELITIES,
    FRAMEWORK_TEXTS,
    ROLES,
    Dimension,
    Framework,
    Indicator,
    Variable,
    error_of,
    sign_of,
)
from geo_resilience.indicators._hierarchy import chain_of, siblings_of
from geo_resilience.tables._reading import file_bytes, kind_of
from geo_resilience.tables._sheets import NEW, OLD
from geo_resilience.tables._textfiles import TEXTS
from geo_resilience.tables._toml import decode_toml, parse_toml
from geo_resilience.text import Text, keys_of

#: Frameworks that come with the package, by name.
SHIPPED: tuple[str, ...] = ("high_tech", "table_2_1")

#: Keys of the framework as a whole.
TITLED: dict[str, type] = dict.fromkeys(
    (key for name in FRAMEWORK_TEXTS for key in keys_of(name).values()), str
)
_TOP = {**TITLED, "dimensions": list, "groups": list, "indicators": list, "variables": list}
_NAMED: dict[str, type] = dict.fromkeys(("code", *keys_of("name").values()), str)
_UNIT: dict[str, type] = dict.fromkeys(keys_of("unit").values(), str)
_ORIGIN: dict[str, type] = {"column": str, "expression": str}
_TOLD = ("source", "definition")
#: Parts of a framework, and the keys of an entry of each, in the order in which they are written.
PARTS: dict[str, dict[str, type]] = {
    "dimensions": {**_NAMED, "weight": float},
    "groups": {**_NAMED, "parent": str, "weight": float},
    "indicators": {
        **_NAMED,
        **_UNIT,
        **dict.fromkeys(("direction", "dimension", "group"), str),
        "weight": float,
        **_ORIGIN,
        **dict.fromkeys((*keys_of("measured_as").values(), "fidelity"), str),
        **{key: str for name in _TOLD for key in keys_of(name).values()},
        **dict.fromkeys(("prices", "standard_error"), str),
    },
    "variables": {**_NAMED, **_UNIT, **_ORIGIN, "role": str, "partition": str},
}
_PRICES = ("current", "constant")
#: What a key may say, where it may not say anything.
CHOICES: dict[str, tuple[str, ...]] = {
    "direction": ("+", "-"),
    "fidelity": FIDELITIES,
    "prices": _PRICES,
    "role": ROLES,
}
# Columns of the result files, and those that a GeoPackage keeps for itself: a dimension or an
# indicator of this name, in whatever case, would stand twice in them.
_RESERVED = {
    *("adcode", *keys_of("name").values(), "year", "composite", "grade", "rank"),
    *("fid", "geom", "geometry"),
}


_Entry = TypeVar("_Entry", Dimension, Indicator, Variable)


@dataclass(frozen=True)
class WrittenFramework:
    """A framework as its file has it, and where each entry stands.

    - ``file``: its name.
    - ``parts``: entries by part; keys and kinds of values are right.
    - ``top``: title and source.
    - ``places``: sheet and row of an entry, by part and code; none in TOML.
    - ``headings``: column of a key, as the sheet heads it, by part and key; none in TOML.
    """

    file: str
    parts: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: {p: [] for p in PARTS})
    top: dict[str, Any] = field(default_factory=dict)
    places: dict[tuple[str, str], words.Phrase] = field(default_factory=dict)
    headings: dict[tuple[str, str], words.Phrase] = field(default_factory=dict)

    def entry(self, part: str, code: str) -> str | words.Phrase:
        """Name an entry by its code and, in a sheet, its place."""
        return self.places.get((part, code), code)

    def key(self, part: str, key: str) -> str | words.Phrase:
        """Name a key as the file does."""
        return self.headings.get((part, key), key)


def read_framework(path: str | Path) -> Framework:
    """Read an index system.

    Parameters
    ----------
    path : str or Path
        A TOML file; a workbook (XLSX) with a sheet ``indicators`` and, where wanted,
        ``dimensions``, ``groups``, ``variables`` and ``framework`` (title and source); a table
        (CSV) of the indicators alone; or the name of a shipped framework: ``"high_tech"`` or
        ``"table_2_1"``.

    Returns
    -------
    Framework

    Raises
    ------
    InputError
        With everything that is wrong with it; of a sheet with sheet, row and column.

    Notes
    -----
    Sheets have a column a key of the TOML file, headed by the key or by what it is called in
    Chinese. Without a sheet of them, dimensions are those that the indicators name.

    Examples
    --------
    >>> framework = read_framework("high_tech")
    >>> len(framework.codes), framework.directions["D321"]
    (12, '+')
    >>> read_framework("table_2_1").directions["D321"]
    '-'
    """
    problems = Problems()
    found = _layout(path, problems)
    framework = Framework(
        **{name: Text.of(found.top, name) for name in FRAMEWORK_TEXTS},
        dimensions=tuple(_made(Dimension, table) for table in found.parts["dimensions"]),
        indicators=tuple(_made(Indicator, table) for table in found.parts["indicators"]),
        variables=tuple(_made(Variable, table) for table in found.parts["variables"]),
        groups=tuple(_made(Dimension, table) for table in found.parts["groups"]),
    )
    _check_codes(framework, found, problems)
    _check_indicators(framework, found, problems)
    _check_variables(framework, found, problems)
    _check_origins(found, problems)
    _check_levels(framework, found, problems)
    problems.raise_if_any()
    return framework


def _layout(path: str | Path, problems: Problems) -> WrittenFramework:
    """Read a file's entries, of whatever form it is."""
    content, name = framework_bytes(path)
    if content.startswith((NEW, OLD)) or Path(name).suffix.lower() in TEXTS:
        from geo_resilience.indicators._framework_sheets import sheet_layout

        return sheet_layout(Path(path), content, problems)
    text, _ = decode_toml(content, name)
    raw = parse_toml(text, name)
    _check_keys(raw, _TOP, "", name, problems)
    parts = {part: _tables(raw, part, name, problems) for part in PARTS}
    return WrittenFramework(name, parts, {key: raw.get(key) for key in TITLED})


def framework_bytes(path: str | Path) -> tuple[bytes, str]:
    """Give what stands in a framework's file, and the file's name."""
    if str(path) in SHIPPED:
        file = files("geo_resilience.indicators") / "frameworks" / f"{path}.toml"
        return file.read_bytes(), f"{path}.toml"
    path = Path(path)
    if not kind_of(path):
        endings = (".toml", ".xlsx", *TEXTS)
        beside = sorted(path.parent.glob("*"))
        there = [*SHIPPED, *(each.name for each in beside if each.suffix.lower() in endings)]
        known = nearest(path.name, there) or there
        raise InputError("indicators.framework_missing", file=path, known=known)
    return file_bytes(path), path.name


def _check_keys(
    table: Mapping[str, Any], known: Mapping[str, type], where: str, file: str, problems: Problems
) -> None:
    """Note keys that are unknown and values that are of another type."""
    for key, value in table.items():
        if key not in known:
            problems.unknown("indicators.framework_key", key, known, file=file, where=where)
            continue
        wanted = known[key]
        number = wanted is float and isinstance(value, (int, float)) and not isinstance(value, bool)
        if not (number or isinstance(value, wanted)):
            problems.add(
                f"indicators.framework_{wanted.__name__}",
                file=file,
                where=where,
                key=key,
                found=repr(value),
            )


def _tables(
    raw: Mapping[str, Any], part: str, file: str, problems: Problems
) -> list[dict[str, Any]]:
    """Give the tables of a part with a right shape; drop values of a wrong type, noted."""
    found = []
    entries = raw.get(part, [])
    for number, table in enumerate(entries if isinstance(entries, list) else [], start=1):
        where = f"[[{part}]] {number}"
        if not isinstance(table, dict):
            problems.add("indicators.framework_table", file=file, where=where, found=repr(table))
            continue
        where = f"{where} ({table['code']})" if isinstance(table.get("code"), str) else where
        _check_keys(table, PARTS[part], where, file, problems)
        if not _word(table, "code"):
            problems.add("indicators.framework_no_code", file=file, where=where)
            continue
        found.append(table)
    return found


def _word(table: Mapping[str, Any], key: str) -> str:
    value = table.get(key, "")
    return value.strip() if isinstance(value, str) else ""


def _weight(table: Mapping[str, Any]) -> float | None:
    value = table.get("weight")
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return float(value) if number and value is not None else None


def _made(kind: type[_Entry], table: Mapping[str, Any]) -> _Entry:
    """Make an entry of what its table says; without a name or an origin it has its code's."""
    said: dict[str, Any] = {
        each.name: Text.of(table, each.name) if each.type == "Text" else _word(table, each.name)
        for each in fields(kind)
    }
    said["name"] = said["name"] or Text(said["code"])
    if "weight" in said:
        said["weight"] = _weight(table)
    if "direction" in said:
        said["direction"] = sign_of(said["direction"]) or said["direction"]
    if "column" in said:
        said["expression"] = said["expression"] or None
        said["column"] = said["column"] or (None if said["expression"] else said["code"])
    return kind(**said)


def _check_codes(framework: Framework, found: WrittenFramework, problems: Problems) -> None:
    """Codes are unique within dimensions, within groups, and over indicators and variables."""
    file = found.file
    measured = framework.codes + [each.code for each in framework.variables]
    dimensions = [each.code for each in framework.dimensions]
    groups = [each.code for each in framework.groups]
    places = {"dimensions": dimensions, "groups": groups, "indicators": measured}
    for part, codes in places.items():
        for code in sorted({code for code in codes if codes.count(code) > 1}):
            told = {"file": file, "code": found.entry(part, code)}
            problems.add("indicators.framework_code_twice", **told)
    for code in dimensions + measured:
        if code.casefold() in _RESERVED:
            problems.add("indicators.framework_code_reserved", file=file, code=code)
    for code in dimensions:
        if code in measured:
            problems.add("indicators.framework_code_shared", file=file, code=code)
        alike = [other for other in dimensions if other.casefold() == code.casefold()]
        if len(set(alike)) > 1 and code == alike[0]:
            problems.add("indicators.framework_codes_alike", file=file, codes=alike)
    for code in dict.fromkeys((*groups, *(each.group for each in framework.indicators))):
        if code in framework.codes or (code in groups and code in dimensions):
            problems.add("indicators.framework_group_shared", file=file, code=code)
    if not framework.indicators:
        problems.add("indicators.framework_empty", file=file)


def _one_of(
    value: str,
    known: Iterable[str],
    key: str,
    part: str,
    code: str,
    found: WrittenFramework,
    problems: Problems,
) -> None:
    known = list(known)
    if value not in known:
        told = {"file": found.file, "code": found.entry(part, code), "key": found.key(part, key)}
        problems.unknown("indicators.framework_value", value, filter(None, known), **told)


def _check_indicators(framework: Framework, found: WrittenFramework, problems: Problems) -> None:
    dimensions = [each.code for each in framework.dimensions]
    groups = [each.code for each in framework.groups]
    part = "indicators"
    for indicator, table in zip(framework.indicators, found.parts[part], strict=True):
        code = indicator.code
        told = {"file": found.file, "code": found.entry(part, code)}
        if not indicator.direction:
            blank = ("direction",) if Text.of(table, "name") else ("name", "direction")
            keys = [found.key(part, key) for key in blank]
            problems.add("indicators.framework_blank", **told, keys=keys)
        asked = {
            **({"direction": CHOICES["direction"]} if indicator.direction else {}),
            "dimension": dimensions,
            **({"group": ("", *groups)} if groups else {}),
            "fidelity": ("", *FIDELITIES),
            "prices": ("", *_PRICES),
        }
        for key, known in asked.items():
            _one_of(getattr(indicator, key), known, key, part, code, found, problems)
        error = indicator.standard_error
        if error and error_of(error) is None:
            problems.add("indicators.framework_error", **told, found=error)
    used = {indicator.dimension for indicator in framework.indicators}
    for code in dimensions:
        if code not in used and framework.indicators:
            problems.add("indicators.framework_dimension_empty", file=found.file, code=code)


def _check_levels(framework: Framework, found: WrittenFramework, problems: Problems) -> None:
    """Note weights that are none, groups whose parents lead nowhere, and levels half weighed."""
    every = (("dimensions", framework.dimensions), ("groups", framework.groups))
    for part, entries in (*every, ("indicators", framework.indicators)):
        for each in entries:
            if each.weight is not None and not (math.isfinite(each.weight) and each.weight >= 0):
                told = {"file": found.file, "code": found.entry(part, each.code)}
                problems.add("indicators.framework_weight", **told, found=f"{each.weight:g}")
    if len(problems):
        return  # what follows asks for a tree that hangs together
    _check_parents(framework, found, problems)
    if framework.by_level and framework.indicators and not len(problems):
        _check_siblings(framework, found, problems)


def _check_parents(framework: Framework, found: WrittenFramework, problems: Problems) -> None:
    """Every group stands in a dimension, that of its indicators, and holds some."""
    parents = {each.code: each.parent for each in framework.groups}
    dimensions = [each.code for each in framework.dimensions]
    held = {node for path in framework.paths.values() for node in path}
    for code, parent in parents.items():
        told = {"file": found.file, "code": found.entry("groups", code)}
        if parent:
            known = [*dimensions, *parents]
            _one_of(parent, known, "parent", "groups", code, found, problems)
        above = chain_of(code, parents)
        if parents.get(above[0], "") in above:
            problems.add("indicators.framework_circle", **told, codes=[*above, above[0]])
        elif code not in held and (parent or framework.by_level):
            problems.add("indicators.framework_group_empty", **told)
    for each in framework.indicators:
        top = parents.get(framework.paths[each.code][1] if each.group else "", "")
        if top in dimensions and top != each.dimension:
            problems.add(
                "indicators.framework_elsewhere",
                file=found.file,
                code=found.entry("indicators", each.code),
                dimension=each.dimension,
                group=each.group,
                parent=top,
            )


def _check_siblings(framework: Framework, found: WrittenFramework, problems: Problems) -> None:
    """Side by side, all have a weight or none has; one at least is above 0."""
    weights = framework.local_weights
    leaves = [(*path, code) for code, path in framework.paths.items()]
    for parent, children in siblings_of(leaves).items():
        own = {child[-1]: weights[child] for child in children}
        told = {"file": found.file, "parent": parent[-1] if parent else "", "codes": list(own)}
        lacking = [code for code, weight in own.items() if weight is None]
        if 0 < len(lacking) < len(own):
            key = f"indicators.framework_half_weighed{'' if parent else '_top'}"
            problems.add(key, **told, lacking=lacking)
        elif not lacking and not sum(weight or 0.0 for weight in own.values()):
            key = f"indicators.framework_weightless{'' if parent else '_top'}"
            problems.add(key, **told)


def _check_variables(framework: Framework, found: WrittenFramework, problems: Problems) -> None:
    for variable in framework.variables:
        _one_of(variable.role, ROLES, "role", "variables", variable.code, found, problems)


def _check_origins(found: WrittenFramework, problems: Problems) -> None:
    """Note values with two origins and expressions that cannot be read."""
    entries = [(part, table) for part in ("indicators", "variables") for table in found.parts[part]]
    for part, table in entries:
        column, expression = _word(table, "column"), _word(table, "expression")
        told = {"file": found.file, "code": found.entry(part, _word(table, "code"))}
        if column and expression:
            problems.add("indicators.framework_two_origins", **told)
        if expression:
            try:
                parse(expression)
            except InputError as error:
                problems.add("indicators.framework_expression", **told, what=error.phrases)
