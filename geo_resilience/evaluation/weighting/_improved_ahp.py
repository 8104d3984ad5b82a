"""The two usual forms of "improved" AHP: plain comparisons instead of a nine-point scale."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import combinations

import numpy as np
import pandas as pd

from geo_resilience.errors import InputError, Problems
from geo_resilience.evaluation._checks import chosen
from geo_resilience.evaluation.weighting._consistency import circular_triads
from geo_resilience.evaluation.weighting._judgements import Judgements, checked_judgements, framed
from geo_resilience.evaluation.weighting._weights import Weights
from geo_resilience.notes import Note


def improved_ahp_weights(
    judgements: Judgements,
    *,
    form: str = "three_scale",
    base: float = 9.0,
) -> Weights:
    r"""Weight indicators by improved AHP.

    Parameters
    ----------
    judgements : DataFrame or square array
        For ``three_scale`` comparisons of 2 (row counts more), 1 (equal) and 0 (less), or a
        reciprocal matrix, of which only the order of each pair is kept. For
        ``optimal_transfer`` a reciprocal matrix.
    form : {"three_scale", "optimal_transfer"}
        The literature calls both "improved AHP"; say which was used.
    base : float
        Three-scale only: how much the item with the largest sum counts against the one with the
        smallest, above 1.

    Returns
    -------
    Weights
        Diagnostics: ``form``, ``base``, ``judgements`` (the consistent matrix), ``circular``
        (list of circular triads), ``triads`` (how many there could be), ``notes``.

    Raises
    ------
    InputError
        If the matrix is not square, or a cell is none of those expected; each is named.

    Notes
    -----
    Three-scale with the range method: with row sums :math:`r_i` of the comparisons and their
    range :math:`r = r_{\max} - r_{\min}`,

    .. math:: b_{ij} = b^{(r_i - r_j)/r}, \quad w_i \propto b^{r_i / r};

    equal row sums give equal weights. Optimal transfer matrix: with :math:`l = \ln a` the matrix
    :math:`b_{ij} = \exp\big(\frac1m \sum_k (l_{ik} - l_{jk})\big)` is the consistent one closest
    to the logarithms of the judgements; its weights are the geometric means of the rows.

    Either way the consistency ratio is 0 by construction and says nothing about the expert.
    Circular triads (a over b, b over c, c over a) do: they are counted instead [1]_.

    References
    ----------
    .. [1] Kendall, M. G., Babington Smith, B. (1940). On the method of paired comparisons.
       Biometrika, 31(3-4), 324-345.

    Examples
    --------
    >>> comparisons = pd.DataFrame([[1, 2, 2], [0, 1, 2], [0, 0, 1]], list("abc"), list("abc"))
    >>> improved_ahp_weights(comparisons).values.round(4).tolist()
    [0.6923, 0.2308, 0.0769]
    """
    comparisons, logs = chosen(IMPROVED_FORMS, form, "form")(judgements, base)
    raw = np.exp(logs.to_numpy() - logs.max())
    consistent = pd.DataFrame(raw[:, None] / raw[None, :], index=logs.index, columns=logs.index)
    circular = circular_triads(comparisons)
    possible = len(list(combinations(range(len(raw)), 3)))
    values = {"count": len(circular), "possible": possible}
    if circular:
        values["first"] = " > ".join([*circular[0], circular[0][0]])  # type: ignore[assignment]
    notes = (Note("evaluation.circular_triads", values=values),) if circular else ()
    diagnostics = {
        "form": form,
        "base": base if form == "three_scale" else None,
        "judgements": consistent,
        "circular": circular,
        "triads": possible,
        "notes": notes,
    }
    return Weights(pd.Series(raw / raw.sum(), index=logs.index), "improved_ahp", diagnostics)


def _three_scale(judgements: Judgements, base: float) -> tuple[pd.DataFrame, pd.Series]:
    """Comparisons, and logarithms of the weights before they are made to sum to 1."""
    comparisons = plain_comparisons(judgements)
    if not (np.isfinite(base) and base > 1):
        raise InputError("evaluation.base_not_above_one", found=base)
    sums = comparisons.sum(axis=1)
    spread = float(sums.max() - sums.min())
    return comparisons, (sums / spread * np.log(base)) if spread > 0 else sums * 0.0


def _optimal_transfer(judgements: Judgements, _: float) -> tuple[pd.DataFrame, pd.Series]:
    """Comparisons, and logarithms of the weights before they are made to sum to 1."""
    matrix = checked_judgements(judgements)
    logs = pd.Series(np.log(matrix.to_numpy()).mean(axis=1), index=matrix.index)
    return plain_comparisons(matrix), logs


#: What the literature calls "improved AHP", by name.
IMPROVED_FORMS: Mapping[str, Callable[[Judgements, float], tuple[pd.DataFrame, pd.Series]]] = {
    "three_scale": _three_scale,
    "optimal_transfer": _optimal_transfer,
}


def plain_comparisons(judgements: Judgements) -> pd.DataFrame:
    """Give comparisons of 2 (row counts more), 1 (equal) and 0 (less)."""
    frame = framed(judgements, "judgements")
    numbers = frame.apply(pd.to_numeric, errors="coerce").to_numpy(dtype="float64")
    if not (np.isin(numbers, (0.0, 1.0, 2.0)).all() and (numbers == 0).any()):
        matrix = checked_judgements(frame)
        cells = matrix.to_numpy()
        equal = np.isclose(cells, 1.0, rtol=1e-9)
        plain = np.where(equal, 1.0, np.where(cells > 1, 2.0, 0.0))
        return pd.DataFrame(plain, index=matrix.index, columns=matrix.columns)
    problems = Problems()
    for i, j in np.argwhere(np.triu(numbers + numbers.T != 2)):
        problems.add(
            "evaluation.comparison_not_mirrored",
            row=frame.index[i],
            column=frame.columns[j],
            found=f"{numbers[i, j]:g}",
            mirror=f"{numbers[j, i]:g}",
        )
    problems.raise_if_any()
    return pd.DataFrame(numbers, index=frame.index, columns=frame.columns)
