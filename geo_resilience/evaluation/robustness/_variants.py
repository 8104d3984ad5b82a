"""The same panel under other choices: scaling, treatment of outliers, filling of blanks.

The indicators' room is imported where it is used: it brings GeoPandas, which
nothing else here needs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import pandas as pd

from geo_resilience.errors import InputError
from geo_resilience.evaluation._checks import finite_values, unit_values


@dataclass(frozen=True, eq=False)
class Variant:
    """Standardized values under one combination of choices.

    Parameters
    ----------
    choices : mapping of str to str
        What was chosen for ``scaling``, ``outliers``, ``imputation``.
    values : DataFrame
        In [0, 1], more is better.
    """

    choices: Mapping[str, str]
    values: pd.DataFrame


def _like(values: pd.DataFrame, model: pd.DataFrame) -> pd.DataFrame:
    """Give z-scores the average mean and spread of a model, capped to [0, 1].

    So that their composites stand on the model's scale and the same grades apply.
    """
    mean, spread = model.mean().mean(), model.std(ddof=0).mean()
    return (mean + spread * values).clip(0.0, 1.0)


def _scaled(frame: pd.DataFrame, directions: Any, scaling: str) -> pd.DataFrame:
    """Scale to [0, 1] by a method that needs no ends."""
    from geo_resilience.indicators._normalization import SCALINGS, minmax, zscore

    if scaling == "zscore":
        return _like(zscore(frame, directions), minmax(frame, directions)[0])
    if scaling not in SCALINGS or SCALINGS[scaling].needs:
        known = [each.name for each in SCALINGS.values() if not each.needs]
        raise InputError("evaluation.unknown_option", option="scaling", found=scaling, known=known)
    return SCALINGS[scaling].function(frame, directions, None)[0]


def scaling_variants(
    values: pd.DataFrame, *, scaling: Sequence[str] = ("zscore", "rank")
) -> list[Variant]:
    """Put standardized values beside other scalings of themselves."""
    from geo_resilience.indicators._normalization import zscore

    numbers = finite_values(values)
    given = [Variant({"scaling": "as given"}, numbers)]
    for method in scaling:
        scaled = (
            _like(zscore(numbers), numbers)
            if method == "zscore"
            else _scaled(numbers, None, method)
        )
        given.append(Variant({"scaling": method}, scaled))
    return given


def panel_variants(
    raw: pd.DataFrame,
    directions: pd.Series | Mapping[str, str],
    *,
    scaling: Sequence[str] = ("pooled", "zscore", "rank"),
    outliers: Sequence[Mapping[str, Any]] = (
        {"method": "quantile"},
        {"method": "none"},
        {"method": "iqr", "fence": 3.0},
    ),
    imputation: Sequence[Sequence[str]] = (("interpolate", "nearest", "median"), ("median",)),
    groups: pd.Series | None = None,
    reference: pd.Series | None = None,
) -> list[Variant]:
    """Prepare a raw panel in every combination of the choices given."""
    from geo_resilience.indicators._imputation import fill_missing
    from geo_resilience.indicators._outliers import winsorize

    fillings = imputation if raw.isna().to_numpy().any() else imputation[:1]
    variants = []
    for caps, methods in product(outliers, fillings):
        capped = raw
        if caps.get("method") != "none":
            capped = winsorize(raw, **{"reference": reference, **caps})[0]
        filled = fill_missing(capped, methods=methods, groups=groups)[0]
        for method in scaling:
            choices = {
                "scaling": method,
                "outliers": _text(caps),
                "imputation": " > ".join(methods),
            }
            variants.append(Variant(choices, _scaled(filled, directions, method)))
    return variants


def _text(caps: Mapping[str, Any]) -> str:
    options = [f"{name} {value:g}" for name, value in caps.items() if isinstance(value, float)]
    return " ".join([str(caps["method"]), *options])


def stacked(variants: Sequence[Variant], columns: Sequence[str], index: pd.Index) -> np.ndarray:
    """Give the values of variants as one array (variants, rows, columns) in one order."""
    tables = []
    for variant in variants:
        table = unit_values(variant.values)
        if set(table.columns) != set(columns) or not table.index.sort_values().equals(
            index.sort_values()
        ):
            raise InputError(
                "evaluation.variant_not_fitting", choices=list(variant.choices.values())
            )
        tables.append(table.loc[index, list(columns)].to_numpy())
    return np.stack(tables)
