"""Which figures there are, and drawing some of them into a folder."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from geo_resilience.errors import InputError, did_you_mean
from geo_resilience.notes import Note
from geo_resilience.words import Phrase

#: Figure by name, and the file of its family.
FAMILIES: dict[str, str] = {
    "graded_map": "_index_maps",
    "yearly_maps": "_index_maps",
    "probability_map": "_index_maps",
    "equal_map": "_index_maps",
    "cluster_map": "_space_maps",
    "ellipse_map": "_space_maps",
    "rank_intervals": "_rankings",
    "grade_bars": "_rankings",
    "zone_trends": "_trends",
    "gap_trends": "_trends",
    "region_history": "_trends",
    "change_map": "_moves",
    "change_bars": "_moves",
    "what_if_ranks": "_moves",
    "rank_lines": "_moves",
    "edition_ranks": "_editions",
    "edition_map": "_editions",
    "edition_causes": "_editions",
    "edition_steps": "_editions",
    "heat_table": "_heat",
    "warning_map": "_warned",
    "warning_strip": "_warned",
    "index_tree": "_index_tree",
    "weight_effects": "_rankings",
    "extraction_bars": "_chain",
    "kernel_density": "_trends",
    "moran_scatter": "_moran",
    "pattern_test": "_group_tests",
    "radar": "_profiles",
    "obstacle_bars": "_profiles",
    "quotient_dots": "_profiles",
    "quotient_map": "_profiles",
    "coupling_scatter": "_profiles",
    "lorenz_curves": "_inequality",
    "dagum_bars": "_inequality",
    "impact_intervals": "_impacts",
    "linkage_quadrants": "_chain",
    "removal_curves": "_shocks",
    "recovery_scatter": "_chain",
    "recovery_curves": "_shocks",
    "foretelling_scatter": "_shocks",
    "multiplier_ranges": "_shocks",
    "risk_matrix": "_chain",
    "gap_bars": "_chain",
}

#: What a file says of who made it.
MAKER = "geo_resilience"

#: Kinds of files that figures are written as.
FORMATS = ("png", "svg", "pdf")

#: What a study draws unless it names others.
DEFAULT: tuple[str, ...] = ("graded_map", "zone_trends", "rank_intervals")


def names() -> list[str]:
    """Give the names of all figures."""
    return list(FAMILIES)


def figure_named(name: str) -> Callable[..., Any]:
    """Give the function that draws a figure."""
    if name not in FAMILIES:
        hint = did_you_mean(name, FAMILIES)
        raise InputError("figures.unknown", found=name, hint=hint, known=list(FAMILIES))
    module = import_module(f"geo_resilience.maps.figures.{FAMILIES[name]}")
    function: Callable[..., Any] = getattr(module, name)
    return function


def draw(
    results: Any,
    names: Sequence[str] | None = None,
    *,
    folder: str | Path,
    strict: bool | None = None,
    formats: Sequence[str] = ("png", "svg"),
    language: str | None = None,
    width: str = "journal",
) -> list[Note]:
    """Draw figures into a folder, a file a figure and format.

    Parameters
    ----------
    results : Results
    names : sequence of str, optional
        `DEFAULT` unless given.
    folder : path
        Made where it is not there.
    strict : bool, optional
        Whether a figure that cannot be drawn is an error, rather than a note; where names were
        given unless said otherwise.
    formats : sequence of str
        Among ``png``, ``svg``, ``pdf``.
    language : str, optional
        That of the study by default.
    width : str
        A layout: ``half``, ``journal``, ``report``, ``portrait``, ``landscape``.

    Returns
    -------
    list of Note
        Figures that could not be drawn, and characters without a glyph. A default figure whose
        analysis the study skips is left out without a note.

    Raises
    ------
    InputError
        For an unknown name or format, or, where names were given, for a figure that the results
        do not hold the table of.
    """
    functions = {name: figure_named(name) for name in (DEFAULT if names is None else names)}
    target = Path(folder)
    notes: list[Note] = []
    for name, function in functions.items():
        try:
            sheet = function(results, language=language, width=width)
        except InputError as error:
            if strict if strict is not None else names is not None:
                raise
            reason = error.problems[0]
            if names is None and reason.key == "figures.table_missing":
                continue  # the study skips what this figure shows, and nobody asked for it
            phrase = Phrase(f"problem.{reason.key}", reason.values)
            notes.append(Note("figures.not_drawn", name, {"reason": phrase}))
            continue
        target.mkdir(parents=True, exist_ok=True)
        lacking: set[str] = set()
        for kind in formats:
            lacking.update(sheet.written(target / f"{name}.{kind}"))
        if lacking:
            notes.append(Note("figures.glyph_missing", name, {"letters": sorted(lacking)}))
    return notes
