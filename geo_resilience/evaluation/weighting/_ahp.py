"""The analytic hierarchy process: weights from pairwise judgements."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from geo_resilience.errors import InputError
from geo_resilience.evaluation._checks import chosen
from geo_resilience.evaluation.weighting._consistency import Inconsistency, principal_eigenvector
from geo_resilience.evaluation.weighting._judgements import Judgements, judgements_of
from geo_resilience.evaluation.weighting._weights import Weights
from geo_resilience.notes import Note

_SOLUTIONS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "eigenvector": lambda matrix: principal_eigenvector(matrix)[1],
    "geometric_mean": lambda matrix: np.exp(np.log(matrix).mean(axis=1)),
}


def ahp_weights(
    judgements: Judgements | Sequence[Judgements],
    *,
    solution: str = "eigenvector",
    aggregate: str = "judgements",
) -> Weights:
    r"""Weight indicators by the analytic hierarchy process.

    Parameters
    ----------
    judgements : DataFrame, square array, or a list of them
        One positive reciprocal matrix an expert; cell (i, j) says how many times i counts as
        much as j. Numbers or text such as ``1/3``.
    solution : {"eigenvector", "geometric_mean"}
        Principal eigenvector (Saaty) or the geometric means of the rows (logarithmic least
        squares); the same for consistent judgements.
    aggregate : {"judgements", "priorities"}
        How several experts become one: geometric mean of their matrices (AIJ, for a group that
        acts as one), or of their weights (AIP, for individuals).

    Returns
    -------
    Weights
        Diagnostics: ``eigenvalue``, ``consistency_index``, ``random_index``,
        ``random_index_source``, ``consistency_ratio`` of the joint matrix;
        ``most_inconsistent`` (pair), ``found``, ``suggested``, ``consistency_ratio_repaired``
        (None when consistent); ``experts`` (DataFrame: consistency ratio and weights of each);
        ``notes``.

    Raises
    ------
    InputError
        If a matrix is not square, positive and reciprocal, or the experts' codes differ; each
        cell is named.

    Notes
    -----
    .. math:: A w = \lambda_{\max} w, \quad CI = \frac{\lambda_{\max} - m}{m - 1}, \quad
              CR = CI / RI

    with the random index RI of Saaty (1980) [1]_. Judgements with CR of 0.1 or more contradict
    each other and should be revised: a Note names the pair furthest from the others [2]_ and
    the value at which it would agree with them (the eigenvector with that judgement left
    open [3]_). With one or two items CR is 0. Aggregation as in [4]_.

    References
    ----------
    .. [1] Saaty, T. L. (1980). The Analytic Hierarchy Process. McGraw-Hill.
    .. [2] Saaty, T. L. (2003). Decision-making with the AHP: Why is the principal eigenvector
       necessary. European Journal of Operational Research, 145(1), 85-91.
    .. [3] Harker, P. T. (1987). Alternative modes of questioning in the analytic hierarchy
       process. Mathematical Modelling, 9(3-5), 353-360.
    .. [4] Forman, E., Peniwati, K. (1998). Aggregating individual judgments and priorities with
       the analytic hierarchy process. European Journal of Operational Research, 108(1), 165-169.

    Examples
    --------
    >>> weights = ahp_weights([[1, 2, 6], ["1/2", 1, 3], ["1/6", "1/3", 1]])
    >>> weights.values.round(3).to_dict()
    {'1': 0.6, '2': 0.3, '3': 0.1}
    >>> round(weights.diagnostics["consistency_ratio"], 6)
    0.0
    """
    priorities = chosen(_SOLUTIONS, solution, "solution")
    matrices = judgements_of(judgements)
    codes = list(matrices[0].columns)
    each = pd.DataFrame(
        [_normalized(priorities(matrix.to_numpy())) for matrix in matrices],
        index=pd.RangeIndex(1, len(matrices) + 1, name="expert"),
        columns=codes,
    )
    joint = np.exp(np.mean([np.log(matrix.to_numpy()) for matrix in matrices], axis=0))
    if aggregate == "judgements":
        values = _normalized(priorities(joint))
    elif aggregate == "priorities":
        values = _normalized(np.exp(np.log(each.to_numpy()).mean(axis=0)))
    else:
        raise InputError(
            "evaluation.unknown_option",
            option="aggregate",
            found=aggregate,
            known=["judgements", "priorities"],
        )
    diagnostics = _diagnose(pd.DataFrame(joint, index=codes, columns=codes), matrices, each)
    settings = {"solution": solution, "aggregate": aggregate}
    return Weights(pd.Series(values, index=codes), "ahp", {**diagnostics, **settings})


def _normalized(vector: np.ndarray) -> np.ndarray:
    return vector / vector.sum()


def _diagnose(
    joint: pd.DataFrame, matrices: list[pd.DataFrame], each: pd.DataFrame
) -> dict[str, Any]:
    """Examine the joint matrix and each expert's, and note what should be revised."""
    found = Inconsistency.of(joint)
    single = [Inconsistency.of(matrix) for matrix in matrices]
    notes = [_note("evaluation.ahp_inconsistent", found)] if found.consistency_ratio >= 0.1 else []
    if len(matrices) > 1:
        notes += [
            _note("evaluation.ahp_expert_inconsistent", one, expert=number)
            for number, one in enumerate(single, start=1)
            if one.consistency_ratio >= 0.1
        ]
    ratios = [one.consistency_ratio for one in single]
    return {
        "eigenvalue": found.eigenvalue,
        "consistency_index": found.consistency_index,
        "random_index": found.random_index,
        "random_index_source": found.source,
        "consistency_ratio": found.consistency_ratio,
        "most_inconsistent": found.pair,
        "found": found.found,
        "suggested": found.suggested,
        "consistency_ratio_repaired": found.ratio_repaired,
        "experts": each.assign(consistency_ratio=ratios),
        "judgements": joint,
        "notes": tuple(notes),
    }


def _note(code: str, found: Inconsistency, **values: object) -> Note:
    assert found.pair is not None and found.found is not None
    assert found.suggested is not None and found.ratio_repaired is not None
    return Note(
        code,
        values={
            "ratio": f"{found.consistency_ratio:.3f}",
            "first": found.pair[0],
            "second": found.pair[1],
            "found": f"{found.found:.3g}",
            "suggested": f"{found.suggested:.3g}",
            "repaired": f"{found.ratio_repaired:.3f}",
            **values,
        },
    )
