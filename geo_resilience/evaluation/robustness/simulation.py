"""Monte Carlo over the choices behind the index."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from geo_resilience.errors import InputError
from geo_resilience.evaluation.aggregation import AGGREGATIONS, Aggregation, aggregation
from geo_resilience.evaluation.checking import unit_values
from geo_resilience.evaluation.grading import CODES, CUTS
from geo_resilience.evaluation.robustness.choices import Choices
from geo_resilience.evaluation.robustness.counts import counted, score_quantiles
from geo_resilience.evaluation.robustness.draws import Floats, Scorer, Whole, places_of
from geo_resilience.evaluation.robustness.layout import Layout
from geo_resilience.evaluation.robustness.uncertainties import Uncertainty
from geo_resilience.evaluation.robustness.variants import Variant, scaling_variants, stacked
from geo_resilience.evaluation.weighting.weights import Weights, weights_for
from geo_resilience.statistics.repetitions import SENSITIVITY_DRAWS, UNCERTAINTY_DRAWS
from geo_resilience.statistics.sensitivity import sobol_indices

__all__ = ["uncertainty"]

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
    layout = Layout.of(values.index)
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


def _ranking(scorer: Scorer, choices: Choices, layout: Layout) -> list[Whole]:
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
    layout: Layout,
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
