"""The page's code: one scope without clashes, short files, and the units by node."""

from __future__ import annotations

import re
import shutil
import subprocess
from importlib.resources import files
from pathlib import Path

import pytest

from geo_resilience import words
from geo_resilience.maps.page import bundle
from geo_resilience.maps.page.squeezing import squeezed

ASSETS = Path(str(files("geo_resilience.maps").joinpath("assets")))
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


def test_shortened_names_are_known_to_no_one_else(atlas_html):
    """Texts and data must not hold them: there they would stay long."""
    modules = "".join(
        (ASSETS / f"{name}.js").read_text(encoding="utf-8") for name in bundle.SCRIPTS
    )
    texts = re.findall(r"[\"'`]([^\"'`\n]*)[\"'`]", modules)
    for word in bundle.LONG_WORDS:
        assert word not in texts, word
    keys = set(re.findall(r'"(\w+)":', atlas_html.split('id="atlas_data">')[1]))
    assert not keys & set(bundle.LONG_WORDS)


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
