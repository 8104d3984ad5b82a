"""Make the site: ``python -m docs.builder [--keep] [PAGE …]``.

Pages are executed two at a time, then each language is bound by a Sphinx of its own, warnings being
errors; at the end links are followed. ``--keep`` executes only pages that changed; PAGE executes
only these, and binds nothing. ``--messages`` brings the translations up to date with the pages.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import NoReturn

import click

import geo_resilience as gr
from docs.builder import checking, gallery, looking, messages
from docs.builder.executing import ROOT, execute, is_executed, languages_of
from docs.builder.sources import BUILD, DOCS, kept_of, lay_out, pages
from docs.live.build import CACHE, build

LANGUAGES = {"en": "en_US.UTF-8", "zh": "zh_CN.UTF-8"}
#: Folders of pages that take longest, so that they are begun first.
_LONG = ("tutorials", "studies")
_SPHINX = ("-b", "html", "-q", "--keep-going", "-W")


@click.command()
@click.argument("only", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.option("--keep", is_flag=True, help="Execute only pages that changed.")
@click.option("--one", "language", help="Bind only this language.")
@click.option("--messages", "translated", is_flag=True, help="Bring translations up to date.")
@click.option("--bind", is_flag=True, hidden=True)
def main(
    only: tuple[Path, ...], keep: bool, language: str | None, translated: bool, bind: bool
) -> None:
    """Make the site."""
    if bind:
        sys.exit(_bind(str(language)))
    if translated:
        messages.update(lay_out("en"), only)
        return
    asked = [page.resolve() for page in only] or pages()
    started = time.monotonic()
    _run_studies(keep)
    faults = _execute(asked, not keep)
    _tell("pages executed", started)
    if faults or only:
        end(faults)
    faults = _bind_all([language] if language else list(LANGUAGES))
    build(gr.study.read_results(gallery.run_of("")), BUILD / "html" / "live", CACHE)
    _tell("site bound", started)
    faults += checking.faults(BUILD / "html")
    if chromium := looking.browser():
        faults += looking.seen(BUILD / "html", chromium)
    elif "CI" in os.environ:
        faults.append("there is no browser to look at the pages with")
    _tell("pages looked at", started)
    end(faults)


def end(faults: list[str]) -> NoReturn:
    """End with the faults and exit code 1, or with 0 where there are none."""
    sys.exit("\n".join(faults) or 0)


def _tell(what: str, started: float) -> None:
    click.echo(f"{what} after {time.monotonic() - started:.0f} s")


def _environment(language: str) -> dict[str, str]:
    return {
        **os.environ,
        "LANG": LANGUAGES[language],
        "LC_ALL": LANGUAGES[language],
        "DOCS_LANGUAGE": language,
        "PYTHONPATH": str(ROOT),
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
    }


def _run_studies(keep: bool) -> None:
    """Run the studies that pages and gallery share, two at a time."""
    waiting = []
    asked = [*((study, "en") for study in (*gallery.STUDIES, gallery.OTHER)), ("", "zh")]
    for study, language in asked:
        folder = gallery.run_of(study, language)
        if keep and (folder / "provenance.json").is_file():
            continue
        command = [sys.executable, "-m", "geo_resilience", "run", *filter(None, [study])]
        command += ["--out", str(folder), "--language", language, "--quiet", "--replace"]
        waiting.append(subprocess.Popen(command, env=_environment(language), cwd=ROOT))
    codes = [each.wait() for each in waiting]
    if any(codes):
        sys.exit("a study of the gallery does not run")


def _execute(asked: Iterable[Path], fresh: bool) -> list[str]:
    """Execute the pages, those of a language in processes that speak it; give what went wrong."""
    faults: list[str] = []
    shared = BUILD / "shared"
    shutil.rmtree(shared, ignore_errors=True)
    shared.mkdir(parents=True)
    for language in LANGUAGES:
        bundled = gallery.run_of("", language)
        os.environ.update(_environment(language))
        with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
            waiting = [
                pool.submit(
                    execute, page, language, bundled, kept_of(page, language), fresh, shared
                )
                for page in sorted(asked, key=lambda page: page.parent.name not in _LONG)
                if is_executed(text := page.read_text(encoding="utf-8"))
                and language in languages_of(text)
            ]
            faults += [fault for each in waiting if (fault := each.result())]
    return faults


def _bind_all(languages: list[str]) -> list[str]:
    """Bind each language in a process of its own, at the same time."""
    command = [sys.executable, "-m", "docs.builder", "--bind", "--one"]
    bound = [
        (each, subprocess.Popen([*command, each], env=_environment(each), cwd=ROOT))
        for each in languages
    ]
    (BUILD / "html").mkdir(parents=True, exist_ok=True)
    (BUILD / "html" / "index.html").write_text(_FIRST, encoding="utf-8")
    return [f"Sphinx found faults in {each}" for each, process in bound if process.wait()]


def _bind(language: str) -> int:
    source = lay_out(language)
    shutil.rmtree(BUILD / "html" / language, ignore_errors=True)
    command = [sys.executable, "-m", "sphinx", *_SPHINX, "-c", str(DOCS)]
    command += ["-d", str(BUILD / "doctrees" / language), str(source)]
    command += ["-D", f"html_extra_path={source / '_live'}"]
    plain = {**os.environ, "DOCS_LANGUAGE": language}
    plain["LC_ALL"] = "C.UTF-8"  # Sphinx fails on a locale that is not installed
    return subprocess.call([*command, str(BUILD / "html" / language)], env=plain)


_FIRST = """<!doctype html><html lang="en"><meta charset="utf-8"><title>geo_resilience</title>
<meta http-equiv="refresh" content="0; url=en/index.html"><h1>geo_resilience</h1>
<p><a href="en/index.html">English</a> · <a lang="zh" href="zh/index.html">中文</a></p></html>
"""

if __name__ == "__main__":
    main()
