"""A framework as sheets: a row an entry, a column a key, headed in any language."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from geo_resilience import words
from geo_resilience.errors import InputError, Problems, nearest
from geo_resilience.indicators._framework_files import CHOICES, PARTS, TITLED, WrittenFramework
from geo_resilience.tables._cells import folded, read_number
from geo_resilience.tables._reading import SheetRows, read_raw, read_rows
from geo_resilience.tables._sheets import NEW
from geo_resilience.tables._sheetxml import column_letter
from geo_resilience.tables._workbooks import filled_sheets
from geo_resilience.text import keys_of

#: Rows in which headings are looked for.
_TOP = 20
#: Between the names that a heading, a sheet or a value may bear; the first is the one written.
_OR = "|"
#: What stands for a key only beside others: the second of two or of three levels.
_SECOND = "second"
#: A column that says nothing to the program.
_REMARK = "remark"
#: Columns of names.
_NAMES = tuple(keys_of("name").values())
#: Sheet of title and source.
TITLES = "framework"


def names_of(kind: str, key: str, language: str) -> list[str]:
    """Give what a heading, sheet or value is called in a language, that to be written first."""
    name = key.replace(" ", "_").replace(".+", ".plus").replace(".-", ".minus")
    return words.say(f"framework_{kind}.{name}", language).split(_OR)


def _plain(name: object) -> str:
    return "".join(folded(name).casefold().replace("_", " ").split())


@cache
def _meanings(kind: str, keys: tuple[str, ...]) -> dict[str, str]:
    """Give the key that each name means, in whatever language."""
    return {
        _plain(name): key
        for key in keys
        for language in words.LANGUAGES
        for name in (key, *names_of(kind, key, language))
    }


def sheet_layout(path: Path, content: bytes, problems: Problems) -> WrittenFramework:
    """Read the entries of a workbook or of a table of indicators; what is wrong is noted."""
    found = WrittenFramework(path.name)
    sheets: dict[str, str | None] = {"indicators": None}
    if content.startswith(NEW):
        sheets = _sheets(filled_sheets(content, path.name), path.name)
    for part, sheet in sheets.items():
        with problems.caught():
            if part == TITLES:
                found.top.update(_titles(read_rows(path, sheet=sheet)))
            else:
                _read(path, sheet, part, found, problems)
    named = [each.get("dimension", "") for each in found.parts["indicators"]]
    if "dimensions" not in sheets:
        found.parts["dimensions"] = [{"code": code} for code in dict.fromkeys(named) if code]
    return found


def _sheets(titles: list[str], file: str) -> dict[str, str | None]:
    """Tell which sheet holds which part; a sheet alone holds the indicators."""
    parts = ("indicators", *(part for part in PARTS if part != "indicators"), TITLES)
    meanings = _meanings("sheet", parts)
    known = {meanings[_plain(title)]: title for title in titles if _plain(title) in meanings}
    others = [title for title in titles if title not in known.values()]
    named = list(dict.fromkeys(name for part in parts for name in (part, *_called("sheet", part))))
    problems = Problems()
    for title in others:
        if nearest(title, named):
            problems.unknown("indicators.framework_sheet", title, named, file=file)
    problems.raise_if_any()
    if "indicators" not in known and len(others) != 1:
        raise InputError("indicators.framework_no_sheet", file=file, found=titles or "-")
    return {part: known.get(part, others[0] if others else "") for part in parts
            if part in known or part == "indicators"}  # fmt: skip


def _called(kind: str, key: str) -> list[str]:
    """Give what a key is called in every language, as it is written."""
    return [names_of(kind, key, language)[0] for language in words.LANGUAGES]


def _keys(part: str) -> tuple[str, ...]:
    return (*PARTS[part], _REMARK, *((_SECOND,) if part == "indicators" else ()))


def _read(
    path: Path, sheet: str | None, part: str, found: WrittenFramework, problems: Problems
) -> None:
    """Read the entries of a sheet."""
    rows = read_rows(path, sheet=sheet)
    top, head = _head(rows, part)
    table = read_raw(path, sheet=sheet, headings=(top,))
    columns = {key: heading for key, heading in head.items() if key in PARTS[part]}
    for key, heading in columns.items():
        found.headings[part, key] = _heading(rows, heading)
    rows_of: dict[str, list[int]] = {}
    for number, row in table.frame.iterrows():
        entry, told = {}, {"file": table.file, "row": number}
        for key, heading in columns.items():
            cell = row[heading].strip()
            if cell:
                at = {**told, "key": found.headings[part, key], "found": cell}
                entry[key] = _value(key, cell, PARTS[part][key], at, problems)
        if "code" not in entry:
            if entry:
                problems.add("indicators.framework_row_without_code", **told)
            continue
        found.parts[part].append(entry)
        rows_of.setdefault(entry["code"], []).append(number)
    key = f"problem.indicators.framework_place{'' if sheet else '_row'}"
    for code, numbers in rows_of.items():
        place = {"code": code, "row": numbers, "sheet": sheet or ""}
        found.places[part, code] = words.Phrase(key, place)


def _head(sheet: SheetRows, part: str) -> tuple[int, dict[str, str]]:
    """Find the row of headings, and the heading of each key; those of no key are refused."""
    meanings = _meanings("column", _keys(part))
    for number, row in enumerate(sheet.rows[:_TOP], start=1):
        cells = [" ".join(cell.split()) for cell in row]
        keys = [(meanings.get(_plain(cell), ""), cell) for cell in cells if cell]
        known = {key for key, _ in keys if key}
        if len(known) > 1 and known & {"code", *_NAMES, _SECOND}:
            return number, _columns(keys, sheet.file, part)
    wanted = [_called("column", key) for key in ("code", *_needed(part))]
    shown = next((row for row in sheet.rows if sum(map(bool, row)) > 1), [])
    raise InputError(
        "indicators.framework_no_heading",
        file=sheet.file,
        found=[cell for cell in shown if cell] or "-",
        expected=["/".join(dict.fromkeys(names)) for names in wanted],
    )


def _needed(part: str) -> Iterable[str]:
    return {"indicators": ("direction", "dimension"), "variables": ("role",)}.get(part, ())


def _columns(keys: list[tuple[str, str]], file: str, part: str) -> dict[str, str]:
    problems, head = Problems(), dict[str, str]()
    for key, heading in keys:
        if not key:
            known = [name for each in PARTS[part] for name in (each, *_called("column", each))]
            problems.unknown(
                "indicators.framework_column", heading, dict.fromkeys(known), file=file
            )
        elif key in head and key != _REMARK:
            same = {"file": file, "one": head[key], "other": heading, "key": key}
            problems.add("indicators.framework_column_twice", **same)
        head[key] = heading
    if _SECOND in head:  # of three levels the second is a group, of two it is the indicator
        third = any(key in head for key in _NAMES)
        head["group" if third else "name_zh"] = head.pop(_SECOND)
    for key in _needed(part):
        if key not in head:
            name = "/".join(dict.fromkeys(_called("column", key)))
            problems.add("indicators.framework_column_missing", file=file, column=name)
    problems.raise_if_any()
    named = next((head[key] for key in reversed(_NAMES) if key in head), "")
    return {"code": named, **head}  # without codes, names are the codes


def _heading(sheet: SheetRows, heading: str) -> words.Phrase:
    """Name a column by its heading and letter."""
    rows = ([" ".join(cell.split()) for cell in row] for row in sheet.rows[:_TOP])
    at = next(row.index(heading) for row in rows if heading in row)
    values = {"heading": heading, "letter": column_letter(at + 1)}
    return words.Phrase("problem.indicators.framework_heading", values)


def _value(key: str, cell: str, kind: type, at: Mapping[str, Any], problems: Problems) -> Any:
    """Take a cell as the key has it."""
    if kind is float:
        number = read_number(cell)
        if math.isnan(number):
            problems.add("indicators.framework_cell", **at)
            return None
        return number
    if key not in CHOICES:
        return cell
    known = tuple(f"{key}.{each}" for each in CHOICES[key])
    meant = _meanings("value", known).get(_plain(cell))
    return cell if meant is None else meant.removeprefix(f"{key}.")


def _titles(sheet: SheetRows) -> dict[str, Any]:
    """Read title and source: a key and what it says in each row."""
    meanings, problems, top = _meanings("column", (*TITLED, _REMARK)), Problems(), {}
    for _, row in sheet.filled():
        key, value = meanings.get(_plain(row[0])), next((cell for cell in row[1:] if cell), "")
        if key is None:
            problems.unknown("indicators.framework_column", row[0], TITLED, file=sheet.file)
        elif value:
            top[key] = value
    problems.raise_if_any()
    return top
