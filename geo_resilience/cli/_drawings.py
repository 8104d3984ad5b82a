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


def refuse_figure(out: Path) -> None:
    """Raise when no figure can stand there; nothing but an earlier figure of ours is replaced."""
    _refuse_long(out)
    from geo_resilience.maps.figures._registry import FORMATS

    kind = out.suffix.lstrip(".").lower()
    if kind not in FORMATS:
        raise InputError("figures.format_unknown", found=kind or str(out), known=FORMATS)
    if out.is_dir():
        raise OutputError("cli.map_out_is_folder", file=out, example=out / f"figure.{kind}")
    if not out.absolute().parent.is_dir():
        raise OutputError("cli.map_out_no_folder", file=out, folder=out.absolute().parent)
    if out.exists() and not _is_ours(out):
        raise OutputError("cli.figure_not_ours", file=out)


def _is_ours(file: Path) -> bool:
    """Whether a file is empty or says that this program made it."""
    from geo_resilience.maps.figures._registry import MAKER

    try:
        content = file.read_bytes()
    except OSError as error:
        reason = error.strerror or str(error)
        raise OutputError("cli.map_out_failed", file=file, reason=reason) from error
    return not content or MAKER.encode("ascii") in content


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
    if out.is_dir():
        raise OutputError("cli.map_out_is_folder", file=out, example=out / "map.html")
    if not out.absolute().parent.is_dir():
        raise OutputError("cli.map_out_no_folder", file=out, folder=out.absolute().parent)
    if any(out.exists() and file.exists() and out.samefile(file) for file in inputs):
        raise OutputError("cli.map_out_is_input", file=out)
    if out.suffix.casefold() not in (".html", ".htm"):
        raise OutputError("cli.map_out_no_page", file=out, example=out.with_suffix(".html"))
    if out.exists() and not _replaceable(out):
        raise OutputError("cli.map_out_not_ours", file=out)


def _replaceable(file: Path) -> bool:
    """Whether a file is empty or an earlier page of ours."""
    from geo_resilience.maps.atlas._bundle import GENERATOR

    try:
        with file.open("rb") as content:
            head = content.read(_HEAD)
    except OSError as error:
        reason = error.strerror or str(error)
        raise OutputError("cli.map_out_failed", file=file, reason=reason) from error
    return not head or GENERATOR.encode("utf-8") in head


def write_page(out: Path, html: str) -> None:
    """Write a page."""
    with put_in_place(out) as beside:
        beside.write_text(html, encoding="utf-8", newline="\n")
