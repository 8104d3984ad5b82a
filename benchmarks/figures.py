"""Claim: the default figures take at most 4 CPU seconds; a map with its furniture is a small file.

For the bundled study: the seconds of the default figures as PNG and SVG, and the graded map against
the plain ``GeoDataFrame.plot`` of the same regions at full resolution, without names, graticule,
legend of classes, scale or inset. Stops unless the default figures take at most 4 together once
matplotlib is loaded, every SVG stays below a megabyte, and the graded map's below the plain plot's.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from _table import Row, shown, timed

import geo_resilience as gr
from geo_resilience.errors import InputError
from geo_resilience.maps import figures
from geo_resilience.maps.figures._registry import DEFAULT
from geo_resilience.results import Results

MOST_SECONDS, MOST_KILOBYTES = 4.0, 1000.0


def plain_plot(results: Results, folder: Path) -> None:
    """Draw the regions as geopandas does."""
    from matplotlib.figure import Figure

    frame = results.regions.frame.assign(composite=results.in_year()["composite"])
    figure = Figure(figsize=(7, 6))
    frame.plot("composite", ax=figure.subplots(), legend=True)
    for kind in ("png", "svg"):
        figure.savefig(folder / f"plain.{kind}", dpi=200)


def drawn(results: Results, name: str, folder: Path) -> None:
    """Draw a figure as PNG and SVG; none where it has no table."""
    try:
        sheet = getattr(figures, name)(results)
    except InputError:
        return
    for kind in ("png", "svg"):
        sheet.savefig(folder / f"{name}.{kind}")


def rows() -> Iterator[Row]:
    """Measure, and hold the claims."""
    results = gr.study.run()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        plain, _ = timed(lambda: plain_plot(results, folder), 2, time.process_time)
        taken = {
            name: timed(lambda name=name: drawn(results, name, folder), clock=time.process_time)[0]
            for name in figures.names()
        }
        sizes = {file.stem: file.stat().st_size / 1000 for file in folder.glob("*.svg")}
    plain_size = sizes.pop("plain")
    total = sum(taken[name] for name in DEFAULT)
    yield Row("Default figures, PNG and SVG, CPU seconds", len(DEFAULT), "figures", total)
    yield Row("All figures, PNG and SVG, CPU seconds", len(sizes), "figures", sum(taken.values()))
    peer = "geopandas, bare"
    yield Row(
        "Graded map, PNG and SVG, CPU seconds", 31, "regions", taken["graded_map"], peer, plain
    )
    small = max(sizes.values()) < MOST_KILOBYTES and sizes["graded_map"] < plain_size
    if total > MOST_SECONDS or not small:
        raise SystemExit("the claims do not hold")


if __name__ == "__main__":
    shown(rows())
