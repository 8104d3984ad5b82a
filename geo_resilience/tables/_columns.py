"""What a column of a table is: its type, unit and choices, and how its cells are made and read."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from geo_resilience.words import LANGUAGES, Phrase, has, subject

#: Significant digits that results keep: what lies beyond differs between processors.
SIGNIFICANT_DIGITS = 12

#: Powers of ten up to this are exact; how near to a half a product of twelve digits cannot be told.
_EXACT_POWER, _DOUBT = 22, 0.01

_WHOLE = re.compile(r"-?(0|[1-9][0-9]*)")


@dataclass(frozen=True)
class Context:
    """What the columns of a study are named after.

    Parameters
    ----------
    dimensions, indicators : mapping of code to label
    grades : tuple of str
        Codes from the lowest grade to the highest.
    years : tuple of int
    names : mapping
        Names in the study's language by code: of every ``adcode``, ``group``, ``dimension``, and
        ``measure`` (indicators, variables and the composite).
    """

    dimensions: Mapping[str, object] = field(default_factory=dict)
    indicators: Mapping[str, object] = field(default_factory=dict)
    grades: tuple[str, ...] = ()
    years: tuple[int, ...] = ()
    names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        framework: Any,
        grades: Iterable[str] = (),
        names: Mapping[str, Mapping[str, str]] | None = None,
    ) -> Context:
        """Name columns after a framework's dimensions and indicators, and after grades."""
        return cls(
            {each.code: _label(each) for each in framework.dimensions},
            {each.code: each.label for each in framework.indicators},
            tuple(grades),
            names=names or {},
        )

    def named(self, frame: pd.DataFrame, column: str) -> pd.Series:
        """Put the codes of a column into words; those without a name stand for themselves."""
        known = self.names.get(column, self.names.get("measure", {}))
        codes = frame[column].tolist()
        told = [known.get(code, code) for code in codes]
        if column == "code" and "level" in frame:
            parts = self.names.get("dimension", {})
            at = frame["level"].eq("dimension").tolist()
            told = [
                parts.get(code, code) if is_part else name
                for code, name, is_part in zip(codes, told, at, strict=True)
            ]
        return pd.Series(told, index=frame.index, dtype=object)


@dataclass(frozen=True)
class Column:
    """A column of a table, or a pattern of columns.

    - ``name``: its heading; of a pattern with ``{}`` where the code stands.
    - ``kind``: ``text``, ``category``, ``integer``, ``number``, ``share`` (a number from 0 to 1),
      ``truth``, or ``given`` (as a table of the user's own has it).
    - ``blank``: what a blank cell is: ``never`` there, ``missing``, or ``empty`` text.
    - ``unit``: of numbers; empty where it has none or the meaning tells it.
    - ``labels``: where the words hold a label for each choice; the choices are those that have one.
    - ``per``: of a pattern: ``dimension``, ``indicator``, ``grade``, ``year``, or ``own`` for
      columns that the study's tables or methods name. Of a category: ``grade`` where the choices
      are grades.
    - ``meaning``: key of the words that say what it holds; by default that of the name.
    - ``optional``: whether the table may do without it.
    - ``names``: the column whose codes it puts into words; empty where it holds what is its own.
    """

    name: str
    kind: str
    blank: str = "never"
    unit: str = ""
    labels: str = ""
    per: str = ""
    meaning: str = ""
    optional: bool = False
    names: str = ""

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
        of: dict[str, Mapping[str, object]] = {
            "grade": {code: Phrase(f"grade.{code}") for code in context.grades},
            "year": {str(year): year for year in context.years},
            "dimension": context.dimensions,
        }
        return [
            (replace(self, name=self.name.format(_told(code, self.per))), label)
            for code, label in of.get(self.per, context.indicators).items()
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


def _label(part: Any) -> Phrase | str:
    if all(part.name[language] == part.code for language in LANGUAGES):
        return part.code
    return Phrase("problem.indicators.indicator", {"code": part.code, "name": part.name})


def _told(code: str, per: str) -> str:
    return code.lower() if per == "grade" else code


def _text(column: Column, values: pd.Series, context: Context) -> pd.Series:
    fill = float("nan") if column.blank == "missing" else ""
    codes, held = _known(values)
    cells = np.array([*(str(value) or fill for value in held), fill], dtype=object)
    return pd.Series(cells[codes], dtype="str", index=values.index)


def _known(values: pd.Series) -> tuple[np.ndarray, Sequence[object]]:
    """Give which of the values held stands in each cell, -1 for none, and those values.

    Texts are looked at once each. Of other kinds some equal each other that are written otherwise,
    as 1 and 1.0, so that each cell is looked at.
    """
    cells = values.astype(object)
    if pd.api.types.infer_dtype(cells, skipna=True) == "string":
        codes, held = pd.factorize(cells.to_numpy())
        return codes, list(held)
    there = values.notna().to_numpy()
    codes = np.where(there, np.cumsum(there) - 1, -1)
    return codes, cells[there].tolist()


def _category(column: Column, values: pd.Series, context: Context) -> pd.Series:
    dtype = pd.CategoricalDtype(list(column.choices(context)), ordered=True)
    if values.dtype == dtype:
        return pd.Series(values)
    codes, held = _known(values)
    told = [str(value) if value != "" else None for value in held]
    unknown = sorted({value for value in told if value is not None} - set(dtype.categories))
    if unknown:
        raise ValueError(f"{column.name}: {', '.join(unknown)} is none of its choices")
    places = np.array([*dtype.categories.get_indexer(pd.Index(told, dtype=object)), -1])
    return pd.Series(pd.Categorical.from_codes(places[codes], dtype=dtype), index=values.index)


def _number(column: Column, values: pd.Series, context: Context) -> pd.Series:
    cells = values.to_numpy(dtype=float, na_value=np.nan)
    return pd.Series(_significant(cells), index=values.index)


def _significant(values: np.ndarray) -> np.ndarray:
    """Round to significant digits; what is not finite, and zero, stay as they are.

    A number in reach is a whole number of so many digits times a power of ten that is exact, as is
    the quotient or product with it to the last bit. What lies beyond, or so near to the middle of
    two that the product cannot tell, is written out and read.
    """
    out = values.copy()
    usable = np.flatnonzero(np.isfinite(values) & (values != 0))
    held = np.abs(values[usable])
    power = (SIGNIFICANT_DIGITS - 1 - np.floor(np.log10(held))).astype(int)
    near = np.abs(power) <= _EXACT_POWER
    factor = 10.0 ** np.where(near, np.abs(power), 0)
    scaled = np.where(power >= 0, held * factor, held / factor)
    whole = np.rint(scaled)
    sure = (np.abs(np.abs(scaled - whole) - 0.5) > _DOUBT) & near
    sure &= (whole >= 10.0 ** (SIGNIFICANT_DIGITS - 1)) & (whole <= 10.0**SIGNIFICANT_DIGITS)
    rounded = np.where(power >= 0, whole / factor, whole * factor)
    out[usable] = np.copysign(rounded, values[usable])
    rest = usable[~sure]
    out[rest] = [float(f"{value:.{SIGNIFICANT_DIGITS}g}") for value in values[rest].tolist()]
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
    cells = [float(cell) if cell else np.nan for cell in texts.tolist()]
    return pd.Series(cells, index=texts.index, dtype=float, name=texts.name)


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
