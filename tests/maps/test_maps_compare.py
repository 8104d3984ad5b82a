"""Two views side by side or under a swipe, and small maps: each in its colors, moved as one."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.browser

FILLS = """
(within) => Object.fromEntries([...document.querySelectorAll(`${within} path.region`)]
  .map((path) => [path.dataset.key, path.getAttribute('fill')]))
"""
MIDDLES = """
() => ['#atlas_map', '#second'].map((within) => {
  const { left, top, width } = document.querySelector(`${within} path.region[data-key="420000"]`)
    .getBoundingClientRect();
  const stage = document.querySelector(within).getBoundingClientRect();
  return [left - stage.left, top - stage.top, width].map(Math.round);
})
"""


def fills(view, within):
    return view.page.evaluate(FILLS, within)


@pytest.mark.parametrize("how", ["side", "swipe"])
@pytest.mark.parametrize(
    ("vs", "alone"),
    [("2018", "#year=2018&layer=grade"), ("layer:composite", "#year=2023&layer=composite")],
)
def test_both_frames_show_their_own_view(open_page, atlas_html, colors, how, vs, alone):
    view = open_page(atlas_html, hash_=f"#year=2023&layer=grade&vs={vs}&how={how}")
    assert fills(view, "#atlas_map") == colors("#year=2023&layer=grade")
    second = fills(view, "#second")
    assert second == colors(alone)
    assert second != fills(view, "#atlas_map")


def test_the_address_keeps_what_is_compared(open_page, atlas_html, colors):
    view = open_page(atlas_html)
    view.page.click("#compare_menu summary")
    view.page.select_option("#vs", "2019")
    view.page.click("#how_swipe")
    address = view.page.evaluate("location.hash")
    assert "vs=2019" in address and "how=swipe" in address
    again = open_page(atlas_html, hash_=address)
    assert again.page.is_visible("#swipe_handle")
    assert fills(again, "#second") == colors("#year=2019&layer=grade")
    again.page.click("#compare_menu summary")
    again.page.select_option("#vs", "")
    assert not again.page.is_visible("#second")
    assert "vs=" not in again.page.evaluate("location.hash")
    nonsense = open_page(
        atlas_html, hash_="#vs=layer:nothing&how=fold&with=x,999&picked=abc&against=no"
    )
    assert not nonsense.page.is_visible("#second")


def test_both_move_and_are_hovered_together(open_page, atlas_html):
    view = open_page(atlas_html, hash_="#vs=2018")
    one, two = view.page.evaluate(MIDDLES)
    assert max(abs(a - b) for a, b in zip(one, two, strict=True)) <= 2
    view.page.hover('#second path.region[data-key="420000"]')
    for within in ("#atlas_map", "#second"):
        assert view.page.get_attribute(f"{within} path.hovered", "d") != "M0 0"
    card = view.page.inner_text("#tooltip")
    assert "2023" in card and "2018" in card
    view.moves(lambda: view.page.mouse.wheel(0, -400))
    nearer_one, nearer_two = view.page.evaluate(MIDDLES)
    assert nearer_one[2] > 1.2 * one[2]
    assert max(abs(a - b) for a, b in zip(nearer_one, nearer_two, strict=True)) <= 2


def test_the_swipe_follows_pointer_and_keys(open_page, atlas_html):
    view = open_page(atlas_html, hash_="#vs=2018&how=swipe")
    clip = "getComputedStyle(document.querySelector('.second-view')).clipPath"
    assert view.page.evaluate(clip) == "inset(0px 0px 0px 50%)"
    handle = view.page.locator("#swipe_handle")
    assert handle.get_attribute("role") == "slider"
    assert "2018" in handle.get_attribute("aria-valuetext")
    handle.focus()
    for key, now in [("ArrowRight", 52), ("PageDown", 42), ("Home", 0), ("End", 100)]:
        view.page.keyboard.press(key)
        assert handle.get_attribute("aria-valuenow") == str(now)
    stage = view.page.locator("#stage").bounding_box()
    box = handle.bounding_box()
    y = stage["y"] + 150
    view.page.mouse.move(box["x"] + box["width"] / 2 - 2, y)
    view.page.mouse.down()
    view.page.mouse.move(stage["x"] + 0.25 * stage["width"], y, steps=4)
    view.page.mouse.up()
    assert handle.get_attribute("aria-valuenow") == "25"
    assert view.page.evaluate(clip) == "inset(0px 0px 0px 25%)"
    left = view.page.evaluate(
        "([x, y]) => document.elementFromPoint(x, y).closest('#second') === null",
        [stage["x"] + 0.2 * stage["width"], y],
    )
    right = view.page.evaluate(
        "([x, y]) => document.elementFromPoint(x, y).closest('#second') !== null",
        [stage["x"] + 0.3 * stage["width"], y],
    )
    assert left and right


@pytest.mark.parametrize(("language", "menu"), [("en", "Compare"), ("zh", "对比")])
def test_small_maps_of_all_years_lead_to_theirs(open_page, atlas_html, colors, language, menu):
    view = open_page(atlas_html, hash_=f"#layer=grade&lang={language}")
    assert view.text("#compare_menu summary").strip() == menu
    view.page.click("#compare_menu summary")
    view.page.select_option("#vs", "years")
    cells = view.page.locator(".cell")
    assert cells.count() == 6
    for place, year in ((0, 2018), (5, 2023)):
        found = view.page.evaluate(
            "(place) => [...document.querySelectorAll('.cell')].at(place)"
            ".querySelectorAll('use[data-region]').values()"
            ".map((use) => use.getAttribute('fill')).toArray()",
            place,
        )
        alone = colors(f"#year={year}&layer=grade")
        assert found == [each.replace("#hatch", "#mini_hatch") for each in alone.values()]
    view.page.keyboard.press("Escape")
    cells.nth(1).focus()
    view.page.keyboard.press("Enter")
    address = view.page.evaluate("location.hash")
    assert "year=2019" in address and "vs=" not in address
    assert not view.page.is_visible("#multiples")


def test_both_maps_carry_the_same_and_use_their_frame(open_page, atlas_html):
    view = open_page(atlas_html, hash_="#vs=2018&show=graticule")
    lines = [view.page.locator(f"{each} .graticule").count() for each in ("#atlas_map", "#second")]
    assert lines[0] == lines[1] > 4
    feet = [view.page.inner_text(f"{each} .inset-foot") for each in ("#inset", ".second-inset")]
    assert feet[0] == feet[1] and "km" in feet[0]
    assert not view.page.evaluate("document.getElementById('legend').open")
    wide = "(within) => [...document.querySelectorAll(`${within} path.region`)].map((path) =>"
    wide += " path.getBoundingClientRect()).flatMap(({ left, right }) => [left, right])"
    for within in ("#atlas_map", "#second .second-map"):
        ends = view.page.evaluate(wide, within)
        room = view.page.locator(within).bounding_box()["width"]
        assert max(ends) - min(ends) > 0.85 * room
    view.visit("#vs=nothing")
    assert view.page.evaluate("document.getElementById('legend').open")
    assert not view.page.is_visible("#second")


def test_small_maps_of_dimensions_share_a_legend(open_page, atlas_html, results):
    view = open_page(atlas_html, hash_="#vs=dimensions&year=2020")
    names = view.page.locator(".cell b").all_inner_texts()
    assert names == ["Composite index", *[each.name["en"] for each in results.framework.dimensions]]
    assert view.page.locator(".shared .swatch").count() == 11
    assert not view.page.is_visible("#legend")
    view.page.hover(".cell[data-place='2'] use[data-region='3']", force=True)
    assert all(view.page.locator(".cell-head .muted").all_inner_texts())
    view.page.locator(".cell").nth(2).click()
    assert f"layer={results.framework.dimensions[1].code}" in view.page.evaluate("location.hash")
