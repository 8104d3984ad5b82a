"""Make the two real tables that the reference programs read (run from the project's root).

Both are ratios of the provincial units in 2023 (those without a blank), min-max scaled, from the
bundled study's tables: ``high_tech.csv`` eight of the high-tech industry, ``digital.csv`` six of
what a digital economy rests on.
"""

from functools import reduce
from pathlib import Path

import pandas as pd

HERE = Path(__file__).parent
TABLES = Path("geo_resilience/study/example")
KEYS = ["adcode", "region", "year"]

HIGH_TECH = {
    "share": ("hightech_revenue_100m_yuan", None),
    "per_head": ("hightech_revenue_100m_yuan", "population_10k_person"),
    "margin": ("hightech_profit_100m_yuan", "hightech_revenue_100m_yuan"),
    "research": ("hightech_rd_expenditure_10k_yuan", "hightech_revenue_100m_yuan"),
    "patents": ("hightech_valid_invention_patents_count", "hightech_enterprises_count"),
    "new_products": ("hightech_new_product_sales_10k_yuan", "hightech_revenue_100m_yuan"),
    "output_per_head": ("grp_100m_yuan", "population_10k_person"),
    "energy": ("grp_secondary_100m_yuan", "electricity_consumption_100m_kwh"),
}
DIGITAL = {
    "software": ("software_revenue_100m_yuan", "population_10k_person"),
    "ecommerce": ("ecommerce_sales_100m_yuan", "population_10k_person"),
    "broadband": ("broadband_subscribers_10k_household", "population_10k_person"),
    "mobile": ("mobile_internet_traffic_10k_gb", "population_10k_person"),
    "cable": ("optical_cable_km", "population_10k_person"),
    "science_budget": ("fiscal_science_technology_100m_yuan", "fiscal_expenditure_100m_yuan"),
}


def main() -> None:
    frames = [pd.read_csv(path, dtype={"adcode": str}) for path in sorted(TABLES.glob("*.csv"))]
    panel = reduce(lambda one, other: one.merge(other, on=KEYS), frames)
    panel = panel[panel["year"] == 2023].set_index("adcode").sort_index()
    for name, ratios in {"high_tech": HIGH_TECH, "digital": DIGITAL}.items():
        table = pd.DataFrame(
            {
                code: panel[above] / (1 if below is None else panel[below])
                for code, (above, below) in ratios.items()
            }
        )
        scaled = (table - table.min()) / (table.max() - table.min())
        scaled.dropna().round(6).to_csv(HERE / f"{name}.csv")


if __name__ == "__main__":
    main()
