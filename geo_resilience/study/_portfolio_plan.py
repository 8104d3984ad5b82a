"""portfolio.toml: many studies as changes to one base study, each checked as a plan of its own."""

from __future__ import annotations

import os
import re
import tomllib
import unicodedata
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from pathlib import Path
from typing import Any

from geo_resilience.errors import InputError, Problem, Problems, did_you_mean
from geo_resilience.notes import Note
from geo_resilience.study._folder import MOST_BYTES, PROVENANCE
from geo_resilience.study._plan import Plan
from geo_resilience.study._plan_options import LISTS, TEXTS, Option, Unfit, literal
from geo_resilience.study._plan_reading import (
    Reading,
    decode,
    full_path,
    plan_of,
    read_bytes,
    shorter,
)
from geo_resilience.study._plan_sections import SECTIONS, options_of
from geo_resilience.tables import Form
from geo_resilience.tables._reading import kind_of, read_raw
from geo_resilience.tables._toml import checked_values, decode_toml, key_lines, parse_toml
from geo_resilience.words import LANGUAGES, Phrase

#: Files of a portfolio beside the folders of its studies.
PAGE, SCORES = "index.html", "scores.csv"
OWN_FILES = (PAGE, PROVENANCE, SCORES)

_KEYS = ("base", "studies")

#: Signs that some system takes in no name, and names that Windows keeps for devices.
_SIGNS = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*]')
_DEVICES = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])(\..*)?", re.IGNORECASE)

#: Of two of these a study has one.
_EITHER = {"table": "tables", "tables": "table"}

_Path = tuple[Hashable, ...]
_Place = tuple[float, Phrase]


@dataclass(frozen=True)
class PortfolioPlan:
    """Many studies as asked, checked.

    - ``file``: name of the portfolio file; empty for a mapping.
    - ``base``: name of the base study's file, as the portfolio has it.
    - ``language``, ``form``: of the page and the table over all: those of the base study.
    - ``inputs`` (mapping of str to Path): the files that say what the studies are.
    - ``changes``, ``plans`` (mappings by the studies' names)
    """

    file: str
    base: str
    language: str
    form: Form
    inputs: Mapping[str, Path]
    changes: Mapping[str, Mapping[str, Any]]
    plans: Mapping[str, Plan]


@dataclass(frozen=True)
class _Entry:
    """A study of a portfolio: what it changes, what it leaves out, and where that is written."""

    name: str
    keys: Mapping[str, Any]
    place: _Place
    places: Mapping[_Path, _Place]


@dataclass(frozen=True)
class _Base:
    """The base study's file as it stands."""

    file: Path
    keys: Mapping[str, Any]
    lines: Mapping[_Path, int]
    notes: tuple[Note, ...]


def read_portfolio(path: str | os.PathLike[str] | Mapping[str, Any]) -> PortfolioPlan:
    """Read a portfolio file, its base and its studies, or raise all that is wrong with any."""
    asked, reading = _opened(path)
    problems = Problems()
    base, entries = None, []
    with problems.caught():
        base = _base(asked.get("base"), reading)
    with problems.caught():
        entries = _entries(asked.get("studies"), reading, problems)
    for key in asked:
        if key not in _KEYS:
            reading.add("unknown_key", (key,), hint=did_you_mean(key, _KEYS), known=_KEYS)
    with problems.caught():
        reading.raise_if_any()
    plans = {} if base is None else _plans(base, entries, problems)
    problems.raise_if_any()
    assert base is not None
    language = str(base.keys.get("language", LANGUAGES[0]))
    given = base.keys.get("output")
    output = given if isinstance(given, Mapping) else {}
    bom, safe = output.get("bom", language != LANGUAGES[0]), output.get("spreadsheet_safe")
    own = {} if isinstance(path, Mapping) else {Path(path).name: Path(path)}
    return PortfolioPlan(
        file=next(iter(own), ""),
        base=reading.names[base.file],
        language=language if language in LANGUAGES else LANGUAGES[0],
        form=Form(bom=bool(bom), safe=bool(safe)),
        inputs=own | {name: file for file, name in reading.names.items()},
        changes={entry.name: entry.keys for entry in entries},
        plans=plans,
    )


def _opened(path: str | os.PathLike[str] | Mapping[str, Any]) -> tuple[dict[str, Any], Reading]:
    if isinstance(path, Mapping):
        asked = checked_values(path, "portfolio")
        return asked, Reading(folder=Path.cwd(), file="portfolio", lines={})
    if not isinstance(path, str | os.PathLike):
        raise InputError("portfolio.not_one", found=type(path).__name__)
    file = Path(path)
    if kind_of(file) != "file":
        raise InputError("portfolio.missing", file=file)
    text, _ = decode_toml(read_bytes(file), file.name)
    asked = parse_toml(text, file.name)
    return asked, Reading(folder=file.resolve().parent, file=file.name, lines=key_lines(text))


def _base(given: object, reading: Reading) -> _Base | None:
    file = _file("base", given, reading)
    if file is None:
        return None
    text, notes = decode(read_bytes(file), file.name)
    return _Base(file, parse_toml(text, file.name), key_lines(text), notes)


def _file(key: str, given: object, reading: Reading) -> Path | None:
    """Give the full path of a file that the portfolio names; what is wrong is noted."""
    if given is None:
        reading.add("required", (key,), example=f'{key} = "study.toml"')
        return None
    try:
        return full_path(Option("path").read(given), reading, (key,), ())
    except Unfit as unfit:
        reading.add("value", (key,), found=literal(given), expected=unfit.expected)
        return None


def _entries(given: object, reading: Reading, problems: Problems) -> list[_Entry]:
    """Give what each study changes; names that cannot be folders are problems."""
    entries: list[_Entry] = []
    if isinstance(given, str):
        file = _file("studies", given, reading)
        entries += () if file is None else _tabled(file, problems)
    elif isinstance(given, list) and given and all(isinstance(each, Mapping) for each in given):
        entries += [_listed(each, at, reading) for at, each in enumerate(given)]
    else:
        problems.add("portfolio.no_studies", where=reading.place(("studies",))[1])
    _check_names(entries, problems)
    return entries


def _listed(given: Mapping[str, Any], at: int, reading: Reading) -> _Entry:
    """Read a [[studies]] entry; its dotted keys in quotes are those that they spell."""
    place = reading.place(("studies", at))
    if ("studies", at) not in reading.lines:
        place = float(at), Phrase("place.entry", {"file": reading.file, "number": at + 1})
    places = {
        _split(path[2:]): reading.place(path)
        for path in reading.lines
        if len(path) > 2 and path[:2] == ("studies", at)
    }
    keys = {key: value for key, value in given.items() if key != "name"}
    return _Entry(_named(given.get("name")), _nested(keys), place, places)


def _split(path: Sequence[Hashable]) -> _Path:
    first, *rest = path
    return (*str(first).split("."), *rest)


def _nested(keys: Mapping[str, Any]) -> dict[str, Any]:
    """Make tables within tables of dotted keys."""
    found: dict[str, Any] = {}
    for key, value in keys.items():
        found = merged(found, reduce(lambda held, part: {part: held}, key.split(".")[::-1], value))
    return found


def _tabled(file: Path, problems: Problems) -> Iterator[_Entry]:
    """Read a table of studies: a column ``name``, the others dotted keys; blank is as the base."""
    table = read_raw(file, heading="name")
    heads = [str(head) for head in table.frame.columns]
    if "name" not in heads:
        known = {"file": table.file, "hint": did_you_mean("name", heads)}
        problems.add("portfolio.no_name_column", **known)
        return
    for row, cells in zip(table.frame.index, table.frame.itertuples(index=False), strict=True):
        given = dict(zip(heads, map(str.strip, cells), strict=True))
        name = given.pop("name")
        values = {
            head: cell if head == "without" else value_of(head, cell)
            for head, cell in given.items()
            if cell
        }
        place = {"file": table.file, "row": row}
        yield _Entry(
            _named(name),
            checked_values(_nested(values), table.file),
            (float(row), Phrase("place.row", place)),
            {
                tuple(head.split(".")): (
                    float(row),
                    Phrase("place.cell", {**place, "column": head}),
                )
                for head in values
            },
        )


def _option(path: tuple[str, ...]) -> Option | None:
    """Give the option of a dotted key; none of one within a key, or unknown."""
    section = SECTIONS.get(path[0])
    if section is None:
        return options_of(Plan).get(path[0]) if len(path) == 1 else None
    return options_of(section).get(path[1]) if len(path) == 2 else None


def value_of(key: str, cell: str) -> Any:
    """Read a text as a dotted key holds it: text as it stands, else TOML; lists also bare."""
    option = _option(tuple(key.split(".")))
    kind = option.kind if option is not None else ""
    if kind in TEXTS:
        return cell
    value = _toml(cell)
    if kind in LISTS and not isinstance(value, list):
        parts = [part.strip() for part in re.split(r"[,;，；、]", cell)]
        return [_toml(part) if LISTS[kind] == "numbers" else part for part in parts if part]
    return value


def _toml(cell: str) -> Any:
    """Read a value of TOML; what is none stays text."""
    shown = cell.casefold() if cell.casefold() in ("true", "false") else cell
    try:
        found = tomllib.loads(f"value = {shown}")
    except (ValueError, RecursionError):
        return cell
    return found["value"] if set(found) == {"value"} else cell


def _named(given: object) -> str:
    return unicodedata.normalize("NFC", "" if given is None else str(given).strip())


def _check_names(entries: Sequence[_Entry], problems: Problems) -> None:
    """Note names that some system takes for no folder, or for the same one."""
    before: dict[str, str] = {}
    for entry in entries:
        name, where = entry.name, entry.place[1]
        key = unfit(name)
        if key:
            told = name if len(name) <= 60 else f"{name[:60]}…"
            values = {"found": told, "most": MOST_BYTES, "letters": MOST_BYTES // 3}
            problems.add(f"portfolio.name_{key}", where=where, **values)
            continue
        other = before.setdefault(unicodedata.normalize("NFC", name.casefold()), name)
        if other is not name:
            problems.add("portfolio.name_twice", where=where, found=name, other=other)


def unfit(name: str) -> str:
    """Say why a name is no folder's; empty where it is one's."""
    if not name:
        return "missing"
    if _SIGNS.search(name):
        return "sign"
    if name.startswith(".") or name.endswith("."):
        return "dot"
    if _DEVICES.fullmatch(name):
        return "device"
    if name.casefold() in OWN_FILES:
        return "own"
    return "long" if len(os.fsencode(name)) > MOST_BYTES else ""


def merged(base: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Set changes into a base, tables into tables; all else takes the place of what was there.

    Examples
    --------
    >>> merged({"a": {"b": 1, "c": [1, 2]}}, {"a": {"c": [3]}, "d": 4})
    {'a': {'b': 1, 'c': [3]}, 'd': 4}
    """
    out = dict(base)
    for key, value in changes.items():
        here = out.get(key)
        if isinstance(value, Mapping) and isinstance(here, Mapping):
            out[key] = merged(here, value)
        else:
            out[key] = value
    return out


@dataclass
class _Changed(Reading):
    """A base study with changes: a key stands where the longer part of its path is written."""

    study: str = ""
    places: Mapping[_Path, _Place] = field(default_factory=dict)

    def place(self, path: Sequence[Hashable]) -> _Place:
        """Say where a key stands, and in which study."""
        order, where = super().place(path)
        for part in shorter(path):
            if part in self.places:
                order, where = self.places[part]
                break
            if part in self.lines:
                break
        return order, Phrase("place.of_study", {"where": where, "study": self.study})


def _plans(base: _Base, entries: Sequence[_Entry], problems: Problems) -> dict[str, Plan]:
    """Make the plans; what is wrong with the base alone is told once."""
    plans: dict[str, Plan] = {}
    alone = {problem.say() for problem in _wrong_alone(base)}
    for entry in entries:
        try:
            plans[entry.name] = _plan(base, entry)
        except InputError as error:
            for problem in error.problems:
                plain = _without_study(problem)
                problems.extend([plain if plain.say() in alone else problem])
    _check_schemas(base, plans, problems)
    return plans


def _check_schemas(base: _Base, plans: Mapping[str, Plan], problems: Problems) -> None:
    """Refuse studies whose results would take each other's place in a database."""
    places: dict[tuple[str, str], list[str]] = {}
    for name, plan in plans.items():
        if plan.output.database is not None:
            place = plan.output.database.text, plan.output.schema
            places.setdefault(place, []).append(name)
    for (_, schema), names in places.items():
        if len(names) > 1:
            values = {"where": base.file.name, "names": names, "schema": schema}
            problems.add("portfolio.same_schema", **values)


def _wrong_alone(base: _Base) -> tuple[Problem, ...]:
    try:
        plan_of(base.keys, Reading(base.file.parent, base.file.name, base.lines))
    except InputError as error:
        return error.problems
    return ()


def _without_study(problem: Problem) -> Problem:
    where = problem.values.get("where")
    if isinstance(where, Phrase) and where.key == "place.of_study":
        return Problem(problem.key, {**problem.values, "where": where.values["where"]})
    return problem


def _plan(base: _Base, entry: _Entry) -> Plan:
    reading = _Changed(
        base.file.parent, base.file.name, base.lines, study=entry.name, places=entry.places
    )
    keys, changes = dict(base.keys), dict(entry.keys)
    for key in _left_out(changes.pop("without", ()), reading):
        keys = _removed(keys, key.split("."), reading)
    for key in changes:
        keys.pop(_EITHER.get(key, ""), None)
    return plan_of(merged(keys, changes), reading, notes=base.notes, file=base.file.name)


def _left_out(given: object, reading: Reading) -> Sequence[str]:
    """Give the keys of the base that a study does without."""
    if isinstance(given, str):
        given = [part.strip() for part in re.split(r"[,;，；、]", given) if part.strip()]
    if isinstance(given, list | tuple) and all(isinstance(each, str) for each in given):
        return given
    expected = Phrase("kind.keys")
    reading.add("value", ("without",), found=literal(given), expected=expected)
    return ()


def _removed(keys: Mapping[str, Any], path: Sequence[str], reading: Reading) -> dict[str, Any]:
    """Take a key out of the base; one that is not there is noted."""
    first, *rest = path
    here = keys.get(first)
    if rest and isinstance(here, Mapping):
        return {**keys, first: _removed(here, rest, reading)}
    if rest or first not in keys:
        reading.add("not_in_base", ("without",), found=".".join(path), base=reading.file)
    return {key: value for key, value in keys.items() if rest or key != first}
