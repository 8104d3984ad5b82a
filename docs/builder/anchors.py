"""Anchors of pages with a file a language: the English ones lead to the Chinese headings."""

from __future__ import annotations

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode
from myst_parser.mdit_to_docutils.base import compute_unique_slug
from sphinx.application import Sphinx

from docs.builder.executing import ROOT
from docs.builder.messages import is_whole


def anchors(text: str) -> list[str]:
    r"""Give the anchor of each heading of a page, in order.

    Examples
    --------
    >>> anchors("# The `[boundaries]`\n\n## Keys\n\n## Keys")
    ['the-boundaries', 'keys', 'keys-1']
    """
    found: list[str] = []
    for node in SyntaxTreeNode(MarkdownIt().parse(text)).walk():
        if node.type == "heading" and node.tag <= "h4":
            found.append(compute_unique_slug(node, found))
    return found


def _known_in_english(app: Sphinx, _: object) -> None:
    """Let headings of a Chinese file be found by the anchors of the English one."""
    page = app.env.docname
    if app.config.language == "en" or not is_whole(page):
        return
    english = anchors((ROOT / "docs" / f"{page}.md").read_text(encoding="utf-8"))
    own = app.env.metadata[page]["myst_slugs"]
    app.env.metadata[page]["myst_slugs"] = dict(zip(english, own.values(), strict=True)) | own


def setup(app: Sphinx) -> dict[str, bool]:
    """Do it where a page has been read."""
    app.connect("doctree-read", _known_in_english)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
