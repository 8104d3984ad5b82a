"""Judgement calls that a reader of the results must know of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from geo_resilience import words

__all__ = ["Note", "by_seriousness"]

#: Beginnings of the codes of notes by how much they weigh: 1 changes what may be concluded; 3 says
#: how an input was read or a model was come by, and changes nothing. All others weigh 2: they
#: qualify a table or say what was left out.
_LEVELS: Mapping[str, int] = {
    **dict.fromkeys(
        (
            *("study.own_outside", "study.mostly_filled", "study.relative_grades"),
            *("study.per_year", "study.short_series", "study.inconsistent", "study.held_at_zero"),
            *("study.shared_columns", "study.what_if_ratios", "study.excluded"),
            *("evaluation.", "indicators.extreme", "indicators.negative", "indicators.nominal"),
            *("indicators.zero_by_zero", "neighbors.left", "neighbors.slivers"),
            *("neighbors.many_linked", "regions.axes_suspected", "regions.overlaps"),
            *("regions.gaps", "regression.islands", "regression.nickell"),
            "indicators.units_differ",
            *("regression.uncorrected", "regression.after_choosing", "study.windows_overlap"),
            *("regression.windows_overlap", "regression.instruments_refused"),
            *("study.short_windows", "chain.nation_grew", "records.many_left_out"),
            *("rasters.large_gaps", "rasters.outside", "indicators.crosswalk_rates"),
            *("indicators.crosswalk_idle", "regions.crosswalk_exchanged"),
            "study.screened_",
        ),
        1,
    ),
    **dict.fromkeys(
        (
            *(
                "plan.",
                "records.counted",
                "rasters.read",
                "spatial.counted",
                "indicators.read_as",
                "indicators.titles_left_out",
            ),
            *("indicators.remarks_left_out", "indicators.unnamed_columns"),
            *("indicators.merged_down", "indicators.percent_read", "indicators.year_column"),
            "indicators.totals_left_out",
            *("indicators.table_unused", "indicators.sheet_chosen", "figures.not_drawn"),
            "indicators.sheets_left",
            *("neighbors.linked_by_rule", "neighbors.tolerated", "regions.encoding"),
            *("regions.suffix", "regions.names_", "regions.repaired", "regression.durbin_"),
            *(
                "study.unseen_left_out",
                "indicators.unseen_left_out",
                "indicators.crosswalk_carried",
            ),
            *("regression.effects_", "regression.fixed_needed", "regression.hausman_"),
            *("regression.random_", "regression.space_", "regression.drawn_trace"),
            *("regression.error_will_do", "regression.lag_will_do", "regression.slx_will_do"),
            *("regression.least_squares_will_do", "regression.neighbors_x_matter"),
            *("regression.as_asked", "regression.one_year"),
        ),
        3,
    ),
}


@dataclass(frozen=True)
class Note:
    """A judgement call (a filled cell, a linked island), worded only when it is shown.

    - ``code``: key of the sentence without the ``note.`` in front.
    - ``where``: file, region or indicator that it concerns; empty when it concerns the whole study.
    - ``values``: fields of the sentence.
    """

    code: str
    where: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)

    @property
    def level(self) -> int:
        """How much it weighs: 1 changes conclusions, 2 qualifies a table, 3 is bookkeeping.

        Examples
        --------
        >>> Note("study.own_outside").level, Note("study.traced").level, Note("plan.gb18030").level
        (1, 2, 3)
        """
        return next((level for start, level in _LEVELS.items() if self.code.startswith(start)), 2)

    def say(self, language: str = "en") -> str:
        """Word the note in a language."""
        return words.say(f"note.{self.code}", language, where=self.where, **self.values)

    def __str__(self) -> str:
        return self.say()


def by_seriousness(notes: Iterable[Note], language: str = "en") -> list[str]:
    """Word notes, each once, what changes conclusions first."""
    told = {each.say(language): None for each in sorted(notes, key=lambda note: note.level)}
    return list(told)
