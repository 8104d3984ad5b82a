"""The page's code: scripts and styles as files a reader can follow, joined into one text each."""

from __future__ import annotations

import hashlib
import re
from functools import cache
from importlib.resources import files

from geo_resilience.maps.page.squeezing import squeezed

__all__ = [
    "LEAFLET_SHA256",
    "frame_html",
    "leaflet_script",
    "long_words",
    "page_script",
    "page_style",
]

#: The published leaflet 1.9.4; anything else is refused.
LEAFLET_SHA256 = "db49d009c841f5ca34a888c96511ae936fd9f5533e90d8b2c4d57596f4e5641a"

#: In the order in which each needs those before it.
SCRIPTS = (
    "dom",
    "codec",
    "wording",
    "study",
    "state",
    "tooltip",
    "placing",
    "batch",
    "ground",
    "reach",
    "legend",
    "charts",
    "radar",
    "moran",
    "fold",
    "history",
    "profile",
    "nation",
    "table",
    "panel",
    "outlines",
    "furniture",
    "inset",
    "timeline",
    "sentence",
    "overlays",
    "picture",
    "downloads",
    "scenario",
    "notes",
    "toolbar",
    "main",
)
STYLES = ("atlas", "map", "furniture", "panel", "parts", "places")

#: Parts of Leaflet's style that the page does not use.
_UNUSED = re.compile(
    r"popup|tooltip|div-icon|overlay-image|image-layer|tile|oldie|zoom-box|crosshair|shadow|"
    r"control|attribution|leaflet-(top|bottom|left|right)|bar|vml| a$|img|marker-draggable"
)


def _asset(name: str) -> str:
    return files("geo_resilience.maps").joinpath("assets", name).read_text(encoding="utf-8")


def _leaflet(name: str) -> str:
    folder = files("js_lib_leaflet").joinpath("static", "js_lib_leaflet")
    return folder.joinpath(name).read_text(encoding="utf-8")


@cache
def leaflet_script() -> str:
    """Give Leaflet as published, with its license, without the pointer to its source map."""
    script = _leaflet("leaflet.js")
    found = hashlib.sha256(script.encode("utf-8")).hexdigest()
    if found != LEAFLET_SHA256:
        raise RuntimeError(f"leaflet.js is not the published 1.9.4: SHA-256 {found}")
    return re.sub(r"\n//# sourceMappingURL=.*", "", script).rstrip()


@cache
def long_words() -> tuple[str, ...]:
    """Give names of ours that nothing else knows: no text, no data, no browser, no Leaflet."""
    return tuple(_asset("shortened.txt").split())


@cache
def page_script() -> str:
    """Join the modules into one scope and leave out comments and indentation.

    A module imports on lines of their own and has no text that runs over lines, so that lines
    can be trimmed one by one.
    """
    lines = ["const startAtlas = (() => {", '"use strict";']
    for name in SCRIPTS:
        lines += _trimmed(_asset(f"{name}.js"))
    return squeezed("\n".join([*lines, "return startAtlas;", "})();"]), long_words())


def _trimmed(source: str) -> list[str]:
    kept = []
    for line in source.splitlines():
        text = line.strip()
        if not text or text.startswith(("//", "/**", "* ", "import ")):
            continue
        kept.append(text.removeprefix("export "))
    return kept


@cache
def page_style() -> str:
    """Join Leaflet's style, as far as the page needs it, and the page's own."""
    own = "".join(_asset(f"{name}.css") for name in STYLES)
    return _tight(_leaflet_rules() + re.sub(r"/\*.*?\*/", "", own, flags=re.DOTALL))


def _leaflet_rules() -> str:
    """Leaflet's rules without pictures and without parts that the page does not use."""
    rules = re.sub(r"/\*.*?\*/", "", _leaflet("leaflet.css"), flags=re.DOTALL)
    kept = []
    for selectors, body in re.findall(r"([^{}]+)\{([^{}]*)\}", rules):
        used = [each.strip() for each in selectors.split(",") if not _UNUSED.search(each)]
        if used and "url(" not in body:
            kept.append(f"{','.join(used)}{{{body}}}")
    return re.sub(r"-(webkit|moz|ms)-[\w-]+\s*:[^;}]*;", "", "".join(kept))


def _tight(style: str) -> str:
    style = re.sub(r"\s+", " ", style)
    style = re.sub(r"\s*([{};,])\s*", r"\1", style)
    return style.replace(": ", ":").replace(";}", "}").replace("}", "}\n").strip()


@cache
def frame_html(name: str) -> str:
    """Give the part of the page above (``top``) or below (``bottom``) the map."""
    return "\n".join(line.strip() for line in _asset(f"{name}.html").splitlines())
