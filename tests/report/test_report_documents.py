"""Reports: every number equals the cell that it names; formats and languages hold the same."""

import io
import re
from dataclasses import replace
from types import SimpleNamespace

import openpyxl
import pandas as pd
import pytest

from geo_resilience.errors import InputError, OutputError
from geo_resilience.report import brief_lines, write
from geo_resilience.report._document import PARTS, document
from geo_resilience.report._teller import Teller
from geo_resilience.report._trace import texts_of, traced
from geo_resilience.report._writing import Edition
from geo_resilience.report.writers._html import start_page
from geo_resilience.report.writers._workbook import workbook
from geo_resilience.results._changes import p_text
from geo_resilience.study import read_results

RUNS = pytest.mark.parametrize("name", ["bundled", "everything"])
LANGUAGES = pytest.mark.parametrize("language", ["en", "zh"])


@pytest.fixture(scope="module")
def folders(bundled_run, everything_run):
    return {"bundled": bundled_run.folder, "everything": everything_run.folder}


@pytest.fixture(scope="module")
def read(folders):
    return {name: read_results(folder) for name, folder in folders.items()}


def texts(made):
    return [
        str(text)
        for chapter in made.chapters
        for block in chapter.blocks
        for _, text in texts_of(block)
    ]


def ways(value):
    """Every way in which a report may write a number."""
    rounded = [f"{value:{sign}.{digits}f}" for sign in ("", "+") for digits in range(4)]
    shares = [f"{100 * value:.{digits}f}" for digits in (0, 1)]
    few = [f"{value:{sign}.3g}" for sign in ("", "+")]
    written = [*rounded, *shares, *few, p_text(value), f"{value:,.0f}"]
    return {each.replace("-", "\u2212") for each in written}


@RUNS
@LANGUAGES
def test_every_number_cited_is_that_of_its_cell_in_the_file(folders, read, name, language):
    """The cell is looked up in the file itself, by its row below the header."""
    trace = traced(document(read[name], language, profiles="440000"), read[name])
    assert trace["row"].notna().all()
    files = {
        file: pd.read_csv(
            folders[name] / "tables" / file, dtype=str, keep_default_na=False, encoding="utf-8-sig"
        )
        for file in trace["file"].unique()
    }
    assert len(trace) > 300
    numbers = 0
    for row in trace.itertuples():
        cell = files[row.file][row.column].iloc[row.row - 1]
        number = pd.to_numeric(cell, errors="coerce")
        summed = row.column == "used" and row.place.startswith(("summary", "audit"))
        if row.column in ("adcode", "code", "upper") or pd.isna(number) or summed:
            continue
        numbers += 1
        shown = set(
            re.findall(r"[+\u2212]?[\d,]+(?:\.\d+)?(?:e[+\u2212-]?\d+)?|<0\.0001", row.text)
        )
        assert ways(number) & shown, (row.text, row.column, cell)
    assert numbers > 200


def test_the_weight_of_proxies_is_the_sum_of_the_cells_cited(read):
    (box,) = (
        each
        for each in document(read["bundled"], "en").chapters[0].blocks
        if hasattr(each, "texts")
    )
    (told,) = (text for text in box.texts if text_cells(text, "used"))
    weights = read["bundled"]["weights"]
    share = sum(weights.at[cell.row - 1, "used"] for cell in told.cells)
    assert told.startswith(f"{100 * share:.0f} %")


def text_cells(text, column):
    return [cell for cell in getattr(text, "cells", ()) if cell.column == column]


@RUNS
def test_counts_are_the_number_of_cells_that_they_cite(read, name):
    made = document(read[name], "en")
    cards = next(chapter for chapter in made.chapters if chapter.anchor == "cards")
    for row in cards.blocks[0].rows:
        assert int(row[-1].replace(",", "")) == len(row[-1].cells)


@RUNS
@LANGUAGES
def test_a_report_has_every_chapter_and_no_field_left_open(read, name, language):
    made = document(read[name], language)
    assert [chapter.anchor for chapter in made.chapters] == [part.anchor for part in PARTS]
    for chapter in made.chapters:
        assert bool(chapter.blocks) != bool(chapter.absent)
    assert not [text for text in texts(made) if re.search(r"[{}]|\bNone\b|\bnan\b", text)]


def test_both_languages_have_the_same_blocks_and_cite_the_same_cells(read):
    one, other = (document(read["bundled"], language) for language in ("en", "zh"))
    kinds = [
        [(chapter.anchor, [type(block) for block in chapter.blocks]) for chapter in made.chapters]
        for made in (one, other)
    ]
    assert kinds[0] == kinds[1]
    cells = [
        set(zip(t["place"], t["file"], t["row"], t["column"], strict=True))
        for t in (traced(one, read["bundled"]), traced(other, read["bundled"]))
    ]
    assert cells[0] == cells[1]


def test_a_chinese_report_of_an_english_study_holds_no_english_sentence(read):
    told = [
        text
        for text in texts(document(read["bundled"], "zh"))
        if re.search(r"[a-z]{3,} [a-z]{2,} [a-z]{2,}", text)
    ]
    assert told == []


@LANGUAGES
def test_a_finding_is_told_with_the_certainty_of_its_numbers(read, language):
    made = document(read["bundled"], language)
    found = [block for block in made.chapters[0].blocks if type(block).__name__ == "Finding"]
    assert 3 <= len(found) <= 5
    order = ["firm", "likely", "", "open"]
    assert [order.index(each.certainty) for each in found] == sorted(
        order.index(each.certainty) for each in found
    )
    anchors = {chapter.anchor for chapter in made.chapters}
    assert {each.chapter for each in found} <= anchors


def test_what_was_skipped_is_left_out_with_a_line(read):
    kept = {
        stem: table
        for stem, table in read["bundled"].tables.items()
        if stem not in ("warnings", "specialization")
    }
    made = document(replace(read["bundled"], tables=kept), "en")
    absent = {chapter.anchor: chapter.absent for chapter in made.chapters if not chapter.blocks}
    assert {"warnings", "specialization", "what_if"} == set(absent)
    assert all(chapter.title in chapter.absent for chapter in made.chapters if chapter.absent)


def test_only_the_scores_make_a_report(read):
    kept = {stem: read["bundled"].tables[stem] for stem in ("scores", "global")}
    one_year = {
        stem: table[table["year"] == 2023].reset_index(drop=True) for stem, table in kept.items()
    }
    made = document(replace(read["bundled"], tables=one_year, groupings={}), "en")
    assert next(chapter for chapter in made.chapters if chapter.anchor == "standing").blocks
    assert not next(chapter for chapter in made.chapters if chapter.anchor == "change").blocks


def test_files_are_written_whole_in_each_language_and_the_same_twice(read, tmp_path):
    first = write(read["bundled"], tmp_path / "a", ("html", "xlsx"), "both", "leader", trace=True)
    assert sorted(file.name for file in first) == [
        "report_en.html",
        "report_zh.html",
        "results_en.xlsx",
        "results_zh.xlsx",
        "trace_report_en.csv",
        "trace_report_zh.csv",
    ]
    second = write(read["bundled"], tmp_path / "b", ("html", "xlsx"), "both", "leader", trace=True)
    assert [file.read_bytes() for file in first] == [file.read_bytes() for file in second]


def test_a_page_loads_nothing_runs_nothing_and_its_links_lead_somewhere(read):
    edition = Edition(read["bundled"], "en", "leader")
    for page in (edition.page, start_page(edition.document, edition.pictures, ["atlas.html"])):
        assert "<script" not in page
        assert not re.search(r'(?:src|href)="(?!data:|#|report\.html#|tables/|atlas\.html)', page)
    anchors = set(re.findall(r'id="([^"]+)"', edition.page))
    assert set(re.findall(r'href="#([^"]+)"', edition.page)) <= anchors


HOSTILE = 'HYPERLINK("http://x")<script>alert(1)</script>\x07\u202e' + "名" * 300


def called(results, name):
    """Give the results with a region and a title of a hostile name."""
    frame = results.regions.frame.copy()
    frame.loc["440000", ["name", "name_zh"]] = name
    return replace(
        results,
        title=name,
        regions=SimpleNamespace(frame=frame, names=results.regions.names, bundled=True),
    )


def test_no_name_runs_in_a_page(read):
    edition = Edition(called(read["bundled"], HOSTILE), "en", "leader")
    page = start_page(edition.document, edition.pictures, [])
    assert "<script" not in page and "&lt;script&gt;" in page


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t="])
def test_no_name_runs_in_a_workbook(read, sign):
    results = read["bundled"]
    few = {stem: results[stem] for stem in ("scores", "uncertainty", "trace")}
    hostile = called(replace(results, tables=few), sign + HOSTILE)
    book = openpyxl.load_workbook(io.BytesIO(workbook(Teller(hostile, "en"))))
    cells = [cell for sheet in book for row in sheet.iter_rows(max_row=40) for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]
    assert not [cell for cell in cells if cell.hyperlink and not cell.hyperlink.location]
    assert any(str(cell.value).startswith(sign + "HYPERLINK") for cell in cells)


@LANGUAGES
def test_a_workbook_holds_the_tables_as_they_are(read, language):
    results = read["bundled"]
    content = workbook(Teller(results, language))
    book = openpyxl.load_workbook(io.BytesIO(content))
    rows = list(book[{"en": "Scores", "zh": "得分"}[language]].iter_rows(values_only=True))
    assert list(rows[0]) == list(results["scores"].columns)
    assert len(rows) - 1 == len(results["scores"])
    for row, score in zip(rows[1:], results["scores"].itertuples(index=False), strict=True):
        assert row[0] == score.adcode
        assert row[rows[0].index("composite")] == score.composite
    contents = book.worksheets[0]
    assert {
        cell.hyperlink.location for row in contents.iter_rows(min_row=4, max_col=1) for cell in row
    } == {f"'{sheet.title}'!A1" for sheet in book.worksheets[1:]}


@LANGUAGES
def test_each_head_says_its_file_and_each_rank_its_row(read, language):
    results = read["bundled"]
    book = openpyxl.load_workbook(io.BytesIO(workbook(Teller(results, language))))
    contents, overview, *sheets, codebook = book.worksheets
    listed = {row[0].value: row[2].value for row in contents.iter_rows(min_row=4)}
    for sheet in sheets:
        assert sheet.freeze_panes == "C2" and sheet.auto_filter.ref
        for cell in sheet[1]:
            assert cell.comment.text.startswith(listed[sheet.title]), (sheet.title, cell.value)
    heads = {cell.comment.text: cell.column for cell in overview[1] if cell.comment}
    row_column = next(cell.column for cell in overview[1] if cell.column > 7 and cell.value)
    scores, doubt = results["scores"], results["uncertainty"]
    for row in overview.iter_rows(min_row=2, max_row=32):
        place = row[row_column - 1].value - 1
        assert row[heads["scores.csv: composite"] - 1].value == scores.at[place, "composite"]
        assert row[heads["uncertainty.csv: rank_low"] - 1].value == doubt.at[place, "rank_low"]
    assert len(overview._charts) == 2
    ranking = next(each for each in overview._charts if each.tagname == "barChart")
    (drawn,) = ranking.series
    first, last = drawn.val.numRef.f.split("!")[1].replace("$", "").split(":")
    values = [row[0].value for row in overview[first:last]]
    assert values == sorted(scores.loc[scores["year"] == 2023, "composite"], reverse=True)
    assert len(codebook["A"]) > 100


def test_the_trace_names_the_files_that_figures_are_drawn_from(read):
    edition = Edition(read["bundled"], "en", "leader")
    trace = traced(edition.document, read["bundled"], edition.pictures.files)
    drawn = trace[trace["row"].isna()]
    files = drawn.groupby("text")["file"].agg(set)
    assert {"scores.csv", "uncertainty.csv"} == files[
        "Rank and its range under other methods, 2023"
    ]
    assert "warnings.csv" in files["Early warning, 2023"]
    shown = re.findall(r'<figure id="figure-\d+" data-file="([^"]+)"', edition.page)
    assert {file for each in shown for file in each.split()} == set(drawn["file"])


def test_what_is_not_known_is_told(read, tmp_path):
    for wrong in (
        {"formats": ("odt",)},
        {"language": "fr"},
        {"audience": "everyone"},
        {"profiles": "Hubie"},
    ):
        with pytest.raises(InputError) as caught:
            write(read["bundled"], tmp_path, **wrong)
        found = next(iter(wrong.values()))
        assert (found if isinstance(found, str) else found[0]) in str(caught.value)
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError):
        write(read["bundled"], tmp_path / "file" / "below")


def test_a_run_ends_with_the_page_to_open_first(bundled_run):
    there = {path.name for path in bundled_run.folder.iterdir()}
    assert {"index.html", "report.html", "results.xlsx"} <= there
    lines = brief_lines(bundled_run.results, bundled_run.folder, width=200)
    assert any(line.endswith(str(bundled_run.folder / "index.html")) for line in lines)
    page = (bundled_run.folder / "index.html").read_text(encoding="utf-8")
    for link in re.findall(r'href="([^"#]+)', page):
        assert (bundled_run.folder / link).is_file(), link


def test_what_is_written_as_parquet_is_cited_and_opened_as_such(read, monkeypatch):
    monkeypatch.setattr("geo_resilience.tables._forms.LARGE", 1)
    edition = Edition(read["bundled"], "en", "leader")
    files = set(traced(edition.document, read["bundled"])["file"])
    assert {"obstacles.parquet", "scores.csv"} <= files
    page = start_page(edition.document, edition.pictures, [])
    assert 'href="tables/obstacles.parquet"' in page and "obstacles.csv" not in page
