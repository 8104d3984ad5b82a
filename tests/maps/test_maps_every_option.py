"""Every value of every option of a study file, on the page, in sentences and in figures."""

from __future__ import annotations

import re
import warnings
from dataclasses import fields, is_dataclass, replace
from pathlib import Path

import pytest
from test_maps_atlas import data_of
from test_maps_contract import SCHEMA, faults

from geo_resilience import maps, words
from geo_resilience.errors import InputError
from geo_resilience.maps import figures
from geo_resilience.report import brief_lines, summary_lines
from geo_resilience.study import read_plan, run
from geo_resilience.study._plan_sections import ANALYSES, options_of

EXAMPLES = Path(__file__).parents[2] / "examples"
ESTIMATED = ("linkages", "regional")

#: Analyses that an option is for, by section or by section and key; without any, the index is.
FOR = {
    "neighbors": ("global", "local"),
    "uncertainty": ("uncertainty",),
    "fuzzy": ("fuzzy",),
    "space": ("global", "local"),
    "space tested": ("pattern",),
    "space other_rules": ("neighbors_sensitivity",),
    "regression": ("regressions",),
    "dynamics": ("markov",),
    "chain regional_methods": ESTIMATED,
    "chain disruption_side": ("disruption",),
    "chain disruption_form": ("disruption",),
    "chain risk_rule": ("management",),
    "chain": ("warnings",),
}

#: What a value needs beside it, by section and value.
BESIDE = {
    "weights ahp": {"judgements": (EXAMPLES / "judgements_1.csv",)},
    "weights improved_ahp": {"judgements": (EXAMPLES / "judgements_1.csv",)},
    "weights three_scale": {"judgements": (EXAMPLES / "judgements_1.csv",)},
    "weights optimal_transfer": {"judgements": (EXAMPLES / "judgements_1.csv",)},
    "composite generalized": {"power": 0.5},
    "neighbors distance_band": {"km": 1500.0},
    "neighbors economic": {"variable": "grp"},
    "neighbors nested": {"variable": "grp"},
    "neighbors file": {"file": EXAMPLES.parent / "boundaries" / "neighbors.csv"},
}
ALSO = {
    "weights improved_form": {"method": "improved_ahp"},
    "weights combine": {"method": "combined"},
}


def offered():
    """Section, key and value of every option that has a list of values."""
    plan = read_plan()
    for section in (each.name for each in fields(plan)):
        options = getattr(plan, section)
        if section != "analyses" and is_dataclass(options):
            for key, option in options_of(type(options)).items():
                for value in option.allowed or ():
                    if value != "blank":  # takes whole years from two indicators: has its own tests
                        yield section, key, value


OFFERED = list(offered())


def together(values):
    """Values in a few studies: each joins the first whose other values it does not contradict."""
    studies, said = [], []
    for section, key, value in values:
        own = {key: value, **ALSO.get(f"{section} {key}", {})}
        own = {(section, name): each for name, each in own.items()}
        agree = [{**others, **own} == {**own, **others} for others in said]
        place = agree.index(True) if any(agree) else len(studies)
        if place == len(studies):
            studies.append([])
            said.append({})
        studies[place].append((section, key, value))
        said[place] |= own
    return studies


def beside(section, value, raw):
    """What has to be said with a value."""
    if (section, value) == ("weights", "own"):
        return {"values": dict.fromkeys(raw, 1 / len(raw.columns))}
    if (section, value) == ("scaling", "fixed"):
        return {"goalposts": {code: (0.0, float(raw[code].max())) for code in raw}}
    if (section, value) == ("chain", "signals"):
        return {"crisis": raw.columns[0], "crisis_fall": 0.1}
    if (section, value) == ("scaling", "target"):
        return {"targets": {code: float(raw[code].median()) for code in raw}}
    return BESIDE.get(f"{section} {value}", {})


def studied(values, bundled):
    """The bundled study with some options changed and just the analyses that these are for."""
    plan = read_plan()
    plan = replace(plan, permutations=19, uncertainty=replace(plan.uncertainty, draws=50))
    kept = set()
    for section, key, value in values:
        kept |= set(FOR.get(f"{section} {key}", FOR.get(section, ())))
        was = getattr(plan, section)
        said = (value,) if isinstance(getattr(was, key), tuple) else value
        said = (value, "median") if key == "missing" else said  # whole columns are to be filled
        own = {**beside(section, value, bundled.raw), **ALSO.get(f"{section} {key}", {}), key: said}
        plan = replace(plan, **{section: replace(was, **own)})
    skip = tuple(set(ANALYSES) - kept)
    return run(replace(plan, analyses=replace(plan.analyses, skip=skip)))


@pytest.fixture
def chosen(request, bundled_run):
    return studied(request.param, bundled_run.results)


def told(values):
    return " ".join(value for _, _, value in values)


def studies(values):
    return pytest.mark.parametrize("chosen", values, indirect=True, ids=told)


@pytest.mark.slow
@studies(together(OFFERED))
def test_the_page_is_as_its_schema_says_and_no_sentence_has_a_gap(chosen):
    assert faults(data_of(maps.atlas(chosen).html), SCHEMA) == []
    assert (chosen["codebook"]["meaning"] != "").all()
    for language in words.LANGUAGES:
        spoken = replace(chosen, language=language)
        lines = [*summary_lines(spoken), *brief_lines(spoken, Path("results"))]
        assert not [line for line in lines if re.search(r"[{}]|\bNone\b|\bnan\b", line)]


@pytest.mark.slow
@studies([[each] for each in OFFERED])
def test_each_value_alone_has_its_page_its_sentences_and_its_figures(chosen):
    test_the_page_is_as_its_schema_says_and_no_sentence_has_a_gap(chosen)
    drawn = []
    for name in figures.names():
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            try:
                sheet = figures.figure_named(name)(chosen)
            except InputError:
                continue
            sheet.draw_without_rendering()
        assert not re.search(r"[{}]|\bNone\b|\bnan\b", sheet.alternative_text), name
        drawn.append(name)
    assert "graded_map" in drawn
