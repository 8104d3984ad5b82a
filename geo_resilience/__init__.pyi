from . import chain as chain
from . import errors as errors
from . import evaluation as evaluation
from . import indicators as indicators
from . import maps as maps
from . import regions as regions
from . import report as report
from . import results as results
from . import spatial as spatial
from . import study as study

__version__: str
