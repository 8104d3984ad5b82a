"""Make services.csv, countries.geojson and base.geojson from their sources (SOURCES.md)."""

import sys
from pathlib import Path

import pandas as pd
import shapely

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))
import sources  # noqa: E402

#: West, south, east, north: without the uninhabited Prince Edward Islands of South Africa.
WINDOW = shapely.box(-26, -36, 64, 38)
PEOPLE, PHONES = "People and Society", "Communications"
COLUMNS = {
    "electricity": ("Energy", "Electricity access", "electrification - total population"),
    "water": (PEOPLE, "Drinking water source", "improved: total"),
    "sanitation": (PEOPLE, "Sanitation facility access", "improved: total"),
    "infant_mortality": (PEOPLE, "Infant mortality rate", "total"),
    "physicians": (PEOPLE, "Physician density"),
    "underweight": (PEOPLE, "Children under the age of 5 years underweight"),
    "internet": (PHONES, "Internet users", "percent of population"),
    "mobile": (PHONES, "Telephones - mobile cellular", "subscriptions per 100 inhabitants"),
    "gdp_per_head": ("Economy", "Real GDP per capita", "Real GDP per capita 2023"),
    "population": (PEOPLE, "Population", "total"),
}


def main() -> None:
    """Write the three files."""
    countries = sources.read_regions(HERE / "countries.csv")
    sources.write_table(sources.read_factbook(countries, COLUMNS), HERE / "services.csv")
    sources.write_boundaries(
        sources.read_atlas(countries, WINDOW), HERE / "countries.geojson", 0.03
    )
    area = {"atlas": "732", "name": "Western Sahara", "name_zh": "西撒哈拉"}
    area = sources.read_atlas(pd.DataFrame(area, index=["ESH"]), WINDOW).assign(role="areas")
    sources.write_boundaries(area, HERE / "base.geojson", 0.03)


if __name__ == "__main__":
    main()
