"""Lay out what Sphinx reads for a language: the pages, what they showed, and what records give."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from docs.builder import api, gallery, records, rooms
from docs.builder.executing import ROOT, either, is_executed, languages_of

DOCS = ROOT / "docs"
BUILD = DOCS / "_build"
#: Folders of docs/ that hold no pages.
_OTHER = {"_build", "builder", "live", "locales", "_static", "_templates", "__pycache__"}

#: Links to a page's sibling in the other language; the site has a switch instead.
_SIBLING = re.compile(r"\s*\[(?:中文|English)\]\([\w/]+\.md\)")

#: Links to files of the repository beside docs/, and its folders that the site has copies of.
_OUTSIDE = re.compile(r"\[(?P<text>[^\]]+)\]\((?P<file>\.\.(?:/[\w.]+)+)(?:#[\w-]+)?\)")
COPIED = ("examples", "maps")
#: Links of pages beside docs/ to files.
_LINK = re.compile(r"\[(?P<text>[^\]]+)\]\((?P<file>[\w./-]+)(?P<at>(?:#[\w-]+)?)\)")
#: Files that pages name.
FILES = (
    *("calibration.csv", "references.bib"),
    *("performance.csv", "performance_machine.csv", "performance.svg"),
)
#: Pages that stand beside docs/, by their place on the site.
BESIDE = {
    "house/contributing.md": ROOT / "CONTRIBUTING.md",
    "house/governance.md": ROOT / "GOVERNANCE.md",
    "house/security.md": ROOT / "SECURITY.md",
    "reference/changelog.md": ROOT / "CHANGELOG.md",
}


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
    for place, file in BESIDE.items():
        target = source / place
        target.write_text(_text(file, language), encoding="utf-8")
    (source / "_live").mkdir()
    for name in ("_static", "_templates"):
        shutil.copytree(DOCS / name, source / name)
    for extra in FILES:
        shutil.copyfile(DOCS / extra, source / extra)
    for name in COPIED:
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    for write in (records.write, api.write, gallery.write, rooms.write):
        write(source, language)
    return source


def _text(page: Path, language: str) -> str:
    """Give a page as a language reads it; links to files beside docs/ lead to their copies."""
    sibling = page.with_stem(f"{page.stem}_zh")
    own = language == "zh" and sibling.is_file()
    text = (sibling if own else page).read_text(encoding="utf-8")
    text = either(_SIBLING.sub("", text), language)
    text = re.sub(r"(\]\([\w/]+?)_zh\.md", r"\1.md", text) if own else text
    text = _OUTSIDE.sub(lambda link: _inside(link, page), text)
    return _LINK.sub(_from_the_root, text) if page.parent == ROOT else text


def _from_the_root(link: re.Match[str]) -> str:
    """Give a link of a page that stands beside docs/ as the site has it."""
    file = ROOT / link["file"]
    places = {target: f"/{place}" for place, target in BESIDE.items()}
    file = file / "index.md" if file.is_dir() else file
    if DOCS in file.parents:
        places[file] = f"/{file.relative_to(DOCS)}"
    return f"[{link['text']}]({places[file]}{link['at']})" if file in places else link["text"]


def _inside(link: re.Match[str], page: Path) -> str:
    """Give a link to a file beside docs/ as one to its copy, or its text where it has none."""
    target = (page.parent / link["file"]).resolve().relative_to(ROOT)
    if target.parts[0] == DOCS.name:
        return link[0]
    copied = target.parts[0] in COPIED and (ROOT / target).is_file()
    return f"[{link['text']}](/{target})" if copied else link["text"]
