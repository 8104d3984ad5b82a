"""Two runs compared, held against hand calculation, all orders, and Shapley's axioms."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from shapely.geometry import box

from geo_resilience.errors import UndefinedError
from geo_resilience.indicators import Dimension, Framework, Indicator
from geo_resilience.regions import Regions
from geo_resilience.results import Results
from geo_resilience.results._editions import CAUSES
from geo_resilience.statistics._shapley import parts_of, shapley_values, subsets_of
from geo_resilience.study._plan import Plan
from geo_resilience.study._plan_sections import (
    CleaningPlan,
    CompositePlan,
    FrameworkPlan,
    GradesPlan,
    NeighborsPlan,
    ScalingPlan,
    UncertaintyPlan,
    WeightsPlan,
)
from geo_resilience.study._regions import StudyRegions
from geo_resilience.study.editions._alternatives import sheet
from geo_resilience.study.editions._causes import Causes, Pairs
from geo_resilience.study.editions._comparison import Comparison, _by_region
from geo_resilience.study.editions._edition import Edition
from geo_resilience.study.editions._undoing import undone
from geo_resilience.text import Text

FIXED = ScalingPlan("fixed", goalposts={"a": (0, 10), "b": (0, 10), "c": (0, 10)})
KEYS = ["r1", "r2", "r3", "r4"]


class Held(dict[str, pd.DataFrame]):
    """Tables by stem, as results hold them, and the panel."""

    panel: SimpleNamespace
    found: SimpleNamespace


def _weights(weights: dict[str, float]) -> pd.DataFrame:
    shares = list(weights.values())
    return pd.DataFrame({"code": list(weights), "used": shares, "published": shares, "ahp": np.nan})


def _indicator(code: str, direction: str, dimension: str) -> Indicator:
    return Indicator(
        code=code,
        name=Text(code),
        unit=Text(),
        direction=direction,
        dimension=dimension,
        group=None,
        weight=None,
        column=code,
        expression=None,
        definition=Text(),
        fidelity=None,
        source=None,
        prices=None,
    )


def edition(
    figures: dict[str, list[float]],
    weights: dict[str, float],
    *,
    years: tuple[int, ...] = (2020,),
    scaling: ScalingPlan = FIXED,
    minus: str = "",
    dimension: str = "B1",
    weighing: WeightsPlan | None = None,
    **sections: Any,
) -> Edition:
    """Make a run of four squares: figures by year, then region."""
    codes = list(figures)
    rows = pd.MultiIndex.from_product([KEYS, years], names=["adcode", "year"])
    by_year = pd.MultiIndex.from_product([years, KEYS], names=["year", "adcode"])
    raw = pd.DataFrame(figures, index=by_year, dtype=float).swaplevel().loc[rows]
    frame = gpd.GeoDataFrame(
        {"name": KEYS, "name_zh": KEYS},
        index=pd.Index(KEYS, name="adcode"),
        geometry=[box(i, 0, i + 1, 1) for i in range(4)],
        crs=4326,
    )
    regions = Regions(frame, "squares")
    return Edition(
        results=cast(Results, Held(weights=_weights(weights))),
        plan=Plan(
            tables=(),
            framework=FrameworkPlan("own"),
            scaling=scaling,
            weights=weighing or WeightsPlan("own", values=weights),
            **sections,
        ),
        raw=raw,
        scores=pd.DataFrame(),
        framework=Framework(
            Text("own"),
            (Dimension(dimension, Text("one")),),
            tuple(_indicator(code, "-" if code == minus else "+", dimension) for code in codes),
        ),
        ground=StudyRegions(regions, regions, {}, {}),
    )


OLD = {"a": [1.0, 3, 5, 9], "b": [2.0, 8, 4, 6]}
HALVES = {"a": 0.5, "b": 0.5}


def split(old: Edition, new: Edition) -> tuple[Causes, dict[str, pd.DataFrame]]:
    """Compare two runs by every measure."""
    causes, pairs = Causes.of(old, new), Pairs.of(old, new)
    found = {
        "composite": causes.split(pairs, lambda scored: scored.composite),
        "rank": causes.ranks(pairs),
        "grade": causes.grades(pairs),
    }
    for table in found.values():
        assert table[list(CAUSES)].sum(axis=1).to_numpy() == pytest.approx(
            table["change"].to_numpy(), abs=1e-12
        )
    return causes, found


def only(table: pd.DataFrame, cause: str) -> np.ndarray:
    """Give a cause's parts, and see that no other has any."""
    others = [each for each in CAUSES if each != cause]
    assert (table[others] == 0).all(axis=None)
    return table[cause].to_numpy()


def test_a_run_beside_itself_differs_in_nothing() -> None:
    causes, found = split(edition(OLD, HALVES), edition(OLD, HALVES))
    assert causes.blocks == ()
    for table in found.values():
        assert (table.drop(columns=["before", "after"]) == 0).all(axis=None)


def test_a_revised_figure_moves_its_region_by_its_weight() -> None:
    new = {**OLD, "a": [4.0, 3, 5, 9]}
    _, found = split(edition(OLD, HALVES), edition(new, HALVES))
    assert only(found["composite"], "data") == pytest.approx([0.5 * 0.3, 0, 0, 0])


def test_weights_move_each_region_by_its_own_figures() -> None:
    new = edition(OLD, {"a": 0.8, "b": 0.2})
    _, found = split(edition(OLD, HALVES), new)
    expected = 0.3 * (np.array(OLD["a"]) - np.array(OLD["b"])) / 10
    assert only(found["composite"], "weights") == pytest.approx(expected)


def test_an_indicator_more_takes_its_weight_from_the_others_alike() -> None:
    figures = {**OLD, "c": [10.0, 0, 10, 0]}
    new = edition(figures, {"a": 0.4, "b": 0.4, "c": 0.2})
    _, found = split(edition(OLD, HALVES), new)
    before = (np.array(OLD["a"]) + np.array(OLD["b"])) / 20
    assert only(found["composite"], "indicators") == pytest.approx(
        0.2 * (np.array([1.0, 0, 1, 0]) - before)
    )


def test_another_direction_is_another_indicator() -> None:
    _, found = split(edition(OLD, HALVES), edition(OLD, HALVES, minus="b"))
    expected = 0.5 * (1 - 2 * np.array(OLD["b"]) / 10)
    assert only(found["composite"], "indicators") == pytest.approx(expected)


def test_other_goalposts_are_told_as_scaling() -> None:
    wide = ScalingPlan("fixed", goalposts={"a": (0, 20), "b": (0, 10)})
    _, found = split(edition(OLD, HALVES), edition(OLD, HALVES, scaling=wide))
    assert only(found["composite"], "scaling") == pytest.approx(-0.25 * np.array(OLD["a"]) / 10)


def test_another_mean_and_another_filling_are_told_apart() -> None:
    geometric = edition(OLD, HALVES, composite=CompositePlan("geometric"))
    _, found = split(edition(OLD, HALVES), geometric)
    lifted = [0.01 + 0.99 * np.array(OLD[code]) / 10 for code in "ab"]
    plain = (np.array(OLD["a"]) + np.array(OLD["b"])) / 20
    expected = np.sqrt(lifted[0] * lifted[1]) - plain
    assert only(found["composite"], "mean") == pytest.approx(expected, abs=1e-11)
    caps = CleaningPlan("quantile", lower=0.0, upper=0.5, missing=("median",))
    _, found = split(edition(OLD, HALVES), edition(OLD, HALVES, cleaning=caps))
    capped = 0.5 * (np.minimum(OLD["a"], 4.0) + np.minimum(OLD["b"], 5.0)) / 10
    assert only(found["composite"], "cleaning") == pytest.approx(capped - plain)


def test_a_rise_of_the_best_moves_the_ends_for_all_others() -> None:
    pooled = ScalingPlan("pooled")
    new = {**OLD, "a": [1.0, 3, 5, 17]}
    _, found = split(edition(OLD, HALVES, scaling=pooled), edition(new, HALVES, scaling=pooled))
    table = found["composite"]
    fall = 0.5 * (np.array([0, 2, 4]) / 16 - np.array([0, 2, 4]) / 8)
    assert table["scaling"].to_numpy()[:3] == pytest.approx(fall)
    assert (table["data"].to_numpy()[:3] == 0).all()
    # its own figure lies beyond the old end, and the new end lies at it: half a step each way
    assert table.loc[3, ["data", "scaling", "change"]].tolist() == pytest.approx([0.125, -0.125, 0])


def test_a_further_year_is_compared_with_the_last_and_with_itself() -> None:
    later = {code: [*values, *np.add(values, 1)] for code, values in OLD.items()}
    old, new = edition(OLD, HALVES), edition(later, HALVES, years=(2020, 2021))
    pairs = Pairs.of(old, new)
    assert pairs.after.get_level_values("year").tolist() == [2020] * 4 + [2021] * 4
    assert pairs.before.get_level_values("year").tolist() == [2020] * 8
    _, found = split(old, new)
    assert only(found["composite"], "years") == pytest.approx([0.0] * 4 + [0.1] * 4)
    assert (found["rank"]["change"] == 0).all()


def test_a_rank_that_others_moved_is_told_so() -> None:
    new = {"a": [1.0, 2, 5, 9], "b": [2.0, 0, 4, 6]}  # the second falls behind the first
    _, found = split(edition(OLD, HALVES), edition(new, HALVES))
    table = found["rank"].set_axis(KEYS)
    assert table["before"].tolist() == [4, 2, 3, 1]
    assert table["after"].tolist() == [3, 4, 2, 1]
    assert table["others"].tolist() == [-1, 0, -1, 0]
    assert table["data"].tolist() == [0, 2, 0, 0]


def test_regions_that_went_are_others_in_a_rank() -> None:
    """The best of four leaves, and the other three rise by one place; nothing else changes."""
    old = edition(OLD, HALVES)
    new = replace(old, raw=old.raw.drop(index="r4"), ground=replace(
        old.ground, studied=old.ground.studied.without(["r4"])
    ))  # fmt: skip
    _, found = split(old, new)
    assert only(found["rank"], "others").tolist() == [-1, -1, -1]
    assert (found["composite"]["change"] == 0).all()


def test_grades_count_from_one_and_know_their_cuts() -> None:
    other = edition(OLD, HALVES, grades=GradesPlan(cuts=(0.1, 0.5, 0.6, 0.7)))
    _, found = split(edition(OLD, HALVES), other)
    # .15, .55, .45, .75 by cuts at .2, .4, .6, .8, then by the others
    assert found["grade"]["before"].tolist() == [1, 3, 3, 4]
    assert only(found["grade"], "grading").tolist() == [1, 0, -1, 1]


def test_frameworks_with_nothing_in_common_are_kept_together() -> None:
    causes, found = split(
        edition({"a": OLD["a"]}, {"a": 1.0}), edition({"b": OLD["b"]}, {"b": 1.0})
    )
    assert causes.blocks == ("indicators",)
    change = (np.array(OLD["b"]) - np.array(OLD["a"])) / 10
    assert only(found["composite"], "indicators") == pytest.approx(change)


def test_what_cannot_be_filled_by_the_other_run_is_kept_together() -> None:
    gone = {**OLD, "a": [np.nan, 3, 5, 9]}
    filled = CleaningPlan(missing=("median",))
    causes, found = split(
        edition(OLD, HALVES, cleaning=CleaningPlan(missing=())),
        edition(gone, HALVES, cleaning=filled),
    )
    assert set(causes.together) == {"data", "limits", "cleaning"}
    assert only(found["composite"], "data") == pytest.approx([0.2, 0, 0, 0])


def test_an_indicator_of_the_new_years_alone_is_kept_together_with_them() -> None:
    """Nothing of it can be filled in for the old years: both runs stand, and so does the change."""
    old = edition(OLD, HALVES)
    figures = {**OLD, "c": [10.0, 0, 10, 0]}
    new = edition(figures, {"a": 0.4, "b": 0.4, "c": 0.2}, years=(2021,))
    causes, found = split(old, new)
    assert {"years", "indicators"} <= set(causes.together)
    plain = (np.array(OLD["a"]) + np.array(OLD["b"])) / 20
    expected = 0.2 * (np.array([1.0, 0, 1, 0]) - plain)
    assert found["composite"]["change"].to_numpy() == pytest.approx(expected)


def test_frameworks_with_other_dimensions_have_no_parts_by_dimension() -> None:
    old = edition({"a": OLD["a"]}, {"a": 1.0})
    new = edition({"b": OLD["b"]}, {"b": 1.0}, dimension="B2")
    table = _by_region(Causes.of(old, new), Pairs.of(old, new), pd.Series(KEYS, KEYS))
    assert table.empty and list(table)[:5] == ["adcode", "name", "year", "level", "code"]


def test_other_weights_by_experts_behind_combined_ones_are_weights() -> None:
    combined = WeightsPlan("combined")
    sides = [edition(OLD, shares, weighing=combined) for shares in (HALVES, {"a": 0.8, "b": 0.2})]
    causes, found = split(*sides)
    assert causes.blocks == ("weights",)
    assert (only(found["composite"], "weights") != 0).any()


def test_grades_that_a_mixture_cannot_have_are_told_under_the_first_cause() -> None:
    years, relative = (2020, 2021), GradesPlan("quantile")
    flat = {"a": [5.0] * 8, "b": [5.0] * 8}
    apart = {"a": [1.0, 2, 3, 4, 5, 6, 7, 8], "b": [1.0, 2, 3, 4, 5, 6, 7, 9]}
    causes = Causes.of(
        edition(flat, HALVES, years=years), edition(apart, HALVES, years=years, grades=relative)
    )
    pairs = Pairs.of(causes.exchange.old, causes.exchange.new)
    with pytest.raises(UndefinedError):
        causes.exchange.grading(causes.ends[0].composite, causes.exchange.new)
    table = causes.grades(pairs)
    assert only(table, "data") == pytest.approx(table["change"])


def places(scores: np.ndarray, row: int) -> tuple[int, int]:
    """Give the best and the worst place of a row, level ones either way."""
    return 1 + int((scores > scores[row] + 1e-9).sum()), int((scores > scores[row] - 1e-9).sum())


@settings(max_examples=settings().max_examples // 3)
@given(st.lists(st.integers(0, 10).map(float), min_size=8, max_size=8))
@example([0.0, 2, 0, 0, 0, 0, 3, 7])  # two level ones, of which a weight parts one at once
def test_what_undoes_a_move_undoes_it(cells: list[float]) -> None:
    """Every region sent to every place: the weight, or the figure, makes it level with that."""
    new = edition({"a": cells[:4], "b": cells[4:]}, {"a": 0.6, "b": 0.4})
    cast(Held, new.results).panel = SimpleNamespace(values=new.raw / 10)
    year, used = new.raw.xs(2020, level="year") / 10, new.used.to_numpy()
    ranks = [places(year.to_numpy() @ used, row)[0] for row in range(4)]
    for target in range(1, 5):
        moves = pd.DataFrame({"rank_before": target, "rank": ranks}, index=KEYS)
        for found in undone(new, moves).itertuples():
            tried, shares = year.copy(), used
            if found.by == "value":
                tried.loc[found.adcode, found.indicator] = found.needed
            else:
                one = found.needed
                shares = np.array([one, 1 - one] if found.indicator == "a" else [1 - one, one])
            best, worst = places(tried.to_numpy() @ shares, KEYS.index(found.adcode))
            assert best <= target <= worst


def test_errors_of_indicators_that_were_screened_out_are_passed_over() -> None:
    vague = UncertaintyPlan(draws=100, errors={"a": "3%", "gone": "2%"})
    run = edition(OLD, HALVES, uncertainty=vague)
    held = cast(Held, run.results)
    held.panel, held.found = SimpleNamespace(values=run.raw / 10), SimpleNamespace(grading=None)
    scores = pd.DataFrame({"composite": 0.5, "rank": 1, "grade": "Low"}, run.raw.index)
    drawn = [replace(run, scores=scores).simulated(seed).drawn() for seed in (1, 1, 2)]
    assert drawn[0].equals(drawn[1]) and not drawn[0].equals(drawn[2])


def test_neighbors_of_a_file_are_not_looked_for_where_the_results_are_read() -> None:
    linked = NeighborsPlan("file", file=Path("links.csv"))
    assert edition(OLD, HALVES, neighbors=linked).neighbors() is None


def test_a_place_that_fewer_regions_do_not_have_cannot_be_had_again() -> None:
    new = edition(OLD, HALVES)
    cast(Held, new.results).panel = SimpleNamespace(values=new.raw / 10)
    moves = pd.DataFrame({"rank_before": [9, 9, 9, 9], "rank": [4, 2, 3, 1]}, index=KEYS)
    assert undone(new, moves).empty


def test_alternatives_with_other_years_and_regions_of_one_name_have_a_line() -> None:
    """The last year of both runs counts, and each region once, whatever it is called."""
    rows = [
        (key, "Chaoyang", 2021, before, measure, place, place + shift, shift)
        for before, shifts in ((2021, (5.0, 1.0)), (2023, (2.0, -1.0)))
        for key, place, shift in zip(("r1", "r2"), (1.0, 2.0), shifts, strict=True)
        for measure in ("rank", "grade")
    ]
    names = ["adcode", "name", "year", "year_before", "measure", "before", "after", "change"]
    comparison = SimpleNamespace(
        changes=pd.DataFrame(rows, columns=names),
        tables={"changes_in_findings": pd.DataFrame({"changed": [True, False]})},
    )
    line = sheet({"years": cast(Comparison, comparison)}).iloc[0]
    assert (line["regions_moved"], line["most_moved"], line["places"]) == (2, "Chaoyang", 2)
    assert (line["grades_changed"], line["verdicts_changed"]) == (2, 1)


@given(st.lists(st.floats(-5, 5), min_size=16, max_size=16))
def test_shapley_values_are_those_of_all_orders(scores: list[float]) -> None:
    """Of four players by brute force: each player's step, averaged over the 24 orders."""
    parts = shapley_values(np.array(scores)[:, None], subsets_of(4))[0]
    found = np.zeros(4)
    for order in itertools.permutations(range(4)):
        inside = 0
        for player in order:
            found[player] += scores[inside | 1 << player] - scores[inside]
            inside |= 1 << player
    assert parts == pytest.approx(found / 24, abs=1e-12)
    assert parts.sum() == pytest.approx(scores[-1] - scores[0], abs=1e-12)


@given(st.lists(st.floats(-5, 5), min_size=4, max_size=4))
def test_who_adds_alike_has_alike_and_who_adds_nothing_has_nothing(steps: list[float]) -> None:
    def score(chosen: frozenset[str]) -> np.ndarray:
        return np.array([steps[len(chosen & {"a", "b", "c"})]])

    parts = parts_of(["a", "b", "c", "null"], score)
    assert parts["null"][0] == 0
    assert parts["a"][0] == pytest.approx(parts["b"][0], abs=1e-12)
    assert parts["b"][0] == pytest.approx(parts["c"][0], abs=1e-12)


figures = st.lists(st.integers(0, 10).map(float), min_size=4, max_size=4)


@settings(max_examples=settings().max_examples // 3)
@given(figures, figures, st.floats(0.1, 0.9), st.sampled_from(["arithmetic", "geometric"]))
def test_parts_are_those_of_all_orders_of_four_blocks(
    a: list[float], b: list[float], weight: float, mean: str
) -> None:
    """Data, weights, mean and goalposts at once: by hand for each order."""
    wide = ScalingPlan("fixed", goalposts={"a": (0, 12), "b": (-3, 10)})
    shares = {"a": weight, "b": 1 - weight}
    new = edition({"a": a, "b": b}, shares, scaling=wide, composite=CompositePlan(mean))
    _, found = split(edition(OLD, HALVES), new)

    def by_hand(chosen: set[str]) -> np.ndarray:
        one, two = (a, b) if "data" in chosen else (OLD["a"], OLD["b"])
        ends = wide.goalposts if "scaling" in chosen else FIXED.goalposts
        assert ends is not None
        z = [
            (np.array(x) - ends[c][0]) / (ends[c][1] - ends[c][0])
            for c, x in zip("ab", (one, two), strict=True)
        ]
        w = [weight, 1 - weight] if "weights" in chosen else [0.5, 0.5]
        if "mean" in chosen and mean == "geometric":
            z = [0.01 + 0.99 * each for each in z]
            return z[0] ** w[0] * z[1] ** w[1]
        return w[0] * z[0] + w[1] * z[1]

    blocks = ["data", "weights", "scaling", "mean"]
    parts = {block: np.zeros(4) for block in blocks}
    for order in itertools.permutations(blocks):
        chosen: set[str] = set()
        for block in order:
            before = by_hand(chosen)
            chosen.add(block)
            parts[block] += (by_hand(chosen) - before) / 24
    for block in blocks:
        assert found["composite"][block].to_numpy() == pytest.approx(parts[block], abs=1e-10)
