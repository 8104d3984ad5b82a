"""``map``: a choropleth of any table."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path

import pytest
from studies_for_tests import call, keys, snapshot


@pytest.fixture
def table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    lines = ["code,year,value,grade"]
    for place, key in enumerate(keys()[:-1]):
        lines += [f"{key},{year},{place + year % 10},{'ab'[place % 2]}" for year in (2022, 2023)]
    (tmp_path / "table.csv").write_text("\n".join(lines), encoding="utf-8")
    return tmp_path / "table.csv"


def test_map_names_regions_without_data(table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    answer = call(capsys, "map", table, "--key", "code", "--value", "value", "--year", 2023)
    assert answer.code == 0, answer.err
    assert "Without data: 1 (Xinjiang)" in answer.out
    assert "map.html: a map of 30 regions" in answer.out
    page = Path("map.html").read_text(encoding="utf-8")
    assert "value, 2023" in page
    assert sorted(path.name for path in Path().iterdir()) == ["map.html", "table.csv"]


@pytest.mark.parametrize(
    "options",
    [
        ["--value", "value", "--year-column", "year"],
        ["--value", "value", "--year", 2022, "--classes", "10,20"],
        ["--value", "value", "--year", 2022, "--classes", "jenks:3", "--unit", "kg"],
        ["--value", "grade", "--year", 2022, "--title", "<b>Grades</b>", "--language", "zh"],
    ],
)
def test_map_in_other_ways(
    table: Path, capsys: pytest.CaptureFixture[str], options: list[object]
) -> None:
    answer = call(capsys, "map", table, "--key", "code", *options, "-o", "other.html")
    assert answer.code == 0, answer.err
    assert "<b>Grades" not in Path("other.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("options", "title"),
    [
        (["--year-column", "year"], "value, 2023"),
        (["--year-column", "year", "--title", "Patents"], "Patents, 2023"),
        (["--year", 2022], "value, 2022"),
        (["--year", 2022, "--title", "Patents"], "Patents, 2022"),
        (["--year", 2022, "--title", "Patents of 2022"], "Patents of 2022"),
        (["--year", 2022, "--title", "Patents", "--language", "zh"], "Patents，2022年"),
    ],
)
def test_a_printed_map_carries_its_year_and_how_it_was_classed(
    table: Path, capsys: pytest.CaptureFixture[str], options: list[object], title: str
) -> None:
    static = ["--static", "map.svg"]
    answer = call(capsys, "map", table, "--key", "code", "--value", "value", *options, *static)
    assert answer.code == 0, answer.err
    svg = Path("map.svg").read_text(encoding="utf-8")
    texts = [html.unescape(text) for text in re.findall(r"<!-- (.+?) -->", svg)]
    assert title in texts
    told = " ".join(texts)
    page = Path("map.html").read_text(encoding="utf-8")
    if "--year" in options:
        counts = [
            int(text)
            for text in texts[: texts.index("No data" if "zh" not in options else "无数据")]
            if text.isdecimal()
        ]
        assert len(counts) == 5 and max(counts) - min(counts) <= 1
        assert ("equally many regions" in told) or ("各级地区数大致相等" in told)
        assert title in page and '"read":"quantile_once"' in page
    else:
        assert "of all years from 2022 to 2023" in told
        assert '"read":"quantile"' in page


def test_map_of_boundaries_of_the_users_own(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    import geopandas as gpd
    from shapely.geometry import box

    monkeypatch.chdir(tmp_path)
    frame = gpd.GeoDataFrame(
        {"id": ["01", "02"], "town": ["Ain", "Aube"]},
        geometry=[box(100, 30, 101, 31), box(101, 30, 102, 31)],
        crs=4326,
    )
    frame.to_file(tmp_path / "own.geojson", driver="GeoJSON")
    (tmp_path / "t.csv").write_text("town;value\nAin;3\nAube;4\n")
    own = ["--boundaries", "own.geojson", "--boundaries-key", "id", "--boundaries-name", "town"]
    answer = call(capsys, "map", "t.csv", "--key", "town", "--value", "value", *own)
    assert answer.code == 0, answer.err
    assert "2 regions" in answer.out


@pytest.mark.parametrize(
    ("text", "options", "parts"),
    [
        ("code,value\nBejing,1\n", [], ["row 2", "Bejing", "Beijing"]),
        ("code,value\nBeijing,1\n北京市,2\n", [], ["rows 2, 3", "110000", "--year"]),
        ("code,value\nBeijing,1\nShan xi,2\n", [], ["row 3", "Shaanxi"]),
        ("code,value\nBeijing,1\nHainan,x\n", [], ["row 3", "value", "x"]),
        ("code,value\nBeijing,\n", [], ["value"]),
        ("codes,value\nBeijing,1\n", [], ["code", "codes"]),
        ("code,valeu\nBeijing,1\n", [], ["value", "valeu"]),
        ("code,value\nBeijing,1\n", ["--year", 2023], ["year"]),
        ("code,value,year\nBeijing,1,2022\n", ["--year", 2023], ["2023", "2022"]),
        ("code,value,year\nBeijing,1,old\n", ["--year", 2023], ["row 2", "old"]),
        ("code,value\nBeijing,1\n", ["--classes", "rainbow"], ["rainbow"]),
        ("code,value\nBeijing,1\n", ["--classes", "3,2"], ["3"]),
        ("", [], ["table.csv"]),
        ("code,value\nBeijing,1\n", ["-o", "."], ["folder"]),
        ("code,value\nBeijing,1\n", ["-o", "no/where.html"], ["no"]),
        ("code,value\nBeijing,1\n", ["--boundaries", "no.geojson"], ["no.geojson"]),
    ],
)
def test_map_of_wrong_input(
    table: Path,
    capsys: pytest.CaptureFixture[str],
    text: str,
    options: list[object],
    parts: list[str],
) -> None:
    table.write_text(text, encoding="utf-8")
    answer = call(capsys, "map", table, "--key", "code", "--value", "value", *options)
    assert answer.code == 2
    for part in parts:
        assert part in answer.err
    assert "Traceback" not in answer.err
    assert [path.name for path in table.parent.iterdir()] == ["table.csv"]


def own_boundaries(folder: Path, name: str = "own.geojson") -> Path:
    import geopandas as gpd
    from shapely.geometry import box

    frame = gpd.GeoDataFrame(
        {"id": ["01", "02"], "town": ["Ain", "Aube"]},
        geometry=[box(100, 30, 101, 31), box(101, 30, 102, 31)],
        crs=4326,
    )
    frame.to_file(folder / name, driver="GeoJSON")
    return folder / name


@pytest.mark.parametrize(
    ("out", "said"),
    [
        ("table.csv", "is a file that the map is made from"),
        ("own.geojson", "is a file that the map is made from"),
        ("link.html", "is a file that the map is made from"),
        ("m.png", "must end in .html: -o m.html"),
        ("notes.html", "is no map of ours"),
    ],
)
def test_map_replaces_nothing_of_the_users(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    out: str,
    said: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    own_boundaries(tmp_path)
    table = tmp_path / "table.csv"
    table.write_text("id,x\n01,1\n02,2\n", encoding="utf-8")
    (tmp_path / "notes.html").write_text("<p>mine</p>", encoding="utf-8")
    (tmp_path / "link.html").symlink_to(table)
    before = snapshot(tmp_path)
    options = ["--key", "id", "--value", "x", "--boundaries", "own.geojson"]
    answer = call(capsys, "map", table, *options, "--boundaries-key", "id", "-o", out)
    assert answer.code == 2
    assert said in answer.err
    assert snapshot(tmp_path) == before


def test_map_replaces_an_earlier_map(table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["map", table, "--key", "code", "--value", "value", "--year"]
    assert call(capsys, *asked, 2022).code == 0
    assert call(capsys, *asked, 2023).code == 0
    assert "value, 2023" in Path("map.html").read_text(encoding="utf-8")


def test_map_leaves_out_rows_of_totals_as_a_run_does(
    table: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with table.open("a", encoding="utf-8") as file:
        file.write("\n全国,2023,999,a\n全国,2022,999,a\n")
    answer = call(capsys, "map", table, "--key", "code", "--value", "value", "--year", 2023)
    assert answer.code == 0, answer.err
    assert "totals left out: 全国" in answer.out
    assert "30 regions" in answer.out


def test_map_tells_a_column_without_regions_once(
    table: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = call(capsys, "map", table, "--key", "grade", "--value", "value", "--year", 2023)
    assert answer.code == 2
    assert len(answer.err.splitlines()) == 1
    assert "Did you mean the column code?" in answer.err


def test_map_names_its_options_and_not_a_study_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from openpyxl import Workbook

    monkeypatch.chdir(tmp_path)
    own = own_boundaries(tmp_path)
    (tmp_path / "t.csv").write_text("id,x\n01,1\n02,2\n", encoding="utf-8")
    asked = ["--key", "id", "--value", "x", "--boundaries", own]
    answer = call(capsys, "map", "t.csv", *asked)
    assert answer.code == 2
    assert "--boundaries-key" in answer.err and "[boundaries]" not in answer.err
    book = Workbook()
    for sheet in (book.active, book.create_sheet("more")):
        sheet.append(["id", "x"])
        sheet.append(["01", 1])
    book.save("t.xlsx")
    answer = call(capsys, "map", "t.xlsx", *asked, "--boundaries-key", "id")
    assert answer.code == 2
    assert "--sheet" in answer.err and "sheet =" not in answer.err


@pytest.fixture
def wide(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A table as yearbooks print it: GB18030, Chinese names, a year a column, percent signs."""
    from geo_resilience.regions import read_boundaries

    monkeypatch.chdir(tmp_path)
    names = read_boundaries().names("zh")
    lines = ["地区,2021年,2022年"]
    lines += [f"{name},{10 + place}.5%,{20 + place}.5%" for place, name in enumerate(names[:-1])]
    lines.append("全国,25%,35%")
    (tmp_path / "wide.csv").write_bytes("\n".join(lines).encode("gb18030"))
    return tmp_path / "wide.csv"


def test_map_of_years_side_by_side(wide: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["map", wide, "--key", "地区", "--value", "占比"]
    answer = call(capsys, *asked)
    assert answer.code == 2 and "add --wide" in answer.err
    answer = call(capsys, *asked, "--wide", "--language", "zh")
    assert answer.code == 0, answer.err
    assert "30个有数据的地区" in answer.out and "略去合计行：全国" in answer.out
    page = Path("map.html").read_text(encoding="utf-8")
    assert "2021" in page and "2022" in page and "占比" in page
    answer = call(capsys, *asked, "--wide", "--year", 2030)
    assert answer.code == 2 and "2021, 2022" in answer.err
    answer = call(capsys, "map", "bare.csv", "--key", "r", "--value", "v", "--wide")
    assert answer.code == 2
    Path("bare.csv").write_text("r,v\nBeijing,1\n", encoding="utf-8")
    answer = call(capsys, "map", "bare.csv", "--key", "r", "--value", "v", "--wide")
    assert answer.code == 2 and "named for years" in answer.err


def test_map_of_percentages_counts_in_percent(
    wide: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["--key", "地区", "--value", "2022年", "--classes", "30,40", "--colors", "#eef,#226"]
    more = ["--note", "First note.", "--note", "Second note.", "--source", "Yearbook"]
    answer = call(capsys, "map", wide, *asked, *more, "--static", "map.svg", "--no-labels")
    assert answer.code == 0, answer.err
    svg = Path("map.svg").read_text(encoding="utf-8")
    assert "(49.5)" in svg
    assert "#eeeeff" in svg and "#222266" in svg
    page = Path("map.html").read_text(encoding="utf-8")
    for text in ("First note.", "Second note.", "Yearbook"):
        assert text in page
    answer = call(capsys, "map", wide, *asked[:4], "--colors", "#zzz,#222")
    assert answer.code == 2 and "#zzz" in answer.err


@pytest.mark.parametrize("heading", ["year", "年份"])
def test_map_finds_the_years_of_regions_that_recur(
    table: Path, capsys: pytest.CaptureFixture[str], heading: str
) -> None:
    table.write_text(table.read_text().replace("year", heading), encoding="utf-8")
    answer = call(capsys, "map", table, "--key", "code", "--value", "value", "--language", "en")
    assert answer.code == 0, answer.err
    assert f"“{heading}” was taken as the year" in answer.out
    assert '"years":[2022,2023]' in Path("map.html").read_text(encoding="utf-8")


def test_map_folds_double_regions(table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table.write_text(table.read_text().replace("year", "period"), encoding="utf-8")
    answer = call(capsys, "map", table, "--key", "code", "--value", "value", "--language", "en")
    assert answer.code == 2
    (line,) = answer.err.splitlines()
    assert "30 regions" in line
    assert "--year" in line
    assert sum(key in line for key in keys()) == 3


def test_map_folds_codes_of_other_regions_and_names_the_way_to_their_boundaries(
    table: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    strange = [f"99000{place},2023,1,a" for place in range(6)] * 2
    table.write_text("\n".join([table.read_text(encoding="utf-8"), *strange]), encoding="utf-8")
    asked = ["map", table, "--key", "code", "--value", "value", "--year", 2023]
    answer = call(capsys, *asked)
    (line,) = [line for line in answer.err.splitlines() if "99000" in line]
    assert "6 names or codes" in line and "990000, 990001, 990002" in line
    assert "rows 62, 63, 64" in line and "--boundaries" in line and "990003" not in line


def test_map_says_what_the_value_is_called_in_both_languages(
    table: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    named = ["--name", "Patents granted", "--name-zh", "授权专利"]
    asked = ["--key", "code", "--value", "value", "--year", 2023, *named]
    answer = call(capsys, "map", table, *asked, "--static", "map.svg", "--language", "zh")
    assert answer.code == 0, answer.err
    page = Path("map.html").read_text(encoding="utf-8")
    data = json.loads(re.search(r'id="atlas_data">(.*?)</script>', page, re.S)[1])
    assert data["layers"][0]["name"] == {"en": "Patents granted", "zh": "授权专利"}
    assert data["title"]["en"] == "Patents granted, 2023"
    assert "授权专利，2023年" in page
    assert '"value"' not in json.dumps(data["layers"][0]["name"]) + data["title"]["zh"]


@pytest.mark.parametrize("option", ["-o", "--static"])
def test_a_name_longer_than_a_disk_takes_is_told(
    table: Path, capsys: pytest.CaptureFixture[str], option: str
) -> None:
    name = "n" * 260 + (".html" if option == "-o" else ".svg")
    answer = call(capsys, "map", table, "--key", "code", "--value", "value", option, name)
    assert answer.code == 2 and "fault" not in answer.err and len(answer.err) < 400
