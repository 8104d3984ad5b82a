"""Monte Carlo over the choices behind the index."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from geo_resilience.errors import InputError
from geo_resilience.evaluation._aggregation import AGGREGATIONS, Aggregation, aggregation
from geo_resilience.evaluation._checks import unit_values
from geo_resilience.evaluation._grading import CODES, CUTS
from geo_resilience.evaluation.robustness._cells import driving_cells
from geo_resilience.evaluation.robustness._counts import (
    FEWEST_VECTORS,
    KEPT,
    Counts,
    YearRows,
    counted,
    rank_shares,
)
from geo_resilience.evaluation.robustness._draws import Draws, Scoring, places_of
from geo_resilience.evaluation.robustness._sources import CLOSENESS, SOURCES, Choices
from geo_resilience.evaluation.robustness._variants import (
    Stack,
    Variant,
    doubted,
    scaling_variants,
)
from geo_resilience.evaluation.weighting._weights import Weights, weights_for
from geo_resilience.statistics._arrays import Array, Whole
from geo_resilience.statistics._repetitions import (
    SENSITIVITY_DRAWS,
    SENSITIVITY_REGIONS,
    UNCERTAINTY_DRAWS,
    Rng,
)
from geo_resilience.statistics._sobol import sobol_indices

if TYPE_CHECKING:
    from geo_resilience.indicators import Panel

#: Means that stand beside the index's own.
ALTERNATIVES: tuple[str, ...] = ("arithmetic", "geometric")

#: Where the study's own composite stands in its draws, on average over the rows, beyond which they
#: are called skewed: below the first or above the last quarter.
_SKEWED = 0.25


def uncertainty(
    panel_or_values: Panel | pd.DataFrame,
    weights: Weights | pd.Series,
    *,
    draws: int = UNCERTAINTY_DRAWS,
    rng: Rng = None,
    sources: Sequence[str] | None = None,
    among: Sequence[str] = tuple(SOURCES),
    variants: Sequence[Variant] | None = None,
    errors: pd.DataFrame | pd.Series | None = None,
    proxies: Sequence[Sequence[str]] = (),
    aggregations: Sequence[str | Aggregation] = ALTERNATIVES,
    concentration: float = 100.0,
    uniform: bool = False,
    cuts: Sequence[float] = CUTS,
    interval: float = 0.95,
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
        What to let vary, of ``weights``, ``concentration`` (how far they vary), ``aggregation``,
        ``floor`` (of means that need positive values), ``omission`` (of one indicator),
        ``proxies``, ``scaling``, ``outliers``, ``imputation``, ``errors``; everything that can be
        by default. What is left out stays as the index has it.
    among : sequence of str
        Of these, where ``sources`` names none: what cannot vary is passed over.
    variants : sequence of Variant, optional
        The panel under other choices of scaling and outliers (`panel_variants`), with other
        fillings and data errors (`doubted`), the study's own first; from the values alone only
        scaling varies (`scaling_variants`).
    errors : DataFrame or Series by code, optional
        Standard errors of the values, in their unit, where no variants are given.
    proxies : sequence of sequence of str
        Sets of codes that may be left out together, such as all substitutes.
    aggregations : sequence of str or Aggregation
        Means as in `composite`, the index's own first; those that need positive values on values
        rescaled to [floor, 1], the floor 0.01 or, where it varies, from 0.001 to 0.2.
    concentration : float
        Of the Dirichlet distribution around the used weights: a weight w has standard deviation
        sqrt(w (1 - w)/(concentration + 1)), a third of w for 100 and twelve indicators. Where it
        varies, from a quarter of it to four times as much.
    uniform : bool
        Draw weights uniformly on the simplex instead.
    cuts : sequence of float
        Lower bounds of the grades above the lowest.
    interval : float
        Probability between low and high.
    sensitivity_draws : int
        Base sample of ``.sensitivity``, which is calculated when first asked for: of the mean shift
        of ranks, beyond 200 regions of a year among so many, at equal steps in its ranking.

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
    variants, one of the fillings, and leaves out no indicator or one of the m, all equally likely
    [1]_; rank acceptabilities as in [2]_. A data error is normal and independent from cell to
    cell. Intervals are quantiles over draws: they say how far choices and errors carry. With errors
    alone the interval of ranks holds the true rank in 95 % of cases or more, as long as the errors
    of the scores are no more than half as large as the differences between regions (.92 where they
    are as large). ``ranks.median`` is the smallest rank reached in at least half of the draws.

    The work is a product of matrices, a year at a time; no array of regions x draws x indicators
    is made. Scores take 8 bytes a draw and region of two years, ranks 2 or 4 a draw and row.

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
        variants = _variants_of(values, sources, errors)
    used, columns = weights_for(values, weights), list(values.columns)
    means = [_simulated(each) for each in aggregations]
    kept = np.array([[code not in left for code in columns] for left in proxies], bool)
    kept = kept.reshape(-1, len(columns))
    closeness = () if uniform else tuple(concentration * each for each in CLOSENESS)
    choices = Choices.of(sources, among, variants, means, used, kept, closeness)
    layout, generator = YearRows.of(values.index), np.random.default_rng(rng)
    later, noisy = generator.spawn(2)
    vectors = max(FEWEST_VECTORS, min(draws, KEPT // len(values)))
    scoring = _scoring(choices, layout, values, noisy, vectors)
    own = _own(choices, values.to_numpy()[layout.order])
    ranking = [places_of(own[None, year])[0][0] for year in layout.years]
    points = generator.random((draws, len(choices.sources)))
    sample = choices.drawn(points, generator, vectors)
    tail = (1 - interval) / 2
    shares = (tail, 0.5, 1 - tail)
    counts = counted(scoring, sample, layout, ranking=ranking, cuts=cuts, own=own, shares=shares)
    position = float(counts.below.mean()) / draws
    skewed = not _SKEWED <= position <= 1 - _SKEWED
    settings = {"draws": draws, "interval": interval, "position": position}
    return Uncertainty(
        composites=layout.frame(["low", "median", "high"], list(counts.quantiles)),
        ranks=layout.rank_table(counts, shares),
        grades=layout.frame(CODES, list(_grades(counts, layout, own, cuts, skewed))),
        changes=layout.change_table(counts, draws),
        pairs=layout.pair_table(counts, ranking, draws),
        settings=settings | _settings(choices, concentration),
        skewed=skewed,
        _ranks=[
            (layout.order[year], ranks)
            for year, ranks in zip(layout.years, counts.ranks, strict=True)
        ],
        _drawn=lambda number: layout.drawn(counts.scores, number),
        _cells=partial(_cell_table, scoring, sample, counts, layout, ranking, shares, columns),
        _sensitivity=_sensitivity(
            scoring, choices, layout, ranking, own, later, sensitivity_draws, vectors
        ),
    )


def _variants_of(
    values: pd.DataFrame, sources: Sequence[str] | None, errors: pd.DataFrame | pd.Series | None
) -> Sequence[Variant]:
    """Give what can be varied of the values alone: their scaling, and their errors."""
    varied = sources is None or "scaling" in sources
    found = scaling_variants(values) if varied else [Variant({}, values)]
    return found if errors is None else doubted(found, values, errors=errors)


def _cell_table(
    scoring: Scoring,
    sample: Draws,
    counts: Counts,
    layout: YearRows,
    ranking: Sequence[Whole],
    shares: tuple[float, float, float],
    columns: Sequence[str],
    number: int,
) -> pd.DataFrame:
    """Give a year's rows with the cell that drives each."""
    year, ranked = layout.years[number], ranking[number]
    cells = driving_cells(scoring, sample, counts.scores, year, ranked, shares)
    return layout.cell_table(cells, columns, number)


def _scoring(
    choices: Choices, layout: YearRows, values: pd.DataFrame, rng: np.random.Generator, vectors: int
) -> Scoring:
    """Lay out the values of every variant, by year, and draw what data errors there may be."""
    errors = "errors" in choices.sources
    stack = Stack.of(
        choices.variants,
        list(values.columns),
        values.index[layout.order],
        fills=choices.fillings > 0,
        errors=errors,
    )
    noise = _noise(rng, vectors, len(values)) if errors else None
    return Scoring(stack.among, choices.means, noise, len(values))


def _noise(rng: np.random.Generator, vectors: int, rows: int) -> Array:
    """Draw standard normal numbers, shape (vectors, rows); very many with half the digits."""
    found = np.empty((vectors, rows), "float32" if vectors * rows > KEPT else "float64")
    for vector in found:
        vector[:] = rng.standard_normal(rows)
    return found


def _own(choices: Choices, values: Array) -> Array:
    """Give the scores of the index itself."""
    how = choices.aggregations[0]
    floor = choices.floors[0]
    return how(floor + (1 - floor) * values if how.needs_positive else values, choices.used)


def _grades(
    counts: Counts, layout: YearRows, own: Array, cuts: Sequence[float], skewed: bool
) -> Array:
    """Give the probability of each grade, shape (grades, rows).

    Where draws are skewed they would move everyone into other grades: then a row has the grade
    whose places in the own ranking of its year it takes.
    """
    draws = counts.ranks[0].shape[1]
    reached = counts.at_own_places(layout.years, own, cuts) if skewed else counts.at_least
    rows = np.full((1, len(own)), float(draws))
    bounds = np.vstack([rows, reached, 0 * rows])
    return np.asarray((bounds[:-1] - bounds[1:]) / draws)


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


def _values_of(panel_or_values: Panel | pd.DataFrame) -> pd.DataFrame:
    """Give the standardized values of a panel, or the values themselves."""
    if not isinstance(panel_or_values, pd.DataFrame):
        panel_or_values = getattr(panel_or_values, "values", panel_or_values)
    return unit_values(panel_or_values)


def _settings(choices: Choices, concentration: float) -> dict[str, Any]:
    drawn = "dirichlet" if choices.concentrations else "uniform"
    varied = "weights" in choices.sources
    return {
        "sources": choices.sources,
        "weights": drawn if varied else "used",
        "concentration": concentration if varied and choices.concentrations else None,
        "aggregations": tuple(mean.name for mean in choices.aggregations),
        "floors": choices.floors,
        "variants": [dict(variant.choices) for variant in choices.variants],
    }


def _sensitivity(
    scoring: Scoring,
    choices: Choices,
    layout: YearRows,
    ranking: Sequence[Whole],
    own: Array,
    rng: np.random.Generator,
    draws: int,
    vectors: int,
) -> Callable[[], pd.DataFrame] | None:
    """Prepare Sobol indices of the mean rank shift of each year over the sources."""
    if not choices.sources:
        return None
    parts = [
        year.start + np.sort(ranked[:: -(-len(ranked) // SENSITIVITY_REGIONS)])
        for year, ranked in zip(layout.years, ranking, strict=True)
    ]
    ends = np.cumsum([len(part) for part in parts])
    years = [slice(end - len(part), end) for end, part in zip(ends, parts, strict=True)]

    def calculate() -> pd.DataFrame:
        picked, few = choices.looked_up(rng, vectors), scoring.among(np.concatenate(parts))

        def shift(points: Array) -> Array:
            found = np.empty((len(points), len(years)))
            for block, scores in few.blocks(picked(points)):
                for number, (year, part) in enumerate(zip(years, parts, strict=True)):
                    found[block, number] = _mean_shift(scores[:, year], own[None, part])
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


def _mean_shift(scores: Array, own: Array) -> Array:
    """Mean absolute difference of ranks to the index's own, a draw each."""
    order, places = places_of(own)
    base = np.empty(scores.shape[1])
    base[order[0]] = places[0]
    order, places = places_of(scores)
    return np.abs(base[order] - places).mean(axis=1)


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
        A column a grade: its probability; of skewed draws that of the grade's places.
    changes : DataFrame
        ``rise`` and ``fall``: probability that the composite rose, fell since the region's year
        before; NaN where there is none.
    pairs : DataFrame
        Columns ``year`` (if there is one), ``rank``, ``upper``, ``lower``, ``probability``: how
        often the upper of two neighbors in the ranking stays above the lower (ties count half).
    settings : mapping
        Draws, sources, concentration, choices: what was simulated; ``position``: the share of draws
        in which a row stands below its own composite, on average.
    skewed : bool
        Whether other choices move most composites to one side: position below .25 or above .75.
    """

    composites: pd.DataFrame
    ranks: pd.DataFrame
    grades: pd.DataFrame
    changes: pd.DataFrame
    pairs: pd.DataFrame
    settings: Mapping[str, Any]
    skewed: bool = False
    _ranks: Sequence[tuple[Whole, Whole]] = field(repr=False, default=())
    _drawn: Callable[[int], pd.DataFrame] = field(repr=False, default=lambda _: pd.DataFrame())
    _cells: Callable[[int], pd.DataFrame] = field(repr=False, default=lambda _: pd.DataFrame())
    _sensitivity: Callable[[], pd.DataFrame] | None = field(repr=False, default=None)

    def drawn(self, year: int = -1) -> pd.DataFrame:
        """Give the composites of the draws, a column a region, for the years by their order.

        All draws, or the first of them where all would take too much room.
        """
        return self._drawn(year)

    def told(self) -> Uncertainty:
        """Give what was found and the composites of the draws, without all that it came from.

        Neither places, driving cells nor sensitivity can be asked of it: with many regions these
        hold most of the memory.
        """
        return replace(self, _ranks=(), _cells=lambda _: pd.DataFrame(), _sensitivity=None)

    def driving_cells(self, year: int = -1) -> pd.DataFrame:
        """Give for each region the cell whose leaving out narrows its interval of ranks most.

        Columns ``indicator``, ``rank_low_without``, ``rank_high_without`` and ``top_without``: how
        often the region would then be among the first five.
        """
        return self._cells(year)

    @cached_property
    def acceptability(self) -> pd.DataFrame:
        """Share of the draws in which each row takes each rank (columns 1, 2, ...).

        Rank acceptability as stochastic multicriteria acceptability analysis (SMAA) has it; rows
        of years with fewer regions end in NaN.
        """
        most = max(len(rows) for rows, _ in self._ranks)
        found = np.full((len(self.ranks), most), np.nan)
        for rows, ranks in self._ranks:
            found[rows, : len(rows)] = 0.0
            row, rank, share = rank_shares(ranks)
            found[rows[row], rank - 1] = share
        columns = pd.RangeIndex(1, most + 1, name="rank")
        return pd.DataFrame(found, index=self.ranks.index, columns=columns)

    def places(self, width: int = 1) -> pd.DataFrame:
        """Give the ranks that each row takes (``rank``), and in which share of the draws.

        Columns ``rank``, ``probability``; a row a row and rank. With a width, ranks are taken
        together by so many, named by the first.
        """
        parts = []
        for rows, ranks in self._ranks:
            row, rank, share = rank_shares(ranks, width)
            parts.append((rows[row], rank, share))
        row, rank, share = (np.concatenate(each) for each in zip(*parts, strict=True))
        order = np.argsort(row, kind="stable")
        cells = {"rank": rank[order], "probability": share[order]}
        return pd.DataFrame(cells, index=self.ranks.index[row[order]])

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
        found = pd.Series(0.0, index=self.ranks.index, name=f"top_{count}")
        for rows, ranks in self._ranks:
            found.iloc[rows] = (ranks < count).mean(axis=1)
        return found

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
