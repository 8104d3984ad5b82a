"""The uncertainty simulation of a study: its own choices first, then what else could be chosen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from geo_resilience import evaluation
from geo_resilience.study.index import Index
from geo_resilience.study.inputs import Inputs
from geo_resilience.study.measuring import Measured, median_groups, sets_limits
from geo_resilience.study.plan import Plan
from geo_resilience.study.plan_sections import SOURCES, CleaningPlan
from geo_resilience.study.random_streams import stream

__all__ = ["Case", "sensitivity", "uncertainty"]

#: Scalings, treatments of outliers and fillings that stand beside the study's own.
_SCALINGS = ("pooled", "zscore", "rank")
_OUTLIERS: tuple[dict[str, Any], ...] = (
    {"method": "none"},
    {"method": "quantile", "lower": 0.02, "upper": 0.98},
    {"method": "iqr", "fence": 3.0},
)
_FILLINGS = (("interpolate", "nearest", "median"), ("median",))


@dataclass(frozen=True, eq=False)
class Case:
    """A study as far as its index goes: what the analyses look at."""

    plan: Plan
    inputs: Inputs
    measured: Measured
    index: Index

    @property
    def values(self) -> pd.DataFrame:
        """Standardized indicators, as they were weighed."""
        return self.index.weighed

    @property
    def weights(self) -> evaluation.Weights:
        """The weights used."""
        return self.index.scores.weights

    @property
    def dimensions(self) -> pd.Series:
        """Dimension of each code."""
        return self.inputs.framework.dimension_of

    @property
    def keys(self) -> list[str]:
        """Keys of the studied regions."""
        return self.inputs.ground.studied.keys

    @property
    def names(self) -> pd.Series:
        """Names of the studied regions in the study's language."""
        return self.inputs.ground.studied.names(self.plan.language)

    @property
    def years(self) -> list[int]:
        """Years of the study in order."""
        return self.inputs.joined.years

    @property
    def zones(self) -> Mapping[str, tuple[str, ...]]:
        """Members of the zones; empty without zones."""
        grouping = self.inputs.ground.groupings.get("zones")
        return {} if grouping is None else grouping.members

    def named(self, table: pd.DataFrame) -> pd.DataFrame:
        """Make columns of the index, region and year, with the region's name after its key."""
        out = table.reset_index()
        out.insert(1, "name", out["adcode"].map(self.names))
        return out

    def split_change(self, before: int, after: int) -> pd.DataFrame:
        """Split the change between two years into indicators, exactly."""
        how = self.index.mean
        if how == "arithmetic":
            return evaluation.decompose_change(self.values, self.weights, before, after)
        return evaluation.shapley_change(self.values, self.weights, before, after, how=how)

    @cached_property
    def simulated(self) -> evaluation.Uncertainty:
        """The simulation, run once for both of its tables."""
        asked = self.plan.uncertainty
        own = self.plan.composite.how
        means = [own] if own in ("arithmetic", "geometric", "harmonic") else ["arithmetic"]
        means += [mean for mean in ("arithmetic", "geometric") if mean not in means]
        variants = self._variants()
        possible = [source for source in SOURCES if source in _varied(variants) | _ALWAYS]
        return evaluation.uncertainty(
            self.measured.panel.values,
            self.weights,
            draws=asked.draws,
            rng=stream(self.plan.seed, "uncertainty"),
            sources=[source for source in possible if source in asked.sources],
            variants=variants,
            aggregations=means,
            concentration=asked.concentration,
            uniform=asked.weights == "uniform",
            cuts=self.index.cuts,
        )

    def _variants(self) -> list[evaluation.Variant]:
        """Prepare the panel as the study did, then as it could have been."""
        values, scaling = self.measured.panel.values, self.plan.scaling.method
        if scaling not in _SCALINGS and scaling != "per_year":
            return evaluation.scaling_variants(values)
        cleaning, ground = self.plan.cleaning, self.inputs.ground
        outliers = _own_outliers(cleaning)
        fillings = _own_first(cleaning.missing, _FILLINGS)
        variants = evaluation.panel_variants(
            self.measured.raw,
            self.inputs.framework.directions,
            scaling=_own_first(scaling, _SCALINGS),
            outliers=outliers,
            imputation=fillings,
            groups=median_groups(cleaning, ground),
            reference=sets_limits(cleaning, self.measured.raw, ground.everywhere),
        )
        own = evaluation.Variant(variants[0].choices, values)
        return [own, *variants[1:]]


_ALWAYS = {"weights", "aggregation", "omission"}


def _own_first(own: Any, others: tuple[Any, ...]) -> list[Any]:
    return [own, *(other for other in others if other != own)]


def _own_outliers(cleaning: CleaningPlan) -> list[dict[str, Any]]:
    own: dict[str, Any] = {"method": cleaning.outliers}
    used = {"quantile": ("lower", "upper"), "iqr": ("fence",), "skewness": ("most",)}
    own |= {name: getattr(cleaning, name) for name in used.get(cleaning.outliers, ())}
    return _own_first(own, _OUTLIERS)


def _varied(variants: list[evaluation.Variant]) -> set[str]:
    """Give the choices in which the variants differ."""
    names = {name for variant in variants for name in variant.choices}
    return {name for name in names if len({v.choices.get(name) for v in variants}) > 1}


def uncertainty(case: Case) -> dict[str, pd.DataFrame]:
    """Intervals of composite and rank, probabilities of grades, changes and places."""
    found = case.simulated
    table = found.table.assign(p_rise=found.changes["rise"], p_fall=found.changes["fall"])
    places = found.acceptability.stack().rename("probability")
    places = places[places > 0].reset_index()
    places.columns = pd.Index(["adcode", "year", "rank", "probability"])
    top = found.top_probability(min(5, len(case.keys)))
    table["p_top_5"] = top.reindex(table.index)
    return {
        "uncertainty": case.named(table),
        "rank_acceptability": places,
        "rank_pairs": found.pairs,
    }


def sensitivity(case: Case) -> dict[str, pd.DataFrame]:
    """Say what the doubt about the ranks comes from: Sobol indices of the choices."""
    return {"sensitivity": case.simulated.sensitivity.replace([np.inf, -np.inf], np.nan)}
