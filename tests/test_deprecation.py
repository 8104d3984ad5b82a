"""What is on its way out still works, says where it goes, and is gone when its version comes."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import pytest

import geo_resilience
from geo_resilience._deprecation import REMOVALS, argument_renamed, renamed
from geo_resilience.study._plan_options import option
from geo_resilience.study._plan_reading import Reading, _section
from geo_resilience.study._plan_sections import SECTIONS, options_of

PYPROJECT = Path(__file__).parents[1] / "pyproject.toml"


def due(removals, version):
    """What should be gone in a version."""
    order = [int(part) for part in re.findall(r"\d+", version)]
    return sorted(
        old
        for old, removed in removals.items()
        if [int(part) for part in removed.split(".")] <= order
    )


def test_a_removal_is_due_from_its_version_on():
    removals = {"a": "0.3", "b": "0.10", "c": "1.0"}
    assert due(removals, "0.2.9") == []
    assert due(removals, "0.3.0") == ["a"]
    assert due(removals, "0.11.0") == ["a", "b"]


def test_nothing_outlives_the_version_that_removes_it():
    for room in geo_resilience.__all__:
        module = import_module(f"geo_resilience.{room}")
        for name in module.__all__:
            getattr(module, name)  # what registers removals is loaded
    keys = {
        f"{section}.{each.former[0]}": each.former[1]
        for section, kind in SECTIONS.items()
        for each in options_of(kind).values()
        if each.former
    }
    version = tomllib.loads(PYPROJECT.read_text("utf-8"))["project"]["version"]
    assert due({**REMOVALS, **keys}, version) == []


@pytest.fixture
def kept(monkeypatch):
    monkeypatch.setattr("geo_resilience._deprecation.REMOVALS", kept := {})
    return kept


def test_a_renamed_function_works_and_warns_where_it_is_called(kept):
    old = renamed(sorted, "spatial.ordered", removed="0.3")
    with pytest.warns(
        FutureWarning, match=r"^spatial\.ordered .* version 0\.3; use sorted$"
    ) as said:
        assert old([2, 1], reverse=True) == [2, 1]
    assert said[0].filename == __file__
    assert kept == {"spatial.ordered": "0.3"}


def test_a_renamed_argument_is_taken_under_both_names_but_not_at_once(kept):
    @argument_renamed("draws", "permutations", removed="0.3")
    def test(y, *, permutations=9):
        return y, permutations

    assert test(1, permutations=5) == (1, 5)
    with pytest.warns(FutureWarning, match=r"test\(draws=\) .* 0\.3; use permutations=") as said:
        assert test(1, draws=7) == (1, 7)
    assert said[0].filename == __file__
    with pytest.raises(TypeError, match="both 'draws' and 'permutations'"):
        test(1, draws=7, permutations=5)
    assert list(kept.values()) == ["0.3"]


@dataclass(frozen=True)
class _Part:
    permutations: int = option("integer", default=99, least=1, former=("draws", "0.3"))


def read(given):
    reading = Reading(Path(), "study.toml", {})
    return _section(_Part, given, reading, ("space",)), reading


def test_a_key_of_the_study_file_is_read_under_its_former_name_and_noted():
    part, reading = read({"draws": 5})
    assert part == _Part(5) and not reading.found
    (note,) = reading.notes
    assert note.say() == (
        "study.toml: space.draws is now called space.permutations; "
        "version 0.3 no longer reads the old name"
    )
    assert "space.draws" in note.say("zh") and "0.3" in note.say("zh")


def test_a_key_that_stands_under_both_names_is_refused():
    part, reading = read({"draws": 5, "permutations": 6})
    assert part is None and not reading.notes
    assert [problem.key for _, problem in reading.found] == ["plan.unknown_key"]
