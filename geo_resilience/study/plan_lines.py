"""Where the keys of a TOML text stand: tomllib gives values without their lines."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Hashable

__all__ = ["key_lines", "place_of"]

_HEADER = re.compile(r"\s*(\[\[|\[)\s*(.+?)\s*\]")
_KEY = re.compile(r"""\s*((?:"[^"]*"|'[^']*'|[\w-]+)(?:\s*\.\s*(?:"[^"]*"|'[^']*'|[\w-]+))*)\s*=""")
_PART = re.compile(r""""([^"]*)"|'([^']*)'|([\w-]+)""")
_FENCE = re.compile(r'"""|' + "'''")


def _parts(dotted: str) -> tuple[str, ...]:
    return tuple("".join(found) for found in _PART.findall(dotted))


def key_lines(text: str) -> dict[tuple[Hashable, ...], int]:
    r"""Give the line of every section and key of a TOML text, as far as a plain search finds them.

    Parameters
    ----------
    text : str
        A text that `tomllib` has read.

    Returns
    -------
    dict
        Line numbers from 1, by path: ``("weights", "method")``, ``("tables", 0, "file")``.

    Examples
    --------
    >>> lines = key_lines('title = "x"\n[[tables]]\nfile = "a.csv"\n[[tables]]\nregion = "b"')
    >>> lines["title",], lines["tables", 0, "file"], lines["tables", 1, "region"]
    (1, 3, 5)
    """
    found: dict[tuple[Hashable, ...], int] = {}
    counts: dict[tuple[str, ...], int] = {}
    section: tuple[Hashable, ...] = ()
    within = False
    for number, line in enumerate(text.split("\n"), start=1):
        started_within = within
        within ^= len(_FENCE.findall(line)) % 2 == 1
        if started_within:
            continue
        if header := _HEADER.match(line):
            name = _parts(header[2])
            section = name
            if header[1] == "[[":
                section = (*name, counts.setdefault(name, 0))
                counts[name] += 1
            found.setdefault(section, number)
        elif key := _KEY.match(line):
            path = _parts(key[1])
            for end in range(1, len(path) + 1):
                found.setdefault((*section, *path[:end]), number)
    return found


def place_of(error: tomllib.TOMLDecodeError, text: str) -> tuple[int, int, str]:
    r"""Give line, column and plain message of what tomllib says about a text.

    Examples
    --------
    >>> try:
    ...     tomllib.loads("a = 1\nb = x")
    ... except tomllib.TOMLDecodeError as error:
    ...     place_of(error, "a = 1\nb = x")
    (2, 5, 'Invalid value')
    """
    message = str(error)
    if found := re.fullmatch(r"(.*?) \(at line (\d+), column (\d+)\)", message, re.DOTALL):
        return int(found[2]), int(found[3]), found[1]
    lines = text.rstrip().split("\n")
    return len(lines), len(lines[-1]) + 1, message.removesuffix(" (at end of document)")
