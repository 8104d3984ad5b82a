"""The memory that this process holds, and how much more it can have."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path

_MEGA = 2.0**20


def held() -> float:
    """Give the megabytes that the process holds; 0 where the system does not say."""
    with suppress(OSError, ValueError, AttributeError):
        return _pages(1)
    return 0.0


def available(root: Path = Path("/")) -> float:
    """Give the megabytes that the process can have beside those it holds; inf where unknown.

    The least of what the machine, the process's own limit and its group's (a container's) leave.

    Parameters
    ----------
    root : Path
        Where the system's ``proc`` and ``sys`` stand.
    """
    return min(_of_machine(root), _of_process(), _of_group(root))


def _pages(field: int) -> float:
    return (
        int(Path("/proc/self/statm").read_text().split()[field])
        * os.sysconf("SC_PAGE_SIZE")
        / _MEGA
    )


def _of_machine(root: Path) -> float:
    """Take the memory that is free or can be freed; all that there is where no more is told."""
    with suppress(OSError, ValueError, IndexError):
        text = (root / "proc/meminfo").read_text()
        return int(text.split("MemAvailable:")[1].split()[0]) / 1024
    if sys.platform == "win32":
        return _of_windows()
    with suppress(OSError, ValueError, AttributeError):
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / _MEGA
    return float("inf")


def _of_windows() -> float:
    import ctypes

    class Status(ctypes.Structure):
        _fields_ = [
            ("length", ctypes.c_ulong),
            ("load", ctypes.c_ulong),
            *((name, ctypes.c_ulonglong) for name in ("total", "free", "c", "d", "e", "f", "g")),
        ]

    status = Status(length=ctypes.sizeof(Status))
    found = ctypes.WinDLL("kernel32").GlobalMemoryStatusEx(ctypes.byref(status))  # type: ignore[attr-defined,unused-ignore]
    return status.free / _MEGA if found else float("inf")


def _of_process() -> float:
    """Take what the limit of the address space (``ulimit -v``) leaves."""
    with suppress(ImportError, OSError, ValueError):
        import resource

        most = resource.getrlimit(resource.RLIMIT_AS)[0]
        if most != resource.RLIM_INFINITY:
            return most / _MEGA - _pages(0)
    return float("inf")


def _of_group(root: Path) -> float:
    """Take what the control groups leave that the process is in, of either version."""
    found = [float("inf")]
    with suppress(OSError):
        for line in (root / "proc/self/cgroup").read_text().splitlines():
            _, kinds, path = line.split(":", 2)
            if kinds in ("", "memory"):
                names = ("memory.max", "memory.current")
                if kinds:
                    names = ("memory.limit_in_bytes", "memory.usage_in_bytes")
                top = root / "sys/fs/cgroup" / kinds
                own = top / path.strip("/")
                found += [_left(place, *names) for place in (own, *own.parents)]
    return min(found)


def _left(place: Path, limit: str, usage: str) -> float:
    """Take what a group leaves; files that it keeps at hand are given up when need be."""
    with suppress(OSError, ValueError):
        most, used = int((place / limit).read_text()), int((place / usage).read_text())
        lines = [line.split() for line in (place / "memory.stat").read_text().splitlines()]
        kept = {name: int(size) for name, size in lines}
        return (most - used + kept.get("inactive_file", 0)) / _MEGA
    return float("inf")


def give_back() -> None:
    """Let the system have what was freed; glibc keeps it otherwise, and a run grows with each step.

    Other systems' allocators do so by themselves.
    """
    if sys.platform == "linux":
        import ctypes

        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).malloc_trim(0)
