"""A base map read by roles: what it is, what it is not taken for, and what is wrong with it."""

from __future__ import annotations

import zipfile
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from base_for_tests import base_layers, write_layers

from geo_resilience.errors import InputError
from geo_resilience.regions import read_base, read_boundaries
from geo_resilience.regions._base_files import read_context

COLUMNS = {"key": "code", "name": "title", "name_zh": "title_zh"}


@pytest.fixture
def layers() -> dict[str, gpd.GeoDataFrame]:
    return base_layers()


def read(layers, folder: Path, **more):
    file = folder / "base.gpkg"
    write_layers(layers, file)
    return read_base(file, **COLUMNS, **more)


def as_geojson(layers, folder: Path) -> Path:
    rows = [layer.assign(role=role) for role, layer in layers.items()]
    file = folder / "base.geojson"
    gpd.GeoDataFrame(pd.concat(rows, ignore_index=True), crs=4326).to_file(file)
    return file


def as_zip(layers, folder: Path) -> Path:
    file = folder / "base.zip"
    with zipfile.ZipFile(file, "w") as archive:
        for role, layer in layers.items():
            layer.to_file(folder / f"{role}.shp", encoding="utf-8")
            for part in folder.glob(f"{role}.*"):
                archive.write(part, f"map/{part.name}")
    return file


def as_layers(layers, folder: Path) -> Path:
    write_layers({role.upper(): layer for role, layer in layers.items()}, folder / "base.gpkg")
    return folder / "base.gpkg"


@pytest.mark.parametrize("write", [as_layers, as_geojson, as_zip])
def test_each_form_gives_the_same_base_map(layers, tmp_path: Path, write) -> None:
    regions = read_base(write(layers, tmp_path), **COLUMNS)
    assert regions.keys == list("abcd") and regions.of_base
    assert regions.names("zh").to_list() == ["甲", "乙", "丙", "丁"]
    base = regions.base
    assert base.area_names("zh") == ["戊", "己"]
    assert base.lines["style"].to_list() == ["solid", "dashed"]
    delivered = layers["lines"].geometry.to_list()
    for found, given in zip(base.lines.geometry, delivered, strict=True):
        assert shapely.get_coordinates(found).tolist() == shapely.get_coordinates(given).tolist()
    assert base.caption["zh"] == "南部岛屿"
    assert base.inset is not None and base.inset.total_bounds.tolist() == [111.5, 21.5, 113, 23.5]


def test_without_units_the_regions_of_the_study_stay(layers, tmp_path: Path) -> None:
    del layers["units"]
    regions = read_base(as_layers(layers, tmp_path))
    assert regions.bundled and not regions.of_base and len(regions.links or ()) == 68
    own = read_boundaries().without(["540000"])
    assert read_base(tmp_path / "base.gpkg", over=own).keys == own.keys


def test_what_is_said_is_said_as_worded(tmp_path: Path) -> None:
    hostile = "{{ 7*7 }} <b>=cmd|x"
    base = read_base(None, review_number=hostile, note={"en": hostile, "zh": "注"}).base
    assert base.told("en") == [f"Map review number: {hostile}.", hostile]
    assert base.told("zh", handed_over=True) == [f"审图号：{hostile}。", "注"]


def test_only_what_is_handed_over_in_chinese_says_that_nobody_reviewed_it() -> None:
    base = read_base(None).base
    assert base.told("en", handed_over=True) == base.told("en") == base.told("zh") == []
    (said,) = base.told("zh", handed_over=True)
    assert "底图未经审核" in said


def called(layer, crs):
    """Say of a layer that it is in another reference system."""
    return layer.set_crs(crs, allow_override=True)


def only(*shapes):
    """Put other shapes into a layer, the last of them into the rows that are left."""
    last = shapes[-1]
    return lambda layer: layer.assign(geometry=[*shapes, *[last] * (len(layer) - len(shapes))])


LINE, DOT = shapely.LineString([(110, 30), (111, 31)]), shapely.Point(111, 31)
WRONG = {
    "no key": ("units", lambda layer: layer.drop(columns="code"), "has no column code"),
    "double key": ("units", lambda layer: layer.assign(code="a"), "key a"),
    "units of points": ("units", only(DOT), "Point"),
    "areas of lines": ("areas", only(LINE), "LineString"),
    "lines of areas": ("lines", only(shapely.box(110, 30, 111, 31)), "is no line but Polygon"),
    "mixed lines": ("lines", only(LINE, DOT), "is no line but Point"),
    "a style": ("lines", lambda layer: layer.assign(style="wavy"), "wavy.*solid, dashed, dotted"),
    "no line": ("lines", only(LINE, None), "has no geometry"),
    "two insets": ("inset", lambda layer: pd.concat([layer] * 2), "2 insets"),
    "inset of lines": ("inset", only(LINE), "LineString"),
    "elsewhere": ("areas", only(shapely.box(-70, -30, -69, -29)), "lies elsewhere"),
    "metres as degrees": ("lines", lambda layer: called(layer.to_crs(32649), 4326), "degrees"),
    "degrees as metres": ("lines", lambda layer: called(layer, 32649), "lies elsewhere"),
    "no system": ("lines", lambda layer: called(layer, None), "coordinate reference system"),
    "empty": ("areas", lambda layer: layer.iloc[:0], "holds nothing"),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_told(layers, tmp_path: Path, case: str) -> None:
    role, change, told = WRONG[case]
    layers[role] = change(layers[role])
    with pytest.raises(InputError, match=told):
        read(layers, tmp_path)


def test_everything_that_is_wrong_is_told_at_once(layers, tmp_path: Path) -> None:
    layers["units"]["code"] = "a"
    layers["lines"]["style"] = "wavy"
    layers["inset"] = pd.concat([layers["inset"]] * 2)
    with pytest.raises(InputError) as error:
        read(layers, tmp_path)
    assert all(part in str(error.value) for part in ("wavy", "2 insets", "(units)"))


def broken(name: str):
    """Write a file that is not what its name says."""
    return lambda folder: (folder / name, (folder / name).write_bytes(b"x"))[0]


def rivers(write, **more):
    """Write a layer of rivers, and more, in one of the forms."""
    return lambda folder: write({"rivers": base_layers()["lines"], **more}, folder)


@pytest.mark.parametrize(
    ("write", "told"),
    [
        (lambda folder: folder / "nowhere.gpkg", "no such file"),
        (broken("base.zip"), "no zip"),
        (broken("base.gpkg"), "is no GeoPackage"),
        (rivers(as_layers, more=base_layers()["areas"]), "units, areas, lines, inset"),
        (rivers(as_layers), "column role"),
        (rivers(as_geojson), "rivers in column role"),
    ],
)
def test_a_file_that_is_no_base_map_is_told(tmp_path: Path, write, told: str) -> None:
    with pytest.raises(InputError, match=told):
        read_base(write(tmp_path))


def test_units_and_boundaries_are_not_both_taken(layers, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"4 units, and \[boundaries\]"):
        read(layers, tmp_path, over=read_boundaries())


def test_a_layer_without_a_role_is_noted(layers, tmp_path: Path) -> None:
    regions = read({**layers, "rivers": layers["lines"]}, tmp_path)
    assert "not drawn: rivers" in regions.notes[-1].say("en")


def test_names_are_cleaned_as_everywhere(layers, tmp_path: Path) -> None:
    layers["areas"]["name"] = ["a\nb", "=1+1"]
    regions = read(layers, tmp_path)
    assert regions.base.area_names("en") == ["a b", "=1+1"]
    assert [note.code for note in regions.notes] == ["regions.names_cleaned"]


@pytest.mark.parametrize(("style", "told"), [("points", "style points"), ("areas", "style areas")])
def test_context_of_another_kind_is_told(layers, tmp_path: Path, style: str, told: str) -> None:
    layers["lines"].to_file(tmp_path / "r.gpkg")
    assert read_context(tmp_path / "r.gpkg").name["zh"] == "r"
    with pytest.raises(InputError, match=told):
        read_context(tmp_path / "r.gpkg", style=style)
