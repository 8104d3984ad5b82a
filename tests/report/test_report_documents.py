"""Reports: every number equals the cell that it names; formats and languages hold the same."""

import io
import re
from dataclasses import replace

import numpy as np
import openpyxl
import pandas as pd
import pytest
from matplotlib.text import Text

from geo_resilience.errors import InputError, OutputError
from geo_resilience.maps import figures
from geo_resilience.report import brief_lines, write
from geo_resilience.report._blocks import Bullets, DataTable
from geo_resilience.report._document import PARTS, document
from geo_resilience.report._teller import Teller
from geo_resilience.report._trace import texts_of, traced
from geo_resilience.report._writing import LanguageReport
from geo_resilience.report.chapters._methods import TERMS
from geo_resilience.report.writers._html import start_page
from geo_resilience.report.writers._workbook import workbook
from geo_resilience.results._changes import p_text
from geo_resilience.study import read_results
from geo_resilience.text import Text as Words
from geo_resilience.words import say

RUNS = pytest.mark.parametrize("name", ["bundled", "everything"])
LANGUAGES = pytest.mark.parametrize("language", ["en", "zh"])


@pytest.fixture(scope="module")
def folders(bundled_run, everything_run):
    return {"bundled": bundled_run.folder, "everything": everything_run.folder}


@pytest.fixture(scope="module")
def read(folders):
    return {name: read_results(folder) for name, folder in folders.items()}


@pytest.fixture(scope="module")
def books(read):
    """The workbooks of the bundled study, read back."""
    return {
        language: openpyxl.load_workbook(io.BytesIO(workbook(Teller(read["bundled"], language))))
        for language in ("en", "zh")
    }


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
    plain = np.format_float_positional(value, 4, unique=False, fractional=False, trim="-")
    written = [*rounded, *shares, *few, plain, p_text(value), f"{value:,.0f}"]
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
    counted = [text for row in cards.blocks[0].rows for text in row[-2:]]
    for text in counted:
        assert int(text.replace(",", "")) == len(text.cells)
    assert sum(map(int, counted)) == len(read[name]["trace"])


@RUNS
def test_grades_in_doubt_are_counted_as_the_map_hatches_them(read, name):
    """Less than half of the draws agree: the count of the sentence and of the map's own text."""
    results = read[name]
    scores, doubt = (
        results[stem][lambda table: table["year"] == 2023].set_index("adcode")
        for stem in ("scores", "uncertainty")
    )
    agree = [doubt.at[key, f"p_{str(grade).lower()}"] for key, grade in scores["grade"].items()]
    count = sum(share < 0.5 for share in agree)
    told = chapter_of(document(results, "en"), "standing").blocks[0].text
    assert f"{count} of these grades" in told
    sheet = figures.graded_map(results, language="en")
    assert f"in doubt (less than half of the draws agree): {count} (" in sheet.alternative_text
    legend = [text.get_text() for text in sheet.findobj(Text)]
    assert legend[legend.index("Less than half agree") + 1] == str(count)


def chapter_of(made, anchor):
    return next(chapter for chapter in made.chapters if chapter.anchor == anchor)


def table_of(chapter):
    return next(block for block in chapter.blocks if isinstance(block, DataTable))


@RUNS
def test_warnings_are_listed_the_gravest_first(read, name):
    rows = table_of(chapter_of(document(read[name], "en"), "warnings")).rows
    order = ["Red", "Orange", "Yellow", "Blue"]
    grave = [order.index(row[1]) for row in rows]
    assert grave == sorted(grave) and len(set(grave)) > 1


def test_options_name_who_does_best_and_who_of_those_alike_does_better(read):
    results = read["bundled"]
    last = {
        stem: results[stem][lambda table: table["year"] == 2023].set_index("adcode")
        for stem in ("indicators", "peers")
    }
    first = results["obstacles"].query("year == 2023 and level == 'indicator' and order == 1")
    names = results.regions.frame["name"]
    rows = table_of(chapter_of(document(results, "en"), "options")).rows
    for (_, row), told in zip(first.iterrows(), rows, strict=True):
        values = last["indicators"][row["code"]]
        assert names[values.idxmax()] in told[3]
        alike = values[last["peers"].at[row["adcode"], "similar"].split()]
        better = alike.max() > values[row["adcode"]]
        assert told[4].split(", ")[0] == (names[alike.idxmax()] if better else "–")


def test_no_run_of_places_that_are_not_told_apart_holds_a_pair_that_is(read):
    results = read["bundled"]
    pairs = results["rank_pairs"].query("year == 2023").set_index("rank")["probability"]
    runs = next(
        block for block in chapter_of(document(results, "en"), "standing").blocks
        if isinstance(block, Bullets)
    ).texts  # fmt: skip
    within = {
        place
        for told in runs
        for place in range(*map(int, re.match(r"Places (\d+) to (\d+):", told).groups()))
    }
    assert within == {rank for rank, share in pairs.items() if 0.1 < share < 0.9}


@RUNS
@LANGUAGES
def test_every_term_and_method_told_belongs_to_a_table_of_the_study(read, name, language):
    made = document(read[name], language)
    terms = table_of(chapter_of(made, "glossary")).rows
    assert len(terms) == sum(len(read[name].tables.get(stem, ())) > 0 for stem in TERMS.values())
    assert all(term and meaning for term, meaning in terms)
    bare = document(replace(read[name], tables={"scores": read[name]["scores"]}), language)
    assert len(table_of(chapter_of(bare, "glossary")).rows) == 2


AUDITED = {
    # check: values that are just met and just not met, as they would be shown
    "alpha": (0.7, 0.699),
    "kmo": (0.6, 0.599),
}


@pytest.mark.parametrize("check", AUDITED)
def test_a_verdict_of_the_audit_turns_where_its_threshold_says(read, check):
    results = read["bundled"]
    verdicts = []
    for value in (*AUDITED[check], AUDITED[check][0] - 4e-4):
        table = results["reliability"].copy()
        table.loc[table["check"] == check, "value"] = value
        made = document(replace(results, tables={**results.tables, "reliability": table}), "en")
        rows = table_of(chapter_of(made, "audit")).rows
        told = {"alpha": "Cronbach", "kmo": "Kaiser"}[check]
        verdicts.append(next(row[3] for row in rows if row[1].startswith(told)))
    assert verdicts == ["met", "not met", "met"]  # what is shown as 0.700 is met


def test_the_audit_names_what_is_skewed_collinear_or_apart(read):
    """An indicator made a copy of another, one of noise, one with an outlier: each is named."""
    results = read["bundled"]
    table = results["indicators"].copy()
    last = table["year"] == 2023
    count = int(last.sum())
    table.loc[last, "D112"] = table.loc[last, "D111"]
    table.loc[last, "D312"] = 1 - table.loc[last, "D312"]
    table.loc[last, "D221"] = np.r_[np.linspace(0, 0.01, count - 1), 1.0]
    made = document(replace(results, tables={**results.tables, "indicators": table}), "en")
    told = [row[1] for row in table_of(chapter_of(made, "audit")).rows]
    shape, apart, same = (
        next(text for text in told if start in text)
        for start in ("skewed and peaked", "less than 0.3", "by 0.9 or more")
    )
    names = {code: str(results.framework.called(code)["en"]) for code in table.columns[2:]}
    assert names["D221"] in shape
    assert names["D312"] in apart
    assert f"{names['D111']} and {names['D112']}" in same


@RUNS
@LANGUAGES
def test_a_report_has_every_chapter_or_says_that_it_is_left_out(read, name, language):
    made = document(read[name], language)
    there = [chapter.anchor for chapter in made.chapters]
    assert there == [part.anchor for part in PARTS if part.anchor in there]
    assert all(chapter.blocks for chapter in made.chapters)
    for part in (part for part in PARTS if part.missed):
        title = say(f"report.{part.anchor}.title", language)
        assert (part.anchor in there) != (f"“{title}”" in made.absent)
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
    anchors = {part.anchor for part in PARTS} - {chapter.anchor for chapter in made.chapters}
    assert anchors == {"warnings", "specialization", "what_if", "since"}  # the last is not missed
    assert made.absent.count("“") == 3
    edition = LanguageReport(replace(read["bundled"], tables=kept), "en", "leader")
    assert "“Early warning”" in edition.document.absent
    assert edition.page.count(edition.document.absent) == 1


def test_only_the_scores_make_a_report(read):
    kept = {stem: read["bundled"].tables[stem] for stem in ("scores", "global")}
    one_year = {
        stem: table[table["year"] == 2023].reset_index(drop=True) for stem, table in kept.items()
    }
    made = document(replace(read["bundled"], tables=one_year, groupings={}), "en")
    anchors = [chapter.anchor for chapter in made.chapters]
    assert "standing" in anchors and "change" not in anchors
    assert made.absent.endswith("a single period: “What changed, and why”.")


@LANGUAGES
def test_what_the_index_means_is_said_in_the_words_of_its_framework(read, language):
    results = read["bundled"]
    meaning = results.framework.meaning[language]
    assert meaning in texts(document(results, language))
    towns = replace(results.framework, meaning=Words("How far services reach."))
    told = texts(document(replace(results, framework=towns), language))
    assert "How far services reach." in told and meaning not in told
    mute = replace(results.framework, meaning=Words())
    shorter = texts(document(replace(results, framework=mute), language))
    assert set(told) - set(shorter) == {"How far services reach."}


@pytest.mark.slow
def test_files_are_written_whole_in_each_language_as_in_that_alone(read, tmp_path):
    first = write(read["bundled"], tmp_path / "a", ("html", "xlsx"), "both", "leader", trace=True)
    assert sorted(file.name for file in first) == [
        "report_en.html",
        "report_zh.html",
        "results_en.xlsx",
        "results_zh.xlsx",
        "trace_report_en.csv",
        "trace_report_zh.csv",
    ]
    (alone,) = write(read["bundled"], tmp_path / "b", ("html",), "zh", "leader")
    assert (tmp_path / "a" / "report_zh.html").read_bytes() == alone.read_bytes()


def test_a_page_loads_nothing_runs_nothing_and_its_links_lead_somewhere(read):
    edition = LanguageReport(read["bundled"], "en", "leader")
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
        regions=replace(results.regions, frame=frame),
    )


def test_no_name_runs_in_a_page(read):
    edition = LanguageReport(called(read["bundled"], HOSTILE), "en", "leader")
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
def test_a_workbook_holds_the_tables_as_they_are(read, books, language):
    results, book = read["bundled"], books[language]
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
def test_each_head_says_its_file_and_each_rank_its_row(read, books, language):
    results, book = read["bundled"], books[language]
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


@pytest.mark.slow
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
    edition = LanguageReport(read["bundled"], "en", "leader")
    files = set(traced(edition.document, read["bundled"])["file"])
    assert {"obstacles.parquet", "scores.csv"} <= files
    page = start_page(edition.document, edition.pictures, [])
    assert 'href="tables/obstacles.parquet"' in page and "obstacles.csv" not in page
