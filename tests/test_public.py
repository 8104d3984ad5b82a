"""What a user calls: a name means one thing, and every function shows itself by an example."""

import ast
import inspect
import re
from collections import defaultdict
from importlib import import_module
from pathlib import Path

import pytest

import geo_resilience
from geo_resilience.maps.figures import names
from geo_resilience.maps.figures._registry import figure_named

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


def documented(thing):
    """Names in the section Parameters of a docstring."""
    text = inspect.getdoc(thing) or ""
    _, found, rest = text.partition("Parameters\n----------\n")
    section = re.split(r"\n\n\w[\w ]*\n-{4,}\n", rest)[0] if found else ""
    heads = [line for line in section.splitlines() if line[:1].strip()]
    return [name.lstrip("*") for head in heads for name in head.split(" : ")[0].split(", ")]


def taken(thing):
    """Names that a function takes, or a class when it is made."""
    return [name for name in inspect.signature(thing).parameters if name[0] != "_"]


def test_every_parameter_is_explained_and_nothing_else():
    wrong = {
        name: sorted({*documented(function)} ^ {*taken(function)})
        for name, function in functions()
        if {*documented(function)} ^ {*taken(function)}
    }
    assert wrong == {}


def test_every_result_is_explained():
    wrong = [
        name
        for name, function in functions()
        if inspect.signature(function).return_annotation not in ("None", None)
        and "Returns\n-------\n" not in inspect.getdoc(function)
    ]
    assert wrong == []


def test_what_is_not_explained_is_found():
    def half(y, rng=None):
        """Do half.

        Parameters
        ----------
        y, x : Series
            Values.

        Notes
        -----
        rng : in a note.
        """

    assert documented(half) == ["y", "x"] and taken(half) == ["y", "rng"]


#: What is as free as TOML, JSON or Excel's cells, and folium's own argument.
FREE = re.compile(r"(Mapping|dict)\[(str|Hashable), Any\]|Sequence\[Mapping\[str, Any\]\]")


def loose(thing):
    """Parameters and results without a type, or of any type."""
    signature = inspect.signature(thing)
    types = {each.name: each.annotation for each in signature.parameters.values()}
    types["return"] = signature.return_annotation
    types.pop("self", None), types.pop("cls", None)
    return [
        name
        for name, told in types.items()
        if told is inspect.Signature.empty or re.search(r"\bAny\b", FREE.sub("", str(told)))
    ]


def methods(kind):
    """The public methods and properties that a class of ours has of its own."""
    for name, held in vars(kind).items():
        found = getattr(held, "fget", None) or getattr(held, "func", None) or held
        found = getattr(found, "__func__", found)
        if name[0] != "_" and inspect.isfunction(found):
            yield f"{kind.__name__}.{name}", found


def test_what_is_public_is_typed():
    kinds = [
        found
        for room in (*ROOMS, "results", "errors")
        for module in [import_module(f"geo_resilience.{room}")]
        for name in module.__all__
        if inspect.isclass(found := getattr(module, name))
    ]
    held = [each for kind in kinds for each in methods(kind)]
    drawn = [(name, figure_named(name)) for name in names()]
    told = {name: loose(found) for name, found in [*functions(), *held, *drawn]}
    assert len(told) > 300
    assert {name: found for name, found in told.items() if found} == {
        "Page.save": ["outfile", "kwargs"]
    }


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
