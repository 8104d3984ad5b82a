"""Make provinces.csv, the figures that spdep.R works on, from the bundled tables (run once)."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

HERE = Path(__file__).parent
TABLES = HERE.parents[2] / "geo_resilience" / "study" / "example"


def main() -> None:
    """Write gross product and high-tech revenue per head of 2023, and the zone."""

    def year(name: str) -> pd.DataFrame:
        table = pd.read_csv(TABLES / f"{name}.csv", dtype={"adcode": str})
        return table[table["year"] == 2023].set_index("adcode")

    economy, industry = year("economy"), year("high_tech_industry")
    people = economy["population_10k_person"]
    frame = pd.DataFrame(
        {
            "product": (economy["grp_100m_yuan"] / people).round(4),
            "hightech": (industry["hightech_revenue_100m_yuan"] / people).round(4),
        }
    )
    east = [
        "110000",
        "120000",
        "130000",
        "310000",
        "320000",
        "330000",
        "350000",
        "370000",
        "440000",
        "460000",
    ]
    frame["zone"] = ["east" if key in east else "inland" for key in frame.index]
    frame.loc[["210000", "220000", "230000"], "zone"] = "northeast"
    frame.to_csv(HERE / "provinces.csv")


if __name__ == "__main__":
    main()
