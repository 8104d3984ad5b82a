"""Make the gallery: the bundled study's atlas, a picture of it, and the page that lists them.

Run by ``make maps`` from the repository; the same study gives the same atlas byte for byte. The
picture is taken by Chromium where there is one, and kept as it is where there is none.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from exhibit import show_figures

import geo_resilience as gr
from geo_resilience.results import Results

FOLDER = Path(__file__).parent
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--force-device-scale-factor=1",
    "--virtual-time-budget=4000",
)


def main() -> None:
    """Run the bundled study and write the gallery beside this file."""
    results = gr.study.run()
    page = gr.maps.atlas(results, path=FOLDER / "atlas.html")
    pictured = [
        take_picture(page.path, FOLDER / "atlas.png", "#lang=en&theme=light"),
        take_picture(page.path, FOLDER / "atlas_zh.png", "#lang=zh&theme=light&layer=B1"),
    ]
    drawn = show_figures(results, FOLDER)
    (FOLDER / "README.md").write_text(gallery(results), encoding="utf-8", newline="\n")
    size = (FOLDER / "atlas.html").stat().st_size
    told = f"maps/atlas.html {size / 1000:.0f} kB; pictures taken: {sum(pictured)}"
    sys.stdout.write(f"{told}; figures drawn: {len(drawn)}\n")


def take_picture(page: Path | None, picture: Path, state: str) -> bool:
    """Let Chromium draw the page at desktop size; whether there was one that did."""
    browser = os.environ.get("GEO_RESILIENCE_CHROMIUM") or next(
        filter(None, map(shutil.which, BROWSERS)), None
    )
    if browser is None or page is None:
        return False
    with tempfile.TemporaryDirectory() as profile:
        command = [
            browser,
            *FLAGS,
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

A state can be linked to: `atlas.html#year={years[0]}&layer=grade&region={scores.index[0]}&lang=zh`.
"""


if __name__ == "__main__":
    main()
