"""Texts that a spreadsheet would calculate: which they are, marked, and given back as they were."""

import re

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from geo_resilience.tables import CATALOG, Form
from geo_resilience.tables._formulas import begins_formula, marked, unmarked

#: Letters that decide whether a text is a formula, more often than chance would draw them.
SIGNS = st.text(st.sampled_from("'=+-@\t\r\n＝＋－＠ \u00a0\u3000*0.5aA(京"), max_size=8)


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+A1", "-2+3", "@SUM(A1)", "\t=1+1", "\r=1", "\n=1", "＝1+1", "＠甲", " =1+1", "-甲"],
)
def test_what_a_spreadsheet_calculates_is_marked(text):
    assert begins_formula(text) and marked(text) == f"'{text}"


@pytest.mark.parametrize(
    "text",
    ["", "a=1", "-0.5", "+3", "-1,234.5", "-12.5%", "-1e-5", "-0.04***", "+", "-", "—", "'q'"],
)
def test_numbers_signs_and_other_texts_stay(text):
    assert not begins_formula(text) and marked(text) == text == unmarked(text)


@given(st.one_of(SIGNS, st.text(max_size=8)))
def test_marks_are_taken_off_again(text):
    assert unmarked(marked(text)) == text
    assert not begins_formula(marked(text))


@given(st.lists(SIGNS, min_size=1, max_size=5))
def test_a_safe_file_holds_no_formula_and_gives_back_its_texts(tmp_path_factory, texts):
    folder = tmp_path_factory.mktemp("safe")
    own = {f"={n}x": texts for n in range(2)} | {"negative": [-0.5] * len(texts)}
    codes = [f"-{n}" for n in range(len(texts))]
    frame = pd.DataFrame({"code": codes, **own, "overall": 0.5, "priority": 1})
    table = CATALOG["priorities"]
    frame = table.make(frame)
    table.write(frame, folder, Form(safe=True))
    written = pd.read_csv(folder / table.file, dtype=str, keep_default_na=False)
    for cell in [*written.columns, *written.to_numpy().ravel()]:
        assert not re.match(r"[=+\-@\t\r＝＋－＠].*[^\W\d_.,%]", cell), cell
    assert written["negative"].eq("-0.5").all()
    assert_frame_equal(table.read(folder / table.file, safe=True), frame, check_exact=True)
