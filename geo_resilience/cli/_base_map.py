"""What ``check`` tells of a base map: what plays which role, and what lies in the inset."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import shapely

from geo_resilience.maps.drawing._context import lay
from geo_resilience.maps.drawing._geometry import Ground, draw_ground
from geo_resilience.maps.drawing._texts import caption_of
from geo_resilience.text import Text
from geo_resilience.words import say

if TYPE_CHECKING:
    from geo_resilience.regions import Base
    from geo_resilience.study._regions import StudyRegions

#: Most units that are named one by one.
_NAMED = 60


def base_lines(ground: StudyRegions, language: str) -> list[str]:
    """Tell which units were found, which of them the tables lack, what else is drawn and where."""
    regions, base = ground.everywhere, ground.everywhere.base
    if not base.layers and not regions.of_base:
        return []
    drawn = draw_ground(regions.frame, base)
    names = regions.names(language)
    lines = [say("check.base", language, file=base.source or "-")] if base.source else []
    if regions.of_base:
        told = {"count": len(names), "names": _some(names.to_list(), language)}
        lines.append(say("check.base_units", language, **told))
    if ground.lacking:
        lacking = names.loc[list(ground.lacking)].to_list()
        lines.append(say("check.base_lacking", language, count=len(lacking), names=lacking))
    lines += _beside(base, drawn, language)
    lines += _inset(drawn, [*names, *_areas(base, language)], base, language)
    number = "check.base_number" if base.review_number else "check.base_no_number"
    lines.append(say(number, language, number=base.review_number))
    return ["", *lines]


def _some(names: Sequence[str], language: str) -> list[str]:
    if len(names) <= _NAMED:
        return list(names)
    return [*names[:_NAMED], say("figure.more", language, count=len(names) - _NAMED)]


def _areas(base: Base, language: str) -> list[str]:
    """Name the areas, those without a name by their place."""
    held = enumerate(base.areas.index, start=1)
    return [base.name_of(place - 1)[language] or f"#{place}" for place, _ in held]


def _beside(base: Base, drawn: Ground, language: str) -> list[str]:
    """Tell the further areas, the lines and the context layers."""
    lines = []
    if len(base.areas):
        told = {"count": len(base.areas), "names": _some(_areas(base, language), language)}
        lines.append(say("check.base_areas", language, **told))
    if len(base.lines):
        texts = (Text.of(row, "name")[language] for row in base.lines.to_dict("records"))
        counts = {"count": len(base.lines), "points": sum(len(line.points) for line in drawn.lines)}
        told = {**counts, "names": list(filter(None, texts)) or ["-"]}
        lines.append(say("check.base_lines", language, **told))
    for layer in base.context:
        laid = lay(layer, drawn)
        counts = {kind: len(getattr(laid, kind)) for kind in ("lines", "areas", "points")}
        lines.append(say("check.base_context", language, name=layer.name, **counts))
    return lines


def _inset(drawn: Ground, names: Sequence[str], base: Base, language: str) -> list[str]:
    """Tell whose parts, and which lines, lie in the inset."""
    if drawn.inset is None:
        return []
    box = shapely.box(*drawn.inset)
    shapes = np.array([*drawn.shapes.values(), *drawn.areas], dtype=object)
    held = [name for name, here in zip(names, shapely.intersects(shapes, box), strict=True) if here]
    paths = [shapely.LineString(line.points) for line in drawn.lines]
    count = int(np.sum(shapely.intersects(np.array(paths, dtype=object), box))) if paths else 0
    caption = base.caption or caption_of(None)
    told = {"caption": caption, "names": held or ["-"], "lines": count}
    return [say("check.base_inset", language, **told)]
