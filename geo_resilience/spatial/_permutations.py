"""How many arrangements are asked for, and how much counting may cost."""

from __future__ import annotations

import numpy as np

from geo_resilience.errors import InputError

#: Counting is chosen while its estimated time stays below this.
SECONDS = 2.0


def asked_for(permutations: int | None) -> int | None:
    """Check a number of permutations; None (count where cheap) passes."""
    if permutations is None:
        return None
    if isinstance(permutations, bool) or not isinstance(permutations, int | np.integer):
        raise InputError("spatial.permutations_wrong", found=repr(permutations))
    if permutations < 1:
        raise InputError("spatial.permutations_wrong", found=permutations)
    return int(permutations)
