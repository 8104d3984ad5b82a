"""Finding a column by the name that a person wrote."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

__all__ = ["find_column", "folded"]


def folded(name: object) -> str:
    """Fold a name: full-width forms made plain, blanks around it dropped."""
    return unicodedata.normalize("NFKC", str(name)).strip()


def find_column(name: str, columns: Iterable[object]) -> str | None:
    """Find a column by its name: exactly, else by the one that folding makes equal to it.

    Expressions fold full-width letters as Python does, so that ``ＧＤＰ`` is ``GDP`` in them.

    Examples
    --------
    >>> find_column("GDP(亿元)", ["GDP（亿元）", "人口"])
    'GDP（亿元）'
    """
    known = [str(column) for column in columns]
    if name in known:
        return name
    same = [each for each in known if folded(each) == folded(name)]
    return same[0] if len(same) == 1 else None
