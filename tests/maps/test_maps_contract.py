"""What the page is told is what its schema says, and the page asks for nothing else."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from test_maps_atlas import data_of
from test_maps_bundle import ASSETS

from geo_resilience import maps
from geo_resilience.maps.atlas import _bundle as bundle
from geo_resilience.regions import Base, ContextLayer, read_boundaries, read_groups
from geo_resilience.results import Stop
from geo_resilience.text import Text

SCHEMA = json.loads((ASSETS / "data.schema.json").read_text(encoding="utf-8"))
TYPES = {
    "object": dict,
    "array": list,
    "string": str,
    "boolean": bool,
    "integer": int,
    "number": (int, float),
    "null": type(None),
}


def parts_of(schema):
    """The schema itself with what it refers to, each without references."""
    while "$ref" in schema:
        schema = SCHEMA["$defs"][schema["$ref"].rpartition("/")[2]]
    return (
        [part for each in schema["anyOf"] for part in parts_of(each)]
        if "anyOf" in schema
        else [schema]
    )


def child(schema, name):
    """The schema of an object's field; None where it may have none of that name."""
    return schema.get("properties", {}).get(name) or schema.get("additionalProperties") or None


def faults(value, schema, where="data"):
    """What of a value is not as the schema says; of several possibilities, of the nearest."""
    return min((own_faults(value, part, where) for part in parts_of(schema)), key=len)


def own_faults(value, schema, where):
    if "enum" in schema:
        return (
            [] if value in schema["enum"] else [f"{where}: {value!r} is none of {schema['enum']}"]
        )
    kind = TYPES[schema["type"]]
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        return [f"{where}: {type(value).__name__} for {schema['type']}"]
    if isinstance(value, list):
        each = enumerate(value)
        return [fault for n, one in each for fault in faults(one, schema["items"], f"{where}[{n}]")]
    if not isinstance(value, dict):
        return []
    found = [f"{where}: no {name}" for name in schema.get("required", []) if name not in value]
    for name, one in value.items():
        own = child(schema, name)
        found += faults(one, own, f"{where}.{name}") if own else [f"{where}: unknown {name}"]
    return found


def based(regions, river):
    """Lay a base map under the regions: an area, a line, an inset, and context."""
    base = Base(
        "base.gpkg",
        gpd.GeoDataFrame({"name": ["a"]}, geometry=[shapely.box(124, 28, 126, 30)], crs=4326),
        river.iloc[[1]].assign(style="dashed"),
        gpd.GeoSeries([shapely.box(107, 3, 120, 23)], crs=4326),
        context=(ContextLayer(Text("areas"), river.buffer(2).to_frame("geometry"), "areas"),),
    )
    return replace(regions, base=base)


@pytest.fixture(scope="module")
def pages(full, atlas_html, bundled_run):
    regions = read_boundaries()
    steps = np.random.default_rng(1).uniform(0, 9, (31, 3))
    values = pd.DataFrame(steps, index=regions.keys, columns=[2019, 2020, 2021])
    river = gpd.GeoDataFrame(
        {"name": ["Wuhan", "river"]},
        geometry=[shapely.Point(114, 30), shapely.LineString([(100, 30), (121, 31)])],
        crs=4326,
    )
    told = {"title": "t", "subtitle": "s", "unit": "u", "source": "q", "notes": ["n"]}
    table = maps.choropleth(
        values, based(regions, river), **told, groups=read_groups(), context=[river]
    )
    kinds = pd.Series(["a", "b"] * 15 + ["a"], index=regions.keys)
    plain = maps.choropleth(kinds, regions)
    whole = (bundled_run.folder / "atlas.html").read_text(encoding="utf-8")
    told = maps.Headline(Text("A claim"), Text("0.5"), "firm")
    stop = Stop(Text("A step"), "layer=composite", Text("0.4"), "likely")
    first = maps.atlas(full, headline=told, story=[stop])
    return [first.html, atlas_html, table.html, plain.html, whole]


def test_what_python_writes_is_what_the_schema_says(pages):
    for html in pages:
        assert faults(data_of(html), SCHEMA) == []


def test_the_schema_finds_what_is_wrong(atlas_html):
    data = data_of(atlas_html)
    data["layers"][0]["kind"] = "grade"
    data["years"][0] = "2018"
    data["surplus"] = 1
    del data["main"]
    assert len(faults(data, SCHEMA)) == 4


#: Starts the page from its modules, on data that remember what was asked of them.
RECORDER = """
import { Study } from "./study.js";
import { startAtlas } from "./main.js";
const known = new WeakMap();
const seen = new Set();
window.reads = () => [...seen].map((path) => parse(path));
const parse = JSON.parse;
const note = (path) => seen.add(JSON.stringify(path));
function recorded(thing, path) {
  if (thing === null || typeof thing !== "object") return thing;
  if (known.has(thing)) return known.get(thing);
  const isOurs = (name) => typeof name === "string" && !(name in Object.prototype);
  const proxy = new Proxy(thing, {
    get(target, name) {
      const value = target[name];
      if (!isOurs(name) || typeof value === "function") return value;
      if (Array.isArray(target)) {
        return /^\\d+$/.test(name) ? recorded(value, [...path, "#"]) : value;
      }
      note([...path, name]);
      return recorded(value, [...path, name]);
    },
    has(target, name) {
      if (isOurs(name) && !Array.isArray(target)) note([...path, name]);
      return name in target;
    },
  });
  known.set(thing, proxy);
  return proxy;
}
JSON.parse = (text) => recorded(parse(text), []);
const { completed } = Study.prototype;
Study.prototype.completed = function (layer) {
  return recorded(completed.call(this, layer), ["layers", "#"]);
};
// What the study itself has not got is asked of its prototype's prototype last.
Object.setPrototypeOf(Study.prototype, new Proxy(Object.prototype, {
  get(target, name) {
    if (typeof name === "string" && !(name in target)) note([name]);
    return target[name];
  },
}));
window.parts = await startAtlas(atlas_map);
"""

#: Looks at a layer of each make (its kind and what it has), the first in both languages, with
#: everything open and everything on the map.
TOUR = """
async () => {
  const { study, state, downloads, furniture, scenario } = parts;
  state.folds = new Set([
    "classes", "scatter", "gaps", "pattern", "ranking", "profile", "trend", "ranks",
    "obstacles", "neighbors", "indicators", "beside", "spread", "growth", "against",
  ]);
  const outlines = new Set([...study.outlines, ...study.ellipses].map(({ id }) => id));
  state.set({ outlines, shown: new Set(furniture.choices().map(([id]) => id)) });
  const makes = new Map(study.layers.map((layer) =>
    [layer.id.split(" ")[0] + Object.keys(layer).filter((name) => layer[name] !== null), layer]
  ).reverse());
  for (const language of ["en", "zh"]) {
    for (const { id } of language === "en" ? makes.values() : study.layers.slice(0, 1)) {
      const beside = new Set(["zone", "like", "best", 5]);
      state.set({ language, layer: id, year: 0, region: 3, beside, hovered: 3, table: false });
      parts.tooltip.show(3, { x: 300, y: 300 });
      state.set({ year: study.span - 1 });
      downloads.picture();
      state.set({ region: null, hovered: null });
      state.set({ table: true });
    }
  }
  for (const measure of Object.keys(study.gaps)) state.set({ table: false, measure });
  for (const { input } of scenario.sliders.values()) {
    input.value = 0.5;
    input.dispatchEvent(new Event("input"));
  }
  document.getElementById("tell").click();
  document.getElementById("notes").click();
  document.getElementById("out_csv").click();
  await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  return reads();
}
"""


def unbundled(html):
    """A page that takes its code from the modules, not from the built script."""
    html = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>\n', "", html)
    html = html.replace(f"<script>{bundle.page_script()}</script>", "")
    html, started = re.subn(r"atlas\.startAtlas\(atlas_map\);", "", html)
    assert started == 1 and bundle.page_script() not in html
    return html.replace("</body>", f'<script type="module">{RECORDER}</script></body>')


@pytest.fixture
def toured(chromium):
    context = chromium.new_context(viewport={"width": 1440, "height": 900})

    def touring(html):
        page, complaints = context.new_page(), []
        page.on("pageerror", lambda error: complaints.append(str(error)))

        def answer(route):
            name = route.request.url.rpartition("/")[2]
            if name == "":
                route.fulfill(body=unbundled(html), content_type="text/html; charset=utf-8")
            elif (ASSETS / name).is_file():
                route.fulfill(path=ASSETS / name, content_type="text/javascript; charset=utf-8")
            else:
                route.abort()

        page.route("**/*", answer)
        page.goto("http://page.test/")
        page.wait_for_function("window.parts")
        found = page.evaluate(TOUR)
        page.close()
        assert complaints == []
        return {tuple(path) for path in found}

    yield touring
    context.close()


def is_known(path):
    schemas = parts_of(SCHEMA)
    for name in path:
        below = [each.get("items") if name == "#" else child(each, name) for each in schemas]
        schemas = [part for each in below if each for part in parts_of(each)]
    return bool(schemas)


def fields(schema, path=()):
    """Every field that the schema names, as a path."""
    for part in parts_of(schema):
        for name, own in part.get("properties", {}).items():
            yield (*path, name)
            yield from fields(own, (*path, name))
        if "items" in part:
            yield from fields(part["items"], (*path, "#"))


@pytest.mark.browser
def test_the_page_reads_what_the_schema_has_and_nothing_else(pages, toured):
    read = set().union(*(toured(pages[place]) for place in (0, 2, 3)))
    assert [path for path in sorted(read) if not is_known(path)] == []
    assert [path for path in fields(SCHEMA) if path not in read] == []
