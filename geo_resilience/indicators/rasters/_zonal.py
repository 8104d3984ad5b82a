"""Rasters averaged and summed over regions and years, each cell by the part within a region."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo_resilience.errors import InputError, Problem, Problems
from geo_resilience.indicators.rasters._bands import (
    Band,
    bands_of,
    check_places,
    zones_of,
)
from geo_resilience.indicators.records._engines import each_of
from geo_resilience.regions import Regions

STATISTICS = ("mean", "sum")

#: Shares below this are those of the precision in which covered parts of cells are known.
_LEAST = 1e-6


@dataclass(frozen=True, eq=False)
class Zoning:
    """What is asked of every band; parameters as those of `zonal`, zones by reference system."""

    name: str = "value"
    statistics: tuple[str, ...] = STATISTICS
    classes: Mapping[str, tuple[float, ...]] | None = None
    density: bool = False
    no_data: tuple[float, ...] = ()
    zones: Mapping[str, Any] | None = None

    @cached_property
    def quantities(self) -> dict[str, Any]:
        """What is added up over cells, by name."""
        made: dict[str, Any] = {
            "ground": lambda values, valid, areas: areas,
            "area": lambda values, valid, areas: valid * areas,
        }
        if "mean" in self.statistics or self.density:
            made["weighted"] = lambda values, valid, areas: values * areas
        if "sum" in self.statistics and not self.density:
            made["sum"] = lambda values, valid, areas: values
        for name, codes in (self.classes or {}).items():
            made[f"share_{name}"] = lambda values, valid, areas, codes=list(codes): (
                (np.isin(values, codes) & valid) * areas
            )
        return made

    def __reduce__(self) -> Any:
        # Without the quantities, which cannot be sent to other processes.
        values = self.name, self.statistics, self.classes, self.density, self.no_data, self.zones
        return type(self), values

    def answer(self, band: Band) -> tuple[Band, pd.DataFrame | Problem]:
        """Add up one band; or tell what is wrong with its file."""
        from geo_resilience.indicators.rasters._cells import added_up

        assert self.zones is not None
        zones = _rounded(self.zones[band.crs], band)
        try:
            found = added_up(band, zones, self.quantities, self.no_data)
        except InputError as error:
            return band, error.problems[0]
        shapes = zones.to_numpy()
        whole = shapely.area(shapes)
        found["covered"] = shapely.area(shapely.clip_by_rect(shapes, *band.bounds)) / whole
        return band, found


def _rounded(zones: gpd.GeoSeries, band: Band) -> gpd.GeoSeries:
    """Round corners to a billionth of a cell: those that hardly differ end exactextract or GEOS."""
    step = 2.0 ** np.floor(np.log2(min(band.cell)) - 30)
    return zones.transform(lambda corners: np.round(corners / step) * step)


@dataclass(frozen=True, eq=False)
class Zonal:
    """A table of regions and years, and what did not go into it.

    - ``table``: columns adcode, year, then ``mean_NAME``, ``sum_NAME``, ``share_CLASS``.
    - ``report``: columns adcode, year, reason (``outside`` the raster, ``part`` of the region
      beyond it, ``no_data`` in it), share of the region's area.
    """

    table: pd.DataFrame
    report: pd.DataFrame


def zonal(
    rasters: str | Path | Iterable[str | Path],
    regions: Regions,
    *,
    year: str | int | None = None,
    name: str = "value",
    statistics: Sequence[str] | None = None,
    classes: Mapping[str, float | Sequence[float]] | None = None,
    band: int | None = None,
    band_years: Sequence[int] | None = None,
    density: bool = False,
    no_data: Sequence[float] = (),
    executor: Executor | None = None,
) -> pd.DataFrame:
    r"""Average and sum the cells of rasters by region and year.

    Parameters
    ----------
    rasters : path or iterable of paths
        GeoTIFF: files, folders or patterns; one of a year, or several that lie side by side.
    regions : Regions
        Brought to the reference system of each raster, which stays as it is.
    year : str or int, optional
        Year of all, or how the files' names hold it: ``"lights_{year}*.tif"``. Without it, the one
        number in the name that can be a year.
    name : str, default "value"
        What the cells hold, for the names of columns.
    statistics : sequence of {"mean", "sum"}, optional
        Both without it, none where there are classes.
    classes : mapping of str to number or numbers, optional
        Codes of land cover by class, of which each gets its share of the area.
    band : int, optional
        Which band of files that have several, from 1.
    band_years : sequence of int, optional
        Years of a file's bands, in their order, where each is a year.
    density : bool, default False
        Whether the cells hold amounts per square kilometer, which a sum takes times the area.
    no_data : sequence of float, optional
        Further values, as stored, that stand for no data.
    executor : concurrent.futures.Executor, optional
        Where the bands are added up; here and now without one.

    Returns
    -------
    DataFrame
        Columns adcode, year, then ``mean_NAME``, ``sum_NAME``, ``share_CLASS``: every region in
        every year, blank where the raster has nothing. ``attrs["report"]`` holds, by adcode, year
        and reason, the share of a region that is outside the raster or without data.

    Raises
    ------
    InputError
        If the extra ``raster`` is not installed; with everything that is wrong with any file: none
        that can be read, no reference system, no such band, no year, no region in it.

    Notes
    -----
    With :math:`f_i` the part of cell i within the region, :math:`v_i` its value, :math:`a_i` its
    area, over cells that hold a value,

    .. math:: mean = \frac{\sum f_i a_i v_i}{\sum f_i a_i}, \quad sum = \sum f_i v_i,
       \quad sum_{density} = \sum f_i a_i v_i, \quad
       share_k = \frac{\sum f_i a_i [v_i \in k]}{\sum f_i a_i}.

    A cell of degrees has the area between its parallels on the ellipsoid; one of a projection, that
    in the plane. A density in a projection that changes areas by more than 2 % is refused. The
    parts :math:`f_i` are those of exactextract (Baston, 2024), exact up to single precision;
    memory does not grow with the raster. What stands in files beside a raster is not read.

    Examples
    --------
    >>> import tempfile
    >>> import rasterio
    >>> from geo_resilience.regions import read_boundaries
    >>> folder = tempfile.TemporaryDirectory()
    >>> file = Path(folder.name) / "lights_2020.tif"
    >>> grid = {"transform": rasterio.transform.from_origin(70, 60, 35, 45), "crs": "EPSG:4326"}
    >>> shape = {"width": 2, "height": 1, "count": 1, "dtype": "float64"}
    >>> with rasterio.open(file, "w", **grid, **shape) as raster:
    ...     raster.write(np.array([[1.0, 3.0]]), 1)
    >>> found = zonal(file, read_boundaries(), name="lights")
    >>> found[found["adcode"].isin(["310000", "540000"])][["adcode", "year", "mean_lights"]]
        adcode  year  mean_lights
    8   310000  2020          3.0
    25  540000  2020          1.0
    """
    asked = Zoning(
        name,
        default_statistics(statistics, classes),
        {key: tuple(np.atleast_1d(codes).tolist()) for key, codes in (classes or {}).items()},
        density,
        tuple(no_data),
    )
    listed = [rasters] if isinstance(rasters, str | Path) else list(rasters)
    bands = bands_of(listed, year=year, band=band, band_years=band_years)
    found = zoned(bands, regions, asked, executor=executor)
    found.table.attrs["report"] = found.report
    return found.table


def default_statistics(asked: Sequence[str] | None, classes: object) -> tuple[str, ...]:
    """Give the statistics that are meant where none is named."""
    if asked is None or not len(asked):
        return () if classes else STATISTICS
    problems = Problems()
    for each in asked:
        if each not in STATISTICS:
            problems.unknown("rasters.statistic", each, STATISTICS)
    problems.raise_if_any()
    return tuple(asked)


def zoned(
    bands: Sequence[Band], regions: Regions, asked: Zoning, *, executor: Executor | None = None
) -> Zonal:
    """Average and sum bands, and tell what was left out."""
    zones = zones_of(regions, bands)
    check_places(bands, zones, asked.density)
    asked = replace(asked, zones=zones)
    answers = dict(each_of(asked.answer, bands, executor))
    problems = Problems()
    wrong = [each for each in map(answers.get, bands) if isinstance(each, Problem)]
    problems.extend({str(each): each for each in wrong}.values())
    problems.raise_if_any()
    # Added in the order of the files, whichever was done first.
    whole = pd.concat({(band.year, place): answers[band] for place, band in enumerate(bands)})
    whole = whole.groupby(level=[2, 0]).sum().rename_axis(["adcode", "year"])
    if not (whole["area"] > 0).any():
        files = list(dict.fromkeys(band.file.name for band in bands))
        raise InputError("rasters.nothing", files=files)
    return Zonal(_table(whole, asked), _report(whole))


def _table(whole: pd.DataFrame, asked: Zoning) -> pd.DataFrame:
    """Make the columns; blank where no cell holds a value."""
    area = whole["area"].where(whole["area"] > 0)
    found = pd.DataFrame(index=whole.index)
    if "mean" in asked.statistics:
        found[f"mean_{asked.name}"] = whole["weighted"] / area
    if "sum" in asked.statistics:
        added = whole["weighted" if asked.density else "sum"]
        found[f"sum_{asked.name}"] = added.where(area.notna())
    for name in asked.classes or {}:
        found[f"share_{name}"] = whole[f"share_{name}"] / area
    return found.reset_index().astype({"year": np.int64, "adcode": "str"})


def _report(whole: pd.DataFrame) -> pd.DataFrame:
    """List what share of a region is beyond the raster or without data in it."""
    covered = whole["covered"].clip(0, 1)
    held = (whole["area"] / whole["ground"].where(whole["ground"] > 0)).fillna(0)
    outside = covered < _LEAST
    shares = pd.DataFrame(
        {
            "outside": (1 - covered).where(outside),
            "part": (1 - covered).where(~outside),
            "no_data": (covered * (1 - held)).where(~outside),
        }
    )
    told = shares.rename_axis(columns="reason").stack().rename("share")
    return told[told > _LEAST].reset_index()
