"""What drives resilience, whether regions converge, how the distribution moves, for a study."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from geo_resilience import spatial
from geo_resilience.errors import UndefinedError
from geo_resilience.study.analyses import Analysis, Case, Findings
from geo_resilience.study.regressions import regress, start_of

__all__ = ["DRIVING_ANALYSES"]


def _panel(case: Case) -> pd.DataFrame:
    """Give the composite as regions by years."""
    return case.index.scores.composite.unstack("year")


def _convergence(case: Case, found: Findings) -> None:
    table, notes = spatial.convergence_records(
        _panel(case),
        case.neighbors,
        controls=start_of(case),
        rng=case.stream("convergence"),
    )
    found.tables["convergence"] = table
    found.notes += notes


def _markov(case: Case, found: Findings) -> None:
    chain = spatial.spatial_markov(
        _panel(case),
        case.neighbors,
        case.plan.dynamics.classes,
        permutations=case.plan.permutations,
        rng=case.stream("markov"),
    )
    found.tables["markov"] = spatial.markov_records(chain)
    found.notes += chain.notes
    _moves(case, found)


def _moves(case: Case, found: Findings) -> None:
    """Ranks and quadrants from year to year, where the study asks for them."""
    asked, panel = case.plan.dynamics.also, _panel(case)
    if "rank_mobility" in asked:
        found.tables["rank_mobility"] = spatial.rank_records(
            panel,
            case.neighbors,
            case.zones or None,
            permutations=case.plan.permutations,
            rng=case.stream("ranks"),
        )
    if "lisa_transitions" in asked:
        moves = spatial.lisa_transitions(panel, case.neighbors)
        found.tables["lisa_transitions"] = spatial.lisa_records(moves)


def _ellipse(case: Case, found: Findings) -> None:
    outputs = [each.code for each in case.inputs.framework.with_role("output")][:1]
    panels = {"composite": _panel(case)}
    for code in outputs:
        panels[code] = case.variables[code].unstack("year")
    usable = {name: panel for name, panel in panels.items() if panel.notna().all(axis=None)}
    if not usable:
        raise UndefinedError("study.one_year")
    studied = case.inputs.ground.studied
    plane = spatial.equal_area(studied.frame, bundled=studied.bundled)
    found.tables["ellipse"] = spatial.ellipse_records(studied.frame, usable, projection=plane)


#: In the order in which their files are written.
DRIVING_ANALYSES: Mapping[str, Analysis] = {
    "regressions": regress,
    "convergence": _convergence,
    "markov": _markov,
    "ellipse": _ellipse,
}
