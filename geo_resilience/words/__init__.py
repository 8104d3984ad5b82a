"""Every label and sentence a user sees, as tables: one row a key, one column a language.

The tables are the CSV files beside this one (columns ``key``, ``en``, ``zh``). A key is unique
over all of them and starts with its subject (``problem.``, ``note.``, ``summary.`` ...). A
sentence may hold named fields in braces; the values are set in as plain text. A field with two
forms, ``{count:cell|cells}``, is the first where the value is 1 and else the second.
"""

from __future__ import annotations

import csv
import string
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from geo_resilience.words._cited import Cell, Cited, cells_of

__all__ = [
    "LANGUAGES",
    "Cell",
    "Cited",
    "Phrase",
    "cells_of",
    "has",
    "joined",
    "plain",
    "say",
    "shortened",
    "subject",
]

#: Languages that every table has a column for.
LANGUAGES: tuple[str, ...] = ("en", "zh")

#: Longest text that a sentence takes in whole.
_LONGEST = 300

#: Signs after which, and before which, Chinese sets no blank.
_CLOSING = ("，", "。", "；", "：", "、", "）", "”", "》", "？", "！")
_OPENING = ("（", "“", "《")


@dataclass(frozen=True)
class Phrase:
    """A field of a sentence that is itself a sentence, worded in the language of the whole.

    Examples
    --------
    >>> Phrase("grade.High").say("zh")
    '高'
    """

    key: str
    values: Mapping[str, object] = field(default_factory=dict)

    def say(self, language: str = "en") -> str:
        """Word the phrase in a language."""
        return say(self.key, language, **self.values)

    def __str__(self) -> str:
        return self.say()


class _Joined(Cited):
    """Parts of a sentence or a sentence, whose parts were cut where they are long."""

    __slots__ = ()


@cache
def _tables() -> dict[str, dict[str, str]]:
    """Read every table once; a key that stands twice is a fault of ours."""
    found: dict[str, dict[str, str]] = {}
    for file in sorted(files(__package__).iterdir(), key=lambda entry: entry.name):
        if not file.name.endswith(".csv"):
            continue
        for row in csv.DictReader(file.read_text(encoding="utf-8").splitlines()):
            key = row.pop("key")
            if key in found:
                raise KeyError(f"words: the key {key!r} stands twice ({file.name})")
            found[key] = row
    return found


def has(key: str) -> bool:
    """Whether a table holds this key."""
    return key in _tables()


def plain(value: object, language: str) -> str:
    """Write a value as text: lists joined and texts taken as in the language, long ones cut."""
    if isinstance(value, Phrase):
        return value.say(language)
    if isinstance(value, _Joined):
        return value
    if hasattr(value, "say"):
        return plain(value.say(language), language)
    if isinstance(value, float):
        return f"{value:.15g}"  # 0.011 and not 0.011000000000000001
    if isinstance(value, str) or not isinstance(value, Iterable):
        text = str(value)
        text = text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
        return Cited.of(text, value)
    return joined((plain(item, language) for item in value), language)


def joined(parts: Iterable[str], language: str, what: str = "items") -> str:
    """Join items, parts of a sentence or sentences with the marks of a language."""
    told = list(parts)
    return _Joined.of(say(f"mark.{what}", language, one="", other="").join(told), *told)


def shortened(names: Iterable[str], language: str, most: int = 6) -> list[str]:
    """Give the first few of many names, each once, and how many more there are."""
    told = list(dict.fromkeys(names))
    if len(told) <= most:
        return told
    return [*told[:most], say("summary.more", language, count=len(told) - most)]


def say(key: str, language: str = "en", /, **values: object) -> str:
    """Give the sentence of a key in a language, its fields filled in.

    Parameters
    ----------
    key : str
        Key of a row in one of the tables.
    language : str
        One of `LANGUAGES`.
    **values : object
        The fields of the sentence; a list is joined by commas (、 in Chinese), a `Phrase` is
        worded in the same language.

    Returns
    -------
    str
        `Cited` where a value says which cells it comes from: those of all its values.

    Raises
    ------
    KeyError
        If no table has the key or the sentence lacks a value.

    Examples
    --------
    >>> say("grade.High"), say("grade.High", "zh")
    ('High', '高')
    >>> say("atlas.all_regions", count=1), say("atlas.all_regions", count=31)
    ('1 region', '31 regions')
    """
    said, used = "", []
    for own, name, forms, _ in _parsed(_tables()[key][language]):
        said += _following(said, own, language)
        if name is None:
            continue
        value = plain(values[name], language)
        used.append(value)
        if forms:
            one, _, many = forms.partition("|")
            value = one if value == "1" else many
        if language == "zh" and value.startswith(_OPENING):
            said = said.removesuffix(" ")
        if value.startswith("<") and said.endswith(" = "):
            said, value = said.removesuffix("= "), f"< {value[1:]}"
        said += value
    return _Joined.of(said, *used)


@cache
def _parsed(sentence: str) -> tuple[tuple[str, str | None, str | None, str | None], ...]:
    """Part a sentence into its own texts and its fields, once however often it is said."""
    return tuple(string.Formatter().parse(sentence))


def _following(before: str, own: str, language: str) -> str:
    """Take from a sentence's own text what the value before it already says or makes needless."""
    if own[:1] in (".", "。") and before.endswith(own[0]) and not before.endswith(".."):
        own = own[1:]
    if language == "zh" and before.endswith(_CLOSING):
        own = own.removeprefix(" ")
    return own


@cache
def subject(prefix: str) -> Mapping[str, dict[str, str]]:
    """Give all rows whose key starts with ``prefix.``, by the rest of the key.

    Examples
    --------
    >>> subject("grade")["Low"]["en"]
    'Low'
    """
    start = prefix + "."
    found = {key[len(start) :]: row for key, row in _tables().items() if key.startswith(start)}
    return MappingProxyType(found)
