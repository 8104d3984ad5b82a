"""Tables of the chain: input-output, shocks, and what a planner manages by."""

from __future__ import annotations

from dataclasses import replace

from geo_resilience.tables._columns import (
    Column,
    category,
    choice,
    given,
    integer,
    number,
    share,
    text,
    truth,
)
from geo_resilience.tables._schema import Table

__all__ = ["CHAIN_TABLES"]

_DATED = integer("year", "missing")
_SECTOR, _NAME = text("sector"), text("name")
_OWN = given("column.given")
_KEY, _VARIABLE = text("adcode"), text("variable")
_PAIR = (text("supplier"), text("supplier_name"), text("buyer"), text("buyer_name"))
_SHOCK_YEARS = (text("shock"), text("recovered"))
_TYPE = (
    *(number("resistance", "missing"), number("recovery", "missing")),
    category("type", "chain.shock", "missing"),
)
_SIDE = choice("side", "choice.side")


def _money(name: str, blank: str = "never") -> Column:
    """Describe a column of the money of the input-output table."""
    return number(name, blank, unit="money")


_HELD = (
    Table(
        "io_linkages",
        "chain",
        (
            *(_DATED, choice("technology", "choice.technology"), _SECTOR, _NAME, _money("output")),
            *(number("multiplier"), number("value_added_multiplier", "missing")),
            *(number("income_multiplier", "missing"), number("backward"), number("forward")),
            *(number("forward_ghosh", "missing"), number("backward_cv", "missing")),
            *(number("forward_cv", "missing"), category("quadrant", "chain.quadrant", "missing")),
            *(number("upstreamness", "missing"), number("downstreamness", "missing")),
            *(number("import_direct", "missing"), number("import_total", "missing")),
            *(share("import_share", "missing"), text("import_product", "missing")),
            *(share("supplier_hhi", "missing"), share("supplier_cr3", "missing")),
            *(text("name_en", "empty"), text("name_zh", "empty")),
        ),
        ("year", "technology", "sector"),
    ),
    Table(
        "network",
        "chain",
        (
            *(_DATED, _SECTOR, _NAME, _money("in_strength"), _money("out_strength")),
            *(_money("strength"), share("betweenness"), share("pagerank")),
            *(share("supplier_hhi", "missing"), share("supplier_cr3", "missing")),
            *(text("largest_supplier", "missing"), share("largest_share", "missing")),
            *(integer("suppliers", unit="sectors"), integer("sole_for", unit="sectors")),
            truth("splits", "missing"),
        ),
        ("year", "sector"),
    ),
    Table(
        "single_points",
        "chain",
        (_DATED, *_PAIR, share("share"), truth("splits")),
        ("year", "supplier", "buyer"),
    ),
    Table(
        "removal",
        "chain",
        (
            *(_DATED, choice("measure", "figure.removal"), integer("removed", unit="sectors")),
            *(text("sector", "missing"), text("name", "missing"), share("flow")),
            *(share("component"), share("random_flow"), share("random_flow_low")),
            *(share("random_flow_high"), share("random_component")),
            *(share("random_component_low"), share("random_component_high")),
        ),
        ("year", "measure", "removed"),
    ),
    Table(
        "propagation",
        "chain",
        (_DATED, *_PAIR, number("linkage"), number("length", unit="steps"), _money("loss")),
        ("year", "supplier", "buyer"),
    ),
    Table(
        "extraction",
        "chain",
        (
            *(_DATED, choice("kind", "choice.extraction"), _SECTOR, _NAME, _money("loss")),
            *(share("share", "missing"), _money("own"), _money("others"), integer("rank")),
        ),
        ("year", "kind", "sector"),
    ),
    Table(
        "inoperability",
        "chain",
        (
            *(_DATED, _SIDE, _SECTOR, _NAME, number("shock", "missing")),
            *(_money("loss", "missing"), number("share", "missing"), number("own", "missing")),
            *(text("most_hit", "missing"), number("most_hit_inoperability", "missing")),
            *(number("exposure", "missing"), integer("rank")),
        ),
        ("year", "side", "sector"),
    ),
    Table(
        "decomposition",
        "chain",
        (
            *(integer("first_year", "missing"), _DATED, _SECTOR, _NAME, _money("before")),
            *(_money("after"), _money("change"), _money("technology"), _money("demand")),
            given("column.decomposition.category", "number", unit="money"),
        ),
        ("first_year", "year", "sector"),
    ),
    Table(
        "regional_linkages",
        "chain",
        (
            *(_DATED, choice("method", "choice.regional"), _KEY, _NAME, _SECTOR),
            *(text("sector_name"), number("quotient", "missing"), _money("output")),
            *(number("multiplier", "missing"), number("backward", "missing")),
            *(number("forward", "missing"), share("inside", "missing"), _money("loss", "missing")),
            *(share("loss_share", "missing"), integer("rank", "missing"), truth("fitted")),
        ),
        ("year", "method", "adcode", "sector"),
    ),
    Table(
        "recovery_paths",
        "chain",
        (
            *(_DATED, _SIDE, choice("form", "choice.recovery_form"), integer("step"), _SECTOR),
            *(_NAME, number("resilience"), share("inoperability"), _money("loss")),
            _money("cumulative"),
        ),
        ("side", "form", "step", "sector"),
    ),
    Table(
        "cut",
        "chain",
        (
            *(_DATED, text("supplier"), truth("abroad"), text("buyer", "empty"), share("cut")),
            *(_SECTOR, _NAME, _money("downstream"), _money("upstream")),
            *(number("downstream_share", "missing"), number("upstream_share", "missing")),
        ),
        ("year", "sector"),
    ),
)

_STRUCK = (
    Table(
        "shock",
        "chain",
        (
            *(text("adcode", "empty"), choice("scope", "choice.scope"), text("group", "empty")),
            *(_NAME, _VARIABLE, *_SHOCK_YEARS, *_TYPE, number("shock_growth", "missing")),
            *(number("recovery_growth", "missing"), number("national_shock_growth", "missing")),
            *(number("national_recovery_growth", "missing"), truth("fell", "missing")),
            *(truth("nation_fell"), integer("years_to_regain", "missing", unit="years")),
        ),
        ("adcode", "group", "variable"),
    ),
    Table(
        "shock_paths",
        "chain",
        (
            *(text("adcode", "empty"), choice("scope", "choice.scope"), text("group", "empty")),
            *(text("name", "empty"), _VARIABLE, integer("year"), number("value", "missing")),
            *(number("index", "missing"), number("national_index", "missing")),
            number("relative", "missing"),
        ),
        ("adcode", "scope", "group", "variable", "year"),
    ),
    Table(
        "shock_variation",
        "chain",
        (_KEY, _NAME, _VARIABLE, *_SHOCK_YEARS, *_TYPE, truth("stable")),
        ("adcode", "variable", "shock", "recovered"),
    ),
    Table(
        "foretelling",
        "chain",
        (
            *(choice("outcome", "choice.outcome"), integer("n", unit="regions")),
            *(number("pearson", "missing"), share("p_pearson", "missing")),
            *(number("spearman", "missing"), share("p_spearman", "missing"), _VARIABLE),
        ),
        ("outcome", "variable"),
    ),
)

_LEVEL = "chain.warning"
_MANAGED = (
    Table(
        "warnings",
        "management",
        (
            *(_KEY, _NAME, integer("year"), truth("forecast"), category("level", _LEVEL)),
            category("best", _LEVEL, "missing", optional=True),
            category("worst", _LEVEL, "missing", optional=True),
            *(text("indicator", "missing"), number("value", "missing")),
            *(number("threshold", "missing"), truth("held"), share("risk", "missing")),
            *(integer("fired", unit="indicators"), integer("watched", unit="indicators")),
            *(choice("rule", "choice.warning_rule"),),
            *(integer("response", "missing", optional=True), _OWN),
        ),
        ("adcode", "year"),
    ),
    Table(
        "thresholds",
        "management",
        (
            *(text("code"), _NAME, text("direction"), number("blue", "missing")),
            *(number("yellow", "missing"), number("orange", "missing"), number("red", "missing")),
            *(number("hysteresis"), number("weight"), choice("source", "choice.thresholds")),
            number("quantile", "missing", optional=True),
            number("noise_to_signal", "missing", optional=True),
            share("caught", "missing", optional=True),
            share("noise", "missing", optional=True),
            share("precision", "missing", optional=True),
            share("base_rate", "missing", optional=True),
            integer("n", "missing", optional=True),
            truth("useful", "missing", optional=True),
        ),
        ("code",),
    ),
    Table(
        "risks",
        "management",
        (
            *(text("code"), _OWN, share("probability"), share("impact"), share("product")),
            *(category("level", "chain.risk"), category("by_impact", "chain.risk")),
            *(category("by_product", "chain.risk"), truth("agree"), integer("order")),
        ),
        ("code",),
    ),
    Table(
        "targets",
        "management",
        (
            *(text("code"), _OWN, number("current", "missing"), number("target")),
            *(text("direction", optional=True), number("gap", "missing")),
            number("relative_gap", "missing"),
            *(truth("met", "missing"), number("required_step", "missing")),
            number("required_growth", "missing"),
            number("years_at_pace", "missing", unit="years"),
        ),
        ("code",),
    ),
    Table(
        "priorities",
        "management",
        (text("code"), _OWN, share("overall"), integer("priority")),
        ("code",),
    ),
    Table(
        "maturity",
        "management",
        (
            *(text("code"), given("column.maturity.part"), share("score")),
            *(share("upper"), text("stage"), number("sum")),
        ),
        ("code",),
    ),
)

_BY_STEM = {table.stem: table for table in _MANAGED}
#: Tables of the worked example of the command ``chain``, by the table whose columns they have.
_EXAMPLES = {
    **dict.fromkeys(("table_4_1", "table_4_5", "table_4_7"), "targets"),
    "table_4_3": "priorities",
    "table_4_4": "maturity",
    "table_4_6": "risks",
}
_WORKED = (
    *(
        replace(_BY_STEM[stem], stem=example, topic="example", like=stem)
        for example, stem in _EXAMPLES.items()
    ),
    Table(
        "table_4_8",
        "example",
        (category("level", _LEVEL), integer("response"), _OWN),
        ("level",),
        like="warnings",
    ),
)

#: In the order of the pages.
CHAIN_TABLES: tuple[Table, ...] = (*_HELD, *_STRUCK, *_MANAGED, *_WORKED)
