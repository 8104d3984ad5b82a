"""Pages that the program's records give: the keys of the study file, the commands, the terms."""

from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path
from typing import Any

import click

from docs.builder.executing import ROOT
from geo_resilience.cli._entry import _program
from geo_resilience.study._plan import Plan
from geo_resilience.study._plan_sections import REPEATED, SECTIONS, options_of
from geo_resilience.study._template import explained, rules
from geo_resilience.words import joined, say, subject

ASSETS = ROOT / "geo_resilience" / "maps" / "atlas" / "assets"

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
    "page_contract": {
        "en": (
            "What the atlas's script is told",
            "Python writes it, the script reads it, and tests hold both to one schema "
            "(`maps/atlas/assets/data.schema.json`), from which this page is made.",
        ),
        "zh": (
            "地图脚本的数据约定",
            "由 Python 写出、由脚本读取；测试使双方遵守同一模式"
            "（`maps/atlas/assets/data.schema.json`），本页由其生成。",
        ),
    },
    "terms": {
        "en": (
            "Terms",
            "What the words of the atlas, the report and these pages mean.",
            "Said in one way only",
        ),
        "zh": ("术语", "地图、报告与本站所用词语的含义。", "固定译法"),
    },
}


def write(source: Path, language: str) -> None:
    """Write the pages of a language into its source folder."""
    for name, page in PAGES.items():
        (source / f"{name}.md").write_text(page(language), encoding="utf-8")


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


def page_contract(language: str) -> str:
    """Tell what the atlas's script is told by Python, from the schema that tests hold both to."""
    schema = json.loads((ASSETS / "data.schema.json").read_text(encoding="utf-8"))
    parts = _headed("page_contract", language)
    for name, kind in {"": schema, **schema["$defs"]}.items():
        parts.append(f"## {name or schema['title']}")
        parts.append(kind.get("description", ""))
        parts += [f"`{key}`\n: {_told(held)}" for key, held in kind.get("properties", {}).items()]
    return "\n\n".join(filter(None, parts)) + "\n"


def _told(held: dict[str, Any]) -> str:
    """Say what a property of the schema holds."""
    kind = held.get("type", held.get("$ref", "").removeprefix("#/$defs/"))
    kinds = " | ".join(kind) if isinstance(kind, list) else kind
    return " ".join(filter(None, (held.get("description", ""), f"({kinds})" * bool(kinds)))) or "—"


def _headed(name: str, language: str) -> list[str]:
    title, first = HEADS[name][language][:2]
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
    rows = [f"| {row['en']} | {row['zh']} |" for row in subject("glossary").values()]
    other = "zh" if language == "en" else "en"
    told = subject("report.term")
    for key in (key for key in told if f"{key}.meaning" in told):
        name, meaning = told[key], told[f"{key}.meaning"]
        parts.append(f"{name[language]} ({name[other]})\n: {meaning[language]}")
    parts += [f"## {HEADS['terms'][language][2]}", "\n".join(["| en | zh |", "|---|---|", *rows])]
    return "\n\n".join(parts) + "\n"


#: Every page and what writes it.
PAGES = {
    "reference/study_file": study_file,
    "reference/commands": commands,
    "reference/terms": terms,
    "house/page_contract": page_contract,
}
