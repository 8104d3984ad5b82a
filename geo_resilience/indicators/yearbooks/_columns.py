"""What each column of a table holds: regions, years, names of figures, units, figures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from geo_resilience.indicators.yearbooks._blocks import Block
from geo_resilience.indicators.yearbooks._grid import FIGURE, MARK, TEXT, is_year
from geo_resilience.indicators.yearbooks._names import role_of
from geo_resilience.tables._headings import split_unit

if TYPE_CHECKING:
    from geo_resilience.indicators.yearbooks._detection import Search

#: Share of a column's labels that are known when it is taken for that of regions.
_NEARLY = 0.5


@dataclass(frozen=True)
class Roles:
    """Columns from 0 by what they hold; ``across`` where regions stand in the headings."""

    figures: tuple[int, ...]
    region: int | None = None
    year: int | None = None
    figure: int | None = None
    unit: int | None = None
    across: bool = False


@dataclass
class _Told:
    """What a column holds, counted."""

    at: int
    heading: str
    labels: list[str]
    texts: int
    numbers: int
    known: float = 0.0

    @property
    def role(self) -> str:
        return role_of(self.heading)

    @property
    def dated(self) -> bool:
        return bool(self.labels) and all(map(is_year, self.labels))

    @property
    def textual(self) -> bool:
        return self.texts > self.numbers


#: Hints that point to a column.
POINTING = ("region", "year_column", "figure_column", "unit_column")


def roles_of(search: Search, block: Block, headings: Sequence[int]) -> list[Roles]:
    """Find what the columns hold; a second column of regions beside figures begins a new part."""
    told = [_told(search, block, headings, column) for column in block.columns]
    told = [each for each in told if each.labels or each.heading]
    asked = {key: search.hints.get(key) for key in POINTING}
    year = _first(told, asked["year_column"], lambda each: each.role == "year" and each.dated)
    figure = _first(
        told,
        asked["figure_column"],
        lambda each: each.role == "figure" and each.textual and each.known < _NEARLY,
    )
    unit = _first(told, asked["unit_column"], lambda each: each.role == "unit" and each.textual)
    taken = {each.at for each in (year, figure, unit) if each is not None}
    free = [each for each in told if each.at not in taken]
    across = asked["region"] is None and _across(search, free, headings)
    regions = [] if across else _regions(search, free, asked["region"])
    if year is None and (not regions or across):
        year = next((each for each in free if each.dated and not each.heading), None) or (
            free[0] if free and free[0].dated else None
        )
    elif year is None:
        after = [each for each in free if each.at == regions[0].at + 1 and not each.heading]
        year = next((each for each in after if each.dated), None)
    if across and figure is None:
        figure = next((each for each in free if each.textual and each is not year), None)
    named = {"year": year, "figure": figure, "unit": unit}
    places = {key: None if each is None else each.at for key, each in named.items()}
    roles = Roles((), None, places["year"], places["figure"], places["unit"], across)
    taken |= {each.at for each in (year, figure) if each is not None}
    rest = [each for each in free if each.at not in taken]
    _tell(search, headings, roles, named)
    return _segments(search, block, headings, roles, rest, regions)


def _told(search: Search, block: Block, headings: Sequence[int], column: int) -> _Told:
    grid = search.grid
    over = [grid.full[row][column] for row in headings if grid.full[row][column]]
    heading = over[-1] if over else ""
    labels = [grid.full[row][column] for row in block.body if grid.full[row][column]]
    kinds = [grid.kinds[row][column] for row in block.body]
    numbers = kinds.count(FIGURE) + kinds.count(MARK)
    told = _Told(column, heading, labels, kinds.count(TEXT), numbers)
    if told.textual and labels:
        told.known = sum(map(search.names.tells, labels)) / len(labels)
    return told


def _first(told: list[_Told], asked: int | None, fits: Callable[[_Told], bool]) -> _Told | None:
    if asked is not None:
        return next((each for each in told if each.at == asked), None)
    return next((each for each in told if fits(each)), None)


def _across(search: Search, free: list[_Told], headings: Sequence[int]) -> bool:
    """Whether the headings of figures name regions, and the rows do not."""
    if any(each.known >= _NEARLY for each in free):
        return False
    figures = [each for each in free if not each.textual]
    full = search.grid.full
    for row in headings:
        said = {each.at: split_unit(full[row][each.at])[0] for each in figures}
        known = [each for each in figures if search.names.tells(said[each.at])]
        if len(known) > 1 and 2 * len(known) >= len(figures):
            return True
    return False


def _regions(search: Search, free: list[_Told], asked: int | None) -> list[_Told]:
    """Find the columns of regions: known names first, then headings, then the first of texts."""
    if asked is not None:
        return [each for each in free if each.at == asked]
    texts = [each for each in free if each.textual]
    known = [each for each in texts if each.known >= _NEARLY]
    if known:
        return known
    headed = [each for each in texts if each.role == "region"]
    if headed or texts:
        return headed or texts[:1]
    coded = [each for each in free if each.role in ("code", "region") and not each.dated]
    return coded[:1]


def _tell(
    search: Search, headings: Sequence[int], roles: Roles, named: dict[str, _Told | None]
) -> None:
    for key, each in named.items():
        if each is not None:
            cell = search.head(headings, each.at)
            search.note(f"column_{key}", *cell, heading=each.heading or "-")
    if roles.across:
        search.note("regions_across", *search.head(headings, 0))


def _segments(
    search: Search,
    block: Block,
    headings: Sequence[int],
    roles: Roles,
    rest: list[_Told],
    regions: list[_Told],
) -> list[Roles]:
    """Part the columns at each column of regions that has figures of its own to its right."""
    begins: list[_Told] = []
    places = [each.at for each in regions]
    for each in regions:
        after = [other for other in rest if other.at > each.at and other.at not in places]
        nearer = [other for other in places if other > each.at]
        own = [o for o in after if _is_figure(o) and (not nearer or o.at < nearer[0])]
        if own or (not begins and each is regions[-1]):
            begins.append(each)
    if regions and not begins:
        begins = regions[:1]
    for each in regions:
        if each not in begins:
            search.note("column_again", *search.head(headings, each.at, block.body[0]))
    figures = []
    for each in rest:
        if each.at in places:
            continue
        if _is_figure(each):
            figures.append(each)
        else:
            _tell_left_out(search, search.head(headings, each.at, block.body[0]), each)
    if not begins:
        return [replace(roles, figures=tuple(each.at for each in figures))]
    found = []
    for place, each in enumerate(begins):
        first = block.left if place == 0 else each.at
        last = begins[place + 1].at - 1 if place + 1 < len(begins) else block.right
        held = tuple(o.at for o in figures if first <= o.at <= last)
        found.append(replace(roles, region=each.at, figures=held))
        _tell_region(search, block, headings, each)
    return found


def _is_figure(told: _Told) -> bool:
    """Whether a column holds figures: neither texts, codes nor numbers of rows."""
    return not told.textual and told.role not in ("code", "number") and bool(told.heading)


def _tell_left_out(search: Search, cell: tuple[int, int], told: _Told) -> None:
    key = "column_code" if told.role == "code" else "column_number"
    if told.role not in ("code", "number"):
        key = "column_text" if told.textual else "column_unheaded"
    search.note(key, *cell, heading=told.heading or "-")


def _tell_region(search: Search, block: Block, headings: Sequence[int], told: _Told) -> None:
    cell = search.head(headings, told.at, block.body[0])
    values = {"heading": told.heading or "-", "count": len(set(told.labels))}
    if told.known >= _NEARLY:
        known = sum(map(search.names.tells, set(told.labels)))
        search.note("region_known", *cell, known=known, **values)
    elif told.role == "region":
        search.note("region_headed", *cell, **values)
    else:
        search.note("region_first", *cell, **values)
