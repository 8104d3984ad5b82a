"""A page a region beside the atlas, which leads to it."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from geo_resilience import maps, report
from geo_resilience.report._writing import hand_over

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def folder(bundled_run, tmp_path_factory):
    """The atlas, and what a run whose study asks for profiles writes beside it."""
    place = tmp_path_factory.mktemp("profiled")
    results = bundled_run.results
    asked = replace(results, found=replace(results.found, profiled=True))
    maps.atlas(asked, path=place / "atlas.html", profiles=report.profile_files(asked))
    hand_over(asked, place)
    return place


def test_the_panel_leads_to_the_page_of_its_region(open_page, folder):
    view = open_page((folder / "atlas.html").read_text("utf-8"), hash_="#region=420000")
    link = view.page.locator("a.profile-link")
    assert link.get_attribute("href") == "profiles/420000.html"
    assert link.inner_text() == "This region on a page"
    page = (folder / "profiles" / "420000.html").read_text("utf-8")
    assert re.search(r"<h2[^>]*>Hubei</h2>", page)


def test_every_region_has_its_page_and_none_where_none_is_asked(bundled_run, folder):
    files = report.profile_files(bundled_run.results)
    assert sorted(files.values()) == sorted(
        str(file.relative_to(folder)) for file in folder.glob("profiles/*")
    )
    assert len(files) == 31
    assert not (Path(bundled_run.folder) / "profiles").exists()
    assert "profile-link" not in "".join(
        re.findall(r"<a[^>]*>", (bundled_run.folder / "atlas.html").read_text("utf-8"))
    )
