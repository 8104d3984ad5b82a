"""Claim: the verdict's p-value keeps its level where the others do not; what 31 regions can show.

Simulates fields on the bundled provinces (independent, spatially dependent, a trend), without any
group effect, and prints how often each p-value of the pattern test falls to .05; then how often
the verdict's finds a true step of 0.5, 1 and 2 standard deviations. A first argument sets the
number of fields (200 by default; the rates then have an error of .015 at .05).
"""

from __future__ import annotations

import sys
import time

import numpy as np

from geo_resilience import spatial
from geo_resilience.regions import read_boundaries, read_groups
from geo_resilience.spatial.groups._gradient import center_coordinates
from geo_resilience.spatial.groups._power import group_power, rejection_rates, simulated_fields


def main(fields: int) -> None:
    """Print both tables; stop if the verdict's rate is far above its level."""
    regions = read_boundaries()
    neighbors = spatial.queen(regions)
    groupings = read_groups()
    groups = {
        "coastal_belt": groupings["belts"].members["coastal_belt"],
        "yangtze_river_belt": groupings["belts"].members["yangtze_river_belt"],
        "yangtze_river_delta": groupings["areas"].members["yangtze_river_delta"],
        "east": groupings["zones"].members["east"],
    }
    west_east = center_coordinates(regions)["x"].to_numpy()
    kinds = {
        "independent": {},
        "dependence .5": {"lam": 0.5},
        "dependence .8": {"lam": 0.8},
        "dependence .95": {"lam": 0.95},
        "trend plus noise": {"slope": west_east},
    }
    start = time.perf_counter()
    worst = 0.0
    for name, options in kinds.items():
        simulated = simulated_fields(neighbors, fields, rng=1, **options)
        rates = rejection_rates(simulated, groups, neighbors, rng=2)
        if "slope" not in options:
            worst = max(worst, float(rates["p_spatial"].max()))
        print(f"\n{name}: rejected at .05\n{rates.round(3).to_string()}", flush=True)
    power = group_power(groups, neighbors, lam=0.5, fields=fields, rng=3)
    print(f"\npower of p_spatial, dependence .5, by step\n{power.round(3).to_string()}")
    print(f"\n{fields} fields of each kind, {time.perf_counter() - start:.0f} s")
    if worst > 0.05 + 4 * np.sqrt(0.05 * 0.95 / fields) + 0.03:
        raise SystemExit(f"p_spatial rejects {worst:.3f} at .05")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
