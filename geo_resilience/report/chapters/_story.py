"""The story of a run: findings in the order in which one tells them, each with its view."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import parse_qsl

from geo_resilience.maps.atlas._views import view
from geo_resilience.report._blocks import Finding, Picture, Step
from geo_resilience.report._teller import Teller
from geo_resilience.report.chapters import (
    _change,
    _editions,
    _outlook,
    _space,
    _standing,
    _strengths,
)
from geo_resilience.report.chapters._findings import findings
from geo_resilience.results import Results, Stop
from geo_resilience.spatial._methods import LOCAL_STATISTICS, UNTOLD
from geo_resilience.text import Text
from geo_resilience.words import LANGUAGES

#: The partition that the gap between east and west compares.
_ZONES = "zones"


@dataclass(frozen=True)
class _Told:
    """A finding in one language, with the view that shows it."""

    finding: Finding
    view: str


def _seen(tell: Teller, finding: Finding | None, **parts: object) -> _Told | None:
    """Lay a finding beside a view of the last year."""
    year = tell.span[1] or None
    return None if finding is None else _Told(finding, view(year=year, **parts))


def _grades(tell: Teller) -> _Told | None:
    numbers = _standing.doubt_sentence(tell)
    finding = Finding(_standing.grades_sentence(tell), numbers, "", "standing")
    return _seen(tell, finding, layer="grade")


def _lead(tell: Teller) -> _Told | None:
    keys = list(_standing.scores_of_last_year(tell)["adcode"])
    first, second = keys[:2] if len(keys) > 1 else (None, None)
    return _seen(tell, _standing.lead(tell), layer="composite", region=first, **{"with": second})


def _mean(tell: Teller) -> _Told | None:
    return _seen(tell, _change.mean(tell), layer="change", since=tell.span[0])


def _movers(tell: Teller) -> _Told | None:
    rows = _change.totals(tell)
    key = None if rows.empty else rows["adcode"].iloc[0]
    return _seen(tell, _change.moved(tell), layer="change", since=tell.span[0], region=key)


def _edition(tell: Teller) -> _Told | None:
    found = _editions.moved(tell)
    region = None if found is None else _editions.farthest_mover(tell)
    return _seen(tell, found, layer="edition_moves", region=region)


def _gap(tell: Teller) -> _Told | None:
    zones = _ZONES if _ZONES in tell.results.groupings else None
    return _seen(tell, _space.gap(tell), layer="composite", outlines=zones)


def _moran(tell: Teller) -> _Told | None:
    local = tell.last("local", variable="composite", statistic="local_moran")
    found = (~local["cluster"].isin(list(UNTOLD))).any()
    return _seen(tell, _space.moran(tell), layer="local_moran" if found else "composite")


def _obstacle(tell: Teller) -> _Told | None:
    return _seen(tell, _strengths.obstacle(tell), layer="obstacle")


def _warned(tell: Teller) -> _Told | None:
    return _seen(tell, _outlook.warned(tell), layer="warning")


#: What a run tells, in this order, as far as it has found it.
_TELLERS: tuple[Callable[[Teller], _Told | None], ...] = (
    _grades, _lead, _edition, _mean, _movers, _gap, _moran, _obstacle, _warned,
)  # fmt: skip


#: Maps of the report by the layer of the atlas that they stand for.
_MAPS = {
    "grade": "graded_map",
    "composite": "graded_map",
    "change": "change_map",
    "certainty": "probability_map",
    "edition_moves": "edition_map",
    "warning": "warning_map",
}


def further(tell: Teller) -> list[Step]:
    """Give what slides tell of the story beyond the findings of the summary."""
    told = {finding.claim for finding in findings(tell)}
    found = tell.results.found
    asked = [] if found.story_alone else [ask(tell) for ask in _TELLERS]
    stops = [each for each in asked if each and each.finding.claim not in told]
    own = [_Told(Finding(stop.claim[tell.language], "", "", ""), stop.view) for stop in found.story]
    return [
        Step(
            each.finding, _picture(tell, each.view), f"atlas.html#{each.view}" if each.view else ""
        )
        for each in (*stops, *own)
    ]


def _picture(tell: Teller, address: str) -> Picture | None:
    """Give the map that shows a view, where the report has one."""
    parts = dict(parse_qsl(address))
    layer, first = parts.get("layer", "grade"), str(tell.span[0])
    statistic, _, variable = layer.partition(" ")
    options: dict[str, object] = {"year": int(parts["year"])} if "year" in parts else {}
    if statistic in LOCAL_STATISTICS:
        named = {"statistic": statistic, "variable": variable or "composite"}
        return Picture("cluster_map", options=options | named)
    if "weights" in parts or layer not in _MAPS or parts.get("since", first) != first:
        return None
    return Picture(_MAPS[layer], options=options)


def story(results: Results) -> tuple[Stop, ...]:
    """Give the stops of a study: those of the run, then those of its author.

    Where the study says so, its author's stand alone.

    Parameters
    ----------
    results : Results

    Returns
    -------
    tuple of Stop
        Sentences in every language, by the rules of the report's findings.

    Examples
    --------
    >>> import geo_resilience as gr
    >>> first, *_ = gr.report.story(gr.study.run())
    >>> first.claim["en"]
    'Of 31 regions in 2023: 2 Fairly high, 12 Medium, 13 Fairly low, 4 Low.'
    >>> first.view
    'year=2023&layer=grade'
    """
    own = results.found.story
    return own if results.found.story_alone else (*_told(results), *own)


def _told(results: Results) -> list[Stop]:
    """Word the run's stops in every language."""
    tellers = {language: Teller(results, language) for language in LANGUAGES}
    stops = []
    for ask in _TELLERS:
        told = {lang: found for lang, teller in tellers.items() if (found := ask(teller))}
        if told:
            one = next(iter(told.values()))
            claim, numbers = (
                Text({lang: str(getattr(each.finding, part)) for lang, each in told.items()})
                for part in ("claim", "numbers")
            )
            stops.append(Stop(claim, one.view, numbers, one.finding.certainty))
    return stops
