"""Where regions stand: grades, the ranking with its doubt, who cannot be told apart."""

from __future__ import annotations

import pandas as pd

from geo_resilience.maps.figures._index_maps import DOUBTFUL
from geo_resilience.report._blocks import (
    Block,
    Bullets,
    ColumnHead,
    DataTable,
    Finding,
    Picture,
    Sentence,
)
from geo_resilience.report._teller import Teller
from geo_resilience.statistics._certainty import FIRM_SHARE, certainty
from geo_resilience.words import Cited, shortened

#: Rows of the ranking in a report; the workbook holds the rest.
MOST_ROWS = 40

#: Runs of places that cannot be told apart in a report.
MOST_RUNS = 8


def standing(tell: Teller) -> list[Block]:
    """Show the grades, the ranking, and which places cannot be told apart."""
    blocks: list[Block] = [
        Sentence(graded(tell)),
        Picture("graded_map", detail=True),
        ranking(tell),
    ]
    if len(tell.last("uncertainty")):
        blocks += [
            Picture("rank_intervals", tell.say("report.standing.intervals")),
            *apart(tell),
        ]
    return blocks


def scores_of_last_year(tell: Teller) -> pd.DataFrame:
    """Give the scores of the last year, the best first."""
    return tell.last("scores").sort_values("composite", ascending=False, kind="stable")


def grades_sentence(tell: Teller) -> str:
    """Count the regions of each grade."""
    scores = tell.last("scores")
    told = [
        tell.say(
            "summary.grade", count=tell.counted("scores", rows, "grade"), grade=tell.grade(grade)
        )
        for grade in reversed(tell.results.found.grading.names)
        if len(rows := scores[scores["grade"] == grade])
    ]
    year = tell.year(tell.span[1])
    return tell.say("report.standing.grades", count=len(scores), year=year, grades=told)


def doubt_sentence(tell: Teller) -> str:
    """Count the grades that fewer than half of the draws agree with; empty without draws."""
    doubt = tell.last("uncertainty")
    grades = tell.last("scores").set_index("adcode")["grade"]
    given = doubt["adcode"].map(grades).astype(object).dropna()
    held = [doubt.at[label, f"p_{grade.lower()}"] >= DOUBTFUL for label, grade in given.items()]
    if not held:
        return ""
    if all(held):
        return tell.say("report.standing.no_doubt")
    rows = doubt.loc[given.index[[not each for each in held]]]
    return tell.say("report.standing.doubted", count=tell.counted("uncertainty", rows, "adcode"))


def graded(tell: Teller) -> str:
    """Count the regions of each grade, and the grades in doubt."""
    told = [grades_sentence(tell), doubt_sentence(tell)]
    return tell.joined([each for each in told if each], "sentences")


def apart(tell: Teller) -> list[Block]:
    """Name runs of neighboring places whose order the draws do not settle."""
    pairs = tell.last("rank_pairs").sort_values("rank", kind="stable")
    runs: list[list[int]] = []
    for label, pair in pairs.iterrows():
        if max(pair["probability"], 1 - pair["probability"]) >= FIRM_SHARE:
            continue
        if runs and pairs.at[runs[-1][-1], "rank"] + 1 == pair["rank"]:
            runs[-1].append(label)
        else:
            runs.append([label])
    if pairs.empty:
        return []
    share = tell.number(FIRM_SHARE, "percent")
    if not runs:
        return [Sentence(tell.say("report.standing.all_apart", share=share))]
    settled = Sentence(tell.say("report.standing.settled", share=share))
    return [settled, Bullets(_runs(tell, pairs, runs))]


def _runs(tell: Teller, pairs: pd.DataFrame, runs: list[list[int]]) -> list[str]:
    """Tell of the first runs of places that cannot be told apart, and count the rest."""
    more = len(runs) - MOST_RUNS
    rest = [tell.say("report.standing.more_runs", count=more)] if more > 0 else []
    return [_run(tell, pairs, run) for run in runs[:MOST_RUNS]] + rest


def _run(tell: Teller, pairs: pd.DataFrame, run: list[int]) -> str:
    """Name places in a row, none of which is told apart from the next."""
    keys = [pairs.at[run[0], "upper"], *(pairs.at[label, "lower"] for label in run)]
    names = shortened([tell.name(key) for key in keys], tell.language)
    cells = (tell.cell("rank_pairs", label, "upper") for label in run)
    last = Cited(f"{int(pairs.at[run[-1], 'rank']) + 1:,}").cited(*cells)
    first = tell.cite("rank_pairs", pairs, run[0], "rank", "whole")
    return tell.say("report.standing.run", names=names, first=first, last=last)


def ranking(tell: Teller) -> DataTable:
    """Give the ranking of the last year with intervals and the chance of the grade."""
    scores = scores_of_last_year(tell)
    doubt = tell.last("uncertainty").reset_index().set_index("adcode")
    shown = scores.head(MOST_ROWS)
    heads = ["rank", "region", "score", "grade"] + (["interval", "chance"] if len(doubt) else [])
    rows, fills = [], []
    for label in shown.index:
        key, grade = shown.at[label, "adcode"], str(shown.at[label, "grade"])
        row = [
            tell.cite("scores", shown, label, "rank", "whole"),
            tell.name(key),
            tell.cite("scores", shown, label, "composite"),
            tell.grade(grade),
        ]
        if len(doubt):
            row += _doubt(tell, int(doubt.at[key, "index"]), grade)
        rows.append(row)
        fills.append({3: tell.results.found.grading.color(grade) or ""})
    return DataTable(
        tell.say("report.standing.ranking", year=tell.year(tell.span[1])),
        [
            ColumnHead(tell.say(f"report.head.{head}"), head not in ("region", "grade"))
            for head in heads
        ],
        rows,
        left=len(scores) - len(shown),
        fills=fills,
        detail=bool(len(doubt)),
    )


def _doubt(tell: Teller, label: int, grade: str) -> list[str]:
    """Write the interval of the rank and the chance of the grade."""
    table = tell.rows("uncertainty")
    ends = {
        f"{end}": tell.cite("uncertainty", table, label, f"rank_{end}", "whole")
        for end in ("low", "high")
    }
    chance = tell.cite("uncertainty", table, label, f"p_{grade.lower()}", "percent")
    return [tell.say("report.range", **ends), tell.say("report.percent", value=chance)]


def lead(tell: Teller) -> Finding | None:
    """Find who stands first, and whether the others agree."""
    scores, pairs = scores_of_last_year(tell), tell.last("rank_pairs")
    if len(scores) < 2:
        return None
    first, second = scores.index[:2]
    keys = [scores.at[label, "adcode"] for label in (first, second)]
    told = {
        "first": tell.name(keys[0]),
        "second": tell.name(keys[1]),
        "year": tell.year(tell.span[1]),
        "score": tell.cite("scores", scores, first, "composite"),
        "other": tell.cite("scores", scores, second, "composite"),
    }
    pair = pairs[(pairs["upper"] == keys[0]) & (pairs["lower"] == keys[1])]
    if pair.empty:
        return Finding(
            tell.say("report.lead.untested", **told),
            tell.say("report.lead.scores", **told),
            "open",
            "standing",
        )
    label = pair.index[0]
    share = float(pair.at[label, "probability"])
    turned = share < 0.5
    sure = certainty(None, 1 - share if turned else share)
    told["share"] = tell.cite("rank_pairs", pair, label, "probability", "percent")
    way = "open" if sure == "open" else "turned" if turned else "claim"
    numbers = tell.say("report.lead.numbers", **told)
    return Finding(tell.say(f"report.lead.{way}", **told), numbers, sure, "standing")
