"""Make production.csv and states.geojson from their sources (SOURCES.md)."""

import sys
from pathlib import Path

import geopandas as gpd
import pandas as pd

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))
import sources  # noqa: E402

#: How columns of Munnell's table are called here.
NAMES = {
    "P_CAP": "public_capital", "HWY": "highways", "WATER": "water", "UTIL": "other_public",
    "PC": "private_capital", "GSP": "product", "EMP": "employment", "UNEMP": "unemployment",
}  # fmt: skip


def main() -> None:
    """Write the two files."""
    codes = sources.read_regions(HERE / "states.csv")
    table = sources.read_bz2("linearmodels", "datasets", "munnell", "munnell.csv.bz2")
    by_code = pd.Series(codes.index, index=codes["code"])
    table = table.assign(key=table["ST_ABB"].map(by_code)).rename(columns={"YR": "year"})
    table = table.set_index(["key", "year"])[[*NAMES]].rename(columns=NAMES)
    income = pd.read_csv(sources.source("us_income", "usjoin.csv"), dtype={"STATE_FIPS": str}).drop(
        columns="Name"
    )
    income = income.set_index(income.pop("STATE_FIPS").str.zfill(2).rename("key"))
    income = income.rename(columns=int).rename_axis("year", axis=1).stack().rename("income")
    sources.write_table(table.join(income), HERE / "production.csv")
    atlas = gpd.read_file(sources.source("us-atlas", "states-10m.json"), layer="states")
    atlas = atlas.set_index("id").rename_axis("key").loc[codes.index, ["geometry"]]
    frame = atlas.set_crs(4269, allow_override=True).join(codes[["name", "name_zh"]])
    sources.write_boundaries(frame, HERE / "states.geojson", 0.02)


if __name__ == "__main__":
    main()
