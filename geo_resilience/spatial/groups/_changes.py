"""What changed from the first year to the last: the mean, gaps, Moran's I; neighbors kept alike.

The years of a region resemble each other, and so do the changes of neighbors. Taking each region
with itself removes the first; the spatial error model allows for the second. The changes of one
panel are one field, so that a change of a gap is the gap of the changes.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo_resilience.errors import InputError
from geo_resilience.spatial.autocorrelation._global import deviations, linked
from geo_resilience.spatial.autocorrelation._tables import wide_of
from geo_resilience.spatial.groups._coefficient import UNKNOWN, Interval
from geo_resilience.spatial.groups._gaps import SpatialGap, bounded, groups_within, sides_of
from geo_resilience.spatial.groups._likelihood_ratio import ErrorModel, fitted_on
from geo_resilience.spatial.neighbors._alignment import Linked, align, by_year, numbers_of
from geo_resilience.spatial.neighbors._links import Links
from geo_resilience.statistics._arrays import Array
from geo_resilience.statistics._repetitions import BOOTSTRAP_DRAWS, NULL_DRAWS, Rng
from geo_resilience.statistics._trends import mann_kendall
from geo_resilience.tables import CATALOG

_TOLD = ["year", "measure", "value"]

#: Least regions of which Moran's I is compared.
_LEAST = 8

#: Cells of a field times its draws, and the draws that there are at least.
_CELLS, _FEWEST = 1_000_000, 199

#: Steps of lambda's grid between which the spread of a change is interpolated.
_EVERY = 5


def moran_change(
    panel: pd.DataFrame, neighbors: Linked, *, draws: int = BOOTSTRAP_DRAWS, rng: Rng = None
) -> pd.DataFrame:
    """Test whether Moran's I changed from the first year to the last.

    Parameters
    ----------
    panel : DataFrame
        Index (adcode, year), at least two years; a column a variable.
    neighbors : Neighbors or libpysal.graph.Graph
        Over the same keys, the same for every year.
    draws : int
        Draws of the bootstrap; fewer of very many regions, as the column says.
    rng : None, int or numpy.random.Generator

    Returns
    -------
    DataFrame
        A row a variable (index): first, last, change, p_change (two-sided; NaN below eight regions
        or where very many have many links each), slope (of I on the year, a description),
        first_year, last_year, draws.

    Notes
    -----
    Both years are standardized to s and t. With ``M = (s + t) / 2``, ``D = (t - s) / 2`` and
    ``V = (W + W') / 2`` the change is ``I_t - I_s = 4 D' V M / S0``. Where both years are drawn
    from one field, however strongly they persist and neighbors are alike, D and M are uncorrelated
    (the idea of Pitman and Morgan for two variances [1]_ [2]_), so that both are drawn apart: each
    from a spatial error model with a lambda of its own, by restricted likelihood. Persistence
    and levels of regions are thus kept. Observed and drawn changes are divided by the root of the
    standard deviation that their own two lambdas imply: undivided, changes are found too often
    under middling dependence, divided by the whole of it too rarely under a strong one. Size and
    power are simulated in ``benchmarks/calibrations/changes.py``.

    .. [1] Pitman, E. J. G. (1939). A note on normal correlation. Biometrika 31, 9-12.
    .. [2] Morgan, W. A. (1939). A test for the significance of the difference between the two
       variances in a sample from a normal bivariate population. Biometrika 31, 13-19.

    Examples
    --------
    >>> from libpysal.graph import Graph
    >>> row = Graph.from_arrays(list("abbccd"), list("bacbdc"), [1.0] * 6).transform("r")
    >>> index = pd.MultiIndex.from_product([list("abcd"), [2022, 2023]])
    >>> y = pd.DataFrame({"score": [1.0, 1, 2, 1, 1, 2, 2, 2]}, index)
    >>> found = moran_change(y, row, draws=99, rng=0)
    >>> found[["first", "last", "change"]].round(3).values.tolist()
    [[-1.0, 0.5, 1.5]]
    """
    wide = wide_of(panel)
    years = np.array(wide.columns.get_level_values(0).unique())
    if len(years) < 2:
        raise InputError("spatial.years_needed", found=len(years), least=2)
    kept = linked(align(wide, neighbors, name="panel"))
    n, matrix = len(kept.values), kept.links.matrix
    draws = min(draws, max(_FEWEST, _CELLS // n))
    tested = n >= _LEAST and fitted_on(kept.links)
    null = _SameField(kept.links, draws, rng) if tested else None
    cube = kept.values.reshape(n, len(years), -1)
    apart = (years - years.mean()).astype(float)
    rows: dict[Any, tuple[float, ...]] = {}
    for place, variable in enumerate(panel.columns):
        z, flat = deviations(cube[:, :, place])
        if flat.any():
            rows[variable] = (np.nan,) * 5
            continue
        z = z / z.std(axis=0)
        each = (z * (matrix @ z)).sum(axis=0) / matrix.sum()
        p = np.nan if null is None else null.p_value(z[:, :1], z[:, -1:])
        slope = float(apart @ each / np.square(apart).sum())
        rows[variable] = (each[0], each[-1], each[-1] - each[0], p, slope)
    columns = ["first", "last", "change", "p_change", "slope"]
    table = pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("variable")
    return table.assign(first_year=years[0], last_year=years[-1], draws=draws)


class _SameField:
    """Changes of Moran's I between two years of one field, drawn by their mean and difference."""

    def __init__(self, links: Links, draws: int, rng: Rng) -> None:
        one, other = np.random.default_rng(rng).spawn(2)
        self._models = [ErrorModel(links, draws=draws, rng=each) for each in (one, other)]
        self._matrix = (links.matrix + links.matrix.T) / 2
        self._log_spread = self._spreads()

    def p_value(self, first: Array, last: Array) -> float:
        """Give the share of drawn changes as large, the observed one included; NaN without any."""
        parts = (first + last) / 2, (last - first) / 2
        sizes = [float(np.square(each).sum()) for each in parts]
        if min(sizes) < 1e-20:
            return float("nan")
        observed, places = self._change(first, last)
        middle, half = (
            self._drawn(*each) for each in zip(self._models, places[:, 0], sizes, strict=True)
        )
        drawn, _ = self._change(middle - half, middle + half)
        as_large = (np.abs(drawn) >= abs(observed[0]) - 1e-12).sum()
        return float((1 + as_large) / (1 + len(drawn)))

    def _drawn(self, model: ErrorModel, place: int, size: float) -> Array:
        fields = model.drawn(place)
        fields = fields - fields.mean(axis=0)
        return np.asarray(fields * np.sqrt(size / np.square(fields).sum(axis=0).mean()))

    def _change(self, first: Array, last: Array) -> tuple[Array, NDArray[np.intp]]:
        """Give the change over the root of its spread, by column, and the lambdas' places."""
        s, t = (each - each.mean(axis=0) for each in (first, last))
        s, t = s / s.std(axis=0), t / t.std(axis=0)
        middle, half = (s + t) / 2, (t - s) / 2
        pair = zip(self._models, (middle, half), strict=True)
        places = np.array([model.likeliest(each) for model, each in pair])
        size = np.sqrt(np.square(middle).sum(axis=0) * np.square(half).sum(axis=0))
        spread = size * np.exp(self._log_spread[places[0], places[1]])
        return (half * (self._matrix @ middle)).sum(axis=0) / np.sqrt(spread), places

    def _spreads(self) -> Array:
        """Give ln of the deviation of D'VM by both lambdas: ``tr(V C_M V C_D) / 2`` in logs."""
        steps = np.arange(len(self._models[0].grid))
        few = steps[::_EVERY]
        one, other = ([model.spread(place) for place in few] for model in self._models)
        lagged = [self._matrix @ each for each in one]
        found = np.array([[np.square(root.T @ each).sum() for root in other] for each in lagged])
        found = np.log(np.maximum(found, 1e-300)) / 2
        for _ in range(2):
            found = np.array([np.interp(steps, few, row) for row in found]).T
        return found


def gaps_trend(
    scores: pd.Series,
    table: pd.DataFrame,
    groupings: Any = None,
    neighbors: Linked | None = None,
    *,
    draws: int = NULL_DRAWS,
    rng: Rng = None,
) -> pd.DataFrame:
    """Tell how the mean and each measure of a table of gaps changed: the table gaps_trend.

    p_change, low, high (95 %) and estimate are of the change of the mean and of gaps from the first
    year to the last: the same test and interval as `gap_interval` has, of the regions' changes; the
    mean is tested as the constant of the spatial error model. They need neighbors. n_effective says
    how many independent regions the last year's mean is worth. Slope by Theil and Sen, a year, and
    s by Mann and Kendall describe: years that follow each other are alike.
    """
    years = by_year(scores)
    tested: dict[str, Interval] = {}
    worth = float("nan")
    if neighbors is not None and len(years) > 1:
        first, last = years[0][1], years[-1][1].loc[years[0][1].index]
        stream = np.random.default_rng(rng).spawn(1)[0]
        model = SpatialGap(first.index, neighbors, draws=draws, rng=stream)
        tested = _of_change(last - first, groupings, model)
        worth = model.independent(numbers_of(last, name="scores"))
    means = pd.DataFrame([(year, "mean", part.mean()) for year, part in years], columns=_TOLD)
    known = pd.concat([means, table[_TOLD]]).dropna(subset=["value"]).sort_values("year")
    rows = []
    for measure in dict.fromkeys(["mean", *table["measure"]]):
        part = known[known["measure"] == measure]
        if part.empty:
            continue
        values = part["value"].to_numpy(dtype=float)
        trend = mann_kendall(values, part["year"].to_numpy(dtype=float))
        span = (len(part), part["year"].iloc[0], part["year"].iloc[-1])
        ends = (*span, values[0], values[-1], values[-1] - values[0])
        found = tested.get(measure, UNKNOWN)
        n = worth if measure == "mean" else float("nan")
        rows.append((measure, *ends, *bounded(found), found.estimate, n, trend.slope, trend.s))
    return pd.DataFrame(rows, columns=CATALOG["gaps_trend"].names)


def _of_change(change: pd.Series, groupings: Any, model: SpatialGap) -> dict[str, Interval]:
    """Test the mean and the gaps of the regions' changes."""
    groups, y = groups_within(groupings, change.index)[0], numbers_of(change, name="scores")
    model.expect(groups)
    gaps = {measure: model.measured(y, measure, groups) for measure in sides_of(groups)}
    return {"mean": model.mean(y), **gaps}
