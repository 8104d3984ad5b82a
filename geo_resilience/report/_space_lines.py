"""Lines of the summary on space, and on what goes with the index."""

from __future__ import annotations

import pandas as pd

from geo_resilience import tables
from geo_resilience.report._verdicts import gap_values, labeled, told_verdicts
from geo_resilience.report._wording import (
    held_share,
    holds,
    last_rows,
    last_year,
    sureness,
    word_of,
    year_text,
)
from geo_resilience.results import Results
from geo_resilience.results._changes import change_told, mean_change_told, p_text, percent
from geo_resilience.spatial._methods import LOCAL_STATISTICS, UNTOLD
from geo_resilience.statistics._certainty import LIKELY_P
from geo_resilience.words import joined, say, shortened

#: What the study's own question is called in regression_path.csv.
MAIN = "main"

#: Fewer regions than this are called few.
FEW = 50

#: Changes told, the gap's first.
_CHANGES = ("east_west_gap", "moran")


def space_lines(results: Results) -> list[str]:
    """Tell autocorrelation, gap, what changed, verdicts, clusters and regressions."""
    lines = [*_moran(results), *_local(results), *gap_lines(results)]
    told = [change_told(results, each, results.language) for each in _CHANGES]
    told.append(mean_change_told(results, results.language))
    lines = [*lines, *filter(None, told), *_pattern(results)]
    if lines and len(results.in_year()) < FEW:
        lines.append(_few(results))
    return [*lines, *_regression(results)]


def _few(results: Results) -> str:
    """Say that regions are few, and how many independent ones their mean is worth."""
    language = results.language
    worth = tables.of(results, "gaps_trend", measure="mean")
    worth, told = worth[worth["n_effective"] < len(results.in_year())], ""
    if len(worth):
        told = say("summary.few_worth", language, count=f"{worth['n_effective'].iloc[0]:.0f}")
    return say("summary.few", language, regions=len(results.in_year()), worth=told)


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
            held=_moran_held(results, last["p_sim"]),
            **sureness(
                last["p_sim"], rules_table(results), "moran", language, "", holds(results, "moran")
            ),
        )
    ]


def _moran_held(results: Results, p: float) -> str:
    """Say in how many other indices the verdict on Moran's I holds, and between which values."""
    rows, share = last_rows(results, "holds", finding="moran"), holds(results, "moran")
    if share is None:
        return ""
    row = rows.iloc[0]
    ends = {end: f"{row[end]:.3f}" for end in ("low", "high")}
    draws = f"{row['draws']:,}"
    key = "summary.held" if p <= LIKELY_P else "summary.held_untold_within"
    return say(key, results.language, share=percent(share), draws=draws, **ends)


def _local(results: Results) -> list[str]:
    """Tell the first local statistic that the study has."""
    table = last_rows(results, "local", variable="composite")
    known = [name for name in LOCAL_STATISTICS if (table["statistic"] == name).any()]
    if not known:
        return []
    rows = table[table["statistic"] == known[0]]
    language, year = results.language, last_year(results)
    found = rows[~rows["cluster"].isin(list(UNTOLD))]
    judged = results.found.clusters
    share = holds(results, known[0], "all")
    key = f"local_statistic.none_{judged.by}"
    none = say(key, language, count=len(rows), alpha=f"{judged.alpha:g}")
    none += held_share(language, share)
    least = rows["q_value" if judged.by == "q" else "p_sim"].min()
    none = say("summary.sure", language, told=none, certainty=word_of(language, least, share))
    clusters = [_cluster(results, label, part) for label, part in found.groupby("cluster")]
    key = f"local_statistic.summary.{known[0]}"
    return [say(key, language, year=year, clusters=clusters or none)]


def _cluster(results: Results, label: str, part: pd.DataFrame) -> str:
    """Name the regions of a label, with the least share of other indices in which one has it."""
    statistic, judged = part["statistic"].iloc[0], results.found.clusters
    rows = last_rows(results, "holds", finding=statistic)
    known = rows["holds"][rows["item"].isin(part["adcode"])].dropna() if len(rows) else rows
    least = float(known.min()) if len(known) else None
    p = part["q_value" if judged.by == "q" else "p_sim"].max()
    return say(
        "summary.cluster_sure",
        results.language,
        label=say(f"cluster.{label}", results.language),
        names=shortened(part["name"], results.language),
        held=held_share(
            results.language, least, f"summary.held_{'least' if len(part) > 1 else 'share'}"
        ),
        certainty=word_of(results.language, p, least),
    )


def gap_lines(results: Results, key: str = "summary.gap") -> list[str]:
    """Tell the gap of the last year: as tested with space, or of independent regions."""
    rows = last_rows(results, "gaps", measure="east_west_gap")
    if rows.empty:
        return []
    row, kind, language = rows.iloc[-1], "", results.language
    if pd.isna(row["p_value"]):
        key, kind = "summary.gap_plain", "_free"
    held = holds(results, "gap", str(row["measure"]))
    told = gap_values(row, rules_table(results), language, kind, held=held)
    return [say(key, language, year=last_year(results), **told)]


def _pattern(results: Results) -> list[str]:
    """Put the verdicts on zones, belts, clusters and areas in words."""
    told = told_verdicts(verdict_rows(results), results.language, rules_table(results))
    if not told:
        return []
    verdicts = joined(told, results.language, "parts")
    return [say("summary.pattern", results.language, year=last_year(results), verdicts=verdicts)]


def verdict_rows(results: Results) -> pd.DataFrame:
    """Give the last year's verdicts on the study's groups, each with its label."""
    rows = last_rows(results, "pattern", variable="composite")
    rows = labeled(rows, results.groupings, results.language)
    return rows.assign(holds=[holds(results, "group", group) for group in rows["group"]])


def rules_table(results: Results) -> pd.DataFrame:
    """Give the last year's findings under every neighbor rule; none where the study skips it."""
    return last_rows(results, "neighbors_sensitivity", variable="composite")


def _regression(results: Results) -> list[str]:
    """Name what can be told from zero in the models that were taken; no causality is claimed."""
    lines = []
    for name, kind in results.found.models.items() if "impacts" in results.tables else ():
        lines.append(_taken(results, name, kind))
        lines += _path(results) if name == MAIN else []
    return lines


def _taken(results: Results, name: str, kind: str) -> str:
    table, language = results["impacts"], results.language
    model = say(f"regression.label_{kind}", language)
    if name != MAIN:
        model = say("summary.regression_named", language, name=name, model=model)
    steps = tables.of(results, "regression_path", regression=name)["reason"]
    after = steps.eq("after_choosing").any()
    told = {"model": model, "chosen": say("summary.regression_chosen", language) if after else ""}
    rows = table[table["model"] == _asked(name, kind)]
    rows = rows[(rows["effect"] == "total") & rows["p_null"].notna()]
    if rows.empty:
        return say("summary.regression_untested", language, **told)
    named = rows[rows["p_holm"] <= LIKELY_P]
    told["rules"] = _elsewhere(results, name, list(rows["variable"].drop(named.index)))
    if named.empty:
        # What other rules find of all regressors is told once, not of the nearest alone.
        nearest = rows.loc[rows["p_null"].idxmin()]
        term = _term(results, nearest, len(rows), results["impacts"].iloc[:0], name)
        return say("summary.regression_none", language, term=term, **told)
    rules = _regression_rules(results)
    terms = [_term(results, row, len(rows), rules, name) for _, row in named.iterrows()]
    return say("summary.regression", language, terms=terms, **told)


def _asked(question: str, name: str) -> str:
    """Write a model or a regressor as tables do: after its question where that is a further one."""
    return name if question == MAIN else f"{question}: {name}"


def _regression_rules(results: Results) -> pd.DataFrame:
    return last_rows(results, "neighbors_sensitivity", statistic="regression")


def _elsewhere(results: Results, question: str, variables: list[str]) -> str:
    """Say which regressors can be told from zero under other neighbor rules alone."""
    language, rules = results.language, _regression_rules(results)
    measures = [_asked(question, variable) for variable in variables]
    rules = rules[rules["measure"].isin(measures) & rules["holds"].notna()]
    others = rules[rules["rule"] != "used"]
    if others.empty:
        return ""
    terms = []
    for variable, measure in zip(variables, measures, strict=True):
        own = others[others["measure"] == measure]
        p = own.loc[own["p"] <= LIKELY_P, "p"]
        if len(p):
            told = joined(map(p_text, p), language)
            name = _regressor_names(results).get(variable, variable)
            values = {"name": name, "count": len(p), "rules": len(own), "p": told}
            terms.append(say("summary.regression_elsewhere_term", language, **values))
    if not terms:
        count = rules["rule"].nunique()
        return say("summary.regression_nowhere", language, rules=count)
    # Joined, so that the names of many regressors are not cut.
    told = say("summary.regression_elsewhere", language, terms=joined(terms, language))
    return joined([told], language)


def _term(results: Results, row: pd.Series, count: int, rules: pd.DataFrame, question: str) -> str:
    """Tell a regressor's total impact, its calibrated p and what single regions do to it."""
    language, low, high = results.language, row["without_low"], row["without_high"]
    names = results["scores"].drop_duplicates("adcode").set_index("adcode")["name"]
    same, variable = float(low * high > 0), row["variable"]
    measure = _asked(question, variable)
    return say(
        "summary.term",
        language,
        name=_regressor_names(results).get(variable, variable),
        estimate=f"{row['estimate']:+.3g}",
        p=p_text(row["p_null"]),
        holm=p_text(row["p_holm"]),
        count=count,
        low=f"{low:+.3g}",
        high=f"{high:+.3g}",
        region=names.get(row["most_influential"], row["most_influential"]),
        **sureness(row["p_holm"], rules, "regression", language, measure, same),
    )


def _path(results: Results) -> list[str]:
    """Tell the way to the model step by step, where it was looked for."""
    rows = tables.of(results, "regression_path", regression=MAIN)
    return [
        say("summary.regression_step", results.language, step=row.step, finding=row.finding)
        for row in rows.itertuples(index=False)
    ]


def _regressor_names(results: Results) -> dict[str, str]:
    """Give what regressors are called: as the study says, else as the framework does."""
    found = {each.code: each.name for each in results.framework.variables}
    called = found | dict(results.found.regressors)
    return {code: text[results.language] for code, text in called.items()}
