"""Legend beside the data, odd numbers, and clear answers to what is not understood."""

from __future__ import annotations

import warnings
from functools import cache

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo_resilience import maps
from geo_resilience.errors import InputError, OutputError
from geo_resilience.regions import read_boundaries

COVERED = """
() => {
  const box = document.getElementById('legend').getBoundingClientRect();
  const found = [];
  for (let x = box.left + 1; x < box.right; x += 4) {
    for (let y = box.top + 1; y < box.bottom; y += 4) {
      for (const node of document.elementsFromPoint(x, y)) {
        if (node.matches('path.region')) found.push(node.dataset.key);
      }
    }
  }
  return [...new Set(found)];
}
"""


@cache
def districts(columns, rows):
    """A page of square districts."""
    boxes = [shapely.box(x, y, x + 1, y + 1) for y in range(rows) for x in range(columns)]
    keys = [f"{place:02d}" for place in range(len(boxes))]
    frame = gpd.GeoDataFrame({"name": keys}, geometry=boxes, index=keys, crs=4326)
    values = pd.Series(np.linspace(0, 1, len(frame)), index=frame.index, name="Share")
    return maps.choropleth(values, frame).html


@pytest.mark.browser
@pytest.mark.parametrize("size", [(1280, 800), (768, 1024), (390, 844), (3840, 2160)])
@pytest.mark.parametrize("grid", [(4, 3), (3, 6), (9, 2)])
def test_legend_hides_no_district(open_page, size, grid):
    view = open_page(districts(*grid), size=size)
    assert view.page.evaluate(COVERED) == []
    box = view.page.evaluate(
        "(() => { const b = document.getElementById('legend').getBoundingClientRect();"
        " return [b.width, b.height]; })()"
    )
    assert min(box) > 20


@pytest.mark.browser
@pytest.mark.parametrize("layer", ["grade", "composite", "raw D212"])
def test_legend_hides_no_province(open_page, atlas_html, layer):
    view = open_page(atlas_html, size=(1280, 800), hash_=f"#layer={layer.replace(' ', '+')}")
    assert view.page.evaluate(COVERED) == []


@pytest.mark.browser
def test_a_view_that_was_moved_stays_when_the_layer_changes(open_page, atlas_html):
    view = open_page(atlas_html)
    view.moves(lambda: view.page.click("#closer"))
    where = "document.querySelector('path.region').getBoundingClientRect().width"
    before = view.page.evaluate(where)
    view.choose("B1")
    assert view.page.evaluate(where) == pytest.approx(before, rel=1e-3)


@pytest.mark.browser
def test_no_source_leaves_no_label(open_page):
    values = pd.Series({"110000": 1.0, "310000": 2.0}, name="v")
    bare = open_page(maps.choropleth(values, read_boundaries()).html)
    assert bare.page.is_hidden("#source")
    assert "Source" not in bare.page.inner_text("#foot").replace("Sources and notes", "")
    told = open_page(maps.choropleth(values, read_boundaries(), source="Yearbook").html)
    assert told.text("#source") == "Source: Yearbook"


@pytest.mark.browser
@pytest.mark.parametrize("classes", ["quantile:5", "equal:5", "jenks:5", "deviation:5"])
@pytest.mark.parametrize("size", [1e308, 1e-300])
def test_numbers_at_the_ends_of_the_range_are_short(open_page, classes, size):
    regions = read_boundaries()
    steps = np.linspace(-1, 1, len(regions.keys))
    data = pd.DataFrame({2020: steps * size, 2021: -steps * size}, index=regions.keys)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        page = maps.choropleth(data, regions, classes=classes)
    view = open_page(page.html)
    assert max(map(len, view.legend())) < 40
    assert max(map(len, view.page.inner_text("#panel_body").split("\n"))) < 40
    assert "× 10" in view.text("#sentence") and len(view.text("#sentence")) < 160
    assert len(set(view.fills().values())) > 2


@pytest.mark.browser
def test_first_class_in_chinese(open_page, atlas_html):
    view = open_page(atlas_html, hash_="#lang=zh")
    assert "低（低于0.2）" in view.legend()


def test_a_table_is_no_study(results):
    with pytest.raises(InputError, match=r"choropleth\(values, regions\)"):
        maps.atlas(results.tables["scores"])
    with pytest.raises(InputError, match="dict"):
        maps.atlas({})


def test_a_folder_is_no_file_to_write(tmp_path):
    values = pd.Series({"110000": 1.0, "310000": 2.0})
    with pytest.raises(OutputError, match="is a folder"):
        maps.choropleth(values, read_boundaries(), path=tmp_path)
    with pytest.raises(OutputError, match="there is no folder"):
        maps.choropleth(values, read_boundaries(), path=tmp_path / "nowhere" / "map.html")
    assert list(tmp_path.iterdir()) == []
