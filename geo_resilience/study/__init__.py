"""The conductor: a study file becomes a plan, a plan becomes results.

Names are loaded from their files when first used.
"""

from geo_resilience._doors import door

__getattr__, __dir__, __all__ = door(__name__)
