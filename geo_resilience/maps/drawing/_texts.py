"""Texts in every language: names of regions, of whatever has a name, and titles with their year."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import geopandas as gpd
import pandas as pd

from geo_resilience import words

#: A text in every language of the page.
Text = dict[str, str]


def in_all(say: Callable[[str], str]) -> Text:
    """Give a text in every language; ``say`` words it in one."""
    return {language: say(language) for language in words.LANGUAGES}


def named(thing: Any, attribute: str) -> Text:
    """Read ``name`` and ``name_zh`` (or the like) of an object into one text."""

    def in_one(language: str) -> str:
        own = attribute if language == "en" else f"{attribute}_{language}"
        return str(getattr(thing, own, "") or getattr(thing, attribute, "") or "")

    return in_all(in_one)


def names_by_language(frame: gpd.GeoDataFrame) -> dict[str, list[str]]:
    """Give the names of the regions in every language; the key where there is none."""
    keys = pd.Series([str(key) for key in frame.index], index=frame.index)
    plain = _filled(frame, "name", keys)
    return {
        language: (
            plain if language == "en" else _filled(frame, f"name_{language}", plain)
        ).to_list()
        for language in words.LANGUAGES
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
