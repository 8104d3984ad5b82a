"""The same panel under other choices, other fillings of what is missing, and data errors.

The indicators' room is imported where it is used: it brings GeoPandas, which
nothing else here needs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from geo_resilience.errors import InputError
from geo_resilience.evaluation._checks import finite_values, unit_values
from geo_resilience.evaluation.robustness._draws import NODES, Tables
from geo_resilience.statistics._arrays import Array, Whole
from geo_resilience.statistics._repetitions import Rng

#: Parts of the measured cells that are hidden by turns to see how far a filling errs.
_FOLDS = 5

#: How many times its span a scale is carried on at both ends.
_BEYOND = 1_000.0

#: Fillings that a draw picks among.
FILLINGS = 10


@dataclass(frozen=True, eq=False)
class Variant:
    """Standardized values under one combination of choices.

    - ``choices`` (mapping of str to str): what was chosen for ``scaling``, ``outliers``.
    - ``values``: in [0, 1], more is better.
    - ``blanks``, shape of the values: cells that were missing.
    - ``fills``, shape (fillings, blanks): what may stand in them, by row, then column.
    - ``nodes``: gives the values with data errors.
    """

    choices: Mapping[str, str]
    values: pd.DataFrame
    blanks: np.ndarray = field(default_factory=lambda: np.zeros((0, 0), bool))
    fills: np.ndarray = field(default_factory=lambda: np.zeros((0, 0)))
    nodes: Nodes | None = None


def _like(values: pd.DataFrame, model: pd.DataFrame) -> pd.DataFrame:
    """Give z-scores the average mean and spread of a model, capped to [0, 1].

    So that their composites stand on the model's scale and the same grades apply.
    """
    mean, spread = model.mean().mean(), model.std(ddof=0).mean()
    return (mean + spread * values).clip(0.0, 1.0)


def _scaled(frame: pd.DataFrame, directions: Any, scaling: str) -> pd.DataFrame:
    """Scale to [0, 1] by a method that needs no ends."""
    from geo_resilience.indicators._normalization import SCALINGS, minmax, zscore

    if scaling == "zscore":
        return _like(zscore(frame, directions), minmax(frame, directions)[0])
    if scaling not in SCALINGS or SCALINGS[scaling].needs:
        known = [each.name for each in SCALINGS.values() if not each.needs]
        raise InputError("evaluation.unknown_option", option="scaling", found=scaling, known=known)
    return SCALINGS[scaling].function(frame, directions, None)[0]


def scaling_variants(
    values: pd.DataFrame, *, scaling: Sequence[str] = ("zscore", "rank")
) -> list[Variant]:
    """Put standardized values beside other scalings of themselves."""
    from geo_resilience.indicators._normalization import zscore

    numbers = finite_values(values)
    given = [Variant({"scaling": "as given"}, numbers)]
    for method in scaling:
        scaled = (
            _like(zscore(numbers), numbers)
            if method == "zscore"
            else _scaled(numbers, None, method)
        )
        given.append(Variant({"scaling": method}, scaled))
    return given


def panel_variants(
    raw: pd.DataFrame,
    directions: pd.Series | Mapping[str, str],
    *,
    scaling: Sequence[str] = ("pooled", "zscore", "rank"),
    outliers: Sequence[Mapping[str, Any]] = (
        {"method": "quantile"},
        {"method": "none"},
        {"method": "iqr", "fence": 3.0},
    ),
    missing: Sequence[str] = ("interpolate", "nearest", "median"),
    groups: pd.Series | None = None,
    reference: pd.Series | None = None,
) -> list[Variant]:
    """Prepare a raw panel in every combination of the choices given."""
    from geo_resilience.indicators._imputation import fill_missing
    from geo_resilience.indicators._outliers import winsorize

    variants = []
    for caps in outliers:
        capped = raw
        if caps.get("method") != "none":
            capped = winsorize(raw, **{"reference": reference, **caps})[0]
        filled = fill_missing(capped, methods=missing, groups=groups)[0]
        variants += [
            Variant(
                {"scaling": method, "outliers": _text(caps)}, _scaled(filled, directions, method)
            )
            for method in scaling
        ]
    return variants


def _text(caps: Mapping[str, Any]) -> str:
    options = [f"{name} {value:g}" for name, value in caps.items() if isinstance(value, float)]
    return " ".join([str(caps["method"]), *options])


def drawn_fillings(
    raw: pd.DataFrame,
    methods: Sequence[Sequence[str]],
    *,
    count: int = FILLINGS,
    groups: pd.Series | None = None,
    rng: Rng = None,
) -> Array:
    """Draw what may stand in the missing cells, shape (count, blanks), by row, then column.

    Each filling takes one of the methods by turns, and to each cell adds an error that the method
    makes of the same indicator where a value is known: a fifth of the known values after the other
    is hidden and filled. None where a method cannot fill, or nothing is missing.
    """
    from geo_resilience.indicators._imputation import fill_missing

    generator = np.random.default_rng(rng)
    gone = raw.isna().to_numpy()
    if not gone.any():
        return np.zeros((0, 0))
    some = raw.loc[:, gone.any(axis=0)]
    blank = some.isna().to_numpy()
    fold = generator.integers(_FOLDS, size=some.shape)
    made = []
    try:
        for method in methods:
            each = list(dict.fromkeys([*method, "median"]))  # what is hidden may need the last
            central = fill_missing(some, methods=method, groups=groups)[0].to_numpy()
            error = np.full(some.shape, np.nan)
            for part in range(_FOLDS):
                hidden = (fold == part) & ~blank
                filled = fill_missing(some.mask(hidden), methods=each, groups=groups)[0].to_numpy()
                error[hidden] = (some.to_numpy() - filled)[hidden]
            made.append((central, error))
    except InputError:
        return np.zeros((0, int(gone.sum())))
    rows, columns = np.nonzero(blank)
    found = np.empty((count, len(rows)))
    for number, filling in enumerate(found):
        central, error = made[number % len(made)]
        known = [column[~np.isnan(column)] for column in error.T]
        filling[:] = central[rows, columns]
        filling += [generator.choice(known[column]) for column in columns]
    return found


def doubted(
    variants: Sequence[Variant],
    raw: pd.DataFrame,
    *,
    fills: Array | None = None,
    errors: pd.DataFrame | pd.Series | None = None,
    within_year: Sequence[str] = (),
) -> list[Variant]:
    """Give the variants with other fillings of what is missing, and with data errors.

    A new figure is scaled as the figures around it were: between the known ones linearly, beyond
    them with the slope of the whole, within [0, 1]; the ends of the scale stay where they were.

    - ``raw``: as measured, with the same labels.
    - ``fills``, shape (fillings, blanks): in the units of raw (`drawn_fillings`).
    - ``errors`` (DataFrame or Series by code): standard errors, in the units of raw; independent
      from cell to cell.
    - ``within_year``: scalings that take each year by itself.
    """
    blanks = raw.isna().to_numpy()
    fills = np.zeros((0, int(blanks.sum()))) if fills is None else fills
    known, spread = raw.to_numpy(dtype=float), None if errors is None else _spread(errors, raw)
    some = np.flatnonzero(blanks.any(axis=1))
    laid = np.full((len(fills), len(some), raw.shape[1]), np.nan)
    laid[:, blanks[some]] = fills
    orders = {apart: _Order.of(raw, apart) for apart in (False, True)}
    found = []
    for variant in variants:
        values = variant.values.loc[raw.index, raw.columns]
        order = orders[variant.choices.get("scaling") in within_year]
        scale = _Scale(order, values.to_numpy(dtype=float))
        nodes = None if spread is None else Nodes(scale, known, spread)
        drawn = scale(laid, some)[:, blanks[some]]
        found.append(replace(variant, values=values, blanks=blanks, fills=drawn, nodes=nodes))
    return found


def _spread(errors: pd.DataFrame | pd.Series, raw: pd.DataFrame) -> np.ndarray:
    """Give a standard error a cell; 0 where none is said."""
    if isinstance(errors, pd.Series):
        row = errors.reindex(raw.columns).fillna(0.0).to_numpy(dtype=float)
        return np.broadcast_to(row, raw.shape)
    return errors.reindex(index=raw.index, columns=raw.columns).fillna(0.0).to_numpy(dtype=float)


@dataclass(frozen=True, eq=False)
class _Order:
    """The known figures of a panel in order, a column and part (all rows, or a year's) at a time.

    - ``part``, shape (rows,): number of the part that a row is in.
    - ``known``: by part and column, rows by their figures and the figures, carried on at both ends
      where they differ.
    """

    part: Whole
    known: Mapping[tuple[int, int], tuple[Whole, Array]]

    @classmethod
    def of(cls, raw: pd.DataFrame, within_year: bool) -> _Order:
        """Sort the figures, of each year by itself or of all."""
        part = np.zeros(len(raw), dtype="int64")
        if within_year and "year" in raw.index.names:
            part = np.unique(raw.index.get_level_values("year"), return_inverse=True)[1]
        figures, known = raw.to_numpy(dtype=float), {}
        for number in range(int(part.max(initial=0)) + 1):
            rows = np.flatnonzero(part == number)
            for column in range(raw.shape[1]):
                x = figures[rows, column]
                there = np.flatnonzero(~np.isnan(x))
                order = there[np.argsort(x[there], kind="stable")]
                x = x[order]
                beyond = _BEYOND * np.ptp(x) if len(x) else 0.0
                if beyond > 0:
                    x = np.r_[x[0] - beyond, x, x[-1] + beyond]
                known[number, column] = rows[order], x
        return cls(part, known)


@dataclass(frozen=True, eq=False)
class _Scale:
    """How one variant scales figures, learned from those that it has scaled."""

    order: _Order
    values: Array

    def __call__(self, new: Array, rows: Whole) -> Array:
        """Scale new figures of rows, shape (k, rows, columns); what is blank stays so."""
        found, part = np.full(new.shape, np.nan), self.order.part[rows]
        for (number, column), (order, x) in self.order.known.items():
            z = self.values[order, column]
            if len(x) > len(z):
                rise = _BEYOND * (z[-1] - z[0])
                z = np.r_[z[0] - rise, z, z[-1] + rise]
            figures = new[:, :, column]
            there = ~np.isnan(figures) & (part == number)
            if there.any():
                found[there, column] = np.clip(np.interp(figures[there], x, z), 0.0, 1.0)
        return found


def scaled_alike(
    new: pd.DataFrame, known: pd.DataFrame, values: pd.DataFrame, *, within_year: bool = False
) -> pd.DataFrame:
    """Scale new figures as the known ones of the same labels were: what is equal stays equal.

    Between the known figures linearly, beyond them with the slope of the whole, within [0, 1].
    """
    found, other = values.copy(), np.flatnonzero((new != known).any(axis=0))
    if len(other):
        order = _Order.of(known.iloc[:, other], within_year)
        scale = _Scale(order, values.iloc[:, other].to_numpy(dtype=float))
        moved = new.iloc[:, other].to_numpy(dtype=float)
        found.iloc[:, other] = scale(moved[None], np.arange(len(new)))[0]
    return found.where(new != known, values)


@dataclass(frozen=True, eq=False)
class Nodes:
    """The values of a variant with data errors; none of a cell that was missing.

    - ``scale``: the variant's.
    - ``known``, ``spread``, shape (rows, columns): figures, and their standard errors.
    """

    scale: _Scale
    known: Array
    spread: Array

    def __call__(self, rows: Whole) -> Array:
        """Give rows with errors of `NODES` standard errors, shape (nodes, rows, columns)."""
        figures = self.known[rows]
        found = self.scale(figures + NODES[:, None, None] * self.spread[rows], rows)
        blank = np.isnan(figures)
        found[:, blank] = self.scale.values[rows][blank]
        return found


@dataclass(frozen=True, eq=False)
class Stack:
    """Variants side by side, rows and columns in one order.

    - ``rows``, ``columns``: where they stand in each variant.
    - ``fills``, ``errors``: whether other fillings and data errors are taken along.
    """

    variants: Sequence[Variant]
    rows: Sequence[Whole]
    columns: Sequence[Whole]
    fills: bool
    errors: bool

    @classmethod
    def of(
        cls,
        variants: Sequence[Variant],
        columns: Sequence[str],
        index: pd.Index,
        *,
        fills: bool = False,
        errors: bool = False,
    ) -> Stack:
        """Find rows and columns in every variant; raise where one lacks some."""
        rows, places = [], []
        for variant in variants:
            table = unit_values(variant.values)
            rows.append(table.index.get_indexer(index))
            places.append(table.columns.get_indexer(list(columns)))
            same = table.shape == (len(index), len(columns))
            if not same or min(rows[-1].min(), places[-1].min()) < 0:
                raise InputError(
                    "evaluation.variant_not_fitting", choices=list(variant.choices.values())
                )
        return cls(variants, rows, places, fills, errors)

    def among(self, rows: slice | Whole) -> Tables:
        """Give the tables of some rows, in their order."""
        tables, drawn, nodes, blanks = [], [], [], np.zeros((0, 0), bool)
        for variant, own, columns in zip(self.variants, self.rows, self.columns, strict=True):
            ordered = np.ix_(own[rows], columns)
            tables.append(variant.values.to_numpy(dtype=float)[ordered])
            blanks = np.zeros(tables[-1].shape, bool)
            if self.fills:
                blanks = variant.blanks[ordered]
                number = np.cumsum(variant.blanks).reshape(variant.blanks.shape)[ordered] - 1
                drawn.append(variant.fills[:, number[blanks]])
            if self.errors and variant.nodes is not None:
                nodes.append(variant.nodes(own[rows])[:, :, columns])
        none = np.zeros((len(tables), 0, int(blanks.sum())))
        return Tables(
            np.stack(tables),
            blanks,
            np.stack(drawn) if self.fills else none,
            np.stack(nodes) if self.errors else None,
        )
