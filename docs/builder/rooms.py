"""The map of the rooms, drawn from the imports that the code has."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import grimp
import networkx as nx
from matplotlib.figure import Figure

PACKAGE = "geo_resilience"


def write(source: Path, language: str) -> None:
    """Draw the map into the folder of pictures."""
    sheet = drawn(imports())
    sheet.savefig(source / "_static" / "rooms.svg", metadata={"Date": None})


def imports() -> Counter[tuple[str, str]]:
    """Count the imports from room to room."""
    graph = grimp.build_graph(PACKAGE)
    found: Counter[tuple[str, str]] = Counter()
    for module in graph.modules:
        for asked in graph.find_modules_directly_imported_by(module):
            pair = _room(module), _room(asked)
            if pair[0] != pair[1] and not any(room.startswith(("_", PACKAGE)) for room in pair):
                found[pair] += 1
    return found


def _room(module: str) -> str:
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else parts[0]


def drawn(found: Counter[tuple[str, str]]) -> Figure:
    """Draw rooms in rows, each above those that it asks; the wider an arrow, the more imports.

    An arrow is faint where a chain of others leads to the same room.
    """
    graph = nx.DiGraph(found.keys())
    firm = nx.transitive_reduction(graph).edges
    rows = list(nx.topological_generations(graph))
    sheet = Figure(figsize=(9, 0.85 * len(rows)), layout="constrained")
    axes = sheet.subplots()
    places = {
        room: ((place + 1) / (len(row) + 1), -depth)
        for depth, row in enumerate(rows)
        for place, room in enumerate(sorted(row))
    }
    for (room, asked), count in found.items():
        color = "#46566b" if (room, asked) in firm else "#d3dae1"
        arrow = {"arrowstyle": "-|>", "color": color, "lw": 0.4 + count**0.5 / 4}
        arrow |= {"connectionstyle": "arc3,rad=0.06", "shrinkA": 12, "shrinkB": 12}
        axes.annotate("", places[asked], places[room], arrowprops=arrow)
    box = {"boxstyle": "round,pad=0.4", "fc": "#eef3f7", "ec": "#1d4f7c"}
    for room, (x, y) in places.items():
        axes.text(x, y, room, ha="center", va="center", size=9, bbox=box)
    axes.set(xlim=(0, 1), ylim=(-len(rows) + 0.4, 0.6))
    axes.set_axis_off()
    return sheet
