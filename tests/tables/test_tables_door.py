"""One door: whatever is read as a table, the same rules for headings, blanks, signs and sizes."""

from __future__ import annotations

import datetime
import io
import os
import re
import time
import zipfile
from decimal import Decimal

import openpyxl
import pandas as pd
import pytest
import xlsxwriter
import xlwt
from openpyxl.styles import Font

from geo_resilience import chain, evaluation, spatial
from geo_resilience.chain._records import read_records
from geo_resilience.chain.inputoutput._regional import read_sizes
from geo_resilience.cli import main
from geo_resilience.errors import InputError
from geo_resilience.indicators import read_framework, read_table, read_yearbook
from geo_resilience.regions import Regions, read_aliases, read_boundaries, read_groups
from geo_resilience.study._plan_reading import plan_from_mapping, read_plan
from geo_resilience.study._portfolio_plan import read_portfolio
from geo_resilience.tables._reading import read_raw
from geo_resilience.tables._sheets import read_sheet
from geo_resilience.tables._sheetxml import MOST_CELLS

REGIONS = read_boundaries()
KEYS = list("abc")


def aliases(file):
    return read_aliases(file, REGIONS)


def neighbors(file):
    return spatial.read_neighbors(file, KEYS)


def written(folder, content, name="t.csv"):
    file = folder / name
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return file


def refused(read, *given, **options):
    """Give what is said in English; it is said in Chinese too, and in other words."""
    with pytest.raises(InputError) as caught:
        read(*given, **options)
    said = caught.value.say("en")
    assert caught.value.say("zh") != said and "problem." not in caught.value.say("zh")
    return said


DOORS = {
    "table": (read_table, "region,x\n北京,1\n"),
    "records": (read_records, "code,名称\na,北京\n"),
    "concordance": (chain.read_concordance, "from,to\na,北京\n"),
    "sizes": (read_sizes, "adcode,地区,01\n110000,北京,5\n"),
    "input-output": (
        chain.read_io,
        "代码,甲,乙,TFU,GO\n甲,150,500,350,1000\n乙,200,100,1700,2000\nVA,650,1400,,\n",
    ),
    "aliases": (aliases, "name,key\n京,北京\n"),
    "judgements": (evaluation.read_judgements, "代码,甲,乙\n甲,1,3\n乙,1/3,1\n"),
    "neighbors": (neighbors, "地区,邻居,权重\na,b,2\nb,a,1\n"),
}


def same(one, other):
    if isinstance(one, pd.DataFrame):
        pd.testing.assert_frame_equal(one, other)
    elif isinstance(one, spatial.Neighbors):
        pd.testing.assert_series_equal(one.graph.adjacency, other.graph.adjacency)
    elif isinstance(one, chain.IOTable):
        pd.testing.assert_frame_equal(one.transactions, other.transactions)
    else:
        assert one == other


FRAMEWORK = """title = "韧性"
[[dimensions]]
code = "D"
name = "实力"
[[indicators]]
code = "A"
name = "收入"
direction = "+"
dimension = "D"
column = "收入"
"""
STUDY = 'title = "x"\n[table]\nfile = "t.csv"\nregion = "region"\n[framework]\nfile = "high_tech"\n'

#: Doors of texts that are no tables: reader, text, and name of the file.
TEXT_DOORS = {
    "study": (lambda file: read_plan(file).echo(), STUDY.replace('"x"', '"韧性"'), "s.toml"),
    "framework": (read_framework, FRAMEWORK, "f.toml"),
    "groups": (
        read_groups,
        '[[groups]]\nid = "a"\nname = "East"\nname_zh = "东部"\nkind = "belt"\n'
        'members = ["北京"]\nsource = "x"\n',
        "g.toml",
    ),
    "records in TOML": (read_records, '[[rows]]\ncode = "a"\nname = "断供"\n', "r.toml"),
    "portfolio": (
        lambda file: read_portfolio(file).changes,
        'base = "s.toml"\n[[studies]]\nname = "研究一"\ntitle = "一"\n',
        "p.toml",
    ),
    "GAL": (neighbors, "0 3 未知 adcode\na 1\nb\nb 1\na\n", "w.gal"),
    "GWT": (neighbors, "0 3 未知 adcode\na b 1\nb a 2\n", "w.gwt"),
}
ENCODINGS = ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030"]


def encoded(text, encoding):
    """Give a text under an encoding; UTF-16 with its mark."""
    mark = "\ufeff" if encoding.startswith("utf-16-") else ""
    return (mark + text).encode(encoding)


@pytest.mark.parametrize("door", [*DOORS, *TEXT_DOORS])
@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["LF", "CRLF"])
def test_every_door_reads_every_encoding(tmp_path, door, encoding, end):
    read, text, name = TEXT_DOORS.get(door) or (*DOORS[door], "t.csv")
    written(tmp_path, STUDY, "s.toml")
    written(tmp_path, "region,x\n", "t.csv")
    plain = read(written(tmp_path, text, name))
    same(read(written(tmp_path, encoded(text.replace("\n", end), encoding), name)), plain)


@pytest.mark.parametrize("door", [*DOORS, *TEXT_DOORS])
def test_every_door_refuses_what_is_text_in_no_encoding_with_its_row(tmp_path, door):
    read, text, name = TEXT_DOORS.get(door) or (*DOORS[door], "t.csv")
    written(tmp_path, STUDY, "s.toml")
    wrong = text.encode() + b"\n\xff\xff\n"
    said = refused(read, written(tmp_path, wrong, name))
    assert f"{name}, row {wrong.count(10)}: the text is not UTF-8, GB18030" in said
    french = "Besançon, São Paulo, Curaçao\n".encode("latin-1")
    assert "read as GB18030 it says" in refused(read, written(tmp_path, french, name))


@pytest.mark.parametrize("door", DOORS)
def test_every_door_finds_the_delimiter_and_passes_over_empty_columns(tmp_path, door):
    read, text = DOORS[door]
    plain = read(written(tmp_path, text))
    lines = text.replace(",", ";").splitlines()
    same(read(written(tmp_path, "".join(f"{line};;\r\n" for line in lines))), plain)


@pytest.mark.parametrize("door", DOORS)
def test_every_door_takes_out_signs_that_nobody_sees(tmp_path, door):
    read, text = DOORS[door]
    plain = read(written(tmp_path, text))
    same(
        read(written(tmp_path, text.replace("a", "\u202ea\u200b").replace("北", "\u2067北"))), plain
    )


@pytest.mark.parametrize("door", DOORS)
def test_every_door_says_what_is_not_there_and_what_is_no_table(tmp_path, door):
    read, _ = DOORS[door]
    written(tmp_path, "x", "near.csv")
    assert "In its folder: near.csv" in refused(read, tmp_path / "nea.csv")
    folder = tmp_path / "folder.csv"
    folder.mkdir()
    assert "is a folder" in refused(read, folder)
    assert "longer than a file's can be" in refused(read, tmp_path / ("长" * 100 + ".csv"))
    assert "holds nothing" in refused(read, written(tmp_path, ""))
    assert "web page" in refused(read, written(tmp_path, "<html><table></table></html>"))
    assert "zero bytes" in refused(read, written(tmp_path, "a,b\n1,\0\n"))


@pytest.mark.parametrize("door", DOORS)
def test_a_cell_without_end_is_refused_in_words(tmp_path, door):
    read, text = DOORS[door]
    said = refused(read, written(tmp_path, text + '"' + "x" * 140_000))
    assert "holds more than 131072 letters" in said and "never closed" in said


def test_left_out_signs_are_noted(tmp_path):
    (note,) = read_raw(written(tmp_path, "region,x\nAin\u202e,1\n")).notes
    assert "1 sign that nobody sees" in note.say("en") and "不可见" in note.say("zh")


# ---- numbers


@pytest.mark.parametrize("text", ["1_0", "0x10", "½", "1,23,456", "nan", "1e999", "9" * 5000])
def test_what_is_no_number_is_none_at_every_door(tmp_path, text):
    cell = f'"{text}"'
    assert "weight" in refused(neighbors, written(tmp_path, f"r,n,w\na,b,{cell}\n"))
    square = f"c,a,b\na,1,{cell}\nb,,1\n"
    assert "column b" in refused(evaluation.read_judgements, written(tmp_path, square))
    flows = f"c,a,b,TFU,GO\na,{cell},500,350,1000\nb,200,100,1700,2000\nVA,650,1400,,\n"
    assert "row 2, column 2" in refused(chain.read_io, written(tmp_path, flows))
    if text != "nan":
        sizes = f"adcode,01,02\n110000,{cell},1\n120000,3,4\n"
        assert "row 2, column “01”" in refused(read_sizes, written(tmp_path, sizes))
        risks = f"code,impact\na,{cell}\nb,1\nc,2\n"
        assert "row 2, column “impact”" in refused(read_records, written(tmp_path, risks))


def test_a_dash_is_none_in_flows_and_missing_elsewhere(tmp_path):
    flows = "c,a,b,TFU,GO\na,150,500,350,1000\nb,300,—,1700,2000\nVA,550,1500,,\n"
    assert chain.read_io(written(tmp_path, flows)).transactions.loc["b", "b"] == 0
    sizes = "adcode,01,02\n110000,-,1\n"
    assert read_sizes(written(tmp_path, sizes)).loc["110000", "01"] == 0
    assert "n.a." in refused(read_sizes, written(tmp_path, "adcode,01\n1,n.a.\n2,5\n"))
    records = read_records(written(tmp_path, "code,x\na,-\nb,1\nc,2\n"))
    assert records["x"].isna().tolist() == [True, False, False]


@pytest.mark.parametrize(("cell", "value"), [("1：3", 1 / 3), ("1 / 3", 1 / 3), ("１／３", 1 / 3)])
def test_ratios_of_judgements(tmp_path, cell, value):
    file = written(tmp_path, f"c,a,b\na,1,{cell}\nb,,1\n")
    assert evaluation.read_judgements(file).loc["a", "b"] == value


@pytest.mark.parametrize("cell", ["1/0", "9" * 400 + "/2", "1/2/3", "/3", "-1/-3", "²/3"])
def test_ratios_that_are_none(tmp_path, cell):
    file = written(tmp_path, f"c,a,b\na,1,{cell}\nb,,1\n")
    assert "column b" in refused(evaluation.read_judgements, file)


# ---- headings


@pytest.mark.parametrize("heading", ["impact", "code"])
@pytest.mark.parametrize("door", [read_table, read_records, chain.read_concordance])
def test_a_heading_twice_is_refused_by_name(tmp_path, door, heading):
    file = written(tmp_path, f"{heading},from,to,{heading}\na,1,2,3\nb,1,2,3\n")
    assert f"the heading “{heading}” stands over columns 1, 4" in refused(door, file)


@pytest.mark.parametrize("option", ["risks", "targets", "priorities", "maturity"])
def test_a_planners_table_with_a_heading_twice_is_no_fault_of_ours(tmp_path, capsys, option):
    file = written(tmp_path, "code,probability,impact,probability\na,0.1,0.2,0.3\n")
    assert main(["chain", f"--{option}", str(file), "--language", "en"]) == 2
    assert "the heading “probability” stands over columns 2, 4" in capsys.readouterr().err


PLANNERS = {
    "risks": ("code,probability,impact\n# own\na,0.1,0.2\nflood,1.5,0.2\n", "row 4: probability"),
    "targets": ("code,current,target,direction\na,1,2,+\nb,1,2,up\n", "row 3: The direction of b"),
    "priorities": ("code,need\na,0.5\nb,1.5\n", "row 3: need of b is 1.5"),
    "maturity": ("code,low,high\na,50,50\nb,50,20\n", "row 3: The shares of b sum to 70"),
}


@pytest.mark.parametrize("option", PLANNERS)
def test_what_is_wrong_in_a_planners_table_has_file_and_row(tmp_path, capsys, option):
    text, said = PLANNERS[option]
    file = written(tmp_path, text, f"{option}.csv")
    for language, between in (("en", f"{option}.csv, {said}"), ("zh", f"{option}.csv第")):
        assert main(["chain", f"--{option}", str(file), "--language", language]) == 2
        assert between in capsys.readouterr().err


def test_a_planners_table_without_codes_is_named(tmp_path, capsys):
    file = written(tmp_path, "risk,probability,impact\na,0.1,0.2\n", "risks.csv")
    assert main(["chain", "--risks", str(file), "--language", "en"]) == 2
    assert "risks.csv has no column code" in capsys.readouterr().err


def test_trailing_empty_columns_make_none(tmp_path):
    text = "code,initial,time,,\nagriculture,0.5,6,,\nothers,,12,,\n"
    found = read_records(written(tmp_path, text))
    assert list(found) == ["initial", "time"] and found.loc["others", "time"] == 12


def test_a_half_numeric_column_is_text_and_a_mostly_numeric_one_is_not(tmp_path):
    found = read_records(written(tmp_path, "code,name\na,Fire\nb,2\n"))
    assert found["name"].tolist() == ["Fire", "2"]
    text = "code,criterion\na,0.5\nb,0.8\nc,high\n"
    assert "row 4, column “criterion”: “high”" in refused(read_records, written(tmp_path, text))


def test_a_code_twice_is_told_with_its_rows(tmp_path):
    text = "# risks of 2020\ncode,x\na,1\nb,2\na,3\n"
    said = refused(read_records, written(tmp_path, text))
    assert said.startswith("t.csv: the code a stands twice (rows 3, 5)")


# ---- links without a heading


@pytest.mark.parametrize("third", ["", ",1"])
def test_a_neighbor_file_without_a_heading_keeps_its_first_link(tmp_path, third):
    found = neighbors(written(tmp_path, f"a,b{third}\nb,a{third}\n")).graph.adjacency
    assert sorted(found[found > 0].index) == [("a", "b"), ("b", "a")]
    headed = neighbors(written(tmp_path, f"r,n{third and ',w'}\na,b{third}\nb,a{third}\n"))
    pd.testing.assert_series_equal(headed.graph.adjacency, found)


def test_one_known_key_in_the_first_row_is_enough_to_tell_a_link(tmp_path):
    said = refused(neighbors, written(tmp_path, "a,x,1\nb,a,1\n"))
    assert "t.csv, row 1: x is not the key of a region" in said


@pytest.mark.parametrize(
    ("name", "text"), [("w.gal", "a 1\nb\nb 1\na\n"), ("w.gwt", "a b 1\nb a 1\n")]
)
def test_gal_and_gwt_without_a_heading_keep_their_first_line(tmp_path, name, text):
    found = neighbors(written(tmp_path, text, name)).graph.adjacency
    assert sorted(found[found > 0].index) == [("a", "b"), ("b", "a")]


@pytest.mark.parametrize("count", ["²", "1" * 5000, "1.5", "-1", "１"])
def test_a_count_of_neighbors_that_is_none(tmp_path, count):
    said = refused(neighbors, written(tmp_path, f"3\na {count}\nb\n", "w.gal"))
    assert "w.gal, row 2" in said


def test_weights_too_large_to_sum_are_told(tmp_path):
    text = "r,n,w\na,b,1e308\na,c,1e308\nb,a,1\n"
    said = refused(neighbors, written(tmp_path, text))
    assert "the weights of a sum to more than 1e+150" in said and "b" not in said.split()


def test_an_alias_file_without_a_heading_keeps_its_first_alias(tmp_path):
    file = written(tmp_path, "金陵,320000\n鹏城,广东\n")
    assert aliases(file) == {"金陵": "320000", "鹏城": "广东"}
    assert read_aliases(file) == {"鹏城": "广东"}
    assert aliases(written(tmp_path, "name,key\n金陵,320000\n")) == {"金陵": "320000"}


# ---- workbooks


def book(folder, change, rows=(("n", "x"), ("a", 1), ("b", 2))):
    made = openpyxl.Workbook()
    for row in rows:
        made.active.append(row)
    change(made.active)
    made.save(folder / "t.xlsx")
    return folder / "t.xlsx"


@pytest.mark.parametrize("place", ["A1048576", "H1048576", "XFD50", "XFD1048576"])
def test_a_mere_format_far_away_costs_nothing(tmp_path, place):
    def bold(page):
        page[place].font = Font(bold=True)

    file = book(tmp_path, bold)
    begun = time.process_time()
    assert read_table(file)["x"].tolist() == [1, 2]
    assert time.process_time() - begun < 2


@pytest.mark.parametrize(("place", "shape"), [("H1048576", "8 columns"), ("XFD900", "900 rows")])
def test_a_value_far_away_is_named(tmp_path, place, shape):
    def stray(page):
        page[place] = "?"

    said = refused(read_table, book(tmp_path, stray))
    assert f"cell {place} stretches the table" in said and shape in said


def test_cells_merged_without_end_are_named_before_they_fill_the_memory(tmp_path):
    source = book(tmp_path, lambda page: page.merge_cells("D1:E2"))
    file = tmp_path / "merged.xlsx"
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(file, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b"D1:E2", b"D1:XFD1048576"))
    assert "D1:XFD1048576 are merged" in refused(read_table, file)


def test_a_sheet_that_swells_is_refused_by_its_size(tmp_path):
    source = book(tmp_path, lambda page: None)
    file = tmp_path / "swelling.xlsx"
    with (
        zipfile.ZipFile(source) as old,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            if name != "xl/worksheets/sheet1.xml":
                new.writestr(name, old.read(name))
        with new.open("xl/worksheets/sheet1.xml", "w") as part:
            for _ in range(510):
                part.write(b" " * 1_000_000)
    assert "510 MB large when unpacked; at most 500 MB" in refused(read_table, file)


def rewritten(folder, change, part="xl/worksheets/sheet1.xml", name="changed.xlsx"):
    """Write a small workbook with one part changed: bytes to bytes, or to pieces of bytes."""
    source = book(folder, lambda page: None)
    file = folder / name
    with (
        zipfile.ZipFile(source) as old,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for each in old.namelist():
            content = old.read(each)
            if each != part:
                new.writestr(each, content)
                continue
            changed = change(content)
            with new.open(each, "w") as stream:
                for piece in [changed] if isinstance(changed, bytes) else changed:
                    stream.write(piece)
    return file


def cells(xml):
    """Give a change of a sheet that puts other rows into it."""
    return lambda page: re.sub(
        rb"<sheetData>.*</sheetData>", b"<sheetData>" + xml + b"</sheetData>", page, flags=re.DOTALL
    )


HOSTILE = {
    "formulas without end": cells(b'<row r="1">' + b'<c r="A1"><f>' * 100_000),
    "cells in cells": cells(b"<row>" + b"<c>" * 400_000),
    "a mark without end": cells(b"<row><c " + b"a" * 6_000_000),
    "a document type": lambda page: b'<!DOCTYPE a [<!ENTITY b "c">]>' + page,
    "names without end": cells(b"".join(b"<a%d/>" % i for i in range(30_000))),
    "a row of 5,000 digits": cells(b'<row r="' + b"9" * 5000 + b'"/>'),
    "a row beyond the last": cells(b'<row><c r="A1048577"><v>1</v></c></row>'),
    "a column beyond the last": cells(b'<row><c r="XFE1"><v>1</v></c></row>'),
    "a column before the first": cells(b'<row><c r="A0"><v>1</v></c></row>'),
    "a place that is none": cells(b'<row><c r="b3"><v>1</v></c></row>'),
    "a text that is not there": cells(b'<row><c r="A1" t="s"><v>999</v></c></row>'),
    "a text before the first": cells(b'<row><c r="A1" t="s"><v>-1</v></c></row>'),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_sheets_are_refused_at_once(tmp_path, kind):
    file = rewritten(tmp_path, HOSTILE[kind])
    begun = time.process_time()
    assert "cannot be opened as a workbook" in refused(read_table, file)
    assert time.process_time() - begun < 2


def test_a_cell_without_end_in_width_is_refused_while_it_is_read(tmp_path):
    rows = b"".join(b'<row><c r="XFD%d"><v>1</v></c></row>' % row for row in range(1, 2000))
    said = refused(read_table, rewritten(tmp_path, cells(rows)))
    assert f"at most {MOST_CELLS} are read" in said


def shared(folder, **options):
    """Write a workbook whose cells share their texts, and give it with its sheet to fill."""
    made = xlsxwriter.Workbook(folder / "shared.xlsx", options)
    return made, made.add_worksheet()


def test_one_long_text_in_many_cells_is_refused_before_it_fills_the_memory(tmp_path):
    made, page = shared(tmp_path)
    for row in range(20_000):
        page.write_row(row, 0, ["x" * 32_000, row])
    made.close()
    begun = time.process_time()
    assert "are read. Save it as CSV" in refused(read_table, tmp_path / "shared.xlsx")
    assert time.process_time() - begun < 5


DAY = datetime.datetime(2018, 1, 2, 6, 30)
VALUES = [
    *(0, -1, 7.0, 0.1, 1e-300, 1.5e300, 2**53 - 1, 2**53, 1 / 3, 12345678.9),
    *(True, False, "a", "北京", " b ", "<&>", 'c"d', "1,234", "007", "x" * 999),
]


@pytest.mark.parametrize("old", [False, True], ids=["from 1900", "from 1904"])
def test_cells_say_what_openpyxl_reads(tmp_path, old):
    made, page = shared(tmp_path, date_1904=old)
    page.write_row(0, 0, ["value", "kind"])
    for row, value in enumerate(VALUES, start=1):
        page.write(row, 0, value)
        page.write(row, 1, row)
    last = len(VALUES) + 1
    for code in ("yyyy-mm-dd hh:mm:ss", "[h]:mm:ss", "hh:mm", "yyyy年m月d日", "0.00%", '0"%"'):
        page.write_row(last, 0, [DAY, 0.125], made.add_format({"num_format": code}))
        last += 1
    page.write_rich_string(last, 0, "a", made.add_format({"bold": True}), "b", "c")
    page.write_formula(last + 1, 0, "=1+1", None, 2)
    made.close()
    rows, _, _ = read_sheet((tmp_path / "shared.xlsx").read_bytes(), "shared.xlsx")
    truth = openpyxl.load_workbook(tmp_path / "shared.xlsx", data_only=True).active
    assert len(rows) == truth.max_row == len(VALUES) + 9
    for texts, each in zip(rows, truth.iter_rows(), strict=True):
        for text, cell in zip(texts, each, strict=True):
            assert text == said(cell), cell.coordinate


def said(cell):
    """Give the text that a cell of openpyxl's stands for."""
    value, percent = cell.value, "%" in cell.number_format.replace('"%"', "")
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int | float):
        shown = (
            repr(float(value)) if value != int(value) or abs(value) >= 2**53 else str(int(value))
        )
        return f"{(Decimal(shown) * 100).normalize():f}%" if percent else shown
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        return str(value.date())
    return "" if value is None else str(value)


def test_merges_without_end_are_refused_at_once(tmp_path):
    merged = b"".join(b'<mergeCell ref="A1:A%d"/>' % (row % 900 + 2) for row in range(60_000))
    rows = b"".join(b"<row><c><v>%d</v></c><c><v>1</v></c></row>" % row for row in range(900))

    def change(page):
        return cells(rows)(page).replace(
            b"</sheetData>", b"</sheetData><mergeCells>" + merged + b"</mergeCells>"
        )

    begun = time.process_time()
    assert "are merged, more than" in refused(read_table, rewritten(tmp_path, change))
    assert time.process_time() - begun < 5


def test_formulas_with_and_without_a_value(tmp_path):
    xml = (
        b'<row r="1"><c r="A1" t="inlineStr"><is><t>n</t></is></c><c r="B1"><f>2018</f><v>2</v></c>'
        b'</row><row r="2"><c r="A2"/><c r="A3" s="0"><f>2</f><v/></c>'
        b'<c t="str" r="A4"><f>""</f><v></v></c><c r="A5"><f ca="1"/></c><c r="A6"><v>1</v></c>'
        b'<c r="A7"><f>3</f><v> </v></c></row>'
    )
    assert "formulas in A3, A5, A7 have" in refused(read_table, rewritten(tmp_path, cells(xml)))


#: What cells of every kind say: the mark in the file and the text that is read.
CELLS = {
    "a whole number": (b"<c><v>7</v></c>", "7"),
    "a whole number with a point": (b"<c><v>7.0</v></c>", "7"),
    "one with an exponent": (b"<c><v>1.5E3</v></c>", "1500"),
    "a number that a float holds": (b"<c><v>0.1</v></c>", "0.1"),
    "a number of 17 digits": (b"<c><v>0.10000000000000001</v></c>", "0.1"),
    "no number": (b"<c><v>1_0</v></c>", "1_0"),
    "a text": (b'<c t="inlineStr"><is><t>a</t></is></c>', "a"),
    "a text in pieces": (b'<c t="inlineStr"><is><r><t>a</t></r><r><t>b</t></r></is></c>', "ab"),
    "a text with its sound": (b'<c t="inlineStr"><is><t>a</t><rPh><t>b</t></rPh></is></c>', "a"),
    "yes": (b'<c t="b"><v>1</v></c>', "TRUE"),
    "no": (b'<c t="b"><v>0</v></c>', "FALSE"),
    "a fault": (b'<c t="e"><v>#N/A</v></c>', "#N/A"),
    "the text of a formula": (b'<c t="str"><f>A1</f><v>b</v></c>', "b"),
    "a date": (b'<c t="d"><v>2018-01-02T00:00:00</v></c>', "2018-01-02"),
    "a date with a time": (b'<c t="d"><v>2018-01-02T06:30:00</v></c>', "2018-01-02 06:30:00"),
    "signs in CDATA": (b'<c t="str"><v><![CDATA[a&b]]></v></c>', "a&b"),
    "signs that nobody sees": ('<c t="str"><v>a\u200bb</v></c>'.encode(), "ab"),
}


@pytest.mark.parametrize("kind", CELLS)
def test_every_kind_of_cell(tmp_path, kind):
    xml, text = CELLS[kind]
    file = rewritten(tmp_path, cells(b'<row><c t="str"><v>n</v></c></row><row>' + xml + b"</row>"))
    assert read_raw(file).frame.iloc[0, 0] == text


def test_cells_in_any_order_and_under_another_prefix(tmp_path):
    def change(page):
        xml = b'<row r="2"><c r="B2"><v>2</v></c><c r="A2" t="str"><v>a</v></c></row>'
        xml += b'<row r="1"><c r="A1" t="str"><v>n</v></c><c r="B1" t="str"><v>x</v></c></row>'
        page = re.sub(rb"<(/?)(?=[a-zA-Z])", rb"<\1m:", cells(xml)(page))
        return page.replace(b"xmlns=", b"xmlns:m=")

    found = read_raw(rewritten(tmp_path, change))
    assert found.frame.to_numpy().tolist() == [["a", "2"]] and list(found.frame) == ["n", "x"]


@pytest.mark.slow
def test_a_large_workbook_is_read_within_bounds(tmp_path):
    def rows(page):
        head, _, tail = page.partition(b"<sheetData>")
        yield head + b"<sheetData>"
        yield b"<row>" + b"".join(b'<c t="str"><v>x%d</v></c>' % i for i in range(26)) + b"</row>"
        for row in range(200_000):
            yield b"<row>" + b"".join(b"<c><v>%d.5</v></c>" % (row + i) for i in range(26))
            yield b"</row>"
        yield b"</sheetData>" + tail.partition(b"</sheetData>")[2]

    file = rewritten(tmp_path, rows)
    begun = time.process_time()
    found = read_raw(file).frame
    assert found.shape == (200_000, 26) and found.iloc[-1, -1] == "200024.5"
    assert time.process_time() - begun < 120


def test_the_same_table_from_every_kind_of_file(tmp_path):
    csv = read_table(written(tmp_path, "n,x\na,1\nb,2\n"))
    pd.testing.assert_frame_equal(read_table(book(tmp_path, lambda page: None)), csv)
    csv.to_parquet(tmp_path / "t.parquet")
    pd.testing.assert_frame_equal(read_table(tmp_path / "t.parquet"), csv)
    made = io.BytesIO(written(tmp_path, "n\tx\na\t1\nb\t2\n").read_bytes())
    pd.testing.assert_frame_equal(pd.read_csv(made, sep="\t"), csv, check_dtype=False)


# ---- TOML, the door of studies, frameworks and groups


@pytest.mark.parametrize("digits", [30, 400, 5000])
@pytest.mark.parametrize("read", [read_plan, read_framework, read_groups])
def test_whole_numbers_without_end_are_refused_with_their_place(tmp_path, digits, read):
    file = written(tmp_path, f'title = "x"\n[study]\nseed = {"9" * digits}\n', "s.toml")
    said = refused(read, file)
    assert "the whole number is too large" in said
    assert ("line 3" if digits > 4300 else "study.seed") in said


def test_whole_numbers_without_end_in_a_mapping():
    assert "neighbors.k" in refused(plan_from_mapping, {"neighbors": {"k": 10**400}})


def test_a_file_name_longer_than_any_file_is_missing(tmp_path):
    long = "长" * 100 + ".csv"
    file = written(tmp_path, STUDY.replace("t.csv", long), "s.toml")
    assert "there is no such file" in refused(read_plan, file)
    assert "cannot be read" in refused(read_plan, tmp_path / long)
    assert "no such file" in refused(read_boundaries, tmp_path / long)
    assert "no framework" in refused(read_framework, tmp_path / long)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_a_pipe_is_called_a_pipe(tmp_path):
    os.mkfifo(tmp_path / "t.csv")
    said = refused(read_plan, written(tmp_path, STUDY, "s.toml"))
    assert "a pipe or a device" in said and "no such file" not in said


def test_signs_that_nobody_sees_leave_titles_names_and_codes(tmp_path):
    written(tmp_path, "region,x\n", "t.csv")
    text = STUDY.replace('"x"', '"Re\\u202esilience\\u200b"') + '[weights]\nmethod = "own"\n'
    text += 'values = {"D1\\u200e" = 1}\n'
    plan = read_plan(written(tmp_path, text, "s.toml"))
    assert plan.title == "Resilience" and list(plan.weights.values) == ["D1"]
    groups = (
        '[[groups]]\nid = "one\\u2066"\nname = "Ea\\u202est"\nkind = "belt"\nmembers = ["110000"]\n'
        'source = "x"\n'
    )
    (belt,) = read_groups(written(tmp_path, groups, "g.toml"))["belts"].groups
    assert (belt.id, belt.name["en"]) == ("one", "East")


def test_a_study_of_one_region_is_not_told_to_exclude_fewer():
    from geo_resilience.study._regions import StudyRegions

    one = Regions(REGIONS.frame.iloc[:1], "one.geojson")
    said = refused(StudyRegions(one, one, {}, {}).without, [])
    assert "hold a single region" in said and "exclude" not in said


def test_a_cell_far_away_in_an_old_workbook_is_named_at_once(tmp_path):
    made = xlwt.Workbook()
    page = made.add_sheet("one")
    for row, column in ((0, 0), (0, 1), (1, 0), (65_535, 255)):
        page.write(row, column, "x")
    made.save(tmp_path / "far.xls")
    begun = time.process_time()
    for read in (read_raw, read_yearbook):
        with pytest.raises(InputError, match=r"far\.xls, sheet one: cell IV65536"):
            read(tmp_path / "far.xls")
    assert time.process_time() - begun < 5
