"""Folders written as a run writes them, small."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from geo_resilience.errors import OutputError
from geo_resilience.study._folder import replacing

FILES = [f"table_{number}.csv" for number in range(8)]


def fill(beside: Path, text: str) -> None:
    for name in FILES:
        (beside / name).write_text(text)
    (beside / "figures").mkdir()
    (beside / "figures" / "map.svg").write_text(text)
    (beside / "provenance.json").write_text(json.dumps({"made_by": "geo_resilience", "seed": 1}))


def write(place: Path, text: str) -> None:
    with replacing(place) as beside:
        fill(beside, text)


def contents(place: Path) -> set[str]:
    return {(place / name).read_text() for name in [*FILES, "figures/map.svg"]}


def names(place: Path) -> list[str]:
    return sorted(entry.name for entry in place.iterdir())


def problem(error: pytest.ExceptionInfo[OutputError]) -> str:
    return error.value.problems[0].key
