"""[[story]]: views checked against the study, stops handed on, told by the atlas and the slides."""

from __future__ import annotations

import base64
import io
import json
import re
import zlib
from dataclasses import replace
from urllib.parse import parse_qs

import pytest

from geo_resilience import report
from geo_resilience.errors import InputError
from geo_resilience.maps.atlas._views import layer_ids, view
from geo_resilience.report._document import document
from geo_resilience.report._writing import FORMATS, LanguageReport
from geo_resilience.results import Found, Stop
from geo_resilience.study import check
from geo_resilience.study._plan_reading import BUNDLED, plan_from_mapping
from geo_resilience.tables._toml import parse_toml
from geo_resilience.text import Text


def planned(*stops, **rest):
    study = parse_toml(BUNDLED.read_text(encoding="utf-8"), "study.toml")
    return plan_from_mapping(study | {"story": list(stops)} | rest, folder=BUNDLED.parent)


def plain(text):
    """A text without what keeps its lines together."""
    return "".join(text.replace("\u2060", "").split())


def test_a_view_names_regions_as_one_does_and_is_kept_by_their_keys():
    address = "file:///x/atlas.html#year=2020&layer=local_moran%20B3&region=湖北&with=Guangdong"
    mine = {"view": f"{address}&note.Beijing=a%26b&lang=zh&embed=1&story=2", "text": "One."}
    (stop,) = check(planned(mine)).inputs.story
    assert {key: value[0] for key, value in parse_qs(stop.view).items()} == {
        "year": "2020",
        "layer": "local_moran B3",
        "region": "420000",
        "with": "440000",
        "note.110000": "a&b",
    }
    assert stop.claim["zh"] == "One."


@pytest.mark.parametrize(
    ("stop", "told"),
    [
        ({"view": "year=2032", "text": "x"}, ["year 2032", "2022"]),
        ({"view": "layer=graed", "text": "x"}, ["layer graed", "grade"]),
        ({"view": "layer=std D999", "text": "x"}, ["std D999"]),
        ({"view": "region=Hubai", "text": "x"}, ["region Hubai", "Hubei"]),
        ({"view": "with=1", "text": "x"}, ["with 1"]),
        ({"view": "outlines=zones,coastal", "text": "x"}, ["outlines coastal", "coastal_belt"]),
        ({"view": "weights=D11:1", "text": "x"}, ["weights D11"]),
        ({"view": "laier=grade", "text": "x"}, ["laier", "layer"]),
        ({"view": "note.Nowhere=a", "text": "x"}, ["note.Nowhere"]),
        ({"view": "#", "text": "x"}, ["# is no view"]),
        ({"view": "layer=grade"}, ["tells nothing"]),
    ],
)
def test_what_a_view_names_and_the_study_lacks_is_told(stop, told):
    with pytest.raises(InputError) as error:
        check(planned({"view": "layer=grade", "text": "ok"}, stop))
    assert len(error.value.problems) == 1
    for language in ("en", "zh"):
        (line,) = error.value.lines(language)
        assert "[[story]] 2" in line or "第2个" in line
    assert all(part in error.value.lines("en")[0] for part in told)


def test_every_layer_of_the_atlas_can_be_asked_for(bundled_run):
    html = (bundled_run.folder / "atlas.html").read_text(encoding="utf-8")
    data = re.search(r'id="atlas_data"[^>]*>"?([^<"]*)', html)[1]
    shown = [each["id"] for each in json.loads(zlib.decompress(base64.b64decode(data)))["layers"]]
    known = layer_ids(bundled_run.results.framework)
    assert len(shown) > 30 and not set(shown) - set(known)


def test_own_stops_stand_after_the_run_s_or_instead(bundled_run):
    results = bundled_run.results
    own = (Stop(Text(en="Mine.", zh="我的。"), view(layer="grade", year=2020)),)
    after = replace(results, found=replace(results.found, story=own))
    instead = replace(results, found=replace(results.found, story=own, story_alone=True))
    assert report.story(after) == (*report.story(results), *own)
    assert report.story(instead) == own
    again = Found.of(instead.found.plain())
    assert (again.story, again.story_alone) == (own, True)


@pytest.mark.slow
def test_every_stop_is_a_slide(bundled_run):
    pptx = pytest.importorskip("pptx")
    results = bundled_run.results
    own = (
        Stop(Text(en="Mine <b>own</b>.", zh="我的。"), "layer=grade&year=2020"),
        Stop(Text("No figure shows it."), "layer=raw%20D111"),
    )
    told = replace(results, found=replace(results.found, story=own))
    for language in ("en", "zh"):
        files = FORMATS["pptx"](LanguageReport(told, language, "full"))
        slides = pptx.Presentation(io.BytesIO(files["slides.pptx"])).slides
        titles = {plain(slide.shapes.title.text_frame.text): slide for slide in slides}
        for stop in report.story(told):
            slide = titles[plain(stop.claim[language])]
            text = "\n".join(each.text_frame.text for each in slide.shapes if each.has_text_frame)
            assert plain(stop.numbers[language]) in plain(text)
        mine, last = (titles[plain(stop.claim[language])] for stop in own)
        assert any(each.shape_type == 13 for each in mine.shapes)
        assert not any(each.shape_type == 13 for each in last.shapes)
        foot = [each.text_frame.text for each in last.shapes if each.has_text_frame]
        assert any("atlas.html#layer=raw" in text for text in foot)


def test_slides_of_the_story_repeat_no_finding(bundled_run):
    made = document(bundled_run.results, "en")
    claims = [each.claim for each in made.chapters[0].blocks if hasattr(each, "claim")]
    more = [each.finding.claim for each in made.story]
    assert more and not set(claims) & set(more)


def test_grades_in_doubt_are_those_that_fewer_than_half_of_the_draws_give(bundled_run):
    results = bundled_run.results
    scores = results["scores"].query("year == 2023").set_index("adcode")["grade"]
    doubt = results["uncertainty"].query("year == 2023").set_index("adcode")
    held = [doubt.at[key, f"p_{grade.lower()}"] for key, grade in scores.items()]
    told = report.story(results)[0].numbers["en"]
    assert told.startswith(f"{sum(chance < 0.5 for chance in held)} of these grades are in doubt")


def test_who_rose_and_who_fell_most_is_in_the_scores(bundled_run):
    wide = bundled_run.results["scores"].pivot(index="name", columns="year", values="composite")
    change = wide[2023] - wide[2018]
    (stop,) = (
        each for each in report.story(bundled_run.results) if "rose most" in each.claim["en"]
    )
    most, least = change.idxmax(), change.idxmin()
    assert stop.claim["en"] == f"From 2018 to 2023 {most} rose most, {least} fell most."
    assert stop.numbers["en"].startswith(f"{most} {change[most]:+.3f}")
    assert stop.numbers["en"].endswith(f"{least} {change[least]:+.3f}.".replace("-", "\u2212"))
