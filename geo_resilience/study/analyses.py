"""The analyses of a study, each declared once: its name, its tables, what it needs, how it runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

__all__ = ["INPUT_OUTPUT", "REGISTRY", "STAGES", "Analysis", "Need", "chosen_by"]


@dataclass(frozen=True)
class Need:
    """What has to be there before an analysis can run.

    Parameters
    ----------
    met : callable
        Says of a case whether it is there.
    why : str
        Key of the ``problem.`` words that say why the analysis is left out; without one it is left
        out in silence, since nothing of the kind was asked for.
    """

    met: Callable[[Any], bool]
    why: str = ""


@dataclass(frozen=True)
class Analysis:
    """Something that a study looks into, and the files in which it says what it has found.

    Parameters
    ----------
    name : str
        As ``[analyses] skip`` has it; ``analysis.<name>`` in the words.
    module : str
        Where its function stands: one that takes a case and the findings to which it adds tables
        and notes. Imported when it runs.
    function : str
        The function's name; by default that of the analysis.
    tables : tuple of str
        Stems of the files that it may write; by default one of its own name.
    needs : tuple of Need
    chosen : str
        The key of the study file by which it is chosen or left out; none for what only a command
        gives.
    command : str
        The command that runs it without a study too: ``space``, ``chain`` or none.
    strict : bool
        Whether what is wrong with its input stops the run, rather than being noted: the study, or
        the command, has asked for just this.
    """

    name: str
    module: str
    function: str = ""
    tables: tuple[str, ...] = ()
    needs: tuple[Need, ...] = ()
    chosen: str = "analyses.skip"
    command: str = ""
    strict: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "tables", self.tables or (self.name,))
        object.__setattr__(self, "function", self.function or self.name)

    def run(self, case: Any, found: Any) -> None:
        """Add its tables and notes to what was found."""
        getattr(import_module(self.module), self.function)(case, found)


_WHAT_IF = "geo_resilience.study.scenarios"
_INDEX = "geo_resilience.study.appraisal"
_SPACE = "geo_resilience.study.space"
_REGRESSIONS = "geo_resilience.study.regressions"
_DRIVERS = "geo_resilience.study.driving"
_CHAIN = "geo_resilience.study.chains"
_MANAGEMENT = "geo_resilience.study.registers"

INPUT_OUTPUT = Need(lambda case: bool(case.chain.io))
_TWO_TABLES = Need(lambda case: len(case.chain.io) > 1)
_FLOWS = Need(lambda case: all(len(table.codes) > 1 for table in case.chain.io), "chain.no_flow")
_SIZES = Need(
    lambda case: bool(case.plan.chain.regional_sizes or case.plan.chain.regional_variables)
)
_DISRUPTED = Need(lambda case: case.chain.disruption is not None)
_REGISTERS = Need(lambda case: bool(case.chain.registers))
_SHOCK = Need(lambda case: bool(case.plan.chain.shock))
_WARN = Need(lambda case: case.plan.chain.warn)
_GROUPS = Need(lambda case: bool(case.groupings))
_INDUSTRIES = Need(lambda case: bool(case.roles.get("industry")))
_TWO_YEARS = Need(lambda case: len(case.years) > 1, "study.one_year")
_SUPPOSED = Need(lambda case: bool(case.plan.what_if))
_REGRESSORS = Need(
    lambda case: bool(
        case.plan.regressions
        or case.plan.regression.regressors
        or case.plan.regression.averages
        or case.roles.get("driver")
    )
)
_RANKS = Need(lambda case: "rank_mobility" in case.plan.dynamics.also)
_QUADRANTS = Need(lambda case: "lisa_transitions" in case.plan.dynamics.also)

#: Stages of a run (``stage.<name>`` in the words), each with what it carries out; in the order in
#: which files are written.
STAGES: Mapping[str, tuple[Analysis, ...]] = {
    "index": (
        Analysis(
            "what_if",
            _WHAT_IF,
            function="suppose",
            tables=("what_if", "what_if_sectors"),
            needs=(_SUPPOSED,),
            chosen="what_if",
            strict=True,
        ),
    ),
    "appraisal": (
        Analysis("reliability", _INDEX),
        Analysis("weights_comparison", _INDEX),
        Analysis(
            "uncertainty",
            _INDEX,
            tables=("uncertainty", "rank_acceptability", "rank_pairs"),
        ),
        Analysis("sensitivity", _INDEX),
        Analysis("rankings", _INDEX, tables=("rankings", "rankings_correlation")),
        Analysis("fuzzy", _INDEX),
        Analysis("obstacles", _INDEX, tables=("obstacles", "obstacles_by_zone")),
        Analysis("coupling", _INDEX),
        Analysis("trends", _INDEX, tables=("trends", "mobility"), needs=(_TWO_YEARS,)),
        Analysis("contributions", _INDEX, needs=(_TWO_YEARS,)),
        Analysis("peers", _INDEX),
        Analysis("distribution", _INDEX, tables=("distribution", "density")),
    ),
    "space": (
        Analysis("global", _SPACE, function="autocorrelation", command="space"),
        Analysis("local", _SPACE, function="local_clusters", command="space"),
        Analysis("specialization", _SPACE, needs=(_INDUSTRIES,)),
        Analysis("gaps", _SPACE, tables=("gaps", "gaps_trend"), command="space"),
        Analysis(
            "pattern",
            _SPACE,
            tables=("pattern", "pattern_null"),
            needs=(_GROUPS,),
            command="space",
        ),
        Analysis("inequality", _SPACE, command="space"),
        Analysis(
            "neighbors_sensitivity",
            _SPACE,
            tables=("neighbors_sensitivity", "neighbors"),
            command="space",
        ),
        Analysis("correlogram", _SPACE, command="space"),
        Analysis("distance_correlogram", _SPACE, chosen="", command="space"),
        Analysis("moran_change", _SPACE),
        Analysis("gradient", _SPACE, command="space"),
        Analysis("regionalization", _SPACE, needs=(_GROUPS,), command="space"),
    ),
    "driving": (
        Analysis(
            "regressions",
            _REGRESSIONS,
            function="regress",
            tables=(
                *("regression_table", "lm_tests", "regressions", "impacts", "detectable"),
                "regression_path",
            ),
            needs=(_REGRESSORS,),
        ),
        Analysis("convergence", _DRIVERS),
        Analysis("markov", _DRIVERS),
        Analysis("rank_mobility", _DRIVERS, needs=(_RANKS,), chosen="dynamics.also"),
        Analysis(
            "lisa_transitions",
            _DRIVERS,
            needs=(_QUADRANTS,),
            chosen="dynamics.also",
        ),
        Analysis("ellipse", _DRIVERS),
        Analysis(
            "linkages",
            _CHAIN,
            tables=("io_linkages", "extraction", "inoperability", "propagation"),
            needs=(INPUT_OUTPUT,),
            command="chain",
        ),
        Analysis(
            "network",
            _CHAIN,
            tables=("network", "single_points", "removal"),
            needs=(INPUT_OUTPUT, _FLOWS),
            command="chain",
        ),
        Analysis(
            "decomposition",
            _CHAIN,
            needs=(INPUT_OUTPUT, _TWO_TABLES),
            command="chain",
        ),
        Analysis(
            "regional",
            _CHAIN,
            tables=("regional_linkages",),
            needs=(INPUT_OUTPUT, _SIZES),
            command="chain",
        ),
        Analysis(
            "disruption",
            _CHAIN,
            tables=("recovery_paths",),
            needs=(INPUT_OUTPUT, _DISRUPTED),
            command="chain",
        ),
        Analysis(
            "shock",
            _CHAIN,
            tables=("shock", "shock_paths", "shock_variation", "foretelling"),
            needs=(_SHOCK,),
        ),
        Analysis(
            "management",
            _MANAGEMENT,
            function="keep_registers",
            tables=("risks", "targets", "priorities", "maturity"),
            needs=(_REGISTERS,),
            command="chain",
        ),
        Analysis(
            "warnings",
            _MANAGEMENT,
            function="give_warning",
            tables=("warnings", "thresholds"),
            needs=(_WARN,),
        ),
    ),
}

#: All of them.
REGISTRY = tuple(each for analyses in STAGES.values() for each in analyses)


def chosen_by(key: str, *, need: Need | None = None) -> tuple[str, ...]:
    """Name the analyses that a key of the study file chooses or leaves out.

    Parameters
    ----------
    key : str
    need : Need, optional
        Only those that need this.

    Examples
    --------
    >>> chosen_by("dynamics.also")
    ('rank_mobility', 'lisa_transitions')
    >>> chosen_by("analyses.skip", need=INPUT_OUTPUT)
    ('linkages', 'network', 'decomposition', 'regional', 'disruption')
    """
    return tuple(
        each.name
        for each in REGISTRY
        if each.chosen == key and (need is None or need in each.needs)
    )
