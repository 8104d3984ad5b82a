"""Scale bar, north arrow, graticule, and context from the user's files."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pyproj
import pytest
import shapely
from synthetic_results import synthetic_results

from geo_resilience import maps
from geo_resilience.errors import InputError
from geo_resilience.maps.drawing._geometry import draw_ground
from geo_resilience.maps.drawing._graticule import graticule_content
from geo_resilience.regions import read_boundaries

RIVER = shapely.LineString([(100, 33), (105, 30), (110, 30.5), (116, 30), (121, 31.5)])
CITIES = {"Wuhan": (114.3, 30.6), "<b>Xi'an</b>": (108.9, 34.3), "Paris": (2.35, 48.86)}


@pytest.fixture(scope="module")
def river():
    return gpd.GeoDataFrame({"name": ["Yangtze"]}, geometry=[RIVER], crs=4326)


@pytest.fixture(scope="module")
def cities():
    points = [shapely.Point(place) for place in CITIES.values()]
    return gpd.GeoDataFrame({"name": list(CITIES)}, geometry=points, crs=4326)


def unpacked(text):
    digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    numbers, value, place = [], 0, 1
    for letter in text:
        digit = digits.index(letter)
        value += (digit & 31) * place
        place *= 32
        if digit < 32:
            numbers.append(-(value >> 1) if value & 1 else value >> 1)
            value, place = 0, 1
    return numbers


def test_graticule_lies_where_the_projection_puts_it():
    ground = draw_ground(read_boundaries().frame)
    content = graticule_content(ground)
    back = pyproj.Transformer.from_crs(ground.crs, 4326, always_xy=True)
    numbers = unpacked(content["lines"])
    at, x, y = 0, 0, 0
    degrees = [(0, each) for each in content["meridians"]]
    degrees += [(1, each) for each in content["parallels"]]
    for axis, expected in degrees:
        count, at = numbers[at], at + 1
        for _ in range(count):
            x, y, at = x + numbers[at], y + numbers[at + 1], at + 2
            found = back.transform(x * ground.step, y * ground.step)[axis]
            assert abs(found - expected) < 0.06
    assert at == len(numbers)


@pytest.mark.browser
def test_furniture_is_switched_and_stands_in_the_address(open_page, atlas_html):
    view = open_page(atlas_html)
    assert view.page.locator("path.graticule").count() == 0
    view.page.click("#outlines_menu summary")
    for name in ("scale", "north", "graticule"):
        view.page.check(f'[data-id="{name}"] input')
    assert view.page.locator("path.graticule").count() > 8
    assert "40°N" in [text.strip() for text in view.page.locator(".degree").all_inner_texts()]
    assert view.page.is_visible(".north")
    assert "show=graticule,names,north,scale" in view.page.evaluate("location.hash")
    view.page.uncheck('[data-id="names"] input')
    assert view.page.locator(".name").count() == 0


@pytest.mark.browser
def test_scale_bar_is_as_long_as_it_says(open_page, atlas_html):
    view = open_page(atlas_html, hash_="#show=scale")
    ground = draw_ground(read_boundaries().frame)
    key = "540000"
    west, _, east, _ = ground.shapes[key].bounds
    kilometers = (east - west) * ground.step / 1000
    pixels = view.page.evaluate(
        f"document.querySelector('path.region[data-key=\"{key}\"]').getBBox().width"
    )
    width = view.page.evaluate("parseFloat(document.querySelector('.scale-bar').style.width)")
    told = float(view.page.inner_text(".scale-bar").removesuffix(" km").replace(",", ""))
    assert told / width == pytest.approx(kilometers / pixels, rel=0.02)


@pytest.mark.browser
def test_context_is_drawn_from_tables_and_files(open_page, river, cities, tmp_path):
    file = tmp_path / "cities.geojson"
    cities.to_file(file)
    page = maps.atlas(synthetic_results(), context={"Rivers": river, "Cities": file})
    view = open_page(page.html)
    assert view.page.locator("path.context").count() == 0
    view.page.click("#outlines_menu summary")
    view.page.check('label:has-text("Rivers") input')
    view.page.check('label:has-text("Cities") input')
    assert view.page.locator("path.context").count() == 1
    assert view.page.locator("path.context-point").count() == 2
    names = view.page.locator(".context-name").all_inner_texts()
    assert [name.strip() for name in names] == ["Wuhan", "<b>Xi'an</b>"]
    box = view.page.locator("path.context").bounding_box()
    hubei = view.page.locator('path.region[data-key="420000"]').bounding_box()
    assert box["x"] < hubei["x"] and box["x"] + box["width"] > hubei["x"] + hubei["width"]
    assert box["y"] < hubei["y"] + hubei["height"] and box["y"] + box["height"] > hubei["y"]


@pytest.mark.browser
def test_context_of_areas_gives_each_border_once(open_page):
    boxes = [shapely.box(100, 30, 105, 35), shapely.box(105, 30, 110, 35)]
    areas = gpd.GeoDataFrame(geometry=boxes, crs=4326)
    values = pd.Series({"110000": 1.0, "310000": 2.0}, name="v")
    page = maps.choropleth(values, read_boundaries(), context=[areas])
    view = open_page(page.html, hash_="#show=context1")
    assert view.page.locator("path.context").count() == 3


@pytest.mark.parametrize(
    ("context", "told"),
    [
        ([3], "found: int"),
        (7, "found: int"),
        (["nowhere.gpkg"], "nowhere.gpkg"),
        ({"Rivers": gpd.GeoDataFrame(geometry=[RIVER])}, "Rivers"),
        ([gpd.GeoDataFrame(geometry=[shapely.Point(2, 48)], crs=4326)], "no line, border or point"),
    ],
)
def test_context_that_cannot_be_drawn_is_told(context, told):
    with pytest.raises(InputError, match=told):
        maps.atlas(synthetic_results(), context=context)


@pytest.mark.browser
@pytest.mark.parametrize("size", [pytest.param((1440, 900), marks=pytest.mark.slow), (420, 760)])
def test_degrees_stand_clear_of_what_floats_over_the_map(open_page, atlas_html, size):
    view = open_page(atlas_html, size=size, hash_="#show=graticule,north,scale")
    for step in range(2):
        boxes = view.page.evaluate(
            "(where) => where.map((each) => [...document.querySelectorAll(each)]"
            ".map((n) => n.getBoundingClientRect()).filter(({ width }) => width)"
            ".map(({ left, top, right, bottom }) => [left, top, right, bottom]))",
            [".degree span", "#legend, #inset, #zoom, #furniture", "#stage"],
        )
        degrees, floating, ((left, top, right, bottom),) = boxes
        assert len(degrees) > 4 - step
        for own in degrees:
            assert left <= own[0] and own[2] <= right and top <= own[1] and own[3] <= bottom
            for box in floating:
                assert own[2] <= box[0] or box[2] <= own[0] or own[3] <= box[1] or box[3] <= own[1]
        view.page.evaluate("atlas_map.setZoom(atlas_map.getZoom() + 1, { animate: false })")
