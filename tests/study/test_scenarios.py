"""What-ifs that span rooms: composite, grade, rank and warning, against running the study anew."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from geo_resilience import chain
from geo_resilience.errors import InputError
from geo_resilience.study import read_plan, run
from geo_resilience.study._plan_chain import WhatIfPlan
from geo_resilience.study._plan_sections import ANALYSES

REVENUE = {"hightech_revenue_100m_yuan": "20"}
COLUMNS = REVENUE | {
    "hightech_profit_100m_yuan": "20",
    "hightech_rd_expenditure_10k_yuan": "20",
    "hightech_new_product_sales_10k_yuan": "20",
    "hightech_tech_renovation_expenditure_10k_yuan": "20",
}


def plan(*suppositions, **changes):
    bundled = read_plan()
    skip = tuple(each for each in ANALYSES if each != "warnings")
    changes = {"analyses": replace(bundled.analyses, skip=skip), **changes}
    return replace(bundled, what_if=suppositions, **changes)


@pytest.fixture(scope="module")
def results():
    return run(
        plan(
            WhatIfPlan(name="more R&D", region="Sichuan", change={"D311": 0.2}),
            WhatIfPlan(name="far more", region="Hubei", measured={"D311": 9.0}),
            WhatIfPlan(name="weight", weight={"D311": 0.3}),
            WhatIfPlan(name="far", region="Xinjiang", target=0.9, indicator="D312"),
            WhatIfPlan(name="near", region="Hubei", target=0.53, indicator="D321"),
            WhatIfPlan(
                name="chips", region="Guangdong", supplier="20", abroad=True, cut=0.5,
                columns=COLUMNS,
            ),
            WhatIfPlan(name="chips everywhere", supplier="20", cut=0.5, columns=COLUMNS),
        )
    )  # fmt: skip


def of(results, scenario):
    table = results["what_if"]
    return table[table["scenario"] == scenario].set_index("adcode")


def test_a_changed_indicator_moves_composite_grade_rank_and_warning(results):
    found = of(results, "more R&D")
    assert len(found) == 31
    row = found.loc["510000"]
    raw = results.raw.loc[("510000", 2023), "D311"]
    column, z = results.raw["D311"], results.panel.values["D311"]
    inside = (z > 0) & (z < 1)
    slope, intercept = np.polyfit(column[inside], z[inside], 1)
    new = min(1.0, slope * raw * 1.2 + intercept)
    weight = results["weights"].set_index("code")["used"]["D311"]
    old = results.panel.values.loc[("510000", 2023), "D311"]
    gain = weight * (new - old)
    assert gain > 0.001
    assert row["new_composite"] - row["composite"] == pytest.approx(gain, abs=1e-9)
    assert row["new_rank"] <= row["rank"] and pd.isna(row["reason"])
    others = found.drop("510000")
    np.testing.assert_allclose(others["new_composite"], others["composite"])
    levels = results["warnings"].query("year == 2023").set_index("adcode")["level"]
    assert (found["warning"] == levels.reindex(found.index)).all()


def test_values_beyond_the_scale_are_capped(results):
    row = of(results, "far more").loc["420000"]
    weight = results["weights"].set_index("code")["used"]["D311"]
    old = results.panel.values.loc[("420000", 2023), "D311"]
    assert row["new_composite"] - row["composite"] == pytest.approx(weight * (1 - old), abs=1e-9)


def test_what_counts_no_more_is_said():
    found = run(plan(WhatIfPlan(name="more", region="Hubei", change={"D311": 0.3})))["what_if"]
    struck = found["adcode"] == "420000"
    assert found.loc[struck, "reason"].str.contains("beyond the study's scale").all()
    assert found.loc[~struck, "reason"].isna().all()


def test_one_weight_changes_and_the_others_keep_their_proportions(results):
    used = results["weights"].set_index("code")["used"]
    weights = used / (1 - used["D311"]) * 0.7
    weights["D311"] = 0.3
    expected = (results.panel.values.xs(2023, level="year") * weights).sum(axis=1)
    found = of(results, "weight")
    np.testing.assert_allclose(found["new_composite"], expected.reindex(found.index), atol=1e-11)
    # The warning's mean weighs D311 by as much more; some region's level moves.
    assert (found["warning"] != found["new_warning"]).any()


def test_a_target_out_of_reach_says_why(results):
    row = of(results, "far").iloc[0]
    assert np.isnan(row["needed"])
    assert "out of reach" in row["reason"] and f"{row['new_composite']:.3f}" in row["reason"]
    near = of(results, "near").iloc[0]
    assert pd.isna(near["reason"]) and near["new_composite"] == pytest.approx(0.53)
    # What is needed as measured gives, scaled, what is needed.
    column, z = results.raw["D321"], results.panel.values["D321"]
    inside = (z > 0) & (z < 1) & column.notna()
    line = np.polyfit(column[inside], z[inside], 1)
    assert np.polyval(line, near["needed_measured"]) == pytest.approx(near["needed"])


def test_a_failing_supplier_is_followed_into_the_index(results):
    io_2020 = chain.read_io(read_plan().chain.io[1], year=2020)
    lost = chain.cut_loss(io_2020, "20", share=0.5, abroad=True)["downstream_share"]["20"]
    sectors = results["what_if_sectors"].query("scenario == 'chips'").set_index("sector")
    assert sectors["downstream_share"]["20"] == pytest.approx(lost)
    row = of(results, "chips").loc["440000"]
    assert row["new_composite"] < row["composite"]
    # The region's share of the nation by hand: its revenue falls, and the nation's with it.
    revenue = results.panel.variables["hightech_revenue"].xs(2023, level="year")
    fallen = revenue.copy()
    fallen["440000"] *= 1 - lost
    share = fallen["440000"] / fallen.sum()
    column, z = results.raw["D121"], results.panel.values["D121"]
    inside = (z > 0) & (z < 1)
    line = np.polyfit(column[inside], z[inside], 1)
    capped = min(1.0, np.polyval(line, share))
    weight = results["weights"].set_index("code")["used"]["D121"]
    # D121 alone moves by this much; the other indicators of revenue move too.
    moved = weight * (capped - results.panel.values.loc[("440000", 2023), "D121"])
    assert moved <= 0
    # Everyone else has a larger share of a smaller nation.
    others = of(results, "chips").drop("440000")
    assert (others["new_composite"] >= others["composite"] - 1e-12).mean() > 0.9


def test_a_failure_everywhere_leaves_shares_as_they_are(results):
    found = of(results, "chips everywhere")
    lost = results["what_if_sectors"].query("scenario == 'chips everywhere'")
    assert lost.set_index("sector")["downstream_share"]["20"] == pytest.approx(0.5)
    assert len(found) == 31
    assert (found["new_composite"] != found["composite"]).any()


def test_running_the_study_on_changed_figures_gives_the_same(tmp_path, results):
    """The supposition is held against a study whose table holds the changed figure."""
    bundled = read_plan()
    lost = results["what_if_sectors"].query("scenario == 'chips'").set_index("sector")
    tables = []
    for table in bundled.tables:
        frame = pd.read_csv(table.file, dtype={"adcode": str})
        rows = (frame["adcode"] == "440000") & (frame["year"] == 2023)
        for column in set(COLUMNS) & set(frame):
            frame[column] = frame[column].astype(float)
            frame.loc[rows, column] *= 1 - lost["downstream_share"]["20"]
        file = tmp_path / table.file.name
        frame.to_csv(file, index=False)
        tables.append(replace(table, file=file))
    # Fixed ends, so that the scale of the changed study is that of the study as it is.
    posts = {}
    for code in results.raw:
        pairs = pd.DataFrame({"x": results.raw[code], "z": results.panel.values[code]}).dropna()
        pairs = pairs[(pairs["z"] > 0) & (pairs["z"] < 1)]
        slope, intercept = np.polyfit(pairs["x"], pairs["z"], 1)
        posts[code] = (-intercept / slope, (1 - intercept) / slope)
    scaling = replace(bundled.scaling, method="fixed", goalposts=posts)
    cleaning = replace(bundled.cleaning, outliers="none", limits_without=())
    again = run(plan(tables=tuple(tables), scaling=scaling, cleaning=cleaning))
    expected = again.in_year(2023)["composite"]
    found = of(results, "chips")["new_composite"]
    np.testing.assert_allclose(found, expected.reindex(found.index), atol=1e-6)


@pytest.mark.parametrize(
    ("supposed", "said"),
    [
        ({}, "supposes nothing"),
        ({"region": "Hubei", "change": {"D999": 0.1}}, "D999"),
        ({"region": "Hubei", "change": {"D311": 0.1}, "measured": {"D311": 1}}, "together"),
        ({"weight": {"D311": 1.2}}, r"1\.2"),
        ({"weight": {"D31": 0.2}}, "D311"),
        ({"weight": {"D311": 0.2}, "year": 1999}, "1999"),
        ({"supplier": "99", "columns": COLUMNS}, "99"),
        ({"supplier": "20", "columns": {"revenue": "20"}}, "hightech_revenue"),
        ({"supplier": "20", "columns": {"hightech_revenue_100m_yuan": "99"}}, "99"),
    ],
)
def test_suppositions_that_make_no_sense_are_named(supposed, said):
    with pytest.raises(InputError, match=said):
        run(plan(WhatIfPlan(name="odd", **supposed)))


def test_a_supplier_needs_a_table():
    chained = replace(read_plan().chain, io=(), io_years=None)
    with pytest.raises(InputError, match="io under"):
        run(plan(WhatIfPlan(name="cut", supplier="20", columns=COLUMNS), chain=chained))


def test_an_index_that_rises_as_a_supplier_fails_is_noted():
    found = run(
        plan(WhatIfPlan(name="chips", region="Guangdong", supplier="20", columns=REVENUE, cut=0.5))
    )
    assert "study.what_if_ratios" in {note.code for note in found.notes}


def test_geometric_means_are_supposed_on_their_own_scale():
    bundled = read_plan()
    found = run(
        plan(
            WhatIfPlan(name="same", region="Hubei", change={"D311": 0.0}),
            composite=replace(bundled.composite, how="geometric"),
        )
    )["what_if"]
    np.testing.assert_allclose(found["new_composite"], found["composite"], atol=1e-9)
