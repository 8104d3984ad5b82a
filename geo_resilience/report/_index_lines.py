"""Lines of the summary on what the index is made of, moves, foretells, and hangs on."""

from __future__ import annotations

from typing import Any

import pandas as pd

from geo_resilience import tables
from geo_resilience.report._lines import last_rows, p_text, year_text
from geo_resilience.results import Results
from geo_resilience.statistics._certainty import certainty
from geo_resilience.words import joined, say

#: Relative changes of the weights within which places are counted.
CHANGES = (0.05, 0.2)

#: Indicators named that move the index most.
MOVERS = 3


def _percent(share: float) -> str:
    return f"{share:.0%}".rstrip("%")


def _fidelity(results: Results) -> dict[str, str]:
    """Give the shares of the weight by how it is measured; none where nobody says."""
    used = results.found.weights
    kinds = {each.code: each.fidelity for each in results.framework.indicators}
    if used is None or not all(kinds.values()):
        return {}
    shares = used.values.groupby(pd.Series(kinds)).sum()
    return {kind: _percent(share) for kind, share in shares.items()}


def fidelity_text(results: Results) -> str:
    """Say how the weight is measured; nothing where nobody says."""
    told = [
        say(f"summary.fidelity_{kind.replace(' ', '_')}", results.language, share=share)
        for kind, share in _fidelity(results).items()
    ]
    return say("summary.fidelity", results.language, told=told) if told else ""


def defined_text(results: Results) -> str:
    """Say how much of the weight is measured as defined; nothing where nobody says."""
    shares = _fidelity(results)
    share = shares.get("as defined", "0")
    return say("brief.fidelity", results.language, share=share) if shares else ""


def mean_lines(results: Results) -> list[str]:
    """Give the mean composite of the first and the last year, and what prices may have done."""
    means = results["scores"].groupby("year")["composite"].mean()
    if len(means) < 2:
        return []
    first, last = (year_text(results, int(year)) for year in (means.index[0], means.index[-1]))
    values = {"first_mean": f"{means.iloc[0]:.3f}", "last_mean": f"{means.iloc[-1]:.3f}"}
    told = {"first": first, "last": last, "prices": _prices(results), **values}
    return [say("summary.mean", results.language, **told)]


def _prices(results: Results) -> str:
    """Say what comes from indicators at current prices, or what the index is without a deflator."""
    language, beside = results.language, tables.of(results, "nominal")
    if len(beside):
        means = beside.groupby("year")["nominal"].mean()
        ends = {"first_mean": f"{means.iloc[0]:.3f}", "last_mean": f"{means.iloc[-1]:.3f}"}
        return say("summary.mean_nominal", language, **ends)
    codes, years = list(results.found.nominal), results.years
    span = {"from": years[0], "to": years[-1], "group": "all", "level": "indicator"}
    parts = tables.of(results, "contributions", **span)
    if not codes or parts.empty:
        return ""
    parts = parts.set_index("code")["contribution"]
    told = [f"{code} {_signed(parts[code], '+.3f')}" for code in codes]
    whole, part = _signed(parts.sum(), "+.3f"), _signed(parts[codes].sum(), "+.3f")
    return say("summary.mean_prices", language, codes=told, part=part, whole=whole)


def weight_lines(results: Results) -> list[str]:
    """Tell how far weights may move, and what the indicators move."""
    return [*_margins(results), *_effects(results)]


def _margins(results: Results) -> list[str]:
    table, language = last_rows(results, "weight_margins"), results.language
    if table.empty:
        return []
    names = dict(zip(results["scores"]["adcode"], results["scores"]["name"], strict=True))
    near = table[table["against"] == "neighbor"]
    within = [int((near["margin"] < change).sum()) for change in CHANGES]
    first = near.iloc[0]
    top = {"first": names[first["upper"]], "second": names[first["lower"]]}
    if pd.isna(first["margin"]):
        held = say("summary.margin_always", language, **top)
    else:
        held = say("summary.margin_first", language, margin=f"{first['margin']:.1%}"[:-1], **top)
    return [
        say(
            "summary.margins",
            language,
            year=year_text(results, results.years[-1]),
            pairs=len(near),
            few=within[0],
            change=_percent(CHANGES[0]),
            many=within[1],
            wide=_percent(CHANGES[1]),
            held=held,
        )
    ]


def _effects(results: Results) -> list[str]:
    table, language = last_rows(results, "effective_weights"), results.language
    if table.empty:
        return []
    ordered = table.sort_values("effective", ascending=False, kind="stable")
    against = ordered[ordered["effective"] < 0]

    def told(part: pd.DataFrame) -> list[str]:
        return [
            say(
                "summary.effect",
                language,
                name=f"{row.code} {results.framework.called(row.code)[language]}",
                share=_percent(row.effective).replace("-", "\u2212"),
                weight=_percent(row.stated),
            )
            for row in part.itertuples(index=False)
        ]

    year = year_text(results, results.years[-1])
    end = say("summary.effects_against", language, told=told(against)) if len(against) else ""
    first = told(ordered.head(MOVERS))
    return [say("summary.effects", language, year=year, told=first, against=end)]


def foretold_lines(results: Results) -> list[str]:
    """Tell whether the index foretold resistance and recovery, beside the naive benchmark."""
    table, language = tables.of(results, "foretelling"), results.language
    asked = table[(table["predictor"] == "composite") & table["p_holm"].notna()]
    if asked.empty:
        return []
    beside = table[table["predictor"] != "composite"].set_index(["outcome", "variable"])
    year, lines = year_text(results, results.found.shock[0]), []
    for variable, rows in asked.groupby("variable", sort=False):
        told = [
            say(
                "summary.foretold_outcome",
                language,
                outcome=say(f"summary.foretold_{row.outcome}", language),
                value=_signed(row.spearman),
                beside=_beside(beside, row, results),
                level=_level(row, language),
                p=p_text(row.p_holm),
                certainty=say(f"certainty.{certainty(row.p_holm)}", language),
            )
            for row in rows.itertuples(index=False)
        ]
        named = results.framework.called(variable)[language]
        parts = joined(told, language, "parts")
        lines.append(say("summary.foretold", language, year=year, variable=named, told=parts))
    return [*lines, say("summary.foretold_how", language, count=len(asked))]


def _beside(beside: pd.DataFrame, row: Any, results: Results) -> str:
    """Say what the naive benchmark gives; nothing where the study names none."""
    at = (row.outcome, row.variable)
    if at not in beside.index or pd.isna(beside.at[at, "spearman"]):
        return ""
    name = results.framework.called(beside.at[at, "predictor"])[results.language]
    value, p = _signed(beside.at[at, "spearman"]), p_text(beside.at[at, "p_holm"])
    return say("summary.foretold_beside", results.language, name=name, value=value, p=p)


def _level(row: Any, language: str) -> str:
    """Say what it is at an equal earlier level, with its own p; nothing where that is unknown."""
    if pd.isna(row.spearman_level):
        return ""
    value, p = _signed(row.spearman_level), p_text(row.p_level)
    return say("summary.foretold_level", language, value=value, p=p)


def _signed(value: float, how: str = ".2f") -> str:
    return "-" if pd.isna(value) else f"{value:{how}}".replace("-", "\u2212")


def regional_lines(results: Results) -> list[str]:
    """Tell how wide the estimates of regional multipliers are."""
    table, language = tables.of(results, "regional_ranges"), results.language
    if table.empty:
        return []
    last = table["year"].max()
    rows = table if pd.isna(last) else table[table["year"] == last]
    spread = rows["multiplier_high"] - rows["multiplier_low"]
    methods = [each.upper() for each in results["regional_linkages"]["method"].unique()]
    return [
        say(
            "summary.regional",
            language,
            methods=methods,
            low=f"{rows['multiplier_low'].min():.2f}",
            high=f"{rows['multiplier_high'].max():.2f}",
            median=f"{spread.median():.2f}",
            regions=len(rows),
        )
    ]
