"""Every door through which a file comes in: a record each, with a sound file to begin from.

A new reader is a line in `DOORS`: its name, the file that it is given, the reader, a sound file.
"""

from __future__ import annotations

import io
import json
import random
import sqlite3
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property, partial
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import fuzz_world as world
import geopandas as gpd
import openpyxl
import pandas as pd
import xlwt
from fuzz_mutators import spoiled

from geo_resilience import chain, evaluation, spatial, study
from geo_resilience.chain._records import read_records
from geo_resilience.chain.inputoutput._regional import read_sizes
from geo_resilience.databases import Address, DatabaseQuery, ask
from geo_resilience.errors import Problems
from geo_resilience.indicators import (
    Recipe,
    calculate,
    read_framework,
    read_table,
    read_yearbook,
    write_framework,
)
from geo_resilience.indicators.records._question import read_concordance as read_industries
from geo_resilience.maps.gis import ColumnTitle, Kind, Style, lyrx, qml, sld
from geo_resilience.regions import (
    Regions,
    read_aliases,
    read_base,
    read_boundaries,
    read_crosswalk,
    read_groups,
)
from geo_resilience.regions._base_files import read_context
from geo_resilience.report.writers._clean import printable
from geo_resilience.study._plan_reading import read_plan
from geo_resilience.study._portfolio_plan import read_portfolio
from geo_resilience.tables._reading import read_raw

CORPUS = Path(__file__).parent / "corpus"


@dataclass(frozen=True)
class Door:
    """One way in.

    - ``name``: of the door, and of the folder of its corpus.
    - ``file``: name under which a file is given to it; the ending says how it is spoiled.
    - ``read``: called with the file.
    - ``sample``: gives a sound file, and is called once.
    - ``beside``: further files of the folder.
    """

    name: str
    file: str
    read: Callable[[Path], object]
    sample: Callable[[], str | bytes]
    beside: Callable[[], dict[str, bytes]] = dict

    @cached_property
    def content(self) -> bytes:
        """The sound file."""
        made = self.sample()
        return made.encode() if isinstance(made, str) else made

    def given(self, content: bytes, folder: Path) -> Callable[[], object]:
        """Write a file into a folder, and give what reads it."""
        for name, other in self.beside().items():
            (folder / name).write_bytes(other)
        (folder / self.file).write_bytes(content)
        return partial(self.read, folder / self.file)

    def case(self, rng: random.Random, folder: Path) -> Callable[[], object]:
        """Spoil the sound file, write it into a folder, and give what reads it."""
        return self.given(spoiled(rng, self.content, Path(self.file).suffix), folder)


@dataclass(frozen=True)
class StudyDoor(Door):
    """A whole study: options and files of a small one are spoiled."""

    def case(self, rng: random.Random, folder: Path) -> Callable[[], object]:
        """Write a spoiled study into a folder, and give what reads it."""
        return partial(self.read, world.spoil_study(rng, folder))


@dataclass(frozen=True)
class TextDoor(Door):
    """A reader of a line of text."""

    def given(self, content: bytes, folder: Path) -> Callable[[], object]:
        """Give what reads the text."""
        (folder / self.file).write_bytes(content)
        return partial(self.read, content.decode("utf-8", "replace"))  # type: ignore[arg-type]


def _workbook() -> bytes:
    made = openpyxl.Workbook()
    for line in world.table().splitlines()[:20]:
        made.active.append([float(c) if c[:1].isdigit() else c for c in line.split(",")])
    made.active["C2"].number_format = "yyyy-mm-dd"
    for row in range(2, 21):
        made.active[f"D{row}"].number_format = "0.0%"
    made.active.merge_cells("A4:A5")
    return _saved(made)


def _yearbook() -> bytes:
    made = openpyxl.Workbook()
    for line in YEARBOOK.splitlines():
        made.active.append([cell or None for cell in line.split(",")])
    made.active.merge_cells("B3:C3")
    made.active.merge_cells("A3:A4")
    made.copy_worksheet(made.active).title = "2016"
    return _saved(made)


def _old_workbook() -> bytes:
    made = xlwt.Workbook()
    page = made.add_sheet("2015")
    for row, line in enumerate(YEARBOOK.splitlines()):
        for column, cell in enumerate(line.split(",")):
            page.write(row, column, float(cell) if cell.isdecimal() else cell)
    return _saved(made)


def _framework() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "f.toml"
        file.write_text(world.FRAMEWORK)
        write_framework(read_framework(file), file.with_suffix(".xlsx"))
        return file.with_suffix(".xlsx").read_bytes()


def _database() -> bytes:
    frame = pd.read_csv(io.StringIO(world.table()))
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "t.sqlite"
        link = sqlite3.connect(file)
        frame.to_sql("figures", link, index=False)
        link.execute("CREATE VIEW seen AS SELECT region, year, income FROM figures")
        link.close()
        return file.read_bytes()


def _judged() -> bytes:
    made = openpyxl.Workbook()
    for line in world.files()["judgements.csv"].decode().splitlines():
        made.active.append(line.split(","))
    return _saved(made)


def _saved(made: Any) -> bytes:
    held = io.BytesIO()
    made.save(held)
    return held.getvalue()


def _parquet() -> bytes:
    held = io.BytesIO()
    pd.read_csv(io.StringIO(world.table())).to_parquet(held)
    return held.getvalue()


def _map(driver: str, suffix: str) -> Callable[[], bytes]:
    """Give the map as another kind of file; a Shapefile with its parts in an archive."""

    def made() -> bytes:
        frame = gpd.read_file(io.StringIO(world.boundaries()))
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / f"map{suffix}"
            if driver == "Parquet":
                frame.to_parquet(file)
            else:
                frame.to_file(file, driver=driver, engine="pyogrio")
            if suffix != ".shp":
                return file.read_bytes()
            held = io.BytesIO()
            with zipfile.ZipFile(held, "w") as archive:
                for part in sorted(Path(folder).iterdir()):
                    archive.writestr(part.name, part.read_bytes())
            return held.getvalue()

    return made


def _calculated(text: str) -> object:
    frame = pd.read_csv(io.StringIO(world.table()))
    frame = frame.rename(columns={"region": "adcode"}).set_index(["adcode", "year"])
    return calculate(text, frame)


def _drawn(file: Path) -> object:
    return read_boundaries(file, key="code")


def _linked(file: Path) -> object:
    return spatial.read_neighbors(file, world.KEYS)


def _based(file: Path) -> object:
    return read_base(file, "code")


def _grouped(file: Path) -> object:
    return read_groups(file, keys=world.KEYS)


def _changed(file: Path) -> object:
    return read_crosswalk(file).events


def _asked(file: Path) -> object:
    """Ask a database for a table, a view and a few rows."""
    return _answers(file, "SELECT region, sum(income) FROM figures GROUP BY region", "figures")


def _answers(file: Path, query: str, table: str) -> object:
    problems, address = Problems(), Address(f"sqlite:///{file.name}", file.parent)
    asked = [DatabaseQuery(address, "[table]", query)]
    asked += [DatabaseQuery(address, "[table]", table=each) for each in (table, "seen")]
    found = ask(asked, problems)
    problems.raise_if_any()
    return [(answer.table(), answer.sha256) for answer in found.values()]


def _queried(text: str) -> object:
    """Ask what may be no query of a database in memory's place."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "t.sqlite"
        file.write_bytes(DOORS["database"].content)
        found = _answers(file, text, "figures")
        if file.read_bytes() != DOORS["database"].content or len(list(file.parent.iterdir())) > 1:
            raise AssertionError("a query wrote")
        return found


def _styled(text: str) -> object:
    """Write styles with a name, which must come back from each as it went in."""
    kind = Kind((text,), text, "#f3e79c")
    style = Style(
        text, "grade", (kind, Kind((text, "b"), text, "#f3e79c")), Kind((), "", "#d9dbde")
    )
    titles = [ColumnTitle("grade", text, text, (("a", text),))]
    drawn = map(printable, (qml(style, titles), sld(style, "regions")))
    heads = [ElementTree.fromstring(each) for each in drawn]
    return heads, json.loads(lyrx(style, "regions", text, titles))


def _matched(file: Path) -> object:
    return read_aliases(file, _provinces())


@cache
def _provinces() -> Regions:
    return read_boundaries()


def _opened(file: Path) -> object:
    """Read a Word template, where what reads it is installed."""
    from geo_resilience.report.writers._word_base import read_template

    return read_template(file)


def _template() -> bytes:
    import docx

    made = docx.Document()
    made.add_paragraph("Institute")
    return _saved(made)


def _run(file: Path) -> object:
    """Run a study and hold it to its promises: whatever is read gives finite scores in [0, 1]."""
    found = study.run(file)
    scores = found["scores"]["composite"].dropna()
    if not scores.between(-1e-12, 1 + 1e-12).all():
        raise AssertionError("a composite outside of 0 to 1")
    return found


def _of_world(name: str) -> Callable[[], bytes]:
    return lambda: world.files()[name]


GAL = "0 3 unknown adcode\nR00 1\nR01\nR01 2\nR00 R02\nR02 1\nR01\n"
GWT = "0 3 unknown adcode\nR00 R01 0.5\nR01 R00 1.5\nR01 R02 1\n"
SIZES = "adcode,地区,01,02\n110000,北京,5,7\n120000,天津,3,1\n"
YEARBOOK = """3-1 各地区数字产业（2015年）,,,
,,,单位：亿元
地　区,数字产业,,年末人口（万人）
,软件业务收入,#信息技术服务,
全　国,42848,22123,137462
华北地区,,,
北　京,5423,3410,2171
天　津,980,…,1547①
,,,
3-1 续表,,,
地　区,电信,,
河　北,7,8,9
注：本表不含港澳台地区。,,,
"""
RECIPE = """[default]
missing = ["…"]
[[tables]]
file = "t.csv"
headings = [3, 4]
rows = [5, 8]
region = "A"
left_out = ["全国"]
columns = [{ at = "B", figure = "收入", unit = "亿元", year = 2015 }]
"""
CROSSWALK = (
    "from,to,year,share,share_low,share_high\n1,11,2010,0.6,0.5,0.7\n1,12,2010,0.4,,\n2,3,2011,,,\n"
)
CODES = (
    "unit,2010,2011,2012,weight\nx,341400,340100,340100,3\ny,341400,340200,340200,1\nz,5,5,6,2\n"
)
INDICATORS = """code,name,name_zh,unit,direction,dimension,group,weight,column,expression,fidelity
A1,Income,收入,yuan,+,Strength,,0.4,,income / people,proxy
A2,Firms,企业,,+,Strength,,0.2,firms,,
B1,Waste,废物,,-,Order,,0.4,waste,,as defined
"""
QUERY = "SELECT region, year, income / people AS a FROM figures WHERE year > 2018 ORDER BY 1"
PORTFOLIO = """base = "study.toml"
[[studies]]
name = "one"
weights.method = "equal"
[[studies]]
name = "two"
seed = 3
output.bom = true
"""

DOORS: dict[str, Door] = {
    door.name: door
    for door in (
        Door("table", "t.csv", read_table, world.table),
        Door("workbook", "t.xlsx", read_raw, _workbook),
        Door("workbook-old", "t.xls", read_raw, _old_workbook),
        Door("yearbook", "t.xlsx", read_yearbook, _yearbook),
        Door("yearbook-old", "t.xls", read_yearbook, _old_workbook),
        Door("yearbook-text", "t.csv", read_yearbook, lambda: YEARBOOK),
        Door("recipe", "t.toml", Recipe.of, lambda: RECIPE),
        Door("parquet", "t.parquet", read_table, _parquet),
        Door("records", "t.csv", read_records, _of_world("risks.csv")),
        Door("records-toml", "t.toml", read_records, lambda: '[[rows]]\ncode = "a"\nimpact = 1\n'),
        Door("concordance", "t.csv", chain.read_concordance, lambda: "from,to\n1,a\n2,a\n3,b\n"),
        Door("industries", "t.csv", read_industries, lambda: "code,industry\nC39,电子\nC40,仪器\n"),
        Door("sizes", "t.csv", read_sizes, lambda: SIZES),
        Door("input-output", "t.csv", chain.read_io, lambda: world.IO),
        Door("aliases", "t.csv", _matched, lambda: "name,key\n京,北京\n金陵,320000\n"),
        Door("judgements", "t.csv", evaluation.read_judgements, _of_world("judgements.csv")),
        Door("judgements-book", "t.xlsx", evaluation.read_judgements, _judged),
        Door("crosswalk", "t.csv", _changed, lambda: CROSSWALK),
        Door("crosswalk-codes", "t.csv", _changed, lambda: CODES),
        Door("database", "t.sqlite", _asked, _database),
        Door("neighbors", "t.csv", _linked, _of_world("neighbors.csv")),
        Door("neighbors-gal", "t.gal", _linked, lambda: GAL),
        Door("neighbors-gwt", "t.gwt", _linked, lambda: GWT),
        Door("framework", "t.toml", read_framework, lambda: world.FRAMEWORK),
        Door("framework-book", "t.xlsx", read_framework, _framework),
        Door("framework-table", "t.csv", read_framework, lambda: INDICATORS),
        Door("groups", "t.toml", _grouped, lambda: world.GROUPS),
        Door("plan", "t.toml", read_plan, lambda: world.STUDY, world.files),
        Door("portfolio", "p.toml", read_portfolio, lambda: PORTFOLIO, world.files),
        Door("boundaries", "t.geojson", _drawn, world.boundaries),
        Door("boundaries-gpkg", "t.gpkg", _drawn, _map("GPKG", ".gpkg")),
        Door("boundaries-shp", "t.zip", _drawn, _map("ESRI Shapefile", ".shp")),
        Door("boundaries-fgb", "t.fgb", _drawn, _map("FlatGeobuf", ".fgb")),
        Door("boundaries-parquet", "t.parquet", _drawn, _map("Parquet", ".parquet")),
        Door("base", "t.geojson", _based, world.boundaries),
        Door("context", "t.geojson", read_context, lambda: world.ROADS),
        Door("template", "t.docx", _opened, _template),
        TextDoor("expression", "t.txt", _calculated, lambda: "income / lag(people) + zero(firms)"),
        TextDoor("query", "t.txt", _queried, lambda: QUERY),
        TextDoor("styles", "t.txt", _styled, lambda: "Grade of <2020> & 'others'"),
        StudyDoor("study-check", "study.toml", study.check, lambda: world.STUDY, world.files),
        StudyDoor("study-run", "study.toml", _run, lambda: world.STUDY, world.files),
    )
}

#: The doors of single files, and those of whole studies.
READERS = tuple(name for name, door in DOORS.items() if not isinstance(door, StudyDoor))
STUDIES = tuple(name for name in DOORS if name not in READERS)
