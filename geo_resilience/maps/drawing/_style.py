"""Colors of classes: arithmetic on hex strings, the same for atlas, figures and report."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from geo_resilience.errors import InputError, unknown
from geo_resilience.evaluation._grading import GRADE_COLORS
from geo_resilience.results._ink import linear

#: Below zero to above zero, through a light gray; for signs that matter.
DIVERGING: tuple[str, ...] = (
    "#8c3b0c",
    "#d07f33",
    "#efc58c",
    "#e9e9e6",
    "#9fd0d6",
    "#3f93ad",
    "#1d4f7c",
)

#: Categories without an order; any two stay apart for the color-blind, too.
QUALITATIVE: tuple[str, ...] = (
    "#295cb0",
    "#e2a03f",
    "#21976e",
    "#9e175d",
    "#7e7af1",
    "#7b7c10",
    "#87b7e8",
    "#624e27",
)

#: No warning, then the four colors that warnings are named for; darker as they grow graver.
WARNING_COLORS: tuple[str, ...] = ("#e6e6e3", "#8fb8e0", "#f0d13c", "#dd7f1a", "#a3142e")

#: How a region took a shock and came out of it, best first.
SHOCK_COLORS: dict[str, str] = {
    "resistant, recovered": "#1d4f7c",
    "resistant, not recovered": "#9fd0d6",
    "not resistant, recovered": "#e2a03f",
    "not resistant, not recovered": "#8c3b0c",
}

#: Ground of a region without data; a hatching is drawn over it.
NO_DATA = "#d9dbde"

_NAMED = {
    "grades": GRADE_COLORS,
    "diverging": DIVERGING,
    "qualitative": QUALITATIVE,
    "grays": ("#ececec", "#2b2b2b"),
    "oranges": ("#fbe9c6", "#f0a44f", "#c4532a", "#6b1d2a"),
    "purples": ("#efe6f3", "#b79ac8", "#7a4f9a", "#3c1b5e"),
}


_RGB_TO_LMS = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_LMS_TO_OKLAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)


def _to_oklab(color: str) -> np.ndarray:
    return _LMS_TO_OKLAB @ np.cbrt(_RGB_TO_LMS @ linear(color))


def _from_oklab(lab: np.ndarray) -> str:
    linear = np.linalg.inv(_RGB_TO_LMS) @ (np.linalg.inv(_LMS_TO_OKLAB) @ lab) ** 3
    linear = np.clip(linear, 0, 1)
    encoded = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    return "#" + "".join(f"{round(float(channel) * 255):02x}" for channel in encoded)


def color_at(position: float, colors: Sequence[str] = GRADE_COLORS) -> str:
    """Give the color at a place between 0 (first) and 1 (last), mixed in Oklab.

    .. [1] Ottosson, B. (2020). "A perceptual color space for image processing" (Oklab).
    """
    place = min(max(float(position), 0.0), 1.0) * (len(colors) - 1)
    below = min(int(place), len(colors) - 2)
    share = place - below
    if share == 0:
        return colors[below]
    if share == 1:
        return colors[below + 1]
    mixed = (1 - share) * _to_oklab(colors[below]) + share * _to_oklab(colors[below + 1])
    return _from_oklab(mixed)


def class_colors(count: int, colors: Sequence[str] = GRADE_COLORS) -> list[str]:
    """Give colors of ordered classes, spread evenly over a palette."""
    if count == 1:
        return [color_at(0.5, colors)]
    return [color_at(index / (count - 1), colors) for index in range(count)]


def palette(colors: str | Sequence[str]) -> tuple[str, ...]:
    """Resolve a palette's name, or check hex colors of the user's own."""
    if isinstance(colors, str):
        if colors not in _NAMED:
            raise InputError(unknown("maps.palette_unknown", colors, _NAMED))
        return _NAMED[colors]
    chosen = tuple(str(color).strip().lower() for color in colors)
    wrong = [color for color in chosen if not _is_hex(color)]
    if wrong or not chosen:
        raise InputError("maps.color_unreadable", found=wrong or ["-"])
    return chosen


def _is_hex(color: str) -> bool:
    return (
        len(color) == 7
        and color.startswith("#")
        and all(character in "0123456789abcdef" for character in color[1:])
    )


def class_of(values: np.ndarray, cuts: Sequence[float]) -> np.ndarray:
    """Give the class of each value: how many cut points lie at or below it; -1 for no value."""
    values = np.asarray(values, dtype=float)
    classes = np.searchsorted(np.asarray(cuts, dtype=float), values, side="right")
    return np.where(np.isnan(values), -1, classes)
