"""Everything that a study reads, read at once, so that all that is wrong is told at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from geo_resilience import chain
from geo_resilience.chain._records import read_records, telling_rows
from geo_resilience.chain.inputoutput._inoperability import disruption_table
from geo_resilience.chain.inputoutput._table import set_apart
from geo_resilience.chain.management._early_warning import checked_thresholds
from geo_resilience.chain.management._maturity import maturity_table
from geo_resilience.chain.management._priorities import priority_table
from geo_resilience.chain.management._targets import target_table
from geo_resilience.databases import Answer, DatabaseQuery, ask, fingerprints
from geo_resilience.errors import InputError, Problems
from geo_resilience.evaluation import Weights, ahp_weights, improved_ahp_weights, read_judgements
from geo_resilience.evaluation.weighting._methods import WEIGHT_METHODS
from geo_resilience.indicators import Framework, read_framework
from geo_resilience.indicators._joining import Joined, join_tables
from geo_resilience.indicators._sources import Keyed, TableSource
from geo_resilience.indicators._vintages import Conversion
from geo_resilience.notes import Note
from geo_resilience.results import Stop
from geo_resilience.study._plan import Plan
from geo_resilience.study._plan_reading import check_known, check_names, check_regression_codes
from geo_resilience.study._plan_sections import RastersPlan, RecordsPlan, TablePlan
from geo_resilience.study._regions import StudyRegions, lay_ground
from geo_resilience.study._story import read_story
from geo_resilience.study.analyses import INPUT_OUTPUT, chosen_by
from geo_resilience.tables._cells import folded, seen
from geo_resilience.tables._reading import file_bytes
from geo_resilience.words import Phrase


@dataclass(frozen=True, eq=False)
class Inputs:
    """What a study has read.

    - ``ground``: without the excluded regions.
    - ``joined``: the tables, matched to regions and years.
    - ``judged``: from the judgement matrices, where there are any.
    - ``stated``: the study's own or the published weights, where it uses them.
    - ``chain``: Input-output tables, risks, targets and so on.
    - ``left_out``: what did not go into tables made of records and rasters, or was screened out,
      by its table.
    - ``story``: the stops that the study tells itself.
    - ``cleaned``: from which of its texts signs that nobody sees were taken out.
    - ``screened``: what screening by availability has left out; ``dropped``: its indicators.
    - ``asked`` (mapping of str to str): the SHA-256 of what databases gave, by what was asked.
    """

    ground: StudyRegions
    framework: Framework
    joined: Joined
    judged: Weights | None
    stated: Weights | None
    chain: ChainInputs
    left_out: Mapping[str, pd.DataFrame]
    story: tuple[Stop, ...] = ()
    cleaned: tuple[Note, ...] = ()
    screened: tuple[Note, ...] = ()
    dropped: tuple[str, ...] = ()
    asked: Mapping[str, str] = field(default_factory=dict)

    def notes(self, language: str) -> tuple[Note, ...]:
        """Give the judgement calls made while reading."""
        judged = self.judged.diagnostics["notes"] if self.judged is not None else ()
        read = (*self.cleaned, *self.joined.notes, *self.screened)
        return (*self.ground.notes(language), *read, *judged)


def read_inputs(plan: Plan, tell: Callable[[str], None]) -> Inputs:
    """Read boundaries, groups, framework, judgements, tables and the files of the chain."""
    problems = Problems()
    ground = framework = joined = judged = stated = None
    linked = ChainInputs()
    left_out: dict[str, pd.DataFrame] = {}
    story: tuple[Stop, ...] = ()
    tell("boundaries")
    answers = ask(plan.queries, problems)
    if plan.boundaries.url is None or plan.query_of(plan.boundaries) in answers:
        with problems.caught():
            ground = lay_ground(plan, answers)
    with problems.caught():
        framework = read_framework(plan.framework.file)
    if framework is not None:
        with problems.caught():
            judged = _judged(plan, framework)
        with problems.caught():
            stated = _stated(plan, framework)
    tell("tables")
    if ground is not None and framework is not None:
        with problems.caught():
            needed = framework.needed_columns | _deflator_column(plan, framework)
            ready, left_out = _made(plan, ground, needed, problems, tell)
            joined = _joined(plan, ground, framework, needed, ready, answers, problems)
            joined = replace(joined, notes=(*joined.notes, *_units_note(joined, framework)))
            ground = ground.without(joined.excluded, joined.lacking)
            story = read_story(plan, ground, framework, joined.years)
    with problems.caught():
        linked = read_chain(plan, framework)
    check_names(plan, problems)
    if framework is not None:
        check_regression_codes(plan, framework, problems)
    problems.raise_if_any()
    assert ground is not None and framework is not None and joined is not None
    cleaned = _unseen_notes(plan)
    return Inputs(
        ground,
        framework,
        joined,
        judged,
        stated,
        linked,
        left_out,
        story,
        cleaned=cleaned,
        asked=fingerprints(answers.values()),
    )


def _unseen_notes(plan: Plan) -> tuple[Note, ...]:
    """Say which of the small files hold them; tables and the study file say so themselves."""
    parts = (plan.framework, plan.groups, plan.weights, plan.neighbors, plan.chain)
    named = [plan.boundaries.aliases, *(value for part in parts for value in vars(part).values())]
    flat = [each for value in named for each in (value if isinstance(value, tuple) else [value])]
    files = [each for each in flat if isinstance(each, Path)]
    found = {file: count for file in dict.fromkeys(files) if (count := _unseen_in(file))}
    names = [plan.name_of(file) for file in found]
    values = {"count": sum(found.values()), "files": names}
    return (Note("study.unseen_left_out", values=values),) if found else ()


def _unseen_in(file: Path) -> int:
    """Count signs that nobody sees in a text file, the mark at its beginning apart."""
    data = file_bytes(file)
    if data.startswith((b"PK", b"PAR1")):
        return 0
    wide = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    text = data.decode("utf-16" if wide else "utf-8-sig", errors="ignore")
    return len(text) - len(seen(text))


def _judged(plan: Plan, framework: Framework) -> Weights | None:
    problems = Problems()
    matrices = []
    for file in plan.weights.judgements:
        with problems.caught():
            matrices.append(read_judgements(file, framework.codes))
    problems.raise_if_any()
    if not matrices:
        return None
    if plan.weights.method == "improved_ahp":
        return improved_ahp_weights(_joint(matrices), form=plan.weights.improved_form)
    return ahp_weights(matrices)


def _joint(matrices: list[pd.DataFrame]) -> pd.DataFrame:
    """Make one judgement matrix of several by the geometric mean of their cells."""
    return np.exp(sum(np.log(matrix) for matrix in matrices) / len(matrices))


def _stated(plan: Plan, framework: Framework) -> Weights | None:
    method = WEIGHT_METHODS[plan.weights.method]
    if method.needs == "stated":
        return method.function(plan.weights.values or {}, framework.codes)
    return method.function(framework) if method.needs == "framework" else None


def _made(
    plan: Plan,
    ground: StudyRegions,
    needed: set[str],
    problems: Problems,
    tell: Callable[[str], None],
) -> tuple[list[Keyed | None], dict[str, pd.DataFrame]]:
    """Make tables of records and rasters, None of those that cannot be read; tell their gaps."""
    found: list[Keyed | None] = []
    accounts: dict[str, list[pd.DataFrame]] = {}
    makers: dict[str, Callable[..., Any]] = {"records": _of_records, "rasters": _of_rasters}
    asked = [(kind, *each) for kind in makers for each in enumerate(getattr(plan, kind), start=1)]
    for kind, place, section in asked:
        if place == 1:
            tell(kind)
        before = Problems()
        part = None
        with before.caught():
            part, account = makers[kind](plan, section, ground, needed)
            accounts.setdefault(f"{kind}_left_out", []).append(account)
        found.append(part)
        for problem in before:
            told = Phrase(f"problem.{problem.key}", problem.values)
            problems.add("study.made_of", kind=kind, place=place, what=told)
    _check_apart([part for part in found if part], problems)
    return found, {stem: pd.concat(each, ignore_index=True) for stem, each in accounts.items()}


def _label(plan: Plan, files: tuple[Path, ...]) -> str:
    first = plan.name_of(files[0])
    return first if len(files) == 1 else f"{first} (+{len(files) - 1})"


def _of_records(
    plan: Plan, asked: RecordsPlan, ground: StudyRegions, needed: set[str]
) -> tuple[Keyed, pd.DataFrame]:
    from geo_resilience.indicators.records._question import question_of
    from geo_resilience.indicators.records._source import RecordSource, count_records

    question = question_of({**vars(asked), "sums": asked.sum, "means": asked.mean, "count": True})
    label = asked.name or _label(plan, asked.files)
    prefix = f"{asked.name}_" if asked.name else ""
    source = RecordSource(label, asked.files, question, asked.sql, prefix)
    return count_records(source, ground.everywhere, needed=needed, aliases=ground.aliases)


def _of_rasters(
    plan: Plan, asked: RastersPlan, ground: StudyRegions, needed: set[str]
) -> tuple[Keyed, pd.DataFrame]:
    from geo_resilience.indicators.rasters._source import RasterSource, average_rasters
    from geo_resilience.indicators.rasters._zonal import Zoning, default_statistics

    zoning = Zoning(
        asked.name,
        default_statistics(asked.statistics, asked.classes),
        asked.classes,
        asked.density,
        asked.no_data,
    )
    bands = {key: getattr(asked, key) for key in ("year", "band", "band_years")}
    source = RasterSource(_label(plan, asked.files), asked.files, zoning, bands)
    return average_rasters(source, ground.everywhere, needed=needed)


def _check_apart(parts: list[Keyed], problems: Problems) -> None:
    """Refuse columns of one name made of several sections of records or rasters."""
    held: dict[str, str] = {}
    for part in parts:
        same = [column for column in part.columns if column in held]
        if same:
            others = {held[column] for column in same}
            problems.add("study.made_alike", file=part.file, others=sorted(others), columns=same)
        held.update(dict.fromkeys(part.columns, part.file))


def _joined(
    plan: Plan,
    ground: StudyRegions,
    framework: Framework,
    needed: set[str],
    ready: list[Keyed | None],
    answers: Mapping[DatabaseQuery, Answer],
    problems: Problems,
) -> Joined:
    sources = [_source(plan, table, answers) for table in plan.tables]
    ready = [*ready, *(None for source in sources if source is None)]
    crosswalk = ground.crosswalk
    idle = [each for each in plan.tables if each.vintage is not None or each.intensive]
    if crosswalk is None and idle:
        problems.add("study.crosswalk_unnamed", files=[_called(plan, each) for each in idle])
    return join_tables(
        [source for source in sources if source is not None],
        ground.everywhere,
        needed_columns=needed,
        years=plan.years,
        exclude=plan.exclude,
        optional=ground.optional,
        aliases=ground.aliases,
        problems=problems,
        ready=ready,
        conversion=Conversion(crosswalk, framework.rates, plan.years) if crosswalk else None,
    )


def _called(plan: Plan, table: TablePlan) -> str:
    """Name a table as a sentence does."""
    query = plan.query_of(table)
    return query.label if query is not None else plan.name_of(Path(table.file or ""))


def _units_note(joined: Joined, framework: Framework) -> list[Note]:
    """Note columns that the tables give in another unit than the framework says."""
    told = [
        Phrase(
            "unit_differs",
            {"code": each.code, "column": each.column, "found": found, "unit": each.unit},
        )
        for each in framework.indicators
        if each.column is not None and (found := joined.units.get(each.column))
        if each.unit and folded(found) not in {folded(unit) for unit in each.unit.values()}
    ]
    return [Note("indicators.units_differ", values={"told": told})] if told else []


def _source(
    plan: Plan, table: TablePlan, answers: Mapping[DatabaseQuery, Answer]
) -> TableSource | None:
    """Say where a table is and how it is laid out; None where a database gave nothing."""
    found = {each.name: getattr(table, each.name) for each in fields(TableSource)}
    if (query := plan.query_of(table)) is not None:
        found["file"] = answers.get(query)
    return TableSource(**found) if found["file"] is not None else None


def _deflator_column(plan: Plan, framework: Framework) -> set[str]:
    """Give the column of the deflator, where it is not a variable of the framework."""
    named = plan.framework.deflator
    if named is None or any(each.code == named for each in framework.variables):
        return set()
    return {named}


#: Analyses that need input-output tables.
IO_ANALYSES = chosen_by("analyses.skip", need=INPUT_OUTPUT)


@dataclass(frozen=True, eq=False)
class ChainInputs:
    """The chain's files, read and checked.

    - ``io``: in the order of their years; sectors merged where the study asks for it.
    - ``broad``: the same tables with the sectors for which there are regional data.
    - ``disruption``, ``risks``, ``targets``, ``priorities``, ``maturity``, ``thresholds``,
      ``responses``: none where the study names none.
    - ``margins``: known margins of regional tables, as the file has them.
    """

    io: tuple[chain.IOTable, ...] = ()
    broad: tuple[chain.IOTable, ...] = ()
    disruption: pd.DataFrame | None = None
    risks: pd.DataFrame | None = None
    targets: pd.DataFrame | None = None
    priorities: pd.DataFrame | None = None
    maturity: pd.DataFrame | None = None
    thresholds: pd.DataFrame | None = None
    responses: pd.DataFrame | None = None
    margins: pd.DataFrame | None = None

    @property
    def registers(self) -> dict[str, pd.DataFrame]:
        """The planner's own tables that there are."""
        kept = ("risks", "targets", "priorities", "maturity")
        return {name: getattr(self, name) for name in kept if getattr(self, name) is not None}


def read_chain(plan: Plan, framework: Framework | None = None) -> ChainInputs:
    """Read the files of ``[chain]``, those of skipped analyses apart, and check its codes."""
    asked, skipped = plan.chain, plan.analyses.skip
    problems = Problems()
    io: tuple[chain.IOTable, ...] = ()
    broad: tuple[chain.IOTable, ...] = ()
    if asked.io and (plan.what_if or not set(IO_ANALYSES) <= set(skipped)):
        with problems.caught():
            io, broad = _tables(plan)
    wanted: dict[str, tuple[str, Callable[[pd.DataFrame], object]]] = {
        "disruption": ("disruption", lambda table: None),
        "risks": ("management", chain.risk_levels),
        "targets": ("management", target_table),
        "priorities": (
            "management",
            lambda table: priority_table(table, weights=asked.priority_weights),
        ),
        "maturity": ("management", maturity_table),
        "thresholds": ("warnings", checked_thresholds),
        "responses": (
            "warnings",
            lambda table: chain.response_plan(pd.DataFrame({"level": []}), table),
        ),
    }
    found: dict[str, pd.DataFrame | None] = {}
    for key, (analysis, checked) in wanted.items():
        file: Path | None = getattr(asked, key)
        if file is None or analysis in skipped:
            continue
        with problems.caught():
            table = read_records(file)
            coded = table.index.name == "code" or (key == "responses" and "level" in table)
            if not coded:
                known = list(table.columns)
                raise InputError("study.no_code_column", file=file.name, known=known)
            with telling_rows(file, table):
                checked(table)
            found[key] = table
    if asked.regional_margins is not None and "regional" not in skipped:
        with problems.caught():
            found["margins"] = _margins(asked.regional_margins)
    if asked.disruption is not None and found.get("disruption") is not None:
        for table in io[-1:]:
            with problems.caught(), telling_rows(asked.disruption, found["disruption"]):
                disruption_table(table, found["disruption"], steps=1)
    _check_shock(plan, problems)
    if framework is not None:
        _check_codes(plan, framework, found.get("thresholds"), problems)
    problems.raise_if_any()
    return ChainInputs(io, broad, **found)


def _check_shock(plan: Plan, problems: Problems) -> None:
    """Note years around a shock that do not follow one another."""
    asked = plan.chain
    if asked.shock is None or "shock" in plan.analyses.skip:
        return
    given = {"shock": asked.shock, "recovered": asked.recovered or (1, 2)}
    wrong = [key for key, years in given.items() if len(years) != 2 or years[0] >= years[1]]
    for key in wrong:
        problems.add("study.two_years", key=key, found=list(given[key]))
    if asked.recovered and not wrong and asked.recovered[0] < asked.shock[1]:
        begins, ends = asked.recovered[0], asked.shock[1]
        problems.add("study.recovery_in_shock", begins=begins, ends=ends)


def _check_codes(
    plan: Plan, framework: Framework, thresholds: pd.DataFrame | None, problems: Problems
) -> None:
    """Note codes that are neither indicators nor variables of the framework."""
    asked, skipped = plan.chain, plan.analyses.skip
    variables = [each.code for each in framework.variables]
    every = [*framework.codes, *variables]
    if asked.warn and "warnings" not in skipped:
        watched = [*asked.watch, *([] if thresholds is None else thresholds.index)]
        for code in dict.fromkeys(str(each) for each in watched):
            if code not in every:
                problems.unknown("study.watch_unknown", code, every)
    named = {
        "crisis": ([asked.crisis] if asked.crisis else [], every),
        "shock_variables": (asked.shock_variables, variables),
        "benchmark": ([asked.benchmark] if asked.benchmark else [], variables),
        "regional_variables": ((asked.regional_variables or {}).values(), variables),
    }
    for key, (codes, among) in named.items():
        check_known(codes, among, key, problems)


def _tables(plan: Plan) -> tuple[tuple[chain.IOTable, ...], tuple[chain.IOTable, ...]]:
    asked = plan.chain
    years = asked.io_years or (None,) * len(asked.io)
    if len(years) != len(asked.io):
        raise InputError("study.io_years", tables=len(asked.io), years=list(years))
    problems = Problems()
    merged, broader = (
        _concordance(file, problems) for file in (asked.concordance, asked.regional_concordance)
    )
    tables, broad = [], []
    for file, year in zip(asked.io, years, strict=True):
        with problems.caught():
            table = chain.read_io(file, year=year, sheet=asked.io_sheet, roles=asked.io_roles)
            table = set_apart(table)
            table = table if merged is None else chain.aggregate(table, merged)
            tables.append(table)
            broad.append(table if broader is None else chain.aggregate(table, broader))
    problems.raise_if_any()
    order = sorted(range(len(tables)), key=lambda place: tables[place].year or 0)
    return tuple(tables[place] for place in order), tuple(broad[place] for place in order)


def _concordance(file: Path | None, problems: Problems) -> pd.DataFrame | None:
    if file is not None:
        with problems.caught():
            return chain.read_concordance(file)
    return None


def _margins(file: Path) -> pd.DataFrame:
    table = read_records(file)
    problems = Problems()
    for column in ("adcode", "sector", "sales", "purchases"):
        if column not in table.columns:
            problems.add("chain.column_missing", column=column, known=list(table.columns))
    problems.raise_if_any()
    return table.astype({"adcode": str, "sector": str})
