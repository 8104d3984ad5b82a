"""What can go wrong, and a way to gather everything that is wrong before saying so once."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Any

from geo_resilience import words
from geo_resilience.text import first_few

__all__ = [
    "GeoResilienceError",
    "InputError",
    "OutputError",
    "Problem",
    "Problems",
    "UndefinedError",
]

#: Problems of one kind in one file that are worded one by one.
MOST_ALIKE = 12

#: Values by which problems of one kind differ, the most telling first.
_TELLING = (
    "region",
    "row",
    "rows",
    "code",
    "indicator",
    "found",
    "column",
    "key",
    "name",
    "member",
)
_NAMED = 40

#: Most items of a list that a sentence names.
_LISTED = 200

#: A sign of a name in Chinese, and the rank of names that may be like another by chance.
_HAN = re.compile("[\u3400-\u9fff\uf900-\ufaff]")
_BY_CHANCE = 4

#: Known names told where none looks like an unknown one.
_KNOWN = 12


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: a key of the ``problem.`` words and the values of its sentence.

    The sentence says where it stands, what was found, what was expected and how to mend it.

    - ``key``: key without the ``problem.`` in front.
    - ``values``: fields of the sentence.
    """

    key: str
    values: dict[str, Any] = field(default_factory=dict)

    def say(self, language: str = "en") -> str:
        """Word the problem in a language."""
        told = {name: _cut(value) for name, value in self.values.items()}
        return words.say(f"problem.{self.key}", language, **told)

    def __str__(self) -> str:
        return self.say()


def _cut(value: object) -> object:
    """Leave out what stands far down a list."""
    if isinstance(value, list | tuple) and len(value) > _LISTED:
        return [*value[:_LISTED], "…"]
    return value


class GeoResilienceError(Exception):
    """Base of every error that this package raises on purpose."""

    problems: tuple[Problem, ...] = ()

    @property
    def phrases(self) -> list[words.Phrase]:
        """What is wrong as parts of another sentence, in whatever language that is shown."""
        return [words.Phrase(f"problem.{each.key}", each.values) for each in self.problems]


def named(error: BaseException) -> str:
    """Name an exception that is a fault of ours in a line."""
    return f"{type(error).__name__}: {error}".splitlines()[0]


class _WordedError(GeoResilienceError):
    """An error made of one or more problems, worded in the language in which it is shown."""

    def __init__(self, problems: Problem | Iterable[Problem] | str, **values: object) -> None:
        if isinstance(problems, str):
            problems = Problem(problems, values)
        self.problems = (problems,) if isinstance(problems, Problem) else tuple(problems)
        super().__init__(self.say())

    def __reduce__(self) -> tuple[type, tuple[tuple[Problem, ...]]]:
        """Come whole from another process."""
        return type(self), (self.problems,)

    def say(self, language: str = "en") -> str:
        """Word the problems in a language, as `lines` does."""
        return "\n".join(self.lines(language))

    def lines(self, language: str = "en") -> list[str]:
        """Word every problem on a line; of many alike the first dozen, then where the rest are."""
        alike: dict[tuple[str, str], list[Problem]] = {}
        for problem in self.problems:
            place = str(problem.values.get("file", ""))
            alike.setdefault((problem.key, place), []).append(problem)
        hidden = {
            id(problem)
            for same in alike.values()
            if len(same) > MOST_ALIKE + 1
            for problem in same[MOST_ALIKE:]
        }
        told: list[str] = []
        for problem in self.problems:
            if id(problem) not in hidden:
                told.append(problem.say(language))
                continue
            same = alike[problem.key, str(problem.values.get("file", ""))]
            if problem is same[MOST_ALIKE]:
                told.append(_more(same[MOST_ALIKE:], same, language))
        return told


def _more(rest: list[Problem], same: list[Problem], language: str) -> str:
    """Say how many more problems are alike, and by what they differ."""
    for name in _TELLING:
        found = [str(problem.values.get(name, "")) for problem in same]
        if len(set(found)) > 1:
            differing = [problem.values.get(name, "") for problem in rest]
            shown = list(dict.fromkeys(words.plain(value, language) for value in differing))
            cut = first_few(shown, _NAMED)
            key = "problem.more_rows" if name in ("row", "rows") else "problem.more_alike"
            return words.say(key, language, count=len(rest), what=cut)
    return words.say("problem.more", language, count=len(rest))


class InputError(_WordedError, ValueError):
    """Wrong input: everything that was found wrong with it, each with the way out.

    Raised as ``InputError("key", field=value)`` or with Problem objects.
    """


class UndefinedError(_WordedError, ArithmeticError):
    """Right input for which the mathematics has no answer (a geometric mean of zero, say)."""


class OutputError(_WordedError, OSError):
    """The results could not be written: no room, no right, a file where a folder should be."""


class Problems:
    """Gathers what is wrong and raises it once.

    Examples
    --------
    >>> problems = Problems()
    >>> problems.raise_if_any()
    >>> len(problems)
    0
    """

    def __init__(self) -> None:
        self._found: list[Problem] = []

    def add(self, key: str, /, **values: object) -> None:
        """Note one problem: a key of the ``problem.`` words and its values."""
        self._found.append(Problem(key, values))

    def unknown(
        self, key: str, found: object, known: Iterable[object], /, **values: object
    ) -> None:
        """Note something unknown, as `unknown` puts it."""
        self._found.append(unknown(key, found, known, **values))

    def extend(self, problems: Iterable[Problem]) -> None:
        """Note the problems of another gathering or of a caught InputError."""
        self._found.extend(problems)

    @contextmanager
    def caught(self) -> Iterator[None]:
        """Note what an InputError inside the block says, so that the rest can be looked at too."""
        try:
            yield
        except InputError as error:
            self.extend(error.problems)

    def __iter__(self) -> Iterator[Problem]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)

    def raise_if_any(self) -> None:
        """Raise InputError with all that was gathered, in order, each once."""
        if self._found:
            unique = list({problem.say(): problem for problem in self._found}.values())
            raise InputError(unique)


def nearest(name: object, known: Iterable[object], *, most: int = 3) -> list[str]:
    """Give the known names that look most like a name, best first; none when nothing does.

    Examples
    --------
    >>> nearest("entropie", ["equal", "entropy", "ahp"])
    ['entropy']
    >>> nearest("广冬", ["山东", "广东", "广西", "北京"])
    ['广东', '广西']

    Notes
    -----
    Names in Chinese are short, so that shares of equal letters tell little of them. Near are those
    with one character changed, put in, left out or exchanged with the next, the same first one
    before others; then those of which one begins as the whole other does, but for a character, and
    last the few that begin with the same character.
    """
    by_folded = {str(candidate).casefold(): str(candidate) for candidate in known}
    text = str(name).casefold()
    if _HAN.search(text):
        close = _nearest_signs(text, [each for each in by_folded if _HAN.search(each)], most)
    else:
        close = difflib.get_close_matches(text, by_folded, n=most, cutoff=0.6)
    return [by_folded[folded] for folded in close]


def _nearest_signs(text: str, known: list[str], most: int) -> list[str]:
    """Give the nearest of names in Chinese, the best first."""
    ranks = {each: rank for each in known if (rank := _apart(text, each)) is not None}
    best = sorted(ranks, key=ranks.__getitem__)
    best = [each for each in best if ranks[each] <= ranks[best[0]] + 1]
    if best and ranks[best[0]] == _BY_CHANCE and len(best) > most:
        best = []  # of two characters one is chance where many names share it
    elif not best:
        best = [each for each in known if each[0] == text[0]]
        best = best if len(best) <= most else []
    return best[:most]


def _apart(one: str, other: str) -> int | None:
    """Rank how a name in Chinese differs from another; None where it is another name."""
    shorter, longer = sorted((one, other), key=len)
    same = _common(one, other)
    if _one_apart(one, other):
        if len(longer) > 2 or sorted(one) == sorted(other):
            return 0
        return 2 if same else _BY_CHANCE
    if same >= max(2, len(shorter) - 1) or (len(shorter) > 1 and shorter in longer):
        return 1
    alike = difflib.SequenceMatcher(None, one, other).ratio()
    return 3 if len(shorter) > 3 and alike >= 0.6 else None


def _common(one: str, other: str) -> int:
    """Count the signs with which both begin."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _one_apart(one: str, other: str) -> bool:
    """Whether one sign is changed, put in, left out or exchanged with the next."""
    start = _common(one, other)
    first, second = one[start:], other[start:]
    end = _common(first[::-1], second[::-1])
    first, second = first[: len(first) - end], second[: len(second) - end]
    exchanged = len(first) == 2 and first == second[::-1]
    return exchanged or (len(first) <= 1 and len(second) <= 1)


def unknown(key: str, found: object, known: Iterable[object], /, **values: object) -> Problem:
    """Make the problem of something that is not among what is known.

    - ``key``: key of the ``problem.`` words, whose sentence has the fields ``found`` and ``known``
      (names to list) or ``hint`` (a clause of its own at the end).
    - ``known``: told are those most like what was found, or that hold it; where none is, the first
      few, in a hint all of few and none of many.
    - ``values``: further fields of the sentence.

    Examples
    --------
    >>> unknown("plan.value", "entropie", ["equal", "entropy", "ahp"]).values["known"]
    ['entropy']
    >>> unknown("plan.value", "revenue", ["grp", "hightech_revenue_yuan"]).values["known"]
    ['hightech_revenue_yuan']
    """
    every = [str(each) for each in known]
    more = ["…"] if len(every) > _KNOWN else []
    within = [each for each in every if str(found) and str(found).casefold() in each.casefold()]
    near = nearest(found, every) or within[:_KNOWN]
    hint: words.Phrase | str = ""
    if near or (every and not more):
        clause = "hint.did_you_mean" if near else "hint.known"
        hint = words.Phrase(clause, {"names": near or every})
    told = near or [*every[:_KNOWN], *more] or ["-"]
    return Problem(key, {**values, "found": found, "known": told, "hint": hint})


def did_you_mean(name: object, known: Iterable[object]) -> words.Phrase | str:
    """Give the clause with the nearest known names, to end a sentence; empty when there is none.

    Examples
    --------
    >>> str(did_you_mean("Alier", ["Allier", "Paris"])), did_you_mean("Q", ["Paris"])
    (' Did you mean Allier?', '')
    """
    close = nearest(name, known)
    return words.Phrase("hint.did_you_mean", {"names": close}) if close else ""
