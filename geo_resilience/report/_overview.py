"""The page over many studies: what each has found in a row, and a way into each."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

import pandas as pd

from geo_resilience.report._wording import signed
from geo_resilience.results._changes import p_text
from geo_resilience.words import say

#: Tables of a run that the page tells of.
SHOWN = ("scores", "global", "gaps")


@dataclass(frozen=True)
class Overview:
    """What the page tells of a study.

    - ``best``: name of the region that ranks first in the last year.
    - ``mean``: of the composite in the last year.
    - ``moran``, ``gap``: value and p in the last year; None where the study has none.
    - ``missing``, ``why``: whether there are no results, and what is wrong with the input.
    """

    name: str
    regions: int = 0
    years: tuple[int, ...] = ()
    mean: float = float("nan")
    best: str = ""
    moran: tuple[float, float] | None = None
    gap: tuple[float, float] | None = None
    missing: bool = False
    why: tuple[str, ...] = ()


def overview_of(name: str, tables: Mapping[str, pd.DataFrame]) -> Overview:
    """Take from the tables of a study what the page tells of it."""
    scores = tables["scores"]
    years = tuple(sorted({int(year) for year in scores["year"]}))
    last = scores[scores["year"] == years[-1]]
    moran = {"variable": "composite", "statistic": "moran"}
    return Overview(
        name=name,
        regions=int(scores["adcode"].nunique()),
        years=years,
        mean=float(last["composite"].mean()),
        best=str(last.sort_values(["rank", "adcode"])["name"].iloc[0]),
        moran=_tested(tables.get("global"), years[-1], "p_sim", **moran),
        gap=_tested(tables.get("gaps"), years[-1], "p_value", measure="east_west_gap"),
    )


def _tested(
    table: pd.DataFrame | None, year: int, p: str, **where: str
) -> tuple[float, float] | None:
    """Give value and p of the one row of a year; None where there is no value."""
    if table is None:
        return None
    for column, value in {"year": year, **where}.items():
        table = table[table[column] == value]
    if table.empty or pd.isna(table["value"].iloc[-1]):
        return None
    return float(table["value"].iloc[-1]), float(table[p].iloc[-1])


_STYLE = """:root{color-scheme:light dark;--ink:#1b1f23;--ground:#fff;--line:#b9c0c7;--soft:#f1f3f5;
--link:#0b57a4;--bad:#a11414}
@media (prefers-color-scheme:dark){:root{--ink:#e6e8ea;--ground:#15181b;--line:#4b535b;
--soft:#22272b;--link:#8fc4ff;--bad:#ff9d9d}}
body{margin:0 auto;max-width:76rem;padding:1.5rem 1rem;background:var(--ground);color:var(--ink);
font:1rem/1.5 system-ui,"Noto Sans CJK SC","Microsoft YaHei",sans-serif}
h1{font-size:1.4rem;margin:0 0 .5rem}a{color:var(--link)}
a:focus-visible,.wide:focus-visible{outline:3px solid var(--link);outline-offset:2px}
.wide{overflow-x:auto}table{border-collapse:collapse;width:100%}
th,td{padding:.45rem .6rem;border-bottom:1px solid var(--line);text-align:left;vertical-align:top}
thead th{background:var(--soft);vertical-align:bottom}
tbody th,li{overflow-wrap:anywhere}tbody th{min-width:9rem}td{min-width:3rem}
.number{text-align:right;font-variant-numeric:tabular-nums}td.number,.links{white-space:nowrap}
.links a{display:inline-block;min-height:1.5rem;margin-right:.8rem}.missing{color:var(--bad)}
ul{margin:0;padding-left:1.2rem}"""

_COLUMNS = ("name", "regions", "years", "mean", "best", "moran", "gap", "links")
_NUMBERS = ("regions", "mean", "moran", "gap")


def overview_html(studies: Sequence[Overview], language: str) -> str:
    """Write the page: one file without script, nothing in it from elsewhere.

    Parameters
    ----------
    studies : sequence of Overview
    language : {"en", "zh"}

    Returns
    -------
    str

    Examples
    --------
    >>> page = overview_html([Overview("a<b", 2, (2023,), 0.5, "Ain")], "en")
    >>> "a&lt;b" in page, 'href="a%3Cb/atlas.html"' in page
    (True, True)
    """
    missing = sum(study.missing for study in studies)
    counted = say("overview.counted", language, count=len(studies))
    lacking = say("overview.lacking", language, count=missing) if missing else ""
    heads = "".join(
        f'<th scope="col"{_kind(column)}>{_said(f"overview.{column}", language)}</th>'
        for column in _COLUMNS
    )
    title = _said("overview.title", language)
    told = html.escape(counted + lacking)
    rows = "\n".join(_row(study, language) for study in studies)
    return f"""<!DOCTYPE html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{title}</title>
<style>
{_STYLE}
</style>
</head>
<body>
<main>
<h1>{title}</h1>
<p>{told} <a href="scores.csv">{_said("overview.scores", language)}</a></p>
<div class="wide" tabindex="0" role="region" aria-label="{title}">
<table>
<thead><tr>{heads}</tr></thead>
<tbody>
{rows}
</tbody>
</table>
</div>
<p>{_said("overview.caution", language)}</p>
</main>
</body>
</html>
"""


def _said(key: str, language: str) -> str:
    return html.escape(say(key, language))


def _kind(column: str) -> str:
    return ' class="number"' if column in _NUMBERS else ""


def _row(study: Overview, language: str) -> str:
    head = f'<tr><th scope="row">{html.escape(study.name)}</th>'
    if study.missing:
        why = "".join(f"<li>{html.escape(line)}</li>" for line in study.why)
        listed = f"<ul>{why}</ul>" if why else ""
        told = f'<span class="missing">{_said("overview.missing", language)}</span>{listed}'
        return f'{head}<td colspan="{len(_COLUMNS) - 1}">{told}</td></tr>'
    cells = {
        "regions": f"{study.regions:,}",
        "years": _years(study.years, language),
        "mean": signed(study.mean, ".3f"),
        "best": study.best,
        "moran": _value(study.moran, language),
        "gap": _value(study.gap, language),
    }
    told = "".join(f"<td{_kind(name)}>{html.escape(cell)}</td>" for name, cell in cells.items())
    return f'{head}{told}<td class="links">{_links(study, language)}</td></tr>'


def _years(years: tuple[int, ...], language: str) -> str:
    if years == (0,):
        return say("summary.no_year", language)
    if len(years) == 1:
        return say("summary.year", language, year=years[0])
    return say("summary.years", language, first=years[0], last=years[-1])


def _value(tested: tuple[float, float] | None, language: str) -> str:
    """Write a value and its p; a dash where the study has none."""
    if tested is None:
        return "–"
    value, p = tested
    if pd.isna(p):
        return signed(value, ".3f")
    return say("overview.tested", language, value=signed(value, ".3f"), p=p_text(p))


def _links(study: Overview, language: str) -> str:
    """Give the links into a study's folder, each with the study in its name for screen readers."""
    links = []
    for key, file in (("atlas", "atlas.html"), ("summary", "summary.txt")):
        text = _said(f"overview.{key}", language)
        label = html.escape(say(f"overview.{key}_of", language, study=study.name))
        place = f"{quote(study.name)}/{file}"
        links.append(f'<a href="{place}" aria-label="{label}">{text}</a>')
    return "".join(links)
