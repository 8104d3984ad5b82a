"""Tables on the screen: a few columns and rows of them, in one language."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from geo_resilience.cli.console import tell
from geo_resilience.words import say

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["dated", "few", "plain", "show_table"]

#: Rows of a table shown on the screen; the files hold all.
_MOST = 25
_WIDE = 40
#: Names told of many.
_NAMED = 6


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
    other = [name for name in table if f"{name}_zh" in table]
    spoken = table.drop(columns=other if language == "zh" else [f"{name}_zh" for name in other])
    spoken = spoken.dropna(axis="columns", how="all").head(most)
    for name in spoken.select_dtypes(["object", "string", "category"]):
        spoken[name] = spoken[name].astype(object).where(spoken[name].notna(), "").astype(str)
        spoken[name] = spoken[name].str.slice(0, _WIDE)
    tell(spoken.to_string(index=False, float_format=lambda value: f"{value:{digits}}", na_rep=""))
    if len(table) > most:
        tell(say("cli.tables.rest", language, rows=len(table), shown=most))


def few(names: Iterable[str], language: str) -> list[str]:
    """Give the first few of many names, each once, and how many more there are."""
    told = list(dict.fromkeys(names))
    if len(told) <= _NAMED:
        return told
    return [*told[:_NAMED], say("summary.more", language, count=len(told) - _NAMED)]


def dated(year: Any, language: str) -> str:
    """Put a year in brackets; nothing for a table without years."""
    if str(year) in ("<NA>", "nan", "0"):
        return ""
    return say("cli.tables.dated", language, year=int(year))


def plain(value: Any) -> Any:
    """Give what a command was asked as plain values, without any folder."""
    if isinstance(value, tuple):
        return [plain(each) for each in value]
    return getattr(value, "name", value)
