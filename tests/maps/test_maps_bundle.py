"""The page's code: the built script is that of the modules; short files; the units by node."""

from __future__ import annotations

import re
import shutil
import subprocess
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

from geo_resilience import words
from geo_resilience.maps.atlas import _bundle as bundle

REPOSITORY = Path(__file__).parents[2]
ASSETS = REPOSITORY / "geo_resilience" / "maps" / "atlas" / "assets"
NODE = shutil.which("node")
with_node = pytest.mark.skipif(NODE is None, reason="node is not installed")


@pytest.fixture(scope="module")
def build():
    """The script that bundles the page, as a module."""
    spec = spec_from_file_location("bundling", REPOSITORY / "maps" / "page.py")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_built_script_is_of_these_sources(build):
    """Where there is no node, too: its first line holds the sources' hash."""
    first = build.BUILT.read_text(encoding="utf-8").partition("\n")[0]
    assert first == build.heading().rstrip(), "make page"


@pytest.mark.slow
def test_the_built_script_is_made_again_byte_for_byte(build):
    try:
        made = build.bundled()
    except (OSError, subprocess.SubprocessError) as error:
        pytest.skip(f"esbuild {build.ESBUILD} is not to be had: {error}")
    assert made == build.BUILT.read_text(encoding="utf-8"), "make page"


def test_modules_are_short_and_say_what_they_hold():
    for path in [*ASSETS.glob("*.js"), *ASSETS.glob("*.css")]:
        source = path.read_text(encoding="utf-8")
        assert len(source.splitlines()) <= 400, path.name
        assert source.startswith("// " if path.suffix == ".js" else "/* "), path.name


def test_every_word_that_the_page_says_is_in_the_table():
    known = set(words.subject("atlas")) | {"read_", "group_", "kind_", "column_"}
    sources = "".join(path.read_text(encoding="utf-8") for path in ASSETS.glob("*.js"))
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


@with_node
def test_units_by_node():
    file = Path(__file__).with_name("page_units.test.mjs")
    done = subprocess.run(
        [NODE, "--test", str(file)], capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stdout[-3000:]
