"""How sure: what the index would say under other choices."""

from geo_resilience.evaluation.robustness.choices import SOURCES, Source
from geo_resilience.evaluation.robustness.simulation import ALTERNATIVES, uncertainty
from geo_resilience.evaluation.robustness.uncertainties import Uncertainty
from geo_resilience.evaluation.robustness.variants import (
    Variant,
    panel_variants,
    scaling_variants,
)

__all__ = [
    "ALTERNATIVES",
    "SOURCES",
    "Source",
    "Uncertainty",
    "Variant",
    "panel_variants",
    "scaling_variants",
    "uncertainty",
]
