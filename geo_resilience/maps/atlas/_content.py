"""What the page is told of regions, ground and words: the same for every kind of map."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo_resilience import words
from geo_resilience.maps.atlas._forms import Sized, forms_content
from geo_resilience.maps.drawing._context import Overlays, context_content
from geo_resilience.maps.drawing._geometry import Ground
from geo_resilience.maps.drawing._graticule import graticule_content, pack_lines
from geo_resilience.maps.drawing._texts import caption_of, names_by_language
from geo_resilience.maps.drawing._topology import arcs_of, pack_numbers
from geo_resilience.regions import Base, Grouping, Regions
from geo_resilience.regions._provinces import province_aliases
from geo_resilience.spatial._methods import LOCAL_STATISTICS
from geo_resilience.text import Text
from geo_resilience.words import has, say

#: Up to so many regions, names are placed where most room is; above, simply inside.
MOST_PLACED = 600

#: How much finer than the grid the points of delivered lines are written.
FINER = 10


def aliases_of(frame: gpd.GeoDataFrame) -> list[str]:
    """Give what else each region is called, joined by bars, so that any spelling finds it."""
    known = province_aliases()
    provincial = set(map(str, frame.index)) <= set(known)
    held = frame[[column for column in ("name_zh_full", "iso") if column in frame.columns]]
    rows = []
    for key, own in zip(map(str, frame.index), held.to_numpy(dtype=object), strict=True):
        names = [*own, *(known[key] if provincial else ())]
        texts = [str(name) for name in names if not pd.isna(name) and str(name).strip()]
        rows.append("|".join(dict.fromkeys(texts)))
    return rows


def names_content(frame: gpd.GeoDataFrame) -> dict[str, list[str]]:
    """Give the names of the regions by language; one that has no names of its own is left out."""
    names = names_by_language(frame)
    first, *others = names
    return {each: names[each] for each in (first, *(o for o in others if names[o] != names[first]))}


def page_words(shown: list[dict[str, Any]]) -> dict[str, dict[str, str]]:
    """Give the labels of the page by language, with how to read the layers that it shows."""
    reading = words.subject("atlas_read")
    verdicts = words.subject("atlas_verdict")
    labels = {**words.subject("atlas"), **{f"verdict_{key}": verdicts[key] for key in verdicts}}
    labels |= {f"certainty_{key}": row for key, row in words.subject("certainty").items()}
    read = {layer["read"] for layer in shown if isinstance(layer["read"], str)}
    groups = {layer["group"] for layer in shown}
    for name in (each for each in LOCAL_STATISTICS if each in groups):
        for part, key in (("group", "group"), ("title", "name_in")):
            labels[f"{key}_{name}"] = words.subject(f"local_statistic.{part}")[name]
    return {
        language: {key: row[language] for key, row in labels.items()}
        | {f"read_{key}": row[language] for key, row in reading.items() if key in read}
        for language in words.LANGUAGES
    }


def ground_content(
    ground: Ground,
    regions: Regions | None = None,
    context: Overlays = None,
    sized: Sized | None = None,
) -> dict[str, Any]:
    """Give the geometry of the page: arcs, frame, inset, anchors of names, free corners, forms."""
    shapes = list(ground.shapes.values())
    every = [*shapes, *ground.areas]
    base = Base() if regions is None else regions.base
    unit = 10.0 ** np.floor(np.log10(max(_span(ground.frame) * ground.step, 1e-9) / 100))
    scale = float(f"{ground.step / unit:.12g}")

    def scaled(bounds: Sequence[float]) -> list[float]:
        return [round(value * scale, 3) for value in bounds]

    legend, inset = _free_corners(ground, every)
    anchors = np.array(_anchors(shapes))
    return {
        **_packed(arcs_of(every)),
        "areas": [base.name_of(place) for place in range(len(ground.areas))],
        "lines": [
            {"style": line.stroke, "points": pack_lines([line.points * FINER], None)}
            for line in ground.lines
        ],
        "scale": scale,
        "kilometers": unit / 1000,
        "frame": scaled(ground.frame),
        "inset": None if ground.inset is None else scaled(ground.inset),
        "caption": caption_of(regions),
        "anchors": pack_numbers(np.diff(np.round(anchors).astype(int), axis=0, prepend=0).ravel()),
        "graticule": graticule_content(ground),
        "context": context_content(context, ground, base.context),
        "corners": {"legend": legend, "inset": inset},
        "forms": forms_content(ground, anchors, scale, sized),
        "about": Text.each(lambda language: _about(ground, language)),
    }


def base_content(regions: Regions | None) -> dict[str, dict[str, list[str]]]:
    """Give what is said of the base map by language: on the page, and in what leaves it."""
    base = Base() if regions is None else regions.base
    ways = {"shown": False, "saved": True}
    return {
        way: {each: base.told(each, handed_over=handed) for each in words.LANGUAGES}
        for way, handed in ways.items()
    }


def _packed(topology: dict[str, Any]) -> dict[str, str]:
    """Write the nested lists of arcs as numbers: how many, then each, arcs as differences."""
    flat: list[int] = []
    before = 0
    for parts in topology["shapes"]:
        flat.append(len(parts))
        for rings in parts:
            flat.append(len(rings))
            for arcs in rings:
                flat.append(len(arcs))
                for arc in arcs:
                    flat.append(arc - before)
                    before = arc
    return {"arcs": topology["arcs"], "shapes": pack_numbers(flat)}


def _span(bounds: tuple[float, float, float, float]) -> float:
    return max(bounds[2] - bounds[0], bounds[3] - bounds[1])


def _anchors(shapes: list[shapely.MultiPolygon]) -> list[tuple[float, float, float]]:
    """Where a region's name stands, and how far it is to the border from there."""
    anchors = []
    for shape in shapes:
        largest = max(shape.geoms, key=lambda part: part.area)
        if len(shapes) <= MOST_PLACED:
            west, south, east, north = largest.bounds
            near = max(east - west, north - south) / 60 or 1.0
            line = shapely.maximum_inscribed_circle(largest, tolerance=near)
            (x, y), _ = line.coords
            radius = line.length
        else:
            point = largest.representative_point()
            x, y = point.x, point.y
            radius = float(np.sqrt(largest.area) / 3)
        anchors.append((x, y, radius))
    return anchors


def _free_corners(ground: Ground, shapes: list[shapely.MultiPolygon]) -> tuple[str, str]:
    """Find the emptiest corner for the legend, and a bottom corner for the inset."""
    west, south, east, north = ground.frame
    width, height = 0.24 * (east - west), 0.36 * (north - south)
    boxes = {
        "sw": (west, south, west + width, south + height),
        "se": (east - width, south, east, south + height),
        "nw": (west, north - height, west + width, north),
        "ne": (east - width, north - height, east, north),
    }
    parts = shapely.get_parts(np.array(shapes, dtype=object))
    tree = shapely.STRtree(parts)
    filled = {}
    for corner, bounds in boxes.items():
        near = parts[tree.query(shapely.box(*bounds))]
        covered = float(shapely.area(shapely.clip_by_rect(near, *bounds)).sum())
        filled[corner] = covered / (width * height) + (0.1 if corner[0] == "n" else 0.0)
    bottoms = sorted(("sw", "se"), key=lambda corner: (filled[corner], corner == "se"))
    legend = min(boxes, key=lambda corner: (round(filled[corner], 2), list(boxes).index(corner)))
    return legend, next(corner for corner in bottoms if corner != legend)


def _about(ground: Ground, language: str) -> str:
    crs = ground.crs.replace("+datum=WGS84 +units=m +no_defs", "").strip()
    meters = ground.tolerance
    tolerance = f"{meters / 1000:g} km" if meters >= 1000 else f"{meters:g} m"
    key = "projection" if meters else "unsimplified"
    told = [words.say(f"atlas_about.{key}", language, crs=crs, tolerance=tolerance)]
    if len(ground.shapes) > MOST_PLACED:
        told.append(words.say("atlas_about.many", language))
    return " ".join([*told, words.say("atlas_about.leaflet", language)])


def outline_entries(
    groupings: Mapping[str, Grouping | Sequence[str]] | None, keys: list[str]
) -> list[dict[str, Any]]:
    """Give what can be outlined: each belt or cluster alone, the zones of a partition together."""
    place = {key: number for number, key in enumerate(keys)}
    entries = []
    for name, grouping in (groupings or {}).items():
        if isinstance(grouping, Grouping):
            entries += _grouping_entries(name, grouping, place)
        else:
            plain = Text(str(name))
            group = _outline(str(name), plain, grouping, place)
            entries.append({"id": str(name), "kind": "", "name": group["name"], "groups": [group]})
    return [entry for entry in entries if any(group["members"] for group in entry["groups"])]


def _grouping_entries(name: str, grouping: Grouping, place: dict[str, int]) -> list[dict[str, Any]]:
    groups = [_outline(group.id, group.name, group.members, place) for group in grouping.groups]
    groups = [group for group in groups if group["members"]]
    kinds = {group.id: group.kind for group in grouping.groups}
    if grouping.is_partition:
        kind = next(iter(kinds.values()), "")
        return [{"id": name, "kind": kind, "name": _partition(name, grouping), "groups": groups}]
    return [
        {"id": group["id"], "kind": kinds[group["id"]], "name": group["name"], "groups": [group]}
        for group in groups
    ]


def _outline(
    identity: str, name: Text, members: Sequence[str], place: dict[str, int]
) -> dict[str, Any]:
    held = [place[str(key)] for key in members if str(key) in place]
    return {"id": identity, "name": name, "members": held}


def _partition(name: str, grouping: Grouping) -> Text:
    """Say what a partition is called, zones with the groups that there are."""
    key = f"atlas_partition.{name}"
    if not has(key):
        return Text(name)
    return Text.each(
        lambda language: say(
            key, language, groups=[each.name[language] for each in grouping.groups]
        )
    )
