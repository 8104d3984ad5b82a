"""What goes with resilience, for a study: its questions, their regressors, the models taken."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import pandas as pd

from geo_resilience import evaluation, spatial
from geo_resilience.errors import GeoResilienceError, InputError, unknown
from geo_resilience.notes import Note
from geo_resilience.spatial.neighbors._alignment import links_of
from geo_resilience.spatial.neighbors._rules import without
from geo_resilience.spatial.regression._suite import Suite, regression_suite
from geo_resilience.spatial.regression._tables import (
    dynamic_records,
    dynamic_tests,
    impact_records,
    lm_records,
    power_records,
    regression_records,
)
from geo_resilience.study._case import Case, Findings, SpaceCase
from geo_resilience.study._plan_sections import FurtherRegressionPlan, RegressionPlan
from geo_resilience.tables import CATALOG
from geo_resilience.text import Text
from geo_resilience.words import Phrase

_Asked: TypeAlias = RegressionPlan | FurtherRegressionPlan

#: What the question of [regression] is called where it stands beside others.
MAIN = "main"

#: What the dynamic panel of that question is called.
DYNAMIC = "dynamic"

#: What the composite is called once indicators are left out.
REBUILT = "composite_rebuilt"

#: Fewest years for a dynamic panel: the halves of the jackknife need two with a lag each.
_DYNAMIC = 5


@dataclass
class _Tables:
    """Rows of the files, a part a question."""

    lm: dict[str, pd.DataFrame] = field(default_factory=dict)
    coefficients: list[pd.DataFrame] = field(default_factory=list)
    impacts: list[pd.DataFrame] = field(default_factory=list)
    detectable: list[pd.DataFrame] = field(default_factory=list)
    dynamic: list[pd.DataFrame] = field(default_factory=list)
    path: list[dict[str, object]] = field(default_factory=list)
    shared: list[Phrase] = field(default_factory=list)


def regress(case: Case, found: Findings) -> None:
    """Estimate the study's question in every usual model, further ones in the model taken."""
    names = _main_names(case, case.plan.regression)
    tables = _Tables()
    if names:
        suite = _ask(case, found, tables, MAIN, case.plan.regression, names)
        shown = {code: name[case.plan.language] for code, name in _called(case).items()}
        frame = suite.comparison(case.plan.language, names=shown).frame
        found.tables["regression_table"] = frame.reset_index()
    for asked in {each.name: each for each in case.plan.regressions}.values():
        try:
            _ask(case, found, tables, asked.name, asked, asked.regressors, kinds=("ols",))
        except GeoResilienceError as problem:
            found.notes.append(_left_out(asked.name, problem))
    if not tables.coefficients:
        return
    if tables.shared:
        shared = list({each.say(): each for each in tables.shared}.values())
        found.notes.append(Note("study.shared_columns", values={"told": shared}))
    found.tables |= {
        "lm_tests": lm_records(tables.lm),
        "regressions": pd.concat(tables.coefficients, ignore_index=True),
        "impacts": pd.concat(tables.impacts, ignore_index=True),
        "detectable": pd.concat(tables.detectable, ignore_index=True),
        "regression_path": pd.DataFrame(tables.path, columns=CATALOG["regression_path"].names),
    }
    if tables.dynamic:
        found.tables["dynamic_tests"] = pd.concat(tables.dynamic, ignore_index=True)


def _ask(
    case: Case,
    found: Findings,
    tables: _Tables,
    name: str,
    asked: _Asked,
    names: Sequence[str],
    **options: Any,
) -> Suite:
    """Estimate one question: its models, its dynamic panel, what there is to say of them."""
    y, x = _dependent(case, asked), _regressors(case, names)
    suite = _suite(case, asked, y, x, **options)
    _gather(tables, name, suite)
    interaction = asked.interaction or (x.columns[0] if name == MAIN else None)
    if interaction and len(case.years) >= _DYNAMIC:
        called = DYNAMIC if name == MAIN else f"{name}: {DYNAMIC}"
        _dynamic(case, found, tables, called, (y, x, interaction), asked)
    _tell(case, found, tables, name, suite)
    tables.shared += _shared(case, names, asked)
    return suite


def _suite(case: Case, asked: _Asked, y: pd.Series, x: pd.DataFrame, **options: Any) -> Suite:
    fixed = asked.effects == "choose" or len(case.years) > 1
    settled: dict[str, Any] = {
        "neighbors": case.neighbors,
        "effects": asked.effects if fixed and asked.effects != "none" else None,
        "model": asked.model,
        **options,
    }
    draws, rng = case.null_draws, case.stream("regression")
    return regression_suite(y, x, null_draws=draws, rng=rng, **settled)


def _before(name: str) -> str:
    """Give what stands before names that are those of a further question."""
    return "" if name == MAIN else f"{name}: "


def _gather(tables: _Tables, name: str, suite: Suite) -> None:
    before = _before(name)
    models = {before + kind: model for kind, model in suite.models.items()}
    calibrations = {before + kind: each for kind, each in suite.calibrations.items()}
    tables.lm[name] = suite.lm
    tables.coefficients.append(regression_records(models, calibrations))
    tables.impacts.append(impact_records(models, calibrations))
    tables.detectable.append(power_records(models))


def _left_out(name: str, problem: GeoResilienceError) -> Note:
    return Note("regression.left_out", values={"model": name, "reason": problem.phrases})


def _dynamic(
    case: Case,
    found: Findings,
    tables: _Tables,
    name: str,
    parts: tuple[pd.Series, pd.DataFrame, str],
    asked: _Asked,
) -> None:
    y, x, interaction = parts
    try:
        model = spatial.dynamic_model(y, x, interaction=interaction, rng=case.stream("dynamic"))
    except GeoResilienceError as problem:
        found.notes.append(_left_out(name, problem))
        return
    tables.coefficients.append(dynamic_records(name, model))
    share, notes = _in_windows(case, asked), list(model.notes)
    tables.dynamic.append(dynamic_tests({name: model}).assign(windows=share))
    if share > 0:
        notes.append(Note("regression.windows_overlap", values={"share": f"{100 * share:.3g}"}))
    where = "" if name == DYNAMIC else f" ({name})"
    found.notes += [Note(note.code, where, note.values) for note in notes]


def _in_windows(case: Case, asked: _Asked) -> float:
    """Give the share of what is explained that is over windows of years."""
    inside, framework = _explained(case, asked), case.inputs.framework
    if set(inside) <= set(framework.codes):
        return case.in_windows(inside)
    return float(any(each.window > 1 for each in framework.variables if each.code in inside))


def _tell(case: Case, found: Findings, tables: _Tables, name: str, suite: Suite) -> None:
    """Put down the steps to the model; what else the models remark on goes to the notes."""
    steps = list(suite.choice.notes) if suite.choice is not None else []
    if suite.choice is None or suite.choice.model.kind != suite.chosen:
        steps.append(Note("regression.as_asked", values=_labels(suite)))
    if suite.choice is not None:
        steps.append(Note("regression.after_choosing", values={"regression": name}))
        found.notes.append(steps[-1])
    for number, note in enumerate(steps, start=1):
        told = {"finding": note.say(case.plan.language), "reason": note.code.split(".")[-1]}
        tables.path.append({"regression": name, "step": number, **told})
    for note in suite.notes:
        if note not in steps and note not in found.notes:
            found.notes.append(note)
    taken = {
        "regression": name,
        "model": Phrase(f"regression.label_{suite.chosen}"),
        "kind": suite.chosen,
        "rows": suite.model.n,
        "regions": suite.model.design.regions,
    }
    code = "study.model_taken" if name == MAIN else "study.model_taken_too"
    found.notes.append(Note(code, values=taken))


def _labels(suite: Suite) -> dict[str, Phrase]:
    """Give the words for the fixed effects and the model taken."""
    effects = (suite.model.effects or "none").replace("-", "_")
    keys = {"effects": effects, "model": suite.chosen}
    return {what: Phrase(f"regression.label_{key}") for what, key in keys.items()}


def _shared(case: Case, names: Sequence[str], asked: _Asked) -> list[Phrase]:
    """Say which columns a regressor and what is explained are both made of."""
    averages = case.plan.regression.averages or {}
    inside = _explained(case, asked)
    outside = {each.code: each for each in case.inputs.framework.variables}
    called = _called(case)
    told = []
    for name in names:
        parts = [outside[code] for code in averages.get(name, (name,)) if code in outside]
        own = {column for part in parts for column in part.columns}
        for column in sorted(own):
            codes = [code for code, columns in inside.items() if column in columns]
            if codes:
                values = {
                    "name": called.get(name, name),
                    "column": column,
                    "codes": "/".join(codes),
                }
                told.append(Phrase("regression.shared", values))
    return told


def _explained(case: Case, asked: _Asked) -> dict[str, frozenset[str]]:
    """Give the columns behind what is explained, by code: indicators, or a variable."""
    framework, code = case.inputs.framework, asked.dependent
    if asked.without:
        kept = [each for each in framework.indicators if each.code not in asked.without]
        return {each.code: frozenset(each.columns) for each in kept}
    for each in framework.variables:
        if each.code == code:
            return {code: frozenset(each.columns)}
    part = {each.code for each in framework.dimensions} & {code}
    inside = [each for each in framework.indicators if not part or each.dimension in part]
    return {each.code: frozenset(each.columns) for each in inside}


def _called(case: Case) -> dict[str, Text]:
    """Give what terms are called."""
    framework = case.inputs.framework
    found = {each.code: each.name for each in framework.variables}
    found |= {each.code: each.name for each in framework.dimensions}
    found["composite"] = Text.worded("regression.composite")
    found[REBUILT] = Text.worded("regression.composite_rebuilt")
    return found | case.plan.regression.called


def _dependent(case: Case, asked: _Asked) -> pd.Series:
    """Give what is explained: a score, a variable, or the composite without some indicators."""
    if not asked.without:
        return _quantity(case, asked.dependent, "dependent")
    codes = case.inputs.framework.codes
    kept = [code for code in codes if code not in asked.without]
    if not kept:
        raise InputError("study.nothing_left", key="without")
    weights = case.weights.values.loc[kept]
    rebuilt = evaluation.composite(case.values[kept], weights / weights.sum(), how=case.index.mean)
    return rebuilt.rename(REBUILT)


def _quantity(case: Case, code: str, key: str) -> pd.Series:
    for frame in (case.scores, case.variables):
        if code in frame:
            return frame[code]
    known = [*case.scores, *case.variables]
    raise InputError(unknown("study.variable_unknown", code, known, key=key))


def totals_by_rule(case: Case, rules: Mapping[str, spatial.Neighbors]) -> pd.DataFrame:
    """Repeat each question in the model taken, a rule of neighbors after the other.

    Total impacts: dependent, measure (the regressor, after its question where that is a further
    one), value, p (p_holm), rule; the first rule is the study's own. Regions without any link
    under a rule are left out of the sample there. None under a rule for which the model has no
    answer, nor of a question that `regress` has left out.
    """
    parts = []
    for name, asked in _questions(case).items():
        with suppress(GeoResilienceError):
            parts += _by_rule(case, name, asked, rules)
    columns = ["measure", "value", "p", "rule", "dependent"]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)


def _questions(case: Case) -> dict[str, _Asked]:
    main = {MAIN: case.plan.regression} if _main_names(case, case.plan.regression) else {}
    return {**main, **{each.name: each for each in case.plan.regressions}}


def _by_rule(
    case: Case,
    name: str,
    asked: _Asked,
    rules: Mapping[str, spatial.Neighbors],
) -> list[pd.DataFrame]:
    """Give the total impacts of one question, a part a rule."""
    names = _main_names(case, asked) if isinstance(asked, RegressionPlan) else asked.regressors
    y, x = _dependent(case, asked), _regressors(case, names)
    own, parts = _suite(case, asked, y, x, kinds=()), []
    taken: dict[str, Any] = {"effects": own.model.effects, "model": own.chosen, "kinds": ()}
    for place, (rule, neighbors) in enumerate(rules.items()):
        try:
            linked = _linked(y, x, neighbors)
            suite = own if place == 0 else _suite(case, asked, **linked, **taken)
        except GeoResilienceError:
            continue
        corrected = suite.calibrations[suite.chosen].impacts["p_holm"]
        totals = pd.DataFrame({"value": suite.model.impacts["estimate"], "p": corrected})
        totals = totals.xs("total", level="effect").rename_axis("measure").reset_index()
        totals["measure"] = _before(name) + totals["measure"]
        parts.append(totals.assign(rule=rule, dependent=str(y.name)))
    return parts


def _linked(y: pd.Series, x: pd.DataFrame, neighbors: spatial.Neighbors) -> dict[str, Any]:
    """Leave out the regions without any link: they have no neighbors to be compared with."""
    alone = neighbors.unique_ids[links_of(neighbors).alone]
    there = ~y.index.get_level_values(0).isin(alone)
    return {"y": y[there], "x": x[there], "neighbors": without(neighbors, alone)}


def asks(case: SpaceCase) -> bool:
    """Whether the study asks what goes with something."""
    return (
        isinstance(case, Case)
        and "regressions" not in case.plan.analyses.skip
        and bool(_questions(case))
    )


def start_of(case: Case) -> pd.DataFrame | None:
    """Give the regressors in the first year, for conditional convergence; None without any."""
    names = _main_names(case, case.plan.regression)
    return _regressors(case, names).xs(case.years[0], level="year") if names else None


def _main_names(case: Case, asked: RegressionPlan) -> list[str]:
    """Name the regressors: those asked for, else averages and the drivers that are in none."""
    averages = asked.averages or {}
    drivers = case.roles.get("driver", ())
    inside = {code for codes in averages.values() for code in codes}
    return list(asked.regressors or [*averages, *(code for code in drivers if code not in inside)])


def _regressors(case: Case, names: Sequence[str]) -> pd.DataFrame:
    """Give the regressors; averages are means of z-scores, pooled over all rows."""
    averages = case.plan.regression.averages or {}
    columns = {}
    for name in names:
        if name in averages:
            parts = pd.DataFrame(
                {code: _quantity(case, code, "averages") for code in averages[name]}
            )
            columns[name] = ((parts - parts.mean()) / parts.std(ddof=0)).mean(axis=1)
        else:
            columns[name] = _quantity(case, name, "regressors")
    return pd.DataFrame(columns)
