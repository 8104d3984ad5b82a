"""Figures of what the index foretold and of what methods leave open show what the tables hold."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.collections import LineCollection

from geo_resilience.maps import figures


@pytest.mark.parametrize("outcome", ["resistance", "recovery"])
@pytest.mark.parametrize("variable", ["hightech_revenue", "grp"])
def test_dots_lie_at_the_ranks_whose_correlation_the_note_tells(bundled_run, variable, outcome):
    results = bundled_run.results
    sheet = figures.foretelling_scatter(results, variable=variable, outcome=outcome)
    (axes,) = sheet.axes
    x, y = (line for line in axes.lines if len(line.get_xdata()) == 31).__next__().get_data()
    shock = results["shock"].query("scope == 'region' and variable == @variable")
    scores = results["scores"].query("year == 2019").set_index("adcode")["composite"]
    came = shock.set_index("adcode")[outcome].reindex(scores.index)
    assert list(x) == scores.rank(ascending=False).tolist()
    assert list(y) == came.rank(ascending=False).tolist()
    row = (
        results["foretelling"]
        .query("predictor == 'composite' and variable == @variable and outcome == @outcome")
        .iloc[0]
    )
    assert np.corrcoef(x, y)[0, 1] == pytest.approx(row["spearman"])
    for value in (row["spearman"], row["spearman_level"]):
        assert f"{value:.2f}".replace("-", "−") in sheet.alternative_text
    assert f"p = {row['p_holm']:.3f}" in sheet.alternative_text
    assert "cannot be told from chance" in sheet.alternative_text
    (low, high), (bottom, top) = axes.get_xlim(), axes.get_ylim()
    assert low > high and bottom > top  # the highest at the right and on top


def test_each_region_s_range_is_drawn_from_its_least_to_its_largest_multiplier(bundled_run):
    results = bundled_run.results
    (axes,) = figures.multiplier_ranges(results).axes
    (bars,) = [each for each in axes.collections if isinstance(each, LineCollection)]
    drawn = sorted((part[0, 0], part[1, 0]) for part in bars.get_segments())
    rows = results["regional_ranges"].query("year == 2020")
    pairs = zip(rows["multiplier_low"], rows["multiplier_high"], strict=True)
    assert np.array(drawn) == pytest.approx(np.array(sorted(pairs)))
    low, high = axes.get_xlim()
    assert low <= rows["multiplier_low"].min() and high >= rows["multiplier_high"].max()
