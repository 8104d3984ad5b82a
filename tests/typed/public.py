"""What a strict type checker makes of the package from outside: `mypy --strict`, never run."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import assert_type

import geopandas as gpd
import numpy as np
import pandas as pd

import geo_resilience as gr
from geo_resilience.chain import IOTable, leontief, read_io
from geo_resilience.errors import InputError
from geo_resilience.evaluation import Scores, Uncertainty, WeightMargin, Weights
from geo_resilience.indicators import Framework, Panel, Yearbook
from geo_resilience.maps import Headline, Page, figures
from geo_resilience.regions import Crosswalk, Grouping, Regions
from geo_resilience.results import Results, Stop
from geo_resilience.spatial import GlobalStat, LocalStat, Markov, Model, Neighbors, Theil
from geo_resilience.study import Checked, Comparison, Plan, Portfolio


def regions_and_indicators(table: pd.DataFrame) -> None:
    regions = gr.regions.read_boundaries()
    assert_type(regions, Regions)
    assert_type(gr.regions.read_groups(), dict[str, Grouping])
    assert_type(gr.regions.read_crosswalk("moves.csv", regions), Crosswalk)
    assert_type(gr.indicators.read_framework("high_tech"), Framework)
    assert_type(gr.indicators.read_yearbook(Path("yearbook.xlsx")), Yearbook)
    gr.regions.resolve("Hubei", regions)
    gr.regions.resolve(42, regions)  # type: ignore[arg-type]


def index(table: pd.DataFrame, panel: Panel) -> None:
    weights = gr.evaluation.entropy_weights(table)
    assert_type(weights, Weights)
    assert_type(gr.evaluation.ahp_weights([[1, 3], ["1/3", 1]]), Weights)
    assert_type(gr.evaluation.published_weights(panel.framework), Weights)
    assert_type(gr.evaluation.score(table, weights, weights.values), Scores)
    assert_type(gr.evaluation.uncertainty(panel, weights, rng=1), Uncertainty)
    assert_type(gr.evaluation.weight_margin(table, weights, "a", "b"), WeightMargin)
    gr.evaluation.published_weights("high_tech")  # type: ignore[arg-type]
    gr.evaluation.uncertainty(panel, weights, rng="1")  # type: ignore[arg-type]
    gr.evaluation.rankings(table, weights, tolerence=0.5)  # type: ignore[call-arg]


def space(y: pd.Series, X: pd.DataFrame, regions: Regions, shapes: gpd.GeoDataFrame) -> None:
    neighbors = gr.spatial.queen(regions)
    assert_type(neighbors, Neighbors)
    assert_type(gr.spatial.k_nearest(shapes, 4), Neighbors)
    assert_type(gr.spatial.moran(y, neighbors, rng=np.random.default_rng(1)), GlobalStat)
    assert_type(gr.spatial.moran(y, neighbors.graph, rng=None).p_sim, float)
    assert_type(gr.spatial.local_moran(y, neighbors, by="p"), LocalStat)
    assert_type(gr.spatial.theil([1.0, 2.0]), Theil)
    assert_type(gr.spatial.markov(X), Markov)
    assert_type(gr.spatial.durbin_model(y, X, neighbors, rng=1), Model)
    gr.spatial.moran(y, "queen")  # type: ignore[arg-type]
    gr.spatial.moran(y, regions)  # type: ignore[arg-type]
    gr.spatial.moran(y, neighbors, rng="1")  # type: ignore[arg-type]
    gr.spatial.local_moran(y, neighbors, by="r")  # type: ignore[arg-type]
    _ = gr.spatial.maron  # type: ignore[attr-defined]


def chain() -> None:
    table = read_io("table.xlsx")
    assert_type(table, IOTable)
    leontief(table.transactions, table.output)


def study() -> None:
    plan = gr.study.read_plan("study.toml")
    assert_type(plan, Plan)
    assert_type(gr.study.check(plan), Checked)
    assert_type(gr.study.run(plan, out="results"), Results)
    assert_type(gr.study.read_results("results"), Results)
    assert_type(gr.study.compare("before", Path("after")), Comparison)
    assert_type(gr.study.portfolio("portfolio.toml", "out"), Portfolio)
    gr.study.compare(plan, plan)  # type: ignore[arg-type]


def what_a_run_hands_on(results: Results) -> None:
    assert_type(results.neighbors, Neighbors)
    assert_type(results.groupings, Mapping[str, Grouping])
    assert_type(results.found.weights, Weights | None)
    assert_type(results.years, list[int])
    story = gr.report.story(results)
    assert_type(story, tuple[Stop, ...])
    assert_type(gr.report.headline(results), Headline | None)
    assert_type(gr.report.write(results, "report", ["html"]), list[Path])
    page = gr.maps.atlas(results, headline=gr.report.headline(results), story=story)
    assert_type(page, Page)
    assert_type(gr.maps.choropleth(results["scores"], results.regions), Page)
    assert_type(gr.maps.embed([page, "other.html"], how="fragment"), str)
    figure = figures.graded_map(results, year=2023, outlines=())
    assert_type(figure.alternative_text, str)
    figures.graded_map("results")  # type: ignore[arg-type]
    gr.maps.atlas({"scores": results["scores"]})  # type: ignore[arg-type]


def errors() -> str:
    try:
        gr.study.run("study.toml")
    except InputError as error:
        return error.say("zh")
    return gr.__version__
