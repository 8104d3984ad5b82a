"""A page a region: where it stands, what changed, what holds it back, its indicators and peers."""

from __future__ import annotations

import re

import pandas as pd

from geo_resilience.errors import InputError, nearest
from geo_resilience.report._blocks import Block, Bullets, Chapter, ColumnHead, DataTable, Picture
from geo_resilience.report._grids import Shown, grid
from geo_resilience.report._teller import Teller
from geo_resilience.report.chapters._change import moved_by

#: Obstacles named in a profile.
NAMED = 3

#: Asked for as profiles.
ALL, NONE = "all", "none"

#: What the anchors of profiles begin with.
PROFILE = "region-"

#: What a file's name may not hold on some system.
_UNFIT = re.compile(r'[<>:"/\\|?*\x00-\x1f]')


def file_name(key: str) -> str:
    """Give a region's key as the name of a file."""
    return _UNFIT.sub("_", key).strip(". ") or "_"


_PEERS = (
    Shown("score", "composite"),
    Shown("zone_mean", "zone_mean"),
    Shown("all_mean", "mean"),
    Shown("similar_mean", "similar_mean"),
    Shown("best_score", "best"),
    Shown("best", "best_region", "region"),
)


def profiles(tell: Teller, asked: str) -> list[Chapter]:
    """Make the profiles of all regions, of none, or of those whose keys or names are given."""
    keys = list(tell.last("scores")["adcode"])
    if asked == NONE:
        return []
    if asked != ALL:
        keys = [_key(tell, each.strip(), keys) for each in asked.split(",")]
    return [profile(tell, key) for key in keys]


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
    told = [
        place(tell, key),
        moved(tell, key),
        obstacles(tell, key),
        shock(tell, key),
        warned(tell, key),
    ]
    blocks: list[Block] = [
        Bullets([each for each in told if each]),
        Picture("region_history", options={"region": key}),
        *indicators(tell, key),
        *grid(
            tell, "peers", tell.last("peers", adcode=key), tell.say("report.profile.peers"), _PEERS
        ),
    ]
    return Chapter(f"{PROFILE}{key}", tell.name(key), blocks)


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
    label = doubt.index[0]
    ends = {
        end: tell.cite("uncertainty", doubt, label, f"rank_{end}", "whole")
        for end in ("low", "high")
    }
    chance = tell.cite("uncertainty", doubt, label, f"p_{grade.lower()}", "percent")
    return tell.say(
        "report.profile.place", sure=tell.say("report.profile.sure", chance=chance, **ends), **told
    )


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
        shock=rows.at[label, "shock"],
        recovered=rows.at[label, "recovered"],
        resistance=tell.cite("shock", rows, label, "resistance", "+.2f"),
        recovery=tell.cite("shock", rows, label, "recovery", "+.2f"),
    )


def warned(tell: Teller, key: str) -> str:
    """Say which warning a region has, and by which indicator."""
    rows = tell.last("warnings", forecast=False, adcode=key)
    if rows.empty or rows["level"].iloc[0] == "none":
        return ""
    label = rows.index[0]
    return tell.say(
        "report.profile.warned",
        level=tell.say(f"chain.warning.{rows.at[label, 'level']}"),
        indicator=tell.variable(rows.at[label, "indicator"]),
        value=tell.cite("warnings", rows, label, "value", ".3g"),
        threshold=tell.cite("warnings", rows, label, "threshold", ".3g"),
    )


def indicators(tell: Teller, key: str) -> list[DataTable]:
    """Give each indicator's scaled value beside the mean, its rank and its fidelity."""
    values = tell.last("indicators")
    own = values.index[values["adcode"] == key]
    if own.empty:
        return []
    heads = ("indicator", "scaled", "all_mean", "rank", "measured")
    rows = []
    for each in tell.results.framework.indicators:
        column = pd.to_numeric(values[each.code])
        fidelity = (
            tell.say(f"report.fidelity.{each.fidelity.replace(' ', '_')}") if each.fidelity else ""
        )
        rows.append(
            [
                tell.variable(each.code),
                tell.cite("indicators", values, own[0], each.code),
                tell.number(column.mean()),
                tell.number(column.rank(ascending=False, method="min").loc[own[0]], "whole"),
                fidelity,
            ]
        )
    columns = [
        ColumnHead(tell.say(f"report.head.{head}"), head in ("scaled", "all_mean", "rank"))
        for head in heads
    ]
    return [
        DataTable(
            tell.say("report.profile.indicators", year=tell.year(tell.span[1])), columns, rows
        )
    ]
