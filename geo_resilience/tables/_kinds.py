"""Kinds of values, as other programs call them: databases, GeoPackage, Arrow, Table Schema."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True)
class ValueKind:
    """A kind of values: its type in SQL, GeoPackage, Arrow and the Table Schema."""

    sql: str
    gpkg: str
    arrow: str
    schema: str


TRUTH = ValueKind("BOOLEAN", "BOOLEAN", "bool_", "boolean")
WHOLE = ValueKind("BIGINT", "INTEGER", "int64", "integer")
NUMBER = ValueKind("DOUBLE PRECISION", "REAL", "float64", "number")
TEXT = ValueKind("TEXT", "TEXT", "string", "string")

#: By the kind of a column in the catalog; `given` ones tell by their values what they are.
KIND_OF: Mapping[str, ValueKind] = {
    **dict.fromkeys(("text", "category"), TEXT),
    **dict.fromkeys(("number", "share"), NUMBER),
    "integer": WHOLE,
    "truth": TRUTH,
}


def kind_held(values: pd.Series) -> ValueKind:
    """Tell of which kind values are by their type.

    Examples
    --------
    >>> [kind_held(pd.Series(held)).sql for held in ([True], [1], [0.5], ["a"])]
    ['BOOLEAN', 'BIGINT', 'DOUBLE PRECISION', 'TEXT']
    """
    types = pd.api.types
    if types.is_bool_dtype(values):
        return TRUTH
    if types.is_integer_dtype(values):
        return WHOLE
    return NUMBER if types.is_float_dtype(values) else TEXT
