"""Methods are declared once: study file, words and rooms read the same registries."""

import ast
from pathlib import Path

import pytest

import geo_resilience
from geo_resilience import words
from geo_resilience.evaluation import _aggregation
from geo_resilience.evaluation._aggregation import AGGREGATIONS
from geo_resilience.evaluation._grading import CODES, CUTS, GRADES, GRADINGS, Grading
from geo_resilience.evaluation.robustness._sources import SOURCES
from geo_resilience.evaluation.weighting._methods import WEIGHT_METHODS
from geo_resilience.indicators import _normalization
from geo_resilience.indicators._imputation import FILL_METHODS
from geo_resilience.indicators._normalization import SCALINGS
from geo_resilience.indicators._outliers import OUTLIER_METHODS
from geo_resilience.study._plan_sections import (
    CleaningPlan,
    CompositePlan,
    GradesPlan,
    ScalingPlan,
    UncertaintyPlan,
    WeightsPlan,
    options_of,
)
from geo_resilience.study._template import study_text

PACKAGE = Path(geo_resilience.__file__).parent

#: Registries, the key of a study file that offers them, and where words explain each.
OFFERED = {
    "mean": (AGGREGATIONS, CompositePlan, "how"),
    "grades": (GRADINGS, GradesPlan, "method"),
    "scaling": (SCALINGS, ScalingPlan, "method"),
    "outliers": (OUTLIER_METHODS, CleaningPlan, "outliers"),
    "filling": (FILL_METHODS, CleaningPlan, "missing"),
    "weights": (WEIGHT_METHODS, WeightsPlan, "method"),
    "varied": (SOURCES, UncertaintyPlan, "sources"),
}


@pytest.mark.parametrize("family", OFFERED)
def test_a_study_file_offers_every_method_and_says_what_it_means(family):
    registry, section, key = OFFERED[family]
    option = options_of(section)[key]
    assert [each for each in option.allowed if each != "none"] == list(registry)
    assert option.meanings == family
    assert all(name == method.name for name, method in registry.items())
    for language in words.LANGUAGES:
        offered = " ".join(study_text(language).replace("\n# ", " ").split())
        for name in registry:
            meaning = words.say(f"{family}.{name}.meaning", language)
            line = words.say("template.meaning", language, name=name, meaning=meaning)
            assert "".join(line.split()) in "".join(offered.split())


@pytest.mark.parametrize("family", OFFERED)
def test_no_words_are_left_of_a_method_that_there_is_not(family):
    known = {*OFFERED[family][0], "none"}
    explained = {key.split(".")[0] for key in words.subject(family) if key.endswith(".meaning")}
    assert explained <= known and set(OFFERED[family][0]) <= explained


@pytest.mark.parametrize("family", ["mean", "grades", "weights"])
def test_methods_that_sentences_name_have_a_name(family):
    for name in OFFERED[family][0]:
        assert words.has(f"{family}.{name}")


def test_grades_are_one_record():
    codes = [each.code for each in GRADES]
    assert tuple(codes) == CODES == Grading().names
    assert tuple(each.low for each in GRADES[1:]) == CUTS == GradesPlan().cuts == Grading().cuts
    assert Grading().colors == tuple(each.color for each in GRADES)
    assert set(words.subject("grade")) == set(codes)


def test_a_grading_of_one_s_own_ways_is_told_by_name():
    with pytest.raises(Exception, match="jenks"):
        Grading.of(None, method="jenk")


def test_rooms_and_study_have_the_same_registries():
    assert _normalization.SCALINGS is SCALINGS and _aggregation.AGGREGATIONS is AGGREGATIONS


def readers_of_the_plan():
    """Places in what shows and tells results that ask the plan: ``.plan``, ``getattr``, a key."""
    for room in ("maps", "report"):
        for file in sorted((PACKAGE / room).rglob("*.py")):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                named = isinstance(node, ast.Attribute) and node.attr == "plan"
                quoted = isinstance(node, ast.Constant) and node.value == "plan"
                if named or quoted:
                    yield f"{file.relative_to(PACKAGE)}:{node.lineno}"


def test_maps_figures_and_report_read_what_was_found_and_never_the_plan():
    """The section of the report on methods may: it tells what was asked (add it here)."""
    assert list(readers_of_the_plan()) == []
