"""What an error says where no known name is near: nothing of near names."""

from itertools import product

import pytest
from boxes_for_tests import boxes

from geo_resilience.errors import InputError, _one_apart, nearest
from geo_resilience.regions import read_boundaries, read_crosswalk, read_groups, resolve


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


CITIES = {
    "430100": "长沙市",
    "430800": "张家界市",
    "130700": "张家口市",
    "433100": "湘西州",
    "422800": "恩施州",
    "430300": "湘潭市",
    "330100": "杭州市",
    "320500": "苏州市",
    "440100": "广州市",
    "410100": "郑州市",
}


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("张家届", "张家界"),  # changed
        ("张家界界", "张家界"),  # put in
        ("张界", "张家界"),  # left out
        ("家张界", "张家界"),  # exchanged
        ("湘西", "湘西州"),
        ("湘西土家族苗族自治州", "湘西州"),
        ("广冬", "广东"),
        ("黑竜江", "黑龙江"),
        ("呼市", "呼和浩特"),  # the first character
        ("年末人囗", "年末人口"),
    ],
)
def test_a_name_in_chinese_is_like_one_a_character_apart(written, meant):
    known = ["长沙", "张家界", "张家口", "湘西州", "湘潭", "恩施土家族苗族自治州", "广东", "广西"]
    known += ["黑龙江", "呼和浩特", "呼伦贝尔", "年末人口", "revenue", "山东"]
    assert nearest(written, known)[0] == meant


@pytest.mark.parametrize("written", ["虚构", "南州", "某某某", "甲"])
def test_what_is_like_a_name_by_chance_is_not_told(written):
    known = ["杭州", "苏州", "广州", "郑州", "福州", "北京", "张家界", "恩施土家族苗族自治州"]
    assert nearest(written, known) == []


def test_exchanged_signs_are_found_by_brute_force():
    """Against the distance of Damerau and Levenshtein, computed by its recursion."""

    def distance(one, other):
        rows = [[max(i, j) if not i * j else 0 for j in range(len(other) + 1)]
                for i in range(len(one) + 1)]  # fmt: skip
        for i, a in enumerate(one, start=1):
            for j, b in enumerate(other, start=1):
                ways = [rows[i - 1][j] + 1, rows[i][j - 1] + 1, rows[i - 1][j - 1] + (a != b)]
                if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                    ways.append(rows[i - 2][j - 2] + 1)
                rows[i][j] = min(ways)
        return rows[-1][-1]

    texts = ["".join(each) for size in range(1, 5) for each in product("甲乙丙", repeat=size)]
    for one, other in product(texts, repeat=2):
        assert _one_apart(one, other) == (distance(one, other) <= 1), (one, other)


@pytest.mark.parametrize("name", ["张家届", "湘西", "湘西土家族苗族自治州", "张家届市"])
def test_every_door_of_names_tells_the_same_neighbor(tmp_path, name):
    regions = boxes(CITIES)
    meant = "张家界市" if name.startswith("张") else "湘西州"
    with pytest.raises(InputError) as caught:
        resolve([name], regions)
    assert meant in caught.value.say("zh") and "恩施" not in caught.value.say("zh")
    group = f'[[groups]]\nid = "g"\nname = "G"\nkind = "area"\nmembers = ["{name}"]\n'
    (tmp_path / "groups.toml").write_text(group, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_groups(tmp_path / "groups.toml", regions)
    assert meant in caught.value.say("zh") and "-" not in caught.value.say("zh")
    crosswalk = f"from,to,year,share\n旧,{name},2011,1\n"
    (tmp_path / "crosswalk.csv").write_text(crosswalk, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_crosswalk(tmp_path / "crosswalk.csv", regions)
    assert meant in caught.value.say("zh")


def test_a_region_is_suggested_once_by_one_of_its_names():
    with pytest.raises(InputError) as caught:
        resolve(["广冬省"])
    assert "广东省" in caught.value.say("zh") and "广东、" not in caught.value.say("zh")


def test_groups_are_refused_for_all_that_is_wrong_and_regions_named(tmp_path):
    text = """
[[groups]]
id = "a"
name = "A"
kind = "zone"
partition = "halves"
members = ["430100", "430800"]

[[groups]]
id = "b"
name = "B"
kind = "zone"
partition = "thirds"
members = ["430100", "张家届"]

[[groups]]
id = "c"
name = "C"
kind = "belt"
members = ["长纱"]

[[groups]]
id = "c"
name = "C"
kind = "belt"
members = ["430100"]
"""
    (tmp_path / "groups.toml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_groups(tmp_path / "groups.toml", boxes(CITIES))
    keys = [problem.key.rpartition(".")[2] for problem in caught.value.problems]
    assert keys == [
        "group_member_unknown",
        "group_member_unknown",
        "group_twice",
        "group_partition_open",
    ]
    told = caught.value.say("zh")
    assert "张家口市（130700）" in told and "halves" in told and "thirds" not in told
