"""What the index of a finished run hangs on: enough to evaluate it again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Any, TypeVar

import pandas as pd

from geo_resilience.errors import InputError
from geo_resilience.evaluation import Scores, Weights
from geo_resilience.evaluation._aggregation import AGGREGATIONS, Aggregation
from geo_resilience.evaluation._grading import Grading
from geo_resilience.evaluation.robustness._simulation import Uncertainty
from geo_resilience.evaluation.weighting._methods import WEIGHT_METHODS
from geo_resilience.indicators import Framework
from geo_resilience.results import Results
from geo_resilience.spatial import Neighbors
from geo_resilience.study._index import Index
from geo_resilience.study._plan import Plan
from geo_resilience.study._plan_sections import REPEATED, SECTIONS
from geo_resilience.study._preprocessing import Measured, errors_of
from geo_resilience.study._regions import StudyRegions
from geo_resilience.study._simulation import simulate
from geo_resilience.study.analyses._space import link_regions

Section = TypeVar("Section")


@dataclass(frozen=True, eq=False)
class Edition:
    """A finished run, as far as its index can be evaluated again.

    - ``plan``: as its provenance has it, without tables and what is repeated.
    - ``raw``, rows (adcode, year), columns codes: indicators as measured.
    - ``scores``: the run's own, by (adcode, year).
    """

    results: Results
    plan: Plan
    raw: pd.DataFrame
    scores: pd.DataFrame
    framework: Framework
    ground: StudyRegions

    @classmethod
    def of(cls, results: Results) -> Edition:
        """Take a run's results apart."""
        if "measured" not in results.tables:
            raise InputError("results.older", folder=results.title, file="tables/measured.csv")
        try:
            plan = _plan(results.plan)
        except (AttributeError, KeyError, TypeError) as error:
            raise InputError(
                "results.older", folder=results.title, file="provenance.json"
            ) from error
        return cls(
            results=results,
            plan=plan,
            raw=keyed(results["measured"]).reindex(columns=results.framework.codes),
            scores=keyed(results["scores"]),
            framework=results.framework,
            ground=StudyRegions(
                everywhere=results.regions,
                studied=results.regions.without(results.excluded),
                groupings=results.groupings,
                aliases={},
                excluded=results.excluded,
            ),
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
    def mean(self) -> Aggregation:
        """How indicators become one number."""
        return AGGREGATIONS[self.plan.composite.how].with_power(self.plan.composite.power)

    @cached_property
    def used(self) -> pd.Series:
        """Weights of the composite, by code."""
        return self.results["weights"].set_index("code")["used"]

    @property
    def learned(self) -> bool:
        """Whether the weights are found from the values."""
        return WEIGHT_METHODS[self.plan.weights.method].needs in ("values", "weights")

    @cached_property
    def judged(self) -> pd.Series | None:
        """Weights with which those of the values are combined, by code; None where none are."""
        if WEIGHT_METHODS[self.plan.weights.method].needs != "weights":
            return None
        table = self.results["weights"].set_index("code")
        return table["ahp"] if table["ahp"].notna().all() else table["published"]

    def weigh(self, values: pd.DataFrame) -> pd.Series:
        """Find the weights in other values of the same indicators."""
        method = WEIGHT_METHODS[self.plan.weights.method]
        if method.needs == "values":
            return method.function(values).values
        assert self.judged is not None
        first = Weights(self.judged.loc[list(values)], "judged")
        entropy = WEIGHT_METHODS["entropy"].function(values)
        return method.function(first, entropy, how=self.plan.weights.combine).values

    def neighbors(self) -> Neighbors | None:
        """Link the regions as the run did; None by a variable or file that is not among results."""
        asked = self.plan.neighbors
        if asked.variable is not None or asked.file is not None:
            return None
        return link_regions(self.plan, self.ground, pd.DataFrame())

    def simulated(self, seed: int) -> Uncertainty:
        """Let vary what the run let vary, with the random numbers of a seed."""
        values = self.results.panel.values.loc[self.raw.index, self.codes]
        asked = self.plan.uncertainty.errors  # of indicators that were screened out as well
        gone = set(asked) - set(self.codes) if isinstance(asked, Mapping) else ()
        errors = errors_of(self.plan, self.framework, self.raw, [*gone])
        panel = self.results.panel
        measured = Measured(self.framework, self.raw, panel, pd.DataFrame(), (), errors)
        weighed = self.mean.lifted(values)
        found = self.results.found.grading or Grading()
        scores = Scores(
            self.scores["composite"],
            pd.DataFrame(),
            self.scores["grade"],
            self.scores["rank"],
            Weights(self.used, self.plan.weights.method),
        )
        index = Index(scores, weighed, self.mean, found, {}, ())
        return simulate(replace(self.plan, seed=seed), self.ground, measured, index)


def _plan(echo: Mapping[str, Any]) -> Plan:
    """Read a plan back, as far as an index hangs on it."""
    single: dict[str, Any] = {
        name: _section(kind, echo.get(name, {}))
        for name, kind in SECTIONS.items()
        if kind not in REPEATED.values()
    }
    return Plan(tables=(), **single, seed=echo["seed"], permutations=echo["permutations"])


def _section(kind: type[Section], echo: Mapping[str, Any]) -> Section:
    """Read a section of a plan back as it was written to provenance.json."""
    known = {each.name for each in fields(kind)}  # type: ignore[arg-type]
    return kind(**{name: _hardened(value) for name, value in echo.items() if name in known})


def _hardened(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def keyed(table: pd.DataFrame) -> pd.DataFrame:
    """Set region and year as the index."""
    return table.drop(columns="name", errors="ignore").set_index(["adcode", "year"]).sort_index()
