"""A table to fill in."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path

from geo_resilience.indicators._framework import Framework
from geo_resilience.regions import Regions
from geo_resilience.tables._formulas import marked


def write_template(
    path: str | Path,
    framework: Framework,
    regions: Regions,
    years: Iterable[int],
    *,
    language: str = "en",
) -> list[str]:
    """Write an empty table for a framework: a row a region and year, a column a quantity.

    Names that a spreadsheet would calculate begin with an apostrophe.
    """
    span = list(years)
    columns = sorted(framework.needed_columns)
    heads = ["adcode", "region", *(["year"] if span else []), *columns]
    with Path(path).open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow(heads)
        for key, name in regions.names(language).items():
            for year in [[year] for year in span] or [[]]:
                writer.writerow([key, marked(name), *year, *[""] * len(columns)])
    return heads
