"""The atlas tells: story, remarks, links, frames, scenarios that say what they are, downloads."""

from __future__ import annotations

import csv
import io
import re
import tomllib
from importlib.resources import files
from urllib.parse import parse_qs, quote

import numpy as np
import pandas as pd
import pytest
from synthetic_results import YEARS, synthetic_results
from test_maps_accessibility import axe, violations  # noqa: F401
from test_maps_downloads import download, set_weight
from test_maps_hostile import HOSTILE, visible

from geo_resilience import maps, report
from geo_resilience.evaluation import own_weights
from geo_resilience.maps.atlas._views import KEYS
from geo_resilience.results import Stop
from geo_resilience.text import Text

pytestmark = pytest.mark.browser

CODES = [each.code for each in synthetic_results().framework.indicators]

STOPS = (
    Stop(Text(en="Grades.", zh="等级。"), "year=2021&layer=grade"),
    Stop(
        Text(en="The second dimension.", zh="第二维度。"),
        "year=2019&layer=B2&region=420000&with=440000&outlines=zones",
        Text(en="0.5 against 0.4", zh="0.5对0.4"),
        "likely",
    ),
    Stop(Text("Told without a map."), ""),
    Stop(Text("Not in this study."), "layer=local_moran"),
)


@pytest.fixture(scope="module")
def told_html(results):
    return maps.atlas(results, story=STOPS).html


def parts(view):
    return {k: v[0] for k, v in parse_qs(view.page.evaluate("location.hash.slice(1)")).items()}


def test_the_story_is_told_by_keyboard_and_shows_what_it_says(open_page, told_html, results):
    view = open_page(told_html)
    press = view.page.keyboard.press
    view.page.focus("#tell")
    press("Enter")
    assert visible(view.text("#story_text")) == "Grades."
    assert parts(view)["year"] == "2021" and view.text("#story_place") == "1 of 4"
    assert view.page.get_attribute("#story_back", "aria-disabled") == "true"
    press("Enter")  # the focus stands on Next
    assert visible(view.text("#story_text")) == "The second dimension. likely 0.5 against 0.4"
    shown = parts(view)
    assert (shown["layer"], shown["year"], shown["region"], shown["with"]) == (
        "B2", "2019", "420000", "440000",
    )  # fmt: skip
    assert shown["outlines"] == "zones" and shown["story"] == "2"
    assert view.text("#panel_title") == results.regions.names()["420000"]
    assert view.page.locator("path.outline").count() >= 4
    press("ArrowRight")
    assert visible(view.text("#story_text")) == "Told without a map."
    assert parts(view)["layer"] == "B2"
    press("ArrowRight")
    press("ArrowRight")
    assert view.text("#story_place") == "4 of 4" and parts(view)["layer"] == "B2"
    press("ArrowLeft")
    press("ArrowLeft")
    press("ArrowLeft")
    assert "region" not in parts(view) and "outlines" not in parts(view)
    press("Escape")
    assert view.page.is_hidden("#story") and "story" not in parts(view)
    assert view.page.evaluate("document.activeElement.id") == "tell"


def test_a_view_that_was_left_can_be_shown_again(open_page, told_html):
    view = open_page(told_html, hash_="#story=2&lang=zh")
    assert parts(view)["layer"] == "B2" and visible(view.text("#story_text")).startswith(
        "第二维度。"
    )
    assert view.page.is_hidden("#story_again")
    view.go(0)
    assert view.page.is_visible("#story_again")
    view.page.click("#story_again")
    assert parts(view)["year"] == "2019" and view.page.is_hidden("#story_again")


def test_without_stops_there_is_no_story(open_page, atlas_html):
    view = open_page(atlas_html, hash_="#story=1")
    assert view.page.is_hidden("#tell") and view.page.is_hidden("#story")


def test_the_run_tells_what_the_page_shows(open_page, bundled_run):
    stops = report.story(bundled_run.results)
    assert 5 <= len(stops) <= 8
    html = (bundled_run.folder / "atlas.html").read_text(encoding="utf-8")
    view = open_page(html, hash_="#lang=en")
    view.page.click("#tell")
    for stop in stops:
        shown, asked = parts(view), {k: v[0] for k, v in parse_qs(stop.view).items()}
        assert asked and {name: shown.get(name) for name in asked} == asked
        told = visible(view.text("#story_text"))
        assert told.startswith(stop.claim["en"]) and told.endswith(stop.numbers["en"])
        view.page.keyboard.press("ArrowRight")


@pytest.mark.parametrize(("size", "touch"), [((1280, 800), False), ((390, 844), True)])
def test_remarks_are_kept_shown_changed_and_deleted(open_page, atlas_html, size, touch):
    view = open_page(atlas_html, size=size, touch=touch, hash_="#region=420000")
    page = view.page
    if touch:
        view.tap("#panel_sheet")
    page.fill("#remark", "Held back by one thing")
    page.press("#remark", "Enter")
    assert page.text_content(".remark") == "Held back by one thing"
    assert parts(view)["note.420000"] == "Held back by one thing"
    box, stage = page.locator(".remark").bounding_box(), page.locator("#stage").bounding_box()
    assert box["x"] >= stage["x"] and box["x"] + box["width"] <= stage["x"] + stage["width"]
    page.fill("#remark", "Better now")
    page.click("#remark_keep")
    assert page.locator(".remark").all_text_contents() == ["Better now"]
    page.click("#remark_drop")
    assert page.locator(".remark").count() == 0 and "note.420000" not in parts(view)


def test_what_is_being_written_outlives_a_step_of_the_years(open_page, atlas_html):
    view = open_page(atlas_html, hash_="#region=420000")
    view.page.fill("#remark", "half a thou")
    view.go(0)
    assert view.page.input_value("#remark") == "half a thou"


def test_remarks_of_an_address_stand_in_picture_and_table(open_page, atlas_html, tmp_path):
    text = "看这里，=1+1 and more words than fit on one line of a card"
    view = open_page(atlas_html, hash_=f"#note.420000={quote(text)}&note.999=no&note.110000=%20%20")
    assert view.page.locator(".remark").all_text_contents() == [text]
    download(view, "svg").save_as(tmp_path / "out.svg")
    drawn = (tmp_path / "out.svg").read_text(encoding="utf-8")
    words = "".join(re.findall(r"<text[^>]*>([^<]*)</text>", drawn))
    assert text.replace(" ", "") in words.replace(" ", "") and 'class="remark"' in drawn
    download(view, "csv").save_as(tmp_path / "out.csv")
    table = pd.read_csv(tmp_path / "out.csv", dtype=str).set_index("adcode")
    assert table["Your remark on this region"].dropna().to_dict() == {"420000": text}


def test_hostile_stories_remarks_and_addresses_stay_text(open_page, results):
    stops = [
        Stop(Text(text), f"layer=grade&note.110000={quote(text)}", Text(text)) for text in HOSTILE
    ]
    page = maps.atlas(results, story=stops)
    view = open_page(page.html)
    view.page.click("#tell")
    for text in HOSTILE:
        assert visible(view.text("#story_text")) == " ".join(2 * [visible(text)])
        view.page.keyboard.press("ArrowRight")
    for text in HOSTILE:
        view.visit(f"note.420000={quote(text)}")
        shown = view.text(".remark")
        assert "\u202e" not in shown and len(shown) <= 300
    view.visit(*(f"{name}={quote(text)}" for name in KEYS for text in HOSTILE[:18]))
    assert view.page.evaluate("window.broken") is None
    assert view.page.locator("#story_text b").count() == 1
    assert view.page.locator(".remark *, #story img, #story script").count() == 0


def test_the_address_holds_zoom_sort_weights_and_remarks(open_page, atlas_html):
    view = open_page(atlas_html, hash_="#layer=composite&table=1")
    view.page.click('.sheet-table th[data-column="name"] button')
    set_weight(view, 0, 0.9)
    view.moves(lambda: view.page.click("#closer"))
    address = view.page.evaluate("location.hash")
    held = {name: parts(view)[name] for name in ("view", "sort", "weights", "table")}
    assert held["sort"] == "name" and float(held["view"].split(",")[0]) > 0
    middle = "() => [...document.querySelectorAll('path.region')].map((p) => p.getAttribute('d'))"
    before, fills, rows = view.page.evaluate(middle), view.fills(), view.text(".sheet-table tbody")
    again = open_page(atlas_html, hash_=address)
    assert {name: parts(again)[name] for name in held} == held
    assert again.fills() == fills and again.text(".sheet-table tbody") == rows
    width = view.page.evaluate("document.querySelector('#stage').clientWidth")
    first = [float(each) for each in re.findall(r"-?[\d.]+", before[0])[:2]]
    then = [float(each) for each in re.findall(r"-?[\d.]+", again.page.evaluate(middle)[0])[:2]]
    assert np.hypot(*np.subtract(first, then)) < 0.02 * width
    again.page.click("#reset")
    assert "view" not in parts(again)


@pytest.mark.parametrize(
    "text", ["", "D111:1", "D111:x", ",".join(f"D{n}:-1" for n in range(12)), "__proto__:1"]
)
def test_weights_that_are_none_leave_the_study(open_page, atlas_html, text):
    view = open_page(atlas_html, hash_=f"#weights={text}")
    assert "weights" not in parts(view) and view.text("#sentence").startswith("2023")


def test_a_scenario_says_so_wherever_it_goes(open_page, full_html, tmp_path):
    view = open_page(full_html, hash_="#layer=grade&region=420000")
    plain = visible(view.text("#panel_body"))
    assert "not those of the scenario" not in plain
    set_weight(view, 0, 0.9)
    assert visible(view.text("#panel_body")).count("not those of the scenario") >= 1
    view.page.click("#panel_back")
    assert "(in the study)" in view.text('[data-fold="gaps"] summary')
    saved = download(view, "svg")
    assert saved.suggested_filename == "grade-2023-scenario.svg"
    saved.save_as(tmp_path / "out.svg")
    drawn = (tmp_path / "out.svg").read_text(encoding="utf-8")
    words = re.findall(r"<text[^>]*>([^<]*)</text>", drawn)
    assert words[0].startswith("Scenario: ")
    note = " ".join(words)
    assert "not the study's result" in note
    shown = view.page.evaluate(
        "[...document.querySelectorAll('#whatif .weight:not(.strong)')].map((n) =>"
        " [n.querySelector('.label').textContent, n.querySelector('.value').textContent])"
    )
    squeezed = note.replace(" ", "")
    assert all(f"{name}{weight}".replace(" ", "") in squeezed for name, weight in shown[:6])
    view.choose("obstacle")
    assert download(view, "csv").suggested_filename == "obstacle-2023.csv"


def test_weights_saved_for_a_study_are_taken_by_it(open_page, atlas_html, results, tmp_path):
    view = open_page(atlas_html)
    set_weight(view, 0, 0.9)
    set_weight(view, 5, 0.07)
    with view.page.expect_download() as waiting:
        view.page.click("#save_study")
    waiting.value.save_as(tmp_path / "weights.toml")
    section = tomllib.loads((tmp_path / "weights.toml").read_text(encoding="utf-8"))["weights"]
    assert section["method"] == "own"
    codes = [each.code for each in results.framework.indicators]
    taken = own_weights(section["values"], codes).values
    asked = [part.split(":") for part in parts(view)["weights"].split(",")]
    np.testing.assert_allclose(taken, [float(weight) for _, weight in asked], atol=2e-6)


def test_a_table_of_all_years_has_every_year_and_how_certain_it_is(open_page, full, tmp_path):
    view = open_page(maps.atlas(full).html, hash_="#layer=composite&year=2021")
    saved = download(view, "all")
    assert saved.suggested_filename == "composite-all.csv"
    saved.save_as(tmp_path / "out.csv")
    table = pd.read_csv(tmp_path / "out.csv", dtype={"adcode": str}).set_index(["adcode", "year"])
    scores = full.tables["scores"].set_index(["adcode", "year"])
    assert sorted(set(table.index.get_level_values("year"))) == list(YEARS)
    found = table["Composite index"].dropna()
    assert len(found) == len(scores)
    np.testing.assert_allclose(found, scores["composite"][found.index], rtol=0, atol=1e-9)
    ranks = table["rank"].dropna().astype(int)
    assert ranks.to_dict() == scores["rank"].astype(int).to_dict()
    doubt = full.tables["uncertainty"].set_index(["adcode", "year"])
    pairs = {
        "Composite index, 95 % interval from": ("composite_low", 6e-4),
        "rank, 95 % interval to": ("rank_high", 0),
        "Share of draws: Low": ("p_low", 1e-3),
    }
    for name, (column, near) in pairs.items():
        own = table[name].dropna()
        assert len(own) == len(doubt)
        np.testing.assert_allclose(own, doubt[column].astype(float)[own.index], rtol=0, atol=near)


def sized(view, way, asked):
    """A picture of a size that is chosen in the menu."""
    view.page.click("#out_menu summary")
    view.page.select_option("#out_size", asked)
    with view.page.expect_download() as waiting:
        view.page.click(f"#out_{way}")
    return waiting.value


@pytest.mark.parametrize(
    ("asked", "size"), [("1200", (1200, 860)), ("4800", (4800, 3440)), ("A4", (3508, 2480))]
)
def test_pictures_come_in_the_size_asked_for(open_page, atlas_html, tmp_path, asked, size):
    view = open_page(atlas_html)
    sized(view, "png", asked).save_as(tmp_path / "out.png")
    head = (tmp_path / "out.png").read_bytes()[16:24]
    assert (int.from_bytes(head[:4], "big"), int.from_bytes(head[4:], "big")) == size


def test_a_vector_picture_for_a_page_has_its_size(open_page, atlas_html, tmp_path):
    view = open_page(atlas_html)
    sized(view, "svg", "A4").save_as(tmp_path / "out.svg")
    assert 'width="297mm" height="210mm"' in (tmp_path / "out.svg").read_text(encoding="utf-8")


def copied(view, way):
    """What is copied, or shown to be copied where the browser does not let it."""
    view.page.click("#out_menu summary")
    view.page.click(f"#copy_{way}")
    view.page.wait_for_selector("#dialog textarea, #copied:not([hidden])", state="visible")
    assert view.page.is_visible("#dialog"), "without a right to the clipboard the text is shown"
    text = view.page.input_value("#dialog textarea")
    assert view.page.evaluate("document.activeElement.tagName") == "TEXTAREA"
    view.page.keyboard.press("Escape")
    return text


def test_link_and_frame_show_the_same_view(open_page, told_html, chromium, tmp_path):
    view = open_page(told_html, hash_="#layer=B2&year=2019&region=420000&note.420000=a%26b%22c")
    link = copied(view, "link")
    assert link == view.page.evaluate("location.href")
    code = copied(view, "frame")
    (tmp_path / "host.html").write_text(f"<!doctype html><body>{code}", encoding="utf-8")
    host = chromium.new_page(viewport={"width": 640, "height": 520})
    host.goto((tmp_path / "host.html").as_uri())
    frame = host.frame_locator("iframe")
    frame.locator("path.region").first.wait_for()
    assert frame.locator(".remark").text_content() == 'a&b"c'
    assert frame.locator("#title").text_content() == view.text("#title")
    for seen in ("#stage", "#legend", "#timeline", "#whole"):
        assert frame.locator(seen).is_visible()
    for hidden in ("#panel", "#layer", "#search", "#out_menu", "#headline"):
        assert frame.locator(hidden).is_hidden()
    assert frame.locator("#stage").bounding_box()["height"] >= 240
    whole = frame.locator("#whole").evaluate("(link) => link.href")
    assert "embed" not in whole and whole.split("#")[0] == link.split("#")[0]
    host.close()


def test_a_story_can_be_told_in_a_frame(open_page, told_html):
    view = open_page(told_html, hash_="#embed=1&story=2", size=(600, 450))
    assert view.page.is_visible("#story") and parts(view)["layer"] == "B2"
    view.page.click("#story_back")
    assert parts(view)["story"] == "1" and parts(view)["embed"] == "1"


LOOKED_AT = {
    "story": "#story=2",
    "remarks": "#layer=composite&note.420000=Held%20back&note.110000=First&region=420000",
    "frame": "#embed=1&story=1",
    "scenario": "#region=420000&weights=" + ",".join(f"{code}:1" for code in CODES),
}


@pytest.mark.parametrize(
    "size", [(1280, 800), pytest.param((600, 450), marks=pytest.mark.slow), (360, 740)]
)
@pytest.mark.parametrize("look", LOOKED_AT)
def test_no_rule_of_accessibility_is_broken(open_page, told_html, axe, look, size):  # noqa: F811
    theme = "&lang=zh&theme=dark" if size[0] == 600 else "&lang=en&theme=light"
    view = open_page(told_html, size=size, hash_=LOOKED_AT[look] + theme)
    if size[0] < 720 and look in ("remarks", "scenario"):
        view.page.click("#panel_sheet")
    assert violations(view, axe) == []
    for name in ("story_back", "story_next", "story_close", "tell"):
        box = view.page.locator(f"#{name}").bounding_box()
        assert box is None or min(box["width"], box["height"]) >= 24


def test_long_addresses_are_told(open_page, atlas_html, results):
    notes = "&".join(f"note.{key}={'x' * 300}" for key in results.regions.keys[:20])
    view = open_page(atlas_html, hash_=f"#{notes}")
    assert view.page.locator(".remark").count() == 20
    text = copied(view, "link")
    assert len(text) > 6000
    assert "2,000" in view.text("#dialog_title")


def test_every_key_of_an_address_is_read_by_the_page():
    folder = files("geo_resilience.maps.atlas") / "assets"
    script = (folder / "state.js").read_text(encoding="utf-8")
    read = set(re.findall(r'parts\.(?:get|has)\("(\w+)"\)|place\(study\.\w+, "(\w+)"\)', script))
    assert {one or other for one, other in read} - set(KEYS) == set()
    assert set(KEYS) - {one or other for one, other in read} <= {"vs", "picked"}


def test_csv_rows_are_whole_with_remarks_that_hold_quotes(open_page, atlas_html, tmp_path):
    view = open_page(atlas_html, hash_="#note.420000=%22a%22%2C%0Ab")
    download(view, "csv").save_as(tmp_path / "out.csv")
    rows = list(csv.reader(io.StringIO((tmp_path / "out.csv").read_text(encoding="utf-8-sig"))))
    assert {len(row) for row in rows} == {7} and any(row[-1] == '"a", b' for row in rows)


def test_the_same_story_gives_the_same_page():
    results = synthetic_results()
    pages = [maps.atlas(results, story=STOPS).html for _ in range(2)]
    assert pages[0] == pages[1] and YEARS
