"""Tables beyond the index for the synthetic study, made of rules that can be told again."""

from __future__ import annotations

import numpy as np
import pandas as pd
from synthetic_results import YEARS, synthetic_results

from geo_resilience.spatial import moran, queen
from geo_resilience.spatial.dynamics._ellipse import ellipse_path
from geo_resilience.tables import CATALOG

CLUSTERS = ["high-high", "low-low", "high-low", "low-high", "not significant"]
SPOTS = ["hot", "cold", "not significant"]
LEVELS = ["none", "blue", "yellow", "orange", "red"]
KINDS = [
    f"{first}, {then}"
    for first in ("resistant", "not resistant")
    for then in ("recovered", "not recovered")
]
GRADES = ["low", "weaker", "medium", "strong", "high"]


def rows_of(results, year=None):
    scores = results.tables["scores"]
    return scores if year is None else scores[scores["year"] == year]


def local_table(results, rng):
    parts = []
    for variable in ("composite", "B1"):
        for statistic, kinds in (("local_moran", CLUSTERS), ("gi_star", SPOTS)):
            part = rows_of(results)[["adcode", "name", "year"]].assign(
                variable=variable, statistic=statistic
            )
            part["cluster"] = rng.choice(kinds, len(part))
            part["p_sim"] = rng.uniform(0.001, 1, len(part))
            part["q_value"] = np.minimum(1, part["p_sim"] * 1.5)
            parts.append(part)
    return pd.concat(parts, ignore_index=True)


def uncertainty_table(results, rng):
    table = rows_of(results)[["adcode", "name", "year"]].copy()
    composite = rows_of(results)["composite"]
    table["composite_low"], table["composite_high"] = composite - 0.1, composite + 0.12
    table["rank_low"] = (rows_of(results)["rank"] - 2).clip(lower=1)
    table["rank_high"] = rows_of(results)["rank"] + 3
    shares = rng.dirichlet(np.ones(5), len(table)).round(4)
    for place, grade in enumerate(GRADES):
        table[f"p_{grade}"] = shares[:, place]
    return table


def obstacles_table(results, rng):
    codes = results.framework.codes
    parts = []
    for key, year in rows_of(results)[["adcode", "year"]].itertuples(index=False):
        degrees = np.sort(rng.dirichlet(np.ones(len(codes))))[::-1]
        part = pd.DataFrame({"code": rng.permutation(codes), "degree": degrees})
        parts.append(
            part.assign(adcode=key, year=year, level="indicator", order=range(1, len(codes) + 1))
        )
    return pd.concat(parts, ignore_index=True)


def specialization_table(results, rng):
    parts = []
    for industry in ("hightech_revenue", "unheard_of"):
        part = rows_of(results)[["adcode", "year"]].assign(
            measure="location_quotient", industry=industry
        )
        part["value"] = np.exp(rng.normal(0, 0.9, len(part)))
        parts.append(part)
    return pd.concat(parts, ignore_index=True)


def coupling_table(results):
    base = rows_of(results)[["adcode", "year"]]
    own = rows_of(results)["composite"]
    forms = {"classic": own * 0.5, "corrected": np.sqrt(own)}
    return pd.concat(
        [base.assign(form=form, coordination=values) for form, values in forms.items()],
        ignore_index=True,
    )


def global_table(results, neighbors):
    rows = []
    for year in YEARS:
        values = rows_of(results, year).set_index("adcode")
        for variable in ("composite", "B1"):
            found = moran(values[variable], neighbors, permutations=99, rng=1)
            rows.append(
                {
                    "year": year,
                    "variable": variable,
                    "statistic": "moran",
                    "value": found.value,
                    "p_sim": found.p_sim,
                }
            )
    return pd.DataFrame(rows)


def pattern_table(results):
    rows = []
    groups = {"coastal_belt": "higher", "yangtze_river_belt": "not significant"}
    for year in YEARS:
        for group, verdict in groups.items():
            rows.append(
                {
                    "year": year,
                    "group": group,
                    "kind": "belt",
                    "variable": "composite",
                    "n": 11,
                    "difference": 0.128 if verdict == "higher" else 0.05,
                    "p_free": 0.01,
                    "p_spatial": 0.004 if verdict == "higher" else 0.02,
                    "q_spatial": 0.031 if verdict == "higher" else 0.36,
                    "verdict": verdict,
                }
            )
    return pd.DataFrame(rows)


def warnings_table(results, rng):
    table = rows_of(results)[["adcode", "name", "year"]].copy()
    table["level"] = rng.choice(LEVELS, len(table), p=[0.4, 0.25, 0.15, 0.1, 0.1])
    table["gravest"] = table["level"]
    table["indicator"] = rng.choice(results.framework.codes, len(table))
    table["rule"] = "worst"
    later = table[table["year"] == YEARS[-1]].assign(year=YEARS[-1] + 1)
    return pd.concat([table, later], ignore_index=True)


def shock_table(results, rng):
    keys = rows_of(results, YEARS[-1])[["adcode"]]
    spans = {"scope": "region", "shock": "2019-2020", "recovered": "2020-2023"}
    parts = [
        keys.assign(variable=variable, type=rng.choice(KINDS, len(keys)), **spans)
        for variable in ("hightech_revenue", "unheard_of")
    ]
    parts[1].loc[parts[1]["adcode"] == "110000", "type"] = np.nan
    zone = pd.DataFrame([{"adcode": np.nan, "variable": "hightech_revenue", "type": KINDS[0]}])
    return pd.concat([*parts, zone.assign(**{**spans, "scope": "zone"})], ignore_index=True)


def ellipse_table(results):
    frame = results.regions.frame
    parts = []
    for variable in ("composite", "B1"):
        panel = rows_of(results).pivot(index="adcode", columns="year", values=variable)
        path = ellipse_path(frame.loc[panel.index], panel).reset_index()
        parts.append(path.assign(variable=variable))
    return pd.concat(parts, ignore_index=True)


def other_gap(gaps):
    """A gap whose own p says what its corrected one does not."""
    found = {"value": -0.08, "low": -0.15, "high": -0.01, "p_value": 0.047, "p_holm": 0.141}
    return gaps.assign(measure="north_south_gap", **found)


def full_results(**changes):
    """The synthetic study with every table that the atlas can show."""
    results = synthetic_results()
    rng = np.random.default_rng(11)
    neighbors = queen(results.regions.without(["540000"]))
    gaps = results.tables["gaps"].assign(low=0.02, high=0.4, p_value=0.012, p_holm=0.06)
    values = gaps.sort_values("year")["value"].to_numpy()
    trend = pd.DataFrame(
        {
            "measure": ["east_west_gap"],
            "first_year": [gaps["year"].min()],
            "last_year": [gaps["year"].max()],
            "first": values[0],
            "last": values[-1],
            "change": values[-1] - values[0],
            "p_change": 0.312,
            "low": -0.031,
            "high": np.nan,
        }
    ).reindex(columns=CATALOG["gaps_trend"].names)
    results.tables.update(
        {
            "gaps": pd.concat([gaps, other_gap(gaps)], ignore_index=True),
            "gaps_trend": trend,
            "local": local_table(results, rng),
            "uncertainty": uncertainty_table(results, rng),
            "obstacles": obstacles_table(results, rng),
            "specialization": specialization_table(results, rng),
            "coupling": coupling_table(results),
            "global": global_table(results, neighbors),
            "pattern": pattern_table(results),
            "warnings": warnings_table(results, rng),
            "shock": shock_table(results, rng),
            "ellipse": ellipse_table(results),
        }
    )
    results.neighbors = neighbors
    for name, value in changes.items():
        setattr(results, name, value)
    return results
