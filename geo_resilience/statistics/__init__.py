"""Plain mathematics on arrays: it knows no region.

Names are loaded from their files when first used, so that importing the room costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_FILES = {
    "SubsetSums": "counting",
    "counting_cost": "counting",
    "scaled_integers": "counting",
    "connected_sets": "connected",
    "is_connected": "connected",
    "counted_arrangements": "conditional",
    "distinct_draws": "conditional",
    "sampled_arrangements": "conditional",
    "sampled_subset_sums": "permutation",
    "shuffled_orders": "permutation",
    "two_sided": "permutation",
    "entropy": "concentration",
    "gini": "concentration",
    "herfindahl": "concentration",
    "theil": "concentration",
    "variation": "concentration",
    "weighted_gini": "concentration",
    "Trend": "trends",
    "mann_kendall": "trends",
    "benjamini_hochberg": "multiplicity",
    "holm": "multiplicity",
}

__all__ = sorted(_FILES)


def __getattr__(name: str) -> Any:
    if name in _FILES:
        return getattr(import_module(f"{__name__}.{_FILES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
