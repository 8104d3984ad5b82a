"""Settings for every test."""

from __future__ import annotations

from hypothesis import settings

# A slow machine is no failure; speed is measured in benchmarks/.
settings.register_profile("house", parent=settings.default, deadline=None)
settings.load_profile("house")
