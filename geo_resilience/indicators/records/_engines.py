"""Where pieces of work are done: here, in other processes, or on a cluster."""

from __future__ import annotations

import os
import pickle
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import (
    BrokenExecutor,
    CancelledError,
    Executor,
    Future,
    ProcessPoolExecutor,
    as_completed,
)
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait
from pathlib import Path
from tempfile import NamedTemporaryFile, TemporaryDirectory
from typing import Any, TypeVar

import geo_resilience
from geo_resilience.errors import InputError

Piece = TypeVar("Piece")
Found = TypeVar("Found")

#: Times that work is begun anew after a process was lost.
_PATIENCE = 4

#: Seconds that a scheduler has to answer, and that workers which were lost have to come back.
_ANSWER, _RETURN = 10, 120


class Processes(Executor):
    """Processes of this machine, which can be replaced when one is killed.

    They end with the one that began them, however it ends, and at once when it fails.
    """

    lost: tuple[type[BaseException], ...] = (BrokenExecutor, CancelledError)

    def __init__(self, workers: int) -> None:
        self._workers = workers
        self._folder = TemporaryDirectory()
        self._pool = self._started()

    def _started(self) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(
            self._workers, mp_context=get_context("spawn"), initializer=_attend
        )

    def shared(self, work: Any) -> Any:
        """Lay work where each process reads it once; begin with new ones where one was lost."""
        try:
            self._pool.submit(int).result()
        except BrokenExecutor:
            self._pool = self._started()
        with NamedTemporaryFile(dir=self._folder.name, delete=False) as file:
            pickle.dump(work, file)
        return _Laid(file.name)

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Ask for a piece of work."""
        return self._pool.submit(fn, *args, **kwargs)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the processes."""
        self._pool.shutdown(wait, cancel_futures=cancel_futures)
        self._folder.cleanup()

    def end(self) -> None:
        """End the processes in the middle of their work."""
        for process in [*(self._pool._processes or {}).values()]:
            process.kill()
        self.shutdown(cancel_futures=True)

    def __exit__(self, kind: type[BaseException] | None, *rest: Any) -> None:
        if kind is not None:
            self.end()
        self.shutdown()


@dataclass(frozen=True)
class _Laid:
    """Work that stands in a file, which a process reads when it is first asked."""

    file: str

    def __call__(self, piece: Any) -> Any:
        return _read(self.file)(piece)


@lru_cache(maxsize=1)
def _read(file: str) -> Any:
    return pickle.loads(Path(file).read_bytes())


def _attend() -> None:
    """Leave Ctrl-C to the process that began this one, and end when that one does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = parent_process()
    assert parent is not None
    sentinel = parent.sentinel

    def watch() -> None:
        wait([sentinel])
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


class Cluster(Executor):
    """Workers of a dask scheduler; it gives the work of one that is lost to another."""

    def __init__(self, address: str) -> None:
        self._address = address
        try:
            from distributed import Client
            from distributed.scheduler import KilledWorker
        except ImportError:
            raise InputError("records.no_distributed") from None
        self.lost = (BrokenExecutor, CancelledError, KilledWorker)
        try:
            self._client = Client(address, timeout=_ANSWER)
        except (OSError, ValueError) as error:
            raise self._silent(error) from None
        self._executor = self._client.get_executor(retries=_PATIENCE)
        self._awaited = _ANSWER
        self._check_versions()

    def _check_versions(self) -> None:
        found = set(self._client.run(_version).values())
        if others := found - {geo_resilience.__version__}:
            self.shutdown()
            own = geo_resilience.__version__
            raise InputError("records.versions", found=sorted(others), own=own)

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Ask for a piece of work."""
        found: Future[Any] = self._executor.submit(fn, *args, **kwargs)
        return found

    def shared(self, work: Any) -> Any:
        """Bring to every worker once what each piece of work needs; again where one was lost."""
        awaited, self._awaited = self._awaited, _RETURN
        try:
            return self._client.scatter(work, broadcast=True, hash=False, timeout=awaited)
        except OSError as error:  # it has ended meanwhile
            raise self._silent(error) from None

    def _silent(self, error: Exception) -> InputError:
        return InputError("records.no_scheduler", address=self._address, what=error)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Leave the scheduler."""
        self._executor.shutdown(wait)
        self._client.close()

    def __exit__(self, kind: type[BaseException] | None, *rest: Any) -> None:
        self.shutdown(wait=kind is None)


def _version() -> str:
    return geo_resilience.__version__


@contextmanager
def engine(workers: int = 1, scheduler: str | None = None) -> Iterator[Executor | None]:
    """Open what work is done by: a scheduler's workers, several processes, or this one (None)."""
    if scheduler is None and workers < 2:
        yield None
        return
    with Processes(workers) if scheduler is None else Cluster(scheduler) as executor:
        yield executor


def each_of(
    work: Callable[[Piece], Found], pieces: Sequence[Piece], executor: Executor | None
) -> Iterator[Found]:
    """Do the work for each piece, in whatever order the results come."""
    if executor is None:
        yield from map(work, pieces)
        return
    ours = executor if isinstance(executor, Processes | Cluster) else None
    losses = () if ours is None else ours.lost
    left, lost = dict.fromkeys(pieces), ""
    for _ in range(_PATIENCE):
        shared = work if ours is None else ours.shared(work)
        running = {executor.submit(_done, shared, piece): piece for piece in left}
        try:
            for done in as_completed(running):
                found = done.result()
                del left[running[done]]
                yield found
            return
        except losses as error:
            lost = str(error) or type(error).__name__
        finally:
            for future in running:
                future.cancel()
    raise InputError("records.workers_lost", times=_PATIENCE, what=lost)


def _done(work: Callable[[Piece], Found], piece: Piece) -> Found:
    return work(piece)
