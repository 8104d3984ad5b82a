"""Styles as QGIS keeps them: QML, from QGIS 3.18 on."""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree import ElementTree as Tree

from geo_resilience.maps.gis._styles import BORDER, WIDTH, ColumnTitle, Kind, Style, channels

#: The version that the form was taken from; later ones read it.
VERSION = "3.22.16"

#: Millimeters in a point.
_POINT = 25.4 / 72


def qml(style: Style, fields: Sequence[ColumnTitle]) -> str:
    """Write a style as QML: a color a kind of region, and what columns are called.

    Parameters
    ----------
    style : Style
    fields : sequence of ColumnTitle
        Of the layer, in the order of the file.

    Returns
    -------
    str

    Examples
    --------
    >>> kinds = (Kind(("Low",), "low", "#f3e79c"),)
    >>> text = qml(Style("Grade", "grade", kinds, Kind((), "no data", "#d9dbde")), [])
    >>> '<category symbol="0" render="true" label="low" value="Low"' in text
    True
    """
    root = Tree.Element("qgis", version=VERSION, styleCategories="Symbology|Fields|Forms|Rendering")
    renderer = Tree.SubElement(root, "renderer-v2", type="categorizedSymbol", attr=style.column)
    categories = Tree.SubElement(renderer, "categories")
    symbols = Tree.SubElement(renderer, "symbols")
    for number, kind in enumerate(style.all):
        _category(categories, number, kind)
        symbol = Tree.SubElement(symbols, "symbol", type="fill", name=str(number), alpha="1")
        _fill(symbol, kind.color)
    _fields(root, fields)
    Tree.SubElement(root, "layerGeometryType").text = "2"
    Tree.indent(root)
    kind_of = "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"
    return kind_of + Tree.tostring(root, encoding="unicode") + "\n"


def _category(categories: Tree.Element, number: int, kind: Kind) -> None:
    """Add a category; one without a value is every other region, those without data too."""
    given = {"symbol": str(number), "render": "true", "label": kind.label}
    if len(kind.values) <= 1:
        given |= {"value": "".join(kind.values), "type": "string"}
    category = Tree.SubElement(categories, "category", given)
    if len(kind.values) > 1:
        for value in kind.values:
            Tree.SubElement(category, "val", value=value, type="string")


def _fill(symbol: Tree.Element, color: str) -> None:
    layer = Tree.SubElement(symbol, "layer", {"class": "SimpleFill", "enabled": "1", "pass": "0"})
    options = Tree.SubElement(layer, "Option", type="Map")
    look = {
        "color": _rgba(color),
        "style": "solid",
        "outline_color": _rgba(BORDER),
        "outline_style": "solid",
        "outline_width": f"{WIDTH * _POINT:.2f}",
        "outline_width_unit": "MM",
        "joinstyle": "round",
    }
    for name, value in look.items():
        Tree.SubElement(options, "Option", type="QString", name=name, value=value)


def _rgba(color: str) -> str:
    return ",".join(map(str, [*channels(color), 255]))


def _fields(root: Tree.Element, fields: Sequence[ColumnTitle]) -> None:
    """Say what columns are called, and what the codes that stand in them mean."""
    settings = Tree.SubElement(root, "fieldConfiguration")
    for field in fields:
        if field.labels:
            _labels(Tree.SubElement(settings, "field", name=field.name), field.labels)
    aliases = Tree.SubElement(root, "aliases")
    for place, field in enumerate(fields, start=1):  # the first is the number of the row
        Tree.SubElement(aliases, "alias", index=str(place), field=field.name, name=field.title)


def _labels(field: Tree.Element, labels: Sequence[tuple[str, str]]) -> None:
    config = Tree.SubElement(Tree.SubElement(field, "editWidget", type="ValueMap"), "config")
    options = Tree.SubElement(config, "Option", type="Map")
    listed = Tree.SubElement(options, "Option", type="List", name="map")
    for code, label in labels:
        entry = Tree.SubElement(listed, "Option", type="Map")
        Tree.SubElement(entry, "Option", type="QString", name=label, value=code)
