"""Addresses: no password in them, none told, and found where PostgreSQL's own programs look."""

from __future__ import annotations

import subprocess
from urllib.parse import quote

import pytest

from geo_resilience.databases import Address, DatabaseQuery, _connections, ask
from geo_resilience.databases._address import Credentials, fault_of
from geo_resilience.errors import InputError, Problems
from geo_resilience.text import masked

pytestmark = pytest.mark.usefixtures("swept")

SECRET = "s3cr:t@/%w#d"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("postgresql://planner@db.example:5432/figures", ""),
        ("postgresql:///figures?service=office&sslmode=verify-full", ""),
        ("postgresql+psycopg://db.example/figures", ""),
        ("sqlite:///data/figures.sqlite", ""),
        ("duckdb:////data/figures.duckdb", ""),
        ("env:GEO_DATABASE_URL", ""),
        ("postgresql://planner:secret@db.example/figures", "password"),
        ("postgresql://planner:sec/r#t@ x@db.example/figures", "password"),
        ("postgresql://db.example/figures?password=secret", "password"),
        ("postgresql://db.example/figures?sslpassword=secret", "password"),
        ("postgresql://db.example/figures?options=-csearch_path", "options"),
        ("postgresql://db.example:54x/figures", "form"),
        ("mysql://db.example/figures", "kind"),
        ("figures.sqlite", "kind"),
        ("sqlite://data.sqlite", "path"),
        ("sqlite:///", "path"),
        ("sqlite:///a.sqlite?mode=rwc", "path"),
        ("env:GEO-URL", "variable"),
    ],
)
def test_addresses_are_right_or_say_what_is_wrong(text, fault):
    assert fault_of(text) == fault


def test_what_is_shown_has_no_credentials_and_no_absolute_path():
    shown = {
        "postgresql://planner@db.example:6432/figures": "postgresql://db.example:6432/figures",
        "postgresql://planner@/figures?service=office": "postgresql:///figures?service=office",
        "sqlite:////home/planner/figures.sqlite": "sqlite:///figures.sqlite",
        "sqlite:///C:/data/figures.sqlite": "sqlite:///figures.sqlite",
        "duckdb:///data/figures.duckdb": "duckdb:///data/figures.duckdb",
        "env:GEO_DATABASE_URL": "env:GEO_DATABASE_URL",
    }
    assert {text: Address(text).shown for text in shown} == shown


def test_masked_hides_what_may_be_a_password():
    for text in (
        f"postgresql://u:{SECRET}@h/d",
        f'url = "postgresql://u:{SECRET}@h/d',
        f"postgresql://h/d?password={SECRET}",
        "postgresql://u:s3cr",
        f"password = '{SECRET}'",
    ):
        assert "s3cr" not in masked(text), text
    assert masked("table 10:30, a:b") == "table 10:30, a:b"


@pytest.fixture
def places(tmp_path, monkeypatch):
    """A service file and a password file, and nothing else that speaks of a server."""
    for name in ("PGHOST", "PGPORT", "PGUSER", "PGPASSWORD", "PGDATABASE", "PGSERVICE"):
        monkeypatch.delenv(name, raising=False)
    services, passwords = tmp_path / "services", tmp_path / "passwords"
    services.write_text(
        f"# ours\n[office]\nhost=db.example\nport=6432\nuser=reader\n"
        f"dbname=figures\n\n[own]\nhost=h\npassword={SECRET}\n"
    )
    passwords.write_text(
        "other:*:*:*:no\n#db.example:*:*:*:no\n"
        "db.example:6432:figures:rea\\:der:no\n"
        "db.example:*:figures:reader:s3c\\:r\\\\et\n*:*:*:*:last\n"
    )
    passwords.chmod(0o600)
    monkeypatch.setenv("PGSERVICEFILE", str(services))
    monkeypatch.setenv("PGPASSFILE", str(passwords))
    return tmp_path


def found(text):
    return Credentials.of(Address(text), "here")


def test_services_environment_and_password_file_are_followed_in_order(places, monkeypatch):
    one = found("postgresql:///?service=office")
    assert (one.host, one.port, one.user, one.database) == ("db.example", 6432, "reader", "figures")
    assert one.password == "s3c:r\\et"
    assert found("postgresql://planner@other/figures?service=office").host == "other"
    assert found("postgresql://h/d?service=own").password == SECRET
    monkeypatch.setenv("PGPASSWORD", "from the environment")
    assert found("postgresql://h/d?service=own").password == SECRET  # as libpq has it
    assert found("postgresql://reader@db.example/figures").password == "from the environment"
    monkeypatch.delenv("PGPASSWORD", raising=False)
    (places / "passwords").chmod(0o644)
    assert found("postgresql://reader@db.example:6432/figures").password is None
    assert SECRET not in repr(found("postgresql://h/d?service=own"))
    with pytest.raises(InputError, match=r"no section \[nowhere\]; it has office, own"):
        found("postgresql:///?service=nowhere")


def test_a_password_is_found_as_by_the_own_program(postgres, places, monkeypatch):
    """Ask psql, libpq's own program, beside us, with the same service and password file."""
    monkeypatch.delenv("PGPASSWORD", raising=False)
    (places / "services").write_text(
        f"[office]\nhost=127.0.0.1\nport={postgres.port}\nuser=postgres\ndbname=postgres\n"
    )
    for line, right in (
        (f"127.0.0.1:{postgres.port}:postgres:postgres:{postgres.password}", True),
        (f"*:*:*:postgres:{postgres.password}", True),
        (f"127.0.0.1:1:*:*:{postgres.password}", False),
        (f"*:*:*:*:wrong\n*:*:*:*:{postgres.password}", False),
    ):
        (places / "passwords").write_text(line + "\n")
        theirs = subprocess.run(
            ["psql", "-w", "-Atc", "SELECT 1", "service=office"], capture_output=True, check=False
        )
        problems = Problems()
        address = Address("postgresql:///?service=office")
        answers = ask([DatabaseQuery(address, "here", "SELECT 1 AS a")], problems)
        assert (theirs.returncode == 0) is right is bool(answers)
        assert not any(postgres.password in str(each) for each in problems)


def test_a_variable_holds_the_whole_address(postgres, monkeypatch):
    monkeypatch.delenv("PGPASSWORD")
    whole = postgres.url.replace("postgres@", f"postgres:{postgres.password}@")
    monkeypatch.setenv("GEO_DATABASE_URL", whole)
    query = DatabaseQuery(Address("env:GEO_DATABASE_URL"), "here", "SELECT 1 AS a")
    (answer,) = ask([query], Problems()).values()
    assert answer.rows == [["1"]]
    assert query.name == "env:GEO_DATABASE_URL SELECT 1 AS a"
    for value in ("", "mysql://u:s3cret@h/d", "postgresql://u:s3cret@h:x/d", "env:OTHER"):
        monkeypatch.setenv("GEO_DATABASE_URL", value)
        problems = Problems()
        ask([query], problems)
        (told,) = map(str, problems)
        assert "GEO_DATABASE_URL" in told and "s3cret" not in told


def test_a_refused_user_is_told_where_passwords_go_and_not_the_password(postgres, monkeypatch):
    monkeypatch.setenv("PGPASSWORD", "wr0ng-secret")
    for url in (postgres.url, postgres.url.replace("postgres@", "nobody@")):
        problems = Problems()
        ask([DatabaseQuery(Address(url), "[[tables]] 2", "SELECT 1")], problems)
        (told,) = map(str, problems)
        assert told.startswith("[[tables]] 2 (") and "~/.pgpass" in told
        assert "wr0ng" not in told and "nobody" not in told
    monkeypatch.delenv("PGPASSWORD")
    monkeypatch.setenv("PGPASSFILE", "/nowhere")
    problems = Problems()
    ask([DatabaseQuery(Address(postgres.url), "here", "SELECT 1")], problems)
    assert "PGPASSWORD" in str(next(iter(problems)))


def test_no_answer_and_no_database_are_told(postgres):
    silent = postgres.url.replace(f":{postgres.port}", ":1")
    for url, said in (
        (silent, "did not answer"),
        (postgres.url + "x", 'database "postgresx" does not exist'),
        ("postgresql://planner@no-such-host.invalid/d", "no such host"),
    ):
        problems = Problems()
        ask([DatabaseQuery(Address(url), "here", "SELECT 1")], problems)
        assert said in str(next(iter(problems)))


def test_encryption_follows_sslmode():
    import ssl

    def asked(mode, host="db.example"):
        return _connections._encryption(Credentials(host, 1, "u", "d", sslmode=mode))

    assert asked("disable") is False and asked("prefer") is None and asked("require") is True
    assert asked("prefer", "/run/postgresql") is False
    full, some = asked("verify-full"), asked("verify-ca")
    assert full.verify_mode == some.verify_mode == ssl.CERT_REQUIRED
    assert full.check_hostname and not some.check_hostname


def test_a_driver_that_repeats_the_password_does_not_pass_it_on(monkeypatch):
    """A connection that fails in whatever words: none of them is the password."""
    monkeypatch.setenv("PGPASSWORD", SECRET)

    class UnkindError(Exception):
        pass

    def failing(*_, **__):
        raise UnkindError({"C": "XX000", "M": f"no way for {SECRET} or {quote(SECRET)}"})

    monkeypatch.setattr("pg8000.connect", failing)
    monkeypatch.setattr("pg8000.dbapi.connect", failing)
    problems = Problems()
    ask([DatabaseQuery(Address("postgresql://u@h/d"), "here", "SELECT 1")], problems)
    (told,) = map(str, problems)
    assert "refuses" in told and SECRET not in told and quote(SECRET) not in told
