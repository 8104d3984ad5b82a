"""A page a region: where it stands, what changed, what holds it back, its indicators and peers."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from unicodedata import normalize

import pandas as pd

from geo_resilience.errors import InputError, nearest
from geo_resilience.report._blocks import (
    Aside,
    Chance,
    Chapter,
    ColumnHead,
    DataTable,
    Gauge,
    History,
    Profile,
)
from geo_resilience.report._teller import Teller
from geo_resilience.report.chapters._change import moved_by
from geo_resilience.results import Results
from geo_resilience.words import has

#: Obstacles named in a profile.
NAMED = 3

#: Asked for as profiles.
ALL, NONE = "all", "none"

#: What the anchors of profiles begin with.
PROFILE = "region-"

#: The folder of the pages of regions.
PROFILES = "profiles"

#: A grade that fewer of the draws give is not named.
LEAST_CHANCE = 0.005

#: What a file's name may not hold on some system, names that one keeps for itself, and how many
#: letters a name may have.
_UNFIT = re.compile(r'[<>:"/\\|?*%#\x00-\x1f\x7f]')
_KEPT = re.compile(r"(?i)(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])(\..*)?")
_LONGEST = 60


def file_name(key: str) -> str:
    """Give a region's key as the name of a file, which no other key has.

    A key that some system does not take as it is, or not apart from one with other capitals or
    written in other signs, has its fingerprint added.

    Examples
    --------
    >>> file_name("420000"), file_name("a/b"), file_name("a?b")
    ('420000', 'a_b-c14cddc033', 'a_b-c2a7b64a2d')
    """
    name = _UNFIT.sub("_", key).strip(". ")[:_LONGEST]
    kept = _KEPT.fullmatch(name)
    if name and name == key == normalize("NFC", key).casefold() and not kept:
        return name
    name = f"_{name}" if kept else name
    return f"{name}-{hashlib.sha256(key.encode()).hexdigest()[:10]}".lstrip("-")


def profile_file(key: str) -> str:
    """Give where the page of a region stands in its folder."""
    return f"{PROFILES}/{file_name(key)}.html"


def profile_files(results: Results) -> dict[str, str]:
    """Give where the pages of regions stand beside the atlas, by their keys.

    Parameters
    ----------
    results : Results
        Of a run.

    Returns
    -------
    dict of str to str
        For `geo_resilience.maps.atlas`.

    Examples
    --------
    >>> import geo_resilience as gr
    >>> files = gr.report.profile_files(gr.study.run())
    >>> len(files), files["420000"]
    (31, 'profiles/420000.html')
    """
    keys = list(Teller(results, results.language).last("scores")["adcode"])
    return {str(key): profile_file(str(key)) for key in keys}


def profiles(tell: Teller, asked: str) -> list[Chapter]:
    """Make the profiles of all regions, of none, or of those whose keys or names are given."""
    keys = list(tell.last("scores")["adcode"])
    if asked == NONE:
        return []
    if asked != ALL:
        keys = [_key(tell, each.strip(), keys) for each in asked.split(",")]
    return [profile(tell, key) for key in dict.fromkeys(keys)]


def _key(tell: Teller, asked: str, keys: list[str]) -> str:
    """Find a region by its key or by its name in any language."""
    frame = tell.results.regions.frame
    names = {
        str(name): str(key) for column in ("name", "name_zh") for key, name in frame[column].items()
    }
    key = asked if asked in keys else names.get(asked, "")
    if key not in keys:
        near = nearest(asked, [*names, *keys])
        raise InputError("report.region_unknown", found=asked, known=near or keys[:6])
    return key


def profile(tell: Teller, key: str) -> Chapter:
    """Make the page of a region."""
    told = [place(tell, key), moved(tell, key), obstacles(tell, key), shock(tell, key)]
    grade = str(tell.last("scores", adcode=key)["grade"].iloc[0])
    above, shares = head(tell, key), chances(tell, key)
    page = Profile(
        region=key,
        name=tell.name(key),
        head=above,
        color=tell.results.found.grading.color(grade) or "",
        chances=shares,
        line=line(tell, above, shares),
        told=[each for each in told if each],
        history=history(tell, key),
        peers=peers(tell, key),
        gauges=gauges(tell, key),
        gauged=indicators(tell, key),
        marks=_marks(tell),
        warned=warned(tell, key),
    )
    return Chapter(f"{PROFILE}{key}", tell.name(key), [page])


def head(tell: Teller, key: str) -> Sequence[str]:
    """Give score, grade and rank with its interval as they stand above all else."""
    rows, doubt = tell.last("scores", adcode=key), tell.last("uncertainty", adcode=key)
    label = rows.index[0]
    rank = tell.say(
        "report.profile.rank",
        rank=tell.cite("scores", rows, label, "rank", "whole"),
        count=len(tell.last("scores")),
    )
    if len(doubt):
        rank = tell.say("report.profile.rank_within", told=rank, **_ends(tell, doubt))
    score = tell.cite("scores", rows, label, "composite")
    return score, tell.grade(rows.at[label, "grade"]), rank


def _ends(tell: Teller, doubt: pd.DataFrame) -> dict[str, str]:
    """Write the ends of the interval of a rank."""
    return {
        end: tell.cite("uncertainty", doubt, doubt.index[0], f"rank_{end}", "whole")
        for end in ("low", "high")
    }


def chances(tell: Teller, key: str) -> list[Chance]:
    """Give the share of the draws in which a region has each grade; nothing without draws."""
    doubt, grading = tell.last("uncertainty", adcode=key), tell.results.found.grading
    return [
        Chance(
            tell.grade(grade),
            grading.color(grade) or "",
            float(doubt.at[label, f"p_{grade.lower()}"]),
            tell.say(
                "report.percent",
                value=tell.cite("uncertainty", doubt, label, f"p_{grade.lower()}", "percent"),
            ),
        )
        for label in doubt.index
        for grade in grading.names
        if doubt.at[label, f"p_{grade.lower()}"] >= LEAST_CHANCE
    ]


def line(tell: Teller, above: Sequence[str], shares: Sequence[Chance]) -> str:
    """Say in a sentence what stands above all else."""
    score, grade, rank = above
    told = tell.say("report.profile.line", score=score, grade=grade, rank=rank)
    if not shares:
        return told
    parts = [
        tell.say("report.profile.chance", grade=each.grade, share=each.told) for each in shares
    ]
    graded = tell.say("report.profile.graded", told=parts)
    return tell.joined([told, graded], "sentences")


def place(tell: Teller, key: str) -> str:
    """Say where a region stands, and how sure that is."""
    rows, doubt = tell.last("scores", adcode=key), tell.last("uncertainty", adcode=key)
    label = rows.index[0]
    grade = str(rows.at[label, "grade"])
    told = {
        "name": tell.name(key),
        "year": tell.year(tell.span[1]),
        "score": tell.cite("scores", rows, label, "composite"),
        "grade": tell.grade(grade),
        "rank": tell.cite("scores", rows, label, "rank", "whole"),
        "count": len(tell.last("scores")),
    }
    if doubt.empty:
        return tell.say("report.profile.place", sure="", **told)
    chance = tell.cite("uncertainty", doubt, doubt.index[0], f"p_{grade.lower()}", "percent")
    sure = tell.say("report.profile.sure", chance=chance, **_ends(tell, doubt))
    return tell.say("report.profile.place", sure=sure, **told)


def moved(tell: Teller, key: str) -> str:
    """Say how a region's score moved over the years, and by which indicators."""
    first, last = tell.span
    parts = tell.rows("contributions", **{"from": first, "to": last, "adcode": key})
    whole = parts[parts["level"] == "total"]
    if whole.empty:
        return ""
    label = whole.index[0]
    return tell.say(
        "report.profile.moved",
        first=tell.year(first),
        last=tell.year(last),
        change=tell.cite("contributions", whole, label, "contribution", "+.3f"),
        parts=moved_by(tell, parts[parts["level"] == "indicator"]),
    )


def obstacles(tell: Teller, key: str) -> str:
    """Name the largest obstacles of a region."""
    rows = tell.last("obstacles", level="indicator", adcode=key)
    rows = rows[rows["order"] <= NAMED].sort_values("order", kind="stable")
    told = [
        tell.say(
            "report.profile.obstacle",
            name=tell.variable(rows.at[label, "code"]),
            degree=tell.cite("obstacles", rows, label, "degree", "percent"),
        )
        for label in rows.index
    ]
    return tell.say("report.profile.obstacles", told=told) if told else ""


def shock(tell: Teller, key: str) -> str:
    """Say how a region stood the shock and recovered."""
    rows = tell.rows("shock", scope="region", adcode=key)
    if rows.empty:
        return ""
    label = rows.index[0]
    return tell.say(
        "report.profile.shock",
        variable=tell.variable(rows.at[label, "variable"]),
        shock=_years(tell, rows.at[label, "shock"]),
        recovered=_years(tell, rows.at[label, "recovered"]),
        resistance=tell.cite("shock", rows, label, "resistance", "+.2f"),
        recovery=tell.cite("shock", rows, label, "recovery", "+.2f"),
    )


def _years(tell: Teller, span: str) -> str:
    """Write a span of years."""
    first, _, last = str(span).partition("-")
    return tell.say("report.imprint.years", first=first, last=last)


def warned(tell: Teller, key: str) -> Aside | None:
    """Say which warning a region has, by which indicator, and what the study answers it with."""
    rows = tell.last("warnings", forecast=False, adcode=key)
    if rows.empty or rows["level"].iloc[0] == "none":
        return None
    label = rows.index[0]
    told = tell.say(
        "report.profile.warned",
        level=tell.say(f"chain.warning.{rows.at[label, 'level']}"),
        indicator=tell.variable(rows.at[label, "indicator"]),
        own=tell.say(f"chain.warning.{rows.at[label, 'gravest']}"),
        value=tell.cite("warnings", rows, label, "value", "few"),
        threshold=tell.cite("warnings", rows, label, "threshold", "few"),
    )
    answer = [answered(tell, rows, each) for each in ("measure", "hours", "who")]
    texts = [told, *(each for each in answer if each)]
    return Aside(tell.say("report.profile.warning"), texts)


def answered(tell: Teller, rows: pd.DataFrame, what: str) -> str:
    """Say a part of the response to a warning; nothing where the study gives none."""
    label, own = rows.index[0], f"{what}_{tell.language}"
    column = own if own in rows else what
    if column not in rows or pd.isna(rows.at[label, column]):
        return ""
    value = rows.at[label, column]
    numeric = isinstance(value, int | float)
    text = tell.cite("warnings", rows, label, column, "g") if numeric else str(value)
    return tell.say(f"report.profile.{what}", told=text)


def history(tell: Teller, key: str) -> History:
    """Give a region's scores over the years with their interval, and the mean of all."""
    scores = tell.rows("scores")
    own = scores[scores["adcode"] == key].sort_values("year")
    years = list(own["year"])
    means = scores.groupby("year")["composite"].mean().reindex(years)
    doubt = tell.rows("uncertainty", adcode=key)
    ends = [
        list(doubt.set_index("year")[f"composite_{end}"].reindex(years)) if len(doubt) else []
        for end in ("low", "high")
    ]
    return History([str(year or "") for year in years], list(own["composite"]), list(means), *ends)


def peers(tell: Teller, key: str) -> DataTable:
    """Set a region beside those whose indicators are most like its own, its zone and all."""
    scores, found = tell.last("scores"), tell.last("peers", adcode=key)
    labels = {region: label for label, region in scores["adcode"].items()}
    like = str(found["similar"].iloc[0]).split() if len(found) else []
    rows = [
        [
            tell.name(region),
            tell.cite("scores", scores, labels[region], "composite"),
            tell.cite("scores", scores, labels[region], "rank", "whole"),
        ]
        for region in [key, *like]
        if region in labels
    ]
    for label in found.index:
        for column, name in (("zone_mean", "zone_mean"), ("mean", "all_mean")):
            if pd.notna(found.at[label, column]):
                mean = tell.cite("peers", found, label, column)
                rows.append([tell.say(f"report.head.{name}"), mean, ""])
    heads = [
        ColumnHead(tell.say(f"report.head.{head}"), head != "region")
        for head in ("region", "score", "rank")
    ]
    return DataTable(tell.say("report.profile.peers"), heads, rows)


def gauges(tell: Teller, key: str) -> list[Gauge]:
    """Give each dimension and, below it, each indicator beside the mean, with its rank."""
    scores, values = tell.last("scores"), tell.last("indicators")
    framework, made = tell.results.framework, []
    for dimension in framework.dimensions:
        made.append(_gauge(tell, "scores", scores, key, dimension.code))
        made += [
            _gauge(tell, "indicators", values, key, each.code, each.fidelity)
            for each in framework.indicators
            if each.dimension == dimension.code
        ]
    return [each for each in made if each is not None]


def _gauge(
    tell: Teller, stem: str, table: pd.DataFrame, key: str, code: str, fidelity: str = ""
) -> Gauge | None:
    """Give a value beside the mean of all, and its rank."""
    own = table.index[table["adcode"] == key]
    if own.empty or code not in table:
        return None
    column = pd.to_numeric(table[code])
    value, mean = float(column[own[0]]), float(column.mean())
    rank = column.rank(ascending=False, method="min")[own[0]]
    cells = (
        tell.variable(code),
        _mark(tell, fidelity),
        tell.cite(stem, table, own[0], code),
        tell.number(mean),
        tell.number(rank, "whole"),
    )
    if stem == "scores":
        return Gauge(cells, dimension=True)
    return Gauge(cells, None if pd.isna(value) else value, None if pd.isna(mean) else mean)


def _mark(tell: Teller, fidelity: str) -> str:
    """Give the mark of an indicator that is not measured as it is defined."""
    key = f"report.mark.{fidelity}"
    return tell.say(key) if has(key) else ""


def _marks(tell: Teller) -> str:
    """Say what the marks mean that stand on the page."""
    there = {each.fidelity for each in tell.results.framework.indicators}
    told = [
        tell.say(
            "report.profile.mark",
            mark=tell.say(f"report.mark.{each}"),
            meaning=tell.say(f"report.fidelity.{each}"),
        )
        for each in ("proxy", "substitute")
        if each in there
    ]
    return tell.joined([*told, tell.say("report.profile.borders")], "parts")


def indicators(tell: Teller, key: str) -> DataTable:
    """Give the gauges as a table."""
    heads = ("indicator", "measured", "scaled", "all_mean", "rank")
    columns = [
        ColumnHead(tell.say(f"report.head.{head}"), head not in ("indicator", "measured"))
        for head in heads
    ]
    title = tell.say("report.profile.indicators", year=tell.year(tell.span[1]))
    return DataTable(title, columns, [each.cells for each in gauges(tell, key)])
