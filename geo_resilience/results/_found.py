"""What a run settled on, where the study only asked for a method."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import pandas as pd

from geo_resilience.evaluation import Weights
from geo_resilience.evaluation._grading import Grading
from geo_resilience.results._story import Stop
from geo_resilience.statistics._certainty import ALPHA
from geo_resilience.tables import Form
from geo_resilience.text import Text


@dataclass(frozen=True)
class NeighborsUsed:
    """Who was whose neighbor.

    - ``links``: links between different regions; one both ways counts twice.
    - ``standardized``: whether each region's weights sum to 1.
    - ``added``: links that the rule alone did not give.
    - ``islands``: regions left without a neighbor.
    """

    rule: str
    links: int
    standardized: bool = True
    added: tuple[tuple[str, str], ...] = ()
    islands: tuple[str, ...] = ()


@dataclass(frozen=True)
class Judged:
    """By which p local clusters were told from chance.

    - ``by``: ``q`` (corrected for the many tests) or ``p``.
    - ``alpha``: at or below it a region belongs to a cluster.
    """

    by: str = "q"
    alpha: float = ALPHA


#: Fields that hold a text by name.
_TEXTS = ("sources", "regressors", "cover")


@dataclass(frozen=True, eq=False)
class Found:
    """What maps, figures and report need to know of a run beside its tables.

    Parameters
    ----------
    grading : Grading
        Names, cuts and colors of the grades.
    weights : Weights, optional
        Those used.
    neighbors : Linked, optional
    years : tuple of int
    titles : Text
        What the study is called.
    sources : mapping of str to Text
        Where figures come from: of the ``index``, of the input-output tables (``io``).
    clusters : Judged
    draws : int, optional
        Of the uncertainty simulation, where it was run.
    varied, means : tuple of str
        What it let vary, and the means that its draws take in equal shares, the study's own first.
    scaling, mean : str
        How indicators are scaled, and the mean that joins them.
    skewed : bool
        Whether the draws lie so much to one side that grades are told by rank.
    risk_rule : str
        By which risks were given levels.
    forecast : str
        How the year ahead was forecast; empty where it was not.
    shock : tuple of int
        First and last year of the shock; empty where none was asked for.
    nominal : tuple of str
        Codes of indicators at current prices for which the study names no deflator.
    priced : tuple of str
        Columns of the tables whose names speak of prices or volumes.
    regressors : mapping of code to Text
        What the study calls its regressors.
    families : mapping of str to int
        Families of tests that were corrected together, and how many tests each holds.
    projection : str
        In which distances and areas were measured; empty where none were.
    models : mapping of str to str
        Kind of the model taken, by regression, in the order of the study.
    cover : mapping of str to Text
        What the study says of who publishes it (``institution``) and when (``date``).
    handed_over : bool
        Whether the run writes a start page, a report and a workbook.
    profiled : bool
        Whether it writes a page a region, to which the atlas leads.
    story : tuple of Stop
        What the study's author tells with views of the atlas.
    story_alone : bool
        Whether these stops stand in the place of the run's, not after them.
    form : Form
        In which tables are written.
    """

    grading: Grading = field(default_factory=Grading)
    weights: Weights | None = None
    neighbors: NeighborsUsed | None = None
    years: tuple[int, ...] = ()
    titles: Text = field(default_factory=Text)
    sources: Mapping[str, Text] = field(default_factory=dict)
    clusters: Judged = field(default_factory=Judged)
    draws: int | None = None
    varied: tuple[str, ...] = ()
    means: tuple[str, ...] = ()
    scaling: str = ""
    mean: str = ""
    skewed: bool = False
    risk_rule: str = "impact"
    forecast: str = ""
    shock: tuple[int, ...] = ()
    nominal: tuple[str, ...] = ()
    priced: tuple[str, ...] = ()
    regressors: Mapping[str, Text] = field(default_factory=dict)
    families: Mapping[str, int] = field(default_factory=dict)
    projection: str = ""
    models: Mapping[str, str] = field(default_factory=dict)
    cover: Mapping[str, Text] = field(default_factory=dict)
    profiled: bool = False
    handed_over: bool = False
    story: tuple[Stop, ...] = ()
    story_alone: bool = False
    form: Form = field(default_factory=Form)

    def source(self, language: str, *, of: str = "index") -> str:
        """Say where figures come from; empty where it is not said."""
        return self.sources.get(of, Text())[language]

    def plain(self) -> dict[str, Any]:
        """Give it as plain values, for provenance.json."""
        out = {name: getattr(self, name) for name in self.__dataclass_fields__}
        out["titles"] = dict(self.titles)
        for name in _TEXTS:
            out[name] = {key: dict(text) for key, text in out[name].items()}
        out["story"] = [stop.plain() for stop in self.story]
        out["grading"] = asdict(self.grading)
        out["clusters"] = asdict(self.clusters)
        out["form"] = asdict(self.form)
        out["models"] = list(self.models.items())
        out["neighbors"] = None if self.neighbors is None else asdict(self.neighbors)
        if self.weights is not None:
            values = {str(code): _twelve(value) for code, value in self.weights.values.items()}
            out["weights"] = {"method": self.weights.method, "values": list(values.items())}
        return out

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> Found:
        """Read it back from plain values; weights without what the method found on its way."""
        given: dict[str, Any] = dict(plain)
        given["titles"] = Text(given["titles"])
        for name in _TEXTS:
            given[name] = {key: Text(text) for key, text in given.get(name, {}).items()}
        given["story"] = tuple(map(Stop.of, given.get("story", ())))
        given["grading"] = Grading(**_tuples(given["grading"]))
        given["clusters"] = Judged(**given["clusters"])
        given["form"] = Form(**_tuples(given["form"]))
        given["models"] = dict(given["models"])
        if given["neighbors"] is not None:
            given["neighbors"] = NeighborsUsed(**_tuples(given["neighbors"]))
        if given["weights"] is not None:
            values = pd.Series(dict(given["weights"]["values"]), dtype=float)
            given["weights"] = Weights(values, given["weights"]["method"])
        return cls(**_tuples(given))


def _twelve(value: float) -> float:
    """Keep the digits that do not hang on the processor."""
    return float(f"{value:.12g}")


def _tuples(values: Mapping[str, Any]) -> dict[str, Any]:
    """Make tuples of lists, those within lists too."""

    def made(value: Any) -> Any:
        return tuple(map(made, value)) if isinstance(value, list | tuple) else value

    return {name: made(value) for name, value in values.items()}
