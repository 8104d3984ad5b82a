"""What [chain] of study.toml asks for: regional tables, disruptions, maturity, warnings."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from geo_resilience import chain
from geo_resilience.errors import InputError
from geo_resilience.maps import figures
from geo_resilience.report import summary_lines
from geo_resilience.report._chain_lines import chain_lines
from geo_resilience.study import check, read_plan, run
from geo_resilience.study._plan_sections import ANALYSES


def plan(*keep, skip=None, **options):
    """The bundled plan with other options of [chain] and only the analyses named."""
    bundled = read_plan()
    left = tuple(each for each in ANALYSES if each not in keep)
    analyses = replace(bundled.analyses, skip=left if skip is None else skip)
    return replace(bundled, chain=replace(bundled.chain, **options), analyses=analyses)


def written(tmp_path, name, text, encoding="utf-8"):
    file = tmp_path / name
    file.write_text(text, encoding=encoding)
    return file


def test_regional_tables_of_the_bundled_study():
    found = run(plan("regional"))
    table = found["regional_linkages"]
    assert len(table) == 2 * 3 * 31 * 3
    assert "study.regional_estimate" in {note.code for note in found.notes}
    # Outputs of the regions sum to the nation's.
    sums = table[table["method"] == "flq"].groupby("year")["output"].sum()
    for io in (chain.read_io(file, year=year) for file, year in zip(
        read_plan().chain.io, (2018, 2020), strict=True
    )):  # fmt: skip
        assert sums[io.year] == pytest.approx(io.output.sum())
    # The simple quotient of the secondary sector by hand, from the study's own variables.
    value = found.panel.variables.xs(2020, level="year")
    parts = value[["primary_value_added", "secondary_value_added", "tertiary_value_added"]]
    share = parts["secondary_value_added"] / parts.sum(axis=1)
    nation = parts["secondary_value_added"].sum() / parts.to_numpy().sum()
    row = table.query("year == 2020 and method == 'slq' and sector == '2' and adcode == '440000'")
    assert row["quotient"].item() == pytest.approx(share["440000"] / nation)


def test_a_table_without_a_year_is_told_too():
    found = run(plan("linkages", io=plan("linkages").chain.io[-1:], io_years=()))
    assert found["io_linkages"]["year"].isna().all()
    lines = chain_lines(found)
    assert lines[0].startswith("Key sectors: ") and "exposed" in lines[1]
    # Key by Leontief's or by Ghosh's forward linkage, counted anew from the file's columns.
    own = found["io_linkages"].query("technology == 'domestic' and backward >= 1")
    both = [set(own.loc[own[name] >= 1, "sector"]) for name in ("forward", "forward_ghosh")]
    count = len(both[0] ^ both[1])
    assert count and f"; {count} of 42 sectors differ by the Ghosh forward linkage" in lines[0]
    drawn = figures.linkage_quadrants(found)
    written = " ".join(" ".join(text.get_text() for text in drawn.texts).split())
    assert f"{count} of 42 sectors are key by one forward linkage alone" in written
    assert "2020" not in drawn.alternative_text and "key" in drawn.alternative_text.lower()


def test_sizes_of_ones_own_name_regions_as_people_do(tmp_path):
    sizes = written(tmp_path, "sizes.csv", "地区,1,2,3\n广东省,5,400,300\n四川,95,600,400\n")
    options = {"regional_sizes": sizes, "regional_variables": None, "regional_methods": ("flq",)}
    found = run(plan("regional", **options))["regional_linkages"]
    assert set(found["adcode"]) == {"440000", "510000"}
    assert found["name"].unique().tolist() == ["Guangdong", "Sichuan"]
    dated = "地区,year,1,2,3\n广东省,2020,5,400,300\n四川,2020,95,600,400\n"
    again = run(
        plan("regional", **{**options, "regional_sizes": written(tmp_path, "dated.csv", dated)})
    )
    assert (again["regional_linkages"]["year"] == 2020).all()
    (blank,) = [note for note in again.notes if note.code == "study.sizes_blank"]
    assert "Beijing" in blank.say() and "2020" in blank.say()
    bad = written(tmp_path, "bad.csv", "地区,1,2,3\n广冬,5,400,300\n")
    left = run(plan("regional", **{**options, "regional_sizes": bad}))
    assert "广冬" in "".join(note.say() for note in left.notes)
    twice = written(tmp_path, "twice.csv", "地区,1,2,3\n广东省,5,400,300\nGuangdong,5,400,300\n")
    left = run(plan("regional", **{**options, "regional_sizes": twice}))
    assert "440000 stands twice" in "".join(note.say() for note in left.notes)


def test_disruption_and_maturity_are_written(tmp_path):
    hit = written(tmp_path, "hit.csv", "code,initial,time\n20,0.5,6\nothers,,3\n")
    stages = written(tmp_path, "stages.csv", "code,start,lead\n440000,20,80\n510000,60,40\n")
    found = run(
        plan(
            *("disruption", "management"),
            disruption=hit,
            disruption_form="continuous",
            disruption_steps=6,
            maturity=stages,
        )
    )
    paths = found["recovery_paths"]
    assert (paths["form"] == "continuous").all() and paths["step"].max() == 6
    assert found["maturity"]["score"].tolist() == [0.8, 0.4]


def test_thresholds_of_ones_own_may_watch_variables_and_hold(tmp_path):
    rules = written(
        tmp_path,
        "rules.csv",
        "# own thresholds\ncode,direction,blue,yellow,orange,red,hysteresis\n"
        "openness,-,0.3,0.5,,0.8,0.05\nD311,+,0.02,,,,\n",
        encoding="gb18030",
    )
    found = run(plan("warnings", thresholds=rules, warning_rule="worst", forecast="none"))
    table = found["warnings"]
    assert not table["forecast"].any() and "best" not in table
    openness = found.panel.variables["openness"]
    row = table.query("adcode == '310000' and year == 2023").iloc[0]
    assert openness.loc[("310000", 2023)] > 0.5
    assert row["level"] in {"yellow", "red"} and row["indicator"] == "openness"
    assert row["value"] == pytest.approx(openness.loc[("310000", 2023)])
    used = found["thresholds"].set_index("code")
    assert (used["source"] == "given").all()
    assert used.loc["openness", "name"].startswith("Openness")


def test_signals_learn_from_falls_and_weigh_by_their_noise():
    found = run(
        plan("warnings", learn="signals", crisis="D311", crisis_fall=0.02,
             watch=("D111", "D312", "D222"), hysteresis=0.1, warning_rule="mean",
             forecast="level", coverage=0.9)
    )  # fmt: skip
    lessons = found["thresholds"].set_index("code")
    series = found.raw["D311"].unstack("year")
    fell = series.pct_change(axis=1, fill_method=None).loc[:, 2019:] < -0.02
    assert lessons.loc["D111", "base_rate"] == pytest.approx(fell.to_numpy().mean())
    assert lessons.loc["D111", "n"] == 31 * 5
    assert lessons["useful"].to_dict() == {"D111": True, "D312": True, "D222": False}
    assert lessons["same_rows"].all()
    # One threshold by hand: signals a year ahead of the falls.
    column, ahead = found.raw["D111"].unstack("year").loc[:, :2022], fell.to_numpy()

    def shares(signal):
        return (signal & ahead).sum() / ahead.sum(), (signal & ~ahead).sum() / (~ahead).sum()

    row = lessons.loc["D111"]
    caught, noise = shares((column <= row["red"]).to_numpy())
    assert row["noise_to_signal"] == pytest.approx(noise / caught)
    assert row["beyond"] == pytest.approx((found.raw["D111"] <= row["red"]).mean())
    # The same with each year judged by a threshold learned from the others.
    signal = np.zeros(column.shape, dtype=bool)
    for year in range(4 + 1):
        others = np.arange(5) != year
        best = {}
        for quantile in np.arange(1, 11) / 20:
            cut = np.quantile(column.to_numpy()[:, others], quantile)
            fires, comes = column.to_numpy()[:, others] <= cut, ahead[:, others]
            caught = (fires & comes).sum() / comes.sum()
            noise = (fires & ~comes).sum() / (~comes).sum()
            if caught >= 0.25:
                best[round(noise / caught, 12), -caught] = cut
        signal[:, year] = column.to_numpy()[:, year] <= best[min(best)]
    caught, noise = shares(signal)
    assert row["caught_unseen"] == pytest.approx(caught)
    assert row["noise_unseen"] == pytest.approx(noise)
    assert row["weight"] == pytest.approx(caught / noise)
    assert lessons.loc["D222", "weight"] == 0 and pd.isna(lessons.loc["D222", "red"])
    assert {"study.signals_learned"} <= {note.code for note in found.notes}
    assert set(found["forecasts"]["code"]) == {"D111", "D312"}
    ahead_rows = found["warnings"].query("forecast")
    assert (ahead_rows["year"] == 2024).all() and len(ahead_rows) == 31


def test_signals_of_which_none_stands_the_test_do_not_warn():
    found = run(plan("warnings", learn="signals", crisis="openness", watch=("D222", "D111")))
    assert "warnings" not in found and not found["thresholds"]["useful"].any()
    assert "study.no_useful_signal" in {note.code for note in found.notes}
    least = found["thresholds"]["p_holm"].min()
    line = next(line for line in summary_lines(found) if line.startswith("No warnings"))
    assert f"smallest corrected p = {least:.3g}" in line


def test_what_a_warning_calls_for_is_said_only_where_the_study_says_it():
    table = run(plan("warnings", forecast="none"))["warnings"]
    assert not {"response", "measure", "hours", "who"} & set(table)
    given = next(Path(chain.__file__).parent.glob("management/example/table_4_8.csv"))
    table = run(plan("warnings", forecast="none", responses=given))["warnings"]
    fired = table[table["level"] != "none"]
    assert len(fired) and fired["measure"].notna().all() and fired["hours"].notna().all()
    assert table.loc[table["level"] == "none", "measure"].isna().all()


def test_everything_wrong_with_the_chain_is_told_at_once(tmp_path):
    unbalanced = "code,01,02,TFU,GO\n01,150,500,350,1000\n02,200,100,1500,2000\nVA,650,1400,,\n"
    order = "code,direction,blue,yellow,orange,red\nD311,+,1,2,3,4\n"
    options = {
        "io": (written(tmp_path, "io.csv", unbalanced),),
        "io_years": (2020,),
        "regional_concordance": None,
        "regional_variables": None,
        "thresholds": written(tmp_path, "order.csv", order),
        "maturity": written(tmp_path, "stages.csv", "code,share\na,50\nb,45\n"),
        "risks": written(tmp_path, "risks.csv", "code,probability,impact\nflood,1.2,0.5\n"),
        "shock_variables": ("grpp",),
    }
    with pytest.raises(InputError) as caught:
        check(plan(skip=(), **options))
    text = str(caught.value)
    for said in ("02 does not balance", "wrong order", "sum to 95", "1.2", "grpp"):
        assert said in text
    for place in ("order.csv, row 2: The thresholds", "risks.csv, row 2: probability"):
        assert place in text


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"shock": (2020, 2019)}, r"shock holds \[2020, 2019\]|shock holds 2020, 2019"),
        ({"recovered": (2023, 2020)}, "recovered holds"),
        ({"shock": (2019, 2021), "recovered": (2020, 2023)}, "before the shock ends"),
    ],
)
def test_years_around_a_shock_follow_one_another(options, said):
    with pytest.raises(InputError, match=said):
        run(plan("shock", **options))


def test_a_shock_in_the_last_year_leaves_none_to_recover():
    found = run(plan("shock", shock=(2022, 2023), recovered=None))
    assert "shock" not in found
    assert any("no later year" in note.say("en") for note in found.notes)


def test_tables_are_taken_in_the_order_of_their_years():
    files = read_plan().chain.io
    found = run(plan("decomposition", io=files[::-1], io_years=(2020, 2018)))["decomposition"]
    assert (found["first_year"] == 2018).all()
    with pytest.raises(InputError, match="one year per table"):
        run(plan("decomposition", io_years=(2018,)))


def test_other_base_years_and_paths_stand_beside_the_shock():
    found = run(plan("shock"))
    variation = found["shock_variation"]
    assert set(variation["shock"]) == {"2018-2020", "2019-2020"}
    assert len(variation) == 2 * 31 * 2 * 3
    paths = found["shock_paths"].query("scope == 'region' and variable == 'grp'")
    base = paths[paths["year"] == 2019]
    np.testing.assert_allclose(base["index"], 100)
    assert pd.notna(paths["relative"]).all()
