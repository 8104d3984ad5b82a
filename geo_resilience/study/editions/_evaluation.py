"""An index evaluated with some of its choices from one run and the others from another."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from geo_resilience.evaluation import composite, dimension_scores
from geo_resilience.evaluation._grading import DECIMALS, Grading
from geo_resilience.evaluation.robustness._variants import scaled_alike
from geo_resilience.indicators._normalization import SCALINGS
from geo_resilience.study._preprocessing import cleaned, scaled
from geo_resilience.study.editions._edition import Edition

#: What two runs can differ in, in the order of the steps. ``limits``: which run's figures set the
#: ends of the scale.
BLOCKS = ("data", "limits", "years", "indicators", "weights", "scaling", "cleaning", "mean")


@dataclass(frozen=True, eq=False)
class Scored:
    """An index under one choice of blocks.

    - ``composite``, ``dimensions``, ``values``: by (adcode, year); ``weights`` by code.
    """

    composite: pd.Series
    dimensions: pd.DataFrame
    values: pd.DataFrame
    weights: pd.Series


@dataclass(frozen=True, eq=False)
class Exchange:
    """Two runs between which blocks are exchanged.

    What a step gives is kept: cleaning and scaling treat each indicator by itself, so that the
    many choices of weights and means share it.
    """

    old: Edition
    new: Edition
    _kept: dict[Any, Any] = field(default_factory=dict)

    def _of(self, block: str, chosen: Collection[str]) -> Edition:
        return self.new if block in chosen else self.old

    def _other(self, edition: Edition) -> Edition:
        return self.old if edition is self.new else self.new

    def _keep(self, make: Callable[..., Any], *of: Any) -> Any:
        key = (make.__name__, *(id(each) if isinstance(each, Edition) else each for each in of))
        if key not in self._kept:
            self._kept[key] = make(*of)
        return self._kept[key]

    @cached_property
    def codes(self) -> list[str]:
        """Codes of either run, those of the later first."""
        return list(dict.fromkeys([*self.new.codes, *self.old.codes]))

    @cached_property
    def common(self) -> list[str]:
        """Codes of both runs."""
        return [code for code in self.new.codes if code in self.old.codes]

    def scored(self, chosen: frozenset[str]) -> Scored:
        """Evaluate the index with the chosen blocks from the later run."""
        whose = {block: self._of(block, chosen) for block in BLOCKS}
        values = self._keep(self._values, *(whose[name] for name in _SCALED))
        framework = whose["indicators"].framework
        weights = self._weights(whose["weights"], framework.codes, values)
        mean = whose["mean"].mean
        weighed = mean.lifted(values)
        return Scored(
            composite(weighed, weights, how=mean).round(DECIMALS),
            dimension_scores(weighed, weights, framework.dimension_of, how=mean),
            values,
            weights,
        )

    def grading(self, scores: pd.Series, edition: Edition) -> Grading:
        """Find the grades of an index as one of the runs does."""
        return Grading.of(scores, method=edition.plan.grades.method, cuts=edition.plan.grades.cuts)

    def _weights(self, edition: Edition, codes: list[str], values: pd.DataFrame) -> pd.Series:
        """Weigh as one of the runs does; an indicator that it lacks has its share in the other."""
        lacking = [code for code in codes if code not in edition.codes]
        known = [code for code in codes if code not in lacking]
        used = edition.weigh(values[known]) if edition.learned and known else edition.used
        if not lacking and set(known) == set(edition.codes):
            return used.loc[codes]
        other = self._other(edition).used
        share = other.loc[known].sum() if known and lacking else 1.0
        mixed = pd.concat([used.loc[known] / used.loc[known].sum() * share, other.loc[lacking]])
        return mixed.loc[codes] / mixed.sum()

    def raw(self, data: Edition, years: Edition) -> pd.DataFrame:
        """Give the figures of one run for the rows of another; what it lacks is the other's."""
        other = self._other(data)
        index = years.raw.index
        own = data.raw.reindex(index=index, columns=self.codes)
        filling = other.raw.reindex(index=index, columns=self.codes)
        there = index.isin(data.raw.index)[:, None] & np.isin(self.codes, data.codes)
        return own.where(there, filling)

    def _by_plan(
        self, edition: Edition, indicators: Edition
    ) -> Iterator[tuple[Edition, list[str]]]:
        """Say whose way is taken for which indicators of a run: the first's where it has them."""
        own = [code for code in indicators.codes if code in edition.codes]
        other = [code for code in indicators.codes if code not in own]
        yield from ((run, codes) for run, codes in ((edition, own), (indicators, other)) if codes)

    def _cleaned(
        self, data: Edition, years: Edition, cleaning: Edition, indicators: Edition
    ) -> tuple[pd.DataFrame, frozenset[str]]:
        """Clean a run's indicators, and name those of which logarithms were taken."""
        raw = self._keep(self.raw, data, years)
        pieces, logged = [], set()
        for whose, codes in self._by_plan(cleaning, indicators):
            frame, traces = cleaned(whose.plan.cleaning, raw[codes], whose.ground)
            pieces.append(frame)
            for trace in traces:
                logged |= set(trace.loc[trace["reason"] == "log_transformed", "indicator"])
        return pd.concat(pieces, axis=1)[indicators.codes], frozenset(logged)

    def _values(
        self,
        data: Edition,
        limits: Edition,
        years: Edition,
        cleaning: Edition,
        scaling: Edition,
        indicators: Edition,
    ) -> pd.DataFrame:
        """Clean and scale; the figures of one run stand on the scale that another's set."""
        setting, logged = self._keep(self._cleaned, limits, years, cleaning, indicators)
        own, own_logged = self._keep(self._cleaned, data, years, cleaning, indicators)
        other = sorted(logged ^ own_logged)  # on no common scale
        setting = setting.assign(**{code: own[code] for code in other})
        directions, pieces = indicators.framework.directions, []
        for whose, codes in self._by_plan(scaling, indicators):
            way, asked = SCALINGS[whose.plan.scaling.method], whose.plan.scaling
            ends = own if way.needs else setting  # stated ends hang on no figures
            z = scaled(asked, ends[codes], directions[codes])[0]
            pieces.append(scaled_alike(own[codes], ends[codes], z, within_year=way.within_year))
        return pd.concat(pieces, axis=1)[indicators.codes]


#: Blocks that the scaled values hang on, in the order in which they are asked for.
_SCALED = ("data", "limits", "years", "cleaning", "scaling", "indicators")
