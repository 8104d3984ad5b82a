"""The bundled study from end to end: what its files say, and that they are the same each time."""

import hashlib
import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

import geo_resilience as gr
from geo_resilience.errors import InputError, OutputError
from geo_resilience.study._plan_sections import ANALYSES
from geo_resilience.study._run import run
from geo_resilience.study._simulation import stream

FILES = {
    "scores.csv": ["adcode", "name", "year", "B1", "B2", "B3", "composite", "grade", "rank"],
    "trace.csv": [
        *("adcode", "year", "indicator", "before", "after", "reason"),
        *("name", "indicator_name"),
    ],
    "weights.csv": [
        *("code", "published", "equal", "ahp", "entropy", "combined", "used"),
        *("critic", "variation", "pca"),
    ],
    "global.csv": [
        *("year", "variable", "statistic", "value", "expected"),
        *("z", "p_normal", "p_sim", "permutations", "n"),
    ],
    "specialization.csv": [
        *("adcode", "year", "measure", "industry", "value"),
        *("name", "industry_name"),
    ],
    "gaps.csv": [
        *("year", "measure", "value", "p_value", "low", "high"),
        *("p_free", "low_free", "high_free", "p_holm", "estimate"),
    ],
    "local.csv": [
        *("adcode", "name", "year", "variable", "statistic", "value"),
        *("z_value", "z_lag", "p_sim", "q_value", "cluster"),
    ],
    "pattern.csv": [
        *("year", "group", "kind", "variable", "n", "mean", "rest_mean", "difference"),
        *("p_free", "p_contiguous", "p_compact", "p_spatial", "q_spatial", "family", "p_min"),
        "verdict",
    ],
    "inequality.csv": ["year", "measure", "grouping", "component", "value"],
    "uncertainty.csv": [
        *("adcode", "name", "year", "composite_low", "composite_median", "composite_high"),
        *("rank_low", "rank_median", "rank_high"),
        *("p_low", "p_weaker", "p_medium", "p_strong", "p_high", "p_rise", "p_fall", "p_top_5"),
    ],
    "holds.csv": [
        *("year", "finding", "item", "value", "low", "high", "same_sign", "same_test", "holds"),
        "draws",
    ],
    "obstacles.csv": [
        *("adcode", "name", "year", "level", "code", "code_name", "degree", "order"),
    ],
    "network.csv": [
        *("year", "sector", "name", "in_strength", "out_strength", "strength", "betweenness"),
        *("pagerank", "supplier_hhi", "supplier_cr3", "largest_supplier", "largest_share"),
        *("suppliers", "sole_for", "splits"),
    ],
    "removal.csv": [
        *("year", "measure", "removed", "sector", "name", "flow", "component", "random_flow"),
        *("random_flow_low", "random_flow_high", "random_component"),
        *("random_component_low", "random_component_high"),
    ],
    "shock_paths.csv": [
        *("adcode", "scope", "group", "name", "variable", "year", "value", "index"),
        *("national_index", "relative"),
    ],
    "regressions.csv": [
        *("model", "term", "estimate", "se", "z", "p", "low", "high"),
        *("se_type", "rows", "detectable", "p_null", "p_holm"),
        *("without_low", "without_high", "most_influential", "low_null", "high_null"),
    ],
}


def few(keep=("global", "specialization"), **changes):
    """The bundled plan with a few analyses only, and no figures."""
    plan = gr.study.read_plan()
    plan = replace(plan, output=replace(plan.output, figures=()))
    skip = tuple(each for each in ANALYSES if each not in keep)
    return replace(plan, analyses=replace(plan.analyses, skip=skip), **changes)


def hashes(folder):
    return {
        file.relative_to(folder).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(Path(folder).rglob("*"))
        if file.is_file()
    }


@pytest.fixture
def folder(bundled_run):
    return bundled_run.folder


@pytest.fixture
def results(bundled_run):
    return bundled_run.results


@pytest.mark.parametrize("name", FILES)
def test_files_have_their_columns(folder, name):
    found = pd.read_csv(folder / "tables" / name, dtype={"adcode": str})
    assert list(found.columns) == FILES[name]


def test_indicators_have_a_column_a_code(folder, results):
    table = pd.read_csv(folder / "tables" / "indicators.csv", dtype={"adcode": str})
    assert list(table.columns) == ["adcode", "year", *results.framework.codes, "name"]
    assert len(table) == 31 * 6


def test_tables_equal_their_files(folder, results):
    files = {file.stem: file for file in folder.rglob("*.csv")}
    assert set(files) == set(results)
    assert [file.name for file in folder.glob("*.csv")] == ["codebook.csv"]
    for stem in results:
        read = pd.read_csv(files[stem], dtype={"adcode": str}, keep_default_na=True)
        for column in read.columns:
            ours = results[stem][column]
            if pd.api.types.is_float_dtype(ours):
                np.testing.assert_array_equal(read[column].to_numpy(float), ours.to_numpy(float))


def test_rows_are_sorted_by_region_then_year(results):
    scores = results["scores"]
    assert scores.equals(scores.sort_values(["adcode", "year"], ignore_index=True))


def test_the_composite_is_the_weighted_sum_of_what_indicators_csv_holds(results):
    values = results["indicators"].set_index(["adcode", "year"])
    weights = results["weights"].set_index("code")["used"]
    expected = (values[weights.index] * weights).sum(axis=1)
    found = results["scores"].set_index(["adcode", "year"])["composite"]
    np.testing.assert_allclose(found, expected.loc[found.index], atol=1e-11)


def test_the_composite_is_the_weighted_mean_of_the_dimensions(results):
    # Table 2-1: the indicator weights add up to .340, .344 and .316 by dimension.
    scores = results["scores"]
    expected = 0.340 * scores["B1"] + 0.344 * scores["B2"] + 0.316 * scores["B3"]
    np.testing.assert_allclose(scores["composite"], expected, atol=1e-9)


def test_raw_indicators_follow_from_the_yearbook_figures(results):
    # By hand from the tables: Guangdong 2023, high-tech revenue 56,649 of 224,694 (100m yuan);
    # Beijing 2018, R&D 1,341,957 (10k yuan) of revenue 5,314 (100m yuan); 24,753 valid invention
    # patents of 799 enterprises; gross regional product 35,161.4 (100m) for 2,192 (10k) residents.
    raw = results.raw
    beijing = raw.loc[("110000", 2018)]
    assert beijing["D311"] == pytest.approx(134.1957 / 5314)
    assert beijing["D312"] == pytest.approx(24753 / 799)
    assert beijing["D212"] == pytest.approx(35161.4 / 2192)
    assert raw.groupby("year")["D121"].sum().to_numpy() == pytest.approx(np.ones(6))


def test_the_east_west_gap_is_the_difference_of_plain_means(results):
    scores = results.in_year(2023)["composite"]
    zones = results.groupings["zones"].members
    east = scores.loc[list(zones["east"])].mean()
    rest = scores.loc[[*zones["central"], *zones["west"]]].mean()
    gaps = results["gaps"].query("year == 2023 and measure == 'east_west_gap'")
    assert gaps["value"].item() == pytest.approx(east - rest)
    assert gaps["low"].item() < gaps["value"].item() < gaps["high"].item()


def test_moran_agrees_with_esda(results):
    from esda import Moran

    scores = results.in_year(2023)["composite"]
    weights = results.neighbors.graph.to_W()
    oracle = Moran(scores.loc[list(weights.id_order)].to_numpy(), weights, permutations=0)
    row = results["global"].query("year == 2023 and variable == 'composite'").iloc[0]
    assert row["value"] == pytest.approx(oracle.I)
    assert row["z"] == pytest.approx(oracle.z_rand)


def test_every_group_has_a_verdict_that_follows_from_its_p(results):
    pattern = results["pattern"].query("year == 2023 and variable == 'composite'")
    ids = {group.id for each in results.groupings.values() for group in each.groups}
    assert ids | {"belts_and_clusters", "belts_against_clusters"} == set(pattern["group"])
    by_group = pattern.set_index("group")
    # One region of 31: the least two-sided p is 2/31, so nothing can be said of it.
    assert by_group.loc["pearl_river_delta_cluster", "p_min"] == pytest.approx(2 / 31)
    assert by_group.loc["pearl_river_delta_cluster", "verdict"] == "cannot be tested"
    called = pattern["verdict"].isin(["higher", "lower"])
    assert (pattern.loc[called, "q_spatial"] <= 0.05).all()
    assert (pattern.loc[pattern["verdict"] == "not significant", "q_spatial"] > 0.05).all()
    members = results.groupings["belts"].members["coastal_belt"]
    composite = results.in_year(2023)["composite"]
    inside = composite.index.isin(members)
    expected = composite[inside].mean() - composite[~inside].mean()
    assert by_group.loc["coastal_belt", "difference"] == pytest.approx(expected)


def test_the_gap_carries_both_p_and_the_spatial_one_is_the_larger(results):
    row = results["gaps"].query("year == 2023 and measure == 'east_west_gap'").iloc[0]
    assert row["p_value"] > row["p_free"] > 0
    assert row["low"] < row["low_free"] < row["high_free"] < row["high"]
    # Inverted apart, on a coarse grid of differences: 0.06 to 0.33.
    assert row["low"] == pytest.approx(0.06, abs=0.015)
    assert row["high"] == pytest.approx(0.33, abs=0.015)


def test_an_interval_of_a_gap_excludes_0_exactly_where_its_p_is_small(results):
    gaps = results["gaps"].dropna(subset=["p_value"])
    excluded = (gaps["low"] > 0) | (gaps["high"] < 0)
    assert excluded.equals(gaps["p_value"] <= 0.05)
    assert 0 < excluded.sum() < len(gaps)


def test_local_clusters_are_labelled_by_q(results):
    local = results["local"].query("statistic == 'local_moran'")
    labelled = ~local["cluster"].isin(["not significant", "no neighbors"])
    assert (local.loc[labelled, "q_value"] <= 0.05).all()
    assert (local.loc[~labelled, "q_value"] > 0.05).all()


def test_what_the_study_skips_is_neither_run_nor_written():
    plan = gr.study.read_plan()
    skip = tuple(each for each in ANALYSES if each not in ("obstacles", "gaps"))
    found = run(replace(plan, analyses=replace(plan.analyses, skip=skip)))
    assert {"obstacles", "gaps"} <= set(found)
    assert found["pattern"].empty and list(found["pattern"].columns) == FILES["pattern.csv"]
    assert not {"regressions", "warnings", "uncertainty"} & set(found)


def test_the_geopackage_holds_the_last_year(folder, results):
    layer = gpd.read_file(folder / "regions.gpkg", layer="regions").set_index("adcode")
    last = results.in_year()
    assert len(layer) == 31
    np.testing.assert_allclose(layer["composite"].loc[last.index], last["composite"])
    assert (layer["grade"].loc[last.index] == last["grade"]).all()


def test_provenance_names_inputs_and_neither_times_nor_places(folder):
    text = (folder / "provenance.json").read_text(encoding="utf-8")
    found = json.loads(text)
    assert found["seed"] == found["plan"]["seed"]
    assert "economy.csv" in found["inputs"]
    assert all(len(digest) == 64 for digest in found["inputs"].values())
    assert str(Path.home()) not in text and str(Path.cwd()) not in text


def test_notes_speak_of_what_was_decided(results):
    codes = {note.code for note in results.notes}
    assert {"study.traced", "indicators.nominal", "neighbors.linked_by_rule"} <= codes
    for language in ("en", "zh"):
        assert all(note.say(language) for note in results.notes)


def test_the_same_study_gives_the_same_bytes_wherever_it_runs(folder, tmp_path):
    script = "import sys; from geo_resilience.study import run; run(out=sys.argv[1])"
    environment = {**os.environ, "PYTHONHASHSEED": "77", "TZ": "Pacific/Kiritimati"}
    environment |= {"OMP_NUM_THREADS": "1", "LC_ALL": "C"}
    subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / "again")],
        check=True,
        env=environment,
        cwd=tmp_path,
    )
    assert hashes(tmp_path / "again") == hashes(folder)


@pytest.mark.slow
def test_names_on_the_map_are_those_of_the_scores(tmp_path):
    out = tmp_path / "out"
    for language in ("en", "zh"):  # the same study: its results take the place of the former
        found = run(few(keep=(), language=language, opens_in=language), out=out)
        with pytest.raises(OutputError, match="another study"):
            run(few(title="Another"), out=out)
        check_names(out, found, language)
    (out / "tables" / "scores.csv").rename(out / "scores.csv")
    with pytest.raises(InputError, match="Run the study again"):
        gr.study.read_results(out)


def check_names(out, found, language):
    layer = gpd.read_file(out / "regions.gpkg", layer="regions").set_index("adcode")
    scores = pd.read_csv(out / "tables" / "scores.csv", dtype={"adcode": str})
    names = scores.drop_duplicates("adcode").set_index("adcode")["name"]
    assert layer["name"].to_dict() == names.to_dict()
    assert layer.loc["110000", ["name_en", "name_zh"]].tolist() == ["Beijing", "北京"]
    read = gr.study.read_results(out)
    assert read.opens_in == language
    assert read.regions.names("en").equals(found.regions.names("en"))


def test_another_seed_changes_only_what_is_drawn(results):
    other = run(few(keep=("global",), seed=1))
    pd.testing.assert_frame_equal(other["scores"], results["scores"])
    assert not other["global"]["p_sim"].equals(results["global"]["p_sim"])
    assert other["global"]["value"].equals(results["global"]["value"])


def test_streams_of_subjects_do_not_disturb_each_other():
    first, again = stream(7, "moran").random(3), stream(7, "moran").random(3)
    assert (first == again).all()
    assert (first != stream(7, "gaps").random(3)).all()


def test_excluded_regions_are_left_out_of_everything_but_the_map(tmp_path):
    plan = few()
    tables = (replace(plan.tables[0], exclude=("西藏", "Hainan")), *plan.tables[1:])
    found = run(replace(plan, tables=tables), out=tmp_path / "out")
    assert found.excluded == ("460000", "540000")
    assert len(found.in_year()) == 29
    assert set(found.excluded).isdisjoint(found["specialization"]["adcode"])
    assert set(found.neighbors.graph.unique_ids) == set(found.in_year().index)
    assert found.raw.groupby("year")["D121"].sum().to_numpy() == pytest.approx(np.ones(6))
    layer = gpd.read_file(tmp_path / "out" / "regions.gpkg", layer="regions").set_index("adcode")
    assert (len(layer) == 31 and layer.loc["540000", "composite"] is None) or np.isnan(
        layer.loc["540000", "composite"]
    )


@pytest.mark.parametrize("how", ["geometric", "harmonic"])
def test_less_compensation_lowers_the_score_and_is_noted(results, how):
    plan = few()
    found = run(replace(plan, composite=replace(plan.composite, how=how)))
    assert (found["scores"]["composite"] > 0).all()
    assert found["scores"]["composite"].mean() < results["scores"]["composite"].mean()
    assert "study.above_zero" in {note.code for note in found.notes}


def test_chinese_names_follow_the_language():
    found = run(few(language="zh"))
    assert found.in_year().loc["110000", "name"] == "北京"
    assert found.title.startswith("31个")
    assert set(found["scores"]["grade"]) <= {"Low", "Weaker", "Medium", "Strong", "High"}


def test_results_answer_by_name_and_say_what_there_is(results):
    assert results.gaps is results["gaps"]
    with pytest.raises(KeyError, match="there are scores"):
        results["nothing"]
    with pytest.raises(AttributeError):
        _ = results.nothing
    assert "scores" in dir(results)
