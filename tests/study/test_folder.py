"""The results folder: old or new, never a mixture, and nothing of the user's replaced."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path
from types import SimpleNamespace

import pytest
from folders_for_tests import FILES, contents, fill, names, problem, write

from geo_resilience.errors import InputError, OutputError
from geo_resilience.study import _folder as folder_file
from geo_resilience.study._folder import files_of_run, is_ours, replacing, settle

POSIX = pytest.mark.skipif(os.name != "posix", reason="signals as on POSIX")


# What a run leaves


def test_a_new_folder_appears_whole_and_alone(tmp_path: Path) -> None:
    write(tmp_path / "deep" / "results", "one")
    assert contents(tmp_path / "deep" / "results") == {"one"}
    assert names(tmp_path) == ["deep"]
    assert names(tmp_path / "deep") == ["results"]


def test_old_results_give_way(tmp_path: Path, way: str) -> None:
    place = tmp_path / "results"
    write(place, "one")
    (place / "stale.csv").write_text("of a run")
    provenance = json.loads((place / "provenance.json").read_text())
    provenance["files"].append("stale.csv")
    (place / "provenance.json").write_text(json.dumps(provenance))
    write(place, "two")
    assert contents(place) == {"two"}
    assert not (place / "stale.csv").exists(), "a file that only an older run wrote goes"
    assert names(tmp_path) == ["results"]
    assert not [name for name in names(place) if name.startswith(".")]


def test_an_empty_folder_is_filled(tmp_path: Path, way: str) -> None:
    (tmp_path / "results").mkdir()
    write(tmp_path / "results", "one")
    assert contents(tmp_path / "results") == {"one"}


def test_provenance_lists_the_files_of_the_run(tmp_path: Path) -> None:
    write(tmp_path / "results", "one")
    listed = json.loads((tmp_path / "results" / "provenance.json").read_text())["files"]
    assert listed == sorted([*FILES, "figures/map.svg", "provenance.json"])
    assert set(listed) <= files_of_run(tmp_path / "results")


def test_the_users_own_files_are_carried_over(tmp_path: Path, way: str) -> None:
    place = tmp_path / "results"
    write(place, "one")
    (place / "thoughts.docx").write_text("mine")
    (place / "figures" / "mine.png").write_text("mine")
    (place / "drafts" / "old").mkdir(parents=True)
    (place / "drafts" / "old" / "a.txt").write_text("mine")
    write(place, "two")
    assert contents(place) == {"two"}
    for name in ("thoughts.docx", "figures/mine.png", "drafts/old/a.txt"):
        assert (place / name).read_text() == "mine"
    write(place, "three")
    assert (place / "thoughts.docx").read_text() == "mine"
    assert "thoughts.docx" not in files_of_run(place)


def test_a_users_file_under_a_name_of_the_run_is_refused(tmp_path: Path) -> None:
    place = tmp_path / "results"
    write(place, "one")
    (place / "new.csv").write_text("mine")
    with pytest.raises(OutputError) as error, replacing(place) as beside:
        fill(beside, "two")
        (beside / "new.csv").write_text("of the run")
    assert problem(error) == "study.out_would_replace"
    assert "new.csv" in str(error.value)
    assert contents(place) == {"one"}
    assert (place / "new.csv").read_text() == "mine"


@POSIX
def test_the_folder_has_usual_rights(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        write(tmp_path / "results", "one")
    finally:
        os.umask(before)
    assert (tmp_path / "results").stat().st_mode & 0o777 == 0o755
    (tmp_path / "results").chmod(0o750)
    write(tmp_path / "results", "two")
    assert (tmp_path / "results").stat().st_mode & 0o777 == 0o750


# Where results may not go


def test_a_foreign_folder_is_refused_and_named(tmp_path: Path) -> None:
    (tmp_path / "thesis.docx").write_text("mine")
    with pytest.raises(OutputError) as error:
        settle(tmp_path)
    assert problem(error) == "study.out_not_ours"
    assert "thesis.docx" in str(error.value)
    assert names(tmp_path) == ["thesis.docx"]


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"made_by": "another"}', '{"entity": {"prov": 1}}', "\udcff"]
)
def test_provenance_of_another_program_is_not_ours(tmp_path: Path, text: str) -> None:
    place = tmp_path / "results"
    place.mkdir()
    (place / "provenance.json").write_bytes(text.encode("utf-8", "surrogateescape"))
    assert not is_ours(place)
    with pytest.raises(OutputError) as error, replacing(place):
        pytest.fail("must not be reached")
    assert problem(error) == "study.out_not_ours"


def test_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "results").write_text("mine")
    with pytest.raises(OutputError) as error:
        settle(tmp_path / "results")
    assert problem(error) == "study.out_is_file"
    with pytest.raises(OutputError) as error:
        settle(tmp_path / "results" / "deeper")
    assert problem(error) == "study.out_above_is_file"


def test_the_working_folder_and_those_above_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "inner").mkdir()
    monkeypatch.chdir(tmp_path / "inner")
    for name in (".", tmp_path):
        with pytest.raises(OutputError) as error:
            settle(name)
        assert problem(error) == "study.out_is_working_folder"


def test_a_drive_of_its_own_is_refused() -> None:
    with pytest.raises(OutputError) as error:
        settle(Path.cwd().anchor)
    assert problem(error) == "study.out_is_mount"


@POSIX
@pytest.mark.skipif(os.name == "posix" and os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_without_the_right_to_write_is_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0o555)
    with pytest.raises(OutputError) as error:
        settle(tmp_path / "results")
    tmp_path.chmod(0o755)
    assert problem(error) == "study.out_not_writable"


def test_no_right_to_write_as_the_system_tells_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folder_file.os, "access", lambda path, mode: path != tmp_path)
    with pytest.raises(OutputError) as error:
        settle(tmp_path / "results")
    assert problem(error) == "study.out_not_writable"


@POSIX
def test_links_are_followed_and_stay(tmp_path: Path, way: str) -> None:
    (tmp_path / "disk").mkdir()
    (tmp_path / "results").symlink_to(tmp_path / "disk" / "real")
    write(tmp_path / "results", "one")
    write(tmp_path / "results", "two")
    assert (tmp_path / "results").is_symlink()
    assert contents(tmp_path / "disk" / "real") == {"two"}
    assert names(tmp_path / "disk") == ["real"]


@POSIX
def test_a_link_to_itself_is_refused(tmp_path: Path) -> None:
    (tmp_path / "results").symlink_to(tmp_path / "results")
    with pytest.raises(OutputError) as error:
        settle(tmp_path / "results")
    assert problem(error) == "study.out_is_loop"


def test_too_long_a_name_is_told(tmp_path: Path) -> None:
    with pytest.raises(OutputError) as error, replacing(tmp_path / ("x" * 300)):
        pytest.fail("must not be reached")
    assert problem(error) == "study.out_name_long"


@pytest.mark.skipif(os.name != "posix", reason="names are counted in bytes there")
@pytest.mark.parametrize("sign", ["x", "长"])
def test_the_longest_name_that_is_not_refused_can_be_written(tmp_path: Path, sign: str) -> None:
    """The hidden folder beside it has a longer name, which must fit, too."""
    size = len(sign.encode())
    longest = sign * (folder_file.MOST_BYTES // size)
    write(tmp_path / longest, "one")
    write(tmp_path / longest, "two")
    assert contents(tmp_path / longest) == {"two"} and names(tmp_path) == [longest]
    with pytest.raises(OutputError) as error:
        settle(tmp_path / (longest + sign))
    assert problem(error) == "study.out_name_long"


# What goes wrong while writing


@pytest.mark.parametrize(
    "failure",
    [ValueError("a fault"), InputError("plan.empty", file="x"), KeyboardInterrupt(), SystemExit(3)],
    ids=lambda failure: type(failure).__name__,
)
def test_a_failing_run_changes_nothing(tmp_path: Path, failure: BaseException) -> None:
    place = tmp_path / "results"
    write(place, "one")
    with pytest.raises(type(failure)), replacing(place) as beside:
        fill(beside, "two")
        raise failure
    assert contents(place) == {"one"}
    assert names(tmp_path) == ["results"]


def test_a_failing_first_run_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="fault"), replacing(tmp_path / "a" / "b" / "results"):
        raise ValueError("a fault")
    assert names(tmp_path) == []


@pytest.mark.parametrize(
    ("failure", "key"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "study.no_room"),
        (OSError(errno.EDQUOT, "Disk quota exceeded"), "study.no_room"),
        (RuntimeError("sqlite3_exec failed: database or disk is full"), "study.no_room"),
        (OSError(errno.EIO, "Input/output error", "{}/scores.csv"), "study.out_failed"),
        (PermissionError(errno.EACCES, "Permission denied", "{}/scores.csv"), "study.out_refused"),
    ],
)
def test_what_the_system_refuses_is_told(tmp_path: Path, failure: Exception, key: str) -> None:
    place = tmp_path / "results"
    write(place, "one")
    with pytest.raises(OutputError) as error, replacing(place) as beside:
        fill(beside, "two")
        if getattr(failure, "filename", None):
            failure.filename = failure.filename.format(beside)
        raise failure
    assert problem(error) == key
    assert str(place) in str(error.value)
    assert contents(place) == {"one"}
    assert names(tmp_path) == ["results"]


def test_a_library_that_fails_for_want_of_room_without_saying_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pyogrio.errors import DataSourceError

    for free, expected in ((2**20, OutputError), (2**30, DataSourceError)):
        usage = SimpleNamespace(free=free)
        monkeypatch.setattr(folder_file.shutil, "disk_usage", lambda place, usage=usage: usage)
        with pytest.raises(expected), replacing(tmp_path / "results"):
            raise DataSourceError("Failed to commit transaction")
    assert names(tmp_path) == []


def test_an_error_of_another_file_stays_a_fault(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), replacing(tmp_path / "results"):
        (Path(__file__).parent / "nowhere").read_text()


def test_a_file_open_in_another_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows lets nobody rename a folder with an open file: the old results stay."""
    place = tmp_path / "results"
    write(place, "one")
    monkeypatch.setattr(folder_file, "exchange", lambda first, second: False)
    rename = Path.rename

    def refusing(self: Path, target: Path) -> Path:
        if self == place:
            raise PermissionError(errno.EACCES, "The process cannot access the file", str(self))
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", refusing)
    with pytest.raises(OutputError) as error:
        write(place, "two")
    assert problem(error) == "study.out_refused"
    assert "cannot access" in str(error.value)
    assert contents(place) == {"one"}
    assert names(tmp_path) == ["results"]
    assert not (place / folder_file._MARK).exists()


def test_the_new_folder_cannot_be_put_in_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "results"
    write(place, "one")
    monkeypatch.setattr(folder_file, "exchange", lambda first, second: False)
    rename = Path.rename

    def refusing(self: Path, target: Path) -> Path:
        if self.name.startswith(".results.geo-resilience-") and target == place:
            raise OSError(errno.EIO, "Input/output error", str(self))
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", refusing)
    with pytest.raises(OutputError):
        write(place, "two")
    assert contents(place) == {"one"}
    assert names(tmp_path) == ["results"]


def test_a_folder_that_can_be_copied_but_not_renamed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An overlay answers "cross-device link" for a folder of a lower layer."""
    place = tmp_path / "results"
    write(place, "one")
    monkeypatch.setattr(folder_file, "exchange", lambda first, second: False)
    rename = Path.rename

    def refusing(self: Path, target: Path) -> Path:
        if self == place:
            raise OSError(errno.EXDEV, "Invalid cross-device link", str(self))
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", refusing)
    write(place, "two")
    assert contents(place) == {"two"}
    assert names(tmp_path) == ["results"]


@POSIX
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_device(tmp_path: Path) -> None:
    with pytest.raises(OutputError) as error, replacing(tmp_path / "results") as beside:
        (beside / "scores.csv").symlink_to("/dev/full")
        (beside / "scores.csv").write_text("more than fits")
    assert problem(error) == "study.no_room"
    assert names(tmp_path) == []
