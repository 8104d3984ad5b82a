"""Every control does something by mouse, by touch and by keyboard; its focus is seen."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.browser
LONG = 60_000

#: What can be seen to change when a control is used.
SEEN = """
() => JSON.stringify([
  location.hash, document.documentElement.lang, document.documentElement.dataset.theme,
  [...document.querySelectorAll('details')].map((n) => n.open),
  document.getElementById('dialog').open, document.getElementById('play').className,
  document.getElementById('panel').innerText, document.getElementById('sentence').textContent,
  document.querySelectorAll('.faded').length,
  (({ width, left }) => [width, left].map(Math.round))(
    document.querySelector('path.region').getBoundingClientRect()),
])
"""

#: Controls by what leads to them: address, script to open what holds them, selector.
CONTROLS = {
    "language": ("", "", "#language"),
    "theme": ("", "", "#theme"),
    "downloads": ("", "", "#out_menu summary"),
    "on the map": ("", "", "#outlines_menu summary"),
    "compare": ("", "", "#compare_menu summary"),
    "swipe": (
        "#vs=2018",
        "document.getElementById('compare_menu').open = true",
        "#how_swipe",
    ),
    "pick": ("", "document.getElementById('compare_menu').open = true", "#picking"),
    "clear": ("#picked=420000", "", "#let_go"),
    "small map": ("#vs=years", "", ".cell"),
    "class of the year": ("", "", "[data-fold=classes] [role=button]"),
    "distribution": (
        "",
        "document.querySelector('[data-fold=spread]').open = true",
        ".histogram .pick",
    ),
    "beside": ("#region=420000", "", "#beside_like"),
    "table": ("", "", "#table"),
    "closer": ("", "", "#closer"),
    "farther": ("", "", "#farther"),
    "play": ("", "", "#play"),
    "legend": ("", "", "#legend summary"),
    "notes": ("", "", "#notes"),
    "close notes": ("", "document.getElementById('notes').click()", "#dialog form button"),
    "what if": ("", "", "#whatif summary"),
    "fold": ("", "", '[data-fold="gaps"] summary'),
    "ranking": ("", "", ".ranking button"),
    "quadrant": (
        "",
        "document.querySelector('[data-fold=scatter]').open = true",
        "#quadrant-high-high",
    ),
    "close region": ("#region=420000", "", "#panel_back"),
    "neighbor": (
        "#region=420000",
        "document.querySelector('[data-fold=neighbors]').open = true",
        "[data-fold=neighbors] .pill",
    ),
    "sort": ("#table=1", "", 'th[data-column="name"] button'),
    "row": ("#table=1", "", ".sheet-table tbody button"),
    "outline": (
        "",
        "document.getElementById('outlines_menu').open = true",
        "[data-id=zones] input",
    ),
    "scale": ("", "document.getElementById('outlines_menu').open = true", "[data-id=scale] input"),
    "back to the weights": (
        "",
        "document.getElementById('whatif').open = true;"
        " const input = document.querySelector('#whatif input'); input.value = 0.9;"
        " input.dispatchEvent(new Event('input', { bubbles: true }))",
        "#whatif button",
    ),
    "region": ("", "", 'path.region[data-key="650000"]'),
}


def prepared(open_page, full_html, name, **options):
    address, script, selector = CONTROLS[name]
    view = open_page(full_html, size=(1280, 900), hash_=address, **options)
    view.page.set_default_timeout(LONG)
    view.page.wait_for_selector("#legend summary b", state="attached")
    view.page.evaluate(f"() => {{ {script} }}")
    view.page.wait_for_selector(selector)
    return view, selector, view.page.evaluate(SEEN)


def changes(view, before):
    view.page.wait_for_function(f"(before) => ({SEEN})() !== before", arg=before, timeout=LONG)
    return True


@pytest.mark.slow
@pytest.mark.parametrize("name", CONTROLS)
def test_by_mouse(open_page, full_html, name):
    view, selector, before = prepared(open_page, full_html, name)
    view.page.locator(selector).first.click()
    assert changes(view, before)


#: Buttons, boxes to check and parts that open: the browser makes clicks of taps on them itself, as
#: those of "language", "downloads" and "outline", which are tapped each time, show.
ALIKE = (
    *("theme", "on the map", "compare", "swipe", "pick", "clear", "beside", "table", "closer"),
    *("farther", "play", "legend", "notes", "close notes", "what if", "fold", "close region"),
    *("sort", "scale", "back to the weights"),
)


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=pytest.mark.slow if name in ALIKE else ()) for name in CONTROLS],
)
def test_by_touch(open_page, full_html, name):
    view, selector, before = prepared(open_page, full_html, name, touch=True)
    view.page.locator(selector).first.tap()
    assert changes(view, before)


@pytest.mark.parametrize("name", CONTROLS)
def test_by_keyboard_with_focus_seen(open_page, full_html, name):
    view, selector, before = prepared(open_page, full_html, name)
    control = view.page.locator(selector).first
    view.page.keyboard.press("Tab")  # the browser shows focus to those who use the keyboard
    control.focus()
    shown = control.evaluate(
        "(node) => { const look = getComputedStyle(node); return node.matches(':focus-visible')"
        " && (parseFloat(look.outlineWidth) >= 2 && look.outlineStyle !== 'none'"
        " || document.querySelector('path.hovered').getAttribute('d').length > 8); }"
    )
    assert shown
    view.page.keyboard.press(" " if name in ("outline", "scale") else "Enter")
    assert changes(view, before)


@pytest.mark.parametrize(
    ("address", "selector", "key"),
    [
        ("", "#slider", "ArrowLeft"),
        ("#layer=change", "#base", "ArrowDown"),
        ("#region=420000", "#panel_body select", "ArrowDown"),
        ("", "#whatif input", "ArrowRight"),
    ],
)
def test_sliders_and_lists_by_keyboard(open_page, full_html, address, selector, key):
    view = open_page(full_html, size=(1280, 900), hash_=address)
    view.page.wait_for_selector("#legend summary b")
    view.page.evaluate("document.getElementById('whatif').open = true")
    before = view.page.evaluate(SEEN)
    view.page.locator(selector).first.focus()
    view.page.keyboard.press(key)
    assert changes(view, before)


@pytest.mark.parametrize("address", ["", "#region=420000&with=440000", "#table=1"])
def test_tab_reaches_every_control(open_page, full_html, address):
    view = open_page(full_html, size=(1280, 900), hash_=address)
    view.page.wait_for_selector("#legend summary b")
    view.page.evaluate(
        "() => { window.reached = new Set(); document.addEventListener('focusin', (event) =>"
        " window.reached.add(event.target)); }"
    )
    count = view.page.evaluate(
        "() => { window.wanted = [...document.querySelectorAll('button, summary, select, input,"
        " path.region')].filter((n) => n.tabIndex >= 0 && n.checkVisibility()"
        " && !n.disabled); return window.wanted.length; }"
    )
    assert count > 20
    for _ in range(count + 10):
        view.page.keyboard.press("Tab")
    missed = view.page.evaluate(
        "window.wanted.filter((n) => !window.reached.has(n)).map((n) => n.outerHTML.slice(0, 80))"
    )
    assert missed == []


@pytest.mark.slow
def test_arrows_reach_every_region(open_page, full, full_html):
    view = open_page(full_html)
    view.page.wait_for_selector("#legend summary b")
    view.page.evaluate("document.querySelector('path.region[tabindex=\"0\"]').focus()")
    reached, waiting, ways = {"110000"}, ["110000"], {}
    while waiting:
        key = waiting.pop()
        for way in ("ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"):
            view.page.evaluate(
                "(key) => document.querySelector(`path.region[data-key='${key}']`).focus()", key
            )
            view.page.keyboard.press(way)
            there = view.page.evaluate("document.activeElement.dataset.key")
            ways[key, way] = there
            if there not in reached:
                reached.add(there)
                waiting.append(there)
    assert reached == set(full.regions.keys)


def test_targets_are_large_enough_to_be_hit(open_page, full_html):
    for address, size in (("", (360, 740)), ("#region=420000", (1280, 900))):
        view = open_page(full_html, size=size, hash_=address, touch=True)
        view.page.wait_for_selector("#legend summary b")
        view.page.evaluate("document.getElementById('whatif').open = true")
        small = view.page.evaluate(
            "[...document.querySelectorAll('button, summary, select, input:not([type=checkbox])')]"
            ".filter((n) => n.checkVisibility()).map((n) => [n.outerHTML.slice(0, 60),"
            " n.getBoundingClientRect().width, n.getBoundingClientRect().height])"
            ".filter(([, wide, high]) => wide < 24 || high < 24)"
        )
        assert small == []
