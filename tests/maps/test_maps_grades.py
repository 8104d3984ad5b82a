"""Every way to grade: what a legend prints for a color is where the scores of its regions lie."""

import re
from dataclasses import replace

import pytest
from matplotlib.collections import PathCollection
from matplotlib.colors import to_hex
from matplotlib.patches import Rectangle

from geo_resilience import maps, words
from geo_resilience.evaluation._grading import CUTS, GRADINGS
from geo_resilience.maps import figures
from geo_resilience.report import summary_lines
from geo_resilience.study import read_plan, run
from geo_resilience.study._plan_sections import ANALYSES

NUMBER = re.compile(r"\d+(?:\.\d+)?")

#: Ways to grade, and given cuts that are not the usual ones.
WAYS = [*((name, CUTS) for name in GRADINGS), ("cuts", (0.3, 0.35, 0.45, 0.625))]


@pytest.fixture(scope="module", params=WAYS, ids=lambda way: f"{way[0]} {way[1][0]}")
def graded(request):
    method, cuts = request.param
    plan = read_plan()
    plan = replace(plan, analyses=replace(plan.analyses, skip=ANALYSES))
    return run(replace(plan, grades=replace(plan.grades, method=method, cuts=cuts)))


@pytest.fixture(scope="module")
def page(graded):
    return maps.atlas(graded).html


def interval(text, grades):
    """The ends that a legend prints, and the name before them."""
    name = next(each for each in sorted(grades, key=len, reverse=True) if text.startswith(each))
    numbers = [float(each) for each in NUMBER.findall(text)]
    if len(numbers) == 2:
        return name, *numbers
    below = any(word in text for word in ("below", "低于"))
    return (name, 0.0, numbers[0]) if below else (name, numbers[0], 1.0)


def names_in(language, graded):
    return [words.say(f"grade.{name}", language) for name in graded.found.grading.names]


def scores_of(graded, year=2023):
    return graded.in_year(year)["composite"]


def holds(printed, colors, scores):
    """Each region's score lies between the ends printed for its color, the lower included."""
    assert set(colors) == set(scores.index) and set(colors.values()) <= set(printed)
    for key, color in colors.items():
        _, low, high = printed[color]
        assert low <= scores[key] and (scores[key] < high or high == 1.0), (key, printed[color])


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_the_atlas(open_page, page, graded, language):
    view = open_page(page, hash_=f"#lang={language}&layer=grade&year=2023")
    rows = view.page.evaluate(
        "() => [...document.querySelectorAll('#legend li')].map((row) =>"
        " [row.querySelector('.swatch').style.backgroundColor,"
        " row.querySelector('.label').textContent])"
    )
    grades = names_in(language, graded)
    printed = {hexadecimal(color): interval(text, grades) for color, text in rows}
    assert [printed[color][0] for color in graded.found.grading.colors] == grades
    holds(printed, view.fills(), scores_of(graded))
    is_relative = graded.found.grading.relative
    assert (words.subject("atlas_read")["grade_relative"][language] in view.text("#legend")) == (
        is_relative
    )


def hexadecimal(color):
    return to_hex([int(part) / 255 for part in re.findall(r"\d+", color)[:3]])


def test_a_weight_moved_a_little_regrades_little(open_page, page, graded):
    view = open_page(page, hash_="#lang=en&layer=grade&year=2023")
    before = view.legend()
    view.page.evaluate(
        "() => { const node = document.getElementById('whatif'); node.open = true;"
        " const input = node.querySelector('input');"
        " input.value = Number(input.value) + 0.01;"
        " input.dispatchEvent(new Event('input', {bubbles: true})); }"
    )
    after = view.legend()
    assert list(after) == list(before)
    assert sum(abs(after[label] - before[label]) for label in before) <= 4
    said = words.say("atlas.scenario_cuts")
    assert (said in view.page.inner_text("#whatif")) == graded.found.grading.relative


@pytest.mark.parametrize("language", words.LANGUAGES)
@pytest.mark.parametrize("width", ["half", "journal"])
def test_the_printed_map(graded, language, width):
    sheet = figures.graded_map(graded, year=2023, language=language, width=width)
    sheet.draw_without_rendering()
    grades = names_in(language, graded)
    printed = {}
    for axes in sheet.axes:
        for patch in (each for each in axes.patches if isinstance(each, Rectangle)):
            middle = patch.get_y() + patch.get_height() / 2
            for text in axes.texts:
                if abs(text.get_position()[1] - middle) < 1e-6 and text.get_ha() == "left":
                    printed[to_hex(patch.get_facecolor())] = interval(text.get_text(), grades)
    assert [printed[color][0] for color in graded.found.grading.colors] == grades
    keys = graded.regions.keys
    maps_ = [each for each in sheet.axes[0].collections if isinstance(each, PathCollection)]
    faces = next(each.get_facecolor() for each in maps_ if len(each.get_paths()) == len(keys))
    holds(
        printed,
        {key: to_hex(face) for key, face in zip(keys, faces, strict=True)},
        scores_of(graded),
    )
    below = " ".join(text.get_text() for text in sheet.texts)
    below = below.replace("\n", "")
    assert all(f"{cut:g}" in below for cut in graded.found.grading.cuts)
    method = words.say(f"grades.{graded.found.grading.method}", language)
    assert (method.split(" ")[0] in below) == graded.found.grading.relative


def test_provenance_and_summary(graded):
    cuts = [f"{cut:g}" for cut in graded.found.grading.cuts]
    found = graded.provenance["found"]["grading"]
    assert [f"{cut:g}" for cut in found["cuts"]] == cuts
    assert found["method"] == graded.provenance["plan"]["grades"]["method"]
    if graded.found.grading.relative:
        assert "cuts" not in graded.provenance["plan"]["grades"]
        note = next(each for each in graded.notes if each.code == "study.relative_grades")
        assert ", ".join(cuts) in note.say("en")
    counts = graded.in_year(2023)["grade"].value_counts()
    line = next(each for each in summary_lines(graded) if each.startswith("Grades in 2023"))
    told = {name: int(count) for count, name in re.findall(r"(\d+) ([A-Z][a-z ]+)", line)}
    held = counts[counts > 0]
    expected = {words.say(f"grade.{grade}"): int(count) for grade, count in held.items()}
    assert told == expected
