"""The page on yearbooks says what happens: its example is imported, its recipe run."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from geo_resilience.indicators import read_yearbook
from geo_resilience.indicators.yearbooks._recipe import KEYS
from geo_resilience.study._plan_sections import TablePlan, options_of

DOCS = Path(__file__).parents[2] / "docs"
pytestmark = pytest.mark.skipif(not DOCS.is_dir(), reason="only a checkout has docs")


@pytest.fixture(params=["yearbooks.md", "yearbooks_zh.md"])
def blocks(request):
    text = (DOCS / request.param).read_text(encoding="utf-8")
    found = re.findall(r"^```(\w+)\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL)
    return text, {kind: [body for each, body in found if each == kind] for kind, _ in found}


def test_the_example_gives_the_table_shown(blocks, tmp_path):
    _, found = blocks
    page, table = found["text"]
    (tmp_path / "2015.csv").write_text(page, encoding="gb18030")
    (tmp_path / "shown.csv").write_text(table, encoding="utf-8")
    read = read_yearbook(tmp_path / "2015.csv")
    shown = pd.read_csv(tmp_path / "shown.csv", dtype={"year": "Int64"})
    assert_frame_equal(read.table, shown, check_dtype=False)
    assert read.units["unit"].to_list() == ["亿元", "亿元", "万人"]
    recipe = read_yearbook(tmp_path / "2015.csv", tomllib.loads(found["toml"][0]))
    assert recipe.table["软件业务收入"].to_list() == [5423.0, 980.5]
    assert list(recipe.table.columns) == ["region", "year", "软件业务收入", "年末人口"]


def test_the_page_names_every_key(blocks):
    text, found = blocks
    named = set(re.findall(r"`(\w+)(?: = [^`]*)?`", text))
    assert {*KEYS, "missing"} <= named
    study = tomllib.loads(found["toml"][1])["tables"][0]
    assert set(study) <= set(options_of(TablePlan))
