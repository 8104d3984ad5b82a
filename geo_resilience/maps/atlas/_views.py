"""Views of the atlas as its address holds them: written, and read with what they may name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

from geo_resilience.errors import Problems
from geo_resilience.indicators import Framework
from geo_resilience.spatial._methods import LOCAL_STATISTICS

#: What an address of the page may hold (state.js reads the same), in its order.
KEYS = (
    *("year", "layer", "since", "region", "with", "picked", "vs", "how", "against", "outlines"),
    *("show", "table", "sort", "classes", "as", "form", "weights", "view", "story", "embed"),
    *("lang", "theme"),
)

#: What a view leaves to whoever looks at it.
_OF_THE_READER = ("story", "embed", "lang", "theme")

#: What a region may be laid beside but other regions; what may stand as many small maps.
_BESIDE, _MANY = ("zone", "like", "best"), ("years", "dimensions")

#: What starts the key of a note on a region.
NOTE = "note."


def view(**parts: object) -> str:
    """Write a view; what is None is left out.

    >>> view(year=2023, layer="raw D111", region=None)
    'year=2023&layer=raw%20D111'
    """
    told = {name: str(part) for name, part in parts.items() if part is not None}
    return urlencode(told, quote_via=quote, safe=",")


def layer_ids(framework: Framework) -> list[str]:
    """Name every layer that a study of a framework may have."""
    dimensions = [each.code for each in framework.dimensions]
    every = [*dimensions, *framework.codes, *(each.code for each in framework.variables)]
    local = [
        f"{statistic} {code}".strip() for statistic in LOCAL_STATISTICS for code in ("", *every)
    ]
    of_codes = [f"{kind} {code}" for kind in ("raw", "std") for code in framework.codes]
    of_variables = [
        f"{kind} {each.code}" for kind in ("lq", "shock") for each in framework.variables
    ]
    found = ("certainty", "level certainty", "level change", "coordination", "obstacle", "warning")
    return [
        *("grade", "composite", "change"),
        *(*dimensions, *found, *of_codes, *local, *of_variables),
    ]


@dataclass(frozen=True)
class Nameable:
    """What views of a study may name.

    - ``region``: gives the keys that a name may mean, and ``regions`` what regions are called.
    """

    years: Sequence[int]
    layers: Sequence[str]
    outlines: Sequence[str]
    codes: Sequence[str]
    regions: Sequence[str]
    region: Callable[[str], Sequence[str]]

    def read(self, address: str, problems: Problems, **where: Any) -> str:
        """Give a view as the page takes it, regions by their keys; note what is unknown in it."""
        text = address.partition("#")[2] if "#" in address else address
        parts = parse_qsl(text, keep_blank_values=True)
        if not parts:
            problems.add("story.no_view", found=address, **where)
        kept: dict[str, str] = {}
        for name, value in parts:
            if name.startswith(NOTE):
                key = self._keyed(name.removeprefix(NOTE), problems, name, where)
                kept[f"{NOTE}{key}"] = value
            elif name not in KEYS:
                problems.unknown("story.key", name, KEYS, **where)
            elif name not in _OF_THE_READER:
                kept[name] = self._part(name, value, problems, where)
        return view(**kept)

    def _part(self, name: str, value: str, problems: Problems, where: Mapping[str, Any]) -> str:
        """Give a part of a view, checked."""
        if name in ("region", "with", "picked"):
            asked = [value] if name == "region" else value.split(",")
            known = _BESIDE if name == "with" else ()
            keys = [
                each if each in known else self._keyed(each, problems, name, where)
                for each in asked
            ]
            return ",".join(keys)
        years = [str(year) for year in self.years if year]
        allowed: dict[str, Iterable[str]] = {
            "year": years,
            "since": years,
            "layer": self.layers,
            "vs": [*_MANY, *years, *(f"layer:{layer}" for layer in self.layers)],
            "how": ("swipe",),
            "form": ("tiles", "circles"),
            "against": self.layers,
            "outlines": self.outlines,
            "weights": self.codes,
        }
        several = value.split(",") if name in ("outlines", "weights") else [value]
        for each in several if name in allowed else ():
            said = each.rpartition(":")[0] if name == "weights" else each
            if said not in allowed[name]:
                problems.unknown("story.part", said, allowed[name], part=name, **where)
        return value

    def _keyed(self, text: str, problems: Problems, part: str, where: Mapping[str, Any]) -> str:
        """Give the key of a region that is named in any spelling."""
        keys = self.region(text)
        if len(keys) == 1:
            return keys[0]
        problems.unknown("story.part", text, self.regions, part=part, **where)
        return text
