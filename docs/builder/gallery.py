"""The gallery: a script for every figure, made from its record, beside those written by hand.

The scripts are what a user types. While the site is built, a study that they run has been run
already, once for all of them (`shared_runs`).
"""

from __future__ import annotations

import os
import re
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import geo_resilience as gr
from docs.builder.executing import ROOT
from docs.builder.frame import in_chinese
from geo_resilience.maps.figures._registry import FAMILIES, figure_named
from geo_resilience.words import say

#: Where the runs stand that the gallery draws from.
RUNS = ROOT / "docs" / "_build" / "runs"
#: Studies that figures are drawn from, the first that holds the tables; the bundled one is "".
STUDIES = ("", "examples/what_if.toml")
#: A study that is compared with the bundled one, for the figures of what changed.
OTHER = "examples/entropy_weights.toml"
#: Those that figures alone are drawn from.
DRAWN = (*STUDIES[1:], OTHER)

#: What stands again after each script, for which others stand in.
_REAL = gr.study.run, gr.study.compare
#: Comparisons by the places of their runs.
_COMPARED: dict[tuple[int, int], Any] = {}
#: The title of a map, last among what a script says of it.
_TITLE = re.compile(r'title="([^"]+)"\)')
#: A page that is live in the page.
_FRAME = """
.. raw:: html

   <iframe class="embedded" src="{address}" title="{name}" height="620"></iframe>
   <p class="alone"><a href="{address}">{name}</a></p>
"""

HEADS = {
    "en": (
        "Gallery",
        "Every figure and map, with the lines that make it. Figures for print are matplotlib "
        "figures: change them, save them as SVG, PDF or PNG.",
    ),
    "zh": (
        "图库",
        "每一幅图与地图，以及绘制它的代码。供印刷的图是 matplotlib 图形，可以修改，"
        "并存为 SVG、PDF 或 PNG。",
    ),
}


def write(source: Path, language: str) -> None:
    """Write the scripts that sphinx-gallery executes."""
    folder = source / "gallery_scripts"
    title, first = HEADS[language]
    folder.mkdir(exist_ok=True)
    head = f"{title}\n{'=' * 2 * len(title)}\n\n{first}\n"
    (folder / "GALLERY_HEADER.rst").write_text(head, encoding="utf-8")
    for name in FAMILIES:
        script = _script(name, _results_for(name), language)
        (folder / f"plot_{name}.py").write_text(script, encoding="utf-8")
    for own in sorted((ROOT / "docs" / "gallery").glob("plot_*.py")):
        (folder / own.name).write_text(_spoken(own, language), encoding="utf-8")


class Order:
    """The order of the gallery: maps written by hand, then figures as the register has them."""

    def __init__(self, source: str) -> None:
        self.names = list(FAMILIES)

    def __call__(self, file: str) -> tuple[int, str]:
        """Give the place of a script."""
        name = Path(file).stem.removeprefix("plot_")
        return (self.names.index(name) if name in self.names else -1), name


def _results_for(name: str) -> str:
    """Give the lines that make the results that a figure is drawn from."""
    needs: tuple[str, ...] = figure_named(name).needs  # type: ignore[attr-defined]
    for study in STUDIES:
        if set(needs) <= _tables(study):
            said = f'"{study}"' if study else ""
            return f"results = gr.study.run({said})\n"
    return (
        f'old, new = gr.study.run(), gr.study.run("{OTHER}")\n'
        "results = gr.study.compare(old, new).results\n"
    )


@cache
def _tables(study: str) -> set[str]:
    return {file.stem for file in (run_of(study) / "tables").glob("*.csv")}


def run_of(study: str, language: str = "en") -> Path:
    """Give the folder of a study's run."""
    return RUNS / language / (Path(study).stem or "bundled")


def run(study: str, language: str, fresh: bool) -> None:
    """Run a study, where its run is to be ``fresh`` or is not there; of most, tables are enough."""
    folder = run_of(study, language)
    if not fresh and (folder / "provenance.json").is_file():
        return
    plan = gr.study.read_plan(ROOT / study if study else None, language=language)
    if study:
        plan = replace(plan, output=replace(plan.output, figures=(), report=False))
    gr.study.run(plan, folder, replace=True)


def _script(name: str, results: str, language: str) -> str:
    told = say(f"figure_about.{name}", language)
    spoken = f', language="{language}"' if language != "en" else ""
    return (
        f"{_head(name, told)}\n\n"
        f"import geo_resilience as gr\n\n{results}gr.maps.figures.{name}(results{spoken})\n"
    )


def _head(title: str, told: str) -> str:
    """Give the head of a script, its title underlined as wide as Chinese is."""
    return f'"""\n{title}\n{"=" * 2 * len(title)}\n\n{told}\n"""'


def _spoken(script: Path, language: str) -> str:
    """Give a script that was written by hand, its head and its titles in a language."""
    text = script.read_text(encoding="utf-8")
    if language == "en":
        return text
    _, head, code = text.split('"""', 2)
    title, _, told = head.strip().split("\n", 2)
    code = _TITLE.sub(lambda said: f'title="{in_chinese(said[1])}", language="zh")', code)
    return _head(in_chinese(title), in_chinese(told.strip())) + code


def shared_runs(gallery_conf: dict[str, Any], file: str, when: str) -> None:
    """Let a script read the runs that stand already; sphinx-gallery calls this around each."""

    def run(study: str = "", **options: Any) -> Any:
        return _read(str(study))

    gr.study.run, gr.study.compare = (run, _compared) if when == "before" else _REAL
    os.chdir(ROOT)


def _compared(old: Any, new: Any) -> Any:
    """Compare two runs once; runs that were read are held, so that their places tell them apart."""
    pair = id(old), id(new)
    if pair not in _COMPARED:
        _COMPARED[pair] = _REAL[1](old, new)
    return _COMPARED[pair]


@cache
def _read(study: str) -> Any:
    return gr.study.read_results(run_of(study))


def scraper(block: tuple[Any, ...], variables: dict[str, Any], conf: dict[str, Any]) -> str:
    """Keep what the last line of a block gives: a figure, or a page that is live in the page."""
    from sphinx_gallery.scrapers import figure_rst

    last = variables["example_globals"].get("___")
    if hasattr(last, "savefig"):
        file = next(variables["image_path_iterator"])
        last.savefig(file, dpi=96)
        return str(figure_rst([file], conf["src_dir"], getattr(last, "alternative_text", "")))
    if hasattr(last, "html"):
        name = Path(variables["src_file"]).stem.removeprefix("plot_")
        live = Path(conf["src_dir"]) / "_live" / "live" / f"{name}.html"
        live.parent.mkdir(parents=True, exist_ok=True)
        live.write_text(last.html, encoding="utf-8")
        address = f"../live/{name}.html#lang={os.environ.get('DOCS_LANGUAGE', 'en')}"
        return _FRAME.format(name=name, address=address)
    return ""
