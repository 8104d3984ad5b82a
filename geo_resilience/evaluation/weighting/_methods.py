"""The ways to weights, one record each: what a study may name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from geo_resilience.evaluation.weighting._ahp import ahp_weights
from geo_resilience.evaluation.weighting._combination import combine_weights
from geo_resilience.evaluation.weighting._contrast import (
    critic_weights,
    entropy_weights,
    variation_weights,
)
from geo_resilience.evaluation.weighting._improved_ahp import improved_ahp_weights
from geo_resilience.evaluation.weighting._pca import pca_weights
from geo_resilience.evaluation.weighting._weights import (
    Weights,
    equal_by_level,
    equal_weights,
    own_weights,
    published_weights,
)


@dataclass(frozen=True)
class WeightMethod:
    """A way to weights.

    - ``name``: as a study file has it.
    - ``function``: its first arguments are what it needs, in order.
    - ``needs``: ``framework``, ``codes``, ``values``, ``judgements``, ``stated`` (the study's own
      numbers), or ``weights`` (those judged or published, and those of the entropy).
    """

    name: str
    function: Callable[..., Weights]
    needs: str


#: Ways to weights, by name.
WEIGHT_METHODS: Mapping[str, WeightMethod] = {
    each.name: each
    for each in (
        WeightMethod("published", published_weights, "framework"),
        WeightMethod("equal", equal_weights, "codes"),
        WeightMethod("entropy", entropy_weights, "values"),
        WeightMethod("ahp", ahp_weights, "judgements"),
        WeightMethod("improved_ahp", improved_ahp_weights, "judgements"),
        WeightMethod("combined", combine_weights, "weights"),
        WeightMethod("own", own_weights, "stated"),
        WeightMethod("critic", critic_weights, "values"),
        WeightMethod("variation", variation_weights, "values"),
        WeightMethod("pca", pca_weights, "values"),
        WeightMethod("equal_by_level", equal_by_level, "framework"),
    )
}
