"""Whether the findings of space hold under other neighbor rules than the study's own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TypeAlias

import numpy as np
import pandas as pd

from geo_resilience import spatial
from geo_resilience.notes import Note
from geo_resilience.spatial import Neighbors
from geo_resilience.spatial.autocorrelation._tables import sensitivity_table
from geo_resilience.spatial.groups._gaps import gaps_table
from geo_resilience.spatial.groups._patterns import group_verdicts
from geo_resilience.spatial.neighbors._alignment import links_of
from geo_resilience.spatial.neighbors._rules import neighbors_by_rule, without_assumed
from geo_resilience.statistics._certainty import ALPHA
from geo_resilience.statistics._repetitions import REGIONS_REPEATED
from geo_resilience.study._case import Case, Findings, SpaceCase
from geo_resilience.study.analyses._regressions import asks, totals_by_rule
from geo_resilience.tables import CATALOG
from geo_resilience.words import Phrase

_Repeat: TypeAlias = Callable[[Mapping[str, Neighbors]], pd.DataFrame]

#: What the study's own rule is called, and that rule without the links that it did not give.
USED, WITHOUT_ASSUMED = "used", "without_assumed"

#: Drawn for columns that are not looked at here.
_FEW = 99


def neighbors_sensitivity(case: SpaceCase, found: Findings) -> None:
    """Repeat the verdicts of space under every rule: Moran's I, gaps, groups, regressors.

    Gaps and groups are those of the last year, regressors those of the study's questions in the
    models taken. What the study has left out is not repeated; nor is anything but Moran's I
    under a rule whose links are those of another, or with more than `REGIONS_REPEATED` regions.
    """
    rules = rules_of(case)
    report = pd.DataFrame({name: spatial.describe_neighbors(each) for name, each in rules.items()})
    described = report.T.infer_objects()
    found.tables["neighbors"] = described.rename(columns={"rule": "description"}).reset_index(
        names="rule"
    )
    global_ = sensitivity_table(
        case.scores, rules, permutations=case.plan.permutations, rng=case.stream("moran")
    )
    found.notes += _fewer_permutations(global_)
    parts = [_autocorrelation(global_)]
    apart = distinct(rules)
    repeated = _repeated(case, found)
    if len(case.keys) <= REGIONS_REPEATED:
        parts += [part(apart) for part in repeated.values()]
    elif repeated:
        told = {"regions": f"{len(case.keys):,}", "most": f"{REGIONS_REPEATED:,}"}
        left = [Phrase(f"analysis.{name}") for name in repeated]
        found.notes.append(Note("study.rules_moran_alone", values={**told, "left": left}))
    table = pd.concat(parts, ignore_index=True)
    for name in ("links", "islands"):
        table[name] = table["rule"].map(described[name]).astype(int)
    linked = len(case.keys) - table["islands"]
    table["n"] = table["n"].fillna(linked).astype(int)
    found.tables["neighbors_sensitivity"] = compared(table, tuple(apart))


def _repeated(case: SpaceCase, found: Findings) -> dict[str, _Repeat]:
    """Give what repeats each kind of verdict that the study has, by its name."""
    repeated: dict[str, _Repeat] = {}
    if "p_value" in found.tables.get("gaps", ()):
        repeated["gaps"] = partial(_gaps, case, found.tables["gaps"])
    if "pattern" in found.tables:
        repeated["pattern"] = partial(_groups, case, found.tables["pattern"])
    if isinstance(case, Case) and asks(case):
        repeated["regressions"] = partial(_regressors, case)
    return repeated


def _fewer_permutations(table: pd.DataFrame) -> list[Note]:
    """Name the rules under which Moran's I has fewer permutations than under the one used."""
    least = table.groupby("rule", sort=False)["permutations"].min()
    fewer = least[least < least[USED]]
    if fewer.empty:
        return []
    told = {"rules": list(fewer.index), "count": f"{fewer.min():,}", "usual": f"{least[USED]:,}"}
    return [Note("study.fewer_by_rule", values=told)]


def rules_of(case: SpaceCase) -> dict[str, Neighbors]:
    """Give the neighbors by the study's own rule, by the others, and without assumed links."""
    rules, fewer = {USED: case.neighbors}, min(case.plan.neighbors.k, len(case.keys) - 1)
    for rule in case.plan.space.other_rules:
        rules[rule] = neighbors_by_rule(rule, case.ground.studied, k=fewer)
    given = without_assumed(case.neighbors)
    return rules if given is None else {**rules, WITHOUT_ASSUMED: given}


def distinct(rules: Mapping[str, Neighbors]) -> dict[str, Neighbors]:
    """Keep one rule of those that give the same links."""
    found: dict[str, Neighbors] = {}
    for name, neighbors in rules.items():
        own = links_of(neighbors).matrix
        if not any(abs(own - links_of(each).matrix).max() < 1e-12 for each in found.values()):
            found[name] = neighbors
    return found


def compared(table: pd.DataFrame, apart: tuple[str, ...]) -> pd.DataFrame:
    """Say whether each verdict is that under the rule used, and under how many others it is.

    The table has rule and verdict; rules beside `apart` have the links of one of them and are not
    counted, nor is a rule under which nothing could be told, nor the rule used.
    """
    finding = ["year", "variable", "statistic", "measure"]
    used = table[table["rule"] == USED].set_index(finding)["verdict"]
    own = table[finding].merge(used.reset_index(), how="left", on=finding)["verdict"]
    counted = table["rule"].isin(apart) & table["verdict"].notna()
    holds = (table["verdict"] == own.to_numpy()).astype("boolean").where(counted)
    by, others = [table[name] for name in finding], table["rule"] != USED
    table = table.assign(
        holds=holds,
        agree=(holds.fillna(False) & others).astype(int).groupby(by, dropna=False).transform("sum"),
        rules=(counted & others).astype(int).groupby(by, dropna=False).transform("sum"),
    )
    return table.reindex(columns=CATALOG["neighbors_sensitivity"].names)


def _judged(table: pd.DataFrame, sign: str, p: str) -> pd.Series:
    """Give "higher", "lower" or "none" by p; nothing where there is no p."""
    told = pd.Series(np.where(table[sign] > 0, "higher", "lower"), table.index, dtype=object)
    return told.where(table[p] <= ALPHA, "none").where(table[p].notna())


def _autocorrelation(table: pd.DataFrame) -> pd.DataFrame:
    return table.assign(measure="", p=table["p_sim"], verdict=_judged(table, "z", "p_sim"))


def _gaps(case: SpaceCase, own: pd.DataFrame, rules: Mapping[str, Neighbors]) -> pd.DataFrame:
    """Repeat the gaps of the last year."""
    year = case.years[-1]
    last = case.composite[case.composite.index.get_level_values("year") == year]
    parts = [own[own["year"] == year].assign(rule=USED)]
    for rule, neighbors in list(rules.items())[1:]:
        found = gaps_table(
            last,
            case.groupings,
            neighbors,
            permutations=_FEW,
            draws=_FEW,
            null_draws=case.null_draws,
            rng=case.stream("gaps"),
        )
        parts.append(found.assign(rule=rule))
    table = pd.concat(parts, ignore_index=True).dropna(subset=["p_value"])
    table = table.rename(columns={"p_value": "p"})
    return _laid_out(case, table.assign(verdict=_judged(table, "value", "p")), "gap")


def _groups(case: SpaceCase, own: pd.DataFrame, rules: Mapping[str, Neighbors]) -> pd.DataFrame:
    """Repeat the verdicts on groups of the last year."""
    last = own[(own["year"] == case.years[-1]) & (own["variable"] == case.composite.name)]
    parts = [last.assign(rule=USED)]
    for rule, neighbors in list(rules.items())[1:]:
        found = group_verdicts(
            case.last,
            case.groupings,
            neighbors,
            draws=case.null_draws,
            rng=case.stream("pattern"),
        )
        parts.append(found.assign(rule=rule))
    table = pd.concat(parts, ignore_index=True).dropna(subset=["q_spatial"])
    named = {"group": "measure", "difference": "value", "q_spatial": "p"}
    return _laid_out(case, table.drop(columns="p", errors="ignore").rename(columns=named), "group")


def _regressors(case: Case, rules: Mapping[str, Neighbors]) -> pd.DataFrame:
    """Repeat what the study's questions have found, over all years."""
    table = totals_by_rule(case, rules)
    table = table.assign(verdict=_judged(table, "value", "p"))
    return _laid_out(case, table, "regression", table["dependent"])


def _laid_out(
    case: SpaceCase, table: pd.DataFrame, statistic: str, variable: pd.Series | str = ""
) -> pd.DataFrame:
    """Give rows of the last year, finding by finding, with what is known of each."""
    rows = pd.DataFrame(
        {
            "year": case.years[-1],
            "variable": variable if len(variable) else str(case.composite.name),
            "rule": table["rule"],
            "statistic": statistic,
            "measure": table["measure"].astype(str),
            "value": table["value"],
            "p": table["p"],
            "verdict": table["verdict"],
        }
    )
    order = pd.Categorical(rows["measure"], categories=rows["measure"].unique())
    return rows.iloc[np.argsort(order.codes, kind="stable")]
