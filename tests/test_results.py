"""What results answer when asked for what they do not hold."""

from __future__ import annotations

from types import SimpleNamespace

import pandas as pd
import pytest

from geo_resilience.errors import InputError
from geo_resilience.evaluation import equal_weights
from geo_resilience.report._index_lines import scope_line
from geo_resilience.results import Found, Results


def test_a_year_that_the_study_lacks_is_refused():
    scores = pd.DataFrame({"adcode": ["11", "11"], "year": [2022, 2023], "composite": [0.1, 0.2]})
    results = SimpleNamespace(tables={"scores": scores}, years=[2022, 2023])
    assert Results.in_year(results)["composite"].tolist() == [0.2]
    with pytest.raises(InputError, match="no year 1999; its years are 2022, 2023"):
        Results.in_year(results, 1999)


def test_one_indicator_is_told_as_one():
    found = Found(weights=equal_weights(["A"]))
    results = SimpleNamespace(
        years=[2023],
        language="en",
        found=found,
        framework=SimpleNamespace(codes=["A"], indicators=[SimpleNamespace(code="A", fidelity="")]),
        in_year=lambda: range(3),
    )
    assert scope_line(results) == "3 regions, 2023; 1 indicator, weights: equal"
    results.framework.indicators[0].fidelity = "proxy"
    assert scope_line(results).endswith("weights: equal; of the weight 100 % by a proxy")
