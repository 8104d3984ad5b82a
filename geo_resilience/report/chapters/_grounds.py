"""What a report stands on: how to read it, indicators, methods, robustness, provenance."""

from __future__ import annotations

import pandas as pd

from geo_resilience.notes import by_seriousness
from geo_resilience.report._blocks import (
    Aside,
    Block,
    Bullets,
    ColumnHead,
    DataTable,
    Heading,
    Picture,
    Sentence,
)
from geo_resilience.report._grids import Shown, grid
from geo_resilience.report._teller import BLANK, Teller
from geo_resilience.report.chapters._audit import FILLED_BY, SHARED_OUT

#: Judgement calls that a report lists; summary.txt holds all.
MOST_NOTES = 12

_SENSITIVITY = (
    Shown("source", "source", "word:varied.{}.meaning"),
    Shown("total", "total", "percent"),
    Shown("interval_95", "total_low", "percent", upto="total_high"),
)
_OTHERS = (
    Shown("method", "method", "word:weights.{}"),
    Shown("correlation", "scores_correlation"),
    Shown("shift", "mean_shift", ".1f"),
    Shown("regraded", "grades_changed", "whole"),
)
_RANKINGS = (
    Shown("method", "method", "word:choice.ranking.{}"),
    Shown("correlation", "correlation"),
    Shown("shift", "mean_shift", ".1f"),
)


def reading(tell: Teller) -> list[Block]:
    """Say what the index is made of, what grades and words of certainty mean."""
    framework, grading = tell.results.framework, tell.results.found.grading
    ends = [f"{end:.3g}" for end in (0.0, *grading.cuts, 1.0)]
    grades = [
        tell.say("report.reading.grade", grade=tell.grade(grade), low=low, high=high)
        for grade, low, high in zip(grading.names, ends, ends[1:], strict=False)
    ]
    counts = {"indicators": len(framework.indicators), "dimensions": len(framework.dimensions)}
    return [
        *([Sentence(framework.meaning.say(tell.language))] * bool(framework.meaning)),
        Sentence(tell.say("report.reading.index", **counts)),
        *([Picture("index_tree")] * bool(len(tell.rows("weights")))),
        Aside(
            tell.say("report.reading.grades"),
            [tell.say("report.reading.bounds", grades=tell.joined(grades[::-1], "parts"))],
        ),
        Aside(
            tell.say("report.reading.words"),
            [
                tell.say(f"report.reading.{word}", word=tell.say(f"certainty.{word}"))
                for word in ("firm", "likely", "open")
            ]
            + [tell.say("report.reading.bare")],
        ),
    ]


def cards(tell: Teller) -> list[Block]:
    """Describe each indicator: weight, unit, fidelity, definition, source, cells changed."""
    trace, weights = tell.rows("trace"), tell.rows("weights").drop_duplicates("code")
    labels = {code: label for label, code in weights["code"].items()}
    filled, shared = trace["reason"].isin(FILLED_BY), trace["reason"] == SHARED_OUT
    rows = []
    for each in tell.results.framework.indicators:
        own = trace["indicator"] == each.code
        fidelity = each.stands_for[tell.language] or (
            tell.say(f"report.fidelity.{each.fidelity.replace(' ', '_')}") if each.fidelity else ""
        )
        weight = ""
        if each.code in labels:
            share = tell.cite("weights", weights, labels[each.code], "used", "points")
            weight = tell.say("report.percent", value=share)
        rows.append(
            [
                tell.variable(each.code),
                weight,
                str(each.unit[tell.language]),
                fidelity,
                str(each.definition[tell.language]),
                str(each.source[tell.language]),
                tell.counted("trace", trace[own & filled], "reason"),
                tell.counted("trace", trace[own & ~filled & ~shared], "reason"),
            ]
        )
    names = ("indicator", "weight", "unit", "measured", "definition", "source_of")
    heads = [
        *(ColumnHead(tell.say(f"report.head.{name}"), name == "weight") for name in names),
        *(ColumnHead(tell.say(f"report.head.{name}"), True) for name in ("filled", "capped")),
    ]
    said = [place for place in range(len(heads)) if any(row[place] for row in rows)]
    table = [[row[place] for place in said] for row in rows]
    return [
        DataTable(
            tell.say("report.cards.table"), [heads[place] for place in said], table, wide=True
        )
    ]


def robustness(tell: Teller) -> list[Block]:
    """Show what other weights would change, where doubt comes from, and the checks of the index."""
    others = tell.last("weights_comparison")
    doubt = tell.last("sensitivity").dropna(subset=["total"])
    doubt = doubt.sort_values("total", ascending=False, kind="stable")
    rankings = tell.last("rankings_correlation")
    year = tell.year(tell.span[1])
    return [
        *grid(
            tell,
            "weights_comparison",
            others,
            tell.say("report.robustness.weights", year=year),
            _OTHERS,
        ),
        Picture("weight_effects"),
        *grid(
            tell, "sensitivity", doubt, tell.say("report.robustness.doubt", year=year), _SENSITIVITY
        ),
        *grid(
            tell,
            "rankings_correlation",
            rankings,
            tell.say("report.robustness.rankings", year=year),
            _RANKINGS,
        ),
        *checks(tell),
    ]


def checks(tell: Teller) -> list[DataTable]:
    """Show the checks of whether the indicators go together, each with what it should be."""
    rows = tell.last("reliability")
    rows = rows[(rows["code"] == "") & rows["value"].notna()]
    if rows.empty:
        return []
    body = []
    for label in rows.index:
        check = rows.at[label, "check"]
        usual = ""
        if pd.notna(rows.at[label, "threshold"]):
            least = tell.cite("reliability", rows, label, "threshold", ".2f")
            usual = tell.say(
                "report.check.p" if check == "bartlett" else "report.check.least", least=least
            )
        body.append(
            [
                tell.say(f"choice.check.{check}"),
                tell.say(f"report.check.{check}"),
                tell.cite("reliability", rows, label, "value"),
                tell.cite("reliability", rows, label, "p_value", "p"),
                usual,
            ]
        )
    heads = [
        ColumnHead(tell.say(f"report.head.{head}"), head in ("value", "p"))
        for head in ("check", "meaning", "value", "p", "usual")
    ]
    year = tell.year(tell.span[1])
    return [DataTable(tell.say("report.robustness.checks", year=year), heads, body)]


def provenance(tell: Teller) -> list[Block]:
    """Name the versions, the seed and the fingerprint of every input, and every note."""
    facts = tell.results.provenance
    versions = [f"{name} {number}" for name, number in sorted(facts.get("versions", {}).items())]
    inputs = [[name, digest] for name, digest in facts.get("inputs", {}).items()]
    heads = [ColumnHead(tell.say("report.head.file")), ColumnHead("SHA-256")]
    blocks: list[Block] = [
        Sentence(
            tell.say("report.provenance.versions", versions=versions, seed=facts.get("seed", BLANK))
        )
    ]
    notes = by_seriousness(tell.results.notes, tell.language)
    if notes:
        more = len(notes) - MOST_NOTES
        rest = [tell.say("report.provenance.more", count=more)] if more > 0 else []
        blocks += [Heading(tell.say("report.provenance.notes")), Bullets(notes[:MOST_NOTES] + rest)]
    if inputs:
        blocks.append(DataTable(tell.say("report.provenance.inputs"), heads, inputs, wide=True))
    source = tell.results.found.source(tell.language)
    if source:
        blocks.insert(0, Sentence(tell.say("report.provenance.source", text=source)))
    return blocks
