"""Make the site: ``python -m docs.builder [--keep] [PAGE …]``.

Pages are executed in processes that stay warm, those of a language in ones that speak it. Then each
language is bound by a Sphinx of its own, warnings being errors, and looked at in a browser; at the
end links are followed. ``--keep`` executes only pages that changed; PAGE executes only these, and
binds nothing. ``--messages`` brings the translations up to date with the pages.
"""

from __future__ import annotations

import gc
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import ExitStack
from multiprocessing import get_context
from pathlib import Path
from typing import NoReturn

import click
from sphinx.cmd.build import main as sphinx

import geo_resilience as gr
from docs.builder import checking, gallery, looking, messages
from docs.builder.executing import ROOT, execute, is_executed, languages_of, needs_run, speak
from docs.builder.sources import BUILD, DOCS, kept_of, lay_out, pages
from docs.live.build import CACHE, build

LANGUAGES = {"en": "en_US.UTF-8", "zh": "zh_CN.UTF-8"}
#: Processes that execute the pages of a language; few pages are executed in Chinese too.
_HANDS = {"en": 2, "zh": 1}
#: Folders of pages that take longest, so that they are begun first.
_LONG = ("tutorials", "studies")
_SPHINX = ("-b", "html", "-q", "--keep-going", "-W")
#: The page that the site opens with.
_FIRST = """<!doctype html><html lang="en"><meta charset="utf-8"><title>geo_resilience</title>
<meta http-equiv="refresh" content="0; url=en/index.html"><h1>geo_resilience</h1>
<p><a href="en/index.html">English</a> · <a lang="zh" href="zh/index.html">中文</a></p></html>
"""


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
    started = time.monotonic()
    faults = _execute([page.resolve() for page in only] or pages(), not keep)
    click.echo(f"pages executed after {time.monotonic() - started:.0f} s")
    if not (faults or only):
        faults = _bind_and_look([language] if language else list(LANGUAGES))
        click.echo(f"site bound and looked at after {time.monotonic() - started:.0f} s")
    end(faults)


def end(faults: list[str]) -> NoReturn:
    """End with the faults and exit code 1, or with 0 where there are none."""
    sys.exit("\n".join(faults) or 0)


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


def _execute(asked: Iterable[Path], fresh: bool) -> list[str]:
    """Execute the pages; give what went wrong. Those that begin with no finished run are first."""
    todo, shared = _todo(asked), BUILD / "shared"
    shutil.rmtree(shared, ignore_errors=True)
    shared.mkdir(parents=True)
    with ExitStack() as opened:
        pools = {each: opened.enter_context(_speaking(each)) for each in LANGUAGES}
        runs = {each: pools[each].submit(gallery.run, "", each, fresh) for each in LANGUAGES}

        def begun(page: Path, language: str) -> Future[str]:
            if needs_run(page):
                runs[language].result()
            bundled, kept = gallery.run_of("", language), kept_of(page, language)
            return pools[language].submit(execute, page, language, bundled, kept, fresh, shared)

        waiting = [begun(*each) for each in todo if not needs_run(each[0])]
        drawn = [pools["en"].submit(gallery.run, study, "en", fresh) for study in gallery.DRAWN]
        waiting += [begun(*each) for each in todo if needs_run(each[0])]
        for run in (*runs.values(), *drawn):
            run.result()
        return [fault for each in waiting if (fault := each.result())]


def _todo(asked: Iterable[Path]) -> list[tuple[Path, str]]:
    """Give the pages to execute, each in the languages that it asks for, the longest first."""
    texts = {page: page.read_text(encoding="utf-8") for page in asked}
    return [
        (page, language)
        for page in sorted(texts, key=lambda page: page.parent.name not in _LONG)
        if is_executed(texts[page])
        for language in languages_of(texts[page])
    ]


def _speaking(language: str) -> ProcessPoolExecutor:
    """Give processes that speak a language from the start."""
    hands, context = _HANDS[language], get_context("spawn")
    return ProcessPoolExecutor(hands, context, speak, (_environment(language),))


def _bind_and_look(languages: list[str]) -> list[str]:
    """Bind each language in a process of its own and look at what is bound; give the faults."""
    site, chromium = BUILD / "html", looking.browser()
    site.mkdir(parents=True, exist_ok=True)
    (site / "index.html").write_text(_FIRST, encoding="utf-8")
    with ThreadPoolExecutor() as pool:
        bound = [pool.submit(_bound, each) for each in languages]
        seen = [pool.submit(_seen, *each, chromium) for each in zip(bound, languages, strict=True)]
        build(gr.study.read_results(gallery.run_of("")), site / "live", CACHE)
        faults = [fault for each in bound for fault in each.result()]
        faults += checking.faults(site)
        return faults + [fault for each in seen for fault in each.result()]


def _bound(language: str) -> list[str]:
    command = [sys.executable, "-m", "docs.builder", "--bind", "--one", language]
    code = subprocess.call(command, env=_environment(language), cwd=ROOT)
    return [f"Sphinx found faults in {language}"] if code else []


def _seen(bound: Future[list[str]], language: str, chromium: str | None) -> list[str]:
    """Look at a language once it is bound."""
    bound.result()
    if chromium:
        return looking.seen(BUILD / "html" / language, chromium)
    absent = f"{language}: there is no browser to look at the pages with"
    return [absent] if "CI" in os.environ else []


def _bind(language: str) -> int:
    """Lay out a language and let Sphinx bind it; one process, so that libraries are loaded once."""
    source = lay_out(language)
    shutil.rmtree(BUILD / "html" / language, ignore_errors=True)
    gc.set_threshold(100_000)  # documents are full of cycles; looked for often, they cost a tenth
    # Sphinx fails on a locale that is not installed
    os.environ.update(DOCS_LANGUAGE=language, LC_ALL="C.UTF-8")
    folders = ["-c", str(DOCS), "-d", str(BUILD / "doctrees" / language), str(source)]
    extra = ["-D", f"html_extra_path={source / '_live'}"]
    return sphinx([*_SPHINX, *folders, *extra, str(BUILD / "html" / language)])


if __name__ == "__main__":
    main()
