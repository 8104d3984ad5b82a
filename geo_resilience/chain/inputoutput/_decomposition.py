"""What made outputs change between two tables: technology or final demand."""

from __future__ import annotations

import numpy as np
import pandas as pd

from geo_resilience.chain.inputoutput._flows import Flows, Matrix, Vector, checked_flows, named
from geo_resilience.chain.inputoutput._table import IOTable
from geo_resilience.errors import InputError
from geo_resilience.statistics._arrays import Array

_RESIDUAL = 1e-3


def _final(final: pd.DataFrame | Vector, flows: Flows, what: str) -> pd.DataFrame:
    """Give final demand as a frame over the sectors, checked against the row balance."""
    frame = final if isinstance(final, pd.DataFrame) else pd.Series(final).to_frame("demand")
    if not isinstance(final, pd.DataFrame | pd.Series) and len(frame) == len(flows.labels):
        frame.index = flows.labels
    lacking = flows.labels.difference(frame.index)
    if len(lacking):
        raise InputError("chain.sector_missing", what=what, sectors=named(lacking))
    frame = frame.reindex(flows.labels).astype(float)
    off = flows.Z.sum(axis=1) + frame.sum(axis=1).to_numpy() - flows.x
    wrong = np.abs(off) > _RESIDUAL * flows.x
    if wrong.any():
        worst = np.argmax(np.abs(off) / flows.x)
        raise InputError(
            "chain.unbalanced_rows",
            what=what,
            sectors=named(flows.labels[wrong]),
            residual=f"{off[worst]:g}",
            share=f"{abs(off[worst]) / flows.x[worst]:.3%}",
        )
    return frame


def _level_and_mix(frame: pd.DataFrame) -> tuple[float, Array]:
    total = float(frame.to_numpy().sum())
    if not total > 0:
        raise InputError("chain.no_final_demand", found=f"{total:g}")
    return total, frame.sum(axis=1).to_numpy() / total


def structural_decomposition(
    before: tuple[Matrix, Vector, pd.DataFrame | Vector],
    after: tuple[Matrix, Vector, pd.DataFrame | Vector],
    *,
    by: str = "categories",
) -> pd.DataFrame:
    """Split the change of outputs into technology and final demand, exactly.

    ``x = L f``. The mean of the two polar forms: technology ``dL (f0 + f1) / 2``, demand
    ``(L0 + L1) df / 2``, the latter by category of final demand or, with ``by="level"``, into the
    level of final demand and its mix over products (three determinants, again the mean of the two
    polar forms). Tables in current prices mix prices into every term.

    Parameters
    ----------
    before, after : (Z, output, final demand)
        Two balanced tables of the same sectors; final demand a Series, or a DataFrame with a
        column a category. ``Z 1 + f = x`` must hold within 0.1 % of output; the small rest is
        taken out of demand's first category.
    by : "categories" or "level"
        How demand is split.

    Returns
    -------
    DataFrame
        A row a sector; columns before, after, change, technology, then the categories, or level
        and mix. Technology and the columns after it sum to change.

    Raises
    ------
    InputError
        If sectors or categories differ, or a table does not balance.

    References
    ----------
    .. [1] Dietzenbacher, E. and Los, B. (1998). Structural decomposition techniques: sense and
       sensitivity. Economic Systems Research 10(4), 307-324.

    Examples
    --------
    >>> first = ([[0, 50], [0, 0]], [100, 100], [50, 100])
    >>> second = ([[0, 80], [0, 0]], [120, 100], [40, 100])
    >>> structural_decomposition(first, second)[["change", "technology", "demand"]]
       change  technology  demand
    0    20.0        30.0   -10.0
    1     0.0         0.0     0.0
    """
    if by not in {"categories", "level"}:
        raise InputError("chain.choice", option="by", found=by, known=["categories", "level"])
    old, new = checked_flows(*before[:2]), checked_flows(*after[:2])
    apart = old.labels.symmetric_difference(new.labels)
    if len(apart):
        raise InputError("chain.labels_differ", what="before, after", labels=named(apart))
    order = new.labels.get_indexer(old.labels)
    new = Flows(old.labels, new.Z[np.ix_(order, order)], new.x[order])
    f0, f1 = _final(before[2], old, "before"), _final(after[2], new, "after")
    apart = f0.columns.symmetric_difference(f1.columns)
    if len(apart):
        raise InputError("chain.labels_differ", what="final demand", labels=named(apart))
    f1 = f1[f0.columns]
    f0, f1 = _exact(f0, old), _exact(f1, new)
    table = pd.DataFrame({"before": old.x, "after": new.x, "change": new.x - old.x}, old.labels)
    if by == "level":
        return table.assign(**_three_terms(old, new, f0, f1))
    total = (f0.sum(axis=1) + f1.sum(axis=1)).to_numpy() / 2
    table["technology"] = (new.L - old.L) @ total
    effects = (old.L + new.L) @ (f1 - f0).to_numpy() / 2
    return table.join(pd.DataFrame(effects, index=old.labels, columns=f0.columns))


def _exact(frame: pd.DataFrame, flows: Flows) -> pd.DataFrame:
    """Take the rounding residual of the row balance out of the first category."""
    off = flows.x - flows.Z.sum(axis=1) - frame.sum(axis=1).to_numpy()
    exact = frame.copy()
    exact.iloc[:, 0] += off
    return exact


def _three_terms(old: Flows, new: Flows, f0: pd.DataFrame, f1: pd.DataFrame) -> dict[str, Array]:
    (level0, mix0), (level1, mix1) = _level_and_mix(f0), _level_and_mix(f1)
    change = new.L - old.L
    first = change @ mix1 * level1, old.L @ (mix1 - mix0) * level1, old.L @ mix0
    second = change @ mix0 * level0, new.L @ (mix1 - mix0) * level0, new.L @ mix1
    return {
        "technology": (first[0] + second[0]) / 2,
        "mix": (first[1] + second[1]) / 2,
        "level": (first[2] + second[2]) / 2 * (level1 - level0),
    }


def _uses(table: IOTable) -> pd.DataFrame:
    """Give final demand with competing imports and the discrepancy as categories."""
    uses = table.final_demand.copy()
    if table.competing is not None:
        uses["IM"] = -table.competing
    if table.error is not None:
        uses["ERR"] = table.error
    return uses


def decomposition_table(before: IOTable, after: IOTable) -> pd.DataFrame:
    """Give the rows of decomposition.csv: what made outputs change between two tables.

    ``demand`` is that of all categories together. Where imports compete, they enter as a category
    of final demand below 0, and so does the discrepancy that the office prints.
    """
    found = structural_decomposition(
        (before.transactions, before.output, _uses(before)),
        (after.transactions, after.output, _uses(after)),
    )
    demand = found["change"] - found["technology"]
    found.insert(found.columns.get_loc("technology") + 1, "demand", demand)
    return found.rename_axis("sector").reset_index()
