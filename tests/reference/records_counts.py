"""Write records.csv and records_counts.csv: what DuckDB and SedonaDB count in the same records.

Run with DuckDB 1.5.5, its spatial extension (the package duckdb-extension-spatial) and SedonaDB
0.5.0 from the root of the repository; both must agree in every count, and in sums to 12 digits.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import pandas as pd

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parents[1] / "benchmarks"))

import tally  # noqa: E402  (benchmarks/tally.py)


def main() -> None:
    """Generate the records, count them twice, and store them and the counts."""
    with tempfile.TemporaryDirectory() as folder:
        file = tally.write_records(Path(folder) / "records.parquet", 1_500, seed=3)
        pd.read_parquet(file).round({"x": 4, "y": 4}).to_csv(HERE / "records.csv", index=False)
        pd.read_csv(HERE / "records.csv").to_parquet(file)
        found = [
            tally.sorted_counts(way(file, tally.provinces()))
            for way in (tally.by_duckdb, tally.by_sedona)
        ]
    pd.testing.assert_frame_equal(*found, rtol=1e-12)
    found[0].to_csv(HERE / "records_counts.csv", index=False)


if __name__ == "__main__":
    main()
