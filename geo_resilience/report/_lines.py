"""Lines of the summary on space, what goes with the index, and the chain."""

from __future__ import annotations

import pandas as pd

from geo_resilience import tables
from geo_resilience.report._verdicts import (
    gap_values,
    held_share,
    labeled,
    p_text,
    shortened,
    sureness,
    told_verdicts,
)
from geo_resilience.results import Results
from geo_resilience.results._changes import change_told, holding, mean_change_told, percent
from geo_resilience.spatial._methods import LOCAL_STATISTICS, UNTOLD
from geo_resilience.statistics._certainty import LIKELY_P, certainty
from geo_resilience.words import joined, say


def year_text(results: Results, year: int) -> str:
    """Write a year; a study without years has one period."""
    if not year:
        return say("summary.no_year", results.language)
    return say("summary.year", results.language, year=year)


def last_rows(results: Results, stem: str, **where: str) -> pd.DataFrame:
    """Give the rows of a table for the last year; none where the study skips it."""
    return tables.of(results, stem, year=results.years[-1], **where)


def holds(results: Results, finding: str, item: str = "composite") -> float | None:
    """Give the share of the draws in which a finding of the last year holds; None if not asked."""
    return holding(results, results.years[-1], finding, item)


def word_of(results: Results, p: float | None, *shares: float | None) -> str:
    """Give the word of certainty in the study's language."""
    return say(f"certainty.{certainty(p, *shares)}", results.language)


#: Names given of many, and suppositions told.
_NAMED = 5
_TOLD = 4
_WARNINGS = ("warning", "new_warning")


def chain_lines(results: Results) -> list[str]:
    """Tell key sectors, the most exposed one, resistance and recovery, warnings, what-ifs."""
    return [*_sectors(results), *_shock(results), *warning_lines(results), *_what_ifs(results)]


def _some(names: list[str], language: str, key: str = "summary.list_short") -> str:
    """Write the first few of many names."""
    shown = say(key, language).join(names[:_NAMED])
    more = len(names) - _NAMED
    return shown if more <= 0 else say("summary.and_more", language, names=shown, count=more)


def _sectors(results: Results) -> list[str]:
    if "io_linkages" not in results.tables:
        return []
    language, table = results.language, _of_last_year(results["io_linkages"])
    # Domestic technology where imports stand apart, else the only one there is.
    technology = table["technology"].iloc[0]
    key = table[(table["quadrant"] == "key") & (table["technology"] == technology)]
    # The most strongly linked first.
    key = key.assign(reach=key["backward"] + key["forward"])
    sectors = list(key.sort_values("reach", ascending=False, kind="stable")["name"])
    told = _some(sectors, language, "summary.list_end") or "-"
    year = table["year"].iloc[0]
    if pd.isna(year):
        lines = [say("summary.key_sectors_undated", language, sectors=told)]
    else:
        lines = [say("summary.key_sectors", language, year=int(year), sectors=told)]
    losses = _of_last_year(results["inoperability"])
    losses = losses[losses["exposure"].notna()]
    if len(losses):
        exposed = losses.loc[losses["exposure"].idxmax(), "name"]
        lines.append(say("summary.exposed", language, sector=exposed))
    return lines


def _of_last_year(table: pd.DataFrame) -> pd.DataFrame:
    """Give the rows of the last input-output table; all of them where none has a year."""
    last = table["year"].max()
    return table if pd.isna(last) else table[table["year"] == last]


def _shock(results: Results) -> list[str]:
    language, table = results.language, tables.of(results, "shock", scope="region")
    lines = []
    for variable, rows in table.groupby("variable", sort=False):
        kinds = rows["type"].value_counts()
        lines.append(
            say(
                "summary.shock",
                language,
                variable=results.framework.called(str(variable)),
                shock=rows["shock"].iloc[0],
                recovered=rows["recovered"].iloc[0],
                regions=len(rows),
                both=int(kinds.get("resistant, recovered", 0)),
                who=_named_of(rows, "resistant, recovered", language),
                neither=int(kinds.get("not resistant, not recovered", 0)),
                who_not=_named_of(rows, "not resistant, not recovered", language),
            )
        )
    return lines


def _named_of(rows: pd.DataFrame, kind: str, language: str) -> str:
    """Name the regions of a type, the ones furthest from the nation first."""
    found = rows[rows["type"] == kind]
    far = found["resistance"].abs() + found["recovery"].abs()
    far = far.sort_values(ascending=False, kind="stable")
    names = _some(list(found.loc[far.index, "name"]), language)
    return say("summary.named", language, names=names) if names else ""


def warning_lines(results: Results) -> list[str]:
    """Tell the levels of the last year, those forecast, and whether any came before harm."""
    rows, language = last_rows(results, "warnings"), results.language
    rules = tables.of(results, "thresholds")
    if rows.empty:
        if rules.empty or "p_holm" not in rules or rules["useful"].any():
            return []
        least = p_text(rules["p_holm"].min())
        return [say("summary.warnings_none", language, count=len(rules), p=least)]
    fields = {"hidden": "", "share": ""}
    hidden = int(((rows["gravest"] == "red") & (rows["level"] != "red")).sum())
    if hidden:
        fields["hidden"] = say("summary.warnings_hidden", language, count=hidden)
    if (rules["source"] == "quantiles").all():
        share = f"{100 * rules['beyond'].mean():.0f}"
        fields["share"] = say("summary.warnings_share", language, share=share)
    year = year_text(results, results.years[-1])
    now = say(
        "summary.warnings", language, year=year, levels=_levels(rows["level"], language), **fields
    )
    return [now, *_ahead(results), *_foretold(results)]


def _levels(levels: pd.Series, language: str) -> list[str]:
    counts = levels.value_counts()
    return [
        say(
            "summary.level",
            language,
            count=int(counts[level]),
            level=say(f"chain.warning.{level}", language),
        )
        for level in ("red", "orange", "yellow", "blue", "none")
        if counts.get(level, 0)
    ]


def _ahead(results: Results) -> list[str]:
    """Tell the levels that are forecast, from the good end of the intervals to the bad one."""
    rows, language = tables.of(results, "warnings", forecast=True), results.language
    if rows.empty:
        return []
    made = results["forecasts"].iloc[0]
    coverage = f"{100 * made['coverage']:.0f}"
    same = int((rows["best"] == rows["worst"]).sum())
    told = say(
        "summary.warnings_ahead",
        language,
        year=int(rows["year"].iloc[0]),
        method=_carried(results, made),
        coverage=coverage,
        tail=f"{50 * (1 - made['coverage']):.3g}",
        same=same,
        count=len(rows),
        certainty=say(f"certainty.{certainty(None, same / len(rows))}", language),
        levels=_levels(rows["level"], language),
        **{end: _levels(rows[end], language) for end in ("best", "worst")},
    )
    tried = tables.of(results, "backtest", code="")
    if tried.empty:
        return [told]
    chosen = tried[tried["chosen"]].iloc[0]
    others = [
        say(
            "summary.backtest_other",
            language,
            method=say(f"choice.forecast.{row.method}", language),
            rmse=f"{row.rmse:.2f}",
        )
        for row in tried[~tried["chosen"]].itertuples(index=False)
    ]
    each = tables.of(results, "backtest", method=chosen["method"])
    each = each[each["code"] != ""]
    wide = int((each["widening"] > 1).sum())
    why = say(
        "summary.backtest",
        language,
        n=f"{chosen['n']:,}",
        regions=results["forecasts"]["adcode"].nunique(),
        indicators=len(each),
        years=int(chosen["years"]),
        widened=say("summary.backtest_widened", language, count=wide) if wide else "",
        rmse=f"{chosen['rmse']:.2f}",
        others=say("summary.list_short", language).join(others),
        coverage=coverage,
        held=f"{100 * chosen['coverage']:.0f}",
    )
    return [told, why]


def _carried(results: Results, made: pd.Series) -> str:
    """Name the method of a forecast; the last value by the year that it is of."""
    if made["method"] == "last":
        return say("summary.carried", results.language, year=results.years[-1])
    return say(f"choice.forecast.{made['method']}", results.language)


def _foretold(results: Results) -> list[str]:
    """Tell whether past warnings came before slower growth."""
    table, language = tables.of(results, "warnings_foretold"), results.language
    told = []
    for row in table[table["year"].isna()].itertuples(index=False):
        seen = "open" if row.p_holm > LIKELY_P else "reverse" if row.spearman > 0 else "yes"
        years = table[(table["variable"] == row.variable) & table["year"].notna()]
        each = [
            say("summary.led_year", language, year=int(own.year), value=f"{own.spearman:+.2f}")
            for own in years.itertuples(index=False)
        ]
        told.append(
            say(
                "summary.led_of",
                language,
                variable=results.framework.called(str(row.variable)),
                value=f"{row.spearman:+.2f}",
                each=say("summary.list_short", language).join(each),
                p=p_text(row.p_holm),
                verdict=say(f"summary.led_{seen}", language),
                certainty=say(f"certainty.{certainty(row.p_holm)}", language),
            )
        )
    parts = joined(told, language, "parts")
    return [say("summary.led", language, told=parts)] if told else []


def _what_ifs(results: Results) -> list[str]:
    """Tell the first few suppositions where they strike hardest."""
    language, table = results.language, tables.of(results, "what_if")
    lines: list[str] = []
    for scenario, rows in table.groupby("scenario", sort=False):
        if len(lines) == _TOLD:
            left = table["scenario"].nunique() - _TOLD
            lines.append(say("summary.what_if_more", language, count=left))
            break
        change = (rows["new_composite"] - rows["composite"]).abs()
        if rows["reason"].notna().any():
            change = change[rows["reason"].notna()]
        row = rows.loc[change.idxmax()]
        warning = ""
        if pd.notna(row["warning"]) and pd.notna(row["new_warning"]):
            levels = (say(f"chain.warning.{row[key]}", language) for key in _WARNINGS)
            before, after = levels
            warning = say("summary.what_if_warning", language, before=before, after=after)
        reason = "" if pd.isna(row["reason"]) else str(row["reason"])
        lines.append(
            say(
                "summary.what_if",
                language,
                scenario=scenario,
                region=row["name"],
                before=f"{row['composite']:.3f}",
                after=f"{row['new_composite']:.3f}",
                grade=say(f"grade.{row['grade']}", language),
                new_grade=say(f"grade.{row['new_grade']}", language),
                rank=int(row["rank"]),
                new_rank=int(row["new_rank"]),
                warning=warning,
                reason=say("summary.what_if_reason", language, reason=reason) if reason else "",
            )
        )
    return lines


#: What the study's own question is called in regression_path.csv.
MAIN = "main"

#: Fewer regions than this are called few.
FEW = 50


#: Changes told, the gap's first.
_CHANGES = ("east_west_gap", "moran")


def space_lines(results: Results) -> list[str]:
    """Tell autocorrelation, gap, what changed, verdicts, clusters and regressions."""
    lines = [*_moran(results), *_local(results), *_gap(results)]
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
    worth = worth[worth["n_effective"].notna()]
    told = ""
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
    language, year = results.language, year_text(results, results.years[-1])
    found = rows[~rows["cluster"].isin(list(UNTOLD))]
    judged = results.found.clusters
    share = holds(results, known[0], "all")
    key = f"local_statistic.none_{judged.by}"
    none = say(key, language, count=len(rows), alpha=f"{judged.alpha:g}")
    none += held_share(language, share)
    least = rows["q_value" if judged.by == "q" else "p_sim"].min()
    none = say("summary.sure", language, told=none, certainty=word_of(results, least, share))
    clusters = [_cluster(results, label, part) for label, part in found.groupby("cluster")]
    key = f"local_statistic.summary.{known[0]}"
    return [say(key, language, year=year, clusters=clusters or none)]


def _cluster(results: Results, label: str, part: pd.DataFrame) -> str:
    """Name the regions of a label, with the least share of other indices in which one has it."""
    statistic, judged = part["statistic"].iloc[0], results.found.clusters
    shares = [holds(results, statistic, str(key)) for key in part["adcode"]]
    known = [share for share in shares if share is not None]
    least = min(known, default=None)
    p = part["q_value" if judged.by == "q" else "p_sim"].max()
    return say(
        "summary.cluster_sure",
        results.language,
        label=say(f"cluster.{label}", results.language),
        names=shortened(part["name"], results.language),
        held=held_share(
            results.language, least, f"summary.held_{'least' if len(part) > 1 else 'share'}"
        ),
        certainty=word_of(results, p, least),
    )


def _gap(results: Results) -> list[str]:
    rows = last_rows(results, "gaps", measure="east_west_gap")
    if rows.empty:
        return []
    last, year = rows.iloc[-1], year_text(results, results.years[-1])
    key = "summary.gap_plain" if pd.isna(last["p_value"]) else "summary.gap"
    return [say(key, results.language, year=year, **gap_told(results, last))]


def gap_told(results: Results, row: pd.Series) -> dict[str, str]:
    """Give what sentences say of a gap: as tested with space, or of independent regions."""
    kind = "_free" if pd.isna(row["p_value"]) else ""
    held = holds(results, "gap", str(row["measure"]))
    return gap_values(row, rules_table(results), results.language, kind, held=held)


def _pattern(results: Results) -> list[str]:
    """Put the verdicts on zones, belts, clusters and areas in words."""
    told = told_verdicts(verdict_rows(results), results.language, rules_table(results))
    if not told:
        return []
    year = year_text(results, results.years[-1])
    verdicts = joined(told, results.language, "parts")
    return [say("summary.pattern", results.language, year=year, verdicts=verdicts)]


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
    stem = kind if name == MAIN else f"{name}: {kind}"
    model = say(f"regression.label_{kind}", language)
    if name != MAIN:
        model = say("summary.regression_named", language, name=name, model=model)
    steps = tables.of(results, "regression_path", regression=name)["reason"]
    after = steps.eq("after_choosing").any()
    told = {"model": model, "chosen": say("summary.regression_chosen", language) if after else ""}
    rows = table[(table["model"] == stem) & (table["effect"] == "total") & table["p_null"].notna()]
    if rows.empty:
        return say("summary.regression_untested", language, **told)
    named = rows[rows["p_holm"] <= LIKELY_P]
    if named.empty:
        term = _term(results, rows.loc[rows["p_null"].idxmin()], len(rows), name)
        return say("summary.regression_none", language, term=term, **told)
    terms = [_term(results, row, len(rows), name) for _, row in named.iterrows()]
    return say("summary.regression", language, terms=terms, **told)


def _term(results: Results, row: pd.Series, count: int, question: str) -> str:
    """Tell a regressor's total impact, its calibrated p and what single regions do to it."""
    language, low, high = results.language, row["without_low"], row["without_high"]
    names = results["scores"].drop_duplicates("adcode").set_index("adcode")["name"]
    rules = last_rows(results, "neighbors_sensitivity", statistic="regression")
    rules = rules if question == MAIN else rules.iloc[:0]
    same, variable = float(low * high > 0), row["variable"]
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
        **sureness(row["p_holm"], rules, "regression", language, variable, same),
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
