"""Bands of raster files: which there are, of which year, and where they lie."""

from __future__ import annotations

import re
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import combinations, groupby
from pathlib import Path
from typing import Any

import numpy as np
import pyproj
import shapely

from geo_resilience.errors import InputError, Problems
from geo_resilience.indicators.records._batches import files_of
from geo_resilience.regions import Regions

Bounds = tuple[float, float, float, float]

#: Endings of files of rasters.
_ENDINGS = (".tif", ".tiff")

#: A year that stands apart from other digits.
_YEAR = re.compile(r"(?<!\d)((?:1[89]|20)\d\d)(?!\d)")

#: Megabytes of blocks that GDAL keeps, and its other settings: what stands beside a file is not
#: read, so that the file alone decides.
_SETTINGS = {
    "GDAL_CACHEMAX": 64,
    "GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR",
    "GDAL_PAM_ENABLED": "NO",
}

#: Most that the size of cells on the ground may differ from that in the reference system.
_UNEVEN = 0.02


@dataclass(frozen=True)
class Band:
    """A band of a file: the figures of a year in a part of the earth.

    - ``number``: counted from 1.
    - ``crs``: reference system as well-known text.
    - ``bounds``: west, south, east and north end.
    - ``cell``: width and height of a cell.
    """

    file: Path
    number: int
    year: int
    crs: str
    bounds: Bounds
    cell: tuple[float, float]


def _check_installed() -> None:
    """Raise where the packages that read rasters are not there."""
    try:
        import exactextract  # noqa: F401
        import rasterio  # noqa: F401
    except ImportError:
        raise InputError("rasters.not_installed") from None


@contextmanager
def opened(file: Path) -> Iterator[Any]:
    """Open a GeoTIFF; what is wrong with it, also while it is read, is told by its name."""
    import rasterio
    from rasterio.errors import NotGeoreferencedWarning, RasterioError

    try:
        with warnings.catch_warnings(), rasterio.Env(**_SETTINGS):
            warnings.simplefilter("ignore", NotGeoreferencedWarning)
            with rasterio.open(file, driver="GTiff") as raster:
                yield raster
    except (RasterioError, OSError) as error:
        what = str(error.__cause__ or error).splitlines()[0]
        raise InputError("rasters.broken", file=file.name, what=what) from None


def raster_files(rasters: Iterable[str | Path], problems: Problems) -> list[Path]:
    """Give the files of paths, folders and patterns."""

    def named_so(file: Path) -> bool:
        return file.name.casefold().endswith(_ENDINGS) and not file.name.startswith((".", "_"))

    return files_of(rasters, problems, what="rasters", holds=named_so, endings=_ENDINGS)


def bands_of(
    rasters: Iterable[str | Path],
    *,
    year: str | int | None,
    band: int | None,
    band_years: Sequence[int] | None,
) -> list[Band]:
    """Find the bands of files, folders and patterns, in the order of years and names.

    Raises
    ------
    InputError
        Where the packages that read rasters are not there; else with everything that is wrong with
        any of the files.
    """
    _check_installed()
    problems = Problems()
    found: list[Band] = []
    for file in raster_files(rasters, problems):
        with problems.caught(), opened(file) as raster:
            numbers = _numbers(file, raster, year, band, band_years)
            placed = _placed(file, raster)
            found += [Band(file, number, of, *placed) for number, of in numbers]
    found.sort(key=lambda each: (each.year, each.file.name, each.number))
    _check_apart(found, problems)
    problems.raise_if_any()
    return found


def _numbers(
    file: Path,
    raster: Any,
    year: str | int | None,
    band: int | None,
    band_years: Sequence[int] | None,
) -> list[tuple[int, int]]:
    """Give the bands to read and their years."""
    if band_years is not None:
        if len(band_years) != raster.count:
            years, count = list(band_years), raster.count
            raise InputError("rasters.band_years", file=file.name, years=years, count=count)
        return list(enumerate(band_years, start=1))
    if band is None and raster.count > 1:
        told = [name or "-" for name in raster.descriptions]
        raise InputError("rasters.several_bands", file=file.name, count=raster.count, names=told)
    number = 1 if band is None else band
    if not 1 <= number <= raster.count:
        raise InputError("rasters.no_band", file=file.name, found=number, count=raster.count)
    return [(number, _year_of(file, year))]


def _year_of(file: Path, year: str | int | None) -> int:
    """Give the year of a file: as stated, or as its name has it."""
    if isinstance(year, int):
        return year
    if year is None:
        years = {int(each) for each in _YEAR.findall(file.name)}
        if len(years) == 1:
            return years.pop()
        raise InputError("rasters.no_year", file=file.name, found=sorted(years) or "-")
    parts = {r"\{year\}": r"(\d{4})", r"\*": ".*", r"\?": "."}
    form = re.escape(year)
    for written, meant in parts.items():
        form = form.replace(written, meant)
    match = re.fullmatch(form, file.name)
    if form.count(parts[r"\{year\}"]) != 1 or match is None:
        raise InputError("rasters.pattern", file=file.name, pattern=year)
    return int(match.group(1))


def _placed(file: Path, raster: Any) -> tuple[str, Bounds, tuple[float, float]]:
    """Give a raster's reference system, its ends and the size of its cells."""
    if not raster.crs:
        raise InputError("rasters.no_crs", file=file.name)
    grid = raster.transform
    if grid.b or grid.d or grid.a <= 0:
        raise InputError("rasters.turned", file=file.name)
    south, north = sorted((grid.f, grid.f + grid.e * raster.height))
    bounds = (grid.c, south, grid.c + grid.a * raster.width, north)
    return raster.crs.to_wkt(), bounds, (grid.a, abs(grid.e))


def _check_apart(bands: Sequence[Band], problems: Problems) -> None:
    """Refuse bands of a year that cover the same ground, which would count twice."""
    of_years = (list(same) for _, same in groupby(bands, key=lambda each: each.year))
    for first, second in (pair for same in of_years for pair in combinations(same, 2)):
        names = {"file": first.file.name, "other": second.file.name, "year": first.year}
        if first.crs != second.crs:
            problems.add("rasters.two_systems", **names)
        elif _overlap(first, second):
            problems.add("rasters.overlap", **names)


def _overlap(first: Band, second: Band) -> bool:
    """Whether two bands have more than half a cell in common."""
    (west, south, east, north), other = first.bounds, second.bounds
    width, height = (min(pair) / 2 for pair in zip(first.cell, second.cell, strict=True))
    shared = min(east, other[2]) - max(west, other[0]), min(north, other[3]) - max(south, other[1])
    return shared[0] > width and shared[1] > height


def check_places(bands: Sequence[Band], zones: dict[str, Any], density: bool) -> None:
    """Raise where no raster of a year lies over any region, with what it looks like."""
    problems = Problems()
    beside = [band for band in bands if not _meet(band.bounds, _ends(zones[band.crs]))]
    all_of, missing = (Counter(band.year for band in some) for some in (bands, beside))
    told = set()
    for band in beside:
        if missing[band.year] < all_of[band.year] or band.file in told:
            continue
        told.add(band.file)
        west, south, east, north = ends = _ends(zones[band.crs])
        key = "exchanged" if _meet(band.bounds, (south, west, north, east)) else "elsewhere"
        problems.add(
            f"rasters.{key}",
            file=band.file.name,
            crs=pyproj.CRS(band.crs).name,
            **dict(zip(("west", "south", "east", "north"), band.bounds, strict=True)),
            **dict(zip(("left", "bottom", "right", "top"), ends, strict=True)),
        )
    for crs in {band.crs: band.file.name for band in bands} if density else ():
        share = _unevenness(crs, _ends(zones[crs]))
        if share > _UNEVEN:
            problems.add("rasters.uneven", crs=pyproj.CRS(crs).name, share=f"{100 * share:.0f}")
    problems.raise_if_any()


def _ends(zones: Any) -> Bounds:
    west, south, east, north = shapely.total_bounds(zones.to_numpy())
    return (west, south, east, north)


def _meet(one: Bounds, other: Bounds) -> bool:
    """Whether two boxes have a part in common; one that is not finite has none."""
    across = one[0] < other[2] and other[0] < one[2]
    return across and one[1] < other[3] and other[1] < one[3]


def _unevenness(crs: str, ends: Bounds) -> float:
    """Give how far areas in a projection may be from those on the ground, as a share."""
    system = pyproj.CRS(crs)
    if system.is_geographic or not np.isfinite(ends).all():
        return 0.0
    x, y = np.meshgrid(np.linspace(ends[0], ends[2], 5), np.linspace(ends[1], ends[3], 5))
    places = pyproj.Proj(system)(x, y, inverse=True)
    scale = pyproj.Proj(system).get_factors(*places).areal_scale
    return float(np.nanmax(np.abs(scale - 1)))


def zones_of(regions: Regions, bands: Sequence[Band]) -> dict[str, Any]:
    """Take the regions to the reference system of each raster; the raster stays as it is."""
    shapes = regions.frame.geometry
    return {crs: shapes.to_crs(crs) for crs in dict.fromkeys(band.crs for band in bands)}
