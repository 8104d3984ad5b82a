# ruff: noqa: RUF009 - option() is dataclasses.field() with metadata
"""The section of study.toml on the chain itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from geo_resilience.chain.methods import FORMS, QUOTIENTS, RISK_CUTS, SIDES
from geo_resilience.study.plan_options import option

__all__ = ["ChainPlan"]


@dataclass(frozen=True)
class ChainPlan:
    """The chain itself: input-output tables, a shock, risks, targets, warnings."""

    io: tuple[Path, ...] = option("paths", default=(), example='["io_2018.csv"]')
    io_years: tuple[int, ...] | None = option(
        "years_as_listed", default=None, example="[2018]", beside="io"
    )
    io_sheet: str | None = option("text", default=None, example='"Sheet1"', beside="io")
    io_roles: Mapping[str, str] | None = option(
        "texts_by_code", default=None, example='{ "Subsidies" = "value_added" }', beside="io"
    )
    concordance: Path | None = option(
        "path", default=None, example='"concordance.csv"', beside="io"
    )
    io_source: str = option("title", default="", example='"Statistical office"', beside="io")
    io_source_zh: str = option("title", default="", example='"统计局"', beside="io")
    loss: float = option("number", default=0.1, least=0.0001, most=1, beside="io")
    regional_sizes: Path | None = option(
        "path", default=None, example='"sectors_by_region.csv"', beside="io"
    )
    regional_variables: Mapping[str, str] | None = option(
        "texts_by_code",
        default=None,
        example='{ "2" = "secondary_value_added", "3" = "tertiary_value_added" }',
        beside="io",
    )
    regional_concordance: Path | None = option(
        "path", default=None, example='"broad_sectors.csv"', beside="io"
    )
    regional_methods: tuple[str, ...] = option(
        "choices", default=QUOTIENTS, allowed=QUOTIENTS, beside="io"
    )
    regional_delta: float = option("number", default=0.3, least=0, most=0.99, beside="io")
    regional_margins: Path | None = option(
        "path", default=None, example='"margins.csv"', beside="io"
    )
    disruption: Path | None = option("path", default=None, example='"disruption.csv"', beside="io")
    disruption_side: str = option("choice", default=SIDES[0], allowed=SIDES, beside="disruption")
    disruption_form: str = option("choice", default=FORMS[0], allowed=FORMS, beside="disruption")
    disruption_steps: int = option("integer", default=24, least=1, most=10_000, beside="disruption")
    steps_per_year: float = option(
        "number", default=12.0, least=0.01, most=366, beside="disruption"
    )
    shock: tuple[int, ...] | None = option("years_as_listed", default=None, example="[2019, 2020]")
    recovered: tuple[int, ...] | None = option(
        "years_as_listed", default=None, example="[2020, 2023]", beside="shock"
    )
    shock_variables: tuple[str, ...] = option(
        "codes", default=(), example='["grp"]', beside="shock"
    )
    risks: Path | None = option("path", default=None, example='"risks.csv"')
    risk_rule: str = option("choice", default="impact", allowed=tuple(RISK_CUTS), beside="risks")
    targets: Path | None = option("path", default=None, example='"targets.csv"')
    priorities: Path | None = option("path", default=None, example='"priorities.csv"')
    priority_weights: Mapping[str, float] | None = option(
        "numbers_by_code",
        default=None,
        example="{ relevance = 0.5, spillover = 0.3, growth = 0.2 }",
        beside="priorities",
    )
    maturity: Path | None = option("path", default=None, example='"maturity.csv"')
    warn: bool = option("truth", default=False, example="true")
    watch: tuple[str, ...] = option("codes", default=(), example='["D311", "grp"]', beside="warn")
    thresholds: Path | None = option(
        "path", default=None, example='"thresholds.csv"', beside="warn"
    )
    learn: str = option(
        "choice", default="quantiles", allowed=("quantiles", "signals"), beside="warn"
    )
    quantiles: tuple[float, ...] = option("falling", default=(0.25, 0.15, 0.1, 0.05), beside="warn")
    crisis: str | None = option(
        "text",
        default=None,
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
        "choice", default="trend", allowed=("trend", "level", "none"), beside="warn"
    )
    coverage: float = option("number", default=0.8, least=0.01, most=0.999, beside="warn")
    responses: Path | None = option("path", default=None, example='"responses.csv"', beside="warn")
