"""The long tables of regressions that a study writes: coefficients, impacts, tests, what shows."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from geo_resilience.notes import Note
from geo_resilience.spatial.regression._detectable import (
    detectable_effects,
    minimal_detectable_effect,
)
from geo_resilience.spatial.regression._dynamic_panel import DynamicModel
from geo_resilience.spatial.regression._impacts import REACH, impacts
from geo_resilience.spatial.regression._models import Model


def stacked(
    parts: Mapping[str, pd.DataFrame], row: str | None = "term", name: str = "model"
) -> pd.DataFrame:
    """Set tables under each other, what each is called and its rows as columns."""
    named = [
        (part.rename_axis(row) if row else part).reset_index().assign(**{name: key})
        for key, part in parts.items()
    ]
    return pd.concat(named, ignore_index=True)


def lm_records(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Stack tables of `lm_tests` by name: the table lm_tests."""
    return stacked(tables, "test")


def regression_records(models: Mapping[str, Model]) -> pd.DataFrame:
    """Stack coefficients by model, with what stands behind each: the table regressions."""
    return stacked(
        {
            name: model.intervals()
            .join(detectable_effects(model)["detectable"])
            .assign(se_type=model.se, rows=model.n)
            for name, model in models.items()
        }
    )


def dynamic_records(name: str, found: DynamicModel) -> pd.DataFrame:
    """Give a dynamic panel's three estimators as rows of `regression_records`."""
    moments = found.moments
    others = {
        "jackknife": (found.jackknife, "bootstrap", found.within.n),
        "arellano_bond": (moments.coefficients, "robust", moments.regions * moments.periods),
    }
    parts = {
        f"{name} {estimator}": table.assign(
            low=table["estimate"] - REACH * table["se"],
            high=table["estimate"] + REACH * table["se"],
            detectable=minimal_detectable_effect(table["se"]),
            se_type=se_type,
            rows=rows,
        )
        for estimator, (table, se_type, rows) in others.items()
    }
    within = regression_records({f"{name} within": found.within})
    return pd.concat([within, stacked(parts)], ignore_index=True)


def impact_records(models: Mapping[str, Model]) -> pd.DataFrame:
    """Stack impacts by model: the table impacts."""
    found = {n: impacts(each, draws=each.draws, rng=each.seed) for n, each in models.items()}
    return stacked(found, None)


def impact_notes(models: Mapping[str, Model], *, tolerance: float = 0.2) -> list[Note]:
    """Say where drawn standard errors and those of the delta method part company."""
    notes = []
    for name, model in models.items():
        if model.rho is None:
            continue
        drawn = impacts(model, draws=model.draws, rng=model.seed)["se"]
        delta = impacts(model, method="delta")["se"]
        gap = float((drawn / delta - 1).abs().max())
        if gap > tolerance:
            told = {"model": name, "percent": f"{100 * gap:.0f}", "rho": f"{model.rho:.2f}"}
            notes.append(Note("regression.impacts_part", values=told))
    return notes


def power_records(models: Mapping[str, Model]) -> pd.DataFrame:
    """Stack `detectable_effects` by model: the table detectable."""
    return stacked({name: detectable_effects(model) for name, model in models.items()})
