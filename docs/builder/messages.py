"""Translations: brought up to date with the pages, and what they lack.

Sphinx takes the messages from the pages; a file a page in ``docs/locales`` holds them with their
Chinese. Messages that a page no longer has are dropped, and nothing in a file tells of a date or a
line, so that it changes only where a page does.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from docs.builder.executing import ROOT

LOCALES = ROOT / "docs" / "locales" / "zh_CN" / "LC_MESSAGES"
#: Folders, and pages beside them, that are complete in Chinese.
COMPLETE = (
    *("index", "install", "tutorials", "how_to", "explanations", "studies"),
    *("methods/index", "reference/index", "house/index"),
)


def is_complete(page: str) -> bool:
    """Whether a page is one of those that are in Chinese as a whole."""
    return page in COMPLETE or page.split("/")[0] in COMPLETE


def is_whole(page: str) -> bool:
    """Whether a page stands in each language in a file of its own."""
    return (ROOT / "docs" / f"{page}_zh.md").is_file()


def update(source: Path, only: Iterable[Path]) -> None:
    """Bring the files up to date with the pages laid out, or with those that are named."""
    docs = ROOT / "docs"
    asked = [str(page.resolve().relative_to(docs)) for page in only]
    built = docs / "_build" / "gettext"
    command = [sys.executable, "-m", "sphinx", "-b", "gettext", "-q", "-c", str(docs)]
    command += ["-D", "plot_gallery=0", str(source), str(built)]
    subprocess.run([*command, *(str(source / page) for page in asked)], check=True, cwd=ROOT)
    for template in sorted(built.rglob("*.pot")):
        page = str(template.relative_to(built).with_suffix(""))
        wanted = is_complete(page) and (not asked or f"{page}.md" in asked)
        if wanted and not is_whole(page):
            _update(template, LOCALES / f"{page}.po")


def _update(template: Path, file: Path) -> None:
    """Write a page's file: its messages, in order, with the Chinese that there is."""
    with template.open("rb") as opened:
        new = read_po(opened)
    old = _read(file)
    catalog = Catalog(locale="zh_CN", header_comment="", fuzzy=False)
    for message in new:
        if message.id:
            kept = old.get(message.id)
            catalog.add(message.id, kept.string if kept else "")
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("wb") as opened:
        write_po(opened, catalog, omit_header=True, no_location=True, width=100)


def _read(file: Path) -> Catalog:
    if not file.is_file():
        return Catalog(locale="zh_CN")
    with file.open("rb") as opened:
        return read_po(opened, locale="zh_CN")


def files() -> list[Path]:
    """Give the files of all translated pages."""
    return sorted(LOCALES.rglob("*.po"))


def lacking() -> dict[str, list[str]]:
    """Give the messages of each file that have no Chinese."""
    found = {}
    for file in files():
        if blank := [str(each.id) for each in _read(file) if each.id and not each.string]:
            found[str(file.relative_to(LOCALES).with_suffix(""))] = blank
    return found
