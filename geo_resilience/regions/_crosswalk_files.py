"""Files of units that changed: a row an event, or a row a unit and a column a year."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import pandas as pd

from geo_resilience.errors import InputError, Problems
from geo_resilience.notes import Note
from geo_resilience.regions._crosswalk import EVENTS, Crosswalk, ring
from geo_resilience.regions._names import match_names
from geo_resilience.regions._regions import Regions
from geo_resilience.regions._spelling import as_text
from geo_resilience.tables._cells import folded, is_blank, missing_marks, read_number, read_year
from geo_resilience.tables._headings import OF_YEARS
from geo_resilience.tables._reading import RawTable, read_raw

#: What the columns may be headed, by what they hold.
_HEADINGS: Mapping[str, tuple[str, ...]] = {
    "from": ("from", "old", "source", "原代码", "原名称", "原单位", "旧代码"),
    "to": ("to", "new", "target", "新代码", "新名称", "新单位", "现代码"),
    "year": OF_YEARS,
    "share": ("share", "weight", "份额", "比例", "权重"),
    "share_low": ("share_low", "份额下限"),
    "share_high": ("share_high", "份额上限"),
    "from_name": ("from_name", "原名"),
    "to_name": ("to_name", "现名"),
}
#: How far the shares of a unit may be from 1.
_CLOSE = 1e-9
_SHOWN = 6


def read_crosswalk(
    path: str | Path,
    regions: Regions | None = None,
    *,
    aliases: Mapping[str, str] | None = None,
    year: int | None = None,
    rescale: bool = False,
) -> Crosswalk:
    r"""Read how units became others over the years.

    Parameters
    ----------
    path : str or Path
        A table in one of two forms. A row an event and successor: columns ``from``, ``to``,
        ``year`` and ``share`` (or ``weight``; blank where it is the whole), and where they are
        known ``share_low``, ``share_high``, ``from_name`` and ``to_name``. Or a row an old unit
        and a column a year: the code of the unit that it belongs to in that year, with a column
        ``share`` (or ``weight``: people, area) where a unit fell to several.
    regions : Regions, optional
        What all units must have become; successors may then be named as well as given by key.
    aliases : mapping of str to str, optional
        Further names, each with a key or a name of the regions.
    year : int, optional
        Year of all events of a table that has no column of years.
    rescale : bool
        Divide shares that do not sum to 1 by their sum, with a Note.

    Returns
    -------
    Crosswalk

    Raises
    ------
    InputError
        With everything that is wrong: a year or share that is none, shares that do not sum to 1, an
        event given twice, units that pass figures around in a ring (two that exchange their places
        are none), a unit that ends as none of the regions.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder) / "crosswalk.csv"
    ...     _ = file.write_text("unit,2010,2011,weight\nx,341400,340100,3\ny,341400,340200,1\n")
    ...     read_crosswalk(file).events[["from", "to", "year", "share"]].to_numpy().tolist()
    [['341400', '340100', 2011, 0.75], ['341400', '340200', 2011, 0.25]]
    """
    table = read_raw(path)
    reading = _Reading(table, Names(regions, aliases), year, rescale)
    columns = [str(column) for column in table.frame.columns]
    found = {role: _column(role, columns) for role in _HEADINGS}
    years = {column: each for column in columns if (each := read_year(column)) is not None}
    listed = bool(found["from"] and found["to"])
    if listed:
        rows = list(reading.listed(found))
    elif len(years) > 1:
        rows = list(reading.followed(years, found["share"]))
    else:
        raise InputError("regions.crosswalk_columns", file=table.file, columns=columns)
    if not rows and not len(reading.problems):
        reading.problems.add("regions.crosswalk_none", file=table.file)
    events = reading.checked(rows, rings=listed)
    reading.problems.raise_if_any()
    called = {unit: tuple(names) for unit, names in reading.called.items()}
    return Crosswalk(events, table.file, called, (*table.notes, *reading.notes))


def _column(role: str, columns: Sequence[str]) -> str:
    """Find the column that holds something, by its heading; none or several are none."""
    same = [each for each in columns if folded(each).casefold() in _HEADINGS[role]]
    return same[0] if len(same) == 1 else ""


class Names:
    """Units by key where they are regions, else as they are written."""

    def __init__(self, regions: Regions | None, aliases: Mapping[str, str] | None) -> None:
        self.regions, self._aliases = regions, aliases
        self.keys = frozenset(regions.keys if regions is not None else ())

    def of(self, texts: Sequence[str]) -> tuple[dict[str, str], dict[str, Any]]:
        """Give the unit of each text, and why those that are no regions are none."""
        distinct = list(dict.fromkeys(texts))
        if self.regions is None:
            return {text: as_text(text) for text in distinct}, {}
        match = match_names(distinct, self.regions, aliases=self._aliases)
        found = zip(distinct, match.keys, strict=True)
        units = {text: text if pd.isna(key) else str(key) for text, key in found}
        return units, dict(match.reasons)


@dataclass(eq=False)
class _Reading:
    """One file while it is read."""

    table: RawTable
    names: Names
    year: int | None
    rescale: bool
    problems: Problems = field(default_factory=Problems)
    notes: list[Note] = field(default_factory=list)
    called: dict[str, dict[str, None]] = field(default_factory=dict)
    reasons: dict[str, Any] = field(default_factory=dict)

    @property
    def file(self) -> str:
        """Name of the file."""
        return self.table.file

    def listed(self, at: Mapping[str, str]) -> Iterator[dict[str, Any]]:
        """Read a row an event and successor."""
        if not at["year"] and self.year is None:
            self.problems.add("regions.crosswalk_no_year", file=self.file)
        marks = missing_marks()
        cells = {
            role: self.table.frame[column].str.strip().to_list()
            for role, column in at.items()
            if column
        }
        units, self.reasons = self.names.of([*cells["from"], *cells["to"]])
        for place, row in enumerate(self.table.frame.index):
            held = {
                role: "" if is_blank(texts[place], marks) else texts[place]
                for role, texts in cells.items()
            }
            if blank := [role for role in ("from", "to") if not held[role]]:
                self.problems.add("regions.crosswalk_blank", file=self.file, row=row, column=blank)
                continue
            event = {"row": row, **{role: units[held[role]] for role in ("from", "to")}}
            event |= self._measured(held, row)
            for role in ("from", "to"):
                spelled = self.called.setdefault(event[role], {})
                more = (held[role], held.get(f"{role}_name", ""))
                spelled |= {name: None for name in more if name and name != event[role]}
            yield event

    def _measured(self, held: Mapping[str, str], row: int) -> dict[str, Any]:
        """Read the year and the shares of an event."""
        found: dict[str, Any] = {"year": self.year}
        if "year" in held:
            found["year"] = read_year(held["year"])
            if found["year"] is None:
                values = {"file": self.file, "row": row, "found": held["year"] or "-"}
                self.problems.add("regions.crosswalk_year", **values)
        for role in EVENTS[3:]:
            text = held.get(role, "")
            number = read_number(text) if text else math.nan
            if text and not number >= 0:
                values = {"file": self.file, "row": row, "column": role, "found": text}
                self.problems.add("regions.crosswalk_share", **values)
            found[role] = number
        low, high = found["share_low"], found["share_high"]
        if low > found["share"] or high < found["share"] or math.isnan(low) != math.isnan(high):
            values = {"file": self.file, "row": row, "share": found["share"]}
            self.problems.add("regions.crosswalk_bounds", low=low, high=high, **values)
        return found

    def followed(self, years: Mapping[str, int], weight: str) -> Iterator[dict[str, Any]]:
        """Read a row an old unit, a column a year: where the code changes is an event."""
        columns = sorted(years, key=lambda column: years[column])
        frame = self.table.frame
        marks = missing_marks()
        codes = {
            column: ["" if is_blank(text, marks) else text.strip() for text in frame[column]]
            for column in columns
        }
        units, self.reasons = self.names.of(
            [text for texts in codes.values() for text in texts if text]
        )
        heavy = [read_number(text) for text in frame[weight]] if weight else None
        for before, after in pairwise(columns):
            held: dict[str, dict[str, list[int]]] = {}
            for place, (old, new) in enumerate(zip(codes[before], codes[after], strict=True)):
                row = int(frame.index[place])
                if old and new:
                    held.setdefault(units[old], {}).setdefault(units[new], []).append(place)
                elif old:
                    values = {"file": self.file, "row": row, "unit": old, "year": years[after]}
                    self.problems.add("regions.crosswalk_ends", **values)
            yield from self._parted(held, years[after], heavy)

    def _parted(
        self, held: Mapping[str, Mapping[str, list[int]]], year: int, heavy: list[float] | None
    ) -> Iterator[dict[str, Any]]:
        """Give the events of a year of which the rows of each unit and its successors are known."""
        for unit, successors in held.items():
            rows = [
                int(self.table.frame.index[place]) for part in successors.values() for place in part
            ]
            if set(successors) == {unit}:
                continue
            weights = dict.fromkeys(successors, 1.0)
            if len(successors) > 1:
                if heavy is None:
                    values = {"file": self.file, "rows": rows, "unit": unit, "year": year}
                    self.problems.add("regions.crosswalk_unweighted", **values)
                    continue
                weights = {to: sum(heavy[each] for each in part) for to, part in successors.items()}
            whole = sum(weights.values())
            if not whole > 0 or math.isinf(whole):
                values = {"file": self.file, "rows": rows, "unit": unit}
                self.problems.add("regions.crosswalk_weights", **values)
                continue
            for to, part in weights.items():
                yield {"row": rows[0], "from": unit, "to": to, "year": year, "share": part / whole}

    def checked(self, rows: list[dict[str, Any]], *, rings: bool) -> pd.DataFrame:
        """Check events against each other and give them as a frame.

        Rings are looked for where rows are events: codes by year say themselves who was who.
        """
        columns = ["row", *EVENTS]
        events = pd.DataFrame(rows, columns=columns).dropna(subset=["year"])
        events = events.astype({"row": "int64", "year": "int64", "from": "str", "to": "str"})
        events[list(EVENTS[3:])] = events[list(EVENTS[3:])].astype(float)
        self._check_twice(events)
        blank = events["share"].isna()
        alone = ~events.duplicated(["from", "year"], keep=False)
        events["share"] = events["share"].mask(blank & alone, 1.0)
        events = self._check_sums(events)
        same = (events["from"] == events["to"]) & (events["share"] == 1)
        events = events[~same & (events["share"] > 0)]
        if rings:
            self._check_rings(events)
        if self.names.regions is not None:
            self._check_targets(events)
        return events[list(EVENTS)]

    def _check_twice(self, events: pd.DataFrame) -> None:
        for (old, new, year), same in events.groupby(["from", "to", "year"]):
            if len(same) > 1:
                values = {"file": self.file, "rows": same["row"].tolist(), "unit": old}
                self.problems.add("regions.crosswalk_twice", to=new, year=year, **values)

    def _check_sums(self, events: pd.DataFrame) -> pd.DataFrame:
        """Refuse shares of a unit in a year that do not sum to 1, or divide them by their sum."""
        groups = events.groupby(["from", "year"])
        sums = groups["share"].transform("sum", min_count=1)
        stray = (sums - 1).abs() > _CLOSE
        unsaid = events["share"].isna().groupby([events["from"], events["year"]]).transform("any")
        for (unit, year), part in events[stray | unsaid].groupby(["from", "year"]):
            values = {"file": self.file, "rows": part["row"].tolist(), "unit": unit, "year": year}
            total = sums[part.index[0]]
            if unsaid[part.index[0]]:
                self.problems.add("regions.crosswalk_unsaid", **values)
            elif not self.rescale or not total > 0:
                self.problems.add("regions.crosswalk_sum", total=f"{total:.10g}", **values)
        if not self.rescale:
            return events
        if stray.any():
            units = list(dict.fromkeys(events.loc[stray, "from"]))
            shown = {"count": len(units), "units": units[:_SHOWN]}
            self.notes.append(Note("regions.crosswalk_rescaled", self.file, shown))
        scaled = events[list(EVENTS[3:])].div(sums.where(sums > 0), axis=0)
        return events.assign(**{column: scaled[column] for column in scaled})

    def _check_rings(self, events: pd.DataFrame) -> None:
        """Two units may exchange their places; a longer ring tells of rows that are wrong."""
        for year, part in events.groupby("year"):
            links = list(zip(part["from"], part["to"], strict=True))
            outlive = {old for old, new in links if old == new}
            whole = {link for link, share in zip(links, part["share"], strict=True) if share == 1}
            swaps = {link for link in whole if link[::-1] in whole}
            if swaps:
                pairs = sorted({" ↔ ".join(sorted(link)) for link in swaps})
                values = {"year": int(str(year)), "pairs": pairs}
                self.notes.append(Note("regions.crosswalk_exchanged", self.file, values))
            way = ring([link for link in links if link not in swaps], outlive)
            if way:
                rows = part[part["from"].isin(way) & part["to"].isin(way)]["row"].tolist()
                values = {"file": self.file, "rows": rows, "year": year}
                self.problems.add("regions.crosswalk_cycle", units=[*way, way[0]], **values)

    def _check_targets(self, events: pd.DataFrame) -> None:
        """Whatever no later event takes up must be one of the regions."""
        last = events.groupby("from")["year"].max()
        ends = events[~events["to"].isin(list(self.names.keys))]
        for row in ends.drop_duplicates(["to", "year"]).itertuples(index=False):
            if last.get(row.to, -math.inf) <= row.year:
                values = {"file": self.file, "row": row.row, "unit": row.to}
                written = next((each for each in self.called.get(row.to, ())), row.to)
                reason = self.reasons.get(row.to) or self.reasons.get(written) or ""
                at_once = last.get(row.to) == row.year
                key = "regions.crosswalk_at_once" if at_once else "regions.crosswalk_target"
                self.problems.add(key, year=row.year, what=reason, **values)
