"""Styles of the layers of regions.gpkg for QGIS, ArcGIS Pro and programs that read SLD."""

from geo_resilience.maps.gis._lyrx import lyrx
from geo_resilience.maps.gis._qml import qml
from geo_resilience.maps.gis._sld import sld
from geo_resilience.maps.gis._styles import ColumnTitle, Kind, Style, styles_of

__all__ = ["ColumnTitle", "Kind", "Style", "lyrx", "qml", "sld", "styles_of"]
