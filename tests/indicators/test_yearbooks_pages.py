"""Pages as yearbooks print them, what is odd in them, and recipes that correct what was found."""

from __future__ import annotations

import geopandas as gpd
import openpyxl
import pandas as pd
import pytest
import shapely
from openpyxl.chart import BarChart, Reference
from pandas.testing import assert_frame_equal
from yearbooks_for_tests import Page, save

import geo_resilience as gr
from geo_resilience.cli._entry import answer
from geo_resilience.errors import InputError
from geo_resilience.indicators import Recipe, read_yearbook
from geo_resilience.tables._catalog_index import YEARBOOK_DECISIONS, YEARBOOK_UNITS


def page(rows, name="Sheet1", merges=()):
    made = Page(name)
    for at, row in enumerate(rows):
        made.put(at, 0, row)
    for area in merges:
        left, first, right, last = openpyxl.utils.range_boundaries(area)
        made.merge(first - 1, left - 1, last - 1, right - 1)
    return made


@pytest.fixture
def read(tmp_path):
    """Read pages from a workbook, and once more by the recipe that came of it."""

    def _read(*pages, name="年鉴.xlsx", again=True, **options):
        file = save(list(pages), tmp_path / name)
        found = read_yearbook(file, **options)
        if again:
            second = read_yearbook(file, found.recipe)
            assert_frame_equal(second.table, found.table)
            assert_frame_equal(second.units, found.units)
        return found

    return _read


def refused(tmp_path, *pages, recipe=None):
    file = save(list(pages), tmp_path / "年鉴.xlsx")
    with pytest.raises(InputError) as caught:
        read_yearbook(file, recipe)
    return str(caught.value)


def cells(found, column=None):
    table = found.table.set_index(["region", "year"])
    return table[column or table.columns[0]].to_dict()


def units(found):
    return dict(zip(found.units["column"], found.units["unit"], strict=True))


def told(found, cell, sheet=None):
    rows = found.decisions[found.decisions["cell"] == cell]
    if sheet is not None:
        rows = rows[rows["sheet"] == sheet]
    return " | ".join(rows["decision"] + ": " + rows["reason"])


GDP = page(
    [
        ["3-9  地区生产总值（2022年）"],
        ["Gross Regional Product (2022)"],
        ["单位：亿元", None, None, None, "(100 million yuan)"],
        ["地  区", "地区生产总值\nGross Regional\nProduct", None, None, "Region"],
        [None, None, "#第一产业\nPrimary Industry", "#工  业\nIndustry"],
        [],
        ["全  国", "1204724.0", "88207.0", 395043.7, "National Total"],
        [],
        ["北  京", "41 540.9", 111.5, "5,036.4", "Beijing"],
        ["天  津", 16132.2, 273.1, 5402.7, "Tianjin"],
        ["河  北", 41988.0, "４４１０．３", 14675.3, "Hebei"],
        [],
        ["内蒙古", 23388.9, 2653.7, "…", "Inner Mongolia"],
        ["辽  宁①", 28826.1, 2597.6, 10370.4, "Liaoning"],
        ["注：①  按当年价格计算。"],
        ["a) Data of the last row are preliminary."],
    ],
    merges=("A1:E1", "A2:E2", "A4:A5", "B4:B5", "E4:E5"),
)


def test_a_page_of_the_china_statistical_yearbook(read):
    found = read(GDP)
    assert list(found.table["region"]) == ["北京", "天津", "河北", "内蒙古", "辽宁"]
    assert set(found.table["year"]) == {2022}
    whole, first, industry = ("地区生产总值", "地区生产总值 / 第一产业", "地区生产总值 / 工业")
    assert list(found.table.columns[2:]) == [whole, first, industry]
    assert units(found) == dict.fromkeys((whole, first, industry), "亿元")
    assert cells(found, whole)["北京", 2022] == 41540.9
    assert cells(found, first)["河北", 2022] == 4410.3
    assert pd.isna(cells(found, industry)["内蒙古", 2022])
    assert "total" in told(found, "A7")
    assert "辽宁: 辽宁① without the mark" in told(found, "A14")
    assert told(found, "A3").startswith("unit of the table: 亿元")
    assert "names of the same regions" in told(found, "E4")
    assert "part of the figure before" in told(found, "C5")


def test_blocks_of_regions_with_zones_between(read):
    rows = [
        ["2020年各地区软件业务收入"],
        ["地区", "收入（亿元）", "增长（%）"],
        ["全国总计", 100, 1],
        ["华北", 30, 2],
        ["北京", 20, 3],
        ["天津", 10, 4],
        ["东北地区"],
        ["辽宁省", 5, 5],
        ["吉林省", 4, -6],
        ["东部地区合计", 9, 9],
    ]
    found = read(page(rows))
    assert cells(found) == {
        ("北京", 2020): 20,
        ("天津", 2020): 10,
        ("辽宁省", 2020): 5,
        ("吉林省", 2020): 4,
    }
    assert units(found) == {"收入": "亿元", "增长": "%"}
    for cell in ("A3", "A4", "A7", "A10"):
        assert "left out" in told(found, cell)


def test_regions_in_several_spellings_are_one(read):
    first = page([["地区", "甲"], ["北  京", 1], ["广西壮族自治区", 2]], "2019")
    second = page([["省份", "甲"], ["北京市", 3], ["广 西", 4]], "2020")
    found = read(first, second)
    assert cells(found) == {
        ("北京", 2019): 1,
        ("北京", 2020): 3,
        ("广西壮族自治区", 2019): 2,
        ("广西壮族自治区", 2020): 4,
    }
    assert "two spellings" in told(found, "A2", "2020")


def test_full_width_letters_and_digits_are_plain_ones(read):
    first = page([["地区", "ＧＤＰ", "Ｒ＆Ｄ"], ["北京", "１，２３４．５", 1]], "２０１９年")
    second = page([["地区", "GDP", "R&D"], ["北京", "2", 3]], "2020")
    found = read(first, second)
    assert list(found.table.columns[2:]) == ["ＧＤＰ", "Ｒ＆Ｄ"]
    assert cells(found) == {("北京", 2019): 1234.5, ("北京", 2020): 2}


def test_unknown_regions_are_the_first_column_of_texts(read):
    rows = [["地名", "收入", "备注"], ["甲镇", 1, "好"], ["乙镇", 2, "更好"]]
    found = read(page(rows, "2020"))
    assert cells(found) == {("甲镇", 2020): 1, ("乙镇", 2020): 2}
    assert "first column of texts" in told(found, "A1")
    assert "not understood" in told(found, "C1")
    assert "C1" in set(found.doubts["cell"])


def test_codes_and_numbers_of_rows_are_left_out(read):
    rows = [
        ["序号", "行政区划代码", "地区", "收入"],
        [1, 110000, "北京", 5],
        [2, 120000, "天津", 6],
    ]
    found = read(page(rows, "2020"))
    assert list(found.table.columns) == ["region", "year", "收入"]
    assert "numbers the rows" in told(found, "A1") and "codes" in told(found, "B1")


def test_codes_alone_name_the_regions(read):
    found = read(page([["代码", "收入"], ["110000", 5], ["120000", 6]], "2020"))
    assert cells(found) == {("110000", 2020): 5, ("120000", 2020): 6}


def test_names_of_figures_in_a_column_and_a_sheet_a_region(read):
    rows = [["指标", "单位", "2019年", "2020年"], ["收入", "亿元", 1, 2], ["人口", "万人", 3, 4]]
    other = [*rows[:1], ["收入", "亿元", 5, 6], ["人口", "万人", 7, 8]]
    found = read(page(rows, "北京"), page(other, "上海"))
    assert cells(found, "收入") == {
        ("北京", 2019): 1,
        ("北京", 2020): 2,
        ("上海", 2019): 5,
        ("上海", 2020): 6,
    }
    assert units(found) == {"收入": "亿元", "人口": "万人"}


def test_years_within_names_of_figures(read):
    rows = [["地区", "2019年收入", "2020年收入", "人口"], ["北京", 1, 2, 9], ["天津", 3, 4, 8]]
    found = read(page(rows, "数据2020"))
    assert cells(found, "收入") == {
        ("北京", 2019): 1,
        ("北京", 2020): 2,
        ("天津", 2019): 3,
        ("天津", 2020): 4,
    }
    assert cells(found, "人口")["北京", 2020] == 9


def test_a_continuation_without_headings(read):
    rows = [
        ["3-1 各地区收入（2020年）"],
        ["地区", "收入"],
        ["北京", 1],
        ["3-1 续表"],
        ["天津", 2],
    ]
    found = read(page(rows))
    assert cells(found) == {("北京", 2020): 1, ("天津", 2020): 2}
    assert "continues" in told(found, "A4")


def test_a_continuation_on_the_next_sheet(read):
    first = page(
        [["3-1 各地区指标（2020年）"], [None, "单位：亿元"], ["地区", "甲"], ["北京", 1]], "表1"
    )
    second = page([["续表"], ["地区", "乙"], ["北京", 2]], "表2")
    found = read(first, second)
    assert cells(found, "乙") == {("北京", 2020): 2}
    assert units(found) == {"甲": "亿元", "乙": "亿元"}
    assert "of the table before" in told(found, "A1", "表2")


def test_a_folder_of_workbooks_and_texts(tmp_path):
    folder = tmp_path / "年鉴"
    (folder / "2019").mkdir(parents=True)
    save([page([["地区", "收入"], ["北京", 1]])], folder / "2019" / "表.csv")
    save([page([["地区", "收入"], ["北京", 2]])], folder / "2020年.xls")
    save([page([["地区", "收入"], ["北京", 3]])], folder / "2021年.xlsx")
    (folder / "说明.docx").write_bytes(b"PK")
    (folder / "~$2021年.xlsx").write_bytes(b"lock")
    found = read_yearbook(folder)
    assert cells(found) == {("北京", 2019): 1, ("北京", 2020): 2, ("北京", 2021): 3}
    passed = found.decisions[found.decisions["sheet"] == ""]["file"]
    assert {"说明.docx", "~$2021年.xlsx", "2019/表.csv"} == set(passed)
    assert_frame_equal(read_yearbook(folder, found.recipe).table, found.table)


def test_sheets_that_hold_no_table_are_named(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "2020"
    for row in [["地区", "收入"], ["北京", 1], ["天津", 2]]:
        sheet.append(row)
    chart = BarChart()
    chart.add_data(Reference(sheet, min_col=2, min_row=1, max_row=3))
    book.create_chartsheet("图").add_chart(chart)
    book.create_sheet("空")
    listed = book.create_sheet("目录")
    listed.append(["3-1", "各地区收入"])
    listed.append(["3-2", "各地区人口"])
    hidden = book.create_sheet("旧")
    for row in [["地区", "收入"], ["北京", 9]]:
        hidden.append(row)
    hidden.sheet_state = "veryHidden"
    file = tmp_path / "t.xlsx"
    book.save(file)
    found = read_yearbook(file)
    assert cells(found) == {("北京", 2020): 1, ("天津", 2020): 2}
    reasons = dict(zip(found.decisions["sheet"], found.decisions["reason"], strict=False))
    assert "chart" in reasons["图"] and "empty" in reasons["空"]
    assert "no row has a name" in reasons["目录"] and "hidden" in reasons["旧"]
    assert_frame_equal(read_yearbook(file, found.recipe).table, found.table)
    shown = {"tables": [{"sheet": "旧", "skip": False, "year": 2019}]}
    assert cells(read_yearbook(file, shown))["北京", 2019] == 9


def test_headings_of_years_alone_leave_the_name_to_the_sheet(read):
    found = read(page([["地区", 2019, 2020], ["北京", 1, 2], ["天津", 3, 4]], "Revenue"))
    assert list(found.table.columns) == ["region", "year", "Revenue"]
    assert told(found, "B1") == "unit: -; year: 2019: its headings, which name no figure"
    assert "figure Revenue: the name of the sheet" in told(found, "A1")


def test_formulas_without_values_are_named(tmp_path):
    said = refused(tmp_path, page([["地区", "收入"], ["北京", "=1+1"], ["天津", 2]], "2020"))
    assert "B2" in said and "no computed value" in said


def test_what_is_not_understood_is_left_blank_and_named(read):
    rows = [["地区", "收入"], ["北京", "约5"], ["天津", "12①"], ["河北", "-"], ["山西", "1 234"]]
    found = read(page(rows, "2020"))
    held = cells(found)
    assert pd.isna(held["北京", 2020]) and pd.isna(held["河北", 2020])
    assert held["天津", 2020] == 12 and held["山西", 2020] == 1234
    assert "not understood, left blank: 约5" in told(found, "B2")
    assert "B2" in set(found.doubts["cell"]) and "B3" not in set(found.doubts["cell"])
    assert "footnote" in told(found, "B3")


def test_percent_signs(read, tmp_path):
    found = read(page([["地区", "比重（%）"], ["北京", "12.5%"], ["天津", "50%"]], "2020"))
    assert cells(found) == {("北京", 2020): 0.125, ("天津", 2020): 0.5}
    assert units(found) == {"比重": ""}
    said = refused(tmp_path, page([["地区", "比重"], ["北京", "12.5%"], ["天津", 50]], "2020"))
    assert "B2" in said and "B3" in said


def test_a_merged_figure_is_that_of_its_first_cell(read):
    rows = [["地区", "收入"], ["北京", 5], ["天津"], ["河北", 1]]
    found = read(page(rows, "2020", merges=("B2:B3",)))
    assert cells(found)["北京", 2020] == 5
    assert pd.isna(cells(found)["天津", 2020])
    assert "merged" in told(found, "B2")


def test_everything_unreadable_is_told_at_once(tmp_path):
    first = page([["北京", 1, 2], ["天津", 3, 4]], "甲")
    second = page([["收入", "人口"], [5, 2], [3, 4]], "Sheet2")
    said = refused(tmp_path, first, second)
    assert "[甲], A1: figures without headings" in said
    assert "[Sheet2], A2" in said and "which regions" in said


def test_two_figures_for_a_region_and_year(tmp_path):
    first = page([["地区", "收入"], ["北京", 1]], "2020")
    second = page([["2020年收入"], ["地区", "收入"], ["北京", 2]], "乙")
    said = refused(tmp_path, first, second)
    assert "“收入” of 北京 in 2020" in said and "[2020], B2" in said and "[乙], B3" in said
    undated = [
        page([["地区", "收入"], ["北京", value]], name) for value, name in ((1, "a"), (2, "b"))
    ]
    assert "year = 2015" in refused(tmp_path, *undated)
    units_differ = [
        page([["地区", f"收入（{unit}）"], ["北京", 1]], year)
        for unit, year in (("亿元", "2019"), ("万元", "2020"))
    ]
    said = refused(tmp_path, *units_differ)
    assert "万元" in said and "亿元" in said and "[2020]" in said


def test_a_recipe_corrects_what_was_found(tmp_path):
    rows = [
        ["地区", "收入", "人口"],
        ["", "亿元", "万人"],
        ["苏南", 9, 9],
        ["甲市", 1, 2],
        ["乙市", 3, 4],
    ]
    file = save([page(rows, "表")], tmp_path / "t.xlsx")
    found = read_yearbook(file)
    assert found.table["year"].isna().all() and "苏南" in set(found.table["region"])
    text = found.recipe.to_toml()
    text = text.replace('region = "A"', 'region = "A"\nyear = 2015\nleft_out = ["苏南"]')
    text = text.replace('figure = "收入"', 'figure = "数字收入"')
    recipe = tmp_path / "recipe.toml"
    recipe.write_text(text, encoding="utf-8")
    mended = read_yearbook(file, recipe)
    assert cells(mended, "数字收入") == {("甲市", 2015): 1, ("乙市", 2015): 3}
    brief = {"default": {"year": 2015, "left_out": ["苏南"]}}
    assert cells(read_yearbook(file, brief), "收入") == {("甲市", 2015): 1, ("乙市", 2015): 3}
    stated = {"tables": [{"headings": [1], "unit_row": 2, "rows": [4, 5], "year": 2015}]}
    third = read_yearbook(file, stated)
    assert cells(third, "收入") == {("甲市", 2015): 1, ("乙市", 2015): 3}
    assert units(third) == {"收入": "亿元", "人口": "万人"}


def test_a_recipe_reads_what_no_rule_would(tmp_path):
    rows = [["x", 1, 2], ["y", 3, 4], ["z", 5, 6]]
    file = save([page(rows)], tmp_path / "t.csv")
    with pytest.raises(InputError, match="headings"):
        read_yearbook(file)
    columns = [{"at": "B", "figure": "甲", "year": 2019}, {"at": "C", "figure": "甲", "year": 2020}]
    entry = {"headings": [], "rows": [1, 2], "region": "A", "columns": columns}
    found = read_yearbook(file, {"tables": [entry]})
    assert cells(found) == {("x", 2019): 1, ("x", 2020): 2, ("y", 2019): 3, ("y", 2020): 4}
    assert_frame_equal(read_yearbook(file, found.recipe).table, found.table)


@pytest.mark.parametrize(
    "recipe, parts",
    [
        ({"tabels": []}, ["tabels", "tables"]),
        ({"tables": [{"heading": [1]}]}, ["heading", "headings"]),
        ({"tables": [{"headings": "2"}]}, ["headings", "[2, 3]"]),
        ({"tables": [{"sheet": "202"}]}, ["202", "2020"]),
        ({"tables": [{"file": "x.xlsx"}]}, ["x.xlsx", "年鉴.xlsx"]),
        ({"tables": [{"headings": [99]}]}, ["A99", "B3"]),
        ({"tables": [{"columns": [{"at": "B"}, {"at": "B"}]}]}, ["columns"]),
        ({"default": {"year_from": "cell"}}, ["year_from", "sheet"]),
        ({"default": {"year_from": "title"}}, ["year_from", "title"]),
        ({"default": {"year": 0}}, ["year", "[default]"]),
        ({"tables": {"skip": 1}}, ["[[tables]]"]),
    ],
)
def test_a_wrong_recipe_is_told(tmp_path, recipe, parts):
    said = refused(
        tmp_path, page([["地区", "收入"], ["北京", 1], ["天津", 2]], "2020"), recipe=recipe
    )
    assert all(part in said for part in parts), said


def test_every_wrong_key_of_a_recipe_is_told_at_once(tmp_path):
    recipe = {"default": {"skip": 1}, "tables": [{"rows": [3, 1], "unit": 5}, {"region": "1"}]}
    said = refused(tmp_path, page([["地区", "收入"], ["北京", 1]]), recipe=recipe)
    assert len(said.split("\n")) == 4


def test_boundaries_of_ones_own_name_the_regions(read, tmp_path):
    import geopandas
    from shapely.geometry import box

    shapes = [box(i, 0, i + 1, 1) for i in range(3)]
    names = ["甲市", "苏南", "乙县"]
    frame = geopandas.GeoDataFrame(
        {"id": ["1", "2", "3"], "name": names}, geometry=shapes, crs=4326
    )
    frame.to_file(tmp_path / "b.geojson")
    regions = gr.regions.read_boundaries(tmp_path / "b.geojson", "id", name="name")
    rows = [["编", "名", "收入"], ["x", "甲", 1], ["y", "苏南", 2], ["z", "乙县", 3]]
    found = read(page(rows, "2020"), again=False, regions=regions)
    assert set(found.table["region"]) == {"甲", "苏南", "乙县"}
    assert "of 3 names" in told(found, "B1")


def test_tables_are_as_the_catalog_says_them(read):
    found = read(GDP)
    assert YEARBOOK_UNITS.check(found.units) == []
    assert YEARBOOK_DECISIONS.check(found.decisions) == []
    chinese = read(GDP, language="zh")
    assert len(chinese.decisions) == len(found.decisions)
    assert not chinese.decisions["reason"].str.contains("[A-Za-z]{5}").any()


def test_the_command_writes_four_files_or_none(tmp_path, capsys):
    file = save([GDP], tmp_path / "年鉴.xlsx")
    out = tmp_path / "out"
    assert answer(["import", str(file), "-o", str(out), "--language", "en"]) == 0
    assert {each.name for each in out.iterdir()} == {
        "table.csv",
        "units.csv",
        "recipe.toml",
        "decisions.csv",
    }
    table = gr.indicators.read_table(out / "table.csv")
    assert list(table.columns[:2]) == ["region", "year"] and len(table) == 5
    assert list(pd.read_csv(out / "units.csv")) == ["column", "unit"]
    assert list(pd.read_csv(out / "decisions.csv")) == YEARBOOK_DECISIONS.names
    said = capsys.readouterr().out
    assert "5 rows, 3 figures, years 2022" in said and "E4" in said
    before = (out / "table.csv").read_bytes()
    recipe = out / "recipe.toml"
    recipe.write_text(recipe.read_text("utf-8").replace("2022", "2021"), encoding="utf-8")
    kept = recipe.read_bytes()
    again = ["import", str(file), "-o", str(out), "--language", "zh", "--recipe", str(recipe)]
    assert answer(again) == 0
    assert recipe.read_bytes() == kept
    assert (out / "table.csv").read_bytes().startswith(b"\xef\xbb\xbfregion,year")
    assert before.replace(b",2022,", b",2021,") in (out / "table.csv").read_bytes()


def test_what_the_command_would_destroy_is_refused(tmp_path, capsys):
    file = save([GDP], tmp_path / "年鉴.xlsx")
    out = tmp_path / "out"
    out.mkdir()
    (out / "table.csv").write_text("mine,too\n", encoding="utf-8")
    assert answer(["import", str(file), "-o", str(out)]) == 2
    assert "table.csv" in capsys.readouterr().err
    assert [each.name for each in out.iterdir()] == ["table.csv"]
    assert answer(["import", str(tmp_path), "-o", str(tmp_path / "within")]) == 2
    assert not (tmp_path / "within").exists()
    broken = save([page([["北京", 1], ["天津", 2]])], tmp_path / "broken.xlsx")
    assert answer(["import", str(broken), "-o", str(tmp_path / "none")]) == 2
    assert not (tmp_path / "none").exists()
    assert answer(["import", str(tmp_path / "gone.xlsx"), "-o", str(tmp_path / "none")]) == 2


def test_a_recipe_says_every_text_exactly(tmp_path):
    odd = 'a"b\\c\x7f / 甲\tb'
    file = save([page([["地区", "甲"], ["北京", 1], ["天津", 2]], "2020")], tmp_path / "t.xlsx")
    columns = [{"at": "B", "figure": odd, "unit": "“元”"}]
    entry = {"headings": [1], "rows": [2, 3], "region": "A", "columns": columns}
    first = read_yearbook(file, {"tables": [entry]})
    assert Recipe.of(first.recipe).entries[0]["columns"][0].figure == odd
    assert_frame_equal(read_yearbook(file, first.recipe).table, first.table)


CITIES = ["长沙", "株洲", "湘潭", "张家界", "襄阳"]


@pytest.fixture
def cities(tmp_path):
    """A book of two years in which two names are none of the boundaries', and these."""
    places = [shapely.box(i, 0, i + 1, 1) for i in range(5)]
    frame = gpd.GeoDataFrame({"id": list("abcde"), "name": CITIES}, geometry=places, crs=4490)
    frame.to_file(tmp_path / "b.gpkg")
    names = ["长沙", "株洲市", "湘　潭", "张家届", "襄樊①"]
    sheets = [
        page([["地区", "产值"], *([name, year + i] for i, name in enumerate(names))], str(year))
        for year in (2009, 2010)
    ]
    return save(sheets, tmp_path / "年鉴.xlsx")


def test_a_name_that_is_no_region_among_known_ones_is_told_and_put_right(cities, tmp_path, capsys):
    regions = gr.regions.read_boundaries(tmp_path / "b.gpkg", "id", name="name")
    found = gr.indicators.read_yearbook(cities, regions=regions)
    said = found.doubts.set_index("cell")["decision"]
    assert set(said.index) == {"A5", "A6"} and len(said) == 2  # each once, though on both sheets
    assert "张家届" in said["A5"] and "张家界" in said["A5"] and "襄阳" in said["A6"]
    names = {"张家届": "张家界", "襄樊": "襄阳"}
    right = gr.indicators.read_yearbook(cities, {"default": {"names": names}}, regions=regions)
    assert right.doubts.empty
    assert set(right.table["region"]) == {"长沙", "株洲市", "湘潭", "张家界", "襄阳"}
    assert right.table["产值"].sum() == found.table["产值"].sum()
    again = gr.indicators.read_yearbook(cities, right.recipe, regions=regions)
    pd.testing.assert_frame_equal(again.table, right.table)
    with pytest.raises(InputError, match="labels and the regions"):
        gr.indicators.read_yearbook(cities, {"default": {"names": ["张家届"]}}, regions=regions)


def test_the_command_knows_boundaries_and_tells_each_doubt_once(cities, tmp_path, capsys):
    given = ["--boundaries", str(tmp_path / "b.gpkg"), "--boundaries-key", "id"]
    given += ["--boundaries-name", "name", "--boundaries-crs", "EPSG:4490", "--language", "en"]
    assert answer(["import", str(cities), "-o", str(tmp_path / "out"), *given]) == 0
    assert capsys.readouterr().out.count("张家届") == 1
    # names that are none of the provinces': the same doubt on both sheets
    assert answer(["import", str(cities), "-o", str(tmp_path / "bare"), "--language", "en"]) == 0
    assert "[2009] A1, and 1 other place: column of regions" in capsys.readouterr().out
