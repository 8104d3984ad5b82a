"""Leontief and Ghosh systems: inverses, multipliers, linkages and key sectors."""

from __future__ import annotations

import numpy as np
import pandas as pd

from geo_resilience.chain.inputoutput._flows import Flows, Matrix, Vector, checked_flows, vector
from geo_resilience.errors import InputError
from geo_resilience.statistics._arrays import Array

#: Quadrants of linkages: both above the mean, only backward, only forward, neither.
QUADRANTS: tuple[str, ...] = ("key", "backward", "forward", "weak")


def coefficients(Z: Matrix, output: Vector) -> pd.DataFrame:
    """Give the input coefficients ``a_ij = z_ij / x_j``.

    Parameters
    ----------
    Z : DataFrame or array_like, shape (n, n)
        Transactions, rows sell to columns.
    output : Series or array_like, shape (n,)
        Total outputs.

    Returns
    -------
    DataFrame, shape (n, n)

    Examples
    --------
    >>> coefficients([[150, 500], [200, 100]], [1000, 2000])
          0     1
    0  0.15  0.25
    1  0.20  0.05
    """
    flows = checked_flows(Z, output)
    return flows.frame(flows.A)


def leontief(Z: Matrix, output: Vector) -> pd.DataFrame:
    """Give the Leontief inverse ``L = (I - A)^-1``, ``A = Z diag(x)^-1``.

    ``l_ij`` is the output of sector i that one unit of final demand for sector j calls for.

    Parameters
    ----------
    Z : DataFrame or array_like, shape (n, n)
        Transactions, rows sell to columns, in money.
    output : Series or array_like, shape (n,)
        Total outputs, in the same money; a Series is aligned by its labels.

    Returns
    -------
    DataFrame, shape (n, n)
        Rows and columns as the rows of Z.

    Raises
    ------
    InputError
        If labels do not match, a cell is negative or no number, or a sector has no output.
    UndefinedError
        If the spectral radius of A is 1 or more: no output meets the demand.

    References
    ----------
    .. [1] Miller, R. E. and Blair, P. D. (2009). Input-Output Analysis: Foundations and
       Extensions, 2nd ed. Cambridge University Press, chapter 2.

    Examples
    --------
    The two sectors of [1]_:

    >>> leontief([[150, 500], [200, 100]], [1000, 2000]).round(4)
            0       1
    0  1.2541  0.3300
    1  0.2640  1.1221
    """
    flows = checked_flows(Z, output)
    return flows.frame(flows.L)


def ghosh(Z: Matrix, output: Vector) -> pd.DataFrame:
    """Give the Ghosh inverse ``G = (I - B)^-1``, ``B = diag(x)^-1 Z``.

    ``g_ij`` is the output of sector j that one unit of primary input of sector i goes into; it is
    computed as ``diag(x)^-1 L diag(x)``, to which it is equal.

    Parameters
    ----------
    Z : DataFrame or array_like, shape (n, n)
        Transactions, rows sell to columns, in money.
    output : Series or array_like, shape (n,)
        Total outputs.

    Returns
    -------
    DataFrame, shape (n, n)

    Raises
    ------
    InputError, UndefinedError
        As in `leontief`.

    References
    ----------
    .. [1] Ghosh, A. (1958). Input-output approach in an allocation system. Economica 25(97),
       58-64.
    .. [2] Miller, R. E. and Blair, P. D. (2009). Input-Output Analysis, 2nd ed., chapter 12.

    Examples
    --------
    >>> ghosh([[150, 500], [200, 100]], [1000, 2000]).round(4)
            0       1
    0  1.2541  0.6601
    1  0.1320  1.1221
    """
    flows = checked_flows(Z, output)
    return flows.frame(flows.G)


def _closed(flows: Flows, income: Array, consumption: Array) -> Array:
    """Output inverse of the system closed with respect to households, without their row."""
    n = len(flows.labels)
    wages = income.sum()
    if not wages > 0:
        raise InputError("chain.no_income")
    Z = np.zeros((n + 1, n + 1))
    Z[:n, :n], Z[n, :n], Z[:n, n] = flows.Z, income, consumption
    labels = flows.labels.append(pd.Index(["households"]))
    return Flows(labels, Z, np.append(flows.x, wages)).L


def multipliers(
    Z: Matrix,
    output: Vector,
    *,
    value_added: Vector | None = None,
    income: Vector | None = None,
    consumption: Vector | None = None,
) -> pd.DataFrame:
    """Give output, value-added and income multipliers of final demand.

    Output: column sums of L. Value added and income: ``v'L`` and ``w'L`` with v, w per unit of
    output; their type I ratio is that over the sector's own v or w. With households' consumption
    the system is closed: type II multipliers of output and income.

    Parameters
    ----------
    Z, output
        As in `leontief`.
    value_added, income : Series or array_like, shape (n,), optional
        Value added and compensation of employees by sector, in money.
    consumption : Series or array_like, shape (n,), optional
        Households' purchases by product; needs income. Households' total outlay is taken to be
        total income.

    Returns
    -------
    DataFrame
        A row a sector; columns output, and where asked for value_added, value_added_ratio,
        income, income_ratio, output_type2, income_type2. A ratio is NaN where the sector has
        none of its own.

    Raises
    ------
    InputError
        If consumption comes without income, or as in `leontief`.

    References
    ----------
    .. [1] Miller, R. E. and Blair, P. D. (2009). Input-Output Analysis, 2nd ed., chapter 6.

    Examples
    --------
    >>> multipliers([[150, 500], [200, 100]], [1000, 2000], value_added=[650, 1400]).round(3)
       output  value_added  value_added_ratio
    0   1.518          1.0              1.538
    1   1.452          1.0              1.429
    """
    flows = checked_flows(Z, output)
    rows = {
        name: vector(given, flows.labels, what=name) / flows.x
        for name, given in (("value_added", value_added), ("income", income))
        if given is not None
    }
    pulled = flows.pulled(np.vstack([np.ones(len(flows.x)), *rows.values()]))
    found = {"output": pulled[0]}
    for (name, direct), total in zip(rows.items(), pulled[1:], strict=True):
        found[name] = total
        with np.errstate(divide="ignore", invalid="ignore"):
            found[f"{name}_ratio"] = np.where(direct == 0, np.nan, total / direct)
    if consumption is not None:
        if income is None:
            raise InputError("chain.no_income")
        wages = vector(income, flows.labels, what="income")
        bought = vector(consumption, flows.labels, what="consumption")
        closed = _closed(flows, wages, bought)
        found["output_type2"] = closed[:-1, :-1].sum(axis=0)
        found["income_type2"] = closed[-1, :-1]
    return pd.DataFrame(found, index=flows.labels)


def _dispersion(matrix: Array, axis: int) -> Array:
    """Coefficient of variation of rows or columns, standard deviation over n - 1."""
    if len(matrix) < 2:
        return np.full(len(matrix), np.nan)
    spread: Array = matrix.std(axis=axis, ddof=1) / matrix.mean(axis=axis)
    return spread


def keys_of_one(table: pd.DataFrame) -> int:
    """Count the sectors that are key by one forward linkage alone, Leontief's or Ghosh's."""
    # A sector at the mean but for rounding counts as at the mean.
    above = table[["backward", "forward", "forward_ghosh"]].round(12) >= 1
    return int((above["backward"] & (above["forward"] != above["forward_ghosh"])).sum())


def linkages(Z: Matrix, output: Vector, *, by: str = "leontief") -> pd.DataFrame:
    """Give backward and forward linkages, their dispersion and the quadrant of each sector.

    Power of dispersion ``backward_j = n sum_i l_ij / sum L`` and sensitivity of dispersion
    ``forward_i = n sum_j l_ij / sum L``, both with mean 1; ``forward_ghosh`` is the latter on the
    Ghosh inverse, whose row sums weigh by sales and not by a unit of final demand everywhere.
    ``backward_cv`` and ``forward_cv`` are the coefficients of variation of the columns and rows
    of L (standard deviation over n - 1): a small one says that the pull spreads evenly.

    Parameters
    ----------
    Z, output
        As in `leontief`.
    by : "leontief" or "ghosh"
        Which forward linkage decides the quadrant.

    Returns
    -------
    DataFrame
        A row a sector; columns multiplier (column sum of L), backward, forward, forward_ghosh,
        backward_cv, forward_cv, quadrant: key (both at least 1), backward, forward, weak.

    Raises
    ------
    InputError, UndefinedError
        As in `leontief`.

    References
    ----------
    .. [1] Rasmussen, P. N. (1956). Studies in Inter-Sectoral Relations. North-Holland.
    .. [2] Hazari, B. R. (1970). Empirical identification of key sectors in the Indian economy.
       Review of Economics and Statistics 52(3), 301-305.

    Examples
    --------
    >>> linkages([[150, 500], [200, 100]], [1000, 2000])[["backward", "quadrant"]].round(3)
       backward quadrant
    0     1.022      key
    1     0.978     weak
    """
    if by not in {"leontief", "ghosh"}:
        raise InputError("chain.choice", option="by", found=by, known=["leontief", "ghosh"])
    flows = checked_flows(Z, output)
    n, L, G = len(flows.labels), flows.L, flows.G
    table = pd.DataFrame(
        {
            "multiplier": L.sum(axis=0),
            "backward": n * L.sum(axis=0) / L.sum(),
            "forward": n * L.sum(axis=1) / L.sum(),
            "forward_ghosh": n * G.sum(axis=1) / G.sum(),
            "backward_cv": _dispersion(L, 0),
            "forward_cv": _dispersion(L, 1),
        },
        index=flows.labels,
    )
    # A sector at the mean but for rounding counts as at the mean.
    pulls = table["backward"].round(12) >= 1
    pushes = table["forward" if by == "leontief" else "forward_ghosh"].round(12) >= 1
    names = np.select([pulls & pushes, pulls, pushes], QUADRANTS[:3], default=QUADRANTS[3])
    table["quadrant"] = pd.Categorical(names, categories=list(QUADRANTS))
    return table
