"""Cut points of the classes of a map of any table."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise

import numpy as np

from geo_resilience.errors import InputError
from geo_resilience.maps.drawing._series import Grid
from geo_resilience.statistics import _classes as classes

#: Ways of classing by name.
METHODS: Mapping[str, Callable[[np.ndarray, int], list[float]]] = {
    "quantile": classes.quantile_cuts,
    "equal": classes.equal_cuts,
    "jenks": classes.jenks_cuts,
    "deviation": classes.deviation_cuts,
}

#: From here on sums and squares might overflow; below its inverse they might vanish.
LARGE = 1e100


def cuts_by(values: np.ndarray, method: str, count: int) -> list[float]:
    """Give cut points by the name of a method; numbers near the largest there are, too."""
    sizes = np.abs(values[np.isfinite(values)])
    if not len(sizes) or 1 / LARGE < sizes.max() < LARGE or sizes.max() == 0:
        return METHODS[method](values, count)
    return [cut * float(sizes.max()) for cut in METHODS[method](values / sizes.max(), count)]


def cut_points(grid: Grid, classes: str | Sequence[float]) -> tuple[list[float], str]:
    """Give the inner cut points of classes, and the word on how they were found."""
    if isinstance(classes, str):
        method, _, count = classes.strip().lower().partition(":")
        number = int(count) if count.strip().isdecimal() else 0 if count else 5
        if method not in METHODS or not 1 <= number <= 12:
            raise InputError("maps.classes_unknown", found=repr(classes))
        once = method == "quantile" and len(grid.years) < 2
        return cuts_by(grid.values, method, number), f"{method}{'_once' * once}"
    try:
        cuts = [float(cut) for cut in classes]
    except (TypeError, ValueError):
        raise InputError("maps.classes_unknown", found=repr(classes)) from None
    rising = all(low < high for low, high in pairwise(cuts))
    if not rising or not np.isfinite(cuts).all() or len(cuts) > 11:
        raise InputError("maps.classes_unknown", found=repr(classes))
    return cuts, "cuts"
