"""Ways to spoil a file: its bytes, its cells, its keys and values, its parts, its shapes."""

from __future__ import annotations

import copy
import io
import json
import random
import re
import warnings
import zipfile
from collections.abc import Callable, Sequence
from typing import Any

Mutator = Callable[[random.Random, bytes], bytes]

#: What a cell, a key or a value may turn into: numbers without end, blanks, signs, addresses.
TEXTS: tuple[str, ...] = (
    *("", " ", "0", "-1", "1", "-0", "0.5", "1e308", "-1e308", "1e-320", "1e999", "nan", "inf"),
    *("9" * 30, "9" * 400, "9" * 5000, "1_0", "0x10", "½", "²", "１２", "①", "1,234", "1.234,5"),
    *(
        "12.5%",
        "150%",
        "%",
        "2018",
        "2018年",
        "1018",
        "99999",
        "2018-01-02",
        "12:30",
        "-",
        "—",
        "..",
    ),
    *(
        "#DIV/0!",
        "=1+1",
        "@SUM(A1)",
        "1/3",
        "3/0",
        "1：3",
        "NA",
        "无穷大",
        "北京",
        "Beijing",
        "a",
        "b",
    ),
    *("\u202ea", "\u200b", "\ufeff", "\x00", "\x1a", "\x07", "💥", "é" * 60, "长" * 100),
    *(
        "\u0130",
        "ß",
        "ǅ",
        "a\u0301",
        "Ａ",
        "\u3000",
        "\u00a0",
        "\u2028",
        "\x85",
        "\r",
        "\n",
        "\n\n",
    ),
    *(
        "../../etc/passwd",
        "/dev/null",
        "CON",
        "http://127.0.0.1:9/x",
        "/vsicurl/http://127.0.0.1:9/",
    ),
    *(
        '"',
        "'",
        '"""',
        ",",
        ";",
        "\t",
        "|",
        "，",
        "#",
        "[",
        "]",
        "{",
        "}",
        "=",
        "\\",
        "\\u12",
        "<",
        "&",
    ),
    *("true", "null", "name", "code", "year", "region", "adcode", "weight", "(" * 300, "[" * 3000),
    *("a**9**9", "1/0", "__import__('os')", "lambda: 1", "a.b", "zero(a)", "lag(a, 1)", "+", "−"),
)
BYTES: tuple[bytes, ...] = (
    *(b"\x00", b"\xff", b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf", b"\x80", b"\xc3", b"\x84\x31"),
    *(b"\r", b"\r\n", b"\n", b"PK\x03\x04", b"PAR1", b"\xd0\xcf\x11\xe0", b"%PDF", b"<html>"),
    *(b"SQLite format 3\x00", b'{"type":', b"]]>", b"<!DOCTYPE a>", b"&#0;", b"\x1f\x8b"),
)
#: What stands in JSON and TOML where something else was expected.
VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, 1, -1, 2, 3, 12, 100, 2018, 10**6, 2**63, -(2**63), 10**30, 0.5, -0.5),
    *(1e308, -1e308, 1e-320, 0.1, [], {}, [[]], [{}], [None], [1], ["a"], [1, 2], [0.2, 0.1]),
    *({"a": 1}, {"a": {}}, {"a": [1]}, [[1, 2], [3]], ["a", "a"], [[0, 0], [1, 1]]),
)
LARGE = 140_000


def text_of(rng: random.Random) -> str:
    """Give a text that is hardly what was expected; at times one without end."""
    return "x" * LARGE if rng.random() < 0.004 else rng.choice(TEXTS)


def value_of(rng: random.Random) -> Any:
    """Give a value of some kind."""
    return text_of(rng) if rng.random() < 0.4 else copy.deepcopy(rng.choice(VALUES))


def spoil_bytes(rng: random.Random, content: bytes) -> bytes:
    """Cut, repeat, exchange or put in some bytes."""
    start = rng.randrange(len(content) + 1)
    stop = min(len(content), start + rng.choice((1, 1, 2, 5, 20, 200)))
    match rng.randrange(6):
        case 0:
            return content[:start]
        case 1:
            return content[:start] + content[stop:]
        case 2:
            return content[:stop] + content[start:stop] * rng.choice((1, 2, 50)) + content[stop:]
        case 3:
            return content[:start] + rng.choice(BYTES) + content[start:]
        case 4:
            return content[:start] + rng.randbytes(stop - start) + content[stop:]
    return content[:start] + text_of(rng).encode() + content[stop:]


def spoil_encoding(rng: random.Random, content: bytes) -> bytes:
    """Save the text under another encoding, or as if it were another's."""
    text = content.decode("utf-8", "replace")
    encodings = ("utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "gb18030", "big5")
    return text.encode(rng.choice((*encodings, "latin-1", "cp037")), "replace")


def spoil_cells(rng: random.Random, content: bytes) -> bytes:
    """Change, move, leave out or repeat cells, rows and columns of a delimited text."""
    rows = [line.split(",") for line in content.decode("utf-8", "replace").splitlines()] or [[""]]
    for _ in range(rng.choice((1, 1, 2, 6))):
        row = rng.choice(rows[:1] * 2 + rows) if rows else [""]
        at = rng.randrange(len(row)) if row else 0
        match rng.randrange(9):
            case 0 | 1 | 2:
                row[at : at + 1] = [text_of(rng)]
            case 3:
                row[at : at + 1] = []
            case 4:
                row[at:at] = [rng.choice(row)] if row else [""]
            case 5:
                rows.insert(rng.randrange(len(rows) + 1), list(row))
            case 6:
                rows.remove(row)
            case 7:
                for each in rows:
                    each.append("" if rng.random() < 0.7 else text_of(rng))
            case 8:
                filling = text_of(rng)
                for each in rows[1:]:
                    each[at : at + 1] = [filling]
        rows = rows or [[""]]
    mark = rng.choice((",", ",", ",", ";", "\t"))
    return "\n".join(mark.join(row) for row in rows).encode("utf-8", "surrogatepass")


def spoil_words(rng: random.Random, content: bytes) -> bytes:
    """Exchange, leave out or repeat words of a text."""
    words = re.split(r"(\s+)", content.decode("utf-8", "replace"))
    for _ in range(rng.choice((1, 2, 5))):
        at = rng.randrange(len(words))
        words[at : at + 1] = rng.choice(([], [text_of(rng)], words[at : at + 1] * 2))
        words = words or [""]
    return "".join(words).encode("utf-8", "surrogatepass")


def spoil_lines(rng: random.Random, content: bytes) -> bytes:
    """Change what stands before and after the equals signs of TOML, and its order."""
    lines = content.decode("utf-8", "replace").splitlines() or [""]
    for _ in range(rng.choice((1, 1, 2, 5))):
        at = rng.randrange(len(lines))
        key, equals, _ = lines[at].partition("=")
        match rng.randrange(8):
            case 0 | 1 | 2 | 3 if equals:
                lines[at] = f"{key}= {toml(value_of(rng))}"
            case 4 if equals:
                lines[at] = f"{toml(text_of(rng))} {lines[at][len(key) :]}"
            case 5:
                lines.insert(rng.randrange(len(lines) + 1), lines[at])
            case 6:
                lines.insert(at, rng.choice(("[a]", "[[a]]", "[a.b]", "a.b = 1", "= 1", "a =")))
            case _:
                del lines[at]
        lines = lines or [""]
    return "\n".join(lines).encode("utf-8", "surrogatepass")


def toml(value: Any) -> str:
    """Write a value as TOML."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{json.dumps(k)} = {toml(v)}" for k, v in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(toml, value)) + "]"
    return '""' if value is None else json.dumps(value, ensure_ascii=False)


def spoil_tree(rng: random.Random, content: bytes) -> bytes:
    """Exchange, leave out or repeat something anywhere in a JSON text."""
    try:
        tree = json.loads(content)
    except (ValueError, RecursionError):
        return spoil_bytes(rng, content)
    for _ in range(rng.choice((1, 1, 2, 4))):
        holders = [each for each in _holders(tree) if each]
        if not holders:
            break
        holder = rng.choice(holders)
        key = rng.choice(list(holder) if isinstance(holder, dict) else range(len(holder)))
        match rng.randrange(6):
            case 0:
                del holder[key]
            case 1 if isinstance(holder, list):
                holder.insert(key, holder[key])
            case 2 if isinstance(holder, list):
                rng.shuffle(holder)
            case 3 if isinstance(holder[key], int | float):
                holder[key] = holder[key] * rng.choice((-1, 0, 1e-9, 10, 1e9, 1e300, 1.0000001))
            case _:
                holder[key] = value_of(rng)
    return json.dumps(tree, ensure_ascii=rng.random() < 0.5).encode("utf-8", "surrogatepass")


def _holders(tree: Any) -> list[Any]:
    """Give every list and mapping of a tree."""
    found, waiting = [], [tree]
    while waiting:
        each = waiting.pop()
        if isinstance(each, dict | list):
            found.append(each)
            waiting += each.values() if isinstance(each, dict) else each
    return found


def spoil_markup(rng: random.Random, content: bytes) -> bytes:
    """Exchange, leave out or repeat elements, attributes and texts of XML."""
    pieces = re.split(rb'(<[^>]*>|"[^"]*")', content)
    for _ in range(rng.choice((1, 2, 5))):
        at = rng.randrange(len(pieces))
        text = text_of(rng).encode("utf-8", "surrogatepass")
        new = [[], [text], [b'"' + text + b'"'], pieces[at : at + 1] * 2, [rng.choice(pieces)]]
        pieces[at : at + 1] = rng.choice(new)
        pieces = pieces or [b""]
    return b"".join(pieces)


def spoil_archive(rng: random.Random, content: bytes) -> bytes:
    """Spoil, leave out, rename or repeat a part of an archive."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as old:
            parts = [(name, old.read(name)) for name in old.namelist()]
    except Exception:  # spoiled before: no archive any more
        return spoil_bytes(rng, content)
    at = rng.randrange(len(parts))
    name, part = parts[at]
    match rng.randrange(8):
        case 0:
            del parts[at]
        case 1:
            parts[at] = rng.choice(("../a", "/a", "xl/workbook.xml", name.upper(), "a.vrt")), part
        case 2:
            parts.append((name, rng.choice(parts)[1]))
        case _:
            way = spoil_markup if part.lstrip()[:1] == b"<" and rng.random() < 0.8 else spoil_bytes
            parts[at] = name, way(rng, part)
    made = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        warnings.simplefilter("ignore")  # a name may stand twice
        for name, part in parts:
            new.writestr(name, part)
    return made.getvalue()


#: Ways to spoil a file, by its ending; those that stand twice are taken twice as often.
BY_ENDING: dict[str, Sequence[Mutator]] = {
    ".csv": (spoil_cells, spoil_cells, spoil_cells, spoil_bytes, spoil_encoding),
    ".toml": (spoil_lines, spoil_lines, spoil_lines, spoil_bytes, spoil_encoding),
    ".gal": (spoil_words, spoil_words, spoil_bytes, spoil_encoding),
    ".gwt": (spoil_words, spoil_words, spoil_bytes, spoil_encoding),
    ".txt": (spoil_words, spoil_words, spoil_bytes),
    ".geojson": (spoil_tree, spoil_tree, spoil_tree, spoil_bytes, spoil_encoding),
    ".json": (spoil_tree, spoil_tree, spoil_bytes, spoil_encoding),
    ".xlsx": (spoil_archive, spoil_archive, spoil_archive, spoil_bytes),
    ".docx": (spoil_archive, spoil_archive, spoil_archive, spoil_bytes),
    ".zip": (spoil_archive, spoil_archive, spoil_bytes),
}


def spoiled(rng: random.Random, content: bytes, ending: str) -> bytes:
    """Spoil a file once or a few times, in the ways that belong to its ending."""
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        content = rng.choice(BY_ENDING.get(ending, (spoil_bytes,)))(rng, content)
    return content
