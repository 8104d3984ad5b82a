"""Bundle the modules of the interactive page into the one script that the package carries.

For those who change them: ``make page``, which asks npm for the version of esbuild named here.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from pathlib import Path

ESBUILD = "0.25.12"

ASSETS = Path(__file__).parents[1] / "geo_resilience" / "maps" / "atlas" / "assets"
BUILT = ASSETS / "built" / "atlas.js"

#: What is asked of esbuild; the page finds the exports of ``main.js`` under the global name.
OPTIONS = (
    "--bundle",
    "--minify",
    "--format=iife",
    "--global-name=atlas",
    "--target=es2022",
    "--charset=utf8",
)


def heading() -> str:
    """Give the first line of the built script: by what it was made, and from which sources."""
    digest = hashlib.sha256(" ".join(OPTIONS).encode("ascii"))
    for path in sorted(ASSETS.glob("*.js")):
        digest.update(f"\n{path.name}\n{path.read_text(encoding='utf-8')}".encode())
    return f"// make page: esbuild {ESBUILD}, sources {digest.hexdigest()}\n"


def bundled() -> str:
    """Give the script as esbuild makes it from the modules, under its heading."""
    npx = shutil.which("npx") or "npx"
    command = [npx, "--yes", f"esbuild@{ESBUILD}", "main.js", *OPTIONS]
    done = subprocess.run(command, cwd=ASSETS, capture_output=True, check=True, timeout=300)
    return heading() + done.stdout.decode("utf-8")


if __name__ == "__main__":
    BUILT.parent.mkdir(exist_ok=True)
    BUILT.write_text(bundled(), encoding="utf-8", newline="\n")
