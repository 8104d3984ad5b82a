"""The tables of the command ``chain``, made from what it was asked."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from geo_resilience import chain as room
from geo_resilience.chain.cells import read_coded, telling_rows
from geo_resilience.chain.methods import QUOTIENTS
from geo_resilience.errors import InputError, Problems
from geo_resilience.notes import Note

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["chain_tables", "io_asked"]


def io_asked(asked: dict[str, Any]) -> list[room.IOTable]:
    """Read the input-output tables that the command names, in the order of their years."""
    files, years = asked["io_tables"], asked["year"]
    if years and len(years) != len(files):
        raise InputError("cli.chain_years", tables=len(files), years=list(years))
    problems = Problems()
    roles = {}
    for text in asked["role"]:
        heading, sign, role = text.rpartition("=")
        if not sign or not heading:
            problems.add("cli.chain_role", found=text)
        roles[heading] = role
    merged = None
    if asked["concordance"] is not None:
        with problems.caught():
            merged = room.read_concordance(asked["concordance"])
    tables = []
    for place, file in enumerate(files):
        with problems.caught():
            year = years[place] if years else None
            table = room.read_io(file, year=year, sheet=asked["sheet"], roles=roles or None)
            table = room.set_apart(table)
            tables.append(table if merged is None else room.aggregate(table, merged))
    problems.raise_if_any()
    return sorted(tables, key=lambda table: table.year or 0)


def chain_tables(
    ios: list[room.IOTable], asked: dict[str, Any], language: str
) -> tuple[dict[str, pd.DataFrame], list[Note]]:
    """Make every table that the command was asked for, by the stem of its file.

    Returns
    -------
    tables : dict
    notes : list of Note
    """
    import pandas as pd

    notes = [note for table in ios for note in table.notes]
    parts: dict[str, list[pd.DataFrame]] = {}
    for table in ios:
        made = _of_one(table, asked, language)
        if asked["cut"] is not None:
            supplier, _, buyer = asked["cut"].partition(":")
            made["cut"] = room.cut_table(
                table,
                supplier.strip(),
                buyer=buyer.strip() or None,
                share=asked["share"],
                abroad=asked["abroad"],
                language=language,
            )
        if asked["sizes"] is not None:
            made["regional_linkages"] = _regional(table, asked, language)
        for stem, found in made.items():
            parts.setdefault(stem, []).append(found)
    for before, after in pairwise(ios):
        found = room.decomposition_table(before, after, language=language)
        parts.setdefault("decomposition", []).append(found)
    if asked["sizes"] is not None and ios:
        methods = [method.upper() for method in QUOTIENTS]
        values = {"methods": methods, "delta": asked["delta"]}
        notes.append(Note("study.regional_estimate", values=values))
    if len(ios) > 1:
        notes.append(Note("study.decomposition_prices"))
    tables = {stem: pd.concat(found, ignore_index=True) for stem, found in parts.items()}
    if asked["disruption"] is not None:
        tables["recovery_paths"] = _disruption(ios, asked, language)
    return tables | _registers(asked), notes


def _of_one(table: room.IOTable, asked: dict[str, Any], language: str) -> dict[str, pd.DataFrame]:
    share = asked["loss"]
    found = {
        "io_linkages": room.linkage_table(table, language=language),
        "extraction": room.extraction_table(table, language=language),
        "inoperability": room.inoperability_table(table, share=share, language=language),
        "propagation": room.propagation_table(table, language=language),
    }
    if len(table.codes) > 1:
        found |= {
            "network": room.network_table(table, language=language),
            "single_points": room.single_point_table(table, language=language),
            "removal": room.removal_table(table, language=language, rng=asked["seed"]),
        }
    return found


def _regional(table: room.IOTable, asked: dict[str, Any], language: str) -> pd.DataFrame:
    if asked["broad"] is not None:
        table = room.aggregate(table, room.read_concordance(asked["broad"]))
    sizes = room.read_sizes(asked["sizes"], year=table.year)
    return room.regional_linkage_table(table, sizes, delta=asked["delta"], language=language)


def _disruption(ios: list[room.IOTable], asked: dict[str, Any], language: str) -> pd.DataFrame:
    if not ios:
        raise InputError("cli.chain_without_table", option="--disruption")
    disruption = read_coded(asked["disruption"])
    with telling_rows(asked["disruption"], disruption):
        return room.disruption_table(
            ios[-1],
            disruption,
            steps=asked["steps"],
            side=asked["side"],
            form=asked["form"],
            language=language,
        )


def _registers(asked: dict[str, Any]) -> dict[str, pd.DataFrame]:
    """Judge the planner's own tables, all that is wrong with them told at once."""
    problems = Problems()
    found = {}
    for stem, made in (
        ("risks", lambda table: room.risk_table(table, rule=asked["risk_rule"])),
        ("targets", room.target_table),
        ("priorities", room.priority_table),
        ("maturity", room.maturity_table),
    ):
        if asked[stem] is not None:
            with problems.caught():
                table = read_coded(asked[stem])
                with telling_rows(asked[stem], table):
                    found[stem] = made(table)
    problems.raise_if_any()
    return found
