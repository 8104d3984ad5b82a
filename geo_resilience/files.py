"""Files put in place whole, and what systems differ in: disks, locks, folders that change names."""

from __future__ import annotations

import errno
import glob
import os
import secrets
import signal
import sys
import threading
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
WINDOWS = sys.platform == "win32"
#: What a file system answers that does not know how to sync a folder, or a file, at all.
_NO_SYNC = {errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EBADF, errno.EACCES}


def sync(path: Path) -> None:
    """Let the disk hold a file, or the names in a folder, before anything that follows.

    What the system only means to write is lost when the power is cut, though a later renaming may
    already stand: an empty file would have taken the place of a whole one.
    """
    if WINDOWS and path.is_dir():  # Windows opens no folder, and writes names through
        return
    handle = os.open(path, os.O_RDWR if WINDOWS else os.O_RDONLY)
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


_RENAME_EXCHANGE = 2  # linux/fs.h
_RENAME_SWAP = 2  # sys/stdio.h of macOS
_AT_FDCWD = -100

#: What a system or a file system answers that does not know how to exchange two folders.
_CANNOT = {errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EXDEV, errno.EPERM}

#: What taking a lock answers when another process holds it.
_HELD = {errno.EWOULDBLOCK, errno.EAGAIN, errno.EACCES, errno.EDEADLK}


def exchange(first: Path, second: Path) -> bool:
    """Let two folders of one file system take each other's name in a single step."""
    if WINDOWS:
        return False
    import ctypes

    library = ctypes.CDLL(None, use_errno=True)
    names = os.fsencode(first), os.fsencode(second)
    if sys.platform.startswith("linux") and hasattr(library, "renameat2"):
        failed = library.renameat2(_AT_FDCWD, names[0], _AT_FDCWD, names[1], _RENAME_EXCHANGE)
    elif sys.platform == "darwin" and hasattr(library, "renamex_np"):
        failed = library.renamex_np(names[0], names[1], _RENAME_SWAP)
    else:
        return False
    if not failed:
        return True
    code = ctypes.get_errno()
    if code in _CANNOT:
        return False
    raise OSError(code, os.strerror(code), str(second))


def _try_lock(handle: int) -> bool | None:
    """Lock an open file: True locked, False held by another, None not to be had here."""
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        return False if error.errno in _HELD else None
    return True


def _stands(path: Path, handle: int) -> bool:
    """Whether a path still names the open file (another may have removed it meanwhile)."""
    try:
        return os.path.samestat(path.stat(), os.fstat(handle))
    except (FileNotFoundError, PermissionError):  # on Windows it may be on its way out
        return False


def _opened(path: Path) -> int | None:
    """Open a lock file; None where Windows is still removing the one that another left."""
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    except PermissionError:
        if not (WINDOWS and os.access(path.parent, os.W_OK)):
            raise
    return None


@contextmanager
def locked(path: Path, *, patience: float = 60.0) -> Iterator[bool]:
    """Hold a lock file; the system lets go of it when the process ends, however it ends."""
    deadline = time.monotonic() + patience
    while True:
        handle = _opened(path)
        taken = False if handle is None else _try_lock(handle)
        if handle is not None:
            if taken is None or (taken and _stands(path, handle)):
                break
            os.close(handle)
        if time.monotonic() > deadline:
            raise TimeoutError(errno.ETIMEDOUT, os.strerror(errno.ETIMEDOUT), str(path))
        time.sleep(0.05)
    try:
        yield bool(taken)
    finally:
        # While it is held and open, the name can go first; Windows wants it closed first.
        if not WINDOWS:
            path.unlink(missing_ok=True)
        os.close(handle)
        with suppress(OSError):
            if WINDOWS:
                path.unlink(missing_ok=True)


@contextmanager
def undisturbed() -> Iterator[None]:
    """Let no Ctrl-C and no SIGTERM in: for the few steps that must happen together.

    Only the main thread can do so; elsewhere signals do not interrupt anyway.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {
        number: signal.signal(number, signal.SIG_IGN) for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, signal.SIG_DFL if handler is None else handler)
