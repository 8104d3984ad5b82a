"""Many studies at once: each in a folder of its own, what has not changed left as it stands.

What stands in DIR/NAME/provenance.json (versions, plan and the hashes of what was read) says
whether a study has to be run again; there is no other state. DIR/provenance.json says which folders
are studies of the portfolio.
"""

from __future__ import annotations

import json
import os
import threading
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from geo_resilience.databases import ask, fingerprints
from geo_resilience.errors import (
    GeoResilienceError,
    InputError,
    OutputError,
    Problem,
    Problems,
    named,
)
from geo_resilience.files import sync
from geo_resilience.indicators.records._engines import Processes, each_of, engine
from geo_resilience.report._overview import SHOWN, Overview, overview_html, overview_of
from geo_resilience.results._reading import read_tables
from geo_resilience.study._folder import (
    clear,
    explained,
    held,
    is_ours,
    made_above,
    provenance_of,
    settle,
    write_provenance,
)
from geo_resilience.study._plan import Plan
from geo_resilience.study._portfolio_plan import (
    OWN_FILES,
    PAGE,
    SCORES,
    PortfolioPlan,
    read_portfolio,
    unfit,
)
from geo_resilience.study._run import run
from geo_resilience.study.output._files import describe, fingerprint, origin_of
from geo_resilience.tables import Context
from geo_resilience.tables._catalog_index import PORTFOLIO_SCORES
from geo_resilience.tables._forms import write_csv

#: Called with the number of studies that are done, of all, and the name of the last.
OnStudy = Callable[[int, int, str], None]

#: A process does one study at a time: libraries that draw and write share settings in it.
_ALONE = threading.Lock()


@dataclass(frozen=True, eq=False)
class Failure:
    """Why a study of a portfolio has no results.

    Parameters
    ----------
    problems : tuple of Problem
        What is wrong with its input; none where the fault is ours.
    fault, trace : str
        Name of a fault of ours, and its traceback.
    """

    problems: tuple[Problem, ...] = ()
    fault: str = ""
    trace: str = ""


@dataclass(frozen=True, eq=False)
class Portfolio:
    """The studies of a portfolio as they stand in its folder.

    Parameters
    ----------
    folder : Path
    language : str
    scores : DataFrame
        As ``scores.csv`` has them: study, adcode, year, composite, grade, rank.
    ran, unchanged : tuple of str
        Studies that were run, and those whose results stood already.
    failures : mapping of str to Failure
        Studies without results.
    removed, kept : tuple of str
        Earlier studies that are no longer in the portfolio.
    """

    folder: Path
    language: str
    scores: pd.DataFrame
    ran: tuple[str, ...]
    unchanged: tuple[str, ...]
    failures: Mapping[str, Failure]
    removed: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class _Task:
    """A study to be run, as it is sent to whoever runs it."""

    name: str
    plan: Plan
    folder: Path
    replace: bool


def portfolio(
    path: str | os.PathLike[str] | Mapping[str, Any],
    out: str | os.PathLike[str],
    *,
    workers: int = 1,
    scheduler: str | None = None,
    replace: bool = False,
    progress: OnStudy | None = None,
) -> Portfolio:
    """Run many studies, each a change to one base study; what has not changed is not run again.

    Parameters
    ----------
    path : path or mapping
        A portfolio file (``base``, and ``[[studies]]`` with ``name`` and the keys that differ), or
        a mapping shaped like one, whose relative paths start in the working folder.
    out : path
        Folder for a folder a study, ``scores.csv`` and ``index.html``.
    workers : int
        Processes that run studies beside each other (a script that asks for several starts below
        ``if __name__ == "__main__":``); with one they are run here.
    scheduler : str, optional
        Address of a dask scheduler whose workers run the studies and see the same folders.
    replace : bool
        Let the folder of another portfolio be taken over, and remove the results of studies that
        are no longer in the portfolio.
    progress : callable, optional
        Called with the number of studies done, of all, and the name of the last.

    Returns
    -------
    Portfolio

    Raises
    ------
    InputError
        With everything that is wrong with the portfolio, its base or the keys of any study. What
        turns out wrong when a study is run is in ``failures``: the others go on.
    OutputError
        If the folder, or one of a study, cannot be written or holds something that is not ours.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from geo_resilience.study._plan_reading import BUNDLED
    >>> from geo_resilience.study.analyses import chosen_by
    >>> quick = {"analyses.skip": list(chosen_by("analyses.skip")), "output.figures": []}
    >>> means = ("arithmetic", "geometric")
    >>> studies = [{"name": f"{how} mean", "composite.how": how, **quick} for how in means]
    >>> with TemporaryDirectory() as folder:
    ...     found = portfolio({"base": str(BUNDLED), "studies": studies}, folder)
    >>> found.scores.query("year == 2023 and rank == 1")[["study", "adcode"]].values.tolist()
    [['arithmetic mean', '110000'], ['geometric mean', '440000']]
    """
    asked = read_portfolio(path)
    return conduct(
        asked, out, workers=workers, scheduler=scheduler, replace=replace, progress=progress
    )


def conduct(
    asked: PortfolioPlan,
    out: str | os.PathLike[str],
    *,
    workers: int = 1,
    scheduler: str | None = None,
    replace: bool = False,
    progress: OnStudy | None = None,
) -> Portfolio:
    """Run the studies of a portfolio that has been read."""
    place = settle(out)
    _refuse(place, asked.file, replace=replace)
    with made_above(place), explained(place), held(place):
        named = [str(name) for name in provenance_of(place).get("studies", [])]
        earlier = [name for name in named if not unfit(name)]
        tasks = _due(asked, place, earlier, replace=replace)
        asked_for = {name.casefold() for name in asked.plans}
        others = [name for name in earlier if name.casefold() not in asked_for]
        gone = [name for name in others if is_ours(place / name)]
        with engine(min(workers, len(tasks)), scheduler if tasks else None) as executor:
            place.mkdir(exist_ok=True)
            if tasks or gone:  # no page tells of results that are about to change
                for file in (PAGE, SCORES):
                    (place / file).unlink(missing_ok=True)
            _record(asked, place, gone)
            for name in gone if replace else ():
                clear(place / name)
            failures = _run_all(tasks, executor, progress or _silent, len(asked.plans))
        _record(asked, place, [] if replace else gone)
        scores = _write_overview(asked, place, failures)
    due = {task.name for task in tasks}
    return Portfolio(
        folder=Path(out),
        language=asked.language,
        scores=scores,
        ran=tuple(name for name in asked.plans if name in due and name not in failures),
        unchanged=tuple(name for name in asked.plans if name not in due),
        failures={name: failures[name] for name in asked.plans if name in failures},
        removed=tuple(gone if replace else ()),
        kept=tuple(() if replace else gone),
    )


def _refuse(place: Path, file: str, *, replace: bool) -> None:
    """Raise when a folder of ours is a study's, or another portfolio's."""
    found = provenance_of(place)
    if found and "studies" not in found:
        raise OutputError("portfolio.out_is_study", folder=place)
    if found and not replace and found.get("study_file") != file:
        told = {"found": str(found.get("study_file")), "asked": file or "-"}
        raise OutputError("portfolio.out_other", folder=place, **told)


def _silent(done: int, total: int, name: str) -> None:
    """Say nothing."""


def _due(
    asked: PortfolioPlan, place: Path, earlier: Sequence[str], *, replace: bool
) -> list[_Task]:
    """Give the studies that have to be run; every folder that cannot be theirs is told at once."""
    for name in set(earlier) - set(asked.plans):  # what a killed process left of them
        with suppress(OutputError):
            settle(place / name)
    hashed = cache(fingerprint)
    problems: list[Problem] = []
    tasks: list[_Task] = []
    for name, plan in asked.plans.items():
        # A folder of ours may change its title and stay the same study: it goes by its name.
        task = _Task(name, plan, place / name, replace or name in earlier)
        try:
            settle(task.folder, maker=plan.maker, replace=task.replace)
        except OutputError as error:
            problems += error.problems
        else:
            tasks += [] if _stands(plan, task.folder, hashed) else [task]
    if problems:
        raise OutputError(problems)
    return tasks


def _stands(plan: Plan, folder: Path, hashed: Callable[[Path], str]) -> bool:
    """Whether the results of a study are there, whole, and hang on what is there now."""
    found = provenance_of(folder)
    try:
        problems = Problems()
        asked = fingerprints(ask(plan.queries, problems).values())
        origin = origin_of(
            plan.echo(), plan.inputs, study_file=plan.file, hashed=hashed, asked=asked
        )
    except OSError:  # the run says what cannot be read
        return False
    if problems:
        return False
    study, files = found.get("study"), found.get("files")
    if not isinstance(study, dict) or not isinstance(files, list) or not files:
        return False
    wanted = json.loads(json.dumps(origin))
    return (
        {key: found.get(key) for key in wanted} == wanted
        and study.get("opens_in") == plan.opens_in
        and all((folder / str(file)).is_file() for file in files)
    )


def _record(asked: PortfolioPlan, place: Path, others: Sequence[str]) -> None:
    """Say whose the folder is, and which folders in it are studies."""
    echo = {"seed": None, "base": asked.base, "studies": asked.changes}
    record = {
        **describe(origin_of(echo, asked.inputs, study_file=asked.file)),
        "files": sorted(OWN_FILES),
        "studies": [*asked.plans, *others],
    }
    write_provenance(record, place)


def _run_all(
    tasks: Sequence[_Task], executor: Executor | None, tell: OnStudy, total: int
) -> dict[str, Failure]:
    """Run what has to be run; give those that failed."""
    failures: dict[str, Failure] = {}
    done = total - len(tasks)
    tell(done, total, "")
    try:
        for name, failure in _outcomes(tasks, executor):
            done += 1
            if failure is not None:
                failures[name] = failure
            tell(done, total, name)
    except BaseException:
        if isinstance(executor, Processes):
            executor.end()
            for task in tasks:  # what the processes left that were ended
                with suppress(OutputError):
                    settle(task.folder)
        raise
    return failures


def _outcomes(
    tasks: Sequence[_Task], executor: Executor | None
) -> Iterator[tuple[str, Failure | None]]:
    left = {task.name: task for task in tasks}
    try:
        for name, failure in each_of(_conduct, tasks, executor):
            del left[name]
            yield name, failure
    except InputError as lost:
        if lost.problems[0].key != "records.workers_lost":
            raise
        # A study that ends its process again and again takes others with it.
        for task in left.values():
            try:
                yield from each_of(_conduct, [task], executor)
            except InputError as error:
                yield task.name, Failure(error.problems)


def _conduct(task: _Task) -> tuple[str, Failure | None]:
    """Run a study as the command does; what goes wrong is its own affair."""
    with _ALONE:
        try:
            run(task.plan, task.folder, replace=task.replace)
        except GeoResilienceError as error:
            return task.name, Failure(error.problems)
        except Exception as error:
            return task.name, Failure(fault=named(error), trace=traceback.format_exc())
    return task.name, None


def _write_overview(
    asked: PortfolioPlan, place: Path, failures: Mapping[str, Failure]
) -> pd.DataFrame:
    """Write the table over all studies and the page that opens each; those missing are named."""
    shown: list[Overview] = []
    tables: list[pd.DataFrame] = []
    columns = PORTFOLIO_SCORES.names[1:]
    grades: dict[str, None] = {}
    for name in asked.plans:
        if name in failures:
            why = [problem.say(asked.language) for problem in failures[name].problems]
            shown.append(Overview(name, missing=True, why=tuple(why)))
            tables.append(pd.DataFrame({"study": [name]}).reindex(columns=PORTFOLIO_SCORES.names))
            continue
        found = read_tables(place / name, *SHOWN)
        shown.append(overview_of(name, found))
        grades |= dict.fromkeys(found["scores"]["grade"].cat.categories)
        tables.append(found["scores"][columns].assign(study=name).astype(object))
    scores = PORTFOLIO_SCORES.make(
        pd.concat(tables, ignore_index=True), Context(grades=tuple(grades))
    )
    for file in (SCORES, PAGE):
        beside = place / f".{file}"
        if file == SCORES:
            write_csv(scores, beside, asked.form)
        else:
            _page(shown, asked.language, beside)
        sync(beside)
        beside.replace(place / file)
    return scores


def _page(shown: Sequence[Overview], language: str, file: Path) -> None:
    file.write_text(overview_html(shown, language), encoding="utf-8", newline="\n")
