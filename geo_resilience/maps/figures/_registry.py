"""Which figures there are, and drawing some of them into a folder."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from geo_resilience._doors import listed
from geo_resilience.errors import InputError, did_you_mean
from geo_resilience.notes import Note
from geo_resilience.words import Phrase

if TYPE_CHECKING:
    from geo_resilience.maps.figures._figure import Sheet
    from geo_resilience.results import Results


class Drawing(Protocol):
    """What draws a figure of results; options are its own."""

    def __call__(
        self,
        results: Results,
        *,
        year: int | None = None,
        language: str | None = None,
        width: str = "journal",
        **options: Any,
    ) -> Sheet:
        """Draw it for a year, in a language, in a layout."""


#: What the room shows that is no figure of a finished run.
_OTHERS = ("choropleth_figure", "draw", "names")

#: Figure by name, and the module of its family.
FAMILIES: dict[str, str] = {
    name: module
    for name, module in listed("geo_resilience.maps.figures").items()
    if name not in _OTHERS
}

#: What a file says of who made it.
MAKER = "geo_resilience"

#: Kinds of files that figures are written as.
FORMATS = ("png", "svg", "pdf")

#: What a study draws unless it names others.
DEFAULT: tuple[str, ...] = ("graded_map", "zone_trends", "rank_intervals")


def names() -> list[str]:
    """Give the names of all figures.

    Returns
    -------
    list of str
        In the order in which they are listed to users.
    """
    return list(FAMILIES)


def figure_named(name: str) -> Drawing:
    """Give the function that draws a figure."""
    if name not in FAMILIES:
        hint = did_you_mean(name, FAMILIES)
        raise InputError("figures.unknown", found=name, hint=hint, known=list(FAMILIES))
    function: Drawing = getattr(import_module(FAMILIES[name]), name)
    return function


def draw(
    results: Results,
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
