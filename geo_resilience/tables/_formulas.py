"""Texts that a spreadsheet takes for a formula, and a way past it that loses nothing.

A leading apostrophe keeps a text a text. So that reading finds what was written, a text that would
be a formula without its own apostrophes is given one more.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import pandas as pd

from geo_resilience.tables._cells import read_number

#: By these signs a spreadsheet takes a text for a formula (OWASP, CSV injection).
_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
#: Blanks that may stand before them: some programs take them away.
_BLANK = " \u00a0\u3000"


def begins_formula(text: str) -> bool:
    """Say whether a spreadsheet may calculate a text.

    A number, -1 say, stays what it is, also with stars behind; so does a sign that stands alone.

    Examples
    --------
    >>> [begins_formula(text) for text in ("=1+1", " @home", "-0.5", "-0.5**", "+", "a=b")]
    [True, True, False, False, False, False]
    """
    return text.lstrip(_BLANK).startswith(_SIGNS) and _is_more(text)


def marked(text: str) -> str:
    """Mark a text that a spreadsheet may calculate as text.

    Examples
    --------
    >>> marked("=1+1"), marked("'=1+1"), marked("-0.5")
    ("'=1+1", "''=1+1", '-0.5')
    """
    return f"'{text}" if _marks(text) else text


def unmarked(text: str) -> str:
    """Give the text that `marked` was given.

    Examples
    --------
    >>> unmarked("'=1+1"), unmarked("'quoted'")
    ('=1+1', "'quoted'")
    """
    return text[1:] if text.startswith("'") and _marks(text[1:]) else text


def _marks(text: str) -> bool:
    """Whether a text is marked: where without its own apostrophes it would begin a formula."""
    return text.lstrip(f"'{_BLANK}").startswith(_SIGNS) and _is_more(text)


def _is_more(text: str) -> bool:
    """Whether a text is more than a number or a sign."""
    return any(map(str.isalnum, text)) and math.isnan(read_number(text.rstrip("*")))


def each_text(frame: pd.DataFrame, change: Callable[[str], str]) -> pd.DataFrame:
    """Change every text of a frame, its headings too; each that is held is looked at once."""
    changed = {}
    for name, values in frame.items():
        kept = values
        if not pd.api.types.is_numeric_dtype(values):
            held = pd.unique(values.dropna().astype(object))
            new = {text: change(str(text)) for text in held}
            if any(old != text for old, text in new.items()):
                kept = values.astype(object).map(new)
        changed[name] = kept
    return pd.DataFrame(changed, index=frame.index).rename(columns=lambda name: change(str(name)))
