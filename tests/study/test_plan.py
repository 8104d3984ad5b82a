"""study.toml to Plan: every key, every default, and everything wrong at once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from plans_for_tests import SMALLEST, study

from geo_resilience.errors import InputError
from geo_resilience.study._plan import Plan
from geo_resilience.study._plan_reading import plan_from_mapping, read_plan
from geo_resilience.study._plan_sections import REPEATED, SECTIONS, options_of
from geo_resilience.words import has, say

# What is read


def test_the_smallest_study_has_every_default(folder: Path) -> None:
    plan = read_plan(study(folder, SMALLEST))
    assert plan.language == "en"
    assert plan.years is None
    assert plan.permutations is None
    assert plan.tables[0].file == folder / "table.csv"
    assert plan.tables[0].year is None
    assert plan.framework.file == "high_tech"
    assert plan.boundaries.file is None
    assert plan.cleaning.outliers == "none"
    assert plan.cleaning.missing == ("interpolate", "nearest", "median")
    assert plan.scaling.method == "pooled"
    assert plan.weights.method == "published"
    assert plan.composite.how == "arithmetic"
    assert plan.grades.cuts == (0.2, 0.4, 0.6, 0.8)
    assert plan.neighbors.rule == "queen"
    assert plan.neighbors.islands == "link"
    assert plan.output.bom is False
    assert plan.exclude == ()
    assert plan.missing is None


def test_every_key_reaches_the_plan(folder: Path) -> None:
    for name in ("b.geojson", "a.csv", "f.toml", "g.toml", "j1.csv", "j2.csv", "wide.xlsx"):
        (folder / name).write_text("x")
    text = """
    title = "A  study"
    title_zh = "研究"
    language = "zh"
    seed = 7
    years = [2021, 2020]
    permutations = 999
    [boundaries]
    file = "b.geojson"
    layer = "cities"
    key = "id"
    name = "name"
    name_zh = "名称"
    aliases = "a.csv"
    [[tables]]
    file = "table.csv"
    region = "code"
    year = "year"
    exclude = ["Tibet", 810000]
    encoding = "GB18030"
    delimiter = "\\t"
    missing = ["-"]
    [[tables]]
    file = "wide.xlsx"
    layout = "wide"
    region = "code"
    indicator = "revenue"
    sheet = "Sheet1"
    missing = ["-", ".."]
    exclude = ["Tibet"]
    [framework]
    file = "f.toml"
    deflator = "prices"
    [cleaning]
    outliers = "quantile"
    lower = 0.01
    upper = 1
    limits_without = ["540000"]
    missing = []
    [scaling]
    method = "fixed"
    goalposts = { A1 = [0, 100], "A-2" = [-1.5, 1] }
    [weights]
    method = "own"
    values = { A1 = 0.25, A2 = 0.75 }
    judgements = ["j1.csv", "j2.csv"]
    [composite]
    how = "geometric"
    [grades]
    cuts = [0.1, 0.2, 0.3, 0.4]
    [groups]
    file = "g.toml"
    [neighbors]
    rule = "k_nearest"
    k = 5
    """
    plan = read_plan(study(folder, text))
    assert (plan.title, plan.title_zh, plan.language, plan.seed) == ("A study", "研究", "zh", 7)
    assert (plan.years, plan.permutations) == ((2020, 2021), 999)
    assert plan.boundaries.file == folder / "b.geojson"
    assert plan.boundaries.aliases == folder / "a.csv"
    assert (plan.boundaries.key, plan.boundaries.name_zh) == ("id", "名称")
    first, second = plan.tables
    assert (first.encoding, first.delimiter, first.exclude) == (
        "gb18030",
        "\t",
        ("Tibet", "810000"),
    )
    assert (second.layout, second.indicator, second.sheet) == ("wide", "revenue", "Sheet1")
    assert plan.exclude == ("Tibet", "810000")
    assert plan.missing == ("-", "..")
    assert plan.framework.file == folder / "f.toml"
    assert plan.framework.deflator == "prices"
    assert plan.cleaning.limits_without == ("540000",)
    assert (plan.cleaning.upper, plan.cleaning.missing) == (1.0, ())
    assert plan.scaling.goalposts == {"A1": (0.0, 100.0), "A-2": (-1.5, 1.0)}
    assert plan.weights.values == {"A1": 0.25, "A2": 0.75}
    assert plan.weights.judgements == (folder / "j1.csv", folder / "j2.csv")
    assert plan.composite.how == "geometric"
    assert plan.grades.cuts == (0.1, 0.2, 0.3, 0.4)
    assert plan.groups.file == folder / "g.toml"
    assert plan.neighbors.k == 5
    assert plan.output.bom is True, "a Chinese study opens in Excel"


def test_the_bundled_study_is_read_without_a_path() -> None:
    plan = read_plan()
    assert len(plan.tables) >= 1
    assert plan.framework.file == "high_tech"
    assert plan.years == tuple(range(2018, 2024))


def test_one_judgement_file_needs_no_list(folder: Path) -> None:
    (folder / "j.csv").write_text("x")
    text = SMALLEST + '[weights]\nmethod = "ahp"\njudgements = "j.csv"\n'
    assert read_plan(study(folder, text)).weights.judgements == (folder / "j.csv",)


def test_the_mark_for_excel_can_be_chosen(folder: Path) -> None:
    chinese = 'language = "zh"\n' + SMALLEST
    assert read_plan(study(folder, chinese)).output.bom is True
    assert read_plan(study(folder, chinese + "[output]\nbom = false\n")).output.bom is False
    assert read_plan(study(folder, SMALLEST + "[output]\nbom = true\n")).output.bom is True


# Echo


def test_the_echo_holds_every_key_and_no_absolute_path(folder: Path) -> None:
    elsewhere = folder / "else where"
    elsewhere.mkdir()
    (elsewhere / "t.csv").write_text("x")
    (elsewhere / "deep").mkdir()
    (elsewhere / "deep" / "study.toml").write_text(
        f"""
        [[tables]]
        file = "../t.csv"
        region = "code"
        [[tables]]
        file = {json.dumps(str(folder / "table.csv"))}
        region = "code"
        [framework]
        file = "table_2_1"
        """,
        encoding="utf-8",
    )
    plan = read_plan(elsewhere / "deep" / "study.toml")
    echo = plan.echo()
    assert [table["file"] for table in echo["tables"]] == ["../t.csv", "table.csv"]
    assert list(plan.inputs) == ["../t.csv", "table.csv"]
    assert str(folder) not in json.dumps(echo)
    assert set(echo) == {*options_of(Plan), *SECTIONS, *REPEATED} - {"table", "map.context"}
    assert echo["what_if"] == echo["map"].pop("context") == []
    for name, kind in SECTIONS.items():
        if kind not in REPEATED.values():
            section, options = getattr(plan, name), options_of(kind)
            counting = {key for key, option in options.items() if option.counts(section)}
            assert set(echo[name]) == counting


def test_two_files_never_share_a_name(folder: Path) -> None:
    for name in ("a", "b"):
        (folder / name).mkdir()
        (folder / name / "t.csv").write_text(name)
    text = "".join(
        f"[[tables]]\nfile = {json.dumps(str(folder / name / 't.csv'))}\nregion = 'code'\n"
        for name in ("a", "b")
    )
    plan = read_plan(study(folder, text + "[framework]\nfile = 'high_tech'\n"))
    assert list(plan.inputs) == ["t.csv", "t.csv (2)"]


def test_the_echo_is_a_study_again(folder: Path) -> None:
    text = SMALLEST + '[neighbors]\nrule = "rook"\n[scaling]\nmethod = "per_year"\n'
    plan = read_plan(study(folder, text))
    again = plan_from_mapping(json.loads(json.dumps(plan.echo())), folder=folder)
    assert again.echo() == plan.echo()


def test_the_echo_does_not_hang_on_the_place(tmp_path: Path) -> None:
    echoes = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "table.csv").write_text("code\n")
        echoes.append(read_plan(study(tmp_path / name, SMALLEST)).echo())
    assert echoes[0] == echoes[1]


# Paths as people write them


@pytest.mark.parametrize(
    "written",
    ["'data\\table.csv'", '"data\\\\table.csv"', '"data/table.csv"', "'./data/table.csv'"],
)
def test_backslashes_of_windows(tmp_path: Path, written: str) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "table.csv").write_text("code\n")
    plan = read_plan(study(tmp_path, SMALLEST.replace('"table.csv"', written)))
    assert plan.tables[0].file.read_text() == "code\n"
    assert list(plan.inputs) == ["data/table.csv"]


# Encodings


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_encodings(folder: Path, encoding: str) -> None:
    text = 'title = "产业链韧性"\n' + SMALLEST
    plan = read_plan(study(folder, text.replace("\n", "\r\n"), encoding=encoding))
    assert plan.title == "产业链韧性"
    codes = [note.code for note in plan.notes]
    assert codes == (["indicators.read_as_gb18030"] if encoding == "gb18030" else [])
    for note in plan.notes:
        assert "study.toml" in note.say("en")
        assert "study.toml" in note.say("zh")


@pytest.mark.parametrize(
    ("data", "key"),
    [
        (b"", "plan.empty"),
        (b" \n\t\n", "plan.empty"),
        (b"\xef\xbb\xbf", "plan.empty"),
        (b"title = 'a'\n\x00\n", "indicators.nul_bytes"),
        ("title = 'a'".encode("utf-16-le"), "indicators.nul_bytes"),
        (b"title = '\xff\xff'", "indicators.encoding_wrong"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "indicators.nul_bytes"),
    ],
)
def test_what_is_no_text(folder: Path, data: bytes, key: str) -> None:
    (folder / "study.toml").write_bytes(data)
    with pytest.raises(InputError) as error:
        read_plan(folder / "study.toml")
    assert error.value.problems[0].key == key
    assert "study.toml" in str(error.value)


# Words


def test_every_option_and_section_is_explained_in_both_languages() -> None:
    keys = [f"option.study.{key}" for key in options_of(Plan)]
    keys += [f"section.{name}" for name in SECTIONS]
    keys += [f"option.{name}.{key}" for name, kind in SECTIONS.items() for key in options_of(kind)]
    for key in keys:
        assert has(key)
        assert say(key, "zh") != say(key, "en")


def test_a_mapping_is_read_as_a_study(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    given = {"table": {"file": "table.csv", "region": "code"}, "framework": {"file": "high_tech"}}
    assert read_plan(given).echo() == plan_from_mapping(given, folder=folder).echo()
    with pytest.raises(InputError, match=r"mapping shaped like study\.toml; found int"):
        read_plan(3)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_figures_are_kept_where_no_mark_is_named(folder: Path, language: str) -> None:
    text = f'language = "{language}"\n{SMALLEST}[output]\nfigures = ["radar"]\n'
    output = read_plan(study(folder, text)).output
    assert output.figures == ("radar",) and output.bom is (language == "zh")
