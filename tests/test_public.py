"""What a user calls: a name means one thing, and every function shows itself by an example."""

import ast
import inspect
from collections import defaultdict
from importlib import import_module
from pathlib import Path

import pytest

import geo_resilience
from geo_resilience.maps.figures import names

PACKAGE = Path(geo_resilience.__file__).parent
ROOMS = ("regions", "indicators", "evaluation", "spatial", "chain", "maps", "report", "study")


def functions():
    for room in ROOMS:
        module = import_module(f"geo_resilience.{room}")
        for name in module.__all__:
            found = getattr(module, name)
            if inspect.isfunction(found):
                yield f"{room}.{name}", found


def shown(function):
    """Whether it has an example that runs; what takes a finished run shows itself in the docs."""
    first = next(iter(inspect.signature(function).parameters), "")
    lines = [line for line in inspect.getdoc(function).splitlines() if ">>>" in line]
    return first in ("results", "folder") or any("+SKIP" not in line for line in lines)


def test_every_public_function_has_an_example_that_runs():
    found = dict(functions())
    assert len(found) > 150
    assert [name for name, function in found.items() if not shown(function)] == []


def test_a_function_without_an_example_is_found():
    def bare(y):
        """Do nothing."""

    def skipped(y):
        """>>> skipped(1)  # doctest: +SKIP"""

    assert not shown(bare) and not shown(skipped)


def test_a_figure_is_called_like_nothing_else_in_the_package():
    others = {name for room in ROOMS for name in import_module(f"geo_resilience.{room}").__all__}
    assert sorted(others & set(names())) == []


def types():
    """Where each type of the package is defined, and as what; private ones of a file aside."""
    found = defaultdict(set)
    for file in sorted(PACKAGE.rglob("*.py")):
        for node in ast.parse(file.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef):
                found[node.name].add(str(file.relative_to(PACKAGE)))
            elif isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(
                node.value, ast.Subscript
            ):
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                found[ast.unparse(targets[0])].add(ast.unparse(node.value))
    return {name: places for name, places in found.items() if name[0] not in "_"}


def test_two_types_never_share_a_name():
    found = types()
    assert len(found) > 150
    assert {name: places for name, places in found.items() if len(places) > 1} == {}


@pytest.mark.parametrize("name", ["Ground", "Found", "Sheet", "Context"])
def test_the_types_of_many_rooms_are_looked_at(name):
    assert name in types()
