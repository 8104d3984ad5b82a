"""What a run found of its regions as layers of a map: a row a region, in the study's words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd

from geo_resilience import tables
from geo_resilience.maps.drawing._findings import certainty_classes, certainty_step
from geo_resilience.maps.gis import ColumnTitle
from geo_resilience.maps.gis._styles import cluster_columns, cluster_title
from geo_resilience.results import Results
from geo_resilience.tables import CATALOG, Context, _profile
from geo_resilience.tables._catalog_layers import LAYERS
from geo_resilience.tables._columns import SIGNIFICANT_DIGITS, Column
from geo_resilience.words import say


def regions_layer(results: Results) -> gpd.GeoDataFrame:
    """Geometry of every region with the last year's results; none for excluded regions."""
    last = results.in_year().drop(columns="name").convert_dtypes(dtype_backend="numpy_nullable")
    layer = ground(results).join(last)
    layer["grade"] = layer["grade"].astype(object).where(layer["grade"].notna(), None)
    first = [name for name in layer if name != "geometry"]
    return layer.reset_index(names="adcode")[["adcode", *first, "geometry"]]


def ground(results: Results) -> gpd.GeoDataFrame:
    """Names and geometry of every region by its key; ``name`` in the language of the study."""
    frame = results.regions.frame[["name", "name_zh", "geometry"]].copy()
    frame.insert(0, "name_en", frame["name"])
    frame["name"] = results.regions.names(results.language)
    return frame[["name", "name_en", "name_zh", "geometry"]]


def topic_layers(results: Results) -> dict[str, pd.DataFrame]:
    """Give the layers beside `regions`, without geometry, for which the results hold the tables.

    Every layer holds every region, in the same order; what is told in words is told in those of
    the study's language.
    """
    places = ground(results).drop(columns="geometry").reset_index(names="adcode")
    context, found = _context(results), {}
    for name, make in _MAKERS.items():
        told = make(results)
        if told.empty:
            continue
        if "year" in LAYERS[name].names:
            told.insert(0, "year", results.years[-1])
        found[name] = LAYERS[name].make(places.join(told, on="adcode"), context)
    return found


def fields_of(results: Results, layer: str, columns: list[str]) -> list[ColumnTitle]:
    """Say what the columns of a layer are called and hold, in the study's language."""
    table = CATALOG["regions"] if layer == "regions" else LAYERS[layer]
    return [
        ColumnTitle(
            column.name,
            _title(results, column, label),
            table.told(column, label, Context(), results.language),
            tuple(_labels(column, results)),
        )
        for column, label in table.described(columns, _context(results))
    ]


def _labels(column: Column, results: Results) -> list[tuple[str, str]]:
    """Give what stands for the codes in a column in the study's language."""
    codes = column.choices(_context(results))
    return [(code, say(f"{column.labels}.{code}", results.language)) for code in codes]


def _title(results: Results, column: Column, label: object) -> str:
    if column.open:
        return cluster_title(results, *cluster_columns(results)[column.name])
    if column.per == "dimension":
        return results.framework.called(column.name)[results.language]
    name = column.name.removesuffix(f"_{label}") if column.per == "year" else column.name
    key = {"year": f"{name}_year", "grade": "p_grade"}.get(column.per, name)
    return say(f"layer_head.{key}", results.language, label=label)


def _context(results: Results) -> Context:
    return replace(results.context, years=tuple(results.years))


def _last(results: Results, stem: str, **chosen: object) -> pd.DataFrame:
    """Give the last year's rows of a table by region."""
    return tables.of(results, stem, year=results.years[-1], **chosen).set_index("adcode")


def _worded(results: Results, codes: pd.Series, subject: str) -> pd.Series:
    """Give the words that stand for codes; where there is no code there is none."""
    held = codes.astype(object).where(codes.notna(), None)
    return held.map(lambda code: code and say(f"{subject}.{code}", results.language))


def _named(results: Results, codes: pd.Series) -> pd.Series:
    """Give the names of indicators."""
    held = codes.astype(object).where(codes.notna(), None)
    return held.map(lambda code: code and results.framework.called(code)[results.language])


def _scores(results: Results) -> pd.DataFrame:
    """Composite, grade and rank, a column a year; nothing where there is one year alone."""
    if len(results.years) == 1:
        return pd.DataFrame()
    scores = results["scores"]
    told = scores.assign(grade=_worded(results, scores["grade"], "grade"))
    wide = told.pivot(index="adcode", columns="year", values=["composite", "grade", "rank"])
    wide.columns = pd.Index([f"{name}_{year}" for name, year in wide.columns])
    return wide


def _clusters(results: Results) -> pd.DataFrame:
    """Labels of every local statistic, a column a statistic and variable."""
    return pd.DataFrame(
        {
            name: _worded(
                results,
                _last(results, "local", statistic=statistic, variable=variable)["cluster"],
                "cluster",
            )
            for name, (statistic, variable) in cluster_columns(results).items()
        }
    )


def _obstacles(results: Results) -> pd.DataFrame:
    """Give the first three obstacles, by name and code, and the share of the gap that each is."""
    own = _last(results, "obstacles", level="indicator")
    found = {}
    for order in (1, 2, 3):
        ranked = own[own["order"] == order]
        found[f"obstacle_{order}"] = _named(results, ranked["code"])
        found[f"code_{order}"], found[f"degree_{order}"] = ranked["code"], ranked["degree"]
    return pd.DataFrame(found)


def _uncertainty(results: Results) -> pd.DataFrame:
    """Intervals of composite and rank, and how likely each grade is."""
    drawn = _last(results, "uncertainty")
    if drawn.empty:
        return drawn
    own = _last(results, "scores").reindex(drawn.index)
    grades = list(results.found.grading.names)
    places = own["grade"].astype(object).map(grades.index).to_numpy(dtype=int)
    shares = drawn[[f"p_{grade.lower()}" for grade in grades]].to_numpy()
    likely = shares[np.arange(len(drawn)), places]
    _, labels = certainty_classes(results.found.grading)
    steps = len(labels) // len(grades) * places + certainty_step(likely)
    return drawn.drop(columns=["name", "year", "p_rise", "p_fall"], errors="ignore").assign(
        composite=own["composite"],
        rank=own["rank"],
        grade=_worded(results, own["grade"], "grade"),
        p_own=likely,
        certainty=[labels[step][results.language] for step in steps],
    )


def _warnings(results: Results) -> pd.DataFrame:
    """Level of the warning, and the indicator that gives it."""
    rows = _last(results, "warnings")
    told = {
        "level": _worded(results, rows["level"], "chain.warning"),
        "gravest": _worded(results, rows["gravest"], "chain.warning"),
        "indicator": _named(results, rows["indicator"]),
        "code": rows["indicator"],
    }
    numbers = rows.reindex(columns=["value", "threshold", "risk", "fired", "watched"])
    return pd.DataFrame(told).join(numbers)


_MAKERS: Mapping[str, Callable[[Results], pd.DataFrame]] = {
    "scores": _scores,
    "clusters": _clusters,
    "obstacles": _obstacles,
    "uncertainty": _uncertainty,
    "warnings": _warnings,
}


def write_geoparquet(results: Results, folder: Path) -> None:
    """Write the regions with the last year's scores as regions.parquet, GeoParquet 1.1.

    Geometry is as in the boundaries, in their reference system, with a box a region by which
    readers skip what they do not need. What each column is called and holds stands in the metadata
    of its field, as in the tables' Parquet.
    """
    import pyarrow as pa
    from pyarrow import parquet

    file, layer = folder / "regions.parquet", regions_layer(results)
    layer.to_parquet(
        file, index=False, compression="zstd", schema_version="1.1.0", write_covering_bbox=True
    )
    columns = pd.DataFrame(layer.drop(columns="geometry"))
    described = _profile.fields(CATALOG["regions"], columns, results.context, results.language)
    titles = {each.name: each.title for each in fields_of(results, "regions", list(columns))}
    meant = {
        name: {**about, "title": titles[name]} for name, about in _profile.told(described).items()
    }
    held = parquet.read_table(file)
    schema = pa.schema(
        [each.with_metadata(meant.get(each.name)) for each in held.schema],
        metadata=held.schema.metadata,
    )
    parquet.write_table(held.cast(schema), file, compression="zstd")


def write_geojson(results: Results, folder: Path) -> None:
    """Write the regions with the last year's scores as regions.geojson, as RFC 7946 has it.

    That is: longitude and latitude in WGS 84, seven decimals (a centimeter), outer rings
    counterclockwise, polygons cut where they cross 180 degrees.
    """
    regions_layer(results).to_file(
        folder / "regions.geojson",
        driver="GeoJSON",
        engine="pyogrio",
        layer="regions",
        RFC7946="YES",
        COORDINATE_PRECISION=7,
        SIGNIFICANT_FIGURES=SIGNIFICANT_DIGITS,
    )
