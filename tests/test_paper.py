"""The paper cites what is listed, shows what is there, and says numbers of the study and table."""

import re
from pathlib import Path

import pandas as pd
import pytest

import geo_resilience as gr

ROOT = Path(__file__).parents[1]
PAPER = ROOT / "paper" / "paper.md"


@pytest.fixture(scope="module")
def text():
    return re.sub(r"\s+", " ", PAPER.read_text(encoding="utf-8"))


def test_what_is_cited_is_listed_and_the_reverse(text):
    listed = (ROOT / "paper" / "paper.bib").read_text(encoding="utf-8")
    keys = set(re.findall(r"^@\w+\{(\w+),", listed, re.MULTILINE))
    assert set(re.findall(r"@([a-z]+\d{4})", text)) == keys
    entries = [entry for entry in listed.split("\n@") if "zhang2024" not in entry]
    assert all(re.search(r"doi = \{10\.\d{4,}/\S+\}", entry) for entry in entries)


def test_its_figures_are_those_of_the_gallery():
    shown = re.findall(r"\]\((\S+\.png)\)", PAPER.read_text(encoding="utf-8"))
    assert len(shown) == 2 and all((PAPER.parent / name).is_file() for name in shown)


def test_its_example_has_the_numbers_of_the_bundled_study(text, bundled_run):
    results = bundled_run.results
    scores = results["scores"].query("year == 2023").set_index("name")["composite"]
    moran = results["global"].query("year == 2023 and variable == 'composite'")
    moran = moran.set_index("statistic").loc["moran"]
    gap = results["gaps"].query("year == 2023 and measure == 'east_west_gap'").iloc[0]
    ranks = results["uncertainty"].query("year == 2023").set_index("name")
    low, high = ranks["rank_low"].astype(int), ranks["rank_high"].astype(int)
    for said in (
        f"Beijing ({scores['Beijing']:.3f}) and Guangdong ({scores['Guangdong']:.3f}) stand first",
        f"Beijing's rank lies between {low['Beijing']} and {high['Beijing']}",
        f"Guangdong's between {low['Guangdong']} and {high['Guangdong']}",
        f"Moran's I of the index is {moran['value']:.3f} (p = {moran['p_sim']:.3f})",
        f"stands {gap['value']:.3f} above",
        f"interval from {gap['low']:.3f} to {gap['high']:.3f}",
    ):
        assert said in text
    assert len(scores) == 31 and list(scores.nlargest(2).index) == ["Beijing", "Guangdong"]


def test_its_error_rates_are_those_of_the_calibration(text):
    rows = pd.read_csv(ROOT / "docs" / "calibration.csv")
    share = rows.set_index("claim")["share"] * 100
    kind = rows.set_index("claim")["kind"]

    def spread(claim, asked):
        found = share[claim][kind[claim] == asked]
        return f"{found.min():.1f} to {found.max():.1f} %"

    assert f"errs in {spread('gap, p', 'size')} of cases" in text
    assert f"covers the truth in {spread('gap, interval', 'coverage')}" in text
    assert f"one standard deviation is {spread('gap, p', 'power')}" in text
    least = share["gap, interval of independent regions"].min()
    assert f"covers the truth in {least:.1f} % of cases where it claims 95 %" in text


def test_its_python_gives_the_value_that_it_says(text, bundled_run, monkeypatch):
    monkeypatch.setattr(gr.study, "run", lambda: bundled_run.results)
    (block,) = re.findall(r"```python\n(.*?)```", PAPER.read_text("utf-8"), flags=re.DOTALL)
    *lines, last = block.strip().splitlines()
    names = {}
    exec("\n".join(lines), names)
    assert f"Moran's I of the index is {eval(last, names):.3f}" in text
