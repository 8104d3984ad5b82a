"""Make energy.csv and countries.geojson from their sources (SOURCES.md)."""

import sys
from pathlib import Path

import shapely

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))
import sources  # noqa: E402

#: West, south, east, north: without what lies overseas, or north of the mainland.
WINDOW = shapely.box(-25, 34, 45, 72)
POWER, GAS, OIL = "Electricity", "Natural gas", "Petroleum"
MIX = (
    "fossil fuels", "nuclear", "solar", "wind", "hydroelectricity", "tide and wave", "geothermal",
    "biomass and waste",
)  # fmt: skip
INFLATION = "Inflation rate (consumer prices)"
COLUMNS = {
    **{kind.replace(" ", "_"): ("Energy", "Electricity generation sources", kind) for kind in MIX},
    "power_consumption": ("Energy", POWER, "consumption"),
    "power_imports": ("Energy", POWER, "imports"),
    "power_exports": ("Energy", POWER, "exports"),
    "power_losses": ("Energy", POWER, "transmission/distribution losses"),
    "gas_imports": ("Energy", GAS, "imports"),
    "gas_exports": ("Energy", GAS, "exports"),
    "oil_production": ("Energy", OIL, "total petroleum production"),
    "oil_consumption": ("Energy", OIL, "refined petroleum consumption"),
    "energy_per_head": (
        "Energy", "Energy consumption per capita", "Total energy consumption per capita 2023",
    ),
    "gdp_per_head": ("Economy", "Real GDP per capita", "Real GDP per capita 2023"),
    "unemployment": ("Economy", "Unemployment rate", "Unemployment rate 2023"),
    "inflation_2022": ("Economy", INFLATION, f"{INFLATION} 2022"),
    "population": ("People and Society", "Population", "total"),
}  # fmt: skip


def main() -> None:
    """Write the two files."""
    countries = sources.read_regions(HERE / "countries.csv")
    table = sources.read_factbook(countries, COLUMNS)
    mix = table[[kind.replace(" ", "_") for kind in MIX]].clip(lower=0)
    shares = 100 * mix.div(
        mix.sum(axis=1), axis=0
    )  # pumped storage is below 0 in Luxembourg and Belgium
    table[mix.columns] = shares.round(1)
    sources.write_table(table, HERE / "energy.csv")
    sources.write_boundaries(
        sources.read_atlas(countries, WINDOW), HERE / "countries.geojson", 0.02
    )


if __name__ == "__main__":
    main()
