"""What the operating system offers for putting folders in place: exchange, lock, quiet."""

from __future__ import annotations

import ctypes
import errno
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

__all__ = ["exchange", "locked", "undisturbed"]

_RENAME_EXCHANGE = 2  # linux/fs.h
_RENAME_SWAP = 2  # sys/stdio.h of macOS
_AT_FDCWD = -100

#: What a system or a file system answers that does not know how to exchange two folders.
_CANNOT = {errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EXDEV, errno.EPERM}

#: What taking a lock answers when another process holds it.
_HELD = {errno.EWOULDBLOCK, errno.EAGAIN, errno.EACCES, errno.EDEADLK}


def exchange(first: Path, second: Path) -> bool:
    """Let two folders of one file system take each other's name in a single step.

    Parameters
    ----------
    first, second : Path
        Both exist.

    Returns
    -------
    bool
        False when the system or the file system has no such step; nothing was changed then.

    Raises
    ------
    OSError
        If the system knows the step and refuses it (no right, a folder in use).
    """
    if os.name != "posix":
        return False
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
    except FileNotFoundError:
        return False


@contextmanager
def locked(path: Path, *, patience: float = 60.0) -> Iterator[bool]:
    """Hold a lock file; the system lets go of it when the process ends, however it ends.

    Parameters
    ----------
    path : Path
        The lock file; made, and removed afterwards.
    patience : float
        Seconds to wait for another process.

    Yields
    ------
    bool
        False where the file system has no locks; then nobody is kept out.

    Raises
    ------
    TimeoutError
        If another process holds it for longer than `patience`.
    """
    deadline = time.monotonic() + patience
    while True:
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        taken = _try_lock(handle)
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
        if os.name == "posix":
            path.unlink(missing_ok=True)
        os.close(handle)
        with suppress(OSError):
            if os.name != "posix":
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
