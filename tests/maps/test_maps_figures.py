"""Figures of the bundled study: what they say is what the tables hold, in both languages."""

import ast
import sys
import warnings
from dataclasses import replace
from pathlib import Path
from unicodedata import east_asian_width

import numpy as np
import pandas as pd
import pytest
from editions_for_tests import with_changes
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.colors import to_hex
from matplotlib.text import Text

import geo_resilience as gr
from geo_resilience import words
from geo_resilience.errors import InputError
from geo_resilience.maps import figures
from geo_resilience.maps.drawing._style import GRADE_COLORS
from geo_resilience.maps.figures._moran import p_text
from geo_resilience.maps.figures._registry import DEFAULT, FORMATS
from geo_resilience.maps.figures._style import LAYOUTS
from geo_resilience.study import read_plan, run
from geo_resilience.study._plan_sections import ANALYSES

#: Their tables come from files or scenarios that the bundled study lacks.
ABSENT = {"risk_matrix", "gap_bars", "what_if_ranks"}
DRAWN = [name for name in figures.names() if name not in ABSENT]


@pytest.fixture(scope="module")
def folder(bundled_run):
    return bundled_run[1]


@pytest.fixture(scope="module")
def study(folder):
    return with_changes(gr.study.read_results(folder))


def out_of_view(axes):
    """Labels of ticks beyond the limits, which matplotlib keeps but does not draw."""
    for axis, place in ((axes.xaxis, 0), (axes.yaxis, 1)):
        low, high = sorted(axis.get_view_interval())
        for tick in axis.get_major_ticks():
            if not low - 1e-9 <= tick.label1.get_position()[place] <= high + 1e-9:
                yield tick.label1


def texts_of(sheet):
    sheet.draw_without_rendering()
    renderer = sheet.canvas.get_renderer()
    unseen = {label for axes in sheet.axes for label in out_of_view(axes)}
    for text in sheet.findobj(Text):
        if text.get_visible() and text.get_text().strip() and text not in unseen:
            yield text, text.get_window_extent(renderer)


#: Each language in one width; each in the other is left to "make slow".
SHEETS = [
    ("en", "half"),
    ("zh", "journal"),
    pytest.param("en", "journal", marks=pytest.mark.slow),
    pytest.param("zh", "half", marks=pytest.mark.slow),
]


@pytest.mark.parametrize(("language", "width"), SHEETS)
@pytest.mark.parametrize("name", DRAWN)
def test_every_figure_has_its_glyphs_and_stays_on_its_sheet(study, name, language, width):
    sheet = getattr(figures, name)(study, language=language, width=width)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        texts = list(texts_of(sheet))
    shown = sheet.bbox
    for text, box in texts:
        if text.get_clip_on() and not box.overlaps(shown):
            continue
        outside = max(-box.x0, -box.y0, box.x1 - shown.x1, box.y1 - shown.y1)
        assert outside <= 1.0, f"{text.get_text()!r} is {outside:.0f} px outside"
    assert sheet.heading in {text.get_text() for text, _ in texts} or width == "half"
    assert len(sheet.alternative_text) > len(sheet.heading)
    assert "{" not in sheet.alternative_text
    assert sheet.get_size_inches()[0] == pytest.approx(LAYOUTS[width].width / 25.4)
    assert "matplotlib.pyplot" not in sys.modules


def test_default_figures_of_a_run_are_those_of_the_folder(folder, study, tmp_path):
    assert figures.draw(study, folder=tmp_path) == []
    drawn = sorted(path.name for path in (folder / "figures").iterdir())
    assert drawn == sorted(f"{name}.{kind}" for name in DEFAULT for kind in ("png", "svg"))
    for file in drawn:
        assert (folder / "figures" / file).read_bytes() == (tmp_path / file).read_bytes()


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        *(("graded_map", kind) for kind in FORMATS),
        *(("dagum_bars", "svg"), ("radar", "png"), ("cluster_map", "png")),
        *(("pattern_test", "svg"), ("removal_curves", "png")),
    ],
)
def test_the_same_figure_gives_the_same_bytes(study, name, kind, tmp_path):
    for place in ("one", "two"):
        getattr(figures, name)(study, language="zh").savefig(tmp_path / f"{place}.{kind}")
    one, two = (tmp_path / f"{place}.{kind}" for place in ("one", "two"))
    assert one.read_bytes() == two.read_bytes()


def test_user_settings_change_nothing(study, tmp_path):
    import matplotlib

    figures.zone_trends(study).savefig(tmp_path / "plain.png")
    with matplotlib.rc_context({"lines.linewidth": 9, "axes.facecolor": "red", "font.size": 30}):
        figures.zone_trends(study).savefig(tmp_path / "loud.png")
    assert (tmp_path / "plain.png").read_bytes() == (tmp_path / "loud.png").read_bytes()


def test_files_carry_the_alternative_text(study, tmp_path):
    from PIL import Image

    sheet = figures.rank_intervals(study, language="zh")
    sheet.savefig(tmp_path / "figure.png")
    sheet.savefig(tmp_path / "figure.svg")
    assert Image.open(tmp_path / "figure.png").text["Description"] == sheet.alternative_text
    svg = (tmp_path / "figure.svg").read_text(encoding="utf-8")
    assert f"<desc>{sheet.alternative_text}</desc>" in svg
    assert 'role="img"' in svg and sheet.heading in svg
    assert "<dc:date>" not in svg


def fills_of(axes):
    """Regions in each color, and how many of them are hatched."""
    colors, hatched = {}, 0
    for collection in axes.collections:
        if isinstance(collection, PathCollection) and len(collection.get_facecolor()):
            faces = collection.get_facecolor()
            count = len(collection.get_paths())
            if collection.get_hatch():
                hatched += count
                continue
            for place in range(count):
                color = to_hex(faces[place % len(faces)])
                colors[color] = colors.get(color, 0) + 1
    return colors, hatched


def test_a_graded_map_has_as_many_regions_in_a_color_as_the_table_in_a_grade(study):
    counts = study.in_year(2019)["grade"].value_counts()
    sheet = figures.graded_map(study, year=2019)
    colors, hatched = fills_of(sheet.axes[0])
    grades = dict(zip(("Low", "Weaker", "Medium", "Strong", "High"), GRADE_COLORS, strict=True))
    counts = counts[counts > 0]
    assert {grades[grade]: count for grade, count in counts.items()} == colors
    assert hatched == 0
    for grade, count in counts.items():
        assert f"{words.say(f'grade.{grade}')}: {count} (" in sheet.alternative_text


def test_names_on_a_map_do_not_overlap_and_nobody_is_left_out(study):
    for language in words.LANGUAGES:
        sheet = figures.graded_map(study, language=language)
        names = set(study.regions.names(language))
        boxes = {t.get_text(): b for t, b in texts_of(sheet) if t.get_text() in names}
        assert set(boxes) == names
        placed = list(boxes.items())
        for place, (one, box) in enumerate(placed):
            for other, second in placed[place + 1 :]:
                wide = min(box.x1, second.x1) - max(box.x0, second.x0)
                high = min(box.y1, second.y1) - max(box.y0, second.y0)
                assert min(wide, high) < 1.5, f"{one} meets {other}"


def test_trends_are_the_means_of_the_zones(study):
    sheet = figures.zone_trends(study)
    zones = study.groupings["zones"]
    scores = study["scores"]
    lines = {line.get_ydata().tobytes() for line in sheet.axes[0].lines}
    for group in zones.groups:
        rows = scores[scores["adcode"].isin(group.members)]
        means = rows.groupby("year")["composite"].mean().to_numpy()
        assert any(np.allclose(np.frombuffer(line), means) for line in lines), group.id
    east = scores[scores["adcode"].isin(zones.groups[0].members) & (scores["year"] == 2023)]
    assert f"to {east['composite'].mean():.3f}" in sheet.alternative_text


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_gap_over_the_years_is_drawn_with_its_intervals_and_says_whether_it_grew(study, language):
    sheet = figures.gap_trends(study, language=language)
    rows = study["gaps"].query("measure == 'east_west_gap'").sort_values("year")
    (bars,) = sheet.axes[0].collections
    ends = np.array([segment[:, 1] for segment in bars.get_segments()])
    np.testing.assert_allclose(ends, rows[["low", "high"]])
    assert any(np.allclose(line.get_ydata(), rows["value"]) for line in sheet.axes[0].lines)
    row = study["gaps_trend"].set_index("measure").loc["east_west_gap"]
    written = "".join(text.get_text() for text, _ in texts_of(sheet))
    written = written.replace(" ", "").replace("\u2212", "-")
    for value in (f"{row['change']:+.3f}", f"{row['low']:.3f}", f"{row['high']:.3f}"):
        assert value in written
    assert row["p_change"] > 0.05
    assert {"en": "[cannotbetold]", "zh": "［无法判断］"}[language] in written


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("width", ["half", "journal"])
def test_small_maps_tell_every_count_and_so_does_their_text(study, language, width):
    sheet = figures.yearly_maps(study, language=language, width=width)
    written = " ".join(" ".join(text.get_text().split()) for text in sheet.findobj(Text))
    for year, rows in study["scores"].groupby("year"):
        for grade, count in rows["grade"].astype(str).value_counts().items():
            label = words.say(f"grade.{grade}", language)
            told = words.say("figure.count_of", language, label=label, count=count)
            assert "…" not in sheet.alternative_text and told in sheet.alternative_text, year
            assert told in written or told in written.replace(" ", ""), year


def test_a_study_without_groups_is_told_that_groups_are_missing(study):
    with pytest.raises(InputError, match="names no groups"):
        figures.pattern_test(replace(study, groupings={}))


def test_the_moran_line_has_the_slope_of_the_tables_statistic(study):
    sheet = figures.moran_scatter(study, year=2020)
    rows = study["global"].query("year == 2020 and variable == 'composite'")
    value = rows[rows["statistic"] == "moran"]["value"].item()
    slopes = [
        (line.get_ydata()[1] - line.get_ydata()[0]) / (line.get_xdata()[1] - line.get_xdata()[0])
        for line in sheet.axes[0].lines
        if len(line.get_xdata()) == 2 and line.get_xdata()[0] != line.get_xdata()[1]
    ]
    assert any(slope == pytest.approx(value, abs=1e-9) for slope in slopes)
    assert f"{value:.3f}".replace("-", "\u2212") in sheet.alternative_text


def test_lorenz_curve_tells_the_gini_of_the_spatial_room(study):
    sheet = figures.lorenz_curves(study)
    for year in (2018, 2023):
        told = gr.spatial.gini(study.in_year(year)["composite"])
        assert f"{year}: Gini {told:.3f}" in sheet.alternative_text


def test_dagum_parts_add_up_to_the_gini(study):
    sheet = figures.dagum_bars(study)
    tops = {}
    for bar in sheet.axes[0].patches:
        middle = round(bar.get_x() + bar.get_width() / 2)
        tops[middle] = max(tops.get(middle, 0), bar.get_y() + bar.get_height())
    for place, year in enumerate(range(2018, 2024)):
        gini = gr.spatial.gini(study.in_year(year)["composite"])
        assert tops[place] == pytest.approx(gini, abs=1e-9)


def test_rank_intervals_reach_from_low_to_high(study):
    sheet = figures.rank_intervals(study)
    bars = next(c for c in sheet.axes[0].collections if isinstance(c, LineCollection))
    table = study["uncertainty"].query("year == 2023").set_index("adcode")
    order = study.in_year(2023).sort_values("rank").index
    drawn = [(segment[0, 0], segment[1, 0]) for segment in bars.get_segments()]
    expected = table.loc[order, ["rank_low", "rank_high"]].to_numpy().tolist()
    assert sorted(map(list, drawn)) == sorted(expected)


def test_impacts_name_what_lies_apart_from_zero(study):
    table = study["impacts"].copy()
    assert study.found.models["main"] == "slx"
    own = table.index[table["model"] == "slx"]
    for sure in (0, 2):
        # The model's own p does not count: these are calibrated and corrected.
        table.loc[own, "p"], table.loc[own, "p_holm"] = 0.001, 0.2
        table.loc[own[:sure], "p_holm"] = 0.04
        changed = replace(study, tables={**study.tables, "impacts": table})
        sheet = figures.impact_intervals(changed)
        assert f"{sure} of 9" in sheet.alternative_text
        written = [text.get_text() for text in sheet.findobj(match=Text)]
        assert sum(text.endswith(p_text(0.04)) for text in written) == sure


def test_impacts_are_those_of_the_model_taken_with_the_interval_of_their_p(study):
    sheet = figures.impact_intervals(study)
    assert words.say("figure.model.slx") in sheet.alternative_text
    table = study["impacts"].query("model == 'slx'")
    apart = (table["low_null"] > 0) | (table["high_null"] < 0)
    assert (apart == (table["p_null"] <= 0.05)).all() and apart.any() and not apart.all()
    lines = [
        np.asarray(line.get_xdata(), dtype=float)
        for line in sheet.axes[0].lines
        if len(line.get_xdata()) == 2
    ]
    for row in table.itertuples():
        ends = np.array([row.low_null, row.high_null])
        # A row may be drawn divided by a power of ten, as its name says.
        assert any(np.allclose(each * 10.0**k, ends) for each in lines for k in range(6)), row


def test_impacts_of_every_model_are_drawn_under_its_name(study):
    for model in study["impacts"]["model"].unique():
        question, _, kind = model.rpartition(": ")
        told = figures.impact_intervals(study, model=model).alternative_text
        assert words.say(f"figure.model.{kind}") in told and question in told


def test_pattern_test_fills_only_what_the_verdict_says(study):
    sheet = figures.pattern_test(study)
    table = study["pattern"].query("year == 2023 and variable == 'composite'")
    found = table.drop_duplicates("group")["verdict"].isin(["higher", "lower"]).sum()
    assert f"the number of groups explain: {found} (" in sheet.alternative_text


def test_pattern_test_writes_the_corrected_p_and_sets_no_other_in_bold(study):
    sheet = figures.pattern_test(study, year=2018)
    table = study["pattern"].query("year == 2018 and variable == 'composite'")
    table = table.drop_duplicates("group")
    written = [text.get_text() for text in sheet.texts]
    for p in table["q_spatial"].dropna():
        assert f"{p:.3f}" in written
    bold = [text.get_text() for text in sheet.texts if text.get_weight() == "bold"]
    judged = table[table["q_spatial"] <= 0.05]
    assert len(judged) and set(judged["verdict"]) <= {"higher", "lower"}
    told = sorted(f"{p:.3f}" for p in judged["q_spatial"])
    assert sorted(each for each in bold if each[:1].isdigit() or each[:1] == "<") == told


def test_no_p_stands_beside_a_group_that_cannot_be_tested(study):
    sheet = figures.pattern_test(study)
    table = study["pattern"].query("year == 2023 and variable == 'composite'")
    alone = table[table["verdict"] == "cannot be tested"]
    assert len(alone) == 2 and (alone["p_spatial"] <= 0.001).all()
    written = [text.get_text() for text in sheet.texts]
    assert written.count("–") == 3 * len(alone)
    assert "–: too few regions, no p is given" in " ".join(" ".join(written).split())
    ranges = sheet.alternative_text.split("any set of regions:")[1]
    assert "Pearl River" not in ranges


def test_regions_before_correction_are_no_finding_in_the_text_of_the_map(study):
    year = 2021
    rows = study["local"].query(
        "year == @year and variable == 'composite' and statistic == 'local_moran'"
    )
    nearly = rows[(rows["cluster"] == "not significant") & (rows["p_sim"] <= 0.05)]
    assert len(nearly)
    told = figures.cluster_map(study, year=year).alternative_text
    assert f"correction for many tests, hence no finding: {len(nearly)}" in told


def test_pattern_test_draws_the_quantiles_of_both_nulls(study):
    sheet = figures.pattern_test(study, year=2021)
    table = study["pattern"].query("year == 2021 and variable == 'composite'")
    nulls = study["pattern_null"].query("year == 2021 and variable == 'composite'")
    drawn = {
        (round(segment[0, 0], 9), round(segment[1, 0], 9))
        for lines in sheet.axes[0].collections
        if isinstance(lines, LineCollection)
        for segment in lines.get_segments()
    }
    pairs = (("q005", "q995"), ("q025", "q975"), ("q250", "q750"))
    assert sorted(nulls["null"].unique()) == ["free", "spatial"]
    assert nulls["group"].nunique() == table["group"].nunique()
    for low, high in pairs:
        expected = zip(nulls[low].round(9), nulls[high].round(9), strict=True)
        assert set(expected) <= drawn
    east = nulls[(nulls["group"] == "east") & (nulls["null"] == "free")].iloc[0]
    found = table[table["group"] == "east"]["difference"].item()
    assert found > east["q975"]
    told = sheet.alternative_text.split("any set of regions:")[1].split(".")[0]
    assert "East" in told


def test_the_source_line_is_in_the_language_of_the_figure(study):
    for name, en, zh in (
        ("graded_map", "China Statistical Yearbook", "《中国科技统计年鉴》"),
        ("linkage_quadrants", "input-output tables", "投入产出表"),
    ):
        for language, told, other in (("en", en, zh), ("zh", zh, en)):
            sheet = getattr(figures, name)(study, language=language)
            below = " ".join(text.get_text() for text in sheet.texts)
            assert told in below and other not in below, (name, language)
    sectors = figures.linkage_quadrants(study, language="zh")
    assert "化学产品" in " ".join(text.get_text() for text, _ in texts_of(sectors))


def test_a_source_of_the_study_stands_before_that_of_the_framework(study):
    plan = replace(read_plan(), source="Own survey")
    plan = replace(plan, analyses=replace(plan.analyses, skip=ANALYSES))
    changed = run(plan)
    for language in words.LANGUAGES:
        sheet = figures.graded_map(changed, language=language)
        assert any("Own survey" in text.get_text() for text in sheet.texts)


def test_linkages_count_the_key_sectors(study):
    table = study["io_linkages"].query("year == 2020 and technology == 'domestic'")
    keys = int((table["quadrant"] == "key").sum())
    told = figures.linkage_quadrants(study).alternative_text
    assert f"{keys} of {len(table)}" in told


def test_results_read_back_are_the_tables(bundled_run, folder):
    fresh, study = bundled_run[0], gr.study.read_results(folder)
    assert set(study) == set(fresh)
    for stem in fresh:
        was, now = fresh[stem], study[stem]
        assert list(was.columns) == list(now.columns), stem
        assert len(was) == len(now), stem
        for column in was.columns:
            if pd.api.types.is_numeric_dtype(was[column]) and was[column].dtype != bool:
                one, two = (part[column].astype(float) for part in (was, now))
                assert np.array_equal(one, two, equal_nan=True), (stem, column)
            elif was[column].notna().any():
                one, two = (part[column].astype(object).fillna("") for part in (was, now))
                assert one.astype(str).tolist() == two.astype(str).tolist(), (stem, column)
    assert study.framework == fresh.framework
    assert dict(study.groupings) == dict(fresh.groupings)
    assert [note.say() for note in study.notes][: len(fresh.notes)] == [
        note.say() for note in fresh.notes
    ]


def test_ranking_as_markdown_and_as_a_table_for_word(study):
    lines = study.to_markdown().splitlines()
    first = study.in_year().sort_values("rank").iloc[0]
    cells = [cell.strip() for cell in lines[2].strip("|").split("|")]
    assert cells[:3] == ["1", first["name"], f"{first['composite']:.3f}"]
    for language in words.LANGUAGES:
        told = study.to_markdown(language=language).splitlines()
        wide = [sum(1 + (east_asian_width(letter) in "WF") for letter in line) for line in told]
        assert len(set(wide)) == 1, "columns stand below each other"
    assert len(lines) == 2 + 31 and len({line.count("|") for line in lines}) == 1
    table = study.to_html(language="zh")
    assert table.count("<tr>") == 32 and "北京" in table and "<style" not in table
    medium = int((study.in_year()["grade"] == "Medium").sum())
    assert table.count(f"background:{GRADE_COLORS[2]}") == medium
    with pytest.raises(InputError, match="1999"):
        study.to_html(1999)


def test_every_word_that_the_figures_ask_for_is_there():
    package = Path(figures.__file__).parent
    asked = set()
    for file in package.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
                continue
            if node.func.attr == "word" and node.args and isinstance(node.args[0], ast.Constant):
                asked.add(f"figure.{node.args[0].value}")
            if node.func.attr in ("titled", "spanned") and isinstance(node.args[0], ast.Constant):
                asked.add(f"figure.{node.args[0].value}.title")
    assert len(asked) > 90
    assert [key for key in sorted(asked) if not words.has(key)] == []


def test_wrong_requests_say_what_there_is(study):
    with pytest.raises(InputError, match="Did you mean graded_map"):
        figures.draw(study, ["graded_mapp"], folder="nowhere")
    with pytest.raises(InputError, match="1990"):
        figures.graded_map(study, year=1990)
    with pytest.raises(InputError, match="journal"):
        figures.graded_map(study, width="journall")
    with pytest.raises(InputError, match="no table risks"):
        figures.risk_matrix(study)
    with pytest.raises(InputError, match="composite"):
        figures.zone_trends(study, variable="B9")
    with pytest.raises(InputError, match="jpg"):
        figures.graded_map(study).savefig("figure.jpg")
    assert not Path("figure.jpg").exists()
    assert not Path("nowhere").exists()


def test_a_missing_glyph_is_a_note(study, tmp_path):
    odd = "\U00012345"  # cuneiform: no font here has it
    changed = dict(study.__dict__) | {"title": f"Study {odd}"}
    notes = figures.draw(type(study)(**changed), ["zone_trends"], folder=tmp_path)
    assert [note.code for note in notes] == ["figures.glyph_missing"]
    assert odd in notes[0].say("zh")


def test_fonts_are_the_candidates_that_there_are(study, monkeypatch):
    from geo_resilience.maps.figures import _style as style

    assert style.fonts()[-1] == "DejaVu Sans"
    assert set(style.fonts()[:-1]) <= set(style.FONTS)
    monkeypatch.setattr(style, "fonts", lambda: ("DejaVu Sans",))
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        figures.lorenz_curves(study, language="zh").draw_without_rendering()
    assert any("missing from" in str(warning.message) for warning in caught)
