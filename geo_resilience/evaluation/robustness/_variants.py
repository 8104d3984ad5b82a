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
from geo_resilience.statistics._arrays import Array
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
    - ``nodes``, shape (nodes, rows, columns): the values with data errors of so many standard
      errors as `NODES` says.
    """

    choices: Mapping[str, str]
    values: pd.DataFrame
    blanks: np.ndarray = field(default_factory=lambda: np.zeros((0, 0), bool))
    fills: np.ndarray = field(default_factory=lambda: np.zeros((0, 0)))
    nodes: np.ndarray | None = None


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
    spread = None if errors is None else _spread(errors, raw)
    found = []
    for variant in variants:
        values = variant.values.loc[raw.index, raw.columns]
        apart = variant.choices.get("scaling") in within_year
        scale = _Scale(raw, values, apart)
        nodes = None
        if spread is not None:
            known = raw.to_numpy(dtype=float)
            nodes = np.stack([scale(known + node * spread) for node in NODES])
            nodes[:, blanks] = values.to_numpy()[blanks]
        laid = np.full((len(fills), *raw.shape), np.nan)
        laid[:, blanks] = fills
        drawn = np.stack([scale(each)[blanks] for each in laid]) if len(fills) else fills
        found.append(replace(variant, values=values, blanks=blanks, fills=drawn, nodes=nodes))
    return found


def _spread(errors: pd.DataFrame | pd.Series, raw: pd.DataFrame) -> np.ndarray:
    """Give a standard error a cell; 0 where none is said."""
    if isinstance(errors, pd.Series):
        row = errors.reindex(raw.columns).fillna(0.0).to_numpy(dtype=float)
        return np.broadcast_to(row, raw.shape)
    return errors.reindex(index=raw.index, columns=raw.columns).fillna(0.0).to_numpy(dtype=float)


class _Scale:
    """How one variant scales figures, learned from those that it has scaled."""

    def __init__(self, raw: pd.DataFrame, values: pd.DataFrame, within_year: bool) -> None:
        self._parts = [np.arange(len(raw))]
        if within_year and "year" in raw.index.names:
            year = raw.index.get_level_values("year").to_numpy()
            self._parts = [np.flatnonzero(year == each) for each in np.unique(year)]
        figures, scaled = raw.to_numpy(dtype=float), values.to_numpy(dtype=float)
        self._known = {
            (number, column): self._learned(figures[rows, column], scaled[rows, column])
            for number, rows in enumerate(self._parts)
            for column in range(raw.shape[1])
        }

    def __call__(self, new: np.ndarray) -> np.ndarray:
        """Scale new figures, shape (rows, columns); what is blank stays so."""
        found = np.full(new.shape, np.nan)
        for (number, column), (x, z) in self._known.items():
            rows = self._parts[number]
            there = rows[~np.isnan(new[rows, column])]
            if len(there):
                found[there, column] = np.clip(np.interp(new[there, column], x, z), 0.0, 1.0)
        return found

    @staticmethod
    def _learned(x: Array, z: Array) -> tuple[Array, Array]:
        """Give the known figures in order, carried on at both ends, and what became of them."""
        known = np.flatnonzero(~np.isnan(x))
        order = known[np.argsort(x[known], kind="stable")]
        x, z = x[order], z[order]
        beyond = _BEYOND * np.ptp(x) if len(x) else 0.0
        if beyond > 0:
            rise = _BEYOND * (z[-1] - z[0])
            x = np.r_[x[0] - beyond, x, x[-1] + beyond]
            z = np.r_[z[0] - rise, z, z[-1] + rise]
        return x, z


def stacked(
    variants: Sequence[Variant],
    columns: Sequence[str],
    index: pd.Index,
    *,
    fills: bool = False,
    errors: bool = False,
) -> Tables:
    """Give the values of variants as arrays, rows and columns in one order.

    Other fillings and data errors are taken along where asked for.
    """
    tables, drawn, nodes = [], [], []
    blanks = np.zeros((len(index), len(columns)), bool)
    for variant in variants:
        table = unit_values(variant.values)
        if set(table.columns) != set(columns) or not table.index.sort_values().equals(
            index.sort_values()
        ):
            raise InputError(
                "evaluation.variant_not_fitting", choices=list(variant.choices.values())
            )
        rows, places = table.index.get_indexer(index), table.columns.get_indexer(list(columns))
        ordered = np.ix_(rows, places)
        tables.append(table.to_numpy()[ordered])
        if fills:
            number = np.full(variant.blanks.shape, -1)
            number[variant.blanks] = np.arange(variant.fills.shape[1])
            blanks = variant.blanks[ordered]
            drawn.append(variant.fills[:, number[ordered][blanks]])
        if errors and variant.nodes is not None:
            nodes.append(variant.nodes[:, rows][:, :, places])
    none = np.zeros((len(tables), 0, int(blanks.sum())))
    return Tables(
        np.stack(tables),
        blanks,
        np.stack(drawn) if fills else none,
        np.stack(nodes) if errors else None,
    )
