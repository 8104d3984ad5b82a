"""Pages that the program's records give: the keys of the study file, the commands, the terms."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import click

from geo_resilience.cli._entry import _program
from geo_resilience.study._plan import Plan
from geo_resilience.study._plan_sections import REPEATED, SECTIONS, options_of
from geo_resilience.study._template import explained, rules
from geo_resilience.words import joined, say, subject

#: Title and first sentences of each page.
HEADS: dict[str, dict[str, tuple[str, ...]]] = {
    "study_file": {
        "en": (
            "The study file, key by key",
            "Every key that `study.toml` may hold. `geo-resilience init mystudy --full` writes the "
            "same as comments into a file to start from.",
            "At the top",
        ),
        "zh": (
            "研究文件的全部键",
            "`study.toml` 中可以出现的每一个键。`geo-resilience init mystudy --full "
            "--language zh` 会把同样的说明作为注释写入起始文件。",
            "文件开头",
        ),
    },
    "commands": {
        "en": (
            "Commands",
            "Every command with its options. Exit codes: 0 done, 2 wrong input with every problem "
            "listed, 1 a fault of the program, 130 interrupted.",
        ),
        "zh": (
            "命令",
            "全部命令及其选项。退出码：0 完成；2 输入有误，并列出全部问题；"
            "1 程序自身出错；130 被中断。",
        ),
    },
    "terms": {
        "en": ("Terms", "What the words of the atlas, the report and these pages mean."),
        "zh": ("术语", "地图、报告与本站所用词语的含义。"),
    },
}


def write(source: Path, language: str) -> None:
    """Write the pages of a language into its source folder."""
    folder = source / "reference"
    folder.mkdir(exist_ok=True)
    for name, page in (("study_file", study_file), ("commands", commands), ("terms", terms)):
        (folder / f"{name}.md").write_text(page(language), encoding="utf-8")


def study_file(language: str) -> str:
    """Tell every key of study.toml: what it is for, what it may hold, its default."""
    title, first, top = HEADS["study_file"][language]
    parts = [f"# {title}", first]
    for name, kind in {"": Plan, **SECTIONS}.items():
        head = f"[[{name}]]" if name in REPEATED else f"[{name}]"
        parts.append(f"## `{head}`" if name else f"## {top}")
        if name:
            parts.append(say(f"section.{name}", language))
        defaults = {each.name: each.default for each in fields(kind)}
        for key, option in options_of(kind).items():
            told = explained(name, key, option, language), rules(option, defaults[key], language)
            parts.append(f"`{key}`\n: {joined(told, language, 'sentences')}")
    return "\n\n".join(parts) + "\n"


def _headed(name: str, language: str) -> list[str]:
    title, first = HEADS[name][language]
    return [f"# {title}", first]


def commands(language: str) -> str:
    """Tell every command with its arguments and options."""
    parts = _headed("commands", language)
    for name, command in _program.commands.items():
        parts += _command(f"geo-resilience {name}", command)
    return "\n\n".join(parts) + "\n"


def _command(path: str, command: click.Command) -> list[str]:
    context = click.Context(command, info_name=path)
    usage = " ".join(command.collect_usage_pieces(context))
    parts = [f"## {path}", f"```console\n$ {path} {usage}\n```", command.help or ""]
    for option in command.params:
        if said := option.get_help_record(context):
            parts.append(f"`{said[0]}`\n: {said[1]}")
    if isinstance(command, click.Group):
        for name, inner in command.commands.items():
            parts += _command(f"{path} {name}", inner)
    return parts


def terms(language: str) -> str:
    """Tell the terms that page, report and program use, in both languages."""
    parts = _headed("terms", language)
    other = "zh" if language == "en" else "en"
    told = subject("report.term")
    for key in (key for key in told if f"{key}.meaning" in told):
        name, meaning = told[key], told[f"{key}.meaning"]
        parts.append(f"{name[language]} ({name[other]})\n: {meaning[language]}")
    return "\n\n".join(parts) + "\n"
