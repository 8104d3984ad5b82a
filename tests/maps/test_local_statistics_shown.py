"""Every local statistic that a study can ask for, as a reader of the results meets it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from matplotlib.collections import PathCollection
from matplotlib.colors import to_hex
from matplotlib.patches import Rectangle

import geo_resilience as gr
from geo_resilience import maps, words
from geo_resilience.maps import figures
from geo_resilience.maps.atlas._content import page_words
from geo_resilience.report import summary_lines
from geo_resilience.results._found import Judged
from geo_resilience.spatial._methods import LOCAL_STATISTICS, NEIGHBOR_RULES, REGRESSIONS
from geo_resilience.spatial.autocorrelation._tables import local_table
from geo_resilience.study._plan_sections import ANALYSES
from geo_resilience.tables import codebook

NAMES = list(LOCAL_STATISTICS)
HAINAN, SHANGHAI = "460000", "310000"


@pytest.fixture(scope="module")
def whole():
    """A study of every local statistic, an island left without neighbors, judged by p at 0.1."""
    plan = gr.study.read_plan()
    space = replace(plan.space, local=tuple(NAMES), labels="p", alpha=0.1)
    skip = tuple(name for name in ANALYSES if name not in ("global", "local"))
    return gr.study.run(
        replace(
            plan,
            space=space,
            neighbors=replace(plan.neighbors, islands="leave"),
            analyses=replace(plan.analyses, skip=skip),
            output=replace(plan.output, figures=()),
        )
    )


@pytest.fixture(scope="module", params=NAMES)
def one(whole, request):
    """The study, had it asked for one statistic only."""
    local = whole["local"]
    only = local[local["statistic"] == request.param].reset_index(drop=True)
    return request.param, replace(whole, tables={**whole.tables, "local": only})


@pytest.fixture(scope="module")
def page_of_one(one):
    return maps.atlas(one[1]).html


def labels_of(results, variable="composite"):
    rows = results["local"].query("year == 2023 and variable == @variable")
    return rows.set_index("adcode")["cluster"]


def test_the_study_has_labels_to_show(one):
    name, results = one
    found = set(labels_of(results))
    assert {"not significant", "no neighbors"} < found <= set(LOCAL_STATISTICS[name].colors)


@pytest.mark.browser
@pytest.mark.parametrize("variable", ["composite", pytest.param("B1", marks=pytest.mark.slow)])
def test_every_color_of_the_atlas_stands_in_its_legend(one, page_of_one, variable, open_page):
    name, results = one
    identity = name if variable == "composite" else f"{name}+{variable}"
    view = open_page(page_of_one, hash_=f"#layer={identity}")
    swatches = dict(
        view.page.evaluate(
            "() => [...document.querySelectorAll('#legend li')].map((row) =>"
            " [row.querySelector('.label').textContent,"
            " row.querySelector('.swatch').style.backgroundColor])"
        )
    )
    rgb = {
        f"rgb({int(c[1:3], 16)}, {int(c[3:5], 16)}, {int(c[5:7], 16)})": c
        for c in LOCAL_STATISTICS[name].colors.values()
    }
    color_of = {label: rgb[color] for label, color in swatches.items() if color}
    labels = labels_of(results, variable)
    fills = view.fills()
    assert {key: fills[key] for key in labels.index} == {
        key: color_of[words.say(f"cluster.{label}")] for key, label in labels.items()
    }
    counts = view.legend()
    for label, count in labels.value_counts().items():
        assert counts[words.say(f"cluster.{label}")] == count
    legend = view.page.inner_text("#legend")
    title = words.say(f"local_statistic.title.{name}", name="")
    assert title.strip() in legend and "p at most 0.1" in legend and "{" not in legend


@pytest.mark.browser
def test_the_tooltip_and_the_picker_say_what_the_table_says(one, page_of_one, open_page):
    name, results = one
    view = open_page(page_of_one, hash_=f"#layer={name}")
    view.page.click("#layer")
    group = view.text("#picker_topics [aria-selected=true]")
    assert group == words.say(f"local_statistic.group.{name}")
    view.page.keyboard.press("Escape")
    view.page.hover(f'path.region[data-key="{SHANGHAI}"]')
    told = view.page.inner_text("#tooltip")
    row = results["local"].query("year == 2023 and variable == 'composite' and adcode == @SHANGHAI")
    assert words.say(f"cluster.{row['cluster'].item()}") in told
    assert f"{row['p_sim'].item():.3f}" in told or "p < 0.001" in told


def legend_of(sheet):
    """Label and count by color, as drawn."""
    found = {}
    for axes in sheet.axes[1:]:
        for patch in axes.patches:
            if not isinstance(patch, Rectangle):
                continue
            low, high = patch.get_y(), patch.get_y() + patch.get_height()
            beside = [text for text in axes.texts if low <= text.get_position()[1] <= high]
            told = [text.get_text() for text in sorted(beside, key=lambda t: t.get_position()[0])]
            if len(told) == 2:
                found[to_hex(patch.get_facecolor())] = (told[0], int(told[1]))
    return found


def painted(sheet):
    counts = {}
    for collection in sheet.axes[0].collections:
        if isinstance(collection, PathCollection) and not collection.get_hatch():
            faces = collection.get_facecolor()
            for place in range(len(collection.get_paths()) if len(faces) else 0):
                color = to_hex(faces[place % len(faces)])
                counts[color] = counts.get(color, 0) + 1
    return counts


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_every_color_of_the_figure_stands_in_its_legend(one, language):
    name, results = one
    sheet = figures.cluster_map(results, language=language)
    legend, colors = legend_of(sheet), LOCAL_STATISTICS[name].colors
    for label, count in labels_of(results).value_counts().items():
        assert painted(sheet)[colors[label]] == count
        assert legend[colors[label]] == (words.say(f"cluster.{label}", language), count)
    assert set(painted(sheet)) <= set(legend)
    title = words.say(f"local_statistic.title.{name}", language, name="")
    assert title.strip() in sheet.alternative_text


def test_a_figure_takes_the_statistic_asked_for(whole):
    for name in NAMES:
        sheet = figures.cluster_map(whole, statistic=name)
        assert words.say(f"local_statistic.title.{name}", name="").strip() in (
            sheet.alternative_text
        )
    with pytest.raises(gr.errors.InputError, match="nearest: gi"):
        figures.cluster_map(whole, statistic="gii")


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_the_summary_names_the_regions_of_each_label(one, language):
    name, results = one
    lines = summary_lines(replace(results, language=language))
    labels = labels_of(results)
    clustered = labels[~labels.isin(["not significant", "no neighbors"])]
    names = results["local"].drop_duplicates("adcode").set_index("adcode")["name"]
    frame = words.say(f"local_statistic.summary.{name}", language, year="|", clusters="|")
    line = next(line for line in lines if max(frame.split("|"), key=len) in line)
    for label in clustered.unique():
        told = line[line.index(words.say(f"cluster.{label}", language)) :]
        assert names[clustered.index[clustered == label][0]] in told


def test_the_codebook_says_what_each_statistic_and_label_is(whole):
    for language in words.LANGUAGES:
        book = codebook({"local": whole["local"]}, language=language)
        book = book.set_index("column")["meaning"]
        for name, statistic in LOCAL_STATISTICS.items():
            assert words.say(f"local_statistic.value.{name}", language) in book["statistic"]
            for label in statistic.colors:
                assert words.say(f"cluster.{label}", language) in book["cluster"]


@pytest.mark.parametrize("registry", [LOCAL_STATISTICS, NEIGHBOR_RULES, REGRESSIONS])
def test_every_record_names_a_function_that_there_is(registry):
    assert all(callable(record.function) for record in registry.values())


def test_every_kind_of_regression_has_its_words():
    for name in REGRESSIONS:
        assert words.has(f"regression.label_{name}") and words.has(f"figure.model.{name}")


def test_where_nothing_was_said_labels_are_told_as_the_functions_make_them(whole):
    bare = replace(whole, found=replace(whole.found, clusters=Judged()))
    table = local_table(
        whole["scores"].set_index(["adcode", "year"])[["composite"]],
        whole.neighbors,
        permutations=99,
        rng=0,
    )
    sheet = figures.cluster_map(replace(bare, tables={**whole.tables, "local": table}))
    told = " ".join(text.get_text() for text in sheet.findobj(lambda a: hasattr(a, "get_text")))
    assert "(q) below 0.05" in told.replace("\n", " ")


def test_the_words_of_the_page_stand_in_one_order():
    told = page_words([{"read": "", "group": name} for name in reversed(NAMES)])["en"]
    assert [key for key in told if key.removeprefix("name_in_") in NAMES] == [
        f"name_in_{n}" for n in NAMES
    ]
