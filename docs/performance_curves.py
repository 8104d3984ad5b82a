"""Draw the growth curves of the page on performance: docs/performance.svg from performance.csv.

A panel a subject that was measured at three sizes or more, both axes logarithmic; ours as a line
with dots, peers beside it. ``make bench`` calls it after the measurements.
"""

from __future__ import annotations

from pathlib import Path

import matplotlib as mpl
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

DOCS = Path(__file__).parent
LEAST, ACROSS = 3, 3
OURS, OTHERS = "#0a5a9c", ("#b45309", "#6b7280", "#7c3aed")


def curves(rows: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Give the rows of each subject that was measured at enough sizes."""
    found = dict(iter(rows.groupby("subject", sort=False)))
    return {name: group for name, group in found.items() if group["size"].nunique() >= LEAST}


def draw(axes: Axes, subject: str, rows: pd.DataFrame) -> None:
    """Draw a panel."""
    own = rows.drop_duplicates("size").sort_values("size")
    axes.plot(own["size"], own["seconds"], "o-", color=OURS, label="geo_resilience")
    peers = rows.dropna(subset="peer_seconds").groupby("peer", sort=False)
    for (peer, group), color in zip(peers, OTHERS, strict=False):
        group = group.sort_values("size")
        axes.plot(group["size"], group["peer_seconds"], "s--", color=color, label=peer)
    axes.set(xscale="log", yscale="log")
    axes.set_xlabel(own["of"].iloc[0], fontsize=8)
    axes.set_ylabel("seconds", fontsize=8)
    axes.set_title(subject, fontsize=8, loc="left", wrap=True)
    axes.tick_params(which="both", labelsize=7)
    axes.legend(fontsize=7, frameon=False)


def main() -> None:
    """Write the picture."""
    mpl.rcParams.update({"svg.hashsalt": "performance", "svg.fonttype": "none"})
    panels = curves(pd.read_csv(DOCS / "performance.csv"))
    down = -(-len(panels) // ACROSS)
    figure = Figure(figsize=(11, 2.9 * down), layout="constrained")
    places = figure.subplots(down, ACROSS, squeeze=False).ravel()
    for axes, (subject, rows) in zip(places, panels.items(), strict=False):
        draw(axes, subject, rows)
    for axes in places[len(panels) :]:
        axes.set_axis_off()
    figure.savefig(DOCS / "performance.svg", metadata={"Date": None})


if __name__ == "__main__":
    main()
