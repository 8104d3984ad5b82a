"""Out of the page, and what if: pictures, tables, other weights."""

from __future__ import annotations

import csv
import io

import numpy as np
import pandas as pd
import pytest
from synthetic_results import YEARS, synthetic_results

from geo_resilience import maps

pytestmark = pytest.mark.browser


def download(view, way):
    view.page.click("#out_menu summary")
    with view.page.expect_download() as waiting:
        view.page.click(f"#out_{way}")
    return waiting.value


def test_csv_holds_what_is_shown_in_full(open_page, atlas_html, results, tmp_path):
    view = open_page(atlas_html, hash_="#year=2021&layer=B2")
    saved = download(view, "csv")
    assert saved.suggested_filename == "B2-2021.csv"
    saved.save_as(tmp_path / "out.csv")
    text = (tmp_path / "out.csv").read_text(encoding="utf-8-sig")
    rows = {row["adcode"]: row for row in csv.DictReader(io.StringIO(text))}
    scores = results.tables["scores"].query("year == 2021").set_index("adcode")
    assert list(rows) == results.regions.keys
    for key, row in rows.items():
        if key in scores.index:
            assert float(row["Functional resilience"]) == pytest.approx(
                scores.loc[key, "B2"], abs=1e-9
            )
            assert row["year"] == "2021"
        else:
            assert row["Functional resilience"] == row["rank"] == ""


def test_downloads_name_the_role_of_a_substitute(open_page, atlas_html, tmp_path):
    view = open_page(atlas_html, hash_="#layer=raw%20D221")
    named = "Secondary value added per kWh (substitute for: Capital turnover)"
    for way in ("csv", "svg"):
        download(view, way).save_as(tmp_path / f"out.{way}")
        assert named in (tmp_path / f"out.{way}").read_text(encoding="utf-8-sig")


def test_csv_runs_no_formula(open_page, tmp_path):
    regions = synthetic_results().regions
    frame = regions.frame.assign(name=[f'=cmd|"{n}",x' for n in range(31)])
    values = pd.Series(range(31), index=frame.index, dtype=float)
    view = open_page(maps.choropleth(values, frame, title="t").html)
    saved = download(view, "csv")
    saved.save_as(tmp_path / "out.csv")
    rows = list(csv.reader(io.StringIO((tmp_path / "out.csv").read_text(encoding="utf-8-sig"))))
    assert rows[1][1] == '\'=cmd|"0",x'
    assert all(len(row) == 6 for row in rows)


@pytest.mark.parametrize("state", ["#lang=en", "#lang=zh&theme=dark&layer=change&outlines=zones"])
def test_svg_opens_alone_and_has_every_region(open_page, chromium, atlas_html, state, tmp_path):
    view = open_page(atlas_html, hash_=state)
    saved = download(view, "svg")
    saved.save_as(tmp_path / "out.svg")
    page = chromium.new_page()
    page.goto((tmp_path / "out.svg").as_uri())
    assert page.evaluate("document.querySelectorAll('path[fill-rule]').length") >= 31
    assert view.text("#title") in page.evaluate("document.documentElement.textContent")
    page.close()


def test_png_is_a_large_picture(open_page, atlas_html, tmp_path):
    view = open_page(atlas_html)
    saved = download(view, "png")
    saved.save_as(tmp_path / "out.png")
    head = (tmp_path / "out.png").read_bytes()
    assert head.startswith(b"\x89PNG")
    assert int.from_bytes(head[16:20], "big") == 2400


def set_weight(view, place, share):
    script = (
        "([place, share]) => { document.getElementById('whatif').open = true;"
        " const input = document.querySelectorAll('#whatif input')[place];"
        " input.value = share; input.dispatchEvent(new Event('input', {bubbles: true})); }"
    )
    view.page.evaluate(script, [place, share])


def ranking(view):
    script = (
        "() => Object.fromEntries([...document.querySelectorAll('.ranking button')].map((b) =>"
        " ['.label', '.value', '.rank'].map((s) => b.querySelector(s)?.textContent))"
        " .map(([name, value, rank]) => [name, [value, rank]]))"
    )
    return view.page.evaluate(script)


def test_other_weights_give_what_python_gives(open_page, atlas_html, results, tmp_path):
    """The first slider is the first dimension: its indicators move together, the rest share."""
    weights = results.tables["weights"].set_index("code")["used"]
    weights = weights / weights.sum()
    own = [each.code for each in results.framework.indicators if each.dimension == "B1"]
    target = pd.Series(0.0, index=weights.index)
    target[own] = weights[own] / weights[own].sum() * 0.9
    rest = weights.index.difference(own)
    target[rest] = weights[rest] / weights[rest].sum() * (1 - 0.9)
    composite = (results.panel.values * target).sum(axis=1).xs(YEARS[-1], level="year")
    view = open_page(atlas_html, hash_="#layer=composite")
    set_weight(view, 0, 0.9)
    assert view.text("#sentence").startswith("Scenario. 2023")
    saved = download(view, "csv")
    assert saved.suggested_filename == "composite-2023-scenario.csv"
    saved.save_as(tmp_path / "out.csv")
    table = pd.read_csv(tmp_path / "out.csv", dtype={"adcode": str}).set_index("adcode")
    named = "Composite index (scenario with weights "
    column = next(name for name in table if name.startswith(named))
    told = dict(part.split(" ") for part in column.removeprefix(named)[:-1].split(", "))
    assert {code: float(weight) for code, weight in told.items()} == target.round(3).to_dict()
    study = results.tables["scores"].query("year == 2023").set_index("adcode")["composite"]
    own = table["Composite index (in the study)"].dropna()
    np.testing.assert_allclose(own, study[own.index], rtol=0, atol=1e-9)
    found = table[column].dropna()
    np.testing.assert_allclose(found, composite[found.index], rtol=0, atol=1e-9)
    ranks = composite.rank(ascending=False, method="min").astype(int)
    assert table["rank"].dropna().astype(int).to_dict() == ranks.to_dict()
    view.choose("grade")
    classes = np.searchsorted([0.2, 0.4, 0.6, 0.8], composite, side="right")
    assert list(view.legend().values())[::-1][1:] == np.bincount(classes, minlength=5).tolist()


def test_weights_keep_their_sum_and_can_be_put_back(open_page, atlas_html):
    view = open_page(atlas_html)
    before, fills = ranking(view), view.fills()
    set_weight(view, 3, 0.6)
    set_weight(view, 7, 0)
    shares = view.page.evaluate(
        "[...document.querySelectorAll('#whatif .weight:not(.strong) .value')]"
        ".map((n) => Number(n.textContent))"
    )
    assert sum(shares) == pytest.approx(1, abs=0.007)
    assert ranking(view) != before
    view.page.click("#whatif button")
    assert ranking(view) == before and view.fills() == fills
    assert view.text("#sentence").startswith("2023")


def test_other_aggregations_offer_no_weights(open_page):
    whole = synthetic_results()
    scores = whole.tables["scores"].copy()
    scores["composite"] = scores["composite"] ** 0.9
    tables = {**whole.tables, "scores": scores}
    view = open_page(maps.atlas(synthetic_results(tables=tables)).html)
    assert view.page.is_hidden("#whatif")
    first = scores.query("year == 2023").nlargest(1, "composite").iloc[0]
    assert ranking(view)[first["name"]] == [f"{first['composite']:.3f}", "1"]


def test_the_picture_shows_the_chosen_region_and_the_one_beside_it(
    open_page, chromium, atlas_html, tmp_path
):
    view = open_page(atlas_html, hash_="#region=420000&with=430000")
    saved = download(view, "svg")
    saved.save_as(tmp_path / "out.svg")
    alone = chromium.new_page()
    alone.goto((tmp_path / "out.svg").as_uri())
    drawn = alone.evaluate(
        "[...document.querySelectorAll('path.chosen')].map((n) => [n.getBBox().width,"
        " n.getBBox().height, n.getAttribute('stroke-dasharray'), n.getAttribute('stroke')])"
    )
    assert sorted(dash or "" for *_, dash, _ in drawn) == ["", "6 4"]
    assert all(width > 40 and height > 30 and stroke for width, height, _, stroke in drawn)
    alone.close()
    plain = open_page(atlas_html)
    saved = download(plain, "svg")
    saved.save_as(tmp_path / "plain.svg")
    assert 'class="chosen"' not in (tmp_path / "plain.svg").read_text(encoding="utf-8")
