from geo_resilience import chain as chain
from geo_resilience import errors as errors
from geo_resilience import evaluation as evaluation
from geo_resilience import indicators as indicators
from geo_resilience import maps as maps
from geo_resilience import regions as regions
from geo_resilience import report as report
from geo_resilience import results as results
from geo_resilience import spatial as spatial
from geo_resilience import study as study

__version__: str
