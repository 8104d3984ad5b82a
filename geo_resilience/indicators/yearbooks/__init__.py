"""Statistical yearbooks: tables as they are printed, read into one long table."""

from geo_resilience.indicators.yearbooks._recipe import Recipe
from geo_resilience.indicators.yearbooks._yearbook import Yearbook, read_yearbook

__all__ = ["Recipe", "Yearbook", "read_yearbook"]
