"""Make the gallery: the bundled study's atlas, its figures, and the pages that show them.

Run by ``make maps`` from the repository. Everything but the pictures of the atlas and of the report
is the same byte for byte under constraints.txt, Debian's Noto CJK fonts and the libraries that
``made_with.json`` names; ``tests/maps/test_maps_gallery.py`` holds it to that. The pictures of the
atlas are taken by Chromium, those of the report by WeasyPrint and Poppler, where these are there,
and kept as they are where they are not.
"""

from __future__ import annotations

import hashlib
import json
import platform
import shutil
import subprocess
import sys
import tempfile
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from exhibit import show_figures

import geo_resilience as gr
from geo_resilience.results import Results
from tests.chromium_for_tests import FLAGS, find_chromium

FOLDER = Path(__file__).parent
#: Libraries that draw, lay out or count what the gallery shows.
LIBRARIES = ("matplotlib", "pillow", "numpy", "scipy", "pandas", "geopandas", "shapely", "pyproj")
#: How a browser draws one picture of a page.
ONE_PICTURE = (
    "--headless",
    "--hide-scrollbars",
    "--force-device-scale-factor=1",
    "--virtual-time-budget=4000",
)


def main() -> None:
    """Run the bundled study and write the gallery beside this file."""
    results = gr.study.run()
    drawn = draw_gallery(results, FOLDER)
    picture_pages(results, FOLDER)
    (FOLDER / "made_with.json").write_text(made_with(), encoding="utf-8", newline="\n")
    page = FOLDER / "atlas.html"
    pictured = [
        take_picture(page, FOLDER / "atlas.png", "#lang=en&theme=light"),
        take_picture(page, FOLDER / "atlas_zh.png", "#lang=zh&theme=light&layer=B1"),
    ]
    size = page.stat().st_size
    told = f"maps/atlas.html {size / 1000:.0f} kB; pictures taken: {sum(pictured)}"
    sys.stdout.write(f"{told}; figures drawn: {len(drawn)}\n")


def draw_gallery(results: Results, folder: Path) -> list[str]:
    """Write the gallery but for the pictures of the atlas; give the names of the figures."""
    first = gr.report.headline(results)
    gr.maps.atlas(results, path=folder / "atlas.html", headline=first)
    drawn = show_figures(results, folder)
    (folder / "README.md").write_text(gallery(results), encoding="utf-8", newline="\n")
    return drawn


def made_with() -> str:
    """Name what the bytes of the gallery hang on beside this repository: libraries and fonts."""
    import pyproj
    import shapely
    from matplotlib import font_manager, ft2font
    from PIL import features

    from geo_resilience.maps.figures._style import fonts

    facts = {name: version(name) for name in LIBRARIES}
    facts |= {
        "freetype": ft2font.__freetype_version__,
        "geos": ".".join(map(str, shapely.geos_version)),
        "proj": pyproj.proj_version_str,
        "zlib": str(features.version("zlib")),
        "machine": platform.machine(),
    }
    for weight in ("normal", "bold"):
        name = font_manager.FontProperties(family=fonts()[0], weight=weight)
        file = Path(font_manager.findfont(name))
        facts[f"font {weight}"] = f"{file.name} {hashlib.sha256(file.read_bytes()).hexdigest()}"
    return json.dumps(facts, indent=1) + "\n"


def picture_pages(results: Results, folder: Path) -> bool:
    """Picture the first page of a leader's report and a profile, in both languages.

    Gives whether WeasyPrint and Poppler were there to do it; else the pictures stay as they are.
    """
    if shutil.which("pdftoppm") is None or find_spec("weasyprint") is None:
        return False
    for language, ending in (("en", ""), ("zh", "_zh")):
        with tempfile.TemporaryDirectory() as place:
            (file,) = gr.report.write(
                results, place, ("pdf",), language, "leader", profiles="420000"
            )
            command = ["pdftoppm", "-r", "80", "-png", str(file), f"{place}/page"]
            subprocess.run(command, check=True, timeout=120)
            pages = sorted(Path(place).glob("page-*.png"))
            shutil.copyfile(pages[0], folder / f"report{ending}.png")
            shutil.copyfile(pages[-1], folder / f"profile{ending}.png")
    return True


def take_picture(page: Path | None, picture: Path, state: str) -> bool:
    """Let Chromium draw the page at desktop size; whether there was one that did."""
    browser = find_chromium()
    if browser is None or page is None:
        return False
    with tempfile.TemporaryDirectory() as profile:
        command = [
            browser,
            *FLAGS,
            *ONE_PICTURE,
            f"--user-data-dir={profile}",
            "--window-size=1440,900",
            f"--screenshot={picture.resolve()}",
            page.resolve().as_uri() + state,
        ]
        done = subprocess.run(command, capture_output=True, check=False, timeout=120)
    return done.returncode == 0 and picture.exists()


def gallery(results: Results) -> str:
    """Tell what is in the folder."""
    years, scores = results.years, results.in_year()
    first = scores.sort_values("rank")["name"].head(3)
    return f"""# Gallery

Made by `make maps` from the bundled study; never edited by hand.

| map | what it shows |
|---|---|
| [atlas.html](atlas.html) | {results.title}; {len(scores)} regions: grade, composite, dimensions \
and indicators by year, with profiles, outlines, sources and notes. One file, no network. \
In {years[-1]} {", ".join(first)} are first. |
| [index.html](index.html) | the atlas and every figure for print, with captions; the pictures are \
in [figures/](figures). |

![The atlas](atlas.png)

The same page in Chinese, showing one dimension:

![The atlas in Chinese](atlas_zh.png)

Two pages of the report for a leader, the first and a profile of a region:

![First page of the report](report.png) ![Profile of a region](profile.png)

A state can be linked to: `atlas.html#year={years[0]}&layer=grade&region={scores.index[0]}&lang=zh`.
"""


if __name__ == "__main__":
    main()
