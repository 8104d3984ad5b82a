"""What a study found beyond its index, on the map and in the panel."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest
from synthetic_findings import GRADES
from synthetic_results import YEARS, synthetic_results

from geo_resilience import maps
from geo_resilience.maps.atlas import _layers as layers
from geo_resilience.maps.atlas._layers_index import QUOTIENT_CUTS
from geo_resilience.maps.drawing._findings import FADED
from geo_resilience.maps.drawing._style import DIVERGING, GRADE_COLORS, class_of, color_at
from geo_resilience.report import summary_lines

pytestmark = pytest.mark.browser
HATCH = "url(#hatch)"
ALONE = "each year is tested by itself, not corrected for the number of years"


def values_in(full, stem, year, column, **chosen):
    table = full.tables[stem]
    for name, value in chosen.items():
        table = table[table[name] == value]
    table = table[table["year"] == year].set_index("adcode")[column]
    return table.reindex(full.regions.keys)


def unfold(view, name):
    view.page.click(f'[data-fold="{name}"] > summary')
    view.page.wait_for_selector(f'[data-fold="{name}"] > div > *')


def shown_by_year(view, expected):
    for place, year in enumerate(YEARS):
        view.go(place)
        assert list(view.fills().values()) == expected(year), year


@pytest.mark.parametrize("industry", ["hightech_revenue", "unheard_of"])
def test_quotients_diverge_around_one(open_page, full, full_html, industry):
    view = open_page(full_html, hash_=f"#layer=lq+{industry}")

    def expected(year):
        values = values_in(full, "specialization", year, "value", industry=industry)
        classes = class_of(values.to_numpy(), QUOTIENT_CUTS)
        return [DIVERGING[number] if number >= 0 else HATCH for number in classes]

    shown_by_year(view, expected)
    assert DIVERGING[3] == [*DIVERGING][class_of(np.array([1.0]), QUOTIENT_CUTS)[0]]


def test_coordination_takes_the_corrected_form(open_page, full, full_html):
    view = open_page(full_html, hash_="#layer=coordination")

    def expected(year):
        values = values_in(full, "coupling", year, "coordination", form="corrected")
        classes = class_of(values.to_numpy(), [place / 10 for place in range(1, 10)])
        tenths = layers.tenth_colors()
        return [tenths[number] if number >= 0 else HATCH for number in classes]

    shown_by_year(view, expected)
    assert any(label.startswith("bare coordination, 0.5 to 0.6") for label in view.legend())


def test_certainty_is_grade_by_color_and_share_by_strength(open_page, full, full_html):
    view = open_page(full_html, hash_="#layer=certainty")
    names = [grade.capitalize() for grade in GRADES]
    counts = None

    def expected(year):
        nonlocal counts
        counts = np.zeros((5, 3), dtype=int)
        grades = values_in(full, "scores", year, "grade").astype(object)
        colors = []
        for key, grade in grades.items():
            if grade not in names:
                colors.append(HATCH)
                continue
            place = names.index(grade)
            share = values_in(full, "uncertainty", year, f"p_{GRADES[place]}")[key]
            step = int(share >= 0.5) + int(share >= 0.8)
            counts[place, step] += 1
            colors.append(color_at((0.22, 0.6, 1.0)[step], (FADED, GRADE_COLORS[place])))
        return colors

    shown_by_year(view, expected)
    script = (
        "() => [...document.querySelectorAll('#legend tbody tr')].map((row) =>"
        " [...row.querySelectorAll('.count')].map((n) => Number(n.textContent)))"
    )
    assert view.page.evaluate(script) == [*counts[::-1].tolist(), [1]]


def test_top_obstacles_share_what_is_rare(open_page, full, full_html):
    view = open_page(full_html, hash_="#layer=obstacle&region=420000&year=2020")
    firsts = values_in(full, "obstacles", 2020, "code", order=1)
    name_of = {each.code: each.called["en"] for each in full.framework.indicators}
    legend = view.legend()
    rare = "another indicator"
    counts = firsts.map(name_of).value_counts()
    for label, count in legend.items():
        if label not in (rare, "no data"):
            assert counts.get(label, 0) == count
    assert sum(legend.values()) == 31
    unfold(view, "obstacles")
    told = view.page.inner_text('[data-fold="obstacles"]')
    table = full.tables["obstacles"].query("adcode == '420000' and year == 2020 and order <= 5")
    for code, degree in table[["code", "degree"]].itertuples(index=False):
        assert name_of[code] in told
        assert re.search(rf"\b({degree * 100 - 0.6:.0f}|{degree * 100 + 0.6:.0f}) %", told)


def test_scatter_is_that_of_the_study(open_page, full, full_html):
    view = open_page(full_html, hash_="#layer=composite&year=2021")
    unfold(view, "scatter")
    ids, weights = full.neighbors.dense()
    values = values_in(full, "scores", 2021, "composite").reindex(ids).to_numpy()
    z = (values - values.mean()) / values.std()
    value = z @ weights @ z / (z @ z)
    assert f"Moran's I {value:.3f}" in view.page.inner_text('[data-fold="scatter"]')
    slope = view.page.get_attribute("svg.scatter", "aria-label")
    assert f"slope {value:.3f}" in slope and "30 regions" in slope
    counts = view.page.evaluate(
        "[...document.querySelectorAll('[data-fold=scatter] .pill')]"
        ".map((n) => Number(n.textContent.match(/\\d+$/)[0]))"
    )
    lag = weights @ z
    signs = [(z >= 0) & (lag >= 0), (z < 0) & (lag >= 0), (z < 0) & (lag < 0), (z >= 0) & (lag < 0)]
    assert counts == [int(sign.sum()) for sign in signs]


def test_a_rectangle_in_the_scatter_picks_regions_on_the_map(open_page, full, full_html):
    view = open_page(full_html, hash_="#layer=composite")
    unfold(view, "scatter")
    box = view.page.locator("svg.scatter").bounding_box()
    mouse = view.page.mouse
    mouse.move(box["x"] + box["width"] * 0.5, box["y"] + 4)
    mouse.down()
    mouse.move(box["x"] + box["width"] - 3, box["y"] + box["height"] * 0.5)
    mouse.up()
    faded = view.page.locator("path.region.faded").count()
    ids, weights = full.neighbors.dense()
    values = values_in(full, "scores", 2023, "composite").reindex(ids).to_numpy()
    z = (values - values.mean()) / values.std()
    assert faded == 31 - int(((z > 0) & (weights @ z > 0)).sum())
    view.page.click("[data-fold=scatter] .pill >> nth=2")
    assert view.page.get_attribute("[data-fold=scatter] .pill >> nth=2", "aria-pressed") == "true"
    view.page.click("[data-fold=scatter] .pill >> nth=2")
    assert view.page.locator("path.region.faded").count() == 0


def test_gaps_and_verdicts_are_told_in_words(open_page, full, full_html):
    view = open_page(full_html, hash_="#outlines=coastal_belt")
    unfold(view, "gaps")
    told = view.page.inner_text('[data-fold="gaps"]')
    gap = full.tables["gaps"].set_index(["measure", "year"])["value"]["east_west_gap", 2023]
    assert f"{gap:.3f}" in told
    assert "95 % interval 0.020 to 0.400, spatial dependence allowed for" in told
    # The gap asked beforehand is not corrected for the others; without rules p alone decides.
    assert "more than chance explains, p = 0.012 [likely]" in told and ALONE not in told
    change = f"{full.tables['gaps_trend']['change'].item():+.3f}".replace("-", "\u2212")
    assert f"in 2023, {change} (95 % interval \u22120.031 to no limit, p = 0.312" in told
    assert "Is the gap growing?" in told and told.endswith("[cannot be told]")
    unfold(view, "pattern")
    told = view.page.inner_text('[data-fold="pattern"]')
    assert "Coastal belt" in told and "+0.13, higher, more than spatial dependence" in told
    # The corrected p, on which the verdict rests; never that of the group alone.
    assert "many tests explain, corrected p = 0.031 [likely]" in told
    assert "dependence and many tests explain, corrected p = 0.36 [cannot be told]" in told
    assert ALONE not in told
    assert "0.004" not in told and "0.02" not in told and "0.01" not in told
    assert "+0.13" in view.page.inner_text(".outline-name")


def test_a_further_gap_shows_its_corrected_p_and_whose_its_interval_is(open_page, full_html):
    view = open_page(full_html)
    unfold(view, "gaps")
    view.page.select_option('[data-fold="gaps"] select', "north_south_gap")
    told = view.page.inner_text('[data-fold="gaps"]')
    assert "within what chance explains, corrected p = 0.14 [cannot be told]" in told
    assert "95 % interval of this gap by itself \u22120.150 to \u22120.010" in told
    assert "0.047" not in told and "more than chance" not in told


@pytest.mark.parametrize("part", ["scatter", "gaps", "pattern"])
def test_a_year_before_the_last_is_said_to_be_tested_by_itself(open_page, full_html, part):
    view = open_page(full_html, hash_="#layer=composite")
    unfold(view, part)
    view.go(0)
    assert view.page.inner_text(f'[data-fold="{part}"]').count(ALONE) == 1
    view.go(len(YEARS) - 1)
    assert ALONE not in view.page.inner_text(f'[data-fold="{part}"]')


def test_the_panel_ends_findings_with_the_words_of_the_summary(open_page, bundled_run):
    """Rules and draws take part in the word on the page as in the summary's sentence."""
    results = replace(bundled_run.results, language="en")
    view = open_page(maps.atlas(results).html, hash_="#layer=composite")
    assert view.page.get_attribute("html", "lang") == "en"
    lines = summary_lines(results)
    for part, start in (("scatter", "Moran's I of"), ("gaps", "East minus central")):
        (line,) = [each for each in lines if each.startswith(start)]
        word = re.findall(r"\[(.+?)\]", line)[0]
        unfold(view, part)
        told = view.page.inner_text(f'[data-fold="{part}"]')
        assert re.search(rf"explains, p = [\d.]+ \[{word}\]", told), (word, told)
    gaps = results["gaps"].query("measure == 'north_south_gap'").set_index("year")
    view.page.select_option('[data-fold="gaps"] select', "north_south_gap")
    for place, year in enumerate(results.years):
        view.go(place)
        corrected = float(re.search(r"corrected p = ([\d.]+)", view.text('[data-fold="gaps"]'))[1])
        assert corrected == pytest.approx(gaps.at[year, "p_holm"], abs=0.006)
    assert (gaps["p_holm"] > gaps["p_value"]).any()


def test_region_panel_tells_history_neighbors_and_certainty(open_page, full, full_html):
    view = open_page(full_html, hash_="#region=420000&with=zone,440000&layer=composite")
    for name in ("ranks", "neighbors"):
        unfold(view, name)
    label = view.page.get_attribute('[data-fold="trend"] svg', "aria-label")
    row = full.tables["scores"].query("adcode == '420000' and year == 2020").iloc[0]
    assert f"2020: {row['composite']:.3f}" in label
    assert view.page.locator('[data-fold="trend"] .draws').count() == 1
    assert f"2020: {row['rank']}" in view.page.get_attribute(
        '[data-fold="ranks"] svg', "aria-label"
    )
    near = full.neighbors.graph["420000"].index.astype(str)
    names = set(full.regions.frame.loc[near, "name"])
    shown = view.page.evaluate(
        "[...document.querySelectorAll('[data-fold=neighbors] .pill')]"
        ".map((n) => n.children[1].textContent)"
    )
    assert set(shown) == names
    share = full.tables["uncertainty"].query("adcode == '420000' and year == 2023").iloc[0]
    most = max(GRADES, key=lambda grade: share[f"p_{grade}"])
    told = view.page.inner_text("#panel_body")
    assert f"{most.capitalize()} {share[f'p_{most}'] * 100:.0f} %" in told
    rows = view.page.locator(".dots svg").evaluate_all(
        "(all) => all.map((node) => node.getAttribute('aria-label'))"
    )
    assert len(rows) == 12 and all("Central" in row and "Guangdong" in row for row in rows)


def test_table_is_sorted_and_linked_both_ways(open_page, full, full_html):
    view = open_page(full_html, hash_="#layer=B1")
    view.page.click("#table")
    names = "[...document.querySelectorAll('.sheet-table tbody th')].map((n) => n.textContent)"
    values = values_in(full, "scores", 2023, "B1")
    by_value = values.dropna().sort_values(ascending=False).index
    frame = full.regions.frame["name"]
    assert view.page.evaluate(names) == [*frame[by_value], "Tibet"]
    view.page.click('.sheet-table th[data-column="value"] button')
    view.page.click('.sheet-table th[data-column="value"] button')
    assert view.page.evaluate(names) == [*frame[by_value[::-1]], "Tibet"]
    assert view.page.get_attribute('th[data-column="value"]', "aria-sort") == "ascending"
    view.page.click('.sheet-table th[data-column="name"] button')
    assert view.page.evaluate(names) == sorted(frame)
    view.page.hover('path.region[data-key="420000"]')
    assert view.page.inner_text("tr.hovered th") == "Hubei"
    view.page.click('.sheet-table tbody button:text("Sichuan")')
    assert "region=510000" in view.page.evaluate("location.hash")
    assert view.page.get_attribute('path.region[data-key="510000"]', "aria-pressed") == "true"
    view.page.click('path.region[data-key="650000"]')
    assert view.page.inner_text("tr.on th") == "Xinjiang"


def test_any_spelling_finds_a_region(open_page, full_html):
    view = open_page(full_html)
    for text, name in {
        "京": "Beijing",
        "Peking": "Beijing",
        "nei mongol": "Inner Mongolia",
        "Inner Mongolia Autonomous Region": "Inner Mongolia",
        "新疆维吾尔自治区": "Xinjiang",
        "CN-GD": "Guangdong",
        "Guangdong Sheng": "Guangdong",
        "Sìchuān": "Sichuan",
    }.items():
        view.page.fill("#search", text)
        view.page.press("#search", "Enter")
        assert view.text("#panel_title") == name
        view.page.click("#panel_back")


def test_a_scenario_tells_what_changed(open_page, full_html):
    view = open_page(full_html, hash_="#layer=composite")
    script = (
        "() => { document.getElementById('whatif').open = true;"
        " const input = document.querySelectorAll('#whatif input')[0];"
        " input.value = 0.95; input.dispatchEvent(new Event('input', {bubbles: true})); }"
    )
    view.page.evaluate(script)
    assert view.page.locator(".moved.up").count() > 0
    assert view.page.locator(".moved.down").count() > 0
    assert view.page.locator(".changes li").count() == 8
    assert "→" in view.page.inner_text(".changes")
    view.choose("lq hightech_revenue")
    assert not view.text("#sentence").startswith("Scenario")
    view.page.click("#whatif button")
    assert view.page.locator(".changes li").count() == 0


def test_a_study_without_further_tables_has_no_further_layers(open_page):
    view = open_page(maps.atlas(synthetic_results()).html)
    view.page.click("#layer")
    topics = view.page.locator("#picker_topics [role=tab]").all_text_contents()
    assert topics[0] == "Index" and "What lies behind" not in topics
    assert not any("clusters" in topic for topic in topics)
    assert view.page.locator('[data-fold="scatter"]').count() == 0
    assert view.page.locator('[data-fold="pattern"]').count() == 0
