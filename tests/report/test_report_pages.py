"""The pages of a report as they are seen: what stands on which, and what a profile shows."""

import io
import re
import subprocess

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from geo_resilience.report._blocks import Profile
from geo_resilience.report._document import document
from geo_resilience.report._writing import LanguageReport
from geo_resilience.report.chapters._profiles import file_name
from geo_resilience.study import read_results

#: English is longer.
LANGUAGES = pytest.mark.parametrize("language", ["en", pytest.param("zh", marks=pytest.mark.slow)])


@pytest.fixture(scope="module")
def everything(everything_run):
    return read_results(everything_run.folder)


def sheets(made, place, order="-layout"):
    """The text of each page of a PDF, line breaks and blanks left out."""
    (place / "report.pdf").write_bytes(made)
    told = subprocess.run(
        ["pdftotext", order, place / "report.pdf", "-"], capture_output=True, check=True
    )
    pages = told.stdout.decode("utf-8").split("\f")[:-1]
    return [re.sub(r"\s", "", page) for page in pages]


def bare(text):
    return re.sub(r"\s", "", str(text))


@LANGUAGES
def test_a_leader_reads_few_pages_and_a_profile_is_one(everything, tmp_path, language):
    """Findings, map and limits on the cover; a region from its score to its response on a page."""
    pytest.importorskip("weasyprint")
    from geo_resilience.report._writing import FORMATS

    edition = LanguageReport(everything, language, "leader", "420000")
    pages = sheets(FORMATS["pdf"](edition)["report.pdf"], tmp_path)
    first, *_, last = edition.document.chapters
    (profile,) = last.blocks
    assert 4 <= len(pages) - 1 <= 6
    limits = next(block for block in first.blocks if type(block).__name__ == "Aside")
    assert bare(limits.texts[-1]) in pages[0] and bare(limits.title) in pages[0]
    assert all(bare(gauge.cells[2]) in pages[-1] for gauge in profile.gauges)
    told = [*profile.head, profile.peers.caption, profile.warned.title, profile.marks]
    assert [text for text in told if bare(text) not in pages[-1]] == []


@LANGUAGES
def test_the_bundled_study_for_a_leader_has_six_pages_and_begins_whole(bundled, tmp_path, language):
    """The cover holds findings and limits; the rule of their order stands above them."""
    pytest.importorskip("weasyprint")
    from geo_resilience.report._writing import FORMATS

    edition = LanguageReport(bundled, language, "leader")
    pages = sheets(FORMATS["pdf"](edition)["report.pdf"], tmp_path, "-raw")
    assert 4 <= len(pages) <= 6
    rule, *rest = edition.document.chapters[0].blocks
    found = [bare(each.claim) for each in rest if type(each).__name__ == "Finding"]
    claims = [pages[0].find(bare(rule.text)), *(pages[0].find(claim[:8]) for claim in found)]
    assert len(found) == 5 and claims[0] >= 0 and min(claims) == claims[0]
    (limits,) = [each for each in rest if type(each).__name__ == "Aside"]
    assert [text for text in limits.texts if bare(text) not in pages[0]] == []


def test_a_profile_shows_the_cells_of_its_tables(bundled):
    (chapter,) = [
        each for each in document(bundled, "en", profiles="Hubei").chapters if each.title == "Hubei"
    ]
    (profile,) = chapter.blocks
    assert isinstance(profile, Profile)
    doubt = bundled["uncertainty"].set_index(["adcode", "year"]).loc[("420000", 2023)]
    shares = {f"p_{name}": doubt[f"p_{name}"] for name in ("low", "weaker", "medium", "strong")}
    assert [each.share for each in profile.chances] == [
        share for share in shares.values() if share >= 0.005
    ]
    assert profile.head[2] == (
        f"rank 6 of 31, 95 % interval {doubt['rank_low']:.0f} to {doubt['rank_high']:.0f}"
    )
    scores = bundled["scores"]
    own = scores[scores["adcode"] == "420000"].sort_values("year")
    assert list(profile.history.values) == list(own["composite"])
    mean = scores[scores["year"] == 2023]["composite"].mean()
    assert profile.history.means[-1] == pytest.approx(mean, rel=1e-12)
    values = bundled["indicators"]
    values = values[values["year"] == 2023].set_index("adcode")
    gauges = [each for each in profile.gauges if not each.dimension]
    for gauge, code in zip(gauges, values.columns.drop(["year", "name"]), strict=True):
        assert gauge.value == values.at["420000", code]
        assert gauge.mean == pytest.approx(values[code].mean(), rel=1e-12)
        above = (pd.to_numeric(values[code]) > gauge.value).sum()
        assert gauge.cells[-1] == str(1 + above)
    fidelities = [each.fidelity for each in bundled.framework.indicators]
    marks = {"as defined": "", "proxy": "p", "substitute": "s"}
    assert [each.cells[1] for each in gauges] == [marks[each] for each in fidelities]


@given(st.lists(st.text(max_size=80), unique=True, min_size=2, max_size=6))
def test_no_two_regions_share_a_file(keys):
    """Also where a system tells no capitals apart."""
    names = [file_name(key) for key in keys]
    assert len({name.lower() for name in names}) == len(names)
    assert not [name for name in names if re.search(r'[<>:"/\\|?*%#\x00-\x1f]|[. ]$|^$', name)]


def test_the_key_of_a_region_names_its_file():
    assert file_name("420000") == "420000"
    assert file_name("CON") != "CON" and not file_name("con").startswith("con.")


@pytest.mark.browser
def test_a_profile_is_seen_on_its_page(chromium, bundled):
    """Bars are as long as their values, the region is dark on the small map, one sheet prints."""
    edition = LanguageReport(bundled, "en", "full", "420000")
    page = chromium.new_page(viewport={"width": 900, "height": 1300})
    page.set_content(edition.pages()["profiles/420000.html"].decode("utf-8"))
    (profile,) = edition.document.chapters[-1].blocks
    widths = page.eval_on_selector_all(
        ".track", "nodes => nodes.map(n => n.firstElementChild.offsetWidth / n.offsetWidth)"
    )
    values = [each.value for each in profile.gauges if not each.dimension]
    assert widths == pytest.approx(values, abs=0.01)
    shot = Image.open(io.BytesIO(page.locator(".locator svg").screenshot())).convert("RGB")
    colors = {color for _, color in shot.getcolors(1 << 20)}
    assert {(11, 90, 120), (223, 227, 230)} <= colors
    printed = page.pdf(prefer_css_page_size=True)
    page.close()
    assert len(re.findall(rb"/MediaBox", printed)) == 1
