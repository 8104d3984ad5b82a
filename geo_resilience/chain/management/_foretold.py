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
from geo_resilience.statistics._surrogates import link_patterns, surrogates

#: Regions that a rank correlation needs.
_FEWEST = 4


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
    generator = np.random.default_rng(rng)
    rows: list[dict[str, object]] = []
    for name, panel in outcomes.items():
        growth = panel.pct_change(axis=1, fill_method=None).where(panel.shift(axis=1) > 0)
        years = [year for year in risk.columns if year in panel and year + 1 in panel]
        after = growth.reindex(index=risk.index, columns=[year + 1 for year in years])
        rows += _by_year(str(name), risk[years], after, links, draws, generator)
    columns = ["variable", "year", "years", "n", "spearman", "p_value"]
    table = pd.DataFrame(rows, columns=columns).astype({"year": "Int64"})
    return table.assign(p_holm=holm(table["p_value"].where(table["year"].isna())))


def _by_year(
    name: str,
    risk: pd.DataFrame,
    after: pd.DataFrame,
    links: pd.Series | None,
    draws: int,
    rng: np.random.Generator,
) -> list[dict[str, object]]:
    seen, grown = risk.to_numpy(float).T, after.to_numpy(float).T
    drawn = surrogates(grown, link_patterns(links, risk.index), draws, rng)
    rows: list[dict[str, object]] = []
    found = []
    for place, year in enumerate(risk.columns):
        there = np.isfinite(seen[place]) & np.isfinite(grown[place])
        if there.sum() < _FEWEST or np.ptp(seen[place][there]) == 0:
            continue
        fields = np.vstack([grown[place][there], drawn[:, place][:, there]])
        found.append(_spearman(seen[place][there], fields))
        row = {"variable": name, "year": year, "years": 1, "n": int(there.sum())}
        rows.append(row | {"spearman": found[-1][0], "p_value": _p(found[-1])})
    if not found:
        return []
    mean, most = np.mean(found, axis=0), max(int(row["n"]) for row in rows)  # type: ignore[call-overload]
    whole = {"variable": name, "year": None, "years": len(found), "n": most}
    return [*rows, whole | {"spearman": mean[0], "p_value": _p(mean)}]


def _spearman(seen: Array, fields: Array) -> Array:
    """Correlate the ranks of one field with those of many."""
    ranks, others = rankdata(seen), rankdata(fields, axis=1)
    ranks = ranks - ranks.mean()
    others = others - others.mean(axis=1, keepdims=True)
    spread = np.sqrt((ranks @ ranks) * np.square(others).sum(axis=1))
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(others @ ranks / spread)


def _p(values: Array) -> float:
    """Give the two-sided p of the first value among the rest."""
    first, rest = values[0].round(12), values[1:].round(12)
    above, below = (rest >= first).sum(), (rest <= first).sum()
    return float(two_sided(above, below, len(rest), exact=False))
