"""How well the dimensions develop together."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from geo_resilience.errors import UndefinedError
from geo_resilience.evaluation._checks import chosen, unit_values
from geo_resilience.evaluation._grading import DECIMALS
from geo_resilience.evaluation.weighting._weights import Weights, weights_for

#: Stages of coordination from 0 to 1 in steps of 0.1; words ``coordination.<stage>``.
STAGES: tuple[str, ...] = (
    "extreme_imbalance",
    "serious_imbalance",
    "moderate_imbalance",
    "mild_imbalance",
    "near_imbalance",
    "bare_coordination",
    "primary_coordination",
    "intermediate_coordination",
    "good_coordination",
    "superior_coordination",
)


def coupling_coordination(
    systems: pd.DataFrame,
    weights: Weights | pd.Series | None = None,
    *,
    form: str = "classic",
) -> pd.DataFrame:
    r"""Calculate coupling, development and coordination of several systems.

    Parameters
    ----------
    systems : DataFrame, shape (n, m)
        Scores in [0, 1], a column a system (dimension); at least two.
    weights : Weights or Series, optional
        Of the systems in the development T; equal by default.
    form : {"classic", "corrected"}

    Returns
    -------
    DataFrame
        Columns ``coupling`` C, ``development`` T, ``coordination`` D. Where every system is 0,
        C and D are NaN; where one is, C and D are 0.

    Raises
    ------
    InputError
        If a score is outside [0, 1] or missing, or form is unknown.
    UndefinedError
        If there is only one system.

    Notes
    -----
    .. math:: C = \frac{m \big(\prod_i U_i\big)^{1/m}}{\sum_i U_i}, \quad
              T = \sum_i a_i U_i, \quad D = \sqrt{C\,T}

    C is the geometric over the arithmetic mean: in [0, 1], and 1 just when all are equal.
    Versions in the literature that lack the exponent or the factor m do not have this range.
    Classic C crowds near 1 for scores that lie anything like close together, so that D says
    little that T does not. The corrected form [1]_ spreads it over [0, 1]:

    .. math:: C = \sqrt{\Big(1 - \frac{\sum_{i<j} |U_i - U_j|}{m (m - 1)/2}\Big)
              \prod_i \Big(\frac{U_i}{\max U}\Big)^{1/(m-1)}}

    References
    ----------
    .. [1] Wang, S., Kong, W., Ren, L., Zhi, D., Dai, B. (2021). Research on misuses and
       modification of coupling coordination degree model in China. Journal of Natural
       Resources, 36(3), 793-810 (in Chinese).

    Examples
    --------
    >>> systems = pd.DataFrame({"B1": [0.4, 0.1], "B2": [0.4, 0.9]}, index=["11", "12"])
    >>> coupling_coordination(systems).round(4).values.tolist()
    [[1.0, 0.4, 0.6325], [0.6, 0.5, 0.5477]]
    >>> coupling_coordination(systems, form="corrected")["coupling"].round(4).tolist()
    [1.0, 0.1491]
    """
    numbers = unit_values(systems)
    cells = numbers.to_numpy()
    count = cells.shape[1]
    if count < 2:
        raise UndefinedError(
            "evaluation.few_items", what="coupling_coordination", found=count, least=2
        )
    shares = np.full(count, 1 / count) if weights is None else weights_for(numbers, weights)
    coupling = chosen(FORMS, form, "form")(cells)
    development = cells @ shares
    columns = {
        "coupling": coupling,
        "development": development,
        "coordination": np.sqrt(coupling * development),
    }
    return pd.DataFrame(columns, index=systems.index)


def _ratios(cells: np.ndarray) -> np.ndarray:
    """Scores as shares of the row's largest; NaN for a row of zeros."""
    top = cells.max(axis=1, keepdims=True)
    return np.divide(cells, top, out=np.full_like(cells, np.nan), where=top > 0)


def _classic(cells: np.ndarray) -> np.ndarray:
    ratios = _ratios(cells)  # C does not change with the scale, and nothing underflows
    count = cells.shape[1]
    found = count * ratios.prod(axis=1) ** (1 / count) / ratios.sum(axis=1)
    return np.minimum(found, 1.0)


def _corrected(cells: np.ndarray) -> np.ndarray:
    count = cells.shape[1]
    first, second = np.triu_indices(count, k=1)
    away = np.abs(cells[:, first] - cells[:, second]).mean(axis=1)
    return np.sqrt((1 - away) * _ratios(cells).prod(axis=1) ** (1 / (count - 1)))


#: Forms of the coupling degree, by name.
FORMS: Mapping[str, Callable[[np.ndarray], np.ndarray]] = {
    "classic": _classic,
    "corrected": _corrected,
}


def coordination_stages(coordination: pd.Series) -> pd.Series:
    """Name the stage of coordination degrees, ten from 0 to 1, the lower bound included.

    Parameters
    ----------
    coordination : Series
        In [0, 1]; rounded to 12 decimals first. Missing ones have no stage.

    Returns
    -------
    Series
        Ordered categorical of `STAGES`, called ``stage``; worded by ``coordination.<stage>``.

    Examples
    --------
    >>> coordination_stages(pd.Series([0.05, 0.5, 0.95])).tolist()
    ['extreme_imbalance', 'bare_coordination', 'superior_coordination']
    """
    known = coordination.dropna()
    if len(known):
        unit_values(known.to_frame("coordination"))
    numbers = coordination.to_numpy(dtype="float64").round(DECIMALS)
    stage = np.clip(np.floor(np.round(numbers * 10, DECIMALS)), 0, len(STAGES) - 1)
    codes = np.where(np.isnan(numbers), -1, stage).astype(int)
    named = pd.Categorical.from_codes(codes.tolist(), categories=list(STAGES), ordered=True)
    return pd.Series(named, index=coordination.index, name="stage")
