"""Files that commands draw: refused before, written beside, put in place at the end."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

from geo_resilience.cli._console import tell
from geo_resilience.errors import InputError, OutputError
from geo_resilience.files import put_in_place
from geo_resilience.words import say

#: Bytes of a file's name that leave room for that of the file written beside it.
MOST_BYTES = 240


def _refuse_long(out: Path) -> None:
    """Raise when a file's name is longer than a disk takes."""
    if len(os.fsencode(out.name)) > MOST_BYTES:
        reason = os.strerror(errno.ENAMETOOLONG)
        raise OutputError("cli.map_out_failed", file=f"{out.name[:40]}…", reason=reason)


def refuse_nowhere(out: Path, example: str) -> None:
    """Raise when a file's name is a folder's, or there is no folder for it."""
    if out.is_dir():
        raise OutputError("cli.map_out_is_folder", file=out, example=out / example)
    if not out.absolute().parent.is_dir():
        raise OutputError("cli.map_out_no_folder", file=out, folder=out.absolute().parent)


def refuse_figure(out: Path) -> None:
    """Raise when no figure can stand there; nothing but an earlier figure of ours is replaced."""
    _refuse_long(out)
    from geo_resilience.maps.figures._registry import FORMATS, MAKER

    kind = out.suffix.lstrip(".").lower()
    if kind not in FORMATS:
        raise InputError("figures.format_unknown", found=kind or str(out), known=FORMATS)
    refuse_nowhere(out, f"figure.{kind}")
    if out.exists() and not _is_ours(out, MAKER):
        raise OutputError("cli.figure_not_ours", file=out)


def _is_ours(file: Path, mark: str, most: int = -1) -> bool:
    """Whether a file is empty or says, in so many bytes, that this program made it."""
    try:
        with file.open("rb") as content:
            head = content.read(most)
    except OSError as error:
        reason = error.strerror or str(error)
        raise OutputError("cli.map_out_failed", file=file, reason=reason) from error
    return not head or mark.encode("utf-8") in head


def write_figure(sheet: Any, out: Path, language: str) -> None:
    """Write a figure, or tell why not."""
    with put_in_place(out) as beside:
        lacking: list[str] = sheet.written(beside)
    if lacking:
        tell(say("cli.figure.glyphs", language, letters=lacking), error=True)
    tell(say("cli.figure.done", language, file=out))


#: Bytes of a page in which its head begins.
_HEAD = 8192


def refuse_page(out: Path, inputs: list[Path]) -> None:
    """Raise when the page cannot stand there, before anything is drawn.

    Nothing of the user's is ever replaced: no input, and no file but an earlier page of ours.
    """
    _refuse_long(out)
    from geo_resilience.maps.atlas._bundle import GENERATOR

    refuse_nowhere(out, "map.html")
    if any(out.exists() and file.exists() and out.samefile(file) for file in inputs):
        raise OutputError("cli.map_out_is_input", file=out)
    if out.suffix.casefold() not in (".html", ".htm"):
        raise OutputError("cli.map_out_no_page", file=out, example=out.with_suffix(".html"))
    if out.exists() and not _is_ours(out, GENERATOR, _HEAD):
        raise OutputError("cli.map_out_not_ours", file=out)


def write_page(out: Path, html: str) -> None:
    """Write a page."""
    with put_in_place(out) as beside:
        beside.write_text(html, encoding="utf-8", newline="\n")
