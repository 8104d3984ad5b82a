"""A small study with a file of every kind, and studies that differ from it by an option or two."""

from __future__ import annotations

import json
import math
import random
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from fuzz_mutators import TEXTS, spoiled, text_of, toml, value_of

from geo_resilience.study._plan import Plan
from geo_resilience.study._plan_options import Option
from geo_resilience.study._plan_sections import REPEATED, SECTIONS, options_of

KEYS = [f"R{place:02d}" for place in range(12)]
YEARS = (2018, 2019, 2020, 2021)
COLUMNS = ("people", "income", "firms", "waste", "policy")
EXAMPLES = Path(__file__).parents[2] / "geo_resilience" / "chain" / "management" / "example"


def _square(place: int) -> dict[str, Any]:
    west, south = 100 + place % 4, 30 + place // 4
    ring = [(west, south), (west + 1, south), (west + 1, south + 1), (west, south + 1)]
    return {
        "type": "Feature",
        "properties": {
            "code": KEYS[place],
            "name": f"Town {place}",
            "name_zh": f"第{place}镇",
            "role": "units",
        },
        "geometry": {"type": "Polygon", "coordinates": [[*map(list, ring), list(ring[0])]]},
    }


def boundaries() -> str:
    """Give twelve squares in three rows."""
    features = [_square(place) for place in range(len(KEYS))]
    return json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False)


def _value(place: int, year: int, column: int) -> float:
    return round(10 + 3 * column + place + math.sin(place * (column + 2)) * 4 + (year - 2018), 3)


def table() -> str:
    """Give a long table."""
    lines = [",".join(("region", "year", *COLUMNS))]
    for place, key in enumerate(KEYS):
        for year in YEARS:
            values = [_value(place, year, column) for column in range(len(COLUMNS))]
            lines.append(",".join(map(str, (key, year, *values))))
    return "\n".join(lines) + "\n"


FRAMEWORK = """title = "Four indicators"
dimensions = [
  { code = "A", name = "Strength", name_zh = "实力" },
  { code = "B", name = "Order", name_zh = "秩序" },
]
[[indicators]]
code = "A1"
name = "Income"
name_zh = "收入"
unit = "yuan"
direction = "+"
dimension = "A"
weight = 0.4
expression = "income / people"
[[indicators]]
code = "A2"
name = "Firms"
direction = "+"
dimension = "A"
weight = 0.2
column = "firms"
[[indicators]]
code = "B1"
name = "Waste"
direction = "-"
dimension = "B"
weight = 0.2
expression = "waste / lag(people)"
[[indicators]]
code = "B2"
name = "Growth"
direction = "+"
dimension = "B"
weight = 0.2
column = "people"
[[variables]]
code = "policy"
column = "policy"
role = "driver"
"""

STUDY = """title = "Twelve towns"
seed = 7
permutations = 99
years = [2018, 2019, 2020, 2021]
[boundaries]
file = "map.geojson"
key = "code"
name = "name"
name_zh = "name_zh"
aliases = "aliases.csv"
[[tables]]
file = "table.csv"
region = "region"
year = "year"
[framework]
file = "framework.toml"
[cleaning]
outliers = "iqr"
[weights]
method = "combined"
judgements = ["judgements.csv"]
[groups]
file = "groups.toml"
[neighbors]
rule = "file"
file = "neighbors.csv"
[uncertainty]
draws = 100
[space]
draws = 99
gap_draws = 99
[regression]
regressors = ["policy"]
[chain]
io = ["io.csv"]
io_years = [2018]
disruption = "disruption.csv"
shock = [2019, 2020]
recovered = [2020, 2021]
shock_variables = ["policy"]
risks = "risks.csv"
targets = "targets.csv"
priorities = "priorities.csv"
maturity = "maturity.csv"
warn = true
watch = ["A1", "policy"]
thresholds = "thresholds.csv"
responses = "responses.csv"
[[what_if]]
name = "Better"
region = "R03"
values = { A1 = 1.0 }
[[story]]
view = "year=2020&layer=grade"
text = "Look here."
[map]
base_note = "A note"
[[map.context]]
file = "roads.geojson"
name = "Roads"
[output]
figures = []
report = false
"""

GROUPS = """[[groups]]
id = "west"
name = "West"
name_zh = "西部"
kind = "zone"
partition = "halves"
source = "made"
members = ["R00", "R01", "R04", "R05", "R08", "R09"]
[[groups]]
id = "east"
name = "East"
name_zh = "东部"
kind = "zone"
partition = "halves"
source = "made"
members = ["R02", "R03", "R06", "R07", "R10", "R11"]
[[groups]]
id = "coast"
name = "Coast"
kind = "belt"
source = "made"
members = ["R00", "R01", "R02", "R03"]
"""

IO = "代码,甲,乙,TFU,GO\n甲,150,500,350,1000\n乙,200,100,1700,2000\nVA,650,1400,,\n"
NEIGHBORS = "region,neighbor,weight\n" + "".join(
    f"{KEYS[a]},{KEYS[b]},1\n{KEYS[b]},{KEYS[a]},1\n"
    for a in range(12)
    for b in (a + 1, a + 4)
    if b < 12 and (b == a + 4 or b % 4)
)
ROADS = json.dumps(
    {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": {"name": "Road"},
                "geometry": {"type": "LineString", "coordinates": [[100, 30], [103, 32.5]]},
            }
        ],
    }
)


@cache
def files() -> Mapping[str, bytes]:
    """Give the files of the study by name."""
    made = {
        "study.toml": STUDY,
        "framework.toml": FRAMEWORK,
        "groups.toml": GROUPS,
        "map.geojson": boundaries(),
        "roads.geojson": ROADS,
        "table.csv": table(),
        "aliases.csv": "name,key\n大城,R03\nOld Town,R05\n",
        "judgements.csv": "code,A1,A2,B1,B2\nA1,1,3,2,1/2\nA2,,1,1,1/3\nB1,,,1,1\nB2,,,,1\n",
        "neighbors.csv": NEIGHBORS,
        "io.csv": IO,
        "disruption.csv": "code,initial,time\n甲,0.3,6\nothers,0,3\n",
        "thresholds.csv": "code,direction,blue,yellow,orange,red,hysteresis\n"
        "policy,-,0.3,0.5,,0.8,0.05\nA1,+,0.02,,,,\n",
    }
    shipped = {
        "risks.csv": "table_4_6.csv",
        "targets.csv": "table_4_1.csv",
        "priorities.csv": "table_4_3.csv",
        "maturity.csv": "table_4_4.csv",
        "responses.csv": "table_4_8.csv",
    }
    own = {name: text.encode() for name, text in made.items()}
    return own | {name: (EXAMPLES / file).read_bytes() for name, file in shipped.items()}


def spoil_study(rng: random.Random, folder: Path) -> Path:
    """Write the study into a folder, one or two of its options or files spoiled."""
    contents = dict(files())
    for _ in range(rng.choice((1, 1, 2))):
        if rng.random() < 0.6:
            contents["study.toml"] = _other_option(rng, contents["study.toml"])
        else:
            name = rng.choice(list(contents))
            contents[name] = spoiled(rng, contents[name], Path(name).suffix)
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    return folder / "study.toml"


def _other_option(rng: random.Random, study: bytes) -> bytes:
    """Add or change a key of the study: mostly to something that its kind allows."""
    section = rng.choice(["", *SECTIONS])
    options = options_of(SECTIONS[section] if section else Plan)
    key = rng.choice(list(options))
    lines = study.decode("utf-8", "replace").splitlines()
    heading = f"[[{section}]]" if section in REPEATED else f"[{section}]"
    heading = heading if heading in lines else f"[[{section}]]"
    line = f"{key} = {toml(_offered(rng, options[key]))}"
    if section and heading not in lines:
        heading = f"[[{section}]]" if section in REPEATED else f"[{section}]"
        lines += [heading]
    at = lines.index(heading) + 1 if section else 0
    stop = next((i for i in range(at, len(lines)) if lines[i].startswith("[")), len(lines))
    kept = [each for each in lines[at:stop] if not each.startswith(f"{key} =")]
    return "\n".join([*lines[:at], line, *kept, *lines[stop:]]).encode("utf-8", "surrogatepass")


def _offered(rng: random.Random, option: Option) -> Any:
    """Give a value for an option, of its kind or not."""
    if rng.random() < 0.25:
        return value_of(rng)
    codes = ["A1", "A2", "B1", "B2", "policy", "composite", "A", "R03", "甲", text_of(rng)]
    ends = [each for each in (option.least, option.most) if each is not None]
    numbers = [*ends, 0, 0.5, 1, 2, 3, 2019, 2020, -1, 1e6]
    kind = option.kind
    some = rng.sample(list(option.allowed) or codes, rng.randint(0, len(option.allowed) or 3))
    if "_by_code" in kind or kind in ("classes", "errors"):
        inner = {"numbers": numbers, "pairs": [[0, 1], [1, 0], numbers[:2]], "lists": [some]}
        return {code: rng.choice(inner.get(kind.partition("_")[0], codes)) for code in some[:3]}
    offers: dict[str, Any] = {
        "choice": rng.choice(option.allowed or codes),
        "integer": int(rng.choice([each for each in numbers if each == int(each)])),
        "number": float(rng.choice(numbers)),
        "truth": rng.random() < 0.5,
        "years": rng.sample((*YEARS, 1999), rng.randint(0, 3)),
        "path": rng.choice([*files(), text_of(rng)]),
        "framework": rng.choice(["framework.toml", "high_tech", text_of(rng)]),
        "paths": rng.sample(list(files()), rng.randint(0, 2)),
        "numbers": rng.sample(numbers, rng.randint(0, 4)),
        "text": rng.choice([*codes, *TEXTS[:30]]),
    }
    alike = {"records": "paths", "rasters": "paths", "years_as_listed": "years", "cuts": "numbers"}
    alike |= {"falling": "numbers", "title": "text", "column_or_year": "text"}
    return offers.get(alike.get(kind, kind), some)
