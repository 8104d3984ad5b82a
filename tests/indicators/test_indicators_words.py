"""Every sentence that the room says stands in both languages with the same fields."""

from __future__ import annotations

import re
import string
from importlib.resources import files

from geo_resilience import words
from geo_resilience.indicators._imputation import FILL_METHODS
from geo_resilience.indicators._outliers import OUTLIER_METHODS

ROOMS = [files("geo_resilience") / room for room in ("indicators", "tables", "study")]
LANGUAGE_FIELDS = {"name", "name_zh"}


def keys() -> set[str]:
    return set(re.findall(r'"(indicators\.[a-z_0-9]+)"', code()))


def code() -> str:
    modules = (module for room in ROOMS for module in room.iterdir())
    return "".join(each.read_text("utf-8") for each in modules if each.name.endswith(".py"))


def fields(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


def test_every_key_has_words():
    assert len(keys()) > 70
    missing = [
        key for key in keys() if not (words.has(f"problem.{key}") or words.has(f"note.{key}"))
    ]
    assert missing == []


def test_languages_have_the_same_fields():
    for subject in ("problem.indicators", "note.indicators"):
        for key, row in words.subject(subject).items():
            differing = fields(row["en"]) ^ fields(row["zh"])
            assert differing <= LANGUAGE_FIELDS, key
            assert row["en"] != row["zh"]


def test_every_reason_of_the_trace_has_words():
    for reason in words.subject("trace"):
        assert f'"{reason}"' in code()
    assert len(words.subject("trace")) >= len(FILL_METHODS) + len(OUTLIER_METHODS)
