"""Methods in prose with formulas and references, and the terms that a report uses."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from geo_resilience.report._blocks import Block, ColumnHead, DataTable, Heading, Sentence
from geo_resilience.report._teller import Teller
from geo_resilience.report.chapters._audit import CAPPED_BY, FILLED_BY, REFERENCES, SHARED_OUT
from geo_resilience.words import has, shortened


@dataclass(frozen=True)
class Explained:
    """A part of the methods: its name in the words, and what it is told with where it was used.

    - ``told``: the values of its sentence; None where the study did without it.
    - ``references``: names of words ``report.reference.<name>``.
    - ``more``: sentences that follow.
    """

    name: str
    told: Callable[[Teller], Mapping[str, object] | None]
    references: tuple[str, ...] = ()
    more: Callable[[Teller], list[str]] | None = None


def methods(tell: Teller) -> list[Block]:
    """Say in prose how the numbers were made, and after whom."""
    blocks: list[Block] = []
    cited = list(REFERENCES)
    for method in METHODS:
        told = method.told(tell)
        if told is None:
            continue
        more = method.more(tell) if method.more else []
        said = tell.say(f"report.methods.{method.name}", **told)
        blocks += [
            Heading(tell.say(f"report.methods.{method.name}.name")),
            Sentence(tell.joined([said, *more], "sentences")),
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


def _treatment(tell: Teller) -> Mapping[str, object] | None:
    """Count what was filled and capped, by how that was done."""
    trace, values = tell.rows("trace"), tell.rows("indicators")
    changed = [
        tell.say(
            "report.methods.treated",
            count=tell.counted("trace", trace[trace["reason"] == reason], "reason"),
            how=tell.say(f"trace.{reason}"),
        )
        for reason in (SHARED_OUT, *FILLED_BY, *CAPPED_BY)
        if trace["reason"].eq(reason).any()
    ]
    cells = f"{len(values) * len(tell.results.framework.indicators):,}"
    return {"cells": cells, "changed": changed} if changed else None


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


def _neighbors(tell: Teller) -> list[str]:
    """Say by which rule regions are neighbors, and which were linked besides."""
    used = tell.results.found.neighbors
    if used is None:
        return []
    key = f"report.rule.{used.rule.partition('(')[0]}"
    rule = tell.say(key) if has(key) else used.rule
    told = [tell.say("report.methods.neighbors", rule=rule, links=f"{used.links:,}")]
    pairs = [
        tell.say("report.methods.link", one=tell.name(one), other=tell.name(other))
        for one, other in used.added
    ]
    named = shortened(pairs, tell.language)
    return told + ([tell.say("report.methods.added_links", pairs=named)] if pairs else [])


def _held(stem: str) -> Callable[[Teller], Mapping[str, object] | None]:
    """Tell of a method where the results hold its table."""
    return lambda tell: {} if len(tell.rows(stem)) else None


def _clusters(tell: Teller) -> Mapping[str, object] | None:
    local = tell.rows("local")
    if local.empty:
        return None
    statistic = tell.say(f"local_statistic.group.{local['statistic'].iloc[0]}")
    return {"alpha": f"{tell.results.found.clusters.alpha:g}", "statistic": statistic}


def _sectors(tell: Teller) -> Mapping[str, object] | None:
    table = tell.rows("io_linkages")
    if table.empty:
        return None
    return {"technology": tell.say(f"choice.technology.{table['technology'].iloc[0]}")}


def _model(tell: Teller) -> Mapping[str, object] | None:
    kind = tell.results.found.models.get("main")
    if not kind or tell.rows("impacts").empty:
        return None
    return {"model": tell.say(f"regression.label_{kind}")}


#: Methods in the order of the report.
METHODS: tuple[Explained, ...] = (
    Explained("treatment", _treatment),
    Explained("scaling", _scaling, ("handbook",)),
    Explained("composite", _composite, ("handbook",)),
    Explained("uncertainty", _uncertainty, ("saisana", "saltelli")),
    Explained("obstacles", _held("obstacles")),
    Explained("contributions", _held("contributions")),
    Explained("moran", _moran, ("moran",), _neighbors),
    Explained("clusters", _clusters, ("anselin", "getis", "benjamini")),
    Explained("gaps", _held("gaps"), ("lesage", "holm")),
    Explained("groups", _held("pattern"), ("westfall",)),
    Explained("sectors", _sectors, ("miller",)),
    Explained("extraction", _held("extraction"), ("dietzenbacher",)),
    Explained("shock", _held("shock"), ("martin",)),
    Explained("specialization", _held("specialization")),
    Explained("associations", _model, ("lesage", "holm")),
    Explained("warnings", _held("warnings")),
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
