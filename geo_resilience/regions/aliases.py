"""The user's own table of further names."""

from __future__ import annotations

from pathlib import Path

from geo_resilience.errors import Problems
from geo_resilience.regions.ground import Regions
from geo_resilience.regions.names import match_names
from geo_resilience.tables._reading import read_rows

__all__ = ["read_aliases"]


def read_aliases(path: str | Path, regions: Regions | None = None) -> dict[str, str]:
    """Read a table of further names for regions.

    Parameters
    ----------
    path : str or Path
        A table with a header row and two columns: the name as it stands in the tables, and the key
        or name of the region that it means. UTF-8, UTF-16 or GB18030.
    regions : Regions, optional
        With them a first row that means one of them is no header but an alias.

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
    rows = read_rows(file).filled()
    if rows and not _is_alias(rows[0][1], regions):
        rows = rows[1:]
    problems = Problems()
    aliases: dict[str, str] = {}
    first: dict[str, int] = {}
    for number, cells in rows:
        if len(cells) != 2 or not all(cells):
            problems.add("regions.alias_row", file=file, row=number, found=cells)
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


def _is_alias(cells: list[str], regions: Regions | None) -> bool:
    """Whether a first row means a region, as no header does."""
    if regions is None or len(cells) != 2:
        return False
    return not match_names(cells[1:], regions).reasons
