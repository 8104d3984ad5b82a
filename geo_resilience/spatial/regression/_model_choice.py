"""The usual path of choices, from least squares to a spatial model, with its reasons."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from geo_resilience.errors import InputError, UndefinedError
from geo_resilience.notes import Note
from geo_resilience.spatial._methods import REGRESSIONS
from geo_resilience.spatial.neighbors._alignment import Linked
from geo_resilience.spatial.regression._diagnostics import lm_tests
from geo_resilience.spatial.regression._least_squares import slx_model
from geo_resilience.spatial.regression._model_tests import durbin_tests, effects_tests, wald_test
from geo_resilience.spatial.regression._models import Model
from geo_resilience.spatial.regression._random_effects import hausman_test
from geo_resilience.spatial.regression._spatial_models import durbin_model
from geo_resilience.statistics._repetitions import IMPACT_DRAWS, Rng


@dataclass(frozen=True, eq=False)
class Choice:
    """A model and the way to it: tests in the order taken, and the reason of each decision."""

    model: Model
    steps: pd.DataFrame
    notes: tuple[Note, ...]

    def reasons(self, language: str = "en") -> list[str]:
        """Give the reasons, one sentence a decision."""
        return [note.say(language) for note in self.notes]


@dataclass
class _Path:
    """A question, and what has been tested and decided of it so far."""

    y: pd.Series
    X: pd.DataFrame | pd.Series
    neighbors: Linked
    effects: str | None
    alpha: float
    rows: list[dict[str, Any]] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)

    def tested(self, step: str, table: pd.DataFrame) -> None:
        for name, row in table.iterrows():
            self.rows.append({"step": step, "test": name, **row[["statistic", "df", "p"]]})

    def decided(self, code: str, **values: Any) -> None:
        self.notes.append(Note(f"regression.{code}", values=values))

    def rejects(self, p: float) -> bool:
        return bool(p < self.alpha)

    def durbin(self) -> Model:
        return durbin_model(self.y, self.X, self.neighbors, effects=self.effects, rng=0)


def choose_model(
    y: pd.Series,
    X: pd.DataFrame | pd.Series,
    neighbors: Linked,
    *,
    effects: str | None = "choose",
    alpha: float = 0.05,
    draws: int = IMPACT_DRAWS,
    rng: Rng = None,
) -> Choice:
    """Go the usual path: effects, LM tests, Hausman, Durbin against lag and error.

    Parameters
    ----------
    y, X, neighbors, draws
        As in `lag_model`.
    effects : "choose", None, "region", "year" or "two-way"
        Fixed effects; "choose" takes those that F tests ask for (none for one year).
    alpha : float
        Level of every test.
    rng : None, int or numpy.random.Generator
        Source of the draws behind the impacts.

    Returns
    -------
    Choice
        ``model``, ``steps`` (the tests in the order taken, and what each decided), ``notes``.

    Notes
    -----
    The rules are Elhorst's [1]_. Where LM or robust LM tests find space, the Durbin model is
    estimated. If LR and Wald refuse both theta = 0 and theta + rho beta = 0 it stays; if
    theta = 0 holds and the robust LM tests point to a lag, the lag model; if
    theta + rho beta = 0 holds and they point to an error, the error model; where the two
    disagree, the Durbin model, which holds both. Where no LM test finds space, theta = 0 is
    tested in the SLX model: held, least squares; refused, rho = 0 is tested in the Durbin model:
    refused too, the Durbin model, else SLX. Least squares of a panel has standard errors
    clustered by region. Every test is at level alpha, the path as a whole is not; the standard
    errors of the chosen model do not know that it was chosen.

    References
    ----------
    .. [1] Elhorst, J. P. (2010). Applied spatial econometrics: raising the bar. Spatial Economic
       Analysis, 5(1), 9-28.

    Examples
    --------
    >>> import numpy as np
    >>> from libpysal.graph import Graph
    >>> ring = Graph.from_dicts({i: [(i - 1) % 40, (i + 1) % 40] for i in range(40)}).transform("r")
    >>> drawn = np.random.default_rng(0).normal(size=(40, 2))
    >>> x, W = pd.Series(drawn[:, 0], name="x"), ring.sparse.toarray()
    >>> y = 1 + 2 * x + 0.1 * drawn[:, 1]
    >>> y = pd.Series(np.linalg.solve(np.eye(40) - 0.7 * W, y), name="y")
    >>> choice = choose_model(y, x, ring, rng=0)
    >>> choice.model.kind, round(choice.model.rho, 1)
    ('lag', 0.7)
    """
    if not 0 < alpha < 1:
        raise InputError("regression.level", given=alpha)
    path = _Path(y, X, neighbors, effects, alpha)
    if effects == "choose":
        path.effects = _choose_effects(path)
    found = lm_tests(y, X, neighbors, effects=path.effects)
    path.tested("lm", found)
    plain, robust = found["p"].iloc[:2], found["p"].iloc[2:4]
    if (found["p"].iloc[:4] < alpha).any():
        first = "lag" if _leans_to_lag(found) else "error"
        path.decided(
            f"space_leans_to_{first}",
            lag=f"{plain.iloc[0]:.2g}",
            error=f"{plain.iloc[1]:.2g}",
            robust_lag=f"{robust.iloc[0]:.2g}",
            robust_error=f"{robust.iloc[1]:.2g}",
        )
        kind = _against_durbin(path, first)
    else:
        kind = _without_space(path, float(found["p"].iloc[:4].min()))
    model = estimate_kind(kind, y, X, neighbors, path.effects, draws, rng)
    return Choice(model, pd.DataFrame(path.rows), tuple(path.notes))


def estimate_kind(
    kind: str, y: pd.Series, X: Any, neighbors: Linked, effects: str | None, draws: int, rng: Rng
) -> Model:
    """Estimate a model by name, its errors clustered by region; of one year, each row its own."""
    record = REGRESSIONS[kind]
    plain = not record.spatial and not _has_years(y)
    more = {"draws": draws} if record.spatial else {}
    se = "hc3" if plain else "clustered"
    model: Model = record.function(y, X, neighbors, effects=effects, se=se, rng=rng, **more)
    return model


def _has_years(y: pd.Series) -> bool:
    return isinstance(y.index, pd.MultiIndex) and y.index.get_level_values(1).nunique() > 1


def _leans_to_lag(found: pd.DataFrame) -> bool:
    """Say whether the larger robust statistic (the larger plain one, without) is the lag's."""
    statistic = found["statistic"]
    robust = statistic.loc[["robust LM-lag", "robust LM-error"]].to_numpy()
    pair = statistic.iloc[:2].to_numpy() if np.isnan(robust).any() else robust
    return bool(pair[0] >= pair[1])


def _choose_effects(path: _Path) -> str | None:
    """Take the effects that F tests ask for; say what Hausman thinks of the region's."""
    if not _has_years(path.y):
        path.decided("one_year")
        return None
    table = effects_tests(path.y, path.X)
    path.tested("effects", table)
    region, year = (path.rejects(float(p)) for p in table["p"])
    kinds: dict[tuple[bool, bool], str | None] = {
        (True, True): "two-way",
        (True, False): "region",
        (False, True): "year",
        (False, False): None,
    }
    effects = kinds[region, year]
    path.decided(
        f"effects_{(effects or 'none').replace('-', '_')}",
        region=f"{table['p'].iloc[0]:.2g}",
        year=f"{table['p'].iloc[1]:.2g}",
    )
    if region:
        _hausman(path, str(effects))
    return effects


def _hausman(path: _Path, effects: str) -> None:
    for step, graph, end in (
        ("hausman", None, ""),
        ("hausman with a lag", path.neighbors, "_with_lag"),
    ):
        try:
            test = hausman_test(path.y, path.X, graph, effects=effects)
        except (UndefinedError, InputError):
            path.decided(f"hausman_undefined{end}")
            continue
        row = {"statistic": [test.statistic], "df": [test.df], "p": [test.p]}
        path.tested(step, pd.DataFrame(row, index=["Hausman"]))
        if np.isnan(test.p):
            path.decided(f"hausman_undefined{end}")
        elif path.rejects(test.p):
            path.decided(f"fixed_needed{end}", p=f"{test.p:.2g}")
        else:
            path.decided(f"random_would_do{end}", p=f"{test.p:.2g}")


def _against_durbin(path: _Path, first: str) -> str:
    """Decide between Durbin, lag and error."""
    durbin = path.durbin()
    tests = durbin_tests(durbin)
    path.tested("durbin", tests)
    p = tests["p"]
    no_lag = path.rejects(p["LR lag"]) or path.rejects(p["Wald lag"])
    no_error = path.rejects(p["LR error"]) or path.rejects(p["Wald error"])
    values = {name.replace(" ", "_"): f"{value:.2g}" for name, value in p.items()}
    if no_lag and no_error:
        path.decided("durbin_stays", **values)
        return "durbin"
    holds = {"lag": not no_lag, "error": not no_error}
    if holds[first]:
        path.decided(f"{first}_will_do", **values)
        return first
    path.decided(f"durbin_not_{first}", **values)
    return "durbin"


def _without_space(path: _Path, least: float) -> str:
    """Decide between least squares, SLX and Durbin where no LM test finds space."""
    slx = slx_model(path.y, path.X, path.neighbors, effects=path.effects)
    row = wald_test(slx, [f"W_{name}" for name in slx.design.lagged])
    path.tested("slx", pd.DataFrame([row], index=["Wald slx"]))
    path.decided("space_not_found", least=f"{least:.2g}")
    if not path.rejects(float(row["p"])):
        path.decided("least_squares_will_do", p=f"{row['p']:.2g}")
        return "ols"
    durbin = path.durbin()
    against = durbin.tests.loc[["LR"]].rename(index={"LR": "LR rho"})
    path.tested("rho beside the lags of X", against)
    lag = float(against["p"].iloc[0])
    kind = "durbin" if path.rejects(lag) else "slx"
    code = "neighbors_x_matter" if kind == "durbin" else "slx_will_do"
    path.decided(code, p=f"{row['p']:.2g}", lag=f"{lag:.2g}")
    return kind
