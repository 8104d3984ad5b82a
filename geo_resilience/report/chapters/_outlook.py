"""What goes with the index, early warning, what if, and options for action."""

from __future__ import annotations

import pandas as pd

from geo_resilience.chain.management._early_warning import WARNING_LEVELS
from geo_resilience.report._blocks import Aside, Block, Bullets, Finding, Picture, Sentence
from geo_resilience.report._grids import MOST_ROWS, Shown, grid
from geo_resilience.report._teller import Teller
from geo_resilience.statistics._certainty import LIKELY_P
from geo_resilience.words import Cited, shortened

#: Rows of the table of warnings, the gravest first, in a report for a leader.
MOST_FOR_A_LEADER = 7

#: Levels of warnings from the gravest; the last is none.
LEVELS = WARNING_LEVELS[::-1]

#: Rows of the table of suppositions; the workbook holds the rest.
MOST = 15

#: Regions named that share the best value.
MOST_BEST = 2

_IMPACTS = (
    Shown("factor", "named", "text"),
    Shown("estimate", "estimate", "+.3g"),
    Shown("interval_95", "low_null", "+.3g", upto="high_null"),
    Shown("p", "p_null", "p"),
    Shown("p_corrected", "p_holm", "p"),
)
_WARNINGS = (
    Shown("region", "adcode", "region"),
    Shown("level", "level", "word:chain.warning.{}"),
    Shown("indicator", "indicator", "variable"),
    Shown("own_level", "gravest", "word:chain.warning.{}"),
    Shown("value", "value", "few"),
    Shown("threshold", "threshold", "few"),
    Shown("unit", "unit", "text"),
)
_RESPONSE = Shown("response", "told", "text")
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
    Shown("best_peer", "peer", "text"),
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
    least = tell.cite("impacts", rows, rows["p_holm"].idxmin(), "p_holm", "p")
    told = tell.say(claim, model=model, names=list(known["named"]), p=least)
    return [
        Sentence(tell.joined([told, *_elsewhere(tell, rows.drop(known.index))], "sentences")),
        *grid(tell, "impacts", rows, tell.say("report.associations.table", model=model), _IMPACTS),
        Picture("impact_intervals"),
        Aside(tell.say("report.associations.box"), [tell.say("report.associations.caution")]),
    ]


def _elsewhere(tell: Teller, rows: pd.DataFrame) -> list[str]:
    """Say which further factors can be told from zero under other neighbor rules."""
    rules = tell.last("neighbors_sensitivity", variable="composite", statistic="regression")
    rules = rules[(rules["rule"] != "used") & rules["holds"].notna()]
    terms = []
    for variable, name in zip(rows["variable"], rows["named"], strict=True):
        own = rules[rules["measure"] == variable]
        told = own[own["p"] <= LIKELY_P]
        if len(told):
            least = tell.cite("neighbors_sensitivity", told, told["p"].idxmin(), "p", "p")
            count = tell.counted("neighbors_sensitivity", told, "p")
            values = {"name": name, "count": count, "rules": len(own), "p": least}
            terms.append(tell.say("report.associations.elsewhere_term", **values))
    told_all = tell.joined(terms, "parts")
    return [tell.say("report.associations.elsewhere", terms=told_all)] if terms else []


def warnings(tell: Teller) -> list[Block]:
    """Show the warnings of the last year, the gravest first."""
    rows = tell.last("warnings", forecast=False)
    if rows.empty:
        return []
    found = warned(tell)
    units = {each.code: each.unit[tell.language] for each in tell.results.framework.indicators}
    warning = rows[rows["level"] != LEVELS[-1]]
    warning = warning.assign(unit=warning["indicator"].map(units))
    order = warning["level"].astype(str).map(LEVELS.index).sort_values(kind="stable").index
    title = tell.say("report.warnings.table", year=tell.year(tell.span[1]))
    first = [Sentence(tell.paired(found))] if found else []
    caption = found.claim if found else ""
    pictures = [
        Picture("warning_map", caption, beside=tell.audience == "full"),
        Picture("warning_strip", detail=True, beside=True),
    ]
    shown: tuple[Shown, ...] = _WARNINGS
    if "response" in warning and warning["response"].notna().any():
        shown = (*_WARNINGS, _RESPONSE)
        warning = warning.assign(
            told=[
                "" if pd.isna(each) else tell.say("report.response", value=each)
                for each in warning["response"]
            ]
        )
    most = MOST_ROWS if tell.audience == "full" else MOST_FOR_A_LEADER
    return [*first, *pictures, *grid(tell, "warnings", warning.loc[order], title, shown, most=most)]


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
    count = tell.counted("warnings", some, "level")
    claim = tell.say("report.warnings.claim", count=count, regions=len(rows))
    numbers = tell.say("report.warnings.numbers", levels=told, year=tell.year(tell.span[1]))
    numbers = tell.joined([numbers, *_relative(tell)], "sentences")
    return Finding(claim, numbers, "", "warnings")


def _relative(tell: Teller) -> list[str]:
    """Say which share of the values must warn where thresholds come from these same values."""
    rows = tell.rows("thresholds", same_rows=True)
    rows = rows[rows["beyond"].notna()]
    if rows.empty:
        return []
    cells = (tell.cell("thresholds", label, "beyond") for label in rows.index)
    share = Cited(tell.number(rows["beyond"].mean(), "percent")).cited(*cells)
    return [tell.say("report.warnings.relative", share=share)]


def what_if(tell: Teller) -> list[Block]:
    """Show what suppositions would change, where they change anything."""
    every = tell.rows("what_if")
    if every.empty:
        return []
    rows = every[every["reason"].isna() & (every["new_composite"] != every["composite"])]
    moved = rows[rows["new_rank"] != rows["rank"]]
    told = [
        tell.say(
            "report.what_if.scenario",
            scenario=scenario,
            count=tell.counted("what_if", moved[moved["scenario"] == scenario], "adcode"),
        )
        for scenario in dict.fromkeys(every.loc[every["indicator"].isna(), "scenario"])
    ]
    first = tell.say("report.what_if.moved", told=told)
    shift = (rows["new_composite"] - rows["composite"]).abs()
    most = shift.sort_values(ascending=False, kind="stable").index
    pictures = [Picture("what_if_ranks")] if len(moved) else []
    targets = every[every["indicator"].notna()]
    return [
        *([Sentence(first)] if told else []),
        *(
            [Bullets([_target(tell, targets, label) for label in targets.index])]
            * bool(len(targets))
        ),
        *pictures,
        *grid(
            tell, "what_if", rows.loc[most], tell.say("report.what_if.table"), _SUPPOSED, most=MOST
        ),
    ]


def _target(tell: Teller, rows: pd.DataFrame, label: int) -> str:
    """Say which value a target takes, or that it cannot be reached."""
    told = {
        "scenario": rows.at[label, "scenario"],
        "region": tell.name(rows.at[label, "adcode"]),
        "indicator": tell.variable(rows.at[label, "indicator"]),
    }
    if pd.isna(rows.at[label, "needed"]):
        return tell.say("report.what_if.unreachable", **told)
    needed = tell.cite("what_if", rows, label, "needed")
    return tell.say("report.what_if.needed", needed=needed, **told)


def options(tell: Teller) -> list[Block]:
    """Set beside each region's largest obstacle the best region, and room for one's own text."""
    rows = tell.last("obstacles", level="indicator", order=1)
    values = tell.last("indicators").set_index("adcode")
    if rows.empty or values.empty:
        return []
    likes = tell.last("peers").set_index("adcode").get("similar", pd.Series(dtype=object))
    rows = rows.assign(
        best=[_best(tell, values[code]) for code in rows["code"]],
        peer=[
            _best(tell, values[code].loc[_similar(likes, key, values.index)], values.at[key, code])
            for key, code in zip(rows["adcode"], rows["code"], strict=True)
        ],
        own=tell.say("report.options.template"),
    )
    return [
        Sentence(
            tell.joined([tell.say("report.options.told"), *_doubtful(tell, rows)], "sentences")
        ),
        *grid(tell, "obstacles", rows, tell.say("report.options.table"), _OPTIONS),
    ]


def _doubtful(tell: Teller, rows: pd.DataFrame) -> list[str]:
    """Warn of obstacles that work against the index: who is best in them may be no model."""
    effects = tell.last("effective_weights")
    against = effects.loc[effects["effective"] < 0, "code"]
    names = [tell.variable(code) for code in against if code in set(rows["code"])]
    return [tell.say("report.options.against", names=names)] if names else []


def _similar(likes: pd.Series, key: str, known: pd.Index) -> list[str]:
    """Give the keys of the regions like one, as far as they are known."""
    told = likes.get(key)
    return [each for each in str(told).split() if each in known] if pd.notna(told) else []


def _best(tell: Teller, values: pd.Series, above: float = float("-inf")) -> str:
    """Name who has the highest value above another, all that share it; a dash where nobody has."""
    values = values[values > above]
    if values.empty:
        return "–"
    names = [tell.name(key) for key in values.index[values == values.max()]]
    return tell.joined(shortened(names, tell.language, MOST_BEST))
