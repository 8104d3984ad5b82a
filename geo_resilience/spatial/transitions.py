"""A chain of counted transitions: its probabilities, long run, passage times and mobility."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from geo_resilience.notes import Note

__all__ = ["Markov", "chain_of"]

#: Transitions a row needs before its probabilities say much.
THIN = 10


@dataclass(frozen=True, eq=False)
class Markov:
    """A Markov chain of classes.

    Parameters
    ----------
    counts, probabilities, se : DataFrame, shape (k, k)
        Rows the class of a year, columns that of the next; classes from 1 (lowest). A class from
        which no transition starts has NaN probabilities.
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
        Further indices of the whole chain: determinant (1 - abs det P), second_eigenvalue
        (1 - abs lambda_2), bartholomew (sum_i pi_i sum_j p_ij abs(i - j) / (k - 1), pi the steady
        state: the mean number of classes crossed in a year, of k - 1).
    cuts : ndarray
        Upper bounds of the classes but the last.
    notes : tuple of Note
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
    """Give the indices of mobility of a chain without empty classes.

    References
    ----------
    .. [1] Shorrocks, A. F. (1978). The measurement of mobility. Econometrica, 46(5), 1013-1024.
    .. [2] Bartholomew, D. J. (1973). Stochastic Models for Social Processes. Wiley.
    """
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

    References
    ----------
    .. [1] Kemeny, J. G. and Snell, J. L. (1976). Finite Markov Chains. Springer, chapter 4.
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
