"""What a column of a table is: its type, unit and choices, and how its cells are made and read."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from geo_resilience.words import Phrase, has, subject

#: Significant digits that results keep: what lies beyond differs between processors.
SIGNIFICANT_DIGITS = 12

_WHOLE = re.compile(r"-?(0|[1-9][0-9]*)")


@dataclass(frozen=True)
class Context:
    """What the columns of a study are named after.

    Parameters
    ----------
    dimensions, indicators : mapping of code to label
    grades : tuple of str
        Codes from the lowest grade to the highest.
    """

    dimensions: Mapping[str, object] = field(default_factory=dict)
    indicators: Mapping[str, object] = field(default_factory=dict)
    grades: tuple[str, ...] = ()

    @classmethod
    def of(cls, framework: Any, grades: Iterable[str] = ()) -> Context:
        """Name columns after a framework's dimensions and indicators, and after grades."""
        return cls(
            {each.code: _label(each) for each in framework.dimensions},
            {each.code: each.label for each in framework.indicators},
            tuple(grades),
        )


@dataclass(frozen=True)
class Column:
    """A column of a table, or a pattern of columns.

    - ``name``: its heading; of a pattern with ``{}`` where the code stands.
    - ``kind``: ``text``, ``category``, ``integer``, ``number``, ``share`` (a number from 0 to 1),
      ``truth``, or ``given`` (as a table of the user's own has it).
    - ``blank``: what a blank cell is: ``never`` there, ``missing``, or ``empty`` text.
    - ``unit``: of numbers; empty where it has none or the meaning tells it.
    - ``labels``: where the words hold a label for each choice; the choices are those that have one.
    - ``per``: of a pattern: ``dimension``, ``indicator``, ``grade``, or ``own`` for columns that
      the study's tables or methods name. Of a category: ``grade`` where the choices are grades.
    - ``meaning``: key of the words that say what it holds; by default that of the name.
    - ``optional``: whether the table may do without it.
    """

    name: str
    kind: str
    blank: str = "never"
    unit: str = ""
    labels: str = ""
    per: str = ""
    meaning: str = ""
    optional: bool = False

    @property
    def open(self) -> bool:
        """Whether it stands for columns whose names are not known beforehand."""
        return self.per == "own"

    def choices(self, context: Context) -> tuple[str, ...]:
        """Give the values that it may have; none where it may have any."""
        if self.labels == "grade":
            return context.grades
        return tuple(subject(self.labels)) if self.labels else ()

    def named(self, context: Context) -> list[tuple[Column, object]]:
        """Give the columns that a pattern stands for, with what each is of."""
        if "{}" not in self.name:
            return [(self, None)]
        if self.per == "grade":
            labels: Mapping[str, object] = {
                code: Phrase(f"grade.{code}") for code in context.grades
            }
        else:
            labels = context.dimensions if self.per == "dimension" else context.indicators
        return [
            (replace(self, name=self.name.format(_told(code, self.per))), label)
            for code, label in labels.items()
        ]

    def key(self, stem: str) -> str:
        """Give the key of the words that say what it holds in a table."""
        own = f"column.{stem}.{self.name}"
        return self.meaning or (own if has(own) else f"column.{self.name}")

    def cast(self, values: pd.Series, context: Context) -> pd.Series:
        """Give cells the type of the column."""
        return _CASTS[self.kind](self, values, context)

    def read(self, texts: pd.Series, context: Context) -> pd.Series:
        """Give cells read from a file the type that they had."""
        return self.cast(_READERS[self.kind](texts), context)


def _label(part: Any) -> Phrase:
    return Phrase("problem.indicators.indicator", {"code": part.code, "name": part.name})


def _told(code: str, per: str) -> str:
    return code.lower() if per == "grade" else code


def _text(column: Column, values: pd.Series, context: Context) -> pd.Series:
    there = values.notna().to_numpy()
    fill = float("nan") if column.blank == "missing" else ""
    cells = [
        str(value) if held and str(value) else fill
        for value, held in zip(values.astype(object), there, strict=True)
    ]
    return pd.Series(cells, dtype="str", index=values.index)


def _category(column: Column, values: pd.Series, context: Context) -> pd.Series:
    dtype = pd.CategoricalDtype(list(column.choices(context)), ordered=True)
    held = [None if pd.isna(value) or value == "" else str(value) for value in values]
    unknown = sorted({value for value in held if value is not None} - set(dtype.categories))
    if unknown:
        raise ValueError(f"{column.name}: {', '.join(unknown)} is none of its choices")
    return pd.Series(pd.Categorical(held, dtype=dtype), index=values.index)


def _number(column: Column, values: pd.Series, context: Context) -> pd.Series:
    cells = values.to_numpy(dtype=float, na_value=np.nan)
    return pd.Series(_significant(cells), index=values.index)


def _significant(values: np.ndarray) -> np.ndarray:
    """Round to significant digits; what is not finite, and zero, stay as they are."""
    usable = np.isfinite(values) & (values != 0)
    out = values.copy()
    out[usable] = [float(f"{value:.{SIGNIFICANT_DIGITS}g}") for value in values[usable]]
    return out


def _integer(column: Column, values: pd.Series, context: Context) -> pd.Series:
    blank = column.blank == "missing" or bool(values.isna().any())
    return values.astype("Int64" if blank else "int64")


def _truth(column: Column, values: pd.Series, context: Context) -> pd.Series:
    blank = column.blank == "missing" or bool(values.isna().any())
    return values.astype("boolean" if blank else "bool")


def _given(column: Column, values: pd.Series, context: Context) -> pd.Series:
    """Give cells of the user's own the type that they would be read back with."""
    if pd.api.types.is_float_dtype(values):
        values = pd.Series(_number(column, values, context))
    return _read_given(pd.Series(["" if pd.isna(cell) else str(cell) for cell in values]))


_CASTS: Mapping[str, Callable[[Column, pd.Series, Context], pd.Series]] = {
    "text": _text,
    "category": _category,
    "integer": _integer,
    "number": _number,
    "share": _number,
    "truth": _truth,
    "given": _given,
}


def _read_number(texts: pd.Series) -> pd.Series:
    return pd.Series([float(cell) if cell else float("nan") for cell in texts], dtype=float)


def _read_integer(texts: pd.Series) -> pd.Series:
    return pd.Series([int(cell) if cell else pd.NA for cell in texts], dtype="Int64")


def _read_truth(texts: pd.Series) -> pd.Series:
    known = {"True": True, "False": False, "": pd.NA}
    return pd.Series([known[cell] for cell in texts], dtype="boolean")


def _read_given(texts: pd.Series) -> pd.Series:
    """Tell whole numbers, numbers and truths by how they are written; all else is text."""
    held = [cell for cell in texts if cell]
    blank = len(held) < len(texts)
    if not held:
        return _read_number(texts)
    if all(_WHOLE.fullmatch(cell) and abs(int(cell)) < 2**63 for cell in held):
        return _read_integer(texts).astype("Int64" if blank else "int64")
    if all(cell in ("True", "False") for cell in held):
        return _read_truth(texts).astype("boolean" if blank else "bool")
    if all(_is_number(cell) for cell in held):
        return _read_number(texts)
    return _text(Column("", "text", "missing"), texts, Context())


def _is_number(cell: str) -> bool:
    """Whether a text is written just as the number in it is."""
    try:
        return str(float(cell)) == cell and cell != "nan"
    except ValueError:
        return False


def _as_it_is(texts: pd.Series) -> pd.Series:
    return texts


_READERS: Mapping[str, Callable[[pd.Series], pd.Series]] = {
    "text": _as_it_is,
    "category": _as_it_is,
    "integer": _read_integer,
    "number": _read_number,
    "share": _read_number,
    "truth": _read_truth,
    "given": _read_given,
}
