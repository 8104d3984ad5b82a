"""What-ifs of a study: other values, other weights, a target, or a supplier that fails."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from geo_resilience.chain.inputoutput._tables import cut_table, stacked
from geo_resilience.chain.management._early_warning import warning_table
from geo_resilience.errors import InputError, Problems, UndefinedError, unknown
from geo_resilience.evaluation import composite, needed_value, own_weights, what_if
from geo_resilience.evaluation._aggregation import LOWEST
from geo_resilience.indicators._derivation import evaluate
from geo_resilience.indicators._normalization import SCALINGS
from geo_resilience.notes import Note
from geo_resilience.regions import match_names
from geo_resilience.study._case import Case, Findings
from geo_resilience.study._plan_chain import WhatIfPlan
from geo_resilience.study._preprocessing import deflated
from geo_resilience.study._rescaling import Scale, scales_of
from geo_resilience.study.analyses._management import Watch, watched
from geo_resilience.tables import CATALOG
from geo_resilience.words import say


def suppose(case: Case, found: Findings) -> None:
    """Calculate the study's suppositions.

    Ends of scales, grades and thresholds of warnings stay those of the study as it is.

    Adds two tables. ``what_if``: a row a scenario, region and year concerned, with composite,
    grade, rank and warning before and after; for a target ``needed`` is the standardized value of
    ``indicator`` that reaches it (``needed_measured`` as measured), empty where it cannot, and
    ``reason`` says why. ``what_if_sectors``: what every sector loses where a supplier fails.
    """
    asked = case.plan.what_if
    problems = Problems()
    watch = _watch(case)
    parts, sectors = [], []
    for one in asked:
        with problems.caught():
            supposed = _Supposed(case, one, watch)
            parts.append(supposed.rows())
            if one.supplier is not None:
                sectors.append(supposed.sectors.assign(scenario=one.name))
    problems.raise_if_any()
    table = pd.concat(parts, ignore_index=True)
    table["name"] = table["adcode"].map(case.names)
    found.tables["what_if"] = table.reindex(columns=CATALOG["what_if"].names)
    if sectors:
        found.tables["what_if_sectors"] = pd.concat(sectors, ignore_index=True)
    for one in asked:
        if one.supplier is not None and _gains(found.tables["what_if"], one):
            found.notes.append(Note("study.what_if_ratios", values={"scenario": one.name}))


def _gains(table: pd.DataFrame, asked: WhatIfPlan) -> bool:
    """Whether a failure makes the index rise where it strikes: its ratios are not all followed."""
    rows = table[table["scenario"] == asked.name]
    change = rows["new_composite"] - rows["composite"]
    if asked.region is not None:
        return bool(change.abs().max() > 0 and change[change.abs().idxmax()] > 0)
    return bool(change.mean() > 0)


def _watch(case: Case) -> Watch | None:
    """Give what is watched, with the thresholds of the study as it is; None without warnings."""
    if not case.plan.chain.warn:
        return None
    try:
        watch = watched(case)
    except (InputError, UndefinedError):  # told where the warnings are left out
        return None
    return None if watch.thresholds.empty else watch


@dataclass(frozen=True, eq=False)
class _Supposed:
    """One supposition, carried through indicators, composite and warning."""

    case: Case
    asked: WhatIfPlan
    watch: Watch | None

    @cached_property
    def year(self) -> int:
        years = self.case.years
        year = self.asked.year or years[-1]
        if year not in years:
            name = self.asked.name
            raise InputError("study.what_if_year", scenario=name, year=year, known=years)
        return year

    @cached_property
    def region(self) -> str | None:
        if self.asked.region is None:
            return None
        ground = self.case.ground
        found = match_names([self.asked.region], ground.studied, aliases=ground.aliases)
        if found.keys.isna().any():
            names = ground.studied.spelled
            raise InputError(
                unknown("study.what_if_region", self.asked.region, names, scenario=self.asked.name)
            )
        return str(found.keys.iloc[0])

    @cached_property
    def scales(self) -> dict[str, Scale]:
        """How each indicator is scaled in the year."""
        measured, weighed = self.case.measured, self.case.values
        raw, low = measured.raw, 0.0 if weighed is measured.panel.values else LOWEST
        if SCALINGS[self.case.plan.scaling.method].within_year:
            raw, weighed = (frame.xs(self.year, level="year") for frame in (raw, weighed))
        return scales_of(raw, weighed, low=low)

    def rows(self) -> pd.DataFrame:
        """Give the rows of what_if.csv."""
        self._check()
        goal = self._goal()
        before = self.case.values.xs(self.year, level="year")
        after, measured = self._after(before, goal)
        capped = self._capped(before, after)
        weights = self._weights()
        found = what_if(
            before,
            self.case.weights,
            supposed=after,
            new_weights=weights,
            how=self.case.index.mean,
            cuts=self.case.index.cuts,
        )
        found = found.astype({"grade": "str", "new_grade": "str"})
        found = found.join(self._warned(measured, weights)).rename_axis("adcode").reset_index()
        found = found.assign(year=self.year, scenario=self.asked.name)
        if goal is None:
            return found if capped is None else self._with_reason(found, capped)
        return found[found["adcode"] == self.region].assign(**goal)

    def _check(self) -> None:
        """Refuse unknown codes, and keys that say nothing or the same twice."""
        asked, codes, problems = self.asked, self.case.inputs.framework.codes, Problems()
        name = asked.name
        keys = ("values", "measured", "change", "weights", "weight", "target", "supplier")
        if all(getattr(asked, key) is None for key in keys):
            problems.add("study.what_if_nothing", scenario=name)
        if asked.weights and asked.weight:
            problems.add("study.what_if_twice", scenario=name, first="weights", second="weight")
        given = {key: getattr(asked, key) or {} for key in ("values", "measured", "change")}
        named = {**given, "weight": asked.weight or {}}
        if asked.indicator is not None:
            named["indicator"] = {asked.indicator: 0.0}
        for key, mapping in named.items():
            for code in mapping:
                if code not in codes:
                    problems.unknown("study.what_if_code", code, codes, scenario=name, key=key)
        kinds = list(given)
        for place, first in enumerate(kinds):
            for second in kinds[place + 1 :]:
                for code in given[first].keys() & given[second].keys():
                    one, two = f"{first}.{code}", f"{second}.{code}"
                    problems.add("study.what_if_twice", scenario=name, first=one, second=two)
        problems.raise_if_any()

    def _capped(self, before: pd.DataFrame, after: pd.DataFrame) -> str | None:
        """Say which measured values were changed beyond the scale, so that nothing comes of it."""
        codes = [*(self.asked.measured or {}), *(self.asked.change or {})]
        stuck = [
            code
            for code in codes
            if before.loc[self.region, code] == after.loc[self.region, code]
            and after.loc[self.region, code] in (self.scales[code].low, self.scales[code].high)
        ]
        if not stuck:
            return None
        labels = [self._label(code) for code in stuck]
        return say("what_if.capped", self.case.plan.language, indicator=labels)

    def _with_reason(self, found: pd.DataFrame, reason: str) -> pd.DataFrame:
        struck = found["adcode"] == self.region
        return found.assign(reason=pd.Series(reason, found.index).where(struck))

    def _label(self, code: str) -> str:
        entry = next(each for each in self.case.inputs.framework.indicators if each.code == code)
        return entry.called[self.case.plan.language]

    def _weights(self) -> pd.Series | None:
        """Give the supposed weights: all of them, or a few with the others in proportion."""
        codes = self.case.inputs.framework.codes
        if self.asked.weights:
            return own_weights(self.asked.weights, codes).values
        if not self.asked.weight:
            return None
        given = pd.Series(self.asked.weight)
        used = self.case.weights.values
        rest = used.drop(given.index)
        if (given < 0).any() or not given.sum() < 1 or not rest.sum() > 0:
            name = self.asked.name
            raise InputError("study.what_if_weight", scenario=name, sum=f"{given.sum():g}")
        return pd.concat([given, rest / rest.sum() * (1 - given.sum())]).reindex(codes)

    def _goal(self) -> dict[str, object] | None:
        """Give the value of an indicator that reaches a target, or why there is none."""
        code, target = self.asked.indicator, self.asked.target
        if code is None or target is None:
            return None
        case, language = self.case, self.case.plan.language
        label = self._label(code)
        needed = needed_value(
            case.values,
            case.weights,
            region=str(self.region),
            code=code,
            target=target,
            year=self.year,
            how=case.index.mean,
        )
        goal: dict[str, object] = {"indicator": code, "needed": needed}
        if math.isnan(needed):
            row = case.values.xs(self.year, level="year").loc[[self.region]].assign(**{code: 1.0})
            best = float(composite(row, case.weights, how=case.index.mean).iloc[0])
            told = {"indicator": label, "best": f"{best:.3f}", "target": f"{target:g}"}
            return goal | {"reason": say("what_if.out_of_reach", language, **told)}
        if needed <= self.scales[code].low:
            return goal | {"reason": say("what_if.reached_already", language, indicator=label)}
        return goal | {"needed_measured": self.scales[code].measured_at(needed)}

    def _after(
        self, before: pd.DataFrame, goal: dict[str, object] | None
    ) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Give the standardized values as supposed, and what is measured then."""
        after = before.copy()
        pool = self.case.measured.pool.xs(self.year, level="year").astype(float)
        if self.asked.supplier is not None:
            self._let_fail(after, pool)
        region, asked = self.region, self.asked
        changed = dict(asked.measured or {})
        for code, change in (asked.change or {}).items():
            changed[code] = float(pool.loc[region, code]) * (1 + change)
        for code, value in changed.items():
            pool.loc[region, code] = value
            after.loc[region, code] = self.scales[code].value(value)
        standardized = dict(asked.values or {})
        if goal is not None:
            needed = float(str(goal["needed"]))
            # Out of reach: the row shows the best that can be had.
            standardized[str(goal["indicator"])] = 1.0 if math.isnan(needed) else needed
        for code, value in standardized.items():
            after.loc[region, code] = value
            known = self.scales[code].measured_at(value)
            if not math.isnan(known):
                pool.loc[region, code] = known
        return after, pool

    @cached_property
    def sectors(self) -> pd.DataFrame:
        """What every sector loses when the supplier fails."""
        tables, asked = self.case.chain.io, self.asked
        if not tables:
            raise InputError("study.what_if_no_table", scenario=asked.name)
        return stacked(
            tables[-1:],
            cut_table,
            str(asked.supplier),
            buyer=asked.buyer,
            share=asked.cut,
            abroad=asked.abroad,
            language=self.case.plan.language,
        )

    def _let_fail(self, after: pd.DataFrame, pool: pd.DataFrame) -> None:
        """Lower the columns that follow a sector's output, and measure anew."""
        case, asked, problems = self.case, self.asked, Problems()
        losses = self.sectors.set_index("sector")[f"{asked.spread}_share"]
        frame = case.inputs.joined.frame.copy()
        years = frame.index.get_level_values("year") == self.year
        keys = frame.index.get_level_values("adcode")
        rows = years & ((keys == self.region) if self.region else True)
        for column, sector in (asked.columns or {}).items():
            if column not in frame:
                problems.unknown("study.what_if_column", column, frame.columns, scenario=asked.name)
            elif sector not in losses.index:
                problems.unknown("study.what_if_sector", sector, losses.index, scenario=asked.name)
            else:
                frame.loc[rows, column] *= 1 - losses[sector]
        problems.raise_if_any()
        framework, joined = case.inputs.framework, case.inputs.joined
        made = evaluate(framework, frame, earlier=joined.earlier)
        problems.extend(made.problems)
        problems.raise_if_any()
        raw = deflated(case.plan, framework, made.indicators, made.variables, joined)
        new = raw.xs(self.year, level="year")
        old = pool[new.columns]
        for code in new:
            moved = (new[code] - old[code]).abs() > 1e-12 * old[code].abs()
            for region in new.index[moved]:
                after.loc[region, code] = self.scales[code].value(float(new.loc[region, code]))
        variables = made.variables.xs(self.year, level="year")
        for table in (variables, new):
            pool[table.columns] = table

    def _warned(self, measured: pd.DataFrame, weights: pd.Series | None) -> pd.DataFrame:
        """Give the warning before and after; a weight counts in it as it changes in the index."""
        watch = self.watch
        columns = ["warning", "new_warning", "new_warning_indicator"]
        if watch is None:
            return pd.DataFrame(index=measured.index, columns=columns, dtype=object)
        after = watch.values.copy()
        there = after.index[after.index.get_level_values("year") == self.year]
        regions = there.get_level_values("adcode")
        after.loc[there] = measured.loc[regions, after.columns].to_numpy()
        rules = watch.thresholds
        if weights is not None:
            factor = (weights / self.case.weights.values).replace(math.inf, 1.0)
            factor = factor.reindex(rules.index).fillna(1.0)
            rules = rules.assign(weight=rules.get("weight", 1.0) * factor)
        old, new = (
            self._levels(values, thresholds)
            for values, thresholds in ((watch.values, watch.thresholds), (after, rules))
        )
        found = pd.concat([old["level"], new], axis=1).set_axis(columns, axis=1)
        return found.astype(object).where(found.notna(), None).reindex(measured.index)

    def _levels(self, values: pd.DataFrame, rules: pd.DataFrame) -> pd.DataFrame:
        """Give level and deciding indicator of every region in the year."""
        found = warning_table(values, rules, rule=self.case.plan.chain.warning_rule)
        return found[found["year"] == self.year].set_index("adcode")[["level", "indicator"]]
