"""Workers of a scheduler for every test of records."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest


@pytest.fixture(scope="session")
def scheduler() -> Iterator[Any]:
    """A scheduler and two workers, as one would start them on a cluster."""
    distributed = pytest.importorskip("distributed")
    dask = pytest.importorskip("dask")
    options = {"n_workers": 2, "threads_per_worker": 1, "dashboard_address": None}
    # On a busy machine a worker that was killed takes long to come back; it is not given up.
    kept = dask.config.set({"distributed.deploy.lost-worker-timeout": "1 hour"})
    with kept, distributed.LocalCluster(**options, processes=True) as cluster:
        yield cluster
