"""Claim: a whole study of 2,875 regions by 6 years takes two minutes, and time grows as n log n.

Makes studies in the bundled layout (the same tables, framework, analyses and kinds of groups) for
generated regions, runs each in a process of its own, and gives CPU seconds and peak memory. Sizes
may be given as arguments (31 to 40,000); `--folder DIR` keeps the studies.

Regions are cells around random points within the outline of the bundled provinces, with crooked
shared borders. A figure of a region is its province's figure times a lognormal share that is alike
among neighbors: figures are generated, not observed.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from importlib.resources import as_file, files
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from _table import Row, shown
from scipy.spatial import Voronoi, cKDTree

from geo_resilience.regions import read_boundaries

SIZES = (31, 100, 370)
KEY, SPREAD, SMOOTHING = "code", 0.6, 20


def crooked(lines: np.ndarray, rng: np.random.Generator, levels: int = 3) -> list[np.ndarray]:
    """Displace the middles of edges, again and again: n edges become lines of 2**levels + 1."""
    points = lines
    for _ in range(levels):
        start, end = points[:, :-1], points[:, 1:]
        normal = np.stack([start[..., 1] - end[..., 1], end[..., 0] - start[..., 0]], axis=-1)
        middle = (start + end) / 2 + normal * rng.uniform(-0.12, 0.12, (*start.shape[:2], 1))
        woven = np.empty((len(points), 2 * points.shape[1] - 1, 2))
        woven[:, ::2], woven[:, 1::2] = points, middle
        points = woven
    return list(points)


def seeds(outline: shapely.Geometry, count: int, rng: np.random.Generator) -> np.ndarray:
    """Draw points in the outline, denser towards the east as counties are."""
    west, south, east, north = outline.bounds
    found = np.empty((0, 2))
    while len(found) < count:
        drawn = rng.uniform((west, south), (east, north), (4 * count, 2))
        kept = rng.uniform(size=len(drawn)) < ((drawn[:, 0] - west) / (east - west)) ** 2
        inside = shapely.contains_xy(outline, drawn[:, 0], drawn[:, 1])
        found = np.concatenate([found, drawn[kept & inside]])
    return found[:count]


def cells(count: int, rng: np.random.Generator) -> gpd.GeoDataFrame:
    """Part the bundled outline into `count` regions, each in the province of its seed."""
    provinces = read_boundaries().frame
    parts = shapely.get_parts(provinces.union_all())
    outline = shapely.union_all(parts[shapely.area(parts) > 0.25])
    shapely.prepare(outline)
    points = seeds(outline, count, rng)
    frame = np.array([[-400, 0], [600, 0], [100, -300], [100, 400]])
    diagram = Voronoi(np.concatenate([points, frame]))
    edges = diagram.vertices[[pair for pair in diagram.ridge_vertices if -1 not in pair]]
    lines = shapely.linestrings(np.stack(crooked(edges, rng)))
    noded = shapely.union_all([*lines, shapely.boundary(outline)])
    pieces = shapely.get_parts(shapely.polygonize(shapely.get_parts(noded)))
    middle = shapely.point_on_surface(pieces)
    pieces, middle = pieces[keep := shapely.within(middle, outline)], middle[keep]
    owner = cKDTree(points).query(shapely.get_coordinates(middle))[1]
    frame = gpd.GeoDataFrame({"owner": owner}, geometry=pieces, crs=provinces.crs)
    frame = frame.dissolve("owner", method="coverage").reset_index()
    seeds_frame = gpd.GeoDataFrame(
        geometry=gpd.points_from_xy(*points[frame["owner"]].T), crs=provinces.crs
    )
    nearest = provinces.sindex.nearest(seeds_frame.geometry, return_all=False)[1]
    frame["province"] = provinces.index.to_numpy()[nearest]
    frame[KEY] = [f"{100_000 + i}" for i in range(len(frame))]
    frame["name"] = [f"Region {i}" for i in range(len(frame))]
    return frame[[KEY, "name", "province", "geometry"]]


def shares(
    frame: gpd.GeoDataFrame, columns: int, years: int, rng: np.random.Generator
) -> np.ndarray:
    """Draw lognormal factors (regions, years, columns), alike among neighbors and over years."""
    middle = shapely.get_coordinates(frame.geometry.representative_point())
    near = cKDTree(middle).query(middle, k=min(7, len(middle)))[1]
    field = rng.normal(size=(len(frame), columns))
    common = rng.normal(size=(len(frame), 1))
    for _ in range(SMOOTHING):
        field = field[near].mean(axis=1)
        common = common[near].mean(axis=1)
    level = field / field.std(0) + common / common.std() + rng.normal(size=field.shape)
    steps = rng.normal(scale=0.1, size=(len(frame), years, columns)).cumsum(axis=1)
    return np.exp(SPREAD * (level[:, None, :] / np.sqrt(3) + steps))


def table(frame: gpd.GeoDataFrame, example: Path, rng: np.random.Generator) -> pd.DataFrame:
    """Spread the figures of the bundled tables over the regions of each province."""
    joined: pd.DataFrame | None = None
    for path in sorted(path for path in example.glob("*.csv") if not path.name.startswith("io_")):
        one = pd.read_csv(path, dtype={"adcode": str}).drop(columns="region")
        one = one.set_index(["adcode", "year"])
        joined = one if joined is None else joined.join(one, how="outer")
    assert joined is not None
    years = sorted(joined.index.unique("year"))
    known = frame["province"].isin(joined.index.unique("adcode"))
    province = frame["province"].where(known, "440000")
    full = joined.reindex(pd.MultiIndex.from_product([province.unique(), years])).ffill()
    figures = np.stack([full.loc[key].to_numpy(float) for key in province.unique()])
    place = pd.Index(province.unique()).get_indexer(province)
    fraction = (1 / province.map(province.value_counts())).to_numpy()[:, None, None]
    extensive = np.array([not name.endswith("_pct") for name in joined.columns])
    held = shares(frame, len(extensive), len(years), rng)
    for whole in ("grp_", "urban_unit_"):  # else parts would exceed their whole
        parts = joined.columns.str.startswith(whole) & extensive
        held[..., parts] = held[..., parts][..., :1]
    drawn = figures[place] * np.where(extensive, fraction * held, 1)
    rows = pd.MultiIndex.from_product([frame[KEY], years], names=[KEY, "year"])
    return pd.DataFrame(
        drawn.reshape(len(rows), -1).round(6), index=rows, columns=joined.columns
    ).reset_index()


def groups_text(frame: gpd.GeoDataFrame) -> str:
    """Give the bundled groups as groups of the regions within their provinces."""
    source = Path(__file__).parents[1] / "boundaries" / "groups.toml"
    entries = tomllib.loads(source.read_text(encoding="utf-8"))["groups"]
    text = []
    for entry in entries:
        members = frame.loc[frame["province"].isin(entry["members"]), KEY].tolist()
        if members:
            fields = {**entry, "members": members}
            lines = [f"{key} = {toml(value)}" for key, value in fields.items()]
            text.append("[[groups]]\n" + "\n".join(lines))
    return "\n\n".join(text) + "\n"


def toml(value: object) -> str:
    """Write a text or a list of texts as TOML."""
    if isinstance(value, list):
        return "[" + ", ".join(toml(item) for item in value) + "]"
    return '"' + str(value).replace("\\", "/").replace('"', '\\"') + '"'


def make_study(count: int, folder: Path) -> Path:
    """Write a study of `count` regions in the bundled layout; give its file."""
    rng = np.random.default_rng(count)
    folder.mkdir(parents=True, exist_ok=True)
    frame = cells(count, rng)
    frame.to_file(folder / "regions.gpkg", driver="GPKG")
    (folder / "groups.toml").write_text(groups_text(frame), encoding="utf-8")
    with as_file(files("geo_resilience") / "study" / "example") as example:
        table(frame, example, rng).to_csv(folder / "table.csv", index=False)
        for path in example.glob("io_*.csv"):
            (folder / path.name).write_bytes(path.read_bytes())
        bundled = (example / "study.toml").read_text(encoding="utf-8")
    before, after = (
        bundled[: bundled.index("# Tables are")],
        bundled[bundled.index("[framework]") :],
    )
    ours = (
        f'[boundaries]\nfile = "regions.gpkg"\nkey = "{KEY}"\nname = "name"\n\n'
        '[groups]\nfile = "groups.toml"\n\n'
        f'[[tables]]\nfile = "table.csv"\nregion = "{KEY}"\nyear = "year"\n\n'
    )
    after = after.replace('limits_without = ["540000"]\n', "")
    study = folder / "study.toml"
    study.write_text(before + ours + after, encoding="utf-8")
    return study


#: Waits for a process in a small one: a process begins with what the one that began it had held.
WAITER = """
import os, subprocess, sys
_, status, used = os.wait4(subprocess.Popen(sys.argv[1:]).pid, 0)
print(status, used.ru_utime + used.ru_stime, used.ru_maxrss)
"""


def measured(study: Path, out: Path) -> tuple[float, float]:
    """Run a study in a process of its own: CPU seconds, and the most megabytes held."""
    command = [sys.executable, "-m", "geo_resilience", "run", str(study), "--out", str(out)]
    command += ["--language", "en", "--replace", "--quiet"]
    waited = [sys.executable, "-S", "-c", WAITER, *command]
    said = subprocess.run(waited, capture_output=True, text=True, check=True).stdout
    status, seconds, kilobytes = said.split()[-3:]
    if int(status):
        raise SystemExit(f"the study of {study} failed")
    return float(seconds), int(kilobytes) / 1024


def rows(sizes: tuple[int, ...] = SIZES, kept: Path | None = None) -> Iterator[Row]:
    """Make the studies that are not there, and run them."""
    with tempfile.TemporaryDirectory() as temporary:
        for size in sizes:
            study = (kept or Path(temporary)) / str(size) / "study.toml"
            if not study.is_file():
                make_study(size, study.parent)
            seconds, held = measured(study, study.parent / "results")
            subject = "Whole study of 6 years, CPU seconds"
            yield Row(subject, size, "regions", seconds, megabytes=held)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("sizes", nargs="*", type=int, default=SIZES)
    parser.add_argument("--folder", type=Path)
    given = parser.parse_args()
    shown(rows(tuple(given.sizes), given.folder))
