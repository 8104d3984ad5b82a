"""Tables 4-1 and 4-3 to 4-8 of the source study: what follows from its inputs follows here."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo_resilience import chain
from geo_resilience.chain._records import read_records
from geo_resilience.chain.management._risks import compare_rules
from geo_resilience.errors import InputError

#: Printed results, none of which is in the shipped tables.
RATINGS = {
    "ai": 0.904,
    "biopharma": 0.867,
    "new_energy": 0.856,
    "equipment": 0.830,
    "materials": 0.808,
}
GAPS = {"devices": 24.322, "lines": 26.766, "systems": 28.211, "services": 32.655, "data": 25.433}
LEVELS = {
    "supply": "High",
    "technology": "High",
    "market": "Medium",
    "policy": "Low",
    "environment": "Medium",
}


def test_table_4_1_targets():
    found = chain.paths_to_target(chain.read_example("table_4_1"))
    # Targets of 2025 minus values of 2023, by hand.
    assert found["gap"].tolist() == pytest.approx([6.433, 14.766, 0.122, 1.124, 0.127])
    assert found["relative_gap"].tolist() == pytest.approx(
        [6.433 / 35, 14.766 / 60, 0.122 / 0.8, 1.124 / 4, 0.127 / 0.85]
    )
    assert not found["met"].any()
    assert found["required_step"].tolist() == pytest.approx([3.2165, 7.383, 0.061, 0.562, 0.0635])
    # sqrt(35 / 28.567) - 1 = 10.7 % a year, sqrt(60 / 45.234) - 1 = 15.2 %.
    assert found["required_growth"].tolist()[:2] == pytest.approx([0.10688, 0.15171], abs=1e-5)
    grown = found["current"] * (1 + found["required_growth"]) ** 2
    assert grown.tolist() == pytest.approx(found["target"].tolist())


def test_table_4_3_ratings_and_order():
    criteria = chain.read_example("table_4_3").select_dtypes("number")
    found = chain.rank_priorities(criteria)
    assert found["overall"].round(3).to_dict() == RATINGS
    assert found["priority"].tolist() == [1, 2, 3, 4, 5]


def test_table_4_4_sums_to_100_and_scores():
    shares = chain.read_example("table_4_4")["share"]
    assert shares.sum() == pytest.approx(100)
    found = chain.digital_maturity(shares, shares.index.tolist()).iloc[0]
    # 0 * .28410 + 1/3 * .35678 + 2/3 * .23567 + 1 * .12345.
    assert found["score"] == pytest.approx(0.35678 / 3 + 0.23567 * 2 / 3 + 0.12345)
    assert found["upper"] == pytest.approx(0.23567 + 0.12345)
    # 28.41 are at the first stage, 64.09 at or below the second.
    assert found["stage"] == "development"


def test_table_4_5_gaps():
    found = chain.gaps_to_target(chain.read_example("table_4_5"))
    assert found["gap"].to_dict() == pytest.approx(GAPS, abs=1e-12)
    assert not found["met"].any()


def test_table_4_6_levels_follow_impact_and_not_the_product():
    risks = chain.read_example("table_4_6")
    assert chain.risk_levels(risks)["level"].astype(str).to_dict() == LEVELS
    both = compare_rules(risks)
    # .234 * .867, .345 * .923, .456 * .678, .234 * .567, .567 * .789.
    assert both["product"].tolist() == pytest.approx(
        [0.202878, 0.318435, 0.309168, 0.132678, 0.447363]
    )
    # The environment has the largest product and yet is Medium in print.
    assert both["order"].idxmin() == "environment"
    assert both["by_product"].astype(str).tolist() == ["Medium", "Medium", "Medium", "Low", "High"]
    assert both["agree"].tolist() == [False, False, True, True, False]
    # No two cut points on the product give the printed levels: supply (.203) is High there, and
    # the market (.309) is Medium.
    assert both.loc["supply", "product"] < both.loc["market", "product"]


def test_table_4_7_signs():
    targets = chain.read_example("table_4_7")
    blank = chain.gaps_to_target(targets)
    assert blank["met"].isna().all()
    assert blank["gap"].isna().all()
    at_target = chain.gaps_to_target(targets.assign(current=targets["target"]))
    assert not at_target["met"].any()  # < and > are strict
    beyond = targets.assign(current=[0.29, 0.61, 0.86, 0.39, 2.6])
    assert chain.gaps_to_target(beyond)["met"].all()


def test_table_4_8_responses():
    plan = chain.read_example("table_4_8")
    assert plan["hours"].tolist() == [24, 48, 72, 96]
    warnings = pd.DataFrame({"level": ["none", "blue", "yellow", "orange", "red"]})
    found = chain.response_plan(warnings, plan)
    assert found["hours"].tolist() == [pd.NA, 96, 72, 48, 24]
    assert found["response"].tolist() == [pd.NA, 4, 3, 2, 1]
    assert found["who"].iloc[-1] == "regional command"


class TestRisks:
    def test_cut_points_include_their_lower_bound(self):
        table = pd.DataFrame({"probability": 0.5, "impact": [0.8, 0.1 + 0.5, 0.6 - 1e-9]})
        assert chain.risk_levels(table)["level"].tolist() == ["High", "Medium", "Low"]

    def test_the_grid_agrees_with_the_levels(self):
        grid = chain.risk_grid(rule="product", steps=4)
        for probability, row in grid.iterrows():
            table = pd.DataFrame({"probability": probability, "impact": grid.columns})
            levels = chain.risk_levels(table, rule="product")["level"]
            assert levels.tolist() == row.tolist()

    def test_wrong_input(self):
        risks = chain.read_example("table_4_6")
        with pytest.raises(InputError, match="column impact is missing"):
            chain.risk_levels(risks.drop(columns="impact"))
        with pytest.raises(InputError, match=r"impact of market is 67\.8"):
            chain.risk_levels(risks.replace(0.678, 67.8))
        with pytest.raises(InputError, match="rising"):
            chain.risk_levels(risks, cuts=(0.8, 0.6))
        with pytest.raises(InputError, match="product"):
            chain.risk_levels(risks, rule="sum")


class TestTargets:
    def test_directions(self):
        table = pd.DataFrame(
            {
                "current": [1, 1, 1, 1, 2, 2],
                "target": [1, 1, 1, 1, 1, 1],
                "direction": ["+", ">", "−", "<", ">=", "≤"],
            }
        )
        assert chain.gaps_to_target(table)["met"].tolist() == [
            True,
            False,
            True,
            False,
            True,
            False,
        ]

    def test_years_at_the_present_pace(self):
        table = pd.DataFrame(
            {
                "current": [10.0, 10, 10, 30, 10],
                "target": 20.0,
                "year": 2023,
                "target_year": 2025,
                "pace": [4.0, -1, 0, -1, None],
            }
        )
        found = chain.paths_to_target(table)["years_at_pace"]
        assert found.tolist()[:4] == [2.5, np.inf, np.inf, 0]
        assert np.isnan(found[4])

    def test_a_falling_target(self):
        table = pd.DataFrame(
            {"current": [0.4], "target": [0.3], "direction": "<", "year": 2023, "target_year": 2025}
        )
        found = chain.paths_to_target(table.assign(pace=-0.02)).iloc[0]
        assert found["required_step"] == pytest.approx(-0.05)
        assert found["years_at_pace"] == pytest.approx(5)

    def test_wrong_input(self):
        table = pd.DataFrame({"current": [1], "target": [2], "direction": ["up"]}, ["r"])
        with pytest.raises(InputError, match="direction of r is up"):
            chain.gaps_to_target(table)
        with pytest.raises(InputError, match="target is missing"):
            chain.gaps_to_target(table[["current"]])
        with pytest.raises(InputError, match="row r, column current: x"):
            chain.gaps_to_target(table.assign(current="x", direction="+"))
        with pytest.raises(InputError, match="2023 is not after 2023"):
            chain.paths_to_target(table.assign(direction="+", year=2023, target_year=2023))


class TestPriorities:
    def test_weights_and_costs(self):
        table = pd.DataFrame({"gain": [0.9, 0.5], "cost": [0.8, 0.1]}, ["a", "b"])
        found = chain.rank_priorities(table, weights={"cost": 0.5, "gain": 0.5}, cost=("cost",))
        assert found["overall"].tolist() == pytest.approx([0.55, 0.7])
        assert found["priority"].tolist() == [2, 1]

    def test_ties_share_the_better_place(self):
        # The means are equal but for rounding of floats.
        table = pd.DataFrame({"x": [0.1, 0.3, 0.0], "y": [0.2, 0.0, 0.1]})
        assert chain.rank_priorities(table)["priority"].tolist() == [1, 1, 3]

    @given(st.integers(0, 10_000), st.integers(1, 8), st.integers(1, 5))
    def test_equal_weights_are_the_mean(self, seed, n, k):
        table = pd.DataFrame(np.random.default_rng(seed).random((n, k))).rename(columns=str)
        equal = chain.rank_priorities(table, weights=dict.fromkeys(table.columns, 1 / k))
        pd.testing.assert_frame_equal(equal, chain.rank_priorities(table))
        assert equal["priority"].min() == 1

    def test_wrong_input(self):
        table = pd.DataFrame({"x": [0.1, 3]}, ["a", "b"])
        with pytest.raises(InputError, match="x of b is 3"):
            chain.rank_priorities(table)
        with pytest.raises(InputError, match=r"sum to 1; theirs is 0\.5"):
            chain.rank_priorities(table / 10, weights={"x": 0.5})
        with pytest.raises(InputError, match="y"):
            chain.rank_priorities(table / 10, weights={"y": 1})
        with pytest.raises(InputError, match="no criteria"):
            chain.rank_priorities(table[[]])


class TestMaturity:
    STAGES = ("a", "b", "c")

    def test_the_ends(self):
        shares = pd.DataFrame({"a": [1, 0, 0], "b": [0, 0, 1], "c": [0, 1, 0]})
        found = chain.digital_maturity(shares, self.STAGES)
        assert found["score"].tolist() == [0, 1, 0.5]
        assert found["stage"].tolist() == ["a", "c", "b"]

    def test_rounded_shares_are_rescaled(self):
        shares = pd.Series({"a": 33.33, "b": 33.33, "c": 33.33})
        found = chain.digital_maturity(shares, self.STAGES)
        assert found.loc[0, "score"] == pytest.approx(0.5)
        assert found.loc[0, "sum"] == pytest.approx(99.99)

    def test_wrong_input(self):
        with pytest.raises(InputError, match="sum to 95; expected 100"):
            chain.digital_maturity(pd.Series({"a": 30, "b": 30, "c": 35}), self.STAGES)
        with pytest.raises(InputError, match="may be negative"):
            chain.digital_maturity(pd.Series({"a": -30, "b": 95, "c": 35}), self.STAGES)
        with pytest.raises(InputError, match="The stages are"):
            chain.digital_maturity(pd.Series({"a": 65, "b": 35}), self.STAGES)


class TestRecords:
    def test_toml_and_csv_say_the_same(self, tmp_path):
        (tmp_path / "r.csv").write_text(
            "# unit: share\ncode,name,probability,impact\n01,Fire,0.1,\n02,2,0.2,0.5\n", "utf-8"
        )
        (tmp_path / "r.toml").write_text(
            'source = "own"\n[[rows]]\ncode = "01"\nname = "Fire"\nprobability = 0.1\n'
            '[[rows]]\ncode = "02"\nname = "2"\nprobability = 0.2\nimpact = 0.5\n',
            "utf-8",
        )
        first, second = (read_records(tmp_path / name) for name in ("r.csv", "r.toml"))
        pd.testing.assert_frame_equal(first, second)
        assert first.index.tolist() == ["01", "02"]
        assert np.isnan(first.loc["01", "impact"])

    def test_wrong_files(self, tmp_path):
        (tmp_path / "r.toml").write_text("[[rows]\n", "utf-8")
        with pytest.raises(InputError, match="not valid TOML"):
            read_records(tmp_path / "r.toml")
        (tmp_path / "r.csv").write_text("code,x\na,1\na,2\n", "utf-8")
        with pytest.raises(InputError, match="a stands twice"):
            read_records(tmp_path / "r.csv")
        (tmp_path / "e.csv").write_text("code,x\n", "utf-8")
        with pytest.raises(InputError, match="no rows"):
            read_records(tmp_path / "e.csv")
        with pytest.raises(InputError, match="table_4_3"):
            chain.read_example("table_4_2")
