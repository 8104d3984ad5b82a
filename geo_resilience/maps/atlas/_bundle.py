"""The page's code: Leaflet, the script built from the modules in ``assets``, and the styles."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

#: The published leaflet 1.9.4; anything else is refused.
LEAFLET_SHA256 = "db49d009c841f5ca34a888c96511ae936fd9f5533e90d8b2c4d57596f4e5641a"


STYLES = (
    "atlas", "picker", "map", "furniture", "panel", "parts", "compare", "places", "telling",
)  # fmt: skip


#: Parts of Leaflet's style that the page does not use.
_UNUSED = re.compile(
    r"popup|tooltip|div-icon|overlay-image|image-layer|tile|oldie|zoom-box|crosshair|shadow|"
    r"control|attribution|leaflet-(top|bottom|left|right)|bar|vml| a$|img|marker-draggable"
)


def _asset(name: str) -> str:
    return files("geo_resilience.maps.atlas").joinpath("assets", name).read_text(encoding="utf-8")


def _leaflet_file(name: str) -> Traversable:
    return files("js_lib_leaflet").joinpath("static", "js_lib_leaflet", *name.split("/"))


def _leaflet(name: str) -> str:
    return _leaflet_file(name).read_text(encoding="utf-8")


def _leaflet_image(name: str) -> str:
    """Give one of Leaflet's images as an address that holds it."""
    data = base64.b64encode(_leaflet_file(f"images/{name}").read_bytes()).decode("ascii")
    return f"data:image/png;base64,{data}"


@cache
def leaflet_script() -> str:
    """Give Leaflet as published, with its license, without the pointer to its source map."""
    script = _leaflet("leaflet.js")
    found = hashlib.sha256(script.encode("utf-8")).hexdigest()
    if found != LEAFLET_SHA256:
        raise RuntimeError(f"leaflet.js is not the published 1.9.4: SHA-256 {found}")
    return re.sub(r"\n//# sourceMappingURL=.*", "", script).rstrip()


@cache
def page_script() -> str:
    """Give the script that ``make page`` built from the modules, without its heading."""
    return _asset("built/atlas.js").partition("\n")[2].rstrip()


@cache
def marker_script() -> str:
    """Give what Leaflet's own marker looks like, for layers that users add."""
    images = {
        "iconUrl": _leaflet_image("marker-icon.png"),
        "iconRetinaUrl": _leaflet_image("marker-icon-2x.png"),
        "shadowUrl": _leaflet_image("marker-shadow.png"),
    }
    return f'L.Icon.Default.imagePath = "";\nL.Icon.Default.mergeOptions({json.dumps(images)});'


@cache
def layer_style() -> str:
    """Give all of Leaflet's style, its images within, and what else layers of users need."""
    style = _leaflet("leaflet.css") + _asset("folium.css")
    style = re.sub(r"/\*.*?\*/|behavior:[^;]*;", "", style, flags=re.DOTALL)
    return _tight(
        re.sub(r"url\(images/([\w.-]+)\)", lambda found: f"url({_leaflet_image(found[1])})", style)
    )


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


#: By this line in its head a page is known to be of our making.
GENERATOR = '<meta name="generator" content="geo-resilience">'


def safe_json(data: Any) -> str:
    """Write JSON that cannot end its block or break a line of script."""
    look: dict[str, Any] = {"ensure_ascii": False, "allow_nan": False, "separators": (",", ":")}
    text = json.dumps(data, default=dict, **look)  # texts are mappings
    for letter in "<>&\u2028\u2029":
        text = text.replace(letter, f"\\u{ord(letter):04x}")
    return text
