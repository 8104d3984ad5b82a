"""A study folder to start from: study.toml, short or with every option, and a blank framework."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, fields
from typing import Any

from geo_resilience.study._plan import Plan
from geo_resilience.study._plan_options import Option, literal
from geo_resilience.study._plan_sections import REPEATED, SECTIONS, WeightsPlan, options_of
from geo_resilience.text import keys_of
from geo_resilience.words import joined, say
from geo_resilience.words._wrapping import wrapped

#: Width of a comment on the screen; a Chinese character is two wide.
_WIDTH = 92


def study_text(
    language: str = "en",
    *,
    framework: str = "high_tech",
    weights: str = "",
    boundaries: Mapping[str, str] | None = None,
    title: str = "",
) -> str:
    """Write a study.toml with every option explained in a comment.

    Keys that a study needs are set; the others stand as comments with their default or, where
    there is none, an example.
    """
    given = _given(language, framework, weights, boundaries or {}, title)
    head = [f"template.head{part}" for part in ("", "_check", "_how", "_paths")]
    parts = [[line for key in head for line in _comment(say(key, language))]]
    parts += _options("", Plan, given, language)
    for name, kind in SECTIONS.items():
        intro = _comment(say(f"section.{name}", language))
        if name == "table":
            intro += _comment(say("template.several", language))
        if name in REPEATED:
            parts += [["", *intro, f"# [[{name}]]"], *_options(name, kind, {}, language)]
            continue
        parts += [["", *intro, f"[{name}]"], *_options(name, kind, given, language)]
    return "\n\n".join("\n".join(part) for part in parts) + "\n"


def short_study_text(
    language: str = "en",
    *,
    framework: str = "high_tech",
    weights: str = "published",
    boundaries: Mapping[str, str] | None = None,
    title: str = "",
) -> str:
    """Write a study.toml with what to change first, and where the other options are."""
    given = _given(language, framework, weights, boundaries or {}, title)
    methods = [each for each in options_of(WeightsPlan)["method"].allowed if each != "published"]
    head = ("template.head", "template.head_check", "template.short")
    parts = [[line for key in head for line in _comment(say(key, language))]]
    for section in ("", "boundaries", "table", "framework", "weights"):
        lines = [
            f"{key} = {literal(value, most=1000)}"
            for (place, key), value in given.items()
            if place == section
        ]
        if section:
            told = _comment(say(f"template.short_{section}", language, allowed=methods))
            left_out = ["# [boundaries]", '# file = "boundaries.geojson"', '# key = "code"']
            lines = [*told, *([f"[{section}]", *lines] if lines else left_out)]
        parts.append(lines)
    return "\n\n".join("\n".join(part) for part in parts) + "\n"


def _given(
    language: str, framework: str, weights: str, boundaries: Mapping[str, str], title: str
) -> dict[tuple[str, str], Any]:
    """Give the keys that a study to start from sets."""
    return {
        ("", "title"): title or say("template.title", language),
        ("", "language"): language,
        ("", "seed"): 1,
        ("table", "file"): "table.csv",
        ("table", "region"): "adcode",
        ("table", "year"): "year",
        ("framework", "file"): framework,
        **({("weights", "method"): weights} if weights else {}),
        **{("boundaries", key): value for key, value in boundaries.items()},
    }


def blank_framework(count: int, language: str = "en", *, direction: str = "") -> str:
    """Write a framework of indicators to fill in, in two dimensions."""
    keys = ("blank", "blank_direction", "blank_column", "blank_codes")
    comments = [
        line for key in keys for line in _comment(say(f"template.{key}", language, count=count))
    ]
    parts = [*comments, "", *_named("template.index", "title")]
    first = (count + 1) // 2
    codes = {f"A{place}": "A" for place in range(1, first + 1)}
    codes |= {f"B{place}": "B" for place in range(1, count - first + 1)}
    for code in dict.fromkeys(codes.values()):
        parts += ["", "[[dimensions]]", f'code = "{code}"']
        parts += _named("template.dimension", "name", code=code)
    for code, dimension in codes.items():
        parts += ["", "[[indicators]]", f'code = "{code}"']
        parts += [f'{key} = ""' for key in keys_of("name").values()]
        parts += ['unit = ""', f'direction = "{direction}"', f'dimension = "{dimension}"']
        parts += [f'column = "{code}"']
    return "\n".join(parts) + "\n"


def _named(key: str, name: str, **values: object) -> list[str]:
    """Write a name in every language."""
    return [
        f'{each} = "{say(key, language, **values)}"' for language, each in keys_of(name).items()
    ]


def _options(
    section: str, kind: type, given: dict[tuple[str, str], Any], language: str
) -> list[list[str]]:
    defaults = {each.name: each.default for each in fields(kind)}
    return [
        [
            *_comment(explained(section, key, option, language)),
            *_comment(rules(option, defaults[key], language)),
            _line(key, option, defaults[key], given.get((section, key))),
        ]
        for key, option in options_of(kind).items()
    ]


def explained(section: str, key: str, option: Option, language: str) -> str:
    """Say what a key is for, and what each of its choices means where methods are chosen."""
    sentences = [say(f"option.{section or 'study'}.{key}", language)]
    for name in option.allowed if option.meanings else ():
        meaning = say(f"{option.meanings}.{name}.meaning", language)
        sentences.append(say("template.meaning", language, name=name, meaning=meaning))
    return joined(sentences, language, "sentences")


def _line(key: str, option: Option, default: Any, given: Any) -> str:
    """Write a key with its value; as a comment unless the study gives it."""
    if given is not None:
        return f"{key} = {literal(given, most=1000)}"
    return f"# {key} = {option.example or literal(default, most=1000)}"


def rules(option: Option, default: Any, language: str) -> str:
    """Say what an option may hold, when it counts, and what holds without it."""
    sentences = []
    if option.kind in ("choice", "choices"):
        allowed = [literal(each) for each in option.allowed]
        sentences.append(say("template.allowed", language, allowed=allowed))
    if option.only_with:
        other, values = option.only_with
        shown = " | ".join(literal(each) for each in values)
        sentences.append(say("template.only_with", language, key=other, values=shown))
    if default is MISSING:
        sentences.append(say("template.needed", language))
    elif default not in (None, "", ()) and option.kind != "truth":
        sentences.append(say("template.default", language, value=literal(default, most=1000)))
    return joined(sentences, language, "sentences")


def _comment(text: str) -> list[str]:
    """Break a text into comment lines."""
    return [f"# {line}" for line in wrapped(text, _WIDTH)] if text else []
