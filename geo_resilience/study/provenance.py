"""Where results come from: versions, seed, plan, the SHA-256 of every input, and the notes."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from geo_resilience.notes import Note

__all__ = ["describe", "fingerprint", "noted"]

#: Packages whose version can change a figure.
PACKAGES = (
    "geo-resilience",
    "folium",
    "geopandas",
    "libpysal",
    "matplotlib",
    "numpy",
    "pandas",
    "pyogrio",
    "pyproj",
    "scipy",
    "shapely",
)


def describe(
    echo: Mapping[str, Any],
    inputs: Mapping[str, Path],
    notes: Iterable[Note],
    language: str,
    *,
    study_file: str = "",
) -> dict[str, Any]:
    """Give the content of provenance.json: neither a time nor an absolute path is in it.

    Parameters
    ----------
    echo : mapping
        The plan as asked.
    inputs : mapping
        Files by the name under which the study speaks of them.
    notes : iterable of Note
    language : str
        Language of the notes' sentences.
    study_file : str
        Name of the study file; empty where there is none.
    """
    return {
        "made_by": "geo_resilience",
        "study_file": study_file,
        "versions": {"python": platform.python_version()}
        | {package: version(package) for package in PACKAGES},
        "seed": echo["seed"],
        "plan": dict(echo),
        "inputs": {name: fingerprint(path) for name, path in sorted(inputs.items())},
        "notes": noted(notes, language),
    }


def noted(notes: Iterable[Note], language: str) -> list[dict[str, str]]:
    """Give notes as plain values, worded."""
    return [{"code": each.code, "where": each.where, "text": each.say(language)} for each in notes]


def fingerprint(path: Path) -> str:
    """Give the SHA-256 of a file as hexadecimal digits."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()
