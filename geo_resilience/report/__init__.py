"""Results told in words: the summary of a run, reports and a workbook."""

from geo_resilience._doors import door

__getattr__, __dir__, __all__ = door(__name__)
