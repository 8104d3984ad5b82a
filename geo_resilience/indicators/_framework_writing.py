"""Writing a framework: as TOML, or as a workbook to fill in."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from geo_resilience.errors import InputError, Problems
from geo_resilience.files import put_in_place
from geo_resilience.indicators._framework import Dimension, Framework, Indicator, Variable
from geo_resilience.indicators._framework_files import CHOICES, PARTS
from geo_resilience.indicators._framework_sheets import TITLES, names_of
from geo_resilience.tables._sheetxml import column_letter
from geo_resilience.tables._toml import toml_text
from geo_resilience.text import Text, keys_of

#: Letters that a cell of a workbook holds.
_MOST_LETTERS = 32_767
#: Width of columns in letters: of most, and of those that hold sentences.
_WIDTH, _WIDE = 14, 40
#: Rows below the last entry in which a sheet offers the choices.
_MORE_ROWS = 200


def write_framework(framework: Framework, path: str | Path, *, language: str = "en") -> None:
    """Write an index system as TOML or as a workbook, whose sheets `read_framework` reads alike.

    Parameters
    ----------
    framework : Framework
    path : str or Path
        Ending in ``.toml`` or ``.xlsx``.
    language : {"en", "zh"}
        Of the headings of a workbook.

    Raises
    ------
    InputError
        If the ending is another, or a text is too long for a cell.
    OutputError
        If the file cannot be written.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from geo_resilience.indicators import read_framework
    >>> framework = read_framework("high_tech")
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder) / "framework.xlsx"
    ...     write_framework(framework, file, language="zh")
    ...     read_framework(file) == framework
    True
    """
    path = Path(path)
    match path.suffix.lower():
        case ".toml":
            content = framework_toml(framework).encode()
        case ".xlsx":
            content = _workbook(framework, path.name, language)
        case _:
            raise InputError("indicators.framework_form", file=path.name)
    with put_in_place(path) as beside:
        beside.write_bytes(content)


def framework_toml(framework: Framework) -> str:
    """Write an index system as TOML."""
    lines = [f"{key} = {_literal(value)}" for key, value in _titles(framework).items()]
    for part, entries in _parts(framework).items():
        for entry in entries:
            lines += ["", f"[[{part}]]"]
            lines += [f"{key} = {_literal(value)}" for key, value in entry.items()]
    return "\n".join(lines).lstrip("\n") + "\n"


def _literal(value: str | float) -> str:
    """Write a value as TOML; a text of several lines on several lines."""
    if isinstance(value, float):
        return repr(value)
    text = toml_text(value)
    if "\n" not in value:
        return text
    return '"""\n' + text[1:-1].replace("\\n", "\n") + '\n"""' if "\\\\" not in text else text


def _titles(framework: Framework) -> dict[str, str]:
    said = (_said(text, name) for name, text in framework.texts.items())
    return {key: value for each in said for key, value in each.items()}


def _said(text: Text, name: str) -> dict[str, str]:
    """Give the keys of a text: of the first language, and of those that say something else."""
    keys = keys_of(name)
    first, *_ = keys
    told = {key: text[language] for language, key in keys.items()}
    return {
        key: each for key, each in told.items() if each and (key == name or each != text[first])
    }


def _parts(framework: Framework) -> dict[str, list[dict[str, Any]]]:
    """Give the entries of each part that has any, with the keys that say something."""
    found: Mapping[str, Iterable[Dimension | Indicator | Variable]]
    found = {part: getattr(framework, part) for part in PARTS}
    return {part: [_entry(each, part) for each in each_of] for part, each_of in found.items()}


def _entry(thing: Dimension | Indicator | Variable, part: str) -> dict[str, Any]:
    told: dict[str, Any] = {}
    for key, value in vars(thing).items():
        told |= _said(value, key) if isinstance(value, Text) else {key: value}
    return {key: told[key] for key in PARTS[part] if told.get(key) not in (None, "")}


def _workbook(framework: Framework, file: str, language: str) -> bytes:
    from openpyxl import Workbook

    book, problems = Workbook(), Problems()
    book.remove(book.active)
    parts = _parts(framework)
    for part in ("indicators", *(each for each in PARTS if each != "indicators")):
        if parts[part]:
            sheet = book.create_sheet(names_of("sheet", part, language)[0])
            _check_cells(parts[part], file, problems)
            problems.raise_if_any()
            _fill(sheet, part, parts[part], language)
    titles = [{"key": key, "value": value} for key, value in _titles(framework).items()]
    if titles:
        sheet = book.create_sheet(names_of("sheet", TITLES, language)[0])
        for row, each in enumerate(titles, start=1):
            _put(sheet, row, 1, names_of("column", each["key"], language)[0])
            _put(sheet, row, 2, each["value"])
        sheet.column_dimensions["A"].width = _WIDTH
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _check_cells(entries: list[dict[str, Any]], file: str, problems: Problems) -> None:
    """Note texts that a cell of a workbook cannot hold."""
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    for entry in entries:
        texts = {key: value for key, value in entry.items() if isinstance(value, str)}
        for key, value in texts.items():
            told = {"file": file, "key": key, "code": entry["code"]}
            if len(value) > _MOST_LETTERS:
                long = {"length": len(value), "most": _MOST_LETTERS}
                problems.add("indicators.framework_long", **told, **long)
            if ILLEGAL_CHARACTERS_RE.search(value):
                problems.add("indicators.framework_control", **told, found=repr(value))


def _fill(sheet: Any, part: str, entries: list[dict[str, Any]], language: str) -> None:
    """Write headings and entries; columns with choices offer them."""
    from openpyxl.styles import Font
    from openpyxl.worksheet.datavalidation import DataValidation

    for column, key in enumerate(PARTS[part], start=1):
        letter = column_letter(column)
        _put(sheet, 1, column, names_of("column", key, language)[0]).font = Font(bold=True)
        for row, entry in enumerate(entries, start=2):
            if key in entry:
                _put(sheet, row, column, entry[key])
        wide = key.startswith(("name", "measured", "definition", "source", "expression"))
        sheet.column_dimensions[letter].width = _WIDE if wide else _WIDTH
        if key in CHOICES:
            listed = ",".join(CHOICES[key])
            offered = DataValidation("list", formula1=f'"{listed}"', allow_blank=True)
            offered.add(f"{letter}2:{letter}{len(entries) + 1 + _MORE_ROWS}")
            sheet.add_data_validation(offered)
    sheet.freeze_panes = "B2"


def _put(sheet: Any, row: int, column: int, value: str | float) -> Any:
    """Write a cell; a text stays text, be it like a formula or a fault of a workbook.

    A number of more digits than workbooks write is kept as text.
    """
    cell = sheet.cell(row, column)
    if isinstance(value, float) and float(f"{value:.16g}") != value:
        value = repr(value)
    cell.value = value
    if isinstance(value, str):
        cell.data_type = "s"
    return cell
