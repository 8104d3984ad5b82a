"""What frames a page that is in English, in Chinese: headings, and what Sphinx and its helpers say.

``frame.csv`` holds each text once; a text of such a page that stands there is said in Chinese. An
extension of Sphinx.
"""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx

from docs.builder.messages import is_complete

#: What stands below the title of a method.
_ENGLISH = "本页正文为英文。"
#: What the gallery's helper says before the name of a file.
_BEFORE = "Download "


@cache
def frame() -> dict[str, str]:
    """Give the Chinese of each text.

    Examples
    --------
    >>> frame()["Parameters"]
    '参数'
    """
    with Path(__file__).with_suffix(".csv").open(encoding="utf-8", newline="") as file:
        return {row["en"]: row["zh"] for row in csv.DictReader(file)}


def in_chinese(text: str) -> str:
    """Give a text of a page's frame in Chinese, or as it is where it is none.

    Examples
    --------
    >>> in_chinese("Download Jupyter notebook: plot_atlas.ipynb")
    '下载 Jupyter 笔记本：plot_atlas.ipynb'
    """
    whole = text.replace("\n", " ")
    if whole.startswith(_BEFORE):
        head, mark, name = whole.partition(": ")
        return frame().get(head + mark, head + mark) + name
    return frame().get(whole, text)


def _said(app: Sphinx, page: nodes.document) -> None:
    """Say the frame of a page in Chinese, before its titles are taken up elsewhere."""
    if app.config.language == "en" or is_complete(app.env.docname):
        return
    for node in list(page.findall(nodes.Text)):
        if (said := in_chinese(str(node))) != str(node):
            node.parent.replace(node, nodes.Text(said))
    if app.env.docname.startswith("methods/") and (title := page.next_node(nodes.title)):
        title.parent.insert(1, nodes.paragraph("", _ENGLISH))


def setup(app: Sphinx) -> dict[str, bool]:
    """Do it where a page has been read."""
    app.connect("doctree-read", _said, priority=100)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
