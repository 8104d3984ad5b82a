"""What a key of study.toml may hold: its kind, bounds and allowed values, stated once.

An `Option` is the metadata of a field of the plan's dataclasses. Reading checks against it, the
commented study.toml is written from it, and the words ``option.<section>.<key>`` explain it.
"""

from __future__ import annotations

import codecs
import json
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, field
from itertools import pairwise
from typing import Any

from geo_resilience.databases._address import Address, fault_of, told
from geo_resilience.evaluation._grading import CUTS
from geo_resilience.indicators._framework import error_of
from geo_resilience.text import masked
from geo_resilience.words import Phrase

#: A schema of results: a plain name, and none that a database has of its own.
_SCHEMA = re.compile(r"(?!pg_)[A-Za-z_][A-Za-z0-9_]{0,39}")
_OTHERS = ("public", "main", "temp", "information_schema")


class Unfit(Exception):  # noqa: N818 - never leaves the study room
    """A value is not of the kind that its key holds; says what was expected."""

    def __init__(self, kind: str, /, **values: Any) -> None:
        super().__init__(kind)
        self.expected = Phrase(f"kind.{kind}", values)


@dataclass(frozen=True)
class Option:
    """What one key of the study file may hold.

    - ``kind``: one of `KINDS`.
    - ``example``: A value as TOML text, shown where the default is "not set".
    - ``allowed``: the values of a choice.
    - ``meanings``: where the words explain each of them, ``<meanings>.<value>.meaning``; empty
      where the words of the key itself do.
    - ``least``, ``most``: bounds of a number, both included.
    - ``only_with``: another key of the section and the values of it with which this key means
      something.
    - ``needed_with``: another key of the section and the values of it with which this key cannot be
      left out.
    - ``beside``: another key of the section without which this key means nothing; its rival does,
      too.
    - ``rival``: another key of the section beside which this one may not stand.
    - ``one_needed``: whether the key or its rival must be there.
    - ``former``: what the key was called before, and the version that no longer reads that.
    """

    kind: str
    example: str = ""
    allowed: tuple[str, ...] = ()
    meanings: str = ""
    least: float | None = None
    most: float | None = None
    only_with: tuple[str, tuple[str, ...]] | None = None
    needed_with: tuple[str, tuple[str, ...]] | None = None
    beside: str = ""
    rival: str = ""
    one_needed: bool = False
    former: tuple[str, str] | None = None

    def counts(self, section: object) -> bool:
        """Whether the key means something beside the other choices of its section."""
        if self.only_with is None:
            return True
        other, values = self.only_with
        return getattr(section, other) in values

    def read(self, value: object) -> Any:
        """Give the value as the plan holds it, or raise `Unfit`."""
        return KINDS[self.kind](value, self)


def option(kind: str, *, default: Any = None, required: bool = False, **rest: Any) -> Any:
    """Make a dataclass field that carries its option."""
    kept = MISSING if required else default
    return field(default=kept, metadata={"option": Option(kind, **rest)})


def literal(value: object, *, most: int = 60) -> str:
    r"""Write a value as it stands in TOML, for showing; long ones are cut."""
    value = masked(value) if isinstance(value, str) else value
    try:
        text = json.dumps(value, ensure_ascii=False)
    except (TypeError, ValueError):
        text = str(value)
    text = masked(text)
    return text if len(text) <= most else text[: most - 1] + "…"


def _text(value: object, option: Option) -> str:
    if not isinstance(value, str) or not value.strip():
        raise Unfit("text")
    return value


def _title(value: object, option: Option) -> str:
    if not isinstance(value, str):
        raise Unfit("text")
    return " ".join(value.split())


def _choice(value: object, option: Option) -> str:
    if not isinstance(value, str) or value not in option.allowed:
        raise Unfit("choice", allowed=[literal(each) for each in option.allowed])
    return value


def _bounded(value: float, option: Option) -> bool:
    least = -math.inf if option.least is None else option.least
    most = math.inf if option.most is None else option.most
    return math.isfinite(value) and least <= value <= most


def _bounds(kind: str, option: Option) -> Unfit:
    """Say a number's bounds in the words of those that are there."""
    ends = {"least": option.least, "most": option.most}
    given = {name: end for name, end in ends.items() if end is not None}
    return Unfit("_".join([kind, *given]), **given)


def _integer(value: object, option: Option) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not _bounded(value, option):
        raise _bounds("integer", option)
    return value


def _number(value: object, option: Option) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise _bounds("number", option)
    if not _bounded(value, option):
        raise _bounds("number", option)
    return float(value)


def _truth(value: object, option: Option) -> bool:
    if not isinstance(value, bool):
        raise Unfit("truth")
    return value


def _list(value: object, kind: str) -> list[Any]:
    if not isinstance(value, list | tuple):
        raise Unfit(kind)
    return list(value)


def _paths(value: object, option: Option) -> tuple[str, ...]:
    values = [value] if isinstance(value, str) else _list(value, "paths")
    if not all(isinstance(each, str) and each.strip() for each in values):
        raise Unfit("paths")
    return tuple(values)


def _names(value: object, option: Option) -> tuple[str, ...]:
    """Names or keys of regions; a key written without quotes is taken as its digits."""
    values = _list(value, "names")
    if not all(isinstance(each, str | int) and not isinstance(each, bool) for each in values):
        raise Unfit("names")
    texts = [str(each).strip() for each in values]
    if not all(texts) or len(set(texts)) < len(texts):
        raise Unfit("names")
    return tuple(texts)


def _marks(value: object, option: Option) -> tuple[str, ...]:
    values = _list(value, "marks")
    if not all(isinstance(each, str) for each in values):
        raise Unfit("marks")
    return tuple(dict.fromkeys(each.strip() for each in values))


def _choices(value: object, option: Option) -> tuple[str, ...]:
    expected = Unfit("choices", allowed=[literal(each) for each in option.allowed])
    if not isinstance(value, list | tuple):
        raise expected
    if not all(isinstance(each, str) and each in option.allowed for each in value):
        raise expected
    if len(set(value)) < len(value):
        raise expected
    return tuple(value)


def _years(value: object, option: Option) -> tuple[int, ...]:
    return tuple(sorted(_years_as_listed(value, option)))


def _years_as_listed(value: object, option: Option) -> tuple[int, ...]:
    values = _list(value, "years")
    whole = all(isinstance(each, int) and not isinstance(each, bool) for each in values)
    if not values or not whole or not all(1 <= each <= 9999 for each in values):
        raise Unfit("years")
    if len(set(values)) < len(values):
        raise Unfit("years")
    return tuple(values)


def _rows(value: object, option: Option) -> tuple[int, ...]:
    """Read numbers of rows, rising."""
    values = _list(value, "rows")
    whole = all(isinstance(each, int) and not isinstance(each, bool) for each in values)
    if not whole or any(each < 1 for each in values) or values != sorted(set(values)):
        raise Unfit("rows")
    return tuple(values)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _cuts(value: object, option: Option) -> tuple[float, ...]:
    values = list(value) if isinstance(value, list | tuple) else []
    unfit = Unfit("cuts", count=len(CUTS), example=literal(list(CUTS)))
    if len(values) != len(CUTS) or not all(_is_number(each) and 0 < each < 1 for each in values):
        raise unfit
    if any(high <= low for low, high in pairwise(values)):
        raise unfit
    return tuple(float(each) for each in values)


def _table_of(kind: str, fits: Callable[[Any], bool]) -> Callable[[object, Option], dict[str, Any]]:
    def read(value: object, option: Option) -> dict[str, Any]:
        if not isinstance(value, Mapping) or not value or not all(map(fits, value.values())):
            raise Unfit(kind)
        return {
            str(code): tuple(map(float, each)) if isinstance(each, list | tuple) else float(each)
            for code, each in value.items()
        }

    return read


def _shares(value: object, option: Option) -> dict[str, float]:
    """Read shares by the names that are allowed."""
    given = dict(value) if isinstance(value, Mapping) else {}
    shares = [each for each in given.values() if _is_number(each) and 0 < each <= 1]
    if not given or not set(given) <= set(option.allowed) or len(shares) < len(given):
        raise Unfit("shares", allowed=list(option.allowed), example=option.example)
    return {str(name): float(each) for name, each in given.items()}


def _codes(value: object, option: Option) -> tuple[str, ...]:
    values = _list(value, "codes")
    if not all(isinstance(each, str) and each.strip() for each in values):
        raise Unfit("codes")
    if len(set(values)) < len(values):
        raise Unfit("codes")
    return tuple(values)


def _texts_by_code(value: object, option: Option) -> dict[str, str]:
    if not isinstance(value, Mapping) or not value:
        raise Unfit("texts_by_code")
    if not all(isinstance(each, str) and each.strip() for each in value.values()):
        raise Unfit("texts_by_code")
    return {str(code): " ".join(each.split()) for code, each in value.items()}


def _errors(value: object, option: Option) -> str | dict[str, str]:
    """Read one standard error for all indicators, or some by code."""
    given = value if isinstance(value, Mapping) else {"": value}
    if not given or any(
        isinstance(each, bool) or error_of(each) is None for each in given.values()
    ):
        raise Unfit("errors")
    read = {str(code): str(each).strip() for code, each in given.items()}
    return read.get("", read)


def _columns_weighed(value: object, option: Option) -> dict[str, str] | tuple[str, ...]:
    """Read columns, or columns by the one that weighs each."""
    try:
        return (_texts_by_code if isinstance(value, Mapping) else _codes)(value, option)
    except Unfit:
        raise Unfit("columns_weighed") from None


def _lists_by_code(value: object, option: Option) -> dict[str, tuple[str, ...]]:
    if not isinstance(value, Mapping) or not value:
        raise Unfit("lists_by_code")
    try:
        return {str(code): _codes(each, option) for code, each in value.items()}
    except Unfit:
        raise Unfit("lists_by_code") from None


def _column_or_year(value: object, option: Option) -> str | int:
    """Read a column of years or dates, or the one year of all records."""
    if isinstance(value, str) and value.strip():
        return value
    if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 9999:
        return value
    raise Unfit("column_or_year")


def _form_or_year(value: object, option: Option) -> str | int:
    """Read how names of files hold the year, or the one year of all of them."""
    if isinstance(value, int) or (isinstance(value, str) and value.count("{year}") == 1):
        return _column_or_year(value, option)
    raise Unfit("form_or_year")


def _numbers(value: object, option: Option, kind: str = "numbers") -> tuple[float, ...]:
    values = [value] if _is_number(value) else _list(value, kind)
    if not values or not all(map(_is_number, values)):
        raise Unfit(kind)
    return tuple(values)


def _classes(value: object, option: Option) -> dict[str, tuple[float, ...]]:
    """Read the codes of each class; a single one may stand without brackets."""
    if not isinstance(value, Mapping) or not value:
        raise Unfit("classes")
    return {str(name): _numbers(codes, option, "classes") for name, codes in value.items()}


def _holders(value: object, option: Option) -> tuple[tuple[str, str, int], ...]:
    """Read lists of a column of numbers, one of their holders, and how many of these."""
    values = _list(value, "holders")
    for each in values:
        if not isinstance(each, list | tuple) or list(map(type, each)) != [str, str, int]:
            raise Unfit("holders")
        if not each[0].strip() or not each[1].strip() or each[2] < 1:
            raise Unfit("holders")
    return tuple((str(number), str(holder), int(most)) for number, holder, most in values)


def _figures(value: object, option: Option) -> tuple[str, ...]:
    """Names of figures; "all" stands for every one."""
    from geo_resilience.maps.figures import names

    known = names()
    unfit = Unfit("figures", allowed=[literal(each) for each in known])
    if not isinstance(value, list | tuple):
        raise unfit
    if list(value) == ["all"]:
        return tuple(known)
    if not all(each in known for each in value) or len(set(value)) < len(value):
        raise unfit
    return tuple(value)


def _falling(value: object, option: Option) -> tuple[float, ...]:
    values = _list(value, "falling")
    if len(values) != 4 or not all(_is_number(each) and 0 < each < 0.5 for each in values):
        raise Unfit("falling")
    if any(high >= low for low, high in pairwise(values)):
        raise Unfit("falling")
    return tuple(float(each) for each in values)


def _is_pair(value: object) -> bool:
    if not isinstance(value, list | tuple) or len(value) != 2:
        return False
    return all(map(_is_number, value)) and value[0] < value[1]


def _encoding(value: object, option: Option) -> str:
    try:
        return codecs.lookup(_text(value, option)).name
    except (LookupError, UnicodeError):
        raise Unfit("encoding") from None


def _url(value: object, option: Option) -> Address:
    if not isinstance(value, str) or not value.strip():
        raise Unfit("text")
    if fault := fault_of(value.strip()):
        raise Unfit("url", what=told(fault))
    return Address(value.strip())


def _schema(value: object, option: Option) -> str:
    if not isinstance(value, str) or not _SCHEMA.fullmatch(value) or value in _OTHERS:
        raise Unfit("schema")
    return value


def _delimiter(value: object, option: Option) -> str:
    if not isinstance(value, str) or len(value) != 1 or value in '"\r\n' or value.isalnum():
        raise Unfit("delimiter")
    return value


#: How each kind of value is checked and taken.
KINDS: Mapping[str, Callable[[object, Option], Any]] = {
    "choice": _choice,
    "choices": _choices,
    "codes": _codes,
    "column_or_year": _column_or_year,
    "columns_weighed": _columns_weighed,
    "cuts": _cuts,
    "delimiter": _delimiter,
    "encoding": _encoding,
    "errors": _errors,
    "falling": _falling,
    "figures": _figures,
    "framework": _text,
    "groups": _text,
    "holders": _holders,
    "integer": _integer,
    "lists_by_code": _lists_by_code,
    "marks": _marks,
    "names": _names,
    "number": _number,
    "numbers_by_code": _table_of("numbers_by_code", _is_number),
    "pairs_by_code": _table_of("pairs_by_code", _is_pair),
    "path": _text,
    "shares": _shares,
    "paths": _paths,
    "results": _text,
    "records": _paths,
    "rasters": _paths,
    "rows": _rows,
    "form_or_year": _form_or_year,
    "numbers": _numbers,
    "classes": _classes,
    "text": _text,
    "texts_by_code": _texts_by_code,
    "title": _title,
    "truth": _truth,
    "url": _url,
    "schema": _schema,
    "years": _years,
    "years_as_listed": _years_as_listed,
}

#: Kinds that are one text, as a cell of a table holds it; and lists, of numbers or of texts.
TEXTS = frozenset(
    ("choice", "delimiter", "encoding", "framework", "groups", "path", "results", "text", "title")
)
LISTS: Mapping[str, str] = {
    **dict.fromkeys(("cuts", "falling", "rows", "years", "years_as_listed"), "numbers"),
    **dict.fromkeys(("choices", "codes", "figures", "marks", "names", "paths"), "texts"),
}
