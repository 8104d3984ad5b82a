"""Colors: light to dark, told apart by color-blind readers and on gray paper."""

from __future__ import annotations

from itertools import combinations, pairwise

import numpy as np
import pytest

from geo_resilience.errors import InputError
from geo_resilience.maps.atlas import _layers as layers
from geo_resilience.maps.drawing._findings import REST
from geo_resilience.maps.drawing._style import (
    DIVERGING,
    GRADE_COLORS,
    NO_DATA,
    QUALITATIVE,
    SHOCK_COLORS,
    WARNING_COLORS,
    class_colors,
    class_of,
    color_at,
    palette,
)
from geo_resilience.maps.figures._style import INK
from geo_resilience.results._ink import ink_on
from geo_resilience.spatial._methods import LOCAL_STATISTICS

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


def hue(a, b):
    return float(np.degrees(np.arctan2(b, a)) % 360) if a or b else 0.0


def ciede2000(one, other):
    """Sharma, Wu and Dalal (2005), "The CIEDE2000 color-difference formula", Color Research and
    Application 30(1), 21-30; kL = kC = kH = 1."""
    (l1, a1, b1), (l2, a2, b2) = one, other
    middle = (np.hypot(a1, b1) + np.hypot(a2, b2)) / 2
    g = 0.5 * (1 - np.sqrt(middle**7 / (middle**7 + 25.0**7)))
    a1, a2 = (1 + g) * a1, (1 + g) * a2
    c1, c2 = np.hypot(a1, b1), np.hypot(a2, b2)
    h1, h2 = hue(a1, b1), hue(a2, b2)
    turn = 0.0 if c1 * c2 == 0 else (h2 - h1 + 180) % 360 - 180
    mean_hue = h1 + h2 if c1 * c2 == 0 else (h1 + ((h2 - h1 + 180) % 360 - 180) / 2) % 360
    chroma, light = (c1 + c2) / 2, (l1 + l2) / 2
    t = (
        1
        - 0.17 * np.cos(np.radians(mean_hue - 30))
        + 0.24 * np.cos(np.radians(2 * mean_hue))
        + 0.32 * np.cos(np.radians(3 * mean_hue + 6))
        - 0.20 * np.cos(np.radians(4 * mean_hue - 63))
    )
    dl = (l2 - l1) / (1 + 0.015 * (light - 50) ** 2 / np.sqrt(20 + (light - 50) ** 2))
    dc = (c2 - c1) / (1 + 0.045 * chroma)
    dh = 2 * np.sqrt(c1 * c2) * np.sin(np.radians(turn / 2)) / (1 + 0.015 * chroma * t)
    around = 30 * np.exp(-(((mean_hue - 275) / 25) ** 2))
    mix = -2 * np.sqrt(chroma**7 / (chroma**7 + 25.0**7)) * np.sin(np.radians(2 * around))
    return float(np.sqrt(dl**2 + dc**2 + dh**2 + mix * dc * dh))


@pytest.mark.parametrize(
    ("one", "other", "distance"),
    [
        ((50, 2.6772, -79.7751), (50, 0, -82.7485), 2.0425),
        ((50, -1.3802, -84.2814), (50, 0, -82.7485), 1.0000),
        ((50, 2.5, 0), (50, 0, -2.5), 4.3065),
        ((50, 2.5, 0), (73, 25, -18), 27.1492),
        ((2.0776, 0.0795, -1.1350), (0.9033, -0.0636, -0.5514), 0.9082),
    ],
)
def test_distance_is_that_of_the_published_pairs(one, other, distance):
    assert ciede2000(one, other) == pytest.approx(distance, abs=1e-4)


#: Palettes, whether any two of their classes can lie side by side, and the least distance
#: (CIEDE2000) between neighbors that is promised to every reader.
PROMISED = {
    "grades": (GRADE_COLORS, False, 8.5),
    "tenths of a score": (layers.tenth_colors(), False, 4.0),
    "diverging": (DIVERGING, False, 9.0),
    "oranges": (class_colors(5, palette("oranges")), False, 12.0),
    "purples": (class_colors(5, palette("purples")), False, 12.0),
    "grays": (class_colors(5, palette("grays")), False, 12.0),
    **{
        statistic.name: (tuple(statistic.colors.values()), True, 14.0)
        for statistic in LOCAL_STATISTICS.values()
    },
    "warning levels": (WARNING_COLORS, True, 14.0),
    "responses to a shock": (tuple(SHOCK_COLORS.values()), True, 30.0),
    "categories": ((*QUALITATIVE, REST), True, 14.0),
}


@pytest.mark.parametrize("deficiency", DEFICIENCIES)
@pytest.mark.parametrize("name", PROMISED)
def test_classes_stay_apart_for_every_reader(name, deficiency):
    colors, any_two, least = PROMISED[name]
    seen = [lab(DEFICIENCIES[deficiency] @ linear(color)) for color in colors]
    pairs = combinations(seen, 2) if any_two else pairwise(seen)
    assert min(ciede2000(*pair) for pair in pairs) >= least


@pytest.mark.parametrize("name", PROMISED)
def test_names_on_every_class_are_legible(name):
    for color in PROMISED[name][0]:
        for dark in ("#000000", INK):
            inks = {ink: contrast(ink, color) for ink in (dark, "#ffffff")}
            assert inks[ink_on(color, dark)] == max(inks.values())
        assert contrast(ink_on(color), color) >= 4.5


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


def contrast(one, other):
    """The contrast of WCAG 2."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


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
