"""What a cut of the power leaves: nothing takes a place, or is removed, before the disk holds it.

The calls that matter are written down in order: which file or folder the system was told to flush
(known by its number in the file system), when names changed and when something was removed.
"""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from folders_for_tests import contents, names, write

from geo_resilience.errors import OutputError
from geo_resilience.files import put_in_place
from geo_resilience.study import _folder as folder_file

Calls = list[tuple[str, object]]


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Calls:
    """Write down, in order, what is flushed, renamed, exchanged and removed."""
    told: Calls = []

    def noted(name: str, call: Callable[..., object], of: Callable[..., object]):
        def noting(*args: object, **options: object) -> object:
            seen = of(*args)
            done = call(*args, **options)
            if done is not False:  # an exchange that the system does not know
                told.append((name, seen))
            return done

        return noting

    monkeypatch.setattr(
        os, "fsync", noted("flush", os.fsync, lambda handle: os.fstat(handle).st_ino)
    )
    monkeypatch.setattr(Path, "rename", noted("name", Path.rename, lambda one, two: Path(two).name))
    monkeypatch.setattr(Path, "replace", noted("name", Path.replace, lambda one, two: two.name))
    exchange = noted("name", folder_file.exchange, lambda one, two: two.name)
    monkeypatch.setattr(folder_file, "exchange", exchange)
    monkeypatch.setattr(shutil, "rmtree", noted("remove", shutil.rmtree, lambda each: each.name))
    return told


def numbers(folder: Path) -> set[int]:
    return {each.stat().st_ino for each in [folder, *folder.rglob("*")]}


def flushed(calls: Calls) -> set[object]:
    return {what for kind, what in calls if kind == "flush"}


@pytest.mark.parametrize("way", ["exchanged", "in steps", "new"])
def test_the_disk_holds_new_results_before_old_ones_go(
    tmp_path: Path, calls: Calls, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    place = tmp_path / "results"
    if way != "new":
        write(place, "one")
        (place / "own.txt").write_text("mine")
    if way == "in steps":
        monkeypatch.setattr(folder_file, "exchange", lambda first, second: False)
    calls.clear()
    write(place, "two")
    stands = max(at for at, call in enumerate(calls) if call == ("name", "results"))
    assert numbers(place) <= flushed(calls[:stands])
    removed = [at for at, (kind, _) in enumerate(calls) if kind == "remove"]
    assert bool(removed) == (way != "new")
    before = calls[stands : removed[0] if removed else None]
    assert tmp_path.stat().st_ino in flushed(before)
    if way == "in steps":
        aside = next(at for at, call in enumerate(calls) if call == ("name", "results.old"))
        marked = [what for kind, what in calls[:aside] if kind == "flush"]
        assert calls[aside - 1][0] == "flush" and marked[-1] not in numbers(place)


def test_a_single_file_is_flushed_before_it_takes_its_place(tmp_path: Path, calls: Calls) -> None:
    out = tmp_path / "map.html"
    with put_in_place(out) as beside:
        beside.write_text("<html>")
    held = [("flush", out.stat().st_ino), ("name", "map.html")]
    assert calls == [*held, ("flush", tmp_path.stat().st_ino)]


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO])
def test_what_cannot_be_flushed_leaves_the_old_results(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    """A disk may tell only when it is flushed that it has no room, or is broken."""
    place = tmp_path / "results"
    write(place, "one")

    def failing(handle: int) -> None:
        raise OSError(code, os.strerror(code), str(place))

    monkeypatch.setattr(os, "fsync", failing)
    with pytest.raises(OutputError):
        write(place, "two")
    assert contents(place) == {"one"} and names(tmp_path) == ["results"]


def test_a_file_system_that_flushes_no_folder_is_no_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refusing(handle: int) -> None:
        raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))

    monkeypatch.setattr(os, "fsync", refusing)
    write(tmp_path / "results", "one")
    assert contents(tmp_path / "results") == {"one"}
