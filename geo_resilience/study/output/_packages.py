"""What hands a folder's tables to other programs: datapackage.json, and a database where asked."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from geo_resilience.results import Results
from geo_resilience.results._reading import table_folder
from geo_resilience.study.output._layers import write_geojson, write_geoparquet
from geo_resilience.tables import CATALOG, Context
from geo_resilience.tables._forms import write_duckdb
from geo_resilience.tables._profile import fields, package
from geo_resilience.words import say

PACKAGE, DATABASE = "datapackage.json", "results.duckdb"


def write_others(results: Results, folder: Path, formats: Sequence[str]) -> None:
    """Write what is asked for beside the tables' own files, and what describes them all."""
    if "geoparquet" in formats:
        write_geoparquet(results, folder)
    if "geojson" in formats:
        write_geojson(results, folder)
    if "duckdb" in formats:
        _write_database(results, folder / DATABASE)
    files = {
        stem: (
            table_folder(Path(), stem) / CATALOG[stem].files(table, results.found.form.formats)[0]
        )
        for stem, table in results.tables.items()
    }
    write_package(
        results.tables,
        {stem: file.as_posix() for stem, file in files.items()},
        folder,
        results.context,
        results.language,
        title=results.title,
        **_origin(results),
    )


def _write_database(results: Results, file: Path) -> None:
    """Write every table into a DuckDB database, with what it and its columns hold as comments."""
    context, language = results.context, results.language
    write_duckdb(
        (
            (stem, table, CATALOG[stem].about(language), _comments(stem, table, context, language))
            for stem, table in results.tables.items()
        ),
        file,
    )


def _comments(stem: str, table: pd.DataFrame, context: Context, language: str) -> dict[str, str]:
    """Say what the columns of a table hold, each with its unit."""
    return {
        each["name"]: say(
            "package.comment", language, meaning=each["description"], unit=each["unit"]
        )
        if "unit" in each
        else each["description"]
        for each in fields(CATALOG[stem], table, context, language)
    }


def _origin(results: Results) -> dict[str, Any]:
    """Say where results come from and who publishes them, as far as the study says."""
    language, found = results.language, results.found
    sources = [found.source(language, of=of) for of in found.sources]
    institution = found.cover["institution"][language] if found.cover else ""
    return {
        "sources": [{"title": title} for title in dict.fromkeys(sources) if title],
        "contributors": [{"title": institution, "roles": ["publisher"]}] if institution else [],
        "spreadsheetSafe": found.form.safe,
    }


def write_package(
    tables: Mapping[str, pd.DataFrame],
    files: Mapping[str, str],
    folder: Path,
    context: Context,
    language: str,
    **about: object,
) -> None:
    """Write datapackage.json: what every table is and what each of its columns holds."""
    listed = [(CATALOG[stem], table, files[stem]) for stem, table in tables.items()]
    made = package(listed, context, language, **about)
    text = json.dumps(made, ensure_ascii=False, indent=1)
    (folder / PACKAGE).write_text(text + "\n", encoding="utf-8", newline="\n")
