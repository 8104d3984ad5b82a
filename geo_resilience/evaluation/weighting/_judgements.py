"""Pairwise judgements: reading a matrix, and what it must be before it is used."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TypeAlias

import numpy as np
import pandas as pd

from geo_resilience.errors import InputError, Problems
from geo_resilience.evaluation._checks import unique_codes
from geo_resilience.tables._cells import read_number
from geo_resilience.tables._reading import read_rows

#: Pairwise judgements: a square table or array, cells as numbers or text such as ``1/3``.
Judgements: TypeAlias = pd.DataFrame | np.ndarray | Sequence[Sequence[float | str]]

#: a_ij * a_ji may miss 1 by this much: 1/9 written 0.11, 1/8 written 0.13. The next step of the
#: scale is more than 10 % away, so that no wrong judgement hides in it.
RECIPROCAL_TOLERANCE = 0.05

_RATIO = re.compile("[/／:：∶]")


def read_judgements(path: str | Path, codes: Sequence[str] | None = None) -> pd.DataFrame:
    """Read a judgement matrix: a square CSV with the codes as header and first column.

    Parameters
    ----------
    path : str or Path
        UTF-8, UTF-16 or GB18030. Cells such as ``3``, ``1/3`` or ``0.333``; a
        cell may stay blank where the one across the diagonal is filled, and on the diagonal.
    codes : sequence of str, optional
        The codes that the matrix must hold; the order of the result.

    Returns
    -------
    DataFrame
        Positive and reciprocal; ``frame.loc[a, b]`` says how many times a counts as much as b.

    Raises
    ------
    InputError
        If the file cannot be read, the matrix is not square, codes do not match, or a cell is
        not a positive number or not the reciprocal of its mirror; each cell is named.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder) / "judgements.csv"
    ...     pd.DataFrame({"": ["A", "B"], "A": ["1", "1/3"], "B": [3, 1]}).to_csv(file, index=False)
    ...     read_judgements(file).loc["A", "B"].item()
    3.0
    """
    path = Path(path)
    rows = [row for _, row in read_rows(path).filled()]
    if len(rows) < 2:
        raise InputError("evaluation.judgements_empty", file=path.name)
    header, labels = rows[0][1:], [row[0] for row in rows[1:]]
    while header and not header[-1]:
        header.pop()
    problems = Problems()
    if len(labels) != len(header):
        problems.add(
            "evaluation.judgements_not_square",
            file=path.name,
            rows=len(labels),
            columns=len(header),
        )
    for row, label in zip(rows[1:], labels, strict=True):
        if len(row) < len(header) + 1 or any(row[len(header) + 1 :]):
            problems.add(
                "evaluation.judgements_row_length",
                file=path.name,
                row=label,
                found=len(row) - 1,
                expected=len(header),
            )
    problems.raise_if_any()
    cells = [row[1 : len(header) + 1] for row in rows[1:]]
    frame = pd.DataFrame(cells, index=labels, columns=header, dtype="object")
    return checked_judgements(frame, codes=codes, file=path.name)


def checked_judgements(
    judgements: pd.DataFrame | np.ndarray | Sequence[Sequence[object]],
    *,
    codes: Sequence[str] | None = None,
    file: str = "judgements",
) -> pd.DataFrame:
    """Check a judgement matrix and give it as exactly reciprocal floats."""
    frame = framed(judgements, file)
    _codes_match(frame, codes, file)
    order = list(codes) if codes is not None else list(frame.columns)
    frame = frame.loc[order, order]
    problems = Problems()
    cells = np.full(frame.shape, np.nan)
    for i, row in enumerate(order):
        for j, column in enumerate(order):
            found = frame.iat[i, j]
            number = _number(found)
            blank = number is None
            if number is not None and not (np.isfinite(number) and number > 0):
                where = {"file": file, "row": row, "column": column}
                problems.add("evaluation.judgement_not_positive", **where, found=found)
            cells[i, j] = np.nan if blank else number
    problems.raise_if_any()
    return pd.DataFrame(_reciprocal(cells, order, file), index=order, columns=order)


def framed(judgements: object, file: str) -> pd.DataFrame:
    """Give judgements as a square frame whose codes are text and unique."""
    if isinstance(judgements, pd.DataFrame):
        frame = judgements.copy()
        if frame.shape[0] == frame.shape[1] and isinstance(frame.index, pd.RangeIndex):
            frame.index = frame.columns
    else:
        cells = np.asarray(judgements, dtype="object")
        if cells.ndim != 2:
            raise InputError("evaluation.judgements_not_a_matrix", file=file, found=cells.ndim)
        frame = pd.DataFrame(cells)
        frame.index = pd.RangeIndex(1, len(frame) + 1)
        frame.columns = pd.RangeIndex(1, frame.shape[1] + 1)
    rows, columns = frame.shape
    if rows != columns or rows == 0:
        raise InputError("evaluation.judgements_not_square", file=file, rows=rows, columns=columns)
    frame.index = unique_codes(frame.index)
    frame.columns = unique_codes(frame.columns)
    return frame


def _codes_match(frame: pd.DataFrame, codes: Sequence[str] | None, file: str) -> None:
    """Demand one set of codes in header and first column: those of the indicators."""
    rows, columns = list(frame.index), list(frame.columns)
    if set(rows) != set(columns):
        raise InputError(
            "evaluation.judgements_headings",
            file=file,
            above=[code for code in columns if code not in rows],
            beside=[code for code in rows if code not in columns],
        )
    problems = Problems()
    wanted = columns if codes is None else list(map(str, codes))
    for code in (code for code in wanted if code not in columns):
        problems.unknown(
            "evaluation.judgements_lack",
            code,
            [other for other in columns if other not in wanted],
            file=file,
        )
    for code in (code for code in columns if code not in wanted):
        problems.unknown(
            "evaluation.judgements_over",
            code,
            [other for other in wanted if other not in columns],
            file=file,
        )
    problems.raise_if_any()


def _number(found: object) -> float | None:
    """Read a cell: a number, a fraction, None when blank, NaN when it is neither."""
    if found is None or (isinstance(found, float) and np.isnan(found)) or found is pd.NA:
        return None
    if not isinstance(found, str):
        try:
            return float(found)  # type: ignore[arg-type]
        except (TypeError, ValueError, OverflowError):
            return float("nan")
    if not found.strip():
        return None
    over, *under = map(read_number, _RATIO.split(found, maxsplit=1))
    if not under:
        return over
    return over / under[0] if over > 0 and under[0] > 0 else float("nan")


def _reciprocal(cells: np.ndarray, codes: list[str], file: str) -> np.ndarray:
    """Fill blanks from their mirrors, check reciprocity, and make it exact."""
    problems = Problems()
    result = np.eye(len(codes))
    for i, row in enumerate(codes):
        own = cells[i, i]
        if not np.isnan(own) and abs(own - 1) > 1e-9:
            problems.add("evaluation.judgement_diagonal", file=file, row=row, found=f"{own:g}")
        for j in range(i + 1, len(codes)):
            above, below = cells[i, j], cells[j, i]
            where = {"file": file, "row": row, "column": codes[j]}
            if np.isnan(above) and np.isnan(below):
                problems.add("evaluation.judgement_missing", **where)
                continue
            above = 1 / below if np.isnan(above) else above
            below = 1 / above if np.isnan(below) else below
            if abs(above * below - 1) > RECIPROCAL_TOLERANCE:
                problems.add(
                    "evaluation.judgement_not_reciprocal",
                    **where,
                    found=f"{above:g}",
                    mirror=f"{below:g}",
                    expected=f"{1 / above:.4g}",
                )
            result[i, j] = above if above >= 1 else 1 / below
            result[j, i] = 1 / result[i, j]
    problems.raise_if_any()
    return result


def judgements_of(judgements: Judgements | Sequence[Judgements]) -> list[pd.DataFrame]:
    """Give one or several judgement matrices as a list of checked ones with the same codes."""
    several = isinstance(judgements, (list, tuple)) and (
        len(judgements) == 0
        or isinstance(judgements[0], pd.DataFrame)
        or np.ndim(np.asarray(judgements[0], dtype="object")) == 2
    )
    if isinstance(judgements, np.ndarray) and judgements.ndim == 3:
        several = True
    if not several:
        return [checked_judgements(judgements)]
    listed = list(judgements)
    if not listed:
        raise InputError("evaluation.no_judgements")
    first = checked_judgements(listed[0], file="judgements 1")
    rest = [
        checked_judgements(other, codes=list(first.columns), file=f"judgements {number}")
        for number, other in enumerate(listed[1:], start=2)
    ]
    return [first, *rest]


def judgement_template(codes: Sequence[str]) -> pd.DataFrame:
    """Give an empty judgement matrix: 1 on the diagonal, cells above it to be filled in.

    Parameters
    ----------
    codes : sequence of str

    Returns
    -------
    DataFrame
        Text cells; ``to_csv(path)`` writes what `read_judgements` reads once it is filled.

    Examples
    --------
    >>> print(judgement_template(["a", "b"]).to_csv(), end="")
    code,a,b
    a,1,
    b,,1
    """
    codes = unique_codes(codes)
    cells = np.where(np.eye(len(codes), dtype=bool), "1", "")
    return pd.DataFrame(cells, index=pd.Index(codes, name="code"), columns=codes)
