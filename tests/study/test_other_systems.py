"""Windows and macOS, as far as Linux can play them: locks, exchange, flushing, names of files."""

from __future__ import annotations

import ctypes
import errno
import os
import re
import subprocess
import sys
import types
from pathlib import Path
from unicodedata import normalize

import pytest
from folders_for_tests import contents, names, write

from geo_resilience import files as files_module
from geo_resilience.errors import OutputError
from geo_resilience.files import locked
from geo_resilience.report.chapters._profiles import file_name
from geo_resilience.tables import CATALOG

LINUX = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Linux plays the others")


@pytest.fixture
def windows(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the package does on Windows: no exchange, no handle of a folder."""
    monkeypatch.setattr(files_module, "WINDOWS", True)


class Console(types.ModuleType):
    """Locks as msvcrt has them: a byte of an open file, for one process."""

    LK_NBLCK = 2

    def __init__(self) -> None:
        super().__init__("msvcrt")
        self.held: set[int] = set()

    def locking(self, handle: int, mode: int, size: int) -> None:
        assert (mode, size) == (self.LK_NBLCK, 1)
        number = os.fstat(handle).st_ino
        if number in self.held:
            raise PermissionError(errno.EACCES, "Permission denied")
        self.held.add(number)


@pytest.fixture
def console(monkeypatch: pytest.MonkeyPatch) -> Console:
    """Locks of Windows, where there are none of POSIX."""
    made = Console()
    monkeypatch.setitem(sys.modules, "msvcrt", made)
    monkeypatch.setitem(sys.modules, "fcntl", None)
    monkeypatch.setattr(sys, "platform", "win32")
    return made


# ---- Windows


def test_results_are_put_in_place_in_steps(tmp_path: Path, windows: None) -> None:
    place = tmp_path / "results"
    write(place, "one")
    write(place, "two")
    assert contents(place) == {"two"} and names(tmp_path) == ["results"]


def test_a_lock_is_held_and_let_go(tmp_path: Path, windows: None, console: Console) -> None:
    with locked(tmp_path / "a.lock") as alone:
        assert alone and len(console.held) == 1
        with pytest.raises(TimeoutError), locked(tmp_path / "a.lock", patience=0.1):
            pytest.fail("held by another")
    assert names(tmp_path) == []


def test_a_lock_file_is_closed_before_it_is_removed(
    tmp_path: Path, windows: None, console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Windows removes no file that is open."""
    handles: set[int] = set()
    opening, closing, unlink = os.open, os.close, Path.unlink

    def opened(path: object, *options: object) -> int:
        handles.add(handle := opening(path, *options))
        return handle

    def closed(handle: int) -> None:
        handles.discard(handle)
        closing(handle)

    def unlinked(self: Path, missing_ok: bool = False) -> None:
        if handles:
            raise PermissionError(errno.EACCES, "The process cannot access the file", str(self))
        unlink(self, missing_ok)

    monkeypatch.setattr(os, "open", opened)
    monkeypatch.setattr(os, "close", closed)
    monkeypatch.setattr(Path, "unlink", unlinked)
    with locked(tmp_path / "a.lock"):
        assert handles
    assert names(tmp_path) == []


def test_a_lock_file_that_windows_is_removing_is_waited_for(
    tmp_path: Path, windows: None, console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    opening, refused = os.open, iter(range(3))

    def opened(path: object, *options: object) -> int:
        if next(refused, None) is not None:
            raise PermissionError(errno.EACCES, "Access is denied", str(path))
        return opening(path, *options)

    monkeypatch.setattr(os, "open", opened)
    with locked(tmp_path / "a.lock") as alone:
        assert alone
    assert next(refused, None) is None


def test_a_file_that_is_open_elsewhere_is_told_as_windows_users_know_it(
    tmp_path: Path, windows: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "results"
    write(place, "one")
    rename = Path.rename

    def refusing(self: Path, target: Path) -> Path:
        if self == place:
            raise PermissionError(errno.EACCES, "The process cannot access the file", str(self))
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", refusing)
    with pytest.raises(OutputError) as error:
        write(place, "two")
    assert error.value.problems[0].key == "study.out_locked"
    assert contents(place) == {"one"} and names(tmp_path) == ["results"]


def test_no_folder_is_opened_to_be_flushed(
    tmp_path: Path, windows: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Windows opens no folder, and flushes only what is open for writing."""
    asked = []
    opening = os.open
    monkeypatch.setattr(
        os, "open", lambda path, flags, *mode: asked.append((path, flags)) or opening(path, flags)
    )
    (tmp_path / "a.txt").write_text("a")
    asked.clear()
    files_module.sync_all(tmp_path)
    assert asked == [(tmp_path / "a.txt", os.O_RDWR)]


#: What is imported, and what is done, without anything that only POSIX has.
ELSEWHERE = """
import importlib, os, pkgutil, signal, sys
for name in ("fcntl", "resource", "pwd", "grp", "termios"):
    sys.modules[name] = None
import asyncio, concurrent.futures.process, multiprocessing.connection, tempfile, uuid
import click.testing, docx, folium, geopandas, matplotlib.pyplot, pandas, scipy.stats, spreg
import xlsxwriter
for name in ("fork", "geteuid", "getuid", "sysconf", "statvfs", "register_at_fork", "mkfifo"):
    if hasattr(os, name):
        delattr(os, name)
for name in ("SIGHUP", "SIGALRM", "SIGKILL", "setitimer", "pthread_sigmask", "SIGPROF"):
    if hasattr(signal, name):
        delattr(signal, name)
sys.platform = "win32"
import geo_resilience
for found in pkgutil.walk_packages(geo_resilience.__path__, "geo_resilience."):
    if found.name != "geo_resilience.__main__":
        importlib.import_module(found.name)
from geo_resilience import files
from geo_resilience.study import _folder
files.WINDOWS = True
sys.modules["msvcrt"] = type(sys)("msvcrt")
sys.modules["msvcrt"].locking = lambda handle, mode, size: None
sys.modules["msvcrt"].LK_NBLCK = 2
from pathlib import Path
for text in ("one", "two"):
    with _folder.replacing(Path("results")) as beside:
        (beside / "provenance.json").write_text('{"made_by": "geo_resilience"}')
        (beside / "a.txt").write_text(text)
print(Path("results/a.txt").read_text(), *sorted(each.name for each in Path().iterdir()))
"""


@LINUX
def test_every_module_is_imported_without_what_only_posix_has(tmp_path: Path) -> None:
    path = [str(Path(files_module.__file__).parents[1]), os.environ.get("PYTHONPATH", "")]
    done = subprocess.run(
        [sys.executable, "-c", ELSEWHERE],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(path)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert done.stdout.split() == ["two", "results"]


# ---- names of files

RESERVED = re.compile(r"(?i)(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])(\..*)?")


def fits_windows(name: str) -> bool:
    """Whether Windows takes a name as it is."""
    signs = re.search(r'[\x00-\x1f<>:"/\\|?*]', name)
    return not (signs or name.endswith((".", " ")) or RESERVED.fullmatch(name) or len(name) > 255)


def test_every_file_of_a_run_has_a_name_that_windows_takes(bundled_run, everything_run) -> None:
    for ran in (bundled_run, everything_run):
        found = [each.relative_to(ran.folder).as_posix() for each in ran.folder.rglob("*")]
        assert len(found) > 40
        assert [name for name in found if not all(map(fits_windows, name.split("/")))] == []
        assert len({name.casefold() for name in found}) == len(found)
        assert max(map(len, found)) < 100  # a path has 260 letters there


def test_every_table_has_a_name_that_windows_takes() -> None:
    assert [stem for stem in CATALOG if not fits_windows(f"{stem}.csv")] == []
    assert len({stem.casefold() for stem in CATALOG}) == len(CATALOG)


KEYS = [
    *("CON", "nul", "Aux.txt", "com1", "LPT9", "COM¹", "conin$", "a.", "a ", " a", ".a", "..", "."),
    *("a/b", "a\\b", "a:b", "a?b", "a*", "a|b", "a<b", 'a"b', "a\tb", "A", "a", "ß", "SS", "ss"),
    *("x" * 300, "长" * 100, "\u0130", "i\u0307", "e\u0301", "\u00e9", "110000", "北京"),
]


def test_pages_of_regions_have_names_that_every_system_takes_and_tells_apart() -> None:
    made = [file_name(key) for key in KEYS]
    assert [name for name in made if not fits_windows(f"{name}.html")] == []
    assert all(len(os.fsencode(name)) < 250 for name in made)
    assert len({normalize("NFC", name).casefold() for name in made}) == len(set(KEYS))


def test_a_file_of_the_users_that_differs_by_capitals_is_not_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where capitals do not count, the user's INDEX.html and the run's index.html are one file."""
    place = tmp_path / "results"
    write(place, "one")
    (place / "TABLE_0.CSV").write_text("mine")
    there = os.path.lexists

    def folded(path: Path) -> bool:
        beside = path.parent.iterdir() if there(path.parent) else ()
        return path.name.casefold() in {each.name.casefold() for each in beside}

    monkeypatch.setattr(os.path, "lexists", folded)
    with pytest.raises(OutputError) as error:
        write(place, "two")
    assert "TABLE_0.CSV" in str(error.value)
    assert contents(place) == {"one"} and (place / "TABLE_0.CSV").read_text() == "mine"


# ---- macOS


class Library:
    """The one call of macOS's library that exchanges two names."""

    def __init__(self, code: int = 0) -> None:
        self.code, self.asked = code, []

    def renamex_np(self, first: bytes, second: bytes, flags: int) -> int:
        self.asked.append((first, second, flags))
        if self.code:
            ctypes.set_errno(self.code)
            return -1
        one, two = map(Path, map(os.fsdecode, (first, second)))
        held = one.with_name("held")
        one.rename(held)
        two.rename(one)
        held.rename(two)
        return 0


@pytest.fixture
def flushed(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The files that are flushed as only macOS does."""
    asked: list[int] = []
    module = types.ModuleType("fcntl")
    module.LOCK_EX, module.LOCK_NB, module.F_FULLFSYNC = 2, 4, 51
    module.flock = lambda handle, how: None
    module.fcntl = lambda handle, command: asked.append(command)
    monkeypatch.setitem(sys.modules, "fcntl", module)
    monkeypatch.setattr(sys, "platform", "darwin")
    return asked


@pytest.fixture
def mac(monkeypatch: pytest.MonkeyPatch, flushed: list[int]) -> Library:
    made = Library()
    monkeypatch.setattr(ctypes, "CDLL", lambda *_, **__: made)
    return made


def test_folders_are_exchanged_in_one_call(tmp_path: Path, mac: Library) -> None:
    place = tmp_path / "results"
    write(place, "one")
    write(place, "two")
    ((first, second, flags),) = mac.asked
    assert (os.fsdecode(second), flags) == (str(place), 2)  # RENAME_SWAP of sys/stdio.h
    assert Path(os.fsdecode(first)).name.startswith(".results.geo-resilience-")
    assert contents(place) == {"two"} and names(tmp_path) == ["results"]


@pytest.mark.parametrize("code", [errno.ENOTSUP, errno.EINVAL])
def test_a_disk_that_exchanges_nothing_is_served_in_steps(
    tmp_path: Path, mac: Library, code: int
) -> None:
    mac.code = code
    for text in ("one", "two"):
        write(tmp_path / "results", text)
    assert mac.asked and contents(tmp_path / "results") == {"two"}
    assert names(tmp_path) == ["results"]


def test_a_file_is_flushed_in_full(tmp_path: Path, flushed: list[int]) -> None:
    """On macOS fsync leaves bytes in the disk's own memory."""
    (tmp_path / "a.txt").write_text("a")
    files_module.sync(tmp_path / "a.txt")
    assert flushed == [51]
