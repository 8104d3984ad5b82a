"""Files put in place whole: written beside, on the disk before they are renamed at the end."""

from __future__ import annotations

import errno
import glob
import os
import secrets
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from geo_resilience.errors import OutputError


@contextmanager
def put_in_place(out: Path) -> Iterator[Path]:
    """Give a file beside to write; it is renamed at the end, so that no half file stands there.

    Files beside that a killed process left are removed.
    """
    _clear(out)
    beside = out.with_name(f".{secrets.token_hex(4)}.{out.name}")
    try:
        yield beside
        sync(beside)
        beside.replace(out)
        sync(out.parent)
    except OutputError:  # of another file, put in place with this one
        raise
    except OSError as error:
        reason = error.strerror or str(error)
        raise OutputError("cli.map_out_failed", file=out, reason=reason) from error
    finally:
        with suppress(OSError):
            beside.unlink(missing_ok=True)


def put_all_in_place(contents: Mapping[Path, bytes]) -> None:
    """Write files: all of them stand beside before the first takes its place.

    Where one cannot be written, every file is as it was and folders made for them go again.
    """
    with ExitStack() as stack:
        for folder in dict.fromkeys(out.parent for out in contents):
            stack.callback(_remove_empty, _made(folder))
        for out in filter(Path.is_dir, contents):
            reason = os.strerror(errno.EISDIR)
            raise OutputError("cli.map_out_failed", file=out, reason=reason)
        for out, content in contents.items():
            stack.enter_context(put_in_place(out)).write_bytes(content)


#: Tests set it, to see what happens there.
_WINDOWS = sys.platform == "win32"
#: What a file system answers that does not know how to sync a folder, or a file, at all.
_NO_SYNC = {errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EBADF, errno.EACCES}


def sync(path: Path) -> None:
    """Let the disk hold a file, or the names in a folder, before anything that follows.

    What the system only means to write is lost when the power is cut, though a later renaming may
    already stand: an empty file would have taken the place of a whole one.
    """
    if _WINDOWS and path.is_dir():  # Windows opens no folder, and writes names through
        return
    handle = os.open(path, os.O_RDWR if _WINDOWS else os.O_RDONLY)
    try:
        _flush(handle)
    except OSError as error:
        if error.errno not in _NO_SYNC:
            raise
    finally:
        os.close(handle)


def _flush(handle: int) -> None:
    """Flush a handle to the disk; macOS does so only when it is asked for in full."""
    if sys.platform == "darwin":
        import fcntl

        with suppress(OSError):
            fcntl.fcntl(handle, fcntl.F_FULLFSYNC)
            return
    os.fsync(handle)


def sync_all(folder: Path) -> None:
    """Let the disk hold everything in a folder: files first, then the folders that name them."""
    for place, _, files in os.walk(folder, topdown=False):
        for file in map(Path(place).joinpath, files):
            if not file.is_symlink():
                sync(file)
        sync(Path(place))


def _made(folder: Path) -> list[Path]:
    """Make a folder and those above it; give those that were not there, the innermost first."""
    lacking = [each for each in (folder, *folder.parents) if not each.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        _remove_empty(lacking)
        reason = error.strerror or str(error)
        raise OutputError("files.no_folder", folder=folder, reason=reason) from error
    return lacking


def _remove_empty(folders: Iterable[Path]) -> None:
    """Remove folders in which nothing stands."""
    for folder in folders:
        with suppress(OSError):
            folder.rmdir()


#: Seconds after which nobody is still writing a file beside another.
_STALE = 3600.0


def _clear(out: Path) -> None:
    """Remove files beside that nobody is writing any more."""
    with suppress(OSError):
        for left in out.parent.glob(f".????????.{glob.escape(out.name)}"):
            if time.time() - left.stat().st_mtime > _STALE:
                left.unlink()
