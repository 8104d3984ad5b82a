"""One string a language: what it says, and that a third language is a column and data."""

import ast
import copy
import json
import pickle
import subprocess
import sys
from pathlib import Path

import geo_resilience
from geo_resilience.maps.atlas._bundle import safe_json
from geo_resilience.text import Text, keys_of
from geo_resilience.words import LANGUAGES, say

PACKAGE = Path(geo_resilience.__file__).parent

#: Where a language may be named: words, spellings of provinces, and a study's key for a column.
EDGES = ("text.py", "words/", "regions/_provinces.py", "study/_regions.py")


def test_it_says_its_own_language_else_the_first_there_is():
    both, one = Text(en="Beijing", zh="北京"), Text(zh="北京")
    assert (both["en"], both.say("zh"), one["en"], Text("GDP")["zh"]) == (
        "Beijing",
        "北京",
        "北京",
        "GDP",
    )
    assert Text()["zh"] == "" and not Text(en="", zh="") and one
    assert Text(en="A", zh="A") == Text("A") == {"en": "A", "zh": "A"} != both
    assert len({Text("A"), Text(en="A", zh="A"), both}) == 2
    assert copy.deepcopy(both) == pickle.loads(pickle.dumps(both)) == both


def test_it_is_read_from_the_keys_of_a_file():
    assert list(keys_of("name").values()) == ["name", "name_zh"] and list(keys_of("x")) == [
        *LANGUAGES
    ]
    assert Text.of({"name": " A ", "name_zh": "甲"}, "name") == Text(en="A", zh="甲")
    assert Text.of({"unit_zh": "万元"}, "unit")["en"] == "万元"
    assert not Text.of({"name": "A", "unit": None}, "unit")


def test_a_sentence_takes_it_in_its_own_language_and_a_page_as_plain_data():
    name = Text(en="Output", zh="产出")
    for language, shown in (("en", "A (Output)"), ("zh", "A（产出）")):
        assert say("problem.indicators.indicator", language, code="A", name=name) == shown
    assert json.loads(safe_json({"name": name})) == {"name": {"en": "Output", "zh": "产出"}}


THIRD = """
import sys
from geo_resilience import words
words.LANGUAGES = ("en", "zh", "fr")
for row in words._tables().values():
    row["fr"] = "fr:" + row["en"]
from geo_resilience.indicators import read_framework
from geo_resilience.maps import choropleth
from geo_resilience.regions import read_boundaries, read_groups
from geo_resilience.text import Text
framework = read_framework(sys.argv[1])
indicator = framework.indicators[0]
assert (indicator.name["fr"], indicator.unit["fr"], framework.title["fr"]) == ("Un", "%", "Cadre")
groups = read_groups(sys.argv[2], ["1", "2"])
assert groups["zones"].groups[0].name["fr"] == "Le nord"
regions = read_boundaries()
page = choropleth(regions.frame["label_lon"], regions, title={"en": "Map", "fr": "Carte"})
content = page.data["content"] if "content" in page.data else page.data
assert dict(content["title"]) == {"en": "Map", "zh": "Map", "fr": "Carte"}, content["title"]
assert content["words"]["fr"]["no_data"].startswith("fr:")
assert content["names"].get("fr", content["names"]["en"]) == content["names"]["en"]
"""

FRAMEWORK = """
title = "Frame"
title_fr = "Cadre"
[[dimensions]]
code = "A"
name = "A"
[[indicators]]
code = "A1"
name = "One"
name_zh = "一"
name_fr = "Un"
unit = "%"
direction = "+"
dimension = "A"
"""

GROUPS = """
[[groups]]
id = "north"
name = "North"
name_fr = "Le nord"
kind = "zone"
partition = "zones"
members = ["1", "2"]
"""


def test_a_third_language_is_a_column_and_data(tmp_path):
    for name, text in (("framework.toml", FRAMEWORK), ("groups.toml", GROUPS)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    files = [str(tmp_path / "framework.toml"), str(tmp_path / "groups.toml")]
    done = subprocess.run(
        [sys.executable, "-c", THIRD, *files], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def named_languages(tree):
    """Comparisons with a language, and lookups in a table of languages written in code."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
            if any(isinstance(side, ast.Constant) and side.value in LANGUAGES for side in sides):
                yield node.lineno
        elif isinstance(node, ast.Dict):
            keys = [key.value for key in node.keys if isinstance(key, ast.Constant)]
            if set(LANGUAGES) <= set(keys):
                yield node.lineno
        elif isinstance(node, ast.Attribute) and node.attr in ATTRIBUTES:
            yield node.lineno


ATTRIBUTES = {f"{name}_zh" for name in ("name", "unit", "definition")}


def test_no_module_branches_on_a_language():
    found = []
    for file in sorted(PACKAGE.rglob("*.py")):
        place = file.relative_to(PACKAGE).as_posix()
        if not place.startswith(EDGES):
            tree = ast.parse(file.read_text(encoding="utf-8"))
            found += [f"{place}:{line}" for line in named_languages(tree)]
    assert found == []
