"""Claim: the simulation of 10,000 draws is tens of times faster than the obvious loop.

31 regions x 12 indicators with more and more draws; 2,875 regions. The loop, one composite and one
ranking a draw in pandas, is timed on fewer draws and scaled up.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from _table import Row, apart, shown, timed

from geo_resilience import evaluation

DRAWS, LOOPED = (1_000, 10_000, 100_000), 500


def table(regions: int, indicators: int = 12) -> tuple[pd.DataFrame, pd.Series]:
    """Make random standardized values and equal weights."""
    rng = np.random.default_rng(0)
    codes = [f"D{place}" for place in range(indicators)]
    keys = pd.Index([f"{place:06d}" for place in range(regions)], name="adcode")
    values = pd.DataFrame(rng.random((regions, indicators)), index=keys, columns=codes)
    return values, pd.Series(1 / indicators, index=codes)


def loop(values: pd.DataFrame, weights: pd.Series, draws: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Score and rank draw by draw, as one would write it down."""
    rng = np.random.default_rng(0)
    scores, ranks = {}, {}
    for draw in range(draws):
        drawn = pd.Series(rng.dirichlet(100 * weights), index=weights.index)
        score = (values * drawn).sum(axis=1)
        scores[draw], ranks[draw] = score, score.rank(ascending=False, method="min")
    all_scores, all_ranks = pd.DataFrame(scores), pd.DataFrame(ranks)
    shares = [0.025, 0.5, 0.975]
    return all_scores.quantile(shares, axis=1), all_ranks.quantile(shares, axis=1)


def simulation(regions: int, draws: int) -> float:
    """Give the seconds of a simulation in which everything is drawn."""
    values, weights = table(regions)
    return float(timed(lambda: evaluation.uncertainty(values, weights, draws=draws, rng=0))[0])


def rows() -> Iterator[Row]:
    """Measure."""
    values, weights = table(31)
    evaluation.uncertainty(values, weights, draws=100, rng=0)
    looped, _ = timed(lambda: loop(values, weights, LOOPED))
    for draws in DRAWS:
        ours, _ = timed(
            lambda draws=draws: evaluation.uncertainty(
                values, weights, draws=draws, rng=0, sources=["weights"]
            ),
            3,
        )
        subject = "Weights drawn, 31 regions x 12 indicators"
        yield Row(subject, draws, "draws", ours, "a loop in pandas", looped * draws / LOOPED)
    for regions in (31, 370, 2_875):
        seconds, held = apart(simulation, regions, 10_000)
        yield Row("Everything drawn, 10,000 draws", regions, "regions", seconds, megabytes=held)


if __name__ == "__main__":
    shown(rows())
