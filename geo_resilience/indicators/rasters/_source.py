"""Rasters as one of the tables of a study."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from geo_resilience.indicators._sources import Keyed
from geo_resilience.indicators.rasters._bands import bands_of
from geo_resilience.indicators.rasters._zonal import Zoning, zoned
from geo_resilience.notes import Note
from geo_resilience.regions import Regions
from geo_resilience.text import first_few
from geo_resilience.words import Phrase

#: Share of a region from which on what is missing changes what may be concluded.
_MUCH = 0.05

#: Most regions that are named.
_NAMED = 12


@dataclass(frozen=True, eq=False)
class RasterSource:
    """Rasters of a study: where they are, which bands, what is asked of them.

    - ``label``: what notes and tables call them.
    - ``bands``: which are read, as `zonal` takes it: ``year``, ``band``, ``band_years``.
    """

    label: str
    files: tuple[Path, ...]
    asked: Zoning
    bands: dict[str, Any]


def average_rasters(
    source: RasterSource, regions: Regions, *, needed: Collection[str]
) -> tuple[Keyed, pd.DataFrame]:
    """Average and sum cells into columns of a table; and tell what was left out, by reason."""
    found = zoned(bands_of(source.files, **source.bands), regions, source.asked)
    table = found.table.set_index(["adcode", "year"])
    account = found.report.copy()
    account.insert(0, "rasters", source.label)
    years = len(table.index.unique("year"))
    there = table.dropna(how="all").index.unique("adcode")
    counts = {"years": years, "found": len(there), "all": len(regions.keys)}
    notes = [Note("rasters.read", source.label, counts)]
    notes += [_note(source.label, str(reason), gaps) for reason, gaps in account.groupby("reason")]
    return Keyed.made(source.label, table, needed, notes), account


def _note(where: str, reason: str, gaps: pd.DataFrame) -> Note:
    """Tell how many regions lack a part, and which the most."""
    keys = list(gaps["adcode"].unique())
    if reason == "outside":
        named = first_few(keys, _NAMED)
        return Note("rasters.outside", where, {"count": len(keys), "names": named})
    most = gaps.loc[gaps["share"].idxmax()]
    values = {
        "count": len(keys),
        "what": Phrase(f"raster_gap.{reason}", {}),
        "share": f"{100 * most['share']:.3g}",
        "region": most["adcode"],
        "year": int(most["year"]),
    }
    much = most["share"] > _MUCH
    return Note("rasters.large_gaps" if much else "rasters.gaps", where, values)
