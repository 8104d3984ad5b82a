"""All tables by stem, and what is asked of them together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from geo_resilience.tables._catalog_chain import CHAIN_TABLES
from geo_resilience.tables._catalog_index import INDEX_TABLES
from geo_resilience.tables._catalog_space import DRIVER_TABLES, SPACE_TABLES
from geo_resilience.tables._columns import Context
from geo_resilience.tables._schema import Table

#: Every table that a run or a command can write.
CATALOG: Mapping[str, Table] = {
    table.stem: table for table in (*INDEX_TABLES, *SPACE_TABLES, *DRIVER_TABLES, *CHAIN_TABLES)
}


def made(
    frames: dict[str, pd.DataFrame],
    context: Context,
    language: str,
    *,
    formats: Sequence[str] = ("csv",),
    whole: bool = False,
    given_up: bool = False,
) -> dict[str, pd.DataFrame]:
    """Make the tables of a run of its frames, and the codebook that describes them.

    Parameters
    ----------
    frames : dict of stem to DataFrame
    context : Context
    language : {"en", "zh"}
        Of the codebook.
    formats : sequence of str
        In which the tables are written: the codebook names their files.
    whole : bool
        Whether they are those of a whole run: then tables that every run writes are empty where
        there is nothing to say.
    given_up : bool
        Whether each frame is taken out of `frames` when its table is made: large ones are then not
        there twice.

    Returns
    -------
    dict of stem to DataFrame

    Raises
    ------
    ValueError
        If a table or a column of one is not in the catalog, or a column is missing.
    """
    unknown = sorted(set(frames) - set(CATALOG))
    if unknown:
        raise ValueError(f"no table of the catalog: {', '.join(unknown)}")
    tables = {}
    for stem in list(frames):
        tables[stem] = CATALOG[stem].make(frames[stem], context)
        if given_up:
            del frames[stem]
    for stem, table in CATALOG.items():
        if whole and table.always and stem not in tables:
            tables[stem] = table.empty(context)
    columns: dict[str, Iterable[Any]] = dict(tables)
    if "scores" in tables:
        columns["regions"] = CATALOG["regions"].empty(context)
    columns["codebook"] = CATALOG["codebook"].empty()
    return {**tables, "codebook": codebook(columns, context, language, formats)}


def codebook(
    tables: Mapping[str, Iterable[Any]],
    context: Context | None = None,
    language: str = "en",
    formats: Sequence[str] = ("csv",),
) -> pd.DataFrame:
    """Describe every column of tables.

    Parameters
    ----------
    tables : mapping of stem to DataFrame or to column names
    context : Context, optional
        What columns of the study are named after.
    language : {"en", "zh"}
    formats : sequence of str
        In which the tables are written.

    Returns
    -------
    DataFrame
        A row a column: ``file``, ``column``, ``meaning``.

    Examples
    --------
    >>> codebook({"density": ["year", "score", "density"]})["meaning"].tolist()[0]
    'Year.'
    """
    rows = []
    for stem, names in tables.items():
        table = CATALOG[stem]
        held = isinstance(names, pd.DataFrame)
        file = table.files(names, formats)[0] if held else table.file
        for column, label in table.described(names, context):
            meaning = table.told(column, label, context or Context(), language)
            rows.append((file, column.name, meaning))
    frame = pd.DataFrame(rows, columns=["file", "column", "meaning"])
    return CATALOG["codebook"].make(frame)


def of(results: Any, stem: str, **chosen: Any) -> pd.DataFrame:
    """Give the rows of a table of results of which columns have given values.

    Parameters
    ----------
    results : Results
    stem : str
        Of a table of the catalog.
    **chosen : object
        Values by column, as ``year=2023``.

    Returns
    -------
    DataFrame
        Without a row, but with its columns, where the results do not hold the table.

    Raises
    ------
    KeyError
        If the catalog has no such table.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> of(SimpleNamespace(tables={}), "gaps", year=2023).empty
    True
    """
    table = results.tables.get(stem)
    if table is None:
        table = CATALOG[stem].empty(_context(results))
    for column, value in chosen.items():
        table = table[table[column] == value]
    return table


def _context(results: Any) -> Context:
    """Take what columns are named after from what was found."""
    scores = results.tables.get("scores")
    graded = scores is not None and "grade" in scores and hasattr(scores["grade"], "cat")
    grades = tuple(scores["grade"].cat.categories) if graded else ()
    framework = getattr(results, "framework", None)
    return Context(grades=grades) if framework is None else Context.of(framework, grades)
