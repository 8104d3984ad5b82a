"""The conductor: a plan becomes results, one line a room."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import replace as revised
from importlib import import_module
from pathlib import Path
from typing import Any

from geo_resilience.errors import InputError
from geo_resilience.notes import Note
from geo_resilience.results import Results
from geo_resilience.results._reading import read_results
from geo_resilience.study._beside import beside
from geo_resilience.study._case import Case, Findings, carry_out
from geo_resilience.study._folder import replacing, settle
from geo_resilience.study._foresight import foresee
from geo_resilience.study._found import gather, names_of
from geo_resilience.study._index import build_index
from geo_resilience.study._inputs import Inputs, read_inputs
from geo_resilience.study._memory import available, held
from geo_resilience.study._pace import Pace
from geo_resilience.study._plan import Plan
from geo_resilience.study._plan_reading import read_plan
from geo_resilience.study._preprocessing import Measured, measure
from geo_resilience.study._screening import screened
from geo_resilience.study.analyses import STAGES, Analysis
from geo_resilience.study.analyses._space import link_regions
from geo_resilience.study.output._database import settle_database, store
from geo_resilience.study.output._files import (
    describe,
    formula_notes,
    large_notes,
    noted,
    origin_of,
    write_files,
)
from geo_resilience.tables import Context, made

OnStage = Callable[[str], None]

#: What comes after the analyses, in order.
DRAWING = ("atlas", "figures", "files", "report")

#: What the stages beside each other both need: loaded once, before they part.
_SHARED = ("scipy.optimize", "scipy.sparse.csgraph", "scipy.special")


def run(
    path_or_plan: str | os.PathLike[str] | Mapping[str, Any] | Plan | None = None,
    out: str | os.PathLike[str] | None = None,
    *,
    language: str | None = None,
    replace: bool = False,
    progress: OnStage | None = None,
) -> Results:
    """Run a study: from tables and boundaries to index, space and map.

    Parameters
    ----------
    path_or_plan : path, mapping or Plan, optional
        A study file; a mapping shaped like one (relative paths then start in the working folder);
        or a plan already read. None: the bundled study.
    out : path, optional
        Folder for the files, replaced as a whole at the end; None: nothing is written.
    language : str, optional
        Language of the results in place of the study's.
    replace : bool
        Let the results take the place of another study's in the same folder.
    progress : callable, optional
        Called with the name of each stage when it begins; where it has a method ``foresee``, that
        is called with the seconds left, as they are foreseen, after each step.

    Returns
    -------
    Results

    Raises
    ------
    InputError
        With everything that is wrong with the study, its tables or its boundaries.
    OutputError
        If the folder, or the schema of a database, cannot be written or holds something that is
        not ours.

    Examples
    --------
    >>> import geo_resilience as gr
    >>> results = gr.study.run()
    >>> results["scores"].query("year == 2023").nsmallest(1, "rank")["name"].item()
    'Beijing'
    """
    plan = path_or_plan
    if not isinstance(plan, Plan):
        plan = read_plan(plan, language=language)
    tell = Pace(progress or _silent)
    earlier = _earlier(plan)
    if out is None:
        return _since(_conducted(plan, tell), earlier)
    # An unfit folder is told before anything is computed.
    settle(out, maker=plan.maker, replace=replace)
    settle_database(plan, replace=replace)
    results = _since(_conducted(plan, tell, _stages(plan)), earlier)
    with replacing(out, maker=plan.maker, replace=replace) as folder:
        results = _drawn(results, plan, folder, tell)
        tell.done("figures")
        tell("files")
        write_files(results, folder, plan.output.formats)
        if plan.output.report:
            tell.done("files")
            tell("report")
            from geo_resilience.report._writing import hand_over

            hand_over(results, folder)
        store(results, plan, replace=replace)
    return results


@dataclass(frozen=True, eq=False)
class Checked:
    """A study that can run: what was read and what would be changed on the way.

    Parameters
    ----------
    plan : Plan
    inputs : Inputs
        ``inputs.joined.report`` says how rows matched regions and which cells there are.
    measured : Measured
        ``measured.panel.trace`` lists the cells that would be capped or filled.
    notes : tuple of Note
    """

    plan: Plan
    inputs: Inputs
    measured: Measured
    notes: tuple[Note, ...]


def check(
    path_or_plan: str | os.PathLike[str] | Mapping[str, Any] | Plan | None = None,
) -> Checked:
    """Read a study up to its index and neighbors, and carry out nothing; nothing is written.

    Parameters
    ----------
    path_or_plan : path, mapping or Plan, optional
        As in `run`.

    Returns
    -------
    Checked

    Raises
    ------
    InputError
        With everything that is wrong.

    Examples
    --------
    >>> import geo_resilience as gr
    >>> checked = gr.study.check()
    >>> len(checked.inputs.ground.studied.keys), checked.inputs.joined.years[0]
    (31, 2018)
    """
    plan = path_or_plan if isinstance(path_or_plan, Plan) else read_plan(path_or_plan)
    inputs = screened(plan, read_inputs(plan, _silent))
    return checked(plan, inputs, measure(plan, inputs))


def checked(plan: Plan, inputs: Inputs, measured: Measured) -> Checked:
    """Try what a run does before its analyses, which have no say in whether it can run."""
    case = lay_out(plan, inputs, measured)
    carry_out(case, STAGES["index"], Findings({}))
    return Checked(plan, inputs, measured, _first_notes(case))


def _silent(stage: str) -> None:
    """Say nothing."""


def lay_out(plan: Plan, inputs: Inputs, measured: Measured) -> Case:
    """Give what every analysis starts from: index and neighbors over what was measured."""
    index = build_index(plan, inputs, measured)
    neighbors = link_regions(plan, inputs.ground, measured.panel.variables)
    return Case.of(plan, inputs, measured, index, neighbors)


def _first_notes(case: Case) -> tuple[Note, ...]:
    """Give the judgement calls up to where the analyses begin."""
    before = (*case.plan.notes, *case.inputs.notes(case.plan.language), *case.measured.notes)
    return (
        *before,
        *case.window_notes(),
        *case.index.notes,
        *case.neighbors.notes,
        *case.size_notes(),
    )


def run_for(plan: Plan, tables: Collection[str]) -> Results:
    """Run only those analyses that give some of these tables; nothing is written or compared."""
    return _conducted(plan, Pace(_silent), only=tables)


def _conducted(
    plan: Plan, tell: Pace, drawing: tuple[str, ...] = (), only: Collection[str] | None = None
) -> Results:
    inputs = screened(plan, read_inputs(plan, tell))
    # As they were read: a file that is changed meanwhile is another.
    origin = origin_of(plan.echo(), plan.inputs, study_file=plan.file, asked=inputs.asked)
    tell("index")
    case = lay_out(plan, inputs, measure(plan, inputs))
    stages = _chosen(only)
    apart, costs = foresee(case, stages, drawing)
    tell.expect(costs)
    found = Findings({**case.index.tables})
    found.tables.update(inputs.left_out)
    if inputs.joined.carried is not None:
        found.tables["crosswalk"] = inputs.joined.carried
    first, *others, last = stages
    carry_out(case, stages[first], found, done=tell.done)
    for shared in _SHARED:
        import_module(shared)
    with beside(lambda: _apart(case, stages[last]), apart=apart) as rest:
        for stage in others:
            tell(stage)
            carry_out(case, stages[stage], found, done=tell.done)
        tell(last)
        found.join(rest())
        tell.done(last)
    settings = gather(case, found)
    context = Context.of(inputs.framework, settings.grading.names, names_of(inputs, plan.language))
    formats = settings.form.formats
    tables = made(found.tables, context, plan.language, formats=formats, whole=True, given_up=True)
    notes = (
        *_first_notes(case),
        *found.notes,
        *(large_notes(tables) if "csv" in formats else []),
        *formula_notes(tables, settings.titles, safe=settings.form.safe),
    )
    return Results(
        title=settings.titles[plan.language],
        language=plan.language,
        plan=plan.echo(),
        regions=inputs.ground.everywhere,
        excluded=inputs.ground.excluded,
        groupings=inputs.ground.groupings,
        framework=inputs.framework,
        panel=case.measured.panel,
        raw=case.measured.raw,
        neighbors=case.neighbors,
        tables=tables,
        notes=notes,
        provenance={**describe(origin, notes, plan.language), "found": settings.plain()},
        opens_in=plan.opens_in,
        found=settings,
    )


def _earlier(plan: Plan) -> Results | None:
    """Read the last edition, where the study names one, before anything is computed."""
    previous = plan.report.previous
    return None if previous is None else read_results(previous.parent)


def _since(results: Results, earlier: Results | None) -> Results:
    """Say what changed since the last edition; a note says why nothing could be compared."""
    if earlier is None:
        return results
    from geo_resilience.study.editions._comparison import compare

    try:
        found = compare(earlier, results)
    except InputError as error:
        return _with_notes(results, [Note("compare.left_out", values={"reason": error.phrases})])
    kept = {stem: table for stem, table in results.tables.items() if stem != "codebook"}
    tables = made({**kept, **found.tables}, results.context, results.language, whole=True)
    return _with_notes(revised(results, tables=tables), found.notes)


def _with_notes(results: Results, notes: Sequence[Note]) -> Results:
    """Add notes, those of the provenance too."""
    if not notes:
        return results
    told = (*results.notes, *notes)
    provenance = {**results.provenance, "notes": noted(told, results.language)}
    return revised(results, notes=told, provenance=provenance)


def _chosen(only: Collection[str] | None) -> dict[str, list[Analysis]]:
    """Give the analyses of each stage that a run carries out: all, or those of some tables."""
    return {
        stage: [
            each
            for each in analyses
            if each.chosen and (only is None or not set(each.tables).isdisjoint(only))
        ]
        for stage, analyses in STAGES.items()
    }


def _apart(case: Case, analyses: Sequence[Analysis]) -> Findings:
    """Carry out a stage that looks at the case alone, not at what other stages have found."""
    found = Findings()
    carry_out(case, analyses, found)
    return found


def _stages(plan: Plan) -> tuple[str, ...]:
    """Name what comes after the analyses."""
    asked = {"figures": plan.output.figures != (), "report": plan.output.report}
    return tuple(stage for stage in DRAWING if asked.get(stage, True))


def _drawn(results: Results, plan: Plan, folder: Path, tell: Pace) -> Results:
    """Draw the atlas and the figures; what could not be drawn becomes a note."""
    from geo_resilience.maps import atlas, figures
    from geo_resilience.report import headline, profile_files, story

    def draw() -> list[Note]:
        names = plan.output.figures
        return figures.draw(results, names, folder=folder / "figures", strict=False)

    def page() -> None:
        files = profile_files(results) if results.found.profiled else {}
        atlas(
            results,
            path=folder / "atlas.html",
            headline=headline(results),
            story=story(results),
            profiles=files,
        )

    tell("atlas")
    if plan.output.figures == ():
        page()
        return results
    with beside(draw, apart=available() > held()) as drawn:
        page()
        tell.done("atlas")
        tell("figures")
        notes = drawn()
    return _with_notes(results, notes)
