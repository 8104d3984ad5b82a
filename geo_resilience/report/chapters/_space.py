"""Space: whether like stands beside like, where strength gathers, gaps, belts and clusters."""

from __future__ import annotations

import pandas as pd

from geo_resilience.report._blocks import Block, DataTable, Finding, Picture, Sentence
from geo_resilience.report._grids import Shown, grid
from geo_resilience.report._teller import Teller
from geo_resilience.report._verdicts import labeled
from geo_resilience.results._changes import holding
from geo_resilience.spatial._methods import UNTOLD
from geo_resilience.statistics._certainty import LIKELY_P, certainty

#: Measures of the table of gaps that are tested, the study's own question first.
GAPS = (
    "east_west_gap",
    "east_central_gap",
    "east_west_only_gap",
    "east_northeast_gap",
    "north_south_gap",
)

_GAP_COLUMNS = (
    Shown("gap", "measure", "word:atlas_measure.{}"),
    Shown("difference", "value", "+.3f"),
    Shown("interval_95", "low", upto="high"),
    Shown("p", "p_value", "p"),
    Shown("p_corrected", "p_holm", "p"),
    Shown("verdict", "verdict", "word:report.gap_verdict.{}"),
)

_VERDICT_COLUMNS = (
    Shown("group", "label", "text"),
    Shown("regions", "n", "whole"),
    Shown("difference", "difference", "+.3f"),
    Shown("p_corrected", "q_spatial", "p"),
    Shown("verdict", "verdict", "word:report.verdict.{}"),
)


def space(tell: Teller) -> list[Block]:
    """Show autocorrelation, clusters, gaps and the verdicts on groups."""
    blocks: list[Block] = []
    pictures: list[Block] = []
    found = moran(tell)
    if found:
        blocks.append(Sentence(tell.paired(found)))
        pictures.append(Picture("moran_scatter", tell.claimed(found), detail=True, beside=True))
    clusters = clusters_sentence(tell)
    if clusters:
        blocks.append(Sentence(clusters))
        pictures.append(Picture("cluster_map", detail=True, beside=True))
    blocks += pictures
    gaps, verdicts = gaps_table(tell), verdicts_table(tell)
    if gaps:
        apart = gap(tell)
        blocks += [*gaps, Picture("gap_trends", tell.claimed(apart) if apart else "")]
    if verdicts:
        blocks += verdicts
    return blocks


def moran(tell: Teller) -> Finding | None:
    """Find whether regions are like their neighbors."""
    rows = tell.last("global", variable="composite", statistic="moran")
    rows = rows[rows["value"].notna()]
    if rows.empty:
        return None
    label = rows.index[0]
    held = holding(tell.results, tell.span[1], "moran")
    rules, agree = ruled(tell, "moran")
    sure = certainty(rows.at[label, "p_sim"], held, agree)
    told = {
        "held": tell.held("moran"),
        "rules": rules,
        "value": tell.cite("global", rows, label, "value"),
        "p": tell.cite("global", rows, label, "p_sim", "p"),
        "year": tell.year(tell.span[1]),
    }
    way = (
        "open"
        if sure == "open"
        else "alike"
        if rows.at[label, "value"] > rows.at[label, "expected"]
        else "unlike"
    )
    return Finding(
        tell.say(f"report.moran.{way}", **told),
        tell.say("report.moran.numbers", **told),
        sure,
        "space",
    )


def clusters_sentence(tell: Teller) -> str:
    """Count the clusters before and after the correction for many tests; nothing without them."""
    rows = tell.last("local", variable="composite")
    rows = rows[rows["statistic"] == next(iter(rows["statistic"]), "")]
    if rows.empty:
        return ""
    alone = rows[(rows["p_sim"] <= tell.results.found.clusters.alpha)]
    kept = rows[~rows["cluster"].isin(list(UNTOLD))]
    told = tell.say(
        "report.space.clusters",
        tests=len(rows),
        before=tell.counted("local", alone, "adcode"),
        after=tell.counted("local", kept, "adcode"),
    )
    more = [tell.say("report.space.open")] if len(kept) < len(alone) else []
    return tell.joined([told, *more], "sentences")


def gaps_table(tell: Teller) -> list[DataTable]:
    """Give the gaps of the last year with interval and p."""
    rows = tell.last("gaps")
    rows = rows[rows["measure"].isin(GAPS) & rows["value"].notna()]
    rows = rows.assign(verdict=[_verdict(row) for _, row in rows.iterrows()])
    caption = tell.say("report.space.gaps", year=tell.year(tell.span[1]))
    return grid(tell, "gaps", rows, caption, _GAP_COLUMNS)


def _verdict(row: pd.Series) -> str:
    """Judge a gap: the study's own question by its p, the others by that corrected for all."""
    p = row["p_value" if row["measure"] == GAPS[0] else "p_holm"]
    if pd.isna(p):
        return "not_tested"
    return "open" if p > LIKELY_P else "above" if row["value"] > 0 else "below"


def gap(tell: Teller) -> Finding | None:
    """Find whether the east stands above center and west."""
    rows = tell.last("gaps", measure=GAPS[0])
    rows = rows[rows["p_value"].notna()]
    if rows.empty:
        return None
    label = rows.index[0]
    held = holding(tell.results, tell.span[1], "gap", GAPS[0])
    rules, agree = ruled(tell, "gap", GAPS[0])
    sure = certainty(rows.at[label, "p_value"], held, agree)
    told = {
        "value": tell.cite("gaps", rows, label, "value"),
        "low": tell.cite("gaps", rows, label, "low"),
        "high": tell.cite("gaps", rows, label, "high"),
        "held": tell.held("gap", GAPS[0]),
        "rules": rules,
        "apart": _apart(tell, rows, label),
        "p": tell.cite("gaps", rows, label, "p_value", "p"),
        "year": tell.year(tell.span[1]),
    }
    way = "open" if sure == "open" else "above" if rows.at[label, "value"] > 0 else "below"
    return Finding(
        tell.say(f"report.gap.{way}", **told), tell.say("report.gap.numbers", **told), sure, "space"
    )


def group(tell: Teller) -> Finding | None:
    """Find the group that differs most surely, in a study that has no east and west."""
    rows = labeled(
        tell.last("pattern", variable="composite"), tell.results.groupings, tell.language
    )
    rows = rows[rows["verdict"].isin(("higher", "lower"))]
    if rows.empty or gap(tell):
        return None
    label = rows["q_spatial"].idxmin()
    name = str(rows.at[label, "group"])
    rules, agree = ruled(tell, "group", name)
    held = holding(tell.results, tell.span[1], "group", name)
    told = {
        "name": rows.at[label, "label"],
        "value": tell.cite("pattern", rows, label, "difference", "+.3f"),
        "p": tell.cite("pattern", rows, label, "q_spatial", "p"),
        "rules": rules,
        "held": tell.held("group", name),
        "year": tell.year(tell.span[1]),
    }
    return Finding(
        tell.say(f"report.group.{rows.at[label, 'verdict']}", **told),
        tell.say("report.group.numbers", **told),
        certainty(rows.at[label, "q_spatial"], held, agree),
        "space",
    )


def ruled(tell: Teller, statistic: str, measure: str = "") -> tuple[str, float | None]:
    """Say under how many other neighbor rules the verdict is the same, and give their share."""
    rows = tell.last("neighbors_sensitivity", variable="composite", statistic=statistic)
    rows = rows[(rows["measure"].fillna("") == measure) & (rows["rules"] > 0)]
    if rows.empty:
        return "", None
    label = rows.index[0]
    counts = {
        name: tell.cite("neighbors_sensitivity", rows, label, name, "whole")
        for name in ("agree", "rules")
    }
    share = float(rows.at[label, "agree"]) / float(rows.at[label, "rules"])
    return tell.say("summary.rules", **counts), share


def _apart(tell: Teller, rows: pd.DataFrame, label: int) -> str:
    """Say what the spatial model estimates where the difference of means is not in its interval."""
    value, low, high = (rows.at[label, name] for name in ("value", "low", "high"))
    if not (value < low or value > high):
        return ""
    return tell.say("report.gap.apart", estimate=tell.cite("gaps", rows, label, "estimate"))


def verdicts_table(tell: Teller) -> list[DataTable]:
    """Give the verdict on each group in plain words."""
    rows = tell.last("pattern", variable="composite")
    rows = labeled(rows, tell.results.groupings, tell.language)
    caption = tell.say("report.space.verdicts", year=tell.year(tell.span[1]))
    return grid(tell, "pattern", rows, caption, _VERDICT_COLUMNS)
