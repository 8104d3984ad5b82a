"""The bundled study: its indicators computed a second way, and what is known of them."""

from __future__ import annotations

import csv
import tomllib
from importlib.resources import files

import numpy as np
import pandas as pd
import pytest

from geo_resilience.indicators import fill_missing, minmax, read_framework, winsorize
from geo_resilience.indicators._derivation import evaluate
from geo_resilience.indicators._joining import join_tables
from geo_resilience.indicators._panel import check_panel
from geo_resilience.indicators._sources import TableSource
from geo_resilience.regions import read_boundaries, read_groups

EXAMPLE = files("geo_resilience") / "study" / "example"
TIBET = "540000"
YEARS = range(2018, 2024)


@pytest.fixture(scope="module")
def framework():
    return read_framework("high_tech")


@pytest.fixture(scope="module")
def joined(framework):
    study = tomllib.loads((EXAMPLE / "study.toml").read_text(encoding="utf-8"))
    sources = [
        TableSource(str(EXAMPLE / table["file"]), region=table["region"], year=table["year"])
        for table in study["tables"]
    ]
    return join_tables(
        sources, read_boundaries(), needed_columns=framework.needed_columns, years=study["years"]
    )


@pytest.fixture(scope="module")
def measured(framework, joined):
    return evaluate(framework, joined.frame)


@pytest.fixture(scope="module")
def scaled(framework, measured):
    keys = measured.indicators.index.get_level_values("adcode")
    reference = pd.Series(keys != TIBET, index=measured.indicators.index)
    capped, _ = winsorize(measured.indicators, reference=reference)
    filled, _ = fill_missing(capped, methods=["median"])
    return minmax(filled, framework.directions)[0]


@pytest.fixture(scope="module")
def cells():
    """Every figure of the bundled tables by (column, adcode, year), read by the csv module."""
    found = {}
    for name in ("high_tech_industry", "economy", "employment", "technology", "digital"):
        text = (EXAMPLE / f"{name}.csv").read_text(encoding="utf-8")
        for row in csv.DictReader(text.splitlines()):
            key, year = row.pop("adcode"), int(row.pop("year"))
            row.pop("region")
            for column, cell in row.items():
                assert (column, key, year) not in found
                found[column, key, year] = float(cell) if cell else None
    return found


def test_every_region_and_year_is_there(joined):
    assert joined.frame.shape == (186, 30)
    assert joined.years == list(YEARS)
    assert joined.notes == ()
    assert joined.report.unmatched.empty
    assert joined.report.missing.empty


def test_every_column_of_the_tables_is_used(joined):
    columns = {
        name
        for file in EXAMPLE.iterdir()
        if file.name.endswith(".csv") and not file.name.startswith("io_")
        for name in file.read_text(encoding="utf-8").split("\n")[0].split(",")
    }
    assert columns - {"adcode", "region", "year"} == set(joined.frame)


def test_names_in_the_tables_are_those_of_the_boundaries():
    names = read_boundaries().names()
    for file in EXAMPLE.iterdir():
        if file.name.endswith(".csv") and not file.name.startswith("io_"):
            for row in csv.DictReader(file.read_text(encoding="utf-8").splitlines()):
                assert names[row["adcode"]] == row["region"]


@pytest.mark.parametrize(
    ("column", "year", "total"),
    # National totals as the yearbooks print them (31 units; rounding of single cells aside).
    [
        ("hightech_revenue_100m_yuan", 2018, 157_001),
        ("hightech_revenue_100m_yuan", 2023, 224_694),
        ("hightech_valid_invention_patents_count", 2023, 892_210),
        ("hightech_rd_expenditure_10k_yuan", 2022, 65_077_305),
        ("software_revenue_100m_yuan", 2019, 72_072),
        ("ic_output_100m_piece", 2020, 2_614),
    ],
)
def test_sums_are_the_printed_totals(joined, column, year, total):
    found = joined.frame[column].xs(year, level="year").sum()
    assert found == pytest.approx(total, rel=2e-4)


def test_indicators_computed_a_second_way(cells, measured):
    """Definitions written out cell by cell in plain Python."""
    keys = sorted({key for _, key, _ in cells})

    def national(column, year):
        return sum(cells[column, key, year] or 0 for key in keys)

    def quotient(column, key, year, *, blank=None):
        value = cells[column, key, year]
        value = blank if value is None else value
        if value is None:
            return None
        base = cells["grp_100m_yuan", key, year] / national("grp_100m_yuan", year)
        return value / national(column, year) / base

    def ratio3(above, below, key, year):
        pairs = [
            (cells[above, key, y], cells[below, key, y])
            for y in range(max(2018, year - 2), year + 1)
        ]
        pairs = [pair for pair in pairs if None not in pair]
        return sum(a for a, _ in pairs) / sum(b for _, b in pairs) if pairs else None

    def coverage(key, year):
        links = [
            quotient("urban_unit_scitech_employment_10k_person", key, year),
            quotient("software_revenue_100m_yuan", key, year),
            quotient("ic_output_100m_piece", key, year, blank=0),
            quotient("hightech_revenue_100m_yuan", key, year),
            quotient("urban_unit_ict_employment_10k_person", key, year),
            quotient("ecommerce_sales_100m_yuan", key, year),
        ]
        links = [min(1, link) for link in links if link is not None]
        return sum(links) / len(links)

    def over(above, below, key, year, factor=1.0):
        pair = cells[above, key, year], cells[below, key, year]
        return None if None in pair else factor * pair[0] / pair[1]

    revenue = "hightech_revenue_100m_yuan"
    expected = {}
    for key in keys:
        for year in YEARS:
            renovation = ratio3("hightech_tech_renovation_expenditure_10k_yuan", revenue, key, year)
            expected[key, year] = {
                "D111": min(
                    1,
                    ratio3("tech_market_output_10k_yuan", "tech_market_input_10k_yuan", key, year),
                ),
                "D112": coverage(key, year),
                "D121": cells[revenue, key, year] / national(revenue, year),
                "D122": quotient(revenue, key, year),
                "D211": ratio3("hightech_profit_100m_yuan", revenue, key, year),
                "D212": over("grp_100m_yuan", "population_10k_person", key, year),
                "D221": over(
                    "grp_secondary_100m_yuan", "electricity_consumption_100m_kwh", key, year
                ),
                "D222": ratio3(
                    "industry_new_product_sales_10k_yuan",
                    "industry_rd_equipment_original_value_10k_yuan",
                    key,
                    year,
                ),
                "D311": over("hightech_rd_expenditure_10k_yuan", revenue, key, year, 1e-4),
                "D312": over(
                    "hightech_valid_invention_patents_count",
                    "hightech_enterprises_count",
                    key,
                    year,
                ),
                "D321": over("hightech_new_product_sales_10k_yuan", revenue, key, year, 1e-4),
                "D322": None if renovation is None else renovation * 1e-4,
            }
    by_hand = pd.DataFrame.from_dict(expected, orient="index", dtype=float)
    np.testing.assert_allclose(
        measured.indicators.to_numpy(),
        by_hand.loc[measured.indicators.index].to_numpy(),
        rtol=1e-12,
    )


def test_only_tibet_has_blanks(measured):
    blank = measured.indicators.isna()
    assert blank.sum().loc[lambda count: count > 0].to_dict() == {"D222": 1, "D321": 5, "D322": 5}
    assert set(blank.index[blank.any(axis=1)].get_level_values("adcode")) == {TIBET}
    assert measured.problems == ()
    assert measured.notes == ()


def test_partitions_add_up(measured, joined):
    variables, frame = measured.variables, joined.frame
    shares = ["primary_value_added", "secondary_value_added", "tertiary_value_added"]
    np.testing.assert_allclose(variables[shares].sum(axis=1), frame["grp_100m_yuan"])
    work = ["manufacturing_employment", "ict_employment", "scitech_employment", "other_employment"]
    whole = frame["urban_unit_employment_10k_person"].drop(TIBET, level="adcode")
    np.testing.assert_allclose(variables[work].drop(TIBET, level="adcode").sum(axis=1), whole)
    assert variables[work].xs(TIBET).isna().sum().tolist() == [0, 6, 6, 6]
    assert (variables[work].min() > 0).all()


def test_composite_is_that_of_the_trial(framework, measured, scaled):
    """An independent trial with the same rules, known to two decimals (three for the nation)."""
    check_panel(measured.indicators, framework)
    composite = (scaled * framework.published).sum(axis=1)
    last = composite.xs(2023, level="year")
    names = read_boundaries().names()
    best = last.sort_values(ascending=False).rename(names).round(2)
    assert best.iloc[:2].to_dict() == {"Beijing": 0.68, "Guangdong": 0.67}
    assert best.iloc[2:6].to_dict() == {
        "Shanghai": 0.59,
        "Zhejiang": 0.56,
        "Jiangsu": 0.56,
        "Hubei": 0.53,
    }
    assert best.iloc[-2:].to_dict() == {"Shanxi": 0.14, "Xinjiang": 0.09}
    assert set(best.index[-4:-2]) == {"Guangxi", "Qinghai"}
    grades = pd.cut(last, [0, 0.2, 0.4, 0.6, 0.8, 1], right=False).value_counts(sort=False)
    assert grades.tolist() == [4, 13, 12, 2, 0]
    zones = read_groups()["zones"].assignment(last.index)
    means = last.groupby(zones).mean().round(2)
    assert means.to_dict() == {"central": 0.39, "east": 0.51, "northeast": 0.35, "west": 0.26}
    by_year = composite.groupby("year").mean().round(3)
    assert by_year[[2018, 2022, 2023]].tolist() == [0.345, 0.391, 0.374]
