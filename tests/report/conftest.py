"""What most tests of reports tell of."""

import pytest

from geo_resilience.study import read_results


@pytest.fixture(scope="session")
def bundled(bundled_run):
    return read_results(bundled_run.folder)
