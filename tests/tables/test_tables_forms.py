"""Tables that would be large as CSV: Parquet in its place or beside it, read back as they were."""

import hashlib
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

import geo_resilience as gr
from geo_resilience.errors import InputError
from geo_resilience.study.output._files import large_notes, write_files
from geo_resilience.tables import CATALOG, LARGE, Context, Form, _forms, made
from geo_resilience.tables._columns import _significant


def coupling(rows: int) -> pd.DataFrame:
    """As many rows of a table that is no one's contract."""
    number = np.arange(rows) / 7
    frame = pd.DataFrame({"adcode": np.arange(rows).astype(str), "name": "Region", "year": 2020})
    return CATALOG["coupling"].make(
        frame.assign(
            form="classic", coupling=number % 1, development=0.5, coordination=0.25
        ).assign(stage="")
    )


def test_a_table_is_parquet_just_where_its_csv_is_larger_than_stated(tmp_path):
    table = CATALOG["coupling"]
    each = len(coupling(20_000).to_csv(index=False)) / 20_000
    for rows in (int(0.9 * LARGE / each), int(1.1 * LARGE / each)):
        frame = coupling(rows)
        size = len(frame.to_csv(index=False))
        ending = "parquet" if size > LARGE else "csv"
        assert table.files(frame) == [f"coupling.{ending}"], (rows, size)
        folder = tmp_path / ending
        folder.mkdir()
        table.write(frame, folder)
        assert [path.name for path in folder.iterdir()] == [f"coupling.{ending}"]
        assert_frame_equal(table.read(table.found(folder)), frame, check_exact=True)
    assert (tmp_path / "parquet" / "coupling.parquet").stat().st_size < LARGE / 5


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Any table is large."""
    monkeypatch.setattr(_forms, "LARGE", 0)


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("run", ["bundled_run", "everything_run"])
def test_results_are_the_same_from_parquet(run, request, tmp_path):
    results = request.getfixturevalue(run).results
    write_files(results, tmp_path)
    names = {path.name for path in (tmp_path / "tables").iterdir()}
    assert "obstacles.parquet" in names and "obstacles.csv" not in names
    assert {"scores.csv", "scores.parquet", "local.csv", "regressions.csv"} <= names
    read = gr.study.read_results(tmp_path)
    assert list(read) == [stem for stem in CATALOG if stem in results.tables]
    for stem in results:
        assert_frame_equal(read[stem], results[stem], check_exact=True, obj=stem)


@pytest.mark.usefixtures("small")
def test_contract_tables_are_csv_however_large(bundled_run, tmp_path):
    write_files(bundled_run.results, tmp_path)
    for stem in (
        *("scores", "indicators", "trace", "weights", "global", "local", "specialization"),
        *("gaps", "pattern", "backtest", "regressions"),
    ):
        ours = (tmp_path / "tables" / f"{stem}.csv").read_bytes()
        assert ours == (bundled_run.folder / "tables" / f"{stem}.csv").read_bytes()
    assert (tmp_path / "codebook.csv").is_file()


@pytest.mark.usefixtures("small")
def test_the_bytes_of_parquet_hold_the_table_and_what_it_means(tmp_path):
    table, digests = CATALOG["coupling"], set()
    for folder in (tmp_path / "a", tmp_path / "b"):
        folder.mkdir()
        table.write(coupling(1_000), folder)
        digests.add(hashlib.sha256((folder / "coupling.parquet").read_bytes()).hexdigest())
    assert len(digests) == 1
    found = pq.read_metadata(tmp_path / "a" / "coupling.parquet")
    assert set(found.metadata) == {b"title", b"description", b"ARROW:schema"}
    column = found.row_group(0).column(1)
    assert column.compression == "ZSTD" and column.has_dictionary_page


@pytest.mark.usefixtures("small")
def test_note_and_codebook_name_the_file_that_is_there():
    tables = made({"coupling": coupling(5)}, Context(), "en")
    assert set(tables["codebook"]["file"]) == {"coupling.parquet", "codebook.csv"}
    [note] = large_notes({"coupling": coupling(5), "local": CATALOG["local"].empty()})
    assert note.code == "study.large_tables"
    assert "coupling.parquet" in note.say() and "coupling.parquet" in note.say("zh")


def test_small_tables_have_no_note_and_no_parquet(bundled_run):
    assert large_notes(bundled_run.results.tables) == []
    assert not [*bundled_run.folder.rglob("*.parquet")]
    files = set(bundled_run.results["codebook"]["file"])
    assert files >= {"scores.csv", "obstacles.csv"} and not any(
        ".parquet" in file for file in files
    )


def test_a_truncated_parquet_is_named(tmp_path):
    file = tmp_path / "coupling.parquet"
    CATALOG["coupling"].write(coupling(1_000), tmp_path, Form(("parquet",)))
    file.write_bytes(file.read_bytes()[:-100])
    with pytest.raises(InputError, match=r"coupling\.parquet"):
        CATALOG["coupling"].read(file)


def test_a_parquet_of_other_columns_is_refused(tmp_path):
    file: Path = tmp_path / "density.parquet"
    pd.DataFrame({"year": [2020], "score": [0.5]}).to_parquet(file, index=False)
    with pytest.raises(InputError, match="columns missing: density"):
        CATALOG["density"].read(file)


@given(st.lists(st.floats(allow_nan=True, allow_infinity=True), max_size=20))
def test_digits_are_those_of_the_printed_number(numbers):
    values = np.array(numbers, dtype=float)
    halves = np.floor(values / 1e290) + 0.5  # between two numbers of twelve digits, or far away
    for cells in (values, halves * 1e-3, halves * 1e11):
        written = np.array([float(f"{cell:.12g}") for cell in cells.tolist()])
        np.testing.assert_array_equal(_significant(cells), written)


@given(st.integers(10**11, 10**12), st.integers(-30, 20))
def test_middles_of_two_numbers_go_where_printing_sends_them(whole, power):
    value = float(f"{whole}5e{power}")
    assert _significant(np.array([value, -value])).tolist() == [
        float(f"{value:.12g}"),
        -float(f"{value:.12g}"),
    ]
