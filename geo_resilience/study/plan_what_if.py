"""The sections of study.toml that suppose something."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from geo_resilience.study.plan_options import option

__all__ = ["WhatIfPlan"]


@dataclass(frozen=True)
class WhatIfPlan:
    """A supposition: other values, other weights, a target, or a supplier that fails."""

    name: str = option("text", example='"Hubei at the level of Beijing in D312"')
    region: str | None = option("text", default=None, example='"Hubei"')
    year: int | None = option("integer", default=None, least=1, most=9999, example="2023")
    values: Mapping[str, float] | None = option(
        "numbers_by_code", default=None, example="{ D312 = 1.0 }", beside="region"
    )
    measured: Mapping[str, float] | None = option(
        "numbers_by_code", default=None, example="{ D311 = 0.03 }", beside="region"
    )
    change: Mapping[str, float] | None = option(
        "numbers_by_code", default=None, example="{ D321 = 0.2 }", beside="region"
    )
    weights: Mapping[str, float] | None = option(
        "numbers_by_code", default=None, example="{ A1 = 0.6, A2 = 0.4 }"
    )
    weight: Mapping[str, float] | None = option(
        "numbers_by_code", default=None, example="{ D311 = 0.2 }"
    )
    target: float | None = option(
        "number", default=None, least=0, most=1, example="0.6", beside="indicator"
    )
    indicator: str | None = option("text", default=None, example='"D312"', beside="region")
    supplier: str | None = option("text", default=None, example='"20"', beside="columns")
    buyer: str | None = option("text", default=None, example='"18"', beside="supplier")
    cut: float = option("number", default=1.0, least=0, most=1, beside="supplier")
    abroad: bool = option("truth", default=False, example="true", beside="supplier")
    spread: str = option(
        "choice", default="downstream", allowed=("downstream", "upstream"), beside="supplier"
    )
    columns: Mapping[str, str] | None = option(
        "texts_by_code",
        default=None,
        example='{ hightech_revenue_100m_yuan = "20" }',
        beside="supplier",
    )
