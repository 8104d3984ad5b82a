"""The files of a run, written into a folder: tables, geopackage, summary and provenance."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pandas as pd
from pandas.api.types import is_numeric_dtype as numeric

from geo_resilience.notes import Note
from geo_resilience.report import summary_lines
from geo_resilience.results import Results
from geo_resilience.results._reading import study_facts, table_folder
from geo_resilience.study._folder import maker_of, replacing, settle, write_provenance
from geo_resilience.study.output._geopackage import fixed_time, write_geopackage, write_layer
from geo_resilience.study.output._packages import write_others, write_package
from geo_resilience.tables import CATALOG, LARGE, Context, Form, made
from geo_resilience.tables._formulas import begins_formula
from geo_resilience.tables._vocabulary import kind_of_name
from geo_resilience.text import Text
from geo_resilience.words import LANGUAGES, Phrase


def write_files(results: Results, folder: Path, formats: Sequence[str] = ()) -> None:
    """Write tables, layers, summary.txt, provenance.json and datapackage.json into a folder.

    formats : sequence of str
        What the study asks for: tables are written as ``results.found.form`` says; this adds
        ``geoparquet``, ``geojson`` and ``duckdb``.
    """
    form, context, language = results.found.form, results.context, results.language
    for stem in results:
        place = table_folder(folder, stem)
        place.mkdir(exist_ok=True)
        CATALOG[stem].write(results[stem], place, form, context=context, language=language)
    write_others(results, folder, formats)
    write_geopackage(results, folder)
    with fixed_time():
        for name, layer in results.regions.base.layers.items():
            write_layer(layer, folder / "base.gpkg", name)
    _write_text("\n".join(summary_lines(results)), folder / "summary.txt")
    write_provenance({**results.provenance, "study": study_facts(results)}, folder)


def large_notes(tables: Mapping[str, pd.DataFrame]) -> list[Note]:
    """Say which tables are written as Parquet for being large, where CSV is asked for."""
    files = {stem: CATALOG[stem].files(table) for stem, table in tables.items()}
    told = [_large(names) for names in files.values() if names[-1].endswith(".parquet")]
    return [Note("study.large_tables", values={"most": LARGE // 10**6, "files": told})] * bool(told)


def formula_notes(tables: Mapping[str, pd.DataFrame], titles: Text, *, safe: bool) -> list[Note]:
    """Name the texts that begin like a formula, by kind; ``safe`` where CSV marks them as texts."""
    found: dict[str, dict[str, None]] = {}
    for stem, table in tables.items():
        if stem == "codebook":  # it repeats what stands elsewhere
            continue
        for name in [each for each in table if not numeric(table[each])]:
            texts = table[name].dropna().unique().tolist()
            told = dict.fromkeys(text for text in map(str, texts) if begins_formula(text))
            if told and (kind := kind_of_name(stem, name, table.columns)):
                found.setdefault(kind, {}).update(told)
        if heads := dict.fromkeys(filter(begins_formula, map(str, table))):
            found.setdefault("heading", {}).update(heads)
    if told := dict.fromkeys(filter(begins_formula, titles.values())):
        found["title"] = told
    kinds = [
        Phrase(f"formula.{kind}", {"names": _first(list(texts))}) for kind, texts in found.items()
    ]
    key = "study.formulas_marked" if safe else "study.formulas"
    count = sum(map(len, found.values()))
    return [Note(key, values={"count": count, "kinds": kinds})] * bool(kinds)


def _first(texts: Sequence[str], most: int = 3) -> list[str | Phrase]:
    """Quote the first of some texts, and say how many more there are."""
    more = len(texts) - most
    told: list[str | Phrase] = [repr(text) for text in texts[:most]]
    return [*told, Phrase("summary.more", {"count": more})] if more > 0 else told


def _large(names: Sequence[str]) -> str | Phrase:
    """Name a Parquet file, and the CSV beside it."""
    *beside, parquet = names
    return Phrase("study.large_beside", {"parquet": parquet, "csv": beside}) if beside else parquet


def settle_command(command: str, out: Path | None) -> None:
    """Refuse, before anything is computed, a folder where a command's tables may not go."""
    if out is not None:
        settle(out, maker=maker_of({"plan": {"command": command}}))


def write_tables(
    tables: Mapping[str, pd.DataFrame],
    out: Path,
    *,
    asked: Mapping[str, Any],
    inputs: Mapping[str, Path],
    notes: Iterable[Note],
    language: str,
) -> None:
    """Write the tables of a single command into a folder of its own, with their provenance."""
    made_tables = made(dict(tables), Context(), language)
    notes = [*notes, *large_notes(made_tables)]
    with replacing(out, maker=maker_of({"plan": asked})) as folder:
        form = Form(bom=language != LANGUAGES[0])
        for stem, table in made_tables.items():
            CATALOG[stem].write(table, folder, form, language=language)
        files = {stem: CATALOG[stem].files(table)[0] for stem, table in made_tables.items()}
        write_package(made_tables, files, folder, Context(), language)
        origin = origin_of({"seed": None, **asked}, inputs)
        write_provenance(describe(origin, notes, language), folder)


def _write_text(text: str, file: Path) -> None:
    file.write_text(text + "\n", encoding="utf-8", newline="\n")


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
    origin: Mapping[str, Any], notes: Iterable[Note] = (), language: str = LANGUAGES[0]
) -> dict[str, Any]:
    """Give the content of provenance.json: neither a time nor an absolute path is in it."""
    return {"made_by": "geo_resilience", **origin, "notes": noted(notes, language)}


def origin_of(
    echo: Mapping[str, Any],
    inputs: Mapping[str, Path],
    *,
    study_file: str = "",
    hashed: Callable[[Path], str] | None = None,
    asked: Mapping[str, str] = MappingProxyType({}),
) -> dict[str, Any]:
    """Give what results hang on: where nothing of it has changed, they are the same bytes.

    ``asked``: the SHA-256 of what databases gave, by what was asked.
    """
    hashed = hashed or fingerprint
    read = {name: hashed(path) for name, path in inputs.items()} | dict(asked)
    return {
        "study_file": study_file,
        "versions": {"python": platform.python_version()}
        | {package: version(package) for package in PACKAGES},
        "seed": echo["seed"],
        "plan": dict(echo),
        "inputs": dict(sorted(read.items())),
    }


def noted(notes: Iterable[Note], language: str) -> list[dict[str, Any]]:
    """Give notes as plain values, worded in the language of the study and in every one."""
    return [
        {
            "code": each.code,
            "where": each.where,
            "text": each.say(language),
            "texts": {spoken: each.say(spoken) for spoken in LANGUAGES},
        }
        for each in notes
    ]


def fingerprint(path: Path) -> str:
    """Give the SHA-256 of a file as hexadecimal digits; of a folder, that of its files by name."""
    digest = hashlib.sha256()
    if path.is_dir():
        for file in sorted(each for each in path.iterdir() if each.is_file()):
            digest.update(f"{file.name} {fingerprint(file)}\n".encode())
        return digest.hexdigest()
    with path.open("rb") as stream:
        while block := stream.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()
