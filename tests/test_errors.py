import pytest

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
