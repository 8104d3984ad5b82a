"""Cells of a raster added up over regions by exactextract, each by the part within a region."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
from exactextract import exact_extract
from exactextract.operation import Operation
from exactextract.raster import RasterSource
from numpy.typing import NDArray
from rasterio.windows import Window

from geo_resilience.indicators.rasters._bands import Band, opened

Array = NDArray[np.float64]

#: What is added up: made of the cells' values, whether they hold one, and their areas.
Quantity = Callable[[Array, NDArray[np.bool_], Array], Array]

#: Most cells that are read at a time.
_CELLS = 1 << 21


def row_areas(crs: pyproj.CRS, band: Band, rows: int) -> Array:
    """Give the area of a cell in each row, in square kilometers, from the north.

    On the ellipsoid between two parallels where the raster is in degrees; as the plane has it in
    a projection.
    """
    unit = crs.axis_info[0].unit_conversion_factor
    width, height = band.cell
    if not crs.is_geographic:
        return np.full(rows, width * height * unit**2 / 1e6)
    edges = np.clip((band.bounds[3] - height * np.arange(rows + 1)) * unit, -np.pi / 2, np.pi / 2)
    assert crs.ellipsoid is not None
    minor, major = crs.ellipsoid.semi_minor_metre, crs.ellipsoid.semi_major_metre
    bent, sine = np.sqrt(1 - (minor / major) ** 2), np.sin(edges)
    curved = np.arctanh(bent * sine) / bent if bent else sine
    to_equator = minor**2 / 2 * (sine / (1 - (bent * sine) ** 2) + curved)
    return -np.diff(to_equator) * width * unit / 1e6


class _Windows:
    """The cells of a window, read once for everything that is made of them."""

    def __init__(self, raster: Any, band: Band, no_data: Sequence[float]) -> None:
        self._raster, self._band, self._no_data = raster, band, list(no_data)
        self._areas = row_areas(pyproj.CRS(band.crs), band, raster.height)
        self._at: tuple[int, ...] = ()
        self._cells: tuple[Any, Any, Any] = (None, None, None)

    def cells(self, x: int, y: int, columns: int, rows: int) -> tuple[Any, Any, Any]:
        """Give values (0 where there is none), whether there is one, and areas."""
        if self._at != (x, y, columns, rows):
            read = self._read(x, y, columns, rows)
            values = np.ma.getdata(read).astype(float)
            valid = ~np.ma.getmaskarray(read) & np.isfinite(values)
            if self._no_data:
                valid &= ~np.isin(values, self._no_data)
            place = self._band.number - 1
            values = values * self._raster.scales[place] + self._raster.offsets[place]
            areas = np.broadcast_to(self._areas[y : y + rows, None], values.shape)
            self._cells = np.where(valid, values, 0.0), valid, areas
            self._at = (x, y, columns, rows)
        return self._cells

    def _read(self, x: int, y: int, columns: int, rows: int) -> Any:
        """Read a window whose rows count from the north, whichever way the file has them."""
        if not columns * rows:
            return np.ma.zeros((rows, columns))
        upward = self._raster.transform.e > 0
        start = self._raster.height - y - rows if upward else y
        window = Window(x, start, columns, rows)
        read = self._raster.read(self._band.number, window=window, masked=True)
        return read[::-1] if upward else read


class _Made(RasterSource):  # type: ignore[misc]
    """A raster of what is added up."""

    def __init__(self, windows: _Windows, band: Band, name: str, quantity: Quantity) -> None:
        super().__init__()
        self.set_name(name)
        self._windows, self._band, self._quantity = windows, band, quantity

    def res(self) -> tuple[float, float]:
        return self._band.cell

    def extent(self) -> tuple[float, float, float, float]:
        return self._band.bounds

    def srs_wkt(self) -> None:
        return None

    def nodata_value(self) -> None:
        return None

    def read_window(self, x: int, y: int, columns: int, rows: int) -> Array:
        cells = self._windows.cells(x, y, columns, rows)
        return np.ascontiguousarray(self._quantity(*cells), dtype=float)


def added_up(
    band: Band, zones: gpd.GeoSeries, quantities: Mapping[str, Quantity], no_data: Sequence[float]
) -> pd.DataFrame:
    """Add quantities up over the cells of each zone; memory does not grow with the raster."""
    with opened(band.file) as raster:
        windows = _Windows(raster, band, no_data)
        sources = [_Made(windows, band, name, made) for name, made in quantities.items()]
        frame = exact_extract(
            sources,
            gpd.GeoDataFrame({"place": range(len(zones))}, geometry=zones.to_numpy(), crs=band.crs),
            [Operation("sum", source.name(), source) for source in sources],
            include_cols=["place"],
            strategy="raster-sequential",
            max_cells_in_memory=_CELLS,
            output="pandas",
        )
    return frame.set_index("place").sort_index().set_axis(zones.index)
