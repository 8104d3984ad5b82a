"""Text files of every kind: how their bytes are letters; and how lines are cells."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from geo_resilience.errors import InputError
from geo_resilience.notes import Note
from geo_resilience.tables._cells import seen

#: Ends of the names of files that hold delimited text.
TEXTS = (".csv", ".tsv", ".txt")

_DELIMITERS = (",", "\t", ";", "，", "|")
_NAMED_DELIMITERS = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";"}
_MARKED = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SAMPLE = 40
#: Letters of a cell.
_LONGEST = 131_072
# Western European letters read as GB18030 make lone Chinese characters inside Latin words.
_CHINESE = re.compile(r"[\u3400-\u9fff\ue000-\uf8ff]+")
_LONE = re.compile(
    r"(?<=[A-Za-z])[\u3400-\u9fff\ue000-\uf8ff](?![\u3400-\u9fff])"
    r"|(?<![\u3400-\u9fff])[\u3400-\u9fff\ue000-\uf8ff](?=[a-z])"
)


def read_delimited(
    content: bytes, file: str, *, encoding: str | None = None, delimiter: str | None = None
) -> tuple[list[list[str]], list[Note]]:
    """Read the rows of a delimited text, blank ones too, so that row numbers stay.

    Without an encoding: UTF-8 (with or without a mark), UTF-16 with a mark, else GB18030. Without
    a delimiter: the one of comma, tab, semicolon, ``，`` and ``|`` that makes even rows.
    """
    text, notes = decode_text(content, file, encoding=encoding)
    if delimiter is None:
        mark = _find_delimiter(text)
    else:
        mark = _NAMED_DELIMITERS.get(delimiter, delimiter)
        if len(mark) != 1 or mark in '"\n ':
            raise InputError("indicators.delimiter", file=file, found=repr(delimiter))
    rows: list[list[str]] = []
    try:
        with _bounded_cells():
            rows.extend(csv.reader(io.StringIO(text), delimiter=mark, strict=True))
    except csv.Error as error:
        values = {"file": file, "row": len(rows) + 1}
        if str(error).startswith("field larger"):
            raise InputError("indicators.cell_long", most=_LONGEST, **values) from None
        raise InputError("indicators.quotes", what=error, **values) from None
    return rows, notes


@contextmanager
def _bounded_cells() -> Iterator[None]:
    """Keep to our bound of a cell, whatever another library has set for all."""
    before = csv.field_size_limit(_LONGEST)
    try:
        yield
    finally:
        csv.field_size_limit(before)


def sniffed(file: Path) -> tuple[str, str]:
    """Give the encoding and the delimiter of a text file of any size, without holding it."""
    import pyarrow as pa

    decoder = codecs.getincrementaldecoder("utf-8")()
    with pa.input_stream(str(file), buffer_size=1 << 24) as stream:
        head = stream.read(1 << 20)
        encoding = next((codec for mark, codec in _MARKED if head.startswith(mark)), "utf-8")
        part = head
        try:
            while part and encoding == "utf-8":
                decoder.decode(part)
                part = stream.read(1 << 24)
        except UnicodeDecodeError:
            encoding = "gb18030"
    return encoding, _find_delimiter(head.decode(encoding, errors="ignore"))


def decode_text(
    content: bytes, file: str, *, encoding: str | None = None
) -> tuple[str, list[Note]]:
    r"""Give the letters of a text file, lines ending in ``\n``, without signs that nobody sees.

    The notes say that it was read as GB18030, or that signs were left out.
    """
    text, notes = _decode(content, file, encoding)
    if "\x00" in text:
        row = text.count("\n", 0, text.index("\x00")) + 1
        raise InputError("indicators.nul_bytes", file=file, row=row)
    text = text.replace("\r\n", "\n").replace("\r", "\n").lstrip("\ufeff").rstrip("\x1a")
    plain = seen(text)
    if plain != text:
        values = {"count": len(text) - len(plain)}
        notes = [*notes, Note("indicators.unseen_left_out", file, values)]
    return plain, notes


def legible(content: bytes) -> str:
    """Give the letters of a text file of which only a line is sought, whatever is wrong with it."""
    try:
        return decode_text(content, "")[0]
    except InputError:
        return content.decode("utf-8", "replace")


def _decode(content: bytes, file: str, encoding: str | None) -> tuple[str, list[Note]]:
    if encoding is not None:
        try:
            codec = codecs.lookup(encoding).name
        except LookupError:
            raise InputError("indicators.encoding_unknown", file=file, found=encoding) from None
        return _strict(content, file, "utf-8-sig" if codec == "utf-8" else codec), []
    for mark, codec in _MARKED:
        if content.startswith(mark):
            return _strict(content, file, codec), []
    try:
        return content.decode("utf-8"), []
    except UnicodeDecodeError as error:
        text = _strict(content, file, "gb18030", blamed=error)
    if 2 * len(_LONE.findall(text)) > len(_CHINESE.findall(text)):
        line = next(line for line in text.splitlines() if _LONE.search(line))
        at = _LONE.search(line).start()  # type: ignore[union-attr]
        found = line[max(0, at - 12) : at + 13].strip()
        raise InputError("indicators.encoding_doubtful", file=file, found=found)
    return text, [Note("indicators.read_as_gb18030", file)]


def _strict(content: bytes, file: str, codec: str, blamed: UnicodeDecodeError | None = None) -> str:
    try:
        return content.decode(codec)
    except UnicodeDecodeError as error:
        fault = blamed or error
        row = content.count(b"\n", 0, fault.start) + 1
        tried = "UTF-8, GB18030" if blamed else codec
        raise InputError("indicators.encoding_wrong", file=file, row=row, tried=tried) from None


def _find_delimiter(text: str) -> str:
    """Find the delimiter that gives the most rows of one width of two cells or more."""
    best, best_score = ",", (0, 0)
    for mark in _DELIMITERS:
        widths: Counter[int] = Counter()
        try:
            for row in csv.reader(io.StringIO(text[:200_000]), delimiter=mark):
                if len(row) > 1:
                    widths[len(row)] += 1
                if widths.total() >= _SAMPLE:
                    break
        except csv.Error:
            continue
        if widths:
            width, count = max(widths.items(), key=lambda item: (item[1], item[0]))
            if (count, width) > best_score:
                best, best_score = mark, (count, width)
    return best
