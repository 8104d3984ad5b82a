"""Tables of the units of other years, joined in the units of the boundaries."""

from __future__ import annotations

import pandas as pd
import pytest
from boxes_for_tests import boxes

from geo_resilience.errors import InputError
from geo_resilience.indicators._joining import join_tables
from geo_resilience.indicators._sources import TableSource
from geo_resilience.indicators._vintages import Conversion
from geo_resilience.regions import read_crosswalk

EAST = boxes({"340100": "合肥市", "340200": "芜湖市", "340500": "马鞍山市", "420600": "襄阳市"})
CROSSWALK = """from,to,year,share,share_low,share_high
巢湖市,340100,2011,0.5,0.4,0.6
巢湖市,340200,2011,0.3,0.25,0.35
巢湖市,340500,2011,0.2,0.15,0.25
襄樊市,襄阳市,2010,,,
"""
TABLE = """city,year,x,rate,people
合肥市,2009,100,2,10
芜湖市,2009,50,2,10
马鞍山市,2009,20,2,10
巢湖市,2009,40,8,20
襄樊市,2009,7,3,5
合肥市,2011,130,4,21
芜湖市,2011,61,4,17
马鞍山市,2011,29,4,15
襄阳市,2011,8,3,5
"""


@pytest.fixture
def write(tmp_path):
    def _write(text, name="table.csv"):
        (tmp_path / name).write_text(text, encoding="utf-8")
        return tmp_path / name

    return _write


@pytest.fixture
def join(write):
    crosswalk = read_crosswalk(write(CROSSWALK, "crosswalk.csv"), EAST)

    def _join(*texts, needed=("x",), rates=(), exclude=(), regions=EAST, years=None, **options):
        asked = [text if isinstance(text, tuple) else (text, options) for text in texts]
        sources = [
            TableSource(write(text, f"table{place}.csv"), region="city", **own)
            for place, (text, own) in enumerate(asked)
        ]
        return join_tables(
            sources,
            regions,
            needed_columns=set(needed),
            exclude=exclude,
            years=years,
            conversion=Conversion(crosswalk, frozenset(rates), years),
        )

    return _join


def column(joined, year, name="x"):
    return joined.frame[name].xs(year, level="year").to_dict()


def said(join, *texts, **options):
    with pytest.raises(InputError) as caught:
        join(*texts, **options)
    assert caught.value.say("zh")
    return caught.value.lines("en")


def test_rows_of_before_the_event_alone_are_divided_and_renamed(join):
    joined = join(TABLE)
    assert column(joined, 2009) == pytest.approx(
        {"340100": 120, "340200": 62, "340500": 28, "420600": 7}
    )
    assert column(joined, 2011) == {"340100": 130, "340200": 61, "340500": 29, "420600": 8}
    assert "crosswalk_carried" in " ".join(note.code for note in joined.notes)


def test_where_figures_come_from_and_what_rests_on_shares(join):
    joined = join(TABLE)
    told = joined.carried.set_index(["adcode", "year", "from"])
    assert told["kind"].to_dict() == {
        ("340100", 2009, "340100"): "merge",
        ("340200", 2009, "340200"): "merge",
        ("340500", 2009, "340500"): "merge",
        ("340100", 2009, "巢湖市"): "split",
        ("340200", 2009, "巢湖市"): "split",
        ("340500", 2009, "巢湖市"): "split",
        ("420600", 2009, "襄樊市"): "rename",
    }
    assert told.loc[("340100", 2009, "巢湖市"), "share"] == 0.5
    split = joined.split["x"]
    assert [cell for cell, marked in split.items() if marked] == [
        ("340100", 2009),
        ("340200", 2009),
        ("340500", 2009),
    ]
    low, high = (frame["x"] for frame in joined.bounds)
    assert (low["340100", 2009], high["340100", 2009]) == pytest.approx((116, 124))
    assert low["420600", 2009] == high["420600", 2009] == 7


def test_a_rate_is_a_mean_by_the_weight_that_the_table_names(join):
    joined = join(TABLE, needed=("rate",), intensive={"rate": "people"})
    found = column(joined, 2009, "rate")
    assert found["340100"] == pytest.approx((10 * 2 + 10 * 8) / 20)
    assert found["420600"] == 3
    assert list(joined.frame) == ["rate"]


def test_a_weight_may_stand_in_another_table(join):
    rows = [line.split(",") for line in TABLE.splitlines()]
    rates = "\n".join(",".join(row[:2] + row[3:4]) for row in rows)
    people = "\n".join(",".join(row[:2] + row[4:5]) for row in rows)
    with pytest.raises(InputError) as caught:
        join(rates, needed=("rate",), intensive={"rate": "people"})
    assert "people" in caught.value.say("en")
    both = join(people, (rates, {"intensive": {"rate": "people"}}), needed=("rate",))
    assert column(both, 2009, "rate")["340100"] == pytest.approx(5)


@pytest.mark.parametrize("how", [{"intensive": ("rate",)}, {"rates": ("rate",)}])
def test_a_rate_without_a_weight_is_blank_where_it_has_several_parts(join, how):
    joined = join(TABLE, needed=("rate",), **how)
    found = pd.Series(column(joined, 2009, "rate"))
    assert found.isna().to_dict() == {
        "340100": True,
        "340200": True,
        "340500": True,
        "420600": False,
    }
    (note,) = [note for note in joined.notes if note.code == "indicators.crosswalk_rates"]
    assert "3 rows are made of several units" in note.say("en") and "(rate)" in note.say("en")


def test_what_the_table_states_goes_before_the_units_of_the_framework(join):
    assert column(join(TABLE, intensive=(), rates=("x",)), 2009)["340100"] == 120


def test_a_part_without_a_row_is_missed(join):
    gone = TABLE.replace("巢湖市,2009,40,8,20\n", "") + "巢湖市,2008,40,8,20\n"
    gone += "合肥市,2008,1,1,1\n芜湖市,2008,1,1,1\n马鞍山市,2008,1,1,1\n襄樊市,2008,1,1,1\n"
    assert column(join(gone, years=[2011]), 2011)["340100"] == 130
    assert len(said(join, gone, exclude=("芜湖市",))) == 2
    lines = said(join, gone)
    assert len(lines) == 3 and all("巢湖市 has no row then" in line for line in lines)
    assert "合肥市" in lines[0] and "2009" in lines[0]


def test_a_unit_of_the_past_after_its_end_asks_for_the_vintage(join):
    late = TABLE.replace("襄阳市,2011", "襄樊市,2011")
    (line,) = said(join, late)
    assert "row" in line and "襄樊市 is a unit of before 2010" in line and "vintage = 2009" in line
    assert "10" in line


def test_a_slip_in_the_name_of_a_unit_of_the_past_is_told_by_itself(join):
    (line,) = said(join, TABLE.replace("巢湖市", "巢胡市"))
    assert line.startswith("table0.csv, row 5: 巢胡市") and "巢湖市" in line


def test_a_vintage_is_of_the_table_whatever_its_years(join):
    old = TABLE.splitlines()[:6]
    text = "\n".join(line.replace("2009", "2012") for line in old)
    assert column(join(text, vintage=2009), 2012)["340100"] == 120
    bare = "\n".join(",".join(line.split(",")[:1] + line.split(",")[2:]) for line in old)
    assert column(join(bare, vintage=2009), 0)["340100"] == 120
    lines = said(join, bare)
    assert any("the table has no years" in line for line in lines)
    dated = "\n".join(TABLE.replace(",x,", ",y,").splitlines()[:6])
    spread = join(dated, (bare, {"vintage": 2009}), needed=("x", "y"), years=[2009])
    assert column(spread, 2009)["340100"] == column(spread, 2009, "y")["340100"] == 120


def test_an_old_and_a_new_name_in_years_that_do_not_fit_the_event_are_one_unit(join):
    early = TABLE.replace("襄樊市,2009", "襄阳市,2009")
    names = ("合肥市", "芜湖市", "马鞍山市", "襄樊市", "巢湖市")
    early += "".join(f"{name},2008,1,1,1\n" for name in names)
    joined = join(early)
    assert (column(joined, 2008)["420600"], column(joined, 2009)["420600"]) == (1, 7)


def test_an_excluded_region_takes_its_part_away(join):
    joined = join(TABLE, exclude=("马鞍山市",))
    assert column(joined, 2009) == pytest.approx({"340100": 120, "340200": 62, "420600": 7})
    assert "340500" not in set(joined.carried["adcode"])


def test_a_wide_table(join):
    wide = "city,2009,2011\n合肥市,100,130\n芜湖市,50,61\n马鞍山市,20,29\n巢湖市,40,\n"
    with pytest.raises(InputError):
        join(wide + "襄樊市,7,\n", layout="wide", indicator="x")
    only = "\n".join(",".join(line.split(",")[:2]) for line in (wide + "襄樊市,7,\n").split("\n"))
    joined = join(only, layout="wide", indicator="x")
    assert column(joined, 2009)["340100"] == 120


def test_events_that_no_table_meets_are_named(join):
    rows = TABLE.splitlines()
    (note,) = [
        note
        for note in join("\n".join([rows[0], *rows[6:]])).notes
        if note.code == "indicators.crosswalk_idle"
    ]
    assert "2 units of the past" in note.say("en") and "巢湖市" in note.say("zh")


def test_aliases_reach_units_of_the_past(join, write):
    text = TABLE.replace("襄樊市", "襄樊")
    assert column(join(text), 2009)["420600"] == 7
