"""Values by region and year, from the forms in which tables hold them, in the order of the map."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd

from geo_resilience.errors import InputError, Problems

if TYPE_CHECKING:
    from geo_resilience.regions import Regions

#: Categories that a map can tell apart.
MOST_CATEGORIES = 8


@dataclass(frozen=True)
class Grid:
    """Values, regions by years; places of categories in the labels; one column without years."""

    values: np.ndarray
    years: list[int]
    labels: list[str]
    name: str


def read_grid(
    data: pd.Series | pd.DataFrame, frame: gpd.GeoDataFrame, regions: Regions | None = None
) -> Grid:
    """Read values by region (and year) in the order of the regions."""
    long, name = _long(data)
    kinds = getattr(getattr(data, "dtype", None), "categories", None)
    problems = Problems()
    long = long.assign(key=_keys(long["region"], frame, regions, problems))
    long = long[long["key"].notna()]
    _find_doubles(long, problems)
    codes, labels = _numbers(long, kinds, problems)
    problems.raise_if_any()
    if not np.isfinite(codes).any():
        raise InputError("maps.no_values")
    years = sorted({int(year) for year in long["year"].dropna()})
    rows = pd.MultiIndex.from_arrays([long["key"], long["year"].fillna(0).astype(int)])
    wanted = pd.MultiIndex.from_product([list(frame.index), years or [0]])
    values = pd.Series(codes, index=rows).reindex(wanted).to_numpy(dtype=float)
    return Grid(values.reshape(len(frame), max(len(years), 1)), years, labels, name)


def _long(data: Any) -> tuple[pd.DataFrame, str]:
    """One row a region and year: columns region, year (missing without years), value."""
    if isinstance(data, dict):
        data = pd.Series(data)
    if isinstance(data, pd.Series):
        name = "" if data.name is None else str(data.name)
        if data.index.nlevels == 1:
            fields = {"region": data.index, "year": np.nan, "value": data.array}
            return pd.DataFrame(fields).astype({"value": object}), name
        if data.index.nlevels == 2:
            region, year = (data.index.get_level_values(level) for level in (0, 1))
            table = pd.DataFrame({"region": region, "year": year, "value": data.array})
            return _with_years(table.astype({"value": object})), name
    if isinstance(data, pd.DataFrame) and data.columns.nlevels == 1 and len(data.columns):
        table = data.astype(object).copy()
        table.index = table.index.rename("region")
        table.columns = table.columns.rename("year")
        stacked = table.reset_index().melt(id_vars="region", var_name="year", value_name="value")
        return _with_years(stacked), ""
    raise InputError("maps.shape_unknown", found=type(data).__name__)


def _with_years(table: pd.DataFrame) -> pd.DataFrame:
    years = pd.to_numeric(table["year"], errors="coerce")
    if years.isna().any() or (years != years.round()).any():
        wrong = table["year"][years.isna()].astype(str).unique().tolist()
        raise InputError("maps.shape_unknown", found=wrong[:5] or ["-"])
    return table.assign(year=years.astype(int))


def _keys(
    names: pd.Series, frame: gpd.GeoDataFrame, regions: Regions | None, problems: Problems
) -> pd.Series:
    if regions is not None:
        from geo_resilience.regions import match_names

        match = match_names(names, regions)
        problems.extend(match.problems)
        return match.keys
    known = set(frame.index)
    texts = names.astype(str)
    for key in dict.fromkeys(texts[~texts.isin(known)]):
        problems.unknown("maps.key_unknown", key, known)
    return texts.where(texts.isin(known))


def _find_doubles(long: pd.DataFrame, problems: Problems) -> None:
    double = long.duplicated(["key", "year"])
    for key, year in dict.fromkeys(long.loc[double, ["key", "year"]].itertuples(index=False)):
        problems.add("maps.key_double", key=key, year="" if pd.isna(year) else f" ({int(year)})")


def _numbers(
    long: pd.DataFrame, kinds: pd.Index | None, problems: Problems
) -> tuple[np.ndarray, list[str]]:
    """Numbers as they are; text throughout as places in a list of categories."""
    values = long["value"]
    known = values[values.notna()]
    if len(known) and all(isinstance(value, (str, bool, np.bool_)) for value in known):
        return _categories(values, kinds, problems)
    numbers = pd.to_numeric(values, errors="coerce").astype(float)
    texts = values.map(lambda value: isinstance(value, str))
    for place in np.flatnonzero(texts | (values.notna() & numbers.isna())):
        found = repr(values.iloc[place])
        problems.add("maps.not_a_number", key=long["key"].iloc[place], found=found)
    for key in dict.fromkeys(long["key"][np.isinf(numbers)]):
        problems.add("maps.infinite", key=key)
    return numbers.to_numpy(), []


def _categories(
    values: pd.Series, kinds: pd.Index | None, problems: Problems
) -> tuple[np.ndarray, list[str]]:
    """Give text as places in a list: the order of a categorical, else that of the alphabet."""
    texts = values.astype(str).where(values.notna())
    labels = sorted(texts.dropna().unique()) if kinds is None else [str(kind) for kind in kinds]
    if len(labels) > MOST_CATEGORIES:
        problems.add("maps.too_many_categories", count=len(labels), most=MOST_CATEGORIES)
    places = {label: place for place, label in enumerate(labels)}
    return texts.map(places).to_numpy(dtype=float), labels


@dataclass(frozen=True)
class Rows:
    """Regions and years in the order in which the page holds them."""

    keys: tuple[str, ...]
    years: tuple[int, ...]

    @cached_property
    def index(self) -> pd.MultiIndex:
        """Every region in every year."""
        return pd.MultiIndex.from_product([self.keys, self.years], names=["adcode", "year"])

    def grid(self, values: pd.Series) -> np.ndarray:
        """Lay values by (adcode, year) out as regions by years; missing where there is none."""
        laid = values.reindex(self.index).to_numpy(dtype=float)
        return laid.reshape(len(self.keys), len(self.years))

    def column(self, table: pd.DataFrame, name: str) -> np.ndarray:
        """Lay a column of a table with adcode and year out; a row doubled counts once."""
        rows = pd.MultiIndex.from_arrays([table["adcode"].astype(str), table["year"]])
        values = pd.Series(table[name].to_numpy(), index=rows)
        return self.grid(values[~rows.duplicated()])
