"""Groups against the rest: each p that allows for spatial dependence, and the verdicts on all."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np

from calibrations._questions import (
    POWER,
    SIZE,
    SPACE,
    Array,
    Question,
    World,
    fields,
    keys,
    provinces,
)
from geo_resilience.spatial.groups._likelihood_ratio import dummy, links_over
from geo_resilience.spatial.groups._patterns import (
    GroupComparison,
    Judge,
    comparisons_within,
    sides_among,
)
from geo_resilience.statistics._multiplicity import holm
from geo_resilience.statistics._repetitions import NULL_DRAWS

_LEVEL = 0.05

#: What a verdict asks of a single p where a dozen groups are tested.
_SMALL = 0.005


@cache
def _groups() -> tuple[dict[str, GroupComparison], Judge]:
    """Give the groups of the bundled file, and who judges them."""
    wanted = comparisons_within(provinces()[1], keys(), full=True)
    return {each.id: each for each in wanted}, _judge(wanted)


@cache
def _single() -> Judge:
    """Give who would judge each region by itself."""
    every = set(keys())
    return _judge([GroupComparison(key, "", (key,), tuple(every - {key})) for key in keys()])


def _judge(wanted: list[GroupComparison]) -> Judge:
    links = links_over(provinces()[0], keys(), "fields")
    sides = sides_among(wanted, keys())
    return Judge(wanted, sides, links, NULL_DRAWS, np.random.default_rng(7))


def _raised(world: World, runs: int, rng: np.random.Generator, group: str = "east") -> Array:
    """Draw fields with a group raised by the effect."""
    members = keys().isin(_groups()[0][group].members)
    return fields(world.sar, runs, rng) + world.effect * members[:, None]


def _skewed(world: World, runs: int, rng: np.random.Generator) -> Array:
    """Draw fields whose largest values lie far out: lognormal, the skewness 1.75."""
    return np.asarray(np.exp(0.5 * fields(world.sar, runs, rng)))


def _alone(world: World, runs: int, rng: np.random.Generator) -> Array:
    """Each group of the file as if it were the only one."""
    return (_groups()[1].p_and_q(_raised(world, runs, rng))[0] <= _LEVEL).T


def _one_region(world: World, runs: int, rng: np.random.Generator) -> Array:
    return (_single().p_and_q(fields(world.sar, runs, rng))[0] <= _LEVEL).T


def _one_region_skewed(world: World, runs: int, rng: np.random.Generator) -> Array:
    return (_single().p_and_q(_skewed(world, runs, rng))[0] <= _SMALL).T


def _any(world: World, runs: int, rng: np.random.Generator) -> Array:
    """Any verdict on any group of the file."""
    return _any_of(fields(world.sar, runs, rng))


def _any_skewed(world: World, runs: int, rng: np.random.Generator) -> Array:
    return _any_of(_skewed(world, runs, rng))


def _any_of(drawn: Array) -> Array:
    return np.asarray((_groups()[1].p_and_q(drawn)[1] <= _LEVEL).any(axis=0))


def _others(world: World, runs: int, rng: np.random.Generator) -> Array:
    """Any verdict on the groups whose mean is that of the rest, where east and west differ.

    The least change of regions that raises the east and leaves no other group's mean to differ but
    the west's, which cannot stay.
    """
    wanted, judge = _groups()
    apart = {
        name: dummy(len(keys()), keys().isin(each.members)) / len(each.members)
        - dummy(len(keys()), keys().isin(each.rest)) / len(each.rest)
        for name, each in wanted.items()
    }
    asked = np.array([each for name, each in apart.items() if name != "west"])
    wish = [world.effect * (name == "east") for name in apart if name != "west"]
    shift = np.linalg.lstsq(asked, np.array(wish), rcond=None)[0]
    still = [abs(each @ shift) < 1e-9 for each in apart.values()]
    q = judge.p_and_q(fields(world.sar, runs, rng) + shift[:, None])[1]
    return np.asarray((q[still] <= _LEVEL).any(axis=0))


def _verdict(group: str, *, by_holm: bool = False) -> Callable[..., Array]:
    """Ask for the verdict on a group that is raised."""

    def ask(world: World, runs: int, rng: np.random.Generator) -> Array:
        wanted, judge = _groups()
        p, q = judge.p_and_q(_raised(world, runs, rng, group))
        if by_holm:
            q = _by_holm(p, q)
        return np.asarray(q[list(wanted).index(group)] <= _LEVEL)

    return ask


def _by_holm(p: Array, q: Array) -> Array:
    """Correct p by Holm over all groups that are judged, those of one test once."""
    tests = [each.test for each in _groups()[0].values()]
    judged = [place for place in range(len(tests)) if np.isfinite(q[place]).all()]
    first = {tests[place]: place for place in reversed(judged)}
    found = np.full(p.shape, np.nan)
    for column in range(p.shape[1]):
        corrected = dict(zip(first, holm([p[at, column] for at in first.values()]), strict=True))
        found[judged, column] = [corrected[tests[place]] for place in judged]
    return found


_STEPS = tuple(World(sar, None, step) for sar in (0.0, 0.5, 0.8) for step in (0.5, 1.0, 1.5))
_RAISED = {
    "east": "east",
    "coastal belt": "coastal_belt",
    "Yangtze delta": "yangtze_river_delta_cluster",
}

QUESTIONS = (
    Question("group, p with space", SIZE, _alone, (*SPACE, World(0.95)), 0.03, 0.07),
    Question("group of one region, p with space", SIZE, _one_region, SPACE, 0.03, 0.07),
    Question("group of one region, p at .005, skewed", SIZE, _one_region_skewed, SPACE),
    Question("groups, any verdict", SIZE, _any, (*SPACE, World(0.95)), None, 0.05, runs=1000),
    Question("groups, any verdict, skewed", SIZE, _any_skewed, SPACE),
    Question(
        "groups, any verdict where nothing differs beside east and west",
        SIZE,
        _others,
        tuple(World(sar, None, step) for sar in (0.0, 0.5, 0.8) for step in (1.0, 2.0)),
        None,
        0.05,
    ),
    *(
        Question(
            f"groups, verdict on the {told}{how}", POWER, _verdict(group, by_holm=holms), _STEPS
        )
        for told, group in _RAISED.items()
        for how, holms in (("", False), (", by Holm", True))
    ),
)
