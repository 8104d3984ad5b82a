"""What columns stand for in the vocabularies that other programs know: concepts, units, quantities.

Concepts are those of SDMX (as RDF Data Cube names them), schema.org and, for statistics, of the OBO
foundry; units are codes of UCUM and terms of QUDT.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

_SDMX = "http://purl.org/linked-data/sdmx/2009"
_QUDT = "http://qudt.org"
_OBO = "http://purl.obolibrary.org/obo"

_AREA, _TIME = f"{_SDMX}/dimension#refArea", f"{_SDMX}/dimension#timePeriod"
_P, _NAME = f"{_OBO}/OBI_0000175", "https://schema.org/name"

#: What a column holds, by its name; the same in every table.
CONCEPTS: Mapping[str, str] = {
    "adcode": _AREA,
    **dict.fromkeys(("year", "first_year", "last_year"), _TIME),
    "value": f"{_SDMX}/measure#obsValue",
    **dict.fromkeys(("name", "indicator_name", "code_name", "group_name", "industry_name"), _NAME),
    "lat": "https://schema.org/latitude",
    "lon": "https://schema.org/longitude",
    **dict.fromkeys(("p", "p_value", "p_normal", "p_sim"), _P),
    "p_holm": f"{_OBO}/OBI_0001265",
    "q_value": f"{_OBO}/OBI_0001442",
}


@dataclass(frozen=True)
class Unit:
    """A unit: its code in UCUM, its term and that of its quantity in QUDT; empty where none fits."""

    code: str = ""
    term: str = ""
    quantity: str = ""

    def plain(self) -> dict[str, str]:
        """Give what is known of it, as metadata."""
        known = {
            "unitCode": self.code,
            "unitTerm": self.term and f"{_QUDT}/vocab/unit/{self.term}",
            "quantityKind": self.quantity and f"{_QUDT}/vocab/quantitykind/{self.quantity}",
        }
        return {name: value for name, value in known.items() if value}


_COUNTED = ("indicators", "pairs", "places", "regions", "sectors", "steps")

#: By the unit that the catalog writes; shares have none there. Money is in the study's own.
UNITS: Mapping[str, Unit] = {
    "share": Unit("1", "UNITLESS", "DimensionlessRatio"),
    "degrees": Unit("deg", "DEG", "Angle"),
    "km": Unit("km", "KiloM", "Length"),
    "km²": Unit("km2", "KiloM2", "Area"),
    "money": Unit("", "", "Currency"),
    "points per 1,000 km": Unit("{point}/Mm"),
    "years": Unit("a", "YR", "Time"),
    **{counted: Unit(f"{{{counted}}}", "NUM", "Count") for counted in _COUNTED},
}
