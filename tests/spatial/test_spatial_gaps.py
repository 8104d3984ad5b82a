"""Gaps between zones and groups against the rest: every arrangement listed, and bad input."""

from __future__ import annotations

from itertools import combinations
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from geo_resilience import spatial
from geo_resilience.errors import InputError
from geo_resilience.spatial.groups._gaps import gaps_table
from geo_resilience.spatial.groups._patterns import pattern_table

KEYS = [f"r{i:02d}" for i in range(12)]
ZONES = {"east": KEYS[:4], "central": KEYS[4:7], "west": KEYS[7:10], "northeast": KEYS[10:]}


def scores(seed=0, years=(2022, 2023)):
    index = pd.MultiIndex.from_product([KEYS, years], names=["adcode", "year"])
    cells = np.random.default_rng(seed).uniform(0.1, 0.9, len(index)).round(3)
    return pd.Series(cells, index, name="composite")


def listed_p(values, size):
    """Two-sided p of the first ``size`` values' mean, all groups of that size listed."""
    units = [round(value * 1000) for value in values]
    observed = sum(units[:size])
    sums = [sum(some) for some in combinations(units, size)]
    above = sum(s >= observed for s in sums) / len(sums)
    below = sum(s <= observed for s in sums) / len(sums)
    return min(1, 2 * min(above, below))


def test_gap_counts_every_relabeling():
    y = scores().xs(2023, level="year")
    found = spatial.gap(y, ZONES["east"], ZONES["west"], rng=0)
    one, other = y[ZONES["east"]], y[ZONES["west"]]
    assert found.permutations == 35
    assert found.value == pytest.approx(one.mean() - other.mean())
    assert found.ratio == pytest.approx(one.mean() / other.mean())
    assert found.p_free == pytest.approx(listed_p([*one, *other], 4))
    assert found.low_free <= found.value <= found.high_free
    assert np.isnan([found.p_value, found.low, found.high]).all()


def test_drawn_relabelings_come_near_the_counted():
    y = scores(3).xs(2023, level="year")
    counted = spatial.gap(y, KEYS[:4], KEYS[4:], rng=1)
    drawn = spatial.gap(y, KEYS[:4], KEYS[4:], permutations=20_000, rng=1)
    assert drawn.permutations == 20_000 and counted.permutations == 495
    assert drawn.p_free == pytest.approx(counted.p_free, abs=0.02)


def test_effect_size_by_hand():
    y = pd.Series([4.0, 6, 1, 3], list("abcd"))
    # Difference 3, pooled variance (2 + 2) / 2.
    assert spatial.gap(y, ["a", "b"], ["c", "d"]).effect_size == pytest.approx(3 / np.sqrt(2))


@pytest.mark.slow
def test_bootstrap_interval_covers():
    rng = np.random.default_rng(5)
    hits = 0
    for _ in range(200):
        y = pd.Series(rng.normal(size=40), range(40))
        y[:20] += 1
        found = spatial.gap(y, range(20), range(20, 40), permutations=1, draws=499, rng=rng)
        hits += found.low_free <= 1 <= found.high_free
    assert 175 <= hits <= 199


def test_gaps_of_a_study():
    y = scores()
    found = gaps_table(y, {"zones": ZONES, "north_south": {"north": KEYS[:6], "south": KEYS[6:]}})
    assert list(found["measure"][:10]) == [
        "east_west_gap", "east_central_gap", "east_west_only_gap", "east_northeast_gap",
        "north_south_gap", "coefficient_of_variation", "max_min_ratio", "theil", "theil_between",
        "theil_within",
    ]  # fmt: skip
    assert found["year"].tolist() == [2022] * 10 + [2023] * 10
    last = found[found["year"] == 2023].set_index("measure")
    of_year = y.xs(2023, level="year")
    inland = [*ZONES["central"], *ZONES["west"]]
    assert last.loc["east_west_gap", "value"] == pytest.approx(
        of_year[ZONES["east"]].mean() - of_year[inland].mean()
    )
    assert last.loc["east_west_gap", "p_free"] == pytest.approx(
        listed_p([*of_year[ZONES["east"]], *of_year[inland]], 4)
    )
    theil = spatial.theil(of_year, ZONES)
    assert last.loc["theil_between", "value"] == pytest.approx(theil.between)
    assert last.loc["theil_within", "value"] == pytest.approx(theil.within)
    assert last.loc["theil":, "p_value":].isna().all(axis=None)


def test_without_groups_only_what_needs_none():
    found = gaps_table(scores(years=(2023,)).droplevel("year"))
    assert found["measure"].tolist() == ["coefficient_of_variation", "max_min_ratio", "theil"]
    assert found["year"].tolist() == [0, 0, 0]


def test_negative_scores_have_no_theil():
    found = gaps_table(scores() - 0.5).set_index("measure")
    assert found.loc["theil", "value"].isna().all()
    assert found.loc["coefficient_of_variation", "value"].notna().all()


def test_same_seed_same_table():
    first, again = (gaps_table(scores(), ZONES, rng=4) for _ in range(2))
    pd.testing.assert_frame_equal(first, again)


def test_compare_groups_counts_every_relabeling():
    y = scores().xs(2023, level="year")
    found = spatial.compare_groups(y, {"coast": KEYS[:5], "one": KEYS[3:4]}).set_index("group")
    assert found.loc["coast", "p_free"] == pytest.approx(listed_p(y, 5))
    assert found.loc["coast", "difference"] == pytest.approx(y[:5].mean() - y[5:].mean())
    assert found.loc["coast", "rest_mean"] == pytest.approx(y[5:].mean())
    assert found.loc["one", "n"] == 1 and found.loc["one", "variable"] == "composite"
    # One region of twelve: its rank alone, on both sides.
    rank = y.rank().iloc[3]
    assert found.loc["one", "p_free"] == pytest.approx(min(1, 2 * min(rank, 13 - rank) / 12))


def test_pattern_table_of_groupings():
    belts = SimpleNamespace(
        groups=[SimpleNamespace(id="coast", kind="belt"), SimpleNamespace(id="all", kind="belt")],
        members={"coast": (*KEYS[:3], "elsewhere"), "all": tuple(KEYS)},
    )
    frame = pd.DataFrame({"composite": scores(), "B1": scores(1)})
    found = pattern_table(frame[["composite"]], {"belts": belts})
    assert list(found.columns) == [
        "year", "group", "kind", "variable", "n", "mean", "rest_mean", "difference", "p_free",
    ]  # fmt: skip
    assert found[["year", "group", "kind", "n"]].values.tolist() == [
        [2022, "coast", "belt", 3], [2023, "coast", "belt", 3],
    ]  # fmt: skip
    assert len(pattern_table(frame, {"belts": belts})) == 4


def test_what_is_wrong_is_named():
    y = scores().xs(2023, level="year")
    with pytest.raises(InputError, match="group all has 12 of 12"):
        spatial.compare_groups(y, {"all": KEYS})
    with pytest.raises(InputError, match="group none has 0 of 12"):
        spatial.compare_groups(y, {"none": []})
    with pytest.raises(InputError, match=r"group g: .* elsewhere"):
        spatial.compare_groups(y, {"g": ["elsewhere"]})
    with pytest.raises(InputError, match="share: r00"):
        spatial.gap(y, KEYS[:2], KEYS[:1])
    with pytest.raises(InputError, match="elsewhere"):
        spatial.gap(y, KEYS[:2], ["elsewhere"])
    with pytest.raises(InputError, match="r03"):
        spatial.compare_groups(y.where(y.index != "r03"), {"g": KEYS[:2]})


def test_a_gap_takes_keys_and_says_which_it_knows():
    y = pd.Series([5.0, 6, 1, 2, 3], list("abcde"), name="score")
    with pytest.raises(InputError, match="group first: found 'ab'"):
        spatial.gap(y, "ab", ["c"])
    with pytest.raises(InputError, match="score holds no value for these members: Beijing"):
        spatial.gap(y, ["Beijing"], ["c"])
