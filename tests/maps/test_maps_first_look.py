"""The first look: a finding, names at both ends, the choice in two steps, doubt, small frames."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from urllib.parse import quote

import numpy as np
import pandas as pd
import pytest
from synthetic_results import synthetic_results, weights_table

from geo_resilience import maps, words
from geo_resilience.maps import Headline
from geo_resilience.regions import read_boundaries
from geo_resilience.report import headline
from geo_resilience.report._teller import Teller
from geo_resilience.report.chapters._findings import findings
from geo_resilience.statistics._classes import jenks_cuts, quantile_cuts
from geo_resilience.text import Text

pytestmark = pytest.mark.browser

#: Names that are seen, each with its box on the screen, and the boxes of what floats over the map.
NAMES = """
() => [...document.querySelectorAll('.name:not(.hidden) span')].map((node) => {
  const { left, top, right, bottom } = node.getBoundingClientRect();
  return [node.textContent, [left, top, right, bottom]];
})
"""
FLOATING = """
() => ['legend', 'inset', 'zoom', 'stage'].map((id) => document.getElementById(id))
  .map((node) => node.getBoundingClientRect())
  .map(({ left, top, right, bottom }) => [left, top, right, bottom])
"""
SIZES = [(1280, 800), (1920, 1080), (768, 1024), (600, 450), (640, 400), (360, 740)]


def overlap(one, other):
    return min(one[2], other[2]) - max(one[0], other[0]) > 1 and (
        min(one[3], other[3]) - max(one[1], other[1]) > 1
    )


def scores_of(results, year, column="composite"):
    rows = results.tables["scores"].query("year == @year")
    return rows.set_index("adcode")[column].sort_values()


@pytest.fixture(scope="module")
def lattice_html():
    """Totals of 900 regions in 3 years, drawn on a canvas."""
    import geopandas as gpd
    import shapely

    cells = [shapely.box(100 + x, 20 + y, 101 + x, 21 + y) for x in range(30) for y in range(30)]
    keys = [f"{place:03d}" for place in range(900)]
    frame = gpd.GeoDataFrame({"name": [f"R{key}" for key in keys]}, geometry=cells, index=keys)
    values = np.exp(np.arange(900.0) / 120)[:, None] * [1, 1.1, 1.2]
    table = pd.DataFrame(values, index=keys, columns=[2019, 2020, 2021])
    return maps.choropleth(table, frame.set_crs(4326), name="Output", unit="tonnes").html


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_head_says_the_surest_finding_of_the_report(open_page, bundled_run, language):
    results = bundled_run[0]
    page = maps.atlas(results, headline=headline(results))
    first = findings(Teller(results, language))[0]
    view = open_page(page.html, hash_=f"#lang={language}")
    told = view.page.inner_text("#headline")
    assert str(first.claim) in told and str(first.numbers) in told
    assert words.say(f"certainty.{first.certainty}", language) in told
    written = (bundled_run[1] / "atlas.html").read_text(encoding="utf-8")
    assert open_page(written, hash_=f"#lang={language}").page.inner_text("#headline") == told


def test_a_page_without_a_finding_has_no_headline_and_a_hostile_one_is_text(open_page, results):
    plain = open_page(maps.atlas(results).html)
    assert not plain.page.is_visible("#headline") and plain.page.is_visible("#what_menu")
    claim = Headline(Text("<img src=x onerror=alert(1)>"), Text("</script>"), "open")
    hostile = open_page(maps.atlas(results, headline=claim).html)
    assert "<img src=x onerror=alert(1)>" in hostile.page.inner_text("#headline")
    assert hostile.page.locator("#headline img").count() == 0


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_is_this_takes_few_words(open_page, full, full_html, language):
    view = open_page(full_html, hash_=f"#lang={language}")
    view.page.focus("#what_menu summary")
    view.page.keyboard.press("Enter")
    told = view.page.inner_text("#what_told")
    assert told.startswith(full.framework.meaning[language])
    assert "12" in told and view.page.is_visible("#what_told")
    assert 35 <= len(told.split()) <= 50 if language == "en" else 40 <= len(told) <= 90


@pytest.mark.parametrize("size", SIZES)
def test_the_first_and_the_last_are_named_at_every_size(open_page, full, full_html, size):
    languages = ["en", "zh"][:: 1 if SIZES.index(size) % 2 else -1]
    view = open_page(full_html, size=size, hash_=f"#layer=composite&lang={languages[0]}")
    ends_are_named(view, full, languages[0])
    view.visit(f"#layer=composite&lang={languages[1]}")
    ends_are_named(view, full, languages[1])


def ends_are_named(view, full, language):
    ranked = scores_of(full, 2023)
    ends = [*ranked.index[:3], *ranked.index[-3:]]
    frame = full.regions.frame
    column = "name" if language == "en" else "name_zh"
    shown = view.page.evaluate(NAMES)
    known = dict(shown)
    assert [frame.at[key, column] for key in ends if frame.at[key, column] not in known] == []
    *floating, stage = view.page.evaluate(FLOATING)
    for key in ends:
        own = known[frame.at[key, column]]
        assert own[0] >= stage[0] and own[1] >= stage[1] and own[2] <= stage[2]
        assert not any(overlap(own, other) for other in floating), key
        others = [box for name, box in shown if box != own]
        assert not any(overlap(own, other) for other in others), key
    led = view.page.locator(".name.aside:not(.hidden)").count()
    assert led == view.page.locator("path.leader").count()


def test_names_follow_the_year_and_the_layer(open_page, full, full_html):
    view = open_page(full_html, size=(768, 1024), hash_="#layer=B2&year=2019")
    for year, place in ((2019, 1), (2021, 3)):
        view.go(place)
        ranked = scores_of(full, year, "B2")
        names = {name for name, _ in view.page.evaluate(NAMES)}
        wanted = {
            full.regions.frame.at[key, "name"] for key in (*ranked.index[:3], *ranked.index[-3:])
        }
        assert wanted <= names


def test_the_first_and_the_last_of_many_are_named_on_a_canvas(open_page, lattice_html):
    view = open_page(lattice_html, size=(1280, 800), hash_="#as=areas")
    names = {name for name, _ in view.page.evaluate(NAMES)}
    assert {"R000", "R001", "R002", "R897", "R898", "R899"} <= names
    view.moves(lambda: view.page.click("#closer"))
    assert view.page.evaluate(NAMES)


def test_the_choice_by_keyboard_in_two_steps(open_page, full_html):
    view = open_page(full_html, size=(1280, 800))
    page = view.page
    assert view.text("#layer b") == "Grade of the index"
    page.focus("#layer")
    page.keyboard.press("ArrowDown")
    assert page.get_attribute("#layer", "aria-expanded") == "true"
    assert page.evaluate("document.activeElement.id") == "picker_search"
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    assert view.text("#picker_topics [aria-selected=true]") == "Dimensions"
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("ArrowDown")
    active = page.get_attribute("#picker_search", "aria-activedescendant")
    assert page.get_attribute(f"#{active}", "data-id") == "B2"
    page.keyboard.press("Enter")
    assert view.layer() == "B2" and not page.is_visible("#picker")
    assert page.evaluate("document.activeElement.id") == "layer"


def test_the_choice_by_typing_tells_what_is_not_there(open_page, full_html):
    view = open_page(full_html, size=(360, 740), touch=True)
    page = view.page
    view.tap("#layer")
    page.keyboard.type("change composite blue")
    assert page.locator("#picker_list [role=option]").count() == 1
    page.keyboard.press("Enter")
    assert view.layer() == "change" and view.text("#layer b") == "Change of the composite index"
    view.tap("#layer")
    page.keyboard.type("nowhere")
    assert "nowhere" in page.inner_text("#picker_none")
    page.keyboard.press("Escape")
    assert not page.is_visible("#picker") and view.layer() == "change"


@pytest.mark.parametrize("language", [pytest.param("en", marks=pytest.mark.slow), "zh"])
def test_every_layer_has_a_name_of_its_own_and_a_line_of_what_it_tells(
    open_page, full_html, language
):
    view = open_page(full_html, hash_=f"#lang={language}")
    view.page.click("#layer")
    found = {}
    for place in range(view.page.locator("#picker_topics [role=tab]").count()):
        view.page.locator("#picker_topics [role=tab]").nth(place).click()
        for option in view.page.locator("#picker_list [role=option]").all():
            name, told = option.locator("b").inner_text(), option.locator("> .muted").inner_text()
            found[option.get_attribute("data-id")] = name
            assert told.strip() and "{" not in told
    view.page.keyboard.press("Escape")
    shown = {}
    for identity in found:
        view.visit(f"#layer={quote(identity)}")
        assert view.layer() == identity
        shown[identity] = view.text("#layer b")
    measured = {each for each in found if each.startswith("raw ")}
    names = [shown[each] for each in shown if each not in measured]
    assert len(set(names)) == len(names)


def test_layers_in_which_nothing_was_found_say_so_and_come_last(open_page):
    from synthetic_findings import full_results

    results = full_results()
    table = results.tables["local"]
    bare = (table["statistic"] == "local_moran") & (table["variable"] == "composite")
    table.loc[bare, "cluster"] = "not significant"
    table.loc[bare, "p_sim"] = 0.2
    chosen = bare & (table["year"] == 2023) & (table["adcode"] == "420000")
    table.loc[chosen, "p_sim"] = 0.01
    view = open_page(maps.atlas(results).html, hash_="#layer=local_moran&region=420000")
    view.page.click("#layer")
    options = view.page.locator("#picker_list [role=option]")
    assert [each.get_attribute("data-id") for each in options.all()] == [
        "local_moran B1",
        "local_moran",
    ]
    assert "nothing found" in options.nth(1).inner_text()
    assert "nothing found" not in options.nth(0).inner_text()
    view.page.keyboard.press("Escape")
    assert view.legend()["Only before correction"] == 1
    assert view.page.get_attribute("path.nearly", "d").count("M") >= 1
    spoken = view.page.get_attribute('path.region[data-key="420000"]', "aria-label")
    assert "Only before correction" in spoken
    view.go(0)
    assert "Only before correction" not in view.legend()


@pytest.mark.parametrize(
    ("language", "label"),
    [("en", "Less than half of draws agree"), ("zh", "不足一半的抽样同意该等级")],
)
def test_grades_in_doubt_are_hatched_counted_and_told(
    open_page, full, full_html, tmp_path, language, label
):
    view = open_page(full_html, hash_=f"#year=2020&lang={language}", accept_downloads=True)
    rows = full.tables["scores"].query("year == 2020").set_index("adcode")["grade"]
    table = full.tables["uncertainty"].query("year == 2020").set_index("adcode")
    doubtful = {key for key, grade in rows.items() if table.at[key, f"p_{grade.lower()}"] < 0.5}
    assert doubtful and len(doubtful) < len(rows)
    assert view.legend()[label] == len(doubtful)
    spoken = view.page.evaluate(
        "() => [...document.querySelectorAll('path.region')]"
        ".map((node) => [node.dataset.key, node.getAttribute('aria-label')])"
    )
    assert {key for key, text in spoken if label in text} == doubtful
    assert view.page.get_attribute("path.doubt", "fill") == "url(#doubt)"
    key = min(doubtful)
    view.page.evaluate(
        "(key) => document.querySelector(`path.region[data-key='${key}']`).focus()", key
    )
    view.page.hover(f'path.region[data-key="{key}"]', force=True)
    share = table.at[key, f"p_{rows[key].lower()}"]
    assert f"{share * 100:.0f}" in view.page.inner_text("#tooltip")
    view.page.click("#out_menu summary")
    with view.page.expect_download() as download:
        view.page.click("#out_svg")
    download.value.save_as(tmp_path / "map.svg")
    picture = (tmp_path / "map.svg").read_text(encoding="utf-8")
    assert 'id="doubt_bare"' in picture and label in picture
    view.visit("#layer=composite")
    assert not view.page.get_attribute("path.doubt", "d").strip("M0 ")


def test_small_maps_hatch_what_is_in_doubt_and_say_so(open_page, full_html):
    view = open_page(full_html, hash_="#vs=years&layer=grade")
    assert view.page.locator(".cell g > .doubt").count() > 0
    assert view.page.locator(".shared .doubt-swatch").count() == 1
    box = view.page.locator("#multiples").bounding_box()
    last = view.page.locator(".cell").last.bounding_box()
    assert last["y"] + last["height"] <= box["y"] + box["height"]


def test_doubt_is_drawn_on_a_canvas_too(open_page, tmp_path):
    from synthetic_findings import GRADES, local_table
    from test_maps_large import lattice, results_on

    results = results_on(lattice(26, tmp_path / "lattice.gpkg"))
    scores = results.tables["scores"]
    firm = scores["adcode"].str[-1].isin(list("01234"))
    shares = {
        f"p_{grade}": np.where((scores["grade"].str.lower() == grade) == firm, 0.8, 0.05)
        for grade in GRADES
    }
    table = scores[["adcode", "name", "year"]].assign(**shares)
    for name in ("composite_low", "composite_high", "rank_low", "rank_high"):
        table[name] = 1.0
    local = local_table(results, np.random.default_rng(1))
    local["cluster"], local["p_sim"] = (
        "not significant",
        np.where(local["adcode"] < "0003", 0.01, 1),
    )
    results.tables |= {"uncertainty": table, "local": local}
    view = open_page(maps.atlas(results).html, size=(1280, 900), hash_="#show=scale")
    assert view.legend()["Less than half of draws agree"] == (~firm).sum() / 6
    share = """(colors) => {
      const shown = document.querySelector('canvas');
      const { width, height } = shown;
      const copy = Object.assign(document.createElement('canvas'), { width, height });
      const pen = copy.getContext('2d', { willReadFrequently: true });
      pen.drawImage(shown, 0, 0);
      const { data } = pen.getImageData(0, 0, width, height);
      const wanted = new Set(colors);
      let [inked, found] = [0, 0];
      for (let at = 0; at < data.length; at += 4) {
        if (data[at + 3] < 255) continue;
        inked += 1;
        found += wanted.has(`rgb(${[...data.slice(at, at + 3)].join(', ')})`);
      }
      return found / inked;
    }"""
    colors = """() => [...document.querySelectorAll('#legend .swatch')]
      .map((node) => node.style.backgroundColor).filter(Boolean)"""
    hatched = view.page.evaluate(share, view.page.evaluate(colors))
    view.visit("#layer=composite&show=scale")
    assert view.page.locator(".doubt-swatch").count() == 0
    plain = view.page.evaluate(share, view.page.evaluate(colors))
    assert 0 < hatched < 0.9 * plain
    assert view.page.evaluate(share, ["rgb(20, 23, 26)"]) == 0
    view.visit("#layer=local_moran&show=scale")
    assert view.page.locator(".nearly-swatch").count() == 1
    assert view.legend()["Only before correction"] == (local["adcode"].unique() < "0003").sum()
    assert view.page.evaluate(share, ["rgb(20, 23, 26)"]) > 0.002


def test_shares_are_written_as_percent_and_plain_numbers_without_their_unit(open_page):
    regions = read_boundaries()
    share = pd.Series(np.linspace(0.1, 0.4, 31), index=regions.keys)
    view = open_page(maps.choropleth(share, regions, name="Services", unit="share").html)
    assert "40.0 %" in view.text("#sentence") and "10.0 %" in view.text("#sentence")
    assert all("%" in label for label in view.legend())
    plain = open_page(maps.choropleth(share, regions, name="Rate", unit="ratio").html)
    assert "ratio" not in plain.text("#sentence") and "0.400" in plain.text("#sentence")
    rate = open_page(maps.choropleth(share, regions, name="Use", unit="yuan per kWh").html)
    assert rate.text("#legend summary b") == "Use (yuan per kWh)"


def test_totals_are_circles_with_areas_as_their_numbers(open_page):
    regions = read_boundaries()
    total = pd.Series(np.linspace(10, 400, 31), index=regions.keys)
    html = maps.choropleth(total, regions, name="Output", unit="100 million yuan").html
    view = open_page(html)
    radii = view.page.evaluate(
        "() => [...document.querySelectorAll('path.circle')]"
        ".map((node) => node.getBoundingClientRect().width / 2 - 0.4)"
    )
    assert len(radii) == 31
    areas = np.sort(np.square(radii))[::-1]
    assert areas / areas[0] == pytest.approx(
        np.sort(total.to_numpy())[::-1] / 400, rel=0.12, abs=0.02
    )
    assert len(set(view.fills().values())) == 1
    view.page.select_option("#choose_as", "areas")
    assert "as=areas" in view.page.evaluate("location.hash")
    assert view.page.locator("path.circle").count() == 0 and len(set(view.fills().values())) == 5
    losses = maps.choropleth(total - 100, regions, name="Balance", unit="100 million yuan").html
    assert open_page(losses).page.locator("path.circle").count() == 0


def test_circles_on_a_canvas_lie_where_the_regions_are(open_page, lattice_html):
    view = open_page(lattice_html, size=(1280, 800))
    land = """() => {
      const shown = document.querySelector('canvas');
      const { width, height } = shown;
      const copy = Object.assign(document.createElement('canvas'), { width, height });
      const pen = copy.getContext('2d', { willReadFrequently: true });
      pen.drawImage(shown, 0, 0);
      const { data } = pen.getImageData(0, 0, copy.width, copy.height);
      let [inked, ground] = [0, 0];
      for (let at = 0; at < data.length; at += 4) {
        if (data[at + 3] === 255) inked += 1;
        if (data[at] === 0xe3 && data[at + 1] === 0xe6 && data[at + 2] === 0xe9) ground += 1;
      }
      return ground / inked;
    }"""
    assert 0.2 < view.page.evaluate(land) < 0.9
    assert view.page.locator("#legend .sizes").count() == 1
    view.page.select_option("#choose_as", "areas")
    assert view.page.locator("#legend .sizes").count() == 0
    assert view.page.evaluate(land) < 0.01


@pytest.mark.parametrize(("way", "cuts"), [("natural", jenks_cuts), ("quantile", quantile_cuts)])
def test_classes_chosen_in_the_page_are_those_of_python(open_page, full, full_html, way, cuts):
    view = open_page(full_html, hash_=f"#layer=composite&year=2021&classes={way}")
    values = full.tables["scores"].pivot(index="adcode", columns="year", values="composite")
    found = cuts(values.to_numpy(), 5)
    counts = np.bincount(np.searchsorted(found, values[2021], side="right"), minlength=5)
    shown = list(view.legend().values())
    assert shown[:5] == counts[::-1].tolist()
    assert view.page.input_value("#choose_classes") == way
    view.page.select_option("#choose_classes", "")
    assert "classes" not in view.page.evaluate("location.hash")
    view.page.select_option("#choose_classes", way)
    assert list(view.legend().values()) == shown
    assert view.page.evaluate("document.activeElement.id") == "choose_classes"


@pytest.mark.parametrize("size", [(600, 450), (640, 400)])
def test_a_short_frame_keeps_a_map_and_scrolls(open_page, full_html, size):
    view = open_page(full_html, size=size)
    box = view.page.evaluate(
        "(({top, height}) => [top, height])"
        "(document.getElementById('stage').getBoundingClientRect())"
    )
    assert box[1] >= 320 and box[0] <= 120
    view.page.evaluate("window.scrollTo(0, 9999)")
    foot = view.page.evaluate("document.getElementById('timeline').getBoundingClientRect().bottom")
    assert foot <= size[1]
    assert view.page.evaluate("document.documentElement.scrollWidth") <= size[0]


def test_a_phone_keeps_a_quarter_for_head_and_controls(open_page, full, full_html):
    told = Headline(
        Text("A finding that is long enough to fill two lines of a phone, surely"),
        Text("0.5"),
        "firm",
    )
    for html in (full_html, maps.atlas(full, headline=told).html):
        view = open_page(html, size=(360, 740), touch=True)
        assert (
            view.page.evaluate("document.getElementById('stage').getBoundingClientRect().top")
            <= 185
        )
        assert not view.page.is_visible("#search")
        view.tap("#more")
        view.page.fill("#search", "Atlantis")
        view.page.keyboard.press("Enter")
        assert "Atlantis" in view.page.inner_text("#search_told")


def test_an_upright_tablet_has_the_map_in_full_width(open_page, full_html):
    view = open_page(full_html, size=(768, 1024))
    stage, panel = view.page.evaluate(
        "['stage', 'panel'].map((id) => { const b = document.getElementById(id)"
        ".getBoundingClientRect(); return [b.width, b.top, b.bottom]; })"
    )
    assert stage[0] == panel[0] == 768 and panel[1] >= stage[2]


def test_the_profile_names_its_rows_and_tells_every_dot(open_page, full, full_html):
    view = open_page(full_html, hash_="#region=420000&with=440000&year=2020")
    rows = view.page.locator(".dots li .label").all_text_contents()
    names = [each.called["en"] for each in full.framework.indicators]
    assert len(rows) == len(names)
    assert all(row.startswith(name) for row, name in zip(rows, names, strict=True))
    assert view.page.locator(".dots .badge").count() > 0
    spoken = view.page.locator(".dots svg").first.get_attribute("aria-label")
    value = full.panel.values.at[("420000", 2020), full.framework.codes[0]]
    assert f"Hubei {value:.2f}" in spoken and "mean of the regions" in spoken
    heads = view.page.locator(".fold > summary").evaluate_all(
        "(all) => all.map((node) => [node.firstChild.textContent,"
        " node.querySelector('.muted')?.textContent || ''])"
    )
    assert [head for head, aside in heads if not aside] == []


def test_sixty_years_still_fit_a_phone(open_page):
    regions = read_boundaries()
    steps = np.random.default_rng(2).uniform(0, 1, (31, 60))
    table = pd.DataFrame(steps, index=regions.keys, columns=range(1960, 2020))
    view = open_page(maps.choropleth(table, regions, name="Long").html, size=(360, 740))
    assert view.page.evaluate("document.documentElement.scrollWidth") <= 360
    ticks = view.page.locator("#ticks span").all_text_contents()
    assert 4 <= len([tick for tick in ticks if tick]) <= 7


def test_two_hundred_indicators_can_be_chosen_and_compared(open_page):
    plain = synthetic_results()
    framework, values = plain.framework, plain.panel.values
    indicators = tuple(
        replace(each, code=f"{each.code}x{turn:02d}")
        for turn in range(17)
        for each in framework.indicators
    )[:200]
    codes = [each.code for each in indicators]
    held = {name: getattr(framework, name) for name in dir(framework) if name[0] != "_"}
    many = SimpleNamespace(**{**held, "indicators": indicators, "codes": codes})
    steps = np.random.default_rng(1).uniform(0, 1, (len(values), 200))
    panel = SimpleNamespace(values=pd.DataFrame(steps, index=values.index, columns=codes))
    tables = {**plain.tables, "weights": weights_table(many)}
    results = synthetic_results(framework=many, panel=panel, raw=panel.values * 100, tables=tables)
    view = open_page(maps.atlas(results).html, hash_="#region=420000")
    assert view.page.locator(".dots li").count() == 40
    assert "160 further indicators" in view.page.inner_text("[data-fold=profile]")
    view.page.click("#layer")
    view.page.fill("#picker_search", "D111x07")
    assert view.page.locator("#picker_list [role=option]").count() == 2
    view.page.keyboard.press("Enter")
    assert view.layer() == "raw D111x07"
