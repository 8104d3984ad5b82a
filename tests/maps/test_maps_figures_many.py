"""Figures of a thousand regions: names lie on no other region's mark, marks are whole and apart."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from matplotlib.text import Annotation

import geo_resilience as gr
from geo_resilience.maps import figures

MANY = 1_000


@pytest.fixture(scope="module")
def many(bundled_run):
    """The bundled results with drawn tables of a thousand regions."""
    found = gr.study.read_results(bundled_run.folder)
    rng, keys = np.random.default_rng(3), [f"{100_000 + place}" for place in range(MANY)]
    tables = {}
    for stem in ("scores", "coupling", "uncertainty"):
        table = found[stem][found[stem]["year"] == 2023]
        if stem == "coupling":
            table = table[table["form"] == "corrected"]
        drawn = table.iloc[rng.integers(0, len(table), MANY)].reset_index(drop=True)
        tables[stem] = drawn.assign(adcode=keys, name=[f"Region {key}" for key in keys])
    tables["coupling"] = tables["coupling"].assign(
        coupling=rng.uniform(0.3, 1, MANY), development=rng.uniform(0.05, 0.7, MANY)
    )
    ranks = pd.Series(np.arange(1, MANY + 1))
    tables["scores"] = tables["scores"].assign(rank=ranks)
    tables["uncertainty"] = tables["uncertainty"].assign(
        rank_low=ranks.clip(upper=MANY - 20),
        rank_median=ranks,
        rank_high=(ranks + 20).clip(upper=MANY),
    )
    return replace(found, tables={**found.tables, **tables})


def test_no_name_lies_on_another_mark(many):
    sheet = figures.coupling_scatter(many)
    axes = sheet.axes[0]
    renderer = sheet.canvas.get_renderer()
    spots = np.concatenate(
        [
            axes.transData.transform(np.column_stack(line.get_data()))
            for line in axes.lines
            if line.get_marker() == "o" and line.get_linestyle() == "None"
        ]
    )
    assert len(spots) == MANY
    names = [text for text in axes.texts if isinstance(text, Annotation)]
    assert 3 <= len(names) <= 60
    for name in names:
        box = name.get_window_extent(renderer)
        inside = (spots > (box.x0, box.y0)) & (spots < (box.x1, box.y1))
        assert not inside.all(axis=1).any(), name.get_text()


def test_marks_of_many_are_smaller_than_those_of_few(many, bundled_run):
    def size(results):
        lines = figures.coupling_scatter(results).axes[0].lines
        return {line.get_markersize() for line in lines if line.get_marker() == "o"}

    (few,), (crowd,) = size(bundled_run.results), size(many)
    assert 0.5 * few < crowd < 0.8 * few


def test_dots_of_the_first_and_last_rank_are_whole(many):
    sheet = figures.rank_intervals(many)
    axes = sheet.axes[0]
    half = 5.0 / 2 / 72 * sheet.dpi  # of a dot, in pixels
    left, right = axes.get_window_extent().intervalx
    first, last = axes.transData.transform([(1, 0), (MANY, 0)])[:, 0]
    assert first - left >= half and right - last >= half
    assert "940" in "".join(text.get_text() for text in sheet.texts)  # so many are left out
