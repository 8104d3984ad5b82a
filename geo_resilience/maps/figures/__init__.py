"""Figures for print and reports: each a function from results to a matplotlib Figure.

matplotlib is loaded when the first figure is asked for, never its pyplot state.
"""

from geo_resilience._doors import door

__getattr__, __dir__, __all__ = door(__name__)
