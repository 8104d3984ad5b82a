"""Reports of odd studies: what they say is true of them, and nothing of them is empty."""

import io
import json
import re

import numpy as np
import openpyxl
import pandas as pd
import pytest
import shapely

from geo_resilience import study
from geo_resilience.report._blocks import Aside, Bullets, DataTable, Finding, Picture, Sentence
from geo_resilience.report._document import PARTS
from geo_resilience.report._teller import LONGEST, Teller
from geo_resilience.report._trace import texts_of
from geo_resilience.report._writing import LanguageReport
from geo_resilience.report.writers._html import start_page
from geo_resilience.report.writers._workbook import workbook
from geo_resilience.study import read_results
from geo_resilience.study._plan_sections import ANALYSES
from geo_resilience.words import say

gpd = pytest.importorskip("geopandas")

#: Left out of every odd study, since these take long and a report shows little of them.
SLOW = ("pattern", "sensitivity", "rankings", "neighbors_sensitivity")

LONG = "名" * 280 + "Long name " * 2

#: Regions, years, codes of indicators (the first letter is the dimension), analyses left out.
STUDIES = {
    "one year": (9, (2023,), "A1 A2 B1", SLOW),
    "no years": (9, (), "A1 A2 B1", SLOW),
    "one dimension": (9, (2021, 2023), "A1 A2 A3", SLOW),
    "one indicator": (9, (2021, 2023), "A1", SLOW),
    "two regions": (2, (2021, 2023), "A1 B1", SLOW),
    "three regions": (3, (2021, 2023), "A1 B1", SLOW),
    "all skipped": (9, (2021, 2023), "A1 B1", tuple(ANALYSES)),
    "long names": (9, (2021, 2023), "A1 B1", SLOW),
}

#: Studies that are odd in a way of which another of them has most.
OFTEN_ALIKE = ("one year", "one dimension", "one indicator", "three regions")


def make(folder, name):
    count, years, codes, skip = STUDIES[name]
    long = LONG if name == "long names" else ""
    keys = [f"R{place}" for place in range(count)]
    shapes = [shapely.box(100 + n % 3, 28 + n // 3, 101 + n % 3, 29 + n // 3) for n in range(count)]
    named = {"id": keys, "town": [f"{long}Town {key}" for key in keys]}
    gpd.GeoDataFrame(named, geometry=shapes, crs=4326).to_file(folder / "own.geojson")
    drawn = np.random.default_rng(8).uniform(1, 9, (count * max(1, len(years)), 3))
    table = pd.DataFrame(drawn[:, : len(codes.split())].round(3), columns=codes.lower().split())
    table.insert(0, "id", np.repeat(keys, max(1, len(years))))
    if years:
        table.insert(1, "year", list(years) * count)
    table.to_csv(folder / "own.csv", index=False)
    parts = [
        f'[[dimensions]]\ncode = "{code}"\nname = "Side {code}"\nname_zh = "方面{code}"\n'
        for code in sorted({code[0] for code in codes.split()})
    ] + [
        f'[[indicators]]\ncode = "{code}"\nname = "{long}Figure {code}"\ndirection = "+"\n'
        f'dimension = "{code[0]}"\ncolumn = "{code.lower()}"\n'
        for code in codes.split()
    ]
    (folder / "own.toml").write_text("".join(parts), "utf-8")
    (folder / "study.toml").write_text(
        'title = "Odd"\npermutations = 99\n[boundaries]\nfile = "own.geojson"\n'
        'key = "id"\nname = "town"\n[table]\nfile = "own.csv"\nregion = "id"\n'
        + ('year = "year"\n' if years else "")
        + '[framework]\nfile = "own.toml"\n[weights]\nmethod = "equal"\n'
        + "[output]\nfigures = []\nreport = false\n[uncertainty]\ndraws = 200\n"
        + f"[analyses]\nskip = {json.dumps(list(skip))}\n",
        "utf-8",
    )
    return folder / "study.toml"


@pytest.fixture(scope="module")
def odd(tmp_path_factory):
    made = {}

    def read(name):
        if name not in made:
            folder = tmp_path_factory.mktemp("odd")
            study.run(make(folder, name), folder / "results")
            made[name] = read_results(folder / "results")
        return made[name]

    return read


def said(edition):
    return [
        str(text)
        for chapter in edition.document.chapters
        for block in chapter.blocks
        for _, text in texts_of(block)
    ]


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=pytest.mark.slow if name in OFTEN_ALIKE else ()) for name in STUDIES],
)
def test_nothing_of_an_odd_report_is_empty_or_unsaid(odd, name):
    editions = [
        LanguageReport(odd(name), "en", "full"),
        LanguageReport(odd(name), "zh", "leader"),
    ]
    for edition in editions:
        for chapter in edition.document.chapters:
            assert chapter.blocks, chapter.anchor
            for block in chapter.blocks:
                if isinstance(block, DataTable):
                    columns = zip(*block.rows, strict=True)
                    assert all(any(each not in ("", "–") for each in column) for column in columns)
                    assert len(block.columns) == len(block.rows[0])
                elif isinstance(block, Picture):
                    assert edition.pictures.drawn(block, "svg") is not None
                else:
                    assert isinstance(block, Sentence | Bullets | Aside | Finding) or block.text
        told = said(edition)
        assert not [text for text in told if re.search(r"[{}]|\bNone\b|\bnan\b|\bNaN\b", text)]
        assert not [text for text in told if re.search(r"\b1 (regions|years|indicators)\b", text)]
        lines = [line for chapter in edition.document.chapters for line in [chapter.anchor]]
        for part in PARTS:
            title = say(f"report.{part.anchor}.title", edition.language)
            if part.missed and (part.leader or edition.audience == "full"):
                assert (part.anchor in lines) != (f"“{title}”" in edition.document.absent)
        page = start_page(edition.document, edition.pictures, ["atlas.html"])
        assert "nan" not in re.sub(r"<[^>]*>", " ", page).split()
    assert openpyxl.load_workbook(io.BytesIO(workbook(Teller(odd(name), "zh")))).worksheets


def limits(edition):
    (box,) = (b for b in edition.document.chapters[0].blocks if isinstance(b, Aside))
    return list(map(str, box.texts))


@pytest.mark.parametrize(
    ("name", "there", "not_there"),
    [
        ("one year", ["limits.one_period"], ["limits.untested"]),
        ("no years", ["limits.one_period"], ["limits.untested"]),
        ("all skipped", ["limits.untested"], ["limits.one_period"]),
        ("two regions", [], ["limits.untested", "limits.one_period"]),
    ],
)
def test_what_a_study_cannot_show_is_true_of_it(odd, name, there, not_there):
    told = limits(LanguageReport(odd(name), "en", "leader"))
    assert all(say(f"report.{key}") in told for key in there)
    assert not [key for key in not_there if say(f"report.{key}") in told]
    assert any(text.startswith(f"{STUDIES[name][0]} regions are few") for text in told)
    assert say("report.limits.cause") in told


def test_no_indicator_is_said_to_lead_where_there_is_one_or_several_are_alike(odd):
    one = said(LanguageReport(odd("one indicator"), "en", "full"))
    assert not [text for text in one if "any other indicator" in text]
    for name in ("two regions", "three regions"):
        firsts = odd(name)["obstacles"].query("level == 'indicator' and order == 1")
        counts = firsts[firsts["year"] == 2023]["code"].value_counts()
        tied = (counts == counts.max()).sum() > 1
        told = " ".join(said(LanguageReport(odd(name), "en", "full")))
        assert ("holds back more regions than any other" in told) != tied


def test_only_regions_are_named_among_those_that_moved_most(odd):
    for name in ("three regions", "two regions"):
        edition = LanguageReport(odd(name), "en", "full")
        change = next(each for each in edition.document.chapters if each.anchor == "change")
        (table,) = (block for block in change.blocks if isinstance(block, DataTable))
        names = {f"Town R{place}" for place in range(STUDIES[name][0])}
        assert {str(row[0]) for row in table.rows} <= names


def test_a_study_without_zones_has_no_table_by_zone(odd):
    document = LanguageReport(odd("one dimension"), "en", "full").document
    blocks = [block for chapter in document.chapters for block in chapter.blocks]
    captions = [str(block.caption) for block in blocks if isinstance(block, DataTable)]
    assert captions and not [caption for caption in captions if "zone" in caption]


def test_long_names_are_held_short_with_both_ends_and_sentences_end(odd):
    told = said(LanguageReport(odd("long names"), "en", "full"))
    names = {name for text in told for name in re.findall(r"名+…[^,;:.]*?Town R\d", text)}
    assert len(names) == 9 and all(len(name) <= LONGEST for name in names)
    assert not [text for text in told if text.endswith("…")]
