"""Open pages in a real browser with the network off: accessibility, search, requests."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from tests.chromium_for_tests import FLAGS, RULES, find_chromium

#: A page of each kind.
LOOKED_AT = (
    *("index", "install", "search", "tutorials/planner", "how_to/index", "how_to/own_boundaries"),
    *("methods/moran", "gallery/index", "gallery/plot_graded_map", "api/spatial.moran", "files"),
    *("reference/study_file", "house/index", "explanations/not_significant", "studies/index"),
)
#: What is looked for in each language, and a page that must be among what is found.
SOUGHT = {
    "en": (("location quotient", "api/spatial.location_quotient"), ("moran", "methods/moran")),
    "zh": (("区位熵", "files"), ("莫兰指数", "files")),
}
_RUN = """
async (tags) => {
  const within = { exclude: [["iframe"]] };
  const found = await axe.run(within, { runOnly: { type: "tag", values: tags } });
  return found.violations.map(({ id, nodes }) =>
    `${id} (${nodes.length}): ${nodes[0].target.join(" ")} ${nodes[0].failureSummary}`);
}
"""


def browser() -> str | None:
    """Give the Chromium of this machine, if there is one and the means to drive it."""
    if find_spec("playwright") is None or find_spec("axe_playwright_python") is None:
        return None
    return find_chromium()


def seen(site: Path, chromium: str) -> list[str]:
    """Give what is wrong with the pages of a language as a browser shows them."""
    from playwright.sync_api import sync_playwright

    script = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        context = opened.new_context(offline=True, viewport={"width": 1280, "height": 900})
        page = context.new_page()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        found = [*_violations(page, site, script), *_not_found(page, site)]
        opened.close()
    elsewhere = {url for url in asked if url.startswith("http")}
    return [*found, *(f"asked for from elsewhere: {url}" for url in sorted(elsewhere))]


def _violations(page: Any, site: Path, script: str) -> Iterator[str]:
    for name in LOOKED_AT:
        file = site / f"{name}.html"
        if not file.is_file():
            yield f"{site.name}/{name}: there is no such page"
            continue
        page.goto(file.as_uri())
        page.evaluate(script)
        for fault in page.evaluate(_RUN, RULES):
            yield f"{site.name}/{name}: {fault}"


def _not_found(page: Any, site: Path) -> Iterator[str]:
    """Look for words as a reader does, and tell of pages that are not found."""
    for words, wanted in SOUGHT[site.name]:
        page.goto((site / "search.html").as_uri() + f"?q={words}")
        link = page.locator(f'#search-results a[href*="{wanted}.html"]')
        try:
            link.first.wait_for(timeout=15000, state="attached")
        except Exception:
            yield f"{site.name}: a search for {words} does not find {wanted}"
