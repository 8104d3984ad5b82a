"""Neighbor weights from and to files: CSV, GAL and GWT, as GeoDa, Stata and R read them."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from geo_resilience.errors import InputError, Problems, did_you_mean
from geo_resilience.notes import Note
from geo_resilience.spatial.alignment import links_of
from geo_resilience.spatial.graphs import Neighbors, adjacency_of

__all__ = ["read_neighbors", "write_neighbors"]

_MOST = 20

Link = tuple[str, str, float, int]


def read_neighbors(
    path: str | Path, keys: Iterable[Any], *, standardize: bool = False
) -> Neighbors:
    r"""Read neighbor weights of one's own.

    Parameters
    ----------
    path : path
        ``.csv``: three columns (region, neighbor, weight; the weight may be left out) or a square
        with the keys as header and first column; ``.gal``; ``.gwt``.
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
    reader = {".csv": _read_csv, ".gal": _read_gal, ".gwt": _read_gwt}.get(file.suffix.lower())
    if reader is None:
        raise InputError("spatial.matrix_kind", file=file.name)
    if not file.is_file():
        raise InputError("spatial.matrix_missing", file=str(path))
    try:
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError("spatial.matrix_encoding", file=file.name) from error
    problems = Problems()
    index = pd.Index([str(key) for key in keys], name="adcode")
    if index.has_duplicates:
        twice = list(index[index.duplicated()])[:8]
        raise InputError("spatial.keys_twice", name="keys", regions=twice)
    links = _checked(reader(text, file.name, problems), index, file.name, problems)
    problems.raise_if_any()
    focal = np.array([index.get_loc(link[0]) for link in links], dtype=np.int64)
    other = np.array([index.get_loc(link[1]) for link in links], dtype=np.int64)
    weight = np.array([link[2] for link in links])
    alone = index[np.setdiff1d(np.arange(len(index)), focal)]
    notes = (Note("neighbors.left", file.name, {"regions": list(alone)}),) if len(alone) else ()
    adjacency = adjacency_of(index, focal, other, weight, standardize)
    rule = f"file({file.name})"
    return Neighbors(adjacency, rule, islands=tuple(alone), notes=notes, standardized=standardize)


def _checked(links: list[Link], keys: pd.Index, file: str, problems: Problems) -> list[Link]:
    """Check keys, weights and doubles; links to oneself and of weight 0 are dropped."""
    seen: dict[tuple[str, str], int] = {}
    kept = []
    for focal, other, weight, row in links:
        for key in (focal, other):
            if key not in keys and len(problems) < _MOST:
                near = did_you_mean(key, keys)
                problems.add("spatial.matrix_key", file=file, row=row, found=key, nearest=near)
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
    return kept


def _number(cell: str, file: str, row: int, problems: Problems) -> float:
    try:
        return float(cell)
    except ValueError:
        problems.add("spatial.matrix_weight", file=file, row=row, found=cell)
        return 0.0


def _read_csv(text: str, file: str, problems: Problems) -> list[Link]:
    rows = [
        (number, [cell.strip() for cell in row])
        for number, row in enumerate(csv.reader(text.splitlines()), start=1)
        if any(cell.strip() for cell in row)
    ]
    if not rows:
        raise InputError("spatial.matrix_empty", file=file)
    header = rows[0][1]
    if len(header) > 3 or (
        len(header) == len(rows) and header[1:] == [row[0] for _, row in rows[1:]]
    ):
        return _square(header, rows[1:], file, problems)
    links = []
    for number, row in rows[1:]:
        if len(row) not in (2, 3):
            problems.add("spatial.matrix_row", file=file, row=number, found=len(row))
            continue
        weight = _number(row[2], file, number, problems) if len(row) == 3 else 1.0
        links.append((row[0], row[1], weight, number))
    return links


def _square(
    header: list[str], rows: list[tuple[int, list[str]]], file: str, problems: Problems
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


def _lines(text: str, file: str) -> list[tuple[int, list[str]]]:
    found = [
        (number, line.split())
        for number, line in enumerate(text.splitlines(), start=1)
        if line.strip()
    ]
    if not found:
        raise InputError("spatial.matrix_empty", file=file)
    return found[1:]


def _read_gal(text: str, file: str, problems: Problems) -> list[Link]:
    """Two lines a region: key and number of neighbors, then the neighbors."""
    links: list[Link] = []
    lines = iter(_lines(text, file))
    for number, head in lines:
        if len(head) != 2 or not head[1].isdigit():
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


def _read_gwt(text: str, file: str, problems: Problems) -> list[Link]:
    """One line a link: region, neighbor, weight."""
    links = []
    for number, row in _lines(text, file):
        if len(row) != 3:
            problems.add("spatial.matrix_row", file=file, row=number, found=len(row))
            continue
        links.append((row[0], row[1], _number(row[2], file, number, problems), number))
    return links


def write_neighbors(neighbors: Any, path: str | Path) -> Path:
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
    writer = {".csv": _csv_lines, ".gal": _gal_lines, ".gwt": _gwt_lines}.get(file.suffix.lower())
    if writer is None:
        raise InputError("spatial.matrix_kind", file=file.name)
    links = links_of(neighbors)
    keys = [str(key) for key in links.keys]
    matrix = links.matrix
    rows = {
        key: [
            (keys[other], float(weight))
            for other, weight in zip(
                matrix.indices[matrix.indptr[at] : matrix.indptr[at + 1]],
                matrix.data[matrix.indptr[at] : matrix.indptr[at + 1]],
                strict=True,
            )
        ]
        for at, key in enumerate(keys)
    }
    blank = [key for key in keys if not key or any(mark.isspace() for mark in key)]
    if blank and file.suffix.lower() != ".csv":
        raise InputError("spatial.matrix_blank_keys", regions=blank[:8])
    file.write_text("\n".join(writer(rows)) + "\n", encoding="utf-8", newline="\n")
    return file


def _csv_lines(rows: dict[str, list[tuple[str, float]]]) -> list[str]:
    def cell(key: str) -> str:
        return f'"{key.replace(chr(34), chr(34) * 2)}"' if set(key) & set(',"\n\r') else key

    lines = ["adcode,neighbor,weight"]
    for key, near in rows.items():
        lines += [f"{cell(key)},{cell(other)},{weight!r}" for other, weight in near]
    return lines


def _gal_lines(rows: dict[str, list[tuple[str, float]]]) -> list[str]:
    lines = [f"0 {len(rows)} unknown adcode"]
    for key, near in rows.items():
        lines += [f"{key} {len(near)}", " ".join(other for other, _ in near)]
    return lines


def _gwt_lines(rows: dict[str, list[tuple[str, float]]]) -> list[str]:
    lines = [f"0 {len(rows)} unknown adcode"]
    for key, near in rows.items():
        lines += [f"{key} {other} {weight!r}" for other, weight in near]
    return lines
