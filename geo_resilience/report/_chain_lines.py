"""Lines of the summary on the chain: sectors, shocks, warnings, what-ifs, regional tables."""

from __future__ import annotations

import pandas as pd

from geo_resilience import tables
from geo_resilience.chain.inputoutput._leontief import keys_of_one
from geo_resilience.chain.management._early_warning import WARNING_LEVELS
from geo_resilience.report._wording import last_rows, last_year, word_of
from geo_resilience.results import Results
from geo_resilience.results._changes import p_text, percent
from geo_resilience.statistics._certainty import LIKELY_P
from geo_resilience.words import joined, say

#: Names given of many, and suppositions told.
_NAMED = 5

_TOLD = 4


def chain_lines(results: Results) -> list[str]:
    """Tell key sectors, the most exposed one, shocks, warnings, what-ifs, regional multipliers."""
    lines = [*_sectors(results), *_shock(results), *warning_lines(results), *_what_ifs(results)]
    return [*lines, *_regional(results)]


def _some(names: list[str], language: str, what: str = "items") -> str:
    """Write the first few of many names."""
    shown = joined(names[:_NAMED], language, what)
    more = len(names) - _NAMED
    return shown if more <= 0 else say("summary.and_more", language, names=shown, count=more)


def _sectors(results: Results) -> list[str]:
    if "io_linkages" not in results.tables:
        return []
    language, table = results.language, of_last_year(results["io_linkages"])
    # Domestic technology where imports stand apart, else the only one there is.
    technology = table["technology"].iloc[0]
    key = table[(table["quadrant"] == "key") & (table["technology"] == technology)]
    # The most strongly linked first.
    key = key.assign(reach=key["backward"] + key["forward"])
    sectors = list(key.sort_values("reach", ascending=False, kind="stable")["name"])
    told = _some(sectors, language, "parts") or "-"
    both = table[(table["technology"] == technology) & table["forward_ghosh"].notna()]
    if len(both):
        ghosh = say("summary.keys_of_one", language, count=keys_of_one(both), sectors=len(both))
        told = joined([told, ghosh], language, "parts")
    year = table["year"].iloc[0]
    if pd.isna(year):
        lines = [say("summary.key_sectors_undated", language, sectors=told)]
    else:
        lines = [say("summary.key_sectors", language, year=int(year), sectors=told)]
    losses = of_last_year(results["inoperability"])
    losses = losses[losses["exposure"].notna()]
    if len(losses):
        exposed = losses.loc[losses["exposure"].idxmax(), "name"]
        lines.append(say("summary.exposed", language, sector=exposed))
    return lines


def of_last_year(table: pd.DataFrame) -> pd.DataFrame:
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
        share = percent(rules["beyond"].mean())
        fields["share"] = say("summary.warnings_share", language, share=share)
    fields["year"] = last_year(results)
    now = say("summary.warnings", language, levels=_levels(rows["level"], language), **fields)
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
        for level in reversed(WARNING_LEVELS)
        if counts.get(level, 0)
    ]


def _ahead(results: Results) -> list[str]:
    """Tell the levels that are forecast, from the good end of the intervals to the bad one."""
    every, language = tables.of(results, "warnings", forecast=True), results.language
    rows = every.dropna(subset=["level", "best", "worst"]) if len(every) else every
    if rows.empty:
        return []
    lacking = len(every) - len(rows)
    made = results["forecasts"].iloc[0]
    coverage = percent(made["coverage"])
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
        certainty=word_of(language, None, same / len(rows)),
        levels=_levels(rows["level"], language),
        lacking=say("summary.warnings_lacking", language, count=lacking) if lacking else "",
        **{end: _levels(rows[end], language) for end in ("best", "worst")},
    )
    return [told, *_backtested(results, coverage)]


def _backtested(results: Results, coverage: str) -> list[str]:
    """Tell how the ways to forecast did in the past."""
    tried, language = tables.of(results, "backtest", code=""), results.language
    if tried.empty:
        return []
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
        others=others,
        coverage=coverage,
        held=percent(chosen["coverage"]),
    )
    return [why]


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
                each=each,
                p=p_text(row.p_holm),
                verdict=say(f"summary.led_{seen}", language),
                certainty=word_of(language, row.p_holm),
            )
        )
    return [say("summary.led", language, told=joined(told, language, "parts"))] if told else []


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
            levels = row["warning"], row["new_warning"]
            before, after = (say(f"chain.warning.{level}", language) for level in levels)
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


def _regional(results: Results) -> list[str]:
    """Tell how wide the estimates of regional multipliers are."""
    table, language = tables.of(results, "regional_ranges"), results.language
    if table.empty:
        return []
    rows = of_last_year(table)
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
