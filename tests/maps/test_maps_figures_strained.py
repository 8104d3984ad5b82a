"""Every figure on tables that strain it: a sound figure or a clear error, never a broken one."""

import re
import warnings
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from editions_for_tests import with_changes
from matplotlib.text import Text

import geo_resilience as gr
from geo_resilience.chain.management._risks import risk_table
from geo_resilience.chain.management._targets import target_table
from geo_resilience.errors import InputError
from geo_resilience.maps import figures
from geo_resilience.regions import Regions
from geo_resilience.text import Text as Name

LONG = "A very long name of an administrative unit that nobody can say aloud"[:60]

#: Columns that count or name rather than measure.
KEPT = {
    *("year", "first_year", "year_before", "target_year"),
    *("n", "removed", "draws", "permutations", "order"),
}


@pytest.fixture(scope="module")
def study(bundled_run):
    """The bundled study, with the worked example's risks and targets and a supposition beside."""
    found = with_changes(gr.study.read_results(bundled_run[1]))
    risks = risk_table(gr.chain.read_example("table_4_6"))
    targets = target_table(gr.chain.read_example("table_4_1"))
    supposed = {"risks": risks, "targets": targets, "what_if": turned_around(found)}
    return changed(found, {**found.tables, **supposed})


def turned_around(found):
    """A supposition under which the last regions become the first."""
    scores = found["scores"].query("year == 2023")
    return scores.assign(
        scenario="Turned around",
        new_composite=1 - scores["composite"],
        new_rank=len(scores) + 1 - scores["rank"],
        reason=None,
    )


def changed(study, tables, **others):
    return type(study)(**{**study.__dict__, "tables": tables, **others})


def measured(table):
    """Columns of a table that hold measurements."""
    numbers = table.select_dtypes("number").columns
    return [name for name in numbers if name not in KEPT]


def one_year(study):
    last = study.years[-1]
    tables = {
        stem: table[table["year"] == last] if "year" in table and (table["year"] == last).any()
        else table
        for stem, table in study.tables.items()
    }  # fmt: skip
    return changed(study, tables)


def some_regions(study, keys):
    frame = study.regions.frame.loc[keys]
    tables = {
        stem: table[table["adcode"].astype(str).isin([*keys, ""])] if "adcode" in table else table
        for stem, table in study.tables.items()
    }
    return changed(study, tables, regions=Regions(frame, "few.gpkg"))


def all_equal(study):
    tables = {
        stem: table.assign(**dict.fromkeys(measured(table), 0.5))
        for stem, table in study.tables.items()
    }
    tables["scores"] = tables["scores"].assign(grade="Medium", rank=1)
    return changed(study, tables)


def without_values(study, share):
    """Blank the measurements of all regions, or of every third one."""
    tables = {}
    for stem, table in study.tables.items():
        rows = np.arange(len(table)) % 3 == 0 if share < 1 else np.full(len(table), True)
        if share < 1 and "adcode" in table:
            keys = sorted(set(table["adcode"].dropna().astype(str)))[::3]
            rows = table["adcode"].astype(str).isin(keys).to_numpy()
        blank = table.copy()
        for name in measured(table):
            blank[name] = blank[name].astype(float).mask(rows)
        if stem == "scores":
            blank["grade"] = blank["grade"].astype(object).mask(rows)
        tables[stem] = blank
    return changed(study, tables)


def long_names(study):
    frame = study.regions.frame.assign(name=[f"{n} {LONG}"[:60] for n in range(31)])
    groupings = {
        name: replace(
            grouping,
            groups=tuple(
                replace(group, name=Name(f"{group.name} {LONG}"[:60])) for group in grouping.groups
            ),
        )
        for name, grouping in study.groupings.items()
    }
    tables = dict(study.tables)
    for stem in ("io_linkages", "removal", "risks", "targets"):
        table = tables[stem].copy()
        table["name"] = [f"{n} {LONG}"[:60] for n in range(len(table))]
        tables[stem] = table.drop(columns=["name_en"], errors="ignore")
    return changed(study, tables, regions=Regions(frame, "long.gpkg"), groupings=groupings)


def an_empty_group(study):
    groupings = {}
    for name, grouping in study.groupings.items():
        nobody = replace(grouping.groups[0], id="nobody", name="Nobody", members=())
        groupings[name] = replace(grouping, groups=(nobody, *grouping.groups))
    return changed(study, study.tables, groupings=groupings)


def counties(study):
    """Every region ninety-three times over, on squares: 2,883 in all."""
    keys, times = list(study.regions.frame.index), 93
    tables = {}
    for stem, table in study.tables.items():
        if "adcode" not in table or stem in ("rank_pairs", "trace"):
            tables[stem] = table
            continue
        own = table["adcode"].astype(str).isin(keys)
        copies = [
            table[own].assign(adcode=table["adcode"][own].astype(str) + f"{turn:02d}")
            for turn in range(times)
        ]
        tables[stem] = pd.concat([table[~own], *copies], ignore_index=True)
    names = [f"{key}{turn:02d}" for turn in range(times) for key in keys]
    squares = [shapely.box(n % 60, n // 60, n % 60 + 1, n // 60 + 1) for n in range(len(names))]
    frame = gpd.GeoDataFrame(
        {"name": [f"County {name}" for name in names], "name_zh": ""},
        geometry=squares,
        index=pd.Index(names, name="adcode"),
        crs=4326,
    )
    groupings = {}
    for name, grouping in study.groupings.items():
        groups = tuple(
            replace(
                group,
                members=tuple(f"{key}{turn:02d}" for turn in range(times) for key in group.members),
            )
            for group in grouping.groups
        )
        groupings[name] = replace(grouping, groups=groups)
    regions = Regions(frame, "counties.gpkg")
    return changed(study, tables, regions=regions, groupings=groupings)


CASES = {
    "one_year": one_year,
    "one_region": lambda study: some_regions(study, ["110000"]),
    "two_regions": lambda study: some_regions(study, ["110000", "440000"]),
    "equal": all_equal,
    "no_values": lambda study: without_values(study, 1.0),
    "few_values": lambda study: without_values(study, 0.3),
    "long_and_empty_group": lambda study: an_empty_group(long_names(study)),
    "counties": counties,
}

#: Left to "make slow": what takes long, and what repeats most of another.
OTHERS = ("counties", "equal", "no_values", "one_region", "two_regions")

#: What has to be drawn whatever strains it, in these cases.
ALWAYS = ("one_year", "few_values", "long_and_empty_group", "counties")


def strays(sheet):
    """Texts that leave the sheet by more than a hair."""
    renderer = sheet.canvas.get_renderer()
    for text in sheet.findobj(Text):
        if not text.get_visible() or not text.get_text().strip() or text.get_clip_on():
            continue
        axes = text.axes
        box = text.get_window_extent(renderer)
        if axes is not None and (box.y1 < axes.bbox.y0 - 60 or box.x1 < axes.bbox.x0 - 400):
            continue
        outside = max(-box.x0, -box.y0, box.x1 - sheet.bbox.x1, box.y1 - sheet.bbox.y1)
        if outside > 2:
            yield text.get_text(), round(outside)


#: Figures of what moved from one year to another.
MOVES = {"change_map", "change_bars", "rank_lines"}


@pytest.mark.parametrize(
    "case",
    [pytest.param(case, marks=pytest.mark.slow if case in OTHERS else ()) for case in CASES],
)
def test_every_figure_stands_the_strain_or_says_why(study, case):
    strained = CASES[case](study)
    refused = {}
    for name in figures.names():
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            try:
                sheet = getattr(figures, name)(strained)
            except InputError as error:
                refused[name] = str(error)
                continue
            sheet.draw_without_rendering()
        texts = [text.get_text() for text in sheet.findobj(Text) if text.get_visible()]
        told = " ".join([sheet.alternative_text, *texts])
        assert not re.search(r"\b(nan|inf|None)\b", told), (name, told)
        assert list(strays(sheet)) == [], name
    excused = MOVES if case == "one_year" else set()
    assert case not in ALWAYS or set(refused) <= excused, refused
    for name, message in refused.items():
        assert len(message) > 20 and "nan" not in message, name


def test_bars_of_change_add_up_to_the_change_of_the_scores(study):
    axes = figures.change_bars(study).axes[0]
    wide = study.tables["scores"].pivot(index="adcode", columns="year", values="composite")
    change = wide[study.years[-1]] - wide[study.years[0]]
    rows = {}
    for bar in axes.patches:
        rows.setdefault(round(bar.get_y() + bar.get_height() / 2), []).append(bar.get_width())
    expected = sorted(change, reverse=True)
    assert len(rows) == len(expected)
    for row, value in enumerate(expected):
        whole, *parts = rows[row]
        assert whole == pytest.approx(value, abs=1e-9)
        assert sum(parts) == pytest.approx(value, abs=1e-9)


def test_the_tree_holds_every_weight_and_the_sum_of_each_dimension(study):
    shown = [text.get_text() for text in figures.index_tree(study).findobj(Text)]
    weights = study.tables["weights"].set_index("code")["used"]
    assert [text for text in shown if re.fullmatch(r"\d+\.\d%", text)] == [
        f"{weights[each.code]:.1%}" for each in study.framework.indicators
    ]
    parts: dict[str, float] = {}
    for code, path in study.framework.paths.items():
        for node in path:
            parts[node] = parts.get(node, 0.0) + weights[code]
    told = [found[1] for text in shown if (found := re.search(r"\((\d+%)\)", text))]
    assert sorted(told) == sorted(f"{share:.0%}" for share in parts.values())
