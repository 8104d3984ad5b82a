"""The chain: key sectors, single points, what a loss costs, shock and recovery, specialization."""

from __future__ import annotations

import pandas as pd

from geo_resilience.report._blocks import Block, DataTable, Finding, Picture, Sentence
from geo_resilience.report._chain_lines import of_last_year
from geo_resilience.report._grids import Shown, grid
from geo_resilience.report._teller import Teller

#: Rows of the tables of sectors and regions, and of that of location quotients.
MOST, MOST_QUOTIENTS = 6, 10

_SECTORS = (
    Shown("sector", "named", "text"),
    Shown("backward", "backward", ".2f"),
    Shown("forward", "forward", ".2f"),
    Shown("multiplier", "multiplier", ".2f"),
)
_LOSSES = (Shown("sector", "named", "text"), Shown("loss_share", "share", "points"))
_POINTS = (
    Shown("supplier", "supplier_named", "text"),
    Shown("buyer", "buyer_named", "text"),
    Shown("share", "share", "percent"),
)
_SHOCK = (
    Shown("region", "adcode", "region"),
    Shown("resistance", "resistance", "+.2f"),
    Shown("recovery", "recovery", "+.2f"),
    Shown("type", "kind", "word:report.shock_type.{}"),
)
_QUOTIENTS = (Shown("region", "adcode", "region"), Shown("quotient", "value", ".2f"))


def chain(tell: Teller) -> list[Block]:
    """Show key sectors, what their loss costs, single points, and the shock."""
    blocks: list[Block] = []
    found = loss(tell)
    if found:
        blocks.append(Sentence(tell.paired(found)))
    return [*blocks, *_sectors(tell), *_shock(tell)]


def _named(
    tell: Teller, rows: pd.DataFrame, sector: str = "sector", to: str = "named"
) -> pd.DataFrame:
    """Name sectors in the language of the report where the linkages know both names."""
    both = tell.rows("io_linkages")
    own = both.get(f"name_{tell.language}", both["name"])
    names = pd.Series(own.to_numpy(), index=both["sector"]).groupby(level=0).first()
    return rows.assign(**{to: rows[sector].map(names).fillna(rows[sector])})


def loss(tell: Teller) -> Finding | None:
    """Find the sector whose loss costs most."""
    rows = of_last_year(tell.rows("extraction", kind="total"))
    if rows.empty:
        return None
    rows = _named(tell, rows)
    label = rows["share"].idxmax()
    told = {
        "sector": rows.at[label, "named"],
        "share": tell.cite("extraction", rows, label, "share", "points"),
    }
    return Finding(
        tell.say("report.loss.claim", **told), tell.say("report.loss.numbers", **told), "", "chain"
    )


def _sectors(tell: Teller) -> list[Block]:
    rows = of_last_year(tell.rows("io_linkages"))
    if rows.empty:
        return []
    rows = _named(tell, rows[rows["technology"] == rows["technology"].iloc[0]])
    key = rows[rows["quadrant"] == "key"].copy()
    key = key.loc[
        (key["backward"] + key["forward"]).sort_values(ascending=False, kind="stable").index
    ]
    losses = _named(tell, of_last_year(tell.rows("extraction", kind="total")))
    losses = losses.sort_values("share", ascending=False, kind="stable")
    lost = loss(tell)
    return [
        Picture("extraction_bars", lost.claim if lost else ""),
        *grid(tell, "extraction", losses, _dated(tell, "losses", losses), _LOSSES, most=MOST),
        *_points(tell),
        Picture("linkage_quadrants"),
        *grid(tell, "io_linkages", key, _dated(tell, "key", rows), _SECTORS, most=MOST),
    ]


def _dated(tell: Teller, name: str, rows: pd.DataFrame) -> str:
    """Caption a table of the last input-output table, its year behind where there is one."""
    caption, years = tell.say(f"report.chain.{name}"), rows["year"].dropna()
    if years.empty:
        return caption
    return tell.say("report.chain.dated", caption=caption, year=int(years.iloc[0]))


def _points(tell: Teller) -> list[DataTable]:
    rows = of_last_year(tell.rows("single_points")).sort_values(
        "share", ascending=False, kind="stable"
    )
    for side in ("supplier", "buyer"):
        rows = _named(tell, rows, side, f"{side}_named")
    caption = _dated(tell, "points", rows)
    return grid(tell, "single_points", rows, caption, _POINTS, most=MOST)


def _shock(tell: Teller) -> list[Block]:
    """Show resistance and recovery of the first variable, the strongest first."""
    rows = tell.rows("shock", scope="region")
    if rows.empty:
        return []
    variable = rows["variable"].iloc[0]
    rows = rows[rows["variable"] == variable].sort_values(
        "resistance", ascending=False, kind="stable"
    )
    rows = rows.assign(kind=rows["type"].str.replace(", ", "_"))
    caption = tell.say(
        "report.chain.shock",
        variable=tell.variable(variable),
        shock=tell.span_of(rows["shock"].iloc[0]),
        recovered=tell.span_of(rows["recovered"].iloc[0]),
    )
    return [
        *_grew(tell, rows),
        Picture("recovery_scatter"),
        *grid(tell, "shock", rows, caption, _SHOCK, most=MOST),
    ]


def _grew(tell: Teller, rows: pd.DataFrame) -> list[Sentence]:
    """Say where the nation did not fall in the shock: resistance then means something else."""
    label = rows.index[0]
    if not rows.at[label, "national_shock_growth"] > 0:
        return []
    growth = tell.cite("shock", rows, label, "national_shock_growth", "points")
    shock = tell.span_of(rows.at[label, "shock"])
    return [Sentence(tell.say("report.chain.grew", shock=shock, growth=growth))]


def specialization(tell: Teller) -> list[Block]:
    """Show where the first industry concentrates."""
    rows = tell.last("specialization", measure="location_quotient")
    if rows.empty:
        return []
    industry = rows["industry"].iloc[0]
    rows = rows[rows["industry"] == industry].sort_values("value", ascending=False, kind="stable")
    above = rows[rows["value"] > 1]
    told = {
        "industry": tell.variable(industry),
        "count": tell.counted("specialization", above, "adcode"),
        "regions": len(rows),
        "year": tell.year(tell.span[1]),
    }
    caption = tell.say("report.specialization.quotients", **told)
    return [
        Sentence(tell.say("report.specialization.told", **told)),
        Picture("quotient_map"),
        *grid(tell, "specialization", rows, caption, _QUOTIENTS, most=MOST_QUOTIENTS),
    ]
