"""Pages are in Chinese as a whole, in the terms of the program, and their links hold."""

import re
from functools import cache

import pytest

pytest.importorskip("babel")
pytest.importorskip("grimp")
pytest.importorskip("markdown_it")

from babel.messages.pofile import read_po
from markdown_it import MarkdownIt

from docs.builder import messages
from docs.builder.executing import ROOT
from docs.builder.sources import DOCS, pages
from geo_resilience.words import subject

#: Ordinary words among the terms, for which no one Chinese term stands.
_PLAIN = {"p", "Cluster", "Neighbor", "Contribution", "Grade", "Proxy", "Recovery", "Resistance"}


def test_every_page_that_is_to_be_in_chinese_is():
    asked = {
        str(page.relative_to(DOCS).with_suffix(""))
        for page in pages()
        if messages.is_complete(str(page.relative_to(DOCS).with_suffix("")))
    }
    assert len(asked) > 5
    there = {str(f.relative_to(messages.LOCALES).with_suffix("")) for f in messages.files()}
    assert asked - there == set()
    assert messages.lacking() == {}


def test_emphasis_closes_in_chinese_too():
    """Stars after Chinese punctuation and before a letter close nothing: they would be printed."""
    other = [
        f"{file.stem}: {message.string}"
        for file in messages.files()
        for message in _read(file)
        if _emphases(message.string) != _emphases(message.id)
    ]
    assert other == []


def _emphases(text):
    html = MarkdownIt().render(str(text))
    return html.count("<em>") + html.count("<strong>")


def test_pages_say_terms_as_the_program_does():
    """Where a message names a term of the glossary, its Chinese has the glossary's."""
    other = [
        f"{file.stem}: {term}: {message.string}"
        for file in messages.files()
        for message in _read(file)
        for term, chinese in _terms().items()
        if re.search(rf"\b{re.escape(term)}\b", str(message.id), re.IGNORECASE)
        and chinese not in str(message.string)
    ]
    assert other == []


@cache
def _terms():
    told = subject("report.term")
    names = [key for key in told if f"{key}.meaning" in told and told[key]["en"] not in _PLAIN]
    return {told[key]["en"]: told[key]["zh"] for key in names}


def _read(file):
    with file.open("rb") as opened:
        return [each for each in read_po(opened) if each.id]


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(DOCS)))
def test_links_between_pages_lead_to_pages(page):
    text = re.sub(r"^```.*?^```", "", page.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    made = ("reference/", "api/", "gallery/", "house/", "live/")
    for link in re.findall(r"\]\(([^)#:]+\.(?:md|csv|toml|html))(?:#[^)]*)?\)", text):
        target = (page.parent / link).resolve()
        place = target.relative_to(ROOT)
        assert target.exists() or str(place).removeprefix("docs/").startswith(made), link
