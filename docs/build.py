"""Write docs/files.md and docs/files_zh.md: every file of a run and every column of it.

What a column holds is said in geo_resilience/words/columns.csv, and a run writes the same
sentences into codebook.csv; which files and columns there are is taken from runs. Usage: ``make
docs``, or ``python docs/build.py``. The tests fail when the pages are not what this writes.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

import geo_resilience as gr
from geo_resilience.cli import main as command
from geo_resilience.indicators import Framework
from geo_resilience.report import column_key
from geo_resilience.words import say, subject

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "geo_resilience" / "study" / "example"

#: What stands for the columns that a framework or a table names, and what they hold, by language.
NAMED = {
    "column.dimension_code": {"en": "a dimension's code", "zh": "维度代码"},
    "column.indicator_code": {"en": "an indicator's code", "zh": "指标代码"},
    "column.given": {"en": "a column of your table", "zh": "自备表格的列"},
    "column.maturity.part": {"en": "a stage", "zh": "某一阶段"},
    "column.regression_table.model": {"en": "a model", "zh": "某一模型"},
    "column.decomposition.category": {"en": "a category of final demand", "zh": "最终需求类别"},
}
LABELS = {
    "column.dimension_code": {"en": "The dimension", "zh": "该维度"},
    "column.indicator_code": {"en": "The indicator", "zh": "该指标"},
}

Columns = dict[str, dict[str, None]]


def columns_of(tables: Mapping[str, Iterable[Any]], found: Columns | None = None) -> Columns:
    """Give the columns by file, in the order in which they were first seen."""
    found = {} if found is None else found
    for stem, table in tables.items():
        found.setdefault(stem, {}).update(dict.fromkeys(map(str, table)))
    return found


def run_everything() -> tuple[Columns, Framework]:
    """Run the bundled study, one with everything that can be asked for, and the single commands."""
    bundled = gr.study.run()
    everything = gr.study.run(ROOT / "examples" / "everything.toml")
    found = columns_of(everything.tables, columns_of(bundled.tables))
    found["regions"] = dict.fromkeys(["adcode", "name", "name_en", "name_zh", *found["scores"]])
    with tempfile.TemporaryDirectory() as folder:
        for name, table, options in (
            ("space", "economy.csv", ["--key", "adcode", "--value", "grp_100m_yuan"]),
            ("chain", "io_2020.csv", ["--cut", "26"]),
        ):
            out = Path(folder) / name
            dated = ["--year", "2020", "--out", str(out)]
            if command([name, str(EXAMPLE / table), *options, *dated]):
                raise SystemExit(f"geo-resilience {name} failed")
            tables = {file.stem: pd.read_csv(file, nrows=0) for file in sorted(out.glob("*.csv"))}
            columns_of(tables, found)
    return found, bundled.framework


def rows_of(stem: str, columns: Iterable[str], framework: Framework, language: str) -> list[str]:
    """Give the rows of a file's table; columns that are named elsewhere are told once."""
    told: dict[str, str] = {}
    for column in columns:
        key = column_key(stem, column, framework)
        head = f"*{NAMED[key][language]}*" if key in NAMED else f"`{column}`"
        label = LABELS.get(key, {}).get(language, "")
        told[head] = say(key, language, label=label).replace("|", "\\|")
    return [f"| {head} | {meaning} |" for head, meaning in told.items()]


def page(found: Columns, framework: Framework, language: str) -> str:
    """Write the page: a section a file, in the order of the words."""
    heads = {"en": "| column | what it holds |", "zh": "| 列 | 含义 |"}
    lines = [(Path(__file__).parent / f"files_head_{language}.md").read_text(encoding="utf-8")]
    for stem in subject("file"):
        ending = "gpkg" if stem == "regions" else "csv"
        lines.append(f"## {stem}.{ending}\n\n{say(f'file.{stem}', language)}\n")
        rows = rows_of(stem, found[stem], framework, language)
        lines.append("\n".join([heads[language], "|---|---|", *rows]) + "\n")
    return "\n".join(lines)


def main() -> None:
    """Run the studies and write the pages."""
    found, framework = run_everything()
    for language, name in (("en", "files.md"), ("zh", "files_zh.md")):
        text = page(found, framework, language)
        (Path(__file__).parent / name).write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
