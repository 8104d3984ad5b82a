"""What is wrong with the data of a regression, said with the way out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from geo_resilience.errors import InputError, Problems
from geo_resilience.spatial.methods import EFFECTS

__all__ = [
    "check_columns",
    "check_effects",
    "check_panel",
    "check_rank",
    "check_regions",
    "check_rows",
    "check_within",
    "logs",
    "some",
]

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
    """Take natural logarithms, or say which cells have none.

    Parameters
    ----------
    frame : DataFrame or Series
        Positive values.
    prefix : str
        Set before each name.

    Returns
    -------
    DataFrame
        The same rows.

    Raises
    ------
    InputError
        For each column with a zero or negative value, the rows where it stands.

    Examples
    --------
    >>> logs(pd.DataFrame({"income": [1.0, 1.0]}))["ln_income"].tolist()
    [0.0, 0.0]
    """
    frame = frame.to_frame() if isinstance(frame, pd.Series) else frame
    problems = Problems()
    for name, column in frame.items():
        rows = column.index[(column <= 0).to_numpy()]
        if len(rows):
            problems.add(
                "regression.log_of_zero",
                column=name,
                rows=some(rows),
                value=float(column.min()),
            )
    problems.raise_if_any()
    return np.log(frame).add_prefix(prefix)
