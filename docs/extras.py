"""Measure what each extra brings: docs/extras.csv, and the table of it in docs/install*.md.

Sizes are those of the files that are installed, without bytecode, and what an extra adds is what
it needs beyond the package's own requirements. To measure anew: ``python -m pip install -c
constraints.txt -e '.[dev,docs,boundaries]'`` and ``python docs/extras.py`` in an environment of
the oldest Python that is supported. ``python docs/extras.py --pages`` writes the tables alone.
"""

from __future__ import annotations

import csv
import platform
import re
import sys
import tomllib
from datetime import date
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
FILE = ROOT / "docs" / "extras.csv"
NAME = "geo-resilience"
#: The package without an extra.
BASE = "none"
#: What an extra is for; the first ones are for users, the last for who works on the package.
PURPOSES = {
    BASE: (
        "index, statistics, atlas, figures, report in HTML and Word, workbook, GeoPackage",
        "指数、统计、交互地图、图件、HTML 与 Word 报告、工作簿、GeoPackage",
    ),
    "pdf": ("the report as PDF", "PDF 报告"),
    "slides": ("the findings as slides (PowerPoint)", "幻灯片（PowerPoint）"),
    "raster": ("`zonal`: means and sums of rasters by region", "`zonal`：按地区汇总栅格"),
    "duckdb": ("results as one DuckDB file; queries on such files", "DuckDB 结果文件及其查询"),
    "database": ("tables and boundaries from databases, results into them", "读写数据库"),
    "cluster": ("records and portfolios on many machines", "多机计算微观记录与研究组合"),
    "all": ("all of the above", "以上全部"),
    "docs": ("the documentation site, with `all`", "文档网站，含 `all`"),
    "test": ("the tests, with `all`", "测试，含 `all`"),
    "release": ("what builds, checks and lists a release", "构建、检查与清点发布版本"),
    "dev": (
        "checks of code and pages, with `test` and `release`",
        "代码与页面检查，含 `test` 与 `release`",
    ),
    "boundaries": ("sources of the bundled boundaries", "内置边界的来源数据"),
}
HEADS = {
    "en": "| extra | what it brings | packages | MB on {day} | heaviest |\n|---|---|---|---|---|",
    "zh": "| 附加组件 | 用途 | 软件包数 | MB（{day} 测得） | 最大者 |\n|---|---|---|---|---|",
}
TABLE = re.compile(r"^\| (?:extra|附加组件) \|.*?(?=\n\n)", re.MULTILINE | re.DOTALL)


def declared() -> list[str]:
    """Give the extras of pyproject.toml."""
    return list(
        tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"][
            "optional-dependencies"
        ]
    )


def needed(extra: str) -> set[str]:
    """Give every distribution that the package needs with an extra, itself left out."""
    done: set[tuple[str, str]] = set()
    waiting = [(NAME, extra), (NAME, "")]
    while waiting:
        asked = waiting.pop()
        if asked in done:
            continue
        done.add(asked)
        name, own = asked
        for line in metadata.requires(name) or []:
            each = Requirement(line)
            if each.marker and not each.marker.evaluate({"extra": own}):
                continue
            waiting += [(canonicalize_name(each.name), more) for more in ("", *each.extras)]
    return {name for name, _ in done} - {NAME}


def weight(name: str) -> float:
    """Give the size of a distribution's files in megabytes."""
    places = [Path(str(file.locate())) for file in metadata.files(name) or []]
    files = [place for place in places if place.suffix != ".pyc" and place.is_file()]
    return sum(file.stat().st_size for file in files) / 1e6


def measured() -> list[dict[str, str]]:
    """Measure the package and each of its extras, as rows."""
    base = needed("")
    where = {
        "measured": date.today().isoformat(),
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
    }
    rows = []
    for extra in PURPOSES:
        added = base if extra == BASE else needed(extra) - base
        sizes = {name: weight(name) for name in added}
        heaviest = sorted(sizes, key=lambda name: (-sizes[name], name))[:3]
        row = {
            "extra": extra,
            "packages": str(len(added)),
            "megabytes": f"{sum(sizes.values()):.1f}",
        }
        row["heaviest"] = ", ".join(f"{name} {sizes[name]:.1f}" for name in heaviest)
        rows.append(row | where)
    return rows


def table(rows: list[dict[str, str]], language: str) -> str:
    """Write the table of a page."""
    lines = [HEADS[language].format(day=rows[0]["measured"])]
    for row in rows:
        purpose = PURPOSES[row["extra"]][language == "zh"]
        extra = "—" if row["extra"] == BASE else f"`{row['extra']}`"
        numbers = f"{row['packages']} | {row['megabytes']} | {row['heaviest']}"
        lines.append(f"| {extra} | {purpose} | {numbers} |")
    return "\n".join(lines)


def page(text: str, language: str) -> str:
    """Give a page with the table of the measured sizes in the place of the one it has."""
    with FILE.open(encoding="utf-8", newline="") as opened:
        rows = list(csv.DictReader(opened))
    return TABLE.sub(lambda _: table(rows, language), text)


def main() -> None:
    """Measure, and write the file and the pages."""
    if "--pages" not in sys.argv[1:]:
        rows = measured()
        with FILE.open("w", encoding="utf-8", newline="") as opened:
            writer = csv.DictWriter(opened, list(rows[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
    for language, end in (("en", ""), ("zh", "_zh")):
        file = ROOT / "docs" / f"install{end}.md"
        written = page(file.read_text(encoding="utf-8"), language)
        file.write_text(written, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
