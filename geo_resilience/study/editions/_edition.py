"""What the index of a finished run hangs on: enough to evaluate it again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any, TypeVar

import pandas as pd

from geo_resilience.errors import InputError
from geo_resilience.evaluation import Weights
from geo_resilience.evaluation._aggregation import AGGREGATIONS, Aggregation
from geo_resilience.evaluation.weighting._methods import WEIGHT_METHODS
from geo_resilience.indicators import Framework
from geo_resilience.results import Results
from geo_resilience.study._plan_sections import (
    CleaningPlan,
    CompositePlan,
    GradesPlan,
    ScalingPlan,
    WeightsPlan,
)
from geo_resilience.study._regions import StudyRegions

Section = TypeVar("Section")


@dataclass(frozen=True, eq=False)
class Edition:
    """A finished run, as far as its index can be evaluated again.

    - ``raw``, rows (adcode, year), columns codes: indicators as measured.
    - ``scores``: the run's own, by (adcode, year).
    """

    results: Results
    raw: pd.DataFrame
    scores: pd.DataFrame
    framework: Framework
    ground: StudyRegions
    cleaning: CleaningPlan
    scaling: ScalingPlan
    weights: WeightsPlan
    mean: Aggregation
    grades: GradesPlan

    @classmethod
    def of(cls, results: Results) -> Edition:
        """Take a run's results apart."""
        if "measured" not in results.tables:
            raise InputError("results.older", folder=results.title, file="tables/measured.csv")
        how = _section(CompositePlan, results.plan["composite"])
        return cls(
            results=results,
            raw=_keyed(results["measured"]).reindex(columns=results.framework.codes),
            scores=_keyed(results["scores"]),
            framework=results.framework,
            ground=StudyRegions(
                everywhere=results.regions,
                studied=results.regions.without(results.excluded),
                groupings=results.groupings,
                aliases={},
                excluded=results.excluded,
            ),
            cleaning=_section(CleaningPlan, results.plan["cleaning"]),
            scaling=_section(ScalingPlan, results.plan["scaling"]),
            weights=_section(WeightsPlan, results.plan["weights"]),
            mean=AGGREGATIONS[how.how].with_power(how.power),
            grades=_section(GradesPlan, results.plan["grades"]),
        )

    @property
    def codes(self) -> list[str]:
        """Codes of the indicators."""
        return self.framework.codes

    @cached_property
    def years(self) -> list[int]:
        """Years in order."""
        return sorted(set(self.raw.index.get_level_values("year")))

    @cached_property
    def used(self) -> pd.Series:
        """Weights of the composite, by code."""
        return self.results["weights"].set_index("code")["used"]

    @property
    def learned(self) -> bool:
        """Whether the weights are found from the values."""
        return WEIGHT_METHODS[self.weights.method].needs in ("values", "weights")

    def weigh(self, values: pd.DataFrame) -> pd.Series:
        """Find the weights in other values of the same indicators."""
        method = WEIGHT_METHODS[self.weights.method]
        if method.needs == "values":
            return method.function(values).values
        table = self.results["weights"].set_index("code")
        judged = table["ahp"] if table["ahp"].notna().all() else table["published"]
        first = Weights(judged.loc[list(values)], "judged")
        entropy = WEIGHT_METHODS["entropy"].function(values)
        return method.function(first, entropy, how=self.weights.combine).values


def _section(kind: type[Section], echo: Mapping[str, Any]) -> Section:
    """Read a section of a plan back as it was written to provenance.json."""
    known = {each.name for each in fields(kind)}  # type: ignore[arg-type]
    return kind(**{name: _hardened(value) for name, value in echo.items() if name in known})


def _hardened(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _keyed(table: pd.DataFrame) -> pd.DataFrame:
    """Set region and year as the index."""
    return table.drop(columns="name", errors="ignore").set_index(["adcode", "year"]).sort_index()
