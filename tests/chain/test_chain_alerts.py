"""Early warning: levels, hysteresis, learned thresholds, forecasts."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo_resilience import chain
from geo_resilience.chain.management._early_warning import checked_thresholds
from geo_resilience.chain.management._forecasts import FORECASTS, backtest, outlook
from geo_resilience.chain.management._signals import crises_ahead
from geo_resilience.errors import InputError


def rules(**changes):
    row = {"direction": "+", "blue": 4.0, "yellow": 3.0, "orange": 2.0, "red": 1.0} | changes
    return pd.DataFrame([row], index=["D1"])


def series(*values, region="11", first=2018):
    index = pd.MultiIndex.from_product([[region], range(first, first + len(values))])
    return pd.DataFrame({"D1": values}, index)


def levels(values, **changes):
    return chain.warning_levels(series(*values), rules(**changes))["level"].astype(str).tolist()


class TestLevels:
    def test_a_value_at_its_threshold_warns(self):
        assert levels([4.1, 4, 3, 2, 1]) == ["none", "blue", "yellow", "orange", "red"]

    def test_less_is_better(self):
        found = levels([1, 2, 3, 9], direction="-", blue=2, yellow=3, orange=4, red=5)
        assert found == ["none", "blue", "yellow", "red"]

    def test_hysteresis_by_hand(self):
        # With .5: blue begins at 4 and ends above 4.5, yellow begins at 3 and ends above 3.5.
        found = levels([3.9, 4.3, 4.6, 4.3, 2.9, 3.4, 3.6, 4.4, 5], hysteresis=0.5)
        expected = ["blue", "blue", "none", "none", "yellow", "yellow", "blue", "blue", "none"]
        assert found == expected
        plain = levels([3.9, 4.3, 4.6, 4.3, 2.9, 3.4, 3.6, 4.4, 5])
        assert plain == ["blue", "none", "none", "none", "yellow", "blue", "blue", "none", "none"]

    def test_a_blank_has_no_level_and_leaves_the_state(self):
        found = chain.warning_levels(series(3.9, np.nan, 4.3), rules(hysteresis=0.5))
        assert found["level"].isna().tolist() == [False, True, False]
        assert found["level"].iloc[2] == "blue"
        assert found["held"].tolist() == [False, False, True]

    def test_regions_do_not_share_a_state(self):
        frame = pd.concat([series(3.9, region="11"), series(4.3, region="12", first=2019)])
        found = chain.warning_levels(frame, rules(hysteresis=0.5))
        assert found["level"].tolist() == ["blue", "none"]

    def test_a_color_may_be_left_out(self):
        assert levels([3.5, 0.5], yellow=None, orange=None) == ["blue", "red"]

    @settings(max_examples=40)
    @given(st.lists(st.floats(0, 5, allow_nan=False), min_size=1, max_size=12), st.floats(0, 2))
    def test_hysteresis_only_ever_holds_a_level(self, values, slack):
        plain = chain.warning_levels(series(*values), rules())
        held = chain.warning_levels(series(*values), rules(hysteresis=slack))
        assert (held["severity"] >= plain["severity"]).all()
        assert ((held["severity"] > plain["severity"]) == held["held"]).all()
        # Mirrored in direction, the same warnings.
        mirrored = rules(direction="-", blue=-4, yellow=-3, orange=-2, red=-1, hysteresis=slack)
        other = chain.warning_levels(-series(*values), mirrored)
        assert other["severity"].tolist() == held["severity"].tolist()

    def test_wrong_input(self):
        with pytest.raises(InputError, match="wrong order: blue 1, yellow 3, orange 2, red 1"):
            levels([1], blue=1)
        with pytest.raises(InputError, match="wrong order"):
            levels([1], direction="-")
        with pytest.raises(InputError, match="direction of D1 is up"):
            levels([1], direction="up")
        with pytest.raises(InputError, match="column red: low"):
            levels([1], red="low")
        with pytest.raises(InputError, match="no threshold at all"):
            levels([1], blue=None, yellow=None, orange=None, red=None)
        with pytest.raises(InputError, match="0 or more"):
            levels([1], hysteresis=-1)
        with pytest.raises(InputError, match="red is missing"):
            chain.warning_levels(series(1), rules().drop(columns="red"))
        with pytest.raises(InputError, match="no such indicator"):
            chain.warning_levels(series(1).rename(columns={"D1": "D2"}), rules())
        with pytest.raises(InputError, match="11, 2018 stands twice"):
            chain.warning_levels(pd.concat([series(1), series(2)]), rules())
        with pytest.raises(InputError, match="pairs"):
            chain.warning_levels(series(1).droplevel(0), rules())


class TestCombined:
    def frame(self):
        frame = series(3.5, 0.5, 9)
        return frame.assign(D2=[9.0, 3.5, 9.0])

    def two(self):
        table = pd.concat([rules(), rules()])
        return table.set_axis(["D1", "D2"])

    def test_the_worst_fires_and_is_named(self):
        found = chain.combine_warnings(chain.warning_levels(self.frame(), self.two()))
        assert found["level"].tolist() == ["blue", "red", "none"]
        assert found["indicator"].tolist()[:2] == ["D1", "D1"]
        assert pd.isna(found["indicator"].iloc[2])
        assert found["value"].tolist()[:2] == [3.5, 0.5]
        assert found["threshold"].tolist()[:2] == [4, 1]
        assert found["fired"].tolist() == [1, 2, 0]
        # Mean severity over 4: (1 + 0) / 2 / 4, (4 + 1) / 2 / 4, 0.
        assert found["risk"].tolist() == pytest.approx([0.125, 0.625, 0])

    def test_the_mean_and_weights(self):
        warnings = chain.warning_levels(self.frame(), self.two())
        found = chain.combine_warnings(warnings, rule="mean")
        # .5 rounds up to 1, 2.5 to 3.
        assert found["level"].tolist() == ["blue", "orange", "none"]
        heavy = chain.combine_warnings(warnings, rule="mean", weights={"D1": 3, "D2": 1})
        # (3 * 4 + 1) / 4 = 3.25.
        assert heavy["level"].tolist() == ["blue", "orange", "none"]
        assert heavy["risk"].tolist() == pytest.approx([0.75 / 4, 3.25 / 4, 0])

    def test_no_value_no_level(self):
        found = chain.combine_warnings(chain.warning_levels(series(np.nan), rules()))
        assert found["level"].isna().all()
        assert found["watched"].tolist() == [0]

    def test_wrong_input(self):
        warnings = chain.warning_levels(self.frame(), self.two())
        with pytest.raises(InputError, match="nothing to compute"):
            chain.combine_warnings(warnings.iloc[:0])
        with pytest.raises(InputError, match="worst"):
            chain.combine_warnings(warnings, rule="best")
        with pytest.raises(InputError, match="Weights"):
            chain.combine_warnings(warnings, weights={"D1": -1})


class TestResponses:
    PLAN = pd.DataFrame({"level": [1, 2, 3, 4], "color": ["red", "orange", "yellow", "blue"]})

    def test_wrong_input(self):
        warnings = pd.DataFrame({"level": ["red"]})
        with pytest.raises(InputError, match="gravest first"):
            chain.response_plan(warnings, self.PLAN.assign(level=[4, 3, 2, 1]))
        with pytest.raises(InputError, match="gravest first"):
            chain.response_plan(warnings, self.PLAN.iloc[:3])
        with pytest.raises(InputError, match="do not fall"):
            chain.response_plan(warnings, self.PLAN.assign(hours=[48, 24, 72, 96]))
        with pytest.raises(InputError, match="color is missing"):
            chain.response_plan(warnings, self.PLAN.drop(columns="color"))


class TestLearned:
    def test_quantiles_of_the_bad_tail(self):
        seen = pd.DataFrame({"good": range(101), "bad": range(101)})
        found = chain.quantile_thresholds(seen, {"good": "+", "bad": "−"}, hysteresis=0.1)
        assert found.loc["good", ["blue", "yellow", "orange", "red"]].tolist() == [25, 15, 10, 5]
        assert found.loc["bad", ["blue", "yellow", "orange", "red"]].tolist() == [75, 85, 90, 95]
        assert found["hysteresis"].tolist() == pytest.approx([2, 2])
        checked_thresholds(found)

    def test_quantiles_wrong_input(self):
        seen = pd.DataFrame({"D1": [1.0, 2]})
        with pytest.raises(InputError, match="falling"):
            chain.quantile_thresholds(seen, {"D1": "+"}, quantiles=(0.05, 0.1, 0.15, 0.25))
        with pytest.raises(InputError, match="direction of D1"):
            chain.quantile_thresholds(seen, {})
        with pytest.raises(InputError, match="no values"):
            chain.quantile_thresholds(seen * np.nan, {"D1": "+"})
        with pytest.raises(InputError, match="hysteresis"):
            chain.quantile_thresholds(seen, {"D1": "+"}, hysteresis=-1)

    def test_crises_ahead(self):
        index = pd.MultiIndex.from_product([["11"], range(2018, 2023)])
        crisis = pd.Series([False, False, True, False, False], index)
        one = crises_ahead(crisis)
        assert one.tolist() == [False, True, False, False, pd.NA]
        two = crises_ahead(crisis, horizon=2)
        assert two.tolist() == [True, True, False, pd.NA, pd.NA]

    def test_noise_to_signal_by_hand(self):
        # Ten regions with values 0 ... 9; crises follow for 0, 1 and 5. Threshold at the 30 %
        # quantile, 2.7: signals 0, 1, 2; A = 2, B = 1, C = 1, D = 6:
        # (1 / 7) / (2 / 3) = .2143. At 10 % (.9) A = 1, B = 0: ratio 0, but only a third is caught.
        index = pd.MultiIndex.from_product([range(10), [2019, 2020]])
        frame = pd.DataFrame({"D1": np.repeat(np.arange(10.0), 2)}, index)
        crisis = pd.Series([i in {0, 1, 5} and year == 2020 for i, year in index], index)
        options = {"grid": (0.1, 0.3, 0.5), "least_caught": 0.5}
        found = chain.signal_thresholds(frame, crisis, {"D1": "+"}, **options).loc["D1"]
        assert found["threshold"] == pytest.approx(2.7)
        assert found["noise_to_signal"] == pytest.approx((1 / 7) / (2 / 3))
        assert found["caught"] == pytest.approx(2 / 3)
        assert found["precision"] == pytest.approx(2 / 3)
        assert found["base_rate"] == pytest.approx(0.3)
        assert found["n"] == 10
        # With a single year to learn from none can be left out.
        assert np.isnan(found["p_value"]) and not found["useful"]
        mirrored = chain.signal_thresholds(-frame, crisis, {"D1": "-"}, **options).loc["D1"]
        assert mirrored["noise_to_signal"] == pytest.approx(found["noise_to_signal"])

    def test_an_indicator_of_noise_is_not_useful(self):
        index = pd.MultiIndex.from_product([range(10), [2019, 2020]])
        frame = pd.DataFrame({"D1": np.repeat(np.arange(10.0), 2)}, index)
        crisis = pd.Series([i in {8, 9} and year == 2020 for i, year in index], index)
        found = chain.signal_thresholds(frame, crisis, {"D1": "+"}).loc["D1"]
        assert found["noise_to_signal"] == np.inf
        assert not found["useful"]

    def test_signals_wrong_input(self):
        frame = series(1.0, 2, 3)
        crisis = pd.Series(False, frame.index)
        with pytest.raises(InputError, match="0 of its rows come before a crisis"):
            chain.signal_thresholds(frame, crisis, {"D1": "+"})
        with pytest.raises(InputError, match="direction of D1"):
            chain.signal_thresholds(frame, crisis, {})
        with pytest.raises(InputError, match="horizon is 0"):
            crises_ahead(crisis, horizon=0)


class TestForecasts:
    def panel(self, *values, first=2018):
        return pd.DataFrame([values], ["11"], range(first, first + len(values)))

    def test_a_line_by_hand(self):
        # y = 1, 2, 2, 3: slope .6, mean 2; residuals .1, .5... at t = -1.5, -.5, .5, 1.5:
        # fitted 1.1, 1.7, 2.3, 2.9; residuals -.1, .3, -.3, .1; s^2 = .2 / 2 = .1. Ahead t = 2.5:
        # 3.5, error sqrt(.1 (1 + 1/4 + 6.25 / 5)) = sqrt(.25) = .5; t(.975, 2) = 4.302653.
        found = chain.forecast_next(self.panel(1, 2, 2, 3), method="trend").iloc[0]
        assert found["forecast"] == pytest.approx(3.5)
        assert found["high"] - found["forecast"] == pytest.approx(4.302653 * 0.5, rel=1e-6)
        assert found["forecast"] - found["low"] == pytest.approx(4.302653 * 0.5, rel=1e-6)
        assert found["year"] == 2022

    def test_the_last_value_by_hand(self):
        # Changes 1, 0, 1: s^2 = 2 / 3; t(.975, 3) = 3.182446. With a year left out the change of
        # two years counts half: (1 + 1 / 2) / 2 ...; with the last year blank it is two years off.
        found = chain.forecast_next(self.panel(1, 2, 2, 3)).iloc[0]
        assert found["forecast"] == 3
        assert found["high"] - 3 == pytest.approx(3.182446 * np.sqrt(2 / 3), rel=1e-6)
        gap = self.panel(1, 2, np.nan, 3, 4, np.nan)
        found = chain.forecast_next(gap).iloc[0]
        assert found["year"] == 2024 and found["n"] == 4
        spread = np.sqrt((1 + 1 / 2 + 1) / 3)
        assert found["high"] - 4 == pytest.approx(3.182446 * spread * np.sqrt(2), rel=1e-6)

    def test_the_damped_trend_by_hand(self):
        # Slope .6 (as above): 3.3 ahead; changes about .3 are .7, -.3, .7, s^2 = 1.07 / 3; the
        # variance of half the slope of a random walk is .3 (n^2 + 1) / (n (n^2 - 1)) = .085 at 4.
        found = chain.forecast_next(self.panel(1, 2, 2, 3), method="damped").iloc[0]
        assert found["forecast"] == pytest.approx(3.3)
        half = 4.302653 * np.sqrt(1.07 / 3 * 1.085)
        assert found["high"] - 3.3 == pytest.approx(half, rel=1e-6)

    def test_the_slope_of_a_random_walk_varies_as_said(self):
        """Least squares on n steps of a walk: 6 (n^2 + 1) / (5 n (n^2 - 1)), by its weights."""
        for n in (4, 6, 9):
            times = np.arange(n) - (n - 1) / 2
            weights = times / (times @ times)
            each = np.cumsum(weights[::-1])[::-1][1:]  # what a step adds to the slope
            assert each @ each == pytest.approx(6 * (n**2 + 1) / (5 * n * (n**2 - 1)))

    @pytest.mark.parametrize("name", ["noisy level", "wandering", "between"])
    def test_the_local_level_of_statsmodels(self, reference, name):
        from scipy.stats import t

        theirs = reference["local_level"][name]
        found = chain.forecast_next(self.panel(*theirs["series"]), method="level").iloc[0]
        assert found["forecast"] == pytest.approx(theirs["forecast"], rel=5e-4)
        half = t.ppf(0.975, len(theirs["series"]) - 2) * theirs["se"]
        assert found["high"] - found["forecast"] == pytest.approx(half, rel=5e-3)

    def test_blanks(self):
        panel = self.panel(1, 2, np.nan, 4, 5)
        line = chain.forecast_next(panel, method="trend").iloc[0]
        assert line["forecast"] == pytest.approx(6)
        assert np.isnan(chain.forecast_next(panel, method="level").iloc[0]["forecast"])
        assert chain.forecast_next(panel, method="level").iloc[0]["n"] == 2
        longer = self.panel(9, np.nan, 1, 2, 3, 4)
        assert chain.forecast_next(longer, method="level").iloc[0]["n"] == 4
        gap = self.panel(9, 1, 2, 3, 4).set_axis([2010, 2020, 2021, 2022, 2023], axis=1)
        assert chain.forecast_next(gap, method="level").iloc[0]["n"] == 4

    def test_a_constant_series_goes_on(self):
        for method in FORECASTS:
            found = chain.forecast_next(self.panel(3, 3, 3, 3, 3), method=method).iloc[0]
            assert found[["forecast", "low", "high"]].tolist() == pytest.approx([3, 3, 3])

    def test_intervals_cover(self):
        """95 % of the next values of straight lines with noise fall into the interval."""
        rng = np.random.default_rng(7)
        noise = rng.normal(size=(4000, 7))
        lines = pd.DataFrame(noise + np.arange(7) * 0.5, columns=range(2018, 2025))
        found = chain.forecast_next(lines.drop(columns=2024), method="trend")
        inside = lines[2024].between(found["low"], found["high"]).mean()
        assert inside == pytest.approx(0.95, abs=0.012)

    def test_wrong_input(self):
        with pytest.raises(InputError, match="years"):
            chain.forecast_next(self.panel(1, 2, 3, 4).set_axis(list("abcd"), axis=1))
        with pytest.raises(InputError, match="coverage"):
            chain.forecast_next(self.panel(1, 2, 3, 4), coverage=95)
        with pytest.raises(InputError, match="years"):
            chain.forecast_next(pd.DataFrame(index=["11"]))
        with pytest.raises(InputError, match="trend"):
            chain.forecast_next(self.panel(1, 2, 3, 4), method="arima")


def panel_of(rng, codes=3, years=7, regions=31, first=2018):
    """Random walks, as a study has its indicators."""
    index = pd.MultiIndex.from_product([map(str, range(regions)), range(first, first + years)])
    steps = rng.normal(size=(regions, years, codes)).cumsum(axis=1)
    return pd.DataFrame(steps.reshape(-1, codes), index, [f"D{each}" for each in range(codes)])


class TestBacktest:
    def test_a_year_is_forecast_from_those_before_it_alone(self):
        frame = panel_of(np.random.default_rng(2))
        found = backtest(frame, coverage=0.8).set_index(["code", "method"])
        for code in frame:
            panel = frame[code].unstack()
            for method in FORECASTS:
                off, inside = [], []
                for year in (2022, 2023, 2024):
                    past = panel.loc[:, : year - 1]
                    ahead = chain.forecast_next(past, method=method, coverage=0.8)
                    off += list((panel[year] - ahead["forecast"]) / panel.to_numpy().std())
                    inside += list(panel[year].between(ahead["low"], ahead["high"]))
                row = found.loc[(code, method)]
                assert row["rmse"] == pytest.approx(np.sqrt(np.mean(np.square(off))))
                assert row["coverage"] == pytest.approx(np.mean(inside))
                assert row["n"] == 3 * 31 and row["years"] == 3
        means = found["rmse"].sort_index().drop("").groupby("method").mean()
        assert found.loc[""]["rmse"].to_dict() == pytest.approx(means.to_dict())

    def test_the_truth_wins(self):
        rng = np.random.default_rng(3)
        walks = panel_of(rng)
        years = walks.index.get_level_values(1).to_numpy()
        lines = walks * 0 + 0.3 * rng.normal(size=walks.shape) + 2.0 * (years - 2018)[:, None]
        noise = walks * 0 + rng.normal(size=walks.shape)
        for frame, method in ((walks, "last"), (lines, "trend"), (noise, "level")):
            rows, tried = outlook(frame)
            assert set(rows["method"]) == {method}
            assert set(tried.loc[tried["chosen"], "method"]) == {method}

    def test_equals_go_to_the_simplest_and_too_few_years_to_the_last_value(self):
        frame = panel_of(np.random.default_rng(4))
        constant = frame * 0 + 5
        assert backtest(constant).empty  # no spread to measure errors in
        assert set(outlook(constant)[0]["method"]) == {"last"}
        four = frame[frame.index.get_level_values(1) < 2022]
        rows, tried = outlook(four)
        assert tried.empty and set(rows["method"]) == {"last"} and rows["low"].notna().all()
        falls = frame * 0.0
        falls.loc[(slice(None), 2024), :] = 1.0  # every method says 0, and all are as wrong
        tried = backtest(falls)
        assert tried["rmse"].round(12).nunique() == 1
        assert set(tried.loc[tried["chosen"], "method"]) == {"last"}

    def test_intervals_that_held_too_little_are_widened(self):
        frame = panel_of(np.random.default_rng(5), codes=1)
        frame.loc[(slice(None), 2024), :] *= 4
        rows, tried = outlook(frame, method="last", coverage=0.8)
        row = tried[(tried["code"] == "D0") & (tried["method"] == "last")].iloc[0]
        assert row["coverage"] < 0.8 and row["widening"] > 1
        plain = chain.forecast_next(frame["D0"].unstack(), coverage=0.8)
        wide = (rows["high"] - rows["forecast"]) / (plain["high"] - plain["forecast"]).to_numpy()
        assert wide.to_numpy() == pytest.approx(row["widening"])

    def test_what_was_never_negative_is_not_forecast_below_0(self):
        frame = panel_of(np.random.default_rng(6), codes=2).assign(D0=lambda each: each["D0"].abs())
        rows = outlook(frame, method="trend")[0].set_index("code")
        assert rows.loc["D0", ["forecast", "low"]].min().min() == 0
        assert rows.loc["D1", "low"].min() < 0


def test_a_hysteresis_that_is_no_number_is_refused_and_a_blank_is_0():
    given = pd.DataFrame(
        {"direction": ["+"], "blue": [4], "yellow": [3], "orange": [2], "red": [1]}, ["D1"]
    )
    assert checked_thresholds(given.assign(hysteresis=None)).at["D1", "hysteresis"] == 0
    with pytest.raises(InputError, match=r"column hysteresis: 0[.]1 %"):
        checked_thresholds(given.assign(hysteresis="0.1 %"))
