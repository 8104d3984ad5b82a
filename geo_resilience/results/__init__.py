"""What a run hands on: the tables that become the files, and what was found on the way."""

from geo_resilience.results._found import Found
from geo_resilience.results._results import Results
from geo_resilience.results._story import Stop

__all__ = [
    "Found",
    "Results",
    "Stop",
]
