"""Names of regions in every language, and titles with their year."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd

from geo_resilience import words
from geo_resilience.text import keys_of

__all__ = ["dated", "names_by_language"]


def names_by_language(frame: gpd.GeoDataFrame) -> dict[str, list[str]]:
    """Give the names of the regions in every language; the key where there is none."""
    keys = pd.Series([str(key) for key in frame.index], index=frame.index)
    plain = _filled(frame, "name", keys)
    return {
        language: _filled(frame, column, plain).to_list()
        for language, column in keys_of("name").items()
    }


def _filled(frame: gpd.GeoDataFrame, column: str, otherwise: pd.Series) -> pd.Series:
    if column not in frame.columns:
        return otherwise
    texts = frame[column].astype(object)
    usable = texts.notna() & (texts.astype(str).str.strip() != "")
    return texts.where(usable, otherwise).astype(str)


def dated(title: str, year: int | None, language: str) -> str:
    """Give a title its year, where there is one and the title does not hold it.

    Examples
    --------
    >>> dated("Patents", 2020, "en"), dated("Patents of 2020", 2020, "en")
    ('Patents, 2020', 'Patents of 2020')
    """
    if year is None or str(year) in title:
        return title
    return words.say("figure.titled", language, title=title, year=year)
