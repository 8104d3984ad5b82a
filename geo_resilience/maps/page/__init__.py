"""The interactive page: what it is told, and the document it is told in."""

from __future__ import annotations

__all__ = ["GENERATOR"]

#: By this line in its head a page is known to be of our making.
GENERATOR = '<meta name="generator" content="geo-resilience">'
