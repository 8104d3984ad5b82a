"""What a command found for one table: a few rows on the screen, all of it in files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geo_resilience.cli._console import tell
from geo_resilience.text import keys_of
from geo_resilience.words import say

if TYPE_CHECKING:
    import pandas as pd

    from geo_resilience.study._case import Findings

#: Rows of a table shown on the screen; the files hold all.
_MOST = 25
_WIDE = 40


def show_table(
    table: pd.DataFrame,
    language: str,
    *,
    head: str,
    title: str = "",
    most: int = _MOST,
    digits: str = ".6g",
) -> None:
    """Print a table: texts of one language, the first rows of a long one."""
    tell(f"[{head}] {title}".rstrip())
    named = [keys for keys in map(keys_of, map(str, table)) if {*keys.values()} <= {*table}]
    spoken = table.drop(
        columns=[key for keys in named for each, key in keys.items() if each != language]
    )
    spoken = spoken.dropna(axis="columns", how="all").head(most)
    for name in spoken.select_dtypes(["object", "string", "category"]):
        spoken[name] = spoken[name].astype(object).where(spoken[name].notna(), "").astype(str)
        spoken[name] = spoken[name].str.slice(0, _WIDE)
    tell(spoken.to_string(index=False, float_format=lambda value: f"{value:{digits}}", na_rep=""))
    if len(table) > most:
        tell(say("cli.tables.rest", language, rows=len(table), shown=most))


def dated(year: Any, language: str) -> str:
    """Put a year in brackets; nothing for a table without years."""
    if str(year) in ("<NA>", "nan", "0"):
        return ""
    return say("cli.tables.dated", language, year=int(year))


def hand_over(
    command: str,
    found: Findings,
    asked: Mapping[str, Any],
    read: Sequence[Path],
    language: str,
) -> None:
    """Write the tables of a command where it was asked for; else say that it could."""
    from geo_resilience.study.output._files import write_tables
    from geo_resilience.tables import CATALOG

    files = [name for stem, table in found.tables.items() for name in CATALOG[stem].files(table)]
    options = dict(asked)
    out = options.pop("out")
    if out is None:
        tell(say("cli.tables.more", language, files=files))
        return
    paths = [*read, *(value for value in options.values() if isinstance(value, Path))]
    write_tables(
        found.tables,
        out,
        asked={"command": command, **{key: _plain(value) for key, value in options.items()}},
        inputs={path.name: path for path in paths},
        notes=found.notes,
        language=language,
    )
    tell(say("cli.tables.done", language, folder=out, files=files))


def _plain(value: Any) -> Any:
    """Give what a command was asked as plain values, without any folder."""
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    return value.name if isinstance(value, Path) else value
