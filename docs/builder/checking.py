"""What is looked at when the site is bound: every link within it, every address and picture."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

from lxml import etree, html

#: Attributes of elements that load something as the page opens.
_LOADED = {("script", "src"), ("link", "href"), ("img", "src"), ("iframe", "src")}
#: Folders whose files are no pages of the site.
_OTHER = {"_downloads", "_static"}


@dataclass(frozen=True)
class _Page:
    """The links and anchors of a page."""

    links: list[tuple[str, str, str]]
    anchors: set[str]


def _page(file: Path) -> _Page:
    """Read what the elements of a page lead to and what may lead to them."""
    links, anchors = [], set()
    for element in html.parse(file, html.HTMLParser(encoding="utf-8")).iter(etree.Element):
        given = element.attrib
        anchors.update(given[name] for name in ("id", "name") if name in given)
        if given.get("rel") != "canonical":
            found = ((name, given[name]) for name in ("href", "src") if given.get(name))
            links += [(element.tag, name, link) for name, link in found]
    return _Page(links, anchors)


def faults(site: Path) -> list[str]:
    """Give every link that leads nowhere, and everything that a page loads from elsewhere."""
    files = [f for f in sorted(site.rglob("*.html")) if not _OTHER & set(f.parts)]
    pages = {file: _page(file) for file in files}
    found = []
    for file, page in pages.items():
        for tag, name, link in page.links:
            if fault := _fault(file, tag, name, link, pages):
                found.append(f"{file.relative_to(site)}: {link}: {fault}")
    return found


def _fault(file: Path, tag: str, name: str, link: str, pages: dict[Path, _Page]) -> str:
    parts = urlsplit(link)
    if parts.scheme in ("http", "https") or link.startswith("//"):
        return "loaded from elsewhere" if (tag, name) in _LOADED else ""
    if parts.scheme:
        return ""
    target = _target(file.parent, parts.path) if parts.path else file
    if target is None:
        return "leads nowhere"
    anchor = unquote(parts.fragment)
    state = "=" in anchor  # of a map, rather than a place
    if anchor and not state and target in pages and anchor not in pages[target].anchors:
        return "no such place on the page"
    return ""


@cache
def _target(folder: Path, path: str) -> Path | None:
    """Give the file that a link leads to; pages have most of their links in common."""
    target = Path(os.path.normpath(folder / unquote(path)))
    return target if target.exists() else None
