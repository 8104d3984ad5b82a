"""The tables for the files of a run: columns, order, and what they say of the national tables."""

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from geo_resilience import chain, words
from geo_resilience.chain.inputoutput._inoperability import disruption_table
from geo_resilience.chain.inputoutput._leontief import QUADRANTS
from geo_resilience.chain.inputoutput._regional import read_sizes, regional_linkage_table
from geo_resilience.chain.inputoutput._tables import (
    extraction_table,
    inoperability_table,
    linkage_table,
    stacked,
)
from geo_resilience.chain.management._early_warning import WARNING_LEVELS, warning_table
from geo_resilience.chain.management._forecasts import outlook
from geo_resilience.chain.management._maturity import maturity_table
from geo_resilience.chain.management._priorities import priority_table
from geo_resilience.chain.management._risks import RISK_LEVELS, risk_table
from geo_resilience.chain.management._targets import target_table
from geo_resilience.chain.shocks._recovery import SHOCK_TYPES, shock_table
from geo_resilience.errors import InputError
from geo_resilience.tables import CATALOG


def test_linkages_of_both_technologies(io_2018):
    found = CATALOG["io_linkages"].make(stacked([io_2018], linkage_table, language="zh"))
    assert found["technology"].value_counts().to_dict() == {"domestic": 42, "total": 42}
    assert found["year"].unique().tolist() == [2018]
    assert found["name"].iloc[0] == "农林牧渔产品和服务"
    home = found[found["technology"] == "domestic"].set_index("sector")
    total = found[found["technology"] == "total"].set_index("sector")
    assert (total["multiplier"] > home["multiplier"]).all()
    plain = chain.linkages(io_2018.transactions, io_2018.output)
    np.testing.assert_allclose(home["backward"], plain["backward"])
    # With imports counted as made at home every unit of final demand becomes value added.
    np.testing.assert_allclose(total["value_added_multiplier"], 1, atol=1e-7)
    assert home["import_total"].notna().all()
    assert total["import_total"].isna().all()
    assert found.loc[found["technology"] == "domestic", "upstreamness"].min() >= 1
    # Electronics: pulls at home as the average does, far more if imports were made at home.
    assert home.loc["20", "backward"] < 1.05 < 1.4 < total.loc["20", "backward"]


def test_key_sectors_hold_from_2018_to_2020(io_2018, io_2020):
    keys = []
    for table in (io_2018, io_2020):
        found = chain.linkages(table.transactions, table.output)
        keys.append(set(found.index[found["quadrant"] == "key"]))
    # Food, textiles, paper, chemicals, metals and their products, vehicles, electrical machinery,
    # electronics, power, business services.
    always = {"06", "07", "10", "12", "14", "15", "18", "19", "20", "24", "34"}
    assert keys[0] == always
    assert keys[1] == always | {"29"}


def test_extraction_and_inoperability_rows(io_2018):
    lost = extraction_table(io_2018)
    assert len(lost) == 3 * 42
    first = lost.query("kind == 'total' and rank == 1").iloc[0]
    assert first["sector"] == "27"  # construction: the largest final demand
    shocked = inoperability_table(io_2018, share=0.1)
    assert len(shocked) == 2 * 42
    # One row against the plain function: a tenth of the sector's final demand.
    row = shocked.query("side == 'demand' and sector == '20'").iloc[0]
    x, Z = io_2018.output, io_2018.transactions
    shock = pd.Series({"20": 0.1 * (x - Z.sum(axis=1))["20"] / x["20"]})
    plain = chain.inoperability(Z, x, shock)
    assert row["loss"] == pytest.approx(plain["loss"].sum())
    assert row["own"] == pytest.approx(plain.loc["20", "inoperability"])
    assert row["most_hit"] == plain["inoperability"].drop("20").idxmax()
    row = shocked.query("side == 'supply' and sector == '20'").iloc[0]
    shock = pd.Series({"20": 0.1 * (x - Z.sum())["20"] / x["20"]})
    plain = chain.inoperability(Z, x, shock, side="supply")
    assert row["loss"] == pytest.approx(plain["loss"].sum())


def test_shocks_of_regions_and_zones():
    panel = pd.DataFrame(
        {2019: [100.0, 100, 50], 2020: [95, 85, 50], 2023: [105, 111, 60]}, ["12", "11", "13"]
    )
    found = shock_table(
        {"revenue": panel, "grp": panel * 2},
        shock=(2019, 2020),
        recovered=(2020, 2023),
        zones={"north": ["11", "12"], "south": ["13"]},
    )
    assert found["adcode"].tolist()[:5] == ["11", "12", "13", "", ""]
    assert found["group"].tolist()[3:5] == ["north", "south"]
    assert found["variable"].unique().tolist() == ["revenue", "grp"]
    # Zones are judged against the same nation: 250 -> 230, -8 %; north 200 -> 180, -10 %.
    north = found.query("group == 'north'").iloc[0]
    assert north["resistance"] == pytest.approx((-20 + 16) / 16)
    assert found["type"].notna().all()
    once = found[found["variable"] == "revenue"].reset_index(drop=True)
    twice = found[found["variable"] == "grp"].reset_index(drop=True)
    np.testing.assert_allclose(once["resistance"], twice["resistance"])


def test_shocks_of_nothing():
    with pytest.raises(InputError, match="panels is empty"):
        shock_table({}, shock=(2019, 2020), recovered=(2020, 2023))


def test_sectors_of_regions_on_estimated_tables(io_2018):
    broad = {c: "1" if c == "01" else "2" if int(c) <= 27 else "3" for c in io_2018.codes}
    three = chain.aggregate(io_2018, broad)
    sizes = pd.DataFrame(
        {"1": [0.0, 5, 95], "2": [100.0, 400, 500], "3": [300.0, 300, 400]}, ["11", "44", "51"]
    )
    found = regional_linkage_table(three, sizes)
    assert set(found["method"]) == {"slq", "cilq", "flq"}
    for _, each in found.groupby("method"):
        assert each.groupby("adcode").size().to_dict() == {"11": 2, "44": 3, "51": 3}
        assert each["output"].sum() == pytest.approx(three.output.sum())
    assert found["loss_share"].between(0, 1).all()
    assert (found["multiplier"] >= 1).all()
    nation = chain.downstreamness(three.transactions, three.output)
    # No region keeps more of a chain than the nation does.
    assert (found["multiplier"] <= nation.reindex(found["sector"]).to_numpy() + 1e-12).all()
    # By hand: Beijing has .25 and .75 of its size in sectors 2 and 3; the nation 5/9 (1000 of
    # 2,100 is .476), 100 is .048.
    at = found.query("method == 'slq'").set_index(["adcode", "sector"])
    assert at.loc[("11", "2"), "quotient"] == pytest.approx(0.25 / (1000 / 2100))
    A = three.transactions / three.output
    share = min(1.0, 0.25 / (1000 / 2100))
    total = three.total_flows.sum() / three.output
    kept = A.loc["2", "2"] * share + A.loc["3", "2"]
    assert at.loc[("11", "2"), "inside"] == pytest.approx(kept / total["2"])


def test_regional_rows_are_those_of_the_regional_tables(io_2018):
    broad = {c: "1" if c == "01" else "2" if int(c) <= 27 else "3" for c in io_2018.codes}
    three = chain.aggregate(io_2018, broad)
    sizes = pd.DataFrame({"1": [0.0, 95], "2": [400.0, 600], "3": [300.0, 400]}, ["44", "51"])
    found = regional_linkage_table(three, sizes)
    found = found.set_index(["method", "adcode", "sector"]).sort_index()
    for method in ("slq", "cilq", "flq"):
        made = chain.regional_tables(three.transactions, three.output, sizes, method=method)
        for region, own in made.items():
            rows = found.loc[(method, region)]
            links = chain.linkages(own.transactions, own.output)
            lost = chain.extraction(own.transactions, own.output)
            for name in ("multiplier", "backward", "forward"):
                np.testing.assert_allclose(rows[name], links[name])
            np.testing.assert_allclose(rows["loss"], lost["loss"])
            np.testing.assert_allclose(rows["loss_share"], lost["share"])
            assert rows["rank"].tolist() == lost["rank"].tolist()
    with pytest.raises(InputError, match="slq"):
        regional_linkage_table(three, sizes, methods=["lq"])


def test_a_region_is_fitted_to_its_margins(io_2018):
    broad = {c: "1" if c == "01" else "2" if int(c) <= 27 else "3" for c in io_2018.codes}
    three = chain.aggregate(io_2018, broad)
    sizes = pd.DataFrame({"1": [5.0, 95], "2": [400.0, 600], "3": [300.0, 400]}, ["44", "51"])
    plain = chain.regional_tables(three.transactions, three.output, sizes)["44"].transactions
    index = pd.MultiIndex.from_product([["44"], plain.index])
    own = {"sales": (plain.sum(axis=1) * [1.2, 0.9, 1.0]).to_numpy()}
    own["purchases"] = plain.sum().to_numpy() * own["sales"].sum() / plain.to_numpy().sum()
    margins = pd.DataFrame(own, index)
    found = regional_linkage_table(three, sizes, methods=["flq"], margins=margins)
    assert found.groupby("adcode")["fitted"].all().to_dict() == {"44": True, "51": False}
    bought = (three.total_flows.sum() / three.output).to_numpy() * found.query("fitted")["output"]
    np.testing.assert_allclose(found.query("fitted")["inside"] * bought, own["purchases"])
    with pytest.raises(InputError, match=r"sell .* buy"):
        regional_linkage_table(three, sizes, margins=margins.assign(sales=margins["sales"] * 2))
    with pytest.raises(InputError, match="45"):
        regional_linkage_table(three, sizes, margins=margins.rename(index={"44": "45"}))


def test_sizes_are_read_by_year_with_names_beside(tmp_path):
    file = tmp_path / "sizes.csv"
    rows = ["adcode,name,year,01,02", "110000,北京,2019,1,2", '110000,北京,2020,"1,000",', ""]
    file.write_text("\n".join(rows), encoding="utf-8")
    found = read_sizes(file, year=2020)
    assert found.loc["110000"].to_dict() == {"01": 1000.0, "02": 0.0}
    with pytest.raises(InputError, match="110000 stands twice"):
        read_sizes(file)
    with pytest.raises(InputError, match="2021"):
        read_sizes(file, year=2021)


def test_a_disruption_follows_the_dynamic_model_and_counts_money(io_2018):
    hit = pd.DataFrame({"initial": [0.4, np.nan], "time": [6, 12]}, index=["20", "others"])
    found = disruption_table(io_2018, hit, steps=12)
    assert len(found) == 13 * 42
    at = found.set_index(["step", "sector"])
    assert at.loc[(0, "20"), "inoperability"] == 0.4
    assert at.loc[(0, "20"), "loss"] == pytest.approx(0.4 * io_2018.output["20"] / 12)
    assert at.loc[(6, "20"), "inoperability"] >= 0.4 * 0.01  # buyers hold it back
    own = found[found["sector"] == "19"]
    assert own["cumulative"].iloc[-1] == pytest.approx(own["loss"].sum())
    with pytest.raises(InputError, match="others"):
        disruption_table(io_2018, hit.iloc[:1])
    with pytest.raises(InputError, match="99"):
        disruption_table(io_2018, hit.rename(index={"20": "99"}))
    unread = hit.astype(object)
    unread.loc["20", "initial"] = "40 %"  # no number, and no silent 0 either
    with pytest.raises(InputError, match="row 20, column initial: 40 %"):
        disruption_table(io_2018, unread)
    with pytest.raises(InputError, match="20"):
        disruption_table(io_2018, pd.concat([hit, hit.iloc[:1]]))


def test_maturity_by_region_or_as_printed():
    one = maturity_table(chain.read_example("table_4_4"))
    assert one["code"].tolist() == ["all"] and one["stage"].tolist() == ["development"]
    many = pd.DataFrame(
        {"name": ["a", "b"], "start": [50, 0], "middle": [50, 0], "lead": [0, 100]}, ["11", "12"]
    )
    found = maturity_table(many)
    assert found["score"].tolist() == [0.25, 1.0]
    assert found["name"].tolist() == ["a", "b"]
    with pytest.raises(InputError, match="sum to 90"):
        maturity_table(many.assign(start=[40, 0]))


def test_registers_of_the_study():
    risks = risk_table(chain.read_example("table_4_6"), rule="product")
    assert risks.columns.tolist()[:3] == ["code", "name", "name_zh"]
    assert (risks["level"].astype(str) == risks["by_product"].astype(str)).all()
    targets = target_table(chain.read_example("table_4_1"))
    assert targets["required_growth"].notna().all()
    assert target_table(chain.read_example("table_4_7"))["met"].isna().all()
    order = priority_table(chain.read_example("table_4_3").iloc[::-1])
    assert order["code"].tolist() == ["ai", "biopharma", "new_energy", "equipment", "materials"]
    assert order["name"].iloc[0] == "Artificial intelligence"


def test_warnings_with_responses_and_the_year_ahead():
    index = pd.MultiIndex.from_product([["11", "12"], range(2018, 2024)])
    frame = pd.DataFrame({"D1": [8.0, 9, 6, 7, 4.5, 5, 9, 9, 9, 9, 9, 9], "D2": 5.0}, index)
    rules = pd.DataFrame(
        {"direction": "+", "blue": 4, "yellow": 3, "orange": 2, "red": 1}, index=["D1", "D2"]
    )
    plan = chain.read_example("table_4_8")
    rows = outlook(frame, method="trend")[0]
    line = rows[(rows["region"] == "11") & (rows["code"] == "D1")].iloc[0]
    found = warning_table(frame, rules, responses=plan, ahead=rows)
    assert len(found) == 2 * 7
    assert found["forecast"].sum() == 2
    ahead = found[found["forecast"]].set_index("adcode")
    # Nothing warns so far; the line of region 11 (slope -13.75 / 17.5, mean 6.583) falls to 3.833.
    assert (found.loc[~found["forecast"], "level"] == "none").all()
    assert ahead.loc["11", "level"] == "blue"
    assert ahead.loc["11", "measure"] == "control at the source"
    assert ahead.loc["12", "level"] == "none"
    assert pd.isna(ahead.loc["12", "hours"])
    assert found["year"].dtype.kind == "i"
    # At the bad end of the interval region 11 is worse off, at the good end it has no warning.
    assert ahead.loc["11", "best"] == "none"
    assert ahead.loc["11", "worst"] == "orange"
    assert found.loc[~found["forecast"], ["best", "worst"]].isna().all(axis=None)
    assert line["forecast"] == pytest.approx(39.5 / 6 - 3.5 * 13.75 / 17.5)
    assert line["high"] > 4 > line["forecast"]
    assert 1 < line["low"] <= 2
    none = warning_table(frame, rules)
    assert len(none) == 12
    assert not {"measure", "response", "hours"} & set(none)


def test_every_label_has_words_in_both_languages():
    labels = {
        "quadrant": QUADRANTS,
        "shock": SHOCK_TYPES,
        "risk": RISK_LEVELS,
        "warning": WARNING_LEVELS,
    }
    for subject, keys in labels.items():
        for key in keys:
            for language in words.LANGUAGES:
                assert words.say(f"chain.{subject}.{key}", language)


def test_every_sentence_of_the_room_is_said_somewhere_and_the_other_way_round():
    room = Path(chain.__file__).parent
    source = "\n".join(file.read_text(encoding="utf-8") for file in room.rglob("*.py"))
    said = set(re.findall(r'"chain\.([a-z_0-9]+)"', source))
    written = set(words.subject("problem.chain")) | set(words.subject("note.chain"))
    assert said == written


def test_the_room_is_light_to_import():
    import subprocess
    import sys

    code = (
        "import sys; import geo_resilience.chain as c; c.leontief([[1, 2], [3, 4]], [10, 20]);"
        "heavy = {'networkx', 'scipy.stats', 'openpyxl', 'libpysal', 'folium', 'matplotlib'};"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_sector_without_final_demand_hits_no_one():
    from dataclasses import replace

    table = chain.example_table()
    still = replace(
        table,
        transactions=pd.DataFrame([[0.0, 1000.0], [0.0, 0.0]], table.codes, table.codes),
        final_demand=pd.DataFrame({"TFU": [0.0, 2000.0]}, table.codes),
        value_added=pd.DataFrame([[1000.0, 1000.0]], ["TVA"], table.codes),
    )
    demand = inoperability_table(still).query("side == 'demand'").set_index("sector")
    assert demand.loc["1", "loss"] == 0
    assert demand.loc["1", ["most_hit", "most_hit_inoperability"]].isna().all()
    assert demand.loc["2", "most_hit"] == "1"
    # A tenth of the demand for 2 is a tenth of the output of both.
    assert demand.loc["2", "most_hit_inoperability"] == pytest.approx(0.1)


def test_forward_linkages_of_the_total_technology_are_shares_of_supply(io_2018):
    found = linkage_table(io_2018).query("technology == 'total'").set_index("sector")
    supply = io_2018.output + io_2018.imports.sum(axis=1) + io_2018.imports_final.sum(axis=1)
    B = io_2018.total_flows.div(supply, axis=0).to_numpy()
    pushed, wave = np.ones(42), np.ones(42)
    for _ in range(600):
        wave = B @ wave
        pushed += wave
    np.testing.assert_allclose(found["forward_ghosh"], pushed / pushed.mean(), rtol=1e-6)
