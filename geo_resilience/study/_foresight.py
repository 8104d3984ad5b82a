"""What a run is about to do: whether there is memory for it, and how long it will take."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from geo_resilience.errors import InputError
from geo_resilience.study._beside import may_fork
from geo_resilience.study._case import Case, due
from geo_resilience.study._costs import megabytes, seconds
from geo_resilience.study._memory import available, held
from geo_resilience.study.analyses import Analysis
from geo_resilience.words import Phrase

#: By how much a second process beside the first makes a run larger at most.
_TWO = 1.8


def foresee(
    case: Case, stages: Mapping[str, Sequence[Analysis]], drawing: tuple[str, ...]
) -> tuple[bool, dict[str, float]]:
    """Refuse a run for which there is no memory; foresee how any other goes.

    Parameters
    ----------
    case : Case
    stages : mapping of str to sequence of Analysis
        The analyses of each stage, in order.
    drawing : tuple of str
        Stages after the analyses.

    Returns
    -------
    bool
        Whether a second process is to run beside this one: there is memory for both.
    dict of str to float
        Seconds by what this process carries out or waits for.

    Raises
    ------
    InputError
        If more memory is needed than can be had.
    """
    rows = len(case.scores)
    steps = {
        stage: [each.name for each in due(case, analyses)] for stage, analyses in stages.items()
    }
    every = [name for names in steps.values() for name in names]
    needed, room = megabytes([*every, *drawing], rows), available() + held()
    if needed > room:
        raise InputError("study.memory", **_told(case, needed, room, every, drawing))
    apart = may_fork() and needed * _TWO <= room
    *_, last = steps
    later = sum(seconds(name, rows) for name in steps.pop(last))
    costs = {name: seconds(name, rows) for names in steps.values() for name in names}
    costs[last] = max(0.0, later - apart * sum(costs.values()))
    costs |= {stage: seconds(stage, rows) for stage in drawing}
    if "figures" in drawing:
        costs["figures"] = max(0.0, costs["figures"] - apart * costs["atlas"])
    return apart, costs


def _told(
    case: Case, needed: float, room: float, every: list[str], drawing: tuple[str, ...]
) -> Mapping[str, Any]:
    """Say what is needed, what there is, and which analyses to leave out where that is enough."""
    large = [name for name in every if megabytes([name], len(case.scores)) > room]
    rest = [*(name for name in every if name not in large), *drawing]
    enough = megabytes(rest, len(case.scores)) <= room
    less = Phrase("study.memory_skip", {"names": large}) if enough else Phrase("study.memory_less")
    sizes = {"needed": f"{needed / 1024:.1f}", "room": f"{room / 1024:.1f}", "less": less}
    return {"regions": len(case.keys), "years": len(case.years), **sizes}
