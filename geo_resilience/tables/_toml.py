"""TOML as people save it: its encoding, and what is wrong with it by line and column."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Hashable, Mapping
from typing import Any

from geo_resilience.errors import InputError, Problems
from geo_resilience.notes import Note
from geo_resilience.tables._cells import seen
from geo_resilience.tables._textfiles import decode_text
from geo_resilience.text import masked
from geo_resilience.words import Phrase

#: What a person types for TOML's plain signs when the keyboard stands at Chinese.
_FULL_WIDTH = re.compile(r"[“”‘’＝［］＂＇，｛｝]")

#: A whole number longer than Python reads.
_ENDLESS = re.compile(r"[0-9][0-9_]{4300,}")

#: Ways out, by a part of tomllib's message.
_HINTS: Mapping[str, str] = {
    "Unescaped '\\'": "backslash",
    "Invalid hex value": "backslash",
    "Escaped character": "backslash",
    "Cannot overwrite": "twice",
    "Cannot declare": "twice",
    "Cannot mutate": "twice",
    "Unclosed": "unclosed",
    "Expected ']": "unclosed",
    "Illegal character '\\n'": "unclosed",
    "Expected '=' after a key": "equals",
    "Invalid value": "quotes",
}


def decode_toml(data: bytes, name: str) -> tuple[str, list[Note]]:
    r"""Give the text of a TOML file by the rules of every text file, and what was understood."""
    return decode_text(data, name)


def parse_toml(text: str, name: str) -> dict[str, Any]:
    """Read TOML; what is wrong is told with line, column, the line itself and a way out."""
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line, column, message = place_of(error, text)
        shown = masked(text.split("\n")[line - 1].strip())
        raise InputError(
            "toml.syntax",
            file=name,
            line=line,
            column=column,
            reason=message,
            text=shown if len(shown) <= 80 else shown[:79] + "…",
            hint=_hint(message, shown),
        ) from None
    except RecursionError:
        raise InputError("toml.too_deep", file=name) from None
    except ValueError:  # Python reads no whole number of thousands of digits
        digits = _ENDLESS.search(text)
        line = text.count("\n", 0, digits.start()) + 1 if digits else 1
        raise InputError(
            "toml.number_large", file=name, where=Phrase("toml.line", {"line": line})
        ) from None
    return checked_values(found, name)


def toml_text(text: str) -> str:
    r"""Write a text as TOML has it, on one line.

    Examples
    --------
    >>> print(toml_text('a "quoted" name'))
    "a \"quoted\" name"
    """
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def checked_values(found: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Give what TOML or a mapping says, its names without signs that nobody sees.

    Every whole number beyond TOML's own 64 bits is refused, by its key.
    """
    problems = Problems()
    named = {seen(str(key)): value for key, value in found.items()}
    checked = {key: _checked(value, key, name, problems) for key, value in named.items()}
    problems.raise_if_any()
    return checked


def _checked(value: Any, key: str, name: str, problems: Problems) -> Any:
    match value:
        case str():
            return seen(value)
        case dict():
            keys = map(seen, map(str, value))
            inner = zip(keys, value.values(), strict=True)
            return {each: _checked(one, f"{key}.{each}", name, problems) for each, one in inner}
        case list() | tuple():
            return type(value)(_checked(one, key, name, problems) for one in value)
        case int() if not -(2**63) <= value < 2**63:
            problems.add("toml.number_large", file=name, where=key)
    return value


def _hint(message: str, line: str) -> Phrase | str:
    if _FULL_WIDTH.search(line):
        return Phrase("hint.full_width", {"signs": _FULL_WIDTH.findall(line)})
    for part, key in _HINTS.items():
        if part in message:
            return Phrase(f"hint.{key}")
    return ""


def place_of(error: tomllib.TOMLDecodeError, text: str) -> tuple[int, int, str]:
    r"""Give line, column and plain message of what tomllib says about a text."""
    message = str(error)
    if found := re.fullmatch(r"(.*?) \(at line (\d+), column (\d+)\)", message, re.DOTALL):
        return int(found[2]), int(found[3]), found[1]
    lines = text.rstrip().split("\n")
    return len(lines), len(lines[-1]) + 1, message.removesuffix(" (at end of document)")


_HEADER = re.compile(r"\s*(\[\[|\[)\s*(.+?)\s*\]")
_KEY = re.compile(r"""\s*((?:"[^"]*"|'[^']*'|[\w-]+)(?:\s*\.\s*(?:"[^"]*"|'[^']*'|[\w-]+))*)\s*=""")
_PART = re.compile(r""""([^"]*)"|'([^']*)'|([\w-]+)""")
_FENCE = re.compile(r'"""|' + "'''")


def _parts(dotted: str) -> tuple[str, ...]:
    return tuple("".join(found) for found in _PART.findall(dotted))


def key_lines(text: str) -> dict[tuple[Hashable, ...], int]:
    """Give the line of each section and key of a TOML text, as far as a plain search finds it."""
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
