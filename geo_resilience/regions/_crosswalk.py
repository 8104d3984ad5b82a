"""Units that changed: events that bring figures of any year to the units of one."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import numpy as np
import pandas as pd

from geo_resilience.notes import Note
from geo_resilience.regions._known_names import Known

#: Columns of events, in order.
EVENTS = ("from", "to", "year", "share", "share_low", "share_high")
_SHARES = list(EVENTS[3:])


class _Share(NamedTuple):
    """A share of a unit and the bounds that are stated for it; not a number where none are."""

    share: float
    low: float
    high: float

    def of(self, part: _Share) -> _Share:
        """Give the share of a share."""
        return _Share(*(whole * each for whole, each in zip(self, part, strict=True)))

    def along(self, other: _Share) -> _Share:
        """Add what comes another way."""
        share, low, high = (one + two for one, two in zip(self, other, strict=True))
        return _Share(share, low, high if math.isnan(high) else max(share, min(high, 1.0)))


_WHOLE = _Share(1.0, 1.0, 1.0)


@dataclass(frozen=True, eq=False)
class Crosswalk:
    r"""Events by which units became others: renamed, merged, split, exchanged.

    Parameters
    ----------
    events : DataFrame
        A row an event and successor: ``from``, ``to``, ``year``, ``share`` of the figures of
        ``from`` that go to ``to``, ``share_low`` and ``share_high`` where its bounds are known.
        The shares of a unit in a year sum to 1.
    source : str
        Name of the file.
    called : mapping of str to tuple of str
        What else the units of the past are called, by unit.
    notes : tuple of Note

    Notes
    -----
    An event of a year changes figures of earlier years; the events of one year happen at once, and
    those of several years one after the other. With :math:`S_y` the matrix of the shares of year
    :math:`y` (rows the units before, columns those after, and 1 on the diagonal for units that
    nothing happens to), figures :math:`x` of the units of year :math:`v` become

    .. math:: x' = \Bigl(\prod_{y > v} S_y\Bigr)^{\top} x,

    so that totals stay what they are. This is areal interpolation by known shares [1]_.

    References
    ----------
    .. [1] Goodchild, M. F. and Lam, N. S. (1980). Areal interpolation: a variant of the traditional
       spatial problem. Geo-Processing 1, 297-312.

    Examples
    --------
    >>> events = pd.DataFrame(
    ...     {"from": ["Old", "Old"], "to": ["A", "B"], "year": 2011, "share": [0.6, 0.4]}
    ... )
    >>> rows = pd.MultiIndex.from_product([["A", "Old"], [2010]], names=["adcode", "year"])
    >>> figures = pd.DataFrame({"people": [100.0, 50.0]}, index=rows)
    >>> Crosswalk(events).convert(figures)["people"].to_dict()
    {('A', 2010): 130.0, ('B', 2010): 20.0}
    """

    events: pd.DataFrame
    source: str = ""
    called: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()
    _made: dict[int, pd.DataFrame] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        frame = self.events.reindex(columns=list(EVENTS))
        frame = frame.astype({"from": "str", "to": "str", "year": "int64"})
        frame[_SHARES] = frame[_SHARES].astype(float)
        order = frame.sort_values(["year", "from", "to"], kind="stable", ignore_index=True)
        object.__setattr__(self, "events", order)

    @property
    def years(self) -> list[int]:
        """Years of the events, sorted."""
        return sorted(map(int, self.events["year"].unique()))

    @cached_property
    def units(self) -> frozenset[str]:
        """Every unit to which something happens."""
        return frozenset(self.events["from"])

    def ended(self, unit: str) -> int:
        """Give the year of the last event that happened to a unit."""
        return int(self.events.loc[self.events["from"] == unit, "year"].max())

    def heirs(self, units: Iterable[str]) -> set[str]:
        """Give all units that some went to, at once or later."""
        found, ways = set(units), self.events[["from", "to"]]
        while not (more := set(ways.loc[ways["from"].isin(found), "to"])) <= found:
            found |= more
        return found

    def known(self, aliases: Mapping[str, str] | None = None) -> Known:
        """Give the units of the past by everything that they are called."""
        names = {unit: (unit, *self.called.get(unit, ())) for unit in sorted(self.units)}
        return Known.of_names(names, self.source, aliases)

    def parts(self, vintage: int) -> pd.DataFrame:
        """Give what became of the units of a year.

        Parameters
        ----------
        vintage : int
            The year whose units they are.

        Returns
        -------
        DataFrame
            ``from``, ``to``, ``share``, ``share_low``, ``share_high``: a row a successor; units
            that nothing happened to since have none.

        Examples
        --------
        >>> events = pd.DataFrame(
        ...     {"from": ["A", "B"], "to": ["B", "C"], "year": [2000, 2010], "share": 1.0}
        ... )
        >>> Crosswalk(events).parts(1999)[["from", "to"]].to_numpy().tolist()
        [['A', 'C'], ['B', 'C']]
        >>> Crosswalk(events).parts(2005)[["from", "to"]].to_numpy().tolist()
        [['B', 'C']]
        """
        return self._parts(int(np.searchsorted(self.years, vintage, side="right")))

    def _parts(self, done: int) -> pd.DataFrame:
        """Give what becomes of units that have some years of events behind them."""
        if done not in self._made:
            self._made[done] = self._composed(done)
        return self._made[done]

    def _composed(self, done: int) -> pd.DataFrame:
        """Carry units through the events but those of the first years."""
        current = {unit: {unit: _WHOLE} for unit in sorted(self.units)}
        touched: set[str] = set()
        for year in self.years[done:]:
            step = self._step(year)
            touched |= {unit for unit, held in current.items() if step.keys() & held.keys()}
            current = {unit: _passed(held, step) for unit, held in current.items()}
        rows = [
            (unit, to, *share)
            for unit, held in current.items()
            if unit in touched
            for to, share in sorted(held.items())
        ]
        columns = ["from", "to", *_SHARES]
        return pd.DataFrame(rows, columns=columns).astype(
            {"from": "str", "to": "str", **dict.fromkeys(_SHARES, float)}
        )

    def _step(self, year: int) -> dict[str, dict[str, _Share]]:
        """Give the shares of a year's events by unit."""
        step: dict[str, dict[str, _Share]] = {}
        for row in self.events[self.events["year"] == year].itertuples(index=False):
            share = _WHOLE if row[3] == 1 else _Share(*row[3:])
            step.setdefault(row[0], {})[row[1]] = share
        return step

    def convert(
        self,
        frame: pd.DataFrame,
        *,
        vintage: int | None = None,
        intensive: Mapping[str, str] | Sequence[str] = (),
    ) -> pd.DataFrame:
        r"""Bring figures to the units that there are after all events.

        Parameters
        ----------
        frame : DataFrame, rows (unit, year)
            Totals, and what stands under ``intensive``.
        vintage : int, optional
            The year whose units these are; None: each row is of its own year.
        intensive : mapping or sequence of str
            Columns that are no totals (rates, means, index numbers); in a mapping each with the
            column by which its mean is weighted.

        Returns
        -------
        DataFrame
            Rows (unit, year), sorted. A cell is blank where a part of it is, or has no row though
            the same unit has one in another year.

        Notes
        -----
        A figure that is no total becomes the mean of its parts,

        .. math:: x'_j = \sum_i s_{ij} w_i x_i \Big/ \sum_i s_{ij} w_i,

        with :math:`w` the column of weights. Without one it can only be handed on: a unit made of
        one other has that one's figure, one made of several has none.

        Examples
        --------
        >>> events = pd.DataFrame(
        ...     {"from": ["Old", "Old"], "to": ["A", "B"], "year": 2011, "share": [0.5, 0.5]}
        ... )
        >>> rows = pd.MultiIndex.from_product([["A", "Old"], [2010]], names=["adcode", "year"])
        >>> figures = pd.DataFrame({"people": [75.0, 50.0], "rate": [8.0, 4.0]}, index=rows)
        >>> Crosswalk(events).convert(figures, intensive={"rate": "people"})["rate"].to_dict()
        {('A', 2010): 7.0, ('B', 2010): 4.0}
        """
        weights = intensive if isinstance(intensive, Mapping) else dict.fromkeys(intensive, "")
        pieces = self.pieces(frame.index, vintage)
        columns = {
            column: carried(
                frame[column],
                pieces,
                None if column not in weights else frame.get(weights[column]),
                total=column not in weights,
            )
            for column in frame
        }
        gone = lacking(pieces).set_index(["to", "year"]).index.unique()
        found = pd.DataFrame(columns, index=made_of(pieces), columns=frame.columns)
        found[found.index.isin(gone)] = np.nan
        return found.sort_index()

    def pieces(self, index: pd.MultiIndex, vintage: int | None = None) -> pd.DataFrame:
        """Tell for each row of (unit, year) to which units it goes.

        Its columns: ``place`` of the row, ``from``, ``year``, ``to``, ``share``, ``share_low``,
        ``share_high``, ``era`` (how many years of events the units have behind them).
        """
        units = index.get_level_values(0).astype("str")
        years = index.get_level_values(1).to_numpy()
        own = years if vintage is None else np.full(len(index), vintage)
        eras = np.searchsorted(self.years, own, side="right")
        rows = pd.DataFrame(
            {"place": np.arange(len(index)), "from": units, "year": years, "era": eras}
        )
        found = [
            part.merge(self._parts(int(era)), on="from", how="left")
            for era, part in rows.groupby("era")
        ]
        if not found:
            return rows.assign(to=units, **dict.fromkeys(_SHARES, 1.0))
        pieces = pd.concat(found, ignore_index=True)
        whole = pieces["to"].isna()
        pieces["to"] = pieces["to"].where(~whole, pieces["from"]).astype("str")
        pieces.loc[whole, _SHARES] = 1.0
        return pieces


def _passed(
    held: Mapping[str, _Share], step: Mapping[str, Mapping[str, _Share]]
) -> dict[str, _Share]:
    """Pass shares of a unit on through the events of a year."""
    found: dict[str, _Share] = {}
    for unit, share in held.items():
        for to, part in step.get(unit, {unit: _WHOLE}).items():
            new = share.of(part)
            found[to] = found[to].along(new) if to in found else new
    return found


def made_of(pieces: pd.DataFrame) -> pd.MultiIndex:
    """Give the rows that pieces make: (unit, year) in order of first appearance."""
    codes = pieces.groupby(["to", "year"], sort=False).ngroup()
    first = pieces[~codes.duplicated()]
    return pd.MultiIndex.from_arrays(
        [first["to"].astype("str"), first["year"].astype("int64")], names=["adcode", "year"]
    )


def carried(
    values: pd.Series,
    pieces: pd.DataFrame,
    weights: pd.Series | None = None,
    *,
    total: bool = True,
    share: str = "share",
) -> np.ndarray:
    """Carry one column to the rows of `made_of`: a total by its shares, else as a mean."""
    codes = pieces.groupby(["to", "year"], sort=False).ngroup().to_numpy()
    place = pieces["place"].to_numpy()
    x, shares = values.to_numpy(dtype=float)[place], pieces[share].to_numpy()
    rows = int(codes.max()) + 1 if len(codes) else 0
    if total:
        return np.bincount(codes, shares * x, rows)
    many = np.bincount(codes, minlength=rows) > 1
    alone = np.bincount(codes, x, rows)
    if weights is None:
        return np.where(many, np.nan, alone)
    heavy = shares * weights.to_numpy(dtype=float)[place]
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.bincount(codes, heavy * x, rows) / np.bincount(codes, heavy, rows)
    return np.where(many, mean, alone)


def lacking(pieces: pd.DataFrame) -> pd.DataFrame:
    """Tell which parts of a unit have no row in a year: ``to``, ``year``, ``from``.

    Parts are the units that go to it in any year of the same units, where some of them meet in a
    year: two that never do are one under an old and a new name.
    """
    blank = pd.DataFrame({"to": [], "year": [], "from": []})
    found = [blank.astype({"to": "str", "year": "int64", "from": "str"})]
    for _, part in pieces.groupby("era"):
        links = part[["from", "to"]].drop_duplicates()
        meeting = part.loc[part.duplicated(["to", "year"]), "to"]
        several = links[links["to"].isin(meeting)]
        there = part[part["to"].isin(several["to"])][["from", "to", "year"]]
        wanted = several.merge(there[["to", "year"]].drop_duplicates(), on="to")
        both = wanted.merge(there, on=["from", "to", "year"], how="left", indicator=True)
        found.append(both[both["_merge"] == "left_only"][["to", "year", "from"]])
    return pd.concat(found, ignore_index=True)


def kinds(pieces: pd.DataFrame) -> pd.Series:
    """Name what each piece is: ``"same"``, ``"rename"``, ``"merge"`` or ``"split"``."""
    alone = ~pieces.duplicated(["to", "year"], keep=False)
    whole = pieces["share"] == 1
    named = np.select(
        [whole & alone & (pieces["from"] == pieces["to"]), whole & alone, whole],
        ["same", "rename", "merge"],
        "split",
    )
    return pd.Series(named, index=pieces.index, dtype="str")


def ring(links: Iterable[tuple[str, str]], outlive: Collection[str]) -> list[str]:
    """Find units of which each passes to the next, the last to the first, and none keeps a part."""
    after: dict[str, list[str]] = {}
    for unit, to in links:
        if unit not in outlive and to not in outlive:
            after.setdefault(unit, []).append(to)
    done: set[str] = set()
    for start in after:
        way: dict[str, None] = {}
        stack = [(start, False)]
        while stack:
            unit, leaving = stack.pop()
            if leaving:
                way.popitem()
                done.add(unit)
            elif unit in way:
                return list(way)[list(way).index(unit) :]
            elif unit not in done:
                way[unit] = None
                stack += [(unit, True), *((to, False) for to in after.get(unit, ()))]
    return []
