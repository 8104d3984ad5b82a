"""Picking in charts and on the map; growth; two things in a color; a region beside others."""

from __future__ import annotations

import itertools
import json
import re
import shutil
import subprocess

import numpy as np
import pytest
from test_maps_bundle import ASSETS

from geo_resilience import maps

browser = pytest.mark.browser

#: Opens a part of the panel, and waits until it is built.
OPEN = """
async (name) => {
  const part = document.querySelector(`[data-fold=${name}]`);
  if (part.open) return;
  const built = new Promise((done) => part.addEventListener('toggle', done, { once: true }));
  part.querySelector('summary').click();
  await built;
}
"""


def opened(open_page, html, hash_="", fold=None, **options):
    view = open_page(html, hash_=hash_, **options)
    if fold:
        view.page.evaluate(OPEN, fold)
    return view


def in_year(results, year):
    scores = results.tables["scores"]
    return scores[scores["year"] == year].set_index("adcode")


def kept(view, within="#atlas_map"):
    """Keys of the regions that the map does not fade; all where none is picked."""
    script = (
        "(within) => [...document.querySelectorAll(`${within} path.region:not(.faded)`)]"
        ".map((path) => path.dataset.key)"
    )
    return set(view.page.evaluate(script, within))


def picked(view):
    """Keys that the address names."""
    found = re.search(r"picked=([^&]*)", view.page.evaluate("decodeURIComponent(location.hash)"))
    return set(found[1].split(",")) if found else set()


@browser
def test_bars_of_the_distribution_pick_their_regions(open_page, atlas_html, results):
    view = opened(open_page, atlas_html, "#layer=composite&year=2023", "spread")
    scores = in_year(results, 2023)["composite"]
    low, high = scores.min(), scores.max()
    bars = view.page.locator(".histogram .pick")
    bar = bars.last
    bar.click()
    count = int(re.search(r"(\d+) region", bar.get_attribute("aria-label"))[1])
    assert len(kept(view)) == count == len(picked(view))
    assert kept(view) == set(scores.nlargest(count).index)
    assert scores[sorted(kept(view))].min() >= low + (high - low) * 0.6
    bars.first.focus()
    view.page.keyboard.press("Enter")
    assert scores.idxmin() in kept(view) and scores.idxmax() not in kept(view)
    view.page.keyboard.press("Enter")
    assert len(kept(view)) == 31 and not picked(view)


@browser
def test_a_rectangle_on_a_scatter_of_two_layers_picks_what_lies_within(
    open_page, atlas_html, results
):
    view = opened(open_page, atlas_html, "#layer=composite", "against")
    options = view.page.locator("#against option").count()
    assert options > 10
    chart = view.page.locator("[data-fold=against] .scatter")
    chart.scroll_into_view_if_needed()
    box = chart.bounding_box()
    inside = chart.locator(".point").evaluate_all(
        "(dots) => dots.filter((dot) => Number(dot.getAttribute('cx')) > 144)"
        ".map((dot) => dot.dataset.region)"
    )
    view.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 2)
    view.page.mouse.down()
    view.page.mouse.move(box["x"] + box["width"] - 2, box["y"] + box["height"] - 3, steps=5)
    view.page.mouse.up()
    keys = view.page.evaluate("JSON.parse(document.getElementById('atlas_data').textContent).keys")
    assert kept(view) == {keys[int(region)] for region in inside} and len(inside) > 2
    view.page.locator("#means-low-low").click()
    assert 0 < len(kept(view)) < 31
    assert view.page.get_attribute("#means-low-low", "aria-pressed") == "true"
    code = results.framework.dimensions[1].code
    view.page.select_option("#against", code)
    assert f"against={code}" in view.page.evaluate("location.hash")


@browser
def test_the_correlation_told_is_that_of_the_table(open_page, atlas_html, results):
    code = results.framework.dimensions[0].code
    view = opened(open_page, atlas_html, f"#layer=composite&year=2022&against={code}", "against")
    told = view.page.inner_text("[data-fold=against] p.muted")
    scores = in_year(results, 2022)
    assert (
        f"correlation {np.corrcoef(scores['composite'], scores[code])[0, 1]:.2f} ({len(scores)} "
        in told
    )


@browser
def test_a_class_of_the_year_is_picked_by_its_bar(open_page, atlas_html, results):
    view = opened(open_page, atlas_html, "#layer=grade&year=2023")
    grades = in_year(results, 2023)["grade"]
    piece = view.page.locator('[data-fold=classes] [data-pick="class-2"]')
    piece.focus()
    view.page.keyboard.press("Space")
    assert kept(view) == set(grades[grades == "Medium"].index)
    view.go(0)
    assert kept(view) == set(grades[grades == "Medium"].index)


@browser
def test_the_map_picks_by_shift_by_keys_and_by_rectangle(open_page, atlas_html):
    view = opened(open_page, atlas_html, "#layer=composite", "spread")
    for key in ("420000", "430000"):
        view.page.click(f'path.region[data-key="{key}"]', modifiers=["Shift"])
    assert kept(view) == {"420000", "430000"} == picked(view)
    assert "region=" not in view.page.evaluate("location.hash")
    assert "2 regions picked" in view.page.inner_text(".picked")
    assert view.page.locator(".histogram .piece.faint").count() > 3
    view.page.locator('path.region[data-key="430000"]').focus()
    view.page.keyboard.press("Shift+Enter")
    assert kept(view) == {"420000"}
    box = view.page.locator("#atlas_map").bounding_box()
    view.page.keyboard.down("Shift")
    view.page.mouse.move(box["x"] + 0.5 * box["width"], box["y"] + 0.15 * box["height"])
    view.page.mouse.down()
    view.page.mouse.move(box["x"] + 0.9 * box["width"], box["y"] + 0.6 * box["height"], steps=6)
    view.page.mouse.up()
    view.page.keyboard.up("Shift")
    assert {"420000", "110000", "210000"} <= kept(view) and "650000" not in kept(view)
    view.page.click("#let_go")
    assert len(kept(view)) == 31


@browser
def test_a_finger_picks_where_picking_is_on(open_page, atlas_html):
    view = opened(open_page, atlas_html, touch=True, size=(768, 1024))
    view.page.click("#compare_menu summary")
    view.page.click("#picking")
    view.page.evaluate("document.getElementById('compare_menu').open = false")
    for key in ("650000", "540000"):
        view.tap(f'path.region[data-key="{key}"]')
    assert kept(view) == {"650000", "540000"}


@browser
def test_what_is_picked_is_drawn_in_picture_and_table(open_page, atlas_html, tmp_path):
    view = opened(open_page, atlas_html, "#layer=level%20change&picked=420000,110000&since=2019")
    view.page.click("#out_menu summary")
    with view.page.expect_download() as awaited:
        view.page.click("#out_svg")
    drawn = awaited.value.path().read_text(encoding="utf-8")
    assert drawn.count('fill-opacity="0.18"') >= 29
    assert "high, rose" in drawn
    view.page.click("#out_menu summary")
    with view.page.expect_download() as awaited:
        view.page.click("#out_csv")
    head, *rows = awaited.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert head.endswith('change since 2019",picked') and "Composite index" in head
    assert sum(row.endswith(",1") for row in rows) == 2


@browser
def test_level_and_change_are_told_together(open_page, atlas_html, results):
    view = opened(open_page, atlas_html, "#layer=level%20change&since=2019&year=2023")
    scores = results.tables["scores"]
    cuts = np.sort(scores["composite"])[[round(len(scores) / 3), round(2 * len(scores) / 3)]]
    wide = scores.pivot(index="adcode", columns="year", values="composite")
    level = np.searchsorted(cuts, wide[2023], side="right")
    found, shown = view.fills(), view.page.locator(".square .swatch:not(.hatched)")
    colors = shown.evaluate_all("(nodes) => nodes.map((node) => node.style.backgroundColor)")
    assert len(colors) == 9 == len(set(colors))
    rgb = ["#" + "".join(f"{int(n):02x}" for n in re.findall(r"\d+", color)) for color in colors]
    rows = {color: 2 - place // 3 for place, color in enumerate(rgb)}
    columns = {color: place % 3 for place, color in enumerate(rgb)}
    change = wide[2023] - wide[2019]
    for place, key in enumerate(wide.index):
        assert rows[found[key]] == level[place], key
    rose = [change[key] for key in wide.index if columns[found[key]] == 2]
    still = [change[key] for key in wide.index if columns[found[key]] == 1]
    fell = [change[key] for key in wide.index if columns[found[key]] == 0]
    assert min(rose, default=9) > max(still, default=0) and min(still, default=0) > max(
        fell, default=-9
    )
    view.page.hover('path.region[data-key="420000"]')
    card = view.page.inner_text("#tooltip")
    assert f"{wide[2023]['420000']:.3f}" in card
    assert f"{change['420000']:+.3f}".replace("-", "\u2212") in card


@browser
@pytest.mark.parametrize(
    ("language", "words"), [("en", "Level and certainty"), ("zh", "水平与可信度")]
)
def test_level_and_certainty_are_a_layer(open_page, full_html, language, words):
    view = opened(open_page, full_html, f"#layer=level%20certainty&lang={language}")
    assert words in view.page.inner_text("#legend summary")
    assert view.page.locator(".square .swatch").count() >= 9


def test_nine_colors_are_told_apart_by_color_blind_readers():
    text = (ASSETS / "bivariate.js").read_text(encoding="utf-8")
    for name in ("certainty", "change"):
        colors = json.loads(re.search(rf"{name}: (\[[^\]]*\])", text)[1])
        assert len(colors) == 9
        for seen in SEEN_BY.values():
            labs = [lab(np.array(seen) @ linear(color)) for color in colors]
            assert min(np.linalg.norm(a - b) for a, b in itertools.combinations(labs, 2)) > 10


#: Linear sRGB as seen with all cones, without the long, the middle, the short ones
#: (Machado, Oliveira and Fernandes 2009, severity 1).
SEEN_BY = {
    "all": np.eye(3),
    "protan": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deutan": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.01182, 0.04294, 0.968881],
    ],
    "tritan": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.3039],
    ],
}


def linear(color):
    parts = np.array([int(color[at : at + 2], 16) for at in (1, 3, 5)]) / 255
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def lab(light):
    """CIE L*a*b* of linear sRGB under D65."""
    to_xyz = np.array(
        [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    )
    x, y, z = (to_xyz @ np.clip(light, 0, 1)) / np.array([0.9505, 1, 1.089])
    x, y, z = (np.cbrt(v) if v > 0.008856 else 7.787 * v + 16 / 116 for v in (x, y, z))
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@browser
def test_growth_is_said_and_picked_by_keys(open_page, atlas_html, results):
    view = opened(open_page, atlas_html, "#layer=composite&year=2023", "growth")
    wide = results.tables["scores"].pivot(index="adcode", columns="year", values="composite")
    grown = (wide[2023] - wide[2018]).sort_values(ascending=False)
    names = results.regions.frame["name"]
    view.page.focus(".growth")
    view.page.keyboard.press("ArrowDown")
    view.page.keyboard.press("ArrowDown")
    said = view.page.inner_text(".growth-said")
    assert names[grown.index[1]] in said and f"{grown.iloc[1]:+.3f}" in said
    assert view.page.locator("#atlas_map path.hovered").get_attribute("d") != "M0 0"
    view.page.keyboard.press("Enter")
    assert kept(view) == {grown.index[1]}
    assert view.page.locator(".growth .held").count() == 1
    box = view.page.locator(".growth").bounding_box()
    view.page.mouse.move(box["x"] + 0.9 * box["width"], box["y"] + 0.3 * box["height"])
    assert re.search(r"\d\.\d{3}", view.page.inner_text(".growth-said"))


@browser
def test_a_region_stands_beside_its_zone_its_like_and_the_best(open_page, bundled_run):
    found = bundled_run[0]
    html = maps.atlas(found).html
    peers = found.tables["peers"]
    row = peers[(peers["adcode"].astype(str) == "420000") & (peers["year"] == 2023)].iloc[0]
    view = open_page(html, hash_="#region=420000&year=2023&with=zone,like,best,430000")
    cells = view.page.locator(".beside tbody tr").first.locator("td").all_inner_texts()
    expected = [row[name] for name in ("composite", "zone_mean", "similar_mean", "best")]
    assert cells[:4] == [f"{value:.3f}" for value in expected]
    assert len(cells) == 5
    names = found.regions.frame["name"]
    like = {names[key] for key in str(row["similar"]).split()}
    assert set(view.page.get_attribute("#beside_like", "title").split(", ")) == like
    assert names[str(row["best_region"])] in view.page.inner_text("#beside_best")
    view.page.click("#beside_zone")
    assert view.page.locator(".beside tbody tr").first.locator("td").count() == 4
    assert "with=like,best,430000" in view.page.evaluate("decodeURIComponent(location.hash)")


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")
def test_the_most_alike_are_nearest_by_weight():
    script = """
    import { likeOf } from "./beside.js";
    const rows = [[0, 0], [0.1, 0], [0, 0.2], [1, 1], [NaN, 0]].map(([a, b]) => ({ a, b }));
    const study = {
      alike: new Map(), dimensions: [], regions: [0, 1, 2, 3, 4],
      indicators: [{ scaled: "a", weight: 0.9 }, { scaled: "b", weight: 0.1 }],
      at: (column, region) => rows[region][column],
    };
    console.log(JSON.stringify(likeOf(study, 0, 0)));
    """
    done = subprocess.run(
        ["node", "--input-type=module", "-e", script], cwd=ASSETS, capture_output=True, check=True
    )
    # 0.1 * 0.2² = 0.004 lies nearer than 0.9 * 0.1² = 0.009; a region without a value is like none
    assert json.loads(done.stdout) == [2, 1, 3]
