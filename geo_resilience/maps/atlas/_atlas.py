"""The atlas of a study: its results as an interactive page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import numpy as np
import pandas as pd

from geo_resilience import tables, words
from geo_resilience.errors import InputError
from geo_resilience.indicators._framework import FIDELITIES
from geo_resilience.maps.atlas import _layers as layers
from geo_resilience.maps.atlas._columns import (
    decimal_column,
    measured_column,
    score_column,
    summed_column,
)
from geo_resilience.maps.atlas._content import (
    aliases_of,
    base_content,
    ground_content,
    names_content,
    outline_entries,
    page_words,
)
from geo_resilience.maps.atlas._ellipses import ellipse_content
from geo_resilience.maps.atlas._forms import sized_by
from geo_resilience.maps.atlas._layers_index import further_layers, variable_names
from geo_resilience.maps.atlas._panel import (
    gap_content,
    link_content,
    moran_content,
    pattern_content,
)
from geo_resilience.maps.drawing._classes import cuts_by
from geo_resilience.maps.drawing._context import Overlays
from geo_resilience.maps.drawing._geometry import draw_ground
from geo_resilience.maps.drawing._series import Rows
from geo_resilience.maps.drawing._texts import names_by_language
from geo_resilience.maps.drawing._units import measure_of
from geo_resilience.notes import by_seriousness
from geo_resilience.results import Results, Stop
from geo_resilience.text import Text

if TYPE_CHECKING:
    from geo_resilience.maps.atlas._document import Page

#: Notes that begin so are on tables that the page does not show.
OFF_THE_MAP = (
    "regression.",
    "study.model_taken",
    "study.shared_columns",
    "study.decomposition_prices",
    "study.regional_estimate",
    "chain.negative_cells",
    "indicators.shared_columns",
)


@dataclass(frozen=True)
class Headline:
    """What the page says first: a claim, the numbers that carry it, how certain it is.

    - ``certainty``: firm, likely or open; empty for a finding that describes.
    """

    claim: Text
    numbers: Text
    certainty: str = ""


def atlas(
    results: Results,
    *,
    path: str | Path | None = None,
    language: str | None = None,
    context: Overlays = None,
    headline: Headline | None = None,
    story: Sequence[Stop] = (),
    profiles: Mapping[str, str] | None = None,
) -> Page:
    """Draw the results of a study as an interactive page in one file that needs no network.

    Parameters
    ----------
    results : Results
        Of a run.
    path : str or Path, optional
        File to write; without it the page is only given.
    language : str, optional
        In which the page opens (``en``, ``zh``); by default the study's where it names one, else
        the browser's. Both are in the page.
    context : GeoDataFrame or path, or a list or mapping by name of them, optional
        What can be laid over the map as thin lines and points: other boundaries, rivers, cities.
    headline : Headline, optional
        What was found, in a sentence: `geo_resilience.report.headline` gives the surest finding.
    story : sequence of Stop, optional
        What is told step by step, each with its view: `geo_resilience.report.story` gives it.
    profiles : mapping of str to str, optional
        Where the page of a region stands beside this one, by its key:
        `geo_resilience.report.profile_files` gives it.

    Returns
    -------
    Page
        ``.html``, ``.path``; shows itself in notebooks.

    Raises
    ------
    InputError
        If it is given no results of a run, such as one of their tables.
    OutputError
        If the page cannot be written there.

    Notes
    -----
    The same results give the same bytes.
    """
    from geo_resilience.maps.atlas._document import make_page

    if isinstance(results, pd.DataFrame) or not hasattr(results, "tables"):
        raise InputError("maps.not_results", found=type(results).__name__)
    study = _Study(results)
    fixed = language or getattr(results, "opens_in", None)
    data = study.content(fixed or results.language, context)
    data["browser"] = fixed is None
    data["headline"] = None if headline is None else asdict(headline)
    data["profiles"] = [(profiles or {}).get(key) for key in data["keys"]] if profiles else []
    data["story"] = [_stop_entry(stop, data["layers"]) for stop in story]
    return make_page(data, study.ground, title=data["title"][data["language"]], path=path)


class _Study:
    """Columns of the results in the order of regions and years."""

    def __init__(self, results: Results) -> None:
        self.results = results
        self.frame = results.regions.frame.sort_index()
        self.keys = [str(key) for key in self.frame.index]
        scores = results.tables["scores"]
        self.years = sorted({int(year) for year in scores["year"]})
        self.scores = scores.assign(adcode=scores["adcode"].astype(str))
        self.rows = Rows(tuple(self.keys), tuple(self.years))
        self.indicators = results.framework.indicators
        self.ground = draw_ground(self.frame, results.regions.base)
        self.weights = self._weights()
        self.shares: dict[str, np.ndarray] = {}

    def content(self, language: str, context: Overlays = None) -> dict[str, Any]:
        results, framework = self.results, self.results.framework
        columns, of_indicators = self._indicators()
        index_columns, shown = self._index_layers()
        further_columns, further = further_layers(results, self.rows)
        columns |= index_columns | further_columns
        shown += [*further, *of_indicators]
        excluded = {str(key) for key in results.excluded}
        return {
            "language": language,
            "title": Text({**results.found.titles, results.language: results.title}),
            "years": self.years if self.years != [0] else [],
            "main": "composite",
            "grades": list(results.found.grading.colors),
            "tenths": layers.tenth_colors(),
            "keys": self.keys,
            "names": names_content(self.frame),
            "excluded": [place for place, key in enumerate(self.keys) if key in excluded],
            "ground": ground_content(self.ground, results.regions, context, sized_by(results)),
            "base": base_content(results.regions),
            "columns": columns,
            "layers": layers.alike(shown),
            "outlines": outline_entries(results.groupings, self.keys),
            "ellipses": ellipse_content(results, self.rows, self.ground, variable_names(framework)),
            "gaps": gap_content(results, self.rows),
            "pattern": pattern_content(results, self.rows),
            "moran": moran_content(results, self.rows),
            "links": link_content(results, self.rows),
            "aliases": aliases_of(self.frame),
            "dimensions": [
                {"code": dimension.code, "name": dimension.name}
                for dimension in framework.dimensions
            ],
            "indicators": [_indicator_entry(indicator, columns) for indicator in self.indicators],
            "notes": self._notes(),
            "meaning": framework.meaning,
            "source": Text.each(results.found.source),
            "words": page_words(shown),
        }

    def _weights(self) -> dict[str, float]:
        """Give the weights that the study used, by code; none where its results hold none."""
        used = tables.of(self.results, "weights").set_index("code")["used"]
        known = used[used.notna()].astype(float)
        return {str(code): float(weight) for code, weight in known.items()}

    def _score(self, column: str) -> np.ndarray:
        return self.rows.grid(self.scores.set_index(["adcode", "year"])[column])

    def _index_layers(self) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        grading = self.results.found.grading
        order = {grade: place for place, grade in enumerate(grading.names)}
        grades = self.scores.set_index(["adcode", "year"])["grade"].astype(object).map(order)
        composite = self._score("composite")
        columns = {
            "composite": self._summed(composite, self.weights),
            "grade": decimal_column(self.rows.grid(grades)).packed,
        }
        shown = [layers.grade_layer(grading)]
        name = Text.worded("atlas.composite")
        shown.append(layers.score_layer("composite", "index", composite, name=name))
        if len(self.years) > 1:
            amid = Text.worded("atlas_layer.composite_amid")
            shown.append(layers.change_layer("composite", composite, name, amid=amid))
        for dimension in self.results.framework.dimensions:
            values = self._score(dimension.code)
            own = [each.code for each in self.indicators if each.dimension == dimension.code]
            weights = {code: self.weights[code] for code in own if code in self.weights}
            columns[dimension.code] = self._summed(values, weights)
            shown.append(
                layers.score_layer(dimension.code, "dimensions", values, name=dimension.name)
            )
        return columns, shown

    def _summed(self, values: np.ndarray, weights: dict[str, float]) -> dict[str, Any]:
        """Pack scores as a mean of the scaled indicators where they are one, else as they are."""
        named_weights = {f"std {code}": weight for code, weight in weights.items()}
        own = self.results.found.grading.cuts
        cuts = sorted({*own, *(place / 10 for place in range(1, 10))})
        summed = summed_column(values, self.shares, named_weights, cuts)
        return (summed or score_column(values)).packed

    def _indicators(self) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """Give the indicators as measured and as scaled, where the results hold them."""
        columns: dict[str, Any] = {}
        measured, scaled = [], []
        for indicator in self.indicators:
            code = indicator.code
            shares = self._known(self.results.panel.values, code)
            if shares is not None:
                columns[f"std {code}"], shares = score_column(shares)
                self.shares[f"std {code}"] = shares
                scaled.append(_scaled_layer(code, shares))
            values = self._known(self.results.raw, code)
            if values is not None:
                columns[f"raw {code}"], told = measured_column(values, shares, f"std {code}")
                measured.append(_measured_layer(code, told))
        return columns, [*measured, *scaled]

    def _known(self, table: pd.DataFrame | None, code: str) -> np.ndarray | None:
        """Give a column of a table by (adcode, year), or None where nothing is known of it."""
        if table is None or code not in table.columns:
            return None
        values = self.rows.grid(table[code])
        return values if np.isfinite(values).any() else None

    def _notes(self) -> dict[str, list[str]]:
        return {language: self._notes_in(language) for language in words.LANGUAGES}

    def _notes_in(self, language: str) -> list[str]:
        notes = []
        found = [indicator.fidelity for indicator in self.indicators if indicator.fidelity]
        order = [*FIDELITIES, *sorted(set(found) - set(FIDELITIES))]
        counts = {fidelity: found.count(fidelity) for fidelity in order if fidelity in found}
        if counts:
            parts = [
                words.say(
                    "atlas_note.fidelity_part",
                    language,
                    count=count,
                    fidelity=Text.worded(f"atlas_fidelity.{fidelity}", fidelity)[language],
                )
                for fidelity, count in counts.items()
            ]
            notes.append(
                words.say("atlas_note.fidelity", language, count=len(self.indicators), parts=parts)
            )
        if self.results.excluded:
            names = dict(zip(self.keys, names_by_language(self.frame)[language], strict=True))
            left = [names.get(str(key), str(key)) for key in self.results.excluded]
            notes.append(words.say("atlas_note.left_out", language, names=left))
        own = [note for note in self.results.notes if _is_on_the_map(note)]
        told = [*notes, *by_seriousness(own, language)]
        left_out = len(self.results.notes) - len(own)
        if left_out:
            told.append(words.say("atlas_note.elsewhere", language, count=left_out))
        return told


def _stop_entry(stop: Stop, shown: list[dict[str, Any]]) -> dict[str, Any]:
    """Give a stop; one whose layer this study does not have is told without a view."""
    layer = dict(parse_qsl(stop.view)).get("layer")
    lacks = layer is not None and all(each["id"] != layer for each in shown)
    told = {"claim": stop.claim, "view": "" if lacks else stop.view}
    more = {"numbers": stop.numbers, "certainty": stop.certainty}
    return told | {name: value for name, value in more.items() if value}


def _is_on_the_map(note: Any) -> bool:
    """Whether a note concerns anything that the page shows; the summary has all of them."""
    return not str(getattr(note, "code", "")).startswith(OFF_THE_MAP)


def _measured_layer(code: str, values: np.ndarray) -> dict[str, Any]:
    return layers.value_layer(
        f"raw {code}",
        "raw",
        cuts=cuts_by(values, "quantile", 5),
        indicator=code,
        read="raw",
    )


def _scaled_layer(code: str, values: np.ndarray) -> dict[str, Any]:
    column = f"std {code}"
    return layers.score_layer(column, "scaled", values, indicator=code, read="scaled")


def _indicator_entry(indicator: Any, columns: dict[str, Any]) -> dict[str, Any]:
    weight, code, fidelity = indicator.weight, indicator.code, indicator.fidelity or ""
    raw, scaled = f"raw {code}", f"std {code}"
    return {
        "code": indicator.code,
        "name": indicator.called,
        "unit": indicator.unit,
        "measure": measure_of(indicator.unit),
        "dimension": indicator.dimension,
        "direction": {"-": "\u2212"}.get(indicator.direction, indicator.direction),
        "weight": None if weight is None or pd.isna(weight) else float(weight),
        "fidelity": Text.worded(f"atlas_fidelity.{fidelity}", fidelity),
        "definition": indicator.definition,
        "source": indicator.source,
        "raw": raw if raw in columns else None,
        "scaled": scaled if scaled in columns else None,
        **({"role": indicator.stands_for} if indicator.stands_for else {}),
    }
