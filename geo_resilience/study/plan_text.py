"""The text of a study file: where it is, and in which encoding."""

from __future__ import annotations

from pathlib import Path

from geo_resilience.errors import InputError, nearest
from geo_resilience.notes import Note
from geo_resilience.tables._reading import kind_of
from geo_resilience.toml_text import decode_toml
from geo_resilience.words import Phrase

__all__ = ["decode", "read_bytes"]


def read_bytes(path: Path) -> bytes:
    """Read a study file, or say what stands in its place."""
    if kind_of(path) == "folder":
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
    text, is_gb18030 = decode_toml(data, name, gb18030=True)
    if not text.strip():
        raise InputError("plan.empty", file=name)
    return text, (Note("plan.gb18030", name),) if is_gb18030 else ()
