"""``python -m geo_resilience``: the command line where no script is on the path."""

import sys

from geo_resilience.cli import main

if __name__ == "__main__":
    sys.exit(main())
