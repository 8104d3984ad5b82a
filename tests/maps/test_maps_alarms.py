"""Warnings, responses to a shock, and where the weight lies, as Python found them."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest
from pyproj import Transformer
from synthetic_findings import KINDS, LEVELS, ellipse_table
from synthetic_results import YEARS, synthetic_results
from test_maps_atlas import data_of
from test_maps_downloads import download
from test_maps_geometry import read_numbers

from geo_resilience import maps, words
from geo_resilience.maps.atlas._ellipses import ellipse_content
from geo_resilience.maps.drawing._geometry import draw_ground
from geo_resilience.maps.drawing._series import Rows
from geo_resilience.maps.drawing._style import SHOCK_COLORS, WARNING_COLORS
from geo_resilience.study import read_plan, run
from geo_resilience.study._plan_sections import ANALYSES

HATCH = "url(#hatch)"
browser = pytest.mark.browser


def column(full, stem, year, name, **chosen):
    table = full.tables[stem]
    for field, value in chosen.items():
        table = table[table[field] == value]
    if "year" in table.columns:
        table = table[table["year"] == year]
    return table.set_index("adcode")[name].reindex(full.regions.keys)


@browser
def test_warning_levels_in_every_year_with_what_gave_them(open_page, full, full_html):
    view = open_page(full_html, hash_="#layer=warning")
    names = {each.code: each.called["en"] for each in full.framework.indicators}
    for place, year in enumerate(YEARS):
        view.go(place)
        levels = column(full, "warnings", year, "level")
        colors = [
            WARNING_COLORS[LEVELS.index(level)] if level in LEVELS else HATCH for level in levels
        ]
        assert list(view.fills().values()) == colors
        counts = {
            words.say(f"chain.warning.{name}"): int((levels == name).sum()) for name in LEVELS
        }
        assert view.legend() == {**counts, "no data": 1}
    warned = column(full, "warnings", 2023, "level")
    key = warned[warned.isin(LEVELS[1:])].index[0]
    view.page.hover(f'path.region[data-key="{key}"]')
    assert names[column(full, "warnings", 2023, "indicator")[key]] in view.text("#tooltip")
    calm = warned[warned == "none"].index[0]
    view.page.hover(f'path.region[data-key="{calm}"]')
    assert "Gravest indicator" not in view.text("#tooltip")


def severities(results):
    """How many of its thresholds each value has reached, straight from thresholds.csv."""
    rules = results["thresholds"].set_index("code")
    raw = results.raw[rules.index]
    signs = rules["direction"].map({"+": 1, "-": -1, "\u2212": -1})
    hair = 1e-9 * raw.abs().max()  # a file holds twelve digits, and thresholds are values seen
    beyond = [(raw * signs - hair).le(rules[color] * signs) for color in LEVELS[1:]]
    assert (rules["hysteresis"] == 0).all() and (rules["weight"] == 1).all()
    return sum(each.astype(int) for each in beyond).where(raw.notna())


@pytest.fixture(scope="module", params=["worst", "mean"])
def warned(request):
    """The bundled study's warnings by each rule, with its page."""
    plan = read_plan()
    asked = replace(plan.chain, warning_rule=request.param, forecast="none")
    skip = tuple(name for name in ANALYSES if name != "warnings")
    results = run(replace(plan, chain=asked, analyses=replace(plan.analyses, skip=skip)))
    return request.param, results, maps.atlas(results).html


SENTENCES = {
    "worst": ("The gravest level of any", "最高预警等级"),
    "mean": ("The mean of the severities", "加权平均"),
}


@browser
def test_the_sentence_below_the_warnings_is_true_of_the_files(open_page, warned):
    rule, results, html = warned
    found = severities(results)
    by_rule = {"worst": found.max(axis=1), "mean": np.floor(found.mean(axis=1).round(12) + 0.5)}
    levels = (
        results["warnings"].set_index(["adcode", "year"])["level"].astype(str).map(LEVELS.index)
    )
    true_of = {name: bool((values == levels).all()) for name, values in by_rule.items()}
    assert true_of == {name: name == rule for name in by_rule}
    for language, sentence in zip(("en", "zh"), SENTENCES[rule], strict=True):
        view = open_page(html, hash_=f"#layer=warning&lang={language}")
        assert sentence in view.text("#legend")


@browser
def test_a_red_indicator_under_a_quiet_mean_is_marked(open_page, warned):
    rule, results, html = warned
    severity = severities(results)
    levels = results["warnings"].set_index(["adcode", "year"])["level"].astype(str)
    years = results.years
    view = open_page(html, hash_="#layer=warning")
    label = words.say("atlas.hidden_red")
    for place, year in enumerate(years):
        view.go(place)
        red = severity.xs(year, level="year").max(axis=1) == LEVELS.index("red")
        hidden = red & (levels.xs(year, level="year") != "red")
        dots = view.page.locator("path.hidden-mark")
        keys = dots.evaluate_all("(all) => all.map((dot) => dot.dataset.key)")
        assert sorted(keys) == sorted(hidden.index[hidden])
        assert view.legend().get(label, 0) == hidden.sum()
        assert hidden.any() == (rule == "mean")
    if rule == "worst":
        return
    for key in keys:
        dot = view.page.locator(f'path.hidden-mark[data-key="{key}"]')
        assert dot.get_attribute("fill") == WARNING_COLORS[-1] and dot.is_visible()
        region = view.page.locator(f'path.region[data-key="{key}"]')
        inner, outer = dot.bounding_box(), region.bounding_box()
        assert outer["x"] <= inner["x"] + 5 <= outer["x"] + outer["width"]
        assert outer["y"] <= inner["y"] + 5 <= outer["y"] + outer["height"]
        assert label in region.get_attribute("aria-label")
    # What the pointer tells: the level of the mean, and which indicator is red.
    calm = next(key for key in keys if levels[key, years[-1]] == "none")
    worst = severity.loc[(calm, years[-1])]
    names = [each.called["en"] for each in results.framework.indicators if worst[each.code] == 4]
    view.page.hover(f'path.region[data-key="{calm}"]')
    told = view.text("#tooltip")
    assert words.say("chain.warning.none") in told
    assert any(f"{name} ({words.say('chain.warning.red')})" in told for name in names)
    view.visit("#layer=grade")
    assert view.page.locator("path.hidden-mark").count() == 0


@browser
def test_the_picture_that_is_saved_has_the_marks_too(open_page, warned):
    rule, results, html = warned
    view = open_page(html, hash_="#layer=warning")
    view.go(len(results.years) - 1)
    shown = view.page.locator("path.hidden-mark").count()
    text = download(view, "svg").path().read_text(encoding="utf-8")
    assert text.count("hidden-mark") == shown
    assert (words.say("atlas.hidden_red")[:28] in text) == (rule == "mean")


@browser
@pytest.mark.parametrize("variable", ["hightech_revenue", "unheard_of"])
def test_responses_to_a_shock_are_those_of_every_year(open_page, full, full_html, variable):
    view = open_page(full_html, hash_=f"#layer=shock+{variable}&lang=zh")
    kinds = column(full, "shock", None, "type", variable=variable, scope="region")
    colors = [SHOCK_COLORS.get(kind, HATCH) for kind in kinds]
    for place in range(len(YEARS)):
        view.go(place)
        assert list(view.fills().values()) == colors
    told = {words.say(f"chain.shock.{kind}", "zh"): int((kinds == kind).sum()) for kind in KINDS}
    legend = view.legend()
    assert {label: legend[label] for label in told} == told
    assert "2019-2020年冲击" in view.text("#legend summary")
    assert "2023" not in view.text("#sentence")


def plane_of(full):
    """The plane that the table names."""
    return full.tables["ellipse"]["projection"].iloc[0]


def weighted(full, variable, year):
    """Mean center and covariance of the regions' centroids, straight from their definition."""
    frame = full.regions.frame
    weights = column(full, "scores", year, variable).dropna()
    centers = frame.geometry.loc[weights.index].to_crs(plane_of(full)).centroid
    points = np.column_stack([centers.x, centers.y])
    share = weights.to_numpy() / weights.sum()
    center = share @ points
    away = points - center
    return center, (away.T * share) @ away


def ring_of(numbers, waves, scale):
    turns = np.arange(-waves, waves + 1)
    amplitudes = np.array(numbers, dtype=float).reshape(-1, 2) @ [1, 1j]
    angle = np.exp(2j * np.pi * np.outer(turns, np.arange(96)) / 96)
    ring = amplitudes @ angle * scale / 10
    return np.column_stack([ring.real, ring.imag])


@pytest.mark.parametrize("variable", ["composite", "B1"])
def test_ellipses_are_one_standard_deviation_around_the_center(full, variable):
    ground = draw_ground(full.regions.frame.sort_index())
    rows = Rows(tuple(full.regions.keys), tuple(YEARS))
    content = {each["id"]: each for each in ellipse_content(full, rows, ground, {})}
    found = content[f"ellipse {variable}"]
    numbers = read_numbers(found["rings"])
    size = 4 * found["waves"] + 2
    back = Transformer.from_crs(ground.crs, plane_of(full), always_xy=True)
    centers = np.cumsum(np.array(read_numbers(found["centers"])).reshape(-1, 2), axis=0)
    for place, year in enumerate(YEARS):
        center, covariance = weighted(full, variable, year)
        ring = ring_of(numbers[place * size : (place + 1) * size], found["waves"], ground.step)
        points = np.column_stack(back.transform(*ring.T))
        away = (points - center) @ np.linalg.inv(covariance)
        squares = np.einsum("ij,ij->i", away, points - center)
        assert np.abs(squares - 1).max() < 0.01
        x, y = back.transform(*(centers[place] * ground.step))
        assert np.hypot(x - center[0], y - center[1]) < 1.5 * ground.step
        assert found["told"][place][0] == pytest.approx(
            np.sqrt(np.linalg.eigvalsh(covariance)[1]) / 1000, abs=0.51
        )


def test_years_without_an_ellipse_are_passed_over(full):
    table = ellipse_table(full).query("variable == 'composite' and year != 2020")
    results = synthetic_results(tables={**full.tables, "ellipse": table})
    data = data_of(maps.atlas(results).html)
    assert [each["id"] for each in data["ellipses"]] == ["ellipse composite"]
    assert data["ellipses"][0]["years"] == [0, 1, 3, 4, 5]
    bare = {stem: each for stem, each in full.tables.items() if stem != "ellipse"}
    assert data_of(maps.atlas(synthetic_results(tables=bare)).html)["ellipses"] == []


@browser
def test_the_ellipse_follows_the_year(open_page, full, full_html):
    view = open_page(full_html)
    view.page.click("#outlines_menu summary")
    view.page.check('[data-id="ellipse composite"] input')
    assert "outlines=ellipse+composite" in view.page.evaluate("location.hash")
    assert view.page.locator("path.center").count() == len(YEARS)
    assert "one standard deviation" in view.text("#legend")
    table = full.tables["ellipse"].query("variable == 'composite'").set_index("year")
    drawn = set()
    for place, year in enumerate(YEARS):
        view.go(place)
        told = re.sub(r"\s+", " ", view.text(".outline-name"))
        row = table.loc[year]
        assert f"{row['semi_major_km']:.0f} × {row['semi_minor_km']:.0f} km" in told
        if place:
            assert f"center moved {row['total_shift_km']:.0f} km since 2018" in told
        assert view.page.locator("path.center.now").count() == 1
        drawn.add(view.page.get_attribute("path.outline", "d"))
    assert len(drawn) == len(YEARS)
    box = view.page.locator("path.outline").bounding_box()
    hubei = view.page.locator('path.region[data-key="420000"]').bounding_box()
    assert box["x"] < hubei["x"] and box["x"] + box["width"] > hubei["x"] + hubei["width"]
    view.page.click("#outlines_menu summary")
    view.page.click("#outlines_menu summary")
    view.page.uncheck('[data-id="ellipse composite"] input')
    assert view.page.locator("path.center").count() == 0
    assert "one standard deviation" not in view.text("#legend")


@browser
def test_names_on_outlines_keep_clear_of_each_other_and_of_what_floats(open_page, full_html):
    state = "#outlines=zones,coastal_belt,ellipse+composite,ellipse+B1"
    view = open_page(full_html, size=(1280, 800), hash_=state)
    boxes = view.page.evaluate(
        "[...document.querySelectorAll('.outline-name > span, #legend, #inset, #zoom')].map((n) =>"
        " { const b = n.getBoundingClientRect(); return [b.left, b.top, b.right, b.bottom]; })"
    )
    assert len(boxes) == 10
    for place, one in enumerate(boxes):
        for other in boxes[:place]:
            apart = (
                one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
            )
            assert apart, (one, other)


@browser
def test_the_sentence_of_obstacles_begins_with_the_commonest(open_page, full, full_html):
    view = open_page(full_html, hash_="#layer=obstacle")
    counts = [int(count) for count in re.findall(r"\((\d+)\)", view.text("#sentence"))]
    assert len(counts) > 1 and counts == sorted(counts, reverse=True)


@browser
def test_a_folded_panel_says_what_its_number_is(open_page, full, full_html):
    view = open_page(full_html)
    assert "East above central and western regions: " in view.page.locator("body").inner_text()
