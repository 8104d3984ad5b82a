"""Plain mathematics on arrays: it knows no region.

Names are loaded from their files when first used, so that importing the room costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_FILES = {
    "SubsetSums": "_counting",
    "counting_cost": "_counting",
    "scaled_integers": "_counting",
    "connected_sets": "_connected",
    "is_connected": "_connected",
    "counted_arrangements": "_conditional",
    "distinct_draws": "_conditional",
    "sampled_arrangements": "_conditional",
    "sampled_subset_sums": "_permutation",
    "shuffled_orders": "_permutation",
    "two_sided": "_permutation",
    "entropy": "_concentration",
    "gini": "_concentration",
    "herfindahl": "_concentration",
    "theil": "_concentration",
    "variation": "_concentration",
    "weighted_gini": "_concentration",
    "Trend": "_trends",
    "mann_kendall": "_trends",
    "benjamini_hochberg": "_multiplicity",
    "holm": "_multiplicity",
}

__all__ = sorted(_FILES)


def __getattr__(name: str) -> Any:
    if name in _FILES:
        return getattr(import_module(f"{__name__}.{_FILES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
