"""Results read back from the folder of a run, without running the study again."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import Any, cast

import pandas as pd

from geo_resilience.errors import InputError, Problems
from geo_resilience.indicators import Dimension, Framework, Indicator, Panel, Variable
from geo_resilience.indicators._framework import FRAMEWORK_TEXTS
from geo_resilience.notes import Note
from geo_resilience.regions import (
    Base,
    ContextLayer,
    Group,
    Grouping,
    Regions,
    read_boundaries,
)
from geo_resilience.regions._base import TEXTS, no_shapes
from geo_resilience.regions._boundaries import checked_regions
from geo_resilience.regions._boundary_files import open_boundaries
from geo_resilience.results import Found, Results
from geo_resilience.tables import CATALOG, Context, Form
from geo_resilience.text import Text


def table_folder(folder: Path, stem: str) -> Path:
    """Say where a run's table stands: in tables/, the codebook beside it."""
    return folder if stem == "codebook" else folder / "tables"


def study_facts(results: Results) -> dict[str, Any]:
    """Give what a folder of results must hold beside its tables to be drawn from again."""
    framework = results.framework
    measures = ("dimensions", "indicators", "variables", "groups")
    return {
        "title": results.title,
        "language": results.language,
        "opens_in": results.opens_in,
        "boundaries": "bundled" if results.regions.bundled else "regions.gpkg",
        "base": _base_facts(results.regions),
        "excluded": list(results.excluded),
        "framework": {
            **{name: dict(text) for name, text in framework.texts.items()},
            **{name: [_plain(each) for each in getattr(framework, name)] for name in measures},
        },
        "groupings": [
            {
                "name": grouping.name,
                "is_partition": grouping.is_partition,
                "groups": [_plain(group) for group in grouping.groups],
            }
            for grouping in results.groupings.values()
        ],
    }


def _base_facts(regions: Regions) -> dict[str, Any]:
    """Give what is said of the base map, and what its layers in base.gpkg are."""
    base = regions.base
    drawn = [{"name": dict(each.name), "style": each.style} for each in base.context]
    return {**base.texts, "units": regions.of_base, "context": drawn, "layers": list(base.layers)}


def _base(place: Path, facts: Mapping[str, Any]) -> Base:
    """Read the base map back, as it was drawn."""
    held = {name: open_boundaries(place / "base.gpkg", name)[0] for name in facts["layers"]}
    context = [
        ContextLayer(Text(each["name"]), held[f"context_{number}"], each["style"])
        for number, each in enumerate(facts["context"], start=1)
    ]
    texts = {name: Text(facts[name]) for name in TEXTS}
    return Base(
        source=facts["source"],
        review_number=facts["review_number"],
        areas=held.get("areas", no_shapes()),
        lines=held.get("lines", no_shapes()),
        inset=held["inset"].geometry if "inset" in held else None,
        context=tuple(context),
        **texts,
    )


def _plain(thing: object) -> dict[str, Any]:
    """Give its fields, texts as mappings of language to string."""
    return {
        name: dict(value) if isinstance(value, Text) else value
        for name, value in vars(thing).items()
    }


def read_results(folder: str | os.PathLike[str]) -> Results:
    """Read a folder that a run wrote back into Results.

    Parameters
    ----------
    folder : path

    Returns
    -------
    Results

    Raises
    ------
    InputError
        If it is no such folder, was written by an older version, or lacks what the run wrote:
        every table that is gone or was cut.
    """
    place = Path(folder)
    if not place.is_dir():
        raise InputError("results.folder_missing", folder=place)
    provenance = _provenance(place)
    try:
        return _read(place, provenance)
    except (AttributeError, KeyError, TypeError) as error:
        raise InputError("results.older", folder=place, file="provenance.json") from error


def _read(place: Path, provenance: Mapping[str, Any]) -> Results:
    """Read a folder whose provenance is known."""
    facts = provenance["study"]
    settings = Found.of(provenance["found"])
    framework = _framework(facts["framework"])
    names = () if settings.grading is None else settings.grading.names
    if CATALOG["scores"].found(table_folder(place, "scores")) is None:
        older = (place / "scores.csv").is_file()
        raise InputError(
            "results.older" if older else "results.not_results",
            folder=place,
            file=(table_folder(Path(), "scores") / CATALOG["scores"].file).as_posix(),
        )
    _whole(place, provenance.get("sizes", {}))
    tables = _tables(place, Context.of(framework, names), CATALOG, settings.form)
    trace = tables.get("trace", CATALOG["trace"].empty())[CATALOG["trace"].names]
    panel = Panel(_by_place(tables.get("indicators")), pd.DataFrame(), framework, trace)
    return Results(
        title=str(facts["title"]),
        language=str(facts["language"]),
        plan=provenance.get("plan", {}),
        regions=_regions(place, facts),
        excluded=tuple(facts["excluded"]),
        groupings={each["name"]: _grouping(each) for each in facts["groupings"]},
        framework=framework,
        panel=panel,
        raw=pd.DataFrame(),
        neighbors=cast(Any, None),
        tables=tables,
        notes=tuple(_note(each) for each in provenance.get("notes", [])),
        provenance=provenance,
        opens_in=facts["opens_in"],
        found=settings,
    )


def _whole(place: Path, sizes: Mapping[str, int]) -> None:
    """Raise for every table that the run wrote and that is gone, or of another size."""
    problems = Problems()
    for file, size in sizes.items():
        path = place / file
        if not path.is_file():
            problems.add("results.table_gone", file=file, folder=place)
        elif (found := path.stat().st_size) != size:
            problems.add("results.table_changed", file=file, found=found, size=size)
    problems.raise_if_any()


def _provenance(place: Path) -> dict[str, Any]:
    file = place / "provenance.json"
    try:
        found = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    except (OSError, ValueError) as error:
        raise InputError("results.unreadable", file=file.name, reason=str(error)) from error
    if not isinstance(found, dict) or found.get("made_by") != "geo_resilience":
        raise InputError("results.not_results", folder=place, file=file.name)
    if "studies" in found:
        raise InputError("results.portfolio", folder=place, studies=found["studies"])
    study, settings = found.get("study"), found.get("found")
    if not isinstance(settings, dict) or not isinstance(study, dict) or "opens_in" not in study:
        raise InputError("results.older", folder=place, file=file.name)
    return found


def read_tables(folder: Path, *stems: str) -> dict[str, pd.DataFrame]:
    """Read some tables of a folder that a run wrote; those that it does not hold are left out."""
    provenance = _provenance(folder)
    framework = _framework(provenance["study"]["framework"])
    settings = Found.of(provenance["found"])
    names = () if settings.grading is None else settings.grading.names
    return _tables(folder, Context.of(framework, names), stems, settings.form)


def _tables(
    folder: Path, context: Context, stems: Iterable[str], form: Form
) -> dict[str, pd.DataFrame]:
    """Read the tables of the catalog that the folder holds."""
    files = {stem: CATALOG[stem].found(table_folder(folder, stem)) for stem in stems}
    return {
        stem: CATALOG[stem].read(file, context, safe=form.safe)
        for stem, file in files.items()
        if file is not None
    }


def _by_place(table: pd.DataFrame | None) -> pd.DataFrame:
    if table is None:
        return pd.DataFrame()
    return table.set_index(["adcode", "year"]).drop(columns="name")


def _regions(place: Path, facts: Mapping[str, Any]) -> Regions:
    base = _base(place, facts["base"]) if "base" in facts else Base()
    if facts["boundaries"] == "bundled":
        return replace(read_boundaries(), base=base)
    frame, _ = open_boundaries(place / "regions.gpkg", "regions")
    columns = ("adcode", "name_en", "name_zh")
    found = checked_regions(frame, "regions.gpkg", columns, Problems(), coverage=False)
    source = base.source if facts.get("base", {}).get("units") else "regions.gpkg"
    return Regions(found.frame[["name", "name_zh", "geometry"]], source, base=base)


_KINDS: dict[type, Callable[[Any], object]] = {list: tuple, dict: Text}


def _made(kind: type, values: Mapping[str, Any]) -> Any:
    """Make a value of a kind from what it was written as; lists were tuples, mappings texts."""
    known = {each.name for each in fields(kind) if each.init}
    return kind(
        **{
            name: _KINDS[type(value)](value) if type(value) in _KINDS else value
            for name, value in values.items()
            if name in known
        }
    )


def _framework(facts: Mapping[str, Any]) -> Framework:
    return Framework(
        **{name: Text(facts[name]) for name in FRAMEWORK_TEXTS if name in facts},
        dimensions=tuple(_made(Dimension, each) for each in facts["dimensions"]),
        indicators=tuple(_made(Indicator, each) for each in facts["indicators"]),
        variables=tuple(_made(Variable, each) for each in facts["variables"]),
        groups=tuple(_made(Dimension, each) for each in facts["groups"]),
    )


def _grouping(facts: Mapping[str, Any]) -> Grouping:
    groups = tuple(_made(Group, each) for each in facts["groups"])
    return Grouping(facts["name"], groups, facts["is_partition"])


class _SaidNote(Note):
    """A note whose sentence was written down in every language."""

    def say(self, language: str = "en") -> str:
        """Give the sentence as it was written."""
        return str(self.values["text"][language])


def _note(facts: Mapping[str, Any]) -> Note:
    told = Text(facts.get("texts", facts["text"]))
    return _SaidNote(facts["code"], facts.get("where", ""), {"text": told})
