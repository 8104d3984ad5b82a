"""The page's code: one scope without clashes, short files, and the units by node."""

from __future__ import annotations

import re
import shutil
import subprocess
from importlib.resources import files
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from geo_resilience import maps, words
from geo_resilience.maps.page import bundle
from geo_resilience.maps.page.squeezing import squeezed, texts_of
from geo_resilience.regions import read_boundaries, read_groups

ASSETS = Path(str(files("geo_resilience.maps").joinpath("assets")))
COMMENTS = ("//", "/**", "* ", "import ")
NODE = shutil.which("node")
with_node = pytest.mark.skipif(NODE is None, reason="node is not installed")


def test_every_module_is_joined_once_after_those_it_needs():
    assert sorted(bundle.SCRIPTS) == sorted(path.stem for path in ASSETS.glob("*.js"))
    for place, name in enumerate(bundle.SCRIPTS):
        source = (ASSETS / f"{name}.js").read_text(encoding="utf-8")
        for line in re.findall(r"^import .*$", source, re.MULTILINE):
            needed = re.fullmatch(r'import \{ [\w, ]+ \} from "\./(\w+)\.js";', line)
            assert needed, line
            assert needed[1] in bundle.SCRIPTS[:place], f"{name} before {needed[1]}"


def test_no_name_is_declared_twice():
    names = []
    for name in bundle.SCRIPTS:
        source = (ASSETS / f"{name}.js").read_text(encoding="utf-8")
        found = re.findall(
            r"^(?:export )?(?:async )?(?:function|class|const|let) (\w+)", source, re.M
        )
        names += found
        for group in re.findall(r"^const \[([^\]]+)\] =", source, re.M):
            names += re.findall(r"\w+", group)
    assert len(names) == len(set(names)), sorted({n for n in names if names.count(n) > 1})


def test_modules_are_short_and_lines_can_be_trimmed():
    for path in ASSETS.glob("*"):
        source = path.read_text(encoding="utf-8")
        assert len(source.splitlines()) <= 400, path.name
        if path.suffix == ".js":
            assert source.startswith("// ")
            assert source.count("`") % 2 == 0
            assert all(line.count("`") % 2 == 0 for line in source.splitlines()), path.name


def test_every_word_that_the_page_says_is_in_the_table():
    known = set(words.subject("atlas")) | {"read_", "group_", "kind_", "column_"}
    sources = "".join(
        (ASSETS / f"{name}.js").read_text(encoding="utf-8") for name in bundle.SCRIPTS
    )
    said = set(re.findall(r'\bsay\("(\w+)"', sources))
    said |= set(re.findall(r'data-(?:say|name)="(\w+)"', bundle.frame_html("top")))
    said |= set(re.findall(r'data-(?:say|name)="(\w+)"', bundle.frame_html("bottom")))
    assert said <= known


def test_no_markup_is_ever_made_from_text():
    for path in ASSETS.glob("*.js"):
        source = path.read_text(encoding="utf-8")
        for forbidden in (
            "innerHTML",
            "outerHTML",
            "insertAdjacentHTML",
            "document.write",
            "eval(",
        ):
            assert forbidden not in source, path.name


def test_leaflet_is_the_published_one_with_its_license():
    script = bundle.leaflet_script()
    assert "Leaflet 1.9.4" in script[:300] and "sourceMappingURL" not in script
    assert "</script" not in script.lower() and "</script" not in bundle.page_script().lower()
    assert "url(" not in bundle.page_style()


def test_shortened_names_are_ours_alone(full_html, atlas_html):
    """Where a text, the data, the words or Leaflet hold a name, it has to stay as it is."""
    listed = bundle.long_words()
    assert len(listed) == len(set(listed))
    modules = "\n".join(
        (ASSETS / f"{name}.js").read_text(encoding="utf-8") for name in bundle.SCRIPTS
    )
    lines = [line.strip() for line in modules.splitlines()]
    code = "\n".join(line for line in lines if not line.startswith(COMMENTS))
    assert set(listed) <= set(re.findall(r"[A-Za-z_$][\w$]*", code))
    known = set(re.findall(r"\w+", " ".join(texts_of(code))))
    known |= {f"Arrow{way}" for way in ("Up", "Down", "Left", "Right")}  # names of keys
    known |= set(re.findall(r"[A-Za-z_$][\w$]*", bundle.leaflet_script()))
    known |= {"startAtlas", "most_shapes", "constructor", "prototype", *data_words(table_html())}
    known |= data_words(full_html) | data_words(atlas_html)
    for sentences in words.subject("atlas").values():
        known |= set(re.findall(r"\{(\w+)\}", " ".join(sentences.values())))
    assert not set(listed) & known


def data_words(html):
    """Keys and plain texts of the data in a page."""
    block = re.search(r'<script type="application/json" id="atlas_data">(.*?)</script>', html, re.S)
    return set(re.findall(r'"([A-Za-z_$][\w$]*)"', block[1]))


def table_html():
    regions = read_boundaries()
    values = pd.DataFrame({2020: range(31), 2021: range(31)}, index=regions.keys, dtype=float)
    points = gpd.GeoDataFrame({"name": ["x"]}, geometry=[shapely.Point(110, 30)], crs=4326)
    told = {"title": "t", "subtitle": "s", "unit": "u", "source": "q", "notes": ["n"]}
    groups = read_groups()
    return maps.choropleth(values, regions, **told, groups=groups, context=[points]).html


@pytest.mark.browser
def test_shortened_names_are_unknown_to_the_browser(open_page):
    view = open_page("<!DOCTYPE html><meta charset='utf-8'><body><svg></svg>")
    found = set(view.page.evaluate(BROWSER_NAMES))
    assert {"textContent", "fillStyle", "viewBox", "inputType", "contentRect"} <= found
    trusted = {"state", "element", "refresh", "layerName"}  # of events and devices, not used here
    assert set(bundle.long_words()) & found <= trusted


BROWSER_NAMES = """
() => {
  const [seen, names] = [new Set(), new Set()];
  const walk = (thing, depth) => {
    const kind = typeof thing;
    if (thing === null || (kind !== "object" && kind !== "function")) return;
    if (seen.has(thing) || depth > 4) return;
    seen.add(thing);
    for (let own = thing; own; own = Object.getPrototypeOf(own)) {
      for (const name of Object.getOwnPropertyNames(own)) {
        names.add(name);
        walk((Object.getOwnPropertyDescriptor(own, name) || {}).value, depth + 1);
      }
    }
  };
  walk(window, 0);
  for (const tag of ["svg", "path", "input", "select", "details", "dialog", "canvas", "a"]) {
    walk(document.createElement(tag), 2);
    walk(document.createElementNS("http://www.w3.org/2000/svg", tag), 2);
  }
  walk(getComputedStyle(document.body), 2);
  return [...names];
}
"""


@with_node
def test_squeezed_script_is_sound(tmp_path):
    file = tmp_path / "page.js"
    file.write_text(bundle.page_script(), encoding="utf-8")
    done = subprocess.run([NODE, "--check", str(file)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@with_node
@pytest.mark.parametrize(
    "script",
    [
        "const a = 3; const b = -2; console.log(a - -b, a + +b, a-- - --a * 0);",
        "const words = ['a  b', \"c ' d\", `e  ${1 + 1}  f`]; console.log(words.join(' | '));",
        "const x = 'q\"r'.replace(/[\"' ]+/g, ' - '); console.log(x);",
        "const f = (a, b) => ({ a, b }); console.log(f(1, 2).a in { 1: 2 }, typeof f);",
        "let s = 0; for (const i of [1, 2, 3]) { if (i === 2) continue; else s += i; }"
        " console.log(s);",
    ],
)
def test_squeezing_changes_nothing_that_is_done(script):
    runs = [
        subprocess.run([NODE, "-e", text], capture_output=True, text=True, check=True).stdout
        for text in (script.replace("const a = 3", "let a = 3"), squeezed(script))
    ]
    assert runs[0] == runs[1]


@with_node
def test_units_by_node():
    file = Path(__file__).with_name("page_units.test.mjs")
    done = subprocess.run(
        [NODE, "--test", str(file)], capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stdout[-3000:]
