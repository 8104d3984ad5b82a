"""Methods in prose with formulas and references, and the terms that a report uses."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from geo_resilience.report._blocks import Block, ColumnHead, DataTable, Heading, Sentence
from geo_resilience.report._teller import Teller
from geo_resilience.report.chapters._audit import REFERENCES
from geo_resilience.words import has


@dataclass(frozen=True)
class Method:
    """A part of the methods: its name in the words, and what it is told with where it was used.

    - ``told``: the values of its sentence; None where the study did without it.
    - ``references``: names of words ``report.reference.<name>``.
    """

    name: str
    told: Callable[[Teller], Mapping[str, object] | None]
    references: tuple[str, ...] = ()


def methods(tell: Teller) -> list[Block]:
    """Say in prose how the numbers were made, and after whom."""
    blocks: list[Block] = []
    cited = list(REFERENCES)
    for method in METHODS:
        told = method.told(tell)
        if told is None:
            continue
        blocks += [
            Heading(tell.say(f"report.methods.{method.name}.name")),
            Sentence(tell.say(f"report.methods.{method.name}", **told)),
        ]
        cited += method.references
    cited += filter(lambda name: has(f"report.reference.{name}"), [_weights(tell)])
    references = sorted({tell.say(f"report.reference.{name}") for name in cited})
    listed = Sentence(tell.joined(references, "sentences"))
    return [*blocks, Heading(tell.say("report.methods.references")), listed]


def _weights(tell: Teller) -> str:
    return tell.results.found.weights.method if tell.results.found.weights else ""


def _scaling(tell: Teller) -> Mapping[str, object] | None:
    name = tell.results.found.scaling
    return {"how": tell.say(f"report.methods.scaled.{name}")} if name else None


def _composite(tell: Teller) -> Mapping[str, object] | None:
    found = tell.results.found
    if not found.mean:
        return None
    weighed = f"report.methods.weighted.{_weights(tell)}"
    weights = [tell.say(weighed)] if has(weighed) else []
    mean = tell.say(f"report.methods.mean.{found.mean}")
    return {"how": tell.joined([mean, *weights], "sentences")}


def _uncertainty(tell: Teller) -> Mapping[str, object] | None:
    found = tell.results.found
    if not found.draws:
        return None
    varied = [tell.say(f"varied.{name}.meaning") for name in found.varied]
    return {"draws": f"{found.draws:,}", "varied": varied}


def _moran(tell: Teller) -> Mapping[str, object] | None:
    table = tell.rows("global")
    if table.empty:
        return None
    return {"permutations": tell.number(table["permutations"].max(), "whole")}


def _held(stem: str) -> Callable[[Teller], Mapping[str, object] | None]:
    """Tell of a method where the results hold its table."""
    return lambda tell: {} if len(tell.rows(stem)) else None


def _clusters(tell: Teller) -> Mapping[str, object] | None:
    if tell.rows("local").empty:
        return None
    return {"alpha": f"{tell.results.found.clusters.alpha:g}"}


def _model(tell: Teller) -> Mapping[str, object] | None:
    kind = tell.results.found.models.get("main")
    if not kind or tell.rows("impacts").empty:
        return None
    return {"model": tell.say(f"regression.label_{kind}")}


#: Methods in the order of the report.
METHODS: tuple[Method, ...] = (
    Method("scaling", _scaling, ("handbook",)),
    Method("composite", _composite, ("handbook",)),
    Method("uncertainty", _uncertainty, ("saisana", "saltelli")),
    Method("obstacles", _held("obstacles")),
    Method("contributions", _held("contributions")),
    Method("moran", _moran, ("moran",)),
    Method("clusters", _clusters, ("anselin", "getis", "benjamini")),
    Method("gaps", _held("gaps"), ("lesage", "holm")),
    Method("groups", _held("pattern"), ("westfall",)),
    Method("sectors", _held("io_linkages"), ("miller",)),
    Method("extraction", _held("extraction"), ("dietzenbacher",)),
    Method("shock", _held("shock"), ("martin",)),
    Method("specialization", _held("specialization")),
    Method("associations", _model, ("lesage", "holm")),
    Method("warnings", _held("warnings")),
)

#: Terms in the order of the report, each with the table without which it is not used.
TERMS: Mapping[str, str] = {
    "composite": "scores",
    "scaled": "indicators",
    "proxy": "weights",
    "substitute": "weights",
    "grade": "scores",
    "draw": "uncertainty",
    "interval": "uncertainty",
    "p": "global",
    "corrected": "global",
    "contribution": "contributions",
    "obstacle": "obstacles",
    "neighbor": "global",
    "moran": "global",
    "cluster": "local",
    "backward": "io_linkages",
    "forward": "io_linkages",
    "multiplier": "io_linkages",
    "single_point": "single_points",
    "resistance": "shock",
    "recovery": "shock",
    "quotient": "specialization",
    "association": "impacts",
    "threshold": "warnings",
    "effect": "effective_weights",
    "alpha": "reliability",
    "kmo": "reliability",
    "margin": "weight_margins",
}


def glossary(tell: Teller) -> list[Block]:
    """Explain the terms that the report uses, a line each."""
    rows = [
        [tell.say(f"report.term.{name}"), tell.say(f"report.term.{name}.meaning")]
        for name, stem in TERMS.items()
        if len(tell.rows(stem))
    ]
    heads = [ColumnHead(tell.say(f"report.head.{head}")) for head in ("term", "meaning")]
    return [DataTable(tell.say("report.glossary.table"), heads, rows)]
