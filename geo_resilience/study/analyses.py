"""What the analyses of a study look at, and how they are carried out one by one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd

from geo_resilience import evaluation, spatial
from geo_resilience.errors import GeoResilienceError, InputError, UndefinedError
from geo_resilience.notes import Note
from geo_resilience.study.index import Index
from geo_resilience.study.inputs import Inputs
from geo_resilience.study.measuring import Measured
from geo_resilience.study.plan import Plan
from geo_resilience.study.random_streams import stream
from geo_resilience.study.simulation import simulate
from geo_resilience.words import Phrase

__all__ = ["Analysis", "Case", "Findings", "carry_out"]

Tables = dict[str, pd.DataFrame]


@dataclass(frozen=True, eq=False)
class Case:
    """A study as far as its index goes: what every analysis looks at."""

    plan: Plan
    inputs: Inputs
    measured: Measured
    index: Index
    neighbors: spatial.Neighbors

    @property
    def values(self) -> pd.DataFrame:
        """Standardized indicators, as they were weighed."""
        return self.index.weighed

    @property
    def weights(self) -> evaluation.Weights:
        """The weights used."""
        return self.index.scores.weights

    @property
    def scores(self) -> pd.DataFrame:
        """The composite and the dimensions, a column each."""
        return pd.concat([self.index.scores.composite, self.index.scores.dimensions], axis=1)

    @property
    def dimensions(self) -> pd.Series:
        """Dimension of each code."""
        return self.inputs.framework.dimension_of

    @property
    def variables(self) -> pd.DataFrame:
        """What was measured beside the index."""
        return self.measured.panel.variables

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

    @cached_property
    def simulated(self) -> evaluation.Uncertainty:
        """The uncertainty simulation, run once for all that it is asked."""
        return simulate(self.plan, self.inputs, self.measured, self.index)

    def stream(self, subject: str) -> np.random.Generator:
        """Give the random numbers of a subject."""
        return stream(self.plan.seed, subject)

    def named(self, table: pd.DataFrame) -> pd.DataFrame:
        """Make columns of the index, region and year, with the region's name after its key."""
        out = table.reset_index()
        out.insert(1, "name", out["adcode"].map(self.names))
        return out

    def split_change(self, before: int, after: int) -> pd.DataFrame:
        """Split the change between two years into indicators, exactly."""
        how = self.index.mean
        if how.additive:
            return evaluation.decompose_change(self.values, self.weights, before, after)
        return evaluation.shapley_change(self.values, self.weights, before, after, how=how)


@dataclass
class Findings:
    """Tables by the stem of their file, and the judgement calls behind them."""

    tables: Tables = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)

    def leave_out(self, analysis: Phrase, error: GeoResilienceError) -> None:
        """Note an analysis that has no answer; those with the same reason share a note."""
        for place, note in enumerate(self.notes):
            same = note.code == "study.left_out" and note.values["why"] == error.phrases
            if same:
                values = {**note.values, "analysis": [*note.values["analysis"], analysis]}
                self.notes[place] = Note(note.code, values=values)
                return
        values = {"analysis": [analysis], "why": error.phrases}
        self.notes.append(Note("study.left_out", values=values))


#: An analysis adds its tables and notes to the findings.
Analysis = Callable[[Case, Findings], None]


def carry_out(case: Case, analyses: Mapping[str, Analysis], findings: Findings) -> None:
    """Carry out what the study does not skip.

    An analysis that has no answer for these data (too few years, regions or links) is left out
    with a note that says why.
    """
    for name, analysis in analyses.items():
        if name in case.plan.analyses.skip:
            continue
        try:
            analysis(case, findings)
        except (InputError, UndefinedError) as error:
            findings.leave_out(Phrase(f"analysis.{name}"), error)
