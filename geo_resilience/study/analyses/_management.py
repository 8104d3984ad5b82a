"""Risks, targets, priorities, maturity and early warning, for a study."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from geo_resilience import chain
from geo_resilience.chain.management._early_warning import (
    COLORS,
    checked_thresholds,
    warning_table,
)
from geo_resilience.chain.management._forecasts import FEWEST, outlook
from geo_resilience.chain.management._foretold import foretold
from geo_resilience.chain.management._maturity import maturity_table
from geo_resilience.chain.management._priorities import priority_table
from geo_resilience.chain.management._risks import risk_table
from geo_resilience.chain.management._targets import target_table
from geo_resilience.errors import Problems
from geo_resilience.notes import Note
from geo_resilience.statistics._surrogates import MOST_PATTERNS
from geo_resilience.study._case import Case, ChainCase, Findings

#: Noise-to-signal ratio below which a signal weighs no more: a few lucky hits are no certainty.
_LEAST_NOISE = 0.05


def keep_registers(case: ChainCase, found: Findings) -> None:
    """Judge risks, targets, priorities and maturity: the study's own tables."""
    asked, given = case.plan.chain, case.chain
    if given.risks is not None:
        found.tables["risks"] = risk_table(given.risks, rule=asked.risk_rule)
    if given.targets is not None:
        found.tables["targets"] = target_table(given.targets)
    if given.priorities is not None:
        found.tables["priorities"] = priority_table(
            given.priorities, weights=asked.priority_weights
        )
    if given.maturity is not None:
        found.tables["maturity"] = maturity_table(given.maturity)


@dataclass(frozen=True, eq=False)
class Watch:
    """What early warning looks at.

    - ``values``, rows (adcode, year), columns codes: indicators and variables as measured.
    - ``thresholds``: as `chain.warning_levels` takes them.
    - ``source``: ``given``, ``quantiles`` or ``signals``.
    - ``lessons``: what the signals approach found for each indicator, useless ones too.
    """

    values: pd.DataFrame
    thresholds: pd.DataFrame
    source: str
    lessons: pd.DataFrame | None = None


def watched(case: Case) -> Watch:
    """Give what a study watches and its thresholds: given, or learned from its own past."""
    asked, thresholds = case.plan.chain, case.chain.thresholds
    pool = case.measured.pool
    codes = list(asked.watch or case.measured.raw.columns)
    if thresholds is not None:
        codes = [code for code in thresholds.index if not asked.watch or code in asked.watch]
    problems = Problems()
    for code in [each for each in codes if each not in pool]:
        problems.unknown("study.watch_unknown", code, pool.columns)
    problems.raise_if_any()
    values = pool[codes].dropna(axis=0, how="all")
    if thresholds is not None:
        return Watch(values, thresholds.loc[codes], "given")
    directions = {code: case.inputs.framework.directions.get(code) for code in codes}
    if asked.learn == "signals":
        return _signals(case, values, directions)
    learned = chain.quantile_thresholds(
        values, directions, quantiles=asked.quantiles, hysteresis=asked.hysteresis
    )
    return Watch(values, learned, "quantiles")


def _signals(case: Case, values: pd.DataFrame, directions: Mapping[str, str | None]) -> Watch:
    """Learn one threshold an indicator from the crises that followed; the sharper weighs more."""
    asked = case.plan.chain
    crisis = _crises(case.measured.pool[str(asked.crisis)], asked.crisis_fall)
    lessons = chain.signal_thresholds(
        values,
        crisis.reindex(values.index),
        directions,
        horizon=asked.horizon,
        links=case.neighbors.adjacency,
        rng=case.stream("signals"),
    )
    useful = lessons[lessons["useful"]]
    rules = pd.DataFrame(index=useful.index)
    rules["direction"] = useful["direction"]
    rules[["blue", "yellow", "orange"]] = float("nan")
    rules["red"] = useful["threshold"]
    spread = values[useful.index].quantile(0.75) - values[useful.index].quantile(0.25)
    rules["hysteresis"] = asked.hysteresis * spread
    ratio = useful["noise_unseen"] / useful["caught_unseen"]
    rules["weight"] = 1 / ratio.clip(lower=_LEAST_NOISE)
    return Watch(values[list(useful.index)], rules, "signals", lessons)


def _crises(values: pd.Series, fall: float) -> pd.Series:
    """Mark crises: where the variable says 1, or where it fell by more than a share in a year."""
    if set(values.dropna().unique()) <= {0, 1}:
        return values.astype("boolean")
    panel = values.unstack("year").sort_index(axis=1)
    years = panel.columns.to_series()
    before = panel.shift(axis=1)
    before.loc[:, (years != years.shift() + 1).to_numpy()] = float("nan")
    change = panel / before - 1
    fell = (change < -fall).astype("boolean").mask(change.isna())
    return fell.stack(future_stack=True).reindex(values.index)


def give_warning(case: Case, found: Findings) -> None:
    """Give the warning level of every region and year, with the rule that fired."""
    asked = case.plan.chain
    watch = watched(case)
    found.tables["thresholds"] = _threshold_table(case, watch)
    found.notes += _learned_notes(case, watch)
    if watch.thresholds.empty:  # no signal stood the test
        return
    ahead = None
    if asked.forecast != "none" and len(case.years) >= FEWEST:
        ahead, tried = outlook(watch.values, method=asked.forecast, coverage=asked.coverage)
        named = ahead.rename(columns={"region": "adcode"})
        named.insert(1, "name", named["adcode"].map(case.names))
        found.tables |= {"forecasts": named, "backtest": tried}
    table = warning_table(
        watch.values,
        watch.thresholds,
        responses=case.chain.responses,
        rule=asked.warning_rule,
        ahead=ahead,
    )
    told = _foretold(case, table)
    if len(case.keys) > MOST_PATTERNS:
        found.notes.append(Note("study.pattern_bands", values={"regions": len(case.keys)}))
    table.insert(1, "name", table["adcode"].map(case.names))
    found.tables |= {"warnings": table, "warnings_foretold": told}


def _foretold(case: Case, warnings: pd.DataFrame) -> pd.DataFrame:
    """Ask whether the risk foretold next year's growth of what a shock would strike."""
    codes = case.plan.chain.shock_variables or case.roles.get("output", ())
    risk = warnings[~warnings["forecast"]].set_index(["adcode", "year"])["risk"].unstack()
    rng = case.stream("foretold")
    return foretold(
        risk,
        {code: case.variables[code].unstack("year") for code in codes},
        links=case.neighbors.adjacency,
        rng=rng,
    )


def _learned_notes(case: Case, watch: Watch) -> list[Note]:
    """Say where thresholds come from that the study did not give."""
    if watch.lessons is None:
        return [] if watch.source == "given" else [Note("study.thresholds_same_rows")]
    values = {
        "crisis": case.inputs.framework.called(str(case.plan.chain.crisis)),
        "useful": len(watch.thresholds),
        "all": len(watch.lessons),
    }
    key = "study.no_useful_signal" if watch.thresholds.empty else "study.signals_learned"
    return [Note(key, values=values)]


def _threshold_table(case: Case, watch: Watch) -> pd.DataFrame:
    """Give the thresholds as they were used, in their own order."""
    columns = ["direction", *COLORS, "hysteresis", "weight"]
    rules = watch.thresholds.reindex(columns=columns)
    rules = rules.fillna({"hysteresis": 0.0, "weight": 1.0})
    rules["beyond"] = _beyond(watch)
    if watch.lessons is not None:
        rules = watch.lessons.drop(columns="threshold").join(rules.drop(columns="direction"))
        rules = rules.fillna({"hysteresis": 0.0, "weight": 0.0})
    names = _labels(case)
    rules["name"] = [names.get(str(code), str(code)) for code in rules.index]
    rules = rules.rename_axis("code").reset_index()
    return rules.assign(source=watch.source, same_rows=watch.source != "given")


def _beyond(watch: Watch) -> pd.Series:
    """Give the share of an indicator's values at or beyond its mildest threshold."""
    rules = checked_thresholds(watch.thresholds)
    mildest = rules[list(COLORS)].bfill(axis=1)["blue"] * rules["direction"]
    values = watch.values[rules.index] * rules["direction"]
    return (values <= mildest).sum() / values.count()


def _labels(case: Case) -> dict[str, str]:
    framework = case.inputs.framework
    entries = [*framework.indicators, *framework.variables]
    return {each.code: each.called[case.plan.language] for each in entries}
