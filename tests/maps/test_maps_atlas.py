"""The atlas in a real browser: it shows what Python computed, and nothing asks outside."""

from __future__ import annotations

import base64
import json
import re
import zlib

import numpy as np
import pandas as pd
import pytest
from synthetic_results import YEARS, synthetic_results

from geo_resilience import maps, words
from geo_resilience.maps.drawing._style import GRADE_COLORS, class_of

pytestmark = pytest.mark.browser
GRADES = ["Low", "Weaker", "Medium", "Strong", "High"]
NAMES = dict(zip(GRADES, ["Low", "Fairly low", "Medium", "Fairly high", "High"], strict=True))
HATCH = "url(#hatch)"


def data_of(html):
    block = re.search(r'<script type="application/json" id="atlas_data">(.*?)</script>', html, re.S)
    data = json.loads(block[1])
    if isinstance(data, str):  # long ones are deflated
        return json.loads(zlib.decompress(base64.b64decode(data)))
    return data


def layer_of(html, identity):
    data = data_of(html)
    layer = next(layer for layer in data["layers"] if layer["id"] == identity)
    if "tenths" in layer:
        low, high = layer["tenths"]
        layer |= {
            "cuts": [place / 10 for place in range(low + 1, high + 1)],
            "colors": data["tenths"][low : high + 1],
        }
    return {"colors": data["grades"], **layer}


def column(results, name, year):
    scores = results.tables["scores"]
    return scores[scores["year"] == year].set_index("adcode")[name]


def test_every_grade_has_its_color_in_every_year(open_page, atlas_html, results):
    view = open_page(atlas_html)
    for place, year in enumerate(YEARS):
        view.go(place)
        grades = column(results, "grade", year)
        expected = {
            key: GRADE_COLORS[GRADES.index(grades[key])] if key in grades.index else HATCH
            for key in results.regions.keys
        }
        assert view.fills() == expected


@pytest.mark.parametrize("identity", ["composite", "B1", "B3"])
def test_scores_are_classed_in_tenths_in_every_year(open_page, atlas_html, results, identity):
    layer = layer_of(atlas_html, identity)
    np.testing.assert_allclose(np.diff(layer["cuts"]), 0.1)
    view = open_page(atlas_html, hash_=f"#layer={identity}")
    for place, year in enumerate(YEARS):
        view.go(place)
        values = column(results, identity, year).reindex(results.regions.keys)
        classes = class_of(values.to_numpy(), layer["cuts"])
        colors = [layer["colors"][number] if number >= 0 else HATCH for number in classes]
        assert list(view.fills().values()) == colors


@pytest.mark.parametrize("code", ["D111", "D212", "D322"])
def test_measured_indicators_are_classed_as_measured(open_page, atlas_html, results, code):
    layer = layer_of(atlas_html, f"raw {code}")
    view = open_page(atlas_html, hash_=f"#layer=raw+{code}")
    for place, year in enumerate(YEARS):
        view.go(place)
        values = results.raw[code].xs(year, level="year").reindex(results.regions.keys)
        classes = class_of(values.to_numpy(), layer["cuts"])
        colors = [layer["colors"][number] if number >= 0 else HATCH for number in classes]
        assert list(view.fills().values()) == colors


def test_change_is_that_since_the_chosen_year(open_page, atlas_html, results):
    layer = layer_of(atlas_html, "change")
    view = open_page(atlas_html, hash_="#layer=change&year=2023&since=2020")
    change = column(results, "composite", 2023) - column(results, "composite", 2020)
    change = change.reindex(results.regions.keys)
    classes = class_of(change.to_numpy(), layer["cuts"])
    colors = [layer["colors"][number] if number >= 0 else HATCH for number in classes]
    assert list(view.fills().values()) == colors
    view.page.select_option("#base", label="2018")
    change = column(results, "composite", 2023) - column(results, "composite", 2018)
    classes = class_of(change.reindex(results.regions.keys).to_numpy(), layer["cuts"])
    colors = [layer["colors"][number] if number >= 0 else HATCH for number in classes]
    assert list(view.fills().values()) == colors


def test_legend_follows_layer_and_year(open_page, atlas_html, results):
    view = open_page(atlas_html)
    for place, year in enumerate(YEARS):
        view.go(place)
        legend = view.legend()
        counts = column(results, "grade", year).value_counts()
        assert {label.split(",")[0]: count for label, count in legend.items()} == {
            **{NAMES[grade]: int(counts.get(grade, 0)) for grade in GRADES},
            "no data": 1,
        }
    view.choose("B2")
    assert "Functional resilience" in view.text("#legend summary")
    assert sum(view.legend().values()) == len(results.regions.keys)


def test_tooltip_tells_composite_grade_rank_dimensions_and_change(open_page, atlas_html, results):
    view = open_page(atlas_html)
    view.page.hover('path.region[data-key="420000"]')
    told = view.page.inner_text("#tooltip")
    row = results.tables["scores"].set_index(["adcode", "year"]).loc[("420000", 2023)]
    first = results.tables["scores"].set_index(["adcode", "year"]).loc[("420000", 2018)]
    count = len(column(results, "rank", 2023))
    for expected in (
        "Hubei",
        "2023",
        f"{row['composite']:.3f}",
        str(row["grade"]),
        f"{row['rank']} of {count}",
        *(f"{row[code]:.3f}" for code in ("B1", "B2", "B3")),
        "Structural resilience",
        "Change since 2018",
        f"{row['composite'] - first['composite']:+.3f}".replace("-", "\u2212"),
    ):
        assert expected in told
    view.page.mouse.move(5, 300)
    assert view.page.is_hidden("#tooltip")
    assert view.fills()["420000"] == GRADE_COLORS[GRADES.index(row["grade"])]


def test_ranks_are_those_of_the_results(open_page, atlas_html, results):
    view = open_page(atlas_html)
    for place, year in enumerate(YEARS):
        view.go(place)
        script = (
            "() => [...document.querySelectorAll('.ranking button')]"
            ".map((b) => ['.label', '.rank'].map((s) => b.querySelector(s).textContent))"
        )
        shown = dict(view.page.evaluate(script))
        ranks = column(results, "rank", year)
        names = results.regions.frame["name"]
        assert {names[key]: str(rank) for key, rank in ranks.items()} | {"Tibet": "–"} == shown


def test_tap_shows_the_tooltip_and_chooses(open_page, atlas_html):
    view = open_page(atlas_html, size=(390, 800), touch=True)
    # A browser may think that a mouse rests elsewhere, and hide the card after the tap.
    view.page.evaluate(
        "() => { const card = document.getElementById('tooltip'); window.shown = '';"
        " new MutationObserver(() => { if (card.checkVisibility()) shown = card.innerText; })"
        ".observe(card, { attributes: true, childList: true, subtree: true }); }"
    )
    view.tap('path.region[data-key="650000"]')
    assert "Xinjiang" in view.page.evaluate("window.shown")
    assert "Xinjiang" in view.page.inner_text("#panel_sheet")
    view.tap("#panel_sheet")
    assert view.page.is_visible("#panel_body .headline")


def test_sentence_is_computed_for_every_year(open_page, atlas_html, results):
    view = open_page(atlas_html)
    view.go(2)
    counts = column(results, "grade", 2020).value_counts()
    words = ", ".join(f"{counts[g]} {NAMES[g]}" for g in reversed(GRADES) if counts.get(g))
    gap = results.tables["gaps"].set_index("year")["value"][2020]
    assert view.text("#sentence") == (
        f"2020: {words}; the east lies {gap:.2f} above the central and western regions"
    )


def test_language_switch_leaves_no_english_label(open_page, atlas_html):
    view = open_page(atlas_html)
    view.page.click("#language")
    assert view.page.evaluate("document.documentElement.lang") == "zh-CN"
    assert view.text("#title") == "高技术制造业产业链韧性"
    shown = view.page.inner_text("#toolbar") + view.page.inner_text("#legend")
    shown += view.page.inner_text("#panel") + view.page.inner_text("#sentence")
    assert not re.findall(r"[A-Za-z]{3,}", shown)
    assert "lang=zh" in view.page.evaluate("location.hash")


def test_state_stands_in_the_address_both_ways(open_page, atlas_html):
    state = "#year=2020&layer=B1&region=440000&outlines=coastal_belt&lang=zh&theme=dark"
    view = open_page(atlas_html, hash_=state)
    assert view.layer() == "B1"
    assert view.page.input_value("#slider") == "2"
    assert "广东" in view.text("#panel_title")
    assert view.page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert view.page.evaluate("location.hash") == state
    assert view.page.locator("path.outline").count() == 1
    odd = open_page(atlas_html, hash_="#year=1066&layer=nothing&region=%3Cb%3E&lang=xx")
    assert odd.layer() == "grade"


def test_play_runs_through_the_years_and_stops(open_page, atlas_html):
    view = open_page(atlas_html, hash_="#year=2022")
    view.page.click("#play")
    view.page.wait_for_selector("#ticks .current:last-child")
    view.page.wait_for_selector("#play:not(.playing)")
    assert view.page.input_value("#slider") == "5"


def test_keyboard_reaches_year_region_and_panel(open_page, atlas_html):
    view = open_page(atlas_html)
    view.page.focus("#slider")
    view.page.keyboard.press("ArrowLeft")
    assert view.page.input_value("#slider") == "4"
    view.page.evaluate("document.querySelector('path.region[tabindex=\"0\"]').focus()")
    view.page.keyboard.press("ArrowRight")
    key = view.page.evaluate("document.activeElement.dataset.key")
    assert key and key != "110000"
    view.page.keyboard.press("Enter")
    assert f"region={key}" in view.page.evaluate("location.hash")
    assert view.page.get_attribute(f'path.region[data-key="{key}"]', "aria-pressed") == "true"
    view.page.keyboard.press("Escape")
    assert "region=" not in view.page.evaluate("location.hash")


def test_outlines_are_switched_and_named(open_page, atlas_html):
    view = open_page(atlas_html)
    view.page.click("#outlines_menu summary")
    view.page.check('[data-id="yangtze_river_belt"] input')
    assert view.page.locator("path.outline").count() == 1
    assert view.page.inner_text(".outline-name") == "Yangtze River belt"
    view.page.check('[data-id="zones"] input')
    assert view.page.locator("path.outline").count() == 5
    view.page.uncheck('[data-id="zones"] input')
    assert view.page.locator("path.outline").count() == 1


def test_search_finds_by_name_in_any_language_and_by_key(open_page, atlas_html):
    view = open_page(atlas_html)
    for text in ("Sichuan", "四川", "510000", "sichu"):
        view.page.fill("#search", text)
        view.page.press("#search", "Enter")
        assert view.text("#panel_title") == "Sichuan"
        view.page.click("#panel_back")


def test_notes_hold_fidelity_sources_and_the_results_notes(open_page, atlas_html):
    view = open_page(atlas_html)
    view.page.click("#notes")
    told = view.page.inner_text("#dialog")
    for expected in ("substitute", "proxy", "as defined", "D322", "equal-area", "Tibet", "Leaflet"):
        assert expected in told


@pytest.mark.parametrize(
    ("language", "called", "role"),
    [
        ("en", "Secondary value added per kWh", "substitute for: Capital turnover"),
        ("zh", "每千瓦时电第二产业增加值", "“资本周转率”的替代指标"),
    ],
)
def test_a_substitute_is_called_what_it_is_and_its_role_is_named(
    open_page, atlas_html, results, language, called, role
):
    view = open_page(atlas_html, hash_=f"#layer=raw%20D221&lang={language}")
    legend = view.page.inner_text("#legend")
    assert called in legend.replace("\n", "") and role in legend
    view.page.hover('path.region[data-key="430000"]')
    assert role in view.page.inner_text("#tooltip")
    view.page.click('path.region[data-key="430000"]')
    framework = results.framework
    kinds = [each.fidelity for each in framework.indicators if each.stands_for]
    badges = view.page.locator("table.indicators .badge").all()
    assert len(badges) == len(kinds) == 8
    told = {badge.get_attribute("title") for badge in badges}
    assert told == {each.stands_for[language] for each in framework.indicators if each.stands_for}
    view.page.click("#notes")
    assert f"{called}（{role}）" in (told := view.page.inner_text("#dialog")) or (
        f"{called} ({role})" in told
    )


@pytest.mark.parametrize("size", [(360, 640), (390, 844), (768, 1024), (1440, 900), (3840, 2160)])
def test_nothing_scrolls_or_sticks_out(open_page, atlas_html, size):
    view = open_page(atlas_html, size=size)
    wide, high = view.page.evaluate(
        "[document.documentElement.scrollWidth, document.documentElement.scrollHeight]"
    )
    assert wide <= size[0] and high <= size[1]
    boxes = view.page.evaluate(
        "[...document.querySelectorAll('#head,#toolbar,#stage,#legend,#timeline,#foot')]"
        ".map((n) => { const b = n.getBoundingClientRect(); return [b.left, b.right, b.bottom]; })"
    )
    for left, right, bottom in boxes:
        assert left >= -0.5 and right <= size[0] + 0.5 and bottom <= size[1] + 0.5
    assert view.page.evaluate("document.getElementById('stage').clientHeight") > 0.35 * size[1]


def test_prints_one_landscape_page(open_page, atlas_html):
    view = open_page(atlas_html)
    pdf = view.page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page[^s]", pdf)) == 1
    box = re.search(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)", pdf)
    assert float(box[1]) > float(box[2])


def test_same_results_give_the_same_bytes(results, atlas_html):
    assert maps.atlas(results).html == atlas_html
    assert maps.atlas(synthetic_results()).html == atlas_html


def test_size_and_policy(atlas_html):
    assert len(atlas_html.encode("utf-8")) <= 450_000
    assert "http://" not in re.sub(
        r"http://www\.w3\.org/\S+", "", atlas_html.split("atlas_data")[0]
    )
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', atlas_html)[1]
    assert policy.startswith("default-src 'none'") and "unsafe" not in policy


def test_bundled_study_fits_and_shows_its_own_grades(open_page, bundled_run):
    found = bundled_run[0]
    page = maps.atlas(found)
    assert len(page.html.encode("utf-8")) <= 450_000
    view = open_page(page.html)
    grades = found.in_year()["grade"]
    expected = {key: GRADE_COLORS[GRADES.index(grade)] for key, grade in grades.items()}
    assert view.fills() == expected
    assert view.page.is_visible("#whatif")


def test_one_year_has_no_slider(open_page):
    whole = synthetic_results()
    scores = whole.tables["scores"]
    scores = scores[scores["year"] == 2023].assign(year=0)
    values = whole.panel.values.xs(2023, level="year", drop_level=False)
    values.index = values.index.set_levels([0], level="year", verify_integrity=False)
    values = pd.DataFrame(
        values.to_numpy(),
        index=pd.MultiIndex.from_product(
            [values.index.get_level_values(0), [0]], names=["adcode", "year"]
        ),
        columns=values.columns,
    )
    from types import SimpleNamespace

    small = synthetic_results(
        tables={"scores": scores}, panel=SimpleNamespace(values=values), raw=values
    )
    view = open_page(maps.atlas(small).html)
    assert view.page.is_hidden("#timeline")
    assert "highest" in view.text("#sentence") and "2023" not in view.text("#sentence")


def test_frame_shows_itself_in_a_notebook_page(open_page, results, tmp_path):
    page = maps.atlas(results, path=tmp_path / "atlas.html")
    assert page.path.read_text(encoding="utf-8") == page.html
    view = open_page(f"<!DOCTYPE html><meta charset='utf-8'><body>{page._repr_html_()}</body>")
    frame = view.page.frames[1]
    frame.wait_for_selector("path.region")
    assert frame.locator("path.region").count() == 31
    frame.click("#language")
    assert frame.text_content("#title") == "高技术制造业产业链韧性"


@pytest.mark.parametrize(
    ("study", "named", "browser", "address", "shown"),
    [
        ("en", None, "zh-CN", "", "zh"),
        ("zh", None, "en-GB", "", "en"),
        ("zh", None, "fr-FR", "", "zh"),
        ("en", "en", "zh-CN", "", "en"),
        ("en", None, "zh-CN", "#lang=en", "en"),
        ("zh", "zh", "en-US", "#lang=en", "en"),
    ],
)
def test_the_atlas_opens_in_the_browsers_language_unless_the_study_or_the_address_names_one(
    open_page, study, named, browser, address, shown
):
    html = maps.atlas(synthetic_results(language=study, opens_in=named)).html
    view = open_page(html, hash_=address, locale=browser)
    assert view.page.evaluate("document.documentElement.lang")[:2] == shown
    button = {"en": "中文", "zh": "English"}[shown]
    assert view.text("#language") == button
    assert words.say("atlas.composite", shown) in view.text("body")


def test_a_search_that_finds_nothing_says_so(open_page, atlas_html):
    view = open_page(atlas_html, hash_="#lang=en")
    told = view.page.locator("#search_told")
    assert not told.is_visible()
    view.page.fill("#search", "Atlantis")
    view.page.press("#search", "Enter")
    assert told.inner_text() == "No region is called “Atlantis”."
    view.page.fill("#search", "H")
    assert not told.is_visible()
    view.page.press("#search", "Enter")
    assert "regions are called or begin like “H”" in told.inner_text()
    view.page.fill("#search", "Hubei")
    view.page.press("#search", "Enter")
    assert view.text("#panel_title") == "Hubei" and not told.is_visible()
