"""Generate firms.parquet beside this file: 40,000 made-up firms, for examples/records.toml.

Nothing in it is a fact: places are even within each province, whose number of firms follows the
revenue of its high-tech industry in the bundled study; industries (codes of GB/T 4754), founding
dates, owners and revenues are drawn. A few records are wrong, as records are: without a date, at
longitude 0 and latitude 0, at sea, or of industries that the concordance does not know. The seed
is fixed, so that all get the same firms.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import shapely

import geo_resilience as gr

FIRMS, SEED, LEAST = 40_000, 20240607, 300

#: Industries, and how much more frequent each is in the east.
CODES = {"2710": 0.8, "2720": 0.9, "3474": 1.0, "3914": 1.4, "3940": 1.5, "3962": 1.3, "5110": 1.0}


def firms_of(number: int, polygon: shapely.Geometry, east: float, rng: np.random.Generator):
    """Draw the firms of a province; east is 1 at the coast and 0 far from it."""
    points = np.empty((0, 2))
    while len(points) < number:
        west, south, right, north = polygon.bounds
        tried = rng.uniform((west, south), (right, north), (4 * number, 2))
        points = np.vstack([points, tried[shapely.contains_xy(polygon, *tried.T)]])
    odds = np.array([share**east for share in CODES.values()]) * rng.dirichlet([8] * len(CODES))
    days = rng.integers(0, 6 * 365, number)
    return pd.DataFrame(
        {
            "longitude": points[:number, 0].round(4),
            "latitude": points[:number, 1].round(4),
            "founded": pd.Timestamp("2018-01-01") + pd.to_timedelta(days, unit="D"),
            "code": rng.choice(list(CODES), number, p=odds / odds.sum()),
            "owner": [f"G{each}" for each in rng.geometric(0.05, number)],
            "revenue": rng.lognormal(2 + east, 1.2, number).round(2),
        }
    )


def firms() -> pd.DataFrame:
    """Draw all firms."""
    rng = np.random.default_rng(SEED)
    folder = gr.study.read_plan().folder
    table = pd.read_csv(folder / "high_tech_industry.csv", dtype={"adcode": "str"})
    revenue = table.groupby("adcode")["hightech_revenue_100m_yuan"].sum()
    numbers = (LEAST + (FIRMS - 31 * LEAST) * revenue / revenue.sum()).astype(int)
    ground = gr.regions.read_boundaries().frame.to_crs(4326)
    parts = []
    for key, number in numbers.items():
        polygon = ground.geometry[key]
        shapely.prepare(polygon)
        east = float(np.clip((polygon.centroid.x - 95) / 25, 0, 1))
        parts.append(firms_of(number, polygon, east, rng))
    found = pd.concat(parts, ignore_index=True).sample(frac=1, random_state=SEED)
    wrong = rng.permutation(len(found))[:900]
    found = found.reset_index(drop=True)
    found.loc[wrong[:200], "founded"] = pd.NaT
    found.loc[wrong[200:400], ["longitude", "latitude"]] = 0.0
    found.loc[wrong[400:600], "longitude"] += 60
    found.loc[wrong[600:], "code"] = "9999"
    return found


def main(folder: Path) -> None:
    """Write the firms."""
    firms().to_parquet(folder / "firms.parquet", index=False)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
