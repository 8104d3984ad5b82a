"""Maps inside other pages, in a real Chromium: plain, under a strict policy, several at once."""

import base64
import functools
import http.server
import re
import threading

import pandas as pd
import pytest
from synthetic_results import synthetic_results

from geo_resilience import maps
from geo_resilience.errors import InputError
from geo_resilience.maps import figures
from geo_resilience.regions import read_boundaries

STRICT = "default-src 'none'; frame-src 'self'; img-src 'self'"


@pytest.fixture(scope="module")
def pages():
    regions = read_boundaries()
    one = pd.Series({"110000": 3.0, "310000": 5.0, "440000": 4.0}, name="Patents")
    two = pd.Series({"110000": 1.0, "510000": 2.0}, name="Firms & <b>")
    return [
        maps.choropleth(one, regions, title="Patents </script>", classes=[4]),
        maps.choropleth(two, regions, title="Firms & <b>bold</b>", language="zh", classes=[2]),
    ]


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args):
        pass


@pytest.fixture
def site(tmp_path):
    """A folder served on this machine, and its address."""
    handler = functools.partial(Quiet, directory=str(tmp_path))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield tmp_path, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def visit(chromium, site):
    folder, address = site
    contexts = []

    def visiting(body, *, policy=None):
        meta = f'<meta http-equiv="Content-Security-Policy" content="{policy}">' if policy else ""
        head = f'<meta charset="utf-8"><title>Host</title>{meta}<link rel="icon" href="data:,">'
        text = f'<!DOCTYPE html><html lang="en"><head>{head}</head><body>{body}</body></html>'
        (folder / "host.html").write_text(text, encoding="utf-8", newline="\n")
        context = chromium.new_context(reduced_motion="reduce")
        contexts.append(context)
        page = context.new_page()
        page.complaints = []
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.on("dialog", lambda dialog: (page.complaints.append("dialog"), dialog.dismiss()))
        page.goto(f"{address}/host.html")
        return page

    yield visiting
    for context in contexts:
        context.close()


def regions_in(page, place=0):
    frame = page.frame_locator("iframe").nth(place)
    frame.locator("path.region").first.wait_for(state="attached", timeout=60_000)
    return frame.locator("path.region").count()


@pytest.mark.browser
@pytest.mark.parametrize("policy", [None, STRICT])
def test_a_frame_works_in_a_plain_page_and_under_a_strict_policy(pages, site, visit, policy):
    page = pages[0].write(site[0] / "map.html")
    snippet = maps.embed("map.html", title='A "map"', height=480)
    host = visit(snippet, policy=policy)
    assert regions_in(host) == 31
    frame = host.locator("iframe")
    assert frame.get_attribute("title") == 'A "map"'
    assert frame.bounding_box()["height"] == 480
    assert host.complaints == []
    assert maps.embed(page).startswith(f'<iframe src="{page.path.as_posix()}"')


@pytest.mark.browser
def test_several_maps_share_one_copy_of_the_code(pages, visit):
    text = maps.embed(pages, how="fragment", height=420)
    assert text.count('id="geo-map-') == 1
    assert len(text) < 0.75 * sum(len(page.html) for page in pages) + 30_000
    host = visit(text)
    assert [regions_in(host, place) for place in range(2)] == [31, 31]
    titles = [host.locator("iframe").nth(place).get_attribute("title") for place in range(2)]
    assert titles == ["Patents </script>", "Firms & <b>bold</b>"]
    inside = host.frame_locator("iframe").nth(1).locator("html")
    assert inside.get_attribute("lang").startswith("zh")
    assert host.locator("body > b").count() == 0
    assert host.complaints == []


@pytest.mark.browser
def test_fragments_one_by_one_share_the_code_of_the_first(pages, visit):
    first = maps.embed(pages[0], how="fragment")
    second = maps.embed(pages[1], how="fragment", code=False)
    assert len(second) < len(first) / 2
    host = visit(first + "<p>between</p>" + second)
    assert [regions_in(host, place) for place in range(2)] == [31, 31]
    assert host.locator("iframe").count() == 2 and host.complaints == []


@pytest.mark.browser
def test_where_scripts_do_not_run_the_picture_stays(pages, site, visit):
    sheet = figures.graded_map(synthetic_results())
    sheet.savefig(site[0] / "map.svg")
    text = maps.embed(pages[0], how="fragment", picture=site[0] / "map.svg")
    text = text.replace((site[0] / "map.svg").as_posix(), "map.svg")
    host = visit(text, policy=STRICT)
    assert host.locator("iframe").count() == 0
    image = host.locator("img")
    assert image.get_attribute("alt") == sheet.alternative_text
    assert image.evaluate("(image) => image.complete && image.naturalWidth > 0")


@pytest.mark.browser
def test_a_page_in_a_notebook_as_nbconvert_shows_it(pages, visit):
    shown = pages[0]._repr_html_()
    host = visit(f'<div class="jp-RenderedHTMLCommon jp-OutputArea-output">{shown}</div>')
    assert regions_in(host) == 31


@pytest.mark.browser
def test_a_notebook_that_nbconvert_turns_into_a_page(pages, site, chromium):
    nbconvert = pytest.importorskip("nbconvert", reason="nbconvert is not installed")
    from nbformat import v4

    sheet = figures.zone_trends(synthetic_results())
    picture, described = sheet._repr_png_()
    shown = [
        {"text/html": pages[0]._repr_html_()},
        {"text/html": maps.embed(pages, how="fragment", height=420)},
        {"text/html": sheet._repr_html_(), "image/png": base64.b64encode(picture).decode("ascii")},
    ]
    cells = [
        v4.new_code_cell("...", outputs=[v4.new_output("display_data", data)]) for data in shown
    ]
    body, _ = nbconvert.HTMLExporter().from_notebook_node(v4.new_notebook(cells=cells))
    (site[0] / "report.html").write_text(body, encoding="utf-8")
    page = chromium.new_page()
    page.route("**/*", lambda r: r.continue_() if site[1] in r.request.url else r.abort())
    page.goto(f"{site[1]}/report.html", wait_until="domcontentloaded")
    assert [regions_in(page, place) for place in range(3)] == [31, 31, 31]
    assert page.locator("img").get_attribute("alt") == described["alt"] == sheet.alternative_text
    page.close()


@pytest.mark.browser
def test_a_map_that_starts_without_a_size_is_drawn_once_it_has_one(pages, site, visit):
    pages[0].write(site[0] / "map.html")
    snippet = maps.embed("map.html", title="Map", height=480).replace(' loading="lazy"', "")
    host = visit(f'<details style="display: none">{snippet}</details>')
    assert regions_in(host) == 31
    host.evaluate("Object.assign(document.querySelector('details'), {open: true, style: ''})")
    shape = host.frame_locator("iframe").locator("path.region").first
    shape.wait_for(state="visible", timeout=60_000)
    assert shape.bounding_box()["width"] > 5
    assert host.complaints == []


def test_a_figure_shows_itself_in_a_notebook_with_its_text():
    sheet = figures.zone_trends(synthetic_results(), width="half")
    shown = sheet._repr_html_()
    assert shown.startswith('<img src="data:image/png;base64,') and 'width="321"' in shown
    assert sheet._repr_png_()[0].startswith(b"\x89PNG")
    assert shown.count("<") == 1


def test_a_picture_carries_its_alternative_text(tmp_path):
    sheet = figures.zone_trends(synthetic_results(), language="zh")
    text = maps.embed(sheet, how="picture", width=600)
    assert 'width="600"' in text and "data:image/png;base64," in text
    assert sheet.alternative_text in text
    sheet.savefig(tmp_path / "trends.png")
    assert sheet.alternative_text in maps.embed(tmp_path / "trends.png", how="picture")


def test_a_fragment_is_the_same_from_run_to_run_and_ends_no_block(pages):
    text = maps.embed(pages, how="fragment")
    assert text == maps.embed(pages, how="fragment")
    blocks = re.findall(r"<script[^>]*>(.*?)</script>", text, re.DOTALL)
    assert len(blocks) == 4  # the code, two maps, the loader


def test_what_cannot_be_embedded_says_why(pages, tmp_path):
    with pytest.raises(InputError, match="iframe"):
        maps.embed(pages[0], how="object")
    with pytest.raises(InputError, match="fragment"):
        maps.embed(pages[1])
    (tmp_path / "other.html").write_text("<html></html>", encoding="utf-8")
    with pytest.raises(InputError, match="no map of ours"):
        maps.embed(tmp_path / "other.html", how="fragment")
    with pytest.raises(InputError, match="PNG"):
        maps.embed(tmp_path / "no.png", how="picture")
