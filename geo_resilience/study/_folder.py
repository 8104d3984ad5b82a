"""The results folder: written beside, put in place at the end, never a mixture.

Before the new folder takes the place, the disk holds it whole; before the old one is removed, it
holds the new name: a cut of the power leaves either.

Beside DIR stand, only while something is written, a hidden temporary folder
(``.DIR.geo-resilience-<16 hex digits>``) and a lock file (``.DIR.geo-resilience.lock``). Where the
system cannot exchange two folders in one step, the old results wait as ``DIR.old`` (with a mark of
ours inside, so that a folder the user called so is never taken for it) until the new ones stand.
Whatever a killed run leaves of these, the next run restores or clears away.
"""

from __future__ import annotations

import errno
import json
import os
import re
import secrets
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from geo_resilience import files
from geo_resilience.errors import GeoResilienceError, OutputError
from geo_resilience.files import exchange, locked, sync, sync_all, undisturbed
from geo_resilience.text import first_few, keys_of
from geo_resilience.words import Phrase

#: Whose results a folder holds: the name of the study file (or of the command), and the title.
Maker = tuple[str, str]

#: What provenance.json says under "made_by" in a folder that a run wrote.
_MAKER = "geo_resilience"
PROVENANCE = "provenance.json"
_MARK = ".geo-resilience-replaced"

#: Bytes by which the temporary folder's name is longer, and most that a name may have, with and
#: without them.
_LONGER, _NAME_MAX = len("..geo-resilience-") + 16, 255
MOST_BYTES = _NAME_MAX - _LONGER
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_NO_RIGHT = {errno.EACCES, errno.EPERM, errno.EROFS}

#: Libraries that write files in their own way, and the room below which they may fail: 8 MiB.
_WRITERS = {"pyogrio", "pyarrow", "sqlite3"}
_LITTLE = 8 * 2**20
_FULL = re.compile(r"no space left|disk (is )?full|disk quota", re.IGNORECASE)


def provenance_of(folder: Path) -> dict[str, Any]:
    """Read the provenance of a folder; empty when there is none of ours."""
    try:
        found = json.loads((folder / PROVENANCE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) and found.get("made_by") == _MAKER else {}


def is_ours(folder: Path) -> bool:
    """Whether a run wrote this folder: it holds a provenance.json of ours."""
    return bool(provenance_of(folder))


def files_of_run(folder: Path) -> frozenset[str]:
    """Give the names of the files that a run wrote into a folder; all others are the user's."""
    named = provenance_of(folder).get("files", [])
    listed = named if isinstance(named, list) else []
    return frozenset([PROVENANCE, _MARK, *map(str, listed)])


def maker_of(provenance: Mapping[str, Any]) -> Maker:
    """Say whose results a provenance speaks of: what stays the same when options change.

    A study is known by the name of its file and by its title (of whichever language comes first;
    without a title by its framework), a command by its name. Language, seed, tables and methods
    may change: the study is still the same.
    """
    plan = provenance.get("plan")
    plan = plan if isinstance(plan, Mapping) else {}
    if "command" in plan:
        return str(plan["command"]), ""
    framework = plan.get("framework")
    named = framework.get("file") if isinstance(framework, Mapping) else ""
    title = next(filter(None, map(plan.get, keys_of("title").values())), named or "")
    return str(provenance.get("study_file", "")), str(title)


def settle(
    folder: str | os.PathLike[str], *, maker: Maker | None = None, replace: bool = False
) -> Path:
    """Make sure that results may go into a folder, and mend what a killed run left of it.

    Nothing is written where nothing has to be mended.
    """
    place = Path(os.path.realpath(folder))
    if len(os.fsencode(place.name)) > MOST_BYTES:
        letters = MOST_BYTES // 3
        raise OutputError("study.out_name_long", folder=place, most=MOST_BYTES, letters=letters)
    with explained(place):
        if any(_leftovers(place)) and os.access(place.parent, os.W_OK):
            with held(place) as alone:
                _mend(place, alone=alone)
        _refuse(place)
        if maker is not None and not replace:
            _refuse_another(place, maker)
    return place


@contextmanager
def replacing(
    folder: str | os.PathLike[str], *, maker: Maker | None = None, replace: bool = False
) -> Iterator[Path]:
    """Give an empty folder to write into; at the end it takes the place of `folder`.

    When the block ends with an exception, of whatever kind, `folder` is as it was before and what
    was written is removed. Files of the user's in the old folder are carried over.
    """
    place = settle(folder, maker=maker, replace=replace)
    with made_above(place), held(place) as alone:
        _mend(place, alone=alone)
        _refuse(place)
        temporary = _beside(place)
        try:
            with explained(place):
                temporary.mkdir()
                yield temporary
                _sign(temporary)
                _carry_over(place, temporary)
                sync_all(temporary)
                with undisturbed():
                    _put(temporary, place)
        finally:
            _discard(temporary)


@contextmanager
def made_above(place: Path) -> Iterator[None]:
    """Make the folders above a place; they go again when the block ends with an exception."""
    above: list[Path] = []
    try:
        with explained(place):
            above += _make(place.parent)
        yield
    except BaseException:
        for made in reversed(above):
            with suppress(OSError):
                made.rmdir()
        raise


def clear(place: Path) -> None:
    """Remove the results in a folder of ours; and the folder, unless it holds the user's files."""
    written = files_of_run(place)
    inside = [path for path in place.rglob("*") if path.is_symlink() or not path.is_dir()]
    ours = [path for path in inside if path.relative_to(place).as_posix() in written]
    if len(ours) == len(inside):
        _discard(place)
        return
    # By provenance.json a folder is known as ours: it goes last.
    for path in sorted(ours, key=lambda path: path == place / PROVENANCE):
        path.unlink()
    for folder in sorted((path for path in place.rglob("*") if path.is_dir()), reverse=True):
        with suppress(OSError):
            folder.rmdir()


def _refuse(place: Path) -> None:
    """Raise when results may not go there."""
    if place.is_symlink():  # realpath could not follow it: it leads to itself
        raise OutputError("study.out_is_loop", folder=place)
    if place.exists() and not place.is_dir():
        raise OutputError("study.out_is_file", folder=place)
    if place == Path(place.anchor) or os.path.ismount(place):
        raise OutputError("study.out_is_mount", folder=place, example=place / "results")
    working = Path.cwd()
    if place == working or place in working.parents:
        raise OutputError("study.out_is_working_folder", folder=place, example=place / "results")
    standing = next(path for path in (place, *place.parents) if path.exists())
    if not standing.is_dir():
        raise OutputError("study.out_above_is_file", folder=place, file=standing)
    needed = {standing, place.parent if place.exists() else standing}
    for each in sorted(needed):
        if not os.access(each, os.W_OK | os.X_OK):
            raise OutputError("study.out_not_writable", folder=each)
    if place.exists() and not is_ours(place):
        _refuse_foreign(place)


def _refuse_foreign(place: Path) -> None:
    """Raise when a folder without provenance of ours is not empty."""
    found = sorted(entry.name for entry in place.iterdir())
    if found:
        shown = first_few(found, 3)
        raise OutputError("study.out_not_ours", folder=place, found=shown, number=len(found))


def _refuse_another(place: Path, maker: Maker) -> None:
    """Raise when a folder of ours holds the results of another study, or of another command."""
    provenance = provenance_of(place)
    if "plan" not in provenance:
        return
    found = maker_of(provenance)
    if "study_file" not in provenance and found[1]:  # written before files were noted
        found = maker[0], found[1]
    if found != maker:
        key = "study.out_other_study" if maker[1] else "study.out_holds_study"
        told = {"found": _told(found), "asked": _told(maker)}
        raise OutputError(key, folder=place, **told)


def _told(maker: Maker) -> Phrase:
    """Name a study by title and file, a command by its name."""
    file, title = maker
    key = "place.study" if file and title else "place.file"
    return Phrase(key, {"title": title, "file": file or title})


@contextmanager
def held(place: Path) -> Iterator[bool]:
    """Keep other runs off the place; waiting too long is an error of the output."""
    lock = locked(place.with_name(f".{place.name}.geo-resilience.lock"))
    with explained(place):
        alone = lock.__enter__()
    try:
        yield alone
    finally:
        lock.__exit__(None, None, None)


@contextmanager
def explained(place: Path) -> Iterator[None]:
    """Turn what the system says about writing into an OutputError with the way out."""
    try:
        yield
    except GeoResilienceError as error:
        cause = error.__cause__  # a single file that was put into the hidden folder
        found = _reason(cause, place) if isinstance(cause, OSError) else None
        if found is None or not isinstance(error, OutputError):
            raise
        raise OutputError(found[0], folder=place, reason=found[1]) from cause
    except TimeoutError as error:
        raise OutputError("study.out_busy", folder=place) from error
    except Exception as error:
        found = _reason(error, place)
        if found is None:
            raise
        raise OutputError(found[0], folder=place, reason=found[1]) from error


def _reason(error: Exception, place: Path) -> tuple[str, str] | None:
    """Name the problem that an exception while writing stands for, and the system's words.

    None when it is a fault.
    """
    code = error.errno if isinstance(error, OSError) else None
    if code in _NO_ROOM or _FULL.search(str(error)) or _starved(error, place):
        return "study.no_room", os.strerror(code or errno.ENOSPC)
    named = str(getattr(error, "filename", None) or "")
    if code is None or not named.startswith(str(place.parent)):
        return None
    said = os.strerror(code) if error.args[1:] == () else str(error.args[1])
    if code in _NO_RIGHT:
        return "study.out_locked" if files.WINDOWS else "study.out_refused", said
    return "study.out_failed", said


def _starved(error: Exception, place: Path) -> bool:
    """Whether a library failed to write on a disk with hardly any room, without saying why."""
    if type(error).__module__.partition(".")[0] not in _WRITERS:
        return False
    standing = next(path for path in (place, *place.parents) if path.exists())
    return shutil.disk_usage(standing).free < _LITTLE


def _make(folder: Path) -> list[Path]:
    """Make a folder and those above it; give those that were made, topmost first."""
    made: list[Path] = []
    for path in reversed([folder, *folder.parents]):
        if not path.exists():
            path.mkdir(exist_ok=True)
            made.append(path)
    return made


def _beside(place: Path) -> Path:
    """Name a new temporary folder beside the place."""
    return place.with_name(f".{place.name}.geo-resilience-{secrets.token_hex(8)}")


def _temporaries(place: Path) -> list[Path]:
    """Find the temporary folders beside the place."""
    ours = re.compile(re.escape(f".{place.name}.geo-resilience-") + "[0-9a-f]{16}")
    with suppress(OSError):
        return sorted(
            entry
            for entry in place.parent.iterdir()
            if ours.fullmatch(entry.name) and entry.is_dir() and not entry.is_symlink()
        )
    return []


def _set_aside(place: Path) -> list[Path]:
    """Find old results that a run set aside: DIR.old or DIR.old-N with our mark inside."""
    ours = re.compile(re.escape(f"{place.name}.old") + "(-[0-9]+)?")
    with suppress(OSError):
        return sorted(
            entry
            for entry in place.parent.iterdir()
            if ours.fullmatch(entry.name) and (entry / _MARK).is_file()
        )
    return []


def _leftovers(place: Path) -> Iterator[Path]:
    """Find what a killed run left."""
    yield from _temporaries(place)
    yield from _set_aside(place)
    if (place / _MARK).is_file():
        yield place / _MARK


def _mend(place: Path, *, alone: bool) -> None:
    """Restore old results whose replacement never stood; clear the rest away.

    Without a lock (`alone` is False) a temporary folder may be another run's: it is left alone.
    """
    for aside in _set_aside(place):
        if (place / _MARK).is_file():  # killed while the old folder was being taken away
            _discard(place)
        if place.exists():
            _discard(aside)
        else:
            aside.rename(place)
    if is_ours(place):
        (place / _MARK).unlink(missing_ok=True)
    if alone:
        for temporary in _temporaries(place):
            shutil.rmtree(temporary, ignore_errors=True)


def _discard(folder: Path) -> None:
    """Remove a folder; its name goes first, so that half of it never looks like the whole."""
    if not folder.exists():
        return
    hidden = folder
    if not folder.name.startswith("."):
        place = folder.with_name(re.sub(r"\.old(-[0-9]+)?$", "", folder.name))
        hidden = _beside(place)
        try:
            folder.rename(hidden)
        except OSError:
            hidden = folder
    shutil.rmtree(hidden, ignore_errors=True)


def _sign(temporary: Path) -> None:
    """Add to provenance.json which files the run wrote and how many bytes its tables have.

    What is not among the files is the user's; a table of another size was cut or changed.
    """
    provenance = provenance_of(temporary)
    if not provenance:
        return
    sizes = {
        path.relative_to(temporary).as_posix(): path.stat().st_size
        for path in sorted(temporary.rglob("*"))
        if path.is_file()
    }
    provenance["files"] = sorted(sizes)
    provenance["sizes"] = {file: size for file, size in sizes.items() if file.startswith("tables/")}
    write_provenance(provenance, temporary)


def write_provenance(provenance: Mapping[str, Any], folder: Path) -> None:
    """Write provenance.json into a folder, whole or not at all."""
    text = json.dumps(provenance, ensure_ascii=False, indent=2, sort_keys=True)
    beside = folder / f".{PROVENANCE}"
    beside.write_text(text + "\n", encoding="utf-8", newline="\n")
    sync(beside)
    beside.replace(folder / PROVENANCE)


def _carry_over(place: Path, temporary: Path) -> None:
    """Give the user's own files in the old folder a place in the new one."""
    if not place.exists():
        return
    shutil.copymode(place, temporary)
    written = files_of_run(place)
    foreign = [
        path
        for path in sorted(place.rglob("*"))
        if path.relative_to(place).as_posix() not in written
        and (path.is_symlink() or not path.is_dir())
    ]
    twice = [path for path in foreign if os.path.lexists(temporary / path.relative_to(place))]
    if twice:
        names = [path.relative_to(place).as_posix() for path in twice]
        raise OutputError("study.out_would_replace", folder=place, files=names)
    for path in foreign:
        target = temporary / path.relative_to(place)
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(path, target, follow_symlinks=False)
        except (OSError, NotImplementedError):
            shutil.copy2(path, target, follow_symlinks=False)


def _put(temporary: Path, place: Path) -> None:
    """Let the new folder take the place; the old one, if any, is left at `temporary` or gone."""
    if not place.exists():
        temporary.rename(place)
        sync(place.parent)
    elif not exchange(temporary, place):
        _put_in_steps(temporary, place)
    else:
        sync(place.parent)
        _discard(temporary)


def _put_in_steps(temporary: Path, place: Path) -> None:
    """Where folders cannot be exchanged: old aside, new in place, old away."""
    mark = place / _MARK
    mark.touch()
    sync(place)
    try:
        aside = _take_aside(place)
        try:
            temporary.rename(place)
            sync(place.parent)
        except BaseException:
            if not place.exists():
                aside.rename(place)
            raise
    except BaseException:
        mark.unlink(missing_ok=True)
        raise
    _discard(aside)


def _take_aside(place: Path) -> Path:
    """Rename the old folder to the first free DIR.old; copy it where it cannot be renamed."""
    names = [f"{place.name}.old", *(f"{place.name}.old-{number}" for number in range(1, 100))]
    aside = next(place.with_name(name) for name in names if not place.with_name(name).exists())
    try:
        place.rename(aside)
    except OSError as error:
        if error.errno != errno.EXDEV:  # a layer below an overlay can be copied, not renamed
            raise
        copy = _beside(place)
        shutil.copytree(place, copy, symlinks=True)
        copy.rename(aside)
        shutil.rmtree(place)
    return aside
