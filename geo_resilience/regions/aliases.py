"""The user's own table of further names."""

from __future__ import annotations

import csv
from pathlib import Path

from geo_resilience.errors import InputError, Problems

__all__ = ["read_aliases"]


def read_aliases(path: str | Path) -> dict[str, str]:
    """Read a table of further names for regions.

    Parameters
    ----------
    path : str or Path
        CSV with a header row and two columns: the name as it stands in the tables, and the key or
        name of the region that it means. UTF-8 or GB18030.

    Returns
    -------
    dict of str
        Key or name of the region, by further name.

    Raises
    ------
    InputError
        If the file cannot be read, a row has not two filled cells, or a name is given two meanings.
    """
    file = Path(path)
    rows = list(csv.reader(_text(file).splitlines()))
    problems = Problems()
    aliases: dict[str, str] = {}
    first: dict[str, int] = {}
    for number, row in enumerate(rows[1:], start=2):
        cells = [cell.strip() for cell in row]
        if not any(cells):
            continue
        if len(cells) != 2 or not all(cells):
            problems.add("regions.alias_row", file=file, row=number, found=row)
            continue
        name, target = cells
        if aliases.setdefault(name, target) != target:
            problems.add(
                "regions.alias_twice",
                file=file,
                rows=[first[name], number],
                name=name,
                targets=[aliases[name], target],
            )
        first.setdefault(name, number)
    if not aliases and not len(problems):
        problems.add("regions.alias_none", file=file)
    problems.raise_if_any()
    return aliases


def _text(file: Path) -> str:
    """Read the text of the file."""
    if file.is_dir():
        raise InputError("regions.is_folder", file=file, hint="")
    try:
        content = file.read_bytes()
    except FileNotFoundError:
        raise InputError("regions.no_file", file=file, hint="") from None
    except OSError as error:
        raise InputError("regions.unreadable", file=file, reason=error.strerror) from error
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError as error:
            position = error.start + 1
    raise InputError("regions.not_utf8", file=file, position=position)
