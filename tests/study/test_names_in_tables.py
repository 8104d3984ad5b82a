"""Tables with codes say names too: the study's, in its language, where other programs find both."""

from __future__ import annotations

import pandas as pd
import pytest

import geo_resilience as gr
from geo_resilience.tables import CATALOG, Context

#: Columns that other programs take by their place; names stand behind them.
FIRST = {
    "indicators": ["adcode", "year"],
    "trace": ["adcode", "year", "indicator", "before", "after", "reason"],
    "specialization": ["adcode", "year", "measure", "industry", "value"],
}
NAMED = [*FIRST, "obstacles", "contributions", "rank_acceptability"]


@pytest.fixture(scope="module", params=["bundled_run", "everything_run"])
def results(request):
    return request.getfixturevalue(request.param).results


@pytest.mark.parametrize("stem", NAMED)
def test_every_key_has_the_name_of_its_region(results, stem):
    table = results[stem]
    keys = table["adcode"].fillna("")
    names = results.regions.names(results.language).to_dict() | {"": ""}
    assert table["name"].fillna("").tolist() == keys.map(names).tolist()
    assert (table["name"].fillna("") != "").any()


@pytest.mark.parametrize("stem", FIRST)
def test_what_is_found_by_its_place_stays_there(results, stem):
    codes = results.framework.codes if stem == "indicators" else []
    first = [*FIRST[stem], *codes]
    found = list(results[stem])
    assert found[: len(first)] == first
    assert all(column.endswith("name") for column in found[len(first) :])


def test_codes_are_called_as_the_framework_calls_them(results):
    called, language = results.framework.called, results.language
    obstacles = results["obstacles"]
    assert set(obstacles["level"]) == {"dimension", "indicator"}
    told = [called(code)[language] for code in obstacles["code"]]
    assert obstacles["code_name"].tolist() == told
    trace = results["trace"]
    assert trace["indicator_name"].tolist() == [called(c)[language] for c in trace["indicator"]]
    parts = results["contributions"].query("level != 'total'")
    assert parts["code_name"].tolist() == [called(code)[language] for code in parts["code"]]
    whole = results["contributions"].query("level == 'total'")["code_name"]
    assert set(whole) == {{"en": "Composite index", "zh": "综合指数"}[language]}


def test_groups_are_called_as_their_file_calls_them(results):
    language = results.language
    names = {group.id: group.name[language] for group in results.groupings["zones"].groups}
    names["all"] = {"en": "All regions", "zh": "全部地区"}[language]
    for stem in ("contributions", "obstacles_by_zone"):
        rows = results[stem].dropna(subset="group")
        assert set(rows["group"]) == set(names)
        assert rows["group_name"].tolist() == rows["group"].map(names).tolist()


def test_industries_have_names_and_partitions_stay_what_they_are(results):
    rows = results["specialization"].drop_duplicates("industry").set_index("industry")
    for code, name in rows["industry_name"].items():
        assert name == results.framework.called(code)[results.language]
    assert rows.index.isin([each.code for each in results.framework.variables]).any()


def test_a_panel_read_back_holds_numbers_and_the_trace_of_the_functions(results, request):
    folder = request.getfixturevalue(
        "bundled_run" if results.language == "en" else "everything_run"
    ).folder
    panel = gr.study.read_results(folder).panel
    assert list(panel.values) == results.framework.codes
    assert panel.values.dtypes.eq(float).all()
    assert list(panel.trace) == FIRST["trace"] == list(results.panel.trace)


def test_a_dimension_and_an_indicator_of_one_code_keep_their_names():
    names = {"dimension": {"A": "Depth"}, "measure": {"A": "Patents"}, "adcode": {"1": "Ain"}}
    frame = pd.DataFrame({"adcode": ["1", "2"], "level": ["dimension", "indicator"], "code": "A"})
    made = CATALOG["obstacles"].make(
        frame.assign(year=2020, degree=0.5, order=1), Context(names=names)
    )
    assert made["code_name"].tolist() == ["Depth", "Patents"]
    assert made["name"].tolist() == ["Ain", "2"]
