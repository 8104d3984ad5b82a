"""A column that is not what it was taken for, and which other was meant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from geo_resilience.errors import MOST_ALIKE
from geo_resilience.regions import Regions, match_names
from geo_resilience.regions._names import Match
from geo_resilience.words import Phrase

_SHOWN = 3
#: Share of a column's cells that name regions when it is the one that was meant.
_NEARLY = 0.8
#: Share of the headings that name regions when a table's axes were exchanged.
_MOSTLY = 0.5


def mistaken_region(
    file: str,
    frame: pd.DataFrame,
    column: str,
    match: Match,
    regions: Regions,
    *,
    aliases: Mapping[str, str] | None = None,
) -> dict[str, Any] | None:
    """Give what to say of a column of regions that holds none; None where it is one, if spoiled."""
    strange = frame[~frame[column].str.strip().isin(match.totals)]
    if match.how or match.hint or strange.empty:
        return None
    if _turned(frame.columns.drop(column), regions, aliases):
        told = told_column(file, strange[column], [])
        return {**told, "hint": Phrase("hint.turned")}
    likely = region_columns(strange.drop(columns=column), regions, aliases=aliases)
    if likely or strange[column].nunique() > MOST_ALIKE:
        return told_column(file, strange[column], likely)
    return None


def _turned(headings: pd.Index, regions: Regions, aliases: Mapping[str, str] | None = None) -> bool:
    """Whether the headings name regions: the table stands with its axes exchanged."""
    found = match_names(pd.Series(headings, dtype="str"), regions, aliases=aliases).keys
    return found.nunique() > 1 and found.notna().mean() > _MOSTLY


def told_column(file: str, cells: pd.Series, likely: Sequence[str]) -> dict[str, Any]:
    """Give what a sentence says of a column that is not what it was taken for."""
    shown = cells.str.strip().drop_duplicates().head(_SHOWN)
    hint = Phrase("hint.did_you_mean_column", {"columns": list(likely)}) if likely else ""
    return {
        "file": file,
        "column": str(cells.name),
        "rows": list(shown.index),
        "found": list(shown),
        "hint": hint,
    }


def region_columns(
    frame: pd.DataFrame, regions: Regions, *, aliases: Mapping[str, str] | None = None
) -> list[str]:
    """Find the columns of a table of texts whose cells name regions, nearly all of them."""
    found = []
    for column in frame.columns:
        texts = pd.Series(frame[column].str.strip().unique()).loc[lambda each: each != ""]
        matched = match_names(texts, regions, aliases=aliases).keys
        if len(texts) > 1 and matched.notna().mean() > _NEARLY and matched.nunique() > 1:
            found.append(str(column))
    return found
