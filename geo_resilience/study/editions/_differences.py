"""What differs between two runs: keys of their plans, files, frameworks, and cells by value."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from geo_resilience.results import Results
from geo_resilience.study.editions._edition import Edition

#: What is told of each indicator of a framework.
_TOLD = ("expression", "column", "direction", "dimension", "group", "weight", "unit", "fidelity")

#: Digits of a file's hash that are shown.
_DIGITS = 12


def plan_changes(old: Edition, new: Edition) -> pd.DataFrame:
    """List the keys in which two runs differ: what was asked, of what, with which versions."""
    before, after = (dict(_told(each.results)) for each in (old, new))
    own = (set(before["regions"]), set(after["regions"]))
    before["regions"], after["regions"] = sorted(own[0] - own[1]), sorted(own[1] - own[0])
    keys = dict.fromkeys([*before, *after])
    rows = [
        (key, _text(before.get(key)), _text(after.get(key)))
        for key in keys
        if before.get(key) != after.get(key)
    ]
    return pd.DataFrame(rows, columns=["key", "before", "after"])


def _told(results: Results) -> Iterator[tuple[str, Any]]:
    yield from _flat(results.plan)
    for file, digest in results.provenance.get("inputs", {}).items():
        yield f"inputs.{file}", digest[:_DIGITS]
    for each in results.framework.indicators:
        told = {name: getattr(each, name) for name in _TOLD if getattr(each, name) is not None}
        yield from _flat({"indicators": {each.code: told}})
    yield "regions", sorted(set(results.regions.keys) - set(results.excluded))
    yield "panel.years", results.years
    yield from _flat({"versions": results.provenance.get("versions", {})})


def _flat(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    """Give every value that is no table with the dotted key that leads to it."""
    if isinstance(value, Mapping) and value:
        for key, each in value.items():
            yield from _flat(each, (*path, str(key)))
    elif value not in ({}, [], (), None, ""):
        yield ".".join(path), value


def _text(value: Any) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    return json.dumps(value, ensure_ascii=False)


def cell_changes(old: Edition, new: Edition) -> pd.DataFrame:
    """List the figures that differ: revised, new, removed; and those newly filled or capped."""
    pieces = [_figures(old, new), *_treated(old, new)]
    table = pd.concat([piece for piece in pieces if len(piece)] or pieces[:1], ignore_index=True)
    order = {code: place for place, code in enumerate(new.codes)}
    table["place"] = table["indicator"].map(order)
    table = table.sort_values(["adcode", "year", "place", "kind"], kind="stable")
    return table.drop(columns="place").reset_index(drop=True)


def _long(raw: pd.DataFrame, codes: Iterable[str]) -> pd.Series:
    return raw[list(codes)].rename_axis(columns="indicator").stack().dropna()


def _figures(old: Edition, new: Edition) -> pd.DataFrame:
    common = [code for code in new.codes if code in old.codes]
    sides = {"before": _long(old.raw, common), "after": _long(new.raw, common)}
    table = pd.DataFrame(sides)
    table = table[table["before"].ne(table["after"])]
    kind = np.where(
        table["before"].isna(), "new", np.where(table["after"].isna(), "removed", "revised")
    )
    return table.assign(kind=kind).reset_index()


def _treated(old: Edition, new: Edition) -> Iterator[pd.DataFrame]:
    """Give the cells that only one of the runs changed: after, what it made of them."""
    cells = ["adcode", "year", "indicator"]
    traces = [each.results["trace"] for each in (old, new)]
    here = [pd.MultiIndex.from_frame(trace[cells]) for trace in traces]
    for kind, side in (("no_longer_changed", 0), ("newly_changed", 1)):
        trace = traces[side][~here[side].isin(here[1 - side])]
        trace = trace[trace["indicator"].isin(new.codes if side else old.codes)]
        yield trace[[*cells, "before", "after"]].assign(kind=kind)
