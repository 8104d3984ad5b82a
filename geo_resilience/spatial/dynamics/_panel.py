"""A table of regions by years, checked once for all who read it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from geo_resilience.errors import Problems


def wide_panel(
    panel: pd.DataFrame, *, least: int = 2, positive: bool = False, years: bool = False
) -> pd.DataFrame:
    """Check a panel, rows regions and columns years, and sort its years; values become float.

    `positive` where logarithms will be taken, `years` where distances in time will be, so that
    columns must be numbers.
    """
    problems = Problems()
    if panel.index.has_duplicates or panel.columns.has_duplicates:
        problems.add("regression.panel_double")
    elif panel.shape[1] < least or panel.shape[0] < 2:
        problems.add(
            "regression.panel_small", regions=panel.shape[0], years=panel.shape[1], least=least
        )
    problems.raise_if_any()
    text = [year for year in panel if not pd.api.types.is_numeric_dtype(panel[year])]
    if text:
        problems.add("regression.panel_text", years=text)
        problems.raise_if_any()
    if years:
        odd = [str(year) for year in panel if not str(year).lstrip("-").isdigit()]
        if odd:
            problems.add("regression.panel_years", columns=odd[:6])
            problems.raise_if_any()
    found = panel[sorted(panel.columns)].astype(float)
    values = found.to_numpy()
    for key, bad in (
        ("panel_blank", ~np.isfinite(values)),
        ("panel_not_positive", (values <= 0) if positive else np.zeros_like(values, bool)),
    ):
        if bad.any():
            cells = [f"{found.index[row]} {found.columns[year]}" for row, year in np.argwhere(bad)]
            problems.add(f"regression.{key}", cells=cells[:6], count=len(cells))
    problems.raise_if_any()
    return found
