"""What may be said of a group: the verdict and its words."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from geo_resilience import words
from geo_resilience.statistics.multiplicity import holm

__all__ = ["VERDICTS", "say_verdict", "verdicts"]

#: Verdicts as they stand in the table; their sentences are in the words.
VERDICTS = ("higher", "lower", "not significant", "cannot be tested", "not tested")

_LEVEL = 0.05


def verdicts(
    difference: pd.Series, p: pd.Series, p_min: pd.Series, tests: Sequence[Hashable]
) -> list[str]:
    """Judge groups of one year and variable together.

    Parameters
    ----------
    difference, p, p_min : Series
        Of each group: mean minus rest, p under spatial dependence, smallest p that can come out.
    tests : sequence of hashable
        What each group's test is; groups with the same test count once in the correction.

    Returns
    -------
    list of str
        "higher" or "lower" where Holm's p over the groups that can be tested is at most .05.

    Examples
    --------
    >>> verdicts(pd.Series([1.0, 2]), pd.Series([0.01, 0.02]), pd.Series([0.001, 0.06]), [1, 2])
    ['higher', 'cannot be tested']
    """
    testable = (p_min <= _LEVEL) & p.notna()
    first: dict[Hashable, float] = {}
    for test, value, can in zip(tests, p, testable, strict=True):
        if can:
            first.setdefault(test, float(value))
    corrected = dict(zip(first, holm(list(first.values())), strict=True))
    found = []
    for place, test in enumerate(tests):
        if p_min.iloc[place] > _LEVEL:
            found.append("cannot be tested")
        elif np.isnan(p.iloc[place]):
            found.append("not tested")
        elif corrected[test] > _LEVEL:
            found.append("not significant")
        else:
            found.append("higher" if difference.iloc[place] > 0 else "lower")
    return found


def say_verdict(verdict: str, language: str = "en", **values: Any) -> str:
    """Word a verdict.

    Examples
    --------
    >>> say_verdict("cannot be tested", group="Pearl River Delta")
    'Pearl River Delta: too few regions for any difference to be significant'
    """
    return words.say(f"verdict.{verdict.replace(' ', '_')}", language, **values)
