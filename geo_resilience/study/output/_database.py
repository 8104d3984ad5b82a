"""The results of a study, stored in a database: every table, and the regions with their shapes."""

from __future__ import annotations

from collections import defaultdict

import pandas as pd
import shapely

from geo_resilience.databases import Stored, Target, settle_schema, write_schema
from geo_resilience.results import Results
from geo_resilience.study._plan import Plan
from geo_resilience.study.output._layers import regions_layer
from geo_resilience.words import say

#: Longitude and latitude, for shapes whose own system has no number.
_DEGREES = 4326


def settle_database(plan: Plan, *, replace: bool) -> None:
    """Refuse, before anything is computed, a database where the results may not go."""
    if (target := _target(plan, replace)) is not None:
        settle_schema(target)


def store(results: Results, plan: Plan, *, replace: bool) -> None:
    """Store the results where the study asks for it, all at once or not at all."""
    if (target := _target(plan, replace)) is not None:
        write_schema(target, stored_tables(results))


def _target(plan: Plan, replace: bool) -> Target | None:
    asked = plan.output
    if asked.database is None:
        return None
    where = f"{plan.file} [output]".strip()
    return Target(asked.database, asked.schema, where, plan.maker, replace)


def stored_tables(results: Results) -> list[Stored]:
    """Give the tables of results as they are stored, with the meanings of their columns."""
    meanings: dict[str, dict[str, str]] = defaultdict(dict)
    for row in results["codebook"].itertuples():
        meanings[row.file.partition(".")[0]][row.column] = row.meaning
    told = {stem: say(f"file.{stem}", results.language) for stem in [*results, "regions"]}
    tables = [Stored(stem, results[stem], told[stem], meanings[stem]) for stem in results]
    return [*tables, _regions(results, told["regions"], meanings["regions"])]


def _regions(results: Results, comment: str, meanings: dict[str, str]) -> Stored:
    """Give the layer of the regions; shapes in degrees where their system has no number."""
    layer = regions_layer(results)
    system = layer.crs.to_epsg() or _DEGREES
    frame = pd.DataFrame(layer.drop(columns="geometry"))
    parts = map(shapely.get_parts, layer.geometry.to_crs(system))
    frame["geometry"] = [shapely.to_wkb(shapely.MultiPolygon(list(each))) for each in parts]
    told = {**meanings, "geometry": f"EPSG:{system}"}
    return Stored("regions", frame, comment, told, "adcode", "geometry", system)
