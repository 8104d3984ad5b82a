"""Text that tries to be code stays text: in the file, in the page, and while it is built."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pandas as pd
import pytest
from synthetic_results import synthetic_results

from geo_resilience import maps
from geo_resilience.regions import read_boundaries
from geo_resilience.text import Text

pytestmark = pytest.mark.browser

HOSTILE = [
    "<script>window.broken = 1</script>",
    "</script><script>window.broken = 1</script>",
    "<img src=x onerror='window.broken = 1'>",
    '"><svg onload="window.broken = 1">',
    "{{ 7*7 }}",
    "{% raw %}",
    "{# x",
    "{% for x in ().__class__.__base__.__subclasses__() %}",
    "`${window.broken = 1}`",
    "{name} {count}",
    "<!-- <script> -->",
    "]]> &lt;b&gt; &amp;",
    "line\u2028para\u2029end",
    "\u202eright to left\u202c",
    "a\u0301\u0302\u0303\u0304 combining",
    "=HYPERLINK(0)\t\r\n\"quoted\", 'single'",
    "\\u003cscript\\u003e \\\\",
    "constructor",
    "__proto__",
    "👩🏽‍🔬 emoji",
    "long " * 2000,
]


def visible(text):
    return " ".join(text.split())


@pytest.fixture(scope="module")
def hostile_results():
    regions = read_boundaries()
    names = [HOSTILE[place % len(HOSTILE)] for place in range(len(regions.keys))]
    regions = replace(regions, frame=regions.frame.assign(name=names, name_zh=names))
    whole = synthetic_results()
    framework = whole.framework
    indicators = tuple(
        replace(
            each,
            name=Text(text),
            measured_as=Text(text),
            definition=Text(text),
            source=text,
            unit=Text(text),
        )
        for each, text in zip(framework.indicators, HOSTILE, strict=False)
    )
    dimensions = tuple(
        replace(each, name=Text(text))
        for each, text in zip(framework.dimensions, HOSTILE, strict=False)
    )
    changed = replace(
        framework,
        dimensions=dimensions,
        indicators=indicators,
        variables=(),
        groups=(),
        title=Text(HOSTILE[0]),
        source=Text(HOSTILE[1]),
        meaning=Text(HOSTILE[2]),
    )
    notes = tuple(SimpleNamespace(level=2, say=lambda _, text=text: text) for text in HOSTILE)
    return synthetic_results(regions=regions, framework=changed, title=HOSTILE[1], notes=notes)


def test_hostile_names_titles_and_notes_are_text(open_page, hostile_results):
    page = maps.atlas(hostile_results)
    assert maps.atlas(hostile_results).html == page.html
    view = open_page(page.html)
    assert view.page.evaluate("window.broken") is None
    assert view.text("#title") == HOSTILE[1]
    assert view.page.title() == HOSTILE[1]
    assert view.page.text_content("#what_told").startswith(HOSTILE[2])
    labels = view.page.evaluate(
        "[...document.querySelectorAll('.ranking .label')].map((n) => n.textContent)"
    )
    assert set(labels) == set(HOSTILE)
    for key in hostile_results.regions.keys[:8]:
        view.page.evaluate(
            "(key) => { const path = document.querySelector(`path.region[data-key='${key}']`);"
            " path.dispatchEvent(new MouseEvent('mouseover', {bubbles: true, clientX: 300,"
            " clientY: 300})); }",
            key,
        )
        name = hostile_results.regions.frame.loc[key, "name"]
        assert name in view.text("#tooltip")
    view.page.click("#notes")
    notes = view.page.evaluate(
        "[...document.querySelectorAll('#dialog li')].map((n) => n.textContent)"
    )
    assert set(HOSTILE) <= set(notes)
    assert view.page.evaluate("document.scripts.length") == 4
    assert view.page.evaluate("document.querySelectorAll('img, iframe, link, object').length") == 0
    assert view.page.evaluate("window.broken") is None


def test_hostile_region_names_in_the_panel_and_on_paper(open_page, hostile_results):
    view = open_page(maps.atlas(hostile_results).html, hash_="#region=310000&with=110000")
    assert view.text("#panel_title") == hostile_results.regions.frame.loc["310000", "name"]
    assert view.page.evaluate("document.documentElement.scrollWidth") <= 1440
    assert view.page.pdf().startswith(b"%PDF")
    assert view.page.evaluate("window.broken") is None


@pytest.mark.parametrize("text", HOSTILE)
def test_choropleth_takes_any_text(open_page, text):
    frame = read_boundaries().frame.iloc[:3]
    values = pd.Series(range(3), index=frame.index, dtype=float, name=text)
    page = maps.choropleth(
        values,
        frame,
        title=text,
        subtitle=text,
        unit=text,
        source=text,
        notes=[text],
        groups={text: list(frame.index[:2])},
    )
    view = open_page(page.html, size=(360, 740))
    assert view.text("#title") == text
    assert text in view.text("#source")
    assert view.page.evaluate("window.broken") is None
    assert view.page.evaluate("document.documentElement.scrollWidth") <= 360


def test_hostile_keys_and_categories(open_page):
    regions = read_boundaries()
    frame = regions.frame.copy()
    frame.index = [f"{HOSTILE[place % len(HOSTILE)][:80]} {place}" for place in range(len(frame))]
    categories = pd.Series([HOSTILE[place % 6] for place in range(31)], index=frame.index)
    view = open_page(maps.choropleth(categories, frame).html)
    assert set(view.legend()) == set(HOSTILE[:6])
    assert view.page.evaluate("window.broken") is None


def test_lone_surrogates_do_not_stop_the_page():
    regions = read_boundaries()
    page = maps.choropleth({"110000": 1.0, "120000": 2.0}, regions, title="half \ud800 of one")
    page.html.encode("utf-8")
