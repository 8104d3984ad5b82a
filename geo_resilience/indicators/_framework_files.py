"""Reading a framework from a TOML file."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

from geo_resilience import words
from geo_resilience.errors import InputError, Problems, nearest
from geo_resilience.indicators._expressions import parse
from geo_resilience.indicators._framework import (
    FIDELITIES,
    ROLES,
    Dimension,
    Framework,
    Indicator,
    Variable,
    error_of,
    sign_of,
)
from geo_resilience.tables._reading import file_bytes, kind_of
from geo_resilience.tables._toml import decode_toml, parse_toml
from geo_resilience.text import Text, keys_of

#: Frameworks that come with the package, by name.
SHIPPED: tuple[str, ...] = ("high_tech", "table_2_1")

_TOP = {
    **dict.fromkeys((*keys_of("title").values(), *keys_of("source").values()), str),
    "dimensions": list,
    "groups": list,
    "indicators": list,
    "variables": list,
}
_NAMED: dict[str, type] = dict.fromkeys(("code", *keys_of("name").values()), str)
_MADE: dict[str, type] = {
    **_NAMED,
    **dict.fromkeys((*keys_of("unit").values(), "column", "expression"), str),
}
_TOLD = ("measured_as", "definition", "source")
_PARTS: dict[str, dict[str, type]] = {
    "dimensions": _NAMED,
    "groups": _NAMED,
    "variables": {**_MADE, "role": str, "partition": str},
    "indicators": {
        **_MADE,
        **dict.fromkeys(("direction", "dimension", "group", "fidelity", "prices"), str),
        **{key: str for name in _TOLD for key in keys_of(name).values()},
        "standard_error": str,
        "weight": float,
    },
}
_PRICES = ("current", "constant")
# Columns of the result files, and those that a GeoPackage keeps for itself: a dimension or an
# indicator of this name, in whatever case, would stand twice in them.
_RESERVED = {
    *("adcode", *keys_of("name").values(), "year", "composite", "grade", "rank"),
    *("fid", "geom", "geometry"),
}


def read_framework(path: str | Path) -> Framework:
    """Read an index system.

    Parameters
    ----------
    path : str or Path
        A TOML file, or the name of a shipped framework: ``"high_tech"`` or ``"table_2_1"``.

    Returns
    -------
    Framework

    Raises
    ------
    InputError
        With everything that is wrong with it.

    Examples
    --------
    >>> framework = read_framework("high_tech")
    >>> len(framework.codes), framework.directions["D321"]
    (12, '+')
    >>> read_framework("table_2_1").directions["D321"]
    '-'
    """
    content, name = _content(path)
    text, _ = decode_toml(content, name)
    raw = parse_toml(text, name)
    problems = Problems()
    _check_keys(raw, _TOP, "", name, problems)
    parts = {part: _tables(raw, part, name, problems) for part in _PARTS}
    framework = Framework(
        title=Text.of(raw, "title"),
        dimensions=tuple(_named(table) for table in parts["dimensions"]),
        indicators=tuple(_indicator(table) for table in parts["indicators"]),
        variables=tuple(_variable(table) for table in parts["variables"]),
        source=Text.of(raw, "source"),
        groups=tuple(_named(table) for table in parts["groups"]),
    )
    _check_codes(framework, name, problems)
    _check_indicators(framework, parts["indicators"], name, problems)
    _check_variables(framework, name, problems)
    _check_origins(parts, name, problems)
    problems.raise_if_any()
    return framework


def _content(path: str | Path) -> tuple[bytes, str]:
    if str(path) in SHIPPED:
        file = files("geo_resilience.indicators") / "frameworks" / f"{path}.toml"
        return file.read_bytes(), f"{path}.toml"
    path = Path(path)
    if not kind_of(path):
        there = [*SHIPPED, *(each.name for each in path.parent.glob("*.toml"))]
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
        _check_keys(table, _PARTS[part], where, file, problems)
        if not _word(table, "code"):
            problems.add("indicators.framework_no_code", file=file, where=where)
            continue
        found.append(table)
    return found


def _word(table: Mapping[str, Any], key: str) -> str:
    value = table.get(key, "")
    return value.strip() if isinstance(value, str) else ""


def _named(table: Mapping[str, Any]) -> Dimension:
    code = _word(table, "code")
    return Dimension(code, Text.of(table, "name") or Text(code))


def _origin(table: Mapping[str, Any]) -> tuple[str | None, str | None]:
    """Give column and expression; with neither, the column is called like the code."""
    column, expression = _word(table, "column") or None, _word(table, "expression") or None
    return (column or (None if expression else _word(table, "code"))), expression


def _weight(table: Mapping[str, Any]) -> float | None:
    value = table.get("weight")
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return float(value) if number and value is not None else None


def _indicator(table: Mapping[str, Any]) -> Indicator:
    named = _named(table)
    column, expression = _origin(table)
    return Indicator(
        code=named.code,
        name=named.name,
        unit=Text.of(table, "unit"),
        direction=sign_of(_word(table, "direction")) or _word(table, "direction"),
        dimension=_word(table, "dimension"),
        group=_word(table, "group"),
        weight=_weight(table),
        column=column,
        expression=expression,
        definition=Text.of(table, "definition"),
        fidelity=_word(table, "fidelity"),
        source=Text.of(table, "source"),
        prices=_word(table, "prices"),
        standard_error=_word(table, "standard_error"),
        measured_as=Text.of(table, "measured_as"),
    )


def _variable(table: Mapping[str, Any]) -> Variable:
    named = _named(table)
    column, expression = _origin(table)
    return Variable(
        code=named.code,
        column=column,
        expression=expression,
        role=_word(table, "role"),
        name=named.name,
        unit=Text.of(table, "unit"),
        partition=_word(table, "partition"),
    )


def _check_codes(framework: Framework, file: str, problems: Problems) -> None:
    """Codes are unique within dimensions, within groups, and over indicators and variables."""
    measured = framework.codes + [each.code for each in framework.variables]
    for codes in (
        [each.code for each in framework.dimensions],
        [each.code for each in framework.groups],
        measured,
    ):
        for code in sorted({code for code in codes if codes.count(code) > 1}):
            problems.add("indicators.framework_code_twice", file=file, code=code)
    dimensions = [each.code for each in framework.dimensions]
    for code in dimensions + measured:
        if code.casefold() in _RESERVED:
            problems.add("indicators.framework_code_reserved", file=file, code=code)
    for code in dimensions:
        if code in measured:
            problems.add("indicators.framework_code_shared", file=file, code=code)
        alike = [other for other in dimensions if other.casefold() == code.casefold()]
        if len(set(alike)) > 1 and code == alike[0]:
            problems.add("indicators.framework_codes_alike", file=file, codes=alike)
    if not framework.indicators:
        problems.add("indicators.framework_empty", file=file)


def _one_of(
    value: str, known: Iterable[str], key: str, code: str, file: str, problems: Problems
) -> None:
    known = list(known)
    if value not in known:
        problems.unknown("indicators.framework_value", value, known, file=file, code=code, key=key)


#: What an indicator that is begun has to be given.
_FILLED_IN = (*keys_of("name").values(), "unit", "direction")


def _check_indicators(
    framework: Framework, tables: list[dict[str, Any]], file: str, problems: Problems
) -> None:
    dimensions = [each.code for each in framework.dimensions]
    groups = [each.code for each in framework.groups]
    for indicator, table in zip(framework.indicators, tables, strict=True):
        code = indicator.code
        if indicator.direction:
            _one_of(indicator.direction, ("+", "-"), "direction", code, file, problems)
        else:
            keys = [key for key in _FILLED_IN if not _word(table, key)]
            problems.add("indicators.framework_blank", file=file, code=code, keys=keys)
        _one_of(indicator.dimension, dimensions, "dimension", code, file, problems)
        if groups:
            _one_of(indicator.group, groups, "group", code, file, problems)
        _one_of(indicator.fidelity, ("", *FIDELITIES), "fidelity", code, file, problems)
        _one_of(indicator.prices, ("", *_PRICES), "prices", code, file, problems)
        error = indicator.standard_error
        if error and error_of(error) is None:
            problems.add("indicators.framework_error", file=file, code=code, found=error)
        weight = indicator.weight
        if weight is not None and not (math.isfinite(weight) and weight >= 0):
            problems.add("indicators.framework_weight", file=file, code=code, found=table["weight"])
    used = {indicator.dimension for indicator in framework.indicators}
    for code in dimensions:
        if code not in used and framework.indicators:
            problems.add("indicators.framework_dimension_empty", file=file, code=code)


def _check_variables(framework: Framework, file: str, problems: Problems) -> None:
    for variable in framework.variables:
        _one_of(variable.role, ROLES, "role", variable.code, file, problems)


def _phrases(error: InputError) -> list[words.Phrase]:
    return [words.Phrase(f"problem.{each.key}", each.values) for each in error.problems]


def _check_origins(
    parts: Mapping[str, list[dict[str, Any]]], file: str, problems: Problems
) -> None:
    """Note values with two origins and expressions that cannot be read."""
    for table in [*parts["indicators"], *parts["variables"]]:
        column, expression = _word(table, "column"), _word(table, "expression")
        code = _word(table, "code")
        if column and expression:
            problems.add("indicators.framework_two_origins", file=file, code=code)
        if expression:
            try:
                parse(expression)
            except InputError as error:
                problems.add(
                    "indicators.framework_expression", file=file, code=code, what=_phrases(error)
                )
