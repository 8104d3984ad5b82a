"""The names that some regions are known by, and the rules for looking them up."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from geo_resilience.errors import nearest
from geo_resilience.notes import Note
from geo_resilience.regions._provinces import (
    NOT_COVERED,
    PROVINCIAL_CODES,
    is_total,
    province_names,
    provinces_spelled,
)
from geo_resilience.regions._regions import Regions
from geo_resilience.regions._spelling import spelled, without_suffix
from geo_resilience.words import Phrase

_SHOWN = 8

#: Blanks that only spread Chinese names to the width of a column (襄　樊).
_SPREAD = re.compile(r"(?<=[\u3400-\u9fff]) (?=[\u3400-\u9fff])")

Matched = tuple[str, tuple[str, ...]]


@dataclass(frozen=True)
class Known:
    """Regions by everything that they are called.

    - ``names``: every name of each region, by key.
    - ``source``: where the regions are from, for sentences.
    - ``provincial``: whether the keys are the codes of China's provincial units.
    - ``aliases``: further names, each with a key or a name.
    """

    names: Mapping[str, tuple[str, ...]]
    source: str
    provincial: bool
    aliases: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, regions: Regions | None, aliases: Mapping[str, str] | None) -> Known:
        """Gather the names of regions; of the 31 provincial units for None."""
        if regions is None:
            return cls(province_names(), "bundled", True, _targets(aliases))
        names = regions.spellings
        return cls(names, regions.source, PROVINCIAL_CODES.issuperset(names), _targets(aliases))

    @classmethod
    def of_names(
        cls,
        names: Mapping[str, tuple[str, ...]],
        source: str,
        aliases: Mapping[str, str] | None = None,
    ) -> Known:
        """Take names by key."""
        return cls(names, source, False, _targets(aliases))

    def find(self, text: str, *, iso: bool = False) -> Matched:
        """Give how a name was found and the keys that it may mean."""
        if not text:
            return "", ()
        if found := self._direct(text):
            return found
        if target := self.aliases.get(_loosely(text)):
            return "alias", (self._direct(target) or self._by_rule(target, iso=False))[1]
        return self._by_rule(text, iso=iso)

    def _direct(self, text: str) -> Matched | None:
        """Find by key, by name, or by name without regard to case, width and blanks."""
        if text in self.names:
            return "key", (text,)
        keys = self._exact.get(text) or self._folded.get(spelled(text))
        return ("name", keys) if keys else None

    def _by_rule(self, text: str, *, iso: bool) -> Matched:
        """Find by the spellings of provinces, or by the name without its administrative word."""
        if self.provincial:
            return "spelling", tuple(
                key for key in provinces_spelled(text, iso=iso) if key in self.names
            )
        bare, kind = without_suffix(text)
        candidates = self._bare.get(bare, {})
        return "suffix", tuple(
            key for key, kinds in candidates.items() if not kind or kinds & {"", kind}
        )

    @cached_property
    def _exact(self) -> dict[str, tuple[str, ...]]:
        return _inverted((name, key) for key, names in self.names.items() for name in names)

    @cached_property
    def _folded(self) -> dict[str, tuple[str, ...]]:
        # Shan xi and Shanxi are not the same: provinces have rules of their own
        if self.provincial:
            return {}
        return _inverted((spelled(n), key) for key, names in self.names.items() for n in names)

    @cached_property
    def _bare(self) -> dict[str, dict[str, set[str]]]:
        """Kinds by key of every name without its administrative word."""
        found: dict[str, dict[str, set[str]]] = {}
        for key, names in self.names.items():
            for name in names:
                bare, kind = without_suffix(name)
                found.setdefault(bare, {}).setdefault(key, set()).add(kind)
        return found

    def label(self, key: str) -> str:
        """Call a region by name and key."""
        called = " ".join(name for name in self.names[key][:2] if name != key)
        return f"{called} ({key})" if called else key

    def nearest(self, text: str) -> list[str]:
        """Give the known names most like a text, in its own script; none for a number."""
        if not text or (self.provincial and text.isdigit()):
            return []
        held = {name: key for key, names in self.names.items() for name in names}
        if not self.provincial:
            held |= {key: key for key in self.names}
        near = nearest(text, held, most=9)
        if not near:
            bare = {without_suffix(name)[0]: name for name in held}
            near = [bare[each] for each in nearest(without_suffix(text)[0], bare, most=9)]
        return list({held[name]: name for name in reversed(near)}.values())[::-1][:3]

    def reason(self, text: str, candidates: tuple[str, ...]) -> Phrase:
        """Say why a name was not matched and how to mend it."""
        if not text:
            return Phrase("problem.regions.name_blank")
        if candidates:
            called = [self.label(key) for key in candidates]
            return Phrase("problem.regions.name_ambiguous", {"name": text, "candidates": called})
        values = {"name": text, "source": self._told_source, "hint": self._hint(text)}
        if target := self.aliases.get(_loosely(text)):
            return Phrase("problem.regions.alias_target", {**values, "target": target})
        if is_total(text):
            return Phrase("problem.regions.name_total", values)
        if self.provincial and (provinces := provinces_spelled(text)):
            if NOT_COVERED.keys() & provinces:
                return Phrase("problem.regions.name_not_covered", values)
            return Phrase("problem.regions.name_left_out", values)
        if self.provincial and text.isdigit():
            return Phrase("problem.regions.code_unknown", values)
        return Phrase("problem.regions.name_unknown", values)

    @property
    def _told_source(self) -> Phrase | str:
        bundled = self.source == "bundled"
        return Phrase("problem.regions.bundled") if bundled else self.source

    def _hint(self, text: str) -> Phrase | str:
        close = self.nearest(text)
        return Phrase("hint.did_you_mean", {"names": close}) if close else ""

    def padding(self, texts: list[str]) -> Phrase | None:
        """Say so when zeros in front are all that keeps every unmatched number from its key."""
        if self.provincial or not texts or not all(text.isdecimal() for text in texts):
            return None
        widths = {len(key) for key in self.names if key.isdecimal()}
        if len(widths) == 1 and all(text.zfill(*widths) in self.names for text in texts):
            return Phrase(
                "problem.regions.zeros_missing",
                {
                    "count": len(texts),
                    "names": texts[:_SHOWN],
                    "source": self._told_source,
                    "padded": [text.zfill(*widths) for text in texts[:_SHOWN]],
                },
            )
        if all(text.lstrip("0") in self.names for text in texts):
            return Phrase(
                "problem.regions.zeros_extra",
                {
                    "count": len(texts),
                    "names": texts[:_SHOWN],
                    "source": self._told_source,
                    "plain": [text.lstrip("0") for text in texts[:_SHOWN]],
                },
            )
        return None

    def notes(self, suffixed: Mapping[str, str]) -> tuple[Note, ...]:
        """Note the names that matched without their administrative word."""
        if not suffixed:
            return ()
        shown = [f"{text} → {self.label(key)}" for text, key in list(suffixed.items())[:_SHOWN]]
        return (Note("regions.suffix", self.source, {"count": len(suffixed), "names": shown}),)


def _targets(aliases: Mapping[str, str] | None) -> dict[str, str]:
    return {_loosely(name): target.strip() for name, target in (aliases or {}).items()}


def _loosely(text: str) -> str:
    """Give a text without regard to case, width, the number of blanks, and any beside Chinese."""
    text = " ".join(unicodedata.normalize("NFKC", text).casefold().split())
    return _SPREAD.sub("", text)


def _inverted(pairs: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    """Give the keys of every name, each once."""
    found: dict[str, dict[str, None]] = {}
    for name, key in pairs:
        found.setdefault(name, {})[key] = None
    return {name: tuple(keys) for name, keys in found.items()}
