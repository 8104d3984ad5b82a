"""How regions came through a shock: resistance, recovery and what the index had said before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from geo_resilience.chain.inputoutput._flows import named
from geo_resilience.errors import InputError, Problems, UndefinedError
from geo_resilience.notes import Note
from geo_resilience.statistics._associations import pearson, spearman
from geo_resilience.text import Text

#: The four types: (resistant, recovered).
SHOCK_TYPES: tuple[str, ...] = (
    "resistant, recovered",
    "resistant, not recovered",
    "not resistant, recovered",
    "not resistant, not recovered",
)
Years = tuple[int, int]


def _dated(panel: pd.DataFrame) -> pd.DataFrame:
    """Give years that were read as text their numbers."""
    return panel.rename(columns=lambda year: int(year) if str(year).isdigit() else year)


def _checked(panel: pd.DataFrame, years: Sequence[int], what: str) -> pd.DataFrame:
    """Give the columns of these years as floats; all problems at once."""
    panel, problems = _dated(panel), Problems()
    lacking = [year for year in years if year not in panel.columns]
    if lacking:
        problems.add("chain.years_missing", what=what, years=lacking, known=list(panel.columns))
        problems.raise_if_any()
    for label in panel.index[panel.index.duplicated()].unique():
        problems.add("chain.region_twice", region=label, what=what)
    frame = panel[list(dict.fromkeys(years))].apply(pd.to_numeric, errors="coerce")
    wrong = np.argwhere((frame <= 0).to_numpy() | np.isinf(frame.to_numpy(dtype=float)))
    for row, column in wrong[:20]:
        problems.add(
            "chain.not_positive",
            what=what,
            region=frame.index[row],
            year=frame.columns[column],
            found=panel[frame.columns[column]].iloc[row],
        )
    problems.raise_if_any()
    return frame


def _spanned(years: Years) -> str:
    return f"{years[0]}-{years[1]}"


def _in_order(years: Years, option: str) -> None:
    if len(years) != 2 or not years[0] < years[1]:
        raise InputError("chain.years_order", option=option, found=list(years))


def _expected(frame: pd.DataFrame, national: pd.DataFrame, years: Years) -> pd.DataFrame:
    """Actual and expected change of each region: national growth per sector times its base."""
    first, last = years
    growth = national[last] / national[first] - 1
    by_sector = isinstance(frame.index, pd.MultiIndex)
    rate = (
        growth.reindex(frame.index.get_level_values(-1)).to_numpy() if by_sector else growth.iat[0]
    )
    changes = pd.DataFrame(
        {
            "change": frame[last] - frame[first],
            "expected": frame[first] * rate,
            "base": frame[first],
        }
    )
    if by_sector:
        # A region with a blank in any sector has no sum.
        whole = changes.notna().all(axis=1).groupby(level=0, sort=False).all()
        changes = changes.groupby(level=0, sort=False).sum()
        changes = changes[whole].reindex(changes.index)
    return changes


def _national(frame: pd.DataFrame, national: pd.Series | pd.DataFrame | None) -> pd.DataFrame:
    """Give the nation's values: a row a sector (one without sectors), a column a year."""
    by_sector = isinstance(frame.index, pd.MultiIndex)
    if national is None:
        # A region with a blank in one year would fake a change of the nation.
        whole = frame.dropna()
        if whole.empty:
            raise InputError("chain.no_region_whole")
        if by_sector:
            return whole.groupby(level=-1, sort=False).sum()
        return whole.sum().to_frame().T
    given = national.to_frame().T if isinstance(national, pd.Series) else national
    given = _checked(given, list(frame.columns), "national")
    if by_sector:
        lacking = frame.index.get_level_values(-1).unique().difference(given.index)
        if len(lacking):
            raise InputError("chain.sector_missing", what="national", sectors=named(lacking))
    return given


def _index(changes: pd.DataFrame, years: Years) -> pd.Series:
    expected = changes["expected"]
    if (expected == 0).any():
        raise UndefinedError("chain.nation_still", first=years[0], last=years[1])
    return (changes["change"] - expected) / expected.abs()


def resistance_recovery(
    panel: pd.DataFrame,
    shock: Years = (2019, 2020),
    recovered: Years = (2020, 2023),
    *,
    national: pd.Series | pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Give each region's resistance to a shock and its recovery, against the national path.

    ``(dE_r - dE_r^exp) / |dE_r^exp|`` over the shock (resistance) and after it (recovery), where
    the expected change is the region's base times the nation's growth (by sector and summed, if
    the panel has sectors). Above 0 the region did better than if it had gone with the nation.
    Where the nation grew in the shock years the index is growth relative to the nation, and no
    resistance to a fall: column nation_fell says which.

    Parameters
    ----------
    panel : DataFrame, rows regions (or region, sector), columns years
        A positive quantity: revenue, product, employment. A blank makes the region's result NaN
        and leaves it out of the nation's sum.
    shock, recovered : (int, int)
        First and last year of the shock and of the recovery.
    national : Series by year, or DataFrame (rows sectors, columns years), optional
        The nation; the sum over the panel's regions if left out.

    Returns
    -------
    DataFrame
        A row a region; columns resistance, recovery, type ("resistant, recovered" ...; at least
        0 counts as resistant or recovered), shock_growth, recovery_growth, national_shock_growth,
        national_recovery_growth (shares), fell, nation_fell.

    Raises
    ------
    InputError
        If years are missing or out of order, or a value is not above 0.
    UndefinedError
        If the nation did not change at all.

    References
    ----------
    .. [1] Martin, R. (2012). Regional economic resilience, hysteresis and recessionary shocks.
       Journal of Economic Geography 12(1), 1-32.
    .. [2] Martin, R. and Gardiner, B. (2019). The resilience of cities to economic shocks: a tale
       of four recessions (and the challenge of Brexit). Papers in Regional Science 98(4),
       1801-1832.

    Examples
    --------
    The nation falls by a tenth and grows by a fifth; region a falls by 5 % only:

    >>> panel = pd.DataFrame({2019: [100, 100], 2020: [95, 85], 2023: [105, 111]}, ["a", "b"])
    >>> resistance_recovery(panel)[["resistance", "recovery", "type"]].round(3)
       resistance  recovery                      type
    a         0.5    -0.474  resistant, not recovered
    b        -0.5     0.529  not resistant, recovered
    """
    _in_order(shock, "shock")
    _in_order(recovered, "recovered")
    frame = _checked(panel, [*shock, *recovered], "panel")
    nation = _national(frame, national)
    during = _expected(frame, nation, shock)
    after = _expected(frame, nation, recovered)
    table = pd.DataFrame(
        {"resistance": _index(during, shock), "recovery": _index(after, recovered)}
    )
    # Equal to the nation but for rounding counts as resistant.
    stood, came = table["resistance"].round(12) >= 0, table["recovery"].round(12) >= 0
    names = np.select([stood & came, stood, came], SHOCK_TYPES[:3], default=SHOCK_TYPES[3])
    kinds = pd.Series(names, index=table.index).where(table.notna().all(axis=1))
    table["type"] = pd.Categorical(kinds, categories=list(SHOCK_TYPES))
    total = nation.sum()
    table["shock_growth"] = during["change"] / during["base"]
    table["recovery_growth"] = after["change"] / after["base"]
    table["national_shock_growth"] = total[shock[1]] / total[shock[0]] - 1
    table["national_recovery_growth"] = total[recovered[1]] / total[recovered[0]] - 1
    fell = pd.array(table["shock_growth"] < 0, dtype="boolean")
    table["fell"] = pd.Series(fell, index=table.index).mask(table["shock_growth"].isna())
    table["nation_fell"] = bool(total[shock[1]] < total[shock[0]])
    return table


def shock_note(table: pd.DataFrame, *, shock: Years, variable: str | Text) -> Note | None:
    """Give the note that the nation grew in the shock years, so that the index is relative."""
    if table.empty or bool(table["nation_fell"].iloc[0]):
        return None
    growth = f"{table['national_shock_growth'].iloc[0]:+.1%}"
    values = {"variable": variable, "first": shock[0], "last": shock[1], "growth": growth}
    return Note("chain.nation_grew", values=values)


def vary_base_years(
    panel: pd.DataFrame,
    *,
    shocks: Sequence[Years],
    recoveries: Sequence[Years],
    national: pd.Series | pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Give resistance and recovery for several choices of base years.

    Parameters
    ----------
    panel, national
        As in `resistance_recovery`.
    shocks, recoveries : sequence of (int, int)
        Every pair of one and one is computed.

    Returns
    -------
    DataFrame
        Plain index; columns region, shock, recovered (texts such as 2019-2020), resistance,
        recovery, type, and stable: whether the region has one type under every choice.

    Examples
    --------
    >>> panel = pd.DataFrame({2018: [99, 99], 2019: [100, 100], 2020: [95, 85], 2021: [99, 90]})
    >>> shocks = [(2018, 2020), (2019, 2020)]
    >>> table = vary_base_years(panel, shocks=shocks, recoveries=[(2020, 2021)])
    >>> table["stable"].tolist()
    [True, True, True, True]
    """
    parts = []
    for first in shocks:
        for second in recoveries:
            found = resistance_recovery(panel, shock=first, recovered=second, national=national)
            part = found[["resistance", "recovery", "type"]].rename_axis("region").reset_index()
            part.insert(1, "shock", _spanned(first))
            part.insert(2, "recovered", _spanned(second))
            parts.append(part)
    table = pd.concat(parts, ignore_index=True)
    kinds = table.groupby("region", sort=False)["type"].transform("nunique", dropna=False)
    return table.assign(stable=kinds == 1)


def years_to_regain(panel: pd.DataFrame, *, shock: Years) -> pd.DataFrame:
    """Give the years a region took to regain its former peak, where it fell at all.

    Parameters
    ----------
    panel : DataFrame, rows regions, columns years
    shock : (int, int)
        Base year and shock year; the peak is the largest value up to the base year.

    Returns
    -------
    DataFrame
        A row a region; columns fell (in the shock year below the base year), peak_year, years
        (from the shock's base year to the first later year at or above the peak; missing where
        there was no fall, or the peak is not regained in the data) and regained (missing where
        there was no fall).

    Examples
    --------
    >>> panel = pd.DataFrame({2019: [100, 100], 2020: [95, 105], 2021: [99, 1], 2022: [101, 1]})
    >>> years_to_regain(panel, shock=(2019, 2020))[["fell", "years"]]
        fell  years
    0   True      3
    1  False   <NA>
    """
    _in_order(shock, "shock")
    panel = _dated(panel)
    years = sorted(panel.columns)
    frame = _checked(panel, [*shock, *years], "panel")
    before = frame[[year for year in years if year <= shock[0]]]
    later = frame[[year for year in years if year > shock[0]]]
    fell = frame[shock[1]] < frame[shock[0]]
    reached = later.ge(before.max(axis=1), axis=0)
    back = reached.idxmax(axis=1).where(reached.any(axis=1) & fell)
    table = pd.DataFrame({"fell": fell.astype("boolean")}, index=frame.index)
    table["fell"] = table["fell"].mask(frame[list(shock)].isna().any(axis=1))
    full = before.notna().any(axis=1)
    table["peak_year"] = before.fillna(-np.inf).idxmax(axis=1).where(full).astype("Int64")
    table["years"] = (pd.to_numeric(back) - shock[0]).astype("Int64")
    table["regained"] = reached.any(axis=1).astype("boolean").where(fell, pd.NA)
    return table


def foretelling(
    before: pd.Series, outcomes: pd.DataFrame | Mapping[str, pd.Series]
) -> pd.DataFrame:
    """Give how an index of before the shock goes with what came of it.

    Parameters
    ----------
    before : Series by region
        The composite (or anything) of a year before the shock.
    outcomes : DataFrame, rows regions
        Columns such as resistance and recovery; only numeric ones are used.

    Returns
    -------
    DataFrame
        A row an outcome; columns n (regions in both), pearson, p_pearson, spearman, p_spearman
        (two-sided). NaN below four regions or where one side does not vary.

    Notes
    -----
    Resistance and recovery are ratios to an expected change that may be small, so that a few
    regions can carry Pearson's coefficient: read Spearman's first. Correlation between an index
    and growth within the same span is no forecast either, hence an index of before.

    Examples
    --------
    >>> index = pd.Series([0.1, 0.2, 0.3, 0.4, 0.5])
    >>> foretelling(index, pd.DataFrame({"resistance": [1, 2, 3, 5, 4]}))["spearman"].round(2)
    resistance    0.9
    Name: spearman, dtype: float64
    """
    frame = pd.DataFrame(outcomes).select_dtypes("number")
    rows = {}
    for name, column in frame.items():
        pair = pd.concat([before.rename("x"), column.rename("y")], axis=1, join="inner").dropna()
        x, y = pair["x"].to_numpy(dtype=float), pair["y"].to_numpy(dtype=float)
        row = {"n": len(pair), "pearson": np.nan, "p_pearson": np.nan}
        row |= {"spearman": np.nan, "p_spearman": np.nan}
        if len(pair) >= 4 and np.ptp(x) > 0 and np.ptp(y) > 0:
            row["pearson"], row["p_pearson"] = pearson(x, y)
            row["spearman"], row["p_spearman"] = spearman(x, y)
        rows[name] = row
    columns = ["n", "pearson", "p_pearson", "spearman", "p_spearman"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns)


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


def shock_table(
    panels: Mapping[str, pd.DataFrame],
    *,
    shock: Years,
    recovered: Years,
    zones: Mapping[str, Sequence[str]] | None = None,
) -> pd.DataFrame:
    """Give the rows of shock.csv: resistance and recovery by variable, region and zone.

    Panels are regions by years; the nation is the sum of each, a zone the sum over its
    members without blanks.
    """
    parts = []
    for variable, panel in _given(panels).items():
        nation = panel.dropna().sum()
        units = {"region": panel.sort_index()}
        if zones:
            rows = {
                zone: panel.loc[panel.index.intersection(list(members))].dropna().sum(min_count=1)
                for zone, members in zones.items()
            }
            units["zone"] = pd.DataFrame.from_dict(rows, orient="index")
        for scope, unit in units.items():
            found = resistance_recovery(unit, shock=shock, recovered=recovered, national=nation)
            found["years_to_regain"] = years_to_regain(unit, shock=shock)["years"]
            found["adcode"], found["group"] = _placed(found.index, scope)
            parts.append(found.assign(scope=scope, variable=variable))
    whole = pd.concat(parts, ignore_index=True)
    return whole.assign(shock=_spanned(shock), recovered=_spanned(recovered))


def _given(panels: Mapping[str, pd.DataFrame]) -> Mapping[str, pd.DataFrame]:
    if not panels:
        raise InputError("chain.nothing", what="panels")
    return panels


def _placed(labels: pd.Index, scope: str) -> tuple[pd.Index | str, pd.Index | str]:
    """Give the columns adcode and group of rows of a scope; the nation's are both empty."""
    return labels if scope == "region" else "", "" if scope in ("region", "nation") else labels


def shock_path_table(
    panels: Mapping[str, pd.DataFrame],
    *,
    base: int,
    zones: Mapping[str, Sequence[str]] | None = None,
) -> pd.DataFrame:
    """Give the rows of shock_paths.csv: each year beside the base year, which is 100.

    The nation is the sum over regions without a blank in any year; a zone is blank in a year in
    which a member is. ``relative`` is the index over the nation's, 100 where they go together.
    """
    parts = []
    for variable, panel in _given(panels).items():
        ordered = panel.rename(columns=int).sort_index().sort_index(axis=1).astype(float)
        _check_base(ordered, base, variable)
        nation = ordered.dropna().sum()
        units = {"nation": nation.to_frame("").T}
        rows = {}
        for zone, members in (zones or {}).items():
            there = ordered.loc[ordered.index.intersection(list(members))]
            rows[zone] = there.sum(skipna=False) if len(there) else nation * float("nan")
        if rows:
            units["zone"] = pd.DataFrame(rows).T
        units["region"] = ordered.rename(index=str)
        for scope, unit in units.items():
            found = unit.rename_axis(index="unit", columns="year").stack(future_stack=True)
            found = found.rename("value").reset_index()
            found["adcode"], found["group"] = _placed(found.pop("unit"), scope)
            firsts = np.repeat(unit[base].to_numpy(), unit.shape[1])
            found["index"] = found["value"] / firsts * 100
            found["national_index"] = np.tile((nation / nation[base] * 100).to_numpy(), len(unit))
            found["relative"] = found["index"] / found["national_index"] * 100
            parts.append(found.assign(scope=scope, variable=variable))
    return pd.concat(parts, ignore_index=True)


def shock_variation_table(
    panels: Mapping[str, pd.DataFrame], *, shock: Years, recovered: Years
) -> pd.DataFrame:
    """Give the rows of shock_variation.csv: the types under other base years.

    Varied are the year before the shock (the one before it too, where there are data) and the
    year by which there was recovery (every one up to it).
    """
    parts = []
    for variable, panel in _given(panels).items():
        ordered = panel.rename(columns=int).sort_index()
        years = set(ordered.columns)
        before = [(first, shock[1]) for first in (shock[0] - 1, shock[0]) if first in years]
        later = [last for last in range(recovered[0] + 1, recovered[1] + 1) if last in years]
        after = [(recovered[0], last) for last in later]
        found = vary_base_years(ordered, shocks=before or [shock], recoveries=after or [recovered])
        found = found.rename(columns={"region": "adcode"}).astype({"adcode": str})
        parts.append(found.assign(variable=variable).sort_values("adcode", kind="stable"))
    return pd.concat(parts, ignore_index=True)
