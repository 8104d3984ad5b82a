"""Settings for every test, the studies that many of them look at, a database and a browser."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from chromium_for_tests import FLAGS, find_chromium
from hypothesis import settings
from postgis_for_tests import AbsentError, Server, started

# A slow machine is no failure; speed is measured in benchmarks/. "make slow" tries more examples.
settings.register_profile("house", deadline=None, max_examples=30)
settings.register_profile("thorough", deadline=None, max_examples=200)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "house"))

EXAMPLES = Path(__file__).parents[1] / "examples"


@pytest.fixture(scope="session")
def bundled_run(once: Callable[..., Any]) -> Any:
    """The bundled study."""
    return once("bundled")


@pytest.fixture(scope="session")
def everything_run(once: Callable[..., Any]) -> Any:
    """The study that asks for everything, in Chinese."""
    study = EXAMPLES / "everything.toml"
    if not study.is_file():
        pytest.skip("only a checkout has examples")
    return once("everything", study, language="zh")


#: What two workers run at the start of the whole suite, so that neither waits for the other.
AT_THE_START = {"gw0": "bundled_run", "gw1": "everything_run"}


@pytest.fixture(scope="session", autouse=True)
def _both_studies_at_once(request: pytest.FixtureRequest) -> None:
    mine = AT_THE_START.get(os.environ.get("PYTEST_XDIST_WORKER", ""))
    if mine and EXAMPLES.is_dir() and len(request.session.items) > 1000:
        request.getfixturevalue(mine)


def lacking(why: str) -> None:
    """Leave a test out where a program is not there; under CI that is a failure."""
    if os.environ.get("CI", "").lower() == "true":
        pytest.fail(why)
    pytest.skip(why)


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """A PostgreSQL with PostGIS of this session's own."""
    pytest.importorskip("pg8000")
    try:
        with started() as found:
            yield found
    except AbsentError as error:
        lacking(str(error))


@pytest.fixture(scope="module")
def swept() -> Iterator[None]:
    """Let go of connections that failed, which drivers leave open, before other tests begin."""
    yield
    gc.collect()


@pytest.fixture
def postgres(server: Server, monkeypatch: pytest.MonkeyPatch) -> Server:
    """The PostgreSQL of the session, without any table, its password in the environment."""
    names = server.sql(
        "SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_|^information_schema$|^public$'"
    )
    tables = server.sql(
        "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        " AND tablename <> 'spatial_ref_sys'"
    )
    server.sql(
        *(f'DROP SCHEMA "{name}" CASCADE' for (name,) in names),
        *(f'DROP TABLE public."{name}" CASCADE' for (name,) in tables),
    )
    for name in [each for each in os.environ if each.startswith("PG")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PGPASSWORD", server.password)
    return server


@pytest.fixture(scope="session")
def chromium():
    executable = find_chromium()
    if executable is None:
        lacking("no Chromium found; name one in GEO_RESILIENCE_CHROMIUM")
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=FLAGS)
        yield browser
        browser.close()
