"""Codes and names in a study file, held against its framework before anything is computed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from geo_resilience.errors import Problems
from geo_resilience.indicators import Framework
from geo_resilience.study.plan import Plan
from geo_resilience.study.plan_analyses import FurtherRegressionPlan, RegressionPlan

__all__ = ["check_known", "check_names", "check_regression_codes"]


def check_names(plan: Plan, problems: Problems) -> None:
    """Note names that several suppositions or several questions share."""
    given = {
        "what_if": [entry.name for entry in plan.what_if],
        "regressions": [entry.name for entry in plan.regressions],
    }
    for section, names in given.items():
        counted = Counter(names)
        for name, count in counted.items():
            if count > 1:
                problems.add("study.name_twice", section=section, name=name, count=count)


def check_regression_codes(plan: Plan, framework: Framework, problems: Problems) -> None:
    """Note what is to be explained, or to explain, and is no quantity of the study."""
    if "regressions" in plan.analyses.skip:
        return
    main = plan.regression
    averages = main.averages or {}
    dimensions = [dimension.code for dimension in framework.dimensions]
    quantities = ["composite", *dimensions, *(each.code for each in framework.variables)]
    for codes in averages.values():
        check_known(codes, quantities, "averages", problems)
    every: list[RegressionPlan | FurtherRegressionPlan] = [main, *plan.regressions]
    for asked in every:
        check_known(asked.without, framework.codes, "without", problems)
        check_known(asked.regressors, [*quantities, *averages], "regressors", problems)
        if not asked.without:
            check_known([asked.dependent], quantities, "dependent", problems)


def check_known(codes: Iterable[str], known: Iterable[str], key: str, problems: Problems) -> None:
    """Note the codes under a key that are not among those known."""
    known = list(known)
    for code in codes:
        if code not in known:
            problems.unknown("study.variable_unknown", code, known, key=key)
