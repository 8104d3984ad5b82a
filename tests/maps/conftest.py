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

    def waits_for(self, condition, given=None):
        """Wait until what a script says of the page is true."""
        self.page.wait_for_function(condition, arg=given)

    def drawn(self, other_than=""):
        """The first canvas, once it shows what its map looks at and is another than before."""
        taken = "document.querySelector('canvas.leaflet-zoom-animated').toDataURL()"
        self.waits_for(f"(before) => ({DRAWN})() && {taken} !== before", other_than)
        return self.page.evaluate(taken)

    def visit(self, *addresses):
        """Put addresses into the page one by one; it has followed each on return."""
        self.page.evaluate(VISIT, addresses)

    def tap(self, selector):
        """Tap as a finger does; the click that the browser makes of it later was answered."""
        self.page.evaluate(LISTEN)
        self.page.tap(selector)
        self.waits_for("() => window.isTapped")

    def moves(self, act):
        """Do what moves the map; the address tells the new place once it has come to rest."""
        place = "() => new URLSearchParams(location.hash.slice(1)).get('view')"
        before = self.page.evaluate(place)
        act()
        self.waits_for(f"(before) => ({place})() !== before", before)

    def cost(self, script, given=None):
        """Milliseconds of its processor that a page takes for a script, whatever else runs."""
        session = self.page.context.new_cdp_session(self.page)
        session.send("Performance.enable", {"timeDomain": "threadTicks"})

        def spent():
            told = session.send("Performance.getMetrics")["metrics"]
            return next(1000 * each["value"] for each in told if each["name"] == "ThreadTime")

        before = spent()
        self.page.evaluate(script, given)
        found = spent() - before
        session.detach()
        return found


class Windows:
    """Pages of the browser without a network; one that a test is done with serves the next."""

    def __init__(self, chromium):
        self.chromium = chromium
        self.contexts = {}
        self.free = {}
        self.shown = {}

    def take(self, size, **options):
        """A page of a size that nobody looks at, in a browser of these options."""
        kind = tuple(sorted(options.items()))
        if kind not in self.contexts:
            self.contexts[kind] = self.chromium.new_context(
                offline=True, reduced_motion="reduce", **options
            )
        free = self.free.setdefault(kind, [])
        asked = {"width": size[0], "height": size[1]}
        free.sort(key=lambda page: page.viewport_size == asked)
        page = free.pop() if free else self.listened(self.contexts[kind].new_page())
        page.set_default_timeout(30_000)
        if page.viewport_size != asked:
            page.goto("about:blank")
            page.set_viewport_size(asked)
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
        self.free[view.kind].append(view.page)


@pytest.fixture(scope="session")
def windows(chromium):
    return Windows(chromium)


#: Maps that are drawn on a canvas show what they look at: one that took long is drawn later.
DRAWN = """() => [...document.querySelectorAll('.leaflet-container')].every((map) => {
  const canvas = map.querySelector('canvas.leaflet-zoom-animated:not(.leaflet-heatmap-layer)');
  if (!canvas) return true;
  const [own, seen] = [canvas, map].map((each) => each.getBoundingClientRect());
  const apart = [own.width - 1.2 * seen.width, own.height - 1.2 * seen.height];
  apart.push(own.left + own.right - seen.left - seen.right);
  apart.push(own.top + own.bottom - seen.top - seen.bottom);
  return apart.every((each) => Math.abs(each) < 4);
})"""

#: A page of many regions writes its address 200 ms after a step; a later timer comes after that.
WRITTEN = """new Promise((done) => {
  const isMany = document.querySelector('canvas.leaflet-zoom-animated');
  requestAnimationFrame(() => setTimeout(done, isMany ? 200 : 0));
})"""

#: The page is drawn, has told everything and measured its room, or says why it cannot.
STANDS = f"""async () => {{
  const [plea, told] = ["#plea", "#panel_body > *"].map((each) => document.querySelector(each));
  if (plea && !plea.hidden) return true;
  if (!told || !location.hash.includes("lang=")) return false;
  await {WRITTEN};
  return ({DRAWN})();
}}"""
VISIT = f"""async (addresses) => {{
  if (document.querySelector('canvas.leaflet-zoom-animated')) await {WRITTEN};
  for (const address of addresses) {{
    const before = location.hash;
    const followed = new Promise((done) => addEventListener("hashchange", done, {{ once: true }}));
    location.hash = address;
    if (location.hash !== before) await followed;
  }}
}}"""
LISTEN = """() => {
  window.isTapped = false;
  const answered = () => setTimeout(() => (window.isTapped = true));
  addEventListener("click", answered, { capture: true, once: true });
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
def seen():
    return {}


@pytest.fixture
def colors(open_page, atlas_html, seen):
    """Fills of the atlas at an address where the map stands alone; looked at once a session."""

    def at(address):
        if address not in seen:
            seen[address] = open_page(atlas_html, hash_=address).fills()
        return seen[address]

    return at


@pytest.fixture(scope="session")
def full():
    return full_results()


@pytest.fixture(scope="session")
def full_html(full):
    return maps.atlas(full).html
