"""Columns that several indicators are made from: a part of how these correlate is arithmetic."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pandas as pd

from geo_resilience.indicators._expression_functions import FUNCTIONS
from geo_resilience.indicators._expressions import parse
from geo_resilience.indicators._framework import Framework, Indicator
from geo_resilience.notes import Note
from geo_resilience.words import Phrase

#: Whether an indicator rises (above the bar of a fraction, say) or falls with a column.
SIDES = {1: "above", -1: "below", 0: "both"}


def shared_columns(framework: Framework) -> pd.DataFrame:
    """List the columns that stand in several indicators, and on which side of each.

    Returns a row a column and indicator; columns ``column``, ``code``, ``side``: ``above`` where
    the indicator rises with the column (a numerator), ``below`` where it falls with it (a
    denominator, or what is taken off), ``both`` where it stands on both sides or that hangs on the
    values. The direction in which an indicator counts is not in it.
    """
    found = {each.code: _sides(each) for each in framework.indicators}
    rows = [(column, code, side) for code, sides in found.items() for column, side in sides.items()]
    table = pd.DataFrame(rows, columns=["column", "code", "side"], dtype=str)
    shared = table[table["column"].duplicated(keep=False)]
    return shared.sort_values("column", kind="stable", ignore_index=True)


def shared_note(table: pd.DataFrame) -> list[Note]:
    """Name the columns that are shared, with the indicators on either side; none without any."""
    told = [
        Phrase(
            "shared_column.in",
            {
                "column": column,
                "sides": [
                    Phrase(f"shared_column.{side}", {"codes": "/".join(rows["code"])})
                    for side, rows in part.groupby("side")
                ],
            },
        )
        for column, part in table.groupby("column")
    ]
    return [Note("indicators.shared_columns", values={"told": told})] if told else []


def _sides(indicator: Indicator) -> dict[str, str]:
    """Give the side on which each column of an indicator stands."""
    if indicator.expression is None:
        return dict.fromkeys(indicator.columns, SIDES[1])
    signs: dict[str, int] = {}
    for column, sign in _signs(parse(indicator.expression).tree, 1):
        signs[column] = sign if signs.get(column, sign) == sign else 0
    return {column: SIDES[sign] for column, sign in signs.items()}


def _signs(node: ast.expr, sign: int) -> Iterator[tuple[str, int]]:
    """Walk an expression; 1 where it rises with a column, -1 where it falls, 0 unknown."""
    match node:
        case ast.Name(id=name):
            yield name, sign
        case ast.Call(func=ast.Name(id="col"), args=[ast.Constant(value=str(name))]):
            yield name, sign
        case ast.Call(func=ast.Name(id=name), args=arguments):
            function = FUNCTIONS[name]
            for place, argument in enumerate(arguments):
                turned = -sign if place in function.falling else sign
                yield from _signs(argument, 0 if place in function.unknown else turned)
        case ast.UnaryOp(op=op, operand=operand):
            yield from _signs(operand, -sign if isinstance(op, ast.USub) else sign)
        case ast.BinOp(left=left, op=ast.Pow(), right=right):
            yield from _signs(left, sign * _power(right))
            yield from _signs(right, 0)
        case ast.BinOp(left=left, op=op, right=right):
            yield from _signs(left, sign)
            yield from _signs(right, -sign if isinstance(op, ast.Sub | ast.Div) else sign)
        case ast.Compare(left=left, comparators=comparators):
            for each in (left, *comparators):
                yield from _signs(each, 0)


def _power(exponent: ast.expr) -> int:
    """Say whether a number to a power rises with the number."""
    match exponent:
        case ast.Constant():
            return 1
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant()):
            return -1
    return 0
