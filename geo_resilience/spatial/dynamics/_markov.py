"""How the distribution moves: Markov chains, alone and by the company regions keep."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from geo_resilience.errors import InputError
from geo_resilience.notes import Note
from geo_resilience.spatial.dynamics._panel import wide_panel
from geo_resilience.spatial.neighbors._alignment import Linked, weight_matrix
from geo_resilience.spatial.regression._impacts import spawned
from geo_resilience.statistics._repetitions import SLOW_PERMUTATIONS, Rng


@dataclass(frozen=True, eq=False)
class SpatialMarkov:
    """Markov chains by the class of the neighbors' mean in the first of the two years.

    `chains` and the stacked counts, probabilities, steady_state and shorrocks are by class of the
    lag, from 1; `overall` is without regard to neighbors; `tests` has rows LR and chi-squared.
    """

    overall: Markov
    chains: dict[int, Markov]
    counts: pd.DataFrame
    probabilities: pd.DataFrame
    steady_state: pd.DataFrame
    shorrocks: pd.Series
    tests: pd.DataFrame
    notes: tuple[Note, ...] = field(default=())


def quantile_cuts(values: np.ndarray, classes: int | Sequence[float]) -> np.ndarray:
    """Give the upper bounds of all classes but the last: quantiles, or the cuts given."""
    if not isinstance(classes, int | np.integer):
        cuts = np.asarray(list(classes), dtype=float)
        if cuts.size == 0 or (np.diff(cuts) <= 0).any():
            raise InputError("regression.cuts_not_rising", cuts=list(cuts))
        return cuts
    if classes < 2:
        raise InputError("regression.few_classes", given=classes)
    cuts = np.quantile(values, np.arange(1, classes) / classes)
    if np.unique(cuts).size < cuts.size or cuts[-1] >= values.max():
        raise InputError("regression.too_many_ties", classes=classes)
    return np.asarray(cuts)


def _transitions(before: np.ndarray, after: np.ndarray, k: int) -> np.ndarray:
    return np.bincount((before * k + after).ravel(), minlength=k * k).reshape(k, k)


def markov(panel: pd.DataFrame, classes: int | Sequence[float] = 4) -> Markov:
    """Count how regions move between classes from year to year.

    Parameters
    ----------
    panel : DataFrame
        Rows regions, columns years.
    classes : int or sequence of float
        Number of quantile classes, pooled over all years, or upper bounds of all classes but
        the last (bound included).

    Returns
    -------
    Markov

    References
    ----------
    .. [1] Quah, D. (1993). Empirical cross-section dynamics in economic growth. European
       Economic Review, 37(2-3), 426-434.
    .. [2] Shorrocks, A. F. (1978). The measurement of mobility. Econometrica, 46(5), 1013-1024.
    .. [3] Prais, S. J. (1955). Measuring social mobility. Journal of the Royal Statistical
       Society A, 118(1), 56-66.

    Examples
    --------
    >>> panel = pd.DataFrame({2018: [1, 2, 3, 4], 2019: [1, 3, 2, 4]}, index=list("abcd"))
    >>> markov(panel, classes=2).counts.to_numpy().tolist()
    [[1, 1], [1, 1]]
    """
    values = wide_panel(panel).to_numpy()
    cuts = quantile_cuts(values, classes)
    states = np.searchsorted(cuts, values, side="left")
    return chain_of(_transitions(states[:, :-1], states[:, 1:], cuts.size + 1), cuts)


def spatial_markov(
    panel: pd.DataFrame,
    neighbors: Linked,
    classes: int | Sequence[float] = 4,
    *,
    lag_classes: int | Sequence[float] | None = None,
    permutations: int | None = None,
    rng: Rng = None,
) -> SpatialMarkov:
    """Count moves by the class of the neighbors' mean.

    Parameters
    ----------
    panel, classes
        As in `markov`.
    neighbors : Neighbors or libpysal.graph.Graph
        Its weights; row-standardized for a mean.
    lag_classes : int or sequence of float, optional
        The same for the lag, whose quantiles are its own; `classes` (its number) when left out.
    permutations : int, optional
        Random relabelings of the regions' whole histories, for p_sim; 0 for none, the house's
        default for slow tests if left out.
    rng : None, int or numpy.random.Generator
        Source of the relabelings.

    Returns
    -------
    SpatialMarkov
        ``overall``: the `Markov` without regard to neighbors; ``chains`` by class of the lag, from
        1, and stacked ``counts``, ``probabilities``, ``steady_state``, ``shorrocks``; ``tests``: LR
        and chi-squared; ``notes``.

    Notes
    -----
    The tests compare each lag class's probabilities with those of all: LR = 2 sum n ln(p_l / p)
    and chi-squared = sum n_l. (p_l - p)^2 / p, with a degree of freedom for each possible
    transition less one a row that both have [1]_, [2]_. With few transitions a cell the chi-squared
    distribution is far off, and regions' histories hang together in space: read p_sim.

    References
    ----------
    .. [1] Bickenbach, F. and Bode, E. (2003). Evaluating the Markov property in studies of
       economic convergence. International Regional Science Review, 26(3), 363-392.
    .. [2] Rey, S. J. (2001). Spatial empirics for economic growth and convergence. Geographical
       Analysis, 33(3), 195-214.

    Examples
    --------
    >>> from libpysal.graph import Graph
    >>> row = Graph.from_arrays(list("abbccd"), list("bacbdc"), [1.0] * 6).transform("r")
    >>> panel = pd.DataFrame({2022: [4.0, 3, 2, 1], 2023: [4.0, 2, 3, 1]}, list("abcd"))
    >>> found = spatial_markov(panel, row, classes=2, permutations=9, rng=0)
    >>> int(found.counts.to_numpy().sum())
    4
    """
    permutations = SLOW_PERMUTATIONS if permutations is None else permutations
    found = wide_panel(panel)
    values = found.to_numpy()
    matrix = weight_matrix(neighbors, list(found.index))
    cuts = quantile_cuts(values, classes)
    states = np.searchsorted(cuts, values, side="left")
    k = cuts.size + 1
    wanted = lag_classes if lag_classes is not None else k
    counts = _by_lag(values, states, matrix, wanted, k)
    labels = range(1, counts.shape[0] + 1)
    chains = {label: chain_of(part, cuts) for label, part in zip(labels, counts, strict=True)}
    overall = chain_of(counts.sum(axis=0), cuts)
    tests = homogeneity(counts)
    drawn = _permuted(values, states, matrix, wanted, k, permutations, spawned(rng))
    if permutations:
        above = (drawn >= tests["statistic"].to_numpy() - 1e-9).sum(axis=0)
        tests["p_sim"] = (above + 1) / (permutations + 1)
    else:
        tests["p_sim"] = np.nan
    tests["permutations"] = permutations
    return SpatialMarkov(
        overall,
        chains,
        _stack({label: chain.counts for label, chain in chains.items()}),
        _stack({label: chain.probabilities for label, chain in chains.items()}),
        pd.DataFrame({i: c.steady_state for i, c in chains.items()}).T.rename_axis("lag"),
        pd.Series({i: c.shorrocks for i, c in chains.items()}, name="shorrocks").rename_axis("lag"),
        tests,
        (*overall.notes, *_lag_remarks(counts)),
    )


def _lag_remarks(counts: np.ndarray) -> list[Note]:
    """Say which classes are empty beside some neighbors, and that transitions are few."""
    notes = []
    places = [f"{lag + 1}/{here + 1}" for lag, here in np.argwhere(counts.sum(axis=2) == 0)]
    if places:
        notes.append(Note("regression.empty_lag_classes", values={"places": places}))
    told = {"transitions": int(counts.sum()), "cells": int(counts.size)}
    if told["transitions"] < 5 * told["cells"]:
        notes.append(Note("regression.few_transitions", values=told))
    return notes


def _stack(parts: dict[int, pd.DataFrame]) -> pd.DataFrame:
    return pd.concat(parts, names=["lag"])


def _by_lag(
    values: np.ndarray, states: np.ndarray, matrix: Any, lag_classes: Any, k: int
) -> np.ndarray:
    """Count transitions by the lag's class, shape (lag classes, k, k)."""
    lag = matrix @ values
    cuts = quantile_cuts(lag, lag_classes)
    kind = np.searchsorted(cuts, lag[:, :-1], side="left")
    place = (kind * k + states[:, :-1]) * k + states[:, 1:]
    size = (cuts.size + 1) * k * k
    return np.bincount(place.ravel(), minlength=size).reshape(-1, k, k)


def _permuted(
    values: np.ndarray,
    states: np.ndarray,
    matrix: Any,
    lag_classes: Any,
    k: int,
    permutations: int,
    rng: np.random.Generator,
) -> np.ndarray:
    """Give both statistics for relabeled histories, shape (permutations, 2)."""
    found = np.empty((permutations, 2))
    for row in range(permutations):
        order = rng.permutation(values.shape[0])
        counts = _by_lag(values[order], states[order], matrix, lag_classes, k)
        found[row] = _statistics(counts)[:2]
    return found


def homogeneity(counts: np.ndarray) -> pd.DataFrame:
    """Test whether chains, shape (chains, k, k), share their probabilities: LR and chi-squared."""
    from scipy.special import chdtrc

    ratio, chi, df = _statistics(counts)
    table = pd.DataFrame({"statistic": [ratio, chi], "df": [df, df]}, index=["LR", "chi-squared"])
    p = chdtrc(df, table["statistic"].to_numpy()) if df > 0 else np.nan
    return table.rename_axis("test").assign(p=p)


def _statistics(counts: np.ndarray) -> tuple[float, float, int]:
    pooled = counts.sum(axis=0)
    leaving = counts.sum(axis=2, keepdims=True).astype(float)
    with np.errstate(invalid="ignore", divide="ignore"):
        p = pooled / pooled.sum(axis=1, keepdims=True)
        own = counts / leaving
        ratio = 2 * np.nansum(np.where(counts > 0, counts * np.log(own / p), 0.0))
        chi = np.nansum(np.where((p > 0) & (leaving > 0), leaving * (own - p) ** 2 / p, 0.0))
    rows = (leaving[:, :, 0] > 0).sum(axis=0)
    possible = (pooled > 0).sum(axis=1)
    df = int((np.maximum(possible - 1, 0) * np.maximum(rows - 1, 0)).sum())
    return float(ratio), float(chi), df


#: Transitions a row needs before its probabilities say much.
THIN = 10


@dataclass(frozen=True, eq=False)
class Markov:
    """A Markov chain of classes, from 1 (lowest).

    Parameters
    ----------
    counts, probabilities, se : DataFrame, shape (k, k)
        Rows the class of a year, columns that of the next. A class from which no transition starts
        has NaN probabilities.
    steady_state : Series
        Long-run shares. A class that no region is ever in is NaN and out of all that follows; all
        are NaN where more than one closed set of classes stands, or where a class is entered in
        the last year alone, so that nobody knows where it leads.
    first_passage : DataFrame
        Mean number of years from row's class to the first visit of column's (the diagonal:
        mean return); infinite where that may never come, NaN as for the steady state.
    shorrocks : float
        (k - trace P) / (k - 1) over the k classes that are there: 0 no move, 1 as much as without
        memory.
    prais : Series
        1 / (1 - p_ii): mean years in a class; infinite for one that is never left.
    mobility : Series
        determinant (1 - abs det P), second_eigenvalue (1 - abs lambda_2), bartholomew (sum_i pi_i
        sum_j p_ij abs(i - j) / (k - 1), pi the steady state: mean classes crossed in a year).
    cuts : ndarray
        Upper bounds of the classes but the last.
    """

    counts: pd.DataFrame
    probabilities: pd.DataFrame
    se: pd.DataFrame
    steady_state: pd.Series
    first_passage: pd.DataFrame
    shorrocks: float
    prais: pd.Series
    mobility: pd.Series
    cuts: np.ndarray
    notes: tuple[Note, ...] = ()


def chain_of(counts: np.ndarray, cuts: np.ndarray) -> Markov:
    """Make a Markov of counted transitions."""
    k = counts.shape[0]
    labels = pd.Index(range(1, k + 1), name="class")
    leaving = counts.sum(axis=1, keepdims=True).astype(float)
    with np.errstate(invalid="ignore", divide="ignore"):
        P = counts / leaving
        se = np.sqrt(P * (1 - P) / leaving)
        stay = 1 / (1 - np.diag(P))
    notes = _remarks(counts)
    there = (counts.sum(axis=0) + counts.sum(axis=1)) > 0
    kept = np.ix_(there, there)
    steady, passage = np.full(k, np.nan), np.full((k, k), np.nan)
    steady[there] = _steady_state(P[kept])
    passage[kept] = _first_passage(P[kept])

    def square(values: np.ndarray) -> pd.DataFrame:
        return pd.DataFrame(values, index=labels, columns=labels.rename("next"))

    indices = _mobility(P[kept], steady[there], np.flatnonzero(there))
    return Markov(
        square(counts),
        square(P),
        square(se),
        pd.Series(steady, index=labels, name="steady_state"),
        square(passage),
        indices.pop("shorrocks"),
        pd.Series(stay, index=labels, name="prais"),
        pd.Series(indices, name="mobility"),
        cuts,
        tuple(notes),
    )


def _remarks(counts: np.ndarray) -> list[Note]:
    """Say which classes no transition starts from, and from which few do."""
    leaving = counts.sum(axis=1)
    notes = []
    empty = [int(place) + 1 for place in np.flatnonzero(leaving == 0)]
    if empty:
        notes.append(Note("regression.empty_classes", values={"classes": empty}))
    thin = [int(place) + 1 for place in np.flatnonzero((leaving > 0) & (leaving < THIN))]
    if thin:
        notes.append(Note("regression.thin_classes", values={"classes": thin, "least": THIN}))
    return notes


def _mobility(P: np.ndarray, steady: np.ndarray, places: np.ndarray) -> dict[str, float]:
    """Give the indices of mobility of a chain without empty classes (Bartholomew, 1973)."""
    k = P.shape[0]
    names = ("shorrocks", "determinant", "second_eigenvalue", "bartholomew")
    if k < 2 or np.isnan(P).any():
        return dict.fromkeys(names, np.nan)
    second = np.sort(np.abs(np.linalg.eigvals(P)))[-2]
    crossed = np.abs(places[:, None] - places[None, :])
    return {
        "shorrocks": float((k - np.trace(P)) / (k - 1)),
        "determinant": float(1 - abs(np.linalg.det(P))),
        "second_eigenvalue": float(1 - second),
        "bartholomew": float(steady @ (P * crossed).sum(axis=1) / (k - 1)),
    }


def _steady_state(P: np.ndarray) -> np.ndarray:
    """Solve pi P = pi; NaN when a row is unknown or more than one closed set stands."""
    k = P.shape[0]
    if np.isnan(P).any():
        return np.full(k, np.nan)
    system = np.vstack([P.T - np.eye(k), np.ones(k)])
    if np.linalg.matrix_rank(P.T - np.eye(k), tol=1e-10) < k - 1:
        return np.full(k, np.nan)
    found = np.linalg.lstsq(system, np.append(np.zeros(k), 1.0), rcond=None)[0]
    return np.where(found < 1e-12, 0.0, found)


def _first_passage(P: np.ndarray) -> np.ndarray:
    """Give mean first passage times by solving for each target, infinite where unreachable.

    Kemeny and Snell (1976), Finite Markov Chains, chapter 4.
    """
    k = P.shape[0]
    if np.isnan(P).any():
        return np.full((k, k), np.nan)
    reach = np.linalg.matrix_power(np.eye(k) + (P > 0), k) > 0
    found = np.full((k, k), np.inf)
    for target in range(k):
        # A start counts when it, and every class it can pass through first, reaches the target.
        taboo = P.copy()
        taboo[target] = 0
        path = np.linalg.matrix_power(np.eye(k) + (taboo > 0), k) > 0
        sure = np.array([reach[path[start], target].all() for start in range(k)])
        others = [place for place in range(k) if sure[place] and place != target]
        inner = P[np.ix_(others, others)]
        found[others, target] = np.linalg.solve(np.eye(len(others)) - inner, np.ones(len(others)))
        onward = np.flatnonzero(P[target] > 0)
        onward = onward[onward != target]
        found[target, target] = 1 + float(P[target, onward] @ found[onward, target])
    return found
