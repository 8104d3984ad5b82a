"""Colors: light to dark, told apart by color-blind readers and on gray paper."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from geo_resilience.errors import InputError
from geo_resilience.maps.style import (
    DIVERGING,
    GRADE_COLORS,
    NO_DATA,
    class_colors,
    class_of,
    color_at,
    palette,
)

# Machado, Oliveira and Fernandes (2009), "A physiologically-based model for simulation of color
# vision deficiency", IEEE TVCG 15(6): matrices for severity 1.0, on linear RGB.
DEFICIENCIES = {
    "none": np.eye(3),
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}
RGB_TO_XYZ = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
)


def linear(color):
    channels = np.array([int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)])
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def lab(rgb):
    x, y, z = RGB_TO_XYZ @ np.clip(rgb, 0, 1) / [0.95047, 1, 1.08883]
    f = [np.cbrt(v) if v > 0.008856 else 7.787 * v + 16 / 116 for v in (x, y, z)]
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("deficiency", DEFICIENCIES)
def test_neighboring_grades_stay_apart(deficiency):
    seen = [lab(DEFICIENCIES[deficiency] @ linear(color)) for color in GRADE_COLORS]
    distances = [np.linalg.norm(b - a) for a, b in pairwise(seen)]
    assert min(distances) > 15


def test_grades_darken_evenly_for_gray_print():
    lightness = [lab(linear(color))[0] for color in GRADE_COLORS]
    steps = -np.diff(lightness)
    assert (steps > 12).all() and (steps < 20).all()


def test_diverging_is_lightest_in_the_middle_and_even_on_both_sides():
    lightness = np.array([lab(linear(color))[0] for color in DIVERGING])
    assert lightness.argmax() == 3
    assert (np.diff(lightness[:4]) > 8).all() and (np.diff(lightness[3:]) < -8).all()


def test_no_data_is_gray_and_no_grade():
    _, a, b = lab(linear(NO_DATA))
    assert np.hypot(a, b) < 5
    assert min(np.linalg.norm(lab(linear(NO_DATA)) - lab(linear(c))) for c in GRADE_COLORS) > 25


def luminance(color):
    return float(RGB_TO_XYZ[1] @ linear(color))


@pytest.mark.parametrize("color", GRADE_COLORS)
def test_names_on_grades_are_legible(color):
    """The page writes white on colors darker than a luminance of 0.18, near black on others."""
    dark, light = luminance("#23282d"), 1.0
    own = luminance(color)
    ratio = (light + 0.05) / (own + 0.05) if own < 0.18 else (own + 0.05) / (dark + 0.05)
    assert ratio >= 4.5


def test_mixing_passes_through_the_colors():
    for place, color in enumerate(GRADE_COLORS):
        assert color_at(place / 4) == color
    assert class_colors(5) == list(GRADE_COLORS)
    assert class_colors(9)[::2] == list(GRADE_COLORS)


def test_classes_hold_their_lower_bound():
    values = np.array([-1, 0.2, 0.39999, 0.4, 5, np.nan])
    assert class_of(values, [0.2, 0.4]).tolist() == [0, 1, 1, 2, 2, -1]
    assert class_of(values, []).tolist() == [0, 0, 0, 0, 0, -1]


def test_palettes_by_name_or_hex():
    assert palette("grades") == GRADE_COLORS
    with pytest.raises(InputError, match="grades"):
        palette("grade")
    with pytest.raises(InputError, match="red"):
        palette(["red"])
