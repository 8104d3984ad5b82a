"""What the text of a cell says: a name, a number, a year, or that there is nothing."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

import numpy as np

#: Texts that say that there is nothing: a missing value, or none in a table of flows.
NOTHING: tuple[str, ...] = ("-", "--", "—", "——", "–")
#: Texts that stand for a missing value, whatever their case; a blank cell always does.
MISSING: tuple[str, ...] = (
    *NOTHING,
    *("..", "...", "…", "……"),
    *("NA", "N/A", "#N/A", "n.a.", "NaN", "null", "none"),
    *("缺失", "暂缺", "无数据"),
)

_PLAIN = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,9})?")
_GROUPED = re.compile(r"[+-]?[0-9]{1,3}(?:(?:,[0-9]{3})+|(?: [0-9]{3})+)(?:\.[0-9]+)?")
_INFINITE = re.compile(r"[+-]?(?:inf|infinity|∞|无穷大?)", re.IGNORECASE)
_DECIMAL_COMMA = re.compile(r"[+-]?(?:[0-9]+|[0-9]{1,3}(?:\.[0-9]{3})+),[0-9]+")
_DATE = re.compile(r"[0-9]{4}[-/.年][0-9]{1,2}[-/.月][0-9]{1,2}日?(?: .*)?")
_YEAR = re.compile(r"([12][0-9]{3})(?:\.0+)?\s*(?:年度?)?")
_DASHES = str.maketrans({"−": "-", "–": "-", "—": "-", "﹣": "-"})
#: Marks of direction, and signs without any width that join nothing. (Joiners are letters' own.)
_UNSEEN = re.compile(
    "[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e007f]+"
)


def seen(text: str) -> str:
    r"""Give a text without the signs that nobody sees: they make names differ that look alike."""
    return text if text.isascii() else _UNSEEN.sub("", text)


def folded(name: object) -> str:
    """Fold a name: full-width forms made plain, blanks around it dropped."""
    return unicodedata.normalize("NFKC", str(name)).strip()


def find_column(name: str, columns: Iterable[object]) -> str | None:
    """Find a column by its name: exactly, else by the one that folding makes equal to it.

    Expressions fold full-width letters as Python does, so that ``ＧＤＰ`` is ``GDP`` in them.
    """
    known = [str(column) for column in columns]
    if name in known:
        return name
    same = [each for each in known if folded(each) == folded(name)]
    return same[0] if len(same) == 1 else None


class Numbers(NamedTuple):
    """A column of cells read as numbers.

    - ``values``: NaN where the cell says that nothing is there, or could not be read.
    - ``faults``: cells that could not be read and the key of what is wrong with them.
    - ``signed``: positions of the cells with a percent sign; their values are divided by 100.
    - ``unsigned``: positions of the other numbers, zeros apart.
    """

    values: np.ndarray
    faults: list[tuple[int, str]]
    signed: list[int]
    unsigned: list[int]


def missing_marks(missing: Collection[str] | None = None) -> frozenset[str]:
    """Give the texts that stand for a missing value, folded for comparison."""
    marks = MISSING if missing is None else missing
    return frozenset(form for mark in marks for form in (mark.strip().casefold(), _fold(mark)))


def is_blank(text: str, marks: Collection[str] = ()) -> bool:
    """Whether a cell is empty or holds one of the marks."""
    bare = text.strip()
    return not bare or bare.casefold() in marks or _fold(bare) in marks


def _fold(text: str) -> str:
    return folded(text).casefold()


def read_numbers(
    cells: Sequence[str], marks: Collection[str], *, blank: float = float("nan")
) -> Numbers:
    """Read a column of cells.

    Notes
    -----
    Understood: ``1234.5``, ``1,234.5``, ``1 234.5``, full-width ``１２３``, ``1.2e3``, ``12.5%``
    (0.125) and the various minus signs.
    """
    numbers = [blank] * len(cells)
    faults: list[tuple[int, str]] = []
    signed: list[int] = []
    is_plain = _PLAIN.fullmatch
    for position, cell in enumerate(cells):
        if is_plain(cell):
            numbers[position] = float(cell)
        elif not is_blank(cell, marks):
            number, fault, percent = _understood(cell)
            numbers[position] = number
            if fault:
                faults.append((position, fault))
            elif percent:
                signed.append(position)
    values = np.array(numbers, dtype=float)
    endless = np.flatnonzero(np.isinf(values))
    faults.extend((int(position), "infinite_number") for position in endless)
    values[endless] = np.nan
    bare = ~np.isnan(values) & (values != 0)
    bare[signed] = False
    return Numbers(values, sorted(faults), signed, np.flatnonzero(bare).tolist())


def read_number(cell: str) -> float:
    """Read one cell that must hold a number; NaN where it holds none, or an infinite one."""
    number, _, _ = _understood(cell)
    return number if math.isfinite(number) else math.nan


def _understood(cell: str) -> tuple[float, str, bool]:
    """Give the number, else what is wrong with the text; and whether it has a percent sign."""
    # a mark of a footnote folds to a digit, but is none: 12① is not 121
    if any(unicodedata.category(sign) == "No" for sign in cell):
        return math.nan, "footnote_mark", False
    text = folded(cell).translate(_DASHES)
    percent = text.endswith("%")
    number = _number(text[:-1].rstrip() if percent else text, percent)
    return (math.nan, _fault(text), percent) if number is None else (number, "", percent)


def _number(text: str, percent: bool) -> float | None:
    """Read a number; None if it is none. A percentage is shifted exactly, not divided."""
    if _GROUPED.fullmatch(text):
        text = text.replace(",", "").replace(" ", "")
    if not _PLAIN.fullmatch(text):
        return None
    if percent:
        mantissa, _, exponent = text.lower().partition("e")
        text = f"{mantissa}e{int(exponent or 0) - 2}"
    return float(text)


def _fault(text: str) -> str:
    """Tell what is wrong with a text that is no number."""
    if _INFINITE.fullmatch(text):
        return "infinite_number"
    if _DECIMAL_COMMA.fullmatch(text):
        return "decimal_comma"
    if _DATE.fullmatch(text):
        return "date_for_number"
    if text.startswith("#"):
        return "workbook_fault"
    return "not_a_number"


def read_year(text: str) -> int | None:
    """Read a year as it stands in a cell or a heading; None if it is none."""
    found = _YEAR.fullmatch(folded(text))
    return int(found.group(1)) if found else None
