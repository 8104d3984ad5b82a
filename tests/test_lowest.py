"""The lowest versions that pyproject.toml admits give the same results as those that are pinned."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

ROOT = Path(__file__).parents[1]

#: Names that say which versions ran.
NAMED = {"provenance.json"}


def uv(*arguments: object) -> subprocess.CompletedProcess[str]:
    place = os.pathsep.join([str(Path(sys.executable).parent), os.defpath])
    command = shutil.which("uv", path=place)
    if command is None:
        pytest.skip("uv, which takes the lowest versions, is not installed")
    asked = [command, *map(str, arguments)]
    return subprocess.run(asked, capture_output=True, text=True, cwd=ROOT, timeout=1_200)


@pytest.fixture(scope="module")
def lowest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the Python of an environment of the lowest versions."""
    folder = tmp_path_factory.mktemp("lowest") / "env"
    made = uv("venv", "--quiet", "--python", sys.executable, folder)
    assert made.returncode == 0, made.stderr
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    options = ("--quiet", "--resolution", "lowest-direct", "--python", python)
    installed = uv("pip", "install", *options, ROOT)
    if installed.returncode and "unsatisfiable" not in installed.stderr and "CI" not in os.environ:
        pytest.skip(f"nothing can be installed here (offline?): {installed.stderr[-300:]}")
    assert installed.returncode == 0, installed.stderr
    return python


@pytest.mark.slow
@pytest.mark.skipif(sys.version_info >= (3, 12), reason="the lowest versions are those of 3.11")
def test_the_bundled_study_is_the_same_with_the_lowest_versions(lowest, bundled_run, tmp_path):
    clean = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    done = subprocess.run(
        [str(lowest), "-m", "geo_resilience", "run", "--out", str(tmp_path / "out")],
        cwd=tmp_path,
        env=clean | {"LC_ALL": "C", "OPENBLAS_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    files = sorted(bundled_run.folder.glob("tables/*.csv"))
    assert len(files) > 20
    for file in files:
        pinned, own = (
            pd.read_csv(folder / "tables" / file.name)
            for folder in (bundled_run.folder, tmp_path / "out")
        )
        pd.testing.assert_frame_equal(own, pinned, rtol=1e-9, atol=1e-9, check_dtype=False)
    beside = {path.name for path in bundled_run.folder.iterdir()} - NAMED
    assert beside <= {path.name for path in (tmp_path / "out").iterdir()}
