"""The method card: every check of the index with its value, its threshold and its meaning."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from geo_resilience import words
from geo_resilience.errors import GeoResilienceError, UndefinedError
from geo_resilience.evaluation._aggregation import Mean, composite, dimension_scores
from geo_resilience.evaluation._checks import aligned, finite_values
from geo_resilience.evaluation._kmo_bartlett import bartlett_sphericity, kmo
from geo_resilience.evaluation._principal_components import pca_loadings
from geo_resilience.evaluation._reliability import column_correlations, cronbach_alpha
from geo_resilience.evaluation._scores import rank
from geo_resilience.evaluation.weighting._weights import Weights, weights_for
from geo_resilience.statistics._associations import spearman

_COLUMNS = ["check", "code", "value", "low", "high", "p_value", "threshold"]

_ALPHA, _REST, _KMO, _P = 0.7, 0.2, 0.6, 0.05


@dataclass(frozen=True, eq=False)
class MethodCard:
    """The checks of one year and what each means.

    - ``checks``: columns ``check``, ``code`` (item; empty for the whole), ``value``, ``low``,
      ``high``, ``p_value``, ``threshold`` (NaN where there is none), ``verdict`` (a key of the
      ``card.`` words; ``undefined`` where a check could not be made).
    - ``undefined``: why a check could not be made (the error), by check.
    """

    checks: pd.DataFrame
    undefined: dict[str, GeoResilienceError]

    def sentences(self, language: str = "en") -> list[str]:
        """Say in plain sentences what the checks of the whole mean."""
        return [said for said in self.meanings(language) if said]

    def meanings(self, language: str = "en") -> list[str]:
        """Say what each row of the checks means; nothing for those of single items."""
        rows = self.checks.to_dict("records")
        return ["" if row["code"] else self._meaning(row, language) for row in rows]

    def _meaning(self, row: dict[Any, Any], language: str) -> str:
        check = row["check"]
        if check in self.undefined:
            reason = self.undefined[check].say(language)  # type: ignore[attr-defined]
            return words.say(f"card.{check}.undefined", language, reason=reason)
        fields: dict[str, Any] = {name: _shown(float(row[name])) for name in _COLUMNS[2:]}
        fields["codes"] = self._weak(check) or "-"
        return words.say(f"card.{check}.{row['verdict']}", language, **fields)

    def _weak(self, check: str) -> list[str]:
        """Items of a check that lie below its threshold."""
        inner = {"alpha": "item_rest", "kmo": "kmo_item"}.get(check, "")
        rows = self.checks[self.checks["check"] == inner]
        return rows["code"][rows["value"] < rows["threshold"]].tolist()


def _shown(number: float) -> str:
    if np.isnan(number):
        return "-"
    if number == round(number):
        return f"{number:.0f}"
    return f"{number:.2g}" if abs(number) < 0.01 else f"{number:.2f}"


def method_card(
    values: pd.DataFrame,
    weights: Weights | pd.Series,
    dimensions: pd.Series,
    *,
    how: str | Mean = "arithmetic",
) -> MethodCard:
    """Check one year's index: reliability, adequacy, sphericity, components, dimensions.

    Parameters
    ----------
    values : DataFrame, shape (n, m)
        Standardized, of one year.
    weights : Weights or Series
        By code.
    dimensions : Series
        Dimension of each code.
    how : str or callable
        The mean of composite and dimensions, as in `composite`.

    Returns
    -------
    MethodCard
        Checks: ``alpha`` (and ``item_rest``, ``alpha_without`` by item), ``without_weak`` (rank
        correlation with the index without the items whose correlation with the rest is below
        0.2), ``kmo`` (and ``kmo_item``), ``bartlett``, ``first_component`` (its share of the
        variance, and ``loading`` by item), ``dimensions`` (least correlation of two, and
        ``dimension_pair`` by pair). A check that is undefined for these values has no value.

    Raises
    ------
    InputError
        If a value is missing, or codes do not match.

    Examples
    --------
    >>> drawn = np.random.default_rng(0).uniform(size=(30, 5))
    >>> values = pd.DataFrame(0.8 * drawn[:, [4]] + 0.2 * drawn[:, :4], columns=list("ABCD"))
    >>> parts = pd.Series(["x", "x", "y", "y"], list("ABCD"))
    >>> card = method_card(values, pd.Series(0.25, list("ABCD")), parts)
    >>> card.checks.set_index("check").loc["alpha", "verdict"]
    'high'
    """
    numbers = finite_values(values)
    shares = pd.Series(weights_for(numbers, weights), index=numbers.columns)
    aligned(dimensions, numbers.columns, what="dimensions")
    undefined: dict[str, GeoResilienceError] = {}
    rows: list[dict[str, Any]] = []
    checks: dict[str, Callable[[], list[dict[str, Any]]]] = {
        "alpha": lambda: _alpha_rows(numbers),
        "without_weak": lambda: _without_rows(numbers, shares, how),
        "kmo": lambda: _kmo_rows(numbers),
        "bartlett": lambda: _bartlett_rows(numbers),
        "first_component": lambda: _component_rows(numbers),
        "dimensions": lambda: _dimension_rows(numbers, shares, dimensions, how),
    }
    for check, calculate in checks.items():
        try:
            rows += calculate()
        except UndefinedError as error:
            undefined[check] = error
            rows.append(_line(check, verdict="undefined"))
    return MethodCard(pd.DataFrame(rows, columns=[*_COLUMNS, "verdict"]), undefined)


def _line(check: str, code: str = "", **fields: Any) -> dict[str, Any]:
    empty = dict.fromkeys(_COLUMNS[2:], float("nan"))
    return {"check": check, "code": code, **empty, "verdict": "", **fields}


def _alpha_rows(numbers: pd.DataFrame) -> list[dict[str, Any]]:
    found = cronbach_alpha(numbers)
    verdict = "high" if found.low >= _ALPHA else "open" if found.value >= _ALPHA else "low"
    lines = [
        _line(
            "alpha",
            value=found.value,
            low=found.low,
            high=found.high,
            threshold=_ALPHA,
            verdict=f"{verdict}_weak" if found.against_the_rest else verdict,
        )
    ]
    for code, item in found.items.iterrows():
        rest = {"value": item["item_rest"], "p_value": item["p_value"], "threshold": _REST}
        lines.append(_line("item_rest", str(code), **rest))
        lines.append(_line("alpha_without", str(code), value=item["alpha_without"]))
    return lines


def _without_rows(
    numbers: pd.DataFrame, shares: pd.Series, how: str | Mean
) -> list[dict[str, Any]]:
    weak = cronbach_alpha(numbers).against_the_rest
    kept = shares.drop(weak)
    if not weak or len(kept) < 2 or kept.sum() == 0:
        return [_line("without_weak", verdict="none")]
    whole = composite(numbers, shares, how=how)
    fewer = composite(numbers[kept.index], kept / kept.sum(), how=how)
    correlation = spearman(whole, fewer)[0]
    shift = (rank(whole) - rank(fewer)).abs().max()
    verdict = "same" if correlation >= 0.95 else "other"
    return [_line("without_weak", value=correlation, high=float(shift), verdict=verdict)]


def _kmo_rows(numbers: pd.DataFrame) -> list[dict[str, Any]]:
    found = kmo(numbers)
    verdict = "good" if found.overall >= 0.8 else "fair" if found.overall >= _KMO else "poor"
    lines = [_line("kmo", value=found.overall, threshold=_KMO, verdict=verdict)]
    return lines + [
        _line("kmo_item", str(code), value=value, threshold=0.5)
        for code, value in found.items.items()
    ]


def _bartlett_rows(numbers: pd.DataFrame) -> list[dict[str, Any]]:
    found = bartlett_sphericity(numbers)
    verdict = "correlated" if found.p_value < _P else "uncorrelated"
    return [
        _line(
            "bartlett",
            value=found.statistic,
            p_value=found.p_value,
            threshold=_P,
            verdict=verdict,
        )
    ]


def _component_rows(numbers: pd.DataFrame) -> list[dict[str, Any]]:
    found = pca_loadings(numbers)
    kept = found.loadings.shape[1]
    share = float(found.explained["share"].iloc[0])
    verdict = "one" if kept == 1 else "several"
    joint = float(found.explained["cumulative"].iloc[kept - 1])
    lines = [_line("first_component", value=share, low=float(kept), high=joint, verdict=verdict)]
    return lines + [
        _line("loading", str(code), value=float(value)) for code, value in found.loadings[1].items()
    ]


def _dimension_rows(
    numbers: pd.DataFrame, shares: pd.Series, dimensions: pd.Series, how: str | Mean
) -> list[dict[str, Any]]:
    scores = dimension_scores(numbers, shares, dimensions, how=how)
    if scores.shape[1] < 2:
        return [_line("dimensions", verdict="single")]
    pairs = column_correlations(scores)
    lines = [
        _line(
            "dimension_pair",
            f"{row['first']} {row['second']}",
            value=row["correlation"],
            p_value=row["p_value"],
        )
        for _, row in pairs.iterrows()
    ]
    least = pairs.loc[pairs["correlation"].idxmin()]
    value = float(least["correlation"])
    verdict = (
        "opposed" if value < 0 else "apart" if value < 0.3 else "alike" if value > 0.9 else "fit"
    )
    whole = _line("dimensions", value=value, p_value=float(least["p_value"]), verdict=verdict)
    return [whole, *lines]


def reliability_table(
    values: pd.DataFrame,
    weights: Weights | pd.Series,
    dimensions: pd.Series,
    *,
    how: str | Mean = "arithmetic",
    language: str = "en",
) -> pd.DataFrame:
    """List the checks of every year as one table."""
    if "year" not in values.index.names:
        return _with_meaning(method_card(values, weights, dimensions, how=how), language)
    pieces = {
        year: _with_meaning(method_card(piece, weights, dimensions, how=how), language)
        for year, piece in values.groupby(level="year")
    }
    table = pd.concat(pieces, names=["year"]).reset_index(level="year")
    return table.reset_index(drop=True)


def _with_meaning(card: MethodCard, language: str) -> pd.DataFrame:
    return card.checks.assign(meaning=card.meanings(language))
