"""The gallery in maps/ is what the bundled study gives today, byte for byte."""

import json
import os
import sys
from pathlib import Path

import pytest

GALLERY = Path(__file__).parents[2] / "maps"

#: Taken by a browser, not drawn by us.
PHOTOGRAPHS = {"atlas.png", "atlas_zh.png"}


@pytest.fixture(scope="module")
def build():
    sys.path.insert(0, str(GALLERY))
    try:
        import build

        yield build
    finally:
        sys.path.remove(str(GALLERY))
        for name in ("build", "exhibit"):
            sys.modules.pop(name, None)


@pytest.fixture(scope="module")
def drawn(build, bundled_run, tmp_path_factory):
    """The gallery drawn here and now; skipped where its bytes cannot be those of the repository."""
    record = GALLERY / "made_with.json"
    if not record.exists():
        pytest.skip("maps/made_with.json does not say what the gallery was drawn with: make maps")
    was, now = json.loads(record.read_text(encoding="utf-8")), json.loads(build.made_with())
    other = [name for name in sorted({*was, *now}) if was.get(name) != now.get(name)]
    if other:
        why = "; ".join(f"{name}: {was.get(name)} there, {now.get(name)} here" for name in other)
        if os.environ.get("CI", "").lower() == "true" and "Noto" not in now["font normal"]:
            pytest.fail(f"CI draws the gallery: {why}")
        pytest.skip(f"the gallery was drawn with others: {why}")
    folder = tmp_path_factory.mktemp("gallery")
    build.draw_gallery(bundled_run[0], folder)
    return folder


def files_in(folder):
    return {
        file.relative_to(folder).as_posix()
        for pattern in ("*.html", "*.md", "figures/*")
        for file in folder.glob(pattern)
    }


def test_the_gallery_is_drawn_again_byte_for_byte(drawn):
    assert files_in(drawn) == files_in(GALLERY), "make maps"
    changed = [
        name
        for name in sorted(files_in(drawn))
        if (drawn / name).read_bytes() != (GALLERY / name).read_bytes()
    ]
    assert changed == [], "make maps"


def test_every_picture_of_the_pages_is_there(build, bundled_run):
    shown = build.gallery(bundled_run[0]) + (GALLERY / "index.html").read_text(encoding="utf-8")
    for name in files_in(GALLERY) | PHOTOGRAPHS:
        if name.endswith(".png"):
            assert name in shown, name
            assert (GALLERY / name).exists()
