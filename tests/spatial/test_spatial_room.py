"""The room as a whole: any file can be the first, nothing heavy comes along, names are there."""

from __future__ import annotations

import ast
import subprocess
import sys
from graphlib import TopologicalSorter
from pathlib import Path

from geo_resilience import spatial

_EACH_FIRST = """
import importlib, pkgutil, sys
import geo_resilience.spatial as room
names = [found.name for found in pkgutil.walk_packages(room.__path__, room.__name__ + ".")]
assert len(names) > 25
for name in names:
    for loaded in [each for each in sys.modules if each.startswith(room.__name__)]:
        del sys.modules[loaded]
    importlib.import_module(name)
heavy = {"libpysal", "esda", "spreg", "numba", "matplotlib", "folium"} & set(sys.modules)
assert not heavy, heavy
"""

_NO_COMPILER = """
import sys
import numpy as np, pandas as pd
from geo_resilience import spatial
from geo_resilience.regions import read_boundaries, read_groups
from geo_resilience.spatial.autocorrelation._tables import local_table
from geo_resilience.spatial.groups._patterns import pattern_table
regions = read_boundaries()
neighbors = spatial.queen(regions)
y = pd.Series(np.random.default_rng(0).uniform(size=31), regions.keys, name="y")
local_table(y.to_frame(), neighbors)
pattern_table(y.to_frame(), read_groups(), neighbors, full=True, draws=9, rng=0)
loaded = {"numba", "esda", "spreg", "matplotlib"} & set(sys.modules)
assert not loaded, loaded
"""


def run(code):
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_any_file_can_be_imported_first_and_brings_nothing_heavy():
    run(_EACH_FIRST)


def test_no_compiler_in_the_path_of_a_study():
    run(_NO_COMPILER)


def test_every_public_name_is_there_and_documented():
    for name in spatial.__all__:
        found = getattr(spatial, name)
        assert found.__doc__ and found.__name__ == name
        assert name in dir(spatial)


def test_no_file_is_named_like_a_function():
    import pkgutil

    files = {found.name for found in pkgutil.iter_modules(spatial.__path__)}
    assert not files & set(spatial.__all__)


def test_no_import_goes_in_a_circle_not_even_inside_a_function():
    package = Path(spatial.__file__).parent
    name_of = {
        ".".join(
            ("geo_resilience", "spatial", *file.relative_to(package).with_suffix("").parts)
        ).removesuffix(".__init__"): file
        for file in package.rglob("*.py")
    }
    asks = {name: set() for name in name_of}
    for name, file in name_of.items():
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module in name_of:
                parts = {f"{node.module}.{each.name}" for each in node.names}
                asks[name] |= (parts & set(name_of)) or {node.module}
    assert len(asks) > 40
    assert list(TopologicalSorter(asks).static_order())
