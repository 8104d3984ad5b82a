"""Figures of studies that strain them: a sound figure or a clear error, never a broken one."""

import re
import warnings
from dataclasses import replace
from types import SimpleNamespace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from click.testing import CliRunner
from matplotlib.text import Text
from synthetic_results import synthetic_results

from geo_resilience.chain.management._risks import risk_table
from geo_resilience.chain.management._targets import target_table
from geo_resilience.cli._console import Session
from geo_resilience.cli._entry import _program
from geo_resilience.errors import InputError
from geo_resilience.maps import figures
from geo_resilience.maps.figures._charts import spread
from geo_resilience.maps.figures._style import shortened, text_width, wrapped
from geo_resilience.regions import Group, Grouping, Regions
from geo_resilience.text import Text as Name

MAPS = ("graded_map", "yearly_maps", "cluster_map", "probability_map")
TABLED = ("rank_intervals", "grade_bars", "zone_trends", "moran_scatter", "lorenz_curves")
LONG = "Metropolitan statistical area of a very long administrative name"


def squares(count, names=None):
    """Regions as squares in a row of ten, in degrees."""
    keys = [f"{100000 + number}" for number in range(count)]
    shapes = [
        shapely.box(100 + n % 10, 30 + n // 10, 101 + n % 10, 31 + n // 10) for n in range(count)
    ]
    frame = gpd.GeoDataFrame(
        {"name": names or [f"Region {n}" for n in range(count)], "name_zh": [""] * count},
        geometry=shapes,
        index=pd.Index(keys, name="adcode"),
        crs=4326,
    )
    return Regions(frame, "squares.gpkg")


def grade_of(value):
    return ["Low", "Weaker", "Medium", "Strong", "High"][min(int(value * 5), 4)]


def small_study(regions, years=(2020, 2021), values=None, groups=(), **changes):
    """Results of a few squares with every table that the figures here need."""
    rng = np.random.default_rng(3)
    keys, rows = regions.keys, []
    for year in years:
        found = rng.random(len(keys)) if values is None else np.asarray(values, dtype=float)
        ranks = pd.Series(found).rank(ascending=False, method="min").fillna(0).astype(int)
        for key, value, rank in zip(keys, found, ranks, strict=True):
            grade = grade_of(value) if np.isfinite(value) else np.nan
            rows.append((key, key, year, value, value, value, value, grade, rank))
    columns = ["adcode", "name", "year", "B1", "B2", "B3", "composite", "grade", "rank"]
    scores = pd.DataFrame(rows, columns=columns)
    uncertainty = scores[["adcode", "name", "year"]].assign(
        rank_low=1, rank_median=scores["rank"], rank_high=len(keys)
    )
    for grade in ("low", "weaker", "medium", "strong", "high"):
        uncertainty[f"p_{grade}"] = (scores["grade"].astype(str).str.lower() == grade) * 0.7 + 0.06
    centered = scores["composite"] - scores["composite"].mean()
    local = scores[["adcode", "name", "year"]].assign(
        variable="composite",
        statistic="local_moran",
        z_value=centered,
        z_lag=centered * 0.5,
        cluster="not significant",
    )
    grouping = Grouping("zones", tuple(groups), True) if groups else None
    base = synthetic_results()
    fields = {
        "title": "Squares",
        "regions": regions,
        "excluded": (),
        "groupings": {"zones": grouping} if grouping else {},
        "tables": {"scores": scores, "uncertainty": uncertainty, "local": local},
    }
    return SimpleNamespace(**{**base.__dict__, **fields, **changes})


def zone(name, members):
    return Group(name, Name(name.title()), "zone", tuple(members), "test", "zones")


def halves(regions):
    keys = regions.keys
    return [zone("first", keys[: len(keys) // 2]), zone("second", keys[len(keys) // 2 :])]


def drawn(name, study, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        sheet = getattr(figures, name)(study, **options)
        sheet.draw_without_rendering()
    assert sheet.alternative_text and not re.search(r"\bnan\b", sheet.alternative_text)
    return sheet


@pytest.mark.parametrize("name", [*MAPS, *TABLED])
@pytest.mark.parametrize(
    "case", ["one_year", "undated", "two_regions", "one_region", "equal", "gaps", "long"]
)
def test_strained_studies_give_sound_figures(name, case):
    regions = squares({"two_regions": 2, "one_region": 1}.get(case, 12))
    options = {}
    if case == "one_year":
        options["years"] = (2021,)
    if case == "undated":
        options["years"] = (0,)
    if case == "equal":
        options["values"] = [0.5] * 12
    if case == "gaps":
        options["values"] = [np.nan, 0.1, *np.linspace(0.2, 0.9, 10)]
    if case == "long":
        regions = squares(12, [f"{LONG} {n}"[:60] for n in range(12)])
    groups = halves(regions) if case != "one_region" else [zone("first", regions.keys)]
    sheet = drawn(name, small_study(regions, groups=groups, **options))
    if case == "undated":
        assert not any(text.get_text().endswith(", 0") for text in sheet.findobj(Text))
    if case == "gaps" and name == "graded_map":
        assert "Region 0" in "".join(text.get_text() for text in sheet.findobj(Text))
        assert any(collection.get_hatch() for collection in sheet.axes[0].collections)


def test_no_zones_is_a_clear_error_and_an_empty_zone_is_left_out():
    regions = squares(12)
    with pytest.raises(InputError, match="no zones"):
        figures.zone_trends(small_study(regions))
    groups = [*halves(regions), zone("nobody", [])]
    sheet = drawn("zone_trends", small_study(regions, groups=groups))
    assert "Nobody" not in sheet.alternative_text and "First" in sheet.alternative_text


def test_values_that_are_all_missing_are_a_clear_error():
    regions = squares(6)
    study = small_study(regions, values=[np.nan] * 6, groups=halves(regions))
    with pytest.raises(InputError):
        figures.lorenz_curves(study)
    assert "no values" in drawn("graded_map", study).alternative_text


def test_an_empty_table_says_what_was_looked_for():
    study = small_study(squares(4))
    study.tables["local"] = study.tables["local"].iloc[:0]
    with pytest.raises(InputError, match="local holds nothing to draw"):
        figures.cluster_map(study)


def test_names_that_look_like_formulas_are_only_text(tmp_path):
    names = [r"$\alpha$ & <b>", r"{{ 7*7 }}", "$", r"\frac{1}{0}", "a_b^c", "%s"]
    study = small_study(squares(6, names), title="$x^2$ <script>")
    sheet = drawn("graded_map", study)
    shown = {text.get_text() for text in sheet.findobj(Text)}
    assert set(names) <= shown
    sheet.savefig(tmp_path / "figure.svg")
    svg = (tmp_path / "figure.svg").read_text(encoding="utf-8")
    import xml.etree.ElementTree

    xml.etree.ElementTree.fromstring(svg)
    assert "<script" not in svg and "<b>" not in svg


@pytest.mark.slow
@pytest.mark.parametrize("name", ["graded_map", "yearly_maps", "rank_intervals", "moran_scatter"])
def test_2875_regions(name, tmp_path):
    side = [
        shapely.box(
            90 + n % 55 * 0.5, 25 + n // 55 * 0.5, 90.5 + n % 55 * 0.5, 25.5 + n // 55 * 0.5
        )
        for n in range(2875)
    ]
    keys = pd.Index([f"{n:06d}" for n in range(2875)], name="adcode")
    frame = gpd.GeoDataFrame(
        {"name": [f"County {n}" for n in range(2875)], "name_zh": ""},
        geometry=side,
        index=keys,
        crs=4326,
    )
    regions = Regions(frame, "counties.gpkg")
    sheet = drawn(name, small_study(regions, groups=halves(regions)))
    sheet.savefig(tmp_path / "figure.svg")
    assert (tmp_path / "figure.svg").stat().st_size < 4_000_000
    if name == "rank_intervals":
        assert any("2815" in text.get_text() for text in sheet.findobj(Text))


def test_excluded_regions_are_hatched_and_named():
    sheet = drawn("graded_map", synthetic_results())
    below = " ".join(text.get_text() for text in sheet.findobj(Text))
    assert "No data: Tibet." in below


def test_risks_and_targets_are_drawn_from_their_tables():
    from geo_resilience import chain

    study = small_study(squares(4))
    study.tables["risks"] = risk_table(chain.read_example("table_4_6"))
    study.tables["targets"] = target_table(chain.read_example("table_4_5"))
    for language in ("en", "zh"):
        drawn("risk_matrix", study, language=language)
        drawn("gap_bars", study, language=language)
    met = int(study.tables["targets"]["met"].sum())
    assert f"Met: {met} of" in figures.gap_bars(study).alternative_text


def test_other_layouts_hold_the_map():
    for width in ("report", "portrait", "landscape"):
        drawn("graded_map", synthetic_results(), width=width)


def test_outlines_of_belts_are_in_the_legend():
    sheet = drawn("graded_map", synthetic_results(), outlines=("coastal_belt", "zones"))
    texts = {text.get_text() for text in sheet.findobj(Text)}
    assert {"Coastal belt", "Zones"} <= texts
    with pytest.raises(InputError, match="coastal"):
        figures.graded_map(synthetic_results(), outlines=("coastal",))


def test_places_move_apart_as_little_as_possible():
    assert spread([0.0, 0.0, 0.0], 1.0, -9, 9) == [-1.0, 0.0, 1.0]
    moved = spread([0.1, 4.0, 0.0, 3.9], 1.0, -9, 9)
    assert min(np.diff(sorted(moved))) >= 1 - 1e-9
    assert moved[2] < moved[0] < moved[3] < moved[1]


def test_lines_break_and_names_are_cut():
    assert shortened(LONG, 20, 8).endswith("…")
    assert text_width(shortened(LONG, 20, 8), 8) <= 20
    lines = wrapped(LONG * 2, 40, 8)
    assert all(text_width(line, 8) <= 40 for line in lines)
    assert "".join(lines).replace(" ", "") == (LONG * 2).replace(" ", "")
    chinese = wrapped("各地区综合指数，等级分界点为零点二。" * 3, 30, 8)
    assert not any(line.startswith(("，", "。")) for line in chinese)


def test_choropleth_figure_of_any_table():
    regions = squares(8)
    values = pd.Series(np.arange(7.0), index=regions.keys[:7], name="Patents")
    sheet = figures.choropleth_figure(values, regions, classes=[2, 4], unit="per firm", source="us")
    texts = {text.get_text() for text in sheet.findobj(Text)}
    assert {
        "below 2",
        "2 to 4",
        "4 and above",
        "No data",
        "per firm (regions)",
        "Source: us",
    } <= texts
    assert "No data: 1 region" in sheet.alternative_text
    kinds = pd.Series(["a", "b"] * 4, index=regions.keys)
    assert "a 4, b 4" in figures.choropleth_figure(kinds, regions).alternative_text
    with pytest.raises(InputError):
        figures.choropleth_figure(values, regions, classes="magic:4")
    with pytest.raises(InputError, match="999999"):
        figures.choropleth_figure(pd.Series({"999999": 1.0}), regions)


def invoke(arguments):
    return CliRunner().invoke(_program, arguments, obj=Session(language="en"))


def test_map_draws_for_print_too_and_replaces_nothing_of_the_users(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    pd.DataFrame({"key": ["北京", "上海", "广东"], "value": [1, 2, 4]}).to_csv("t.csv", index=False)
    asked = ["map", "t.csv", "--key", "key", "--value", "value", "--classes", "2,3"]
    for _ in range(2):
        done = invoke([*asked, "-o", "m.html", "--static", "m.svg", "--language", "zh"])
        assert done.exit_code == 0, done.output
    assert "广东" in (tmp_path / "m.svg").read_text(encoding="utf-8")
    (tmp_path / "mine.png").write_bytes(b"my picture")
    done = invoke([*asked, "-o", "m.html", "--static", "mine.png"])
    assert "no figure of ours" in str(done.exception)
    assert (tmp_path / "mine.png").read_bytes() == b"my picture"
    assert "gif" in str(invoke([*asked, "--static", "m.gif"]).exception)


def test_figure_command_refuses_what_is_no_results_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert "no results folder" in str(invoke(["figure", "radar", "nowhere"]).exception).lower()
    (tmp_path / "empty").mkdir()
    assert "provenance.json" in str(invoke(["figure", "radar", "empty"]).exception)
    assert "radar" in str(invoke(["figure", "radarr", "empty"]).exception)
    assert list(tmp_path.glob("*.png")) == []


def test_a_result_is_not_changed_by_drawing():
    study = small_study(squares(6))
    before = study.tables["scores"].copy()
    drawn("graded_map", study)
    pd.testing.assert_frame_equal(before, study.tables["scores"])
    assert replace(study.regions).frame.equals(study.regions.frame)


def test_a_default_figure_of_a_skipped_analysis_is_no_failure(tmp_path):
    results = synthetic_results()
    assert "uncertainty" not in results.tables
    assert figures.draw(results, folder=tmp_path, strict=False, formats=("svg",)) == []
    drawn = sorted(path.stem for path in tmp_path.iterdir())
    assert "graded_map" in drawn and "rank_intervals" not in drawn
    asked = figures.draw(results, ["rank_intervals"], folder=tmp_path, strict=False)
    assert "rank_intervals" in asked[0].say("en")
