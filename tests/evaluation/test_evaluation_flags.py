"""Flags of correlations: the pairs that numpy finds, and what note, table and audit say of them."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo_resilience.evaluation import correlation_flags
from geo_resilience.evaluation._correlation_flags import flag_notes
from geo_resilience.report._teller import Teller
from geo_resilience.report.chapters import _audit

ROWS = pd.MultiIndex.from_product([range(9), [1, 2]], names=["adcode", "year"])


def with_correlation(x, r, rng):
    """A series whose correlation with x is exactly r."""
    x = (x - x.mean()) / x.std()
    e = rng.standard_normal(len(x))
    e = e - e.mean() - x * ((e * x).mean())
    return r * x + np.sqrt(1 - r**2) * e / e.std()


@pytest.mark.parametrize(
    ("r", "path", "expected"),
    [
        (0.9001, ("A", "g"), ("group", "collinear")),
        (0.8999, ("A", "g"), None),
        (-0.4001, ("A", "h"), ("dimension", "opposed")),
        (-0.3999, ("A", "h"), None),
        (-0.6, ("B", "g"), None),
        (-0.9001, ("B",), ("across", "collinear")),
        (-0.95, ("A", "g"), ("group", "opposed")),
    ],
)
def test_a_pair_is_flagged_from_its_threshold_on(r, path, expected):
    rng = np.random.default_rng(1)
    x = rng.standard_normal(9)
    frame = pd.DataFrame({"a": np.repeat(x, 2)}, index=ROWS)
    frame["b"] = np.repeat(with_correlation(x, r, rng), 2)
    found = correlation_flags(frame, {"a": ("A", "g"), "b": path})
    if expected is None:
        assert found.empty
        return
    assert found["year"].to_list() == [1, 2]
    assert found[["together", "flag"]].drop_duplicates().to_numpy().tolist() == [list(expected)]
    np.testing.assert_allclose(found["correlation"], r, rtol=1e-9)


@given(st.integers(0, 2**32 - 1), st.integers(2, 6))
def test_it_finds_the_pairs_that_pandas_finds(seed, count):
    rng = np.random.default_rng(seed)
    codes = list("abcdef"[:count])
    frame = pd.DataFrame(rng.random((18, 2)) @ rng.standard_normal((2, count)), ROWS, codes)
    frame["a"] = 1.0  # without variance it is in no pair
    paths = {code: (rng.choice(["A", "B"]), rng.choice(["g", "h"])) for code in codes}
    found = correlation_flags(frame, paths)
    expected = set()
    for year in (1, 2):
        matrix = frame.xs(year, level="year").corr()
        for i, one in enumerate(codes):
            for other in codes[i + 1 :]:
                r, same = matrix.at[one, other], paths[one][0] == paths[other][0]
                if abs(r) >= 0.9 or (same and r <= -0.4):
                    flag = "opposed" if same and r <= -0.4 else "collinear"
                    expected.add((year, one, other, flag))
    assert set(found[["year", "one", "other", "flag"]].itertuples(index=False, name=None)) == (
        expected
    )


def test_the_note_names_the_pairs_of_the_last_year_the_largest_first():
    rows = [(1, "a", "b", "group", 0.99, "collinear"), (2, "a", "c", "across", -0.91, "collinear")]
    rows += [(2, "a", "b", "group", 0.97, "collinear"), (2, "b", "c", "dimension", -0.5, "opposed")]
    columns = ["year", "one", "other", "together", "correlation", "flag"]
    said = [note.say() for note in flag_notes(pd.DataFrame(rows, columns=columns), 2)]
    assert "2 pairs of indicators say nearly the same in 2" in said[0]
    assert said[0].index("a/b (0.97)") < said[0].index("a/c (-0.91)")
    assert "1 pair of indicators of one dimension is opposed in 2" in said[1]
    assert flag_notes(pd.DataFrame(rows[:1], columns=columns), 2) == []


def test_the_audit_counts_what_stands_in_the_table(bundled_run):
    results = bundled_run.results
    codes = results.framework.codes
    table = results["correlation_flags"]
    assert _audit.opposed(Teller(results, "en")).verdict == "met"
    row = {"year": 2023, "one": codes[0], "other": codes[2], "together": "dimension"}
    more = pd.DataFrame([{**row, "correlation": -0.5, "flag": "opposed"}])
    tables = {**results.tables, "correlation_flags": pd.concat([table, more])}
    found = _audit.opposed(Teller(replace(results, tables=tables), "en"))
    names = [str(results.framework.called(code)["en"]) for code in (codes[0], codes[2])]
    assert found.verdict == "failed" and ": 1: " in str(found.found)
    assert all(name in str(found.found) for name in names)
    without = {stem: t for stem, t in results.tables.items() if stem != "correlation_flags"}
    assert _audit.opposed(Teller(replace(results, tables=without), "en")) is None
