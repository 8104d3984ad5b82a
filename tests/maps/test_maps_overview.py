"""The page over many studies in a real browser: WCAG 2.2 AA, nothing run, nothing from outside."""

from __future__ import annotations

import pytest
from test_maps_accessibility import RULES, RUN, axe  # noqa: F401 (a fixture)

from geo_resilience.report._overview import Overview, overview_html

pytestmark = pytest.mark.browser

HOSTILE = """'"><img src=x onerror="document.title='run'">&amp; # %41 ?"""

STUDIES = [
    Overview("plain", 31, (2018, 2023), 0.312, "Beijing", (0.323, 0.0082), (-0.206, 0.012)),
    Overview(HOSTILE, 2, (0,), 0.5, HOSTILE, (0.1, float("nan"))),
    Overview("lost", missing=True, why=(f"{HOSTILE} is wrong.", "So is this.")),
    Overview("a long name " * 15, 2_875, (2023,), 0.5, "Ain"),
]


@pytest.fixture(params=["en", "zh"])
def opened(request, chromium, tmp_path):
    place = tmp_path / "index.html"
    place.write_text(overview_html(STUDIES, request.param), encoding="utf-8")
    context = chromium.new_context(viewport={"width": 1000, "height": 700})
    page = context.new_page()
    page.asked = []
    page.on("request", lambda asked: page.asked.append(asked.url))
    page.goto(place.as_uri())
    yield page
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_is_accessible(opened, axe, scheme):  # noqa: F811
    opened.emulate_media(color_scheme=scheme)
    opened.context.new_cdp_session(opened).send("Page.setBypassCSP", {"enabled": True})
    opened.reload()
    opened.evaluate(axe)
    assert opened.evaluate(RUN, ["html", RULES, []]) == []
    opened.evaluate("document.querySelector('caption,h1').style.color = '#888'")
    opened.evaluate("document.querySelector('main').style.background = '#888'")
    assert opened.evaluate(RUN, ["html", RULES, []]) != []


def test_a_hostile_name_is_text(opened):
    assert opened.title() in ("Studies side by side", "各项研究一览")
    assert opened.locator("img").count() == 0
    assert opened.locator("tbody th").nth(1).inner_text() == HOSTILE
    assert [url for url in opened.asked if not url.startswith("file:")] == []
    assert len(opened.asked) == 1
    links = opened.locator("tbody tr:nth-child(2) a").evaluate_all("all => all.map(a => a.href)")
    inside = opened.url.removesuffix("index.html")
    assert all(link.startswith(inside) and "#" not in link for link in links)


def test_a_phone_scrolls_the_table_and_not_the_page(opened):
    opened.set_viewport_size({"width": 360, "height": 640})
    wide = opened.evaluate("document.documentElement.scrollWidth")
    assert wide <= 360
