"""What is wrong with a study.toml: where it stands, what was expected, all of it at once."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from plans_for_tests import SMALLEST, study

from geo_resilience.errors import InputError
from geo_resilience.study._plan import Plan
from geo_resilience.study._plan_reading import plan_from_mapping, read_plan
from geo_resilience.study._plan_sections import SECTIONS, options_of


def problems(folder: Path, text: str) -> list[tuple[str, str]]:
    """Give the keys and English sentences of what is wrong with a study."""
    with pytest.raises(InputError) as error:
        read_plan(study(folder, text))
    for problem in error.value.problems:
        assert problem.say("zh") != problem.say("en")
    return [(problem.key, problem.say()) for problem in error.value.problems]


# The study file itself


def test_no_such_study_names_what_is_there(folder: Path) -> None:
    study(folder, SMALLEST)
    with pytest.raises(InputError, match=r"study\.toml") as error:
        read_plan(folder / "studi.toml")
    assert error.value.problems[0].key == "plan.study_missing"


def test_a_folder_names_the_study_in_it(folder: Path) -> None:
    study(folder, SMALLEST)
    with pytest.raises(InputError, match=r"study\.toml") as error:
        read_plan(folder)
    assert error.value.problems[0].key == "plan.study_is_folder"


# Syntax


def test_a_backslash_that_toml_takes_for_a_tab(folder: Path) -> None:
    ((key, sentence),) = problems(folder, SMALLEST.replace("table.csv", r"data\table.csv"))
    assert key == "plan.path_escape"
    assert "'data\\table.csv'" in sentence


def test_a_backslash_that_toml_refuses(folder: Path) -> None:
    ((key, sentence),) = problems(folder, SMALLEST.replace("table.csv", r"C:\Users\me\t.csv"))
    assert key == "toml.syntax"
    assert "line 3" in sentence
    assert "single quotes" in sentence


@pytest.mark.parametrize(
    ("line", "column", "text", "hint"),
    [
        (2, 10, "\nmethod = entropy\n", "quotes"),
        (1, 11, 'title = "a" b\n', ""),
        (2, 6, "a = 1\na = 2\n", "once"),
        (1, 9, "title = “研究”\n", "Latin"),
        (1, 7, "title ＝ 'a'\n", "Latin"),
        (1, 10, 'title = "a\nb = 1', "closed"),
        (3, 5, 'a = [1,\n2,\n"x" "y"]', ""),
        (1, 8, "[table\n", ""),
        (1, 6, "just words\n", "key = value"),
    ],
)
def test_syntax_is_told_with_line_and_column(
    folder: Path, line: int, column: int, text: str, hint: str
) -> None:
    ((key, sentence),) = problems(folder, text)
    assert key == "toml.syntax"
    assert f"study.toml, line {line}, column " in sentence
    found = int(sentence.split("column ")[1].split(":")[0])
    assert abs(found - column) <= 2
    assert hint in sentence


def test_deep_nesting_is_no_crash(folder: Path) -> None:
    (key, _), *_ = problems(folder, "a = " + "[" * 5000 + "]" * 5000)
    assert key in ("toml.too_deep", "toml.syntax", "plan.unknown_key")


# Keys and values


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('titel = "x"\n' + SMALLEST, "line 1: titel is not known. Did you mean title"),
        (SMALLEST + "[wieghts]\n", "line 7: wieghts is not known. Did you mean weights?"),
        (SMALLEST + '[weights]\nmetod = "equal"\n', "line 8: weights.metod is not known. Did you"),
        (SMALLEST + "title = 'x'\n", "title belongs at the top of the file"),
        ("how = 'geometric'\n" + SMALLEST, "how belongs to [composite]"),
        (SMALLEST + "[weights.method]\nx = 1\n", "weights.method is {"),
    ],
)
def test_unknown_keys(folder: Path, text: str, sentence: str) -> None:
    assert any(sentence in told for _, told in problems(folder, text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("title = 1", "text in quotes"),
        ('language = "fr"', 'one of "en", "zh"'),
        ("seed = -1", "whole number from 0"),
        ("seed = 1.0", "whole number"),
        ("seed = true", "whole number"),
        ("years = 2023", "list of years"),
        ("years = []", "list of years"),
        ("years = [2023, 2023]", "list of years"),
        ('years = ["2023"]', "list of years"),
        ("years = [2023.0]", "list of years"),
        ("permutations = 5", "whole number from 99"),
        ("permutations = 1979-05-27", "whole number"),
    ],
)
def test_wrong_values_at_the_top(folder: Path, text: str, expected: str) -> None:
    ((key, sentence),) = problems(folder, text + SMALLEST)
    assert key == "plan.value"
    assert sentence.startswith("study.toml, line 1: ")
    assert expected in sentence


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('[cleaning]\noutliers = "quantil"', "Did you mean quantile?"),
        ('[cleaning]\noutliers = "quantile"\nlower = 0.6', "from 0 to 0.5"),
        ('[cleaning]\noutliers = "quantile"\nlower = nan', "from 0 to 0.5"),
        ('[cleaning]\noutliers = "quantile"\nlower = 0.5\nupper = 0.5', "below upper"),
        ('[cleaning]\noutliers = "iqr"\nfence = inf', "at least 0"),
        ('[cleaning]\nmissing = ["guess"]', '"interpolate", "nearest", "median"'),
        ('[cleaning]\nmissing = "median"', '"interpolate", "nearest", "median"'),
        ('[cleaning]\noutliers = "iqr"\nlimits_without = [true]', "region names"),
        ('[scaling]\nmethod = "fixed"\ngoalposts = { A = [1, 0] }', "a lower and a higher"),
        ('[scaling]\nmethod = "fixed"\ngoalposts = { A = 1 }', "a lower and a higher"),
        ('[scaling]\nmethod = "fixed"\ngoalposts = {}', "a lower and a higher"),
        ('[weights]\nmethod = "own"\nvalues = { A = "1" }', "with a number each"),
        ('[weights]\nmethod = "own"\nvalues = [1]', "with a number each"),
        ("[weights]\njudgements = [1]", "list of them"),
        ("[weights]\njudgements = ['']", "list of them"),
        ("[grades]\ncuts = [0.2, 0.4, 0.6]", "4 rising numbers"),
        ("[grades]\ncuts = [0.2, 0.4, 0.4, 0.8]", "4 rising numbers"),
        ("[grades]\ncuts = [0.2, 0.4, 0.6, 1.0]", "4 rising numbers"),
        ("[neighbors]\nrule = 'k_nearest'\nk = 0", "at least 1"),
        ("[output]\nbom = 'yes'", "true or false"),
    ],
)
def test_wrong_values_in_sections(folder: Path, text: str, expected: str) -> None:
    ((key, sentence),) = problems(folder, SMALLEST + text)
    assert key == "plan.value"
    assert expected in sentence


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('region = "code"', 'region = "  "', "text in quotes"),
        ('region = "code"', 'region = "code"\nencoding = "klingon"', "text encoding"),
        ('region = "code"', 'region = "code"\ndelimiter = "::"', "one sign"),
        ('region = "code"', 'region = "code"\ndelimiter = "a"', "one sign"),
        ('region = "code"', 'region = "code"\nexclude = "Tibet"', "list of region names"),
        ('region = "code"', 'region = "code"\nmissing = [1]', "list of texts"),
        ('region = "code"', 'region = "code"\nlayout = "broad"', '"long", "wide"'),
    ],
)
def test_wrong_values_of_a_table(folder: Path, old: str, new: str, expected: str) -> None:
    ((key, sentence),) = problems(folder, SMALLEST.replace(old, new))
    assert key == "plan.value"
    assert expected in sentence


def test_a_section_that_is_a_value(folder: Path) -> None:
    ((key, sentence),) = problems(folder, 'weights = "equal"\n' + SMALLEST)
    assert key == "plan.value"
    assert "[weights]" in sentence


# Tables


def test_table_and_tables_together(folder: Path) -> None:
    text = SMALLEST + '[[tables]]\nfile = "table.csv"\nregion = "code"\n'
    assert [key for key, _ in problems(folder, text)] == ["plan.table_and_tables"]


def test_no_table_and_no_framework(folder: Path) -> None:
    found = problems(folder, 'title = "x"\n')
    assert [key for key, _ in found] == ["plan.no_table", "plan.required"]
    assert "framework.file" in found[1][1]


@pytest.mark.parametrize("header", ["[[table]]", "[tables]"])
def test_wrong_brackets(folder: Path, header: str) -> None:
    assert [key for key, _ in problems(folder, SMALLEST.replace("[table]", header))] == [
        "plan.table_form"
    ]


def test_each_of_several_tables_is_named_by_its_number(folder: Path) -> None:
    good = '[[tables]]\nfile = "table.csv"\nregion = "code"\n'
    text = good + '[[tables]]\nfile = "table.csv"\n' + "[framework]\nfile = 'high_tech'\n"
    ((key, sentence),) = problems(folder, text)
    assert key == "plan.required"
    assert sentence.startswith("study.toml, line 4: tables[2].region is missing")


# Keys that go together


@pytest.mark.parametrize(
    ("text", "key", "part"),
    [
        ("[weights]\nmethod = 'own'", "plan.required", "weights.values"),
        ("[weights]\nmethod = 'ahp'", "plan.required", "weights.judgements"),
        ("[weights]\nmethod = 'ahp'\njudgements = []", "plan.required", "weights.judgements"),
        ("[weights]\nvalues = { A = 1 }", "plan.without_effect", '"own"'),
        ("[scaling]\nmethod = 'fixed'", "plan.required", "scaling.goalposts"),
        ("[scaling]\ngoalposts = { A = [0, 1] }", "plan.without_effect", '"fixed"'),
        ("[cleaning]\nlower = 0.1", "plan.without_effect", '"quantile"'),
        ("[cleaning]\noutliers = 'iqr'\nmost = 3", "plan.without_effect", '"skewness"'),
        ("[neighbors]\nk = 6", "plan.without_effect", '"k_nearest"'),
        ("[boundaries]\nkey = 'id'", "plan.alone", "boundaries.file"),
    ],
)
def test_keys_that_need_or_exclude_each_other(folder: Path, text: str, key: str, part: str) -> None:
    ((found, sentence),) = problems(folder, SMALLEST + text)
    assert found == key
    assert part in sentence


def test_a_default_that_is_written_out_is_no_problem(folder: Path) -> None:
    assert read_plan(study(folder, SMALLEST + "[neighbors]\nk = 4\n")).neighbors.k == 4


@pytest.mark.parametrize(
    ("addition", "key", "part"),
    [
        ("layout = 'wide'", "plan.required", "table.indicator"),
        ("indicator = 'x'", "plan.without_effect", '"wide"'),
        ("layout = 'wide'\nindicator = 'x'\nyear = 'y'", "plan.without_effect", '"long"'),
    ],
)
def test_layouts(folder: Path, addition: str, key: str, part: str) -> None:
    text = SMALLEST.replace('region = "code"', f'region = "code"\n{addition}')
    ((found, sentence),) = problems(folder, text)
    assert found == key
    assert part in sentence


# Files that are not there


def test_missing_files_are_named_with_the_nearest(folder: Path) -> None:
    text = SMALLEST.replace("table.csv", "Tabel.csv").replace('"high_tech"', '"hightech"')
    found = problems(folder, text)
    assert [key for key, _ in found] == ["plan.file_missing", "plan.file_missing"]
    assert "Did you mean table.csv?" in found[0][1]
    assert "Did you mean high_tech?" in found[1][1]


def test_a_folder_in_place_of_a_file(folder: Path) -> None:
    (folder / "data").mkdir()
    ((key, _),) = problems(folder, SMALLEST.replace("table.csv", "data"))
    assert key == "plan.file_is_folder"


def test_a_wrong_framework_lists_the_shipped_ones(folder: Path) -> None:
    ((_, sentence),) = problems(folder, SMALLEST.replace("high_tech", "zzz"))
    assert "high_tech, table_2_1" in sentence


# Everything at once


def test_everything_wrong_is_told_in_the_order_of_lines(folder: Path) -> None:
    text = """title = 3
years = "all"
[framework]
file = "nowhere"
[table]
region = 5
[weights]
method = "best"
[colors]
"""
    found = problems(folder, text)
    assert [key for key, _ in found] == [
        "plan.value",
        "plan.value",
        "plan.file_missing",
        "plan.required",
        "plan.value",
        "plan.value",
        "plan.unknown_key",
    ]
    lines = [int(sentence.split("line ")[1].split(":")[0]) for _, sentence in found]
    assert lines == sorted(lines)


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["table.csv", "high_tech", "wide", "own", "fixed"]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=6,
)
KEYS = sorted({key for kind in (*SECTIONS.values(), Plan) for key in options_of(kind)})
SECTION = st.dictionaries(st.sampled_from([*KEYS, "x"]), VALUES, max_size=4) | VALUES


@given(
    mapping=st.dictionaries(
        st.sampled_from([*SECTIONS, "tables", *options_of(Plan), "?"]),
        SECTION | st.lists(SECTION, max_size=2),
        max_size=5,
    )
)
def test_whatever_is_in_a_study_it_is_read_or_refused_in_words(mapping: dict[str, object]) -> None:
    try:
        plan = plan_from_mapping(mapping, folder=Path(__file__).parent)
    except InputError as error:
        assert error.say("en")
        assert error.say("zh")
    else:
        assert json.dumps(plan.echo())


@given(text=st.text(max_size=200))
def test_whatever_text_is_toml_or_refused_with_a_line(text: str) -> None:
    from geo_resilience.tables._toml import key_lines, parse_toml

    try:
        found = parse_toml(text, "study.toml")
    except InputError as error:
        assert "line" in str(error)
    else:
        assert found == tomllib.loads(text)
        key_lines(text)


def test_the_nearest_of_a_list_is_written_as_a_list(folder: Path) -> None:
    text = SMALLEST + '[cleaning]\nmissing = "median"\n'
    ((key, said),) = problems(folder, text)
    assert key == "plan.value"
    assert 'Did you mean ["median"]?' in said
