"""The text of a study file: its encoding, and what is wrong with its TOML."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from geo_resilience.errors import InputError, nearest
from geo_resilience.notes import Note
from geo_resilience.study.plan_lines import place_of
from geo_resilience.words import Phrase

__all__ = ["decode", "parse", "read_bytes"]

#: What a person types for TOML's plain signs when the keyboard stands at Chinese.
_FULL_WIDTH = re.compile(r"[“”‘’＝［］＂＇，｛｝]")

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


def read_bytes(path: Path) -> bytes:
    """Read a study file, or say what stands in its place."""
    if path.is_dir():
        inside = path / "study.toml"
        hint = Phrase("hint.study_inside", {"file": inside}) if inside.is_file() else ""
        raise InputError("plan.study_is_folder", file=path, hint=hint)
    try:
        return path.read_bytes()
    except FileNotFoundError:
        names = [entry.name for entry in _entries(path.parent) if entry.suffix == ".toml"]
        close = nearest(path.name, names) or [name for name in names if name == "study.toml"]
        hint = Phrase("hint.did_you_mean", {"names": close}) if close else ""
        raise InputError("plan.study_missing", file=path, hint=hint) from None
    except OSError as error:
        reason = error.strerror or str(error)
        raise InputError("plan.unreadable", file=path, reason=reason) from None


def _entries(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []


def decode(data: bytes, name: str) -> tuple[str, tuple[Note, ...]]:
    """Give a study file's text: UTF-8 with or without its mark, else GB18030 with a note."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise InputError("plan.utf16", file=name)
    if b"\x00" in data:
        line = data[: data.index(b"\x00")].count(b"\n") + 1
        raise InputError("plan.nul", file=name, line=line)
    try:
        text, notes = data.decode("utf-8-sig"), ()
    except UnicodeDecodeError as error:
        try:
            text = data.decode("gb18030")
        except UnicodeDecodeError:
            line = data[: error.start].count(b"\n") + 1
            raise InputError("plan.not_text", file=name, line=line) from None
        return text.replace("\r\n", "\n"), (Note("plan.gb18030", name),)
    if not text.strip():
        raise InputError("plan.empty", file=name)
    return text.replace("\r\n", "\n"), notes


def parse(text: str, name: str) -> dict[str, Any]:
    """Read TOML; what is wrong is told with line, column, the line itself and a way out."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line, column, message = place_of(error, text)
        shown = text.split("\n")[line - 1].strip()
        raise InputError(
            "plan.syntax",
            file=name,
            line=line,
            column=column,
            reason=message,
            text=shown if len(shown) <= 80 else shown[:79] + "…",
            hint=_hint(message, shown),
        ) from None
    except RecursionError:
        raise InputError("plan.too_deep", file=name) from None


def _hint(message: str, line: str) -> Phrase | str:
    if _FULL_WIDTH.search(line):
        return Phrase("hint.full_width", {"signs": _FULL_WIDTH.findall(line)})
    for part, key in _HINTS.items():
        if part in message:
            return Phrase(f"hint.{key}")
    return ""
