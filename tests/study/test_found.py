"""What was found: typed in Python, plain in provenance, and read back as it was."""

import json
from dataclasses import replace

import numpy as np
import pytest

from geo_resilience.evaluation.weighting._methods import WEIGHT_METHODS
from geo_resilience.results import Found
from geo_resilience.study import read_plan, read_results, run
from geo_resilience.study._plan_sections import ANALYSES


def small(**sections):
    plan = read_plan()
    plan = replace(plan, analyses=replace(plan.analyses, skip=ANALYSES))
    plan = replace(plan, output=replace(plan.output, figures=()))
    for name, options in sections.items():
        plan = replace(plan, **{name: replace(getattr(plan, name), **options)})
    return plan


@pytest.mark.parametrize("method", ["quantile", "cuts"])
def test_it_is_in_provenance_and_comes_back(tmp_path, method):
    plan = small(grades={"method": method}, neighbors={"rule": "rook", "islands": "leave"})
    results = run(plan, tmp_path / "out")
    written = json.loads((tmp_path / "out" / "provenance.json").read_text(encoding="utf-8"))
    back = read_results(tmp_path / "out").found
    assert json.loads(json.dumps(results.found.plain())) == written["found"]
    for found in (back, Found.of(written["found"])):
        assert found.plain() == results.found.plain()
    assert back.grading == results.found.grading and back.neighbors == results.found.neighbors
    assert back.neighbors.rule == "rook" and back.neighbors.islands == ("460000",)
    assert back.years == tuple(range(2018, 2024)) and back.draws is None
    assert back.weights.codes == results.framework.codes


@pytest.mark.parametrize("method", [each.name for each in WEIGHT_METHODS.values()])
def test_the_weights_found_are_the_weights_used(method):
    if WEIGHT_METHODS[method].needs == "judgements":
        pytest.skip("needs a file of judgements")
    stated = {"values": dict.fromkeys(run_codes(), 1 / 12)} if method == "own" else {}
    results = run(small(weights={"method": method, **stated}))
    used = results["weights"].set_index("code")["used"]
    np.testing.assert_allclose(results.found.weights.values, used, rtol=1e-11)
    assert results.found.weights.codes == list(used.index)


def run_codes():
    from geo_resilience.indicators import read_framework

    return read_framework(read_plan().framework.file).codes


def test_titles_and_sources_stand_in_both_languages():
    both = run(replace(small(), title="Mine", title_zh="", source="Survey"))
    assert both.found.titles == {"en": "Mine", "zh": "Mine"}
    assert both.found.source("zh") == both.found.source("en") == "Survey"
    framework = run(replace(small(), title="", title_zh=""))
    assert framework.found.titles["zh"] != framework.found.titles["en"] == framework.title
