"""Study files as a user writes them."""

from __future__ import annotations

from pathlib import Path

SMALLEST = """
[table]
file = "table.csv"
region = "code"
[framework]
file = "high_tech"
"""


def study(folder: Path, text: str, *, encoding: str = "utf-8") -> Path:
    file = folder / "study.toml"
    file.write_bytes(text.encode(encoding))
    return file
