"""The page as a folium map without anything from outside: one file under its own policy."""

from __future__ import annotations

import base64
import hashlib
import html as markup
import os
import zlib
from pathlib import Path
from typing import Any, cast

import folium
from branca.element import Figure

from geo_resilience.errors import OutputError
from geo_resilience.maps.atlas._bundle import (
    GENERATOR,
    frame_html,
    layer_style,
    leaflet_script,
    marker_script,
    page_script,
    page_style,
    safe_json,
)
from geo_resilience.maps.atlas._folium_layers import Extras, extras_of
from geo_resilience.maps.drawing._geometry import Ground

#: Data of at most so many letters stand in the page as they are; longer ones are deflated.
LONGEST_PLAIN = 100_000

#: Lays the map out and draws the study on it.
_START = """const atlas_map = L.map("atlas_map", {
crs: L.CRS.Simple, center: [0, 0], zoom: 0, zoomSnap: 0, zoomDelta: 0.75, wheelPxPerZoomLevel: 110,
maxBoundsViscosity: 0.8, zoomControl: false, attributionControl: false, keyboard: false,
});
atlas.startAtlas(atlas_map);"""


class Page(folium.Map):
    """An interactive map in one file: a folium map that takes folium's layers.

    What is added is given in degrees, as to any folium map, and drawn on the page's own projection.
    All of it has to be on this machine: tiles, and plugins whose scripts folium would load from
    the network, are refused when the page is written. Text that folium puts into a page as markup
    (of a popup, say) is put there as it is given.

    Parameters
    ----------
    data : dict
        What ``assets/data.schema.json`` says.
    ground : Ground
        On which it is drawn.
    title : str
        Plain text.

    Attributes
    ----------
    html : str
        The whole page; it needs nothing else.
    path : Path or None
        Where it was written.
    title : str

    Examples
    --------
    >>> import folium
    >>> import pandas as pd
    >>> from geo_resilience.maps import choropleth
    >>> from geo_resilience.regions import read_boundaries
    >>> page = choropleth(pd.Series({"420000": 1.0}, name="Patents"), read_boundaries())
    >>> here = folium.CircleMarker([30.6, 114.3], tooltip="Wuhan").add_to(page)
    >>> "Wuhan" in page.html
    True
    """

    default_js: list[tuple[str, str]] = []  # noqa: RUF012 (folium's own way)
    default_css: list[tuple[str, str]] = []  # noqa: RUF012

    def __init__(self, data: dict[str, Any], ground: Ground, *, title: str = "") -> None:
        super().__init__(location=[0, 0], tiles=None, crs="Simple", zoom_control=False)
        _Document().add_child(self)
        self.data = data
        self.ground = ground
        self.title = title
        self.path: Path | None = None

    def get_name(self) -> str:
        """Give a name that is the same in every run."""
        return "atlas_map"

    @property
    def html(self) -> str:
        """Give the page.

        Raises
        ------
        InputError
            If a layer that was added would have to come from the network.
        """
        return str(self.get_root().render())

    def _repr_html_(self, **kwargs: Any) -> str:
        """Show the map in a notebook, offline: a frame that holds the page."""
        return (
            f'<iframe title="{markup.escape(self.title)}" srcdoc="{markup.escape(self.html)}" '
            'sandbox="allow-scripts allow-downloads allow-modals" loading="lazy" '
            'style="width:100%;height:640px;border:1px solid #d9dde1;border-radius:6px"></iframe>'
        )

    def __repr__(self) -> str:
        size = len(self.html.encode("utf-8"))
        return f"<Page {self.title!r}: {size / 1000:.0f} kB, {self.path or 'not written'}>"

    def write(self, path: str | Path) -> Page:
        """Write the page, with all that was added to it, to a file and give it back.

        Raises
        ------
        InputError
            If a layer that was added would have to come from the network.
        OutputError
            If the path is a folder, its folder does not exist, or it cannot be written.
        """
        target = Path(path)
        if target.is_dir():
            raise OutputError("maps.path_is_folder", file=target, example=target / "atlas.html")
        if not target.parent.is_dir():
            raise OutputError("maps.path_no_folder", file=target, folder=target.parent)
        text = self.html
        try:
            target.write_text(text, encoding="utf-8", newline="\n")
        except OSError as error:
            reason = error.strerror or str(error)
            raise OutputError("maps.path_failed", file=target, reason=reason) from error
        self.path = target
        return self

    def save(self, outfile: Any, close_file: bool = True, **kwargs: Any) -> None:
        """Write the page as `write` does, or into an open file, as folium's maps can."""
        if isinstance(outfile, (str, os.PathLike)):
            self.write(Path(outfile))
        else:
            super().save(outfile, close_file, **kwargs)

    def extras(self, figure: Figure) -> Extras:
        """Give what the layers that were added put into the page."""
        from pyproj import Transformer

        there = Transformer.from_crs(4326, self.ground.crs, always_xy=True)
        unit = self.ground.step / self.data["ground"]["scale"]

        def lay(lon: Any, lat: Any) -> tuple[Any, Any]:
            x, y = there.transform(lon, lat)
            return x / unit, y / unit

        return extras_of(figure, self, lay, self.data["ground"]["kilometers"])


class _Document(Figure):
    """The whole page, put together as text; its policy lets only its own scripts run.

    branca reads the text of an element as a template; of ours none is ever read as one.
    """

    def __init__(self) -> None:
        super().__init__()
        self.header._children.clear()

    def render(self, **kwargs: Any) -> str:
        """Give the page."""
        (child,) = self._children.values()
        page = cast("Page", child)
        extras = page.extras(self)
        scripts = [leaflet_script(), page_script(), _START]
        styles = [page_style()]
        if extras:
            scripts += [marker_script(), *extras.scripts]
            styles = [layer_style(), *styles, *extras.styles]
        policy = _policy(scripts, styles, extras)
        head = [
            '<meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            GENERATOR,
            f"<title>{markup.escape(page.title)}</title>",
            *(f"<style>{style}</style>" for style in styles),
            extras.head,
        ]
        body = [
            frame_html("top"),
            '<div id="atlas_map" class="folium-map"></div>',
            f'<script type="application/json" id="atlas_data">{page_json(page.data)}</script>',
            frame_html("bottom"),
            extras.body,
            *(f"<script>{script}</script>" for script in scripts),
        ]
        language = markup.escape(page.data["language"])
        return _whole(
            f'<!DOCTYPE html>\n<html lang="{language}">\n<head>\n{_lines(head)}</head>\n'
            f"<body>\n{_lines(body)}</body>\n</html>\n"
        )


def _lines(parts: list[str]) -> str:
    return "".join(f"{part}\n" for part in parts if part)


def _policy(scripts: list[str], styles: list[str], extras: Extras) -> str:
    """Nothing from anywhere; scripts and styles by their hash; pictures made by the page.

    Markup of folium's layers may carry styles of its own; it still may not carry scripts.
    """
    allowed, looks = (" ".join(_hash(each) for each in codes) for codes in (scripts, styles))
    own = "; style-src-attr 'unsafe-inline'" if extras else ""
    return (
        f"default-src 'none'; script-src {allowed}; style-src {looks}{own}; "
        "img-src blob: data:; base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    return f"'sha256-{base64.b64encode(digest).decode('ascii')}'"


def page_json(data: dict[str, Any]) -> str:
    """Write the data of a page as JSON; where they are long, deflated as one string of base64."""
    text = safe_json(data)
    if len(text) <= LONGEST_PLAIN:
        return text
    deflated = zlib.compress(_whole(text).encode("utf-8"), 9)
    return f'"{base64.b64encode(deflated).decode("ascii")}"'


def _whole(text: str) -> str:
    """Replace halves of characters, which no file can hold."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def make_page(data: dict[str, Any], ground: Ground, *, title: str, path: str | Path | None) -> Page:
    """Draw a study's data as a page and write it where a path is given."""
    page = Page(data, ground, title=title)
    return page if path is None else page.write(path)
