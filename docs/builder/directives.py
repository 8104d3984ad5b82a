"""What pages may hold beside text: blocks with what they showed, calibrations, tests, mathematics.

The Sphinx extension of the site. Blocks were executed before (`executing`); here they are shown.
"""

from __future__ import annotations

import ast
import json
import re
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

import pandas as pd
from docutils import nodes
from docutils.parsers.rst import Directive, directives
from latex2mathml.converter import convert
from pygments.lexer import inherit
from pygments.lexers import BashLexer, BashSessionLexer
from pygments.token import Name
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective, SphinxRole
from sphinx.util.osutil import relative_uri

from docs.build import CALIBRATION
from docs.builder.executing import ROOT, in_language
from docs.builder.messages import is_complete, is_whole

logger = logging.getLogger(__name__)

_LEXERS = {".toml": "toml", ".csv": "text", ".py": "python", ".json": "json", ".html": "html"}
#: Decimals that a table of a page shows.
_DIGITS = 3
#: A cell that is never broken behind its minus.
_NUMBER = re.compile(r"[-+.\de]+")


class Embedded(addnodes.translatable, nodes.General, nodes.Element):
    """A page of its own within the page; its title is translated."""

    def preserve_original_messages(self) -> None:
        """Keep the title as it was written."""
        self["original"] = self["title"]

    def apply_translated_message(self, original_message: str, translated_message: str) -> None:
        """Take the title in the reader's language."""
        self["title"], self["translated"] = translated_message, True

    def extract_original_messages(self) -> list[str]:
        """Give what is translated."""
        return [self["original"]]


class _Block(SphinxDirective):
    """A block that was executed; gives what it showed."""

    has_content = True
    optional_arguments = 1
    final_argument_whitespace = True
    option_spec: ClassVar[dict[str, Any]] = dict.fromkeys(
        (
            *("exit", "lines", "hide", "alt", "height", "title", "width"),
            *("rows", "columns", "where", "sort", "view"),
        ),
        directives.unchanged,
    )

    @property
    def spoken(self) -> list[str]:
        """Argument and text as the reader's language has them."""
        told = (self.arguments[0] if self.arguments else "", "\n".join(self.content))
        return [self.in_language(part) for part in told]

    def in_language(self, text: str) -> str:
        """Give a text as the reader's language has it."""
        return in_language(text, str(self.config.language)[:2])

    def shown(self) -> str:
        """Give what the block showed when the page was executed."""
        place = int(self.env.temp_data.get("executed") or 0)
        self.env.temp_data["executed"] = place + 1
        outcome = _outcome(self.env.srcdir, self.env.docname)
        return outcome["shown"][place] if outcome else ""


@cache
def _outcome(source: Path, page: str) -> dict[str, Any]:
    file = Path(source) / "_made" / page / "outcome.json"
    found: dict[str, Any] = json.loads(file.read_text("utf-8")) if file.is_file() else {}
    return found


def _code(text: str, language: str, kind: str) -> nodes.literal_block:
    return nodes.literal_block(text, text, language=language, classes=[kind])


class _Typed(BashLexer):
    """What is typed, its options marked, so that no line is broken behind their dashes."""

    tokens: ClassVar = {"data": [(r"(?<=\s)--?[a-z][\w-]*", Name.Attribute), inherit]}


class _Console(BashSessionLexer):
    """Commands and answers."""

    _innerLexerCls = _Typed  # noqa: N815


class Run(_Block):
    """Commands, and what the program said."""

    def run(self) -> list[nodes.Node]:
        """Show what was typed and said."""
        said = self.shown() or self.spoken[1]
        return [_code(said, "console", "run")] if "hide" not in self.options else []


class Python(_Block):
    """Python, and below what it printed."""

    def run(self) -> list[nodes.Node]:
        """Show the code and its output."""
        said = self.shown()
        if "hide" in self.options:
            return []
        code = _code(self.spoken[1], "python", "python")
        return [code, _code(said, "text", "output")] if said else [code]


class File(_Block):
    """A file that the reader writes."""

    def run(self) -> list[nodes.Node]:
        """Show the file under its name."""
        self.shown()
        name, text = self.spoken
        told = nodes.caption(name, "", nodes.literal(name, name))
        code = _code(text, _LEXERS.get(Path(name).suffix, "text"), "file")
        return [nodes.container("", told, code, literal_block=True)]


class _Kept(_Block):
    """A file that the run made, shown; translations are made without any."""

    def run(self) -> list[nodes.Node]:
        """Show it."""
        name = f"/_made/{self.env.docname}/{self.shown()}"
        if self.env.app.builder.name == "gettext":
            return self.told()
        there = (Path(self.env.srcdir) / name.lstrip("/")).is_file()
        return [self.made(name)] if there else []

    def told(self) -> list[nodes.Node]:
        """Give what is translated of it."""
        return []

    def made(self, name: str) -> nodes.Node:
        """Show the file, named from the root of the sources."""
        raise NotImplementedError


class Picture(_Kept):
    """A picture that the run made."""

    def told(self) -> list[nodes.Node]:
        """Give the text that stands for the picture, on one that is empty."""
        return [nodes.image("", uri="data:,", alt=self.options.get("alt", self.spoken[0]))]

    def made(self, name: str) -> nodes.Node:
        """Show it."""
        options = {"uri": name, "alt": self.options.get("alt", self.spoken[0])}
        return nodes.image("", **options, width=self.options.get("width", "100%"))


class Embed(_Kept):
    """A page that the run made, live in this one."""

    def made(self, name: str) -> nodes.Node:
        """Show it in a frame."""
        target = self.env.dlfiles.add_file(self.env.docname, name.lstrip("/"))
        view = f"#{self.in_language(asked)}" if (asked := self.options.get("view")) else ""
        height = self.options.get("height", "560")
        return Embedded(target=target, height=height, title=self.options["title"], view=view)

    def told(self) -> list[nodes.Node]:
        """Give the title."""
        return [Embedded(title=self.options["title"])]


class Table(_Kept):
    """Rows of a file that the run made."""

    def made(self, name: str) -> nodes.Node:
        """Show them."""
        rows = pd.read_csv(Path(self.env.srcdir) / name.lstrip("/"), dtype={"adcode": str})
        if asked := self.options.get("where"):
            rows = rows.query(asked)
        if by := self.options.get("sort"):
            rows = rows.sort_values(by)
        if named := self.options.get("columns"):
            rows = rows[named.replace(",", " ").split()]
        return _table(rows.head(int(self.options.get("rows", "10"))), self.spoken[0])


def _table(rows: pd.DataFrame, title: str = "") -> nodes.table:
    """Make a table of rows."""
    group = nodes.tgroup(cols=len(rows.columns))
    group += [nodes.colspec(colwidth=1) for _ in rows.columns]
    head, body = nodes.thead(), nodes.tbody()
    head += _row(list(rows.columns))
    for _, row in rows.iterrows():
        body += _row([_cell(value) for value in row])
    group += [head, body]
    caption = (
        [nodes.title(title, "", nodes.literal(title, title), translatable=False)] if title else []
    )
    return nodes.table("", *caption, group, classes=["rows"])


def _row(cells: list[Any]) -> nodes.row:
    row = nodes.row()
    for cell in cells:
        kind = ["number"] if _NUMBER.fullmatch(str(cell)) else []
        row += nodes.entry("", nodes.paragraph("", str(cell)), classes=kind)
    return row


def _cell(value: Any) -> str:
    if isinstance(value, float):
        if pd.isna(value):
            return ""
        small = 0 < abs(value) < 10 ** (1 - _DIGITS)
        return f"{value:.2g}" if small else f"{value:.{_DIGITS}f}".rstrip("0").rstrip(".")
    return "" if pd.isna(value) else str(value)


class Value(SphinxRole):
    """A value of the page's Python in a sentence."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Show it."""
        found = _outcome(self.env.srcdir, self.env.docname)
        said = found["values"][self.text] if found else self.text
        return [nodes.inline(said, said, classes=["value"])], []


class Live(SphinxRole):
    """A link to the page with Python in the browser, beside the languages of the site."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Give it."""
        there = f"live/index.html#lang={str(self.config.language)[:2]}"
        address = "../" * (self.env.docname.count("/") + 1) + there
        return [nodes.reference(self.text, self.text, refuri=address, internal=False)], []


class Calibration(SphinxDirective):
    """Rows of the table of calibrations, by the names of their claims."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        """Show the rows; a claim without any is an error."""
        asked = [line.strip() for line in self.content if line.strip()]
        known = set(pd.read_csv(ROOT / "docs" / "calibration.csv")["claim"])
        if unknown := sorted(set(asked) - known):
            raise self.error(f"no calibration of {unknown}; there are {sorted(known)}")
        return [_table(calibrated(asked, str(self.config.language)))]


def calibrated(asked: list[str], language: str) -> pd.DataFrame:
    """Give the rows of some claims in the order asked for, each claim named once, at its first."""
    rows = pd.read_csv(ROOT / "docs" / "calibration.csv")
    chosen = pd.concat([rows[rows["claim"] == claim] for claim in asked])
    heads, kinds = CALIBRATION[language[:2]]
    chosen = chosen.assign(kind=chosen["kind"].map(kinds))
    if language.startswith("zh"):
        names = pd.read_csv(ROOT / "docs" / "calibration_zh.csv", index_col="claim")
        chosen = chosen.assign(claim=chosen["claim"].map(names["claim_zh"]))
    chosen = chosen.set_axis(heads, axis=1).dropna(axis=1, how="all")
    claim = chosen[heads[0]]
    return chosen.assign(**{heads[0]: claim.mask(claim.duplicated(), "")})


class Held(SphinxDirective):
    """The tests that hold what a page says: ``tests/file.py::test``, or a whole file."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        """List them; a test that is not there is an error."""
        listed = nodes.bullet_list()
        for line in filter(None, map(str.strip, self.content)):
            file, _, name = line.partition("::")
            if not (ROOT / file).is_file() or (name and name not in _tests(file)):
                raise self.error(f"there is no test {line}")
            told = nodes.paragraph("", "", nodes.literal(file, file))
            if name:
                told += nodes.Text(": " + name.removeprefix("test_").replace("_", " "))
            listed += nodes.list_item("", told)
        return [listed]


@cache
def _tests(file: str) -> set[str]:
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def _embedded(translator: Any, node: Embedded) -> None:
    builder = translator.builder
    here = builder.get_target_uri(builder.current_docname)
    link = relative_uri(here, f"_downloads/{node['target']}") + translator.attval(node["view"])
    title = translator.attval(node["title"])
    translator.body.append(
        f'<iframe class="embedded" src="{link}" title="{title}" height="{node["height"]}" '
        f'loading="lazy"></iframe><p class="alone"><a href="{link}">{title}</a></p>'
    )
    raise nodes.SkipNode


def _mathematics(translator: Any, node: nodes.Element) -> None:
    """Write mathematics as MathML: browsers show it without a script or a font from elsewhere."""
    display = "inline" if isinstance(node, nodes.math) else "block"
    text = re.sub(r"\\label\{.*?\}", "", node.astext())
    translator.body.append(convert(text, display=display))
    raise nodes.SkipNode


#: What the theme and its helpers leave without a name or with a role that went out of use.
_MENDED = (
    (
        r'<summary><span class="toctree-toggle"',
        r'<summary aria-label="{}"><span class="toctree-toggle"',
    ),
    (r'role="doc-biblioentry"', 'role="listitem"'),
    (r' role="doc-backlink"', ""),
    (
        r'(<p><a class="reference internal" href="plot_\w+\.html")(><span class="doc">)(\w+)',
        r'\1 aria-label="\3"\2\3',
    ),
)
_OPEN = {"en": "Show what is below", "zh_CN": "展开下级页面"}


def _accessible(app: Sphinx, fault: Exception | None) -> None:
    """Give names to what a screen reader would find without one."""
    if fault or app.builder.name != "html":
        return
    if app.config.language != "en":
        _searchable(Path(app.outdir) / "_static" / "language_data.js")
    for file in Path(app.outdir).rglob("*.html"):
        if {"_downloads", "live"} & set(file.parts):
            continue
        text = file.read_text(encoding="utf-8")
        for found, better in _MENDED:
            text = re.sub(found, better.format(_OPEN[str(app.config.language)]), text)
        file.write_text(text, encoding="utf-8")


def _searchable(file: Path) -> None:
    """Mend the search of the Chinese site: its stemmer is called as what it is, words are found."""
    own = Path(__file__).with_name("chinese_search.js").read_text(encoding="utf-8")
    said = file.read_text(encoding="utf-8").replace("ChineseStemmer", "EnglishStemmer")
    file.write_text(said + own, encoding="utf-8")


def _translated(app: Sphinx, document: nodes.document, page: str) -> None:
    """Warn of a page that is to be in Chinese as a whole and is not."""
    if app.config.language == "en" or not is_complete(page) or is_whole(page):
        return
    if blank := [each.astext()[:60] for each in document.findall(_untranslated)]:
        logger.warning("messages are not in Chinese: %s", blank, location=page)


def _untranslated(node: nodes.Node) -> bool:
    """Whether a text has no translation; Sphinx never marks pictures as translated."""
    marked = isinstance(node, nodes.Element) and not isinstance(node, nodes.image)
    return marked and node.get("translated") is False


def setup(app: Sphinx) -> dict[str, bool]:
    """Add all of it to Sphinx."""
    blocks: dict[str, type[Directive]] = {
        "run": Run,
        "python": Python,
        "file": File,
        "picture": Picture,
        "embed": Embed,
        "table": Table,
        "calibration": Calibration,
        "held": Held,
    }
    for name, directive in blocks.items():
        app.add_directive(name, directive, override=True)
    app.add_role("value", Value(), override=True)
    app.add_role("live", Live())
    app.add_lexer("console", _Console)
    skipped = (lambda translator, node: None, None)
    app.add_node(Embedded, html=(_embedded, None), text=skipped, gettext=skipped)
    app.add_html_math_renderer("mathml", (_mathematics, None), (_mathematics, None))
    app.connect("doctree-resolved", _translated)
    app.connect("build-finished", _accessible)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
