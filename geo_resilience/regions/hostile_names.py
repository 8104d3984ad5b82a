"""Names that would harm what they are written into: control signs, marks of direction, formulas."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence

from geo_resilience.notes import Note
from geo_resilience.tables._cells import read_number, seen

__all__ = ["cleaned_names"]

_SHOWN = 6
#: By these signs a spreadsheet takes a text for a formula.
_FORMULA = ("=", "+", "-", "@")


def cleaned_names(names: Sequence[str], file: str) -> tuple[list[str], list[Note]]:
    r"""Take out of names what is no letter of them.

    Parameters
    ----------
    names : sequence of str
    file : str
        Where they are from, for the notes.

    Returns
    -------
    names : list of str
        Without control characters, marks of direction and line breaks (blanks in their place).
    notes : list of Note
        Which names were changed, and which a spreadsheet would take for formulas: these stay as
        they are, since a sign in front would make them other names.

    Examples
    --------
    >>> cleaned_names(["Upper\nTown", "Ain\u202e", "=A1"], "own.gpkg")[0]
    ['Upper Town', 'Ain', '=A1']
    """
    cleaned = [_cleaned(name) for name in names]
    pairs = dict.fromkeys(zip(names, cleaned, strict=True))
    changed = [new for old, new in pairs if new != old]
    formulas = list(dict.fromkeys(name for name in cleaned if _is_formula(name)))
    notes = []
    if changed:
        values = {"count": len(changed), "names": changed[:_SHOWN]}
        notes.append(Note("regions.names_cleaned", file, values))
    if formulas:
        values = {"count": len(formulas), "names": formulas[:_SHOWN]}
        notes.append(Note("regions.names_formulas", file, values))
    return cleaned, notes


def _cleaned(name: str) -> str:
    kept = "".join(_kept(sign) for sign in seen(name))
    return name if kept == name else " ".join(kept.split())


def _kept(sign: str) -> str:
    if unicodedata.category(sign) in ("Cc", "Zl", "Zp"):
        return " " if sign.isspace() else ""
    return sign


def _is_formula(name: str) -> bool:
    """Whether a spreadsheet calculates a text; a number, -1 say, stays what it is."""
    return name.startswith(_FORMULA) and math.isnan(read_number(name))
