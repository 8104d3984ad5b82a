"""Frameworks as sheets: nothing is lost, headings in two languages, faults with their place."""

import csv

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from geo_resilience.errors import InputError
from geo_resilience.indicators import (
    Dimension,
    Framework,
    Indicator,
    Variable,
    read_framework,
    write_framework,
)
from geo_resilience.indicators._framework import FIDELITIES, ROLES
from geo_resilience.indicators._framework_files import CHOICES, PARTS, SHIPPED
from geo_resilience.indicators._framework_sheets import _plain, names_of
from geo_resilience.text import Text

LANGUAGES = ("en", "zh")


def book_of(path, **sheets):
    """Write a workbook of rows."""
    book = Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def table_of(path, rows):
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(rows)
    return path


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_frameworks_come_back_the_same(tmp_path, name, language):
    framework = read_framework(name)
    for ending in ("xlsx", "toml"):
        file = tmp_path / f"framework.{ending}"
        write_framework(framework, file, language=language)
        assert read_framework(file) == framework
    book = load_workbook(tmp_path / "framework.xlsx")
    first = book.worksheets[0]
    heads = [cell.value for cell in first[1]]
    assert len(heads) == len(PARTS["indicators"])
    assert all(any(sign >= "\u4e00" for sign in head) for head in heads) == (language == "zh")


# Signs that neither TOML nor a cell drops or folds: no marks that nobody sees, no ends of lines.
LETTERS = st.characters(codec="utf-8", exclude_categories=("C", "Z"), include_characters=' "\\=#|')
WORD = st.text(LETTERS, min_size=1, max_size=12).map(str.strip).filter(bool)
NUMBER = st.floats(min_value=0, max_value=1e6, allow_nan=False).filter(lambda x: x > 0)


def texts():
    return st.one_of(
        st.just(Text()), st.builds(lambda e, z: Text(en=e, zh=z), WORD, WORD), WORD.map(Text)
    )


@st.composite
def frameworks(draw):
    """A framework of any shape: levels, weights, roles and texts."""
    depth = draw(st.integers(0, 3))
    by_level = draw(st.booleans())
    weight = NUMBER if by_level else st.none()
    dimensions = [f"B{i}" for i in range(draw(st.integers(1, 3)))]
    groups, at = [], {}
    for dimension in dimensions:
        parent, node = dimension, ""
        for level in range(depth):
            node = f"{dimension}_{level}"
            named = draw(texts()) or Text(node)
            groups.append(Dimension(node, named, draw(weight), parent))
            parent = node
        at[dimension] = node
    indicators = []
    for number, dimension in enumerate([*dimensions, *draw(st.lists(st.sampled_from(dimensions)))]):
        code = f"D{number}"
        origins = [(f"x{number}", None), (None, "mean(\n  a,\n  b\n)")]
        column, expression = draw(st.sampled_from(origins))
        indicators.append(
            Indicator(
                code=code,
                name=draw(texts()) or Text(code),
                unit=draw(texts()),
                direction=draw(st.sampled_from("+-")),
                dimension=dimension,
                group=at[dimension],
                weight=draw(NUMBER),
                column=column,
                expression=expression,
                definition=draw(texts()),
                fidelity=draw(st.sampled_from(["", *FIDELITIES])),
                source=draw(texts()),
                prices=draw(st.sampled_from(["", "current", "constant"])),
                standard_error=draw(st.sampled_from(["", "3%", "0.5"])),
                measured_as=draw(texts()),
            )
        )
    variables = [
        Variable(f"V{i}", f"y{i}", None, role, draw(texts()) or Text(f"V{i}"), draw(texts()))
        for i, role in enumerate(draw(st.lists(st.sampled_from(ROLES), max_size=3)))
    ]
    return Framework(
        title=draw(texts()),
        dimensions=tuple(Dimension(c, draw(texts()) or Text(c), draw(weight)) for c in dimensions),
        indicators=tuple(indicators),
        variables=tuple(variables),
        source=draw(texts()),
        groups=tuple(groups),
    )


@given(frameworks())
@settings(max_examples=25)
def test_toml_to_sheets_and_back_is_the_same_framework(tmp_path_factory, framework):
    folder = tmp_path_factory.mktemp("way")
    first, sheets, last = folder / "a.toml", folder / "b.xlsx", folder / "c.toml"
    write_framework(framework, first)
    assert read_framework(first) == framework
    write_framework(read_framework(first), sheets, language="zh")
    write_framework(read_framework(sheets), last)
    assert read_framework(last) == framework
    assert last.read_bytes() == first.read_bytes()


def test_a_text_like_a_formula_or_a_fault_stays_a_text(tmp_path):
    framework = read_framework("table_2_1")
    first = framework.indicators[0]
    odd = Framework(
        Text("=1+1"),
        (Dimension("B1", Text("#N/A")),),
        (Indicator(**{**vars(first), "name": Text("=SUM(A1)"), "unit": Text("007"), "group": ""}),),
    )
    write_framework(odd, tmp_path / "odd.xlsx")
    assert read_framework(tmp_path / "odd.xlsx") == odd


CHINESE = [
    ["附表1 指标体系"],
    ["序号", "一级指标", "二级指标", "三级指标", "单位", "属性", "权重", "数据列", "备注"],
    [1, "结构", "完整性", "本地配套率", "%", "正向", 0.4, "local", "x"],
    [2, "结构", "完整性", "覆盖率", "%", "正", "20%", "cover", None],
    [3, "功能", "效率", "能耗", "吨", "逆向", 0.4, "energy", None],
    ["注：权重由专家给出"],
]


def test_a_sheet_as_planners_have_it_is_enough(tmp_path):
    """Title, levels, Chinese directions, weights in percent, remarks; no codes, one sheet."""
    framework = read_framework(book_of(tmp_path / "体系.xlsx", Sheet1=CHINESE))
    assert framework.codes == ["本地配套率", "覆盖率", "能耗"]
    assert [each.code for each in framework.dimensions] == ["结构", "功能"]
    assert framework.directions.to_list() == ["+", "+", "-"]
    assert framework.published.to_list() == [0.4, 0.2, 0.4]
    assert framework.paths["能耗"] == ("功能", "效率")
    assert framework.needed_columns == {"local", "cover", "energy"}


def test_of_two_levels_the_second_is_the_indicator(tmp_path):
    rows = [[cell for i, cell in enumerate(row) if i != 3] for row in CHINESE]
    with pytest.raises(InputError, match=r"完整性.*: the code stands twice"):
        read_framework(table_of(tmp_path / "体系.csv", rows))
    rows[3][2] = "集聚度"
    framework = read_framework(table_of(tmp_path / "体系.csv", rows))
    assert framework.codes == ["完整性", "集聚度", "效率"]
    assert {each.group for each in framework.indicators} == {""}


SMALL = [
    ["code", "name", "direction", "dimension", "weight", "fidelity"],
    ["A1", "One", "+", "A", 0.5, "proxy"],
    ["A2", "Two", "-", "A", 0.5, ""],
]


def small(**cells):
    """The small sheet with cells changed: C3=... ."""
    rows = [list(row) for row in SMALL]
    for place, value in cells.items():
        rows[int(place[1:]) - 1]["ABCDEF".index(place[0])] = value
    return rows


@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_a_table_of_indicators_alone_suffices(tmp_path, form):
    file = tmp_path / f"f.{form}"
    made = book_of(file, any=SMALL) if form == "xlsx" else table_of(file, SMALL)
    framework = read_framework(made)
    assert framework.published.to_dict() == {"A1": 0.5, "A2": 0.5}
    assert framework.called("A")["zh"] == "A"


def test_headings_are_read_where_they_were_found(tmp_path):
    above = ["A1", "Income", "code", "", "", ""]
    framework = read_framework(table_of(tmp_path / "f.csv", [above, *SMALL]))
    assert list(framework.codes) == ["A1", "A2"]


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        (
            {"C3": "up"},
            ["A2 (sheet “indicators”, row 3)", "“direction” (column C)", "“up”", "+, -"],
        ),
        ({"C3": None}, ["A2 (sheet “indicators”, row 3)", "still blank", "“direction” (column C)"]),
        ({"F2": "prxy"}, ["row 2", "“fidelity” (column F)", "prxy", "Expected: proxy"]),
        ({"E2": "half"}, ["f.xlsx [indicators], row 2", "“weight” (column E)", "“half”", "number"]),
        ({"E2": -1}, ["A1 (sheet “indicators”, row 2)", "-1"]),
        ({"A3": None}, ["f.xlsx [indicators], row 3", "no code"]),
        ({"D3": None}, ["A2 (sheet “indicators”, row 3)", "“dimension” (column D)", "Expected: A"]),
        ({"E1": "wieght"}, ["f.xlsx [indicators]", "the column “wieght”", "Did you mean weight"]),
        ({"C1": "name_zh"}, ["f.xlsx [indicators]", "no column direction/方向"]),
        ({"B1": "Name", "F1": " NAME "}, ["“Name” and “NAME” both mean name"]),
    ],
)
def test_what_is_wrong_is_told_with_sheet_row_and_column(tmp_path, cells, told):
    with pytest.raises(InputError) as caught:
        read_framework(book_of(tmp_path / "f.xlsx", indicators=small(**cells)))
    said = caught.value.say()
    assert [part for part in told if part not in said] == [], said
    assert caught.value.say("zh")


def test_everything_is_told_at_once(tmp_path):
    wrong = small(C2="up", E3="much")
    roles = [["code", "role"], ["V", "drivr"]]
    with pytest.raises(InputError) as caught:
        read_framework(book_of(tmp_path / "f.xlsx", indicators=wrong, variables=roles))
    assert len(caught.value.problems) == 3
    assert "V (sheet “variables”, row 2)" in caught.value.say()


def test_sheets_that_nobody_named_are_not_guessed(tmp_path):
    with pytest.raises(InputError, match="no sheet is called indicators; there are one, two"):
        read_framework(book_of(tmp_path / "f.xlsx", one=SMALL, two=SMALL))
    with pytest.raises(InputError, match=r"“dimension” is none of a framework\. Did you mean dim"):
        read_framework(book_of(tmp_path / "f.xlsx", indicators=SMALL, dimension=[["code"], ["A"]]))
    with pytest.raises(
        InputError, match=r"Found: a, b\. Expected, in one row: code/代码, direction"
    ):
        read_framework(book_of(tmp_path / "f.xlsx", indicators=[["a", "b"], [1, 2]]))
    # what is called like no part of it belongs to nobody
    book_of(tmp_path / "f.xlsx", indicators=SMALL, 工作记录=[["a", "b"]])
    assert read_framework(tmp_path / "f.xlsx").codes == ["A1", "A2"]


def test_an_empty_workbook_and_a_wrong_ending_are_told(tmp_path):
    with pytest.raises(InputError, match="no sheet is called indicators"):
        read_framework(book_of(tmp_path / "f.xlsx", Sheet1=[]))
    with pytest.raises(InputError, match=r"written as \.toml or \.xlsx"):
        write_framework(read_framework("high_tech"), tmp_path / "f.xls")


def test_cells_offer_their_choices(tmp_path):
    write_framework(read_framework("high_tech"), tmp_path / "f.xlsx")
    sheet = load_workbook(tmp_path / "f.xlsx")["indicators"]
    offered = {}
    for each in sheet.data_validations.dataValidation:
        heading = sheet[str(each.sqref).split(":")[0][0] + "1"].value
        offered[heading] = each.formula1.strip('"').split(",")
    assert offered["direction"] == ["+", "-"] and offered["fidelity"] == list(FIDELITIES)


MEANT = {
    **{part: ("column", list(keys)) for part, keys in PARTS.items()},
    **{key: ("value", [f"{key}.{each}" for each in known]) for key, known in CHOICES.items()},
}


@pytest.mark.parametrize("of", MEANT)
def test_a_name_means_one_thing(of):
    """No two keys of a sheet, and no two values of a key, share a name in any language."""
    kind, keys = MEANT[of]
    names = [
        name
        for key in keys
        for name in {
            _plain(each) for each in (*names_of(kind, key, "en"), *names_of(kind, key, "zh"))
        }
    ]
    assert len(names) > len(keys)
    assert [name for name in names if names.count(name) > 1] == []


def test_a_text_longer_than_a_cell_is_refused(tmp_path):
    first = read_framework("table_2_1").indicators[0]
    long = Indicator(**{**vars(first), "definition": Text("x" * 32_768), "group": ""})
    framework = Framework(Text("t"), (Dimension("B1", Text("B1")),), (long,))
    with pytest.raises(InputError, match="definition of D111 has 32768 letters"):
        write_framework(framework, tmp_path / "f.xlsx")
    assert not (tmp_path / "f.xlsx").exists()


def test_a_doubled_code_names_its_rows_and_a_wrong_group_the_known_ones(tmp_path):
    made = Workbook()
    made.active.title = "指标"
    for row in (
        ["代码", "名称", "方向", "维度", "分组", "权重", "数据列"],
        ["A1", "甲", "正", "规模", "G1", 0.5, "x"],
        ["A1", "乙", "上", "规模", "G9", 0.5, "y"],
    ):
        made.active.append(row)
    groups = made.create_sheet("分组")
    for row in (["代码", "名称", "上级"], ["G1", "组", "规模"]):
        groups.append(row)
    made.save(tmp_path / "f.xlsx")
    with pytest.raises(InputError) as caught:
        read_framework(tmp_path / "f.xlsx")
    said = "\n".join(each.say("en") for each in caught.value.problems)
    assert "A1 (sheet “指标”, row 2, 3): the code stands twice" in said
    assert "is “G9”. Expected: G1." in said
