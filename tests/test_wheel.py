"""A built wheel in an empty environment, used from another folder, without the checkout."""

import os
import re
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def pip(python, *arguments):
    command = [str(python), "-m", "pip", "--disable-pip-version-check", "--quiet", *arguments]
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    built = pip(sys.executable, "wheel", "--no-deps", "--wheel-dir", str(folder), str(ROOT))
    if built.returncode and "CI" not in os.environ:
        pytest.skip(f"no wheel can be built here (offline?): {built.stderr.strip()[-300:]}")
    assert built.returncode == 0, built.stderr
    return next(folder.glob("*.whl"))


def test_the_wheel_holds_ground_example_and_words(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {
        "geo_resilience/boundaries/provinces.geojson",
        "geo_resilience/boundaries/neighbors.csv",
        "geo_resilience/boundaries/groups.toml",
        "geo_resilience/study/example/study.toml",
        "geo_resilience/indicators/frameworks/high_tech.toml",
        "geo_resilience/words/evaluation.csv",
        "geo_resilience/py.typed",
    } <= names
    assert not any(name.startswith(("tests/", "maps/", "boundaries/")) for name in names)


def test_its_description_shows_no_picture_and_no_link_that_leads_nowhere(wheel):
    archive = zipfile.ZipFile(wheel)
    name = next(each for each in archive.namelist() if each.endswith(".dist-info/METADATA"))
    _, _, text = archive.read(name).decode("utf-8").partition("\n\n")
    assert text.startswith("# ") and "geo-resilience run" in text
    targets = re.findall(r"\]\(([^)]*)\)", text)
    assert [each for each in targets if not each.startswith(("https://", "http://", "#"))] == []


@pytest.mark.slow
def test_it_runs_from_another_folder_in_an_empty_environment(wheel, tmp_path):
    environment = tmp_path / "env"
    venv.create(environment, with_pip=True)
    folder = "Scripts" if os.name == "nt" else "bin"
    python = environment / folder / "python"
    installed = pip(python, "install", "--constraint", "constraints.txt", str(wheel))
    if installed.returncode and "CI" not in os.environ:
        pytest.skip(f"nothing can be installed here (offline?): {installed.stderr[-300:]}")
    assert installed.returncode == 0, installed.stderr
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    clean = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    done = subprocess.run(
        [str(environment / folder / "geo-resilience"), "run"],
        cwd=elsewhere,
        env=clean,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert (elsewhere / "results" / "atlas.html").stat().st_size > 100_000
    where = subprocess.run(
        [str(python), "-c", "import geo_resilience; print(geo_resilience.__file__)"],
        cwd=elsewhere,
        env=clean,
        capture_output=True,
        text=True,
    )
    assert str(environment) in where.stdout
