"""A long table laid out as yearbooks print them is read back, and so by the recipe written."""

from __future__ import annotations

import tempfile
from pathlib import Path

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import Phase, given, settings
from pandas.testing import assert_frame_equal
from yearbooks_for_tests import FORMS, PROVINCES, Style, laid_out, long_table, save

from geo_resilience.indicators import read_yearbook

NAMES = ["软件业务收入", "电信业务总量", "人口", "数字产业 / 软件", "数字产业 / 电信", "R&D经费"]
UNITS = ["亿元", "万人", "件", "%", "件/万人"]
DRESS = ("title", "totals", "zones", "remark", "spaced", "merged", "numbering", "english", "gap")
COUNTIES = ["甲河", "乙山", "丙水", "丁口", "戊庄"]


@st.composite
def yearbooks(draw, form):
    regions = draw(st.sampled_from([PROVINCES, COUNTIES]))
    regions = regions[: draw(st.integers(2, len(regions)))]
    first = draw(st.integers(1995, 2020))
    years = list(range(first, first + draw(st.integers(2, 3))))
    if regions[0] in COUNTIES and form == "turned":
        regions = PROVINCES[:3]
    names = draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=4, unique=True))
    grouped = [name for name in names if "/" in name]
    names = [name for name in names if "/" not in name] + (grouped if len(grouped) > 1 else [])
    names = names or ["人口"]
    if form in ("years_under_figures", "sheet_a_figure", "turned"):
        names = [name.replace(" / ", "·") for name in names]
    value = st.one_of(
        st.integers(-3000, 300_000).map(float),
        st.floats(0, 1e5, allow_nan=False).map(lambda x: round(x, 3)),
    )
    shape = (len(regions) * len(years), len(names))
    cells = draw(st.lists(value, min_size=shape[0] * shape[1], max_size=shape[0] * shape[1]))
    values = np.array(cells).reshape(shape)
    if draw(st.booleans()) and len(names) > 1:
        values[draw(st.integers(0, shape[0] - 1)), draw(st.integers(0, shape[1] - 1))] = np.nan
    style = Style(
        units=draw(st.sampled_from(["row", "heading", "line", "none"])),
        digits=draw(st.sampled_from(["plain", "grouped", "full"])),
        **{key: draw(st.booleans()) for key in DRESS},
    )
    units = {name: draw(st.sampled_from(UNITS)) for name in names}
    return long_table(regions, years, names, values), units, style


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("suffix", [".xlsx", ".xls"])
def test_what_was_laid_out_is_read_back(form, suffix):
    share = 6 if suffix == ".xls" else 3
    most = settings().max_examples // share

    @settings(max_examples=most, derandomize=True, phases=[Phase.generate])
    @given(st.data())
    def check(data):
        table, units, style = data.draw(yearbooks(form))
        with tempfile.TemporaryDirectory() as folder:
            file = save(laid_out(form, table, units, style), Path(folder) / f"年鉴{suffix}")
            found = read_yearbook(file)
            again = read_yearbook(file, found.recipe)
        told = found.table.set_index(["region", "year"])
        told.index = told.index.set_levels(told.index.levels[1].astype("int64"), level=1)
        assert set(told.columns) == set(table.columns)
        assert_frame_equal(
            told[table.columns].sort_index(), table.sort_index(), check_exact=True,
            check_index_type=False, check_column_type=False,
        )  # fmt: skip
        known = dict(zip(found.units["column"], found.units["unit"], strict=True))
        assert known == (dict.fromkeys(units, "") if style.units == "none" else units)
        assert_frame_equal(again.table, found.table)
        assert_frame_equal(again.units, found.units)
        assert again.recipe.to_toml() == found.recipe.to_toml()

    check()
