"""What a report stands on: how to read it, indicators, methods, robustness, provenance."""

from __future__ import annotations

from geo_resilience.report._blocks import (
    Aside,
    Block,
    Bullets,
    ColumnHead,
    DataTable,
    Picture,
    Sentence,
)
from geo_resilience.report._grids import Shown, grid
from geo_resilience.report._teller import Teller

_SENSITIVITY = (
    Shown("source", "source", "word:varied.{}.meaning"),
    Shown("total", "total", "percent"),
    Shown("interval_95", "total_low", "percent", upto="total_high"),
)
_CHECKS = (
    Shown("check", "check", "word:choice.check.{}"),
    Shown("value", "value"),
    Shown("p", "p_value", "p"),
    Shown("threshold", "threshold", ".2f"),
)
_OTHERS = (
    Shown("method", "method", "word:weights.{}"),
    Shown("correlation", "scores_correlation"),
    Shown("shift", "mean_shift", ".1f"),
    Shown("regraded", "grades_changed", "whole"),
)


def reading(tell: Teller) -> list[Block]:
    """Say what the index is made of, what grades and words of certainty mean."""
    framework, grading = tell.results.framework, tell.results.found.grading
    ends = [0.0, *grading.cuts, 1.0]
    grades = [
        tell.say("report.reading.grade", grade=tell.grade(grade), low=f"{low:g}", high=f"{high:g}")
        for grade, low, high in zip(grading.names, ends, ends[1:], strict=False)
    ]
    counts = {"indicators": len(framework.indicators), "dimensions": len(framework.dimensions)}
    return [
        Sentence(tell.say("report.reading.index", **counts)),
        *_tree(tell),
        Aside(tell.say("report.reading.grades"), list(reversed(grades))),
        Aside(
            tell.say("report.reading.words"),
            [
                tell.say(f"report.reading.{word}", word=tell.say(f"certainty.{word}"))
                for word in ("firm", "likely", "open")
            ],
        ),
    ]


def _tree(tell: Teller) -> list[DataTable]:
    """List dimensions and indicators with their weights."""
    weights = tell.rows("weights")
    labels = {code: label for label, code in weights["code"].items()}
    framework = tell.results.framework
    rows = [
        [
            tell.variable(each.dimension),
            tell.variable(each.code),
            tell.say(
                "report.percent",
                value=tell.cite("weights", weights, labels[each.code], "used", "points"),
            )
            if each.code in labels
            else "",
        ]
        for each in framework.indicators
    ]
    heads = [
        ColumnHead(tell.say("report.head.dimension")),
        ColumnHead(tell.say("report.head.indicator")),
        ColumnHead(tell.say("report.head.weight"), True),
    ]
    return [DataTable(tell.say("report.reading.tree"), heads, rows, detail=True)]


def cards(tell: Teller) -> list[Block]:
    """Describe each indicator: definition, unit, fidelity, source, cells changed."""
    trace = tell.rows("trace")
    heads = [
        ColumnHead(tell.say(f"report.head.{head}"), head == "changed")
        for head in ("indicator", "unit", "measured", "definition", "changed")
    ]
    rows = []
    for each in tell.results.framework.indicators:
        changed = trace[trace["indicator"] == each.code]
        fidelity = each.stands_for[tell.language] or (
            tell.say(f"report.fidelity.{each.fidelity.replace(' ', '_')}") if each.fidelity else ""
        )
        rows.append(
            [
                tell.variable(each.code),
                str(each.unit[tell.language]),
                fidelity,
                str(each.definition[tell.language]),
                tell.counted("trace", changed, "reason"),
            ]
        )
    return [DataTable(tell.say("report.cards.table"), heads, rows, wide=True)]


def methods(tell: Teller) -> list[Block]:
    """Say in prose how the numbers were made."""
    found, results = tell.results.found, tell.results
    told = [tell.say("report.methods.scaling"), tell.say("report.methods.composite")]
    if found.weights is not None:
        told.append(
            tell.say("report.methods.weights", method=tell.say(f"weights.{found.weights.method}"))
        )
    if found.draws:
        sources = [tell.say(f"varied.{name}.meaning") for name in found.varied]
        told.append(
            tell.say("report.methods.uncertainty", draws=f"{found.draws:,}", varied=sources)
        )
    if len(results["global"]):
        told.append(
            tell.say(
                "report.methods.moran",
                permutations=f"{int(results['global']['permutations'].max()):,}",
            )
        )
    if len(tell.rows("pattern")):
        told.append(tell.say("report.methods.groups"))
    return [Bullets(told)]


def robustness(tell: Teller) -> list[Block]:
    """Show what other weights would change, where doubt comes from, and the checks of the index."""
    others = tell.last("weights_comparison")
    doubt = tell.last("sensitivity").dropna(subset=["total"])
    doubt = doubt.sort_values("total", ascending=False, kind="stable")
    checks = tell.last("reliability")
    checks = checks[checks["code"] == ""]
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
            tell, "reliability", checks, tell.say("report.robustness.checks", year=year), _CHECKS
        ),
    ]


def provenance(tell: Teller) -> list[Block]:
    """Name the versions, the seed and the fingerprint of every input, and every note."""
    facts = tell.results.provenance
    versions = [f"{name} {number}" for name, number in facts.get("versions", {}).items()]
    inputs = [[name, digest] for name, digest in facts.get("inputs", {}).items()]
    heads = [ColumnHead(tell.say("report.head.file")), ColumnHead("SHA-256")]
    blocks: list[Block] = [
        Sentence(
            tell.say("report.provenance.versions", versions=versions, seed=facts.get("seed") or "-")
        )
    ]
    if inputs:
        blocks.append(DataTable(tell.say("report.provenance.inputs"), heads, inputs, wide=True))
    source = tell.results.found.source(tell.language)
    if source:
        blocks.insert(0, Sentence(tell.say("report.provenance.source", text=source)))
    return blocks
