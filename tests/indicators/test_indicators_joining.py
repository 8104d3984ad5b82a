"""Tables joined by region and year: what matches, what is left out, what is refused."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pytest
from shapely import box

from geo_resilience.errors import InputError, Problems
from geo_resilience.indicators import read_framework, read_table
from geo_resilience.indicators._joining import join_tables
from geo_resilience.indicators._sources import TableSource
from geo_resilience.indicators._templates import write_template
from geo_resilience.indicators._trace import NO_YEAR
from geo_resilience.regions import Regions, read_boundaries


def regions_of(**names: str) -> Regions:
    """Make boundaries of the user's own: a box a region."""
    frame = gpd.GeoDataFrame(
        {"name": list(names.values()), "name_zh": list(names.values())},
        index=pd.Index([key.lstrip("_") for key in names], name="adcode", dtype="str"),
        geometry=[box(i, 0, i + 1, 1) for i in range(len(names))],
        crs="EPSG:4326",
    )
    return Regions(frame.sort_index(), "own.geojson")


OWN = regions_of(_01="Ain", _02="Aisne", _03="Allier")
CODES = ["01", "02", "03"]


@pytest.fixture
def write(tmp_path):
    def _write(text: str, name: str = "table.csv", encoding: str = "utf-8"):
        file = tmp_path / name
        file.write_bytes(text.encode(encoding))
        return file

    return _write


def join(*sources, regions=OWN, needed=("x",), **options):
    return join_tables(sources, regions, needed_columns=set(needed), **options)


def refused(*sources, **options) -> list[str]:
    with pytest.raises(InputError) as caught:
        join(*sources, **options)
    assert caught.value.say("zh")
    return caught.value.say("en").split("\n")


LONG = """code,year,x,note
01,2020,1,a
02,2020,2,b
03,2020,3,c
01,2021,4,d
02,2021,5,e
03,2021,,f
"""


def test_long(write):
    joined = join(TableSource(write(LONG), region="code", year="year"))
    assert joined.frame.index.names == ["adcode", "year"]
    assert joined.frame.index.tolist() == [(key, year) for key in CODES for year in (2020, 2021)]
    np.testing.assert_array_equal(joined.frame["x"], [1, 4, 2, 5, 3, np.nan])
    assert list(joined.frame) == ["x"]  # columns that nobody needs are left alone
    assert joined.years == [2020, 2021]
    assert joined.notes == ()
    assert joined.report.coverage.loc["x"].to_dict() == {2020: 3, 2021: 2}
    assert joined.report.matched["adcode"].tolist() == CODES


def test_titles_of_several_cells_above_the_headings(write):
    text = "Table 1,,,thousands\n" + LONG
    joined = join(TableSource(write(text), region="code", year="year"))
    assert joined.frame["x"].tolist()[:2] == [1, 4]
    assert [note.code for note in joined.notes] == ["indicators.titles_left_out"]
    assert "left out: Table 1 thousands." in joined.notes[0].say("en")


def test_wide(write):
    text = "指标,code,2020,2021年\nx,01,1,4\nx,02,2,5\nx,03,3,\n"
    source = TableSource(write(text), layout="wide", region="code", indicator="x")
    joined = join(source)
    np.testing.assert_array_equal(joined.frame["x"], [1, 4, 2, 5, 3, np.nan])


def test_wide_and_long_together(write):
    wide = write("name,2021,2020\nAllier,6,3\nAin,4,1\nAisne,5,2\n", name="wide.csv")
    long = write(LONG.replace("x", "y"))
    joined = join(
        TableSource(long, region="code", year="year"),
        TableSource(wide, layout="wide", region="name", indicator="x"),
        needed=["x", "y"],
    )
    assert joined.frame["x"].tolist() == [1, 4, 2, 5, 3, 6]
    assert joined.frame["y"].tolist()[:4] == [1, 4, 2, 5]


def test_order_of_rows_and_sources_does_not_matter(write):
    lines = LONG.splitlines()
    shuffled = write("\n".join([lines[0], *lines[:0:-1]]), name="shuffled.csv")
    other = write(LONG.replace(",x,", ",y,"), name="other.csv")
    first = [TableSource(f, region="code", year="year") for f in (shuffled, other)]
    joined = join(*first, needed=["x", "y"])
    pd.testing.assert_frame_equal(joined.frame, join(*first[::-1], needed=["x", "y"]).frame)
    np.testing.assert_array_equal(joined.frame["x"], joined.frame["y"])


def test_a_table_without_years_is_a_study(write):
    file = write("code,x\n01,1\n02,2\n03,3\n")
    joined = join(TableSource(file, region="code"))
    assert joined.years == [NO_YEAR]
    assert joined.frame.index.tolist() == [(key, NO_YEAR) for key in CODES]
    assert join(TableSource(file, region="code"), years=[2023]).years == [2023]
    said = refused(TableSource(file, region="code"), years=[2022, 2023])
    assert "have no column of years" in said[0]


def test_a_table_without_years_holds_for_every_year_among_others(write):
    area = write("code,area\n01,10\n02,20\n03,30\n", name="area.csv")
    joined = join(
        TableSource(write(LONG), region="code", year="year"),
        TableSource(area, region="code"),
        needed=["x", "area"],
    )
    assert joined.frame["area"].tolist() == [10, 10, 20, 20, 30, 30]
    assert [note.code for note in joined.notes] == ["indicators.table_undated"]


def test_one_year(write):
    joined = join(TableSource(write(LONG), region="code", year="year"), years=[2021])
    np.testing.assert_array_equal(joined.frame["x"], [4, 5, np.nan])
    assert joined.earlier["x"].tolist() == [1, 2, 3]  # for expressions that look back
    joined = join(TableSource(write(LONG), region="code", year="year"), years=[2020])
    assert joined.earlier.empty  # what came later cannot be looked back at


def test_the_year_is_found_when_it_is_called_so(write):
    joined = join(TableSource(write(LONG), region="code"))
    assert joined.years == [2020, 2021]
    assert [note.code for note in joined.notes] == ["indicators.year_column"]


@pytest.mark.parametrize("year", ["2020年", "2020.0", " 2020 ", "２０２０"])
def test_years_in_several_forms(write, year):
    joined = join(TableSource(write(LONG.replace("2020", year)), region="code", year="year"))
    assert joined.years == [2020, 2021]


def test_not_a_year(write):
    text = LONG.replace("01,2020", "01,20-20").replace("02,2021", "02,")
    said = refused(TableSource(write(text), region="code", year="year"))
    assert said == [
        "table.csv, rows 2, column “year”: “20-20” is not a year. Write it like 2018.",
        "table.csv, rows 6, column “year”: “” is not a year. Write it like 2018.",
    ]


def test_duplicates_name_both_rows(write):
    said = refused(TableSource(write(LONG + "Aisne,2021,9,z\n"), region="code", year="year"))
    assert said == [
        "table.csv: Aisne (02) in 2021 stands in rows 6, 8. Keep one, or put their cells into "
        "one row."
    ]
    said = refused(TableSource(write("code,x\n01,1\n02,2\n03,3\n01,4\n"), region="code"))
    assert "Ain (01) stands in rows 2, 5. Keep one, or name the column of years." in said[0]


def test_missing_region_and_years(write):
    lines = LONG.splitlines(keepends=True)
    said = refused(TableSource(write("".join(lines[:3] + lines[4:6])), region="code", year="year"))
    assert said == [
        "table.csv: Allier (03) has no row. Add it (empty cells are allowed) or name it under "
        "exclude."
    ]
    said = refused(TableSource(write("".join(lines[:-1])), region="code", year="year"))
    assert "Allier (03) has no row for 2021." in said[0]
    said = refused(TableSource(write(LONG), region="code", year="year"), years=[2021, 2022])
    assert said[0] == (
        "The study asks for the years 2022, which no table has. There are: 2020, 2021."
    )


def test_a_year_that_one_table_lacks_is_said_once(write):
    lines = LONG.replace(",x,", ",y,").splitlines(keepends=True)
    half = write("".join(lines[:4]), name="half.csv")
    said = refused(
        TableSource(write(LONG), region="code", year="year"),
        TableSource(half, region="code", year="year"),
        needed=["x", "y"],
    )
    assert said == [
        "half.csv: no region has a row for 2021. Add the rows, or give the study's years."
    ]


def test_excluded_regions_are_left_out_of_everything(write):
    lines = LONG.replace("03,2021,", "03,2021,oops").splitlines(keepends=True)
    source = TableSource(write("".join(lines)), region="code", year="year")
    joined = join(source, exclude=["Allier"])
    assert joined.excluded == ("03",)
    assert joined.frame.index.unique("adcode").tolist() == ["01", "02"]
    assert joined.report.over["reason"].tolist() == ["excluded", "excluded"]
    without = TableSource(write("".join(lines[:3] + lines[4:6])), region="code", year="year")
    assert join(without, exclude=["03"]).excluded == ("03",)


def test_other_names_to_exclude(write):
    source = TableSource(write(LONG + "Paris,2020,9,z\n"), region="code", year="year")
    assert "Paris: no region is known" in refused(source)[0]
    joined = join(source, exclude=["Paris"])
    assert joined.report.over[["row", "found"]].to_numpy().tolist() == [[8, "Paris"]]
    said = refused(source, exclude=["Paris", "Alier"])
    assert said == [
        "exclude names “Alier”, which is neither a region nor in a table. "
        "Did you mean Allier, Aisne?"
    ]


def test_blanks_within_names_to_exclude_do_not_matter(write):
    source = TableSource(write(LONG + "全  州,2020,9,z\n"), region="code", year="year")
    assert join(source, exclude=["全州"]).report.over["row"].tolist() == [8]


def test_totals_are_left_out_with_a_note(write):
    text = LONG + "Total,2020,6,\n全国,2021,oops,\n全  省,2021,,\n某省 合计,2021,7,\n"
    joined = join(TableSource(write(text), region="code", year="year"))
    assert joined.report.over["reason"].tolist() == ["total"] * 4
    assert [note.code for note in joined.notes] == ["indicators.totals_left_out"]
    assert "Total, 全国" in joined.notes[0].say("en")


def test_unknown_regions_offer_the_nearest(write):
    said = refused(TableSource(write(LONG.replace("\n02", "\nAisnes")), region="code", year="year"))
    assert len(said) == 1  # that Aisne is missing follows from it
    assert said[0].startswith("table.csv, row 3: Aisnes: no region is known by this name")
    assert "Aisne" in said[0].split("?")[0].split("Did you mean")[1]
    assert "[boundaries] aliases" in said[0] and said[0].endswith("name it under exclude.")


def test_lost_zeros_are_said_once(write):
    text = "".join(line.lstrip("0") for line in LONG.splitlines(keepends=True))
    said = refused(TableSource(write(text), region="code", year="year"))
    assert len(said) == 1
    assert "keys match only with zeros in front" in said[0]


def test_blank_regions(write):
    joined = join(TableSource(write(LONG + ",,,remark\n"), region="code", year="year"))
    assert len(joined.frame) == 6
    said = refused(TableSource(write(LONG + ",2020,7,\n"), region="code", year="year"))
    assert said[0].startswith("table.csv, row 8: the column “code” is empty, but there are figures")


def test_numbers_that_cannot_be_read(write):
    text = LONG.replace("01,2020,1,", "01,2020,12 万,").replace("03,2020,3,", "03,2020,1.2.3,")
    said = refused(TableSource(write(text), region="code", year="year"))
    mend = "Write the figure alone, units in the heading."
    assert said == [
        f"table.csv, row 2, column “x”: “12 万” is not a number. {mend}",
        f"table.csv, row 4, column “x”: “1.2.3” is not a number. {mend}",
    ]


def test_percent_signs_over_the_columns_of_a_wide_table(write):
    text = "code,2020,2021\n01,1%,4\n02,2%,5\n03,3%,6\n"
    said = refused(TableSource(write(text), layout="wide", region="code", indicator="x"))
    assert "row 2 has “1%” and row 2, column “2021”, has “4”" in said[0]
    text = "code,2020,2021\n01,1%,4%\n02,2%,5%\n03,3%,6%\n"
    joined = join(TableSource(write(text), layout="wide", region="code", indicator="x"))
    assert joined.frame["x"].tolist()[:2] == [0.01, 0.04]
    assert [note.code for note in joined.notes] == ["indicators.percent_read"]
    assert "2020" in joined.notes[0].say() and "2021" in joined.notes[0].say()


def test_a_study_has_its_own_marks_of_missing_values(write):
    text = LONG.replace("01,2020,1", "01,2020,x")
    source = TableSource(write(text), region="code", year="year")
    assert np.isnan(join(source, missing=["x"]).frame["x"].iloc[0])
    own = TableSource(write(text), region="code", year="year", missing=("x",))
    assert np.isnan(join(own, missing=["y"]).frame["x"].iloc[0])
    assert "“x” is not a number" in refused(source)[0]


def test_columns_and_layouts_that_do_not_fit(write):
    file = write(LONG)
    said = refused(TableSource(file, region="cod", year="yaer"))
    assert said == [
        "table.csv has no column “cod” (region). Nearest: code.",
        "table.csv has no column “yaer” (year). Nearest: year.",
    ]
    said = refused(TableSource(file, region="code", year="year"), needed=["x", "nota"])
    assert "No table (table.csv) has the column “nota”" in said[0]
    assert "Nearest: note" in said[0]
    said = refused(TableSource(file, layout="wide", region="code", indicator="x"))
    assert "none of its headings is a year: code, year, x, note" in said[0]
    wide = write("code,2020,2020年\n01,1,2\n", name="wide.csv")
    said = refused(TableSource(wide, layout="wide", region="code", indicator="x"))
    assert "the year 2020 stands over several columns: 2020, 2020年" in said[0]
    assert "say with indicator" in refused(TableSource(wide, layout="wide", region="code"))[0]


def test_full_width_headings_are_the_same_headings(write):
    text = LONG.replace(",x,", ",GDP（亿元）,")
    joined = join(TableSource(write(text), region="code", year="year"), needed=["GDP(亿元)"])
    assert joined.frame["GDP(亿元)"].tolist()[:2] == [1, 4]


def test_one_column_under_two_spellings(write):
    text = LONG.replace(",x,", ",GDP（亿元）,")
    needed = ["GDP(亿元)", "GDP（亿元）"]
    joined = join(TableSource(write(text), region="code", year="year"), needed=needed)
    assert set(joined.frame) == set(needed)
    wide = write("code,2020\n01,1\n02,2\n03,3\n", name="wide.csv")
    source = TableSource(wide, layout="wide", region="code", indicator="GDP（亿元）")
    assert set(join(source, needed=needed).frame) == set(needed)


def test_years_shared_out_over_tables(write):
    lines = LONG.splitlines(keepends=True)
    first = TableSource(write("".join(lines[:4]), name="a.csv"), region="code", year="year")
    second = TableSource(
        write("".join([lines[0], *lines[4:]]), name="b.csv"), region="code", year="year"
    )
    whole = join(TableSource(write(LONG), region="code", year="year"))
    pd.testing.assert_frame_equal(join(first, second).frame, whole.frame)


def test_two_figures_for_one_cell_must_agree(write):
    first = TableSource(write(LONG), region="code", year="year")
    same = TableSource(write(LONG, name="same.csv"), region="code", year="year")
    assert join(first, same).frame["x"].tolist()[:2] == [1, 4]
    other = TableSource(
        write(LONG.replace("02,2021,5", "02,2021,6"), name="other.csv"), region="code", year="year"
    )
    said = refused(first, other)
    assert said == [
        "“x” of Aisne (02) in 2021: table.csv, row 6, says 5, but other.csv, row 6, says 6. "
        "Keep one."
    ]


def test_problems_of_all_tables_are_gathered(write):
    first = TableSource(write(LONG.replace("01,2020,1", "01,2020,?")), region="code", year="year")
    second = TableSource("nowhere.csv", region="code", year="year")
    third = TableSource(write(LONG + "01,2020,5,\n", name="c.csv"), region="code", year="year")
    said = "\n".join(refused(first, second, third))
    assert "“?” is not a number" in said
    assert "nowhere.csv: there is no such file" in said
    assert "stands in rows 2, 8" in said


def test_problems_can_be_gathered_without_raising(write):
    problems = Problems()
    source = TableSource(write(LONG + "Paris,2020,9,z\n"), region="code", year="year")
    joined = join(source, problems=problems)
    assert len(problems) == 1
    assert joined.report.unmatched.to_numpy().tolist() == [["table.csv", 8, "Paris"]]
    assert len(joined.frame) == 6


def test_an_unused_table_is_noted(write):
    other = write("code,z\n01,1\n", name="other.csv")
    joined = join(
        TableSource(write(LONG), region="code", year="year"), TableSource(other, region="code")
    )
    assert "indicators.table_unused" in [note.code for note in joined.notes]


def test_chinese_names_from_a_messy_workbook(tmp_path):
    provinces = read_boundaries()
    book = openpyxl.Workbook()
    page = book.active
    page.append(["单位：亿元"])
    page.append(["地　区", "2022年", "2023年"])
    page.append(["全  国", 999, 999])
    for name in provinces.names("zh"):
        page.append([f" {name[0]}　{name[1:]} " if len(name) == 2 else name, "1,000.5", 2])
    page.append(["注：不含港澳台。"])
    book.save(tmp_path / "表.xlsx")
    source = TableSource(tmp_path / "表.xlsx", layout="wide", region="地 区", indicator="x")
    joined = join(source, regions=provinces)
    assert joined.frame.shape == (62, 1)
    assert joined.frame["x"].tolist()[:2] == [1000.5, 2]


def test_template_comes_back_empty(tmp_path):
    provinces = read_boundaries()
    framework = read_framework("high_tech")
    heads = write_template(tmp_path / "t.csv", framework, provinces, [2022, 2023])
    table = read_table(tmp_path / "t.csv")
    assert list(table) == heads
    assert len(table) == 62
    source = TableSource(tmp_path / "t.csv", region="adcode", year="year")
    joined = join_tables([source], provinces, needed_columns=framework.needed_columns)
    assert joined.frame.isna().all().all()
    assert set(joined.frame) == framework.needed_columns
    write_template(tmp_path / "u.csv", framework, provinces, [], language="zh")
    assert read_table(tmp_path / "u.csv")["region"].iloc[0] == "北京"
    assert "year" not in read_table(tmp_path / "u.csv")
