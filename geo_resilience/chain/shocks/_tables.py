"""Tables of courses in time: regions beside the nation, other base years, change of outputs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from geo_resilience.chain.inputoutput._decomposition import structural_decomposition
from geo_resilience.chain.inputoutput._flows import checked_flows, named
from geo_resilience.chain.inputoutput._inoperability import (
    dynamic_inoperability,
    resilience_coefficients,
)
from geo_resilience.chain.inputoutput._table import IOTable
from geo_resilience.chain.shocks._recovery import (
    Years,
    resistance_recovery,
    vary_base_years,
    years_to_regain,
)
from geo_resilience.errors import InputError, Problems

__all__ = [
    "shock_table",
    "decomposition_table",
    "disruption_table",
    "shock_path_table",
    "shock_variation_table",
]

#: Code of the row that stands for every sector without one.
_OTHERS = "others"


def shock_path_table(
    panels: Mapping[str, pd.DataFrame],
    *,
    base: int,
    zones: Mapping[str, Sequence[str]] | None = None,
    names: pd.Series | None = None,
    kind: str = "zone",
) -> pd.DataFrame:
    """Give the rows of shock_paths.csv: each year beside the year before the shock.

    Parameters
    ----------
    panels : mapping of variable to DataFrame (rows regions, columns years)
    base : int
        The year that is 100.
    zones : mapping of id to members, optional
        Groups of regions, by their sums; a year in which a member is blank is blank.
    names : Series by region or zone, optional
    kind : str
        What the groups are called in the column scope.

    Returns
    -------
    DataFrame
        Columns adcode (empty for a zone and for the nation), scope (nation, `kind` or region),
        group (id of a zone, else empty), name (empty for the nation), variable, year, value,
        index (base year = 100), national_index, relative (index over the nation's, 100 where they
        go together). The nation is the sum over regions without a blank in any year.

    Raises
    ------
    InputError
        If a panel has no such year, or nothing is whole.

    Examples
    --------
    >>> panel = pd.DataFrame({2019: [100, 100], 2020: [90, 110]}, ["11", "12"])
    >>> found = shock_path_table({"revenue": panel}, base=2019)
    >>> found.query("year == 2020")[["adcode", "relative"]].round(6).to_numpy().tolist()
    [['', 100.0], ['11', 90.0], ['12', 110.0]]
    """
    if not panels:
        raise InputError("chain.nothing", what="panels")
    known = {} if names is None else names.to_dict()
    parts = []
    for variable, panel in panels.items():
        ordered = panel.rename(columns=int).sort_index().sort_index(axis=1).astype(float)
        _check_base(ordered, base, variable)
        nation = ordered.dropna().sum()
        rows = {("nation", ""): nation}
        for zone, members in (zones or {}).items():
            there = ordered.loc[ordered.index.intersection(list(members))]
            rows[kind, zone] = there.sum(skipna=False) if len(there) else nation * float("nan")
        rows |= {("region", str(region)): row for region, row in ordered.iterrows()}
        for (scope, label), values in rows.items():
            index, whole = values / values[base] * 100, nation / nation[base] * 100
            part = pd.DataFrame({"value": values, "index": index, "national_index": whole})
            part["relative"] = part["index"] / part["national_index"] * 100
            head = {
                "adcode": label if scope == "region" else "",
                "scope": scope,
                "group": label if scope == kind else "",
                "name": str(known.get(label, label)),
                "variable": variable,
            }
            lead = pd.DataFrame(head, index=part.index)
            parts.append(lead.join(part).rename_axis("year").reset_index())
    order = ["adcode", "scope", "group", "name", "variable", "year"]
    found = pd.concat(parts, ignore_index=True)
    return found[[*order, *found.columns.difference(order, sort=False)]]


def _check_base(panel: pd.DataFrame, base: int, variable: str) -> None:
    problems = Problems()
    if base not in panel.columns:
        known = list(panel.columns)
        problems.add("chain.years_missing", what=variable, years=[base], known=known)
        problems.raise_if_any()
    for region in panel.index[~(panel[base] > 0) & panel[base].notna()]:
        found = panel.loc[region, base]
        problems.add("chain.not_positive", what=variable, region=region, year=base, found=found)
    problems.raise_if_any()
    if panel.dropna().empty:
        raise InputError("chain.no_region_whole")


def shock_variation_table(
    panels: Mapping[str, pd.DataFrame],
    *,
    shock: Years,
    recovered: Years,
    names: pd.Series | None = None,
) -> pd.DataFrame:
    """Give the rows of shock_variation.csv: the types under other base years.

    Parameters
    ----------
    panels : mapping of variable to DataFrame (rows regions, columns years)
    shock, recovered : (int, int)
        As in `resistance_recovery`. Varied are the year before the shock (the one before it too,
        where there are data) and the year by which there was recovery (every one up to it).
    names : Series by region, optional

    Returns
    -------
    DataFrame
        Columns adcode, name, variable, shock, recovered, resistance, recovery, type, stable (the
        region has one type under every choice).

    Raises
    ------
    InputError
        If there are no panels, or as in `resistance_recovery`.

    Examples
    --------
    >>> panel = pd.DataFrame(
    ...     {2018: [99, 99], 2019: [100, 100], 2020: [95, 85], 2021: [99, 90], 2022: [104, 99]},
    ...     ["11", "12"],
    ... )
    >>> years = {"shock": (2019, 2020), "recovered": (2020, 2022)}
    >>> found = shock_variation_table({"revenue": panel}, **years)
    >>> found.groupby("adcode")["stable"].agg(["size", "all"]).to_numpy().tolist()
    [[4, True], [4, True]]
    """
    if not panels:
        raise InputError("chain.nothing", what="panels")
    known = {} if names is None else names.to_dict()
    parts = []
    for variable, panel in panels.items():
        ordered = panel.rename(columns=int).sort_index()
        years = set(ordered.columns)
        before = [(first, shock[1]) for first in (shock[0] - 1, shock[0]) if first in years]
        after = [
            (recovered[0], last)
            for last in range(recovered[0] + 1, recovered[1] + 1)
            if last in years
        ]
        found = vary_base_years(ordered, shocks=before or [shock], recoveries=after or [recovered])
        found = found.rename(columns={"region": "adcode"})
        found["adcode"] = found["adcode"].astype(str)
        found.insert(1, "name", [str(known.get(label, label)) for label in found["adcode"]])
        found.insert(2, "variable", variable)
        parts.append(found.sort_values("adcode", kind="stable"))
    return pd.concat(parts, ignore_index=True)


def decomposition_table(before: IOTable, after: IOTable, *, language: str = "en") -> pd.DataFrame:
    """Give the rows of decomposition.csv: what made outputs change between two tables.

    Parameters
    ----------
    before, after : IOTable
        Of the same sectors and categories of final demand; both with imports apart or both not.
        Where imports compete, they enter as a category of final demand below 0, and so does the
        discrepancy that the office prints.
    language : "en" or "zh"

    Returns
    -------
    DataFrame
        A row a sector; columns first_year, year, sector, name, before, after, change, technology,
        demand (all categories together), then the categories. Technology and demand sum to the
        change; with tables in current prices both hold prices too.

    Raises
    ------
    InputError
        If the two tables have different sectors or categories.

    Examples
    --------
    >>> from dataclasses import replace
    >>> from geo_resilience.chain import example_table
    >>> old = example_table()
    >>> new = replace(
    ...     old, output=old.output * 2, transactions=old.transactions * 2,
    ...     final_demand=old.final_demand * 2,
    ... )
    >>> decomposition_table(old, new)[["change", "technology", "demand"]].round(6)
       change  technology  demand
    0  1000.0         0.0  1000.0
    1  2000.0         0.0  2000.0
    """
    found = structural_decomposition(
        (before.transactions, before.output, _uses(before)),
        (after.transactions, after.output, _uses(after)),
    )
    demand = found["change"] - found["technology"]
    found.insert(found.columns.get_loc("technology") + 1, "demand", demand)
    found.insert(0, "name", before.names(language))
    found = found.rename_axis("sector").reset_index()
    for place, (column, year) in enumerate((("first_year", before.year), ("year", after.year))):
        found.insert(place, column, pd.array([year] * len(found), dtype="Int64"))
    return found


def _uses(table: IOTable) -> pd.DataFrame:
    """Give final demand with competing imports and the discrepancy as categories."""
    uses = table.final_demand.copy()
    if table.competing is not None:
        uses["IM"] = -table.competing
    if table.error is not None:
        uses["ERR"] = table.error
    return uses


def disruption_table(
    table: IOTable,
    disruption: pd.DataFrame,
    *,
    steps: int = 24,
    per_year: float = 12.0,
    remaining: float = 0.01,
    side: str = "demand",
    form: str = "discrete",
    language: str = "en",
) -> pd.DataFrame:
    """Give the rows of recovery_paths.csv: how sectors come back after a disruption.

    Parameters
    ----------
    table : IOTable
    disruption : DataFrame by sector code
        Columns initial (inoperability at the start, 0 to 1), time (steps that the sector takes on
        its own) and, optionally, lasting (lost demand or value added that stays, as a share of
        output). A row ``others`` gives the time of every sector without a row of its own.
    steps : int
        How far to go.
    per_year : float
        Steps in a year (12: months), for the loss in money.
    remaining, side, form
        As in `resilience_coefficients`; a discrete coefficient above 1 (a recovery within one
        step) is cut to 1.
    language : "en" or "zh"

    Returns
    -------
    DataFrame
        A row a step and sector; columns year, side, form, step, sector, name, resilience (the
        coefficient per step), inoperability, loss (money in the step that begins), cumulative
        (money up to its end).

    Raises
    ------
    InputError
        If a sector is unknown or stands twice, a cell is no number, sectors have no time, or as in
        `dynamic_inoperability`.

    Examples
    --------
    >>> from geo_resilience.chain import example_table
    >>> hit = pd.DataFrame({"initial": [0.5, 0.0], "time": [6, 12]}, index=["1", "2"])
    >>> found = disruption_table(example_table(), hit, steps=2)
    >>> found.query("sector == '1'")["inoperability"].round(3).tolist()
    [0.5, 0.232, 0.113]
    """
    flows = checked_flows(table.transactions, table.output)
    hit = _checked_disruption(disruption, table)
    speed = resilience_coefficients(
        flows, flows.x, hit["time"], remaining=remaining, side=side, form=form
    )
    speed = speed.clip(upper=1.0) if form == "discrete" else speed
    path = dynamic_inoperability(
        flows,
        flows.x,
        hit["initial"],
        resilience=speed,
        steps=steps,
        shock=hit["lasting"],
        side=side,
        form=form,
    )
    losses = path * (flows.x / per_year)
    found = path.stack().rename("inoperability").rename_axis(["step", "sector"]).reset_index()
    found["loss"] = losses.stack().to_numpy()
    found["cumulative"] = losses.cumsum().stack().to_numpy()
    found.insert(2, "name", found["sector"].map(table.names(language)))
    found.insert(3, "resilience", found["sector"].map(speed))
    for name, value in (("form", form), ("side", side)):
        found.insert(0, name, value)
    found.insert(0, "year", pd.array([table.year] * len(found), dtype="Int64"))
    return found


def _checked_disruption(disruption: pd.DataFrame, table: IOTable) -> pd.DataFrame:
    """Give initial, time and lasting of every sector."""
    problems = Problems()
    for column in ("initial", "time"):
        if column not in disruption.columns:
            known = list(disruption.columns)
            problems.add("chain.column_missing", column=column, known=known)
    problems.raise_if_any()
    given = disruption.rename(index=str)
    for code in given.index.difference([*table.codes, _OTHERS]):
        problems.unknown("chain.sector_unknown", code, table.codes)
    for code in given.index[given.index.duplicated()].unique():
        problems.add("chain.sector_twice", sector=code, file="disruption")
    columns = given.reindex(columns=["initial", "time", "lasting"])
    numbers = columns.apply(pd.to_numeric, errors="coerce")
    for row, column in np.argwhere((numbers.isna() & columns.notna()).to_numpy()):
        problems.add(
            "chain.not_finite",
            what="disruption",
            row=columns.index[row],
            column=columns.columns[column],
            found=columns.iloc[row, column],
        )
    problems.raise_if_any()
    full = numbers.reindex(table.codes)
    if _OTHERS in given.index:
        full["time"] = full["time"].fillna(numbers.loc[_OTHERS, "time"])
    lacking = full.index[full["time"].isna()]
    if len(lacking):
        raise InputError("chain.no_time", sectors=named(lacking), others=_OTHERS)
    return full.fillna({"initial": 0.0, "lasting": 0.0})


def shock_table(
    panels: Mapping[str, pd.DataFrame],
    *,
    shock: Years,
    recovered: Years,
    zones: Mapping[str, Sequence[str]] | None = None,
    names: pd.Series | None = None,
    kind: str = "zone",
) -> pd.DataFrame:
    """Give the rows of shock.csv: resistance and recovery by variable, region and zone.

    Parameters
    ----------
    panels : mapping of variable to DataFrame (rows regions, columns years)
    shock, recovered : (int, int)
        As in `resistance_recovery`; the nation is the sum of each panel.
    zones : mapping of id to members, optional
        Groups of regions, judged by their sums over members without blanks.
    names : Series by region or zone, optional
    kind : str
        What the groups are called in the column scope.

    Returns
    -------
    DataFrame
        Columns adcode (empty for a zone), scope ("region" or `kind`), group (id of a zone, else
        empty), name, variable, shock, recovered (texts such as 2019-2020), resistance, recovery,
        type, shock_growth, recovery_growth, national_shock_growth, national_recovery_growth, fell,
        nation_fell, years_to_regain.

    Examples
    --------
    >>> panel = pd.DataFrame({2019: [100, 100], 2020: [95, 85], 2023: [105, 111]}, ["11", "12"])
    >>> found = shock_table({"revenue": panel}, shock=(2019, 2020), recovered=(2020, 2023))
    >>> found[["adcode", "variable", "type"]]
      adcode variable                      type
    0     11  revenue  resistant, not recovered
    1     12  revenue  not resistant, recovered
    """
    if not panels:
        raise InputError("chain.nothing", what="panels")
    parts = []
    for variable, panel in panels.items():
        nation = panel.dropna().sum()
        units = {"region": panel.sort_index()}
        if zones:
            rows = {
                zone: panel.loc[panel.index.intersection(list(members))].dropna().sum(min_count=1)
                for zone, members in zones.items()
            }
            units[kind] = pd.DataFrame.from_dict(rows, orient="index")
        for scope, unit in units.items():
            found = resistance_recovery(unit, shock=shock, recovered=recovered, national=nation)
            found["years_to_regain"] = years_to_regain(unit, shock=shock)["years"]
            region = scope == "region"
            head = {
                "adcode": found.index if region else "",
                "scope": scope,
                "group": "" if region else found.index,
                "name": _names(found.index, names),
                "variable": variable,
                "shock": f"{shock[0]}-{shock[1]}",
                "recovered": f"{recovered[0]}-{recovered[1]}",
            }
            lead = pd.DataFrame(head, index=found.index)
            parts.append(lead.join(found))
    return pd.concat(parts, ignore_index=True)


def _names(index: pd.Index, names: pd.Series | None) -> list[str]:
    known = {} if names is None else names.to_dict()
    return [str(known.get(label, label)) for label in index]
