"""Merging sectors by a concordance, many to one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pandas as pd

from geo_resilience.chain.inputoutput._flows import named
from geo_resilience.chain.inputoutput._table import IOTable
from geo_resilience.errors import Problems
from geo_resilience.tables._reading import read_raw


def read_concordance(path: str | Path, *, encoding: str | None = None) -> pd.DataFrame:
    """Read a concordance: which sector goes into which.

    Parameters
    ----------
    path : str or Path
        CSV or XLSX with columns from and to, and optionally name and name_zh of the new sector
        (given once or on every row).
    encoding : str, optional

    Returns
    -------
    DataFrame
        Index from (text); columns to, name, name_zh.

    Raises
    ------
    InputError
        If a column is missing, a cell blank or a sector stands twice.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder) / "concordance.csv"
    ...     pd.DataFrame({"from": ["01", "02"], "to": ["A", "A"]}).to_csv(file, index=False)
    ...     read_concordance(file)["to"].to_dict()
    {'01': 'A', '02': 'A'}
    """
    found = read_raw(path, encoding=encoding, heading="from")
    file, frame = found.file, found.frame.apply(lambda column: column.str.strip())
    problems = Problems()
    for column in ("from", "to"):
        if column not in frame.columns:
            problems.add("chain.column_missing", column=column, known=list(frame.columns))
    problems.raise_if_any()
    for row in frame.index[(frame["from"] == "") | (frame["to"] == "")]:
        problems.add("chain.concordance_blank", file=file, row=row)
    for code in frame["from"][frame["from"].duplicated()].unique():
        problems.add("chain.sector_twice", sector=code, file=file)
    problems.raise_if_any()
    for column in ("name", "name_zh"):
        if column not in frame.columns:
            frame[column] = ""
    return frame.set_index("from")[["to", "name", "name_zh"]]


def _target(concordance: pd.DataFrame | pd.Series | Mapping[str, str]) -> pd.DataFrame:
    if isinstance(concordance, pd.DataFrame):
        found = concordance
    else:
        found = pd.Series(dict(concordance), dtype=str).to_frame("to")
    blank = {column: "" for column in ("name", "name_zh") if column not in found.columns}
    return found.assign(**blank)


def aggregate(table: IOTable, concordance: pd.DataFrame | pd.Series | Mapping[str, str]) -> IOTable:
    """Merge the sectors of a table.

    Parameters
    ----------
    table : IOTable
    concordance : DataFrame (from `read_concordance`), Series or mapping
        Old sector to new one, complete: each sector of the table once.

    Returns
    -------
    IOTable
        Sectors in the order in which the new ones first appear. Sums are kept, and so is balance.

    Raises
    ------
    InputError
        If sectors of the table have no target, or the concordance names others.

    Examples
    --------
    >>> from geo_resilience.chain import example_table
    >>> aggregate(example_table(), {"1": "all", "2": "all"}).transactions.to_numpy().tolist()
    [[950.0]]
    """
    given = _target(concordance)
    problems = Problems()
    lacking = [code for code in table.codes if code not in given.index]
    if lacking:
        problems.add("chain.concordance_gap", file=table.source or "Z", sectors=named(lacking))
    for code in given.index.difference(table.codes):
        problems.unknown("chain.sector_unknown", code, table.codes)
    for code in given.index[given.index.duplicated()].unique():
        problems.add("chain.sector_twice", sector=code, file="concordance")
    problems.raise_if_any()
    to = given["to"].reindex(table.codes)
    order = pd.Index(to.unique(), name="sector")
    return replace(
        table,
        sectors=_new_names(table, given, to, order),
        transactions=_both(table.transactions, to, order),
        final_demand=_rows(table.final_demand, to, order),
        value_added=_rows(table.value_added.T, to, order).T,
        output=_rows(table.output.to_frame(), to, order).iloc[:, 0],
        imports=_imports(table, to, order),
        imports_final=_maybe(table.imports_final, to, order),
        competing=_maybe_series(table.competing, to, order),
        error=_maybe_series(table.error, to, order),
    )


def _rows(frame: pd.DataFrame, to: pd.Series, order: pd.Index) -> pd.DataFrame:
    return frame.groupby(to.reindex(frame.index).to_numpy(), sort=False).sum().reindex(order)


def _both(frame: pd.DataFrame, to: pd.Series, order: pd.Index) -> pd.DataFrame:
    return _rows(_rows(frame, to, order).T, to, order).T


def _imports(table: IOTable, to: pd.Series, order: pd.Index) -> pd.DataFrame | None:
    if table.imports is None:
        return None
    if table.by_product:
        return _both(table.imports, to, order)
    return _rows(table.imports.T, to, order).T


def _maybe(frame: pd.DataFrame | None, to: pd.Series, order: pd.Index) -> pd.DataFrame | None:
    return None if frame is None else _rows(frame, to, order)


def _maybe_series(series: pd.Series | None, to: pd.Series, order: pd.Index) -> pd.Series | None:
    return None if series is None else _rows(series.to_frame(), to, order).iloc[:, 0]


def _new_names(table: IOTable, given: pd.DataFrame, to: pd.Series, order: pd.Index) -> pd.DataFrame:
    """Name a new sector as the concordance does, else as its only old sector, else by its code."""
    names = {}
    for column in ("name", "name_zh"):
        said = given[given[column] != ""].groupby("to")[column].first().reindex(order)
        old = table.sectors[column].groupby(to.to_numpy(), sort=False)
        single = old.first().where(old.size() == 1).reindex(order)
        found = said.where(said.notna(), single)
        names[column] = found.where(found.notna(), "")
    return pd.DataFrame(names, index=order)
