"""What columns stand for in the vocabularies that other programs know: concepts, units, quantities.

Concepts are those of SDMX (as RDF Data Cube names them), schema.org and, for statistics, of the OBO
foundry; units are codes of UCUM and terms of QUDT.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
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
    """A unit: its code in UCUM, its term and its quantity's in QUDT; empty where none fits."""

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

#: Columns that hold names which a study's author or the makers of its data have given, by kind.
_NAMED = {
    "region": "adcode name name_en name_zh best_region similar most_risen most_fallen upper lower "
    "most_influential",
    "group": "group group_name zone grouping family",
    "indicator": "indicator indicator_name code code_name variable term predictor less more row "
    "most_moved new_warning_indicator item",
    "industry": "industry industry_name",
    "sector": "sector sector_name supplier supplier_name buyer buyer_name largest_supplier "
    "most_hit import_product",
    "what_if": "scenario",
    "model": "model regression",
    "": "projection",
}
_KIND_OF = {column: kind for kind, columns in _NAMED.items() for column in columns.split()}

#: Tables whose texts are of one kind: those that are made of a table of the user's own.
_OWN = {"risks": "risk", "targets": "target", "priorities": "priority", "maturity": "maturity"}


def kind_of_name(stem: str, column: str, columns: Collection[str]) -> str:
    """Say what kind of name stands in a text column; ``other`` where none, nothing where ours.

    Examples
    --------
    >>> kind_of_name("scores", "name", ["adcode"]), kind_of_name("cut", "name", ["sector"])
    ('region', 'sector')
    """
    if stem in _OWN:
        return _OWN[stem]
    if column.startswith("name") and "adcode" not in columns:
        return "sector" if "sector" in columns else "indicator"
    return _KIND_OF.get(column, "response" if stem == "warnings" else "other")
