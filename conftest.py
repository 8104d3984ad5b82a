"""Studies that are run once for all workers of a session, for tests and doctests alike."""

from __future__ import annotations

import os
import pickle
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

# Before anything loads numpy: each worker has one processor, and threads that wait for one burn it.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
# What a shell starts in the background ignores Ctrl-C, and so would the runs that tests interrupt.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

import pytest

import geo_resilience as gr
from geo_resilience.results import Results
from geo_resilience.study._folder import locked

#: Seconds that a worker waits for another that is running the study that it needs.
PATIENCE = 1200.0


class Ran(NamedTuple):
    """A study as its run gave it, and the folder that the run wrote; nobody changes either."""

    results: Results
    folder: Path


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Ran]:
    """Run a study once for all workers of a session: the first to ask runs it, the others wait."""
    base = tmp_path_factory.getbasetemp()
    base = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    run = gr.study.run

    def ran(name: str, study: Path | None = None, *, written: bool = True, **options: Any) -> Ran:
        folder, held = base / name / "results", base / name / "results.pickle"
        with locked(base / f"{name}.lock", patience=PATIENCE):
            if not held.is_file():
                held.parent.mkdir(exist_ok=True)
                results = run(study, folder if written else None, **options)
                held.with_suffix(".part").write_bytes(pickle.dumps(results))
                held.with_suffix(".part").rename(held)
        return Ran(pickle.loads(held.read_bytes()), folder)

    return ran


@pytest.fixture(autouse=True)
def _doctests_share_a_run(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """In doctests alone, the bundled study is run once however many of them run it."""
    if not isinstance(request.node, pytest.DoctestItem):
        return
    once, run = request.getfixturevalue("once"), gr.study.run

    def shared(*given: Any, **options: Any) -> Results:
        return run(*given, **options) if given or options else once("doctests", written=False)[0]

    monkeypatch.setattr(gr.study, "run", shared)
