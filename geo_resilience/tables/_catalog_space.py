"""Tables of space and of what drives resilience: where it gathers, gaps, regressions, dynamics."""

from __future__ import annotations

from geo_resilience.tables._columns import (
    choice,
    given,
    integer,
    number,
    share,
    text,
    truth,
)
from geo_resilience.tables._schema import Table

__all__ = ["DRIVER_TABLES", "SPACE_TABLES"]

_YEAR, _VARIABLE = integer("year"), text("variable")
_STATISTIC = choice("statistic", "choice.statistic")
_VALUE = number("value", "missing")
#: A statistic's value beside what chance would give.
_AGAINST_CHANCE = (
    *(_VALUE, number("expected", "missing"), number("z", "missing")),
    *(share("p_normal", "missing"), share("p_sim", "missing")),
)
_PERMUTATIONS, _N = integer("permutations"), integer("n", unit="regions")
_CORRELOGRAM = (*_AGAINST_CHANCE, share("p_holm", "missing"), _N)
_GROUP = (text("group"), choice("kind", "choice.kind"), _VARIABLE)
_ESTIMATE = (number("estimate", "missing"), number("se", "missing"))
_TESTED = (
    *(number("z", "missing"), share("p", "missing")),
    *(number("low", "missing"), number("high", "missing")),
)

_GATHERED = (
    Table(
        "global",
        "space",
        (_YEAR, _VARIABLE, _STATISTIC, *_AGAINST_CHANCE, _PERMUTATIONS, _N),
        ("year", "variable", "statistic"),
        always=True,
    ),
    Table(
        "local",
        "space",
        (
            *(text("adcode"), text("name", optional=True), _YEAR, _VARIABLE),
            *(choice("statistic", "local_statistic.value"), _VALUE),
            *(number("z_value", "missing"), number("z_lag", "missing")),
            *(share("p_sim", "missing"), share("q_value", "missing")),
            choice("cluster", "cluster"),
        ),
        ("adcode", "year", "variable", "statistic"),
        always=True,
    ),
    Table(
        "correlogram",
        "space",
        (_YEAR, _VARIABLE, integer("order"), integer("links"), *_CORRELOGRAM),
        ("year", "variable", "order"),
    ),
    Table(
        "distance_correlogram",
        "space",
        (_YEAR, _VARIABLE, text("distance", unit="km"), integer("links"), *_CORRELOGRAM),
        ("year", "variable", "distance"),
    ),
    Table(
        "moran_change",
        "space",
        (
            *(_VARIABLE, integer("first_year"), integer("last_year"), number("first", "missing")),
            *(number("last", "missing"), number("change", "missing")),
            *(share("p_change", "missing"), number("slope", "missing")),
            *(share("p_slope", "missing"), _PERMUTATIONS),
        ),
        ("variable",),
    ),
    Table(
        "neighbors",
        "space",
        (
            *(text("rule"), text("description"), integer("regions"), integer("links")),
            *(integer("links_added"), integer("islands"), integer("components")),
            *(integer("fewest"), number("mean"), integer("most"), share("density")),
            *(truth("symmetric_links"), truth("symmetric_weights"), truth("row_standardized")),
            *(number("eigenvalue_low", "missing"), number("eigenvalue_high", "missing")),
        ),
        ("rule",),
    ),
    Table(
        "neighbors_sensitivity",
        "space",
        (
            *(_YEAR, _VARIABLE, text("rule"), _STATISTIC, *_AGAINST_CHANCE, _PERMUTATIONS, _N),
            *(integer("links"), integer("islands", unit="regions")),
        ),
        ("year", "variable", "rule", "statistic"),
    ),
    Table(
        "specialization",
        "space",
        (
            *(text("adcode", "empty"), _YEAR, choice("measure", "choice.specialization")),
            *(text("industry", "empty"), _VALUE),
        ),
        ("adcode", "year", "measure", "industry"),
        always=True,
    ),
    Table(
        "inequality",
        "space",
        (
            *(_YEAR, choice("measure", "choice.inequality"), text("grouping", "empty")),
            *(text("component"), _VALUE),
        ),
        ("year", "measure", "grouping", "component"),
    ),
    Table(
        "gaps",
        "space",
        (
            *(_YEAR, choice("measure", "atlas_measure"), _VALUE, share("p_value", "missing")),
            *(number("low", "missing"), number("high", "missing")),
            share("p_free", "missing", optional=True),
        ),
        ("year", "measure"),
        always=True,
    ),
    Table(
        "gaps_trend",
        "space",
        (
            *(choice("measure", "atlas_measure"), integer("years"), number("first")),
            *(number("last"), number("change"), number("slope"), integer("s")),
            share("p", "missing"),
        ),
        ("measure",),
    ),
    Table(
        "pattern",
        "space",
        (
            *(_YEAR, *_GROUP, _N, number("mean"), number("rest_mean", "missing")),
            *(number("difference", "missing"), share("p_free", "missing")),
            share("p_contiguous", "missing", optional=True),
            share("p_compact", "missing", optional=True),
            share("p_spatial", "missing", optional=True),
            share("p_min", "missing", optional=True),
            choice("verdict", "atlas_verdict", optional=True),
        ),
        ("year", "group", "kind", "variable"),
        always=True,
    ),
    Table(
        "pattern_null",
        "space",
        (
            *(_YEAR, *_GROUP, choice("null", "figure.null"), integer("draws")),
            *(number("q005"), number("q025"), number("q250"), number("q500"), number("q750")),
            *(number("q975"), number("q995")),
        ),
        ("year", "group", "kind", "variable", "null"),
    ),
    Table(
        "gradient",
        "space",
        (
            *(_YEAR, choice("direction", "choice.gradient")),
            *(number("slope", "missing", unit="points per 1,000 km"), share("r2", "missing")),
            *(number("ratio", "missing"), share("p_spatial", "missing")),
        ),
        ("year", "direction"),
    ),
    Table(
        "regionalization",
        "space",
        (
            *(text("grouping"), integer("parts"), number("adjusted_rand", "missing")),
            *(share("explained_by_plan", "missing"), share("explained_by_data", "missing")),
        ),
        ("grouping",),
    ),
)

_EXPLAINED = (
    Table(
        "regressions",
        "drivers",
        (
            *(text("model"), text("term"), *_ESTIMATE, *_TESTED, text("se_type")),
            *(integer("rows"), number("detectable", "missing")),
        ),
        ("model", "term"),
    ),
    Table(
        "regression_table",
        "drivers",
        (
            *(choice("section", "choice.section"), text("row", "empty")),
            given("column.regression_table.model", "text", "empty"),
        ),
    ),
    Table(
        "impacts",
        "drivers",
        (text("model"), _VARIABLE, choice("effect", "figure.effect"), *_ESTIMATE, *_TESTED),
        ("model", "variable", "effect"),
    ),
    Table(
        "lm_tests",
        "drivers",
        (
            *(text("model"), choice("test", "choice.lm_test"), number("statistic", "missing")),
            *(integer("df"), share("p", "missing")),
        ),
        ("model", "test"),
    ),
    Table(
        "regression_path",
        "drivers",
        (text("regression"), integer("step"), text("finding"), text("reason")),
        ("regression", "step"),
    ),
    Table(
        "detectable",
        "drivers",
        (
            *(text("model"), text("term"), *_ESTIMATE, number("detectable", "missing")),
            *(number("standardized", "missing"), integer("rows")),
        ),
        ("model", "term"),
    ),
)

_MOVED = (
    Table(
        "convergence",
        "drivers",
        (
            *(choice("kind", "choice.convergence"), text("model"), text("term"), _VALUE),
            *(number("se", "missing"), share("p", "missing")),
        ),
        ("kind", "model", "term"),
    ),
    Table(
        "rank_mobility",
        "drivers",
        (
            *(integer("from"), integer("to"), number("tau", "missing"), share("p", "missing")),
            *(integer("concordant", unit="pairs"), integer("discordant", unit="pairs")),
            *(number("mean_rank_change", unit="places"), number("tau_neighbors", "missing")),
            *(number("tau_expected", "missing"), share("p_sim", "missing")),
            share("theta", "missing", optional=True),
            share("theta_expected", "missing", optional=True),
            share("theta_p_sim", "missing", optional=True),
        ),
        ("from", "to"),
    ),
    Table(
        "lisa_transitions",
        "drivers",
        (text("measure"), text("quadrant", "empty"), text("next", "empty"), _VALUE),
        ("measure", "quadrant", "next"),
    ),
    Table(
        "markov",
        "drivers",
        (text("chain"), text("measure"), integer("class"), integer("next"), _VALUE),
        ("chain", "measure", "class", "next"),
    ),
    Table(
        "ellipse",
        "drivers",
        (
            *(_VARIABLE, _YEAR, number("lon", unit="degrees"), number("lat", unit="degrees")),
            *(number("semi_major_km", unit="km"), number("semi_minor_km", unit="km")),
            *(share("ratio", "missing"), number("area_km2", unit="km²")),
            *(number("azimuth", unit="degrees"), number("shift_km", "missing", unit="km")),
            number("shift_azimuth", "missing", unit="degrees"),
            *(choice("direction", "choice.compass", "empty"),),
            *(number("total_shift_km", unit="km"), text("projection")),
        ),
        ("variable", "year"),
    ),
)

#: In the order of the pages.
SPACE_TABLES: tuple[Table, ...] = _GATHERED
DRIVER_TABLES: tuple[Table, ...] = (*_EXPLAINED, *_MOVED)
