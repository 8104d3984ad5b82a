"""Figures look as they did: compared with stored pictures by tolerance.

Stored by ``python tests/maps/test_maps_figures_pictures.py`` and looked at before they are kept.
"""

import os
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

sys.path.insert(0, str(Path(__file__).parent))

from synthetic_results import synthetic_results

from geo_resilience.maps import figures
from geo_resilience.maps.figures._style import fonts

FOLDER = Path(__file__).parent / "baseline"

#: Largest mean difference in gray of 0 to 255: other versions of FreeType stay below 3, a line or a
#: class drawn otherwise is above 4.
MOST = 3.0


def plain(results):
    values = pd.Series(np.linspace(0, 1, 30), index=results.regions.keys[:30], name="Share")
    return figures.choropleth_figure(values, results.regions, width="half", colors="oranges")


PICTURES = {
    "graded_map_zh": lambda r: figures.graded_map(r, language="zh", width="half"),
    "graded_map_en": lambda r: figures.graded_map(r, width="journal", outlines=("coastal_belt",)),
    "yearly_maps": lambda r: figures.yearly_maps(r, width="half"),
    "zone_trends": lambda r: figures.zone_trends(r, width="half"),
    "radar": lambda r: figures.radar(r, width="half"),
    "lorenz_curves": lambda r: figures.lorenz_curves(r, language="zh", width="half"),
    "choropleth": plain,
}


def gray(path):
    from PIL import Image

    with Image.open(path) as image:
        return np.asarray(image.convert("L"), dtype=float)


def blurred(picture):
    """Means of three by three dots, so that the edge of a letter counts little."""
    tall, wide = (side // 3 * 3 for side in picture.shape)
    return picture[:tall, :wide].reshape(tall // 3, 3, wide // 3, 3).mean(axis=(1, 3))


def difference(one, other):
    one, other = gray(one), gray(other)
    assert one.shape == other.shape, f"{one.shape} instead of {other.shape}"
    return float(np.sqrt(((blurred(one) - blurred(other)) ** 2).mean()))


@pytest.fixture(scope="module")
def results():
    if fonts()[0] != "Noto Sans CJK SC":
        why = "the stored pictures are set in Noto Sans CJK SC (Debian: fonts-noto-cjk)"
        if os.environ.get("CI", "").lower() == "true":
            pytest.fail(why)
        pytest.skip(why)
    return synthetic_results()


@pytest.mark.parametrize("name", PICTURES)
def test_a_figure_looks_as_it_did(results, name, tmp_path):
    PICTURES[name](results).savefig(tmp_path / "now.png", dpi=60)
    assert difference(tmp_path / "now.png", FOLDER / f"{name}.png") < MOST


def test_the_tolerance_tells_a_class_drawn_otherwise(results, tmp_path):
    changed = synthetic_results()
    scores = changed.tables["scores"]
    scores.loc[(scores["adcode"] == "650000") & (scores["year"] == 2023), "grade"] = "High"
    PICTURES["graded_map_zh"](changed).savefig(tmp_path / "now.png", dpi=60)
    assert difference(tmp_path / "now.png", FOLDER / "graded_map_zh.png") > MOST
    figures.zone_trends(results, width="half", variable="B1").savefig(tmp_path / "b.png", dpi=60)
    assert difference(tmp_path / "b.png", FOLDER / "zone_trends.png") > MOST


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, draw in PICTURES.items():
        draw(synthetic_results()).savefig(FOLDER / f"{name}.png", dpi=60)
