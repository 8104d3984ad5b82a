"""What was measured, for a study: indicators made from its tables, cleaned and scaled."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from geo_resilience import indicators
from geo_resilience.errors import Problems
from geo_resilience.indicators import Framework, Panel
from geo_resilience.indicators._derivation import evaluate, nominal_note
from geo_resilience.indicators._framework import error_of
from geo_resilience.indicators._joining import Joined
from geo_resilience.indicators._normalization import SCALINGS
from geo_resilience.indicators._panel import check_panel, extreme_notes, negative_notes
from geo_resilience.indicators._trace import empty_trace, trace_of
from geo_resilience.notes import Note
from geo_resilience.regions import Regions, match_names
from geo_resilience.study._inputs import Inputs
from geo_resilience.study._plan import Plan
from geo_resilience.study._plan_sections import CleaningPlan, ScalingPlan
from geo_resilience.study._regions import StudyRegions
from geo_resilience.words import Phrase


@dataclass(frozen=True, eq=False)
class Measured:
    """The panel of a study and what stood before it.

    - ``raw``: indicators as measured; deflated where the study names a deflator.
    - ``short``: values over a window of years that lacks one or two of them.
    - ``errors``: standard errors in the units of raw, of the indicators that have any.
    """

    framework: Framework
    raw: pd.DataFrame
    panel: Panel
    short: pd.DataFrame
    notes: tuple[Note, ...]
    errors: pd.DataFrame | None = None

    @property
    def pool(self) -> pd.DataFrame:
        """Indicators and variables as measured."""
        variables = self.panel.variables
        return self.raw.join(variables[variables.columns.difference(self.raw.columns)])


def measure(plan: Plan, inputs: Inputs) -> Measured:
    """Make the indicators, then check, cap, fill and scale them."""
    framework, joined = inputs.framework, inputs.joined
    made = evaluate(framework, joined.frame, earlier=joined.earlier)
    problems = Problems()
    problems.extend(made.problems)
    raw, notes = made.indicators, list(made.notes)
    with problems.caught():
        raw = deflated(plan, framework, raw, made.variables, joined)
    if not made.problems:
        with problems.caught():
            check_panel(raw, framework)
    problems.raise_if_any()
    if plan.cleaning.incomplete_windows == "blank":
        raw = raw.mask(made.short)
    shared = _shared_out(joined, framework, raw)
    clean, trace = cleaned(plan.cleaning, raw, inputs.ground)
    _check_ends(plan.scaling, framework.codes, inputs.dropped)
    values, clipped = scaled(plan.scaling, clean, framework.directions)
    whole = _one_trace([shared, *trace, clipped], framework)
    panel = Panel(values, made.variables, framework, whole)
    notes += extreme_notes(raw, framework) + negative_notes(made.variables, framework)
    notes += _trace_notes(panel.trace) + _filled_notes(raw, framework)
    if SCALINGS[plan.scaling.method].within_year and len(joined.years) > 1:
        notes.append(Note("study.per_year"))
    if SCALINGS[plan.scaling.method].pooled and len(joined.years) > 1:
        notes.append(Note("study.pooled_limits"))
    if plan.framework.deflator is None:
        nominal = nominal_note(framework)
        notes += [nominal] if nominal else []
    errors = errors_of(plan, framework, raw, inputs.dropped)
    errors = _with_shares(plan, errors, joined, framework, raw)
    return Measured(framework, raw, panel, made.short, tuple(notes), errors)


def errors_of(
    plan: Plan, framework: Framework, raw: pd.DataFrame, dropped: Sequence[str] = ()
) -> pd.DataFrame | None:
    """Give standard errors, those that the study says before those of the framework."""
    stated = {each.code: each.standard_error for each in framework.indicators}
    asked = plan.uncertainty.errors or {}
    stated |= dict.fromkeys(stated, asked) if isinstance(asked, str) else asked
    stated = {code: each for code, each in stated.items() if code not in dropped}
    problems = Problems()
    for code in stated:
        if code not in framework.codes:
            problems.unknown("study.errors_unknown", code, framework.codes)
    problems.raise_if_any()
    found = {}
    for code, written in stated.items():
        read = error_of(written)  # what is empty is no error
        if read is not None:
            size, share = read
            found[code] = raw[code].abs() * size if share else pd.Series(size, raw.index)
    return pd.DataFrame(found) if found else None


def _shared_out(joined: Joined, framework: Framework, raw: pd.DataFrame) -> pd.DataFrame:
    """List the cells that rest on shares of a crosswalk: any of their columns does."""
    if joined.split is None:
        return empty_trace()
    marks = {
        each.code: joined.split.reindex(columns=list(each.columns), fill_value=False).any(axis=1)
        for each in framework.indicators
    }
    reasons = pd.DataFrame(marks, index=raw.index).where(raw.notna(), other=False)
    reasons = reasons.astype(object).replace({True: "crosswalk", False: ""})
    return trace_of(raw * float("nan"), raw, reasons)


def _with_shares(
    plan: Plan,
    errors: pd.DataFrame | None,
    joined: Joined,
    framework: Framework,
    raw: pd.DataFrame,
) -> pd.DataFrame | None:
    """Add to standard errors what the bounds of shares make: those of an even spread between."""
    if not joined.bounds:
        return errors
    ends = (evaluate(framework, frame, earlier=joined.earlier) for frame in joined.bounds)
    low, high = (
        deflated(plan, framework, each.indicators, each.variables, joined) for each in ends
    )
    apart = ((high - low).abs() / math.sqrt(12)).fillna(0.0)
    stated = pd.DataFrame(0.0, index=raw.index, columns=raw.columns)
    if errors is not None:
        stated = errors.reindex(index=raw.index, columns=raw.columns).fillna(0.0)
    return (stated**2 + apart**2) ** 0.5


def deflated(
    plan: Plan, framework: Framework, raw: pd.DataFrame, variables: pd.DataFrame, joined: Joined
) -> pd.DataFrame:
    """Give indicators at current prices over the study's deflator, where it names one."""
    named = plan.framework.deflator
    if named is None:
        return raw
    deflator = variables[named] if named in variables else joined.frame[named]
    return indicators.deflate(raw, deflator, codes=framework.at_current_prices)


def cleaned(
    asked: CleaningPlan, raw: pd.DataFrame, ground: StudyRegions
) -> tuple[pd.DataFrame, list[pd.DataFrame]]:
    """Cap outliers, then fill what is missing."""
    traces = []
    frame = raw
    if asked.outliers != "none":
        frame, trace = indicators.winsorize(
            frame,
            method=asked.outliers,
            lower=asked.lower,
            upper=asked.upper,
            fence=asked.fence,
            most=asked.most,
            reference=sets_limits(asked, frame, ground.everywhere),
        )
        traces.append(trace)
    groups = median_groups(asked, ground)
    frame, trace = indicators.fill_missing(frame, methods=asked.missing, groups=groups)
    return frame, [*traces, trace]


def scaled(
    asked: ScalingPlan, clean: pd.DataFrame, directions: pd.Series
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Bring every indicator to [0, 1]; the trace lists what the ends of the scale clip."""
    scaling, ends = SCALINGS[asked.method], None
    if scaling.needs:
        ends = {code: getattr(asked, scaling.needs)[code] for code in clean}
    return scaling.function(clean, directions, ends)


def _check_ends(asked: ScalingPlan, codes: list[str], dropped: Sequence[str]) -> None:
    """Refuse goalposts or targets that miss an indicator or name one that there is not."""
    problems = Problems()
    for key in ("goalposts", "targets"):
        given = getattr(asked, key)
        if given is None:
            continue
        missing = [code for code in codes if code not in given]
        if missing:
            problems.add("study.ends_missing", key=key, codes=missing)
        for code in given:
            if code not in (*codes, *dropped):
                problems.unknown("study.ends_unknown", code, codes, key=key)
    problems.raise_if_any()


def median_groups(asked: CleaningPlan, ground: StudyRegions) -> pd.Series | None:
    """Give the zone of each region where medians are taken within zones; else None."""
    zones = ground.groupings.get("zones") if asked.median_of == "zone" else None
    return None if zones is None else zones.assignment(ground.studied.keys)


def sets_limits(asked: CleaningPlan, frame: pd.DataFrame, regions: Regions) -> pd.Series | None:
    """Mark the rows whose values set the limits for outliers."""
    if not asked.limits_without:
        return None
    found = match_names(asked.limits_without, regions)
    problems = Problems()
    for name in [*found.unknown, *found.ambiguous]:
        problems.unknown("study.limits_without_unknown", name, [*regions.spelled])
    problems.raise_if_any()
    keys = frame.index.get_level_values("adcode")
    return pd.Series(~keys.isin(list(found.keys)), index=frame.index)


def _one_trace(traces: list[pd.DataFrame], framework: Framework) -> pd.DataFrame:
    """Put the traces of the steps together: by region, year and indicator, in order of steps."""
    filled = [trace for trace in traces if not trace.empty]
    if not filled:
        return traces[0]
    whole = pd.concat(filled, ignore_index=True)
    places = {code: place for place, code in enumerate(framework.codes)}
    order = whole.assign(place=whole["indicator"].map(places))
    order = order.sort_values(["adcode", "year", "place"], kind="stable", ignore_index=True)
    return order.drop(columns="place")


def _filled_notes(raw: pd.DataFrame, framework: Framework) -> list[Note]:
    """Name the indicators of which most values are filled in and not measured."""
    gone = raw.isna().sum()
    mostly = [each for each in framework.indicators if 2 * gone[each.code] > len(raw)]
    return [
        Note(
            "study.mostly_filled",
            each.code,
            {"indicator": each.label, "count": int(gone[each.code]), "all": len(raw)},
        )
        for each in mostly
    ]


def _trace_notes(trace: pd.DataFrame) -> list[Note]:
    """Say how many cells were capped and how many filled."""
    counts = trace["reason"].value_counts()
    return [
        Note(
            "study.traced", values={"count": int(counts[reason]), "what": Phrase(f"trace.{reason}")}
        )
        for reason in sorted(counts.index)
    ]
