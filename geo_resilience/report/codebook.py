"""What every column of every file holds, for whoever has the files only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from geo_resilience.indicators import Framework
from geo_resilience.words import Phrase, has, say, subject

__all__ = ["codebook", "column_key"]

#: What the columns of a file are that a table of the user's own names, or a list of models.
_OWN = {
    **dict.fromkeys(("risks", "targets", "priorities", "warnings"), "column.given"),
    "decomposition": "column.decomposition.category",
    "maturity": "column.maturity.part",
    "regression_table": "column.regression_table.model",
}

#: Where the words hold a label for each value of a column.
_LABELS = {"local.statistic": "local_statistic.value", "local.cluster": "cluster"}

#: Columns of these files that mean what they mean everywhere.
_SHARED = {"warnings": ("adcode", "name", "year"), "decomposition": ("sector",)}


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
    labels = {} if framework is None else _labels(framework)
    rows = []
    for stem, table in tables.items():
        file = f"{stem}.gpkg" if stem == "regions" else f"{stem}.csv"
        for column in map(str, table):
            key = column_key(stem, column, framework)
            told = {
                "label": labels.get(column, column),
                "choices": _choices(stem, column, language),
            }
            meaning = say(key, language, **told) if key else ""
            rows.append((file, column, meaning))
    return pd.DataFrame(rows, columns=["file", "column", "meaning"])


def _choices(stem: str, column: str, language: str) -> list[str]:
    """Give the values of a column that has labels in the words, each with its label."""
    labels = subject(_LABELS.get(f"{stem}.{column}", "-"))
    key = "column.choice"
    return [say(key, language, code=code, label=row[language]) for code, row in labels.items()]


def column_key(stem: str, column: str, framework: Framework | None = None) -> str:
    """Find the key of the words that say what a column of a file holds; empty without any."""
    own, common = f"column.{stem}.{column}", f"column.{column}"
    if has(own):
        return own
    if framework is not None and column in framework.codes:
        return "column.indicator_code"
    if framework is not None and column in {each.code for each in framework.dimensions}:
        return "column.dimension_code"
    if stem in _OWN and column not in _SHARED.get(stem, ()):
        return _OWN[stem]
    return common if has(common) else ""


def _labels(framework: Framework) -> dict[str, str | Phrase]:
    """Code and name of dimensions and indicators."""
    found: dict[str, str | Phrase] = {each.code: each.label for each in framework.indicators}
    for each in framework.dimensions:
        named = {"code": each.code, "name": each.name, "name_zh": each.name_zh}
        found[each.code] = Phrase("problem.indicators.indicator", named)
    return found
