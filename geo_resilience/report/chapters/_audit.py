"""The audit: the index against usual practice, step by step, a verdict a line.

The order is that of the ten steps of the handbook of OECD and JRC (2008) on composite indicators.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations

import pandas as pd

from geo_resilience.evaluation._correlation_flags import COLLINEAR
from geo_resilience.indicators._framework import FIDELITIES
from geo_resilience.report._blocks import Block, ColumnHead, DataTable, Sentence
from geo_resilience.report._teller import Teller
from geo_resilience.statistics._certainty import FIRM_SHARE, LIKELY_P
from geo_resilience.words import Cited

#: Usual thresholds, each named with its source in the words ``report.audit.<check>.source``.
ALPHA, SAMPLING, OVERLAP, WEAK, COVERED, FILLED = 0.7, 0.6, 0.92, 0.3, 0.65, 0.05
CAPPED, EFFECT, MARGIN, SKEWNESS, KURTOSIS = 0.05, 0.05, 0.1, 2.0, 3.5

#: Reasons of the trace for cells that were filled, and for cells that were capped.
FILLED_BY = ("interpolated", "nearest_year", "group_median", "year_median")
CAPPED_BY = ("winsorized_low", "winsorized_high")
#: Reason of the trace for cells that rest on shares of a crosswalk.
SHARED_OUT = "crosswalk"

#: Verdicts: met, not met, what has no threshold, and what was not asked.
MET, FAILED, STATED, OPEN = "met", "failed", "stated", "open"


#: Where the thresholds come from: names of words ``report.reference.<name>``.
REFERENCES = (
    "handbook",
    "jrc",
    "coin",
    "cronbach",
    "kaiser",
    "groeneveld",
    "schafer",
    "paruolo",
    "saisana",
)


@dataclass(frozen=True)
class AuditLine:
    """What a check found: a text with its numbers, and the verdict."""

    found: str
    verdict: str


def audit(tell: Teller) -> list[Block]:
    """Go through the checks; those that the study did not ask for are named as such."""
    rows, verdicts = [], []
    for step, check in CHECKS:
        made = check(tell)
        verdicts.append(made.verdict if made else OPEN)
        name = check.__name__.lstrip("_")
        rows.append(
            [
                tell.say(f"report.audit.step.{step}"),
                made.found
                if made
                else tell.say(
                    "report.audit.not_asked", check=tell.say(f"report.audit.{name}.name")
                ),
                tell.say(f"report.audit.{name}.source"),
                tell.say(f"report.audit.verdict.{verdicts[-1]}"),
            ]
        )
    columns = [
        ColumnHead(tell.say(f"report.head.{head}"))
        for head in ("step", "found", "practice", "verdict")
    ]
    return [
        Sentence(tell.say("report.audit.told")),
        Sentence(
            tell.say(
                "report.audit.counted",
                met=verdicts.count(MET),
                asked=verdicts.count(MET) + verdicts.count(FAILED),
            )
        ),
        DataTable(tell.say("report.audit.table"), columns, rows, wide=True),
    ]


def _judged(good: bool) -> str:
    return MET if good else FAILED


def _least(value: float, least: float, digits: int = 3) -> str:
    """Judge a value as it is shown, so that the verdict never contradicts what is read."""
    return _judged(round(value, digits) >= least)


def _most(value: float, most: float, digits: int = 3) -> str:
    return _judged(round(value, digits) <= most)


def framework(tell: Teller) -> AuditLine | None:
    """Ask how much of the weight is measured as defined."""
    weights, kinds = (
        tell.rows("weights"),
        {each.code: each.fidelity for each in tell.results.framework.indicators},
    )
    if not all(kinds.values()) or weights.empty:
        return None
    rows = weights[weights["code"].map(kinds) == FIDELITIES[0]]
    share = rows["used"].sum()
    cells = [tell.cell("weights", label, "used") for label in rows.index]
    told = Cited(tell.number(share, "percent")).cited(*cells)
    return AuditLine(tell.say("report.audit.framework.found", share=told), _least(share, 0.5, 2))


def coverage(tell: Teller) -> AuditLine | None:
    """Ask of which region the fewest cells are measured."""
    trace, years = tell.rows("trace"), tell.rows("indicators")["adcode"].value_counts()
    if years.empty:
        return None
    filled = trace[trace["reason"].isin(FILLED_BY)]
    counts = filled["adcode"].value_counts()
    if counts.empty:
        return AuditLine(tell.say("report.audit.coverage.whole"), MET)
    shares = 1 - counts / (years[counts.index] * len(tell.results.framework.indicators))
    key = shares.idxmin()
    told = tell.say(
        "report.audit.coverage.found",
        name=tell.name(key),
        count=tell.counted("trace", filled[filled["adcode"] == key], "reason"),
        share=tell.number(shares[key], "points"),
    )
    return AuditLine(told, _least(shares[key], COVERED))


def _changed(tell: Teller, name: str, reasons: tuple[str, ...], most: float) -> AuditLine | None:
    """Count the cells that the trace holds for some reasons, as a share of all."""
    trace, values = tell.rows("trace"), tell.rows("indicators")
    rows = trace[trace["reason"].isin(reasons)]
    every = len(values) * len(tell.results.framework.indicators)
    if not every:
        return None
    share = tell.number(len(rows) / every, "points")
    count = tell.counted("trace", rows, "reason")
    return AuditLine(
        tell.say(f"report.audit.{name}.found", count=count, share=share),
        _most(len(rows) / every, most),
    )


def missing(tell: Teller) -> AuditLine | None:
    """Ask how many cells were filled."""
    return _changed(tell, "missing", FILLED_BY, FILLED)


def outliers(tell: Teller) -> AuditLine | None:
    """Ask how many cells were capped."""
    return _changed(tell, "outliers", CAPPED_BY, CAPPED)


def _scaled(tell: Teller) -> pd.DataFrame:
    """Give the scaled indicators of the last year that vary."""
    values = tell.last("indicators")
    codes = [code for code in tell.results.framework.codes if code in values]
    table = values[codes].astype(float)
    return table.loc[:, table.std() > 0]


def _named(tell: Teller, key: str, names: list[str], of: int) -> AuditLine:
    """Count and name what speaks against the index; nothing should."""
    told = tell.say("report.audit.names", names=names) if names else ""
    return AuditLine(
        tell.say(f"report.audit.{key}.found", count=len(names), of=of, names=told),
        _judged(not names),
    )


def shape(tell: Teller) -> AuditLine | None:
    """Ask which indicators still have outliers as they enter the index."""
    table = _scaled(tell)
    if len(table) < 4 or table.empty:
        return None
    odd = (table.skew().abs() > SKEWNESS) & (table.kurt() > KURTOSIS)
    return _named(tell, "shape", [tell.variable(code) for code in table.columns[odd]], len(odd))


def weak(tell: Teller) -> AuditLine | None:
    """Ask which indicators hardly go with their own dimension."""
    table, scores = _scaled(tell), tell.last("scores").set_index("adcode")
    keys = tell.last("indicators")["adcode"]
    parts = {each.code: each.dimension for each in tell.results.framework.indicators}
    alone = [code for code in table if list(parts.values()).count(parts[code]) == 1]
    asked = [code for code in table if parts[code] in scores and code not in alone]
    if not asked:
        return None
    far = [
        code
        for code in asked
        if table[code].corr(scores[parts[code]].reindex(keys).set_axis(table.index)) < WEAK
    ]
    return _named(tell, "weak", [tell.variable(code) for code in far], len(asked))


def collinear(tell: Teller) -> AuditLine | None:
    """Ask which two indicators say the same."""
    matrix = _scaled(tell).corr()
    codes = list(matrix)
    if len(codes) < 2:
        return None
    pairs = list(combinations(codes, 2))
    same = [
        tell.say("report.audit.pair", one=tell.variable(one), other=tell.variable(other))
        for one, other in pairs
        if round(abs(matrix.at[one, other]), 3) >= COLLINEAR
    ]
    return _named(tell, "collinear", same, len(pairs))


def opposed(tell: Teller) -> AuditLine | None:
    """Ask which two indicators of one dimension speak against each other."""
    if "correlation_flags" not in tell.results.tables:
        return None
    rows = tell.last("correlation_flags", flag="opposed")
    pairs = [
        tell.say("report.audit.pair", one=tell.variable(row.one), other=tell.variable(row.other))
        for row in rows.itertuples()
    ]
    names = tell.say("report.audit.names", names=pairs) if pairs else ""
    count = tell.counted("correlation_flags", rows, "flag")
    return AuditLine(
        tell.say("report.audit.opposed.found", count=count, names=names), _judged(rows.empty)
    )


def scaling(tell: Teller) -> AuditLine | None:
    """Say how the indicators are scaled."""
    name = tell.results.found.scaling
    return AuditLine(tell.say(f"report.methods.scaled.{name}"), STATED) if name else None


def _check(tell: Teller, check: str) -> pd.DataFrame:
    rows = tell.last("reliability", check=check)
    return rows[rows["value"].notna()]


def alpha(tell: Teller) -> AuditLine | None:
    """Ask whether the indicators measure one thing."""
    rows = _check(tell, "alpha")
    if rows.empty:
        return None
    label = rows.index[0]
    told = {name: tell.cite("reliability", rows, label, name) for name in ("value", "low", "high")}
    below = tell.say("report.audit.alpha.below") if rows.at[label, "low"] < ALPHA else ""
    return AuditLine(
        tell.say("report.audit.alpha.found", below=below, **told),
        _least(rows.at[label, "value"], ALPHA),
    )


def sampling(tell: Teller) -> AuditLine | None:
    """Ask whether the correlations allow a factor analysis."""
    rows = _check(tell, "kmo")
    if rows.empty:
        return None
    label = rows.index[0]
    value = tell.cite("reliability", rows, label, "value")
    return AuditLine(
        tell.say("report.audit.sampling.found", value=value),
        _least(rows.at[label, "value"], SAMPLING),
    )


def negative(tell: Teller) -> AuditLine | None:
    """Ask which indicators go against the rest."""
    rows = _check(tell, "item_rest")
    if rows.empty:
        return None
    against = rows[rows["value"] < 0]
    names = [tell.variable(code) for code in against["code"]]
    told = tell.say("report.audit.names", names=names) if names else ""
    count = tell.counted("reliability", against, "code")
    return AuditLine(
        tell.say("report.audit.negative.found", count=count, names=told), _judged(against.empty)
    )


def effect(tell: Teller) -> AuditLine | None:
    """Ask which indicator moves the index most beside what it weighs."""
    rows = tell.last("effective_weights")
    if rows.empty:
        return None
    label = (rows["effective"] - rows["stated"]).abs().idxmax()
    told = {
        "name": tell.variable(rows.at[label, "code"]),
        "stated": tell.cite("effective_weights", rows, label, "stated", "points"),
        "effective": tell.cite("effective_weights", rows, label, "effective", "points"),
    }
    far = abs(rows.at[label, "effective"] - rows.at[label, "stated"])
    return AuditLine(tell.say("report.audit.effect.found", **told), _most(far, EFFECT))


def added(tell: Teller) -> AuditLine | None:
    """Ask whether the composite says more than each dimension alone."""
    scores = tell.last("scores")
    codes = [each.code for each in tell.results.framework.dimensions if each.code in scores]
    if len(codes) < 2:
        return None
    ranks = {code: scores[code].corr(scores["composite"], method="spearman") for code in codes}
    most = max(ranks, key=lambda code: ranks[code])
    told = tell.say(
        "report.audit.added.found", name=tell.variable(most), value=tell.number(ranks[most])
    )
    return AuditLine(told, _judged(round(ranks[most], 3) < OVERLAP))


def order(tell: Teller) -> AuditLine | None:
    """Ask how many neighboring places hold in most draws."""
    rows = tell.last("rank_pairs")
    if rows.empty:
        return None
    sure = rows[rows["probability"] >= FIRM_SHARE]
    count = tell.counted("rank_pairs", sure, "upper")
    told = tell.say(
        "report.audit.order.found",
        count=count,
        pairs=len(rows),
        level=tell.number(FIRM_SHARE, "percent"),
    )
    return AuditLine(told, _judged(2 * len(sure) >= len(rows)))


def doubt(tell: Teller) -> AuditLine | None:
    """Ask which choice the ranks hang on most."""
    rows = tell.last("sensitivity").dropna(subset=["total"])
    if rows.empty:
        return None
    label = rows["total"].idxmax()
    source = tell.say(f"varied.{rows.at[label, 'source']}.meaning")
    share = tell.cite("sensitivity", rows, label, "total", "percent")
    return AuditLine(
        tell.say("report.audit.doubt.found", source=source, share=share),
        _most(rows.at[label, "total"], 0.5, 2),
    )


def margin(tell: Teller) -> AuditLine | None:
    """Ask how far weights may move before the first two change places."""
    rows = tell.last("weight_margins", against="neighbor", rank=2)
    if rows.empty or rows["margin"].isna().all():
        return None
    label = rows.index[0]
    names = {
        "first": tell.name(rows.at[label, "upper"]),
        "second": tell.name(rows.at[label, "lower"]),
    }
    value = tell.cite("weight_margins", rows, label, "margin", "points")
    return AuditLine(
        tell.say("report.audit.margin.found", value=value, **names),
        _least(rows.at[label, "margin"], MARGIN),
    )


def back(tell: Teller) -> AuditLine | None:
    """Say that scores lead back to the indicators."""
    rows = tell.last("obstacles", level="indicator", order=1)
    if rows.empty:
        return None
    regions = tell.counted("obstacles", rows, "code")
    return AuditLine(tell.say("report.audit.back.found", regions=regions), STATED)


def validity(tell: Teller) -> AuditLine | None:
    """Ask whether the index foretold what it claims to measure."""
    rows = tell.rows("foretelling", predictor="composite")
    rows = rows[rows["p_holm"].notna()]
    if rows.empty:
        return None
    label = rows["p_holm"].idxmin()
    told = {
        "count": len(rows),
        "outcome": tell.say(f"report.audit.outcome.{rows.at[label, 'outcome']}"),
        "variable": tell.variable(rows.at[label, "variable"]),
        "value": tell.cite("foretelling", rows, label, "spearman", ".2f"),
        "p": tell.cite("foretelling", rows, label, "p_holm", "p"),
    }
    return AuditLine(
        tell.say("report.audit.validity.found", **told),
        _judged(rows.at[label, "p_holm"] <= LIKELY_P and rows.at[label, "spearman"] > 0),
    )


def shown(tell: Teller) -> AuditLine | None:
    """Say how the doubt is shown."""
    if tell.last("uncertainty").empty:
        return None
    return AuditLine(tell.say("report.audit.shown.found"), STATED)


#: The checks in their order, each with the step that it belongs to.
CHECKS: tuple[tuple[str, Callable[[Teller], AuditLine | None]], ...] = (
    ("framework", framework),
    ("data", coverage),
    ("treatment", missing),
    ("treatment", outliers),
    ("treatment", shape),
    ("structure", alpha),
    ("structure", sampling),
    ("structure", negative),
    ("structure", weak),
    ("structure", collinear),
    ("structure", opposed),
    ("scaling", scaling),
    ("weights", effect),
    ("weights", margin),
    ("weights", added),
    ("uncertainty", order),
    ("uncertainty", doubt),
    ("back", back),
    ("validity", validity),
    ("shown", shown),
)
