"""The conductor: a study file becomes a plan, a plan becomes results.

Names are loaded from their files when first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_FILES = {
    "Checked": "geo_resilience.study._run",
    "Comparison": "geo_resilience.study.editions._comparison",
    "check": "geo_resilience.study._run",
    "compare": "geo_resilience.study.editions._comparison",
    "run": "geo_resilience.study._run",
    "Failure": "geo_resilience.study._portfolio",
    "Plan": "geo_resilience.study._plan",
    "Portfolio": "geo_resilience.study._portfolio",
    "portfolio": "geo_resilience.study._portfolio",
    "plan_from_mapping": "geo_resilience.study._plan_reading",
    "read_plan": "geo_resilience.study._plan_reading",
    "read_results": "geo_resilience.results._reading",
}

__all__ = sorted(_FILES)


def __getattr__(name: str) -> Any:
    if name in _FILES:
        return getattr(import_module(_FILES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *_FILES])
