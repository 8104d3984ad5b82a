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
