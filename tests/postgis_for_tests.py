"""A PostgreSQL with PostGIS of one's own, for tests and for pages that need one."""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, NamedTuple


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


class AbsentError(Exception):
    """This machine has no PostgreSQL with PostGIS; says what to install."""


@contextmanager
def started() -> Iterator[Server]:
    """Start a PostgreSQL, as another user where this is root's, and stop it at the end."""
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: float(p.parent.name))
    folder_of = shutil.which("initdb") or next((str(p / "initdb") for p in programs[::-1]), "")
    if not folder_of:
        raise AbsentError("no PostgreSQL found (initdb); install postgresql and postgis")
    who = {"user": "postgres", "group": "postgres", "extra_groups": []}
    given = who if os.name == "posix" and os.getuid() == 0 else {}
    folder, password = Path(tempfile.mkdtemp(prefix="geo-resilience-")), secrets.token_hex(12)
    (folder / "password").write_text(password)
    if given:
        shutil.chown(folder, "postgres", "postgres")
        shutil.chown(folder / "password", "postgres")

    def call(name: str, *rest: str) -> None:
        program = [str(Path(folder_of).with_name(name)), "-D", str(folder / "data"), *rest]
        log = {"stdout": subprocess.DEVNULL, "stderr": subprocess.STDOUT, "cwd": folder}
        subprocess.run(program, check=True, timeout=300, **log, **given)

    def start(tries: int) -> int:
        """Start at a port that is free, unless another program takes it before; give the port."""
        with closing(socket.socket()) as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        log = str(folder / "log")
        try:
            call("pg_ctl", "start", "-w", "-s", "-l", log, "-o", f"-p {port} {settings} {fast}")
        except subprocess.CalledProcessError:
            if tries == 1:
                raise
            return start(tries - 1)
        return port

    settings = f"-c listen_addresses=127.0.0.1 -c unix_socket_directories={folder}"
    fast = "-c fsync=off -c full_page_writes=off -c max_connections=20"
    try:
        plain = ("-E", "UTF8", "--no-locale", "--no-sync")
        file = f"--pwfile={folder / 'password'}"
        call("initdb", "-U", "postgres", "-A", "scram-sha-256", file, *plain)
        found = Server(folder, start(tries=3), password)
        if not found.sql("SELECT 1 FROM pg_available_extensions WHERE name = 'postgis'"):
            raise AbsentError("no PostGIS found for this PostgreSQL; install postgis")
        found.sql("CREATE EXTENSION postgis")
        yield found
    finally:
        if (folder / "data" / "postmaster.pid").exists():
            call("pg_ctl", "stop", "-w", "-s", "-m", "immediate")
        shutil.rmtree(folder, ignore_errors=True)
