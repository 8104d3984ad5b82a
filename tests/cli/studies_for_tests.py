"""A small study of the bundled provinces that a test can spoil, and the command line in process."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import geopandas as gpd
import pytest
from shapely import box

from geo_resilience.cli import main
from geo_resilience.study._plan_sections import ANALYSES

YEARS = (2022, 2023)

FRAMEWORK = """
title = "Two indicators"
[[dimensions]]
code = "D"
name = "Strength"
name_zh = "实力"
[[indicators]]
code = "A"
name = "Output"
name_zh = "产出"
unit = "yuan"
direction = "+"
dimension = "D"
weight = 0.6
column = "output"
[[indicators]]
code = "B"
name = "Waste"
name_zh = "废物"
unit = "t"
direction = "-"
dimension = "D"
weight = 0.4
column = "waste"
"""

#: What a run leaves out that is not about its analyses: what takes the most time.
LONG = ["pattern", "uncertainty", "sensitivity", "rankings", "neighbors_sensitivity"]
QUICK = f"""output = {{ figures = [], report = false }}
analyses = {{ skip = {json.dumps(LONG)} }}
"""

#: The same as sections, for studies that a command began.
QUICK_SECTIONS = f"""
[output]
figures = []
report = false
[analyses]
skip = {json.dumps(LONG)}
"""

STUDY = f"""title = "Small"
permutations = 99
{QUICK}[table]
file = "table.csv"
region = "region"
year = "year"
[framework]
file = "framework.toml"
"""


@dataclass
class Answer:
    """What the command line gave back."""

    code: int
    out: str
    err: str


class Study:
    """A study folder whose parts a test can change."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file = folder / "study.toml"
        self.write("study.toml", STUDY)
        self.write("framework.toml", FRAMEWORK)
        self.rows = [
            [key, str(year), str(place + year % 7), str((place * 7) % 31 + year % 5)]
            for place, key in enumerate(keys())
            for year in YEARS
        ]
        self.save()

    def write(self, name: str, text: str | bytes) -> Path:
        """Write a file of the folder."""
        data = text.encode("utf-8") if isinstance(text, str) else text
        (self.folder / name).write_bytes(data)
        return self.folder / name

    def change(self, name: str, old: str, new: str) -> None:
        """Change a text in a file of the folder; it must be there."""
        text = (self.folder / name).read_text(encoding="utf-8")
        assert old in text
        self.write(name, text.replace(old, new, 1))

    def bare(self) -> Study:
        """Leave out every analysis, where a test does not look at any."""
        first = QUICK.splitlines()[0]
        skip = f"{first}\nanalyses = {{ skip = {json.dumps(ANALYSES)} }}\n"
        self.change("study.toml", QUICK, skip)
        return self

    def squares(self) -> Study:
        """Lay it on nine squares, which is run in half the time."""
        keys = [f"{place:02d}" for place in range(9)]
        squares = [box(place % 3, place // 3, place % 3 + 1, place // 3 + 1) for place in range(9)]
        named = {"code": keys, "name": [f"R{key}" for key in keys]}
        land = gpd.GeoDataFrame(named, geometry=squares, crs=4326)
        land.to_file(self.folder / "land.geojson")
        self.rows = [
            [key, str(year), str(place + year % 7), str((place * 7) % 9 + year % 5)]
            for place, key in enumerate(keys)
            for year in YEARS
        ]
        self.save()
        self.add('[boundaries]\nfile = "land.geojson"\nkey = "code"\nname = "name"')
        return self

    def add(self, text: str) -> None:
        """Add lines at the end of study.toml."""
        self.write("study.toml", self.file.read_text(encoding="utf-8") + text + "\n")

    def save(self, *, heads: tuple[str, ...] = ("region", "year", "output", "waste")) -> None:
        """Write the rows as table.csv."""
        with (self.folder / "table.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([heads, *self.rows])


def keys() -> list[str]:
    """The keys of the bundled provinces, in order."""
    return list(_keys())


@cache
def _keys() -> list[str]:
    boundaries = Path(__file__).parents[2] / "boundaries" / "provinces.geojson"
    features = json.loads(boundaries.read_text(encoding="utf-8"))["features"]
    return sorted(feature["properties"]["adcode"] for feature in features)


def call(capsys: pytest.CaptureFixture[str], *arguments: object) -> Answer:
    """Run the command line in this process."""
    capsys.readouterr()
    code = main([str(each) for each in arguments])
    out, err = capsys.readouterr()
    return Answer(code, out, err)


def snapshot(folder: Path) -> dict[str, bytes | None]:
    """Give everything in a folder with its content, hidden entries too."""
    return {
        path.relative_to(folder).as_posix(): None if path.is_dir() else path.read_bytes()
        for path in sorted(folder.rglob("*"))
    }
