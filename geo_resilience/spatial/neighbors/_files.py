"""Neighbor weights from and to files: CSV, GAL and GWT, as GeoDa, Stata and R read them."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from geo_resilience.errors import InputError, Problems
from geo_resilience.notes import Note
from geo_resilience.spatial.neighbors._alignment import Linked, links_of
from geo_resilience.spatial.neighbors._graph import Neighbors, adjacency_of
from geo_resilience.tables._cells import read_number
from geo_resilience.tables._reading import file_bytes, read_rows
from geo_resilience.tables._textfiles import decode_text

_MOST = 20
#: Largest sum of a region's weights: its square, which variances take, is still a number.
_MOST_WEIGHT = 1e150
_COUNT = re.compile(r"[0-9]{1,9}")

Link = tuple[str, str, float, int]
NumberedRow = tuple[int, list[str]]
ByRegion = dict[str, list[tuple[str, float]]]


def read_neighbors(
    path: str | Path, keys: Iterable[Hashable], *, standardize: bool = False
) -> Neighbors:
    r"""Read neighbor weights of one's own.

    Parameters
    ----------
    path : path
        ``.csv``: three columns (region, neighbor, weight; the weight may be left out) or a square
        with the keys as header and first column; ``.gal``; ``.gwt``. A first row that names a
        region where links do is a link, no header.
    keys : iterable of keys
        The regions, in their order; their text must stand in the file as it is ("07" is not
        "7").
    standardize : bool
        Whether each row's weights are made to sum to 1; else they are used as they stand.

    Returns
    -------
    Neighbors
        Regions that the file does not link are islands (noted).

    Raises
    ------
    InputError
        With every wrong row of the file.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "w.csv"
    >>> _ = file.write_text("region,neighbor,weight\na,b,2\nb,a,1\n")
    >>> read_neighbors(file, ["a", "b", "c"]).islands
    ('c',)
    """
    file = Path(path)
    reader = _by_ending(file, csv=_read_csv, gal=_read_gal, gwt=_read_gwt)
    problems = Problems()
    index = pd.Index([str(key) for key in keys], name="adcode")
    if index.has_duplicates:
        twice = list(index[index.duplicated()])[:8]
        raise InputError("spatial.keys_twice", name="keys", regions=twice)
    notes: list[Note] = []
    links = _checked(reader(file, set(index), problems, notes), index, file.name, problems)
    problems.raise_if_any()
    focal = np.array([index.get_loc(link[0]) for link in links], dtype=np.int64)
    other = np.array([index.get_loc(link[1]) for link in links], dtype=np.int64)
    weight = np.array([link[2] for link in links])
    alone = index[np.setdiff1d(np.arange(len(index)), focal)]
    if len(alone):
        notes.append(Note("neighbors.left", file.name, {"regions": list(alone)}))
    adjacency = adjacency_of(index, focal, other, weight, standardize)
    rule = f"file({file.name})"
    return Neighbors(
        adjacency, rule, islands=tuple(alone), notes=tuple(notes), standardized=standardize
    )


def _by_ending(file: Path, **ways: Callable[..., Any]) -> Callable[..., Any]:
    if file.suffix.lower()[1:] not in ways:
        raise InputError("spatial.matrix_kind", file=file.name)
    return ways[file.suffix.lower()[1:]]


def _checked(links: list[Link], keys: pd.Index, file: str, problems: Problems) -> list[Link]:
    """Check keys, weights and doubles; links to oneself and of weight 0 are dropped."""
    seen: dict[tuple[str, str], int] = {}
    sums: dict[str, float] = {}
    kept = []
    for focal, other, weight, row in links:
        for key in (focal, other):
            if key not in keys and len(problems) < _MOST:
                problems.unknown("spatial.matrix_key", key, keys, file=file, row=row)
        if not np.isfinite(weight) or weight < 0:
            problems.add("spatial.matrix_weight", file=file, row=row, found=f"{weight:g}")
        if (focal, other) in seen:
            problems.add(
                "spatial.matrix_double",
                file=file,
                row=row,
                first=seen[focal, other],
                region=focal,
                neighbor=other,
            )
        seen[focal, other] = row
        if focal != other and weight != 0:
            kept.append((focal, other, weight, row))
            sums[focal] = sums.get(focal, 0.0) + weight
    for focal, total in sums.items():
        if total > _MOST_WEIGHT:
            problems.add("spatial.matrix_large", file=file, region=focal, most=f"{_MOST_WEIGHT:g}")
    return kept


def _number(cell: str, file: str, row: int, problems: Problems) -> float:
    found = read_number(cell)
    if np.isnan(found):
        problems.add("spatial.matrix_weight", file=file, row=row, found=cell)
        return 0.0
    return found


def _links(
    rows: Iterable[NumberedRow], widths: tuple[int, ...], file: str, problems: Problems
) -> list[Link]:
    """One row a link: region, neighbor and, in all but a short row, weight."""
    links = []
    for number, row in rows:
        if len(row) not in widths:
            problems.add("spatial.matrix_row", file=file, row=number, found=len(row))
            continue
        weight = _number(row[2], file, number, problems) if len(row) == 3 else 1.0
        links.append((row[0], row[1], weight, number))
    return links


def _read_csv(path: Path, keys: set[str], problems: Problems, notes: list[Note]) -> list[Link]:
    sheet = read_rows(path)
    notes += sheet.notes
    rows = sheet.filled()
    header = rows[0][1] if rows else []
    square = len(header) == len(rows) and header[1:] == [row[0] for _, row in rows[1:]]
    if len(header) > 3 or (square and header[0] not in keys):
        return _square(header, rows[1:], path.name, problems)
    below = rows[1:] if keys.isdisjoint(header[:2]) else rows
    return _links(below, (2, 3), path.name, problems)


def _square(
    header: list[str], rows: list[NumberedRow], file: str, problems: Problems
) -> list[Link]:
    links = []
    for number, row in rows:
        if len(row) != len(header):
            problems.add("spatial.matrix_row", file=file, row=number, found=len(row))
            continue
        for other, cell in zip(header[1:], row[1:], strict=True):
            if cell:
                links.append((row[0], other, _number(cell, file, number, problems), number))
    return [link for link in links if link[2] != 0]


def _lines(path: Path, keys: set[str], width: int, notes: list[Note]) -> list[NumberedRow]:
    """Give the lines below the header, which a line of a region's own is not."""
    text, read = decode_text(file_bytes(path), path.name)
    notes += read
    lines = enumerate(text.split("\n"), start=1)
    rows = [(number, line.split()) for number, line in lines if line.strip()]
    if not rows:
        raise InputError("spatial.matrix_empty", file=path.name)
    first = rows[0][1]
    return rows if len(first) == width and first[0] in keys else rows[1:]


def _read_gal(path: Path, keys: set[str], problems: Problems, notes: list[Note]) -> list[Link]:
    """Two lines a region: key and number of neighbors, then the neighbors."""
    links: list[Link] = []
    file = path.name
    lines = iter(_lines(path, keys, 2, notes))
    for number, head in lines:
        if len(head) != 2 or not _COUNT.fullmatch(head[1]):
            raise InputError("spatial.matrix_row", file=file, row=number, found=len(head))
        if int(head[1]) == 0:
            continue
        row, near = next(lines, (number, []))
        if len(near) != int(head[1]):
            problems.add(
                "spatial.matrix_count", file=file, row=row, found=len(near), expected=head[1]
            )
        links += [(head[0], other, 1.0, row) for other in near]
    return links


def _read_gwt(path: Path, keys: set[str], problems: Problems, notes: list[Note]) -> list[Link]:
    return _links(_lines(path, keys, 3, notes), (3,), path.name, problems)


def write_neighbors(neighbors: Linked, path: str | Path) -> Path:
    """Write neighbor weights for GeoDa, R or Stata.

    Parameters
    ----------
    neighbors : Neighbors or libpysal.graph.Graph
    path : path
        ``.csv`` (region, neighbor, weight: for Stata's spmatrix and anything else), ``.gal``
        (links without weights: GeoDa, spdep's read.gal) or ``.gwt`` (links with weights: GeoDa,
        spdep's read.gwt2nb).

    Returns
    -------
    Path

    Examples
    --------
    >>> import tempfile
    >>> from libpysal.graph import Graph
    >>> graph = Graph.from_arrays(["a", "b", "c"], ["b", "a", "c"], [1.0, 1.0, 0.0])
    >>> print(write_neighbors(graph, Path(tempfile.mkdtemp()) / "w.gal").read_text())
    0 3 unknown adcode
    a 1
    b
    b 1
    a
    c 0
    <BLANKLINE>
    <BLANKLINE>
    """
    file = Path(path)
    writer = _by_ending(file, csv=_csv_lines, gal=_gal_lines, gwt=_gwt_lines)
    links = links_of(neighbors)
    keys = [str(key) for key in links.keys]
    rows: ByRegion = {key: [] for key in keys}
    cells = links.matrix.tocoo()
    for at, other, weight in zip(*cells.coords, cells.data, strict=True):
        rows[keys[at]].append((keys[other], float(weight)))
    blank = [key for key in keys if not key or any(mark.isspace() for mark in key)]
    if blank and file.suffix.lower() != ".csv":
        raise InputError("spatial.matrix_blank_keys", regions=blank[:8])
    file.write_text("\n".join(writer(rows)) + "\n", encoding="utf-8", newline="\n")
    return file


def _csv_lines(rows: ByRegion) -> list[str]:
    def cell(key: str) -> str:
        return f'"{key.replace(chr(34), chr(34) * 2)}"' if set(key) & set(',"\n\r') else key

    lines = ["adcode,neighbor,weight"]
    for key, near in rows.items():
        lines += [f"{cell(key)},{cell(other)},{weight!r}" for other, weight in near]
    return lines


def _gal_lines(rows: ByRegion) -> list[str]:
    lines = [f"0 {len(rows)} unknown adcode"]
    for key, near in rows.items():
        lines += [f"{key} {len(near)}", " ".join(other for other, _ in near)]
    return lines


def _gwt_lines(rows: ByRegion) -> list[str]:
    lines = [f"0 {len(rows)} unknown adcode"]
    for key, near in rows.items():
        lines += [f"{key} {other} {weight!r}" for other, weight in near]
    return lines
