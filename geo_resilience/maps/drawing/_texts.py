"""Names of regions in every language, and titles with their year."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd

from geo_resilience import words
from geo_resilience.regions import Regions
from geo_resilience.text import Text, keys_of


def caption_of(regions: Regions | None) -> Text:
    """Give the caption of the inset: that of the base map, else what is far off is called."""
    if regions is not None and regions.base.caption:
        return regions.base.caption
    is_bundled = regions is not None and regions.bundled
    return Text.worded("figure.inset" if is_bundled else "figure.inset_other")


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
    """Give a title its year, where there is one and the title does not hold it."""
    if year is None or str(year) in title:
        return title
    return words.say("figure.titled", language, title=title, year=year)
