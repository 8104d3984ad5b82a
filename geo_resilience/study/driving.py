"""What drives resilience, whether regions converge, how the distribution moves, for a study."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pandas as pd

from geo_resilience import evaluation, spatial
from geo_resilience.errors import InputError, UndefinedError, nearest
from geo_resilience.notes import Note
from geo_resilience.study.analyses import Analysis, Case, Findings

__all__ = ["DRIVING_ANALYSES"]


def _dependent(case: Case) -> pd.Series:
    """Give what is explained: a score, a variable, or the composite without some indicators."""
    asked = case.plan.regression
    if asked.without:
        codes = case.inputs.framework.codes
        unknown = [code for code in asked.without if code not in codes]
        if unknown:
            known = nearest(unknown[0], codes) or codes
            raise InputError("study.variable_unknown", key="without", name=unknown[0], known=known)
        kept = [code for code in codes if code not in asked.without]
        weights = case.weights.values.loc[kept]
        rebuilt = evaluation.composite(
            case.values[kept], weights / weights.sum(), how=case.index.mean
        )
        return rebuilt.rename("composite")
    return _quantity(case, asked.dependent, "dependent")


def _quantity(case: Case, code: str, key: str) -> pd.Series:
    for frame in (case.scores, case.variables):
        if code in frame:
            return frame[code]
    known = [*case.scores, *case.variables]
    near = nearest(code, known) or known
    raise InputError("study.variable_unknown", key=key, name=code, known=near)


def _regressors(case: Case) -> pd.DataFrame:
    """Give the regressors; averages are means of z-scores, pooled over all rows."""
    asked = case.plan.regression
    averages = dict(asked.averages or {})
    drivers = [each.code for each in case.inputs.framework.with_role("driver")]
    inside = {code for codes in averages.values() for code in codes}
    names = asked.regressors or [*averages, *(code for code in drivers if code not in inside)]
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


def _regressions(case: Case, found: Findings) -> None:
    x = _regressors(case)
    if x.empty:
        return
    y, asked = _dependent(case), case.plan.regression
    effects = {"none": None}.get(asked.effects, asked.effects)
    suite = spatial.regression_suite(
        y, x, case.neighbors, effects=effects, model=asked.model, rng=case.stream("regression")
    )
    records = [spatial.regression_records(suite.models)]
    if len(case.years) > 4:
        interaction = asked.interaction or x.columns[0]
        dynamic = spatial.dynamic_model(y, x, interaction=interaction, rng=case.stream("dynamic"))
        records.append(spatial.dynamic_records("dynamic", dynamic))
        found.notes += dynamic.notes
    impacts = spatial.impact_records(suite.models)
    found.tables |= {
        "lm_tests": spatial.lm_records({"main": suite.lm}),
        "regressions": pd.concat(records, ignore_index=True),
        "impacts": impacts,
        "detectable": spatial.power_records(suite.models),
    }
    found.tables["regression_path"] = pd.DataFrame(
        {"step": range(1, len(suite.notes) + 1), "finding": _said(suite.notes, case)}
    )
    taken = {"model": suite.chosen, "rows": len(y), "regions": len(case.keys)}
    found.notes += spatial.impact_notes({suite.chosen: suite.model})
    found.notes.append(Note("study.model_taken", values=taken))


def _said(notes: Iterable[Note], case: Case) -> list[str]:
    return [note.say(case.plan.language) for note in notes]


def _panel(case: Case) -> pd.DataFrame:
    """Give the composite as regions by years."""
    return case.index.scores.composite.unstack("year")


def _convergence(case: Case, found: Findings) -> None:
    table, notes = spatial.convergence_records(
        _panel(case), case.neighbors, rng=case.stream("convergence")
    )
    found.tables["convergence"] = table
    found.notes += notes


def _markov(case: Case, found: Findings) -> None:
    chain = spatial.spatial_markov(
        _panel(case), case.neighbors, case.plan.dynamics.classes, rng=case.stream("markov")
    )
    found.tables["markov"] = spatial.markov_records(chain)
    found.notes += chain.notes


def _ellipse(case: Case, found: Findings) -> None:
    outputs = [each.code for each in case.inputs.framework.with_role("output")][:1]
    panels = {"composite": _panel(case)}
    for code in outputs:
        panels[code] = case.variables[code].unstack("year")
    usable = {name: panel for name, panel in panels.items() if panel.notna().all(axis=None)}
    if not usable:
        raise UndefinedError("study.one_year")
    places = case.inputs.ground.studied.frame
    found.tables["ellipse"] = spatial.ellipse_records(places, usable)


#: In the order in which their files are written.
DRIVING_ANALYSES: Mapping[str, Analysis] = {
    "regressions": _regressions,
    "convergence": _convergence,
    "markov": _markov,
    "ellipse": _ellipse,
}
