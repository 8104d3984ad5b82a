"""The page that ``map`` writes: where it may stand, and writing it whole or not at all."""

from __future__ import annotations

from pathlib import Path

from geo_resilience.cli.drawings import put_in_place
from geo_resilience.errors import OutputError

__all__ = ["refuse_page", "write_page"]

#: Bytes of a page in which its head begins.
_HEAD = 8192


def refuse_page(out: Path, inputs: list[Path]) -> None:
    """Raise when the page cannot stand there, before anything is drawn.

    Nothing of the user's is ever replaced: no input, and no file but an earlier page of ours.
    """
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
    from geo_resilience.maps.page import GENERATOR

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
