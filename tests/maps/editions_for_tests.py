"""Results that say what changed since an edition of equal weights."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from geo_resilience.evaluation import equal_weights, score
from geo_resilience.results import Results
from geo_resilience.study import compare


def equally_weighed(results: Results) -> Results:
    """Give what a run would be, as far as its index goes, with equal weights."""
    framework, weights = results.framework, equal_weights(results.framework.codes)
    values = results.panel.values[framework.codes]
    found = score(values, weights, framework.dimension_of).frame.reset_index()
    names = results["scores"][["adcode", "year", "name"]]
    tables = {
        **results.tables,
        "scores": names.merge(found, on=["adcode", "year"])[list(results["scores"])],
        "weights": results["weights"].assign(used=1 / len(framework.codes)),
    }
    return replace(results, tables=tables, plan={**results.plan, "weights": {"method": "equal"}})


def with_changes(results: Results) -> Results:
    """Give results with the tables of changes since their edition of equal weights."""
    return compare(equally_weighed(results), results).results


def moves(results: Results) -> pd.Series:
    """Give by how many places each region moved."""
    ranks = results["changes"].query("measure == 'rank' and year == year.max()")
    return ranks.set_index("adcode")["change"]
