"""Claim: a run's time and memory are foreseen within a factor of 1.5 from 31 to 2,875 regions.

Measures what each step of studies in the bundled layout takes, each study in one process of its
own, and prints geo_resilience/study/costs.csv: the step, its rows (regions x years), CPU seconds,
and the most megabytes that the process held in it. Then, on the standard error, what the file as it
stands foresees beside what was found. Sizes may be given as arguments; `--folder DIR` keeps the
studies of benchmarks/studies.py. To calibrate: `python benchmarks/costs.py > costs.csv`, then put
the file in its place.

The peak of a step is read from Linux, which is told before each to forget earlier ones.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from studies import make_study

from geo_resilience.study import _beside, _foresight, _run
from geo_resilience.study._costs import megabytes, seconds
from geo_resilience.study.analyses import REGISTRY, Analysis

SIZES = (31, 370, 2_875)
Cost = tuple[str, float, float]


class Meter:
    """Keeps what steps cost: CPU seconds, and the peak of memory since the last began."""

    def __init__(self) -> None:
        self.costs: list[Cost] = []
        self._stage, self._began = "", 0.0

    def begin(self) -> float:
        """Forget earlier peaks; give the time."""
        Path("/proc/self/clear_refs").write_text("5")
        return time.process_time()

    def end(self, step: str, began: float) -> None:
        """Keep what a step took."""
        status = Path("/proc/self/status").read_text()
        peak = int(status.split("VmHWM:")[1].split()[0]) / 1024
        self.costs.append((step, time.process_time() - began, peak))

    def __call__(self, stage: str) -> None:
        """End the stage before, as the run's progress."""
        if self._stage in _run.DRAWING:
            self.end(self._stage, self._began)
        self._stage, self._began = stage, self.begin()


def measure(study: Path, out: Path) -> list[Cost]:
    """Run a study in this process alone; give what its steps cost."""
    meter, run = Meter(), Analysis.run

    def metered(analysis: Analysis, case: object, found: object) -> None:
        began = meter.begin()
        try:
            run(analysis, case, found)
        finally:
            meter.end(analysis.name, began)

    Analysis.run = metered  # type: ignore[method-assign]
    _beside.may_fork = _foresight.may_fork = lambda: False  # type: ignore[attr-defined]
    _run.run(study, out, replace=True, progress=meter)
    meter("")
    return meter.costs


def rows_of(study: Path) -> int:
    """Count the rows of a study's scores."""
    checked = _run.check(study)
    return len(checked.measured.panel.values)


def told(size: int, rows: int, costs: list[Cost]) -> str:
    """Say what was foreseen beside what was found."""
    steps = [name for name, _, _ in costs]
    peak = max(held for _, _, held in costs)
    cpu, expected = sum(taken for _, taken, _ in costs), sum(seconds(name, rows) for name in steps)
    return (
        f"{size:,} regions: {cpu:.0f} s, foreseen {expected:.0f}; "
        f"{peak:.0f} MB, foreseen {megabytes(steps, rows):.0f}"
    )


def main() -> None:
    """Measure studies, or one in this process."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("sizes", nargs="*", type=int, default=SIZES)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--one", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.folder or Path(temporary)
        if given.one:
            with contextlib.redirect_stdout(sys.stderr):
                costs = measure(given.one, Path(temporary) / "results")
            print(json.dumps([rows_of(given.one), costs]))
            return
        found: dict[str, list[tuple[int, float, float]]] = {}
        for size in given.sizes:
            study = folder / str(size) / "study.toml"
            if not study.is_file():
                make_study(size, study.parent)
            command = [sys.executable, __file__, "--one", str(study)]
            rows, costs = json.loads(subprocess.check_output(command))
            for step, taken, held in costs:
                found.setdefault(step, []).append((rows, max(taken, 0.01), held))
            print(told(size, rows, costs), file=sys.stderr)
    print("step,rows,seconds,megabytes")
    order = [*(each.name for each in REGISTRY), *_run.DRAWING]
    for step in sorted(found, key=order.index):
        for rows, taken, held in found[step]:
            print(f"{step},{rows},{taken:.2f},{held:.0f}")


if __name__ == "__main__":
    main()
