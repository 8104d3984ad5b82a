"""Databases: rows that come in by a query that can only read, results that go out as a whole.

Nothing else imports SQLAlchemy, and this only inside functions (extra ``database``). Regions and
indicators both ask it, so that it stands below them.
"""

from geo_resilience.databases._address import Address
from geo_resilience.databases._queries import Answer, DatabaseQuery, ask, fingerprints
from geo_resilience.databases._schemas import Stored, Target, settle_schema, write_schema

__all__ = [
    "Address",
    "Answer",
    "DatabaseQuery",
    "Stored",
    "Target",
    "ask",
    "fingerprints",
    "settle_schema",
    "write_schema",
]
