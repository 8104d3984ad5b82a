"""Draw the layers of a GeoPackage in QGIS with their default styles; run by QGIS's own Python.

Usage: python3 drawn_by_qgis.py RESULTS FOLDER. A picture a layer goes into the folder, and
found.json: by layer the color of each region in its innermost point (as the style inside the file
has it, and those beside it), what columns are called, and what stands in the legend.
"""

import json
import os
import sys
from pathlib import Path

os.environ["QT_QPA_PLATFORM"] = "offscreen"

from qgis.core import (
    QgsApplication,
    QgsMapRendererParallelJob,
    QgsMapSettings,
    QgsProviderRegistry,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QSize

WIDE, HIGH = 2400, 1800


def drawn(layer):
    """Draw a layer over its own extent; give the picture and how places become pixels."""
    settings = QgsMapSettings()
    settings.setLayers([layer])
    settings.setDestinationCrs(layer.crs())
    settings.setExtent(layer.extent())
    settings.setOutputSize(QSize(WIDE, HIGH))
    job = QgsMapRendererParallelJob(settings)
    job.start()
    job.waitForFinished()
    return job.renderedImage(), settings.mapToPixel()


def colors(layer, places):
    """Give the color in the innermost point of every region, and the picture."""
    picture, pixels = drawn(layer)
    found = {}
    for key, place in places.items():
        at = pixels.transform(place)
        found[key] = picture.pixelColor(int(at.x()), int(at.y())).name()
    return found, picture


def innermost(layer):
    """Give the innermost point of every region by key."""
    close = layer.extent().width() / 2000
    return {
        each["adcode"]: each.geometry().poleOfInaccessibility(close)[0].asPoint()
        for each in layer.getFeatures()
    }


def seen(file, name, folder):
    """Draw a layer by its default style, then by the files beside it."""
    layer = QgsVectorLayer(f"{file}|layername={name}", name, "ogr")
    places = innermost(layer)
    by_default, picture = colors(layer, places)
    picture.save(str(folder / f"{name}.png"))
    legend = [
        (kind.label(), kind.symbol().color().name()) for kind in layer.renderer().categories()
    ]
    called = {each.name(): each.alias() for each in layer.fields()}
    shown = {"default": by_default}
    for ending, load in (("qml", layer.loadNamedStyle), ("sld", layer.loadSldStyle)):
        layer.setRenderer(None)
        load(str(file.parent / "styles" / f"{name}.{ending}"))
        shown[ending], _ = colors(layer, places)
    return {"colors": shown, "legend": legend, "called": called, "grade": grade(file, name)}


def grade(file, name):
    """Say what a person reads in place of the code Weaker."""
    layer = QgsVectorLayer(f"{file}|layername={name}", name, "ogr")
    place = layer.fields().indexOf("grade")
    setup = layer.editorWidgetSetup(place)
    if place < 0 or setup.type() != "ValueMap":
        return None
    told = {code: label for each in setup.config()["map"] for label, code in each.items()}
    return told["Weaker"]


def main(results, folder):
    """Draw every layer that QGIS offers, and write down what is seen."""
    application = QgsApplication([], False)
    application.initQgis()
    file = Path(results) / "regions.gpkg"
    offered = QgsProviderRegistry.instance().querySublayers(str(file))
    names = [each.name() for each in offered if each.name() != "layer_styles"]
    found = {name: seen(file, name, Path(folder)) for name in names}
    (Path(folder) / "found.json").write_text(json.dumps(found), encoding="utf-8")
    application.exitQgis()


main(*sys.argv[1:])
