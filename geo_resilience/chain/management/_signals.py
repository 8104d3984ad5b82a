"""Thresholds that would have warned of past crises: the signals approach, tried on unseen years."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from geo_resilience.errors import InputError, Problems
from geo_resilience.statistics._arrays import Array, Truths, Whole
from geo_resilience.statistics._certainty import ALPHA
from geo_resilience.statistics._multiplicity import holm
from geo_resilience.statistics._repetitions import NULL_DRAWS, Rng
from geo_resilience.statistics._surrogates import Bands, link_patterns, surrogates

_GRID = tuple(step / 20 for step in range(1, 11))


def crises_ahead(crisis: pd.Series, *, horizon: int = 1) -> pd.Series:
    """Say for each region and year whether a crisis comes within the horizon."""
    if horizon < 1:
        raise InputError("chain.horizon", found=horizon)
    if crisis.index.nlevels != 2:
        raise InputError("chain.index_levels", found=crisis.index.nlevels)
    known = {key: bool(value) for key, value in crisis.items() if pd.notna(value)}
    found: list[object] = []
    for region, year in crisis.index:
        ahead = [known.get((region, year + step)) for step in range(1, horizon + 1)]
        if any(ahead):
            found.append(True)
        else:
            found.append(pd.NA if None in ahead else False)
    return pd.Series(pd.array(found, dtype="boolean"), index=crisis.index, name="ahead")


def _cuts(values: Array, grid: Array) -> Array:
    """Give the quantiles of each row, as NumPy interpolates them: shape (rows, grid)."""
    ordered = np.sort(values, axis=1)
    places = grid * (values.shape[1] - 1)
    below = np.floor(places).astype(int)
    above = np.minimum(below + 1, values.shape[1] - 1)
    low = ordered[:, below]
    return np.asarray(low + (ordered[:, above] - low) * (places - below))


def _shares(signal: Truths, ahead: Truths) -> tuple[Array, Array]:
    """Give the shares of crises and of quiet rows with a signal, along the last axis."""
    with np.errstate(invalid="ignore"):
        caught = (signal & ahead).sum(axis=-1) / ahead.sum()
        noise = (signal & ~ahead).sum(axis=-1) / (~ahead).sum()
    return caught, noise


def _learned(values: Array, ahead: Truths, grid: Array, least: float) -> tuple[Array, Whole]:
    """Take of each row of values the cut with the least noise per signal, then the most caught.

    Low values warn. Gives the cut and its place in the grid; NaN where no crisis comes.
    """
    cuts = _cuts(values, grid)
    shares = [_shares(values <= cut[:, None], ahead) for cut in cuts.T]
    caught, noise = (np.column_stack(each) for each in zip(*shares, strict=True))
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(caught > 0, noise / caught, np.inf).round(12)
    eligible = (caught >= least) | ~(caught >= least).any(axis=1, keepdims=True)
    best = np.lexsort((-caught, ratio, ~eligible), axis=1)[:, 0]
    cut = cuts[np.arange(len(values)), best]
    return np.where(ahead.any() and not ahead.all(), cut, np.nan), best.astype(np.int64)


def _unseen(
    values: Array, ahead: Truths, years: Whole, grid: Array, least: float
) -> tuple[Array, Array]:
    """Learn without each year in turn and try on it: the shares caught and of false alarms."""
    signal = np.zeros(values.shape, dtype=bool)
    for year in np.unique(years):
        out = years == year
        if not out.all():
            cut = _learned(values[:, ~out], ahead[~out], grid, least)[0]
            signal[:, out] = values[:, out] <= cut[:, None]
    return _shares(signal, ahead)


def signal_thresholds(
    frame: pd.DataFrame,
    crisis: pd.Series,
    directions: Mapping[str, str] | pd.Series,
    *,
    horizon: int = 1,
    grid: Sequence[float] = _GRID,
    least_caught: float = 0.25,
    links: pd.Series | None = None,
    draws: int | None = None,
    rng: Rng = None,
) -> pd.DataFrame:
    """Learn a threshold for each indicator from the crises that followed, and try it.

    A signal (value at or beyond the threshold) is good if a crisis comes within the horizon. With
    A good signals, B false ones, C missed crises and D quiet years the noise-to-signal ratio is
    ``(B / (B + D)) / (A / (A + C))``; of the quantiles of the bad tail the one with the least is
    taken [1]_. Taken from the same rows it is below 1 for most indicators of pure noise. So each
    year is left out in turn, the threshold is learned from the others, and tried on it; what is
    caught there beyond false alarms, ``A / (A + C) - B / (B + D)``, is compared with that of
    indicators as dependent in space and time that have nothing to do with the crises.

    Parameters
    ----------
    frame : DataFrame, rows MultiIndex (region, year), columns indicators
    crisis : Series of bool, the same rows
    directions : mapping of indicator to "+" (low values warn) or "-"
    horizon : int
        Years ahead in which the crisis has to come.
    grid : sequence of float
        Quantiles tried, between 0 and 1.
    least_caught : float
        Thresholds that catch a smaller share of the crises are passed over (one lucky signal has a
        ratio of 0), unless all do.
    links : Series by (focal, neighbor), optional
        Who neighbors whom, as the adjacency of a Graph, so that the draws are as dependent in space
        as the indicator; without it whole regions are exchanged.
    draws : int, optional
        Of such indicators; without it so many that the corrected p can be small.
    rng : None, int or Generator

    Returns
    -------
    DataFrame
        A row an indicator; columns direction, threshold, quantile, noise_to_signal, caught
        (A / (A + C)), noise (B / (B + D)), precision (A / (A + B)), base_rate (crises over all
        rows: precision without skill), n, caught_unseen and noise_unseen (the same in the years
        left out), p_value (share of draws that do as well there or better), p_holm (over the
        indicators) and useful (p_holm at most 0.05). With a single year p is blank.

    Raises
    ------
    InputError
        If there is no crisis or no quiet year, or a direction is unknown.

    References
    ----------
    .. [1] Kaminsky, G., Lizondo, S. and Reinhart, C. M. (1998). Leading indicators of currency
       crises. IMF Staff Papers 45(1), 1-48.

    Examples
    --------
    >>> index = pd.MultiIndex.from_product([range(10), [2019, 2020]])
    >>> low = pd.DataFrame({"D1": [i for i in range(10) for _ in (0, 1)]}, index)
    >>> crisis = pd.Series([i < 2 and year == 2020 for i, year in index], index)
    >>> found = signal_thresholds(low, crisis, {"D1": "+"})
    >>> found[["threshold", "noise_to_signal", "caught"]].to_numpy().round(2).tolist()
    [[1.35, 0.0, 1.0]]
    """
    signs = {str(code): str(sign).strip().replace("−", "-") for code, sign in directions.items()}
    problems = Problems()
    for code in frame.columns:
        if signs.get(code) not in {"+", "-"}:
            problems.add("chain.direction", row=code, found=signs.get(code), known=["+", "-"])
    problems.raise_if_any()
    ahead = crises_ahead(crisis, horizon=horizon).reindex(frame.index)
    generator, enough = np.random.default_rng(rng), max(NULL_DRAWS, 100 * frame.shape[1])
    patterns = link_patterns(links, frame.index.get_level_values(0).unique().sort_values())
    rows = {}
    for code in frame.columns:
        comes = ahead[ahead.notna() & frame[code].notna()].astype(bool)
        if not comes.any() or comes.all():
            raise InputError("chain.no_crisis", indicator=code, crises=int(comes.sum()))
        sign = 1.0 if signs[code] == "+" else -1.0
        worse = sign * frame[code].astype(float)
        rows[code] = {"direction": signs[code], **_fitted(worse, comes, sign, grid, least_caught)}
        rows[code] |= {"base_rate": comes.mean(), "n": len(comes)}
        tried = (np.asarray(grid, float), least_caught, patterns, draws or enough, generator)
        rows[code] |= _tried(worse, comes, *tried)
    table = pd.DataFrame.from_dict(rows, orient="index")
    table["p_holm"] = holm(table["p_value"])
    return table.assign(useful=table["p_holm"] <= ALPHA)


def _fitted(
    worse: pd.Series, comes: pd.Series, sign: float, grid: Sequence[float], least: float
) -> dict[str, float]:
    """Give the threshold over all rows and how it does on them."""
    values, ahead = worse[comes.index].to_numpy(), comes.to_numpy()
    (cut,), (place,) = _learned(values[None], ahead, np.asarray(grid, float), least)
    signal = values <= cut
    caught, noise = _shares(signal, ahead)
    return {
        "threshold": sign * cut,
        "quantile": grid[place],
        "noise_to_signal": float(noise / caught) if caught > 0 else np.inf,
        "caught": float(caught),
        "noise": float(noise),
        "precision": float(ahead[signal].mean()) if signal.any() else np.nan,
    }


def _tried(
    worse: pd.Series,
    comes: pd.Series,
    grid: Array,
    least: float,
    patterns: Array | Bands | None,
    draws: int,
    rng: np.random.Generator,
) -> dict[str, float]:
    """Give the shares in the years left out, and how often chance does as well."""
    panel = worse.unstack(level=0).sort_index(axis=0).sort_index(axis=1)
    used = comes.reindex(panel.stack(future_stack=True).swaplevel().index)
    there = used.notna().to_numpy()
    ahead = used[there].to_numpy(dtype=bool)
    years = np.repeat(np.arange(len(panel)), panel.shape[1])[there]
    values = panel.to_numpy()
    seen = values.ravel()[there]
    drawn = surrogates(values, patterns, draws, rng).reshape(draws, -1)[:, there]
    fields = np.empty((draws + 1, len(seen)))
    fields[0] = seen  # the draws have the very values of what was seen, ties too, by their order
    np.put_along_axis(fields[1:], np.argsort(drawn, axis=1), np.sort(seen)[None], axis=1)
    caught, noise = _unseen(fields, ahead, years, grid, least)
    skill = (caught - noise).round(12)
    p = float((skill >= skill[0]).mean()) if len(np.unique(years)) > 1 else np.nan
    return {"caught_unseen": caught[0], "noise_unseen": noise[0], "p_value": p}
