"""Lay out what Sphinx reads for a language: the pages, what they showed, and what records give."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from docs.builder import api, gallery, records, rooms
from docs.builder.executing import ROOT, is_executed, languages_of

DOCS = ROOT / "docs"
BUILD = DOCS / "_build"
#: Folders of docs/ that hold no pages.
_OTHER = {"_build", "builder", "locales", "_static", "_templates", "__pycache__"}

#: Links to a page's sibling in the other language; the site has a switch instead.
_SIBLING = re.compile(r"\s*\[(?:中文|English)\]\([\w/]+\.md\)")


def pages() -> list[Path]:
    """Give the pages, in English where a page has a sibling in each language."""
    found = [page for page in sorted(DOCS.rglob("*.md")) if not _OTHER & set(page.parts)]
    return [page for page in found if not is_part(page)]


def is_part(page: Path) -> bool:
    """Whether a file is the Chinese sibling of a page, or a head from which a page is made."""
    return page.stem.endswith("_zh") or "_head_" in page.stem


def kept_of(page: Path, language: str) -> Path:
    """Give the folder that holds what a page showed."""
    text = page.read_text(encoding="utf-8")
    executed = language if language in languages_of(text) else languages_of(text)[0]
    return BUILD / "executed" / executed / page.relative_to(DOCS).with_suffix("")


def lay_out(language: str) -> Path:
    """Write the source folder of a language and give it."""
    source = BUILD / "source" / language
    shutil.rmtree(source, ignore_errors=True)
    for page in pages():
        target = source / page.relative_to(DOCS)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(_text(page, language), encoding="utf-8")
        kept = kept_of(page, language)
        if is_executed(page.read_text(encoding="utf-8")) and kept.is_dir():
            shutil.copytree(kept, source / "_made" / page.relative_to(DOCS).with_suffix(""))
    for name in ("_static", "_templates"):
        shutil.copytree(DOCS / name, source / name)
    for extra in ("calibration.csv", "references.bib"):
        shutil.copyfile(DOCS / extra, source / extra)
    shutil.copytree(ROOT / "examples", source / "examples")
    shutil.copytree(ROOT / "maps", source / "maps", ignore=shutil.ignore_patterns("*.py"))
    for write in (records.write, api.write, gallery.write, rooms.write):
        write(source, language)
    return source


def _text(page: Path, language: str) -> str:
    """Give a page as a language reads it; links to files beside docs/ lead to their copies."""
    sibling = page.with_stem(f"{page.stem}_zh")
    own = language == "zh" and sibling.is_file()
    text = (sibling if own else page).read_text(encoding="utf-8")
    text = _SIBLING.sub("", text)
    text = re.sub(r"(\]\([\w/]+?)_zh\.md", r"\1.md", text) if own else text
    return re.sub(r"\]\((?:\.\./)+(examples|maps)/", r"](/\1/", text)
