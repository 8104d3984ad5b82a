"""Every p and interval keeps its word: the questions of the benchmark, with fewer runs."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"
if not BENCHMARKS.is_dir():
    pytest.skip("only a checkout has benchmarks", allow_module_level=True)
sys.path.insert(0, str(BENCHMARKS))

import calibration  # noqa: E402
from calibrations import _questions  # noqa: E402

ASKED = [question for question in calibration.questions() if question.low or question.high]


@pytest.mark.slow
@pytest.mark.parametrize("question", ASKED, ids=lambda question: f"{question.name}-{question.kind}")
def test_what_is_claimed_holds(question):
    left = [told for told in question.answers(max(question.runs // 4, 50)) if not told["kept"]]
    assert not left


def test_every_claim_that_is_simulated_stands_on_the_page_of_conclusions():
    shown = pd.read_csv(BENCHMARKS.parent / "docs" / "calibration.csv")
    asked = {
        (question.name, question.kind, world.sar, world.ar, world.effect)
        for question in calibration.questions()
        for world in question.worlds
    }
    columns = shown[["claim", "kind", "sar", "ar", "effect"]].astype(object)
    told = set(columns.where(columns.notna(), None).itertuples(index=False, name=None))
    assert told == asked


@pytest.mark.parametrize("sar", [0.0, 0.8])
def test_fields_have_the_variance_and_the_dependence_asked_for(sar):
    drawn = _questions.fields(sar, 4000, np.random.default_rng(0))
    assert np.square(drawn).mean() == pytest.approx(1.0, abs=0.03)
    white = drawn - sar * (_questions.weights_matrix() @ drawn)
    assert abs(np.corrcoef(white)[np.triu_indices(len(white), 1)]).mean() < 0.03


def test_panels_persist_as_asked():
    drawn = _questions.panels(0.5, 0.9, 3, 3000, np.random.default_rng(0))
    assert np.square(drawn).mean(axis=(1, 2)) == pytest.approx(1.0, abs=0.05)
    assert np.corrcoef(drawn[0].ravel(), drawn[1].ravel())[0, 1] == pytest.approx(0.9, abs=0.01)


def test_a_share_outside_its_bounds_is_told():
    always = _questions.Question(
        "always",
        _questions.SIZE,
        lambda world, runs, rng: np.ones(runs),
        (_questions.World(),),
        0.03,
        0.07,
    )
    assert [told["kept"] for told in always.answers(100)] == [False]
