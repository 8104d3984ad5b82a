"""Groups: the ones that ship, and everything that whoever edits them can get wrong."""

import re

import pytest

from geo_resilience.errors import InputError
from geo_resilience.regions import read_boundaries, read_groups, resolve
from geo_resilience.regions._regions import boundaries_folder

# members as the yearbooks and the plans name them
EAST = "北京 天津 河北 上海 江苏 浙江 福建 山东 广东 海南"
CENTRAL = "山西 安徽 江西 河南 湖北 湖南"
NORTHEAST = "辽宁 吉林 黑龙江"
WEST = "内蒙古 广西 重庆 四川 贵州 云南 西藏 陕西 甘肃 青海 宁夏 新疆"
COAST = "辽宁 河北 天津 山东 江苏 上海 浙江 福建 广东 广西 海南"
YANGTZE = "上海 江苏 浙江 安徽 江西 湖北 湖南 重庆 四川 贵州 云南"
SOUTH = "上海 江苏 浙江 安徽 福建 江西 湖北 湖南 广东 广西 海南 重庆 四川 贵州 云南 西藏"


def codes(names):
    return tuple(sorted(resolve(names.split())))


@pytest.fixture(scope="module")
def shipped():
    return read_groups()


@pytest.mark.parametrize(
    "grouping, group, names",
    [
        ("zones", "east", EAST),
        ("zones", "central", CENTRAL),
        ("zones", "northeast", NORTHEAST),
        ("zones", "west", WEST),
        ("north_south", "south", SOUTH),
        ("belts", "coastal_belt", COAST),
        ("belts", "yangtze_river_belt", YANGTZE),
        ("belts", "beijing_tianjin_hebei_belt", "北京 天津 河北"),
        ("clusters", "pearl_river_delta_cluster", "广东"),
        ("clusters", "yangtze_river_delta_cluster", "上海 江苏 浙江 安徽"),
        ("areas", "yangtze_river_delta", "上海 江苏 浙江 安徽"),
        ("areas", "pearl_river_delta", "广东"),
        ("areas", "beijing_tianjin_hebei", "北京 天津 河北"),
        ("areas", "middle_yangtze", "湖北 湖南 江西"),
        ("areas", "chengdu_chongqing", "四川 重庆"),
        ("areas", "northeast_area", NORTHEAST),
    ],
)
def test_members(shipped, grouping, group, names):
    assert shipped[grouping].members[group] == codes(names)


def test_partitions_and_covers(shipped):
    assert [name for name, g in shipped.items() if g.is_partition] == ["zones", "north_south"]
    assert set(shipped["north_south"].assignment(read_boundaries().keys)) == {"north", "south"}
    with pytest.raises(InputError, match="belts is a cover"):
        shipped["belts"].assignment(["110000"])
    with pytest.raises(InputError, match="999999"):
        shipped["zones"].assignment(["110000", "999999"])
    ids = [group.id for grouping in shipped.values() for group in grouping.groups]
    assert len(ids) == len(set(ids))
    assert all(group.source for grouping in shipped.values() for group in grouping.groups)
    assert all(re.search(r"[一-鿿]", g.name["zh"]) for s in shipped.values() for g in s.groups)


def test_restricting_drops_members_and_empty_groups(shipped):
    few = shipped["clusters"].restricted(["310000", "320000"])
    assert few.members == {"yangtze_river_delta_cluster": ("310000", "320000")}
    zones = shipped["zones"].restricted(["110000", "540000"])
    assert zones.is_partition and zones.assignment(["110000", "540000"]).to_list() == [
        "east",
        "west",
    ]


def said(text, tmp_path, keys=("a", "b", "c")):
    path = tmp_path / "groups.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_groups(path, keys)
    assert caught.value.say("zh")
    return str(caught.value)


def group(identity="g", kind="area", members="'a'", **more):
    lines = [f"id = '{identity}'", f"kind = '{kind}'", f"members = [{members}]"]
    return "\n".join(["[[groups]]", *lines, *(f"{k} = '{v}'" for k, v in more.items()), ""])


def test_groups_of_ones_own(tmp_path):
    path = tmp_path / "groups.toml"
    text = group("x", "zone", "'b', 'a'", partition="halves", name="X") + group(
        "y", "zone", "'c'", partition="halves", name_zh="乙"
    )
    path.write_text("\ufeff" + text.replace("\n", "\r\n"), encoding="utf-8")
    groupings = read_groups(path, ["a", "b", "c"])
    assert list(groupings) == ["halves"]
    assert groupings["halves"].members == {"x": ("a", "b"), "y": ("c",)}
    names = [(g.name["en"], g.name["zh"]) for g in groupings["halves"].groups]
    assert names == [("X", "X"), ("乙", "乙")]


ZONE = {"kind": "zone", "partition": "p"}


@pytest.mark.parametrize(
    "text, sentence",
    [
        (group("x", members="'a', 'b'", **ZONE), "c are in none of its zones"),
        (
            group("x", members="'a','b','c'", **ZONE) + group("y", members="'c'", **ZONE),
            "c is in several zones (x, y)",
        ),
        (group(members="'a', 'd'"), "member d is the key or name of none"),
        (group(members="'a', 'a'"), "member a stands twice"),
        (group(members="1"), "found 1"),
        (group(members=""), "at least one key"),
        (group() + group(), "the id g stands 2 times"),
        (group(kind="ring"), "kind is ring; it must be one of zone, belt, cluster, area"),
        (group(kind="zone"), "a zone needs partition"),
        (group(partition="p"), "only zones have a partition"),
        (group(kind="zone", partition="belts"), "cannot be called belts"),
        (group(identity=" "), "the field id is missing"),
        (group(sources="me"), "unknown field sources. Did you mean source?"),
        ("[[groups]\nid = 1", "not valid TOML"),
        ("x = 1", "should hold [[groups]] and nothing else; found: x"),
        (group() + "[other]\n", "nothing else"),
        ("groups = [1]", "should hold [[groups]]"),
        ("", "should hold [[groups]]"),
    ],
)
def test_faults_are_named(tmp_path, text, sentence):
    found = said(text, tmp_path)
    assert sentence in found and "groups.toml" in found


def test_every_fault_is_said_at_once(tmp_path):
    found = said(group(kind="ring") + group("h", members="'z'") + group("h"), tmp_path)
    assert "kind is ring" in found and "member z" in found and "h stands 2 times" in found


def test_places_that_are_no_groups_file(tmp_path):
    with pytest.raises(InputError, match="no such file"):
        read_groups(tmp_path / "none.toml")
    with pytest.raises(InputError, match="is a folder"):
        read_groups(tmp_path)
    (tmp_path / "bytes.toml").write_bytes(b"# \xff")
    with pytest.raises(InputError, match="not UTF-8"):
        read_groups(tmp_path / "bytes.toml")


def test_editing_the_shipped_file_is_checked(tmp_path):
    text = (boundaries_folder() / "groups.toml").read_text(encoding="utf-8")
    path = tmp_path / "groups.toml"
    path.write_text(text.replace('    "540000", # Tibet\n', "", 1), encoding="utf-8")
    with pytest.raises(InputError, match=r"partition zones: Tibet \(540000\) are in none"):
        read_groups(path)
    fewer = read_boundaries().without(["540000"])
    path.write_text(text.replace('    "540000", # Tibet\n', ""), encoding="utf-8")
    assert len(read_groups(path, fewer)["zones"].members["west"]) == 11
