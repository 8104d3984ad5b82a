"""Styles for other programs: every region in the atlas's color, whichever program draws it."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
from contextlib import closing
from dataclasses import fields
from pathlib import Path
from xml.etree import ElementTree as Tree

import geopandas as gpd
import pandas as pd
import pytest
from synthetic_findings import full_results
from test_maps_atlas import layer_of

from geo_resilience import maps
from geo_resilience.maps.drawing._style import NO_DATA
from geo_resilience.results import Results
from geo_resilience.study.output._geopackage import write_geopackage

#: Layers of the file and those of the atlas that show the same.
SAME = {
    "regions": "grade",
    "scores": "grade",
    "clusters": "local_moran",
    "obstacles": "obstacle",
    "uncertainty": "certainty",
    "warnings": "warning",
}
HATCH = "url(#hatch)"
#: The Python that has QGIS, where there is one.
PYTHON = "/usr/bin/python3"
SPACES = {"sld": "http://www.opengis.net/sld", "ogc": "http://www.opengis.net/ogc"}


def real(full):
    """Make Results of what tests of the atlas have."""
    held = vars(full)
    return Results(
        **{"plan": {}} | {f.name: held[f.name] for f in fields(Results) if f.name in held}
    )


@pytest.fixture(scope="module", params=["en", "zh"])
def written(request, tmp_path_factory):
    """A study with every finding and an excluded region, its folder, and its atlas."""
    full = full_results(language=request.param, opens_in=request.param)
    folder = tmp_path_factory.mktemp("gis")
    write_geopackage(real(full), folder)
    return full, folder, maps.atlas(full).html


def styles_in(folder):
    """Give the default style of each layer: column, (values, label, color), color of the rest."""
    with closing(sqlite3.connect(folder / "regions.gpkg")) as package:
        rows = package.execute(
            "SELECT f_table_name, styleQML FROM layer_styles WHERE useAsDefault"
        ).fetchall()
    assert len(rows) == len(dict(rows)) == len(SAME)
    return {layer: read_qml(text) for layer, text in rows}


def read_qml(text):
    root = Tree.fromstring(text)
    colors = {}
    for symbol in root.iter("symbol"):
        shown = symbol.find(".//Option[@name='color']").get("value").split(",")
        assert shown.pop() == "255"
        colors[symbol.get("name")] = "#" + "".join(f"{int(part):02x}" for part in shown)
    kinds = []
    for category in root.iter("category"):
        values = [each.get("value") for each in category.iter("val")] or [category.get("value")]
        kinds.append((values, category.get("label"), colors[category.get("symbol")]))
    *kinds, (nothing, label, rest) = kinds
    assert nothing == [""]
    return root.find("renderer-v2").get("attr"), kinds, (label, rest)


def drawn(folder):
    """Give the color of every region in every layer, as the style inside the file has it."""
    found = {}
    for layer, (column, kinds, (_, rest)) in styles_in(folder).items():
        rows = gpd.read_file(folder / "regions.gpkg", layer=layer).set_index("adcode")
        color_of = {value: color for values, _, color in kinds for value in values}
        found[layer] = {key: color_of.get(value, rest) for key, value in rows[column].items()}
    return found


def test_legends_are_those_of_the_atlas(written):
    full, folder, html = written
    labels = {"en": "no data", "zh": "无数据"}
    for layer, (_, kinds, rest) in styles_in(folder).items():
        shown = layer_of(html, SAME[layer])
        expected = [label[full.language] for label in shown["labels"]]
        assert [label for _, label, _ in kinds] == expected, layer
        assert [color for *_, color in kinds] == shown["colors"], layer
        assert rest == (labels[full.language], NO_DATA)


@pytest.fixture(scope="module")
def fills(written, windows):
    """Give what the atlas draws: by its layer the color of every region in the last year."""
    full, folder, html = written
    page = folder / "atlas.html"
    page.write_text(html, encoding="utf-8")
    found = {}
    for shown in set(SAME.values()):
        view = windows.take((1000, 700))
        view.page.goto(f"{page.as_uri()}#layer={shown}&year={full.found.years[-1]}")
        view.page.wait_for_selector("path.region")
        fill = view.fills()
        found[shown] = {key: NO_DATA if fill[key] == HATCH else fill[key] for key in fill}
        windows.give_back(view)
    return found


@pytest.mark.browser
def test_every_region_is_drawn_in_the_color_that_it_has_in_the_atlas(written, fills):
    _, folder, _ = written
    for layer, colors in drawn(folder).items():
        assert colors == fills[SAME[layer]], layer
        assert colors["540000"] == NO_DATA  # the excluded one


@pytest.mark.slow
@pytest.mark.browser
def test_qgis_draws_every_region_in_the_color_that_it_has_in_the_atlas(written, fills, tmp_path):
    full, folder, _ = written
    for layer, seen in seen_by_qgis(folder, tmp_path).items():
        for how in ("default", "qml", "sld"):
            assert seen["colors"][how] == fills[SAME[layer]], (layer, how)
        assert seen["legend"][-1][1] == NO_DATA
        names = columns_of(folder, layer)
        assert {name: seen["called"][name] for name in names} == names
        assert seen["grade"] in ({"en": "Fairly low", "zh": "较弱"}[full.language], None)


def seen_by_qgis(folder, tmp_path):
    """Draw the layers in QGIS by all their styles; GDAL holds the file against the standard."""
    if shutil.which(PYTHON) is None:
        pytest.skip(f"no {PYTHON}")
    asked = subprocess.run([PYTHON, "-c", "import qgis.core"], capture_output=True)
    if asked.returncode:
        pytest.skip("no QGIS: apt-get install python3-qgis (1 GB)")
    script = Path(__file__).parent / "drawn_by_qgis.py"
    subprocess.run([PYTHON, script, folder, tmp_path], check=True, capture_output=True)
    validate = [PYTHON, "-m", "osgeo_utils.samples.validate_gpkg", "--extra"]
    subprocess.run([*validate, folder / "regions.gpkg"], check=True, capture_output=True)
    found = json.loads((tmp_path / "found.json").read_text(encoding="utf-8"))
    assert list(found) == list(SAME)  # no table beside the layers
    return found


def columns_of(folder, layer):
    """Give what the file says that the columns of a layer are called."""
    with closing(sqlite3.connect(folder / "regions.gpkg")) as package:
        return dict(
            package.execute(
                "SELECT column_name, title FROM gpkg_data_columns WHERE table_name = ?", [layer]
            ).fetchall()
        )


def test_every_column_is_called_something_in_the_language_of_the_study(written):
    full, folder, _ = written
    for layer in SAME:
        rows = gpd.read_file(folder / "regions.gpkg", layer=layer)
        titles = columns_of(folder, layer)
        assert set(titles) == set(rows.columns) - {"geometry"}
        assert len(set(titles.values())) == len(titles)
        chinese = [any("一" <= sign <= "鿿" for sign in title) for title in titles.values()]
        assert all(chinese) if full.language == "zh" else not any(chinese)
        with closing(sqlite3.connect(folder / "regions.gpkg")) as package:
            qml = package.execute(
                "SELECT styleQML FROM layer_styles WHERE f_table_name = ?", [layer]
            ).fetchall()
        for (text,) in qml:
            aliases = Tree.fromstring(text).iter("alias")
            assert {each.get("field"): each.get("name") for each in aliases} == titles


def test_files_say_what_the_style_inside_says(written):
    _, folder, _ = written
    for layer, (column, kinds, rest) in styles_in(folder).items():
        text = (folder / "styles" / f"{layer}.qml").read_text(encoding="utf-8")
        assert read_qml(text) == (column, kinds, rest)
        assert read_lyrx(folder / "styles" / f"{layer}.lyrx") == (column, kinds, rest)
        assert read_sld(folder / "styles" / f"{layer}.sld") == (column, kinds, rest)


def read_lyrx(file):
    (layer,) = json.loads(file.read_text(encoding="utf-8"))["layerDefinitions"]
    place = layer["featureTable"]["dataConnection"]
    assert place["dataset"] == f"main.{file.stem}"
    address = place["workspaceConnectionString"].partition("DATABASE=")[2].replace("\\", "/")
    assert (file.parent / address).is_file()
    look = layer["renderer"]
    (group,) = look["groups"]
    kinds = [
        (
            [each["fieldValues"][0] for each in kind["values"]],
            kind["label"],
            cim_color(kind["symbol"]),
        )
        for kind in group["classes"]
    ]
    assert look["useDefaultSymbol"]
    (column,) = look["fields"]
    assert column in {each["fieldName"] for each in layer["featureTable"]["fieldDescriptions"]}
    return column, kinds, (look["defaultLabel"], cim_color(look["defaultSymbol"]))


def cim_color(reference):
    (fill,) = (e for e in reference["symbol"]["symbolLayers"] if e["type"] == "CIMSolidFill")
    red, green, blue, opacity = fill["color"]["values"]
    assert opacity == 100
    return f"#{red:02x}{green:02x}{blue:02x}"


def read_sld(file):
    root = Tree.parse(file).getroot()
    assert root.findtext("sld:NamedLayer/sld:Name", namespaces=SPACES) == file.stem
    kinds, columns, rest = [], set(), None
    for rule in root.iterfind(".//sld:Rule", SPACES):
        values = [each.text for each in rule.iterfind(".//ogc:Literal", SPACES)]
        columns |= {each.text for each in rule.iterfind(".//ogc:PropertyName", SPACES)}
        color = rule.find(".//sld:Fill/sld:CssParameter", SPACES).text
        label = rule.findtext("sld:Title", namespaces=SPACES)
        if rule.find(".//ogc:PropertyIsNull", SPACES) is not None:
            rest = (label, color)
        else:
            kinds.append((values, label, color))
    (column,) = columns
    return column, kinds, rest


def test_a_rare_obstacle_is_drawn_with_the_others(tmp_path):
    full = full_results()
    codes = full.framework.codes
    keys = [key for key in full.regions.keys if key not in full.excluded]
    rows = [
        (key, year, "indicator", codes[number % len(codes)], 0.5, 1)
        for number, key in enumerate(keys)
        for year in full.found.years
    ]
    names = ["adcode", "year", "level", "code", "degree", "order"]
    tables = full.tables | {"obstacles": pd.DataFrame(rows, columns=names)}
    results = real(full_results(tables=tables))
    write_geopackage(results, tmp_path)
    column, kinds, _ = styles_in(tmp_path)["obstacles"]
    assert column == "code_1" and len(kinds) == 8
    assert sorted(value for values, *_ in kinds for value in values) == sorted(codes)
    assert len(kinds[-1][0]) == len(codes) - 7
    assert read_lyrx(tmp_path / "styles" / "obstacles.lyrx")[1] == kinds
