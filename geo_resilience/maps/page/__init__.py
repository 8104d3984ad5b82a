"""The interactive page: what it is told, and the document it is told in."""

from __future__ import annotations

import html as markup
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from geo_resilience.errors import OutputError

__all__ = ["GENERATOR", "Page", "make_page"]

#: By this line in its head a page is known to be of our making.
GENERATOR = '<meta name="generator" content="geo-resilience">'


@dataclass(frozen=True)
class Page:
    """An interactive map in one file.

    Parameters
    ----------
    html : str
        The whole page; it needs nothing else.
    path : Path or None
        Where it was written.
    title : str
    """

    html: str
    path: Path | None = None
    title: str = ""

    def _repr_html_(self) -> str:
        """Show the map in a notebook, offline: a frame that holds the page."""
        return (
            f'<iframe title="{markup.escape(self.title)}" srcdoc="{markup.escape(self.html)}" '
            'sandbox="allow-scripts allow-downloads allow-modals" loading="lazy" '
            'style="width:100%;height:640px;border:1px solid #d9dde1;border-radius:6px"></iframe>'
        )

    def __repr__(self) -> str:
        size = len(self.html.encode("utf-8"))
        return f"<Page {self.title!r}: {size / 1000:.0f} kB, {self.path or 'not written'}>"

    def write(self, path: str | Path) -> Page:
        """Write the page to a file and give the page that knows it.

        Raises
        ------
        OutputError
            If the path is a folder, its folder does not exist, or it cannot be written.
        """
        target = Path(path)
        if target.is_dir():
            raise OutputError("maps.path_is_folder", file=target, example=target / "atlas.html")
        if not target.parent.is_dir():
            raise OutputError("maps.path_no_folder", file=target, folder=target.parent)
        try:
            target.write_text(self.html, encoding="utf-8", newline="\n")
        except OSError as error:
            reason = error.strerror or str(error)
            raise OutputError("maps.path_failed", file=target, reason=reason) from error
        return Page(self.html, target, self.title)


def make_page(data: dict[str, Any], *, title: str, path: str | Path | None) -> Page:
    """Draw a study's data as a page and write it where a path is given."""
    from geo_resilience.maps.page.document import document

    page = Page(document(data, title=title, language=data["language"]), None, title)
    return page if path is None else page.write(path)
