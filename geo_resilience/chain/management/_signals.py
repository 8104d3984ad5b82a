"""Thresholds that would have warned of past crises: the signals approach."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo_resilience.errors import InputError, Problems

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


def _counts(signal: NDArray[np.bool_], ahead: NDArray[np.bool_]) -> tuple[int, int, int, int]:
    hit, false_alarm = int((signal & ahead).sum()), int((signal & ~ahead).sum())
    missed, quiet = int((~signal & ahead).sum()), int((~signal & ~ahead).sum())
    return hit, false_alarm, missed, quiet


def _best(
    values: pd.Series, ahead: NDArray[np.bool_], sign: str, grid: Sequence[float], least: float
) -> dict[str, float]:
    """Try every quantile of the grid; keep the least noise per signal, then the more caught."""
    rows = []
    for quantile in grid:
        cut = float(values.quantile(quantile if sign == "+" else 1 - quantile))
        signal = (values <= cut if sign == "+" else values >= cut).to_numpy()
        hit, false_alarm, missed, quiet = _counts(signal, ahead)
        caught = hit / (hit + missed)
        noise = false_alarm / (false_alarm + quiet)
        rows.append(
            {
                "threshold": cut,
                "quantile": quantile,
                "noise_to_signal": noise / caught if caught > 0 else np.inf,
                "caught": caught,
                "noise": noise,
                "precision": hit / (hit + false_alarm) if hit + false_alarm else np.nan,
            }
        )
    eligible = [row for row in rows if row["caught"] >= least] or rows
    return min(eligible, key=lambda row: (round(row["noise_to_signal"], 12), -row["caught"]))


def signal_thresholds(
    frame: pd.DataFrame,
    crisis: pd.Series,
    directions: Mapping[str, str] | pd.Series,
    *,
    horizon: int = 1,
    grid: Sequence[float] = _GRID,
    least_caught: float = 0.25,
) -> pd.DataFrame:
    """Learn a threshold for each indicator from the crises that followed.

    A signal (value at or beyond the threshold) is good if a crisis comes within the horizon. With
    A good signals, B false ones, C missed crises and D quiet years the noise-to-signal ratio is
    ``(B / (B + D)) / (A / (A + C))``; of the quantiles of the bad tail the one with the least is
    taken. A ratio of 1 or more says the indicator warns no better than chance.

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

    Returns
    -------
    DataFrame
        A row an indicator; columns direction, threshold, quantile, noise_to_signal, caught
        (A / (A + C)), noise (B / (B + D)), precision (A / (A + B)), base_rate (crises over all
        rows: precision without skill), n and useful (ratio below 1).

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
    rows = {}
    for code in frame.columns:
        usable = ahead.notna() & frame[code].notna()
        comes = ahead[usable].to_numpy(dtype=bool)
        if not comes.any() or comes.all():
            raise InputError("chain.no_crisis", indicator=code, crises=int(comes.sum()))
        best = _best(frame.loc[usable, code], comes, signs[code], grid, least_caught)
        rows[code] = {"direction": signs[code], **best, "base_rate": comes.mean()}
        rows[code] |= {"n": len(comes), "useful": best["noise_to_signal"] < 1}
    return pd.DataFrame.from_dict(rows, orient="index")
