"""A comparison written into a folder: its tables, a page, and what it was made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from geo_resilience.results import Results
from geo_resilience.results._reading import table_folder
from geo_resilience.study._files import describe
from geo_resilience.study._folder import maker_of, replacing, settle, write_provenance
from geo_resilience.study.editions._comparison import Comparison
from geo_resilience.tables import CATALOG
from geo_resilience.words import LANGUAGES


def held_by(comparison: Comparison) -> Results:
    """Give the later run with the tables of the comparison: what a report tells them from."""
    own = {stem: table for stem, table in comparison.tables.items() if stem != "codebook"}
    return replace(comparison.new, tables={**comparison.new.tables, **own})


def write(comparison: Comparison, out: Path, language: str, asked: Mapping[str, Any]) -> None:
    """Write tables/, index.html and provenance.json."""
    from geo_resilience.report import page_of

    maker = maker_of({"plan": asked})
    settle(out, maker=maker)
    with replacing(out, maker=maker) as folder:
        for stem, table in comparison.tables.items():
            place = table_folder(folder, stem)
            place.mkdir(exist_ok=True)
            CATALOG[stem].write(table, place, bom=language != LANGUAGES[0])
        page = page_of(held_by(comparison), "since", language)
        (folder / "index.html").write_text(page, encoding="utf-8", newline="\n")
        write_provenance(_origin(comparison, language, asked), folder)


def _origin(comparison: Comparison, language: str, asked: Mapping[str, Any]) -> dict[str, Any]:
    runs = (comparison.old, comparison.new)
    return {
        **describe({"plan": dict(asked)}, comparison.notes, language),
        "runs": [
            {"title": run.title, "inputs": dict(run.provenance.get("inputs", {}))} for run in runs
        ],
    }
