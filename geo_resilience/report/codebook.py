"""What every column of every file holds, for whoever has the files only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from geo_resilience.indicators import Dimension, Framework
from geo_resilience.words import Phrase, has, say

__all__ = ["codebook"]

#: Files that carry the columns of a table of the user's own, and which of them mean what they
#: mean elsewhere.
_OWN = {"risks": (), "targets": (), "priorities": (), "warnings": ("adcode", "name", "year")}


def codebook(
    tables: Mapping[str, Iterable[Any]],
    *,
    framework: Framework | None = None,
    language: str = "en",
) -> pd.DataFrame:
    """Describe every column of every table.

    Parameters
    ----------
    tables : mapping of str to DataFrame or to column names
        By the stem of their file.
    framework : Framework, optional
        Whose indicators and dimensions have columns of their own.
    language : {"en", "zh"}

    Returns
    -------
    DataFrame
        A row a column: ``file``, ``column``, ``meaning`` (empty where nothing is known of it).

    Examples
    --------
    >>> codebook({"global": ["year"]})["meaning"].item()
    'Year.'
    """
    coded = {} if framework is None else _coded(framework)
    rows = [
        (f"{stem}.{_ending(stem)}", str(column), _meaning(stem, str(column), coded, language))
        for stem, table in tables.items()
        for column in table
    ]
    return pd.DataFrame(rows, columns=["file", "column", "meaning"])


def _ending(stem: str) -> str:
    return "gpkg" if stem == "regions" else "csv"


def _coded(framework: Framework) -> dict[str, Phrase]:
    """Say what stands in the columns of dimensions and indicators, by code."""
    dimensions = {each.code: _scored(each) for each in framework.dimensions}
    values = {
        each.code: Phrase("column.indicator_code", {"label": each.label})
        for each in framework.indicators
    }
    return dimensions | values


def _scored(dimension: Dimension) -> Phrase:
    named = {"code": dimension.code, "name": dimension.name, "name_zh": dimension.name_zh}
    label = Phrase("problem.indicators.indicator", named)
    return Phrase("column.dimension_code", {"label": label})


def _meaning(stem: str, column: str, coded: Mapping[str, Phrase], language: str) -> str:
    own = f"column.{stem}.{column}"
    if has(own):
        return say(own, language)
    if column in coded:
        return coded[column].say(language)
    common = f"column.{column}"
    if column not in _OWN.get(stem, (column,)):
        common = "column.given"
    return say(common, language) if has(common) else ""
