"""How far enterprises have come, from the shares of them at each stage."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from geo_resilience.chain._records import coded
from geo_resilience.chain.inputoutput._flows import named
from geo_resilience.errors import InputError, Problems


def digital_maturity(
    shares: pd.DataFrame | pd.Series,
    stages: Sequence[str],
    *,
    percent: bool | None = None,
    tolerance: float = 5e-4,
) -> pd.DataFrame:
    """Give a maturity score from the shares of enterprises at each stage.

    ``score = sum_k s_k (k - 1) / (K - 1)`` for the stages k = 1 ... K, lowest first: 0 if all stand
    at the first, 1 if all stand at the last.

    Parameters
    ----------
    shares : DataFrame (rows regions, columns stages) or Series by stage
        Parts of one whole.
    stages : sequence of str
        The stages, lowest first.
    percent : bool, optional
        Whether the shares sum to 100; seen from the first sum if left out.
    tolerance : float
        How far a sum may be from the whole, as a share of it. Sums within it are rescaled.

    Returns
    -------
    DataFrame
        A row a region (one row for a Series); columns score, upper (share at the upper half of
        the stages), stage (the one at which half of the enterprises is reached, from below) and
        sum (as given).

    Raises
    ------
    InputError
        If a stage is missing, a share negative or a sum not 1 (or 100).

    Examples
    --------
    >>> shares = pd.Series({"start": 25, "middle": 50, "lead": 25})
    >>> digital_maturity(shares, ["start", "middle", "lead"])
       score  upper   stage    sum
    0    0.5   0.25  middle  100.0
    """
    frame = shares.to_frame().T.reset_index(drop=True) if isinstance(shares, pd.Series) else shares
    apart = pd.Index(list(stages)).symmetric_difference(frame.columns)
    if len(apart) or len(stages) < 2 or len(set(stages)) != len(stages):
        raise InputError("chain.stages", stages=list(stages), found=named(frame.columns))
    frame = frame[list(stages)].apply(pd.to_numeric, errors="coerce").astype(float)
    total = frame.sum(axis=1, skipna=False)
    if percent is None:
        percent = bool(len(total)) and abs(total.iloc[0] - 100) < abs(total.iloc[0] - 1)
    whole = 100.0 if percent else 1.0
    problems = Problems()
    for label in frame.index[~(frame >= 0).all(axis=1)]:
        problems.add("chain.share_negative", row=label, found=list(frame.loc[label]))
    problems.raise_if_any()
    for label in frame.index[(total - whole).abs() > tolerance * whole]:
        problems.add(
            "chain.shares_sum", row=label, sum=f"{total[label]:.6g}", expected=f"{whole:g}"
        )
    problems.raise_if_any()
    parts = frame.div(total, axis=0).to_numpy()
    steps = np.arange(len(stages)) / (len(stages) - 1)
    reached = (parts.cumsum(axis=1).round(12) >= 0.5).argmax(axis=1)
    return pd.DataFrame(
        {
            "score": parts @ steps,
            "upper": parts[:, steps > 0.5].sum(axis=1),
            "stage": [stages[position] for position in reached],
            "sum": total,
        },
        index=frame.index,
    )


def maturity_table(shares: pd.DataFrame) -> pd.DataFrame:
    """Give the rows of maturity.csv: shares by stage, and the score they make."""
    if "share" in shares.columns:
        wide = shares["share"].to_frame("all").T
        stages, texts = list(shares.index), wide[[]]
    else:
        wide = shares.select_dtypes("number")
        stages, texts = list(wide.columns), shares.drop(columns=wide.columns)
    found = digital_maturity(wide, [str(stage) for stage in stages])
    return coded(texts.join(wide).join(found))
