"""Runs cases within bounds of time and memory, and tells what came of each.

``python fuzz_running.py DOOR SEED FIRST COUNT FOLDER`` runs cases of one door in a process of its
own; it writes what failed into FOLDER and the counts, as JSON, to the standard output.
"""

from __future__ import annotations

import json
import random
import resource
import signal
import sys
import traceback
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from geo_resilience.errors import GeoResilienceError

#: Seconds of processor time in which a case has to end, and megabytes by which it may raise the
#: most that the process ever held.
SECONDS, MEGABYTES = 20.0, 700


class HangError(BaseException):
    """A case took too long."""


class SwellError(Exception):
    """A case took too much memory."""


@dataclass
class Tally:
    """What came of many cases: how many were read, refused in words, or failed, and how."""

    read: int = 0
    refused: int = 0
    faults: dict[str, list[str]] = field(default_factory=dict)
    kinds: Counter[str] = field(default_factory=Counter)

    def __str__(self) -> str:
        lines = [f"{self.read} read, {self.refused} refused in words"]
        for place, cases in self.faults.items():
            lines.append(f"{len(cases)} x {place}, as {', '.join(cases[:4])}")
        return "\n".join(lines)


def tried(tally: Tally, name: str, call: Callable[[], object]) -> bool:
    """Try one case; whether nothing failed. What is refused must be said in every language."""
    try:
        with _bounded():
            call()
    except GeoResilienceError as error:
        tally.refused += 1
        tally.kinds.update({each.key for each in error.problems})
        if not all(_worded(error, language) for language in ("en", "zh")):
            tally.faults.setdefault(f"unworded {error.problems[0].key}", []).append(name)
            return False
        return True
    except (Exception, HangError) as error:
        tally.faults.setdefault(_place(error), []).append(name)
        return False
    tally.read += 1
    return True


def _worded(error: GeoResilienceError, language: str) -> bool:
    said = error.say(language)  # type: ignore[attr-defined]
    return bool(said) and "problem." not in said and len(said) < 60_000


def _place(error: BaseException) -> str:
    """Name what failed by the last line of the package that it passed through."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [each for each in frames if "/geo_resilience/" in each.filename]
    last = ours[-1] if ours else frames[-1]
    file = last.filename.rpartition("/geo_resilience/")[2]
    return f"{type(error).__name__} at {file}:{last.lineno}: {str(error)[:80]}"


@contextmanager
def _bounded() -> Iterator[None]:
    def late(number: int, frame: FrameType | None) -> None:
        raise HangError(f"more than {SECONDS:g} seconds")

    before = signal.signal(signal.SIGPROF, late)
    held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
    swollen = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - held) / 1024
    if swollen > MEGABYTES:
        raise SwellError(f"{swollen:.0f} MB")


def case_of(door: str, seed: int, number: int) -> random.Random:
    """Give the chance that makes a case, the same whenever and beside whatever it is run."""
    return random.Random(f"{door} {seed} {number}")


def main(name: str, seed: int, first: int, count: int, folder: Path) -> None:
    """Run cases of a door; the one under way stands in the folder while it runs."""
    from fuzz_doors import DOORS

    resource.setrlimit(resource.RLIMIT_AS, (12 * 2**30, 12 * 2**30))
    door = DOORS[name]
    tally = Tally()
    for number in range(first, first + count):
        place = folder / f"{name}-{seed}-{number}"
        place.mkdir(parents=True)
        call = door.case(case_of(name, seed, number), place)
        if tried(tally, place.name, call):
            for each in sorted(place.rglob("*"), reverse=True):
                each.rmdir() if each.is_dir() and not each.is_symlink() else each.unlink()
            place.rmdir()
    most = resource.getrusage(resource.RUSAGE_SELF)
    faults = {place: [len(cases), *cases[:4]] for place, cases in tally.faults.items()}
    told = {"read": tally.read, "refused": tally.refused, "faults": faults}
    told |= {"kinds": len(tally.kinds), "seconds": round(most.ru_utime + most.ru_stime)}
    print(json.dumps(told | {"megabytes": most.ru_maxrss // 1024}))


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:5]), Path(sys.argv[5]))
