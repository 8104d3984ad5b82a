"""How sure: what the index would say under other choices."""

from geo_resilience.evaluation.robustness._simulation import ALTERNATIVES, Uncertainty, uncertainty
from geo_resilience.evaluation.robustness._sources import SOURCES, Source
from geo_resilience.evaluation.robustness._variants import Variant, panel_variants, scaling_variants

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
