"""What goes with the index, early warning, what if, and options for action."""

from __future__ import annotations

from geo_resilience.report._blocks import Aside, Block, Finding, Picture, Sentence
from geo_resilience.report._grids import Shown, grid
from geo_resilience.report._teller import Teller
from geo_resilience.results._changes import p_text
from geo_resilience.statistics._certainty import LIKELY_P

#: Levels of warnings from the gravest; the last is none.
LEVELS = ("red", "orange", "yellow", "blue", "none")

_IMPACTS = (
    Shown("factor", "named", "text"),
    Shown("estimate", "estimate", "+.3g"),
    Shown("p", "p_null", "p"),
    Shown("p_corrected", "p_holm", "p"),
)
_WARNINGS = (
    Shown("region", "adcode", "region"),
    Shown("level", "level", "word:chain.warning.{}"),
    Shown("indicator", "indicator", "variable"),
    Shown("value", "value", ".3g"),
    Shown("threshold", "threshold", ".3g"),
)
_SUPPOSED = (
    Shown("scenario", "scenario", "text"),
    Shown("region", "adcode", "region"),
    Shown("score", "composite"),
    Shown("new_score", "new_composite"),
    Shown("rank", "rank", "whole"),
    Shown("new_rank", "new_rank", "whole"),
)
_OPTIONS = (
    Shown("region", "adcode", "region"),
    Shown("obstacle", "code", "variable"),
    Shown("degree", "degree", "percent"),
    Shown("best", "best", "text"),
    Shown("own_text", "own", "text"),
)


def associations(tell: Teller) -> list[Block]:
    """Show what goes with the index in the models that were taken."""
    kind = tell.results.found.models.get("main")
    rows = (
        tell.rows("impacts", model=kind, effect="total") if kind else tell.rows("impacts").iloc[:0]
    )
    rows = rows[rows["p_null"].notna()]
    if rows.empty:
        return []
    called = dict(tell.results.found.regressors)
    names = [
        str(called[each][tell.language]) if each in called else tell.variable(each)
        for each in rows["variable"]
    ]
    rows = rows.assign(named=names)
    model = tell.say(f"regression.label_{kind}")
    known = rows[rows["p_holm"] <= LIKELY_P]
    claim = "report.associations.some" if len(known) else "report.associations.none"
    return [
        Sentence(
            tell.say(claim, model=model, names=list(known["named"]), p=p_text(rows["p_holm"].min()))
        ),
        *grid(tell, "impacts", rows, tell.say("report.associations.table", model=model), _IMPACTS),
        Picture("impact_intervals"),
        Aside(tell.say("report.associations.box"), [tell.say("report.limits.cause")]),
    ]


def warnings(tell: Teller) -> list[Block]:
    """Show the warnings of the last year, the gravest first."""
    rows = tell.last("warnings", forecast=False)
    if rows.empty:
        return []
    found = warned(tell)
    warning = rows[rows["level"] != LEVELS[-1]]
    order = warning["level"].map(LEVELS.index).sort_values(kind="stable").index
    title = tell.say("report.warnings.table", year=tell.year(tell.span[1]))
    first = (
        [Sentence(tell.say("report.pair", claim=found.claim, numbers=found.numbers))]
        if found
        else []
    )
    caption = found.claim if found else ""
    pictures = [Picture("warning_map", caption), Picture("warning_strip", detail=True)]
    return [*first, *pictures, *grid(tell, "warnings", warning.loc[order], title, _WARNINGS)]


def warned(tell: Teller) -> Finding | None:
    """Find how many regions are warned of."""
    rows = tell.last("warnings", forecast=False)
    if rows.empty:
        return None
    told = [
        tell.say(
            "summary.level",
            count=tell.counted("warnings", part, "level"),
            level=tell.say(f"chain.warning.{level}"),
        )
        for level in LEVELS
        if len(part := rows[rows["level"] == level])
    ]
    some = rows[rows["level"] != LEVELS[-1]]
    claim = tell.say("report.warnings.claim", count=len(some), regions=len(rows))
    return Finding(
        claim,
        tell.say("report.warnings.numbers", levels=told, year=tell.year(tell.span[1])),
        "",
        "warnings",
    )


def what_if(tell: Teller) -> list[Block]:
    """Show what suppositions would change, where they change anything."""
    rows = tell.rows("what_if")
    rows = rows[rows["new_composite"] != rows["composite"]]
    return list(grid(tell, "what_if", rows, tell.say("report.what_if.table"), _SUPPOSED))


def options(tell: Teller) -> list[Block]:
    """Set beside each region's largest obstacle the best region, and room for one's own text."""
    rows = tell.last("obstacles", level="indicator", order=1)
    values = tell.last("indicators").set_index("adcode")
    if rows.empty or values.empty:
        return []
    best = {code: tell.name(values[code].idxmax()) for code in rows["code"].unique()}
    rows = rows.assign(best=rows["code"].map(best), own=tell.say("report.options.template"))
    return [
        Sentence(tell.say("report.options.told")),
        *grid(tell, "obstacles", rows, tell.say("report.options.table"), _OPTIONS),
    ]
