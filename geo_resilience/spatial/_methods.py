"""The methods of this room as records, each once: what it is called, what it takes, how it shows.

Nothing here is computed and nothing heavy is loaded, so that the study file, the command line,
maps and words can ask. A record names its formula as ``file:function``; `Method.function` loads it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any, Literal, TypeVar

from geo_resilience.errors import InputError, nearest


@dataclass(frozen=True)
class Method:
    """A method by its name in study files; ``formula`` says where it stands, ``file:function``."""

    name: str
    formula: str

    @property
    def function(self) -> Callable[..., Any]:
        """The function, loaded when asked for."""
        file, name = self.formula.split(":")
        found: Callable[..., Any] = getattr(import_module(f"geo_resilience.spatial.{file}"), name)
        return found


_M = TypeVar("_M", bound=Method)


def _named(*methods: _M) -> Mapping[str, _M]:
    return {each.name: each for each in methods}


def method_named(registry: Mapping[str, _M], name: str, what: str = "statistic") -> _M:
    """Give a method by its name; one that is not known is an error that names the nearest."""
    if name not in registry:
        near = nearest(name, registry) or list(registry)
        raise InputError(f"spatial.{what}_unknown", found=name, nearest=near)
    return registry[name]


@dataclass(frozen=True)
class GlobalStatistic(Method):
    """One number for a whole map; ``positive`` ones have no meaning below zero."""

    positive: bool = False


GLOBAL_STATISTICS = _named(
    GlobalStatistic("moran", "autocorrelation._global:moran_batch"),
    GlobalStatistic("geary", "autocorrelation._global:geary_batch"),
    GlobalStatistic("getis_ord", "autocorrelation._global:getis_ord_batch", positive=True),
)

#: What decides the labels of local statistics: q (false discovery rate) or plain p.
LABELS = ("q", "p")

#: What is counted over the arrangements of the neighbors' values: their weighted sum, or that of
#: the squared differences.
Counted = Literal["sum", "square"]


_HIGH, _LOW = "#b3203f", "#2c6aaa"

#: Labels of regions of which a local statistic tells nothing, with their colors.
UNTOLD = {"not significant": "#e6e6e3", "no neighbors": "#8c8c8c"}


@dataclass(frozen=True)
class LocalStatistic(Method):
    """One number a region; words stand under ``local_statistic.{name}`` and ``cluster.{label}``.

    Its function takes (ground, found, by, alpha) and ``options``; ``colors`` hold the color of each
    label, in the order of a legend.
    """

    colors: Mapping[str, str] = field(default_factory=dict)
    counted: Counted = "sum"
    options: Mapping[str, Any] = field(default_factory=dict)


_SPOTS = {"hot": _HIGH, "cold": _LOW, **UNTOLD}

LOCAL_STATISTICS = _named(
    LocalStatistic(
        "local_moran",
        "autocorrelation._local:moran_around",
        {
            "high-high": _HIGH,
            "low-low": _LOW,
            "high-low": "#f0a08c",
            "low-high": "#a9cbe6",
            **UNTOLD,
        },
    ),
    LocalStatistic("gi_star", "autocorrelation._local:g_around", _SPOTS),
    LocalStatistic("gi", "autocorrelation._local:g_around", _SPOTS, options={"star": False}),
    LocalStatistic(
        "local_geary",
        "autocorrelation._local:geary_around",
        {
            "high-high": _HIGH,
            "low-low": _LOW,
            "other positive": "#c8a8e0",
            "negative": "#e8b000",
            **UNTOLD,
        },
        counted="square",
    ),
)


@dataclass(frozen=True)
class NeighborRule(Method):
    """How neighbors are made: a function of (regions, standardize=) and the options it ``takes``.

    Those it ``needs`` must be given; with ``first`` only the first one given is taken.
    """

    takes: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    first: bool = False


NEIGHBOR_RULES = _named(
    NeighborRule("queen", "neighbors._geographic:queen", ("islands", "tolerance")),
    NeighborRule("rook", "neighbors._geographic:rook", ("islands", "tolerance")),
    NeighborRule("k_nearest", "neighbors._geographic:k_nearest", ("k",)),
    NeighborRule(
        "distance_band", "neighbors._geographic:distance_band", ("km", "islands"), ("km",)
    ),
    NeighborRule("inverse_distance", "neighbors._geographic:inverse_distance", ("km",)),
    NeighborRule("kernel", "neighbors._rules:kernel", ("km", "k"), first=True),
    NeighborRule("economic", "neighbors._rules:alike", ("variable",), ("variable",)),
    NeighborRule("nested", "neighbors._rules:near_and_alike", ("variable", "share"), ("variable",)),
    NeighborRule("file", "neighbors._rules:filed", ("file",), ("file",)),
)


def rules_taking(option: str, *, needed: bool = False) -> tuple[str, ...]:
    """Name the neighbor rules that have an option, or that cannot do without it."""
    return tuple(
        name
        for name, rule in NEIGHBOR_RULES.items()
        if option in (rule.needs if needed else rule.takes)
    )


#: Fixed effects of a panel regression, beside none.
EFFECTS = ("region", "year", "two-way")


@dataclass(frozen=True)
class Regression(Method):
    """A kind of regression; its words are ``regression.label_{name}``, ``figure.model.{name}``.

    Functions take (y, X, neighbors, effects=, rng=, se=), and ``draws`` where a ``spatial``
    parameter is estimated: ``rho`` of the dependent's spatial lag, or ``lambda`` of the error's.
    With ``lags`` the spatial lags of X are regressors.
    """

    spatial: Literal["", "rho", "lambda"] = ""
    lags: bool = False


#: In the order in which a suite estimates and shows them.
REGRESSIONS = _named(
    Regression("ols", "regression._least_squares:ols_model"),
    Regression("slx", "regression._least_squares:slx_model", lags=True),
    Regression("lag", "regression._spatial_models:lag_model", "rho"),
    Regression("error", "regression._spatial_models:error_model", "lambda"),
    Regression("durbin", "regression._spatial_models:durbin_model", "rho", lags=True),
    Regression(
        "durbin_error", "regression._spatial_models:durbin_error_model", "lambda", lags=True
    ),
)
