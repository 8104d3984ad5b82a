"""Tables as they come: text, workbooks, Parquet, and everything that may be wrong with them."""

from __future__ import annotations

import datetime
import io
import re
import zipfile

import numpy as np
import openpyxl
import pandas as pd
import pytest
import xlwt

from geo_resilience.errors import InputError
from geo_resilience.indicators import read_table
from geo_resilience.tables._reading import read_raw

PLAIN = "地区,年份,产值\n北京,2018,1.5\n上海,2018,2\n"
EXPECTED = [["北京", 2018, 1.5], ["上海", 2018, 2.0]]


@pytest.fixture
def write(tmp_path):
    def _write(content: str | bytes, name: str = "table.csv", encoding: str = "utf-8"):
        file = tmp_path / name
        file.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return file

    return _write


@pytest.fixture
def workbook(tmp_path):
    def _workbook(rows, *, sheets=(), name="table.xlsx", change=None):
        book = openpyxl.Workbook()
        page = book.active
        for row in rows:
            page.append(row)
        for title in sheets:
            book.create_sheet(title).append(["a", "b"])
        if change:
            change(page)
        book.save(tmp_path / name)
        return tmp_path / name

    return _workbook


def refused(file, message, **options):
    with pytest.raises(InputError) as caught:
        read_table(file, **options)
    said = caught.value.say("en")
    assert message in said, said
    assert caught.value.say("zh") != said
    return said


# ---- text


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "gbk"])
def test_encodings_are_found(write, encoding):
    table = read_table(write(PLAIN, encoding=encoding))
    assert table.to_numpy().tolist() == EXPECTED


def test_gb18030_is_noted(write):
    notes = read_raw(write(PLAIN, encoding="gb18030")).notes
    assert [note.code for note in notes] == ["indicators.read_as_gb18030"]
    assert read_raw(write(PLAIN)).notes == ()


@pytest.mark.parametrize("mark", [",", "\t", ";", "，", "|"])
def test_delimiters_are_found(write, mark):
    table = read_table(write(PLAIN.replace(",", mark)))
    assert table.to_numpy().tolist() == EXPECTED


def test_the_delimiter_is_the_one_that_makes_even_rows(write):
    text = "name;remark;value\nA;one, two, three;1,234.5\nB;four, five, six;2\n"
    assert read_table(write(text))["value"].tolist() == [1234.5, 2]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends(write, end):
    assert read_table(write(PLAIN.replace("\n", end))).to_numpy().tolist() == EXPECTED


def test_named_encoding_and_delimiter(write):
    file = write("région;x\nFranche-Comté;1\n", encoding="cp1252")
    table = read_table(file, encoding="cp1252", delimiter=";")
    assert table.to_numpy().tolist() == [["Franche-Comté", 1]]
    tabbed = write("a\tb\n1\t2\n", name="tabbed.txt")
    assert list(read_table(tabbed, delimiter="tab")) == ["a", "b"]
    refused(file, "there is no encoding “klingon”", encoding="klingon")
    refused(file, "';;' is no delimiter", encoding="cp1252", delimiter=";;")
    refused(file, "the text is not utf-8", encoding="utf-8")


@pytest.mark.parametrize("name", ["São Paulo", "Curaçao", "Île-de-France", "Besançon", "Göteborg"])
def test_western_european_text_is_not_taken_for_chinese(write, name):
    file = write(f"region,x\n{name},1\nNancy,2\n", encoding="cp1252")
    with pytest.raises(InputError, match=r"cp1252|not UTF-8"):
        read_table(file)


def test_traditional_chinese_in_a_named_encoding(write):
    file = write("地區,產值\n臺北市,1\n高雄市,2\n", encoding="big5")
    assert list(read_table(file, encoding="big5")) == ["地區", "產值"]


def test_decimal_commas_are_named(write):
    said = refused(write("n;x\na;1,5\nb;2,25\n"), "row 2, column “x”: “1,5” looks like a decimal")
    assert len(said.split("\n")) == 2
    assert read_table(write("n;x\na;1,5\nb;2,25\n"), text=["x"])["x"].tolist() == ["1,5", "2,25"]


def test_marks_of_old_programs(write):
    assert read_table(write("\ufeff\ufeffa,b\n1,2\n\x1a"))["b"].tolist() == [2]
    assert read_table(write("sep=;\na;b\n1;2\n"))["b"].tolist() == [2]


def test_chinese_beside_latin_letters_is_chinese(write):
    text = "地区,GDP总量,R&D经费\n北京A区,1,2\n上海b区,3,4\n"
    table = read_table(write(text, encoding="gb18030"))
    assert list(table) == ["地区", "GDP总量", "R&D经费"]


def test_numbers_of_a_messy_table(write):
    text = (
        "地区,甲,乙,丙,丁\n"
        '北京,"1,234.5",１２３,12.5%,2018\n'
        "上海,—,1 234,50%,2019\n"
        "西藏,..,缺失,-,2020\n"
    )
    table = read_table(write(text, encoding="gb18030"))
    assert table["甲"].tolist()[0] == 1234.5
    assert table["甲"].isna().tolist() == [False, True, True]
    assert table["乙"].tolist()[:2] == [123, 1234]
    assert table["丙"].tolist()[:2] == [0.125, 0.5]
    assert table["丁"].dtype == "int64"


def test_codes_with_leading_zeros_stay_text(write):
    table = read_table(write("code,x\n07,1\n75,2\n"))
    assert table["code"].tolist() == ["07", "75"]
    assert table["x"].tolist() == [1, 2]


def test_a_column_can_be_left_as_text(write):
    file = write("code,x\n1,1\n2,2\n2A,3\n")
    refused(file, "row 4, column “code”: “2A” is not a number")
    assert read_table(file, text=["code"])["code"].tolist() == ["1", "2", "2A"]


def test_chosen_marks_replace_the_usual_ones(write):
    file = write("a,b\n1,x\n2,3\n4,5\n")
    assert read_table(file, missing=["x"])["b"].isna().tolist() == [True, False, False]
    refused(file, "row 2, column “b”: “x” is not a number")


def test_quoted_delimiters_and_line_ends(write):
    table = read_table(write('name,x\n"a, b",1\n"two\nlines","2,000"\n'))
    assert table["name"].tolist() == ["a, b", "two\nlines"]
    assert table["x"].tolist() == [1, 2000]


def test_rows_are_numbered_as_a_spreadsheet_shows_them(write):
    text = 'name,x\n\n"two\nlines",1\nb,2\nc,1.2.3\n'
    said = refused(write(text), "row 5, column “x”: “1.2.3” is not a number")
    assert "table.csv" in said


def test_every_bad_cell_is_named(write):
    text = "name,x,y\n" + "".join(f"r{i},{i}万,1\n" if i < 3 else f"r{i},{i},1\n" for i in range(9))
    with pytest.raises(InputError) as caught:
        read_table(write(text.replace("r8,8,1", "r8,8,1.5.2")))
    assert len(caught.value.problems) == 4


def test_a_column_of_bad_cells_is_cut_short(write):
    good = "".join(f"r{i},{i}\n" for i in range(60))
    bad = "".join(f"s{i},{i}万\n" for i in range(50))
    with pytest.raises(InputError, match="30 more cells cannot be read") as caught:
        read_table(write("name,x\n" + good + bad))
    assert len(caught.value.problems) == 21


def test_percent_signs_are_all_or_none(write):
    said = refused(write("n,x\na,5%\nb,7\n"), "row 2 has “5%” and row 3")
    assert "“7”" in said
    assert read_table(write("n,x\na,5%\nb,0\n"))["x"].tolist() == [0.05, 0]


def test_titles_and_remarks_are_left_out_with_a_note(write):
    text = (
        "数据库：分省年度数据\n指标：地区生产总值(亿元)\n\n"
        "地区,2022年,2021年\n北京市,1,2\n天津市,3,4\n"
        "注：数据来自年鉴\n数据来源：国家统计局\n"
    )
    table = read_raw(write(text, encoding="gb18030"))
    assert list(table.frame) == ["地区", "2022年", "2021年"]
    assert list(table.frame.index) == [5, 6]
    codes = [note.code for note in table.notes]
    assert "indicators.titles_left_out" in codes
    assert "indicators.remarks_left_out" in codes
    assert "国家统计局" in table.notes[-1].say("zh")


def test_ragged_rows(write):
    said = refused(
        write("a,b,c\n1,2,3\n1,2\n1,2,3,4\n"), "row 3: 2 cells, but there are 3 headings"
    )
    assert "row 4: 4 cells" in said
    assert read_table(write("a,b\n1,2,,\n3,4\n")).shape == (2, 2)  # blank cells beyond are none


def test_unquoted_thousands_make_a_ragged_row(write):
    refused(write("n,x\na,1,234\nb,2\nc,3\n"), "row 2: 3 cells, but there are 2 headings")


def test_trailing_delimiters_make_no_column(write):
    assert list(read_table(write("a,b,\n1,2,\n3,4,\n"))) == ["a", "b"]


def test_unnamed_columns_are_left_out_with_a_note(write):
    table = read_raw(write(",a,b\n0,1,2\n1,3,4\n"))
    assert list(table.frame) == ["a", "b"]
    assert [note.code for note in table.notes] == ["indicators.unnamed_columns"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "holds nothing"),
        (b"\xef\xbb\xbf", "holds nothing"),
        (b"\n\n  \n", "holds nothing"),
        (b",,\n,,\n", "holds nothing"),
        (b"a,b\n", "headings but no rows"),
        (b"a,b\n,\n", "headings but no rows"),
        (b"a,b,a\n1,2,3\n", "the heading “a” stands over columns 1, 3"),
        (b"a,b\n1,\x002\n", "row 2: the text holds zero bytes"),
        ("a,b\n1,2\n".encode("utf-16-le"), "zero bytes"),
        (b"a,b\n1,2\n\xff\xff,\x80\n", "row 3: the text is not UTF-8, GB18030"),
        (b'a,b\n"1,2\n3,4\n', "from row 2: the quotation marks do not pair"),
        (b'a,b\n"1"x,2\n', "from row 2: the quotation marks do not pair"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "cannot be opened as a workbook"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "holds a web page"),
        (b"%PDF-1.4", "is no table"),
        (b"\x1f\x8b\x08\x00", "is no table"),
        (b"PK\x03\x04nonsense", "cannot be opened as a workbook"),
        (b"PAR1nonsense", "cannot be opened as Parquet"),
    ],
)
def test_files_that_are_no_table(write, content, message):
    refused(write(content), message)


def test_missing_files_and_folders(write, tmp_path):
    write(PLAIN, name="economy.csv")
    refused(tmp_path / "econmy.csv", "there is no such file. In its folder: economy.csv")
    refused(tmp_path, "is a folder")
    refused(tmp_path / "nowhere" / "x.csv", "there is no folder")


# ---- workbooks


def test_workbook(workbook):
    file = workbook([["地区", "年份", "产值"], ["北京", 2018, 1.5], ["上海", 2018, 2]])
    assert read_table(file).to_numpy().tolist() == EXPECTED


def test_what_a_file_holds_counts_not_its_name(workbook, write):
    file = workbook([["a", "b"], [1, 2]], name="table.csv")
    assert read_table(file)["b"].tolist() == [2]
    assert read_table(write("a\tb\n1\t2\n", name="table.xls"))["b"].tolist() == [2]


def test_several_sheets_and_none_named(workbook):
    file = workbook([["a", "b"], [1, 2]], sheets=["数据", "说明"])
    refused(file, "has several sheets: Sheet, 数据, 说明. Name one")
    refused(file, "has no sheet “Shet”. Nearest: Sheet", sheet="Shet")
    assert read_table(file, sheet="Sheet")["b"].tolist() == [2]


def test_empty_sheets_do_not_count(workbook):
    def add_empty(page):
        page.parent.create_sheet("Sheet2")
        page.parent.create_sheet("Sheet3")

    assert read_table(workbook([["a", "b"], [1, 2]], change=add_empty))["a"].tolist() == [1]
    refused(workbook([], name="empty.xlsx"), "holds nothing")


def test_a_sheet_of_remarks_is_passed_over_with_a_note(workbook):
    def add_remark(page):
        page.parent.create_sheet("说明").append(["单位：万元"])

    table = read_raw(workbook([["a", "b"], [1, 2]], change=add_remark))
    (note,) = table.notes
    assert note.code == "indicators.sheet_chosen"
    assert "说明" in note.say("en") and "Sheet" in note.say("zh")


def test_rows_of_a_sheet_keep_their_numbers(workbook):
    file = workbook([["A title"], [], ["n", "x"], ["a", 1], [], ["b", "1.2.3"], ["c", 3]])
    refused(file, "row 6, column “x”: “1.2.3” is not a number")


def test_percent_format_is_a_sign(workbook):
    def as_percent(page):
        page["B2"].number_format = "0.0%"
        page["B3"].number_format = "0%"

    file = workbook([["n", "x"], ["a", 0.125], ["b", 0.07]], change=as_percent)
    assert read_table(file)["x"].tolist() == [0.125, 0.07]

    def one_percent(page):
        page["B2"].number_format = "0.0%"

    refused(workbook([["n", "x"], ["a", 0.125], ["b", 7]], change=one_percent), "“12.5%”")


def test_dates_and_faults_of_formulas(workbook):
    rows = [["n", "x"], ["a", 1], ["b", 2], ["c", datetime.date(2018, 1, 2)], ["d", "#DIV/0!"]]
    said = refused(workbook(rows), "row 4, column “x”: “2018-01-02” is a date")
    assert "row 5, column “x”: “#DIV/0!” is the error of a formula" in said


def test_formulas_without_a_value(workbook):
    file = workbook([["n", "x"], ["a", 1], ["b", "=B2*2"]])
    refused(file, "the formulas in B3 have no computed value")


def test_formulas_with_a_value(workbook, tmp_path):
    source = workbook([["n", "x"], ["a", 1], ["b", "=B2*2"]])
    file = tmp_path / "computed.xlsx"
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(file, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "xl/worksheets/sheet1.xml":
                content, count = re.subn(rb"</f><v ?/?>(</v>)?", b"</f><v>2</v>", content)
                assert count == 1
            new.writestr(name, content)
    assert read_table(file)["x"].tolist() == [1, 2]


def test_merged_headings_are_refused(workbook):
    rows = [["n", "x", None], [None, "2018", "2019"], ["a", 1, 2]]
    file = workbook(rows, change=lambda page: page.merge_cells("B1:C1"))
    refused(file, "the cells B1:C1 are merged")


def test_merged_titles_and_remarks_are_not(workbook):
    def merge(page):
        page.merge_cells("A1:B1")
        page.merge_cells("A5:B5")

    rows = [["Title", None], ["n", "x"], ["a", 1], ["b", 2], ["Source: yearbook", None]]
    assert read_table(workbook(rows, change=merge))["x"].tolist() == [1, 2]


def test_cells_merged_downwards_are_filled_with_a_note(workbook):
    rows = [["n", "year", "x"], ["a", 2018, 1], [None, 2019, 2], ["b", 2018, 3], [None, 2019, 4]]

    def merge(page):
        page.merge_cells("A2:A3")
        page.merge_cells("A4:A5")

    table = read_raw(workbook(rows, change=merge))
    assert table.frame["n"].tolist() == ["a", "a", "b", "b"]
    assert [note.code for note in table.notes] == ["indicators.merged_down"]


def test_merged_figures_are_refused(workbook):
    rows = [["n", "2018", "2019"], ["a", 1, None], ["b", 2, 3]]
    file = workbook(rows, change=lambda page: page.merge_cells("B2:C2"))
    refused(file, "the cells B2:C2 are merged")


def test_damaged_workbooks(write, workbook):
    content = workbook([["a", "b"], [1, 2]]).read_bytes()
    refused(write(content[: len(content) // 2], name="half.xlsx"), "cannot be opened as a workbook")
    box = io.BytesIO()
    with zipfile.ZipFile(box, "w") as archive:
        archive.writestr("readme.txt", "no workbook")
    refused(write(box.getvalue(), name="zip.xlsx"), "cannot be opened as a workbook")


def test_a_formula_may_give_an_empty_text(workbook, tmp_path):
    source = workbook([["n", "x"], ["a", 1], ["b", '=IF(B2>0,"",1)']])
    file = tmp_path / "computed.xlsx"
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(file, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "xl/worksheets/sheet1.xml":
                content, count = re.subn(rb'<c r="B3"', b'<c r="B3" t="str"', content)
                assert count == 1
            new.writestr(name, content)
    assert read_table(file)["x"].isna().tolist() == [False, True]


# ---- Parquet


def test_parquet(tmp_path):
    frame = pd.DataFrame({"n": ["a", None], "year": [2018, 2019], "x": [0.1, np.nan]})
    frame.to_parquet(tmp_path / "t.parquet")
    table = read_table(tmp_path / "t.parquet")
    assert table["n"].tolist()[0] == "a"
    assert table["x"].tolist()[0] == 0.1
    assert table["year"].dtype == "int64"
    assert table.isna().sum().to_dict() == {"n": 1, "year": 0, "x": 1}


def test_parquet_keeps_its_index(tmp_path):
    frame = pd.DataFrame({"x": [1.0]}, index=pd.Index(["07"], name="code"))
    frame.to_parquet(tmp_path / "t.parquet")
    assert read_table(tmp_path / "t.parquet")["code"].tolist() == ["07"]
    frame.iloc[:0].to_parquet(tmp_path / "e.parquet")
    refused(tmp_path / "e.parquet", "headings but no rows")


def test_values_survive_text_exactly(write):
    values = np.random.default_rng(5).normal(size=200) * 10.0 ** np.arange(-100, 100)
    text = "x,y\n" + "".join(f"{value!r},1\n" for value in values.tolist())
    np.testing.assert_array_equal(read_table(write(text))["x"].to_numpy(), values)


@pytest.fixture
def old_workbook(tmp_path):
    """Make an old workbook of sheets: rows by name, then what else is done to each."""

    def _old_workbook(sheets, *, merges=(), percent=(), hidden=()):
        book = xlwt.Workbook()
        for name, rows in sheets.items():
            sheet = book.add_sheet(name)
            sheet.visibility = int(name in hidden)
            for i, row in enumerate(rows):
                for j, value in enumerate(row):
                    form = "0.0%" if (i, j) in percent else "General"
                    if value is not None and not any(m[0] == i and m[2] == j for m in merges):
                        sheet.write(i, j, value, xlwt.easyxf(num_format_str=form))
            for first, last, left, right in merges if rows else ():
                sheet.write_merge(first, last, left, right, rows[first][left])
        book.save(str(tmp_path / "old.xls"))
        return tmp_path / "old.xls"

    return _old_workbook


def test_an_old_workbook_is_read_as_a_new_one(old_workbook):
    rows = [["地区", "年", "x", "y"], ["北京", 2020, 1234.5, 0.125], [None, 2021, "１２", 0.5]]
    file = old_workbook({"a": rows, "b": []}, merges=[(1, 2, 0, 0)], percent={(1, 3), (2, 3)})
    table = read_raw(file)
    assert table.frame["地区"].tolist() == ["北京", "北京"]
    assert table.frame["y"].tolist() == ["12.5%", "50%"]
    assert [note.code for note in table.notes] == ["indicators.merged_down"]
    assert read_table(file)["x"].tolist() == [1234.5, 12]
    assert read_table(file)["年"].tolist() == [2020, 2021]


def test_sheets_of_an_old_workbook_are_named(old_workbook):
    rows = [["a", "b"], [1, 2]]
    file = old_workbook({"一": rows, "二": rows})
    refused(file, "has several sheets: 一, 二")
    assert read_table(file, sheet="二")["b"].tolist() == [2]
    with pytest.raises(InputError, match="一"):
        read_table(file, sheet="三")
    alone = old_workbook({"一": rows, "注": [["remark"]]})
    assert [note.code for note in read_raw(alone).notes] == ["indicators.sheet_chosen"]


def test_old_workbooks_that_cannot_be_opened(write, old_workbook):
    content = old_workbook({"a": [["a", "b"], [1, 2]]}).read_bytes()
    refused(write(content[:1500], name="half.xls"), "cannot be opened as a workbook")
    locked = b"\xd0\xcf\x11\xe0" + b"\x00" * 600 + "EncryptedPackage".encode("utf-16-le")
    refused(write(locked, name="locked.xlsx"), "with a password")
