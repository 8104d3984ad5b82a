"""The long tables of regressions that a study writes: coefficients, impacts, tests, what shows."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from geo_resilience.spatial.regression._calibration import Calibration
from geo_resilience.spatial.regression._detectable import (
    detectable_effects,
    minimal_detectable_effect,
)
from geo_resilience.spatial.regression._dynamic_panel import DynamicModel
from geo_resilience.spatial.regression._estimates import interval
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


def regression_records(
    models: Mapping[str, Model], calibrations: Mapping[str, Calibration] | None = None
) -> pd.DataFrame:
    """Stack coefficients by model, with what stands behind each: the table regressions."""
    found = {
        name: model.intervals()
        .join(detectable_effects(model)["detectable"])
        .assign(se_type=model.se, rows=model.n)
        for name, model in models.items()
    }
    for name, calibration in (calibrations or {}).items():
        found[name] = found[name].join(calibration.terms)
    return stacked(found)


def dynamic_records(name: str, found: DynamicModel) -> pd.DataFrame:
    """Give a dynamic panel's three estimators as rows of `regression_records`."""
    moments = found.moments
    others = {
        "jackknife": (found.jackknife, "bootstrap", found.within.n),
        "arellano_bond": (moments.coefficients, "robust", moments.regions * moments.periods),
    }
    parts = {
        f"{name} {estimator}": interval(table, None).assign(
            detectable=minimal_detectable_effect(table["se"]),
            se_type=se_type,
            rows=rows,
        )
        for estimator, (table, se_type, rows) in others.items()
    }
    within = regression_records({f"{name} within": found.within})
    return pd.concat([within, stacked(parts)], ignore_index=True)


def impact_records(
    models: Mapping[str, Model], calibrations: Mapping[str, Calibration] | None = None
) -> pd.DataFrame:
    """Stack impacts by model, with what stands behind each: the table impacts."""
    found = {name: model.impacts for name, model in models.items()}
    for name, calibration in (calibrations or {}).items():
        found[name] = found[name].join(calibration.impacts)
    return stacked(found, None)


def dynamic_tests(models: Mapping[str, DynamicModel]) -> pd.DataFrame:
    """Stack the tests of difference estimators and their instruments: the table dynamic_tests."""
    return stacked(
        {
            name: found.moments.tests.assign(
                instruments=found.moments.instruments,
                regions=found.moments.regions,
                periods=found.moments.periods,
            )
            for name, found in models.items()
        },
        "test",
    )


def power_records(models: Mapping[str, Model]) -> pd.DataFrame:
    """Stack `detectable_effects` by model: the table detectable."""
    return stacked({name: detectable_effects(model) for name, model in models.items()})
