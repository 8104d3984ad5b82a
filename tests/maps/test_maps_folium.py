"""Layers that users add with folium are in the file and on the map, with the network off."""

from __future__ import annotations

import base64
import io
import re

import folium
import numpy as np
import pandas as pd
import pytest
from folium import plugins
from PIL import Image
from test_maps_hostile import HOSTILE

from geo_resilience import maps, words
from geo_resilience.errors import InputError
from geo_resilience.regions import read_boundaries

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
SQUARE = {
    "type": "Feature",
    "properties": {"called": "Square"},
    "geometry": {
        "type": "Polygon",
        "coordinates": [[[108, 30], [112, 30], [112, 34], [108, 34], [108, 30]]],
    },
}


@pytest.fixture
def page():
    regions = read_boundaries()
    values = pd.Series(range(31), index=regions.keys, dtype=float, name="Values")
    return maps.choropleth(values, regions, classes=[10, 20], title="A title & more")


#: Whether a picture has come; whether the layer of heat, which draws in the next frame, has.
READ = "(image) => image.complete && image.naturalWidth > 0"
HEATED = """() => {
  const { width, height } = document.querySelector('canvas.leaflet-heatmap-layer');
  const copy = Object.assign(document.createElement('canvas'), { width, height });
  const pen = copy.getContext('2d', { willReadFrequently: true });
  pen.drawImage(document.querySelector('canvas.leaflet-heatmap-layer'), 0, 0);
  return pen.getImageData(0, 0, width, height).data.some((value) => value > 0);
}"""


def middle(box):
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def pixel(view, x, y):
    """The color of a place on the screen."""
    shot = view.page.screenshot(clip={"x": x, "y": y, "width": 1, "height": 1})
    return Image.open(io.BytesIO(shot)).convert("RGB").getpixel((0, 0))


def region_under(view, box):
    """The region whose shape lies under the middle of a box."""
    return view.page.evaluate(
        "([x, y]) => (document.elementsFromPoint(x, y).find((n) => n.matches('path.region'))"
        " || {dataset: {}}).dataset.key",
        list(middle(box)),
    )


@pytest.mark.browser
def test_circles_lines_and_shapes_lie_where_they_are_on_earth(open_page, page):
    look = {"radius": 5, "fill": True, "class_name": "wuhan"}
    folium.CircleMarker([30.6, 114.3], tooltip="Wuhan", **look).add_to(page)
    folium.Circle([43.8, 87.6], radius=100_000, class_name="urumqi").add_to(page)
    folium.PolyLine([[39.9, 116.4], [31.2, 121.5]], class_name="track").add_to(page)
    folium.GeoJson(SQUARE, name="square", class_name="square").add_to(page)
    view = open_page(page.html)
    box = view.page.locator("path.wuhan").bounding_box()
    assert region_under(view, box) == "420000"
    assert region_under(view, view.page.locator("path.urumqi").bounding_box()) == "650000"
    wide = view.page.locator("path.urumqi").bounding_box()["width"]
    far = view.page.evaluate(
        "atlas_map.latLngToContainerPoint([0, 20]).x - atlas_map.latLngToContainerPoint([0, 0]).x"
    )
    kilometers = 20 * page.data["ground"]["kilometers"]
    assert wide * kilometers / far == pytest.approx(200, rel=0.1)
    assert view.page.locator("path.track").bounding_box()["height"] > 50
    assert region_under(view, view.page.locator("path.square").bounding_box()) in {
        "500000",
        "420000",
    }
    view.page.mouse.move(*middle(box))
    assert view.text(".leaflet-tooltip").strip() == "Wuhan"


@pytest.mark.browser
def test_markers_show_a_picture_and_their_popup(open_page, page, tmp_path):
    (tmp_path / "dot.png").write_bytes(PIXEL)
    folium.Marker([30.6, 114.3], popup="<b>Wuhan</b> popup").add_to(page)
    mark = folium.DivIcon(html='<i style="color: rgb(1, 2, 3)">here</i>')
    folium.Marker([39.9, 116.4], icon=mark).add_to(page)
    folium.Marker([23.1, 113.3], icon=folium.CustomIcon(str(tmp_path / "dot.png"))).add_to(page)
    view = open_page(page.html)
    images = view.page.locator("img.leaflet-marker-icon")
    assert images.count() == 2
    view.waits_for(f"() => [...document.querySelectorAll('img.leaflet-marker-icon')].every({READ})")
    assert images.first.bounding_box()["height"] == 41
    assert (
        view.page.locator("i", has_text="here").evaluate("(n) => getComputedStyle(n).color")
        == "rgb(1, 2, 3)"
    )
    images.first.click()
    assert view.text(".leaflet-popup-content b") == "Wuhan"


@pytest.mark.browser
def test_groups_controls_images_and_a_plugin_that_folium_ships(open_page, page):
    group = folium.FeatureGroup(name="My places").add_to(page)
    folium.CircleMarker([30.6, 114.3], class_name="mine").add_to(group)
    folium.raster_layers.ImageOverlay(
        np.array([[[1.0, 0.0, 0.0]]]), [[35, 98], [38, 101]], class_name="raster"
    ).add_to(page)
    plugins.HeatMap([[30.6, 114.3, 1.0], [31.2, 121.5, 0.5]]).add_to(page)
    folium.LayerControl(collapsed=False).add_to(page)
    page.get_root().html.add_child(folium.Element("<p id='mine'>added</p>"))
    page.get_root().header.add_child(folium.Element("<style>#mine { color: rgb(9, 8, 7) }</style>"))
    view = open_page(page.html)
    assert view.page.locator("path.mine").count() == 1
    view.waits_for(f"() => [document.querySelector('img.raster')].every({READ})")
    raster = view.page.locator("img.raster").bounding_box()
    assert raster["width"] > 20 and pixel(view, *middle(raster)) == (255, 0, 0)
    heated = middle(view.page.locator("path.mine").bounding_box())
    view.waits_for(HEATED)
    assert pixel(view, *heated) != pixel(view, heated[0] - 60, heated[1])
    view.page.locator(".leaflet-control-layers label", has_text="My places").click()
    assert view.page.locator("path.mine").count() == 0
    assert view.page.locator("#mine").evaluate("(n) => getComputedStyle(n).color") == "rgb(9, 8, 7)"
    # The plugin reads its canvas back whenever the map is framed; from the second time on the
    # browser advises on how to read faster.
    view.complaints[:] = [each for each in view.complaints if "willReadFrequently" not in each]


@pytest.mark.parametrize(
    ("layer", "address"),
    [
        (lambda: plugins.MarkerCluster([[30, 114]]), "leaflet.markercluster.js"),
        (lambda: folium.TileLayer("OpenStreetMap"), "tile.openstreetmap.org"),
        (lambda: folium.Marker([30, 114], icon=folium.Icon(color="red")), "awesome-markers.js"),
        (
            lambda: folium.Marker([3, 1], icon=folium.CustomIcon("https://x.org/i.png")),
            "x.org/i.png",
        ),
        (lambda: folium.LinearColormap(["red", "blue"]), "d3"),
    ],
)
def test_what_would_come_from_the_network_is_named(page, tmp_path, layer, address):
    page.add_child(layer())
    with pytest.raises(InputError, match=re.escape(address)) as caught:
        page.save(tmp_path / "map.html")
    assert not (tmp_path / "map.html").exists()
    (problem,) = caught.value.problems
    assert all(address in problem.say(language) for language in words.LANGUAGES)


def test_the_same_layers_give_the_same_bytes_and_can_be_written_twice(page, tmp_path):
    def with_layers():
        regions = read_boundaries()
        own = maps.choropleth(pd.Series(1.0, index=regions.keys, name="x"), regions)
        folium.Marker([30.6, 114.3], popup="Wuhan", icon=folium.DivIcon("x")).add_to(own)
        folium.GeoJson(SQUARE).add_to(own)
        return own

    first = with_layers()
    assert first.html == first.html == with_layers().html
    assert first.write(tmp_path / "a.html").path.read_text(encoding="utf-8") == first.html
    first.save(str(tmp_path / "b.html"))
    assert (tmp_path / "b.html").read_bytes() == (tmp_path / "a.html").read_bytes()
    with (tmp_path / "c.html").open("wb") as stream:
        first.save(stream)
    assert (tmp_path / "c.html").read_bytes() == (tmp_path / "a.html").read_bytes()


def test_a_page_without_layers_carries_nothing_for_them(page):
    assert "unsafe-inline" not in page.html and "Icon.Default.mergeOptions" not in page.html
    assert isinstance(page, folium.Map) and isinstance(page, maps.Page)


#: folium itself runs templates of Jinja and of JavaScript in what it is given.
TEXTS = [text for text in HOSTILE if not any(mark in text for mark in ("{%", "{#", "${"))]


@pytest.mark.browser
@pytest.mark.parametrize("texts", [TEXTS[place::4] for place in range(4)])
def test_hostile_text_in_a_layer_leaves_the_page_whole(open_page, page, texts):
    assert sum("<script" in text or "<!--" in text for text in texts) < 2  # one might end another
    for text in texts:
        told = text.replace("`", "")
        folium.CircleMarker([30.6, 114.3], class_name="own", tooltip=told).add_to(page)
    page.get_root().script.add_child(folium.Element("/* </script><!-- */"))
    view = open_page(page.html)
    assert view.text("#title") == "A title & more"
    assert view.page.locator("path.region").count() == 31
    assert view.page.locator("path.own").count() == len(texts)
    assert view.page.evaluate("window.broken") is None
    assert view.page.locator("body > img, body > svg[onload]").count() == 0
