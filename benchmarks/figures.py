"""Claim: the default figures take at most 4 s; a map with all its furniture is a small file.

Prints, for the bundled study, seconds and kilobytes of every figure as PNG, SVG and PDF, and of
the plain ``GeoDataFrame.plot`` of the same regions at full resolution, without names, graticule,
legend of classes, scale or inset. The default figures together may take at most 4 s once matplotlib
is loaded; every SVG stays below a megabyte, and the graded map's below the plain plot's.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import geo_resilience as gr
from geo_resilience.errors import InputError
from geo_resilience.maps import figures
from geo_resilience.maps.figures._registry import DEFAULT, FORMATS
from geo_resilience.results import Results

MOST_SECONDS = 4.0
MOST_KILOBYTES = 1000.0


def plain_plot(results: Results, path: Path) -> float:
    """Draw the regions as geopandas does; give the seconds."""
    from matplotlib.figure import Figure

    start = time.perf_counter()
    scores = results.in_year()["composite"]
    frame = results.regions.frame.assign(composite=scores)
    figure = Figure(figsize=(7, 6))
    frame.plot("composite", ax=figure.subplots(), legend=True)
    figure.savefig(path, dpi=200)
    return time.perf_counter() - start


def figure_row(results: Results, name: str, folder: Path) -> float | None:
    """Draw a figure, print its row, give the seconds of PNG and SVG; None where it has no table."""
    start = time.perf_counter()
    try:
        sheet = getattr(figures, name)(results)
    except InputError:
        return None
    made = time.perf_counter()
    sheet.savefig(folder / f"{name}.png")
    picture = time.perf_counter()
    sheet.savefig(folder / f"{name}.svg")
    end = time.perf_counter()
    sheet.savefig(folder / f"{name}.pdf")
    last = time.perf_counter()
    sizes = [(folder / f"{name}.{kind}").stat().st_size / 1000 for kind in FORMATS]
    parts = f"{made - start:5.2f} {picture - made:5.2f} {end - picture:5.2f} {last - end:5.2f}"
    print(f"{name:18} {parts} s  {' '.join(f'{size:5.0f}' for size in sizes)} kB")
    return end - start


def main() -> None:
    """Print the rows and hold the claims."""
    results = gr.study.run()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        for kind in ("pdf", "png", "svg"):
            seconds = plain_plot(results, folder / f"plain.{kind}")
            plain = (folder / f"plain.{kind}").stat().st_size / 1000
            print(f"plain geopandas {kind.upper()} {seconds:.2f} s, {plain:.0f} kB")
        print(f"{'figure':18} {'made':>5} {'png':>5} {'svg':>5} {'pdf':>5}")
        taken = {name: figure_row(results, name, folder) for name in figures.names()}
        sizes = {file.stem: file.stat().st_size / 1000 for file in folder.glob("*.svg")}
        del sizes["plain"]
    total = sum(taken[name] or 0.0 for name in DEFAULT)
    print(f"default figures {total:.2f} s, all {sum(filter(None, taken.values())):.2f} s")
    print(f"largest SVG {max(sizes.values()):.0f} kB; graded map {sizes['graded_map']:.0f} kB")
    small = max(sizes.values()) < MOST_KILOBYTES and sizes["graded_map"] < plain
    if total > MOST_SECONDS or not small:
        raise SystemExit("the claims do not hold")


if __name__ == "__main__":
    main()
