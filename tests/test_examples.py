"""What stands in examples/ and README.md runs."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

import geo_resilience as gr

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "examples"

pytestmark = pytest.mark.skipif(not EXAMPLES.is_dir(), reason="only a checkout has examples")


@pytest.fixture
def as_run(bundled_run, monkeypatch):
    """Let ``study.run()`` give the bundled study as this session has run it already."""
    monkeypatch.setattr(gr.study, "run", lambda: bundled_run.results)


@pytest.mark.parametrize("study", sorted(EXAMPLES.glob("*.toml")), ids=lambda path: path.stem)
def test_a_study_file_runs(study, request):
    if study.stem == "everything":
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
