"""Tables of the index: scores, weights, how sure they are, what holds regions back, what moves."""

from __future__ import annotations

from geo_resilience.tables._columns import choice, grade, integer, number, share, text, truth
from geo_resilience.tables._schema import Table

__all__ = ["INDEX_TABLES"]

_KEY, _NAME, _YEAR = text("adcode"), text("name"), integer("year")
_REGION = (_KEY, _NAME, _YEAR)
_ROW = ("adcode", "year")
_DIMENSIONS = share("{}", "missing", per="dimension", meaning="column.dimension_code")
_SCORES = (_DIMENSIONS, share("composite"), grade("grade"), integer("rank"))

_MADE = (
    Table("scores", "index", (*_REGION, *_SCORES), _ROW),
    Table(
        "indicators",
        "index",
        (
            *(_KEY, _YEAR),
            number("{}", "missing", per="indicator", meaning="column.indicator_code"),
        ),
        _ROW,
    ),
    Table(
        "trace",
        "index",
        (
            *(_KEY, _YEAR, text("indicator"), number("before", "missing"), number("after")),
            choice("reason", "trace"),
        ),
        (*_ROW, "indicator", "reason"),
    ),
    Table(
        "weights",
        "index",
        (
            *(text("code"), share("published"), share("equal"), share("ahp", "missing")),
            *(share("entropy"), share("combined"), share("used"), share("critic", "missing")),
            *(share("variation", "missing"), share("pca", "missing")),
        ),
        ("code",),
    ),
)

_DOUBTED = (
    Table(
        "weights_comparison",
        "certainty",
        (
            *(_YEAR, choice("method", "weights"), share("distance")),
            *(number("weights_correlation", "missing"), number("scores_correlation")),
            *(number("mean_shift", unit="places"), integer("grades_changed", unit="regions")),
            *(text("most_moved", "empty"), number("rank_used", "missing")),
            number("rank_other", "missing"),
        ),
        ("year", "method"),
    ),
    Table(
        "reliability",
        "certainty",
        (
            *(_YEAR, choice("check", "choice.check"), text("code", "empty")),
            *(number("value", "missing"), number("low", "missing"), number("high", "missing")),
            *(share("p_value", "missing"), number("threshold", "missing")),
            *(text("verdict", "empty"), text("meaning", "empty")),
        ),
        ("year", "check", "code"),
    ),
    Table(
        "uncertainty",
        "certainty",
        (
            *_REGION,
            *(number("composite_low"), number("composite_median"), number("composite_high")),
            *(integer("rank_low"), integer("rank_median"), integer("rank_high")),
            share("p_{}", per="grade", meaning="column.uncertainty.p_grade"),
            *(share("p_rise", "missing"), share("p_fall", "missing"), share("p_top_5")),
        ),
        _ROW,
    ),
    Table(
        "rank_acceptability",
        "certainty",
        (_KEY, _YEAR, integer("rank"), share("probability")),
        (*_ROW, "rank"),
    ),
    Table(
        "rank_pairs",
        "certainty",
        (_YEAR, integer("rank"), text("upper"), text("lower"), share("probability")),
        ("year", "upper", "lower"),
    ),
    Table(
        "sensitivity",
        "certainty",
        (
            *(_YEAR, choice("source", "choice.source")),
            *(number("first", "missing"), number("first_low", "missing")),
            *(number("first_high", "missing"), number("total", "missing")),
            *(number("total_low", "missing"), number("total_high", "missing")),
        ),
        ("year", "source"),
    ),
    Table(
        "rankings",
        "certainty",
        (
            *(*_REGION, share("composite"), share("topsis"), share("grey_relation")),
            *(share("benefit_of_the_doubt"), integer("composite_rank"), integer("topsis_rank")),
            *(integer("grey_relation_rank"), integer("benefit_of_the_doubt_rank")),
        ),
        _ROW,
    ),
    Table(
        "rankings_correlation",
        "certainty",
        (
            *(_YEAR, choice("method", "choice.ranking"), number("correlation")),
            number("mean_shift", unit="places"),
        ),
        ("year", "method"),
    ),
    Table(
        "fuzzy",
        "certainty",
        (
            *_REGION,
            share("membership_{}", per="grade", meaning="column.fuzzy.membership_grade"),
            *(grade("by_maximum"), grade("by_average"), share("average"), truth("differs")),
        ),
        _ROW,
    ),
)

_DESCRIBED = (
    Table(
        "peers",
        "index",
        (
            *(*_REGION, share("composite"), text("zone", "empty"), number("zone_mean", "missing")),
            *(number("mean"), number("best"), text("best_region"), number("similar_mean")),
            text("similar"),
        ),
        _ROW,
    ),
    Table(
        "obstacles",
        "index",
        (
            *(_KEY, _YEAR, choice("level", "choice.level"), text("code"), share("degree")),
            integer("order"),
        ),
        (*_ROW, "level", "code"),
    ),
    Table(
        "obstacles_by_zone",
        "index",
        (
            *(text("group"), _YEAR, integer("order"), text("code"), share("degree")),
            integer("first_in", unit="regions"),
        ),
        ("group", "year", "code"),
    ),
    Table(
        "coupling",
        "index",
        (
            *(*_REGION, choice("form", "choice.form"), share("coupling"), share("development")),
            *(share("coordination"), choice("stage", "coordination")),
        ),
        (*_ROW, "form"),
    ),
    Table(
        "trends",
        "index",
        (
            *(_KEY, _NAME, text("variable"), integer("first_year"), integer("last_year")),
            *(integer("years"), number("compound_growth", "missing")),
            *(number("mean_growth", "missing"), number("slope", "missing"), integer("s")),
            *(share("p_value"), integer("rank_first"), integer("rank_last")),
            integer("rank_change", unit="places"),
        ),
        ("adcode", "variable"),
    ),
    Table(
        "mobility",
        "index",
        (
            *(integer("from"), integer("to"), number("correlation", "missing")),
            *(number("mean_shift", unit="places"), text("most_risen", "empty")),
            *(integer("rise", unit="places"), text("most_fallen", "empty")),
            integer("fall", unit="places"),
        ),
        ("from", "to"),
    ),
    Table(
        "contributions",
        "index",
        (
            *(integer("from"), integer("to"), text("adcode", "missing"), text("group", "missing")),
            *(choice("level", "choice.level"), text("code"), number("contribution")),
            number("share", "missing"),
        ),
        ("from", "to", "adcode", "group", "level", "code"),
    ),
    Table(
        "distribution",
        "index",
        (
            *(_YEAR, integer("n", unit="regions"), number("mean"), number("standard_deviation")),
            *(number("q0"), number("q10"), number("q25"), number("q50"), number("q75")),
            *(number("q90"), number("q100"), number("bandwidth", "missing")),
            *(integer("peaks", "missing"), number("polarization", "missing")),
        ),
        ("year",),
    ),
    Table("density", "index", (_YEAR, share("score"), number("density")), ("year", "score")),
)

_SUPPOSED = (
    Table(
        "what_if",
        "what_if",
        (
            *(text("scenario"), *_REGION, share("composite"), grade("grade"), integer("rank")),
            *(share("new_composite"), grade("new_grade"), integer("new_rank")),
            *(choice("warning", "chain.warning", "missing"),),
            *(choice("new_warning", "chain.warning", "missing"),),
            *(text("new_warning_indicator", "missing"), text("indicator", "missing")),
            *(share("needed", "missing"), number("needed_measured", "missing")),
            text("reason", "missing"),
        ),
        ("scenario", "adcode"),
    ),
    Table(
        "what_if_sectors",
        "what_if",
        (
            *(text("scenario"), integer("year", "missing"), text("supplier"), truth("abroad")),
            *(text("buyer", "empty"), share("cut"), text("sector"), text("name")),
            *(number("downstream", unit="money"), number("upstream", unit="money")),
            *(number("downstream_share", "missing"), number("upstream_share", "missing")),
        ),
        ("scenario", "sector"),
    ),
)

_FOLDER = (
    Table(
        "codebook", "folder", (text("file"), text("column"), text("meaning")), ("file", "column")
    ),
    Table(
        "regions",
        "folder",
        (_KEY, _NAME, text("name_en"), text("name_zh"), _YEAR, *_SCORES),
        ("adcode",),
        ending="gpkg",
    ),
)

#: In the order of the pages.
INDEX_TABLES: tuple[Table, ...] = (*_MADE, *_DOUBTED, *_DESCRIBED, *_SUPPOSED, *_FOLDER)
