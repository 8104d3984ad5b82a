"""Draw the layers of a GeoPackage in QGIS with their default styles; run by QGIS's own Python.

Usage: python3 drawn_by_qgis.py FILE FOLDER. A picture a layer goes into the folder, and
found.json: by layer the color of each region in its innermost point, what columns are called, and
what stands in the legend.
"""

import json
import os
import sys
from pathlib import Path

os.environ["QT_QPA_PLATFORM"] = "offscreen"

from qgis.core import (  # noqa: E402
    QgsApplication,
    QgsMapRendererParallelJob,
    QgsMapSettings,
    QgsProviderRegistry,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QSize  # noqa: E402

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


def colors(layer, picture, pixels):
    """Give the color in the innermost point of every region."""
    found = {}
    for feature in layer.getFeatures():
        place, _ = feature.geometry().poleOfInaccessibility(layer.extent().width() / 2000)
        at = pixels.transform(place.asPoint())
        found[feature["adcode"]] = picture.pixelColor(int(at.x()), int(at.y())).name()
    return found


def main(file, folder):
    """Draw every layer that QGIS offers, and write down what is seen."""
    application = QgsApplication([], False)
    application.initQgis()
    found = {}
    offered = QgsProviderRegistry.instance().querySublayers(file)
    for name in [each.name() for each in offered if each.name() != "layer_styles"]:
        layer = QgsVectorLayer(f"{file}|layername={name}", name, "ogr")
        picture, pixels = drawn(layer)
        picture.save(str(Path(folder) / f"{name}.png"))
        renderer = layer.renderer()
        kinds = renderer.categories() if renderer.type() == "categorizedSymbol" else []
        found[name] = {
            "spatial": layer.isSpatial(),
            "colors": colors(layer, picture, pixels),
            "called": {each.name(): each.alias() for each in layer.fields()},
            "legend": [(kind.label(), kind.symbol().color().name()) for kind in kinds],
        }
    (Path(folder) / "found.json").write_text(json.dumps(found), encoding="utf-8")
    application.exitQgis()


main(*sys.argv[1:])
