"""Write docs/files.md, docs/conclusions.md and the same in Chinese.

The first say every file of a run and every column of it; the second what may be concluded from a
statistic, with the figures of docs/calibration.csv, which benchmarks/calibration.py prints.

Files and columns are those of the catalog (geo_resilience/tables), and what each holds is said in
geo_resilience/words/tables.csv; a run writes the same sentences into codebook.csv. Usage: ``make
docs``, or ``python docs/build.py``. The tests fail when the pages are not what this writes.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from geo_resilience.evaluation._grading import CODES
from geo_resilience.tables import CATALOG, LARGE, Context, Table
from geo_resilience.tables._catalog_index import (
    PORTFOLIO_SCORES,
    YEARBOOK_DECISIONS,
    YEARBOOK_UNITS,
)
from geo_resilience.tables._catalog_layers import LAYERS
from geo_resilience.words import say

#: What stands for the columns that a framework or a table names, and what they hold, by language.
NAMED = {
    "column.dimension_code": {"en": "a dimension's code", "zh": "维度代码"},
    "column.indicator_code": {"en": "an indicator's code", "zh": "指标代码"},
    "column.given": {"en": "a column of your table", "zh": "自备表格的列"},
    "column.maturity.part": {"en": "a stage", "zh": "某一阶段"},
    "column.regression_table.model": {"en": "a model", "zh": "某一模型"},
    "column.decomposition.category": {"en": "a category of final demand", "zh": "最终需求类别"},
    "column.layer.cluster": {"en": "a statistic and a variable", "zh": "统计量_变量"},
}
#: What stands for the codes of a framework, and for years; grades have codes of their own.
CONTEXT = Context({"": ""}, {"": ""}, CODES, ("YEAR",))
LABELS = {
    "column.dimension_code": {"en": "The dimension", "zh": "该维度"},
    "column.indicator_code": {"en": "The indicator", "zh": "该指标"},
}


def rows_of(table: Table, language: str) -> list[str]:
    """Give the rows of a file's columns; those that a framework or table names have one."""
    rows = []
    for pattern in table.columns:
        for column, label in pattern.named(CONTEXT):
            key = table.meaning(column)
            head = f"*{NAMED[key][language]}*" if key in NAMED else f"`{column.name}`"
            label = LABELS[key][language] if key in LABELS else label
            meaning = table.told(column, label, CONTEXT, language).replace("|", "\\|")
            rows.append(f"| {head} | {meaning} |")
    return rows


def page(language: str) -> str:
    """Write the page: a section a file, in the order of the catalog."""
    heads = {"en": "| column | what it holds |", "zh": "| 列 | 含义 |"}
    head = (Path(__file__).parent / f"files_head_{language}.md").read_text(encoding="utf-8")
    lines = [head.replace("{large}", str(LARGE // 10**6))]
    shown = {stem: table for stem, table in CATALOG.items() if table.topic != "example"}
    lines.append(overview(shown, language))
    sections = [
        *((table.file, f"file.{stem}", table) for stem, table in shown.items()),
        (say("overview.file", language), "overview.file_holds", PORTFOLIO_SCORES),
        (say("yearbook.units", language), "yearbook.units_hold", YEARBOOK_UNITS),
        (say("yearbook.decisions", language), "yearbook.decisions_hold", YEARBOOK_DECISIONS),
    ]
    layers = [(f"regions.gpkg, `{name}`", f"layer_holds.{name}", t) for name, t in LAYERS.items()]
    own = [told for _, told, _ in sections].index("file.regions") + 1
    sections[own:own] = layers
    for title, told, table in sections:
        lines.append(f"## {title}\n\n{say(told, language)}\n")
        rows = rows_of(table, language)
        lines.append("\n".join([heads[language], "|---|---|", *rows]) + "\n")
    return "\n".join(lines)


def overview(tables: Mapping[str, Table], language: str) -> str:
    """List the tables, a line each, linked to their sections."""
    heads = {
        "en": ("## All tables", "| file | what it holds |"),
        "zh": ("## 全部表格", "| 文件 | 内容 |"),
    }
    title, head = heads[language]
    rows = [
        f"| [{table.file}](#{table.file.replace('.', '')}) | {say(f'file.{stem}', language)} |"
        for stem, table in tables.items()
    ]
    return "\n".join([f"{title}\n", head, "|---|---|", *rows]) + "\n"


#: Heads of the table of calibrations, and what their kinds are called.
CALIBRATION = {
    "en": (
        ("what", "kind", "spatial dependence", "persistence", "effect", "share", "±", "runs"),
        {"size": "size", "power": "power", "coverage": "coverage"},
    ),
    "zh": (
        ("对象", "种类", "空间依赖", "持续性", "效应", "比例", "±", "次数"),
        {"size": "水平", "power": "功效", "coverage": "覆盖率"},
    ),
}


def conclusions(language: str) -> str:
    """Write the page on conclusions: the text, then every calibration as a row."""
    folder = Path(__file__).parent
    names = pd.read_csv(folder / "calibration_zh.csv", index_col="claim")["claim_zh"]
    heads, kinds = CALIBRATION[language]
    rows = []
    for row in pd.read_csv(folder / "calibration.csv").itertuples():
        ar = "" if pd.isna(row.ar) else f"{row.ar:g}"
        claim = row.claim if language == "en" else names[row.claim]
        cells = [claim, kinds[row.kind], f"{row.sar:g}", ar, f"{row.effect:g}"]
        cells += [f"{row.share:.3f}", f"{row.error:.3f}", str(row.runs)]
        rows.append(f"| {' | '.join(cells)} |")
    text = (folder / f"conclusions_head_{language}.md").read_text(encoding="utf-8")
    head = f"| {' | '.join(heads)} |"
    return "\n".join([text, head, "|---" * len(heads) + "|", *rows]) + "\n"


def main() -> None:
    """Write the pages."""
    for write, name in ((page, "files"), (conclusions, "conclusions")):
        for language, end in (("en", ""), ("zh", "_zh")):
            file = Path(__file__).parent / f"{name}{end}.md"
            file.write_text(write(language), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
