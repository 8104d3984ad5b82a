"""What is looked at when the site is bound: every link within it, every address and picture."""

from __future__ import annotations

import os
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

#: Attributes of elements that load something as the page opens.
_LOADED = {("script", "src"), ("link", "href"), ("img", "src"), ("iframe", "src")}


class _Page(HTMLParser):
    """The links and anchors of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[tuple[str, str, str]] = []
        self.anchors: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what an element leads to and what may lead to it."""
        given = dict(attrs)
        self.anchors.update(filter(None, (given.get("id"), given.get("name"))))
        for name in ("href", "src"):
            if (link := given.get(name)) and given.get("rel") != "canonical":
                self.links.append((tag, name, link))


def faults(site: Path) -> list[str]:
    """Give every link that leads nowhere, and everything that a page loads from elsewhere."""
    pages = {}
    for file in sorted(site.rglob("*.html")):
        if "_downloads" in file.parts or "_static" in file.parts:
            continue
        pages[file] = page = _Page()
        page.feed(file.read_text(encoding="utf-8"))
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
