"""Where strength gathers and what goes with it: lines of the summary."""

from __future__ import annotations

import pandas as pd

from geo_resilience import tables
from geo_resilience.report.telling import last_rows, year_text
from geo_resilience.results import Results
from geo_resilience.spatial.methods import LOCAL_STATISTICS, UNTOLD
from geo_resilience.words import say

__all__ = ["moran_rows", "p_text", "space_lines", "verdicts_of"]

#: What the study's own question is called in regression_path.csv.
MAIN = "main"

#: Fewer regions than this are called few.
FEW = 50

#: Names shown of a long list.
NAMED = 6


def space_lines(results: Results) -> list[str]:
    """Tell autocorrelation, gap, verdicts, clusters and regressions."""
    lines = [*_moran(results), *_local(results), *_gap(results), *_pattern(results)]
    count = len(results.in_year())
    if lines and count < FEW:
        lines.append(say("summary.few", results.language, regions=count))
    return [*lines, *_regression(results)]


def moran_rows(results: Results) -> pd.DataFrame:
    """Give Moran's I of the composite by year."""
    table = results["global"]
    rows = table[(table["variable"] == "composite") & (table["statistic"] == "moran")]
    return rows[rows["value"].notna()].set_index("year").sort_index()


def _moran(results: Results) -> list[str]:
    rows = moran_rows(results)
    if rows.empty:
        return []
    last, language, before = rows.iloc[-1], results.language, ""
    if len(rows) > 1:
        value = f"{rows['value'].iloc[0]:.3f}"
        first = year_text(results, int(rows.index[0]))
        before = say("summary.moran_before", language, value=value, year=first)
    return [
        say(
            "summary.moran",
            language,
            value=f"{last['value']:.3f}",
            year=year_text(results, int(rows.index[-1])),
            p=f"{last['p_sim']:.4f}",
            permutations=f"{int(last['permutations']):,}",
            before=before,
        )
    ]


def _local(results: Results) -> list[str]:
    """Tell the first local statistic that the study has."""
    table = last_rows(results, "local", variable="composite")
    known = [name for name in LOCAL_STATISTICS if (table["statistic"] == name).any()]
    if not known:
        return []
    rows = table[table["statistic"] == known[0]]
    language, year = results.language, year_text(results, results.years[-1])
    found = rows[~rows["cluster"].isin(list(UNTOLD))]
    judged = results.found.clusters
    key = f"local_statistic.none_{judged.by}"
    none = say(key, language, count=len(rows), alpha=f"{judged.alpha:g}")
    clusters = [
        say(
            "summary.cluster",
            language,
            label=say(f"cluster.{label}", language),
            names=_shortened(results, list(part["name"])),
        )
        for label, part in found.groupby("cluster")
    ]
    key = f"local_statistic.summary.{known[0]}"
    return [say(key, language, year=year, clusters=clusters or none)]


def _gap(results: Results) -> list[str]:
    rows = last_rows(results, "gaps", measure="east_west_gap")
    if rows.empty:
        return []
    last, language = rows.iloc[-1], results.language
    fields = {name: f"{last[name]:.3f}" for name in ("value", "low", "high")}
    fields["year"] = year_text(results, results.years[-1])
    if pd.isna(last["p_value"]):
        return [say("summary.gap_plain", language, **fields)]
    free = ""
    if "p_free" in last and pd.notna(last["p_free"]):
        free = say("summary.gap_free", language, p=p_text(last["p_free"]))
    return [say("summary.gap", language, p=p_text(last["p_value"]), free=free, **fields)]


def p_text(value: float) -> str:
    """Write a p-value; a tiny one as a bound."""
    return "<0.0001" if value < 0.0001 else f"{value:.3g}"


def verdicts_of(results: Results) -> dict[str, list[str]]:
    """Give the names of zones, belts, clusters and areas by the verdict of the last year."""
    rows = last_rows(results, "pattern", variable="composite")
    if rows.empty:
        return {}
    named = rows.assign(label=rows["group"].map(_group_names(results)))
    named = named[named["label"].notna()]
    found = {
        verdict: list(named.loc[named["verdict"] == verdict, "label"])
        for verdict in ("higher", "lower", "not significant", "cannot be tested", "not tested")
    }
    return {verdict: groups for verdict, groups in found.items() if groups}


def _pattern(results: Results) -> list[str]:
    """Put the verdicts on zones, belts, clusters and areas in words."""
    language, found = results.language, verdicts_of(results)
    if not found:
        return []
    count = sum(map(len, found.values()))
    told = []
    for verdict, groups in found.items():
        key = f"summary.verdict_{verdict.replace(' ', '_')}"
        told.append(say(key, language, groups=_shortened(results, groups, count)))
    year = year_text(results, results.years[-1])
    verdicts = say("summary.list_end", language).join(told)
    return [say("summary.pattern", language, year=year, verdicts=verdicts)]


def _group_names(results: Results) -> dict[str, str]:
    zh = results.language == "zh"
    return {
        group.id: group.name_zh if zh else group.name
        for grouping in results.groupings.values()
        for group in grouping.groups
    }


def _shortened(results: Results, names: list[str], whole: int = 0) -> list[str]:
    """Name a few of a long list, each once."""
    names = list(dict.fromkeys(names))
    if whole and len(names) >= whole:
        return [say("summary.all_of_them", results.language, count=whole)]
    if len(names) <= NAMED:
        return names
    more = say("summary.more", results.language, count=len(names) - NAMED)
    return [*names[:NAMED], more]


def _regression(results: Results) -> list[str]:
    """Name what can be told from zero in the models that were taken; no causality is claimed."""
    lines = []
    for name, kind in results.found.models.items() if "impacts" in results.tables else ():
        lines.append(_taken(results, name, kind))
        lines += _path(results) if name == MAIN else []
    return lines


def _taken(results: Results, name: str, kind: str) -> str:
    table, language = results["impacts"], results.language
    stem = kind if name == MAIN else f"{name}: {kind}"
    model = say(f"regression.label_{kind}", language)
    if name != MAIN:
        model = say("summary.regression_named", language, name=name, model=model)
    rows = table[(table["model"] == stem) & (table["effect"] == "total") & (table["p"] <= 0.05)]
    if rows.empty:
        return say("summary.regression_none", language, model=model)
    names = _regressor_names(results)
    terms = [
        say(
            "summary.term",
            language,
            name=names.get(row.variable, row.variable),
            estimate=f"{row.estimate:+.3g}",
            p=p_text(row.p),
        )
        for row in rows.itertuples(index=False)
    ]
    return say("summary.regression", language, model=model, terms=terms)


def _path(results: Results) -> list[str]:
    """Tell the way to the model step by step, where it was looked for."""
    rows = tables.of(results, "regression_path", regression=MAIN)
    return [
        say("summary.regression_step", results.language, step=row.step, finding=row.finding)
        for row in rows.itertuples(index=False)
    ]


def _regressor_names(results: Results) -> dict[str, str]:
    """Give what regressors are called: as the study says, else as the framework does."""
    zh = results.language == "zh"
    found = {each.code: each.name_zh if zh else each.name for each in results.framework.variables}
    own = results.found.regressors
    return found | {
        code: text[results.language] if results.language in text else next(iter(text.values()))
        for code, text in own.items()
    }
