"""Every table that comes in, by one door; every table that a run can write, as one record each.

A record of the catalog makes the frame of a table, checks it, writes it and reads it back exactly;
the codebook, the pages, the atlas, figures, report and tests take from it what columns there are.
"""

from geo_resilience.tables._catalog import CATALOG, codebook, made, of
from geo_resilience.tables._columns import Context
from geo_resilience.tables._forms import LARGE, Form
from geo_resilience.tables._schema import Table

__all__ = [
    "CATALOG",
    "LARGE",
    "Context",
    "Form",
    "Table",
    "codebook",
    "made",
    "of",
]
