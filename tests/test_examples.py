"""What stands in examples/ and README.md runs."""

import base64
import json
import re
import shutil
import subprocess
import sys
import zlib
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest

import geo_resilience as gr

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "examples"

pytestmark = pytest.mark.skipif(not EXAMPLES.is_dir(), reason="only a checkout has examples")


@pytest.fixture
def as_run(bundled_run, monkeypatch):
    """Let ``study.run()`` give the bundled study as this session has run it already."""
    monkeypatch.setattr(gr.study, "run", lambda: bundled_run.results)


@pytest.fixture(scope="module")
def folder_of_records(tmp_path_factory):
    """Lay records.toml beside the firms that are generated for it."""
    folder = tmp_path_factory.mktemp("records")
    shutil.copy(EXAMPLES / "records.toml", folder)
    shutil.copytree(EXAMPLES / "records", folder / "records")
    subprocess.run([sys.executable, folder / "records" / "firms.py"], check=True)
    return folder


@pytest.fixture(scope="module")
def run_of_records(folder_of_records):
    plan = gr.study.read_plan(folder_of_records / "records.toml")
    few = replace(plan.uncertainty, draws=99)
    plan = replace(plan, permutations=99, uncertainty=few)
    return gr.study.run(plan, folder_of_records / "results")


@pytest.mark.slow
def test_records_come_to_quotients_specialization_and_an_atlas(run_of_records, folder_of_records):
    firms = pd.read_parquet(folder_of_records / "records" / "firms.parquet")
    assert 30_000 < len(firms) < 50_000
    places = gpd.points_from_xy(firms.longitude, firms.latitude, crs=4326)
    ground = gr.regions.read_boundaries().frame[["geometry"]].to_crs(4326).reset_index()
    placed = gpd.GeoDataFrame(firms, geometry=places).sjoin(ground)
    placed = placed[(placed.code != "9999") & (placed.founded.dt.year == 2023)]
    share = placed.code.str.startswith("39").groupby(placed.adcode).mean()
    quotient = share / placed.code.str.startswith("39").mean()
    found = run_of_records.raw["S2"].xs(2023, level="year")
    assert found.to_numpy() == pytest.approx(quotient.reindex(found.index).to_numpy())
    table = run_of_records["specialization"].query("industry == 'electronics' and year == 2023")
    assert set(table["adcode"].dropna()) >= set(found.index)
    page = (folder_of_records / "results" / "atlas.html").read_text(encoding="utf-8")
    data = page.partition('id="atlas_data">')[2].partition("</script>")[0].strip('"')
    if not data.startswith("{"):  # long ones are deflated
        data = zlib.decompress(base64.b64decode(data)).decode("utf-8")
    assert "Location quotient of electronics" in data


#: Whole studies that take long and ask what other tests ask.
LONG = ("entropy_weights", "records")


@pytest.mark.parametrize(
    "study",
    [
        pytest.param(path, id=path.stem, marks=pytest.mark.slow if path.stem in LONG else ())
        for path in sorted(EXAMPLES.glob("*.toml"))
    ],
)
def test_a_study_file_runs(study, request):
    if study.stem == "records":
        results = request.getfixturevalue("run_of_records")
    elif study.stem == "everything":
        results = request.getfixturevalue("everything_run").results
    else:
        plan = gr.study.read_plan(study)
        few = replace(plan.uncertainty, draws=99)
        results = gr.study.run(replace(plan, permutations=99, uncertainty=few))
    assert len(results.in_year()) == 31


def run_cells(name):
    """Carry out the code of a notebook in this process; outputs are not kept in the repository."""
    cells = json.loads((EXAMPLES / f"{name}.ipynb").read_text(encoding="utf-8"))["cells"]
    names = {}
    for cell in cells:
        if cell["cell_type"] == "code":
            assert cell["outputs"] == [] and cell["execution_count"] is None
            exec("".join(cell["source"]), names)
    return names


def test_first_steps_end_at_another_index(as_run):
    assert len(run_cells("first_steps")["other"]) == 186


def test_sliders_move_ranks_and_the_picture(as_run):
    pytest.importorskip("ipywidgets")
    names = run_cells("live_what_if")
    sliders, shown, moved = names["sliders"], names["shown"], names["moved"]
    before = shown.value
    assert moved.value.startswith("0 regions")
    sliders["D311"].value = 3.0
    weights = names["published"].copy()
    weights["D311"] *= 3.0
    found = names["supposed"](weights)
    changed = int((found["rank"] != found["new_rank"]).sum())
    assert changed > 0 and moved.value == f"{changed} regions change their rank"
    assert shown.value != before
    names["back"].click()
    assert shown.value == before


@pytest.mark.parametrize("name", ["README.md", "README_zh.md"])
def test_the_python_of_the_readme_runs(tmp_path, monkeypatch, as_run, name):
    monkeypatch.chdir(tmp_path)
    readme = (ROOT / name).read_text(encoding="utf-8")
    blocks = re.findall(r"```python\n(.*?)```", readme, flags=re.DOTALL)
    assert blocks
    for block in blocks:
        exec(block, {})
