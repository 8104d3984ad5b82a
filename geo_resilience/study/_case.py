"""What the analyses of a study look at, and how they are carried out one by one."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd

from geo_resilience import evaluation, spatial
from geo_resilience.errors import GeoResilienceError, InputError, UndefinedError
from geo_resilience.notes import Note
from geo_resilience.regions import Grouping
from geo_resilience.spatial.neighbors._alignment import links_of
from geo_resilience.statistics._repetitions import (
    BOOTSTRAP_DRAWS,
    NULL_DRAWS,
    PERMUTATIONS,
    bootstrap_draws_over,
    null_draws_over,
    permutations_over,
)
from geo_resilience.study._index import Index
from geo_resilience.study._inputs import ChainInputs, Inputs
from geo_resilience.study._memory import give_back
from geo_resilience.study._plan import Plan
from geo_resilience.study._preprocessing import Measured
from geo_resilience.study._regions import StudyRegions
from geo_resilience.study._simulation import simulate, stream
from geo_resilience.study.analyses import Analysis
from geo_resilience.words import Phrase

#: Seconds of an analysis after which it may have freed much.
_LONG = 0.5


@dataclass(frozen=True, eq=False, kw_only=True)
class ChainCase:
    """What the analyses of the chain look at, be it without any index or map.

    - ``ground``: the regions, where there are any.
    """

    plan: Plan
    chain: ChainInputs
    ground: StudyRegions | None = None

    def stream(self, subject: str) -> np.random.Generator:
        """Give the random numbers of a subject."""
        return stream(self.plan.seed, subject)


@dataclass(frozen=True, eq=False, kw_only=True)
class SpaceCase(ChainCase):
    """What the analyses of space look at, be it one column of any table.

    - ``scores``, rows (adcode, year): what is looked at first (the composite, or the column), then
      the dimensions.
    - ``indicators``, ``variables``, the same rows: standardized indicators, and what was measured
      beside the index.
    - ``roles`` (mapping of str to tuple of str): codes of the variables that have a role.
    """

    ground: StudyRegions
    neighbors: spatial.Neighbors
    scores: pd.DataFrame
    indicators: pd.DataFrame
    variables: pd.DataFrame
    roles: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @property
    def composite(self) -> pd.Series:
        """What is looked at first: the composite, or the column."""
        return self.scores.iloc[:, 0]

    @property
    def last(self) -> pd.Series:
        """The same in the last year, by region."""
        return self.composite.xs(self.years[-1], level="year")

    @property
    def null_draws(self) -> int:
        """Draws from models of no effect: those asked for, else the house's of so many regions."""
        return self.plan.space.draws or null_draws_over(len(self.keys))

    @property
    def bootstrap_draws(self) -> int:
        """Bootstrap samples: those asked for, else the house's of so many regions."""
        return self.plan.space.gap_draws or bootstrap_draws_over(len(self.keys))

    def size_notes(self) -> list[Note]:
        """Say where so many regions have made chance be asked less often."""
        links = links_of(self.neighbors).matrix.nnz
        asked = self.plan.permutations, self.plan.space.draws, self.plan.space.gap_draws
        found = (permutations_over(links), self.null_draws, self.bootstrap_draws)
        told = {
            "permutations": (found[0], PERMUTATIONS),
            "nulls": (found[1], NULL_DRAWS),
            "samples": (found[2], BOOTSTRAP_DRAWS),
        }
        fewer = [
            Phrase(f"study.fewer_{name}", {"count": f"{count:,}", "usual": f"{usual:,}"})
            for (name, (count, usual)), given in zip(told.items(), asked, strict=True)
            if given is None and count < usual
        ]
        values = {"regions": f"{len(self.keys):,}", "links": f"{links:,}", "fewer": fewer}
        return [Note("study.fewer", values=values)] if fewer else []

    @property
    def keys(self) -> list[str]:
        """Keys of the studied regions."""
        return self.ground.studied.keys

    @property
    def names(self) -> pd.Series:
        """Names of the studied regions in the study's language."""
        return self.ground.studied.names(self.plan.language)

    @property
    def years(self) -> list[int]:
        """Years in order."""
        return sorted(set(self.scores.index.get_level_values("year")))

    @property
    def groupings(self) -> Mapping[str, Grouping]:
        """Groups of the studied regions; empty where there are none."""
        return self.ground.groupings

    @property
    def zones(self) -> Mapping[str, tuple[str, ...]]:
        """Members of the zones; empty without zones."""
        grouping = self.groupings.get("zones")
        return {} if grouping is None else grouping.members

    def named(self, table: pd.DataFrame) -> pd.DataFrame:
        """Make columns of the index, region and year, with the region's name after its key."""
        out = table.reset_index()
        out.insert(1, "name", out["adcode"].map(self.names))
        return out


@dataclass(frozen=True, eq=False, kw_only=True)
class Case(SpaceCase):
    """A study as far as its index goes: what every analysis looks at."""

    inputs: Inputs
    measured: Measured
    index: Index

    @classmethod
    def of(
        cls,
        plan: Plan,
        inputs: Inputs,
        measured: Measured,
        index: Index,
        neighbors: spatial.Neighbors,
    ) -> Case:
        """Lay a study out for its analyses."""
        roles: dict[str, list[str]] = {}
        for each in inputs.framework.variables:
            roles.setdefault(each.role, []).append(each.code)
        return cls(
            plan=plan,
            chain=inputs.chain,
            ground=inputs.ground,
            neighbors=neighbors,
            scores=pd.concat([index.scores.composite, index.scores.dimensions], axis=1),
            indicators=measured.panel.values,
            variables=measured.panel.variables,
            roles=roles,
            inputs=inputs,
            measured=measured,
            index=index,
        )

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

    def in_windows(self, codes: Iterable[str] | None = None) -> float:
        """Give the share of the weight (of some indicators) that is over windows of years."""
        weights = self.weights.values if codes is None else self.weights.values.loc[list(codes)]
        wide = [each.code for each in self.inputs.framework.indicators if each.window > 1]
        return float(weights[weights.index.isin(wide)].sum() / weights.sum())

    def overlap_notes(self, analysis: str) -> list[Note]:
        """Say of an analysis of years that windows make neighboring years alike."""
        share = self.in_windows()
        told = {"analysis": Phrase(f"analysis.{analysis}"), "share": f"{100 * share:.3g}"}
        return [Note("study.windows_overlap", values=told)] if share > 0 else []

    def window_notes(self) -> list[Note]:
        """Name the years and indicators whose windows lack years, and what they weigh."""
        short = self.measured.short
        codes = list(short.columns[short.any()])
        if not codes:
            return []
        weights, years = self.weights.values, short.index.get_level_values("year")
        # Where the tables begin every region lacks years; elsewhere single figures are missing.
        whole = short[codes].groupby(years).mean().max(axis=1) > 0.5
        cells: list[object] = list(whole.index[whole])
        if single := int(short[~years.isin(cells)].to_numpy().sum()):
            cells.append(Phrase("study.short_cells", {"count": single}))
        told = {
            "cells": cells,
            "indicators": [self.inputs.framework.indicator(code).label for code in codes],
            "share": f"{100 * weights.loc[codes].sum() / weights.sum():.3g}",
        }
        return [Note(f"study.short_windows_{self.plan.cleaning.incomplete_windows}", values=told)]

    @cached_property
    def simulated(self) -> evaluation.Uncertainty:
        """The uncertainty simulation, run once for all that it is asked."""
        return simulate(self.plan, self.ground, self.measured, self.index)

    def forget_draws(self) -> None:
        """Keep of the simulation what later analyses ask: no ranks, and not what they came from."""
        self.__dict__["simulated"] = self.simulated.told()

    def split_change(self, before: int, after: int) -> pd.DataFrame:
        """Split the change between two years into indicators, exactly."""
        how = self.index.mean
        if how.additive:
            return evaluation.decompose_change(self.values, self.weights, before, after)
        return evaluation.shapley_change(self.values, self.weights, before, after, how=how)


@dataclass
class Findings:
    """Tables by the stem of their file, and the judgement calls behind them.

    - ``tables`` (dict of str to DataFrame)
    - ``seconds`` (dict of str to float): how long each analysis took.
    """

    tables: dict[str, pd.DataFrame] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)

    def leave_out(self, analysis: Phrase, error: GeoResilienceError) -> None:
        """Note an analysis that has no answer; those with the same reason share a note."""
        self._left_out([analysis], error.phrases)

    def join(self, other: Findings) -> None:
        """Take over what was found beside this, after what is here."""
        self.tables |= other.tables
        self.seconds |= other.seconds
        for note in other.notes:
            if note.code == "study.left_out":
                self._left_out(note.values["analysis"], note.values["why"])
            else:
                self.notes.append(note)

    def _left_out(self, analyses: list[Phrase], why: list[Phrase]) -> None:
        for place, note in enumerate(self.notes):
            if note.code == "study.left_out" and note.values["why"] == why:
                analyses = [*note.values["analysis"], *analyses]
                self.notes[place] = Note(note.code, values={**note.values, "analysis": analyses})
                return
        self.notes.append(Note("study.left_out", values={"analysis": analyses, "why": why}))


def due(case: ChainCase, analyses: Iterable[Analysis]) -> list[Analysis]:
    """Choose the analyses that the study does not skip and that have all that they need."""
    asked = [each for each in analyses if each.name not in case.plan.analyses.skip]
    return [each for each in asked if all(need.met(case) for need in each.needs)]


def carry_out(
    case: ChainCase,
    analyses: Iterable[Analysis],
    found: Findings,
    *,
    done: Callable[[str], None] = lambda name: None,
) -> None:
    """Carry out what the study does not skip and what has all that it needs.

    An analysis that has no answer for these data (too few years, regions or links) is left out
    with a note that says why. ``done`` is called with the name of each that was carried out.
    """
    for analysis in analyses:
        if analysis.name in case.plan.analyses.skip:
            continue
        unmet = next((need for need in analysis.needs if not need.met(case)), None)
        if unmet is not None and not unmet.why:
            continue
        if unmet is not None:
            found.leave_out(Phrase(f"analysis.{analysis.name}"), UndefinedError(unmet.why))
            continue
        began = time.perf_counter()
        try:
            analysis.run(case, found)
        except (InputError, UndefinedError) as error:
            if analysis.strict:
                raise
            found.leave_out(Phrase(f"analysis.{analysis.name}"), error)
        found.seconds[analysis.name] = taken = time.perf_counter() - began
        if taken > _LONG:
            give_back()
        done(analysis.name)
