"""Everything that a study reads, read at once, so that all that is wrong is told at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from geo_resilience.errors import Problems
from geo_resilience.evaluation import (
    WEIGHT_METHODS,
    Weights,
    ahp_weights,
    improved_ahp_weights,
    read_judgements,
)
from geo_resilience.indicators import Framework, Joined, TableSource, join_tables, read_framework
from geo_resilience.notes import Note
from geo_resilience.study.chain_inputs import ChainInputs, read_chain
from geo_resilience.study.ground import Ground, lay_ground
from geo_resilience.study.named_codes import check_names, check_regression_codes
from geo_resilience.study.plan import Plan
from geo_resilience.study.plan_sections import TablePlan

__all__ = ["Inputs", "read_inputs"]


@dataclass(frozen=True, eq=False)
class Inputs:
    """What a study has read.

    Parameters
    ----------
    ground : Ground
        Without the excluded regions.
    framework : Framework
    joined : Joined
        The tables, matched to regions and years.
    judged : Weights or None
        From the judgement matrices, where there are any.
    stated : Weights or None
        The study's own or the published weights, where it uses them.
    chain : ChainInputs
        Input-output tables, risks, targets and so on.
    """

    ground: Ground
    framework: Framework
    joined: Joined
    judged: Weights | None
    stated: Weights | None
    chain: ChainInputs

    def notes(self, language: str) -> tuple[Note, ...]:
        """Give the judgement calls made while reading."""
        judged = self.judged.diagnostics["notes"] if self.judged is not None else ()
        return (*self.ground.notes(language), *self.joined.notes, *judged)


def read_inputs(plan: Plan, tell: Callable[[str], None]) -> Inputs:
    """Read boundaries, groups, framework, judgements, tables and the files of the chain.

    Raises
    ------
    InputError
        With what is wrong in any of them.
    """
    problems = Problems()
    ground = framework = joined = judged = stated = None
    linked = ChainInputs()
    tell("boundaries")
    with problems.caught():
        ground = lay_ground(plan)
    with problems.caught():
        framework = read_framework(plan.framework.file)
    if framework is not None:
        with problems.caught():
            judged = _judged(plan, framework)
        with problems.caught():
            stated = _stated(plan, framework)
    tell("tables")
    if ground is not None and framework is not None:
        with problems.caught():
            joined = _joined(plan, ground, framework, problems)
            ground = ground.without(joined.excluded)
    with problems.caught():
        linked = read_chain(plan, framework)
    check_names(plan, problems)
    if framework is not None:
        check_regression_codes(plan, framework, problems)
    problems.raise_if_any()
    assert ground is not None and framework is not None and joined is not None
    return Inputs(ground, framework, joined, judged, stated, linked)


def _judged(plan: Plan, framework: Framework) -> Weights | None:
    problems = Problems()
    matrices = []
    for file in plan.weights.judgements:
        with problems.caught():
            matrices.append(read_judgements(file, framework.codes))
    problems.raise_if_any()
    if not matrices:
        return None
    if plan.weights.method == "improved_ahp":
        return improved_ahp_weights(_joint(matrices), form=plan.weights.improved_form)
    return ahp_weights(matrices)


def _joint(matrices: list[pd.DataFrame]) -> pd.DataFrame:
    """Make one judgement matrix of several by the geometric mean of their cells."""
    return np.exp(sum(np.log(matrix) for matrix in matrices) / len(matrices))


def _stated(plan: Plan, framework: Framework) -> Weights | None:
    method = WEIGHT_METHODS[plan.weights.method]
    if method.needs == "stated":
        return method.function(plan.weights.values or {}, framework.codes)
    return method.function(framework) if method.needs == "framework" else None


def _joined(plan: Plan, ground: Ground, framework: Framework, problems: Problems) -> Joined:
    return join_tables(
        [_source(table) for table in plan.tables],
        ground.everywhere,
        needed_columns=framework.needed_columns | _deflator_column(plan, framework),
        years=plan.years,
        exclude=plan.exclude,
        aliases=ground.aliases,
        problems=problems,
    )


def _source(table: TablePlan) -> TableSource:
    return TableSource(
        table.file,
        layout=table.layout,
        region=table.region,
        year=table.year,
        indicator=table.indicator,
        sheet=table.sheet,
        encoding=table.encoding,
        delimiter=table.delimiter,
        missing=table.missing,
    )


def _deflator_column(plan: Plan, framework: Framework) -> set[str]:
    """Give the column of the deflator, where it is not a variable of the framework."""
    named = plan.framework.deflator
    if named is None or any(each.code == named for each in framework.variables):
        return set()
    return {named}
