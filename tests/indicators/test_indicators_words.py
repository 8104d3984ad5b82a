"""Every sentence that the room says stands in both languages with the same fields."""

from __future__ import annotations

import re
import string
from importlib.resources import files

from geo_resilience import words
from geo_resilience.indicators import FILL_METHODS, OUTLIER_METHODS

ROOM = files("geo_resilience") / "indicators"
LANGUAGE_FIELDS = {"name", "name_zh"}


def keys() -> set[str]:
    text = "".join(f.read_text("utf-8") for f in ROOM.iterdir() if f.name.endswith(".py"))
    return set(re.findall(r'"(indicators\.[a-z_0-9]+)"', text))


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
    text = "".join(f.read_text("utf-8") for f in ROOM.iterdir() if f.name.endswith(".py"))
    for reason in words.subject("trace"):
        assert f'"{reason}"' in text
    assert len(words.subject("trace")) >= len(FILL_METHODS) + len(OUTLIER_METHODS)
