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
    module, function : str
        Where its function stands, imported when it runs: one that takes a case and the findings to
        which it adds tables and notes.
    tables : tuple of str
        Stems of the files that it may write.
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
    function: str
    tables: tuple[str, ...]
    needs: tuple[Need, ...] = ()
    chosen: str = "analyses.skip"
    command: str = ""
    strict: bool = False

    def run(self, case: Any, found: Any) -> None:
        """Add its tables and notes to what was found."""
        getattr(import_module(self.module), self.function)(case, found)


def _in(module: str, name: str, tables: str = "", *needs: Need, **rest: Any) -> Analysis:
    """Declare an analysis; function and only table are called like it where nothing else is said.

    The name may carry that of the function: ``name=function``.
    """
    name, _, function = name.partition("=")
    return Analysis(name, module, function or name, tuple((tables or name).split()), needs, **rest)


_WHAT_IF = "geo_resilience.study.analyses._what_if"
_INDEX = "geo_resilience.study.analyses._index"
_SPACE = "geo_resilience.study.analyses._space"
_RULES = "geo_resilience.study.analyses._neighbor_rules"
_REGRESSIONS = "geo_resilience.study.analyses._regressions"
_DRIVERS = "geo_resilience.study.analyses._drivers"
_CHAIN = "geo_resilience.study.analyses._chain"
_MANAGEMENT = "geo_resilience.study.analyses._management"

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
_DRAWN = Need(lambda case: "uncertainty" not in case.plan.analyses.skip)
_GROUPS = Need(lambda case: bool(case.groupings))
_INDUSTRIES = Need(lambda case: bool(case.roles.get("industry")))
_TWO_YEARS = Need(lambda case: len(case.years) > 1, "study.one_year")
_TWO_REGIONS = Need(lambda case: len(case.keys) > 1)
_THREE_REGIONS = Need(lambda case: len(case.keys) > 2)
_DEFLATED = Need(lambda case: case.plan.framework.deflator is not None)
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
        _in(
            *(_WHAT_IF, "what_if=suppose", "what_if what_if_sectors", _SUPPOSED),
            chosen="what_if",
            strict=True,
        ),
    ),
    "appraisal": (
        _in(_INDEX, "reliability"),
        _in(_INDEX, "weights_comparison"),
        _in(_INDEX, "weight_margins", "", _TWO_REGIONS),
        _in(_INDEX, "effective_weights", "", _TWO_REGIONS),
        _in(_INDEX, "shared_columns=shared"),
        _in(_INDEX, "correlation_flags=flag", "", _THREE_REGIONS),
        _in(_INDEX, "nominal", "", _DEFLATED),
        _in(_INDEX, "uncertainty", "uncertainty rank_acceptability rank_pairs driving_cells"),
        _in(_INDEX, "sensitivity"),
        _in(_INDEX, "rankings", "rankings rankings_correlation"),
        _in(_INDEX, "fuzzy"),
        _in(_INDEX, "obstacles", "obstacles obstacles_by_zone"),
        _in(_INDEX, "coupling"),
        _in(_INDEX, "trends", "trends mobility", _TWO_YEARS),
        _in(_INDEX, "contributions", "", _TWO_YEARS),
        _in(_INDEX, "peers"),
        _in(_INDEX, "distribution", "distribution density"),
    ),
    "space": (
        _in(_SPACE, "global=autocorrelation", command="space"),
        _in(_SPACE, "local=local_clusters", command="space"),
        _in(_SPACE, "specialization", "", _INDUSTRIES),
        _in(_SPACE, "gaps", "gaps gaps_trend", command="space"),
        _in(_SPACE, "pattern", "pattern pattern_null", _GROUPS, command="space"),
        _in(_SPACE, "inequality", command="space"),
        _in(_RULES, "neighbors_sensitivity", "neighbors_sensitivity neighbors", command="space"),
        _in(_SPACE, "correlogram", command="space"),
        _in(_SPACE, "distance_correlogram", chosen="", command="space"),
        _in(_SPACE, "moran_change"),
        _in(_SPACE, "gradient", command="space"),
        _in(_SPACE, "regionalization", "", _GROUPS, command="space"),
        _in(_SPACE, "holds", "", _DRAWN),
    ),
    "driving": (
        _in(
            *(_REGRESSIONS, "regressions=regress"),
            "regression_table lm_tests regressions impacts detectable dynamic_tests "
            "regression_path",
            _REGRESSORS,
        ),
        _in(_DRIVERS, "convergence"),
        _in(_DRIVERS, "markov"),
        _in(_DRIVERS, "rank_mobility", "", _RANKS, chosen="dynamics.also"),
        _in(_DRIVERS, "lisa_transitions", "", _QUADRANTS, chosen="dynamics.also"),
        _in(_DRIVERS, "ellipse"),
        _in(
            *(_CHAIN, "linkages", "io_linkages extraction inoperability propagation"),
            INPUT_OUTPUT,
            command="chain",
        ),
        _in(
            *(_CHAIN, "network", "network single_points removal", INPUT_OUTPUT, _FLOWS),
            command="chain",
        ),
        _in(_CHAIN, "decomposition", "", INPUT_OUTPUT, _TWO_TABLES, command="chain"),
        _in(
            *(_CHAIN, "regional", "regional_linkages regional_ranges", INPUT_OUTPUT, _SIZES),
            command="chain",
        ),
        _in(_CHAIN, "disruption", "recovery_paths", INPUT_OUTPUT, _DISRUPTED, command="chain"),
        _in(_CHAIN, "shock", "shock shock_paths shock_variation foretelling", _SHOCK),
        _in(
            *(_MANAGEMENT, "management=keep_registers", "risks targets priorities maturity"),
            _REGISTERS,
            command="chain",
        ),
        _in(
            *(_MANAGEMENT, "warnings=give_warning"),
            "warnings thresholds backtest forecasts warnings_foretold",
            _WARN,
        ),
    ),
}

#: All of them.
REGISTRY = tuple(each for analyses in STAGES.values() for each in analyses)


def chosen_by(key: str, *, need: Need | None = None) -> tuple[str, ...]:
    """Name the analyses that a key of the study file chooses or leaves out."""
    return tuple(
        each.name
        for each in REGISTRY
        if each.chosen == key and (need is None or need in each.needs)
    )
