"""Names and texts as SQL has them."""

from __future__ import annotations


def quoted(*names: str) -> str:
    """Write names as SQL has them, joined by dots.

    Examples
    --------
    >>> quoted("statistics", 'an "economy" of')
    '"statistics"."an ""economy"" of"'
    """
    return ".".join('"' + name.replace('"', '""') + '"' for name in names)


def literal(text: object) -> str:
    """Write a text as SQL has it.

    Examples
    --------
    >>> literal("the region's")
    "'the region''s'"
    """
    return "'" + str(text).replace("'", "''") + "'"
