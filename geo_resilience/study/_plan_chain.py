# ruff: noqa: RUF009 - option() is dataclasses.field() with metadata
"""The sections of study.toml on the chain and on suppositions, options declared once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from geo_resilience.chain._methods import FORMS, QUOTIENTS, RISK_CUTS, SIDES
from geo_resilience.chain.management._forecasts import FORECASTS
from geo_resilience.study._plan_options import option


@dataclass(frozen=True)
class ChainPlan:
    """The chain itself: input-output tables, a shock, risks, targets, warnings."""

    io: tuple[Path, ...] = option("paths", default=(), example='["io_2018.csv"]')
    io_years: tuple[int, ...] | None = option("years_as_listed", example="[2018]", beside="io")
    io_sheet: str | None = option("text", example='"Sheet1"', beside="io")
    io_roles: Mapping[str, str] | None = option(
        "texts_by_code", example='{ "Subsidies" = "value_added" }', beside="io"
    )
    concordance: Path | None = option("path", example='"concordance.csv"', beside="io")
    io_source: str = option("title", default="", example='"Statistical office"', beside="io")
    io_source_zh: str = option("title", default="", example='"统计局"', beside="io")
    loss: float = option("number", default=0.1, least=0.0001, most=1, beside="io")
    regional_sizes: Path | None = option("path", example='"sectors_by_region.csv"', beside="io")
    regional_variables: Mapping[str, str] | None = option(
        "texts_by_code",
        example='{ "2" = "secondary_value_added", "3" = "tertiary_value_added" }',
        beside="io",
    )
    regional_concordance: Path | None = option("path", example='"broad_sectors.csv"', beside="io")
    regional_methods: tuple[str, ...] = option(
        "choices", default=QUOTIENTS, allowed=QUOTIENTS, beside="io"
    )
    regional_delta: float = option("number", default=0.3, least=0, most=0.99, beside="io")
    regional_margins: Path | None = option("path", example='"margins.csv"', beside="io")
    disruption: Path | None = option("path", example='"disruption.csv"', beside="io")
    disruption_side: str = option("choice", default=SIDES[0], allowed=SIDES, beside="disruption")
    disruption_form: str = option("choice", default=FORMS[0], allowed=FORMS, beside="disruption")
    disruption_steps: int = option("integer", default=24, least=1, most=10_000, beside="disruption")
    steps_per_year: float = option(
        "number", default=12.0, least=0.01, most=366, beside="disruption"
    )
    shock: tuple[int, ...] | None = option("years_as_listed", example="[2019, 2020]")
    recovered: tuple[int, ...] | None = option(
        "years_as_listed", example="[2020, 2023]", beside="shock"
    )
    shock_variables: tuple[str, ...] = option(
        "codes", default=(), example='["grp"]', beside="shock"
    )
    benchmark: str | None = option("text", example='"grp"', beside="shock")
    risks: Path | None = option("path", example='"risks.csv"')
    risk_rule: str = option("choice", default="impact", allowed=tuple(RISK_CUTS), beside="risks")
    targets: Path | None = option("path", example='"targets.csv"')
    priorities: Path | None = option("path", example='"priorities.csv"')
    priority_weights: Mapping[str, float] | None = option(
        "numbers_by_code",
        example="{ relevance = 0.5, spillover = 0.3, growth = 0.2 }",
        beside="priorities",
    )
    maturity: Path | None = option("path", example='"maturity.csv"')
    warn: bool = option("truth", default=False, example="true")
    watch: tuple[str, ...] = option("codes", default=(), example='["D311", "grp"]', beside="warn")
    thresholds: Path | None = option("path", example='"thresholds.csv"', beside="warn")
    learn: str = option(
        "choice", default="quantiles", allowed=("quantiles", "signals"), beside="warn"
    )
    quantiles: tuple[float, ...] = option("falling", default=(0.25, 0.15, 0.1, 0.05), beside="warn")
    crisis: str | None = option(
        "text",
        example='"grp"',
        only_with=("learn", ("signals",)),
        needed_with=("learn", ("signals",)),
    )
    crisis_fall: float = option(
        "number", default=0.0, least=0, most=1, only_with=("learn", ("signals",))
    )
    horizon: int = option("integer", default=1, least=1, most=20, only_with=("learn", ("signals",)))
    hysteresis: float = option("number", default=0.0, least=0, most=10, beside="warn")
    warning_rule: str = option("choice", default="worst", allowed=("worst", "mean"), beside="warn")
    forecast: str = option(
        "choice", default="best", allowed=("best", *FORECASTS, "none"), beside="warn"
    )
    coverage: float = option("number", default=0.8, least=0.01, most=0.999, beside="warn")
    responses: Path | None = option("path", example='"responses.csv"', beside="warn")


@dataclass(frozen=True)
class WhatIfPlan:
    """A supposition: other values, other weights, a target, or a supplier that fails."""

    name: str = option("text", example='"Hubei at the level of Beijing in D312"', required=True)
    region: str | None = option("text", example='"Hubei"')
    year: int | None = option("integer", least=1, most=9999, example="2023")
    values: Mapping[str, float] | None = option(
        "numbers_by_code", example="{ D312 = 1.0 }", beside="region"
    )
    measured: Mapping[str, float] | None = option(
        "numbers_by_code", example="{ D311 = 0.03 }", beside="region"
    )
    change: Mapping[str, float] | None = option(
        "numbers_by_code", example="{ D321 = 0.2 }", beside="region"
    )
    weights: Mapping[str, float] | None = option(
        "numbers_by_code", example="{ A1 = 0.6, A2 = 0.4 }"
    )
    weight: Mapping[str, float] | None = option("numbers_by_code", example="{ D311 = 0.2 }")
    target: float | None = option("number", least=0, most=1, example="0.6", beside="indicator")
    indicator: str | None = option("text", example='"D312"', beside="region")
    supplier: str | None = option("text", example='"20"', beside="columns")
    buyer: str | None = option("text", example='"18"', beside="supplier")
    cut: float = option("number", default=1.0, least=0, most=1, beside="supplier")
    abroad: bool = option("truth", default=False, example="true", beside="supplier")
    spread: str = option(
        "choice", default="downstream", allowed=("downstream", "upstream"), beside="supplier"
    )
    columns: Mapping[str, str] | None = option(
        "texts_by_code", example='{ hightech_revenue_100m_yuan = "20" }', beside="supplier"
    )
