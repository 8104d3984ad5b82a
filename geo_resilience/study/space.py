"""Where strength gathers, for a study: neighbors, and the tables of the spatial room."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from geo_resilience import spatial
from geo_resilience.indicators import Panel
from geo_resilience.notes import Note
from geo_resilience.regions import Regions
from geo_resilience.study.index import Index
from geo_resilience.study.inputs import Inputs
from geo_resilience.study.measuring import Measured
from geo_resilience.study.plan import Plan
from geo_resilience.study.random_streams import stream

__all__ = ["Space", "describe_space"]


@dataclass(frozen=True)
class Space:
    """Neighbors of the studied regions, and what was found with them."""

    neighbors: spatial.Neighbors
    tables: Mapping[str, pd.DataFrame]
    notes: tuple[Note, ...]


def describe_space(plan: Plan, inputs: Inputs, measured: Measured, index: Index) -> Space:
    """Measure autocorrelation, specialization, gaps and patterns."""
    groupings = inputs.ground.groupings
    neighbors = _neighbors(plan, inputs.ground.studied)
    composite, dimensions = index.scores.composite, index.scores.dimensions
    every = pd.concat([composite.rename("composite"), dimensions, measured.panel.values], axis=1)
    few = {"permutations": plan.permutations}
    tables = {
        "global": spatial.moran_table(every, neighbors, rng=stream(plan.seed, "moran"), **few),
        "specialization": _specialization(measured.panel),
        "gaps": spatial.gaps_table(composite, groupings, rng=stream(plan.seed, "gaps"), **few),
        "pattern": spatial.pattern_table(
            every[["composite", *dimensions.columns]],
            groupings,
            neighbors,
            rng=stream(plan.seed, "pattern"),
            **few,
        ),
    }
    return Space(neighbors, tables, neighbors.notes)


def _neighbors(plan: Plan, regions: Regions) -> spatial.Neighbors:
    asked = plan.neighbors
    if asked.rule == "k_nearest":
        return spatial.k_nearest(regions, asked.k)
    rule = {"queen": spatial.queen, "rook": spatial.rook}[asked.rule]
    return rule(regions, islands=asked.islands, tolerance=asked.tolerance)


def _specialization(panel: Panel) -> pd.DataFrame:
    """Each partition of industries within itself; a single industry against the output."""
    variables = panel.variables
    industries = [each for each in panel.framework.variables if each.role == "industry"]
    outputs = [each.code for each in panel.framework.variables if each.role == "output"]
    base = variables[outputs[0]] if outputs else None
    parts = []
    for partition in dict.fromkeys(each.partition for each in industries):
        codes = [each.code for each in industries if each.partition == partition]
        if not partition and base is None:
            continue
        part = spatial.specialization_table(variables[codes], None if partition else base)
        whole = part["industry"].isna() | (part["industry"] == "")
        parts.append(part.assign(industry=part["industry"].mask(whole, partition)))
    if not parts:
        return pd.DataFrame(columns=["adcode", "year", "measure", "industry", "value"])
    return pd.concat(parts, ignore_index=True).sort_values(
        ["adcode", "year", "measure"], kind="stable", ignore_index=True
    )
