"""Layers that users add with folium: laid on the page's projection, nothing from outside."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import files
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import urlsplit

import folium
from branca.element import CssLink, Element, Figure, JavascriptLink

from geo_resilience.errors import InputError

#: From longitudes and latitudes to map units.
Lay = Callable[[Any, Any], tuple[Any, Any]]

#: Where elements name what a browser would have to fetch.
_ADDRESSES = ("tiles", "url", "video_url", "image")
_ICONS = ("icon_url", "iconUrl", "shadow_url", "shadowUrl")

_LEAFLET = ("leaflet.js", "leaflet.css")
_CODE = re.compile(r"<(script|style)([^>]*)>(.*?)</\1\s*>", re.DOTALL | re.IGNORECASE)
_LINK = re.compile(
    r"<(?:link|script)\b[^>]*?\b(?:href|src)\s*=\s*[\"']?([^\"'\s>]+)", re.IGNORECASE
)
_RANDOM = re.compile(r"(?<=_)[0-9a-f]{32}(?![0-9a-f])")

#: folium asks jQuery for one thing: to make an element of the text of a popup.
_POPUPS = """const $ = (markup) => {
const holder = document.createElement("template");
holder.innerHTML = markup.trim();
return holder.content.childNodes;
};"""


@dataclass(frozen=True)
class Extras:
    """What users' layers put into the page: code without its tags, and any other markup."""

    scripts: tuple[str, ...]
    styles: tuple[str, ...]
    head: str
    body: str

    def __bool__(self) -> bool:
        return bool(self.scripts or self.styles or self.head or self.body)


def extras_of(figure: Figure, page: folium.Map, lay: Lay, kilometers: float) -> Extras:
    """Render what users added to a page or its figure; what needs the network is an error."""
    rooms = (figure.header, figure.html, figure.script)
    before = [dict(room._children) for room in rooms]
    elements = list(_all_below(page))
    try:
        with laid_out(elements, lay, kilometers):
            for child in list(page._children.values()):
                child.render()
        written = [list(room._children.values()) for room in rooms]
        return _sorted_out(elements, written)
    finally:
        for room, children in zip(rooms, before, strict=True):
            room._children.clear()
            room._children.update(children)


def _all_below(element: Element) -> Iterator[Element]:
    for child in element._children.values():
        yield child
        yield from _all_below(child)


def _sorted_out(elements: list[Element], written: list[list[Element]]) -> Extras:
    """Part what was rendered into code and markup, all of it from this machine."""
    needed = [address for element in elements for address in _addresses(element)]
    scripts: list[str] = []
    styles: list[str] = []
    markup = []
    for room in written[:2]:
        texts = []
        for element in room:
            if isinstance(element, (JavascriptLink, CssLink)):
                code = _shipped(element.url)
                if code is None:
                    needed.append(element.url)
                elif code:
                    (scripts if isinstance(element, JavascriptLink) else styles).append(code)
                continue
            text = element.render()
            needed += [link for link in _LINK.findall(text) if not link.startswith("data:")]
            for kind, _, code in _CODE.findall(text):
                (styles if kind.lower() == "style" else scripts).append(code)
            texts.append(_CODE.sub("", text).strip())
        markup.append("\n".join(filter(None, texts)))
    started = "\n".join(element.render().strip() for element in written[2])
    if needed:
        raise InputError("maps.layer_needs_network", addresses=list(dict.fromkeys(needed)))
    if "$(" in started:
        started = f"{_POPUPS}\n{started}"
    return _steady(
        Extras((*scripts, started) if started else tuple(scripts), tuple(styles), *markup)
    )


def _steady(extras: Extras) -> Extras:
    """Give numbers for folium's random names, so that the same layers give the same bytes."""
    numbers: dict[str, str] = {}

    def numbered(text: str) -> str:
        return _RANDOM.sub(lambda found: numbers.setdefault(found[0], str(len(numbers))), text)

    def closed(code: str, tag: str) -> str:
        """Code in which no text ends the block that it stands in."""
        return re.sub(
            rf"<(?=/{tag}|!--)", r"\\x3c" if tag == "script" else r"\\3c ", code, flags=re.I
        )

    return Extras(
        tuple(closed(numbered(script), "script") for script in extras.scripts),
        tuple(closed(numbered(style), "style") for style in extras.styles),
        numbered(extras.head),
        numbered(extras.body),
    )


def _shipped(address: str) -> str | None:
    """Give the code behind an address where a package here has it; nothing for Leaflet's own."""
    name = PurePosixPath(urlsplit(address).path).name
    if name in _LEAFLET:
        return ""
    own = files("folium").joinpath("templates", name)
    return own.read_text(encoding="utf-8") if own.is_file() else None


def _addresses(element: Element) -> list[str]:
    """Give what an element would fetch while the page is open."""
    own = vars(element)
    if type(element) is folium.Icon:  # drawn by a plugin that folium's own maps load
        return [url for name, url in folium.Map.default_js if name == "awesome_markers"]
    if isinstance(element, folium.GeoJson) and not element.embed:
        return [str(element.embed_link)]
    asked = [own.get(name) for name in _ADDRESSES]
    options = own.get("options")
    if isinstance(options, dict):
        asked += [options.get(name) for name in _ICONS]
    return [each for each in asked if isinstance(each, str) and not each.startswith("data:")]


@contextmanager
def laid_out(elements: list[Element], lay: Lay, kilometers: float) -> Iterator[None]:
    """Lay elements given in degrees on the page's projection for as long as this lasts."""
    kept = [vars(element) | {"_children": element._children.copy()} for element in elements]
    try:
        for element in elements:
            vars(element).update(_laid(element, lay, kilometers))
        yield
    finally:
        for element, own in zip(elements, kept, strict=True):
            vars(element).clear()
            vars(element).update(own)


def _laid(element: Element, lay: Lay, kilometers: float) -> dict[str, Any]:
    """Give the fields of an element that hold places, in map units."""
    own = vars(element)
    found: dict[str, Any] = {
        name: _flipped(own[name], lay)
        for name in ("location", "locations", "bounds")
        if own.get(name) is not None
    }
    if isinstance(element, folium.Circle):
        meters = own["options"]["radius"]
        found["options"] = {**own["options"], "radius": meters / 1000 / kilometers}
    if isinstance(element, folium.GeoJson) and element.embed:
        found["data"] = _geography(own["data"], lay)
    plugins = sys.modules.get("folium.plugins")  # slow to import, and only there for who uses it
    if plugins is not None and isinstance(element, plugins.HeatMap):
        found["data"] = [[*_flipped(point[:2], lay), *point[2:]] for point in own["data"]]
    return found


def _flipped(places: Any, lay: Lay) -> Any:
    """Lay latitude and longitude, at any depth of lists."""
    if len(places) and isinstance(places[0], (int, float)):
        x, y = lay(places[1], places[0])
        return [float(y), float(x)]
    return [_flipped(each, lay) for each in places]


def _geography(data: Any, lay: Lay) -> Any:
    """Lay the coordinates of GeoJSON."""
    if isinstance(data, list):
        return [_geography(each, lay) for each in data]
    if not isinstance(data, dict):
        return data
    held = {
        name: _geography(data[name], lay)
        for name in ("features", "geometry", "geometries")
        if name in data
    }
    if "coordinates" in data:
        held["coordinates"] = _places(data["coordinates"], lay)
    return {name: value for name, value in data.items() if name != "bbox"} | held


def _places(coordinates: Any, lay: Lay) -> Any:
    if len(coordinates) and isinstance(coordinates[0], (int, float)):
        return [float(value) for value in lay(coordinates[0], coordinates[1])]
    return [_places(each, lay) for each in coordinates]
