"""What a run settled on, gathered from the rooms that decided it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from geo_resilience.indicators import Framework
from geo_resilience.results import Found
from geo_resilience.results._found import Judged, Linked
from geo_resilience.spatial import Neighbors
from geo_resilience.study._case import Case, Findings
from geo_resilience.study._plan import Plan
from geo_resilience.words import LANGUAGES

__all__ = ["gather"]


def gather(case: Case, findings: Findings) -> Found:
    """Say what was found, for whoever shows or tells the results."""
    plan, framework = case.plan, case.inputs.framework
    return Found(
        grading=case.index.grading,
        weights=case.weights,
        neighbors=_linked(case.neighbors),
        years=tuple(case.years),
        titles={language: _title(plan, framework, language) for language in LANGUAGES},
        sources={
            "index": _in_any(_own(plan, "source"), _own(framework, "source")),
            "io": _in_any(_own(plan.chain, "io_source")),
        },
        clusters=Judged(plan.space.labels, plan.space.alpha),
        draws=plan.uncertainty.draws if "uncertainty" in findings.tables else None,
        risk_rule=plan.chain.risk_rule,
        shock=tuple(plan.chain.shock or ()),
        regressors=_regressors(plan),
        models={
            str(note.values["regression"]): str(note.values["kind"])
            for note in findings.notes
            if "kind" in note.values and "regression" in note.values
        },
    )


def _linked(neighbors: Neighbors) -> Linked:
    focal, other = (neighbors.adjacency.index.get_level_values(level) for level in (0, 1))
    return Linked(
        neighbors.rule,
        int((focal != other).sum()),
        neighbors.standardized,
        tuple((str(one), str(two)) for one, two in neighbors.added),
        tuple(map(str, neighbors.islands)),
    )


def _own(thing: Any, name: str) -> dict[str, str]:
    """Give a text of a thing in every language; empty where it has none."""
    suffixes = {language: "" if language == "en" else f"_{language}" for language in LANGUAGES}
    return {
        language: str(getattr(thing, f"{name}{suffix}", "") or "").strip()
        for language, suffix in suffixes.items()
    }


def _in_any(*texts: Mapping[str, str]) -> dict[str, str]:
    """Give the first text that is there, in its own language or else in the other."""
    given: Mapping[str, str] = next((text for text in texts if any(text.values())), {})
    other = next((each for each in given.values() if each), "")
    return {language: given.get(language) or other for language in LANGUAGES}


def _title(plan: Plan, framework: Framework, language: str) -> str:
    """Give the study's title; in its other languages what plan or framework has."""
    own = plan.heading or framework.heading(plan.language)
    if language == plan.language:
        return own
    titles = _own(plan, "title")
    if any(titles.values()):
        return titles[language] or own
    return _own(framework, "title")[language] or own


def _regressors(plan: Plan) -> dict[str, dict[str, str]]:
    """Give what the study calls its regressors, in each language that names them."""
    asked = plan.regression
    named = {"en": dict(asked.names or {}), "zh": dict(asked.names_zh or {})}
    codes = dict.fromkeys(code for names in named.values() for code in names)
    return {
        code: {language: names[code] for language, names in named.items() if code in names}
        for code in codes
    }
