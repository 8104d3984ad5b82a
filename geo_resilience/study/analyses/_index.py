"""How sure the index is, what holds regions back and what moves: the analyses of the index."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pandas as pd

from geo_resilience import evaluation
from geo_resilience.evaluation._aggregation import above_zero
from geo_resilience.evaluation._contributions import contribution_table
from geo_resilience.evaluation._correlation_flags import correlation_flags, flag_notes
from geo_resilience.evaluation._coupling import FORMS
from geo_resilience.evaluation._diagnostics import reliability_table
from geo_resilience.evaluation._effective_weights import effective_weight_table
from geo_resilience.evaluation._obstacles import obstacle_table
from geo_resilience.evaluation._other_rankings import ordering_correlations
from geo_resilience.evaluation._trends import density_curves
from geo_resilience.evaluation._weight_margins import weight_margin_table
from geo_resilience.evaluation.robustness._cells import FIRST
from geo_resilience.indicators._shared_columns import shared_columns, shared_note
from geo_resilience.notes import Note
from geo_resilience.statistics._repetitions import SENSITIVITY_REGIONS, ranks_together
from geo_resilience.statistics._trends import size_of_trends
from geo_resilience.study._case import Case, Findings
from geo_resilience.study._index import build_index
from geo_resilience.study._preprocessing import measure
from geo_resilience.study._simulation import draws_of

#: Places that an interval of ranks spans at least where one cell is said to drive it.
_WIDE = 5


def reliability(case: Case, found: Findings) -> None:
    """Reliability of the indicators as one scale."""
    table = reliability_table(
        case.values,
        case.weights,
        case.dimensions,
        how=case.index.mean,
        language=case.plan.language,
    )
    found.tables["reliability"] = table


def weights_comparison(case: Case, found: Findings) -> None:
    """Say what the other weights would change."""
    side = case.index.tables["weights"].set_index("code")
    sets = {name: side[name] for name in side if name != "used" and side[name].notna().all()}
    found.tables["weights_comparison"] = evaluation.compare_weights(
        case.values, sets, case.weights, how=case.index.mean, cuts=case.index.cuts
    )


def weight_margins(case: Case, found: Findings) -> None:
    """Say how far weights may move before places change hands in the last year."""
    last, how = case.years[-1], case.index.mean
    values = case.values.xs(last, level="year")
    found.tables["weight_margins"] = weight_margin_table(values, case.weights, how=how).assign(
        year=last
    )


def effective_weights(case: Case, found: Findings) -> None:
    """Put what each indicator moves beside what it weighs."""
    table = effective_weight_table(case.values, case.weights, how=case.index.mean)
    found.tables["effective_weights"] = table


def shared(case: Case, found: Findings) -> None:
    """Name the columns that several indicators are made from."""
    table = shared_columns(case.inputs.framework)
    found.tables["shared_columns"] = table
    found.notes += shared_note(table)


def flag(case: Case, found: Findings) -> None:
    """Name pairs of indicators that say the same, or are opposed within a dimension."""
    table = correlation_flags(case.indicators, case.inputs.framework.paths)
    found.tables["correlation_flags"] = table
    found.notes += flag_notes(table, case.years[-1])


def nominal(case: Case, found: Findings) -> None:
    """Put the composite at current prices beside that of the study, which names a deflator."""
    asked = replace(case.plan, framework=replace(case.plan.framework, deflator=None))
    index = build_index(asked, case.inputs, measure(asked, case.inputs))
    scores = index.scores
    table = pd.DataFrame({"nominal": scores.composite, "nominal_rank": scores.ranks})
    table["composite"] = case.index.scores.composite
    found.tables["nominal"] = case.named(table)


def rankings(case: Case, found: Findings) -> None:
    """Put the composite's order beside those of other rankings."""
    table = evaluation.rankings(case.values, case.weights, how=case.index.mean)
    order = ordering_correlations(
        table[[name for name in table if not str(name).endswith("_rank")]]
    )
    found.tables |= {"rankings": case.named(table), "rankings_correlation": order}


def fuzzy(case: Case, found: Findings) -> None:
    """Membership of every region in the grades."""
    asked = case.plan.fuzzy
    fuzzy = evaluation.fuzzy_evaluation(
        case.values,
        case.weights,
        shape=asked.shape,
        operator=asked.operator,
        cuts=case.index.cuts,
    )
    table = fuzzy.memberships.rename(columns=lambda grade: f"membership_{str(grade).lower()}")
    table = table.assign(
        by_maximum=fuzzy.by_maximum.astype("str"),
        by_average=fuzzy.by_average.astype("str"),
        average=fuzzy.average,
        differs=fuzzy.differs,
    )
    found.tables["fuzzy"] = case.named(table)


def obstacles(case: Case, found: Findings) -> None:
    """Name what holds each region back, and each zone."""
    table = obstacle_table(case.values, case.weights, case.dimensions)
    degrees = evaluation.obstacle_degrees(case.values, case.weights)
    top = evaluation.top_obstacles(degrees, groups={"all": case.keys, **case.zones})
    found.tables |= {"obstacles": table, "obstacles_by_zone": top}


def coupling(case: Case, found: Findings) -> None:
    """Coupling coordination of the dimensions, in both forms."""
    systems = above_zero(case.index.scores.dimensions.clip(0, 1))
    parts = []
    for form in FORMS:
        degrees = evaluation.coupling_coordination(systems, form=form)
        stage = evaluation.coordination_stages(degrees["coordination"]).astype("str")
        parts.append(case.named(degrees.assign(stage=stage)).assign(form=form))
    table = pd.concat(parts, ignore_index=True)
    found.tables["coupling"] = table.sort_values(["adcode", "year", "form"], ignore_index=True)
    found.notes.append(Note("study.coupling_forms"))


def trends(case: Case, found: Findings) -> None:
    """Growth and trend of every region, and how ranks moved."""
    scores = case.index.scores
    courses = {"composite": scores.composite, **dict(scores.dimensions.items())}
    parts = []
    for variable, series in courses.items():
        parts.append(case.named(evaluation.growth_and_trend(series)).assign(variable=variable))
    table = pd.concat(parts, ignore_index=True).sort_values("adcode", kind="stable")
    mobility = evaluation.rank_changes(scores.composite)
    found.tables |= {"trends": table, "mobility": mobility}
    found.notes += case.overlap_notes("trends")
    if len(case.years) < 10:
        size = size_of_trends(len(case.years))
        short = {
            "years": len(case.years),
            "regions": len(case.names),
            "share": f"{100 * size:.1f}",
            "expected": f"{size * len(case.names):.1f}",
        }
        found.notes.append(Note(f"study.short_series{'' if size else '_never'}", values=short))


def contributions(case: Case, found: Findings) -> None:
    """Every step from year to year, and the whole way from the first to the last."""
    years = case.years
    steps = list(pairwise(years))
    spans = [*steps, (years[0], years[-1])] if len(steps) > 1 else steps
    parts = []
    for before, after in spans:
        split = case.split_change(before, after)
        by_region = contribution_table(split, case.dimensions)
        groups = {"all": case.keys, **case.zones}
        by_group = contribution_table(split, case.dimensions, groups=groups)
        span = {"from": before, "to": after}
        parts += [part.assign(**span) for part in (by_region, by_group)]
    found.tables["contributions"] = pd.concat(parts, ignore_index=True)


def peers(case: Case, found: Findings) -> None:
    """Every region beside the others of its zone."""
    zones = {key: zone for zone, members in case.zones.items() for key in members}
    table = evaluation.compare_with_peers(
        case.values,
        case.weights,
        zones or dict.fromkeys(case.keys, ""),
        how=case.index.mean,
    )
    found.tables["peers"] = case.named(table)


def distribution(case: Case, found: Findings) -> None:
    """Describe the distribution of scores by year."""
    composite = case.index.scores.composite
    curves = density_curves(composite)
    density = curves.unstack().rename("density").reset_index()  # a row a year and score
    distribution = evaluation.score_distribution(composite).reset_index()
    found.tables |= {"distribution": distribution, "density": density}


def uncertainty(case: Case, found: Findings) -> None:
    """Give intervals of composite and rank, probabilities of grades, changes and places."""
    simulated = case.simulated
    found.notes += _outside(case, simulated)
    rising = {"p_rise": simulated.changes["rise"], "p_fall": simulated.changes["fall"]}
    table = simulated.table.assign(**rising)
    table["p_top_5"] = simulated.top_probability(min(FIRST, len(case.keys)))
    width = ranks_together(len(case.keys), len(simulated.ranks))
    places = simulated.places(width).reset_index()
    if width > 1:
        found.notes.append(Note("study.rank_classes", values={"width": width}))
    found.tables["driving_cells"] = _driving(case, simulated)
    found.tables |= {
        "uncertainty": case.named(table),
        "rank_acceptability": places,
        "rank_pairs": simulated.pairs,
    }


def _driving(case: Case, simulated: evaluation.Uncertainty) -> pd.DataFrame:
    """Name the cell that each region of the last year owes most of its interval of ranks to."""
    table = simulated.driving_cells().rename(columns={"top_without": "p_top_5_without"})
    values = case.indicators
    table.insert(1, "value", [values.at[row, code] for row, code in table["indicator"].items()])
    top = simulated.top_probability(min(FIRST, len(case.keys)))
    ranks = simulated.ranks.loc[table.index]
    table = table.assign(rank_low=ranks["low"], rank_high=ranks["high"])
    table["p_top_5"] = top.loc[table.index]
    wide = table["rank_high"] - table["rank_low"]
    narrow = table["rank_high_without"] - table["rank_low_without"]
    table["drives"] = (wide >= _WIDE) & (2 * narrow <= wide)
    return case.named(table)


def _outside(case: Case, simulated: evaluation.Uncertainty) -> list[Note]:
    """Say where the study's own composite is no middle of what else could be chosen."""
    own, other = case.index.scores.composite, simulated.composites
    notes, outside = _fewer_draws(case), (own < other["low"]) | (own > other["high"])
    if outside.mean() > 0.05:
        counts = {"count": int(outside.sum()), "rows": len(own)}
        notes.append(Note("study.own_outside", values=counts))
    if simulated.skewed:
        share = f"{simulated.settings['position']:.0%}".rstrip("%")
        notes.append(Note("study.skewed_draws", values={"share": share}))
    return notes


def _fewer_draws(case: Case) -> list[Note]:
    """Say where there are so many rows that fewer draws have to do."""
    asked, rows = case.plan.uncertainty.draws, len(case.values)
    draws = draws_of(case.plan, rows)
    if draws == asked:
        return []
    within = f"{100 * 1.96 * np.sqrt(0.25 / draws):.2g}"
    told = {"rows": rows, "draws": draws, "asked": asked, "within": within}
    return [Note("study.fewer_draws", values=told)]


def sensitivity(case: Case, found: Findings) -> None:
    """Say what the doubt about the ranks comes from: Sobol indices of the choices."""
    table = case.simulated.sensitivity
    if len(case.keys) > SENSITIVITY_REGIONS:
        few = len(range(0, len(case.keys), -(-len(case.keys) // SENSITIVITY_REGIONS)))
        told = {"count": few, "regions": len(case.keys)}
        found.notes.append(Note("study.sensitivity_regions", values=told))
    found.tables["sensitivity"] = table.replace([np.inf, -np.inf], np.nan)
    case.forget_draws()
