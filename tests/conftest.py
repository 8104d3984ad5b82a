"""Settings for every test, and the studies that many of them look at, each run once a session."""

from __future__ import annotations

import os
import pickle
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

# Before anything loads numpy: each worker has one processor, and threads that wait for one burn it.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import pytest
from hypothesis import settings

import geo_resilience as gr
from geo_resilience.results import Results
from geo_resilience.study._folder import locked

# A slow machine is no failure; speed is measured in benchmarks/. "make slow" tries more examples.
settings.register_profile("house", deadline=None, max_examples=30)
settings.register_profile("thorough", deadline=None, max_examples=200)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "house"))

EXAMPLES = Path(__file__).parents[1] / "examples"

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

    def ran(name: str, study: Path | None = None, **options: Any) -> Ran:
        folder, held = base / name / "results", base / name / "results.pickle"
        with locked(base / f"{name}.lock", patience=PATIENCE):
            if not held.is_file():
                held.parent.mkdir(exist_ok=True)
                results = gr.study.run(study, folder, **options)
                held.with_suffix(".part").write_bytes(pickle.dumps(results))
                held.with_suffix(".part").rename(held)
        return Ran(pickle.loads(held.read_bytes()), folder)

    return ran


@pytest.fixture(scope="session")
def bundled_run(once: Callable[..., Ran]) -> Ran:
    """The bundled study."""
    return once("bundled")


@pytest.fixture(scope="session")
def everything_run(once: Callable[..., Ran]) -> Ran:
    """The study that asks for everything, in Chinese."""
    study = EXAMPLES / "everything.toml"
    if not study.is_file():
        pytest.skip("only a checkout has examples")
    return once("everything", study, language="zh")


FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
#: The first of these is taken; the shell opens no windows and so needs a third of the time.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "chrome")


def find_chromium():
    named = os.environ.get("GEO_RESILIENCE_CHROMIUM")
    return named or next(filter(None, map(shutil.which, NAMES)), None)


@pytest.fixture(scope="session")
def chromium():
    executable = find_chromium()
    if executable is None:
        why = "no Chromium found; name one in GEO_RESILIENCE_CHROMIUM"
        if os.environ.get("CI", "").lower() == "true":
            pytest.fail(why)
        pytest.skip(why)
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=FLAGS)
        yield browser
        browser.close()
