"""The recipe: what is taken for what, as a small TOML that a person corrects and runs again."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from geo_resilience.errors import InputError, Problems
from geo_resilience.indicators.yearbooks._layout import FigureColumn, TableLayout
from geo_resilience.tables._reading import file_bytes
from geo_resilience.tables._sheetxml import column_letter, column_number
from geo_resilience.tables._toml import checked_values, decode_toml, parse_toml, toml_text
from geo_resilience.words import Phrase, say

_LETTERS = re.compile(r"[A-Za-z]{1,3}")
_SOURCES = ("title", "sheet", "file")


class _Unfit(Exception):  # noqa: N818 - never leaves this module
    """A value is not what its key holds; its text names what would be."""


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise _Unfit("text")
    return value.strip()


def _whole(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= 9_999_999:
        raise _Unfit("row")
    return value


def _row(value: object) -> int:
    return _whole(value) - 1


def _rows(value: object) -> tuple[int, ...]:
    if isinstance(value, int):
        return (_row(value),)
    if not isinstance(value, list | tuple):
        raise _Unfit("rows")
    rows = tuple(map(_row, value))
    if list(rows) != sorted(set(rows)):
        raise _Unfit("rows")
    return rows


def _span(value: object) -> tuple[int, int]:
    if not isinstance(value, list | tuple) or len(value) != 2:
        raise _Unfit("span")
    first, last = map(_row, value)
    if first > last:
        raise _Unfit("span")
    return first, last


def _letter(value: object) -> int:
    if not isinstance(value, str) or not _LETTERS.fullmatch(value.strip()):
        raise _Unfit("column")
    return column_number(value.strip().upper()) - 1


def _year(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= 9999:
        raise _Unfit("year")
    return value


def _year_or_column(value: object) -> int | str:
    if isinstance(value, str):
        _letter(value)
        return value
    return _year(value)


def _source(value: object) -> str:
    if value not in _SOURCES:
        raise _Unfit("source")
    return str(value)


def _truth(value: object) -> bool:
    if not isinstance(value, bool):
        raise _Unfit("truth")
    return value


def _texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list | tuple):
        raise _Unfit("texts")
    return tuple(map(_text, value))


def _names(value: object) -> dict[str, str]:
    if not isinstance(value, Mapping):
        raise _Unfit("names")
    return {_text(label): _text(region) for label, region in value.items()}


def _columns(value: object) -> tuple[FigureColumn, ...]:
    if not isinstance(value, list | tuple) or not value:
        raise _Unfit("columns")
    found = []
    for each in value:
        known = {"at", "figure", "unit", "year", "region"}
        if not isinstance(each, Mapping) or "at" not in each or not known.issuperset(each):
            raise _Unfit("columns")
        texts = {key: _text(each.get(key, "")) for key in ("figure", "unit", "region")}
        year = None if each.get("year") is None else _year(each["year"])
        found.append(FigureColumn(_letter(each["at"]), year=year, **texts))
    if len({each.at for each in found}) < len(found):
        raise _Unfit("columns")
    return tuple(found)


#: What each key of a table holds.
KEYS: Mapping[str, Callable[[object], Any]] = {
    "file": _text,
    "sheet": _text,
    "skip": _truth,
    "headings": _rows,
    "unit_row": _row,
    "rows": _span,
    "region": _letter,
    "of_region": _text,
    "year": _year_or_column,
    "year_from": _source,
    "figure": _text,
    "figures_in": _letter,
    "unit": _text,
    "units_in": _letter,
    "left_out": _texts,
    "columns": _columns,
}

#: Keys that only ``[default]`` has.
_OF_ALL: Mapping[str, Callable[[object], Any]] = {"missing": _texts, "names": _names}


@dataclass(frozen=True, eq=False)
class Recipe:
    """What is taken for what, table by table.

    - ``default``: what holds for every table unless its own entry says otherwise.
    - ``entries``: keys of each ``[[tables]]`` as read (rows and columns from 0).
    - ``layouts``: tables of which all is known, as `read_yearbook` found them; and sheets that it
      passed over, by file.
    """

    default: Mapping[str, Any] = field(default_factory=dict)
    entries: Sequence[Mapping[str, Any]] = ()
    layouts: Sequence[TableLayout] = ()
    skipped: Sequence[tuple[str, str]] = ()

    @classmethod
    def of(cls, given: Recipe | Mapping[str, Any] | str | os.PathLike[str] | None) -> Recipe:
        """Read a recipe: a file, a mapping shaped like one, or one that was found."""
        if given is None:
            return cls()
        if isinstance(given, Recipe):
            return cls.of(parse_toml(given.to_toml(), "recipe"))
        if isinstance(given, Mapping):
            return _checked(checked_values(given, "recipe"), "recipe")
        name = Path(given).name
        text, _ = decode_toml(file_bytes(Path(given)), name)
        return _checked(parse_toml(text, name), name)

    def to_toml(self, language: str = "en") -> str:
        r"""Write it as TOML.

        Examples
        --------
        >>> Recipe({"year": 2015}).to_toml().splitlines()[-2:]
        ['[default]', 'year = 2015']
        """
        lines = [f"# {say(f'yearbook.recipe_{part}', language)}" for part in ("head", "rows")]
        if self.default:
            lines += ["", "[default]", *(f"{k} = {_told(k, v)}" for k, v in self.default.items())]
        for file, sheet in self.skipped:
            lines += ["", "[[tables]]", f"file = {toml_text(file)}", f"sheet = {toml_text(sheet)}"]
            lines += ["skip = true"]
        for entry in [*self.entries, *map(_entry, self.layouts)]:
            lines += ["", "[[tables]]", *(f"{k} = {_told(k, v)}" for k, v in entry.items())]
        return "\n".join([*lines, ""])

    def __str__(self) -> str:
        return self.to_toml()


def _checked(found: Mapping[str, Any], name: str) -> Recipe:
    """Check every key of a recipe."""
    problems = Problems()
    default = found.get("default", {})
    tables = found.get("tables", [])
    for key in found:
        if key not in ("default", "tables"):
            problems.unknown("yearbook.key_unknown", key, ("default", "tables"), file=name)
    if not isinstance(default, Mapping) or not isinstance(tables, list | tuple):
        raise InputError("yearbook.recipe_form", file=name)
    usual = {key: each for key, each in KEYS.items() if key not in ("file", "sheet")}
    read = _read(default, {**usual, **_OF_ALL}, "[default]", name, problems)
    entries = []
    for place, table in enumerate(tables, start=1):
        if isinstance(table, Mapping):
            entries.append(_read(table, KEYS, f"[[tables]] {place}", name, problems))
        else:
            problems.add("yearbook.recipe_form", file=name)
    problems.raise_if_any()
    return Recipe(read, entries)


def _read(
    table: Mapping[str, Any],
    known: Mapping[str, Callable[[object], Any]],
    where: str,
    name: str,
    problems: Problems,
) -> dict[str, Any]:
    read = {}
    for key, value in table.items():
        values = {"file": name, "table": where, "key": key}
        if key not in known:
            problems.unknown("yearbook.key_unknown", key, known, file=name)
            continue
        try:
            read[key] = known[key](value)
        except _Unfit as unfit:
            expected = Phrase(f"yearbook.expected.{unfit}")
            shown = json.dumps(value, ensure_ascii=False, default=str)[:60]
            problems.add("yearbook.value", found=shown, expected=expected, **values)
    return read


def hints_of(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Give what an entry says under the names that the search for a layout has for it."""
    hints = dict(entry)
    for key, name in {"figures_in": "figure_column", "units_in": "unit_column"}.items():
        if key in hints:
            hints[name] = hints.pop(key)
    if isinstance(hints.get("year"), str):
        hints["year_column"] = _letter(hints.pop("year"))
    return hints


def _entry(layout: TableLayout) -> dict[str, Any]:
    """Give the keys that say a layout."""
    year: int | str | None = layout.year
    if layout.year_column is not None:
        year = column_letter(layout.year_column + 1)
    said = {
        "file": layout.file,
        "sheet": layout.sheet,
        "headings": layout.headings,
        "unit_row": layout.unit_row,
        "rows": layout.rows,
        "region": layout.region,
        "of_region": layout.of_region or None,
        "year": year,
        "figures_in": layout.figure_column,
        "units_in": layout.unit_column,
        "left_out": layout.left_out or None,
        "columns": layout.columns,
    }
    return {key: value for key, value in said.items() if value is not None}


def _told(key: str, value: Any) -> str:
    """Write a value of a key as TOML: rows from 1, columns by letter."""
    if key in ("region", "figures_in", "units_in"):
        return toml_text(column_letter(value + 1))
    if key in ("headings", "rows"):
        return f"[{', '.join(str(row + 1) for row in value)}]"
    if key == "unit_row":
        return str(value + 1)
    if key == "columns":
        return "[\n" + "".join(f"    {_column(each)},\n" for each in value) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Mapping):
        pairs = (f"{toml_text(name)} = {toml_text(region)}" for name, region in value.items())
        return f"{{ {', '.join(pairs)} }}"
    if isinstance(value, tuple):
        return f"[{', '.join(map(toml_text, value))}]"
    return toml_text(value) if isinstance(value, str) else str(value)


def _column(column: FigureColumn) -> str:
    parts = [
        f"at = {toml_text(column_letter(column.at + 1))}",
        f"figure = {toml_text(column.figure)}",
    ]
    parts += [f"unit = {toml_text(column.unit)}"] if column.unit else []
    parts += [f"year = {column.year}"] if column.year is not None else []
    parts += [f"region = {toml_text(column.region)}"] if column.region else []
    return f"{{ {', '.join(parts)} }}"
