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
    function : str
        ``module:name`` within the study room, imported when it runs: a function that takes a case
        and the findings to which it adds tables and notes.
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
    function: str
    tables: tuple[str, ...] = ()
    needs: tuple[Need, ...] = ()
    chosen: str = "analyses.skip"
    command: str = ""
    strict: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "tables", self.tables or (self.name,))

    def run(self, case: Any, found: Any) -> None:
        """Add its tables and notes to what was found."""
        module, _, name = self.function.partition(":")
        getattr(import_module(f"geo_resilience.study.{module}"), name)(case, found)


INPUT_OUTPUT = Need(lambda case: bool(case.chain.io))
_TWO_TABLES = Need(lambda case: len(case.chain.io) > 1)
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
            "scenarios:suppose",
            tables=("what_if", "what_if_sectors"),
            needs=(_SUPPOSED,),
            chosen="what_if",
            strict=True,
        ),
    ),
    "appraisal": (
        Analysis("reliability", "appraisal:reliability"),
        Analysis("weights_comparison", "appraisal:weights_comparison"),
        Analysis(
            "uncertainty",
            "appraisal:uncertainty",
            tables=("uncertainty", "rank_acceptability", "rank_pairs"),
        ),
        Analysis("sensitivity", "appraisal:sensitivity"),
        Analysis(
            "rankings", "appraisal:rankings", tables=("rankings", "rankings_correlation")
        ),
        Analysis("fuzzy", "appraisal:fuzzy"),
        Analysis("obstacles", "appraisal:obstacles", tables=("obstacles", "obstacles_by_zone")),
        Analysis("coupling", "appraisal:coupling"),
        Analysis(
            "trends", "appraisal:trends", tables=("trends", "mobility"), needs=(_TWO_YEARS,)
        ),
        Analysis("contributions", "appraisal:contributions", needs=(_TWO_YEARS,)),
        Analysis("peers", "appraisal:peers"),
        Analysis("distribution", "appraisal:distribution", tables=("distribution", "density")),
    ),
    "space": (
        Analysis("global", "space:autocorrelation", command="space"),
        Analysis("local", "space:local_clusters", command="space"),
        Analysis("specialization", "space:specialization", needs=(_INDUSTRIES,)),
        Analysis("gaps", "space:gaps", tables=("gaps", "gaps_trend"), command="space"),
        Analysis(
            "pattern",
            "space:pattern",
            tables=("pattern", "pattern_null"),
            needs=(_GROUPS,),
            command="space",
        ),
        Analysis("inequality", "space:inequality", command="space"),
        Analysis(
            "neighbors_sensitivity",
            "space:neighbors_sensitivity",
            tables=("neighbors_sensitivity", "neighbors"),
            command="space",
        ),
        Analysis("correlogram", "space:correlogram", command="space"),
        Analysis("distance_correlogram", "space:distance_correlogram", chosen="", command="space"),
        Analysis("moran_change", "space:moran_change"),
        Analysis("gradient", "space:gradient", command="space"),
        Analysis("regionalization", "space:regionalization", needs=(_GROUPS,), command="space"),
    ),
    "driving": (
        Analysis(
            "regressions",
            "regressions:regress",
            tables=(
                *("regression_table", "lm_tests", "regressions", "impacts", "detectable"),
                "regression_path",
            ),
            needs=(_REGRESSORS,),
        ),
        Analysis("convergence", "driving:convergence"),
        Analysis("markov", "driving:markov"),
        Analysis("rank_mobility", "driving:rank_mobility", needs=(_RANKS,), chosen="dynamics.also"),
        Analysis(
            "lisa_transitions",
            "driving:lisa_transitions",
            needs=(_QUADRANTS,),
            chosen="dynamics.also",
        ),
        Analysis("ellipse", "driving:ellipse"),
        Analysis(
            "linkages",
            "chains:linkages",
            tables=("io_linkages", "extraction", "inoperability", "propagation"),
            needs=(INPUT_OUTPUT,),
            command="chain",
        ),
        Analysis(
            "network",
            "chains:network",
            tables=("network", "single_points", "removal"),
            needs=(INPUT_OUTPUT,),
            command="chain",
        ),
        Analysis(
            "decomposition",
            "chains:decomposition",
            needs=(INPUT_OUTPUT, _TWO_TABLES),
            command="chain",
        ),
        Analysis(
            "regional",
            "chains:regional",
            tables=("regional_linkages",),
            needs=(INPUT_OUTPUT, _SIZES),
            command="chain",
        ),
        Analysis(
            "disruption",
            "chains:disruption",
            tables=("recovery_paths",),
            needs=(INPUT_OUTPUT, _DISRUPTED),
            command="chain",
        ),
        Analysis(
            "shock",
            "chains:shock",
            tables=("shock", "shock_paths", "shock_variation", "foretelling"),
            needs=(_SHOCK,),
        ),
        Analysis(
            "management",
            "registers:keep_registers",
            tables=("risks", "targets", "priorities", "maturity"),
            needs=(_REGISTERS,),
            command="chain",
        ),
        Analysis(
            "warnings",
            "registers:give_warning",
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
