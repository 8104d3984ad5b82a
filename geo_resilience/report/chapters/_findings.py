"""The executive summary: five findings in the order of their certainty, and what is not shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from geo_resilience.indicators._framework import FIDELITIES
from geo_resilience.maps import Headline
from geo_resilience.report._blocks import Aside, Block, Finding, Picture, Sentence
from geo_resilience.report._teller import Teller
from geo_resilience.report.chapters import _chain, _change, _outlook, _space, _standing, _strengths
from geo_resilience.results import Results
from geo_resilience.results._changes import percent
from geo_resilience.statistics._certainty import CERTAINTIES
from geo_resilience.text import Text
from geo_resilience.words import LANGUAGES, Cited, shortened

#: Findings that a study may have, the most asked for first, and the figure that shows each.
FINDERS: Mapping[Callable[[Teller], Finding | None], str] = {
    _standing.lead: "rank_intervals",
    _space.gap: "gap_trends",
    _space.group: "pattern_test",
    _space.moran: "moran_scatter",
    _change.mean: "change_map",
    _strengths.obstacle: "obstacle_bars",
    _outlook.warned: "warning_map",
    _chain.loss: "extraction_bars",
}

#: Words of certainty in the order of the summary; without one, a finding describes.
_ORDER = (*CERTAINTIES[:2], "", *CERTAINTIES[2:])

#: Findings of the summary.
MOST = 5

#: Indicators named in a limit.
MOST_NAMED = 3

#: Fewer regions than this are called few.
FEW = 50


def findings(tell: Teller) -> list[Finding]:
    """Give the first findings that there are, the surest first; what is open comes last."""
    found = [
        replace(each, figure=figure)
        for finder, figure in FINDERS.items()
        if (each := finder(tell)) is not None
    ]
    return sorted(found[:MOST], key=lambda each: _ORDER.index(each.certainty))


def headline(results: Results) -> Headline | None:
    """Give what the atlas says first: the surest finding, in every language.

    Parameters
    ----------
    results : Results

    Returns
    -------
    Headline or None
        None where nothing was found.
    """
    told = {each: findings(Teller(results, each)) for each in LANGUAGES}
    first = {each: found[0] for each, found in told.items() if found}
    if not first:
        return None
    claims, numbers = (
        Text({each: str(getattr(found, part)) for each, found in first.items()})
        for part in ("claim", "numbers")
    )
    return Headline(claims, numbers, next(iter(first.values())).certainty)


def summary(tell: Teller) -> list[Block]:
    """Tell the findings beside the map of the grades, and what the study cannot show."""
    return [
        Sentence(tell.say("report.summary.rule")),
        *findings(tell),
        Picture("graded_map", _standing.graded(tell), beside=True),
        Aside(tell.say("report.limits.title"), limits(tell)),
    ]


def limits(tell: Teller) -> list[str]:
    """Say what the study cannot show: few regions, few years, doubt, proxies, prices."""
    results, told = tell.results, []
    count = len(tell.last("scores"))
    if count < FEW:
        told.append(tell.say("report.limits.few", count=count))
    if len(results.years) == 1:
        told.append(tell.say("report.limits.one_period"))
    elif len(results.years) < 10:
        told.append(tell.say("report.limits.years", count=len(results.years)))
    if tell.last("uncertainty").empty:
        told.append(tell.say("report.limits.untested"))
    told += _fidelity(tell)
    if results.found.nominal:
        names = shortened(map(tell.variable, results.found.nominal), tell.language, MOST_NAMED)
        told.append(tell.say("report.limits.nominal", names=names))
    return [*told, tell.say("report.limits.cause")]


def _fidelity(tell: Teller) -> list[str]:
    """Say how much of the weight is not measured as defined; nothing where nobody says."""
    weights, indicators = tell.rows("weights"), tell.results.framework.indicators
    other = [each.code for each in indicators if each.fidelity not in ("", FIDELITIES[0])]
    rows = weights[weights["code"].isin(other)]
    if rows.empty:
        return []
    cells = [tell.cell("weights", label, "used") for label in rows.index]
    share = Cited(percent(rows["used"].sum())).cited(*cells)
    told = {"share": share, "count": len(other), "all": len(indicators)}
    return [tell.say("report.limits.fidelity", **told)]
