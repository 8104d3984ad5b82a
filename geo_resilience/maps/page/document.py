"""The page as a folium map without anything from outside: one file under its own policy."""

from __future__ import annotations

import base64
import hashlib
import html
import json
from typing import Any

import folium
from branca.element import Element, Figure, MacroElement
from jinja2 import Template

from geo_resilience.maps.page import GENERATOR
from geo_resilience.maps.page.bundle import (
    frame_html,
    leaflet_script,
    page_script,
    page_style,
)

__all__ = ["document"]


class PlainText(Element):
    """Text that goes into the page as it is.

    branca reads the text of an element as a template; here nothing is ever read as one.
    """

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text

    def render(self, **kwargs: Any) -> str:
        """Give the text."""
        return self.text


class StudyMap(folium.Map):
    """A folium map in Leaflet's flat reference system that asks no server for anything."""

    default_js: list[tuple[str, str]] = []  # noqa: RUF012 (folium's own way)
    default_css: list[tuple[str, str]] = []  # noqa: RUF012

    _template = Template(
        """
        {% macro html(this, kwargs) %}
        <div id="{{ this.get_name() }}" class="folium-map"></div>
        {% endmacro %}
        {% macro script(this, kwargs) %}
        const {{ this.get_name() }} = L.map("{{ this.get_name() }}",
        Object.assign({crs: L.CRS.{{ this.crs }}}, {{ this.leaflet_options|tojson }}));
        {% endmacro %}
        """
    )

    def __init__(self, leaflet_options: dict[str, Any]) -> None:
        super().__init__(location=[0, 0], tiles=None, crs="Simple", zoom_control=False)
        self.leaflet_options = leaflet_options

    def get_name(self) -> str:
        """Give a name that is the same in every run."""
        return "atlas_map"


class StudyLayer(MacroElement):
    """The study as a layer: its data as JSON, and the call that draws them."""

    _template = Template(
        """
        {% macro script(this, kwargs) %}
        atlas.startAtlas({{ this._parent.get_name() }});
        {% endmacro %}
        """
    )

    def __init__(self, data: dict[str, Any]) -> None:
        super().__init__()
        self._name = "StudyLayer"
        self.data = data

    def render(self, **kwargs: Any) -> Any:
        """Put the data into the page as a block that no browser runs."""
        block = f'<script type="application/json" id="atlas_data">{safe_json(self.data)}</script>'
        page: Any = self.get_root()
        page.html.add_child(PlainText(block), name="atlas_data")
        return super().render(**kwargs)


class Document(Figure):
    """The whole page, put together as text; its policy lets only its own scripts run."""

    def __init__(self, *, title: str, language: str) -> None:
        super().__init__()
        self.head_title = title
        self.language = language

    def render(self, **kwargs: Any) -> str:
        """Give the page."""
        for child in self._children.values():
            child.render(**kwargs)
        body = "\n".join(child.render().strip() for child in self.html._children.values())
        start = "\n".join(
            line.strip()
            for child in self.script._children.values()
            for line in child.render().splitlines()
            if line.strip()
        )
        scripts = [leaflet_script(), page_script(), start]
        blocks = "\n".join(f"<script>{script}</script>" for script in scripts)
        return (
            f'<!DOCTYPE html>\n<html lang="{html.escape(self.language)}">\n<head>\n'
            '<meta charset="utf-8">\n'
            f'<meta http-equiv="Content-Security-Policy" content="{_policy(scripts)}">\n'
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            f"{GENERATOR}\n"
            f"<title>{html.escape(self.head_title)}</title>\n"
            f"<style>{page_style()}</style>\n</head>\n"
            f"<body>\n{frame_html('top')}\n{body}\n{frame_html('bottom')}\n{blocks}\n"
            "</body>\n</html>\n"
        )


def _policy(scripts: list[str]) -> str:
    """Nothing from anywhere; scripts and styles by their hash; pictures made by the page."""
    allowed = " ".join(_hash(script) for script in scripts)
    return (
        f"default-src 'none'; script-src {allowed}; style-src {_hash(page_style())}; "
        "img-src blob: data:; base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    return f"'sha256-{base64.b64encode(digest).decode('ascii')}'"


def safe_json(data: dict[str, Any]) -> str:
    """Write JSON that cannot end its block or break a line of script."""
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    for letter in "<>&\u2028\u2029":
        text = text.replace(letter, f"\\u{ord(letter):04x}")
    return text


def document(data: dict[str, Any], *, title: str, language: str) -> str:
    """Draw a study's data as a page.

    Parameters
    ----------
    data : dict
        What `geo_resilience.maps.page.model` makes.
    title : str
        Plain text.
    language : str
        In which the page opens.

    Returns
    -------
    str
        HTML, the same for the same data.
    """
    options = {
        "zoomControl": False,
        "attributionControl": False,
        "keyboard": False,
        "zoomSnap": 0,
        "zoomDelta": 0.75,
        "wheelPxPerZoomLevel": 110,
        "maxBoundsViscosity": 0.8,
        "center": [0, 0],
        "zoom": 0,
    }
    page = Document(title=title, language=language)
    map_ = StudyMap(options)
    page.add_child(map_)
    map_.add_child(StudyLayer(data))
    return _whole(page.render())


def _whole(text: str) -> str:
    """Replace halves of characters, which no file can hold."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
