"""What drives resilience, whether regions converge, how the distribution moves, for a study."""

from __future__ import annotations

import pandas as pd

from geo_resilience import spatial
from geo_resilience.errors import UndefinedError
from geo_resilience.spatial.dynamics._tables import (
    convergence_records,
    ellipse_records,
    lisa_records,
    markov_records,
    rank_records,
)
from geo_resilience.spatial.neighbors._distances import equal_area
from geo_resilience.study._case import Case, Findings
from geo_resilience.study.analyses._regressions import start_of


def _panel(case: Case) -> pd.DataFrame:
    """Give the composite as regions by years."""
    return case.composite.unstack("year")


def convergence(case: Case, found: Findings) -> None:
    """Whether the regions draw nearer to each other."""
    table, notes = convergence_records(
        _panel(case), case.neighbors, controls=start_of(case), rng=case.stream("convergence")
    )
    found.tables["convergence"] = table
    found.notes += notes


def markov(case: Case, found: Findings) -> None:
    """Count the moves between classes, by the class of the neighbors."""
    chain = spatial.spatial_markov(
        _panel(case),
        case.neighbors,
        case.plan.dynamics.classes,
        permutations=case.plan.permutations,
        rng=case.stream("markov"),
    )
    found.tables["markov"] = markov_records(chain)
    found.notes += [*case.overlap_notes("markov"), *chain.notes]


def rank_mobility(case: Case, found: Findings) -> None:
    """Ranks from year to year, and what neighbors have to do with them."""
    found.tables["rank_mobility"] = rank_records(
        _panel(case),
        case.neighbors,
        case.zones or None,
        permutations=case.plan.permutations,
        rng=case.stream("ranks"),
    )


def lisa_transitions(case: Case, found: Findings) -> None:
    """Quadrants of Moran's scatter from year to year."""
    moves = spatial.lisa_transitions(_panel(case), case.neighbors)
    found.tables["lisa_transitions"] = lisa_records(moves)


def ellipse(case: Case, found: Findings) -> None:
    """Center and ellipse of the composite and of the output."""
    panels = {"composite": _panel(case)}
    for code in case.roles.get("output", ())[:1]:
        panels[code] = case.variables[code].unstack("year")
    usable = {name: panel for name, panel in panels.items() if panel.notna().all(axis=None)}
    if not usable:
        raise UndefinedError("study.one_year")
    studied = case.ground.studied
    plane = equal_area(studied.frame, bundled=studied.bundled)
    found.tables["ellipse"] = ellipse_records(studied.frame, usable, projection=plane)
