"""Monte Carlo over the choices behind the index."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo_resilience.errors import InputError
from geo_resilience.evaluation._aggregation import AGGREGATIONS, Aggregation, aggregation
from geo_resilience.evaluation._checks import row_text, unit_values
from geo_resilience.evaluation._grading import CODES, CUTS
from geo_resilience.evaluation.robustness._draws import (
    BLOCK,
    TIE,
    Draws,
    Floats,
    Scorer,
    Whole,
    places_of,
)
from geo_resilience.evaluation.robustness._sources import Choices
from geo_resilience.evaluation.robustness._variants import Variant, scaling_variants, stacked
from geo_resilience.evaluation.weighting._weights import Weights, weights_for
from geo_resilience.statistics._repetitions import SENSITIVITY_DRAWS, UNCERTAINTY_DRAWS
from geo_resilience.statistics._sobol import sobol_indices

#: Means that stand beside the index's own.
ALTERNATIVES: tuple[str, ...] = ("arithmetic", "geometric")


#: Weight vectors among which the points of a sensitivity analysis pick.
_WEIGHT_TABLE = 4096


def uncertainty(
    panel_or_values: Any,
    weights: Weights | pd.Series,
    *,
    draws: int = UNCERTAINTY_DRAWS,
    rng: np.random.Generator | int | None = None,
    sources: Sequence[str] | None = None,
    variants: Sequence[Variant] | None = None,
    aggregations: Sequence[str | Aggregation] = ALTERNATIVES,
    concentration: float = 100.0,
    uniform: bool = False,
    cuts: Sequence[float] = CUTS,
    interval: float = 0.9,
    sensitivity_draws: int = SENSITIVITY_DRAWS,
) -> Uncertainty:
    r"""Simulate how composite, ranks and grades hang on the choices behind them.

    Parameters
    ----------
    panel_or_values : Panel or DataFrame
        Standardized values in [0, 1]; rows ``(adcode, year)`` or any index without years.
    weights : Weights or Series
        The used ones.
    draws : int
        Number of draws.
    rng : Generator, int or None
        Source of randomness; the same seed gives the same result.
    sources : sequence of str, optional
        What to let vary, of ``weights``, ``aggregation``, ``omission`` (of one indicator),
        ``scaling``, ``outliers``, ``imputation``; everything that can be by default. What is
        left out stays as the index has it.
    variants : sequence of Variant, optional
        The panel under other choices of scaling, outliers and imputation (`panel_variants`), the
        study's own first; from the values alone only scaling varies (`scaling_variants`).
    aggregations : sequence of str or Aggregation
        Means as in `composite`, the index's own first; those that need positive values on values
        rescaled to [0.01, 1].
    concentration : float
        Of the Dirichlet distribution around the used weights: a weight w has standard deviation
        sqrt(w (1 - w)/(concentration + 1)), a third of w for 100 and twelve indicators.
    uniform : bool
        Draw weights uniformly on the simplex instead.
    cuts : sequence of float
        Lower bounds of the grades above the lowest.
    interval : float
        Probability between low and high.
    sensitivity_draws : int
        Base sample of ``.sensitivity``, which is calculated when first asked for.

    Returns
    -------
    Uncertainty

    Raises
    ------
    InputError
        If a value is outside [0, 1], codes do not match, variants differ in rows or columns, or
        a source is unknown or has nothing to vary over.

    Notes
    -----
    Each draw takes weights from Dirichlet(concentration w), one of the means, one of the
    variants, and leaves out no indicator or one of the m, all equally likely [1]_; rank
    acceptabilities as in [2]_. Intervals are quantiles over draws: they say how far the choices
    carry, not how well things were measured. ``ranks.median`` is the smallest rank reached in at
    least half of the draws.

    The work is a product of matrices, a block of draws at a time; no array of regions x draws x
    indicators is made. The counts of ranks take 8 n^2 bytes for n regions.

    References
    ----------
    .. [1] Saisana, M., Saltelli, A., Tarantola, S. (2005). Uncertainty and sensitivity analysis
       techniques as tools for the quality assessment of composite indicators. Journal of the
       Royal Statistical Society A, 168(2), 307-323.
    .. [2] Lahdelma, R., Salminen, P. (2001). SMAA-2: Stochastic multicriteria acceptability
       analysis for group decision making. Operations Research, 49(3), 444-454.

    Examples
    --------
    >>> values = pd.DataFrame({"a": [0.9, 0.5, 0.1], "b": [0.8, 0.6, 0.0]}, index=list("xyz"))
    >>> found = uncertainty(values, pd.Series({"a": 0.5, "b": 0.5}), draws=500, rng=1)
    >>> found.ranks["median"].tolist()
    [1, 2, 3]
    """
    _check_options(draws=draws, concentration=concentration, sensitivity_draws=sensitivity_draws)
    values = _values_of(panel_or_values)
    if variants is None:
        varied = sources is None or "scaling" in sources
        variants = scaling_variants(values) if varied else [Variant({}, values)]
    means = [_simulated(each) for each in aggregations]
    choices = Choices.of(sources, variants, means, weights_for(values, weights))
    layout = YearRows.of(values.index)
    tables = stacked(choices.variants, list(values.columns), values.index)
    scorer = Scorer(tables[:, layout.order], choices.aggregations)
    ranking = _ranking(scorer, choices, layout)
    generator = np.random.default_rng(rng)
    later = generator.spawn(1)[0]
    spread: dict[str, Any] = {"concentration": concentration, "uniform": uniform}
    points = generator.random((draws, len(choices.sources)))
    if "weights" in choices.sources:  # every draw its own weights
        points[:, choices.sources.index("weights")] = (np.arange(draws) + 0.5) / draws
    sample = choices.draws(points, choices.weights(draws, generator, **spread))
    counts = counted(
        scorer, sample, years=layout.years, ranking=ranking, before=layout.before, cuts=cuts
    )
    tail = (1 - interval) / 2
    shares = (tail, 0.5, 1 - tail)
    reached = np.vstack([np.ones(scorer.rows), counts.at_least / draws, np.zeros(scorer.rows)])
    return Uncertainty(
        composites=layout.frame(
            ["low", "median", "high"], list(score_quantiles(scorer, sample, shares))
        ),
        ranks=layout.rank_table(counts, shares),
        grades=layout.frame(CODES, list(reached[:-1] - reached[1:])),
        changes=layout.change_table(counts, draws),
        pairs=layout.pair_table(counts, ranking, draws),
        settings=_settings(choices, draws=draws, interval=interval, **spread),
        places=[
            (layout.index_of(year), places)
            for year, places in zip(layout.years, counts.places, strict=True)
        ],
        _sensitivity=_sensitivity(scorer, choices, layout, later, sensitivity_draws, spread),
    )


def _simulated(how: str | Aggregation) -> Aggregation:
    """Give a mean that many weights can be tried on at once; not any function is one."""
    if not isinstance(how, str | Aggregation):
        found, known = getattr(how, "__name__", how), list(AGGREGATIONS)
        raise InputError(
            "evaluation.unknown_option", option="aggregations", found=found, known=known
        )
    return aggregation(how, option="aggregations")


def _check_options(**numbers: float) -> None:
    for name, number in numbers.items():
        if not number > 0:
            raise InputError("evaluation.not_between", option=name, found=number, low=0, high="∞")


def _values_of(panel_or_values: Any) -> pd.DataFrame:
    """Give the standardized values of a panel, or the values themselves."""
    if not isinstance(panel_or_values, pd.DataFrame):
        panel_or_values = getattr(panel_or_values, "values", panel_or_values)
    return unit_values(panel_or_values)


def _ranking(scorer: Scorer, choices: Choices, layout: YearRows) -> list[Whole]:
    """Rows of each year from first to last, as the index itself has it."""
    own = scorer.scores(choices.used[None, :], 0, 0)
    return [places_of(own[:, year])[0][0] for year in layout.years]


def _settings(choices: Choices, **numbers: Any) -> dict[str, Any]:
    uniform = numbers.pop("uniform")
    if uniform or "weights" not in choices.sources:
        numbers["concentration"] = None
    drawn = "uniform" if uniform else "dirichlet"
    return {
        **numbers,
        "sources": choices.sources,
        "weights": drawn if "weights" in choices.sources else "used",
        "aggregations": tuple(mean.name for mean in choices.aggregations),
        "variants": [dict(variant.choices) for variant in choices.variants],
    }


def _sensitivity(
    scorer: Scorer,
    choices: Choices,
    layout: YearRows,
    rng: np.random.Generator,
    draws: int,
    spread: dict[str, Any],
) -> Callable[[], pd.DataFrame] | None:
    """Prepare Sobol indices of the mean rank shift of each year over the sources."""
    if not choices.sources:
        return None

    def calculate() -> pd.DataFrame:
        weights = choices.weights(_WEIGHT_TABLE, rng, **spread)
        own = scorer.scores(choices.used[None, :], 0, 0)

        def shift(points: Floats) -> Floats:
            found = np.empty((len(points), len(layout.years)))
            for block, scores in scorer.blocks(choices.draws(points, weights)):
                for number, year in enumerate(layout.years):
                    found[block, number] = _mean_shift(scores[:, year], own[:, year])
            return found

        indices = sobol_indices(shift, len(choices.sources), draws=draws, rng=rng)
        names = ["first", "first_low", "first_high", "total", "total_low", "total_high"]
        rows = [
            (label, source, *(getattr(indices, name)[number, place] for name in names))
            for number, label in enumerate(layout.labels)
            for place, source in enumerate(choices.sources)
        ]
        table = pd.DataFrame(rows, columns=["year", "source", *names])
        return table if layout.labels[0] is not None else table.drop(columns="year")

    return calculate


def _mean_shift(scores: Floats, own: Floats) -> Floats:
    """Mean absolute difference of ranks to the index's own, a draw each."""
    order, places = places_of(own)
    base = np.empty(scores.shape[1])
    base[order[0]] = places[0]
    order, places = places_of(scores)
    return np.abs(base[order] - places).mean(axis=1)


@dataclass(frozen=True)
class YearRows:
    """Where the rows of each year are.

    Parameters
    ----------
    index : Index
        Of the panel, in its own order.
    order : ndarray, shape (n,)
        Rows of the panel sorted by year.
    years : tuple of slice
        Of the sorted rows.
    labels : tuple
        The years; (None,) where there are none.
    before : ndarray, shape (n,)
        Sorted row of the same region in the year before (of those there are); -1 for none.
    """

    index: pd.Index
    order: Whole
    years: tuple[slice, ...]
    labels: tuple[Any, ...]
    before: Whole

    @classmethod
    def of(cls, index: pd.Index) -> YearRows:
        """Find the layout of an index, with or without a level ``year``."""
        count = len(index)
        if "year" not in index.names:
            none = np.full(count, -1)
            return cls(index, np.arange(count), (slice(0, count),), (None,), none)
        year = index.get_level_values("year").to_numpy()
        labels, number = np.unique(year, return_inverse=True)
        order = np.argsort(number, kind="stable")
        ends = np.cumsum(np.bincount(number))
        starts = np.r_[0, ends[:-1]]
        keys = index.droplevel("year")
        place = {(keys[row], number[row]): at for at, row in enumerate(order)}
        before = [place.get((keys[row], number[row] - 1), -1) for row in order]
        years = tuple(slice(int(a), int(b)) for a, b in zip(starts, ends, strict=True))
        return cls(index, order, years, tuple(labels.tolist()), np.array(before, dtype="int64"))

    def frame(self, columns: Sequence[str], sorted_rows: Sequence[Any]) -> pd.DataFrame:
        """Give columns of sorted rows as a frame in the panel's order."""
        back = np.empty_like(self.order)
        back[self.order] = np.arange(len(self.order))
        cells = {
            name: np.asarray(column)[back]
            for name, column in zip(columns, sorted_rows, strict=True)
        }
        return pd.DataFrame(cells, index=self.index)

    def index_of(self, year: slice) -> pd.Index:
        """Labels of a year's rows."""
        return self.index[self.order[year]]

    def rank_table(self, counts: RunningCounts, shares: tuple[float, float, float]) -> pd.DataFrame:
        """Median rank and its interval."""
        pieces = [place_quantiles(places, shares) for places in counts.places]
        low, median, high = np.concatenate(pieces, axis=1)
        return self.frame(["median", "low", "high"], [median, low, high])

    def change_table(self, counts: RunningCounts, draws: int) -> pd.DataFrame:
        """Probabilities that the composite rose or fell."""
        known = self.before >= 0
        rise, fall = (
            np.where(known, found / draws, np.nan) for found in (counts.rises, counts.falls)
        )
        return self.frame(["rise", "fall"], [rise, fall])

    def pair_table(
        self, counts: RunningCounts, ranking: Sequence[Whole], draws: int
    ) -> pd.DataFrame:
        """How often neighbors in the ranking keep their order."""
        rows = []
        for label, year, ranked, holds in zip(
            self.labels, self.years, ranking, counts.holds, strict=True
        ):
            names = self.index_of(year)
            if label is not None:
                names = names.droplevel("year")
            for place, held in enumerate(holds):
                pair = [row_text(names[ranked[place + step]]) for step in (0, 1)]
                rows.append((label, place + 1, *pair, held / draws))
        table = pd.DataFrame(rows, columns=["year", "rank", "upper", "lower", "probability"])
        return table if self.labels[0] is not None else table.drop(columns="year")


@dataclass
class RunningCounts:
    """Running counts over draws, by row, and by year for places.

    Parameters
    ----------
    places : list of ndarray, shape (n_year, n_year)
        For each year how often each of its rows took each place.
    at_least : ndarray, shape (cuts, n)
        How often a row reached each cut.
    rises, falls : ndarray, shape (n,)
        How often a row stood above, below the same region's row of the year before.
    holds : list of ndarray, shape (n_year - 1,)
        For each two neighbors of the year's ranking how often the upper stayed above (ties half).
    """

    places: list[NDArray[np.int64]]
    at_least: Floats
    rises: Floats
    falls: Floats
    holds: list[Floats] = field(default_factory=list)


def counted(
    scorer: Scorer,
    draws: Draws,
    *,
    years: Sequence[slice],
    ranking: Sequence[Whole],
    before: Whole,
    cuts: Sequence[float],
) -> RunningCounts:
    """Score all draws and count."""
    rows = scorer.rows
    sizes = [year.stop - year.start for year in years]
    counts = RunningCounts(
        places=[np.zeros((size, size), dtype="int64") for size in sizes],
        at_least=np.zeros((len(cuts), rows)),
        rises=np.zeros(rows),
        falls=np.zeros(rows),
        holds=[np.zeros(max(size - 1, 0)) for size in sizes],
    )
    later = np.flatnonzero(before >= 0)
    for _, scores in scorer.blocks(draws):
        for place, cut in enumerate(cuts):
            counts.at_least[place] += (scores >= cut - TIE).sum(axis=0)
        if len(later):
            change = scores[:, later] - scores[:, before[later]]
            counts.rises[later] += (change > TIE).sum(axis=0)
            counts.falls[later] += (change < -TIE).sum(axis=0)
        for number, year in enumerate(years):
            _count_year(counts, number, scores[:, year], ranking[number])
    return counts


def _count_year(counts: RunningCounts, number: int, scores: Floats, ranking: Whole) -> None:
    """Count the places and orders of one year in one block."""
    size = scores.shape[1]
    order, places = places_of(scores)
    flat = np.bincount((order * size + places).ravel(), minlength=size * size)
    counts.places[number] += flat.reshape(size, size)
    if size > 1:
        ranked = scores[:, ranking]
        lead = ranked[:, :-1] - ranked[:, 1:]
        held = (lead > TIE).sum(axis=0) + 0.5 * (np.abs(lead) <= TIE).sum(axis=0)
        counts.holds[number] += held


def score_quantiles(scorer: Scorer, draws: Draws, shares: Sequence[float]) -> Floats:
    """Give quantiles (shares, n) of each row's scores over the draws, a block of rows at a time.

    Scores are calculated anew, so that never more than a block of them is held.
    """
    found = np.empty((len(shares), scorer.rows))
    width = max(1, BLOCK // len(draws))
    groups = list(scorer.groups(draws))
    weights = [draws.weights[members] for members, _, _ in groups]
    for start in range(0, scorer.rows, width):
        rows = slice(start, min(start + width, scorer.rows))
        block = np.concatenate(
            [
                scorer.scores(own, variant, mean, rows)
                for own, (_, variant, mean) in zip(weights, groups, strict=True)
            ]
        )
        ordered = np.sort(np.ascontiguousarray(block.T), axis=1)
        at = np.asarray(shares) * (len(draws) - 1)
        low = np.floor(at).astype(int)
        high = np.minimum(low + 1, len(draws) - 1)
        part = at - low
        found[:, rows] = (ordered[:, low] * (1 - part) + ordered[:, high] * part).T
    return found


def place_quantiles(places: NDArray[np.int64], shares: Sequence[float]) -> NDArray[np.int64]:
    """Give the smallest rank (from 1) reached in at least a share of the draws, (shares, n)."""
    reached = np.cumsum(places, axis=1)
    total = reached[:, -1:]
    return np.stack([(reached < share * total - 1e-9).sum(axis=1) + 1 for share in shares])


@dataclass(frozen=True, eq=False)
class Uncertainty:
    """What the draws of a simulation say, by row of the values.

    Parameters
    ----------
    composites : DataFrame
        Columns ``low``, ``median``, ``high``.
    ranks : DataFrame
        Columns ``median``, ``low`` (the better end), ``high``; whole numbers within the year.
    grades : DataFrame
        A column a grade: its probability.
    changes : DataFrame
        ``rise`` and ``fall``: probability that the composite rose, fell since the region's year
        before; NaN where there is none.
    pairs : DataFrame
        Columns ``year`` (if there is one), ``rank``, ``upper``, ``lower``, ``probability``: how
        often the upper of two neighbors in the ranking stays above the lower (ties count half).
    settings : mapping
        Draws, sources, concentration, choices: what was simulated.
    """

    composites: pd.DataFrame
    ranks: pd.DataFrame
    grades: pd.DataFrame
    changes: pd.DataFrame
    pairs: pd.DataFrame
    settings: Mapping[str, Any]
    places: Sequence[tuple[pd.Index, NDArray[np.int64]]] = field(repr=False, default=())
    _sensitivity: Callable[[], pd.DataFrame] | None = field(repr=False, default=None)

    @cached_property
    def acceptability(self) -> pd.DataFrame:
        """Share of the draws in which each row takes each rank (columns 1, 2, ...).

        Rank acceptability as stochastic multicriteria acceptability analysis (SMAA) has it; rows
        of years with fewer regions end in NaN.
        """
        pieces = [
            pd.DataFrame(
                counts / counts.sum(axis=1, keepdims=True),
                index=index,
                columns=pd.RangeIndex(1, len(index) + 1, name="rank"),
            )
            for index, counts in self.places
        ]
        return pd.concat(pieces).reindex(self.ranks.index)

    @cached_property
    def sensitivity(self) -> pd.DataFrame:
        """Sobol indices of the mean rank shift over the sources (calculated when first asked).

        A row a source (and year): ``first``, ``total`` and their bootstrap intervals. Empty when
        nothing was left to vary.
        """
        if self._sensitivity is None:
            return pd.DataFrame()
        return self._sensitivity()

    def top_probability(self, count: int = 5) -> pd.Series:
        """Give the probability that a row is among the first so many of its year."""
        inside = self.acceptability.loc[:, :count].fillna(0.0).sum(axis=1)
        return inside.rename(f"top_{count}")

    def unsure_grades(self, *, level: float = 0.8) -> pd.DataFrame:
        """Give the grade probabilities of the rows of which no grade is as probable as level."""
        return self.grades[self.grades.max(axis=1) < level]

    @property
    def table(self) -> pd.DataFrame:
        """Composite and rank intervals and grade probabilities as one table, by row."""
        table = self.composites.add_prefix("composite_").join(
            self.ranks[["low", "median", "high"]].add_prefix("rank_")
        )
        return table.join(self.grades.rename(columns=lambda name: f"p_{name.lower()}"))
