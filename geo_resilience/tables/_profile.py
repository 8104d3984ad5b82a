"""What a table is in the words of other programs: fields with meaning, unit and constraints.

The form is that of the Data Package standard, version 2 (Table Schema); the metadata of Parquet and
the comments of a database say the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from geo_resilience.tables._kinds import KIND_OF, kind_held
from geo_resilience.tables._vocabulary import CONCEPTS, UNITS
from geo_resilience.words import plain

if TYPE_CHECKING:
    from geo_resilience.tables._columns import Column, Context
    from geo_resilience.tables._schema import Table

_STANDARD = "https://datapackage.org/profiles/2.0"

_MEDIA = {"csv": "text/csv", "parquet": "application/vnd.apache.parquet"}


def fields(
    table: Table, frame: pd.DataFrame, context: Context, language: str
) -> list[dict[str, Any]]:
    """Describe the columns of a table's frame, in order."""
    return [
        {
            "name": column.name,
            "type": (KIND_OF.get(column.kind) or kind_held(frame[column.name])).schema,
            **({"title": plain(label, language)} if label else {}),
            "description": table.told(column, label, context, language),
            **_meant(column),
            "constraints": _constraints(column, context),
        }
        for column, label in table.described(frame.columns, context)
    ]


def _meant(column: Column) -> dict[str, str]:
    """Give a column's unit and what it stands for, as far as they are known."""
    unit = UNITS.get(column.unit or column.kind)
    concept = CONCEPTS.get(column.name)
    return {
        **({"unit": column.unit} if column.unit else {}),
        **(unit.plain() if unit else {}),
        **({"rdfType": concept} if concept else {}),
    }


def _constraints(column: Column, context: Context) -> dict[str, Any]:
    choices = list(column.choices(context))
    return {
        **({"required": True} if column.blank == "never" and column.kind != "given" else {}),
        **({"enum": choices} if choices else {}),
        **({"minimum": 0, "maximum": 1} if column.kind == "share" else {}),
    }


def schema(
    table: Table, frame: pd.DataFrame, context: Context, language: str, regions: bool
) -> dict[str, Any]:
    """Give the Table Schema of a table's frame.

    regions : bool
        Whether there are scores, among whose regions those of every other table are.
    """
    described = fields(table, frame, context, language)
    held = {each["name"]: each["constraints"].get("required", False) for each in described}
    keys = list(table.keys)
    sure = all(held[key] for key in keys)
    inside = regions and table.stem != "scores" and "adcode" in held
    scores = {"resource": "scores", "fields": ["adcode"]}
    return {
        "fields": described,
        "missingValues": [""],
        **({("primaryKey" if sure else "uniqueKeys"): keys if sure else [keys]} if keys else {}),
        **({"foreignKeys": [{"fields": ["adcode"], "reference": scores}]} if inside else {}),
    }


def package(
    tables: Iterable[tuple[Table, pd.DataFrame, str]],
    context: Context,
    language: str,
    **about: object,
) -> dict[str, Any]:
    """Give the Data Package of tables, each with the path of its file.

    **about
        What else is known: ``title``, ``sources`` and so on; what is empty is left out.
    """
    listed = list(tables)
    regions = any(table.stem == "scores" for table, *_ in listed)
    resources = [
        {
            "name": table.stem,
            "type": "table",
            "path": path,
            "description": table.about(language),
            "format": path.rpartition(".")[2],
            "mediatype": _MEDIA[path.rpartition(".")[2]],
            "encoding": "utf-8",
            **({"dialect": {"lineTerminator": "\n"}} if path.endswith(".csv") else {}),
            "schema": schema(table, frame, context, language, regions),
        }
        for table, frame, path in listed
    ]
    known = {name: value for name, value in about.items() if value}
    standard = {"$schema": f"{_STANDARD}/datapackage.json"}
    return {**standard, "language": language, **known, "resources": resources}


def told(described: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, str]]:
    """Give what fields mean as texts by name: without type and constraints, which columns have."""
    return {
        each["name"]: {key: value for key, value in each.items() if isinstance(value, str)}
        for each in described
    }
