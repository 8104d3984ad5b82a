"""One coefficient of a spatial error model: its p, and the interval of what is not rejected.

The interval is the test's own: it holds the values that the likelihood ratio with its parametric
bootstrap does not reject.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from geo_resilience.spatial.groups._likelihood_ratio import TIE, ErrorModel
from geo_resilience.statistics._arrays import Array

#: Steps outward until a value is rejected, each half as long again; halvings between two values.
_OUTWARD, _HALVINGS = 40, 40


@dataclass(frozen=True)
class Interval:
    """Ends of an interval, infinite where no value is rejected; p of the value 0, two-sided.

    The estimate within is the likeliest value.
    """

    low: float
    high: float
    p_value: float
    estimate: float


#: Where nothing can be tested.
UNKNOWN = Interval(*(float("nan"),) * 4)


class Coefficient:
    """The coefficient of a regressor x beside the columns of a base, on a model's links and draws.

    A value b is tested by fitting ``y - b x`` without x: ``LR(b) = n ln(S0(b) / S1)`` with the
    least scaled sums of squares over lambda. What LR comes to by chance hangs on the lambda fitted
    under b alone, since neither b nor the base nor the variance moves it. So the draws for one
    lambda serve all values, years and variables, and are kept; they are made for all coefficients
    of a ``pool`` at once.
    """

    def __init__(
        self,
        model: ErrorModel,
        regressor: Array,
        base: Array,
        pool: list[Coefficient] | None = None,
    ) -> None:
        self._model, self._regressor, self._base = model, regressor, base
        self._drawn: dict[int, Array] = {}
        self._pool = [] if pool is None else pool
        self._pool.append(self)

    def interval(self, y: Array, level: float = 0.95) -> Interval:
        """Test 0, and find the values around the estimate that are not rejected.

        0 lies outside exactly where its p is at most ``1 - level``. Should values be kept, rejected
        and kept again on the way out, the interval ends at the first that is rejected.
        """
        own, cross, square = self._model.sums(y, self._regressor, self._base)
        tested = _Values(self, own, cross, np.maximum(square, 1e-300))
        alpha, p = round(1.0 - level, 12), tested.p_value(0.0)[0]
        ends = []
        for side in (-1.0, 1.0):
            kept, rejected = tested.estimate, None
            if -side * tested.estimate > 0:
                kept, rejected = (0.0, None) if p > alpha else (kept, 0.0)
            ends.append(tested.end(kept, rejected, side, alpha))
        return Interval(ends[0], ends[1], p, tested.estimate)

    @property
    def regions(self) -> int:
        """Number of regions."""
        return self._model.n

    @property
    def last(self) -> int:
        """Place of the largest lambda."""
        return len(self._model.grid) - 1

    def drawn(self, place: int) -> Array:
        """Give the ratios that chance brings under a lambda of the grid, sorted."""
        if place not in self._drawn:
            some = [each for each in self._pool if place not in each._drawn]
            asked = [(each._base, [each._regressor]) for each in some]
            drawn = self._model.drawn_ratios(place, asked)
            for each, ratios in zip(some, drawn, strict=True):
                each._drawn[place] = np.sort(ratios[0])
        return self._drawn[place]


class _Values:
    """Tests of the values of a coefficient for one y."""

    def __init__(self, of: Coefficient, own: Array, cross: Array, square: Array) -> None:
        self._of, self._own, self._cross, self._square = of, own, cross, square
        rest = own - cross**2 / square
        best = int(np.argmin(rest))
        self.estimate = float(cross[best] / square[best])
        # A perfect fit leaves rounding errors, of either sign.
        self._least = max(float(rest[best]), 1e-14 * float(own.min()))
        self._step = float(2 * np.sqrt(self._least / square[best] / of.regions))

    def p_value(self, b: float) -> tuple[float, int]:
        """Give the p of one value, and the place of the lambda fitted under it."""
        without = self._own - 2 * b * self._cross + b * b * self._square
        place = int(np.argmin(without))
        ratio = self._of.regions * np.log(max(float(without[place]), self._least) / self._least)
        drawn = self._of.drawn(place)
        # Rounding must not turn a ratio of zero into one below it.
        larger = len(drawn) - int(np.searchsorted(drawn, ratio - TIE))
        return (1.0 + larger) / (1.0 + len(drawn)), place

    def end(self, kept: float, rejected: float | None, side: float, alpha: float) -> float:
        """Find where values begin to be rejected; infinite where only lambda's limit ends them."""
        step = side * self._step
        for _ in range(_OUTWARD):
            if rejected is not None:
                return self._between(kept, rejected, alpha)
            p, place = self.p_value(kept + step)
            if p <= alpha:
                rejected = kept + step
            elif place == self._of.last:
                break
            else:
                kept, step = kept + step, 1.5 * step
        return side * np.inf

    def _between(self, kept: float, rejected: float, alpha: float) -> float:
        for _ in range(_HALVINGS):
            middle = (kept + rejected) / 2
            if self.p_value(middle)[0] <= alpha:
                rejected = middle
            else:
                kept = middle
        return kept
