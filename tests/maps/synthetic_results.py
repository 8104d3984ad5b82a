"""A study made of rules instead of tables: real ground and groups, figures from a formula."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd

from geo_resilience.indicators import read_framework
from geo_resilience.regions import read_boundaries, read_groups
from geo_resilience.results import Found
from geo_resilience.tables import CATALOG
from geo_resilience.text import Text

TITLE_ZH = "高技术制造业产业链韧性"
YEARS = [2018, 2019, 2020, 2021, 2022, 2023]
STRONG = {
    "110000": 0.42,
    "440000": 0.40,
    "310000": 0.34,
    "330000": 0.30,
    "320000": 0.30,
    "420000": 0.22,
}


def indicator_values(keys, years, codes, seed=7):
    """Shares in [0, 1] that grow a little and differ by region."""
    rng = np.random.default_rng(seed)
    rows = pd.MultiIndex.from_product([keys, years], names=["adcode", "year"])
    own = {key: STRONG.get(key, 0.0) + 0.16 + 0.12 * rng.random() for key in keys}
    base = np.array([own[key] for key, _ in rows])
    trend = np.array([0.012 * (year - years[0]) for _, year in rows])
    noise = 0.16 * rng.standard_normal((len(rows), len(codes)))
    values = np.clip(base[:, None] + trend[:, None] + noise, 0, 1)
    return pd.DataFrame(values, index=rows, columns=codes)


def scores_table(values, framework, frame):
    weights = pd.Series({i.code: i.weight for i in framework.indicators}, dtype=float)
    dimension_of = {i.code: i.dimension for i in framework.indicators}
    out = pd.DataFrame(index=values.index)
    for dimension in framework.dimensions:
        own = [code for code in values.columns if dimension_of[code] == dimension.code]
        out[dimension.code] = (values[own] * weights[own]).sum(axis=1) / weights[own].sum()
    out["composite"] = (values * weights).sum(axis=1).round(12)
    names = ["Low", "Weaker", "Medium", "Strong", "High"]
    out["grade"] = pd.Categorical(
        [names[i] for i in np.searchsorted([0.2, 0.4, 0.6, 0.8], out["composite"], side="right")],
        categories=names,
        ordered=True,
    )
    out["rank"] = out.groupby("year")["composite"].rank(method="min", ascending=False).astype(int)
    out = out.reset_index()
    out.insert(1, "name", out["adcode"].map(frame["name"]))
    return out


def weights_table(framework):
    weights = {each.code: each.weight for each in framework.indicators}
    return pd.DataFrame({"code": list(weights), "used": list(weights.values())})


def mean_of(by_key, zones, ids):
    return by_key.reindex([key for zone in ids for key in zones[zone]]).mean()


def synthetic_results(**changes):
    """A Results-like object; any field can be replaced."""
    regions = read_boundaries()
    framework = read_framework("high_tech")
    keys = [key for key in regions.keys if key != "540000"]
    values = indicator_values(keys, YEARS, framework.codes)
    scores = scores_table(values, framework, regions.frame)
    raw = values * [100, 8, 0.2, 3, 40, 120000, 5, 4, 3, 12, 60, 2]
    gap = []
    for year, rows in scores.groupby("year"):
        by_key = rows.set_index("adcode")["composite"]
        zones = read_groups()["zones"].members
        gap.append(
            {
                "year": year,
                "measure": "east_west_gap",
                "value": mean_of(by_key, zones, ["east"])
                - mean_of(by_key, zones, ["central", "west"]),
            }
        )
    fields = {
        "title": "Resilience of the high-tech manufacturing chain",
        "language": "en",
        "regions": regions,
        "excluded": ("540000",),
        "groupings": read_groups(),
        "framework": framework,
        "panel": SimpleNamespace(values=values),
        "raw": raw,
        "tables": {
            "scores": scores,
            "gaps": pd.DataFrame(gap).reindex(columns=CATALOG["gaps"].names),
            "weights": weights_table(framework),
        },
        "notes": (),
        "provenance": {},
    }
    made = {**fields, **changes}
    titles = {"en": made["title"], "zh": made["title"] if "title" in changes else TITLE_ZH}
    sources = {"index": made["framework"].source}
    found = Found(years=tuple(YEARS), titles=Text(titles), sources=sources)
    return SimpleNamespace(**{"found": found, **made})
