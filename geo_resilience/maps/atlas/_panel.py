"""What the panel tells beside the map: gaps, verdicts on groups, neighbors, Moran's I."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from geo_resilience import tables, words
from geo_resilience.maps.drawing._series import Rows
from geo_resilience.maps.drawing._topology import pack_bytes, pack_numbers
from geo_resilience.results import Results
from geo_resilience.results._changes import change_told
from geo_resilience.statistics._certainty import certainty
from geo_resilience.text import Text

#: Links a region above which neighbors are told neither in the panel nor in the scatter.
MOST_LINKS = 24

#: The gap that the study asks beforehand; the others are asked beside it.
BEFOREHAND = "east_west_gap"

Cells = list[float | None]


def _short(values: Any) -> Cells:
    """Numbers with three figures; None where there is none."""
    return [None if pd.isna(value) else float(f"{float(value):.3g}") for value in values]


def gap_content(results: Results, rows: Rows) -> dict[str, dict[str, Any]]:
    """Give each measure of unevenness by year: values, interval, p; whether it changed.

    Of all gaps but the one asked beforehand the p is corrected for the gaps of the year.
    """
    content = {}
    for measure, own in tables.of(results, "gaps").groupby("measure", sort=False):
        by_year = own.drop_duplicates("year").set_index("year").reindex(rows.years)
        if by_year["value"].notna().any():
            name = _measure_name(str(measure))
            told: dict[str, Any] = {"values": _short(by_year["value"]), "name": name}
            tested = "p_value" if measure == BEFOREHAND else "p_holm"
            for key, column in (("low", "low"), ("high", "high"), ("p", tested)):
                if by_year[column].notna().any():
                    told[key] = _short(by_year[column])
            if "p" in told:
                told["corrected"] = tested == "p_holm"
                told["certainty"] = _sure(results, by_year[tested], "gap", str(measure))
            change = Text.each(partial(change_told, results, str(measure), minus="\u2212"))
            content[str(measure)] = {**told, "change": change} if change else told
    return content


def _sure(results: Results, p: pd.Series, finding: str, item: str) -> list[str | None]:
    """Give the word of certainty by year, by p and the shares of rules and draws that are known."""
    rules = tables.of(results, "neighbors_sensitivity", statistic=finding)
    named = rules["variable" if finding == "moran" else "measure"] == item
    rules = rules[named & (rules["rules"] > 0)].drop_duplicates("year").set_index("year")
    of_rules = rules["agree"] / rules["rules"]
    drawn = tables.of(results, "holds", finding=finding, item=item)
    of_draws = drawn.drop_duplicates("year").set_index("year")["holds"]
    return [
        None if pd.isna(value) else certainty(value, of_rules.get(year), of_draws.get(year))
        for year, value in p.items()
    ]


def _measure_name(measure: str) -> Text:
    key = f"atlas_measure.{measure}"
    return Text.worded(key, measure)


def pattern_content(results: Results, rows: Rows) -> dict[str, dict[str, Any]]:
    """Give the groups that were compared with the rest: difference, p and verdict by year.

    Beside a verdict stands the corrected p on which it rests, else that of free relabeling.
    """
    content = {}
    compared = tables.of(results, "pattern", variable="composite")
    for group, own in compared.groupby("group", sort=False):
        by_year = own.drop_duplicates("year").set_index("year").reindex(rows.years)
        told: dict[str, Any] = {"difference": _short(by_year["difference"])}
        if words.has(f"atlas_group.{group}"):
            told["name"] = Text.worded(f"atlas_group.{group}")
        judged = "verdict" in by_year.columns
        tests = "q_spatial" if judged else "p_free"
        if by_year[tests].notna().any():
            told["p"] = _short(by_year[tests])
        if judged:
            told["verdict"] = [None if pd.isna(v) or not v else str(v) for v in by_year["verdict"]]
            told["certainty"] = _sure(results, by_year["q_spatial"], "group", str(group))
        content[str(group)] = told
    return content


def moran_content(results: Results, rows: Rows) -> dict[str, list[list[Any] | None]]:
    """Give Moran's I, its p and how certain by variable and year, as the study tested it."""
    content: dict[str, list[list[Any] | None]] = {}
    found = tables.of(results, "global", statistic="moran")
    for variable, own in found.groupby("variable", sort=False):
        by_year = own.drop_duplicates("year").set_index("year").reindex(rows.years)
        sure = _sure(results, by_year["p_sim"], "moran", str(variable))
        triples = zip(by_year["value"], by_year["p_sim"], sure, strict=True)
        content[str(variable)] = [
            None if pd.isna(value) else [*_short((value, p)), word] for value, p, word in triples
        ]
    return content


def link_content(results: Results, rows: Rows) -> dict[str, str] | None:
    """Give every region's neighbors, packed: how many, then each as a difference to the last.

    Weights in that order where rows do not share 1 evenly; None where there are too many links.
    """
    neighbors = getattr(results, "neighbors", None)
    if neighbors is None:
        return None
    place = {key: number for number, key in enumerate(rows.keys)}
    pairs = neighbors.adjacency.reset_index()
    pairs.columns = pd.Index(["focal", "neighbor", "weight"])
    numbers = pairs[["focal", "neighbor"]].astype(str).apply(lambda column: column.map(place))
    known = numbers.notna().all(axis=1) & (pairs["weight"] != 0)
    known &= numbers["focal"] != numbers["neighbor"]
    links = numbers[known].astype(int).assign(weight=pairs.loc[known, "weight"].to_numpy())
    if links.empty or len(links) > MOST_LINKS * len(rows.keys):
        return None
    links = links.sort_values(["focal", "neighbor"])
    counts = np.bincount(links["focal"], minlength=len(rows.keys))
    flat: list[int] = []
    others = links["neighbor"].to_numpy()
    at = before = 0
    for count in counts:
        flat.append(int(count))
        for neighbor in others[at : at + count]:
            flat.append(int(neighbor) - before)
            before = int(neighbor)
        at += count
    content = {"links": pack_numbers(flat)}
    weights = links["weight"].to_numpy(dtype=float)
    if not np.allclose(weights, 1 / counts[links["focal"]], rtol=0, atol=1e-9):
        content["weights"] = pack_bytes(weights.astype("<f4"))
    return content
