"""What is built: the archive of the sources, and a wheel in an empty environment."""

import os
import re
import subprocess
import sys
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

pytest.importorskip("hatchling")

ROOT = Path(__file__).parents[1]
#: What only a forge and a checkout need.
LEFT_OUT = (".ci/", ".github/")
LINK = re.compile(r"\]\(([^)\s#]+)[^)]*\)|<(?:img|a)[^>]* (?:src|href)=\"([^\"#]+)")


def build(kind, source, folder):
    """Build from a folder of sources, as a program that builds packages would, without network."""
    code = f"import hatchling.build, sys; hatchling.build.build_{kind}(sys.argv[1])"
    done = subprocess.run(
        [sys.executable, "-c", code, str(folder)], cwd=source, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return next(Path(folder).glob("*.whl" if kind == "wheel" else "*.tar.gz"))


@pytest.fixture(scope="module")
def sources(tmp_path_factory):
    """Unpack the archive of the sources, which any checkout gives."""
    folder = tmp_path_factory.mktemp("sources")
    with tarfile.open(build("sdist", ROOT, folder)) as archive:
        archive.extractall(folder, filter="data")
    return next(path for path in folder.iterdir() if path.is_dir())


@pytest.fixture(scope="module")
def wheel(sources, tmp_path_factory):
    return build("wheel", sources, tmp_path_factory.mktemp("wheel"))


def links(page):
    """Give what a page links to or shows that is no address of the network."""
    text = re.sub(r"```.*?```|`[^`]*`", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    found = [first or second for first, second in LINK.findall(text)]
    return [each for each in found if not re.match(r"https?:|mailto:", each)]


def test_the_archive_holds_all_that_is_kept_but_what_a_forge_needs(sources):
    kept = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True)
    if kept.returncode:
        pytest.skip("only a checkout knows what is kept")
    names = {name for name in kept.stdout.splitlines() if (ROOT / name).is_file()}
    held = {path.relative_to(sources).as_posix() for path in sources.rglob("*") if path.is_file()}
    assert sorted(names - held) == sorted(n for n in names if n.startswith(LEFT_OUT))
    assert not any(name.startswith((".git/", *LEFT_OUT)) for name in held)
    assert ".git" not in held


def test_pages_in_the_archive_link_to_what_is_in_it(sources):
    """Those of the site lead to pages that are made with it, too: their own tests hold them."""
    parts = {page: page.relative_to(sources).parts for page in sources.rglob("*.md")}
    pages = [page for page in parts if parts[page][0] not in ("geo_resilience", "docs")]
    assert len(pages) > 10
    dead = [
        f"{page.relative_to(sources)}: {link}"
        for page in pages
        for link in links(page)
        if not (page.parent / link).exists()
    ]
    assert dead == []


def test_the_wheel_of_the_archive_is_that_of_the_checkout(wheel, tmp_path):
    assert build("wheel", ROOT, tmp_path).read_bytes() == wheel.read_bytes()


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


def pip(python, *arguments):
    command = [str(python), "-m", "pip", "--disable-pip-version-check", "--quiet", *arguments]
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT)


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
