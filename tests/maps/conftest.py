"""A real Chromium without a network for every test of the page."""

from __future__ import annotations

from urllib.parse import parse_qs

import geopandas as gpd
import numpy as np
import pytest
import shapely
from synthetic_findings import full_results
from synthetic_results import synthetic_results

from geo_resilience import maps


class Opened:
    """A page in the browser, with everything it complained about or asked for."""

    def __init__(self, page):
        self.page = page
        self.complaints = []
        self.requests = []

    @property
    def asked_outside(self):
        return [url for url in self.requests if not url.startswith(("file:", "data:", "blob:"))]

    def fills(self):
        """Fill of every region on the map, by key."""
        script = (
            "() => Object.fromEntries([...document.querySelectorAll('path.region')]"
            ".map((p) => [p.dataset.key, p.getAttribute('fill')]))"
        )
        return self.page.evaluate(script)

    def legend(self):
        """Label and count of every row of the legend."""
        script = (
            "() => [...document.querySelectorAll('#legend li')].map((row) =>"
            " [row.querySelector('.label').textContent,"
            " Number(row.querySelector('.count').textContent)])"
        )
        return dict(self.page.evaluate(script))

    def go(self, year_place):
        """Move the slider as a hand would, to the place of a year."""
        script = (
            "(place) => { const s = document.getElementById('slider');"
            " s.value = place; s.dispatchEvent(new Event('input', {bubbles: true})); }"
        )
        self.page.evaluate(script, year_place)

    def choose(self, identity):
        """Choose what is shown as a hand would: open, turn to its topic, take the row."""
        self.page.click("#layer")
        topics = self.page.locator("#picker_topics button")
        option = self.page.locator(f'#picker_list [data-id="{identity}"]')
        for place in range(topics.count()):
            if option.count():
                break
            topics.nth(place).click()
        option.click()

    def layer(self):
        """Which layer is shown, as the address says."""
        return parse_qs(self.page.evaluate("location.hash.slice(1)"))["layer"][0]

    def text(self, selector):
        return self.page.text_content(selector)


class Windows:
    """Pages of the browser without a network; one that a test is done with serves the next."""

    def __init__(self, chromium):
        self.chromium = chromium
        self.contexts = {}
        self.free = {}
        self.shown = {}

    def take(self, size, **options):
        """An empty page of a size, in a browser of these options."""
        kind = tuple(sorted(options.items()))
        if kind not in self.contexts:
            self.contexts[kind] = self.chromium.new_context(
                offline=True, reduced_motion="reduce", **options
            )
        free = self.free.setdefault(kind, [])
        page = free.pop() if free else self.listened(self.contexts[kind].new_page())
        page.set_default_timeout(30_000)
        page.set_viewport_size({"width": size[0], "height": size[1]})
        view = self.shown[page] = Opened(page)
        view.kind = kind
        return view

    def listened(self, page):
        def complain(text):
            self.shown[page].complaints.append(text)

        page.on("console", lambda m: complain(f"{m.type}: {m.text}"))
        page.on("pageerror", lambda error: complain(f"error: {error}"))
        page.on("dialog", lambda dialog: (complain("dialog"), dialog.dismiss()))
        page.on("request", lambda request: self.shown[page].requests.append(request.url))
        return page

    def give_back(self, view):
        view.page.mouse.move(0, 0)
        view.page.goto("about:blank")
        self.free[view.kind].append(view.page)


@pytest.fixture(scope="session")
def windows(chromium):
    return Windows(chromium)


STANDS = """() => {
  const [legend, plea] = ["#legend summary", "#plea"].map((name) => document.querySelector(name));
  return legend || (plea && !plea.hidden);
}"""


@pytest.fixture
def open_page(windows, tmp_path):
    """Open HTML in a browser that has no network; the test fails on any complaint or request."""
    opened = []

    def opening(html, *, size=(1440, 900), hash_="", touch=False, **options):
        file = tmp_path / f"page{len(opened)}.html"
        file.write_text(html, encoding="utf-8", newline="\n")
        view = windows.take(size, has_touch=touch, **options)
        opened.append(view)
        view.page.goto(file.as_uri() + hash_)
        if 'id="atlas_data"' in html:  # long data are inflated before the page stands
            view.page.wait_for_function(STANDS)
        return view

    yield opening
    for view in opened:
        windows.give_back(view)
    faults = [(view.complaints, view.asked_outside) for view in opened]
    assert all(fault == ([], []) for fault in faults), faults


@pytest.fixture(scope="session")
def results():
    return synthetic_results()


@pytest.fixture(scope="session")
def atlas_html(results):
    return maps.atlas(results).html


@pytest.fixture(scope="session")
def lattice():
    """So many squares that they are drawn on a canvas."""
    boxes = [shapely.box(x, y, x + 1, y + 1) for y in range(26) for x in range(26)]
    keys = [f"{place:04d}" for place in range(len(boxes))]
    shapes = shapely.transform(np.array(boxes), lambda points: points * 10_000.0)
    return gpd.GeoDataFrame({"name": keys}, geometry=shapes, index=keys, crs=3857)


@pytest.fixture(scope="session")
def full():
    return full_results()


@pytest.fixture(scope="session")
def full_html(full):
    return maps.atlas(full).html
