"""Settings for every test, the studies that many of them look at, a database and a browser."""

from __future__ import annotations

import gc
import os
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import settings

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


class Server(NamedTuple):
    """A PostgreSQL with PostGIS of this session's own, whose superuser has this password."""

    folder: Path
    port: int
    password: str

    @property
    def url(self) -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/postgres"

    def sql(self, *statements: str) -> list[Any]:
        """Carry out statements as the superuser; gives the rows of the last."""
        import pg8000.dbapi

        place = {"host": "127.0.0.1", "port": self.port, "password": self.password}
        with closing(pg8000.dbapi.connect("postgres", **place, ssl_context=False)) as connection:
            connection.autocommit = True
            cursor = connection.cursor()
            for statement in statements:
                cursor.execute(statement)
            return list(cursor.fetchall()) if cursor.description else []


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """Start a PostgreSQL, as another user where the tests are root's, and stop it at the end."""
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: float(p.parent.name))
    folder_of = shutil.which("initdb") or next((str(p / "initdb") for p in programs[::-1]), "")
    if not folder_of:
        lacking("no PostgreSQL found (initdb); install postgresql and postgis")
    pytest.importorskip("pg8000")
    who = {"user": "postgres", "group": "postgres", "extra_groups": []}
    given = who if os.name == "posix" and os.getuid() == 0 else {}
    folder, password = Path(tempfile.mkdtemp(prefix="geo-resilience-")), secrets.token_hex(12)
    (folder / "password").write_text(password)
    if given:
        shutil.chown(folder, "postgres", "postgres")
        shutil.chown(folder / "password", "postgres")
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]

    def call(name: str, *rest: str) -> None:
        program = [str(Path(folder_of).with_name(name)), "-D", str(folder / "data"), *rest]
        log = {"stdout": subprocess.DEVNULL, "stderr": subprocess.STDOUT, "cwd": folder}
        subprocess.run(program, check=True, timeout=60, **log, **given)

    settings = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder}"
    fast = "-c fsync=off -c full_page_writes=off -c max_connections=20"
    try:
        file = f"--pwfile={folder / 'password'}"
        call("initdb", "-U", "postgres", "-A", "scram-sha-256", file, "-E", "UTF8", "--no-sync")
        log = str(folder / "log")
        call("pg_ctl", "start", "-w", "-s", "-l", log, "-o", f"{settings} {fast}")
        found = Server(folder, port, password)
        if not found.sql("SELECT 1 FROM pg_available_extensions WHERE name = 'postgis'"):
            lacking("no PostGIS found for this PostgreSQL; install postgis")
        found.sql("CREATE EXTENSION postgis")
        yield found
    finally:
        if (folder / "data" / "postmaster.pid").exists():
            call("pg_ctl", "stop", "-w", "-s", "-m", "immediate")
        shutil.rmtree(folder, ignore_errors=True)


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
        lacking("no Chromium found; name one in GEO_RESILIENCE_CHROMIUM")
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=FLAGS)
        yield browser
        browser.close()
