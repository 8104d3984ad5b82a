"""How often chance is asked where neither a study nor a caller says, and what it is asked of."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    import numpy as np

#: Source of randomness: a seed, a generator, or None for one that differs each time.
Rng: TypeAlias = "int | np.random.Generator | None"


#: Random permutations where the arrangements are too many to count.
PERMUTATIONS = 9_999

#: The fewest of maps with very many links, and links times permutations up to which there are all.
FEWEST_PERMUTATIONS, LINKS_PERMUTED = 999, 30_000_000


def permutations_over(links: int) -> int:
    """Give the random permutations of a map where nobody asks for a number.

    >>> permutations_over(2_000), permutations_over(20_000), permutations_over(2_000_000)
    (9999, 1500, 999)
    """
    return max(FEWEST_PERMUTATIONS, min(PERMUTATIONS, LINKS_PERMUTED // max(links, 1)))


#: The same of tests that take each permutation by itself: Markov chains, mobility of ranks.
SLOW_PERMUTATIONS = PERMUTATIONS // 10

#: Bootstrap samples behind an interval of plain means or quantiles.
BOOTSTRAP_DRAWS = 9_999

#: Draws from a fitted model of no effect, behind the verdicts on groups and gradients.
NULL_DRAWS = 999

#: The fewest of both with very many regions, and regions times draws up to which there are all.
FEWEST_BOOTSTRAP, REGIONS_RESAMPLED = 999, 10_000_000
FEWEST_NULLS, REGIONS_DRAWN = 399, 1_000_000


def bootstrap_draws_over(regions: int) -> int:
    """Give the bootstrap samples of so many regions where nobody asks for a number.

    >>> bootstrap_draws_over(1_000), bootstrap_draws_over(2_000), bootstrap_draws_over(40_000)
    (9999, 5000, 999)
    """
    return max(FEWEST_BOOTSTRAP, min(BOOTSTRAP_DRAWS, REGIONS_RESAMPLED // max(regions, 1)))


def null_draws_over(regions: int) -> int:
    """Give the draws from a model of no effect where nobody asks for a number.

    >>> null_draws_over(1_000), null_draws_over(2_000), null_draws_over(40_000)
    (999, 500, 399)
    """
    return max(FEWEST_NULLS, min(NULL_DRAWS, REGIONS_DRAWN // max(regions, 1)))


#: Regions up to which gaps, groups and regressors are repeated under other rules of neighbors.
REGIONS_REPEATED = 10_000

#: The same at least of groups that are judged together, and for each of many: with so many, the
#: corrected p of one can fall to .01.
VERDICT_DRAWS, DRAWS_PER_TEST = 1_999, 100

#: Panels drawn to see the bias of a dynamic estimator.
BIAS_DRAWS = 499

#: Draws of coefficients behind the standard errors of impacts.
IMPACT_DRAWS = 1_000

#: Random orders in which sectors are removed from a chain.
REMOVAL_ORDERS = 200

#: Draws of the uncertainty simulation, and base sample of its sensitivity.
UNCERTAINTY_DRAWS, SENSITIVITY_DRAWS = 10_000, 2_048

#: Scores drawn where nobody asks for a number of draws, and the fewest draws of very many rows.
DRAWN_SCORES, FEWEST_DRAWS = 10_000_000, 1_000

#: Regions of a year, at equal steps in its ranking, among which a sensitivity analysis ranks.
SENSITIVITY_REGIONS = 200

#: Rows up to which every rank of every row is told, and the fewest classes of ranks beyond.
RANK_ROWS, FEWEST_CLASSES = 300_000, 20


def draws_over(rows: int) -> int:
    """Give the draws of the uncertainty simulation of so many rows where nobody asks for a number.

    >>> draws_over(186), draws_over(2_220), draws_over(240_000)
    (10000, 4504, 1000)
    """
    return max(FEWEST_DRAWS, min(UNCERTAINTY_DRAWS, DRAWN_SCORES // max(rows, 1)))


def ranks_together(regions: int, rows: int) -> int:
    """Give by how many the ranks of so many regions, in so many rows, are taken together.

    >>> ranks_together(31, 186), ranks_together(370, 2_220), ranks_together(40_000, 240_000)
    (1, 3, 2000)
    """
    return -(-regions // max(FEWEST_CLASSES, RANK_ROWS // max(rows, 1)))
