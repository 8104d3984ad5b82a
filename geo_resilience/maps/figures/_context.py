"""What a figure is asked for: results, year, language, layout; and the words for it."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from geo_resilience import tables, words
from geo_resilience.errors import InputError
from geo_resilience.maps.drawing._texts import caption_of, names_by_language
from geo_resilience.maps.figures._figure import Sheet
from geo_resilience.maps.figures._registry import Drawing
from geo_resilience.maps.figures._style import Layout, layout_of, styled
from geo_resilience.results import Found, Results
from geo_resilience.text import Text

#: Names told one by one in a sentence.
MOST_NAMED = 8


@dataclass(frozen=True, eq=False)
class Scene:
    """One figure's results and circumstances."""

    results: Results
    year: int
    language: str
    layout: Layout
    names: pd.Series = field(repr=False)

    def word(self, key: str, /, **values: Any) -> str:
        """Word a label or sentence of the figures."""
        return words.say(f"figure.{key}", self.language, **values)

    def table(self, stem: str) -> pd.DataFrame:
        """Give a table of the results; an error where they do not hold it."""
        if stem not in self.results.tables:
            raise InputError("figures.table_missing", table=stem)
        return tables.of(self.results, stem)

    def of_year(self, stem: str, **chosen: Any) -> pd.DataFrame:
        """Give the rows of a table in the year, of which further columns have given values."""
        return self.rows(stem, year=self.year, **chosen)

    def rows(self, stem: str, **chosen: Any) -> pd.DataFrame:
        """Give the rows of a table whose columns have given values; an error if there are none."""
        self.table(stem)
        asked = [f"{column} = {value}" for column, value in chosen.items()]
        return some(tables.of(self.results, stem, **chosen), stem, *asked)

    def latest(self, stem: str, title: str, **chosen: Any) -> tuple[pd.DataFrame, str]:
        """Give the rows of the last year that a table has, and a title with that year."""
        table = self.rows(stem, **chosen)
        year = table["year"].max()
        if pd.isna(year):
            return table, title
        return table[table["year"] == year], self.word("titled", title=title, year=int(year))

    @property
    def years(self) -> list[int]:
        """Years of the study."""
        return sorted({int(year) for year in self.results.tables["scores"]["year"]})

    @property
    def dated(self) -> bool:
        """Whether the study has years at all."""
        return self.years != [0]

    def titled(self, name: str, **values: Any) -> str:
        """Give a figure's title, its year behind where there is one."""
        return self.with_year(self.word(f"{name}.title", **values))

    def with_year(self, title: str) -> str:
        """Give a title, the year behind where there is one."""
        return self.word("titled", title=title, year=self.year) if self.dated else title

    def spanned(self, name: str, **values: Any) -> str:
        """Give a figure's title with the span of the years behind."""
        title = self.word(f"{name}.title", **values)
        first, last = self.years[0], self.years[-1]
        if not self.dated:
            return title
        if first == last:
            return self.word("titled", title=title, year=last)
        return self.word("spanned", title=title, first=first, last=last)

    def span(self, years: str) -> str:
        """Write a span of years, ``2019-2020``, with the dash of the language."""
        return years.replace("-", words.say("mark.span", self.language))

    @property
    def study(self) -> str:
        """Title of the study in the language of the figure where it has one."""
        own = {**self.found.titles, self.results.language: self.results.title}
        return Text(own)[self.language]

    def source(self, of: str = "index") -> str:
        """Give the source line: of the index, or of the input-output tables (``io``)."""
        text = self.found.source(self.language, of=of)
        return self.word("source", text=text) if text else ""

    def sheet(self, body: float, title: str, *notes: str, source: str = "index") -> Sheet:
        """Open a sheet under the study's title, with notes and the source line below."""
        told = words.joined(filter(None, notes), self.language, "sentences")
        below = [self.word("note", text=told)] if told else []
        below += [self.source(source)] if source else []
        sheet = Sheet(self.layout, body, title=title, subtitle=self.study, notes=below)
        sheet.note = told
        return sheet

    @property
    def found(self) -> Found:
        """What the run settled on."""
        found: Found = self.results.found
        return found

    @property
    def inset(self) -> str:
        """What the parts in the inset of a map are called."""
        return caption_of(self.results.regions)[self.language]

    def grade(self, grade: str) -> str:
        """Word a grade."""
        return words.say(f"grade.{grade}", self.language)

    def name(self, key: str) -> str:
        """Give a region's name."""
        return str(self.names.get(str(key), key))

    def joined(self, parts: Sequence[str]) -> str:
        """Join parts of a sentence that hold commas themselves."""
        return words.joined(parts, self.language, "parts")

    def listed(self, names: Sequence[str]) -> str:
        """Join names, the first few of many."""
        if not len(names):
            return self.word("none")
        if len(names) > MOST_NAMED + 1:
            more = self.word("more", count=len(names) - MOST_NAMED)
            return words.say("figure.list", self.language, names=[*names[:MOST_NAMED], more])
        return words.say("figure.list", self.language, names=list(names))

    def ends(self, values: pd.Series, digits: int = 3, most: int = 3) -> str:
        """Tell the highest and lowest regions of a series by key."""
        ordered = values.dropna().sort_values(ascending=False, kind="stable")
        count = min(most, max(1, len(ordered) // 2))

        def told(part: pd.Series) -> list[str]:
            return [
                self.word("name_value", name=self.name(str(key)), value=number(value, digits))
                for key, value in part.items()
            ]

        if ordered.empty:
            return self.word("no_values")
        if ordered.iloc[0] == ordered.iloc[-1]:
            value = number(float(ordered.iloc[0]), digits)
            return self.word("all_equal", count=len(ordered), value=value)
        return self.word(
            "ends", high=told(ordered.head(count)), low=told(ordered.tail(count)[::-1])
        )

    def zones(self) -> Any:
        """Give the grouping by which zones are drawn: the first partition, or None."""
        groupings = self.results.groupings or {}
        parts = [grouping for grouping in groupings.values() if grouping.is_partition]
        return groupings.get("zones") or (parts[0] if parts else None)

    def group(self, identity: str) -> str:
        """Give a group's name by its id."""
        for grouping in (self.results.groupings or {}).values():
            for group in grouping.groups:
                if group.id == identity:
                    return str(group.name[self.language])
        key = f"figure.group.{identity}"
        return words.say(key, self.language) if words.has(key) else identity

    def variable(self, code: str) -> str:
        """Give the name of the composite, a dimension, an indicator or a variable by its code."""
        if code == "composite":
            return words.say("atlas.composite", self.language)
        found = self.results.framework.called(code)
        if found != Text(code):
            return str(found[self.language])
        key = f"figure.variable.{code}"
        return words.say(key, self.language) if words.has(key) else code


def some(table: pd.DataFrame, stem: str, *asked: str) -> pd.DataFrame:
    """Give a table back; an error that says what was asked for where it has no row."""
    if table.empty:
        raise InputError("figures.nothing", table=stem, asked=asked or ["-"])
    return table


def one_of(
    table: pd.DataFrame, stem: str, column: str, asked: str, default: str = ""
) -> tuple[pd.DataFrame, str]:
    """Give the rows of one kind, by default the first there is, and which kind that is."""
    known = list(dict.fromkeys(table[column]))
    chosen = asked or default or known[0]
    if chosen not in known:
        raise InputError("figures.variable_unknown", table=stem, found=chosen, known=known)
    return table[table[column] == chosen], chosen


def number(value: float, digits: int = 3) -> str:
    """Write a number with a true minus sign; an en dash where there is none."""
    if not np.isfinite(value):
        return "–"
    return f"{value:.{digits}f}".replace("-", "\u2212")


def percent(share: float, digits: int = 0) -> str:
    """Write a share in percent; an en dash where there is none."""
    return f"{share:.{digits}%}" if np.isfinite(share) else "–"


#: What every figure says of what it takes: its tables, its own choices.
_PARAMETERS = """
Parameters
----------
results : Results
    With {tables}.
year : int, optional
    The last one by default; of no concern to a figure of all years.
language : str, optional
    That of the study by default.
width : str
    ``half``, ``journal``, ``report``, ``portrait`` or ``landscape``.
{own}
Returns
-------
Sheet
    A matplotlib Figure; its `alternative_text` says in words what it shows.
"""


def _documented(text: str, tables: Sequence[str]) -> str:
    """Give a figure's docstring, a part of which names its own choices, all that figures share."""
    parts = inspect.cleandoc(text).split("\n\n")
    own = "\n".join(part for part in parts if " : " in part.split("\n")[0])
    told = [part for part in parts if " : " not in part.split("\n")[0]]
    named = " and ".join(f"``{stem}``" for stem in tables)
    shared = _PARAMETERS.format(tables=named, own=f"{own}\n" if own else "")
    return "\n\n".join(told) + "\n" + shared


def drawing(*stems: str) -> Callable[[Callable[..., Sheet]], Drawing]:
    """Make a function of a scene a function of results; it needs these tables."""

    def made(function: Callable[..., Sheet]) -> Drawing:
        @functools.wraps(function, assigned=("__module__", "__name__", "__qualname__"))
        def drawn(
            results: Results,
            *,
            year: int | None = None,
            language: str | None = None,
            width: str = "journal",
            **options: Any,
        ) -> Sheet:
            scene = _scene(results, year, language, width)
            for stem in stems:
                scene.table(stem)
            with styled(scene.layout.text):
                return function(scene, **options)

        own = list(inspect.signature(function).parameters.values())[1:]
        common = list(inspect.signature(drawn, follow_wrapped=False).parameters.values())[:-1]
        drawn.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
            [*common, *own], return_annotation="Sheet"
        )
        drawn.needs = stems  # type: ignore[attr-defined]
        drawn.__doc__ = _documented(function.__doc__ or "", stems)
        del drawn.__wrapped__
        return drawn

    return made


def _scene(results: Results, year: int | None, language: str | None, width: str) -> Scene:
    layout = layout_of(width)
    spoken = language or results.language
    if spoken not in words.LANGUAGES:
        raise InputError("figures.language_unknown", found=spoken, known=words.LANGUAGES)
    scores = results.tables["scores"]
    if len(scores) == 0:
        raise InputError("figures.nothing", table="scores", asked=["-"])
    years = sorted({int(each) for each in scores["year"]})
    if year is not None and year not in years:
        raise InputError("figures.year_unknown", found=year, known=years)
    frame = results.regions.frame
    names = pd.Series(names_by_language(frame)[spoken], index=[str(key) for key in frame.index])
    return Scene(results, years[-1] if year is None else year, spoken, layout, names)
