"""A study beside what it would be with other choices: each defensible alternative, compared."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd

from geo_resilience.errors import Problems
from geo_resilience.results._editions import of_last_years
from geo_resilience.study._plan import Plan
from geo_resilience.study._plan_reading import read_plan
from geo_resilience.study._portfolio_plan import read_portfolio, value_of
from geo_resilience.study._run import run_for
from geo_resilience.study.editions._comparison import Comparison, compare
from geo_resilience.study.editions._findings import KINDS

#: Tables that hold every alternative below each other.
_STACKED = ("changes", "changes_in_plan", "changes_in_findings")


def alternatives(
    study: str | os.PathLike[str],
    changes: Sequence[str],
    *,
    language: str | None = None,
    progress: Callable[[str], None] = lambda change: None,
) -> dict[str, Comparison]:
    """Run a study and each of its alternatives, and compare.

    Parameters
    ----------
    study : path
        The study file.
    changes : sequence of str
        Each ``KEY=VALUE`` with a dotted key, as ``weights.method=entropy``.
    language : {"en", "zh"}, optional
        In place of the study's own.
    progress : callable, optional
        Called with each change before it is run.

    Returns
    -------
    dict of str to Comparison
        By change.
    """
    plans = _plans(study, changes)
    told = {kind.table for kind in KINDS}
    base = run_for(read_plan(study, language=language), told)
    found = {}
    for change, plan in plans.items():
        progress(change)
        found[change] = compare(base, run_for(plan, told), language=language or base.language)
    return found


def _plans(study: str | os.PathLike[str], changes: Sequence[str]) -> Mapping[str, Plan]:
    problems, entries = Problems(), []
    for number, change in enumerate(changes, start=1):
        key, sign, value = (part.strip() for part in change.partition("="))
        if not (key and sign) or key == "name":  # that is how a portfolio calls its studies
            problems.add("compare.change", found=change)
            continue
        entry: dict[str, Any] = {"name": str(number), key: value_of(key, value)}
        entries.append(entry)
    problems.raise_if_any()
    asked = read_portfolio({"base": os.fspath(study), "studies": entries})
    return dict(zip(changes, asked.plans.values(), strict=True))


def stacked(found: Mapping[str, Comparison]) -> dict[str, pd.DataFrame]:
    """Give the tables of several comparisons below each other, and what each alternative does."""
    if len(found) == 1:
        tables = next(iter(found.values())).tables
        return {stem: table for stem, table in tables.items() if stem != "codebook"}
    tables = {
        stem: pd.concat(
            [each.tables[stem].assign(alternative=change) for change, each in found.items()],
            ignore_index=True,
        )
        for stem in _STACKED
    }
    return {"alternatives": sheet(found), **tables}


def sheet(found: Mapping[str, Comparison]) -> pd.DataFrame:
    """Say of each alternative what it does to ranks, grades and verdicts."""
    rows = []
    for change, each in found.items():
        last = of_last_years(each.changes)
        ranks, grades = (last[last["measure"] == measure] for measure in ("rank", "grade"))
        shift = ranks["change"].abs()
        farthest = ranks.loc[shift.idxmax()]
        findings = each.tables["changes_in_findings"]
        rows.append(
            {
                "alternative": change,
                "regions_moved": int((shift > 0).sum()),
                "mean_shift": float(shift.mean()),
                "most_moved": farthest["name"] if farthest["change"] else "",
                "places": int(farthest["change"]),
                "correlation": float(ranks["before"].corr(ranks["after"], method="spearman")),
                "grades_changed": int((grades["change"] != 0).sum()),
                "verdicts_changed": int(findings["changed"].sum()),
            }
        )
    return pd.DataFrame(rows)
