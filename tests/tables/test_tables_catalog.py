"""Every table of a run is as the catalog describes it, and is read back exactly."""

from __future__ import annotations

from types import SimpleNamespace

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

import geo_resilience as gr
from geo_resilience.errors import InputError
from geo_resilience.evaluation._grading import CODES
from geo_resilience.tables import CATALOG, Context, Table, codebook, made, of
from geo_resilience.tables._catalog_index import BESIDE
from geo_resilience.tables._catalog_layers import LAYERS
from geo_resilience.text import Text
from geo_resilience.words import LANGUAGES, has, say, subject

#: What stands for the codes of a framework; grades have their own.
CONTEXT = Context({"B1": "B1"}, {"D1": "D1"}, CODES, (2023,))
COLUMNS = [
    (table, column)
    for table in (*CATALOG.values(), *LAYERS.values(), *BESIDE)
    for pattern in table.columns
    for column, _ in pattern.named(CONTEXT)
]


@pytest.fixture(scope="module", params=["bundled", "everything"])
def written(request):
    """A study as it was found, and as it is read back from its folder."""
    results, folder = request.getfixturevalue(f"{request.param}_run")
    return results, gr.study.read_results(folder), folder


def test_every_table_is_as_its_record_says(written):
    results, _, _ = written
    context = Context.of(results.framework, CODES)
    faults = [fault for stem in results for fault in CATALOG[stem].check(results[stem], context)]
    assert faults == []


def test_every_table_is_read_back_exactly(written):
    results, back, _ = written
    assert set(back) == set(results)
    for stem in results:
        assert_frame_equal(back[stem], results[stem], check_exact=True, obj=stem)


def test_every_column_of_a_run_is_in_its_codebook(written):
    results, _, out = written
    files = {(f"{stem}.csv", column) for stem in results for column in results[stem]}
    table = pd.read_csv(out / "codebook.csv", keep_default_na=False)
    told = set(zip(table["file"], table["column"], strict=True))
    assert files <= told and {file for file, _ in told - files} <= {"regions.gpkg"}
    assert (table["meaning"] != "").all()


def test_every_column_of_the_catalog_has_a_meaning_in_every_language():
    lacking = [
        f"{table.file} {column.name}" for table, column in COLUMNS if not has(table.meaning(column))
    ]
    assert lacking == []
    files = {stem for stem, table in CATALOG.items() if table.topic != "example"}
    assert files == set(subject("file"))


def test_every_meaning_is_of_a_column_of_the_catalog():
    used = {table.meaning(column).removeprefix("column.") for table, column in COLUMNS}
    assert set(subject("column")) - used == {"choice"}


def test_every_choice_has_a_label_in_every_language():
    for table, column in COLUMNS:
        for value in column.choices(CONTEXT):
            for language in LANGUAGES:
                assert say(f"{column.labels}.{value}", language), (table.file, column.name)
        assert bool(column.labels) == bool(column.choices(CONTEXT)), (table.file, column.name)


def test_keys_are_columns_of_their_table():
    for table in CATALOG.values():
        assert set(table.keys) <= {column.name for column in table.columns}, table.file


def density(**more: list[object]) -> pd.DataFrame:
    return pd.DataFrame({"density": [1.5], "score": [0.5], "year": [2020]} | more)


def test_a_table_is_made_in_order_and_of_its_types():
    found = CATALOG["density"].make(density().set_index("year").reset_index().astype(object))
    assert list(found.dtypes.astype(str).items()) == [
        ("year", "int64"),
        ("score", "float64"),
        ("density", "float64"),
    ]


def test_twelve_digits_of_a_number_stay():
    found = CATALOG["density"].make(density(density=[1 / 3]))
    assert found["density"].tolist() == [0.333333333333]


@pytest.mark.parametrize(
    "frame, told",
    [
        (density(more=[1]), "unknown ['more']"),
        (density().drop(columns="score"), "missing ['score']"),
        (density(year=["then"]), "column year"),
    ],
)
def test_a_frame_that_is_not_the_table_is_refused(frame, told):
    with pytest.raises(ValueError) as caught:
        CATALOG["density"].make(frame)
    assert told in str(caught.value)


def test_a_table_that_is_not_in_the_catalog_is_refused():
    with pytest.raises(ValueError, match="no table of the catalog: heights"):
        made({"heights": density()}, Context(), "en")


@pytest.mark.parametrize("given_up", [False, True])
def test_frames_are_given_up_where_that_is_asked(given_up):
    frames = {"density": density()}
    tables = made(frames, Context(), "en", given_up=given_up)
    assert list(tables) == ["density", "codebook"]
    assert list(frames) == ([] if given_up else ["density"])


def test_what_is_no_grade_cannot_stand_for_one():
    frame = pd.DataFrame({key: [1] for key in CATALOG["scores"].empty(CONTEXT)})
    good = CATALOG["scores"].make(frame.assign(grade="High"), CONTEXT)
    assert list(good["grade"].cat.categories) == list(CODES)
    with pytest.raises(ValueError, match="Splendid is none of its choices"):
        CATALOG["scores"].make(frame.assign(grade="Splendid"), CONTEXT)


@pytest.mark.parametrize(
    "change, told",
    [
        ({"p_sim": 1.5}, "p_sim: is not within 0 and 1"),
        ({"statistic": "unheard_of"}, "statistic: unheard_of is none of its choices"),
        ({"variable": ""}, "variable: has blank cells"),
        ({"year": 2020.0}, "year: is float64, not int64"),
    ],
)
def test_a_check_tells_what_is_wrong(change, told):
    table = CATALOG["global"]
    frame = pd.DataFrame({key: [1] for key in table.empty()}).assign(
        statistic="moran", variable="composite"
    )
    made_ = table.make(frame)
    assert table.check(made_) == []
    assert [told in fault for fault in table.check(made_.assign(**change))] == [True]
    twice = pd.concat([made_, made_], ignore_index=True)
    assert table.check(twice) == ["global.csv: year, variable, statistic do not name one row"]


def test_columns_of_the_users_own_are_read_back_as_they_were(tmp_path):
    own = pd.DataFrame(
        {
            "code": ["01", "02"],
            "padded": ["007", ""],
            "as typed": ["1.50", "2"],
            "whole": pd.array([3, None], dtype="Int64"),
            "broken": [0.25, None],
            "nothing": [None, None],
            "yes": [True, False],
            "relevance": [0.123456789012345, 1.0],
            "overall": [0.5, 0.5],
            "priority": [1, 2],
        }
    )
    table = CATALOG["priorities"]
    frame = table.make(own)
    table.write(frame, tmp_path)
    assert_frame_equal(table.read(tmp_path / table.file), frame, check_exact=True)
    kinds = frame.dtypes.astype(str).to_dict()
    assert kinds["padded"] == kinds["as typed"] == "str" and frame["as typed"][0] == "1.50"
    assert (kinds["whole"], kinds["yes"], kinds["broken"]) == ("Int64", "bool", "float64")


def test_blank_text_is_missing_or_empty_as_the_record_says():
    row = {"from": [1], "to": [2], "level": ["total"], "code": ["composite"], "contribution": [0]}
    found = CATALOG["contributions"].make(
        pd.DataFrame(row | {"adcode": "", "group": "all", "share": None})
    )
    assert found["adcode"].isna().all()
    found = CATALOG["specialization"].make(
        pd.DataFrame(
            {"adcode": [None], "year": 1, "measure": "hoover", "industry": "a", "value": 1}
        )
    )
    assert found["adcode"].tolist() == [""]


@pytest.mark.parametrize(
    "text, told",
    [
        ("year,score\n2020,0.5\n", "columns missing: density"),
        ("year,score,density,color\n2020,0.5,1,red\n", "unknown: color"),
        ("year,score,density\n2020,much,1\n", "score: could not convert"),
        ("", "No columns"),
    ],
)
def test_a_file_that_a_run_does_not_write_is_refused(tmp_path, text, told):
    file = tmp_path / "density.csv"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        CATALOG["density"].read(file)
    assert told in str(caught.value) and "density.csv" in str(caught.value)


def test_a_table_that_results_do_not_hold_has_its_columns_and_no_row():
    part = SimpleNamespace(code="B1", name=Text(en="Depth", zh="深度"))
    framework = SimpleNamespace(dimensions=[part], indicators=[])
    scores = pd.DataFrame({"grade": pd.Categorical(["b"], categories=["b", "a"])})
    results = SimpleNamespace(tables={"scores": scores}, framework=framework)
    assert "p_b" in of(results, "uncertainty", year=2020) and of(results, "uncertainty").empty
    assert len(of(results, "scores", grade="b")) == 1 and of(results, "scores", grade="a").empty
    with pytest.raises(KeyError):
        of(results, "heights")


def test_the_codebook_names_what_a_column_is_of():
    table: Table = CATALOG["uncertainty"]
    frame = codebook({"uncertainty": table.empty(CONTEXT)}, CONTEXT, "zh").set_index("column")
    assert frame.at["p_high", "meaning"].startswith("等级为“高”的抽样比例。")
