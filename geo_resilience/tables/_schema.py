"""A table of the catalog: it makes, checks, writes and reads the frames of one file."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import pandas as pd

from geo_resilience.errors import InputError
from geo_resilience.tables._columns import Column, Context
from geo_resilience.tables._forms import (
    Form,
    large,
    read_csv,
    read_parquet,
    write_csv,
    write_parquet,
)
from geo_resilience.tables._profile import fields, told
from geo_resilience.words import LANGUAGES, has, say


@dataclass(frozen=True)
class Table:
    """A table that a run can write.

    Parameters
    ----------
    stem : str
        Name of its file without the ending.
    topic : str
        What it is about: ``index``, ``certainty``, ``space``, ``drivers``, ``chain``,
        ``management``, ``what_if``, ``folder`` or ``example``.
    columns : tuple of Column
        In the order of the file.
    keys : tuple of str
        Columns that together name a row.
    ending : str
        Of the file.
    like : str
        Stem of the table whose columns mean the same; itself by default.
    always : bool
        Whether every run writes it, also where there is nothing to say.
    plain : bool
        Whether it is there as CSV however large it is: other programs read it.

    Examples
    --------
    >>> from geo_resilience.tables import CATALOG
    >>> list(CATALOG["density"].empty())
    ['year', 'score', 'density']
    """

    stem: str
    topic: str
    columns: tuple[Column, ...]
    keys: tuple[str, ...] = ()
    ending: str = "csv"
    like: str = ""
    always: bool = False
    plain: bool = False

    @property
    def file(self) -> str:
        """Name of the file, unless it is large."""
        return f"{self.stem}.{self.ending}"

    def files(self, frame: pd.DataFrame, formats: Sequence[str] = ("csv",)) -> list[str]:
        """Name the files that hold a frame; Parquet in place of CSV, or beside it, if large."""
        if self.ending != "csv":
            return [self.file]
        great = large(frame)
        csv = self.plain or ("csv" in formats and not great)
        parquet = great or ("parquet" in formats and self.topic != "folder")
        return [self.file] * csv + [f"{self.stem}.parquet"] * parquet

    def found(self, folder: Path) -> Path | None:
        """Find the file that holds the table; of two, which hold the same, the faster."""
        places = [folder / f"{self.stem}.{ending}" for ending in ("parquet", self.ending)]
        return next((place for place in places if place.is_file()), None)

    @property
    def names(self) -> list[str]:
        """Names of the columns that have one of their own, in order, save what `make` adds."""
        return [column.name for column in self.columns if not column.per and not column.names]

    def about(self, language: str) -> str:
        """Say what the table holds."""
        return say(f"file.{self.like or self.stem}", language)

    def keys_of(self, frame: pd.DataFrame) -> list[str]:
        """Give the columns that together name a row of a frame, which may do without some."""
        return [key for key in self.keys if key in frame]

    def meaning(self, column: Column) -> str:
        """Give the key of the words that say what a column of the table holds."""
        return column.key(self.like or self.stem)

    def told(self, column: Column, label: object, context: Context, language: str) -> str:
        """Say what a column of the table holds; what may stand in it, where the words ask."""
        labels = {code: f"{column.labels}.{code}" for code in column.choices(context)}
        choices = [
            say("column.choice", language, code=code, label=say(key, language))
            for code, key in labels.items()
        ]
        named = label or column.name
        return say(self.meaning(column), language, label=named, choices=choices)

    @property
    def open(self) -> Column | None:
        """The pattern of columns whose names are not known beforehand."""
        return next((column for column in self.columns if column.open), None)

    def described(
        self, names: Iterable[str], context: Context | None = None
    ) -> list[tuple[Column, object]]:
        """Give what each of the names of a frame's columns is, and what it is of.

        Raises
        ------
        ValueError
            If a column is unknown or one is missing.
        """
        found, context = list(map(str, names)), context or Context()
        missing, unknown = self._other(found, context)
        if missing or unknown:
            raise ValueError(f"{self.file}: columns missing {missing}, unknown {unknown}")
        known = {column.name: (column, of) for column, of in self._resolved(context)}
        if self.open is None:
            return [known[name] for name in known if name in found]
        return [known.get(name) or (replace(self.open, name=name), None) for name in found]

    def _resolved(self, context: Context) -> list[tuple[Column, object]]:
        return [pair for each in self.columns if not each.open for pair in each.named(context)]

    def _other(self, found: list[str], context: Context) -> tuple[list[str], list[str]]:
        """Name the columns that are missing, and those that the table does not have."""
        columns = [column for column, _ in self._resolved(context)]
        known = {column.name for column in columns}
        missing = [each.name for each in columns if not each.optional and each.name not in found]
        return missing, [] if self.open else [name for name in found if name not in known]

    def make(self, frame: pd.DataFrame, context: Context | None = None) -> pd.DataFrame:
        """Make the table of a frame: its columns in their order and of their types.

        Numbers keep twelve significant digits: those beyond depend on the processor and the
        linear algebra library, and without them a table equals its file.

        Parameters
        ----------
        frame : DataFrame
            With the columns of the table in any order; its index is left out. Where it lacks them,
            those that may be blank are blank, and those that name others are made.
        context : Context, optional
            What columns of the study are named after.

        Returns
        -------
        DataFrame

        Raises
        ------
        ValueError
            If a column is unknown, a needed one is missing, or one cannot be of its type.
        """
        context = context or Context()
        plain = frame.reset_index(drop=True)
        lacking = [each for each, _ in self._resolved(context) if each.name not in plain]
        made = {
            each.name: context.named(plain, each.names) if each.names in plain else None
            for each in lacking
            if each.names or (each.blank != "never" and not each.optional)
        }
        plain = plain.assign(**made)
        columns = [column for column, _ in self.described(plain.columns, context)]
        return pd.DataFrame(
            {each.name: self._cast(each, plain[each.name], context) for each in columns},
            index=plain.index,
        )

    def _cast(self, column: Column, values: pd.Series, context: Context) -> pd.Series:
        try:
            return column.cast(values, context)
        except (TypeError, ValueError) as error:
            raise ValueError(f"{self.file}, column {column.name}: {error}") from error

    def empty(self, context: Context | None = None) -> pd.DataFrame:
        """Give the table without a row, with every column that has a name of its own."""
        given = context or Context()
        parts = tuple(given.dimensions), tuple(given.indicators)
        return _without_rows(self, *parts, given.grades, given.years).copy()

    def check(self, frame: pd.DataFrame, context: Context | None = None) -> list[str]:
        """Say where a frame is not as the table is described; empty when it is.

        Parameters
        ----------
        frame : DataFrame
            As `make` gives it.
        context : Context, optional
        """
        context = context or Context()
        try:
            columns = [column for column, _ in self.described(frame.columns, context)]
        except ValueError as error:
            return [str(error)]
        found = [fault for each in columns for fault in self._faults(each, frame, context)]
        if [each.name for each in columns] != list(frame.columns):
            found.append(f"{self.file}: columns are not in order")
        if self.keys and frame.duplicated(self.keys_of(frame)).any():
            found.append(f"{self.file}: {', '.join(self.keys)} do not name one row")
        return found

    def _faults(self, column: Column, frame: pd.DataFrame, context: Context) -> list[str]:
        values, where = frame[column.name], f"{self.file}, column {column.name}"
        made = self._cast(column, values, context)
        held = values.dropna()
        held = held[held.astype(object) != ""]
        found = []
        if made.dtype != values.dtype:
            found.append(f"{where}: is {values.dtype}, not {made.dtype}")
        if column.blank == "never" and len(held) < len(values):
            found.append(f"{where}: has blank cells")
        if column.kind == "share" and not held.between(-1e-9, 1 + 1e-9).all():
            found.append(f"{where}: is not within 0 and 1")
        choices = column.choices(context)
        other = sorted(set(held.astype(str)) - set(choices)) if choices else []
        if other:
            found.append(f"{where}: {', '.join(other)} is none of its choices")
        if not has(self.meaning(column)):
            found.append(f"{where}: the words do not say what it holds")
        return found

    def write(
        self,
        frame: pd.DataFrame,
        folder: Path,
        form: Form | None = None,
        *,
        context: Context | None = None,
        language: str = LANGUAGES[0],
    ) -> None:
        """Write the table's `files` into a folder; Parquet says in a language what it holds."""
        form = form or Form()
        for name in self.files(frame, form.formats):
            if name.endswith(".parquet"):
                meant = told(fields(self, frame, context or Context(), language))
                about = {"title": self.stem, "description": self.about(language)}
                write_parquet(frame, folder / name, meant, about)
            else:
                write_csv(frame, folder / name, form)

    def read(
        self,
        file: str | os.PathLike[str],
        context: Context | None = None,
        *,
        safe: bool = False,
    ) -> pd.DataFrame:
        """Read the table back exactly as it was written.

        Parameters
        ----------
        file : path
            In either form.
        context : Context, optional
            Of the study that wrote it.
        safe : bool
            Whether it was written safe for spreadsheets.

        Returns
        -------
        DataFrame

        Raises
        ------
        InputError
            If it cannot be read, or is not as the catalog has it.
        """
        context, place = context or Context(), Path(file)
        try:
            held = place.suffix == ".parquet"
            cells = read_parquet(place) if held else read_csv(place, safe=safe)
        except (OSError, ValueError) as error:
            raise InputError("results.unreadable", file=place.name, reason=str(error)) from error
        missing, unknown = self._other(list(cells.columns), context)
        if missing or unknown:
            raise InputError(
                "results.other_columns", file=place.name, missing=missing, unknown=unknown
            )
        columns = [column for column, _ in self.described(cells.columns, context)]
        made = {each.name: self._read(each, cells[each.name], context, place) for each in columns}
        return pd.DataFrame(made, index=cells.index)

    def _read(self, column: Column, cells: pd.Series, context: Context, file: Path) -> pd.Series:
        take = column.cast if file.suffix == ".parquet" else column.read
        try:
            return take(cells, context)
        except (TypeError, ValueError, KeyError) as error:
            reason = f"{column.name}: {error}"
            raise InputError("results.unreadable", file=file.name, reason=reason) from error


@lru_cache(maxsize=512)
def _without_rows(
    table: Table,
    dimensions: tuple[str, ...],
    indicators: tuple[str, ...],
    grades: tuple[str, ...],
    years: tuple[int, ...],
) -> pd.DataFrame:
    """Make a table without a row once; reports and maps ask again and again for the same."""
    context = Context(dict.fromkeys(dimensions), dict.fromkeys(indicators), grades, years)
    names = [each.name for each, _ in table._resolved(context)]
    return table.make(pd.DataFrame(columns=names, dtype=object), context)
