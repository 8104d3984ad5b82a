"""Fuzzy evaluation, TOPSIS, grey relation, benefit of the doubt, cuts found in the scores."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from geo_resilience import evaluation
from geo_resilience.errors import InputError, UndefinedError
from geo_resilience.evaluation._other_rankings import ordering_correlations

REFERENCE = Path(__file__).parents[1] / "reference" / "evaluation"
CRITERIA = pd.read_csv(REFERENCE / "criteria.csv", dtype={"code": str})
TABLES = {
    name: pd.read_csv(REFERENCE / f"{name}.csv", dtype={"adcode": str}).set_index("adcode")
    for name in ("high_tech", "digital")
}
unit_tables = arrays("float64", (6, 3), elements=st.floats(0, 1).map(lambda x: round(x, 4)))
WEIGHTS = pd.Series({"a": 0.5, "b": 0.3, "c": 0.2})


def framed(cells: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame(cells, columns=list("abc"))


@pytest.mark.parametrize(
    ("shape", "number", "expected"),
    [
        ("triangular", 0.0, [1, 0, 0, 0, 0]),
        ("triangular", 0.15, [0.75, 0.25, 0, 0, 0]),
        ("triangular", 0.4, [0, 0.5, 0.5, 0, 0]),
        ("triangular", 1.0, [0, 0, 0, 0, 1]),
        ("trapezoidal", 0.14, [1, 0, 0, 0, 0]),
        ("trapezoidal", 0.175, [0.75, 0.25, 0, 0, 0]),
        ("trapezoidal", 0.4, [0, 0.5, 0.5, 0, 0]),
        ("trapezoidal", 0.5, [0, 0, 1, 0, 0]),
        ("trapezoidal", 0.825, [0, 0, 0, 0.25, 0.75]),
    ],
)
def test_memberships_by_hand(shape: str, number: float, expected: list[float]) -> None:
    found = evaluation.grade_memberships(np.array(number), shape=shape)
    assert found.tolist() == pytest.approx(expected)


def test_fuzzy_by_hand() -> None:
    values = pd.DataFrame({"a": [0.15], "b": [0.4], "c": [0.9]})
    found = evaluation.fuzzy_evaluation(values, WEIGHTS)
    # .5 (.75 .25 0 0 0) + .3 (0 .5 .5 0 0) + .2 (0 0 0 0 1)
    assert found.memberships.iloc[0].tolist() == pytest.approx([0.375, 0.275, 0.15, 0, 0.2])
    assert found.by_maximum.tolist() == ["Low"]
    assert found.average.iloc[0] == pytest.approx(0.5 * 0.15 + 0.3 * 0.4 + 0.2 * 0.9)
    assert found.by_average.tolist() == ["Weaker"]
    assert found.differs.tolist() == [True]
    strict = evaluation.fuzzy_evaluation(values, WEIGHTS, operator="min_max")
    # max of min: .5, max(.25, .3), .3, 0, .2; sum 1.3
    assert strict.memberships.iloc[0].tolist() == pytest.approx(
        np.array([0.5, 0.3, 0.3, 0, 0.2]) / 1.3
    )


@given(unit_tables)
def test_fuzzy_invariants(cells: np.ndarray) -> None:
    frame = framed(cells)
    for shape in ("triangular", "trapezoidal"):
        for operator in ("product_sum", "min_max"):
            found = evaluation.fuzzy_evaluation(frame, WEIGHTS, shape=shape, operator=operator)
            assert found.memberships.sum(axis=1).to_numpy() == pytest.approx(1)
            assert (found.memberships >= 0).all(axis=None)
    inside = frame.clip(0.1, 0.9)
    average = evaluation.fuzzy_evaluation(inside, WEIGHTS).average
    composite = evaluation.composite(inside, WEIGHTS)
    assert average.to_numpy() == pytest.approx(composite.to_numpy())


def test_fuzzy_refuses() -> None:
    values = framed(np.full((2, 3), 0.5))
    with pytest.raises(InputError, match=r"found 1\.5, expected a number from 0 to 1"):
        evaluation.fuzzy_evaluation(values + 1, WEIGHTS)
    for options in ({"shape": "bell"}, {"operator": "max"}, {"cuts": (0.5,)}):
        with pytest.raises(InputError):
            evaluation.fuzzy_evaluation(values, WEIGHTS, **options)
    with pytest.raises(InputError, match="increasing"):
        evaluation.fuzzy_evaluation(values, WEIGHTS, cuts=(0.2, 0.4, 0.6, 1.0))


@pytest.mark.parametrize("table", list(TABLES))
def test_topsis_as_scikit_criteria(table: str) -> None:
    frame = TABLES[table]
    rows = CRITERIA[(CRITERIA["table"] == table) & (CRITERIA["method"] == "topsis")]
    found = evaluation.topsis(frame, evaluation.equal_weights(frame.columns).values)
    assert found[rows["code"]].tolist() == pytest.approx(rows["value"].tolist(), abs=1e-9)


def test_grey_relation_by_hand() -> None:
    values = pd.DataFrame({"a": [1.0, 0.4], "b": [0.5, 0.7], "c": [0.2, 0.2]})
    # distances to the best: (0, .2, 0), (.6, 0, 0); largest .6, rho .5: scale .3
    first = 0.5 + 0.3 * 0.3 / 0.5 + 0.2
    second = 0.5 * 0.3 / 0.9 + 0.3 + 0.2
    assert evaluation.grey_relation(values, WEIGHTS).tolist() == pytest.approx([first, second])
    assert evaluation.grey_relation(values[:1], WEIGHTS).tolist() == [1.0]
    with pytest.raises(InputError, match="distinguishing is 0"):
        evaluation.grey_relation(values, WEIGHTS, distinguishing=0)
    with pytest.raises(UndefinedError, match="every column is constant"):
        evaluation.topsis(values[:1], WEIGHTS)


@given(unit_tables)
def test_a_better_row_is_never_placed_behind(cells: np.ndarray) -> None:
    frame = framed(cells)
    frame.iloc[0] = frame.iloc[1] * 0.9
    if frame.nunique().max() > 1:
        closeness = evaluation.topsis(frame, WEIGHTS)
        assert closeness[0] <= closeness[1] + 1e-12
    relation = evaluation.grey_relation(frame, WEIGHTS)
    assert relation[0] <= relation[1] + 1e-12


def test_benefit_of_the_doubt_by_hand() -> None:
    # z lies on the line between x and y: best at weights (v, v), v = 1/1.2, score .5 * 2/1.2
    values = pd.DataFrame({"a": [1.0, 0.2, 0.5], "b": [0.2, 1.0, 0.5]}, index=list("xyz"))
    half = pd.Series({"a": 0.5, "b": 0.5})
    free = evaluation.benefit_of_the_doubt(values, half, tolerance=None)
    assert free.scores.to_dict() == pytest.approx({"x": 1, "y": 1, "z": 1 / 1.2})
    assert free.weights.loc["z"].tolist() == pytest.approx([0.5, 0.5])
    fixed = evaluation.benefit_of_the_doubt(values, half, tolerance=0)
    assert fixed.scores.to_dict() == pytest.approx({"x": 1, "y": 1, "z": 0.5 / 0.6})
    near = evaluation.benefit_of_the_doubt(
        values, half, reference={"x": ["y"], "y": [], "z": ["z"]}
    )
    assert near.scores.tolist() == pytest.approx([1, 1, 1])


def _programs(cells: np.ndarray, weights: np.ndarray, width: float | None) -> np.ndarray:
    """Solve each row's linear program by itself with SciPy, all rows as limits."""
    from scipy.optimize import linprog

    unit, count = np.eye(len(weights)), len(weights)
    limits, most = cells, np.ones(len(cells))
    if width is not None:
        low, high = max(0, 1 - width) * weights, (1 + width) * weights
        limits = np.vstack([cells, low[:, None] - unit, unit - high[:, None]])
        most = np.r_[most, np.zeros(2 * count)]
    usable = cells @ (np.ones(count) if width is None else weights) > 0
    return np.array(
        [
            -linprog(-row, limits, most).fun if some else 0.0
            for row, some in zip(cells, usable, strict=True)
        ]
    )


@pytest.mark.parametrize("width", [0.0, 0.1, 0.5, 1.0, 2.0, None])
@pytest.mark.parametrize("kind", ["plain", "capped", "steps", "twice", "unweighed"])
def test_benefit_of_the_doubt_solves_every_row_s_program(kind: str, width: float | None) -> None:
    rng = np.random.default_rng(len(kind))
    cells, weights = rng.random((25, 6)), rng.dirichlet(np.ones(6))
    if kind == "capped":
        cells = np.clip(2 * cells - 0.5, 0, 1)
    elif kind == "steps":
        cells = (3 * cells).astype(int) / 2
    elif kind == "twice":
        cells[::2] = cells[1]
    elif kind == "unweighed":
        weights[:2], cells[:, 3] = 0, 0
        weights /= weights.sum()
    frame = pd.DataFrame(cells, columns=list("abcdef"))
    found = evaluation.benefit_of_the_doubt(
        frame, pd.Series(weights, frame.columns), tolerance=width
    )
    expected = _programs(cells, weights, width)
    assert found.scores.to_numpy() == pytest.approx(expected, abs=2e-9)
    reached = (found.weights.to_numpy() @ cells.T).max(axis=1)  # these weights give these scores
    assert (found.weights.to_numpy() * cells).sum(axis=1) / reached == pytest.approx(
        expected, abs=2e-9, nan_ok=True
    )


@settings(max_examples=15, deadline=None)
@given(unit_tables, st.floats(0.05, 0.9))
def test_benefit_of_the_doubt_invariants(cells: np.ndarray, tolerance: float) -> None:
    frame = framed(cells)
    if frame.sum(axis=1).max() < 0.1:
        return
    scores = [
        evaluation.benefit_of_the_doubt(frame, WEIGHTS, tolerance=width).scores
        for width in (0.0, tolerance, None)
    ]
    composite = evaluation.composite(frame, WEIGHTS)
    assert scores[0].to_numpy() == pytest.approx((composite / composite.max()).to_numpy())
    assert (scores[0] <= scores[1] + 1e-7).all()  # more room never hurts
    assert (scores[1] <= scores[2] + 1e-7).all()
    weights = evaluation.benefit_of_the_doubt(frame, WEIGHTS, tolerance=tolerance).weights.dropna()
    assert weights.sum(axis=1).to_numpy() == pytest.approx(1)
    assert (weights <= WEIGHTS * (1 + tolerance) + 1e-7).all(axis=None)
    assert (weights >= WEIGHTS * (1 - tolerance) - 1e-7).all(axis=None)


def test_every_year_by_itself_and_wrong_references() -> None:
    index = pd.MultiIndex.from_product([["x", "y"], [2022, 2023]], names=["adcode", "year"])
    values = pd.DataFrame(
        {"a": [0.1, 0.9, 0.2, 0.3], "b": [0.1, 0.9, 0.2, 0.3], "c": [0.1, 0.9, 0.2, 0.3]}, index
    )
    found = evaluation.benefit_of_the_doubt(values, WEIGHTS).scores
    assert found.tolist() == pytest.approx([0.5, 1, 1, 1 / 3])
    with pytest.raises(InputError, match="no reference set for the region y") as caught:
        evaluation.benefit_of_the_doubt(values, WEIGHTS, reference={"x": ["q"]})
    assert "region q has no values" in str(caught.value)
    with pytest.raises(InputError, match="tolerance is -1"):
        evaluation.benefit_of_the_doubt(values, WEIGHTS, tolerance=-1)


def test_correlations_are_those_of_the_ranking_that_is_written() -> None:
    """Regions at the frontier are tied in the file; the solver's last digits must not part them."""
    from io import StringIO

    from scipy.stats import spearmanr

    rng = np.random.default_rng(4)
    keys = pd.MultiIndex.from_product([[f"R{n:02d}" for n in range(30)], [2020, 2021]])
    frame = pd.DataFrame(rng.random((60, 4)), index=keys.set_names(["adcode", "year"]))
    frame.columns = list("abcd")
    table = evaluation.rankings(frame, pd.Series([0.4, 0.3, 0.2, 0.1], list("abcd")))
    assert (table["benefit_of_the_doubt"] == 1).groupby("year").sum().min() >= 2
    methods = ["composite", "topsis", "grey_relation", "benefit_of_the_doubt"]
    found = ordering_correlations(table[methods]).set_index(["year", "method"])
    written = pd.read_csv(StringIO(table.reset_index().to_csv(float_format="%.12g")))
    for (year, method), row in found.iterrows():
        own = written[written["year"] == year]
        assert row["correlation"] == pytest.approx(spearmanr(own["composite"], own[method])[0])
        by_rank = spearmanr(own["composite_rank"], own[f"{method}_rank"])[0]
        assert row["correlation"] == pytest.approx(by_rank)


def test_rankings_and_their_correlations() -> None:
    frame = TABLES["high_tech"]
    weights = evaluation.equal_weights(frame.columns).values
    table = evaluation.rankings(frame, weights)
    assert list(table.columns[:4]) == [
        *("composite", "topsis", "grey_relation", "benefit_of_the_doubt"),
    ]
    assert (table["topsis_rank"] == evaluation.rank(table["topsis"])).all()
    found = ordering_correlations(table.iloc[:, :4]).set_index("method")
    expected = table["composite"].corr(table["topsis"], method="spearman")
    assert found.loc["topsis", "correlation"] == pytest.approx(expected)
    shift = (table["composite_rank"] - table["topsis_rank"]).abs().mean()
    assert found.loc["topsis", "mean_shift"] == pytest.approx(shift)


def test_cuts_found_in_the_scores() -> None:
    scores = pd.Series([0.1, 0.12, 0.3, 0.31, 0.5, 0.52, 0.7, 0.71, 0.9, 0.95])
    for method in ("jenks", "quantile"):
        cuts = evaluation.grade_cuts(scores, method=method)
        assert evaluation.grade(scores, cuts=cuts).value_counts().tolist() == [2] * 5
    with pytest.raises(UndefinedError, match="3 different scores, too few to cut 5"):
        evaluation.grade_cuts(pd.Series([1.0, 2.0, 3.0]))
    with pytest.raises(InputError, match="method is equal"):
        evaluation.grade_cuts(scores, method="equal")
