"""Regressions, convergence, chains and ellipses as the long tables that a study writes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from geo_resilience.errors import GeoResilienceError
from geo_resilience.notes import Note
from geo_resilience.spatial.dynamics._clubs import convergence_clubs
from geo_resilience.spatial.dynamics._convergence import beta_convergence, sigma_convergence
from geo_resilience.spatial.dynamics._ellipse import ellipse_path
from geo_resilience.spatial.dynamics._markov import Markov, SpatialMarkov
from geo_resilience.spatial.dynamics._mobility import LisaTransitions, rank_mobility, rank_theta
from geo_resilience.spatial.regression._detectable import (
    detectable_effects,
    minimal_detectable_effect,
)
from geo_resilience.spatial.regression._dynamic_panel import DynamicModel
from geo_resilience.spatial.regression._impacts import impacts
from geo_resilience.spatial.regression._models import Model
from geo_resilience.tables import CATALOG

__all__ = [
    "convergence_records",
    "dynamic_records",
    "ellipse_records",
    "impact_notes",
    "impact_records",
    "lisa_records",
    "lm_records",
    "markov_records",
    "power_records",
    "rank_records",
    "regression_records",
]


def lm_records(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Stack tables of `lm_tests` by name: columns model, test, statistic, df, p."""
    parts = [table.rename_axis("test").reset_index().assign(model=n) for n, table in tables.items()]
    return pd.concat(parts, ignore_index=True)


def regression_records(models: Mapping[str, Model]) -> pd.DataFrame:
    """Stack coefficients by model.

    Columns model, term, estimate, se, z, p, low, high, then what stands behind each: se_type
    (as `Model.se`), rows, and detectable, the size that is found in four cases of five.
    """
    parts = []
    for name, model in models.items():
        part = model.intervals().join(detectable_effects(model)["detectable"])
        part = part.rename_axis("term").reset_index()
        parts.append(part.assign(model=name, se_type=model.se, rows=model.n))
    return pd.concat(parts, ignore_index=True)


def dynamic_records(name: str, found: DynamicModel) -> pd.DataFrame:
    """Give a dynamic panel's three estimators as rows of `regression_records`."""
    parts = [regression_records({f"{name} within": found.within})]
    moments = found.moments
    for estimator, table, se_type, rows in (
        ("jackknife", found.jackknife, "bootstrap", found.within.n),
        ("arellano_bond", moments.coefficients, "robust", moments.regions * moments.periods),
    ):
        part = table.rename_axis("term").reset_index().assign(model=f"{name} {estimator}")
        part["low"] = part["estimate"] - 1.959964 * part["se"]
        part["high"] = part["estimate"] + 1.959964 * part["se"]
        part["detectable"] = minimal_detectable_effect(part["se"])
        parts.append(part.assign(se_type=se_type, rows=rows))
    return pd.concat(parts, ignore_index=True)


def impact_records(models: Mapping[str, Model]) -> pd.DataFrame:
    """Stack impacts: columns model, variable, effect, estimate, se, z, p, low, high."""
    parts = []
    for name, model in models.items():
        low_high = impacts(model, draws=model.draws, rng=model.seed)
        parts.append(low_high.reset_index().assign(model=name))
    return pd.concat(parts, ignore_index=True)


def impact_notes(models: Mapping[str, Model], *, tolerance: float = 0.2) -> list[Note]:
    """Say where drawn standard errors and those of the delta method part company."""
    notes = []
    for name, model in models.items():
        if model.rho is None:
            continue
        drawn = impacts(model, draws=model.draws, rng=model.seed)["se"]
        delta = impacts(model, method="delta")["se"]
        gap = float((drawn / delta - 1).abs().max())
        if gap > tolerance:
            told = {"model": name, "percent": f"{100 * gap:.0f}", "rho": f"{model.rho:.2f}"}
            notes.append(Note("regression.impacts_part", values=told))
    return notes


def power_records(models: Mapping[str, Model]) -> pd.DataFrame:
    """Stack `detectable_effects`: model, term, estimate, se, detectable, standardized, rows."""
    parts = [
        detectable_effects(model).rename_axis("term").reset_index().assign(model=name)
        for name, model in models.items()
    ]
    return pd.concat(parts, ignore_index=True)


def convergence_records(
    panel: pd.DataFrame,
    neighbors: Any = None,
    *,
    controls: pd.DataFrame | None = None,
    rng: Any = None,
) -> tuple[pd.DataFrame, tuple[Note, ...]]:
    """Give sigma, beta and club convergence of a panel of positive values.

    Parameters
    ----------
    panel : DataFrame
        Rows regions, columns years.
    neighbors : libpysal.graph.Graph or object with ``.graph``, optional
    controls : DataFrame by region, optional
    rng : None, int or Generator

    Returns
    -------
    (DataFrame, tuple of Note)
        Columns kind (sigma, beta, club), model, term, value, se, p (of log t one-sided: small
        where convergence is refused). A model that the data do not allow is left out and said in
        a note.
    """
    rows, notes = _sigma_rows(panel), []
    forms: dict[str, dict[str, Any]] = {"absolute": {}}
    if controls is not None:
        forms["conditional"] = {"controls": controls}
    if neighbors is not None:
        forms["spatial lag"] = {"neighbors": neighbors, "model": "lag", "rng": rng}
        forms["spatial error"] = {"neighbors": neighbors, "model": "error", "rng": rng}
    for name, options in forms.items():
        try:
            rows += _beta_rows(panel, name, options)
        except GeoResilienceError as problem:
            notes.append(_left_out(name, problem))
    try:
        clubs = convergence_clubs(panel)
    except GeoResilienceError as problem:
        notes.append(_left_out("log t", problem))
    else:
        notes += clubs.notes
        whole = clubs.whole
        rows.append(_row("club", "all regions", "b", whole.b, whole.se, _below(whole.t)))
        for club, row in clubs.table.iterrows():
            p = _below(row["t"])
            rows.append(_row("club", f"club {club}", "b", row["b"], row["se"], p))
            rows.append(_row("club", f"club {club}", "n", row["n"]))
        for key, club in clubs.members.items():
            rows.append(_row("club", "member", str(key), float(club)))
    return pd.DataFrame(rows), tuple(notes)


def _below(t: float) -> float:
    """Give the one-sided p of log t: small where convergence is refused."""
    from scipy.special import ndtr

    return float(ndtr(t))


def _left_out(name: str, problem: GeoResilienceError) -> Note:
    return Note("regression.left_out", values={"model": name, "reason": problem.phrases})


def _row(
    kind: str, model: str, term: str, value: float, se: float = np.nan, p: float = np.nan
) -> dict[str, Any]:
    return {"kind": kind, "model": model, "term": term, "value": value, "se": se, "p": p}


def _sigma_rows(panel: pd.DataFrame) -> list[dict[str, Any]]:
    found = sigma_convergence(panel)
    rows = []
    for year, row in found.table.iterrows():
        rows += [_row("sigma", str(year), name, row[name]) for name in ("sd_log", "cv")]
    rows.append(_row("sigma", "trend", "slope", found.slope, found.se, found.p))
    rows.append(_row("sigma", "trend", "tau", found.tau, p=found.tau_p))
    rows.append(_row("sigma", "last over first", "ratio", found.ratio, p=found.ratio_p))
    return rows


def _beta_rows(panel: pd.DataFrame, name: str, options: dict[str, Any]) -> list[dict[str, Any]]:
    found = beta_convergence(panel, **options)
    rows = [
        _row("beta", name, "beta", found.beta, found.se, found.p),
        _row("beta", name, "speed", found.speed, found.speed_se),
        _row("beta", name, "half_life", found.half_life),
        _row("beta", name, "r2", found.r2),
        _row("beta", name, "log_likelihood", found.log_likelihood),
    ]
    for symbol, row in found.model.spatial.iterrows():
        rows.append(_row("beta", name, str(symbol), row["estimate"], row["se"], row["p"]))
    return rows


def markov_records(chain: Markov | SpatialMarkov) -> pd.DataFrame:
    """Give a chain as a long table: columns chain, measure, class, next, value.

    `chain` is ``all`` or the class of the neighbors' mean; `class` and `next` are 0 where a
    measure has none. Tests stand under the measures LR and chi-squared (and their _df, _p,
    _p_sim).
    """
    if isinstance(chain, Markov):
        return pd.DataFrame(_chain_rows("all", chain))
    rows = _chain_rows("all", chain.overall)
    for label, part in chain.chains.items():
        rows += _chain_rows(str(label), part)
    for name, row in chain.tests.iterrows():
        rows.append(_cell("tests", str(name), 0, 0, row["statistic"]))
        rows += [_cell("tests", f"{name}_{c}", 0, 0, row[c]) for c in ("df", "p", "p_sim")]
    return pd.DataFrame(rows)


def _cell(chain: str, measure: str, here: int, there: int, value: float) -> dict[str, Any]:
    return {"chain": chain, "measure": measure, "class": here, "next": there, "value": value}


def _chain_rows(name: str, chain: Markov) -> list[dict[str, Any]]:
    rows = []
    squares = {
        "count": chain.counts,
        "probability": chain.probabilities,
        "se": chain.se,
        "first_passage": chain.first_passage,
    }
    for measure, square in squares.items():
        for here, row in square.iterrows():
            rows += [_cell(name, measure, int(here), int(n), v) for n, v in row.items()]
    for measure, series in (("steady_state", chain.steady_state), ("prais", chain.prais)):
        rows += [_cell(name, measure, int(here), 0, value) for here, value in series.items()]
    rows.append(_cell(name, "shorrocks", 0, 0, chain.shorrocks))
    rows += [_cell(name, str(measure), 0, 0, value) for measure, value in chain.mobility.items()]
    if name == "all":
        rows += [_cell(name, "cut", i, 0, cut) for i, cut in enumerate(chain.cuts, start=1)]
    return rows


def rank_records(
    panel: pd.DataFrame,
    neighbors: Any,
    groups: Mapping[str, Any] | None = None,
    *,
    permutations: int | None = None,
    rng: Any = None,
) -> pd.DataFrame:
    """Give `rank_mobility` and, with a partition, `rank_theta` by pairs of years.

    Columns from, to, those of `rank_mobility`, and theta, theta_expected, theta_p_sim.
    """
    table = rank_mobility(panel, neighbors, permutations=permutations, rng=rng)
    if groups:
        spans = [panel] if panel.shape[1] < 3 else [panel, panel.iloc[:, [0, -1]]]
        parts = [rank_theta(part, groups, permutations=permutations, rng=rng) for part in spans]
        shared = pd.concat(parts)
        names = {"expected": "theta_expected", "p_sim": "theta_p_sim"}
        table = table.join(shared.rename(columns=names))
    return table.reset_index()


def lisa_records(found: LisaTransitions) -> pd.DataFrame:
    """Give moves between quadrants as a long table: columns measure, quadrant, next, value.

    Measures count, probability and expected have both quadrants; moves has its kind as quadrant;
    chi-squared, df and p have none.
    """
    squares = {
        "count": found.counts,
        "probability": found.probabilities,
        "expected": found.expected,
    }
    rows = [
        (measure, here, there, float(value))
        for measure, square in squares.items()
        for here, row in square.iterrows()
        for there, value in row.items()
    ]
    rows += [("moves", kind, "", float(count)) for kind, count in found.moves.items()]
    tests = {"chi-squared": found.statistic, "df": found.df, "p": found.p}
    rows += [(name, "", "", float(value)) for name, value in tests.items()]
    return pd.DataFrame(rows, columns=CATALOG["lisa_transitions"].names)


def ellipse_records(
    places: Any, panels: Mapping[str, pd.DataFrame], *, projection: str | None = None
) -> pd.DataFrame:
    """Give `ellipse_path` of several weights: columns variable, year and those of the path."""
    parts = [
        ellipse_path(places, panel, projection=projection).reset_index().assign(variable=name)
        for name, panel in panels.items()
    ]
    return pd.concat(parts, ignore_index=True)
