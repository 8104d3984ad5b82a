"""WCAG 2.2 AA as far as a program can tell (axe-core), and by keyboard, touch and size."""

from __future__ import annotations

from importlib.resources import files

import pytest
from chromium_for_tests import RULES

pytestmark = pytest.mark.browser
STATES = {
    "nation": "#layer=composite&year=2021",
    "table": "#layer=B1&table=1",
    "region": "#region=420000&with=440000&layer=composite",
    "clusters": "#layer=local_moran&outlines=coastal_belt",
    "certainty": "#layer=certainty&region=110000",
    "obstacle": "#layer=obstacle&table=1",
    "carried": "#layer=change&since=2020&show=names,scale,north,graticule",
}

#: What is opened before looking: scripts by name.
OPENED = {
    "nothing": "",
    "outlines": "document.getElementById('outlines_menu').open = true",
    "picker": "document.getElementById('layer').click()",
    "what": "document.getElementById('what_menu').open = true",
    "more": "document.getElementById('more').click()",
    "downloads": "document.getElementById('out_menu').open = true",
    "what-if": """
        document.getElementById('whatif').open = true;
        const input = document.querySelector('#whatif input');
        input.value = 0.8;
        input.dispatchEvent(new Event('input', { bubbles: true }));
    """,
    "notes": "document.getElementById('notes').click()",
    "folds": "for (const fold of document.querySelectorAll('.fold')) fold.open = true",
}

RUN = """
async ([within, tags, off]) => {
  const rules = Object.fromEntries(off.map((name) => [name, { enabled: false }]));
  const found = await axe.run(within, { runOnly: { type: "tag", values: tags }, rules });
  return found.violations.map(({ id, nodes }) =>
    [id, nodes.length, nodes[0].target.join(" "), nodes[0].failureSummary]);
}
"""


@pytest.fixture(scope="module")
def axe():
    package = pytest.importorskip("axe_playwright_python")
    return files(package).joinpath("axe.min.js").read_text(encoding="utf-8")


def violations(view, axe):
    """What is broken on the whole page; under an open menu controls may be half hidden."""
    view.page.evaluate(axe)
    menu = "details.menu[open]"
    if not view.page.locator(menu).count():
        return view.page.evaluate(RUN, ["html", RULES, []])
    whole = view.page.evaluate(RUN, ["html", RULES, ["target-size"]])
    return whole + view.page.evaluate(RUN, [menu, RULES, ["region"]])


def test_what_is_broken_is_found(open_page, full_html, axe):
    view = open_page(full_html)
    view.page.evaluate("""() => {
      document.getElementById('title').style.color = '#dddddd';
      document.getElementById('layer').replaceChildren();
    }""")
    assert {"color-contrast", "button-name"} <= {rule for rule, *_ in violations(view, axe)}


#: Languages and themes; the views take turns, and all else is left to "make slow".
LOOKS = [("en", "light"), ("zh", "dark"), ("en", "dark"), ("zh", "light")]
VIEWS = [
    pytest.param(state, *look, marks=[] if turn % 2 == place else pytest.mark.slow)
    for turn, state in enumerate(STATES)
    for place, look in enumerate(LOOKS)
]


@pytest.mark.parametrize(("state", "language", "theme"), VIEWS)
def test_no_rule_is_broken_in_any_view(open_page, full_html, axe, state, language, theme):
    view = open_page(full_html, hash_=f"{STATES[state]}&lang={language}&theme={theme}")
    view.page.wait_for_selector("#legend summary b")
    assert violations(view, axe) == []


@pytest.mark.slow
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("opened", OPENED)
@pytest.mark.parametrize("size", [(1280, 800), (360, 740)])
def test_no_rule_is_broken_by_what_opens(open_page, full_html, axe, opened, theme, size):
    language = "zh" if theme == "dark" else "en"
    view = open_page(full_html, size=size, hash_=f"#layer=composite&lang={language}&theme={theme}")
    if size[0] < 720:
        view.page.click("#panel_sheet")
    view.page.evaluate(f"() => {{ {OPENED[opened]} }}")
    assert violations(view, axe) == []


def test_an_upright_tablet_has_the_panel_below_the_map(open_page, atlas_html):
    page = open_page(atlas_html, size=(768, 1024)).page
    stage, panel = (page.locator(f"#{name}").bounding_box() for name in ("atlas_map", "panel"))
    assert stage["width"] == panel["width"] == 768
    assert panel["y"] >= stage["y"] + stage["height"]
    assert page.locator("#search").bounding_box()["y"] == page.locator("#table").bounding_box()["y"]
