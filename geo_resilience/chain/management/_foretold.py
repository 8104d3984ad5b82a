"""Whether warnings came before anything: risk against what happened in the year after."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from scipy.stats import rankdata

from geo_resilience.statistics._arrays import Array
from geo_resilience.statistics._multiplicity import holm
from geo_resilience.statistics._permutation import two_sided
from geo_resilience.statistics._repetitions import NULL_DRAWS, Rng
from geo_resilience.statistics._surrogates import Bands, link_patterns, surrogate_source

#: Regions that a rank correlation needs.
_FEWEST = 4

#: Numbers drawn at once.
_TOGETHER = 2_000_000


def foretold(
    risk: pd.DataFrame,
    outcomes: Mapping[str, pd.DataFrame],
    *,
    links: pd.Series | None = None,
    draws: int = NULL_DRAWS,
    rng: Rng = None,
) -> pd.DataFrame:
    """Correlate each year's risk with the growth from that year to the next, region by region.

    p is two-sided, against growth that is as dependent in space and time and has nothing to do
    with the risk (`surrogates`). Warnings that come before harm have a negative correlation.

    - ``risk``, rows regions, columns years
    - ``outcomes``, rows regions, columns years
    - ``links`` (Series by (focal, neighbor)): who neighbors whom.

    Returns a row a name and year of the risk, then one of all years (year missing: the mean of the
    correlations); columns variable, year, years, n, spearman, p_value and, in the rows of all
    years, p_holm (over the names).
    """
    generator, patterns = np.random.default_rng(rng), link_patterns(links, risk.index)
    rows: list[dict[str, object]] = []
    for name, panel in outcomes.items():
        growth = panel.pct_change(axis=1, fill_method=None).where(panel.shift(axis=1) > 0)
        years = [year for year in risk.columns if year in panel and year + 1 in panel]
        after = growth.reindex(index=risk.index, columns=[year + 1 for year in years])
        rows += _by_year(str(name), risk[years], after, patterns, draws, generator)
    columns = ["variable", "year", "years", "n", "spearman", "p_value"]
    table = pd.DataFrame(rows, columns=columns).astype({"year": "Int64"})
    return table.assign(p_holm=holm(table["p_value"].where(table["year"].isna())))


def _by_year(
    name: str,
    risk: pd.DataFrame,
    after: pd.DataFrame,
    patterns: Array | Bands | None,
    draws: int,
    rng: np.random.Generator,
) -> list[dict[str, object]]:
    seen, grown = risk.to_numpy(float).T, after.to_numpy(float).T
    there = np.isfinite(seen) & np.isfinite(grown)
    told = [
        place
        for place, used in enumerate(there)
        if used.sum() >= _FEWEST and np.ptp(seen[place][used]) > 0
    ]
    found = [[_spearman(seen[each][there[each]], grown[[each]][:, there[each]])] for each in told]
    source, step = surrogate_source(grown, patterns), max(1, _TOGETHER // max(grown.size, 1))
    for start in range(0, draws, step):
        drawn = source(min(step, draws - start), rng)
        for each, part in zip(told, found, strict=True):
            used = there[each]
            part.append(_spearman(seen[each][used], drawn[:, each][:, used]))
    joined = [np.concatenate(part) for part in found]
    rows: list[dict[str, object]] = [
        {
            "variable": name,
            "year": risk.columns[each],
            "years": 1,
            "n": int(there[each].sum()),
            "spearman": part[0],
            "p_value": _p(part),
        }
        for each, part in zip(told, joined, strict=True)
    ]
    if not rows:
        return []
    mean, most = np.mean(joined, axis=0), max(int(row["n"]) for row in rows)  # type: ignore[call-overload]
    whole = {"variable": name, "year": None, "years": len(joined), "n": most}
    return [*rows, whole | {"spearman": mean[0], "p_value": _p(mean)}]


def _spearman(seen: Array, fields: Array) -> Array:
    """Correlate the ranks of one field with those of many."""
    ranks = rankdata(seen)
    ranks = ranks - ranks.mean()
    order = np.argsort(fields, axis=1)
    if (np.diff(np.take_along_axis(fields, order, axis=1), axis=1) > 0).all():
        products = ranks[order] @ np.arange(len(ranks))
        squares = len(ranks) * (len(ranks) ** 2 - 1) / 12
    else:
        others = rankdata(fields, axis=1)
        others = others - others.mean(axis=1, keepdims=True)
        products, squares = others @ ranks, np.square(others).sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(products / np.sqrt((ranks @ ranks) * squares))


def _p(values: Array) -> float:
    """Give the two-sided p of the first value among the rest."""
    first, rest = values[0].round(12), values[1:].round(12)
    above, below = (rest >= first).sum(), (rest <= first).sum()
    return float(two_sided(above, below, len(rest), exact=False))
