"""study.toml to Plan: every key checked against its option, everything wrong told at once."""

from __future__ import annotations

import math
import os
import re
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import MISSING, dataclass, field, fields, replace
from importlib.util import find_spec
from operator import itemgetter
from pathlib import Path, PureWindowsPath
from typing import Any

from geo_resilience.errors import InputError, Problem, Problems, nearest
from geo_resilience.indicators import Framework
from geo_resilience.notes import Note
from geo_resilience.regions._formats import is_source
from geo_resilience.study._folder import PROVENANCE
from geo_resilience.study._plan import Plan
from geo_resilience.study._plan_options import Option, Unfit, literal
from geo_resilience.study._plan_sections import (
    REPEATED,
    SECTIONS,
    FurtherRegressionPlan,
    RegressionPlan,
    TablePlan,
    options_of,
)
from geo_resilience.tables._reading import kind_of
from geo_resilience.tables._toml import checked_values, decode_toml, key_lines, parse_toml
from geo_resilience.words import LANGUAGES, Phrase

#: The bundled study.
BUNDLED = Path(__file__).parent / "example" / "study.toml"
_CONTROL = re.compile(r"[\x00-\x1f]")
_FILES = ("path", "paths", "records", "rasters", "framework", "groups", "results")

#: What `[groups] file` says for the groups that come with the program.
CHINA = "china"


def shipped_frameworks() -> list[str]:
    """List the frameworks that a study can name without a file."""
    from geo_resilience.indicators._framework_files import SHIPPED

    return sorted(SHIPPED)


def read_plan(
    path: str | os.PathLike[str] | Mapping[str, Any] | None = None, *, language: str | None = None
) -> Plan:
    """Read a study file.

    Parameters
    ----------
    path : path or mapping, optional
        The study file, or a mapping shaped like one (`plan_from_mapping`, relative paths starting
        in the working folder); the bundled study when left out.
    language : str, optional
        In place of the study's own.

    Returns
    -------
    Plan
        Every key with its value or default, files as full paths.

    Raises
    ------
    InputError
        With everything that is wrong: syntax with line and column; else unknown keys, wrong types
        and values, keys without effect, and files that are not there, all at once.

    Examples
    --------
    >>> read_plan().language
    'en'
    """
    spoken = {} if language is None else {"language": language}
    if isinstance(path, Mapping):
        return plan_from_mapping({**path, **spoken})
    if not isinstance(path, str | os.PathLike | None):
        raise InputError("study.not_a_plan", found=type(path).__name__)
    file = BUNDLED if path is None else Path(path)
    text, notes = decode(read_bytes(file), file.name)
    return plan_of(
        {**parse_toml(text, file.name), **spoken},
        Reading(folder=file.resolve().parent, file=file.name, lines=key_lines(text)),
        notes=notes,
        file=file.name,
    )


def plan_from_mapping(
    study: Mapping[str, Any], *, folder: str | os.PathLike[str] | None = None
) -> Plan:
    """Make a plan of a mapping shaped like study.toml, as a notebook has it.

    Parameters
    ----------
    study : mapping
        Sections and keys of study.toml; what is None counts as left out.
    folder : path, optional
        Where relative paths start; the working folder when left out.

    Returns
    -------
    Plan

    Raises
    ------
    InputError
        As `read_plan`.

    Examples
    --------
    >>> study = {"framework": {"file": "high_tech"}, "neighbors": {"rule": "rook"}}
    >>> study["table"] = {"file": "economy.csv", "region": "adcode", "year": "year"}
    >>> plan_from_mapping(study, folder=BUNDLED.parent).neighbors.rule
    'rook'
    """
    start = Path.cwd() if folder is None else Path(folder).resolve()
    checked = checked_values(study, "study")
    return plan_of(checked, Reading(folder=start, file="study", lines={}))


@dataclass
class Reading:
    """What is known while a study is read: where it stands, and what was found wrong."""

    folder: Path
    file: str
    lines: Mapping[tuple[Hashable, ...], int]
    found: list[tuple[float, Problem]] = field(default_factory=list)
    names: dict[Path, str] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)

    def place(self, path: Sequence[Hashable]) -> tuple[float, Phrase]:
        """Say where a key stands, or the section where it is missing, and in which line."""
        for part in shorter(path):
            if part in self.lines:
                line = self.lines[part]
                return line, Phrase("place.line", {"file": self.file, "line": line})
        return math.inf, Phrase("place.file", {"file": self.file})

    def add(self, key: str, path: Sequence[Hashable], **values: Any) -> None:
        """Note a problem with a key."""
        order, where = self.place(path)
        values = {"hint": ""} | values | {"where": where, "key": _dotted(path)}
        self.found.append((order, Problem(f"plan.{key}", values)))

    def raise_if_any(self) -> None:
        """Raise what was found, in the order of the lines."""
        problems = Problems()
        problems.extend(problem for _, problem in sorted(self.found, key=itemgetter(0)))
        problems.raise_if_any()


def shorter(path: Sequence[Hashable]) -> list[tuple[Hashable, ...]]:
    """Give a path and those above it, the longest first."""
    return [tuple(path[:end]) for end in range(len(path), 0, -1)]


def _dotted(path: Sequence[Hashable]) -> str:
    """Write a path as TOML's dotted key, the number of a [[tables]] entry in brackets."""
    text = ""
    for part in path:
        text += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text


def plan_of(
    study: Mapping[str, Any], reading: Reading, *, notes: Sequence[Note] = (), file: str = ""
) -> Plan:
    """Make a plan of what a study file says, or raise all that is wrong with it."""
    given = _present(study, options_of(Plan), reading, ())
    named = [name for name in [*SECTIONS, "tables"] if "." not in name]
    sections = {name: given.pop(name) for name in named if name in given}
    top = _values(given, options_of(Plan), reading, ())
    counted = "records" in sections or "rasters" in sections
    tables = _tables(sections.pop("table", None), sections.pop("tables", None), reading, counted)
    records = _entries("records", sections.pop("records", []), reading)
    rasters = _entries("rasters", sections.pop("rasters", []), reading)
    sections["map"], context = _parted(sections.get("map", {}), "context")
    layers = _entries("map.context", context, reading)
    what_if = _entries("what_if", sections.pop("what_if", []), reading)
    regressions = _entries("regressions", sections.pop("regressions", []), reading)
    story = _entries("story", sections.pop("story", []), reading)
    parts = {
        name: _section(kind, sections.get(name, {}), reading, (name,))
        for name, kind in SECTIONS.items()
        if kind not in REPEATED.values()
    }
    reading.raise_if_any()
    if "bom" not in sections.get("output", {}):
        parts["output"] = replace(
            parts["output"], bom=top.get("language", LANGUAGES[0]) != LANGUAGES[0]
        )
    return Plan(
        **top,
        **parts,
        tables=tuple(tables),
        records=tuple(records),
        rasters=tuple(rasters),
        context=tuple(layers),
        what_if=tuple(what_if),
        regressions=tuple(regressions),
        story=tuple(story),
        opens_in=top.get("language"),
        folder=reading.folder,
        names=reading.names,
        notes=(*notes, *reading.notes),
        file=file,
    )


def _parted(section: object, key: str) -> tuple[object, object]:
    """Give a section without one of its keys, and the entries that stood there."""
    if not isinstance(section, Mapping) or key not in section:
        return section, []
    return {name: value for name, value in section.items() if name != key}, section[key]


def _tables(one: object, several: object, reading: Reading, counted: bool) -> list[Any]:
    """Read [table] or [[tables]]: one of the two; none where records or rasters are counted."""
    if one is not None and several is not None:
        reading.add("table_and_tables", ("table",))
    elif one is None and several is None and not counted:
        reading.add("no_table", ())
    found = []
    for name, value, form in (("table", one, Mapping), ("tables", several, list)):
        if value is None:
            continue
        if not isinstance(value, form):
            reading.add("table_form", (name,))
        if value == []:
            reading.add("no_table", (name,))
        found += _entries(name, value, reading)
    return found


def _entries(name: str, value: object, reading: Reading) -> list[Any]:
    """Read each entry of a section of which a study may have several."""
    kind, path = REPEATED.get(name, TablePlan), tuple(name.split("."))
    if not isinstance(value, list):
        return [_section(kind, value, reading, path)]
    return [_section(kind, entry, reading, (*path, at)) for at, entry in enumerate(value)]


def _section(kind: type, given: object, reading: Reading, path: tuple[Hashable, ...]) -> Any:
    """Read one section; None when something is wrong with it."""
    if not isinstance(given, Mapping):
        expected = Phrase("kind.section", {"section": path[0]})
        reading.add("value", path, found=literal(given), expected=expected)
        return None
    options = options_of(kind)
    present = _present(given, options, reading, path)
    before = len(reading.found)
    values = _values(present, options, reading, path)
    _check_together(values, set(present), kind, reading, path)
    return kind(**values) if len(reading.found) == before else None


def _present(
    given: Mapping[str, Any],
    options: Mapping[str, Option],
    reading: Reading,
    path: tuple[Hashable, ...],
) -> dict[str, Any]:
    """Leave out what is None; take a key under its former name for the present one, and note it."""
    present = {key: value for key, value in given.items() if value is not None}
    for key, option in options.items():
        old, removed = option.former or ("", "")
        if old in present and key not in present:
            present[key] = present.pop(old)
            told = {"old": _dotted((*path, old)), "new": _dotted((*path, key)), "removed": removed}
            reading.notes.append(Note("plan.key_renamed", reading.file, told))
    return present


def _values(
    given: Mapping[str, Any],
    options: Mapping[str, Option],
    reading: Reading,
    path: tuple[Hashable, ...],
) -> dict[str, Any]:
    """Read the keys of a section; unknown ones and unfit values are noted."""
    values = {}
    for key, value in given.items():
        if key not in options:
            _unknown(key, options, reading, path)
            continue
        try:
            values[key] = options[key].read(value)
        except Unfit as unfit:
            expected, hint = unfit.expected, _meant(value, options[key])
            reading.add("value", (*path, key), found=literal(value), expected=expected, hint=hint)
        else:
            if options[key].kind == "url":
                values[key] = replace(values[key], folder=reading.folder)
            if options[key].kind in _FILES:
                values[key] = _files(values[key], options[key].kind, reading, (*path, key))
    return values


def _meant(value: object, option: Option) -> Phrase | str:
    """Give the nearest of the allowed values, written as the key takes it."""
    close = nearest(value, option.allowed) if isinstance(value, str) and option.allowed else []
    if close and option.kind == "choices":
        close = [literal([each]) for each in close]
    return Phrase("hint.did_you_mean", {"names": close}) if close else ""


def _unknown(
    key: str, options: Mapping[str, Option], reading: Reading, path: tuple[Hashable, ...]
) -> None:
    """Note an unknown key: the nearest known one, or the section where it belongs."""
    known = list(options) if path else [*options, *SECTIONS, "tables"]
    elsewhere = [f"[{name}]" for name, kind in SECTIONS.items() if key in options_of(kind)]
    close = nearest(key, known)
    hint: Phrase | str = ""
    if path and key in options_of(Plan):
        hint = Phrase("hint.at_the_top", {"key": key})
    elif close:
        hint = Phrase("hint.did_you_mean", {"names": close})
    elif elsewhere:
        hint = Phrase("hint.belongs_to", {"key": key, "sections": elsewhere})
    reading.add("unknown_key", (*path, key), hint=hint, known=known)


def _check_together(
    values: Mapping[str, Any],
    present: set[str],
    kind: type,
    reading: Reading,
    path: tuple[Hashable, ...],
) -> None:
    """Note keys that are missing, or that another key of the section leaves without effect."""
    defaults = {each.name: each.default for each in fields(kind)}
    effective = defaults | {key: values.get(key) for key in present}
    options = options_of(kind)
    for key, option in options.items():
        full = (*path, key)
        if option.rival in present and key in present:
            reading.add("both", full, other=option.rival)
        if key not in present or values.get(key) == ():
            if _is_needed(option, effective, defaults[key], present):
                reading.add("required", full, example=f"{key} = {option.example}")
        elif values.get(key) in (None, defaults[key]):
            continue
        elif option.beside and not present & {option.beside, options[option.beside].rival}:
            reading.add("alone", full, other=_dotted((*path, option.beside)))
        elif option.only_with and effective[option.only_with[0]] is not None:
            other, fitting = option.only_with
            if effective[other] not in fitting:
                needed = [literal(choice) for choice in fitting]
                found = literal(effective[other])
                reading.add("without_effect", full, other=other, needed=needed, found=found)
    if "duckdb" in (values.get("formats") or ()) and find_spec("duckdb") is None:
        reading.add("no_duckdb", (*path, "formats"))
    if values.get("lower") is not None and values["lower"] == values.get("upper"):
        expected = Phrase("kind.below", {"other": "upper"})
        reading.add("value", (*path, "lower"), found=values["lower"], expected=expected)


def _is_needed(
    option: Option, effective: Mapping[str, Any], default: object, present: set[str]
) -> bool:
    """Whether a key that is left out cannot be."""
    if option.one_needed:
        return option.rival not in present and (not option.beside or option.beside in present)
    if option.needed_with:
        other, values = option.needed_with
        return effective[other] in values
    return default is MISSING


def _files(value: Any, kind: str, reading: Reading, path: tuple[Hashable, ...]) -> Any:
    """Give full paths for the files that a key names; a shipped framework stays a name."""
    shipped = {"framework": shipped_frameworks(), "groups": [CHINA]}
    if value in shipped.get(kind, ()):
        return value
    if kind == "results":  # known by its provenance, whose hash stands among the inputs
        return full_path(f"{value.rstrip('/')}/{PROVENANCE}", reading, path, ())
    if kind == "paths":
        return tuple(full_path(each, reading, path, ()) for each in value)
    if kind in ("records", "rasters"):
        return _files_meant(value, kind, reading, path)
    return full_path(value, reading, path, shipped_frameworks() if kind == "framework" else ())


def _files_meant(
    patterns: Sequence[str], kind: str, reading: Reading, path: tuple[Hashable, ...]
) -> tuple[Path | None, ...]:
    """Give the files that names, folders and patterns mean; each must mean one at least."""
    from geo_resilience.indicators.rasters._bands import raster_files
    from geo_resilience.indicators.records._batches import files_of

    find = raster_files if kind == "rasters" else files_of
    found: list[Path | None] = []
    taken = set(reading.names.values())
    for text in patterns:
        if _CONTROL.search(text):
            reading.add("path_escape", path, found=literal(text))
            continue
        problems = Problems()
        slashed = text.replace("\\", "/")
        files = find([reading.folder / slashed], problems)
        for problem in (each for each in problems if each.key == f"{kind}.kind_unknown"):
            told = Phrase(f"problem.{problem.key}", problem.values)
            reading.add("records_kind", path, what=told)
        if not files and any(each.key == f"{kind}.nothing_there" for each in problems):
            hint = _like(reading.folder / slashed, (), text)
            reading.add(f"{kind}_missing", path, found=text, folder=reading.folder, hint=hint)
            found.append(None)
        for file in (each for each in files if each not in reading.names):
            inside = file.is_relative_to(reading.folder)
            name = file.relative_to(reading.folder).as_posix() if inside else file.name
            reading.names[file] = _name(name, name, taken)
            taken.add(reading.names[file])
        found += files
    return tuple(dict.fromkeys(found))


def full_path(
    text: str, reading: Reading, path: tuple[Hashable, ...], shipped: Sequence[str]
) -> Path | None:
    """Give the full path of a file that must be there."""
    if _CONTROL.search(text):
        reading.add("path_escape", path, found=literal(text))
        return None
    if "://" in text:
        reading.add("file_is_address", path, found=literal(text))
        return None
    slashed = text.replace("\\", "/")
    places = [reading.folder / each for each in (text, slashed)]
    full = next((each for each in places if is_source(each)), None)
    if full is None:
        kind = kind_of(reading.folder / slashed)
        if kind == "folder":
            reading.add("file_is_folder", path, found=text)
        elif kind:
            reading.add("file_is_other", path, found=text)
        else:
            hint = _like(reading.folder / slashed, shipped, text)
            reading.add("file_missing", path, found=text, folder=reading.folder, hint=hint)
        return None
    reading.names.setdefault(full, _name(text, slashed, set(reading.names.values())))
    return full


def _like(missing: Path, shipped: Sequence[str], text: str) -> Phrase | str:
    """Name the files, or shipped frameworks, that a missing file's name looks like."""
    try:
        beside = [entry.name for entry in missing.parent.iterdir()]
    except OSError:
        beside = []
    close = nearest(missing.name, beside) or nearest(text, shipped)
    if close:
        return Phrase("hint.did_you_mean", {"names": close})
    return Phrase("hint.shipped", {"names": shipped}) if shipped else ""


def _name(text: str, slashed: str, taken: set[str]) -> str:
    """Name a file without an absolute path; two files never share a name."""
    windows = PureWindowsPath(text)
    relative = not (windows.is_absolute() or windows.drive or slashed.startswith("/"))
    name = os.path.normpath(slashed).replace("\\", "/") if relative else windows.name
    number = 2
    unique = name
    while unique in taken:
        unique, number = f"{name} ({number})", number + 1
    return unique


def read_bytes(path: Path) -> bytes:
    """Read a study file, or say what stands in its place."""
    if kind_of(path) == "folder":
        inside = path / "study.toml"
        hint = Phrase("hint.study_inside", {"file": inside}) if inside.is_file() else ""
        raise InputError("plan.study_is_folder", file=path, hint=hint)
    try:
        return path.read_bytes()
    except FileNotFoundError:
        names = [entry.name for entry in _folder_entries(path.parent) if entry.suffix == ".toml"]
        close = nearest(path.name, names) or [name for name in names if name == "study.toml"]
        hint = Phrase("hint.did_you_mean", {"names": close}) if close else ""
        raise InputError("plan.study_missing", file=path, hint=hint) from None
    except OSError as error:
        reason = error.strerror or str(error)
        raise InputError("plan.unreadable", file=path, reason=reason) from None


def _folder_entries(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []


def decode(data: bytes, name: str) -> tuple[str, tuple[Note, ...]]:
    """Give a study file's text, and what was understood of its encoding."""
    text, notes = decode_toml(data, name)
    if not text.strip():
        raise InputError("plan.empty", file=name)
    return text, tuple(notes)


def check_names(plan: Plan, problems: Problems) -> None:
    """Note names that several suppositions or several questions share."""
    given = {
        "what_if": [entry.name for entry in plan.what_if],
        "regressions": [entry.name for entry in plan.regressions],
    }
    for section, names in given.items():
        counted = Counter(names)
        for name, count in counted.items():
            if count > 1:
                problems.add("study.name_twice", section=section, name=name, count=count)


def check_regression_codes(plan: Plan, framework: Framework, problems: Problems) -> None:
    """Note what is to be explained, or to explain, and is no quantity of the study."""
    if "regressions" in plan.analyses.skip:
        return
    main = plan.regression
    averages = main.averages or {}
    dimensions = [dimension.code for dimension in framework.dimensions]
    quantities = ["composite", *dimensions, *(each.code for each in framework.variables)]
    for codes in averages.values():
        check_known(codes, quantities, "averages", problems)
    every: list[RegressionPlan | FurtherRegressionPlan] = [main, *plan.regressions]
    for asked in every:
        check_known(asked.without, framework.codes, "without", problems)
        check_known(asked.regressors, [*quantities, *averages], "regressors", problems)
        if not asked.without:
            check_known([asked.dependent], quantities, "dependent", problems)


def check_known(codes: Iterable[str], known: Iterable[str], key: str, problems: Problems) -> None:
    """Note the codes under a key that are not among those known."""
    known = list(known)
    for code in codes:
        if code not in known:
            problems.unknown("study.variable_unknown", code, known, key=key)
