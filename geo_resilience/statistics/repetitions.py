"""How often chance is asked where neither a study nor a caller says: the house's defaults."""

from __future__ import annotations

__all__ = [
    "BOOTSTRAP_DRAWS",
    "IMPACT_DRAWS",
    "NULL_DRAWS",
    "PERMUTATIONS",
    "POWER_DRAWS",
    "REMOVAL_ORDERS",
    "SENSITIVITY_DRAWS",
    "SLOW_PERMUTATIONS",
    "UNCERTAINTY_DRAWS",
]

#: Random permutations where the arrangements are too many to count.
PERMUTATIONS = 9_999

#: The same of tests that take each permutation by itself: Markov chains, mobility of ranks.
SLOW_PERMUTATIONS = PERMUTATIONS // 10

#: Bootstrap samples behind an interval of plain means or quantiles.
BOOTSTRAP_DRAWS = 9_999

#: Draws from a fitted model of no effect, behind the verdicts on groups and gradients.
NULL_DRAWS = 999

#: The same in each of the many fields that a power is counted over.
POWER_DRAWS = 199

#: Draws of coefficients behind the standard errors of impacts.
IMPACT_DRAWS = 1_000

#: Random orders in which sectors are removed from a chain.
REMOVAL_ORDERS = 200

#: Draws of the uncertainty simulation, and base sample of its sensitivity.
UNCERTAINTY_DRAWS, SENSITIVITY_DRAWS = 10_000, 2_048
