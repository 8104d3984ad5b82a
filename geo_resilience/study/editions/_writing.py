"""A comparison written into a folder: its tables, a page, and what it was made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from geo_resilience.results import Results
from geo_resilience.results._reading import table_folder
from geo_resilience.study._folder import maker_of, replacing, settle, write_provenance
from geo_resilience.study.editions._alternatives import stacked
from geo_resilience.study.editions._comparison import Comparison
from geo_resilience.study.output._files import describe
from geo_resilience.tables import CATALOG, made
from geo_resilience.tables._forms import Form
from geo_resilience.words import LANGUAGES


def held_by(found: Mapping[str, Comparison]) -> Results:
    """Give the later run with the tables of the comparison: what a report tells them from."""
    last = list(found.values())[-1].new
    return replace(last, tables={**last.tables, **stacked(found)})


def write(
    found: Mapping[str, Comparison], out: Path, language: str, asked: Mapping[str, Any]
) -> None:
    """Write tables/, index.html and provenance.json of a comparison or of alternatives."""
    from geo_resilience.report import page_of

    maker = maker_of({"plan": asked})
    settle(out, maker=maker)
    last = list(found.values())[-1].new
    context, form = last.context, Form(bom=language != LANGUAGES[0])
    with replacing(out, maker=maker) as folder:
        for stem, table in made(stacked(found), context, language).items():
            place = table_folder(folder, stem)
            place.mkdir(exist_ok=True)
            CATALOG[stem].write(table, place, form, context=context, language=language)
        page = page_of(held_by(found), "since", language)
        (folder / "index.html").write_text(page, encoding="utf-8", newline="\n")
        write_provenance(_origin(found, language, asked), folder)


def _origin(
    found: Mapping[str, Comparison], language: str, asked: Mapping[str, Any]
) -> dict[str, Any]:
    """Say what was compared: titles, and the files of each run by their hashes."""
    first = next(iter(found.values()))
    runs = [first.old, *(each.new for each in found.values())]
    notes = [note for each in found.values() for note in each.notes]
    return {
        **describe({"plan": dict(asked)}, notes, language),
        "runs": [
            {"title": run.title, "inputs": dict(run.provenance.get("inputs", {}))} for run in runs
        ],
    }
