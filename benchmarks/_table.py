"""One form for every benchmark: what was asked, of how much, our seconds, and others' on the same.

A benchmark is a module with `rows`, a generator of `Row`; `python benchmarks/NAME.py` prints its
table, `python benchmarks/performance.py` those of all and writes them for the page.
"""

from __future__ import annotations

import csv
import importlib.util
import multiprocessing
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Row:
    """What was measured.

    - ``subject``: rows of one subject that differ in size alone are a curve.
    - ``size``, ``of``: how much, and of what.
    - ``seconds``: ours; the shortest of several where that says more.
    - ``peer``, ``peer_seconds``: who else did the same on the same data; blank where no one did.
    - ``megabytes``: the most that a process held which did this alone.
    """

    subject: str
    size: int
    of: str
    seconds: float
    peer: str = ""
    peer_seconds: float | None = None
    megabytes: float | None = None

    @property
    def ratio(self) -> float | None:
        """How many times as long the peer takes."""
        return None if self.peer_seconds is None else self.peer_seconds / self.seconds

    def cells(self) -> dict[str, str]:
        """Give the row as a file has it."""
        rounded = {"seconds", "peer_seconds", "megabytes"}
        told = {name: value for name, value in asdict(self).items() if value is not None}
        text = {n: f"{float(f'{v:.3g}'):g}" if n in rounded else str(v) for n, v in told.items()}
        return text if self.ratio is None else {**text, "ratio": as_ratio(self.ratio)}


def as_ratio(ratio: float) -> str:
    """Write a ratio with two figures, large ones whole."""
    return f"{ratio:.2g}" if ratio < 10 else f"{ratio:.0f}"


COLUMNS = [*(each.name for each in fields(Row)), "ratio"]


def timed(call: Callable[[], Any], repeats: int = 1, clock: Any = time.perf_counter) -> Any:
    """Give the shortest time of some repeats, in seconds, and the last result."""
    best, result = float("inf"), None
    for _ in range(repeats):
        start = clock()
        result = call()
        best = min(best, clock() - start)
    return best, result


def peak() -> float:
    """Give the most megabytes that this process has held (Linux)."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def _measured(task: Callable[..., float], given: tuple[Any, ...]) -> tuple[float, float]:
    return task(*given), peak()


def apart(task: Callable[..., float], *given: Any) -> tuple[float, float]:
    """Let a task measure itself in a process of its own; its seconds, and the megabytes held."""
    fresh = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=fresh) as pool:
        return pool.submit(_measured, task, given).result()


def has(library: str) -> bool:
    """Whether a peer is installed; none is a dependency."""
    return importlib.util.find_spec(library) is not None


def shown(rows: Iterable[Row]) -> list[Row]:
    """Print rows as they come, and keep them."""
    kept = []
    print(f"{'':64} {'seconds':>9}  {'megabytes':>9}", flush=True)
    for row in rows:
        kept.append(row)
        held = "" if row.megabytes is None else f"{row.megabytes:.0f}"
        what = f"{row.subject}, {row.size:,} {row.of}"
        other = ""
        if row.ratio is not None:
            other = f"  {row.peer} {row.peer_seconds:.3g}, {as_ratio(row.ratio)} times"
        print(f"{what:64} {row.seconds:9.3g}  {held:>9}{other}", flush=True)
    return kept


def write(rows: Iterable[dict[str, str]], path: Path) -> None:
    """Write the cells of rows as CSV."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
