"""Risks, targets, priorities, maturity and early warning, for a study."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from geo_resilience import chain
from geo_resilience.chain.management._early_warning import COLORS, warning_table
from geo_resilience.chain.management._maturity import maturity_table
from geo_resilience.chain.management._priorities import priority_table
from geo_resilience.chain.management._risks import risk_table
from geo_resilience.chain.management._targets import target_table
from geo_resilience.errors import Problems, UndefinedError
from geo_resilience.notes import Note
from geo_resilience.study._case import Case, ChainCase, Findings
from geo_resilience.study._inputs import Inputs
from geo_resilience.study._plan import Plan
from geo_resilience.study._preprocessing import Measured

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

    Parameters
    ----------
    values : DataFrame, rows (adcode, year), columns codes
        Indicators and variables as measured.
    thresholds : DataFrame
        As `chain.warning_levels` takes them.
    source : str
        ``given``, ``quantiles`` or ``signals``.
    lessons : DataFrame or None
        What the signals approach found for each indicator, useless ones too.
    """

    values: pd.DataFrame
    thresholds: pd.DataFrame
    source: str
    lessons: pd.DataFrame | None = None


def watched(plan: Plan, inputs: Inputs, measured: Measured) -> Watch:
    """Give what a study watches and its thresholds: given, or learned from its own past."""
    asked, thresholds = plan.chain, inputs.chain.thresholds
    pool = measured.pool
    codes = list(asked.watch or measured.raw.columns)
    if thresholds is not None:
        codes = [code for code in thresholds.index if not asked.watch or code in asked.watch]
    problems = Problems()
    for code in [each for each in codes if each not in pool]:
        problems.unknown("study.watch_unknown", code, pool.columns)
    problems.raise_if_any()
    values = pool[codes].dropna(axis=0, how="all")
    if thresholds is not None:
        return Watch(values, thresholds.loc[codes], "given")
    directions = {code: inputs.framework.directions.get(code) for code in codes}
    if asked.learn == "signals":
        return _signals(plan, pool, values, directions)
    learned = chain.quantile_thresholds(
        values, directions, quantiles=asked.quantiles, hysteresis=asked.hysteresis
    )
    return Watch(values, learned, "quantiles")


def _signals(
    plan: Plan, pool: pd.DataFrame, values: pd.DataFrame, directions: Mapping[str, str | None]
) -> Watch:
    """Learn one threshold an indicator from the crises that followed; the sharper weighs more."""
    asked = plan.chain
    code = str(asked.crisis)
    crisis = _crises(pool[code], asked.crisis_fall)
    lessons = chain.signal_thresholds(
        values, crisis.reindex(values.index), directions, horizon=asked.horizon
    )
    useful = lessons[lessons["useful"]]
    if useful.empty:
        raise UndefinedError("study.no_useful_signal", crisis=code)
    rules = pd.DataFrame(index=useful.index)
    rules["direction"] = useful["direction"]
    rules[["blue", "yellow", "orange"]] = float("nan")
    rules["red"] = useful["threshold"]
    spread = values[useful.index].quantile(0.75) - values[useful.index].quantile(0.25)
    rules["hysteresis"] = asked.hysteresis * spread
    rules["weight"] = 1 / useful["noise_to_signal"].clip(lower=_LEAST_NOISE)
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
    watch = watched(case.plan, case.inputs, case.measured)
    responses = case.chain.responses
    if responses is None:
        responses = chain.read_example("table_4_8")
        found.notes.append(Note("study.responses_example"))
    forecast = None if asked.forecast == "none" or len(case.years) <= 3 else asked.forecast
    table = warning_table(
        watch.values,
        watch.thresholds,
        responses=responses,
        rule=asked.warning_rule,
        forecast=forecast,
        coverage=asked.coverage,
    )
    table.insert(1, "name", table["adcode"].map(case.names))
    found.tables |= {"warnings": table, "thresholds": _threshold_table(case, watch)}
    if watch.lessons is not None:
        values = {
            "crisis": case.inputs.framework.called(str(asked.crisis)),
            "useful": len(watch.thresholds),
            "all": len(watch.lessons),
        }
        found.notes.append(Note("study.signals_learned", values=values))


def _threshold_table(case: Case, watch: Watch) -> pd.DataFrame:
    """Give the thresholds as they were used, in their own order."""
    columns = ["direction", *COLORS, "hysteresis", "weight"]
    rules = watch.thresholds.reindex(columns=columns)
    rules = rules.fillna({"hysteresis": 0.0, "weight": 1.0})
    if watch.lessons is not None:
        rules = watch.lessons.drop(columns="threshold").join(rules.drop(columns="direction"))
    names = _labels(case)
    rules["name"] = [names.get(str(code), str(code)) for code in rules.index]
    return rules.rename_axis("code").reset_index().assign(source=watch.source)


def _labels(case: Case) -> dict[str, str]:
    framework = case.inputs.framework
    entries = [*framework.indicators, *framework.variables]
    return {each.code: each.name[case.plan.language] for each in entries}
