# ruff: noqa: RUF009 - option() is dataclasses.field() with metadata
"""The section of study.toml on the chain itself."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from geo_resilience.study.plan_options import option

__all__ = ["ChainPlan"]


@dataclass(frozen=True)
class ChainPlan:
    """The chain itself: input-output tables, a shock, risks, targets, warnings."""

    io: tuple[Path, ...] = option("paths", default=(), example='["io_2018.csv"]')
    io_years: tuple[int, ...] | None = option(
        "years_as_listed", default=None, example="[2018]", beside="io"
    )
    concordance: Path | None = option(
        "path", default=None, example='"concordance.csv"', beside="io"
    )
    io_source: str = option("title", default="", example='"Statistical office"', beside="io")
    io_source_zh: str = option("title", default="", example='"统计局"', beside="io")
    loss: float = option("number", default=0.1, least=0.0001, most=1, beside="io")
    shock: tuple[int, ...] | None = option("years", default=None, example="[2019, 2020]")
    recovered: tuple[int, ...] | None = option(
        "years", default=None, example="[2020, 2023]", beside="shock"
    )
    shock_variables: tuple[str, ...] = option(
        "codes", default=(), example='["grp"]', beside="shock"
    )
    risks: Path | None = option("path", default=None, example='"risks.csv"')
    risk_rule: str = option(
        "choice", default="impact", allowed=("impact", "product"), beside="risks"
    )
    targets: Path | None = option("path", default=None, example='"targets.csv"')
    priorities: Path | None = option("path", default=None, example='"priorities.csv"')
    warn: bool = option("truth", default=False, example="true")
    thresholds: Path | None = option(
        "path", default=None, example='"thresholds.csv"', beside="warn"
    )
    quantiles: tuple[float, ...] = option("falling", default=(0.25, 0.15, 0.1, 0.05), beside="warn")
    warning_rule: str = option("choice", default="worst", allowed=("worst", "mean"), beside="warn")
    responses: Path | None = option("path", default=None, example='"responses.csv"', beside="warn")
