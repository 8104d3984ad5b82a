"""Styles as map servers read them: Styled Layer Descriptor 1.0.0 of the OGC."""

from __future__ import annotations

from xml.etree import ElementTree as Tree

from geo_resilience.maps.gis._styles import BORDER, WIDTH, Kind, Style

_SPACES = {
    "xmlns": "http://www.opengis.net/sld",
    "xmlns:ogc": "http://www.opengis.net/ogc",
    "version": "1.0.0",
}

#: Pixels in a point, a pixel being 0.28 mm.
_PIXELS = 25.4 / 72 / 0.28


def sld(style: Style, layer: str) -> str:
    """Write a style as SLD: a rule a kind of region, and one for those without a value.

    QGIS takes no notice of the filter that stands for all others, so that none is written.

    Parameters
    ----------
    style : Style
    layer : str
        Name of the layer that it is for.

    Returns
    -------
    str

    References
    ----------
    .. [1] OGC 02-070, "Styled Layer Descriptor Implementation Specification", 1.0.0 (2002).
    """
    root = Tree.Element("StyledLayerDescriptor", _SPACES)
    named = Tree.SubElement(root, "NamedLayer")
    Tree.SubElement(named, "Name").text = layer
    own = Tree.SubElement(named, "UserStyle")
    Tree.SubElement(own, "Name").text = layer
    Tree.SubElement(own, "Title").text = style.title
    rules = Tree.SubElement(own, "FeatureTypeStyle")
    for kind in style.all:
        _rule(Tree.SubElement(rules, "Rule"), kind, style.column)
    Tree.indent(root)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n' + Tree.tostring(root, encoding="unicode") + "\n"
    )


def _rule(rule: Tree.Element, kind: Kind, column: str) -> None:
    Tree.SubElement(rule, "Name").text = kind.label
    Tree.SubElement(rule, "Title").text = kind.label
    _filter(Tree.SubElement(rule, "ogc:Filter"), kind.values, column)
    symbolizer = Tree.SubElement(rule, "PolygonSymbolizer")
    _parameters(Tree.SubElement(symbolizer, "Fill"), {"fill": kind.color})
    line = {"stroke": BORDER, "stroke-width": f"{WIDTH * _PIXELS:.2f}", "stroke-linejoin": "round"}
    _parameters(Tree.SubElement(symbolizer, "Stroke"), line)


def _filter(place: Tree.Element, values: tuple[str, ...], column: str) -> None:
    if not values:
        missing = Tree.SubElement(place, "ogc:PropertyIsNull")
        Tree.SubElement(missing, "ogc:PropertyName").text = column
    if len(values) > 1:
        place = Tree.SubElement(place, "ogc:Or")
    for value in values:
        equal = Tree.SubElement(place, "ogc:PropertyIsEqualTo")
        Tree.SubElement(equal, "ogc:PropertyName").text = column
        Tree.SubElement(equal, "ogc:Literal").text = value


def _parameters(place: Tree.Element, look: dict[str, str]) -> None:
    for name, value in look.items():
        Tree.SubElement(place, "CssParameter", name=name).text = value
