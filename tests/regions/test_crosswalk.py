"""Units that changed: their figures in the units of later, totals kept."""

from __future__ import annotations

import time

import numpy as np
import pandas as pd
import pytest
from boxes_for_tests import boxes
from hypothesis import given, settings
from hypothesis import strategies as st

from geo_resilience.errors import InputError
from geo_resilience.regions import Crosswalk, read_crosswalk

#: Tables and files are made for each example.
FEW = settings(max_examples=settings().max_examples // 3)

LONG = "from,to,year,share\n"
#: Chaohu was divided in 2011; the shares are made up for the test.
CHAOHU = LONG + "巢湖市,340100,2011,0.5\n巢湖市,340200,2011,0.3\n巢湖市,340500,2011,0.2\n"
EAST = boxes({"340100": "合肥", "340200": "芜湖", "340500": "马鞍山", "420600": "襄阳"})


def file_of(folder, text, name="crosswalk.csv"):
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


def refused(folder, text, regions=None, **options):
    with pytest.raises(InputError) as caught:
        read_crosswalk(file_of(folder, text), regions, **options)
    assert caught.value.say("zh")
    return caught.value.lines("en")


def figures(year, **values):
    index = pd.MultiIndex.from_product([list(values), [year]], names=["adcode", "year"])
    return pd.DataFrame({"x": list(values.values())}, index=index, dtype=float)


def events(*rows):
    return Crosswalk(pd.DataFrame(rows, columns=["from", "to", "year", "share"]))


def by_key(frame, column="x"):
    return {key: value for (key, _), value in frame[column].items()}


def test_chaohu_is_divided_among_its_neighbors(tmp_path):
    crosswalk = read_crosswalk(file_of(tmp_path, CHAOHU), EAST)
    before = {"340100": 100.0, "340200": 50.0, "340500": 20.0, "巢湖市": 40.0}
    assert by_key(crosswalk.convert(figures(2010, **before))) == pytest.approx(
        {"340100": 120.0, "340200": 62.0, "340500": 28.0}
    )
    after = {"340100": 121.0, "340200": 63.0, "340500": 29.0}
    assert by_key(crosswalk.convert(figures(2011, **after))) == after


def test_a_code_is_kept_by_what_remains():
    # Chongqing left Sichuan in 1997; 510000 stayed the code of the rest
    crosswalk = events(("510000", "510000", 1997, 0.73), ("510000", "500000", 1997, 0.27))
    made = by_key(crosswalk.convert(figures(1996, **{"510000": 1000.0})))
    assert made == pytest.approx({"500000": 270.0, "510000": 730.0})
    assert by_key(crosswalk.convert(figures(1997, **{"510000": 8.0, "500000": 3.0}))) == {
        "500000": 3.0,
        "510000": 8.0,
    }


def test_a_chain_over_several_years_is_followed_from_the_year_of_the_row():
    crosswalk = events(
        ("A", "B", 2000, 1.0), ("B", "C", 2005, 0.5), ("B", "D", 2005, 0.5), ("D", "C", 2010, 1.0)
    )
    assert by_key(crosswalk.convert(figures(1999, A=8.0))) == {"C": 8.0}
    assert by_key(crosswalk.convert(figures(2004, B=8.0))) == {"C": 8.0}
    assert by_key(crosswalk.convert(figures(2009, C=3.0, D=5.0))) == {"C": 8.0}
    assert crosswalk.parts(2000)[["from", "to", "share"]].to_numpy().tolist() == [
        ["B", "C", 1.0],
        ["D", "C", 1.0],
    ]


def test_codes_that_change_places_and_codes_that_move_up():
    swap = events(("A", "B", 2010, 1.0), ("B", "A", 2010, 1.0))
    assert by_key(swap.convert(figures(2009, A=1.0, B=2.0))) == {"A": 2.0, "B": 1.0}
    shift = events(("110", "120", 2010, 1.0), ("120", "130", 2010, 1.0))
    assert by_key(shift.convert(figures(2009, **{"110": 1.0, "120": 2.0}))) == {
        "120": 1.0,
        "130": 2.0,
    }


def test_a_vintage_holds_whatever_the_year_of_the_row():
    crosswalk = events(("A", "B", 2010, 1.0))
    late = figures(2015, A=4.0)
    assert by_key(crosswalk.convert(late)) == {"A": 4.0}
    assert by_key(crosswalk.convert(late, vintage=2009)) == {"B": 4.0}
    assert by_key(crosswalk.convert(figures(2005, A=4.0), vintage=2010)) == {"A": 4.0}


def test_what_is_no_total_is_a_mean_of_its_parts_or_handed_on_or_blank():
    crosswalk = events(("Old", "A", 2010, 0.25), ("Old", "B", 2010, 0.75), ("R", "S", 2010, 1.0))
    frame = figures(2009, A=10.0, Old=40.0, R=5.0).assign(rate=[2.0, 6.0, 9.0])
    weighed = by_key(crosswalk.convert(frame, intensive={"rate": "x"}), "rate")
    assert weighed == {"A": (10 * 2 + 10 * 6) / 20, "B": 6.0, "S": 9.0}
    bare = by_key(crosswalk.convert(frame, intensive=["rate"]), "rate")
    assert np.isnan(bare.pop("A")) and bare == {"B": 6.0, "S": 9.0}


def test_a_blank_part_and_a_part_without_a_row_leave_a_blank():
    crosswalk = events(("Old", "A", 2010, 1.0))
    assert np.isnan(by_key(crosswalk.convert(figures(2009, A=1.0, Old=np.nan)))["A"])
    two = pd.concat([figures(2008, A=1.0, Old=2.0), figures(2009, A=4.0)])
    found = crosswalk.convert(two)["x"]
    assert found["A", 2008] == 3.0 and np.isnan(found["A", 2009])


def test_bounds_of_shares_go_through_a_chain():
    crosswalk = Crosswalk(
        pd.DataFrame(
            [("A", "B", 2000, 0.5, 0.4, 0.6), ("A", "C", 2000, 0.5, 0.4, 0.6),
             ("B", "D", 2005, 0.5, 0.4, 0.7), ("B", "C", 2005, 0.5, 0.3, 0.6)],
            columns=["from", "to", "year", "share", "share_low", "share_high"],
        )
    )  # fmt: skip
    parts = crosswalk.parts(1999).set_index(["from", "to"])
    assert parts.loc[("A", "D")].to_list() == pytest.approx([0.25, 0.16, 0.42])
    assert parts.loc[("A", "C")].to_list() == pytest.approx([0.75, 0.52, 0.96])


@st.composite
def histories(draw):
    """Random events over a few units and years, shares of whole sixths."""
    units = list("ABCDEF")
    rows = []
    for year in range(2001, 2001 + draw(st.integers(0, 4))):
        for unit in draw(st.lists(st.sampled_from(units), unique=True, max_size=4)):
            cuts = draw(st.lists(st.sampled_from(units), min_size=1, max_size=6))
            for to in sorted(set(cuts)):
                rows.append((unit, to, year, cuts.count(to) / len(cuts)))
    return rows


@given(histories(), st.lists(st.floats(0, 1e9), min_size=6, max_size=6), st.integers(1999, 2006))
def test_totals_are_kept_through_any_history(rows, values, year):
    frame = figures(year, **dict(zip("ABCDEF", values, strict=True)))
    made = events(*rows).convert(frame)
    assert made["x"].sum() == pytest.approx(frame["x"].sum(), rel=1e-12, abs=1e-9)
    last = max([row[2] for row in rows], default=0)
    if year >= last:
        pd.testing.assert_frame_equal(made, frame)


@given(histories(), st.randoms())
def test_the_order_of_rows_in_a_file_is_nothing(rows, random):
    shuffled = rows.copy()
    random.shuffle(shuffled)
    pd.testing.assert_frame_equal(events(*rows).parts(2000), events(*shuffled).parts(2000))


@given(st.permutations(list("ABCD")), st.permutations(list("ABCD")))
def test_events_of_other_units_do_not_ask_who_came_first(olds, news):
    one = [(old, f"{new}2", 2001, 1.0) for old, new in zip(olds[:2], news[:2], strict=True)]
    two = [(old, f"{new}2", 2002, 1.0) for old, new in zip(olds[2:], news[2:], strict=True)]
    late = [(*row[:2], 4003 - row[2], 1.0) for row in (*one, *two)]
    pd.testing.assert_frame_equal(events(*one, *two).parts(2000), events(*late).parts(2000))


@FEW
@given(st.lists(st.floats(-1e6, 1e6), min_size=4, max_size=4))
def test_a_renaming_and_its_inverse_give_what_was_there(values):
    names = {"A": "W", "B": "X", "C": "Y", "D": "Z"}
    there = events(*((old, new, 2001, 1.0) for old, new in names.items()))
    back = events(*((new, old, 2001, 1.0) for old, new in names.items()))
    frame = figures(2000, **dict(zip(names, values, strict=True)))
    pd.testing.assert_frame_equal(back.convert(there.convert(frame)), frame)


def test_successors_may_be_named_and_old_units_have_names(tmp_path):
    text = "from,from_name,to,year\n420600x,襄樊市,襄阳市,2010\n"
    crosswalk = read_crosswalk(file_of(tmp_path, text), EAST)
    assert crosswalk.events[["from", "to", "share"]].to_numpy().tolist() == [
        ["420600x", "420600", 1.0]
    ]
    assert crosswalk.known().find("襄樊")[1] == ("420600x",)


WIDE = """unit,2009,2010,2011,weight
居巢,341400,341400,340100,30
庐江,341400,341400,340100,20
无为,341400,341400,340200,30
含山,341400,341400,340500,20
合肥,340100,340100,340100,90
新建,,,340500,5
"""


def test_a_row_an_old_unit_and_a_column_a_year(tmp_path):
    found = read_crosswalk(file_of(tmp_path, WIDE), EAST).events
    assert found[["from", "to", "year", "share"]].to_numpy().tolist() == [
        ["341400", "340100", 2011, 0.5],
        ["341400", "340200", 2011, 0.3],
        ["341400", "340500", 2011, 0.2],
    ]


def test_a_wide_table_needs_weights_only_where_a_unit_is_divided(tmp_path):
    plain = "\n".join(line.rpartition(",")[0] for line in WIDE.splitlines()) + "\n"
    (line,) = refused(tmp_path, plain, EAST)
    assert "rows [" not in line and "341400 falls to several units in 2011" in line
    assert "weight" in line
    whole = "a,2010,2011\nx,341400,340100\ny,341400,340100\n"
    assert read_crosswalk(file_of(tmp_path, whole), EAST).events["share"].tolist() == [1.0]
    (line,) = refused(tmp_path, "a,2010,2011\nx,341400,\n")
    assert "341400 has no successor in 2011" in line


def test_a_matrix_of_weights_of_one_year(tmp_path):
    text = "source,target,weight\nA,B,30\nA,C,10\nB,B,1\n"
    (line,) = refused(tmp_path, text)
    assert "no column year" in line
    (line,) = refused(tmp_path, text, year=2010)
    assert "sum to 40, not 1" in line and "crosswalk_rescale" in line
    found = read_crosswalk(file_of(tmp_path, text), year=2010, rescale=True)
    assert found.events[["from", "to", "share"]].to_numpy().tolist() == [
        ["A", "B", 0.75],
        ["A", "C", 0.25],
    ]
    assert [note.code for note in found.notes] == ["regions.crosswalk_rescaled"]


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ("A,340100,2011,0.5\nA,340200,2011,0.4", "sum to 0.9, not 1"),
        ("A,340100,2011,0.5\nA,340200,2011,", "a share is blank"),
        ("A,340100,soon,1", "“soon” is no year"),
        ("A,340100,,1", "“-” is no year"),
        ("A,340100,2011,most", "“most” in share is no share"),
        ("A,340100,2011,-1", "“-1” in share is no share"),
        ("A,340100,2011,0.5\nA,340100,2011,0.5", "rows 2, 3: the event from A to 340100 in 2011"),
        ("A,,2011,1", "to is blank"),
        ("A,340999,2011,1", "340999 is neither a region"),
        ("A,马安山,2011,1", "马鞍山"),
        ("A,B,2011,1\nB,340100,2011,1", "happen at once"),
        ("A,B,2011,1\nB,C,2011,1\nC,A,2011,1", "in a ring (A, B, C, A)"),
    ],
)
def test_what_is_wrong_is_said(tmp_path, rows, told):
    assert any(told in line for line in refused(tmp_path, LONG + rows + "\n", EAST))


def test_everything_wrong_is_said_at_once(tmp_path):
    rows = "A,340100,soon,1\nB,340999,2011,1\nC,340100,2011,0.2\n"
    assert len(refused(tmp_path, LONG + rows, EAST)) == 3


def test_bounds_that_do_not_hold_the_share(tmp_path):
    head = "from,to,year,share,share_low,share_high\n"
    (line,) = refused(tmp_path, head + "A,B,2011,1,,\nC,D,2011,1,1.1,1.2\n")
    assert "row 3" in line and "1.1" in line


def test_an_exchange_is_noted(tmp_path):
    text = LONG + "340100,340200,2011,1\n340200,340100,2011,1\n"
    (note,) = read_crosswalk(file_of(tmp_path, text), EAST).notes
    assert "340100 ↔ 340200" in note.say("en") and note.say("zh")


def test_neither_form(tmp_path):
    (line,) = refused(tmp_path, "code,name\n1,2\n")
    assert "code, name" in line


@FEW
@given(st.data())
def test_a_followed_table_gives_what_counting_its_rows_gives(tmp_path_factory, data):
    """Figures like the weights: what a unit is made of in the last year is counted row by row."""
    size = data.draw(st.integers(1, 8))
    codes = st.lists(st.sampled_from("ABCD"), min_size=size, max_size=size)
    years = {year: data.draw(codes) for year in (2000, 2005, 2010)}
    weights = data.draw(st.lists(st.integers(1, 9), min_size=size, max_size=size))
    table = pd.DataFrame({"weight": weights, **{str(year): held for year, held in years.items()}})
    file = tmp_path_factory.mktemp("followed") / "crosswalk.csv"
    table.rename_axis("row").to_csv(file)
    if all(held == years[2000] for held in years.values()):
        return  # nothing happens
    crosswalk = read_crosswalk(file)
    for year in years:
        frame = table.groupby(str(year))["weight"].sum().astype(float).to_frame("x")
        frame.index = pd.MultiIndex.from_product([frame.index, [year]], names=["adcode", "year"])
        counted = table.groupby("2010")["weight"].sum().to_dict()
        assert by_key(crosswalk.convert(frame)) == pytest.approx(counted)


CELLS = st.sampled_from(
    ["", "A", "340100", "合肥", "0.5", "1", "-1", "2011", "年", "1e400", "x\u202e", "="]
)


@FEW
@given(st.lists(st.lists(CELLS, min_size=4, max_size=4), max_size=5), st.booleans())
def test_whatever_a_file_holds_is_read_or_refused_in_words(tmp_path_factory, rows, rescale):
    folder = tmp_path_factory.mktemp("any")
    for head in ("from,to,year,share", "unit,2009,2010,weight"):
        text = "\n".join([head, *(",".join(row) for row in rows)])
        try:
            found = read_crosswalk(file_of(folder, text), EAST, rescale=rescale)
        except InputError as error:
            assert error.say("zh") and error.say("en")
        else:
            sums = found.events.groupby(["from", "year"])["share"].sum()
            assert np.allclose(sums, 1, atol=1e-9)


@pytest.mark.slow
def test_thousands_of_wrong_rows_are_told_in_time_and_in_few_words(tmp_path):
    """A ring of 20,000 units, and 20,000 units of which half goes nowhere."""
    ring = "".join(f"{i},{(i + 1) % 20_000},2010,1\n" for i in range(20_000))
    halves = "".join(f"{i},x,2010,0.5\n" for i in range(20_000))
    for text, key in ((ring, "regions.crosswalk_cycle"), (halves, "regions.crosswalk_sum")):
        (tmp_path / "c.csv").write_text(LONG + text)
        begun = time.process_time()
        with pytest.raises(InputError) as caught:
            read_crosswalk(tmp_path / "c.csv")
        assert {each.key for each in caught.value.problems} == {key}
        assert len(str(caught.value)) < 20_000 and time.process_time() - begun < 8
