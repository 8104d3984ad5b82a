"""A workbook as yearbooks print it stands in a study file as it is, or errors say the remedy."""

from __future__ import annotations

import openpyxl
import pandas as pd
import pytest
from yearbooks_for_tests import Style, laid_out, long_table, replaced, save

from geo_resilience.errors import InputError
from geo_resilience.indicators._joining import join_tables
from geo_resilience.indicators._sources import TableSource
from geo_resilience.regions import read_boundaries
from geo_resilience.study._inputs import read_inputs
from geo_resilience.study._plan_reading import plan_from_mapping

REGIONS = read_boundaries()
NAMES = list(pd.Series([REGIONS.name(key)["zh"] for key in REGIONS.keys]))
COLUMNS = ["数字产业 / 软件业务收入", "数字产业 / 电信业务总量", "人口"]
TABLE = long_table(NAMES, [2015, 2016], COLUMNS, [[i, i + 0.5, 2 * i] for i in range(62)])
UNITS = dict(zip(COLUMNS, ["亿元", "亿元", "万人"], strict=True))
STYLE = Style(title=True, units="row", totals=True, zones=True, remark=True, spaced=True)


@pytest.fixture(params=[".xlsx", ".xls"])
def workbook(tmp_path, request):
    return save(laid_out("sheet_a_year", TABLE, UNITS, STYLE), tmp_path / f"年鉴{request.param}")


def joined(*sources, needed=COLUMNS, **options):
    return join_tables(list(sources), REGIONS, needed_columns=set(needed), **options)


def refused(*sources, **options):
    with pytest.raises(InputError) as caught:
        joined(*sources, **options)
    return caught.value


def source(file, **options):
    given = {"region": "地区", "headings": (2, 3), "unit_row": 4, "year_from": "sheet", **options}
    return TableSource(file, **given)


def as_read(frame):
    """Give a joined frame in the order of the truth."""
    keys = dict(zip(NAMES, REGIONS.keys, strict=True))
    wanted = [(keys[region], year) for region, year in TABLE.index]
    return frame.loc[wanted, COLUMNS].to_numpy().tolist()


def test_a_sheet_a_year_is_read_by_four_keys(workbook):
    found = joined(source(workbook))
    assert as_read(found.frame) == TABLE.to_numpy().tolist()
    assert found.years == [2015, 2016]
    assert found.units == UNITS
    left_out = {name for part in found.report.over.itertuples() for name in [part.found]}
    assert {"全  国", "华北地区", "东北", "西部地区"} == left_out


def test_two_sheets_by_their_years(workbook):
    parts = [
        source(workbook, sheet="2015年", year_from=None, year=2015),
        source(workbook, sheet="2016年", year_from="sheet"),
    ]
    assert as_read(joined(*parts).frame) == TABLE.to_numpy().tolist()


def test_the_year_of_a_title_and_of_a_file(tmp_path):
    pages = laid_out("title_a_year", TABLE, UNITS, STYLE)
    file = save(pages, tmp_path / "年鉴.xlsx")
    parts = [
        source(file, sheet=page.name, year_from="title", headings=(3, 4), unit_row=5)
        for page in pages
    ]
    assert as_read(joined(*parts).frame) == TABLE.to_numpy().tolist()
    pages = laid_out("sheet_a_year", TABLE, UNITS, STYLE)
    files = [save([page], tmp_path / f"年鉴{page.name}.csv") for page in pages]
    parts = [source(each, year_from="file") for each in files]
    assert as_read(joined(*parts).frame) == TABLE.to_numpy().tolist()


def test_units_in_headings_and_in_a_line_above(tmp_path):
    style = replaced(STYLE, units="heading")
    file = save(laid_out("sheet_a_year", TABLE, UNITS, style), tmp_path / "t.xlsx")
    found = joined(source(file, unit_row=None))
    assert found.units == UNITS
    one = dict.fromkeys(UNITS, "亿元")
    file = save(
        laid_out("sheet_a_year", TABLE, one, replaced(STYLE, units="line")), tmp_path / "l.xlsx"
    )
    assert joined(source(file, headings=(3, 4), unit_row=None)).units == one


def test_a_merged_heading_names_the_key_and_the_command(workbook):
    error = refused(TableSource(workbook, region="地区", sheet="2015年", year=2015))
    assert "headings = [2, 3]" in str(error)
    assert "geo-resilience import" in str(error)
    assert "引号" not in error.say("zh") and "import" in error.say("zh")


def test_a_heading_of_two_rows_is_one_problem(tmp_path):
    pages = laid_out("sheet_a_year", TABLE, UNITS, replaced(STYLE, merged=False))
    file = save(pages, tmp_path / "t.xlsx")
    rows = openpyxl.load_workbook(file)
    page = rows["2015年"]
    page.cell(2, 4).value = None  # the last heading stands in the second row alone
    page.cell(3, 4).value = "人口"
    rows.save(file)
    error = refused(TableSource(file, region="地  区", sheet="2015年", year=2015))
    told = [each for each in error.problems if each.key == "indicators.sheet_ragged"]
    assert len(told) == 1
    assert "headings = [2, 3]" in str(error) and "quotation" not in str(error)


@pytest.mark.parametrize("blank", [False, True])
def test_a_row_of_units_names_its_key(tmp_path, blank):
    pages = laid_out("sheet_a_year", TABLE, UNITS, STYLE)
    for page in pages:
        if blank:
            del page.cells[3, 0]
    file = save(pages, tmp_path / "t.xlsx")
    error = refused(source(file, unit_row=None))
    told = [each for each in error.problems if each.key == "indicators.unit_row"]
    assert len(told) == 2, str(error)
    assert "unit_row = 4" in str(error)


def test_sheets_without_years_name_their_key(workbook):
    parts = [
        source(workbook, sheet=f"{year}年", year_from=None, year=None) for year in (2015, 2016)
    ]
    said = str(refused(*parts))
    assert "year = 2015" in said and "year_from" in said


def test_what_cannot_be_is_told(workbook, tmp_path):
    assert "holds no single year" in str(
        refused(source(workbook, sheet="2015年", year_from="file"))
    )
    assert "Keep one" in str(refused(source(workbook, year=2015)))
    assert "ends at row" in str(refused(source(workbook, headings=(900,))))
    file = tmp_path / "t.csv"
    file.write_text("地区,x\n北京,1\n", encoding="utf-8")
    assert "no workbook" in str(refused(source(file, headings=(), unit_row=None)))
    pages = laid_out("title_a_year", TABLE, UNITS, STYLE)
    file = save(pages, tmp_path / "u.xlsx")
    assert "no sheet is named after" in str(refused(source(file, headings=(3, 4), unit_row=5)))


def test_a_sheet_of_no_year_is_noted(tmp_path):
    pages = laid_out("sheet_a_year", TABLE, UNITS, STYLE)
    pages[1].hidden = True
    other = laid_out("sheet_a_year", TABLE, UNITS, STYLE)[0]
    other.name = "说明"
    file = save([*pages, other], tmp_path / "t.xlsx")
    found = joined(source(file))
    assert found.years == [2015]
    (note,) = [each for each in found.notes if each.code == "indicators.sheets_left"]
    assert "说明" in str(note) and "2016年" in str(note)


FRAMEWORK = """
[[dimensions]]
code = "A"
name = "All"
[[indicators]]
code = "A1"
name = "Software"
unit = "10,000 yuan"
unit_zh = "万元"
direction = "+"
dimension = "A"
weight = 0.5
column = "数字产业 / 软件业务收入"
[[indicators]]
code = "A2"
name = "Population"
unit = "10,000 persons"
unit_zh = "万人"
direction = "+"
dimension = "A"
weight = 0.5
column = "人口"
"""


def test_a_study_notes_units_that_differ(workbook, tmp_path):
    (tmp_path / "framework.toml").write_text(FRAMEWORK, encoding="utf-8")
    table = {"file": str(workbook), "region": "地区", "headings": [2, 3], "unit_row": 4}
    study = {
        "tables": [{**table, "year_from": "sheet"}],
        "framework": {"file": str(tmp_path / "framework.toml")},
    }
    found = read_inputs(plan_from_mapping(study), lambda stage: None)
    (note,) = [n for n in found.joined.notes if n.code == "indicators.units_differ"]
    assert "A1" in str(note) and "亿元" in str(note) and "10,000 yuan" in str(note)
    assert "A2" not in str(note)
    assert note.level == 1
    assert "而非万元" in note.say("zh")


@pytest.mark.parametrize("key, value", [("headings", [3, 2]), ("headings", [0]), ("unit_row", 0)])
def test_wrong_rows_are_told(key, value):
    study = {
        "table": {"file": "t.csv", "region": "r", key: value},
        "framework": {"file": "high_tech"},
    }
    with pytest.raises(InputError, match=key):
        plan_from_mapping(study)


def test_a_name_that_fits_no_region_is_told_once_for_all_sheets(workbook):
    known = read_boundaries()
    frame = known.frame[known.frame.index != "110000"]
    fewer = type(known)(frame, "some.gpkg")
    with pytest.raises(InputError) as caught:
        join_tables([source(workbook)], fewer, needed_columns=set(COLUMNS))
    (problem,) = caught.value.problems
    assert "[2015年], row 7, and in 1 other table:" in problem.say("en")
    assert "行（另有1张表同此）：" in problem.say("zh")


def test_sheets_of_years_say_how_all_of_them_are_read(workbook, tmp_path):
    assert 'year_from = "sheet"' in str(refused(source(workbook, year_from=None, year=2015)))
    pages = laid_out("sheet_a_year", TABLE, UNITS, STYLE)
    for place, each in enumerate(pages):
        each.name = f"表{'甲乙'[place]}"
    file = save(pages, tmp_path / "undated.xlsx")
    said = str(refused(source(file, year_from=None, year=2015)))
    assert "several sheets" in said and "year_from" not in said


def test_what_is_said_of_several_sheets_is_one_note(workbook):
    said = [str(note) for note in joined(source(workbook)).notes]
    totals = [each for each in said if "全" in each and "国" in each and "left out" in each]
    assert len(totals) == 1 and "[2015年, 2016年]" in totals[0]
