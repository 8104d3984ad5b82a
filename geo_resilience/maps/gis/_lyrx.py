"""Styles as ArcGIS Pro keeps them: a layer file, JSON of the Cartographic Information Model."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from geo_resilience.maps.gis._styles import BORDER, WIDTH, ColumnTitle, Kind, Style, channels


def lyrx(style: Style, layer: str, title: str, fields: Sequence[ColumnTitle]) -> str:
    r"""Write a style as a layer file that finds ``regions.gpkg`` in the folder above its own.

    Parameters
    ----------
    style : Style
    layer, title : str
        Name of the layer in the file, and what it is called.
    fields : sequence of ColumnTitle

    Returns
    -------
    str

    References
    ----------
    .. [1] Esri, "Cartographic Information Model" (CIM specification, github.com/Esri/cim-spec).
    """
    address = f"CIMPATH=regions/{layer}.json"
    drawn = {
        "type": "CIMFeatureLayer",
        "name": title,
        "uRI": address,
        "description": style.title,
        "layerType": "Operational",
        "showLegends": True,
        "visibility": True,
        "expanded": True,
        "featureTable": _table(layer, fields),
        "selectable": True,
        "renderer": _renderer(style),
        "scaleSymbols": True,
    }
    document = {
        "type": "CIMLayerDocument",
        "version": "2.9.0",
        "build": 32739,
        "layers": [address],
        "layerDefinitions": [drawn],
    }
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def _table(layer: str, fields: Sequence[ColumnTitle]) -> dict[str, Any]:
    """Say where the rows are, and what columns are called."""
    return {
        "type": "CIMFeatureTable",
        "displayField": "name",
        "editable": False,
        "fieldDescriptions": [
            {
                "type": "CIMFieldDescription",
                "alias": field.title,
                "fieldName": field.name,
                "visible": True,
                "searchMode": "Exact",
            }
            for field in fields
        ],
        "dataConnection": {
            "type": "CIMStandardDataConnection",
            "workspaceConnectionString": "AUTHENTICATION_MODE=OSA;DATABASE=..\\regions.gpkg",
            "workspaceFactory": "Sql",
            "dataset": f"main.{layer}",
            "datasetType": "esriDTFeatureClass",
        },
    }


def _renderer(style: Style) -> dict[str, Any]:
    return {
        "type": "CIMUniqueValueRenderer",
        "defaultLabel": style.rest.label,
        "defaultSymbol": _symbol(style.rest.color),
        "useDefaultSymbol": True,
        "fields": [style.column],
        "groups": [
            {
                "type": "CIMUniqueValueGroup",
                "heading": style.title,
                "classes": [_class(kind) for kind in style.kinds],
            }
        ],
        "polygonSymbolColorTarget": "Fill",
    }


def _class(kind: Kind) -> dict[str, Any]:
    return {
        "type": "CIMUniqueValueClass",
        "label": kind.label,
        "patch": "Default",
        "symbol": _symbol(kind.color),
        "values": [{"type": "CIMUniqueValue", "fieldValues": [value]} for value in kind.values],
        "visible": True,
        "editable": True,
    }


def _symbol(color: str) -> dict[str, Any]:
    line = {
        "type": "CIMSolidStroke",
        "enable": True,
        "capStyle": "Round",
        "joinStyle": "Round",
        "width": WIDTH,
        "color": _rgb(BORDER),
    }
    fill = {"type": "CIMSolidFill", "enable": True, "color": _rgb(color)}
    polygon = {"type": "CIMPolygonSymbol", "symbolLayers": [line, fill]}
    return {"type": "CIMSymbolReference", "symbol": polygon}


def _rgb(color: str) -> dict[str, Any]:
    """Give red, green and blue of 255, and opacity of 100."""
    return {"type": "CIMRGBColor", "values": [*channels(color), 100]}
