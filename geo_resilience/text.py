"""One string a language: what names, units, definitions, titles and sources are."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TypeVar

from geo_resilience import words

__all__ = ["Text", "first_few", "keys_of", "masked"]


_Item = TypeVar("_Item")


def first_few(items: Iterable[_Item], most: int) -> list[_Item | str]:
    """Give the first of some items, and a sign where there are more.

    Examples
    --------
    >>> first_few("abcd", 2), first_few("ab", 2)
    (['a', 'b', '…'], ['a', 'b'])
    """
    listed = list(items)
    return [*listed[:most], *(["…"] if len(listed) > most else [])]


#: A password in an address or beside the name of a key, and whatever stands where one would.
_SECRETS = (
    (re.compile(r"(://[^:@/\s\"']*):(?!\d{1,5}(?:[/?\"']|$)).*"), r"\1:…"),
    (re.compile(r"((?:pass\w*|pwd)\s*[=:]\s*)[^&\s]+", re.IGNORECASE), r"\1…"),
)


def masked(text: str) -> str:
    """Hide what may be a password in a text that is shown.

    Examples
    --------
    >>> masked("postgresql://planner:secret@db.example/figures")
    'postgresql://planner:…'
    >>> masked("postgresql://db.example:5432/figures")
    'postgresql://db.example:5432/figures'
    """
    for secret, shown in _SECRETS:
        text = secret.sub(shown, text)
    return text


def keys_of(name: str) -> dict[str, str]:
    """Give the key of a text in files, by language: plain in the first, ``name_zh`` in others.

    Examples
    --------
    >>> keys_of("unit")
    {'en': 'unit', 'zh': 'unit_zh'}
    """
    first, *others = words.LANGUAGES
    return {first: name} | {language: f"{name}_{language}" for language in others}


class Text(Mapping[str, str]):
    """One string a language of `geo_resilience.words.LANGUAGES`; never changed, hashable.

    In a language that it lacks it says the first string that it has; it is false where it has
    none. It is a mapping of every language to what it says there.

    - ``given`` (str or mapping of language to str): one string for every language, or a string a
      language.
    - **strings: strings by language.

    Examples
    --------
    >>> name = Text(en="Beijing", zh="北京")
    >>> name["zh"], name.say("en"), Text(zh="北京")["en"], Text("GDP")["zh"]
    ('北京', 'Beijing', '北京', 'GDP')
    """

    __slots__ = ("_strings",)

    def __init__(self, given: str | Mapping[str, str] = "", /, **strings: str) -> None:
        first = {words.LANGUAGES[0]: given} if isinstance(given, str) else given
        self._strings = {lang: text for lang, text in {**first, **strings}.items() if text}

    @classmethod
    def of(cls, table: Mapping[str, object], name: str) -> Text:
        """Read it from its keys in a table of a file: ``name``, ``name_zh`` and so on."""
        found = {language: table.get(key) for language, key in keys_of(name).items()}
        return cls({lang: str(text).strip() for lang, text in found.items() if text is not None})

    @classmethod
    def each(cls, say: Callable[[str], str]) -> Text:
        """Word it in every language; ``say`` words it in one."""
        return cls({language: say(language) for language in words.LANGUAGES})

    @classmethod
    def worded(cls, key: str, otherwise: str | None = None, /, **values: object) -> Text:
        """Take it from the words; ``otherwise`` in every language where they lack the key."""
        if otherwise is not None and not words.has(key):
            return cls(otherwise)
        return cls.each(lambda language: words.say(key, language, **values))

    def say(self, language: str = "en") -> str:
        """Give the string in a language, else the first there is."""
        return self._strings.get(language) or next(iter(self._strings.values()), "")

    __getitem__ = say

    def __iter__(self) -> Iterator[str]:
        return iter(words.LANGUAGES)

    def __len__(self) -> int:
        return len(words.LANGUAGES)

    def __bool__(self) -> bool:
        return bool(self._strings)

    def __hash__(self) -> int:
        return hash(tuple(self.values()))

    def __str__(self) -> str:
        return self.say()

    def __repr__(self) -> str:
        return f"Text({', '.join(f'{lang}={text!r}' for lang, text in self._strings.items())})"
