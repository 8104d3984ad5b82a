"""Where the weight lies: ellipse and mean center of every year, as the page outlines them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from geo_resilience import tables
from geo_resilience.maps.drawing._geometry import Ground
from geo_resilience.maps.drawing._series import Rows
from geo_resilience.maps.drawing._topology import pack_numbers
from geo_resilience.results import Results
from geo_resilience.text import Text

#: Points of a ring whose waves are told, and steps of the grid by which a ring may then be off.
POINTS, OFF = 96, 0.5

#: A wave's numbers are tenths of a step; a ring has at most so many waves on each side of none.
TENTHS, MOST_WAVES = 10, 24

#: What is told of an ellipse in a year.
TOLD = ("semi_major_km", "semi_minor_km", "azimuth", "total_shift_km")


def ellipse_content(
    results: Results, rows: Rows, ground: Ground, names: dict[str, Text]
) -> list[dict[str, Any]]:
    """Give the weighted standard deviational ellipses by year, and the path of their center.

    Of every variable: the places of its years, the rings as complex amplitudes of their waves, the
    centers as differences, and semi-axes, azimuth and shift in whole units, as they are shown.
    An ellipse of one equal-area projection is nearly one in another: few waves are enough.
    """
    table = tables.of(results, "ellipse")
    if table.empty:
        return []
    content = []
    place = {year: number for number, year in enumerate(rows.years)}
    for variable, own in table.groupby("variable", sort=False):
        path = own[own["year"].isin(place)].drop_duplicates("year").set_index("year").sort_index()
        path = path[path[["lon", "lat", "semi_major_km", "semi_minor_km"]].notna().all(axis=1)]
        rings, centers = _laid(path, ground)
        whole = np.isfinite(rings).all(axis=(1, 2)) & np.isfinite(centers).all(axis=1)
        if whole.any():
            plain = Text(str(variable))
            known = {"id": f"ellipse {variable}", "name": names.get(str(variable), plain)}
            path, places = path[whole], [place[int(year)] for year in path.index[whole]]
            content.append(known | {"years": places} | _drawn(path, rings[whole], centers[whole]))
    return content


def _laid(path: pd.DataFrame, ground: Ground) -> tuple[np.ndarray, np.ndarray]:
    """Lay rings, shape (years, points, 2), and centers on the ground's grid.

    What lies where the ground's projection has no place is not finite.
    """
    from pyproj import Transformer

    from geo_resilience.spatial.dynamics._ellipse import ellipse_outlines

    there = Transformer.from_crs(4326, ground.crs, always_xy=True)

    def laid(lon: Any, lat: Any) -> np.ndarray:
        return np.column_stack(there.transform(lon, lat)) / ground.step

    rings = [laid(*ring.T) for ring in ellipse_outlines(path, points=POINTS).values()]
    centers = laid(path["lon"].to_numpy(), path["lat"].to_numpy())
    return np.array(rings).reshape(len(path), POINTS + 1, 2), centers


def _drawn(path: pd.DataFrame, rings: np.ndarray, centers: np.ndarray) -> dict[str, Any]:
    """Pack rings and centers, and tell what they are."""
    waves, amplitudes = _as_waves(rings)
    steps = np.diff(np.round(centers).astype(int), axis=0, prepend=[[0, 0]])
    told = path[list(TOLD)].astype(float).round()
    told["azimuth"] %= 180  # an axis of 179.7 degrees lies at 0, not at 180
    return {
        "waves": waves,
        "rings": pack_numbers(amplitudes),
        "centers": pack_numbers(steps.ravel().tolist()),
        "told": [
            [None if pd.isna(value) else value for value in row]
            for row in told.itertuples(index=False, name=None)
        ],
    }


def _as_waves(rings: np.ndarray) -> tuple[int, list[int]]:
    """Give the fewest waves that draw every ring closely enough, and their amplitudes."""
    points = rings[:, :-1, 0] + 1j * rings[:, :-1, 1]
    spectrum = np.fft.fft(points, axis=1) / POINTS
    for waves in range(1, MOST_WAVES + 1):
        turns = np.arange(-waves, waves + 1)
        told = np.round(spectrum[:, turns] * TENTHS)
        angle = 2j * np.pi * np.outer(turns, np.arange(POINTS)) / POINTS
        if np.abs(told / TENTHS @ np.exp(angle) - points).max() <= OFF or waves == MOST_WAVES:
            break
    return waves, np.stack([told.real, told.imag], axis=-1).ravel().astype(int).tolist()
