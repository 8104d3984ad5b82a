"""What is asked of every record, and what a batch of records answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from geo_resilience.errors import InputError, Problems
from geo_resilience.indicators.records._batches import Piece, pieces_of
from geo_resilience.indicators.records._columns import numbers_of, texts_of, years_of
from geo_resilience.indicators.records._exact import Array
from geo_resilience.indicators.records._geometries import points_of
from geo_resilience.indicators.records._partial import NO_BOUNDS, Partial, total
from geo_resilience.indicators.records._places import NOWHERE, Polygons
from geo_resilience.indicators.records._sql import Query, query_of
from geo_resilience.regions import Regions
from geo_resilience.tables._reading import read_raw

#: Degrees on the ellipsoid of satellites and web maps.
WGS84 = "EPSG:4326"

#: Stands for the column of geometry where there are no records.
_NO_PLACE = ""


@dataclass(frozen=True, eq=False)
class Question:
    """What is asked of every record: where, when, what and how much.

    The parameters are those of `tally`; polygons are those of the regions, where the records have
    coordinates. Without columns of coordinates or a region the place is a column of GeoParquet.
    """

    year: str | int
    longitude: str | None = None
    latitude: str | None = None
    crs: str | None = None
    region: str | None = None
    industry: str | None = None
    concordance: Mapping[str, str] | None = None
    count: bool = True
    sums: tuple[str, ...] = ()
    means: tuple[str, ...] = ()
    distinct: tuple[str, ...] = ()
    top: tuple[tuple[str, str, int], ...] = ()
    polygons: Polygons | None = None

    def __post_init__(self) -> None:
        pair = (self.longitude is None, self.latitude is None)
        if len(set(pair)) == 2 or (self.region is not None and not any(pair)):
            raise InputError("records.where")

    @property
    def _geometric(self) -> bool:
        """Whether places are a column of geometry."""
        return self.longitude is None and self.region is None

    def pieces(
        self, records: Iterable[str | Path], sql: str | None = None
    ) -> Sequence[Piece | Query]:
        """Find the parts of the records that can be read apart; each must hold the columns."""
        if sql is None:
            return pieces_of(records, self.columns, placed=self._geometric)
        if self._geometric:
            raise InputError("records.where")
        return [query_of(list(records), sql, self.columns)]

    def over(self, regions: Regions, pieces: Sequence[Piece | Query]) -> Question:
        """Give the same of some regions, in the reference system of the records."""
        if self.region is not None:
            return self
        stated = next((piece.place.crs for piece in pieces if piece.place), None)
        if stated is not None and bool(stated) == (self.crs is not None):
            key = "records.crs_stated" if stated else "records.crs_missing"
            raise InputError(key, crs=self.crs)
        return replace(self, polygons=Polygons.of(regions, stated or self.crs or WGS84))

    @cached_property
    def values(self) -> tuple[str, ...]:
        """Columns of numbers."""
        return tuple(dict.fromkeys((*self.sums, *self.means, *(name for name, _, _ in self.top))))

    @cached_property
    def columns(self) -> list[str]:
        """Every column that is read."""
        holders = [holder for _, holder, _ in self.top]
        year = self.year if isinstance(self.year, str) else None
        wanted = [self.longitude, self.latitude, self.region, year, self.industry]
        wanted += [*self.values, *self.distinct, *holders]
        return list(dict.fromkeys(name for name in wanted if name))

    def answer(self, piece: Piece | Query) -> Partial:
        """Count and sum one piece of the records."""
        place = piece.place.name if piece.place else None
        parts = (self._batch(batch, place) for batch in piece.batches(self.columns))
        return total(parts, self.nothing)

    @property
    def nothing(self) -> Partial:
        """What no records come to."""
        blank = pa.array([], pa.string())
        names = [*self.columns, _NO_PLACE]
        return self._batch(pa.record_batch(dict.fromkeys(names, blank)), _NO_PLACE)

    def _batch(self, batch: Any, geometry: str | None) -> Partial:
        """Count and sum a batch; each record is left out for the first reason that holds."""
        left_out = Counter(read=batch.num_rows)
        place, bounds = self._places(batch, geometry, left_out)
        groups = pd.DataFrame({"region": place, "year": self._years(batch)})
        left_out["no_year"] = _lost(groups, "year")
        if self.industry:
            groups["industry"] = self._industries(batch)
            left_out["no_industry"] = _lost(groups, "industry")
        kept = groups.notna().all(axis=1).to_numpy()
        values = {name: numbers_of(batch.column(name))[kept] for name in self.values}
        for name, column in values.items():
            left_out[f"no_value {name}"] = int(np.isnan(column).sum())
        distinct = {name: texts_of(batch.column(name))[kept] for name in self.distinct}
        holders = {
            (name, holder): texts_of(batch.column(holder))[kept] for name, holder, _ in self.top
        }
        partial = Partial.of(groups[kept], values, distinct, holders)
        return replace(partial, left_out=+left_out, bounds=bounds)

    def _places(
        self, batch: Any, geometry: str | None, left_out: Counter[str]
    ) -> tuple[pd.Series, Any]:
        """Give the region of each record: its position in the polygons, or its name as written."""
        if self.polygons is None:
            names = texts_of(batch.column(str(self.region)))
            left_out["no_place"] += int(names.isna().sum())
            return names, NO_BOUNDS
        x, y = self._points(batch, geometry)
        known = np.isfinite(x) & np.isfinite(y)
        origin = known & (x == 0) & (y == 0)
        left_out["no_place"] += int((~known).sum())
        left_out["origin"] += int(origin.sum())
        at = np.flatnonzero(known & ~origin)
        found = np.full(len(x), np.nan)
        inside = self.polygons.holding(x[at], y[at])
        found[at[inside != NOWHERE]] = inside[inside != NOWHERE]
        out = at[inside == NOWHERE]
        left_out.update(self._reasons(x[out], y[out]))
        ends = (x[at].min(), y[at].min(), x[at].max(), y[at].max()) if len(at) else NO_BOUNDS
        return pd.Series(found), ends

    def _points(self, batch: Any, geometry: str | None) -> tuple[Array, Array]:
        if self.longitude is not None:
            return numbers_of(batch.column(self.longitude)), numbers_of(batch.column(self.latitude))
        return points_of(batch.column(geometry))

    def _reasons(self, x: Array, y: Array) -> dict[str, int]:
        """Count points in no region by what may be wrong with them."""
        assert self.polygons is not None
        exchanged = self.polygons.holding(y, x) != NOWHERE
        strange = (np.abs(x) > 180) | (np.abs(y) > 90)
        strange &= self.polygons.degrees & ~exchanged
        return {
            "exchanged": int(exchanged.sum()),
            "no_degrees": int(strange.sum()),
            "outside": int((~exchanged & ~strange).sum()),
        }

    def _years(self, batch: Any) -> Any:
        if isinstance(self.year, int):
            return np.full(batch.num_rows, float(self.year))
        return years_of(batch.column(self.year))

    def _industries(self, batch: Any) -> pd.Series:
        found = texts_of(batch.column(str(self.industry)))
        return found if self.concordance is None else found.map(self.concordance)


def _lost(groups: pd.DataFrame, column: str) -> int:
    """Count the rows that lack a column and none before it."""
    before = groups.loc[:, :column].iloc[:, :-1]
    return int((groups[column].isna() & before.notna().all(axis=1)).sum())


def question_of(asked: Mapping[str, Any]) -> Question:
    """Make the question that options of the command line or of a study file ask."""
    year = asked["year"]
    given = {name: asked[name] for name in ("longitude", "latitude", "region", "industry")}
    lists: dict[str, Any] = {
        name: tuple(asked[name]) for name in ("sums", "means", "distinct", "top")
    }
    return Question(
        int(year) if isinstance(year, str) and year.isdecimal() else year,
        **given,
        **lists,
        crs=asked["crs"],
        concordance=read_concordance(asked["concordance"]) if asked["concordance"] else None,
        count=asked["count"] or not any(lists.values()),
    )


def read_concordance(file: str | Path) -> dict[str, str]:
    """Read a table with columns code and industry."""
    table = read_raw(file)
    problems = Problems()
    for column in ("code", "industry"):
        if column not in table.frame:
            problems.unknown("records.no_column", column, table.frame.columns, file=table.file)
    problems.raise_if_any()
    found = table.frame[["code", "industry"]].map(str.strip)
    return dict(found[(found != "").all(axis=1)].itertuples(index=False, name=None))
