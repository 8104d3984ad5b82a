"""Formulas run where there is no GDAL, and in the browser as in this Python."""

from __future__ import annotations

import functools
import importlib.util
import json
import subprocess
import sys
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

LIVE = Path(__file__).parents[1] / "docs" / "live"

#: What is written in C beyond NumPy, pandas and SciPy, or draws, or reads files of others.
ABSENT = (
    *("fiona", "folium", "geopandas", "libpysal", "matplotlib", "networkx", "openpyxl", "osgeo"),
    *("pyarrow", "pyogrio", "pyproj", "shapely", "spreg"),
)

#: Index, Moran and gaps, as `found`: what a page computes must be what is computed here.
FORMULAS = """
import numpy as np
weights = gr.evaluation.entropy_weights(values)
y = gr.evaluation.composite(values, published)
east, rest = study["keys"][:12], study["keys"][12:]
moran = gr.spatial.moran(y, links, permutations=99, rng=1)
gap = gr.spatial.gap(y, east, rest, rng=1)
held = gr.spatial.gap_interval(y, east, rest, links, draws=99, rng=1)
raw = (2.0 * values + 1.0).mask(values == 1.0)
filled, _ = gr.indicators.fill_missing(raw, methods=["median"])
capped, _ = gr.indicators.winsorize(filled)
scaled, _ = gr.indicators.minmax(capped)
drawn = gr.evaluation.uncertainty(values, published, draws=200, rng=1)
found = {
    "grades": gr.evaluation.grade(y).astype(str).tolist(),
    "composite": y.tolist(),
    "weights": weights.values.tolist(),
    "critic": gr.evaluation.critic_weights(values).values.tolist(),
    "other": gr.evaluation.what_if(values, published, new_weights=weights)["new_rank"].tolist(),
    "moran": [moran.value, moran.z, moran.p_normal, moran.p_sim],
    "local": gr.spatial.local_moran(y, links, permutations=99, rng=1).table["p_sim"].tolist(),
    "inequality": [gr.spatial.gini(y), gr.spatial.theil(y).total],
    "gap": [gap.value, gap.p_free, held.low, held.high, held.p_value],
    "scaled": scaled.to_numpy().ravel().tolist(),
    "sum": gr.indicators.calculate("D111 + 2 * D112", values).tolist(),
    "ranks": drawn.ranks.iloc[:, 0].tolist(),
}
"""

pytestmark = pytest.mark.skipif(not LIVE.is_dir(), reason="only a checkout has docs")


@pytest.fixture(scope="module")
def build():
    spec = importlib.util.spec_from_file_location("live_build", LIVE / "build.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def folder(build, bundled_run, tmp_path_factory):
    """The page's own files: its data, and the rooms that it carries."""
    folder = tmp_path_factory.mktemp("page")
    build.write_own(bundled_run.results, folder)
    return folder


def computed_here(folder, code=""):
    """Compute in an interpreter that has the page's rooms alone, and no geometry library."""
    lines = [
        "import sys",
        f"sys.modules.update(dict.fromkeys({ABSENT!r}))",
        "sys.path.insert(0, 'package.zip')",
        (LIVE / "start.py").read_text(encoding="utf-8"),
        "assert 'package.zip' in gr.__file__",
        code,
        FORMULAS,
        "print(json.dumps(found))",
    ]
    command = [sys.executable, "-I", "-c", "\n".join(lines)]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_index_moran_and_gaps_need_no_geometry_library(folder, bundled_run):
    found = computed_here(folder)
    scores = bundled_run.results.in_year()
    assert found["composite"] == pytest.approx(scores["composite"].to_list(), abs=1e-11)
    assert found["grades"] == scores["grade"].to_list()
    told = bundled_run.results["global"].query("variable == 'composite' and statistic == 'moran'")
    assert found["moran"][0] == pytest.approx(told["value"].iloc[-1], abs=1e-11)


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        """Say nothing."""


@pytest.mark.slow
@pytest.mark.browser
def test_the_page_computes_what_is_computed_here_and_asks_no_one_else(
    build, bundled_run, folder, chromium, tmp_path
):
    """Needs npm and an index of packages, unless Pyodide's files were fetched before."""
    build.build(bundled_run.results, tmp_path, build.CACHE)
    server = ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(Quiet, directory=str(tmp_path))
    )
    threading.Thread(target=server.serve_forever, daemon=True).start()
    home = f"http://127.0.0.1:{server.server_port}/"
    page = chromium.new_page()
    try:
        asked = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(f"{home}index.html")
        page.wait_for_selector("#ranks tr", timeout=180_000)
        ranks = page.locator("#ranks tr:first-child td").all_inner_texts()
        before = page.locator("#map path").evaluate_all("all => all.map(each => each.style.fill)")
        page.fill("#code", f"{FORMULAS}\nimport json\nprint(json.dumps(found))")
        page.click("#run")
        page.wait_for_function(
            "document.getElementById('output').textContent.startsWith('{')", timeout=180_000
        )
        found = json.loads(page.inner_text("#output"))
        page.click("#other")
        page.wait_for_function(
            "document.getElementById('output').textContent.includes('new_composite')"
        )
        after = page.locator("#map path").evaluate_all("all => all.map(each => each.style.fill)")
    finally:
        page.close()
        server.shutdown()
    assert {url for url in asked if not url.startswith((home, "data:"))} == set()
    assert ranks[:3] == ["Beijing", "1", "1"]
    assert before != after
    here = computed_here(folder)
    assert found.pop("grades") == here.pop("grades")
    for name, numbers in here.items():
        assert found[name] == pytest.approx(numbers, rel=0, abs=1e-12), name
