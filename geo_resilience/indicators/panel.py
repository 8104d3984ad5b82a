"""The measured panel."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from geo_resilience.indicators.framework import Framework

__all__ = ["Panel"]


@dataclass(frozen=True, eq=False)
class Panel:
    """Indicators scaled to [0, 1], the variables beside them, and what was changed.

    Parameters
    ----------
    values : DataFrame, rows (adcode, year), columns indicator codes
        Scaled, more is better.
    variables : DataFrame, rows (adcode, year), columns variable codes
        As measured.
    framework : Framework
    trace : DataFrame with the columns of trace.csv
        The capped and filled cells, in the unit of the indicator.
    """

    values: pd.DataFrame
    variables: pd.DataFrame
    framework: Framework
    trace: pd.DataFrame
