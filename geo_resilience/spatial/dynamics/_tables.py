"""The long tables of convergence, chains, mobility and ellipses that a study writes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from geo_resilience.errors import GeoResilienceError
from geo_resilience.notes import Note
from geo_resilience.spatial.dynamics._clubs import LEAST, convergence_clubs
from geo_resilience.spatial.dynamics._convergence import beta_convergence, sigma_convergence
from geo_resilience.spatial.dynamics._ellipse import ellipse_path
from geo_resilience.spatial.dynamics._markov import Markov, SpatialMarkov
from geo_resilience.spatial.dynamics._mobility import LisaTransitions, rank_mobility, rank_theta
from geo_resilience.spatial.neighbors._alignment import Linked
from geo_resilience.spatial.regression._tables import stacked
from geo_resilience.statistics._repetitions import Rng
from geo_resilience.tables import CATALOG

_Row = tuple[str, str, str, float, float, float]


def _row(
    kind: str, model: str, term: str, value: float, se: float = np.nan, p: float = np.nan
) -> _Row:
    return kind, model, term, value, se, p


def convergence_records(
    panel: pd.DataFrame,
    neighbors: Linked | None = None,
    *,
    controls: pd.DataFrame | None = None,
    rng: Rng = None,
) -> tuple[pd.DataFrame, list[Note]]:
    """Give sigma, beta and club convergence of a panel of positive values: the table convergence.

    p of log t is one-sided, small where convergence is refused; below ten years it is a description
    and has none. A model that the data do not allow
    is left out and said in a note.
    """
    forms: dict[str, dict[str, Any]] = {"absolute": {}}
    if controls is not None:
        forms["conditional"] = {"controls": controls}
    if neighbors is not None:
        for model in ("lag", "error"):
            forms[f"spatial {model}"] = {"neighbors": neighbors, "model": model, "rng": rng}
    rows, notes = list(_sigma_rows(panel)), list[Note]()
    steps = {name: _beta_rows(panel, name, options) for name, options in forms.items()}
    for name, found in {**steps, "log t": _club_rows(panel, notes)}.items():
        try:
            rows += list(found)
        except GeoResilienceError as problem:
            told = {"model": name, "reason": problem.phrases}
            notes.append(Note("regression.left_out", values=told))
    return pd.DataFrame(rows, columns=CATALOG["convergence"].names), notes


def _sigma_rows(panel: pd.DataFrame) -> Iterable[_Row]:
    found = sigma_convergence(panel)
    for year, row in found.table.iterrows():
        for name in ("sd_log", "cv"):
            yield _row("sigma", str(year), name, row[name])
    yield _row("sigma", "trend", "slope", found.slope, found.se, found.p)
    yield _row("sigma", "trend", "tau", found.tau, p=found.tau_p)
    yield _row("sigma", "last over first", "ratio", found.ratio, p=found.ratio_p)


def _beta_rows(panel: pd.DataFrame, name: str, options: dict[str, Any]) -> Iterable[_Row]:
    found = beta_convergence(panel, **options)
    yield _row("beta", name, "beta", found.beta, found.se, found.p)
    yield _row("beta", name, "speed", found.speed, found.speed_se)
    for term in ("half_life", "r2", "log_likelihood"):
        yield _row("beta", name, term, getattr(found, term))
    for symbol, row in found.model.spatial.iterrows():
        yield _row("beta", name, str(symbol), row["estimate"], row["se"], row["p"])


def _club_rows(panel: pd.DataFrame, notes: list[Note]) -> Iterable[_Row]:
    from scipy.special import ndtr

    clubs = convergence_clubs(panel)
    notes += clubs.notes
    whole, told = clubs.whole, panel.shape[1] >= LEAST
    p = float(ndtr(whole.t)) if told else np.nan
    yield _row("club", "all regions", "b", whole.b, whole.se, p)
    for club, row in clubs.table.iterrows():
        p = float(ndtr(row["t"])) if told else np.nan
        yield _row("club", f"club {club}", "b", row["b"], row["se"], p)
        yield _row("club", f"club {club}", "n", row["n"])
    for key, club in clubs.members.items():
        yield _row("club", "member", str(key), float(club))


_Cell = tuple[str, str, int, int, float]


def markov_records(chain: Markov | SpatialMarkov) -> pd.DataFrame:
    """Give a chain as the table markov: `chain` is ``all`` or the class of the neighbors' mean.

    `class` and `next` are 0 where a measure has none. Tests stand under the measures LR and
    chi-squared (and their _df, _p, _p_sim).
    """
    cells = list(_chain_cells("all", chain if isinstance(chain, Markov) else chain.overall))
    if isinstance(chain, SpatialMarkov):
        for label, part in chain.chains.items():
            cells += _chain_cells(str(label), part)
        for name, row in chain.tests.iterrows():
            cells.append(("tests", str(name), 0, 0, row["statistic"]))
            cells += [("tests", f"{name}_{c}", 0, 0, row[c]) for c in ("df", "p", "p_sim")]
    return pd.DataFrame(cells, columns=CATALOG["markov"].names)


def _chain_cells(name: str, chain: Markov) -> Iterable[_Cell]:
    for measure, square in {
        "count": chain.counts,
        "probability": chain.probabilities,
        "se": chain.se,
        "first_passage": chain.first_passage,
    }.items():
        for (here, there), value in _cells_of(square):
            yield name, measure, int(here), int(there), value
    for measure in ("steady_state", "prais"):
        for here, value in getattr(chain, measure).items():
            yield name, measure, int(here), 0, value
    yield name, "shorrocks", 0, 0, chain.shorrocks
    for measure, value in chain.mobility.items():
        yield name, str(measure), 0, 0, value
    if name == "all":
        for place, cut in enumerate(chain.cuts, start=1):
            yield name, "cut", place, 0, cut


def _cells_of(square: pd.DataFrame) -> Iterable[tuple[tuple[Any, Any], float]]:
    for here, row in square.iterrows():
        for there, value in row.items():
            yield (here, there), float(value)


def rank_records(
    panel: pd.DataFrame,
    neighbors: Linked,
    groups: Mapping[str, Any] | None = None,
    *,
    permutations: int | None = None,
    rng: Rng = None,
) -> pd.DataFrame:
    """Give `rank_mobility` and, with a partition, `rank_theta` by pairs of years: rank_mobility."""
    table = rank_mobility(panel, neighbors, permutations=permutations, rng=rng)
    if groups:
        spans = [panel] if panel.shape[1] < 3 else [panel, panel.iloc[:, [0, -1]]]
        parts = [rank_theta(part, groups, permutations=permutations, rng=rng) for part in spans]
        names = {"expected": "theta_expected", "p_sim": "theta_p_sim"}
        table = table.join(pd.concat(parts).rename(columns=names))
    return table.reset_index()


def lisa_records(found: LisaTransitions) -> pd.DataFrame:
    """Give moves between quadrants as the table lisa_transitions.

    Measures count, probability and expected have both quadrants; moves has its kind as quadrant;
    chi-squared, df and p have none.
    """
    squares = {
        "count": found.counts,
        "probability": found.probabilities,
        "expected": found.expected,
    }
    rows = [
        (measure, *places, value)
        for measure, square in squares.items()
        for places, value in _cells_of(square)
    ]
    rows += [("moves", kind, "", float(count)) for kind, count in found.moves.items()]
    tests = {"chi-squared": found.statistic, "df": found.df, "p": found.p}
    rows += [(name, "", "", float(value)) for name, value in tests.items()]
    return pd.DataFrame(rows, columns=CATALOG["lisa_transitions"].names)


def ellipse_records(
    places: Any, panels: Mapping[str, pd.DataFrame], *, projection: str | None = None
) -> pd.DataFrame:
    """Give `ellipse_path` of several weights by name: the table ellipse."""
    paths = {name: ellipse_path(places, p, projection=projection) for name, p in panels.items()}
    return stacked(paths, "year", "variable")
