"""Columns of records as numbers, texts and years; what cannot be read is missing."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from geo_resilience.indicators.records._exact import Array
from geo_resilience.tables._cells import missing_marks, read_numbers

#: A year alone, at the head of a date, or of one written without signs (20190503, 201905).
_YEAR = re.compile(r"([12]\d{3})(?:[-/年T\s].*|\.\d\d?\.\d.*|\d{2}|\d{4})?", re.DOTALL)

_MARKS = missing_marks()


def numbers_of(column: Any) -> Array:
    """Give a column's finite numbers, NaN for the rest, texts read as cells of tables are."""
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        found = _read(column)
    else:
        found = np.asarray(column.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False))
    return np.where(np.isfinite(found), found, np.nan)


def _read(column: Any) -> Array:
    """Read numbers from texts: all at once where each is plain, else each different one."""
    try:
        return np.asarray(column.cast(pa.float64()).to_numpy(zero_copy_only=False))
    except pa.ArrowInvalid:
        coded = column.dictionary_encode()
        read = read_numbers([text or "" for text in coded.dictionary.to_pylist()], _MARKS)
        codes = coded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
        return np.append(read.values, np.nan)[codes]


def texts_of(column: Any) -> pd.Series:
    """Give a column as texts without blanks around them; a blank one is missing."""
    coded = column.dictionary_encode()
    words = pd.Index([*map(_text, coded.dictionary.to_pylist()), None], dtype=object)
    codes = coded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    return pd.Series(words.take(codes), dtype=object)


def _text(value: Any) -> str | None:
    """Write a value; a whole number as such, however it is stored."""
    if isinstance(value, float):
        value = int(value) if value.is_integer() else None if np.isnan(value) else value
    return str(value).strip() or None if value is not None else None


def years_of(column: Any) -> Array:
    """Give the years of a column of years, dates or times, NaN where there is none."""
    if pa.types.is_temporal(column.type):
        return np.asarray(pc.year(column).cast(pa.float64()).to_numpy(zero_copy_only=False))
    coded = column.dictionary_encode()
    found = [_year(_text(value)) for value in coded.dictionary.to_pylist()]
    codes = coded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    return np.array([*found, np.nan])[codes]


def _year(text: str | None) -> float:
    match = _YEAR.fullmatch((text or "").removesuffix(".0"))
    return float(match.group(1)) if match else np.nan
