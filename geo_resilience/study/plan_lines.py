"""Where the keys of a TOML text stand: tomllib gives values without their lines."""

from __future__ import annotations

import re
from collections.abc import Hashable

__all__ = ["key_lines"]

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
