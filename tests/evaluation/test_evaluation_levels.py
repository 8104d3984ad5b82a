"""Hierarchies of any depth: weights down the tree, scores of groups, and means of means."""

from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo_resilience.errors import InputError
from geo_resilience.evaluation import (
    composite,
    equal_by_level,
    group_scores,
    mazziotta_pareto,
    power_mean,
    published_weights,
)
from geo_resilience.indicators import read_framework
from geo_resilience.indicators._hierarchy import shares_down

# Four levels by hand: science 3 of 4 in B1 with ideas (1:1) and patents; B2 flat.
DEEP = """
[[dimensions]]
code = "B1"
weight = 2
[[dimensions]]
code = "B2"
weight = 3
[[groups]]
code = "science"
parent = "B1"
weight = 0.75
[[groups]]
code = "ideas"
parent = "science"
weight = 1
[[groups]]
code = "patents"
parent = "science"
weight = 3
[[groups]]
code = "trade"
weight = 0.25
"""
PLACES = {
    "a": ("B1", "ideas", 1),
    "b": ("B1", "ideas", 1),
    "c": ("B1", "patents", 5),
    "d": ("B1", "trade", 1),
    "e": ("B2", "", 2),
    "f": ("B2", "", 3),
}
# Products on the way, by hand: B1 is 2/5, science 3/4 of it, ideas 1/4 of that, a half of that.
BY_HAND = {
    "a": Fraction(2, 5) * Fraction(3, 4) * Fraction(1, 4) * Fraction(1, 2),
    "b": Fraction(2, 5) * Fraction(3, 4) * Fraction(1, 4) * Fraction(1, 2),
    "c": Fraction(2, 5) * Fraction(3, 4) * Fraction(3, 4),
    "d": Fraction(2, 5) * Fraction(1, 4),
    "e": Fraction(3, 5) * Fraction(2, 5),
    "f": Fraction(3, 5) * Fraction(3, 5),
}


def written(head, places):
    entries = [
        f'[[indicators]]\ncode = "{code}"\ndirection = "+"\ndimension = "{dimension}"\n'
        f'group = "{group}"\n' + (f"weight = {weight}\n" if weight is not None else "")
        for code, (dimension, group, weight) in places.items()
    ]
    return head + "\n".join(entries)


@pytest.fixture
def read(tmp_path):
    def _read(head=DEEP, places=PLACES):
        file = tmp_path / "f.toml"
        file.write_text(written(head, places), encoding="utf-8")
        return read_framework(file)

    return _read


@pytest.fixture
def values():
    rng = np.random.default_rng(3)
    return pd.DataFrame(rng.uniform(0.05, 1, (7, 6)), columns=list("abcdef"))


def test_weights_of_every_level_multiply_down_the_tree(read):
    framework = read()
    assert framework.by_level and framework.paths["a"] == ("B1", "science", "ideas")
    assert framework.paths["d"] == ("B1", "trade") and framework.paths["e"] == ("B2",)
    found = published_weights(framework).values
    assert found.to_dict() == pytest.approx({code: float(w) for code, w in BY_HAND.items()})
    assert sum(BY_HAND.values()) == 1


def test_where_only_indicators_have_weights_they_are_of_the_whole(read):
    flat = "".join(line for line in DEEP.splitlines(True) if not line.startswith("weight"))
    places = {code: (*place[:2], 1 / 6) for code, place in PLACES.items()}
    framework = read(flat, places)
    assert not framework.by_level
    assert published_weights(framework).values.to_list() == pytest.approx([1 / 6] * 6)


def test_what_has_no_weight_shares_alike_with_those_beside_it(read):
    head = DEEP.replace('parent = "science"\nweight = 1', 'parent = "science"')
    head = head.replace('parent = "science"\nweight = 3', 'parent = "science"')
    found = published_weights(read(head)).values  # ideas and patents share science alike
    assert found["a"] + found["b"] == pytest.approx(found["c"]) == pytest.approx(0.4 * 0.75 / 2)


def test_equal_at_every_level_is_not_equal_over_all(read):
    found = equal_by_level(read()).values
    # a: one of two dimensions, of two groups, of two groups in it, of two indicators
    expected = {"a": 1 / 16, "b": 1 / 16, "c": 1 / 8, "d": 1 / 4, "e": 1 / 4, "f": 1 / 4}
    assert found.to_dict() == expected


POWERS = (-2.0, -1.0, 0.0, 0.5, 1.0, 3.0)
TREES = st.dictionaries(
    st.text("abc", min_size=1, max_size=3),
    st.lists(st.text("XYZ", min_size=1, max_size=2), min_size=1, max_size=4).map(tuple),
    min_size=1,
    max_size=9,
)


def nested(row, paths, local, power, node=()):
    """Mean of means, level by level, each with the weights made to sum to 1 there."""
    below = {}
    for code, path in paths.items():
        full = (*path, code + "!")
        if full[: len(node)] == node:
            below.setdefault(full[: len(node) + 1], code)
    parts = [
        row[code] if child[-1] == code + "!" else nested(row, paths, local, power, child)
        for child, code in below.items()
    ]
    weights = np.array([local[child] for child in below])
    weights = weights / weights.sum()
    if power == 0:
        return float(np.exp(weights @ np.log(parts)))
    return float((weights @ np.array(parts) ** power) ** (1 / power))


@given(TREES, st.sampled_from(POWERS), st.integers(0, 2**32 - 1))
def test_a_power_mean_of_power_means_is_the_one_mean_under_the_products(paths, power, seed):
    """The flat composite is the nested one, whatever the tree; shares are told by brute force."""
    rng = np.random.default_rng(seed)
    marked = {f"{code}!": path for code, path in paths.items()}
    nodes = {(*path, code)[: k + 1] for code, path in marked.items() for k in range(len(path) + 1)}
    local = {node: float(rng.uniform(0.1, 2)) for node in sorted(nodes)}
    shares = pd.Series(shares_down(marked, local)).rename(lambda code: code[:-1])
    assert shares.sum() == pytest.approx(1)
    row = pd.Series(rng.uniform(0.05, 1, len(paths)), index=list(paths))
    flat = composite(row.to_frame().T, shares, how=power_mean(power)).item()
    assert flat == pytest.approx(nested(row, paths, local, power), rel=1e-9)


@pytest.mark.parametrize("how", ["arithmetic", "geometric", "harmonic"])
def test_scores_of_groups_are_their_mean_and_lead_to_the_composite(read, values, how):
    framework = read()
    weights = published_weights(framework)
    table = group_scores(values, weights, framework.paths, how=how)
    assert table.loc[0, ["group", "parent", "level"]].to_numpy().tolist() == [
        ["science", "B1", 1],
        ["ideas", "science", 2],
        ["patents", "science", 2],
        ["trade", "B1", 1],
    ]
    rows = table[table["group"] == "ideas"]
    plain = {
        "arithmetic": (values["a"] + values["b"]) / 2,
        "geometric": np.sqrt(values["a"] * values["b"]),
        "harmonic": 2 / (1 / values["a"] + 1 / values["b"]),
    }[how]
    np.testing.assert_allclose(rows["score"], plain)
    np.testing.assert_allclose(rows["weight"], float(BY_HAND["a"] + BY_HAND["b"]))
    # from the groups of the first level and what stands in no group back to the composite
    top = table[table["level"] == 1].pivot(columns="group", values="score")
    held = table[table["level"] == 1].groupby("group")["weight"].first()
    parts = top.join(values[["e", "f"]])
    joint = pd.concat([held, weights.values[["e", "f"]]])[parts.columns]
    np.testing.assert_allclose(
        composite(parts, joint, how=how), composite(values, weights, how=how)
    )


def test_a_penalty_for_imbalance_is_taken_over_the_indicators_at_every_level(read, values):
    framework = read()
    table = group_scores(values, published_weights(framework), framework.paths,
                         how="mazziotta_pareto")  # fmt: skip
    rows = table[table["group"] == "ideas"]["score"]
    pair = pd.Series({"a": 0.5, "b": 0.5})
    np.testing.assert_allclose(rows, mazziotta_pareto(values[["a", "b"]], pair))


def test_a_group_without_weight_has_no_score(read, values):
    framework = read(DEEP.replace("weight = 0.25", "weight = 0"))
    table = group_scores(values, published_weights(framework), framework.paths)
    assert table[table["group"] == "trade"]["score"].isna().all()
    assert table[table["group"] != "trade"]["score"].notna().all()


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("weight = 0.75\n", "", "in “B1” science have no weight and the others have"),
        ("weight = 2\n", "", "the dimensions B1 have no weight and the others have"),
        ('parent = "B1"', 'parent = "ideas"', "science: its parents lead in a circle"),
        ('parent = "B1"', 'parent = "B3"', "science: parent is “B3”"),
        ('parent = "B1"', 'parent = "B2"', "its dimension is “B1”, but its group “ideas” stands"),
        ('code = "trade"', 'code = "tarde"', "d: group is “trade”"),
        ('code = "trade"', 'code = "B2"', "the group “B2” has the code of"),
        ('code = "trade"', 'code = "a"', "the group “a” has the code of"),
        ("weight = 0.75", "weight = -1", "science: the weight is -1"),
        ("weight = 0.75", 'weight = "1"', "weight is '1'; a number without quotes"),
        ("weight = 0.25", 'weight = 0.25\n[[groups]]\ncode = "z"\nweight = 1', "z: no indicator"),
    ],
)
def test_a_tree_that_does_not_hang_together_is_told(read, old, new, told):
    assert old in DEEP
    with pytest.raises(InputError) as caught:
        read(DEEP.replace(old, new, 1))
    assert told in caught.value.say(), caught.value.say()
    assert caught.value.say("zh")


def test_weights_of_0_side_by_side_are_told(read):
    places = {**PLACES, "a": ("B1", "ideas", 0), "b": ("B1", "ideas", 0)}
    with pytest.raises(InputError, match="in “ideas” all weights are 0"):
        read(DEEP, places)
    with pytest.raises(InputError, match="in “B2” e have no weight"):
        read(DEEP, {**PLACES, "e": ("B2", "", None)})


def test_without_an_indicator_the_others_share_its_weight(read):
    rest = read().without(["a", "d"])  # trade is then empty
    assert [each.code for each in rest.groups] == ["science", "ideas", "patents"]
    found = published_weights(rest).values
    assert found["b"] == pytest.approx(0.4 * 0.25) and found["c"] == pytest.approx(0.4 * 0.75)
    flat = read_framework("table_2_1")
    less = flat.without(["D111", "D112", "D121", "D122"])
    assert [each.code for each in less.dimensions] == ["B2", "B3"]
    kept = flat.published.drop(["D111", "D112", "D121", "D122"])
    pd.testing.assert_series_equal(less.published, kept / kept.sum())
