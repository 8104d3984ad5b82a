"""The registry of analyses: what each declares is what it does, in a study and without one."""

from __future__ import annotations

import csv
import re
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import pandas as pd
import pytest

from geo_resilience import words
from geo_resilience.cli import main
from geo_resilience.errors import InputError
from geo_resilience.regions import read_boundaries
from geo_resilience.statistics._certainty import certainty
from geo_resilience.study import read_plan
from geo_resilience.study._case import Case, Findings, SpaceCase, carry_out
from geo_resilience.study._inputs import read_inputs
from geo_resilience.study._plan_reading import BUNDLED
from geo_resilience.study._preprocessing import measure
from geo_resilience.study._run import lay_out
from geo_resilience.study.analyses import REGISTRY, STAGES, Analysis, Need, chosen_by
from geo_resilience.words import has

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture(scope="module")
def everything() -> Case:
    """The study that asks for everything, and a deflator, with few draws, as far as its index."""
    plan, bundled = read_plan(EXAMPLES / "everything.toml"), read_plan().chain
    both = {"io": bundled.io, "io_years": bundled.io_years}
    regional = ("regional_concordance", "regional_variables")
    plan = replace(
        plan,
        permutations=99,
        framework=replace(plan.framework, deflator="population"),
        uncertainty=replace(plan.uncertainty, draws=100),
        space=replace(plan.space, draws=99),
        chain=replace(plan.chain, **both, **{key: getattr(bundled, key) for key in regional}),
    )
    inputs = read_inputs(plan, lambda stage: None)
    return lay_out(plan, inputs, measure(plan, inputs))


def test_every_analysis_and_every_file_is_declared_once():
    names = [each.name for each in REGISTRY]
    files = [stem for each in REGISTRY for stem in each.tables]
    assert len(set(names)) == len(names) and len(set(files)) == len(files)
    for each in REGISTRY:
        assert callable(getattr(import_module(each.module), each.function))
        assert has(f"analysis.{each.name}"), each.name
    assert all(has(f"stage.{stage}") for stage in STAGES)
    assert all(has(f"problem.{need.why}") for each in REGISTRY for need in each.needs if need.why)


@pytest.mark.parametrize("analysis", REGISTRY, ids=lambda each: each.name)
def test_each_writes_the_files_that_it_declares_and_needs_no_other(analysis, everything):
    """Alone, on findings that are empty: so any other may be skipped."""
    found = Findings()
    carry_out(everything, [analysis], found)
    assert set(found.tables) == set(analysis.tables)
    assert list(found.seconds) == [analysis.name] and found.seconds[analysis.name] > 0
    assert "study.left_out" not in {note.code for note in found.notes}


@pytest.mark.parametrize("name", chosen_by("analyses.skip"))
def test_what_is_skipped_is_neither_run_nor_told(name, everything):
    skipping = replace(everything.plan, analyses=replace(everything.plan.analyses, skip=(name,)))
    found = Findings()
    analysis = next(each for each in REGISTRY if each.name == name)
    carry_out(replace(everything, plan=skipping), [analysis], found)
    assert not found.tables and not found.notes and not found.seconds


def test_a_missing_need_is_told_where_something_was_asked_for_and_wrong_input_stops_the_strict():
    need = Need(lambda case: False, "study.one_year")
    asked = Analysis("trends", "nowhere", "trends", ("trends",), (need,))
    silent = replace(asked, needs=(Need(lambda case: False),))
    case = SpaceCase(
        plan=read_plan(), chain=None, ground=None, neighbors=None, scores=None,
        indicators=None, variables=None,
    )  # fmt: skip
    found = Findings()
    carry_out(case, [asked, silent], found)
    (note,) = found.notes
    assert note.say("en").count("Trends") == 1 and "only one year" in note.say("en")
    broken = Analysis("trends", __name__, "refuse", ("trends",))
    carry_out(case, [broken], found)
    assert len(found.notes) == 2
    with pytest.raises(InputError):
        carry_out(case, [replace(broken, strict=True)], found)


def refuse(case, found):
    """Find the input wrong."""
    raise InputError("study.no_sizes", years=[2020])


def of_command(folder: Path, stem: str) -> pd.DataFrame:
    text = {"adcode": str, "sector": str, "quadrant": str, "grouping": str}
    return pd.read_csv(folder / f"{stem}.csv", dtype=text, encoding="utf-8-sig")


def as_written(table: pd.DataFrame, folder: Path) -> pd.DataFrame:
    table.to_csv(folder / "expected.csv", index=False)
    return of_command(folder, "expected")


def test_space_gives_the_numbers_of_the_study_for_the_same_column(bundled_run, tmp_path):
    bundled = bundled_run.results
    scores, out = bundled["scores"], tmp_path / "out"
    scores.to_csv(tmp_path / "scores.csv", index=False, quoting=csv.QUOTE_NONNUMERIC)
    arguments = ["space", str(tmp_path / "scores.csv"), "--key", "adcode", "--value", "composite"]
    arguments += ["--year-column", "year", "--year", "2023", "--out", str(out)]
    assert main([*arguments, "--seed", "20240607", "--language", "en"]) == 0
    for stem in ("global", "local", "gaps", "pattern", "inequality", "gradient"):
        table = bundled[stem]
        table = table[table["year"] == 2023]
        if "variable" in table:
            table = table[table["variable"] == "composite"]
        if stem == "inequality":  # a column alone has no population to weigh by
            table = table[~table["measure"].str.endswith("_weighted")]
        told = of_command(out, stem)
        drawn = [name for name in told if name.startswith("p_") or name in ("low", "high")]
        if stem in ("global", "local"):
            drawn = []
        expected = as_written(table.drop(columns=drawn), tmp_path)
        pd.testing.assert_frame_equal(told.drop(columns=drawn), expected, check_dtype=False)
    for stem in ("correlogram", "regionalization"):
        pd.testing.assert_frame_equal(of_command(out, stem), as_written(bundled[stem], tmp_path))


def test_chain_gives_the_numbers_of_the_study_for_the_same_tables(bundled_run, tmp_path):
    bundled = bundled_run.results
    files = [str(BUNDLED.parent / f"io_{year}.csv") for year in (2018, 2020)]
    arguments = [
        "chain",
        *files,
        "--year",
        "2018",
        "--year",
        "2020",
        "--out",
        str(tmp_path / "out"),
    ]
    assert main([*arguments, "--seed", "20240607", "--language", "en"]) == 0
    stems = [
        *("io_linkages", "extraction", "inoperability", "propagation"),
        *("network", "single_points", "removal", "decomposition"),
    ]
    for stem in stems:
        told = of_command(tmp_path / "out", stem)
        pd.testing.assert_frame_equal(told, as_written(bundled[stem], tmp_path))


def test_space_and_chain_tell_in_sentences_what_their_files_hold(tmp_path, capsys):
    frame = read_boundaries().frame
    table = pd.DataFrame({"key": frame.index, "figure": frame["label_lon"]})
    table.to_csv(tmp_path / "figure.csv", index=False)
    arguments = ["space", str(tmp_path / "figure.csv"), "--key", "key", "--value", "figure"]
    assert main([*arguments, "--out", str(tmp_path / "out"), "--language", "en"]) == 0
    said = capsys.readouterr().out
    value = of_command(tmp_path / "out", "global").set_index("statistic").loc["moran", "value"]
    assert f"Moran's I: {value:.3f}" in said and "like lies near like" in said
    assert "From west to east: rising" in said
    rows = of_command(tmp_path / "out", "gradient").dropna(subset=["slope"])
    least, most = sorted(rows["p_spatial"])
    corrected = {least: 2 * least, most: max(most, 2 * least)}
    assert least < 0.05 < most
    for line, row in zip(re.findall(r"From .+", said), rows.itertuples(), strict=True):
        p = min(1.0, corrected[row.p_spatial])
        assert f"; p = {p:.3g}, corrected for 2 directions" in line
        told = ["rising", "falling"][int(row.slope < 0)] if p <= 0.05 else "no change that can be"
        assert f": {told}" in line
        assert line.endswith(f"[{words.say(f'certainty.{certainty(p)}')}]")
    local = of_command(tmp_path / "out", "local").query("statistic == 'local_moran'")
    (line,) = [each for each in said.splitlines() if each.startswith("Local clusters: ")]
    found = local[~local["cluster"].isin(["not significant", "no neighbors"])]
    for label, part in found.groupby("cluster"):
        word = words.say(f"certainty.{certainty(part['q_value'].max())}")
        name = words.say(f"cluster.{label}")
        assert re.search(rf"{name}: [^\[]+ \[{word}\]", line), line
    assert len(said.splitlines()) < 15
    assert main([*arguments, "--language", "zh"]) == 0
    said = capsys.readouterr().out
    assert (
        "自西向东：上升" in said and "自南向北：变化无法与随机区分" in said and "East" not in said
    )


@pytest.mark.parametrize("command", ["space", "chain"])
def test_a_taken_folder_is_refused_before_anything_is_read(command, tmp_path, capsys):
    (tmp_path / "letters.txt").write_text("mine")
    needed = ["--key", "a", "--value", "b"] if command == "space" else []
    arguments = [command, str(tmp_path / "no_such_table.csv"), *needed, "--language", "en"]
    assert main([*arguments, "--out", str(tmp_path)]) != 0
    said = capsys.readouterr().err
    assert str(tmp_path) in said and "no_such_table" not in said
