"""Expressions over the columns of a table: read safely, never run as Python.

An expression holds columns, numbers, ``+ - * / **``, comparisons and the functions of
`geo_resilience.indicators._expression_functions`. A column whose name is no identifier (blanks,
brackets) is written ``col("GDP (100m)")``. Nothing else is understood: no attributes, no indexing,
no strings outside ``col``, no assignment.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd

from geo_resilience.errors import InputError, nearest
from geo_resilience.indicators._expression_functions import FUNCTIONS, Scope

_LONGEST = 2_000
_MOST_PARTS = 500
_DEEPEST = 40

_OPERATORS: dict[type[ast.operator], Callable[[Scope, np.ndarray, np.ndarray], np.ndarray]] = {
    ast.Add: lambda scope, left, right: left + right,
    ast.Sub: lambda scope, left, right: left - right,
    ast.Mult: lambda scope, left, right: left * right,
    ast.Div: Scope.divide,
    ast.Pow: Scope.power,
}
_COMPARISONS = {
    ast.Lt: np.less,
    ast.LtE: np.less_equal,
    ast.Gt: np.greater,
    ast.GtE: np.greater_equal,
    ast.Eq: np.equal,
    ast.NotEq: np.not_equal,
}


@dataclass(frozen=True)
class Expression:
    """An expression that was read and found to be one.

    - ``text``: as written.
    - ``tree``: as understood.
    - ``columns``: the columns that it needs, in order of appearance.
    - ``window``: years that its widest function sums over.
    """

    text: str
    tree: ast.expr
    columns: tuple[str, ...]
    window: int = 1

    def evaluate(self, scope: Scope) -> np.ndarray:
        """Compute it for the rows of a scope; gives an array of one value a row."""
        with np.errstate(all="ignore"):
            return _Evaluator(scope).visit(self.tree)


@lru_cache(maxsize=512)
def parse(text: str) -> Expression:
    """Read an expression."""
    line = " ".join(text.split())
    if not line:
        raise InputError("indicators.expression_empty")
    if len(line) > _LONGEST:
        raise InputError("indicators.expression_long", found=len(line), most=_LONGEST)
    try:
        tree = ast.parse(line, mode="eval").body
    except SyntaxError as error:
        position = min(max(error.offset or 1, 1), len(line))
        raise InputError(
            "indicators.expression_syntax", expression=line, position=position
        ) from None
    except (RecursionError, MemoryError, ValueError):
        raise InputError("indicators.expression_deep", expression=line[:80]) from None
    reader = _Reader(line)
    columns = reader.read(tree)
    return Expression(line, tree, columns, reader.window)


class _Reader:
    """Walks a tree once, refuses what is not understood and collects the columns."""

    def __init__(self, line: str) -> None:
        self.line = line
        self.columns: dict[str, None] = {}
        self.parts = 0
        self.window = 1

    def read(self, tree: ast.expr) -> tuple[str, ...]:
        self.visit(tree, 1)
        return tuple(self.columns)

    def refuse(self, key: str, node: ast.AST, **values: object) -> InputError:
        offset = getattr(node, "col_offset", 0)
        position = len(self.line.encode()[:offset].decode(errors="ignore")) + 1
        return InputError(f"indicators.{key}", expression=self.line, position=position, **values)

    def visit(self, node: ast.expr, depth: int) -> None:
        self.parts += 1
        if depth > _DEEPEST or self.parts > _MOST_PARTS:
            raise InputError("indicators.expression_deep", expression=self.line[:80])
        match node:
            case ast.Constant(value=value) if type(value) in (int, float):
                pass
            case ast.Name(id=name):
                self.columns[name] = None
            case ast.UnaryOp(op=ast.USub() | ast.UAdd(), operand=operand):
                self.visit(operand, depth + 1)
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
                self.visit(left, depth + 1)
                self.visit(right, depth + 1)
            case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in _COMPARISONS:
                self.visit(left, depth + 1)
                self.visit(right, depth + 1)
            case ast.Call(func=ast.Name(id="col")):
                self.column(node)
            case ast.Call(func=ast.Name()):
                self.call(node, depth)
            case _:
                found = ast.get_source_segment(self.line, node) or type(node).__name__
                raise self.refuse("expression_part", node, found=found)

    def column(self, node: ast.Call) -> None:
        match node:
            case ast.Call(args=[ast.Constant(value=str(name))], keywords=[]):
                self.columns[name] = None
            case _:
                raise self.refuse("expression_col", node)

    def call(self, node: ast.Call, depth: int) -> None:
        name = node.func.id  # type: ignore[attr-defined]
        function = FUNCTIONS.get(name)
        if function is None:
            near = nearest(name, FUNCTIONS) or list(FUNCTIONS)
            raise self.refuse("expression_function", node, found=name, known=near)
        count = len(node.args)
        if node.keywords or count < function.least or count > function.most:
            raise self.refuse(
                "expression_arguments", node, function=name, usage=function.usage, found=count
            )
        self.window = max(self.window, function.window)
        for argument in node.args:
            self.visit(argument, depth + 1)


class _Evaluator:
    """Computes a tree that `_Reader` has let through."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope

    def visit(self, node: ast.expr) -> np.ndarray:
        match node:
            case ast.Constant(value=int(number) | float(number)):
                return np.full(len(self.scope), _number(number))
            case ast.Name(id=name):
                return self.scope.column(name)
            case ast.UnaryOp(op=sign, operand=operand):
                inner = self.visit(operand)
                return -inner if isinstance(sign, ast.USub) else inner
            case ast.BinOp(left=left, op=op, right=right):
                return _OPERATORS[type(op)](self.scope, self.visit(left), self.visit(right))
            case ast.Compare(left=left, ops=[relation], comparators=[right]):
                compare = _COMPARISONS[type(relation)]
                return self.compare(compare, self.visit(left), self.visit(right))
            case ast.Call(func=ast.Name(id=name), args=arguments):
                return self.call(name, arguments)
        raise TypeError(f"an expression holds {type(node).__name__}, which the reader lets by")

    def call(self, name: str, arguments: list[ast.expr]) -> np.ndarray:
        match name, arguments:
            case "col", [ast.Constant(value=str(column))]:
                return self.scope.column(column)
            case "where", [condition, yes, no]:
                return self.choose(condition, yes, no)
        compute = FUNCTIONS[name].compute
        if compute is None:
            raise TypeError(f"{name}() has nothing to compute")
        return compute(self.scope, *[self.visit(argument) for argument in arguments])

    def compare(self, relation: np.ufunc, left: np.ndarray, right: np.ndarray) -> np.ndarray:
        """Give 1 and 0; blank where either side is."""
        blank = np.isnan(left) | np.isnan(right)
        return np.where(blank, np.nan, relation(left, right).astype(float))

    def choose(self, condition: ast.expr, yes: ast.expr, no: ast.expr) -> np.ndarray:
        """Look at a branch only in the rows that take it."""
        chosen = self.visit(condition)
        blank = np.isnan(chosen)
        taken = ~blank & (chosen != 0)
        with self.scope.looking_at(taken):
            first = self.visit(yes)
        with self.scope.looking_at(~blank & ~taken):
            second = self.visit(no)
        return np.where(blank, np.nan, np.where(taken, first, second))


def _number(value: float) -> float:
    try:
        return float(value)
    except OverflowError:
        return float("inf")


def calculate(expression: str, frame: pd.DataFrame) -> pd.Series:
    """Compute one expression over the columns of a frame.

    Parameters
    ----------
    expression : str
    frame : DataFrame, rows (adcode, year) or adcode alone
        Without years, all rows are of one year.

    Returns
    -------
    Series
        With the index of the frame; NaN where a needed cell is blank.

    Raises
    ------
    InputError
        If it is no expression, needs a column that is not there, or divides by zero.

    Notes
    -----
    A blank on either side makes the result blank. Something divided by nothing is an error,
    nothing by nothing a blank.

    - ``share(x)``: of the national total; ``national(x)``: that total, the sum over the regions of
      the year, blanks skipped; ``lq(x, base)``: ``share(x) / share(base)``.
    - ``sum3(x)``, ``mean3(x)``: over those of this and the two calendar years before in which the
      region has a figure. ``ratio3(x, y)``: the sums of both over those of the three years in
      which it has both. ``lag(x)``, ``growth(x)``: the calendar year before, the change since.
    - ``zero(x)``: a blank as 0. ``min``, ``max``: blank where an argument is. ``mean``, ``count``:
      over the arguments that are there.
    - ``where(condition, yes, no)``: a branch is looked at only in the rows that take it; a
      comparison gives 1 or 0. ``log(x)``, ``abs(x)``.
    - ``col("name")``: a column whose name is no identifier.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = pd.MultiIndex.from_product([["11", "12"], [2022, 2023]], names=["adcode", "year"])
    >>> table = pd.DataFrame({"revenue": [1.0, 2.0, 3.0, 6.0]}, index=rows)
    >>> calculate("share(revenue)", table).tolist()
    [0.25, 0.25, 0.75, 0.75]
    """
    parsed = parse(expression)
    scope = Scope(frame)
    values = pd.Series(parsed.evaluate(scope), index=frame.index, name=expression)
    broken = scope.problems(expression)
    if broken:
        raise InputError(broken)
    return values
