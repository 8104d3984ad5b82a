"""A study folder to start from: study.toml with every option explained, and what it names."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import MISSING, fields
from typing import Any

from geo_resilience.study.plan import Plan
from geo_resilience.study.plan_options import Option, literal
from geo_resilience.study.plan_sections import REPEATED, SECTIONS, options_of
from geo_resilience.words import say

__all__ = ["study_text"]

#: Width of a comment on the screen; a Chinese character is two wide.
_WIDTH = 92

#: What may not begin a line of Chinese.
_CLOSING = "，。；：、）”》？！"


def study_text(
    language: str = "en",
    *,
    framework: str = "high_tech",
    boundaries: Mapping[str, str] | None = None,
) -> str:
    """Write a study.toml with every option explained in a comment.

    Keys that a study needs are set; the others stand as comments with their default or, where
    there is none, an example.

    Parameters
    ----------
    language : str
        Language of the comments, and of the study.
    framework : str
        What ``[framework] file`` says.
    boundaries : mapping of str to str, optional
        Keys of ``[boundaries]`` and what they say; without it the bundled provinces.

    Returns
    -------
    str
        TOML that `read_plan` takes once the files that it names are there.

    Examples
    --------
    >>> print(study_text().split("[boundaries]")[0].splitlines()[-1])
    # The regions. Without any key here: the 31 provincial-level units that come with the program.
    """
    given = {
        ("", "title"): say("template.title", language),
        ("", "language"): language,
        ("", "seed"): 1,
        ("table", "file"): "table.csv",
        ("table", "region"): "adcode",
        ("table", "year"): "year",
        ("framework", "file"): framework,
        **{("boundaries", key): value for key, value in (boundaries or {}).items()},
    }
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


def _options(
    section: str, kind: type, given: dict[tuple[str, str], Any], language: str
) -> list[list[str]]:
    defaults = {each.name: each.default for each in fields(kind)}
    return [
        [
            *_comment(_explained(section, key, option, language)),
            *_comment(_rules(option, defaults[key], language)),
            _line(key, option, defaults[key], given.get((section, key))),
        ]
        for key, option in options_of(kind).items()
    ]


def _explained(section: str, key: str, option: Option, language: str) -> str:
    """Say what a key is for, and what each of its choices means where methods are chosen."""
    sentences = [say(f"option.{section or 'study'}.{key}", language)]
    for name in option.allowed if option.meanings else ():
        meaning = say(f"{option.meanings}.{name}.meaning", language)
        sentences.append(say("template.meaning", language, name=name, meaning=meaning))
    return ("" if language == "zh" else " ").join(sentences)


def _line(key: str, option: Option, default: Any, given: Any) -> str:
    """Write a key with its value; as a comment unless the study gives it."""
    if given is not None:
        return f"{key} = {literal(given, most=1000)}"
    return f"# {key} = {option.example or literal(default, most=1000)}"


def _rules(option: Option, default: Any, language: str) -> str:
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
    return ("" if language == "zh" else " ").join(sentences)


def _comment(text: str) -> list[str]:
    """Break a text into comment lines, Chinese anywhere but before a closing sign."""
    if not text:
        return []
    lines, line, width = [], "", 0
    for piece in re.findall(r"[!-~]+ ?|.", text):
        wide = sum(1 + (unicodedata.east_asian_width(sign) in "WF") for sign in piece)
        if width + wide > _WIDTH + 1 and piece not in _CLOSING:
            lines.append(line)
            line, width = "", 0
        line, width = line + piece, width + wide
    return [f"# {each.rstrip()}" for each in [*lines, line]]
