"""From Series and DataFrame to the arrays of a model, years by regions, effects taken out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from geo_resilience.errors import InputError, Problems
from geo_resilience.spatial._methods import EFFECTS
from geo_resilience.spatial.neighbors._alignment import Linked, spectrum_over
from geo_resilience.spatial.neighbors._spectrum import DENSE, Spectrum

#: Ways to deal with the bias of fixed effects in the likelihood.
CORRECTIONS = ("lee-yu", "analytic", "none")


@dataclass(frozen=True)
class Design:
    """A model's data: arrays of shape (T, n) and (T, n, k), effects taken out.

    `lag_y` is W y (zeros without neighbors); `index` the rows as given and `order` their places in
    the arrays; `years` holds one blank entry without years; `lagged` the names of X whose spatial
    lag is in X too.
    """

    y: np.ndarray
    X: np.ndarray
    lag_y: np.ndarray
    names: tuple[str, ...]
    dependent: str
    index: pd.Index
    order: np.ndarray
    keys: tuple[Any, ...]
    years: tuple[Any, ...]
    effects: str | None
    correction: str
    spectrum: Spectrum | None
    lagged: tuple[str, ...] = ()

    @property
    def periods(self) -> int:
        """Number of years."""
        return int(self.y.shape[0])

    @property
    def regions(self) -> int:
        """Number of regions."""
        return int(self.y.shape[1])

    @property
    def by_year(self) -> bool:
        """Whether year effects were taken out."""
        return self.effects in ("year", "two-way")

    @property
    def by_region(self) -> bool:
        """Whether region effects were taken out."""
        return self.effects in ("region", "two-way")

    @property
    def free_periods(self) -> int:
        """Years that count in the likelihood: one less where region effects took one."""
        return self.periods - int(self.by_region and self.correction == "lee-yu")

    @property
    def free_regions(self) -> int:
        """Regions that count in the likelihood: one less where year effects took one."""
        return self.regions - int(self.by_year and self.correction == "lee-yu")

    @property
    def free(self) -> int:
        """Observations that count in the likelihood."""
        return self.free_periods * self.free_regions

    @property
    def adjusted(self) -> bool:
        """Whether the unit root of a row-standardized W is taken out of determinant and traces."""
        return self.by_year and self.correction == "lee-yu"

    @property
    def degrees(self) -> int:
        """Degrees of freedom that least squares has left."""
        left = (self.periods - int(self.by_region)) * (self.regions - int(self.by_year))
        return left - self.X.shape[2]

    def flat(self, values: np.ndarray) -> np.ndarray:
        """Stack (T, n) to (T n,) and (T, n, k) to (T n, k)."""
        return values.reshape(self.periods * self.regions, *values.shape[2:])

    def lag(self, values: np.ndarray) -> np.ndarray:
        """Give W times the values of every year, effects taken out, shape as given."""
        assert self.spectrum is not None
        return take_out(_lag(self.spectrum.operator, values), self.effects)

    def series(self, values: np.ndarray, name: str) -> pd.Series:
        """Give (T, n) values as a Series with the rows as given."""
        return pd.Series(self.flat(values)[self.order], index=self.index, name=name)

    def with_columns(self, X: np.ndarray, names: Sequence[str], lagged: Sequence[str]) -> Design:
        """Give the same design with other columns."""
        return replace(self, X=X, names=tuple(names), lagged=tuple(lagged))


def take_out(values: np.ndarray, effects: str | None) -> np.ndarray:
    """Take region means, year means or both out of arrays of shape (T, n) or (T, n, k)."""
    if effects in ("region", "two-way"):
        values = values - values.mean(axis=0, keepdims=True)
    if effects in ("year", "two-way"):
        values = values - values.mean(axis=1, keepdims=True)
    return values


def _lag(matrix: Any, values: np.ndarray) -> np.ndarray:
    """Give W times the values, over the axis of the regions (the second)."""
    moved = np.moveaxis(values, 1, 0)
    found = matrix @ moved.reshape(moved.shape[0], -1)
    return np.moveaxis(np.asarray(found).reshape(moved.shape), 0, 1)


def lay_out(
    y: pd.Series,
    X: pd.DataFrame | pd.Series,
    neighbors: Linked | None = None,
    *,
    effects: str | None = None,
    correction: str = "lee-yu",
    durbin: bool | Sequence[str] = False,
    spectrum: Spectrum | None = None,
    dense: int | None = None,
) -> Design:
    """Check the data of a model and lay them out; arguments as in `lag_model`.

    `durbin` adds the spatial lags of X (or of these columns); `spectrum` is what `read_spectrum`
    gave for the same regions in the same order (sorted, for panels); beyond `dense` regions no
    eigenvalues are taken. Everything that is wrong with the data is said, each with the way out.
    """
    if correction not in CORRECTIONS:
        raise InputError("regression.correction_unknown", given=correction, known=CORRECTIONS)
    X = X.to_frame() if isinstance(X, pd.Series) else X
    X = X.set_axis([str(name) for name in X.columns], axis=1)
    check_effects(y, effects)
    check_rows(y, X)
    X = X.reindex(y.index)
    check_columns(y, X)
    keys, years, places = _places(y.index)
    check_regions(keys)
    shape = (len(years), len(keys))
    check_panel(y.index, keys, years, places)
    columns = np.empty((*shape, X.shape[1]))
    columns.reshape(-1, X.shape[1])[places] = X.to_numpy(float)
    left = np.empty(shape)
    left.reshape(-1)[places] = y.to_numpy(float)
    if neighbors is not None and spectrum is None:
        spectrum = spectrum_over(neighbors, keys, dense=DENSE if dense is None else dense)
    elif spectrum is not None and spectrum.keys != tuple(keys):
        raise InputError("regression.spectrum_order")
    if spectrum is not None and effects in ("year", "two-way"):
        _check_standardized(spectrum)
    lag_y = np.zeros(shape) if spectrum is None else _lag(spectrum.operator, left)
    design = Design(
        y=take_out(left, effects),
        X=columns,
        lag_y=take_out(lag_y, effects),
        names=tuple(X.columns),
        dependent=str(y.name) if y.name is not None else "y",
        index=y.index,
        order=places,
        keys=tuple(keys),
        years=tuple(years),
        effects=effects,
        correction=correction,
        spectrum=spectrum,
    )
    return _with_regressors(design, durbin)


def _check_standardized(spectrum: Spectrum) -> None:
    if spectrum.row_sum is None or abs(spectrum.row_sum - 1) > 1e-8:
        raise InputError("regression.not_row_standardized")


def _with_regressors(design: Design, durbin: bool | Sequence[str]) -> Design:
    """Add constant and spatial lags, take the effects out, check what is left."""
    columns, names = design.X, list(design.names)
    chosen = names if durbin is True else list(durbin or ())
    missing = [name for name in chosen if name not in names]
    if missing:
        raise InputError("regression.lagged_unknown", columns=missing, known=names)
    if chosen:
        assert design.spectrum is not None
        lags = _lag(design.spectrum.operator, columns[:, :, [names.index(name) for name in chosen]])
        columns = np.concatenate([columns, lags], axis=2)
        names = names + [f"W_{name}" for name in chosen]
        double = sorted({name for name in names if names.count(name) > 1})
        if double:
            raise InputError("regression.double_columns", columns=double)
    within = take_out(columns, design.effects)
    check_within(columns, within, names, design.effects)
    if design.effects is None:
        within = np.concatenate([np.ones((*within.shape[:2], 1)), within], axis=2)
        names = ["constant", *names]
    found = design.with_columns(within, names, chosen)
    check_rank(found.flat(within), names, found.degrees, found.flat(found.y))
    return found


def _places(index: pd.Index) -> tuple[list[Any], list[Any], np.ndarray]:
    """Give sorted regions and years, and the place of each row in a (T, n) array."""
    if not isinstance(index, pd.MultiIndex):
        return list(index), [""], np.arange(len(index))
    keys = sorted(index.get_level_values(0).unique())
    years = sorted(index.get_level_values(1).unique())
    region = pd.Index(keys).get_indexer(index.get_level_values(0))
    year = pd.Index(years).get_indexer(index.get_level_values(1))
    return keys, years, year * len(keys) + region


_SHOWN = 6


def some(items: Iterable[Any]) -> list[str]:
    """Give the first few items as text, and how many more there are."""
    found = [" ".join(map(str, item)) if isinstance(item, tuple) else str(item) for item in items]
    more = [f"… (+{len(found) - _SHOWN})"] if len(found) > _SHOWN else []
    return found[:_SHOWN] + more


def check_effects(y: pd.Series, effects: str | None) -> None:
    """Refuse unknown effects, and effects without years."""
    if effects not in (None, *EFFECTS):
        raise InputError("regression.effects_unknown", given=effects, known=EFFECTS)
    if effects is None:
        return
    if not isinstance(y.index, pd.MultiIndex) or y.index.nlevels != 2:
        raise InputError("regression.effects_without_years", effects=effects)
    if effects != "year" and y.index.get_level_values(1).nunique() < 2:
        raise InputError("regression.effects_one_year", effects=effects)


def check_region_effects(effects: str) -> None:
    """Refuse effects other than those with the region's."""
    known = ["region", "two-way"]
    if effects not in known:
        raise InputError("regression.effects_unknown", given=effects, known=known)


def check_rows(y: pd.Series, X: pd.DataFrame) -> None:
    """Refuse double rows, and rows that only one of the two has."""
    problems = Problems()
    for name, frame in (("y", y), ("X", X)):
        if frame.index.has_duplicates:
            double = frame.index[frame.index.duplicated()].unique()
            problems.add("regression.double_rows", table=name, rows=some(double))
    problems.raise_if_any()
    for name, here, there in (("X", y, X), ("y", X, y)):
        missing = here.index.difference(there.index)
        if len(missing):
            problems.add("regression.rows_missing", table=name, rows=some(missing))
    problems.raise_if_any()


def check_columns(y: pd.Series, X: pd.DataFrame) -> None:
    """Refuse text, blanks, infinities, double and reserved names; a y that does not vary."""
    problems = Problems()
    if not len(X.columns):
        raise InputError("regression.no_regressors")
    if X.columns.has_duplicates:
        double = X.columns[X.columns.duplicated()].unique()
        problems.add("regression.double_columns", columns=list(double))
        problems.raise_if_any()
    if "constant" in X.columns:
        problems.add("regression.reserved_name", column="constant")
    for name, column in [(y.name if y.name is not None else "y", y), *X.items()]:
        if not pd.api.types.is_numeric_dtype(column):
            problems.add("regression.not_a_number", column=name, rows=some(column.index[:1]))
            continue
        values = column.to_numpy(float, na_value=np.nan)
        if np.isnan(values).any():
            rows = column.index[np.isnan(values)]
            problems.add("regression.blank", column=name, rows=some(rows), count=len(rows))
        if np.isinf(values).any():
            rows = column.index[np.isinf(values)]
            problems.add("regression.infinite", column=name, rows=some(rows), count=len(rows))
    problems.raise_if_any()
    if len(y) and np.ptp(y.to_numpy(float)) == 0:
        raise InputError("regression.dependent_constant", column=y.name)


def check_regions(keys: Sequence[Any]) -> None:
    """Refuse one region alone."""
    if len(keys) < 2:
        raise InputError("regression.one_region", regions=some(keys))


def check_panel(
    index: pd.Index, keys: Sequence[Any], years: Sequence[Any], places: np.ndarray
) -> None:
    """Refuse a panel in which a region lacks a year."""
    full = len(keys) * len(years)
    if len(index) == full:
        return
    there = np.zeros(full, dtype=bool)
    there[places] = True
    gone = np.flatnonzero(~there)
    cells = [(keys[place % len(keys)], years[place // len(keys)]) for place in gone.tolist()]
    whole = sorted({str(key) for key, _ in cells})
    raise InputError("regression.unbalanced", cells=some(cells), regions=some(whole))


def check_within(
    raw: np.ndarray, within: np.ndarray, names: Sequence[str], effects: str | None
) -> None:
    """Refuse a regressor of which nothing is left after the effects were taken out."""
    problems = Problems()
    spread = np.abs(within).max(axis=(0, 1))
    size = np.abs(raw).max(axis=(0, 1))
    for place, name in enumerate(names):
        column = raw[:, :, place]
        if effects is None:
            if np.ptp(column) == 0:
                problems.add("regression.constant_column", column=name)
            continue
        if spread[place] > 1e-10 * max(size[place], 1e-300):
            continue
        still = np.abs(np.ptp(column, axis=0)).max() <= 1e-10 * size[place]
        kind = "constant_within_regions" if still else "constant_within_years"
        if effects == "two-way" and not still and np.ptp(column, axis=1).max() > 1e-10:
            kind = "constant_within_both"
        problems.add(f"regression.{kind}", column=name, effects=effects)
    problems.raise_if_any()


def check_rank(X: np.ndarray, names: Sequence[str], degrees: int, y: np.ndarray) -> None:
    """Refuse more coefficients than observations, and collinear regressors, by name."""
    if degrees < 1:
        raise InputError(
            "regression.too_few", rows=degrees + X.shape[1], coefficients=X.shape[1], names=names
        )
    scaled = X / np.sqrt((X**2).sum(axis=0))
    problems = Problems()
    for place in range(1, len(names)):
        before, here = scaled[:, :place], scaled[:, place]
        share, *_ = np.linalg.lstsq(before, here, rcond=None)
        if np.linalg.norm(here - before @ share) < 1e-8:
            others = [names[i] for i in np.flatnonzero(np.abs(share) > 1e-6).tolist()]
            problems.add("regression.collinear", column=names[place], others=others)
    problems.raise_if_any()
    if np.abs(y).max(initial=0) == 0:
        raise InputError("regression.dependent_constant_within")


def logs(frame: pd.DataFrame | pd.Series, *, prefix: str = "ln_") -> pd.DataFrame:
    """Take natural logarithms, or say which cells have none."""
    frame = frame.to_frame() if isinstance(frame, pd.Series) else frame
    problems = Problems()
    for name, column in frame.items():
        rows = column.index[(column <= 0).to_numpy()]
        if len(rows):
            problems.add(
                "regression.log_of_zero", column=name, rows=some(rows), value=float(column.min())
            )
    problems.raise_if_any()
    return np.log(frame).add_prefix(prefix)
