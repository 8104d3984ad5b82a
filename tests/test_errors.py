import ast
import csv
import re
from pathlib import Path

import pytest

from geo_resilience import errors
from geo_resilience.errors import InputError, Problem, Problems, nearest


def test_problems_are_raised_once_in_order_each_once(monkeypatch):
    monkeypatch.setattr(Problem, "say", lambda self, language="en": f"{self.key}: {self.values}")
    problems = Problems()
    problems.add("b", row=1)
    problems.add("a", row=2)
    problems.add("b", row=1)
    with pytest.raises(InputError) as caught:
        problems.raise_if_any()
    assert [problem.key for problem in caught.value.problems] == ["b", "a"]
    assert str(caught.value).splitlines() == ["b: {'row': 1}", "a: {'row': 2}"]


def test_an_input_error_is_a_value_error(monkeypatch):
    monkeypatch.setattr(Problem, "say", lambda self, language="en": self.key)
    with pytest.raises(ValueError, match="anything"):
        raise InputError("anything", where="here")


def test_nothing_gathered_raises_nothing():
    Problems().raise_if_any()


def test_nearest_names_come_in_the_spelling_of_the_known():
    assert nearest("SHANXI", ["Shaanxi", "Shanxi", "Hunan"])[0] == "Shanxi"
    assert nearest("zzz", ["Shaanxi"]) == []


def wrong_rows(number):
    values = {"file": "t.csv", "column": "x", "found": "?"}
    return [Problem("indicators.not_a_number", {"row": n, **values}) for n in range(2, 2 + number)]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_of_many_problems_alike_the_first_dozen_is_told_and_where_the_rest_are(language):
    error = InputError([*wrong_rows(60), Problem("indicators.few_regions", {"count": 1})])
    lines = error.lines(language)
    assert len(error.problems) == 61
    assert len(lines) == 14
    assert "48" in lines[12] and all(str(row) in lines[12] for row in (14, 52))
    assert lines[13] == error.problems[-1].say(language)
    assert error.say(language) == "\n".join(lines)


def test_thirteen_problems_alike_are_all_told():
    assert len(InputError(wrong_rows(13)).lines()) == 13


def test_other_files_and_kinds_are_not_counted_together():
    other = [Problem(each.key, each.values | {"file": "u.csv"}) for each in wrong_rows(12)]
    assert len(InputError([*wrong_rows(12), *other]).lines()) == 24


def test_what_is_unknown_is_told_with_what_is_like_it():
    problems = Problems()
    problems.unknown("study.watch_unknown", "D31", ["D311", "grp"])
    problems.unknown("study.watch_unknown", "revenue", ["grp", "hightech_revenue_yuan"])
    problems.unknown("study.watch_unknown", "?", [f"X{number}" for number in range(40)])
    close, within, none = (problem.say() for problem in problems)
    assert "D31 is neither" in close and close.endswith("Did you mean D311?")
    assert within.endswith("Did you mean hightech_revenue_yuan?")
    assert "X11" not in none and none.endswith("of the study.")
    problems.unknown("study.watch_unknown", "?", ["grp", "exports"])
    assert list(problems)[-1].say().endswith("of the study. Known: grp, exports.")


def test_every_problem_is_given_all_that_its_sentence_tells():
    """Of the calls that name their fields: none is missing for the words of the problem."""
    room = Path(errors.__file__).parent
    fields = {}
    for table in (room / "words").glob("*.csv"):
        for key, english, *_ in csv.reader(table.read_text(encoding="utf-8").splitlines()):
            if key.startswith("problem."):
                fields[key.removeprefix("problem.")] = set(re.findall(r"(?<!{){(\w+)", english))
    missing, seen = [], 0
    for file in room.rglob("*.py"):
        for call in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(call, ast.Call) or not call.args:
                continue
            name = getattr(call.func, "attr", getattr(call.func, "id", ""))
            key = getattr(call.args[0], "value", None)
            given = {keyword.arg for keyword in call.keywords}
            if name not in ("add", "unknown", "InputError", "UndefinedError") or None in given:
                continue
            if isinstance(key, str) and key in fields:
                seen += 1
                given |= {"found", "known", "hint"} if name == "unknown" else set()
                if lacking := fields[key] - given:
                    missing.append((file.name, call.lineno, key, lacking))
    assert not missing and seen > 300
