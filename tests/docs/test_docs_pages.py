"""Pages are in Chinese as a whole, in the terms of the program, and their links hold."""

import ast
import builtins
import codeop
import re
from functools import cache
from html import escape
from types import SimpleNamespace

import pandas as pd
import pytest

pytest.importorskip("babel")
pytest.importorskip("grimp")
pytest.importorskip("myst_parser")

from babel.messages.pofile import read_po
from docutils import nodes
from markdown_it import MarkdownIt

from docs.builder import messages
from docs.builder.anchors import anchors
from docs.builder.directives import Embedded, _embedded
from docs.builder.executing import ROOT, blocks_of, in_language, languages_of
from docs.builder.frame import frame
from docs.builder.sources import DOCS, pages
from geo_resilience.words import subject


def test_every_page_that_is_to_be_in_chinese_is():
    named = {str(page.relative_to(DOCS).with_suffix("")) for page in pages()}
    asked = {page for page in named if messages.is_complete(page) and not messages.is_whole(page)}
    assert len(asked) > 5
    there = {str(f.relative_to(messages.LOCALES).with_suffix("")) for f in messages.files()}
    assert asked - there == set()
    assert messages.lacking() == {}


def test_markup_is_read_in_chinese_as_it_is_meant():
    """No star is printed, as where it stands between Chinese punctuation and a letter.

    A heading that begins with a number and a point would be read as a list, and left in English.
    """
    other = [
        f"{file.stem}: {message.string}"
        for file in messages.files()
        for message in _read(file)
        if _stars(message.string) > _stars(message.id) or re.match(r"\d+\. ", str(message.string))
    ]
    assert other == []


def _stars(text):
    """Count the stars that a reader would see."""
    html = MarkdownIt().render(str(text))
    return re.sub(r"<code>.*?</code>", "", html, flags=re.DOTALL).count("*")


def test_pages_say_terms_as_the_program_does():
    """Where a message names a term of the glossary, its Chinese has the glossary's."""
    other = [
        f"{file.stem}: {term}: {message.string}"
        for file in messages.files()
        for message in _read(file)
        for term, chinese in _terms().items()
        if re.search(rf"(?<![\w/.`]){re.escape(term)}s?(?![\w.]\w)", str(message.id), re.IGNORECASE)
        and chinese not in str(message.string)
    ]
    assert other == []


@cache
def _terms():
    return {row["en"]: row["zh"] for row in subject("glossary").values()}


def _read(file):
    with file.open("rb") as opened:
        return [each for each in read_po(opened) if each.id]


def test_pages_in_a_file_a_language_have_the_same_headings():
    """So that the anchors of the English file lead to those of the Chinese."""
    both = [page for page in pages() if page.with_stem(f"{page.stem}_zh").is_file()]
    assert len(both) > 5
    for page in both:
        texts = [each.read_text("utf-8") for each in (page, page.with_stem(f"{page.stem}_zh"))]
        assert len(anchors(texts[0])) == len(anchors(texts[1])), page.name


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(DOCS)))
def test_links_between_pages_lead_to_pages(page):
    text = re.sub(r"^```.*?^```", "", page.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    made = ("reference/", "api/", "gallery/", "house/", "live/")
    for link in re.findall(r"\]\(([^)#:]+\.(?:md|csv|toml|html))(?:#[^)]*)?\)", text):
        target = (page.parent / link).resolve()
        place = target.relative_to(ROOT)
        assert target.exists() or str(place).removeprefix("docs/").startswith(made), link


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(DOCS)))
def test_no_line_of_prose_is_a_comment(page):
    """A line that begins with a percent sign is one in Markdown as Sphinx reads it, and is lost."""
    text = re.sub(r"^```.*?^```", "", page.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    assert re.findall(r"^ *%.*", text, flags=re.MULTILINE) == []


def test_the_title_of_an_embedded_page_is_translated():
    page = Embedded(title="The report")
    page.preserve_original_messages()
    page.apply_translated_message("The report", "报告")
    assert page["title"] == "报告"
    assert page.extract_original_messages() == ["The report"]


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(DOCS)))
def test_blocks_in_two_languages_are_done_in_both(page):
    text = page.read_text("utf-8")
    if any(
        in_language(block.text, "zh") != in_language(block.text, "en") for block in blocks_of(text)
    ):
        assert languages_of(text) == ["en", "zh"]


def test_headings_of_pages_in_english_have_their_chinese():
    """Those of every method, and titles, which stand in lists of links."""
    sought = {"methods/*.md": "##?", "reference/*.md": "#", "house/*.md": "#"}
    heads = {
        head
        for pattern, level in sought.items()
        for page in DOCS.glob(pattern)
        if page.stem != "index"
        for head in re.findall(rf"^{level} (.+)$", page.read_text("utf-8"), re.MULTILINE)
    }
    assert len(heads) > 60
    assert heads - frame().keys() == set()


def test_an_embedded_page_opens_at_its_view():
    builder = SimpleNamespace(get_target_uri="{}.html".format, current_docname="how_to/embed")
    translator = SimpleNamespace(builder=builder, attval=escape, body=[])
    page = Embedded(target="ab/atlas.html", height="480", title="A", view="#embed=1&year=2023")
    with pytest.raises(nodes.SkipNode):
        _embedded(translator, page)
    assert 'src="../_downloads/ab/atlas.html#embed=1&amp;year=2023"' in translator.body[0]


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(DOCS)))
def test_python_that_is_shown_needs_nothing_that_is_hidden(page):
    """A reader can type only what he sees."""
    known = set(dir(builtins))
    for block in blocks_of(page.read_text("utf-8")):
        if block.kind == "python" and "hide" not in block.options:
            asked, given = _names(block.text)
            assert asked - given - known == set()
            known |= given


def _names(code):
    """Give the names that code asks for, and those that it gives."""
    asked, given = set(), set()
    for node in ast.walk(ast.parse(code)):
        match node:
            case ast.Name(id=name, ctx=ast.Load()):
                asked.add(name)
            case ast.Name(id=name) | ast.FunctionDef(name=name) | ast.arg(arg=name):
                given.add(name)
            case ast.alias(name=name, asname=other):
                given.add(other or name.split(".")[0])
    return asked, given


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_rows_of_a_claim_stand_together_in_the_order_asked_for(language):
    """In the file the power of a claim may stand below another claim."""
    directives = pytest.importorskip("docs.builder.directives")
    rows = pd.read_csv(ROOT / "docs" / "calibration.csv")
    asked = list(dict.fromkeys(rows["claim"]))[::-1]
    shown = directives.calibrated(asked, language)
    first, share = shown.columns[0], shown.columns[5]
    named = shown[first].mask(shown[first] == "").ffill()
    assert (shown[first] != "").sum() == len(asked) == named.nunique()
    here = shown.groupby(named, sort=False)[share].apply(list).tolist()
    there = rows.groupby("claim", sort=False)["share"].apply(list).tolist()
    assert here == there[::-1]


def test_python_of_pages_can_be_typed_line_by_line():
    """Python's prompt wants a blank line after what is indented, also amid a block."""
    other = [
        f"{page.relative_to(DOCS)}: {fault}"
        for page in pages()
        for block in blocks_of(page.read_text(encoding="utf-8"))
        if block.kind == "python" and "hide" not in block.options and (fault := _typed(block.text))
    ]
    assert other == []


def test_what_cannot_be_typed_is_found():
    assert _typed("for x in 'ab':\n    print(x)\nprint(1)") == "print(1)"
    assert _typed("for x in 'ab':\n    print(x)\n\nprint(1)") == ""


def _typed(text):
    """Give the line at which Python's prompt stops, or nothing."""
    waiting = []
    for line in [*text.split("\n"), "", ""]:
        waiting.append(line)
        try:
            done = codeop.compile_command("\n".join(waiting), symbol="single")
        except SyntaxError:
            return line
        if done is not None:
            waiting = []
    return ""
