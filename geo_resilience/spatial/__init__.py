"""Where strength gathers: neighbors, autocorrelation, specialization, inequality, patterns.

Every calculation takes plain Series or DataFrames by region key and a libpysal Graph (or our
Neighbors), and gives back the same keys. Names are loaded from their files when first used.
"""

from geo_resilience._doors import door

__getattr__, __dir__, __all__ = door(__name__)
