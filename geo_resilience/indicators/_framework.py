"""What an index is made of: its dimensions, indicators and the variables beside it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeAlias

import pandas as pd

from geo_resilience.errors import Problems
from geo_resilience.indicators._expressions import parse
from geo_resilience.indicators._hierarchy import Path, paths_of, shares_down
from geo_resilience.tables._cells import folded
from geo_resilience.text import Text
from geo_resilience.words import LANGUAGES, Phrase, say

#: How well an indicator measures what the index system means by it.
FIDELITIES: tuple[str, ...] = ("as defined", "proxy", "substitute")


#: What a variable outside the index is used for.
ROLES: tuple[str, ...] = ("driver", "covariate", "industry", "population", "output", "price")


#: Units of what is no total: percentages, so much of one thing a unit of another, index numbers.
_OF_RATES = re.compile(r"[%％‰/／]|\bper\b|\bindex\b|指数|百分", re.IGNORECASE)


@dataclass(frozen=True)
class Dimension:
    """A part of the index: a dimension, or a group of indicators within one.

    Parameters
    ----------
    code : str
    name : Text
    weight : float or None
        Beside the others of its dimension, group or index; they need not sum to 1.
    parent : str
        Of a group: code of the group or dimension that it belongs to; empty: the dimension of its
        indicators.
    """

    code: str
    name: Text
    weight: float | None = None
    parent: str = ""


def label_of(code: str, name: Text) -> str | Phrase:
    """Give code and name, in the language of the sentence that calls it."""
    if name == Text(code):
        return code
    return Phrase("problem.indicators.indicator", {"code": code, "name": name})


class _Measured:
    """What indicators and variables have in common."""

    code: str
    name: Text
    column: str | None
    expression: str | None

    @property
    def called(self) -> Text:
        """What readers see it called."""
        return self.name

    @property
    def label(self) -> str | Phrase:
        """Code and what it is called, in the language of the sentence that calls it."""
        return label_of(self.code, self.called)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the tables that it is made from."""
        if self.expression is not None:
            return parse(self.expression).columns
        return (self.column or self.code,)

    @property
    def window(self) -> int:
        """Years that a value sums over: more than one, and those of neighboring years overlap."""
        return 1 if self.expression is None else parse(self.expression).window


@dataclass(frozen=True)
class Indicator(_Measured):
    """One indicator of the index.

    Parameters
    ----------
    code : str
    name, unit, definition : Text
        The name is that of its role in the index system.
    direction : {"+", "-"}
        Whether more is better.
    dimension : str
        Code of its dimension.
    group : str
        Code of its group within the dimension, or empty.
    weight : float or None
        Its published weight.
    column, expression : str or None
        Where its values come from: a column of the tables, or an expression over columns.
    source : Text
    fidelity : str
        One of `FIDELITIES`, or empty.
    prices : {"", "current", "constant"}
        The prices of a level of money; empty where it is none (ratios of money to money too).
    standard_error : str
        Of a figure as measured: a share of it (``3%``), or in its unit; empty where unknown.
    measured_as : Text
        What is in truth measured, where that is not what the name says; shown in its place.
    """

    code: str
    name: Text
    unit: Text
    direction: str
    dimension: str
    group: str
    weight: float | None
    column: str | None
    expression: str | None
    definition: Text
    fidelity: str
    source: Text
    prices: str
    standard_error: str = ""
    measured_as: Text = field(default_factory=Text)

    @property
    def called(self) -> Text:
        """What is measured, else the name; what readers see it called."""
        return self.measured_as or self.name

    @property
    def stands_for(self) -> Text:
        """The role that it fills in the place of what its name says; empty where it is that."""
        if not self.measured_as:
            return Text()
        kind = (self.fidelity or "other").replace(" ", "_")
        return Text.each(
            lambda language: say(f"indicator_role.{kind}", language, name=self.name[language])
        )


@dataclass(frozen=True)
class Variable(_Measured):
    """A quantity that is no part of the index but is used with it.

    Parameters
    ----------
    code : str
    column, expression : str or None
        As for `Indicator`.
    role : str
        One of `ROLES`: drivers explain the index unless a study says otherwise; a covariate only
        where a study asks for it, since it shares columns with indicators.
    name, unit : Text
    partition : str
        For industries: the name of the set that it belongs to. The industries of one set add up
        to a whole, so that shares and quotients may be taken over them.
    """

    code: str
    column: str | None
    expression: str | None
    role: str
    name: Text
    unit: Text = field(default_factory=Text)
    partition: str = ""


#: What is said of a framework as a whole.
FRAMEWORK_TEXTS = ("title", "source", "meaning")


@dataclass(frozen=True)
class Framework:
    """An index system: what is measured, in which direction, and where it belongs.

    Parameters
    ----------
    title : Text
    dimensions : tuple of Dimension
    indicators : tuple of Indicator
    variables : tuple of Variable
    source : Text
        Where the index system and its figures come from; shown below maps and figures.
    groups : tuple of Dimension
        Names, weights and parents of the groups of indicators within the dimensions, if the
        framework gives any; groups may stand in groups.
    meaning : Text
        What a high score tells and what it does not, in a sentence or two for readers of the atlas
        and the report.
    """

    title: Text
    dimensions: tuple[Dimension, ...]
    indicators: tuple[Indicator, ...]
    variables: tuple[Variable, ...] = ()
    source: Text = field(default_factory=Text)
    groups: tuple[Dimension, ...] = ()
    meaning: Text = field(default_factory=Text)
    _by_code: dict[str, Indicator] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_code", {each.code: each for each in self.indicators})

    @property
    def texts(self) -> dict[str, Text]:
        """What is said of the framework as a whole, by key."""
        return {name: getattr(self, name) for name in FRAMEWORK_TEXTS}

    @property
    def codes(self) -> list[str]:
        """Codes of the indicators, in order."""
        return [each.code for each in self.indicators]

    @property
    def directions(self) -> pd.Series:
        """``"+"`` or ``"-"`` by code."""
        return self._by("direction")

    @property
    def dimension_of(self) -> pd.Series:
        """Code of the dimension by code of the indicator."""
        return self._by("dimension")

    @property
    def paths(self) -> dict[str, Path]:
        """Dimension and groups of every indicator, the outermost first, by its code.

        Examples
        --------
        >>> from geo_resilience.indicators import read_framework
        >>> read_framework("high_tech").paths["D111"]
        ('B1', 'C11')
        """
        return paths_of(self)

    @property
    def by_level(self) -> bool:
        """Whether dimensions or groups have weights, so that those of indicators are local."""
        return any(each.weight is not None for each in (*self.dimensions, *self.groups))

    @property
    def local_weights(self) -> dict[Path, float | None]:
        """Weights of dimensions, groups and indicators beside their siblings, by their path."""
        own = [{each.code: each.weight for each in part} for part in (self.dimensions, self.groups)]
        found: dict[Path, float | None] = {}
        for code, path in self.paths.items():
            for depth, node in enumerate(path):
                found[path[: depth + 1]] = own[depth > 0].get(node)
            found[*path, code] = self.indicator(code).weight
        return found

    @property
    def published(self) -> pd.Series | None:
        """Published weights by code, or None when an indicator has none.

        Where dimensions or groups have weights, those of every level are made to sum to 1 within
        their parent, and an indicator's is the product on the way to it.
        """
        weights: Mapping[str, float | None] | None
        weights = {each.code: each.weight for each in self.indicators}
        if self.by_level:
            weights = shares_down(self.paths, self.local_weights)
        if weights is None or any(weight is None for weight in weights.values()):
            return None
        return pd.Series(weights, dtype=float, name="published").rename_axis("code")

    @property
    def at_current_prices(self) -> list[str]:
        """Codes of the indicators that are levels of money at current prices."""
        return [each.code for each in self.indicators if each.prices == "current"]

    @property
    def needed_columns(self) -> set[str]:
        """Columns of the tables that the indicators and variables are made from."""
        measured: tuple[_Measured, ...] = (*self.indicators, *self.variables)
        return {column for each in measured for column in each.columns}

    @property
    def rates(self) -> frozenset[str]:
        """Columns of the tables that are no totals by the unit of what they are taken for."""
        measured: tuple[Indicator | Variable, ...] = (*self.indicators, *self.variables)
        plain = (each for each in measured if each.expression is None)
        return frozenset(
            each.columns[0]
            for each in plain
            if any(_OF_RATES.search(each.unit[language]) for language in LANGUAGES)
        )

    def indicator(self, code: str) -> Indicator:
        """Give the indicator of a code; KeyError if there is none."""
        return self._by_code[code]

    def with_role(self, role: str) -> tuple[Variable, ...]:
        """Give the variables of a role, in order."""
        return tuple(each for each in self.variables if each.role == role)

    def called(self, code: str) -> Text:
        """Give the name of a dimension, indicator, variable or group; the code where it is none."""
        things: tuple[Dimension | Indicator | Variable, ...]
        things = (*self.dimensions, *self.indicators, *self.variables, *self.groups)
        found = (thing for thing in things if thing.code == code)
        return next((getattr(thing, "called", thing.name) for thing in found), Text(code))

    def without(self, codes: Collection[str]) -> Framework:
        """Leave indicators out, and dimensions and groups that are then empty.

        Published weights of the rest are made to sum to 1 again: within their parent where weights
        stand at every level, else over all.
        """
        kept = [each for each in self.indicators if each.code not in codes]
        total = sum(each.weight or 0.0 for each in kept)
        if self.published is not None and not self.by_level and total > 0:
            kept = [replace(each, weight=(each.weight or 0.0) / total) for each in kept]
        rest = replace(self, indicators=tuple(kept))
        held = {node for path in rest.paths.values() for node in path}
        return replace(
            rest,
            dimensions=tuple(each for each in self.dimensions if each.code in held),
            groups=tuple(each for each in self.groups if each.code in held),
        )

    def _by(self, name: str) -> pd.Series:
        values = {each.code: getattr(each, name) for each in self.indicators}
        return pd.Series(values, dtype="str", name=name).rename_axis("code")


def error_of(written: object) -> tuple[float, bool] | None:
    """Read a standard error: its size, and whether it is a share; None for what is none.

    >>> error_of("3%"), error_of("0.5"), error_of("some")
    ((0.03, True), (0.5, False), None)
    """
    text = str(written).strip().replace("％", "%")
    share = text.endswith("%")
    try:
        size = float(text.removesuffix("%"))
    except ValueError:
        return None
    if not 0 <= size < float("inf"):
        return None
    return (size / 100, True) if share else (size, False)


Directions: TypeAlias = "pd.Series | Mapping[str, str] | None"


_SIGNS = {"+": "+", "-": "-", "−": "-", "–": "-"}


def sign_of(written: object) -> str | None:
    """Give ``"+"`` or ``"-"`` for a sign in any of its usual forms, None for anything else."""
    return _SIGNS.get(folded(written))


def signs_of(codes: Iterable[str], directions: Directions, problems: Problems) -> dict[str, str]:
    """Give each indicator's sign; without directions, more is better."""
    if directions is None:
        return dict.fromkeys(codes, "+")
    stated = dict(directions.items())
    signs = {}
    for code in codes:
        sign = sign_of(stated.get(code, ""))
        if code not in stated or stated[code] is None:
            problems.add("indicators.direction_missing", indicator=code)
        elif sign is None:
            problems.add("indicators.direction", indicator=code, found=stated[code])
        signs[code] = sign or "+"
    return signs
