"""What office files need: texts that any of them takes, and the same bytes at any time."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping

#: What XML cannot hold, and marks that turn the direction of whatever follows them.
_UNTOLD = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff\u202a-\u202e\u2066-\u2069]"
)

#: The earliest time that a zip file can state.
_NO_TIME = (1980, 1, 1, 0, 0, 0)


def cleaned(text: str) -> str:
    """Give a text on one line without what XML forbids and without turns of direction.

    Examples
    --------
    >>> cleaned("a\\x00b\\tc\\u202ed")
    'ab cd'
    """
    return re.sub(r"\s*[\t\n\r\u2028\u2029]\s*", " ", _UNTOLD.sub("", text))


def sealed(data: bytes) -> bytes:
    """Give a zip file again with no time in it."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(buffer, "w") as new:
        for name in old.namelist():
            entry = zipfile.ZipInfo(name, _NO_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 0
            new.writestr(entry, old.read(name), compresslevel=6)
    return buffer.getvalue()


def packed(parts: Mapping[str, bytes]) -> bytes:
    """Make a zip file of its parts."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in parts.items():
            file.writestr(name, data)
    return buffer.getvalue()
