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


@pytest.mark.parametrize("notebook", sorted(EXAMPLES.glob("*.ipynb")), ids=lambda path: path.stem)
def test_the_cells_of_a_notebook_run_in_order(notebook, as_run):
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    names = {}
    for cell in cells:
        if cell["cell_type"] == "code":
            assert cell["outputs"] == [], "outputs are not kept in the repository"
            exec("".join(cell["source"]), names)
    assert len(names["other"]) == 186


@pytest.mark.parametrize("name", ["README.md", "README_zh.md"])
def test_the_python_of_the_readme_runs(tmp_path, monkeypatch, as_run, name):
    monkeypatch.chdir(tmp_path)
    readme = (ROOT / name).read_text(encoding="utf-8")
    blocks = re.findall(r"```python\n(.*?)```", readme, flags=re.DOTALL)
    assert blocks
    for block in blocks:
        exec(block, {})
