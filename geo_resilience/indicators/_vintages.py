"""Tables of the units of other years, brought to those of the boundaries by a crosswalk."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from geo_resilience.errors import Problems
from geo_resilience.indicators._sources import Keyed, TableSource
from geo_resilience.notes import Note
from geo_resilience.regions import Crosswalk, Regions
from geo_resilience.regions._crosswalk import carried, kinds, lacking, made_of
from geo_resilience.regions._regions import region_label
from geo_resilience.tables._cells import find_column
from geo_resilience.text import first_few

_SHOWN = 6
_BOUNDS = ("share_low", "share_high")
#: Ends of the names of columns that are no totals.
_OF_RATES = re.compile(
    r"(?:[%％]|[_ ](?:pct|percent|rate|index|ratio|share)|率|比重|占比|指数)$", re.IGNORECASE
)


@dataclass(frozen=True, eq=False)
class Conversion:
    """What a crosswalk makes of the tables of a study.

    - ``crosswalk``: the units of the past and what they became.
    - ``rates``: columns that the framework knows to be no totals; others are known by their name.
    - ``years``: of the study; what is wrong in others is left blank and not told. None: all.
    """

    crosswalk: Crosswalk
    rates: frozenset[str] = frozenset()
    years: Collection[int] | None = None

    def weights(self, sources: Sequence[TableSource]) -> set[str]:
        """Name the columns that weigh rates."""
        return {weight for each in sources for weight in _asked(each).values() if weight}


def _asked(source: TableSource) -> dict[str, str]:
    """Give the columns of a table that are no totals, each with its weight, if it has one."""
    asked = source.intensive or ()
    return dict(asked) if isinstance(asked, Mapping) else dict.fromkeys(asked, "")


@dataclass(eq=False)
class _Carrying:
    """One table while it is carried to the units of the boundaries."""

    part: Keyed
    source: TableSource
    conversion: Conversion
    regions: Regions
    excluded: Collection[str]
    problems: Problems
    pieces: pd.DataFrame = field(default_factory=pd.DataFrame)

    @property
    def crosswalk(self) -> Crosswalk:
        """What became of the units of the past."""
        return self.conversion.crosswalk

    def _told(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Give the rows that the study counts."""
        years = self.conversion.years
        if years is None or not self.part.dated:
            return rows
        return rows[rows["year"].isin(list(years))]

    @property
    def vintage(self) -> int | None:
        """The year of the table's units; None where each row is of its own year."""
        if self.source.vintage is not None or self.part.dated:
            return self.source.vintage
        return max(self.crosswalk.years)

    def lay_out(self) -> bool:
        """Tell to which units each row goes; whether any goes to another than its own."""
        self.pieces = self.crosswalk.pieces(self.part.rows.index, self.vintage)
        self._check_late()
        self._check_lacking()
        self.pieces = self.pieces[self.pieces["to"].isin(self.regions.keys)]
        self.pieces = self.pieces.reset_index(drop=True)
        return not self.pieces.empty and bool((self.pieces["from"] != self.pieces["to"]).any())

    def _check_late(self) -> None:
        """Refuse rows of a unit that there was no longer in the year of the row's units."""
        strange = self._told(self.pieces[~self.pieces["to"].isin(self.regions.keys)])
        called = {key: name for name, key in self.part.matched.items()}
        for unit, rows in strange.groupby("from"):
            numbers = sorted(self.part.rows.iloc[rows["place"]])
            ended = self.crosswalk.ended(str(unit))
            self.part.excused.update(self.crosswalk.heirs([str(unit)]))
            key = "crosswalk_late" if self.part.dated else "crosswalk_undated"
            self.problems.add(
                f"indicators.{key}",
                file=self.part.file,
                rows=first_few(numbers, _SHOWN),
                unit=called.get(str(unit), unit),
                crosswalk=self.crosswalk.source,
                ended=ended,
                vintage=ended - 1,
            )

    def _check_lacking(self) -> None:
        """Refuse units of which some parts have a row in a year and others have none."""
        called = {key: name for name, key in self.part.matched.items()}
        studied = set(self.regions.keys) - set(self.excluded)
        for (to, gone), rows in self._told(lacking(self.pieces)).groupby(["to", "from"]):
            if to not in studied:
                continue
            values = {"file": self.part.file, "region": region_label(self.regions, str(to))}
            unit = called.get(str(gone), gone)
            years = sorted(set(rows["year"]))
            self.problems.add("indicators.crosswalk_lacking", unit=unit, years=years, **values)

    def carry(self, rates: Mapping[str, str], others: Sequence[Keyed]) -> Keyed:
        """Give the table in the units of the boundaries."""
        part, pieces = self.part, self.pieces
        index = made_of(pieces)
        weights = {column: self._weights(column, rates, others) for column in part.values}
        columns = {
            column: carried(values, pieces, weights[column], total=column not in rates)
            for column, values in part.values.items()
        }
        several = pieces.duplicated(["to", "year"], keep=False)
        kind = kinds(pieces)
        rows = np.where(several, 0, part.rows.to_numpy()[pieces["place"]])
        first = ~pieces.duplicated(["to", "year"])
        split = pd.Series(kind == "split").groupby([pieces["to"], pieces["year"]], sort=False).any()
        made = pd.DataFrame(columns, index=index, columns=part.values.columns, dtype=float)
        gone = lacking(pieces).set_index(["to", "year"]).index
        made[index.isin(gone)] = np.nan
        return replace(
            part,
            values=made,
            rows=pd.Series(rows[first], index=index, dtype="int64"),
            bounds=tuple(
                made.assign(
                    **{
                        column: carried(values, pieces, share=share)
                        for column, values in part.values.items()
                        if column not in rates
                    }
                )
                for share in _BOUNDS
            ),
            split=pd.Series(split.to_numpy(), index=index),
            notes=[*part.notes, *self._notes(made, rates, kind, several)],
            pieces=self._listed(kind, several),
        )

    def _weights(
        self, column: str, rates: Mapping[str, str], others: Sequence[Keyed]
    ) -> pd.Series | None:
        """Find the column that weighs a rate, in this table or in another of the same units."""
        named = rates.get(column)
        if not named:
            return None
        for held in (self.part, *others):
            found = find_column(named, [str(each) for each in held.values])
            if found is not None:
                return held.values[found].reindex(self.part.values.index)
        return None

    def _listed(self, kind: pd.Series, several: pd.Series) -> pd.DataFrame:
        """Give the rows of crosswalk.csv."""
        changed = (kind != "same") | several
        told = self.pieces.assign(table=self.part.file, kind=kind)[changed]
        told = told.rename(columns={"to": "adcode"})
        return told[["table", "adcode", "year", "from", "share", *_BOUNDS, "kind"]]

    def _notes(
        self, made: pd.DataFrame, rates: Mapping[str, str], kind: pd.Series, several: pd.Series
    ) -> list[Note]:
        """Say how many units were carried and what of them rests on shares or could not be."""
        pieces = self.pieces
        own = (pieces["from"] == pieces["to"]) & (kind != "split")
        changed = pieces[~own]
        units = changed.groupby(kind)["from"].nunique()
        counts = {each: int(units.get(each, 0)) for each in ("rename", "merge", "split")}
        notes = [Note("indicators.crosswalk_carried", self.part.file, counts)]
        split = pieces[kind == "split"]
        if not split.empty:
            cells = len(split.drop_duplicates(["to", "year"]))
            values = {"count": cells, "units": sorted(set(split["from"]))[:_SHOWN]}
            notes.append(Note("indicators.crosswalk_split", self.part.file, values))
        if rates and self.source.intensive is None:
            notes.append(
                Note("indicators.crosswalk_taken", self.part.file, {"columns": list(rates)})
            )
        bare = [column for column in rates if column in made and not rates[column]]
        many = made_of(pieces[several]) if several.any() else made.index[:0]
        lost = [column for column in bare if len(many) and made.loc[many, column].isna().any()]
        if lost:
            values = {"columns": lost, "count": len(many)}
            notes.append(Note("indicators.crosswalk_rates", self.part.file, values))
        return notes


def at_present(
    parts: Sequence[tuple[TableSource, Keyed]],
    conversion: Conversion,
    regions: Regions,
    excluded: Collection[str],
    problems: Problems,
) -> list[Keyed]:
    """Bring tables to the units of the boundaries."""
    found = []
    touched: set[str] = set()
    for source, part in parts:
        rates = _rates(source, part, conversion, problems)
        carrying = _Carrying(part, source, conversion, regions, excluded, problems)
        touched |= set(part.rows.index.unique("adcode"))
        if not carrying.lay_out():
            at = part.rows.index.get_level_values("adcode").isin(regions.keys)
            found.append(replace(part, values=part.values[at], rows=part.rows[at]))
            continue
        others = [each for other, each in parts if other.vintage == source.vintage]
        _check_weights(rates, part, others, problems)
        found.append(carrying.carry(rates, others))
    idle = sorted(conversion.crosswalk.units - touched)
    if idle and found:
        values = {"count": len(idle), "units": idle[:_SHOWN]}
        found[0].notes.append(
            Note("indicators.crosswalk_idle", conversion.crosswalk.source, values)
        )
    return found


def _rates(
    source: TableSource, part: Keyed, conversion: Conversion, problems: Problems
) -> dict[str, str]:
    """Give the columns that are no totals: those that the table states, else by their units."""
    if source.intensive is None:
        known = conversion.rates
        return {each: "" for each in part.values if each in known or _OF_RATES.search(each)}
    rates: dict[str, str] = {}
    for named, weight in _asked(source).items():
        column = find_column(named, part.columns)
        if column is None:
            values = {"file": part.file, "key": "intensive"}
            problems.unknown("indicators.intensive_unknown", named, part.columns, **values)
        held = find_column(named, [str(each) for each in part.values])
        rates |= {held: weight} if held is not None else {}
    return rates


def _check_weights(
    rates: Mapping[str, str], part: Keyed, others: Sequence[Keyed], problems: Problems
) -> None:
    """Name the columns of weights that no table has."""
    known: Collection[str] = dict.fromkeys(
        column for each in (part, *others) for column in each.columns
    )
    for weight in dict.fromkeys(filter(None, rates.values())):
        if not any(find_column(weight, list(map(str, each.values))) for each in (part, *others)):
            values = {"file": part.file, "key": "intensive"}
            problems.unknown("indicators.intensive_unknown", weight, known, **values)


def resting_on_shares(parts: Sequence[Keyed]) -> pd.DataFrame | None:
    """Mark the cells of the tables, by column, that rest on shares; None where there are none."""
    marks = [
        pd.DataFrame(dict.fromkeys(part.values, part.split))[part.split]
        for part in parts
        if part.split is not None and part.split.any()
    ]
    if not marks:
        return None
    found = pd.concat(marks)
    return found.groupby(level=["adcode", "year"]).any()
