"""What an error says where no known name is near: nothing of near names."""

import pytest

from geo_resilience.errors import InputError
from geo_resilience.regions import read_boundaries


def said(key: str, language: str) -> str:
    with pytest.raises(InputError) as caught:
        read_boundaries().without([key])
    return caught.value.say(language)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_far_name_has_no_clause_and_a_near_one_has(language):
    far, near = said("Q", language), said("11000", language)
    assert "-" not in far and far.strip().endswith((".", "。"))
    assert "110000" in near and "110000" not in far


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_member_of_a_group_like_no_region_is_refused_without_a_dash(tmp_path, language):
    from geo_resilience.regions import read_groups

    text = """
    [[groups]]
    id = "one"
    name = "One"
    kind = "cluster"
    members = ["Xyzzy", "Beijin"]
    """
    (tmp_path / "groups.toml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_groups(tmp_path / "groups.toml", read_boundaries())
    far, near = (problem.say(language) for problem in caught.value.problems[:2])
    assert "Xyzzy" in far and "Beijing" in near
    assert not far.rstrip(".。").endswith(("-", "：", ":"))
