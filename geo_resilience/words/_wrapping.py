"""Lines of text on a screen, where a Chinese character is two columns wide."""

from __future__ import annotations

import re
import unicodedata

#: A word with the blank after it; or one sign, with what may not end a line before it or begin one
#: after it.
_PIECE = re.compile(r"[^\s\u2e80-\uffef]+ ?|[（“《［]*.[，。；：、）”》］？！]*")


def columns_of(text: str) -> int:
    """Count the columns that a text takes in a fixed pitch.

    Examples
    --------
    >>> columns_of("GDP 增长")
    8
    """
    return sum(
        0 if unicodedata.combining(sign) else 1 + (unicodedata.east_asian_width(sign) in "WF")
        for sign in text
    )


def wrapped(text: str, width: int) -> list[str]:
    """Break a text into lines: at blanks, and in Chinese anywhere that signs allow.

    No line begins with a closing sign or ends with an opening one.

    Examples
    --------
    >>> wrapped("one two three", 8), wrapped("一二三，四", 6)
    (['one two', 'three'], ['一二', '三，四'])
    >>> wrapped("一二（三）", 6)
    ['一二', '（三）']
    """
    lines, line, taken = [], "", 0
    for piece in _PIECE.findall(text):
        wide = columns_of(piece)
        if line and taken + columns_of(piece.rstrip()) > width:
            lines.append(line.rstrip())
            line, taken = "", 0
        line, taken = line + piece, taken + wide
    return [*lines, line.rstrip()]
