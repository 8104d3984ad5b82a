"""Reading tables as offices publish them, their balance, and merging sectors."""

import openpyxl
import pytest

from geo_resilience import chain
from geo_resilience.chain.inputoutput._table import balance, imports_apart, set_apart
from geo_resilience.chain.inputoutput._tables import linkage_table
from geo_resilience.errors import InputError

APART = """code,name,name_zh,origin,c01,c02,TIU,TC,EX,TFU,GO
01,Farms,农业,Domestic,150,500,650,300,50,350,1000
02,Works,制造业,Domestic,200,100,300,1700,0,1700,2000
01,Farms,农业,Imports,0,100,100,10,0,10,110
02,Works,制造业,Imports,50,0,50,20,0,20,70
TII,Inputs,中间投入,,400,700,,,,,
VA001,Pay,劳动者报酬,,400,900,,,,,
TVA,Value added,增加值,,600,1300,,,,,
VA004,Surplus,营业盈余,,200,400,,,,,
TI,Inputs,总投入,,1000,2000,,,,,
"""


def written(tmp_path, text, name="io.csv", encoding="utf-8"):
    path = tmp_path / name
    path.write_text(text, encoding=encoding)
    return path


def test_a_table_with_imports_apart(tmp_path):
    table = chain.read_io(written(tmp_path, APART), year=2020)
    assert table.codes == ["01", "02"]
    assert table.kind == "apart"
    assert table.transactions.to_numpy().tolist() == [[150, 500], [200, 100]]
    assert table.imports.to_numpy().tolist() == [[0, 100], [50, 0]]
    assert table.final_demand.columns.tolist() == ["TC", "EX"]  # the total is left out
    assert table.value_added.index.tolist() == ["VA001", "VA004"]
    assert table.income.tolist() == [400, 900]
    assert table.names("zh").tolist() == ["农业", "制造业"]
    assert table.total_flows.to_numpy().tolist() == [[150, 600], [250, 100]]
    # Exports 50 minus imports 100 + 10; 0 minus 50 + 20.
    assert table.net_exports.tolist() == [-60, -70]
    assert table.notes == ()


def test_a_competitive_workbook_with_title_rows_in_chinese(tmp_path):
    rows = [
        ["2020年投入产出表", None],
        ["单位：万元"],
        [
            None,
            "部门",
            "代码",
            "农业",
            "制造业",
            "中间使用合计",
            "最终消费支出",
            "出口",
            "进口",
            "其他",
            "总产出",
        ],
        [None, None, None, "01", "02", "TIU", "TC", "EX", "IM", "ERR", "GO"],
        [1, "农业", "01", 150, 600, 750, 310, 50, 110, None, 1000],
        [2, "制造业", "02", "250", 100, 350, 1720, 0, "70", 0, "2,000"],
        [3, "中间投入合计", "TII", 400, 700],
        [4, "增加值合计", "TVA", 600, 1300],
        [5, "总投入", "TI", 1000, 2000],
    ]
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.create_sheet("notes")
    book.save(tmp_path / "io.xlsx")
    table = chain.read_io(tmp_path / "io.xlsx")
    assert table.codes == ["01", "02"]
    assert table.kind == "competitive"
    assert table.competing.tolist() == [110, 70]
    assert table.names("zh").tolist() == ["农业", "制造业"]
    assert table.value_added.index.tolist() == ["TVA"]
    assert balance(table)[["row_residual", "column_residual"]].abs().max(axis=None) == 0
    with pytest.raises(InputError, match="notes"):
        chain.read_io(tmp_path / "io.xlsx", sheet="note")


def test_a_heading_over_two_lines_and_gb18030_are_read_and_said(tmp_path):
    text = 'code,01,02,"最终使用\n合计",总产出\n01,1,5,4,10\n02,3,6,11,20\n增加值,6,9,,\n'
    (tmp_path / "io.csv").write_bytes(text.encode("gb18030"))
    table = chain.read_io(tmp_path / "io.csv", roles={"最终使用\n合计": "final"})
    assert table.final_demand.sum(axis=1).tolist() == [4, 11]
    assert [note.code for note in table.notes] == ["indicators.read_as_gb18030"]


def test_headings_broken_over_lines_and_padded_are_one_heading(tmp_path):
    rows = [
        ["2020年全国投入产出表"],
        ["（按当年生产者价格计算）", None, None, "单位：万元"],
        ["      产 出\n投 入", None, "农 业", "制造\n业", "中间使用\n合计",
         "最终　使用\n合计", "进口", "总产出"],
        ["中间投入", "农业", 150, 500, 650, 400, -50, 1000],
        [None, "制造业", 200, 100, 300, 1700, 0, 2000],
        [None, "中间投入合计", 350, 600],
        ["增加值", "劳动者\n报酬", 650, 1400],
        ["总投入", None, 1000, 2000],
        ["注：示例。"],
    ]  # fmt: skip
    book = openpyxl.Workbook()
    sheet = book.active
    for row in rows:
        sheet.append(row)
    sheet.merge_cells("A1:H1")
    sheet.merge_cells("A4:A6")
    sheet.merge_cells("A8:B8")
    book.save(tmp_path / "io.xlsx")
    table = chain.read_io(tmp_path / "io.xlsx")
    assert table.codes == ["农业", "制造业"]
    assert table.transactions.to_numpy().tolist() == [[150, 500], [200, 100]]
    assert table.competing.tolist() == [50, 0]
    assert table.income.tolist() == [650, 1400]


@pytest.mark.parametrize("sign", [1, -1])
def test_imports_of_either_sign_keep_a_cell_of_the_other(tmp_path, sign):
    # Returned goods: imports of 02 are -5 while those of 01 are 60.
    text = (
        f"code,01,02,TFU,IM,GO\n01,150,500,410,{sign * 60},1000\n"
        f"02,200,100,1695,{sign * -5},2000\nVA,650,1400,,,\n"
    )
    table = chain.read_io(written(tmp_path, text))
    assert table.competing.tolist() == [60, -5]
    assert ["02 imports"] in [note.values["cells"] for note in table.notes]


def test_imports_that_exceed_uses_stay_and_are_noted(tmp_path):
    text = "code,01,02,TC,EX,IM,GO\n01,150,500,300,710,660,1000\n02,200,100,1700,0,0,2000\n"
    table = chain.read_io(written(tmp_path, text + "VA,650,1400,,,,\n"))
    assert set_apart(table).kind == "apart"
    text = "code,01,02,TC,EX,IM,GO\n01,150,500,0,1050,700,1000\n02,200,100,1700,0,0,2000\n"
    table = chain.read_io(written(tmp_path, text + "VA,650,1400,,,,\n"))
    kept = set_apart(table)
    assert kept.kind == "competitive"
    assert [note.code for note in kept.notes] == ["chain.imports_stay"]


def test_a_formula_that_was_never_computed_is_no_zero(tmp_path):
    book = openpyxl.Workbook()
    for row in (["code", "a", "b", "TFU", "GO"], ["a", 1, 5, 4, 10], ["b", "=1+2", 6, 11, 20]):
        book.active.append(row)
    book.save(tmp_path / "io.xlsx")
    with pytest.raises(InputError, match="B3"):
        chain.read_io(tmp_path / "io.xlsx")


def test_headings_above_the_codes_and_notes_below(tmp_path):
    text = (
        "Table 1,,,,,\n"
        ",,Farms,Works,final use,gross output\n"
        "name,code,c01,c02,,\n"
        "Farms,01,150,500,350,1000\n"
        "Works,02,200,100,1700,2000\n"
        "value added,,650,1400,,\n"
        "Note: made up,,,,,\n"
    )
    table = chain.read_io(written(tmp_path, text))
    assert table.codes == ["01", "02"]
    assert table.names().tolist() == ["Farms", "Works"]
    assert table.final_demand.columns.tolist() == ["TFU"]
    assert table.value_added.to_numpy().tolist() == [[650, 1400]]


def test_imports_set_apart_in_proportion(tmp_path):
    text = "code,a,b,TC,EX,IM,GO\na,0,100,50,50,-30,170\nb,80,0,120,0,0,200\nTVA,90,100,,,,\n"
    table = chain.read_io(written(tmp_path, text))
    apart = imports_apart(table)
    # Uses of a at home: 100 + 50, so a fifth of each is imported; exports are not.
    assert apart.imports.loc["a", "b"] == pytest.approx(20)
    assert apart.imports_final.loc["a", "TC"] == pytest.approx(10)
    assert apart.transactions.loc["a", "b"] == pytest.approx(80)
    assert apart.final_demand.loc["a"].tolist() == [40, 50]
    assert [note.code for note in apart.notes] == ["chain.imports_proportional"]
    assert balance(apart)["row_residual"].abs().max() < 1e-9
    assert imports_apart(apart) is apart
    with pytest.raises(InputError, match="no column of imports"):
        imports_apart(chain.example_table())


def test_labels_may_be_names_and_columns_in_another_order(tmp_path):
    text = (
        "sector,Works,Farms,final demand,output\n"
        "Farms,500,150,350,1000\n"
        "Works,100,200,1700,2000\n"
        "value added,1400,650,,\n"
    )
    table = chain.read_io(written(tmp_path, text))
    assert table.transactions.loc["Farms", "Works"] == 500
    assert table.transactions.index.tolist() == table.transactions.columns.tolist()
    assert table.output["Works"] == 2000


def test_one_row_of_imported_inputs(tmp_path):
    text = "code,a,b,TFU,GO\na,10,20,70,100\nb,10,20,70,100\nimports,30,10,,\nVA,50,50,,\n"
    table = chain.read_io(written(tmp_path, text))
    assert table.imports.to_numpy().tolist() == [[30, 10]]
    assert table.kind == "competitive"
    assert linkage_table(table)["technology"].unique().tolist() == ["domestic"]


def test_headings_of_ones_own_by_roles(tmp_path):
    text = "code,a,b,Army,Made\na,10,20,70,100\nb,10,20,70,100\nKapital,80,60,,\n"
    path = written(tmp_path, text)
    with pytest.raises(InputError) as caught:
        chain.read_io(path)
    assert "Army" in str(caught.value)
    assert "Kapital" in str(caught.value)
    roles = {"Army": "final", "Made": "output", "Kapital": "value_added"}
    assert chain.read_io(path, roles=roles).final_demand["Army"].tolist() == [70, 70]
    with pytest.raises(InputError, match="role war"):
        chain.read_io(path, roles=roles | {"Army": "war"})


def test_gb18030_is_read(tmp_path):
    assert chain.read_io(written(tmp_path, APART, encoding="gb18030")).names("zh")["01"] == "农业"


def test_the_national_tables_balance(io_2018, io_2020):
    for table, total in ((io_2018, 922_057), (io_2020, 1_016_422)):
        residual = balance(table)[["row_residual", "column_residual"]].abs()
        assert residual.max(axis=None) < 0.1  # of 10,000 yuan
        # Value added in 100 million yuan, as the sources state.
        assert table.value_added.to_numpy().sum() / 1e4 == pytest.approx(total, abs=1)
        assert len(table.codes) == 42
        (note,) = table.notes
        assert "VA002 01" in note.values["cells"]  # farming is subsidized
        assert note.say("zh")


class TestWrongInput:
    def test_an_unbalanced_table_shows_each_residual(self, tmp_path):
        text = APART.replace("300,50,350,1000", "330,50,380,1000").replace(",400,900,", ",400,950,")
        with pytest.raises(InputError) as caught:
            chain.read_io(written(tmp_path, text))
        lines = str(caught.value).splitlines()
        assert len(lines) == 2
        assert "the row of 01 does not balance: its uses are off by +30" in lines[0]
        assert "the column of 02" in lines[1]
        assert "+2.5" in lines[1]
        loose = chain.read_io(written(tmp_path, text), tolerance=0.05)
        assert balance(loose).loc["01", "row_share"] == pytest.approx(0.03)

    def test_negative_flows_are_named_and_negative_accounts_noted(self, tmp_path):
        text = APART.replace("150,500,650", "-150,800,650")
        with pytest.raises(InputError, match="from 01 to 01 is negative"):
            chain.read_io(written(tmp_path, text))
        text = APART.replace("VA004,Surplus,营业盈余,,200,400", "VA004,Surplus,营业盈余,,-200,400")
        text = text.replace("VA001,Pay,劳动者报酬,,400", "VA001,Pay,劳动者报酬,,800")
        table = chain.read_io(written(tmp_path, text))
        assert table.notes[0].values["cells"] == ["VA004 01"]

    def test_zero_output(self, tmp_path):
        text = "code,a,b,TFU,GO\na,0,0,0,0\nb,0,20,80,100\nVA,0,80,,\n"
        with pytest.raises(InputError, match="a has no output"):
            chain.read_io(written(tmp_path, text))

    def test_cells_that_hold_no_number_say_where(self, tmp_path):
        text = APART.replace("02,Works,制造业,Domestic,200", "02,Works,制造业,Domestic,2oo")
        with pytest.raises(InputError, match="row 3, column 5: 2oo"):
            chain.read_io(written(tmp_path, text))

    def test_a_sector_without_a_row(self, tmp_path):
        text = "code,a,b,c,TFU,GO\na,10,20,0,70,100\nb,10,20,0,70,100\nVA,80,60,0,,\n"
        with pytest.raises(InputError, match="column c is neither"):
            chain.read_io(written(tmp_path, text))

    def test_a_sector_twice(self, tmp_path):
        text = "code,a,b,TFU,GO\na,10,20,70,100\nb,10,20,70,100\nb,1,2,3,4\nVA,80,60,,\n"
        with pytest.raises(InputError, match="b stands twice"):
            chain.read_io(written(tmp_path, text))

    def test_no_table_at_all(self, tmp_path):
        with pytest.raises(InputError, match="name the same sectors"):
            chain.read_io(written(tmp_path, "a,b\n1,2\n"))
        with pytest.raises(InputError, match="holds nothing"):
            chain.read_io(written(tmp_path, "", "empty.csv"))
        with pytest.raises(InputError, match=r"io\.csv"):
            chain.read_io(tmp_path / "io.csb")
        with pytest.raises(InputError, match="name the same sectors"):
            chain.read_io(written(tmp_path, "no workbook", "io.xlsx"))

    def test_no_output_at_all(self, tmp_path):
        text = "code,a,b,TFU\na,10,20,70\nb,10,20,70\nVA,80,60,\n"
        with pytest.raises(InputError, match="neither a column of gross output"):
            chain.read_io(written(tmp_path, text))


class TestConcordance:
    def test_sums_and_balance_are_kept(self, io_2018, tmp_path):
        lines = ["from,to,name,name_zh"]
        for code in io_2018.codes:
            number = int(code)
            to = "primary" if number == 1 else "secondary" if number <= 27 else "tertiary"
            lines.append(f"{code},{to},{to.title()},")
        given = chain.read_concordance(written(tmp_path, "\n".join(lines), "to.csv"))
        three = chain.aggregate(io_2018, given)
        assert three.codes == ["primary", "secondary", "tertiary"]
        assert three.names().tolist() == ["Primary", "Secondary", "Tertiary"]
        assert three.output.sum() == pytest.approx(io_2018.output.sum())
        assert three.transactions.loc["primary", "primary"] == io_2018.transactions.loc["01", "01"]
        flows = io_2018.imports.iloc[1:27, 27:].to_numpy().sum()
        assert three.imports.loc["secondary", "tertiary"] == pytest.approx(flows)
        assert balance(three)["column_residual"].abs().max() < 1
        assert three.kind == "apart"

    def test_a_single_old_sector_keeps_its_name(self, tmp_path):
        table = chain.read_io(written(tmp_path, APART))
        found = chain.aggregate(table, {"01": "x", "02": "02"})
        assert found.names("zh").tolist() == ["农业", "制造业"]
        assert found.transactions.to_numpy().tolist() == table.transactions.to_numpy().tolist()

    def test_gaps_and_strangers_are_named(self):
        with pytest.raises(InputError) as caught:
            chain.aggregate(chain.example_table(), {"1": "all", "3": "all"})
        assert "says nothing of these sectors of Z: 2" in str(caught.value)
        assert "No sector 3" in str(caught.value)

    def test_a_bad_file(self, tmp_path):
        with pytest.raises(InputError, match="column to is missing"):
            chain.read_concordance(written(tmp_path, "from,into\na,b\n", "c.csv"))
        with pytest.raises(InputError) as caught:
            chain.read_concordance(written(tmp_path, "from,to\na,x\na,y\nb,\n", "c.csv"))
        assert "row 4" in str(caught.value)
        assert "a stands twice" in str(caught.value)
