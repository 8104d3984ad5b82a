"""Two runs compared: what differs, why every place moved, and how sure the moves are."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.stats import rankdata

from geo_resilience.errors import InputError
from geo_resilience.evaluation._grading import DECIMALS
from geo_resilience.notes import Note
from geo_resilience.regions import read_crosswalk
from geo_resilience.results import Results
from geo_resilience.results._editions import CAUSES
from geo_resilience.results._reading import read_results
from geo_resilience.study.editions._causes import Causes, Pairs
from geo_resilience.study.editions._differences import cell_changes, plan_changes
from geo_resilience.study.editions._edition import Edition
from geo_resilience.study.editions._findings import finding_changes
from geo_resilience.study.editions._undoing import undone
from geo_resilience.study.editions._vintages import at_present
from geo_resilience.tables import made
from geo_resilience.words import Phrase

#: How far a run's own scores may lie from those evaluated again.
_SAME = 1e-9


@dataclass(frozen=True, eq=False)
class Comparison:
    """Two runs beside each other.

    Parameters
    ----------
    old, new : Results
    tables : mapping
        DataFrames by the stem of their file: ``changes``, ``changes_by_region``,
        ``changes_in_plan``, ``changes_in_values``, ``changes_in_findings``, ``changes_undone``.
    notes : tuple of Note
        Judgement calls.
    """

    old: Results
    new: Results
    tables: Mapping[str, pd.DataFrame]
    notes: tuple[Note, ...]

    @property
    def changes(self) -> pd.DataFrame:
        """A row a region, year and measure: before, after, change, and a column a cause."""
        return self.tables["changes"]

    @property
    def regions(self) -> pd.DataFrame:
        """The same for the dimensions and indicators of the last years."""
        return self.tables["changes_by_region"]

    @property
    def plan(self) -> pd.DataFrame:
        """A row a key in which the runs differ."""
        return self.tables["changes_in_plan"]

    @property
    def results(self) -> Results:
        """The later run with these tables: what figures, atlas and reports of it are drawn from."""
        own = {stem: table for stem, table in self.tables.items() if stem != "codebook"}
        return replace(self.new, tables={**self.new.tables, **own})


def compare(
    old: Results | str | os.PathLike[str],
    new: Results | str | os.PathLike[str],
    *,
    crosswalk: str | os.PathLike[str] | None = None,
    language: str | None = None,
) -> Comparison:
    r"""Tell what changed between two runs, and why each composite, rank and grade moved.

    Parameters
    ----------
    old, new : Results or path
        Results of the earlier and of the later run, or their folders.
    crosswalk : path, optional
        What became of the units of the earlier run, as `regions.read_crosswalk` reads it: those
        that were renamed are compared; those that merged or were divided are named in a note.
    language : {"en", "zh"}, optional
        Of names; that of the later run by default.

    Returns
    -------
    Comparison

    Raises
    ------
    InputError
        If a folder holds no finished results, lacks tables or was written by an older version, or
        the runs have no region in common.

    Notes
    -----
    The index is evaluated again under every choice of what differs between the runs: figures, the
    figures that set the ends of the scale, rows (years and regions), indicators, weights, scaling,
    cleaning and mean. A cause's part is its Shapley value [1]_: its step averaged over all orders
    in which the causes could come about, so that parts sum to the change,

    .. math:: \phi_c = \sum_{S \not\ni c} \frac{|S|!\,(m - |S| - 1)!}{m!}
              \big(E(S \cup \{c\}) - E(S)\big).

    A rank has one cause more: the others' moves. What the ends of the scale moved, whoever moved
    them, counts as ``scaling``. Grades are counted from 1, the lowest. In each common year a
    region is compared with itself; where the runs end in different years, the last year with the
    last year too (``year_before`` says with which), and what the further year brings counts as
    ``years``.

    References
    ----------
    .. [1] Shorrocks, A. F. (2013). Decomposition procedures for distributional analysis: a unified
       framework based on the Shapley value. Journal of Economic Inequality, 11(1), 99-126.

    Examples
    --------
    >>> import geo_resilience as gr
    >>> results = gr.study.run()
    >>> same = gr.study.compare(results, results)
    >>> float(same.changes["change"].abs().max()), len(same.plan)
    (0.0, 0)
    """
    sides = [each if isinstance(each, Results) else read_results(each) for each in (old, new)]
    notes: list[Note] = []
    if crosswalk is not None:
        events = read_crosswalk(Path(crosswalk), sides[1].regions)
        sides[0], notes = at_present(sides[0], sides[1], events)
    before, after = (Edition.of(each) for each in sides)
    pairs = Pairs.of(before, after)
    if not len(pairs.before):
        raise InputError("compare.no_common_region", old=sides[0].title, new=sides[1].title)
    causes = Causes.of(before, after)
    _check_ends(causes)
    names = after.ground.studied.names(language or sides[1].language)
    frames = {
        "changes": _changes(causes, pairs, names),
        "changes_by_region": _by_region(causes, pairs, names),
        "changes_in_plan": plan_changes(before, after),
        "changes_in_values": _named(cell_changes(before, after), names),
        "changes_in_findings": finding_changes(before, after),
    }
    frames["changes_undone"] = _undone(after, frames["changes"], names)
    tables = made(frames, sides[1].context, language or sides[1].language)
    return Comparison(sides[0], sides[1], tables, (*notes, *_notes(causes)))


def _check_ends(causes: Causes) -> None:
    """Demand that each run, evaluated again, has the scores that it has."""
    runs = (causes.exchange.old, causes.exchange.new)
    for edition, found in zip(runs, causes.ends, strict=True):
        own = edition.scores["composite"]
        apart = (found.composite.reindex(own.index) - own).abs()
        if not apart.max() <= _SAME:
            key, year = apart.fillna(np.inf).idxmax()
            raise InputError(
                "compare.not_reproduced", title=edition.results.title, adcode=key, year=year
            )


def _keys(pairs: Pairs, names: pd.Series) -> pd.DataFrame:
    keys = pairs.after.get_level_values("adcode")
    return pd.DataFrame(
        {
            "adcode": keys,
            "name": names.reindex(keys).to_numpy(),
            "year": pairs.after.get_level_values("year"),
            "year_before": pairs.before.get_level_values("year"),
        }
    )


def _changes(causes: Causes, pairs: Pairs, names: pd.Series) -> pd.DataFrame:
    """Give the table of changes, sorted by region, year and measure."""
    keys, pieces = _keys(pairs, names), []
    found = {
        "composite": causes.split(pairs, lambda scored: scored.composite),
        "rank": causes.ranks(pairs),
        "grade": causes.grades(pairs),
    }
    held = _held(causes, pairs, found["rank"])
    for measure, table in found.items():
        blank = pd.Series(np.nan, table.index)
        holds = held if measure == "rank" else blank
        pieces.append(keys.assign(measure=measure).join(table).assign(holds=holds))
    whole = pd.concat(pieces, ignore_index=True)
    order = {measure: place for place, measure in enumerate(found)}
    whole["order"] = whole["measure"].map(order)
    whole = whole.sort_values(["adcode", "year", "year_before", "order"], kind="stable")
    return whole[[*_FIRST, *CAUSES, "year_before", "holds"]].reset_index(drop=True)


_FIRST = ["adcode", "name", "year", "measure", "before", "after", "change"]


def _held(causes: Causes, pairs: Pairs, ranks: pd.DataFrame) -> pd.Series:
    """Give the share of draws, the same for both runs, in which a last year's move has its sign."""
    exchange, sides = causes.exchange, []
    for edition, side in ((exchange.old, pairs.before), (exchange.new, pairs.after)):
        drawn = edition.simulated(exchange.new.plan.seed).drawn()
        ranks_drawn = rankdata(-drawn.to_numpy().round(DECIMALS), method="min", axis=1)
        places = drawn.columns.get_indexer(side[pairs.last].get_level_values("adcode"))
        sides.append(ranks_drawn[:, places])
    count = min(map(len, sides))
    moves = np.sign(sides[1][:count] - sides[0][:count])
    held = pd.Series(np.nan, ranks.index)
    held[pairs.last] = (moves == np.sign(ranks.loc[pairs.last, "change"].to_numpy())).mean(axis=0)
    return held


def _by_region(causes: Causes, pairs: Pairs, names: pd.Series) -> pd.DataFrame:
    """Give the changes of dimensions and indicators between the last years."""
    last, exchange = pairs.of_last(), causes.exchange
    old, new = exchange.old.framework, exchange.new.framework
    dimensions = [each.code for each in new.dimensions if each.code in old.dimension_of.to_numpy()]
    parts = {
        "dimension": (dimensions, lambda scored: scored.dimensions[dimensions]),
        "indicator": (exchange.common, lambda scored: scored.values[exchange.common]),
    }
    pieces = []
    for level, (codes, of) in parts.items():
        if not codes:
            continue
        keys = _keys(last, names)
        rows = keys.loc[keys.index.repeat(len(codes))].reset_index(drop=True)
        rows = rows.assign(level=level, code=np.tile(codes, len(keys)))
        pieces.append(rows.join(causes.split(last, of)))
    columns = ["adcode", "name", "year", "level", "code", *_FIRST[4:], *list(CAUSES)[:-2]]
    columns.append("year_before")
    empty = [pd.DataFrame(columns=columns)]
    return pd.concat(pieces or empty, ignore_index=True)[columns]


def _named(table: pd.DataFrame, names: pd.Series) -> pd.DataFrame:
    table.insert(1, "name", names.reindex(table["adcode"]).to_numpy())
    return table


def _undone(new: Edition, changes: pd.DataFrame, names: pd.Series) -> pd.DataFrame:
    """Give what would undo each region's last move."""
    last = changes[(changes["measure"] == "rank") & changes["holds"].notna()].set_index("adcode")
    moves = last[["before", "after"]].set_axis(["rank_before", "rank"], axis=1)
    table = _named(undone(new, moves), names)
    ranks = moves.reindex(table["adcode"]).astype(int)
    table.insert(2, "year", new.years[-1])
    table.insert(3, "rank_before", ranks["rank_before"].to_numpy())
    table.insert(4, "rank", ranks["rank"].to_numpy())
    return table


def _notes(causes: Causes) -> tuple[Note, ...]:
    if not causes.together:
        return ()
    blocks = [Phrase(f"cause.{each}") for each in causes.together]
    first = Phrase(f"cause.{causes.together[0]}")
    return (Note("compare.together", values={"blocks": blocks, "first": first}),)
