"""Names that would harm the files and screens that they are written to."""

from __future__ import annotations

import geopandas as gpd
import pytest
from shapely.geometry import box

from geo_resilience.regions import read_boundaries, read_groups
from geo_resilience.regions._spelling import cleaned_names


def boundaries(folder, names, shapes=None):
    shapes = shapes or [box(100 + i, 30, 101 + i, 31) for i in range(len(names))]
    keys = [f"{place:02d}" for place in range(len(names))]
    frame = gpd.GeoDataFrame({"code": keys, "name": names}, geometry=shapes, crs=4326)
    frame.to_parquet(folder / "own.parquet")
    return read_boundaries(folder / "own.parquet", "code")


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("Upper\nTown", "Upper Town"),
        ("Upper\r\n Town", "Upper Town"),
        ("a\u2028b", "a b"),
        ("Ain\u202e", "Ain"),
        ("\u2067Ain\u2069", "Ain"),
        ("A\x07in\x1b[31m", "Ain[31m"),
        ("Two  blanks", "Two  blanks"),
        ("Île\xa0de France", "Île\xa0de France"),
        ("\u06a9\u0648\u0647\u200c\u0647\u0627", "\u06a9\u0648\u0647\u200c\u0647\u0627"),
    ],
)
def test_what_is_no_letter_of_a_name_is_taken_out(name, clean):
    names, notes = cleaned_names([name], "own.gpkg")
    assert names == [clean]
    assert [note.code for note in notes] == ["regions.names_cleaned"] * (name != clean)


def test_formulas_stay_as_they_are(tmp_path):
    regions = boundaries(tmp_path, ["=cmd()", "@SUM(A1)", "Ain", "-1"])
    assert regions.names().tolist() == ["=cmd()", "@SUM(A1)", "Ain", "-1"]


def test_swapped_axes_are_suggested(tmp_path):
    with pytest.raises(ValueError, match="latitude seem to have changed places"):
        boundaries(tmp_path, ["Ain", "Aube"], [box(30, 100, 31, 101), box(31, 100, 32, 101)])


def test_members_of_groups_may_be_named(tmp_path):
    regions = boundaries(tmp_path, ["Ain", "Aube", "Allier"])
    file = tmp_path / "groups.toml"
    text = '[[groups]]\nid = "g"\nname = "G"\nkind = "area"\nmembers = ["Aube", "00"]\n'
    file.write_text(text, encoding="utf-8")
    assert read_groups(file, regions)["areas"].members["g"] == ("00", "01")
    file.write_text(text.replace("Aube", "Aubbe"), encoding="utf-8")
    with pytest.raises(ValueError, match="member Aubbe is the key or name of none of the regions"):
        read_groups(file, regions)
