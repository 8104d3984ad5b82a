"""Regions of the user's own: keys as text, names, administrative words, aliases."""

import geopandas as gpd
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import box

from geo_resilience.errors import InputError
from geo_resilience.regions import Regions, match_names, read_aliases, resolve
from geo_resilience.regions._spelling import without_suffix


def regions_of(names, name_zh=None):
    """Squares in a row; names by key."""
    frame = gpd.GeoDataFrame(
        {"name": list(names.values()), "name_zh": list(name_zh or names.values())},
        index=pd.Index(list(names), name="adcode", dtype="str"),
        geometry=[box(i, 0, i + 1, 1) for i in range(len(names))],
        crs=4326,
    )
    return Regions(frame.sort_index(), "cities.gpkg")


CITIES = regions_of(
    {
        "320100": "南京市",
        "320200": "无锡市",
        "222400": "延边朝鲜族自治州",
        "420900": "神农架林区",
        "150500": "通辽市",
        "152500": "锡林郭勒盟",
        "220200": "吉林市",
        "430100": "长沙市",
        "430121": "长沙县",
        "310112": "通州区",
    }
)
COUNTIES = regions_of({"01": "Orange County", "02": "Lake County", "07": "Lake City", "10": "Bath"})


def test_keys_match_exactly_as_text():
    assert match_names(["320100", 320200, 320200.0], CITIES).keys.to_list() == [
        "320100",
        "320200",
        "320200",
    ]
    assert match_names(["7"], COUNTIES).unknown.keys() == {"7"}


def test_zeros_that_were_lost_are_named_in_one_sentence():
    match = match_names([1, 2, 7, 10], COUNTIES)
    assert [str(problem) for problem in match.problems] == [str(match.hint)]
    assert "3 keys match only with zeros in front (1, 2, 7" in str(match.hint)
    assert "01, 02, 07" in str(match.hint) and "cities.gpkg" in str(match.hint)
    assert match.keys.isna().to_list() == [True, True, True, False]
    plain = regions_of({"1": "A", "2": "B"})
    assert "without the zeros" in str(match_names(["01", "02"], plain).hint)


def test_no_such_hint_where_zeros_are_not_the_whole_matter():
    match = match_names([1, 2, 99], COUNTIES)
    assert match.hint is None and len(match.problems) == 3
    assert match_names([1, "Atlantis"], COUNTIES).hint is None


def test_names_match_as_written_then_without_regard_to_case_width_and_blanks():
    match = match_names(["Bath", "ＢＡＴＨ", " lake   county"], COUNTIES)
    assert match.keys.to_list() == ["10", "10", "02"]
    assert set(match.how.values()) == {"name"}


@pytest.mark.parametrize(
    "name, key",
    [
        ("南京", "320100"),
        ("无锡", "320200"),
        ("延边", "222400"),
        ("延边自治州", "222400"),
        ("神农架", "420900"),
        ("锡林郭勒", "152500"),
        ("通辽", "150500"),
        ("通州", "310112"),
    ],
)
def test_a_chinese_name_without_its_administrative_word(name, key):
    match = match_names([name], CITIES)
    assert match.keys.to_list() == [key]
    assert match.how == {name: "suffix"}
    assert name in str(match.notes[0]) and key in match.notes[0].say("zh")


def test_english_administrative_words():
    match = match_names(["Orange", "Bath City"], COUNTIES)
    assert match.keys.to_list() == ["01", "10"]


def test_a_name_that_is_unique_only_with_its_word_is_ambiguous_without_it():
    match = match_names(
        ["Lake", "长沙"],
        regions_of({"a": "Lake County", "b": "Lake City", "c": "长沙市", "d": "长沙县"}),
    )
    assert match.ambiguous == {"Lake": ["a", "b"], "长沙": ["c", "d"]}
    assert "Lake County (a), Lake City (b)" in str(match.problems[0])


def test_words_that_contradict_each_other_do_not_match():
    assert match_names(["南京县", "通辽盟", "Bath County"], CITIES).keys.isna().all()
    assert match_names(["Orange City"], COUNTIES).unknown == {
        "Orange City": ["Orange County", "Lake City"]
    }


def test_the_same_name_twice_is_ambiguous():
    twins = regions_of({"1": "Springfield", "2": "Springfield"})
    assert match_names(["Springfield", "springfield"], twins).ambiguous.keys() == {
        "Springfield",
        "springfield",
    }
    assert match_names(["1"], twins).keys.to_list() == ["1"]


def test_either_language_will_do():
    both = regions_of({"32": "Nanjing"}, name_zh=["南京市"])
    assert match_names(["Nanjing", "南京", "Nanjing City"], both).keys.to_list() == ["32"] * 3


def test_aliases_lead_to_a_key_or_a_name_and_settle_what_is_ambiguous():
    aliases = {"金陵": "南京市", "Wuxi": "320200", "长沙": "430121", "x": "nowhere"}
    match = match_names(["金陵", "WUXI", "长沙", "x"], CITIES, aliases=aliases)
    assert match.keys.to_list()[:3] == ["320100", "320200", "430121"]
    assert "nowhere" in str(match.problems[0])


def test_resolve_raises_for_own_regions_too():
    assert resolve(["无锡"], CITIES).to_list() == ["320200"]
    with pytest.raises(InputError, match=r"Did you mean 无锡市"):
        resolve(["吴锡市"], CITIES)


def test_a_total_and_a_blank_are_named_as_such():
    said = [str(problem) for problem in match_names(["合计", ""], CITIES).problems]
    assert "is a total" in said[0] and "no region name" in said[1]


@pytest.mark.parametrize(
    "name, bare, kind",
    [
        ("湘西土家族苗族自治州", "湘西", "autonomous prefecture"),
        ("巴音郭楞蒙古自治州", "巴音郭楞", "autonomous prefecture"),
        ("长白朝鲜族自治县", "长白", "county"),
        ("融水苗族自治县", "融水", "county"),
        ("三都水族自治县", "三都", "county"),
        ("大兴安岭地区", "大兴安岭", "prefecture"),
        ("浦东新区", "浦东", "district"),
        ("沙市", "沙市", ""),
        ("New York", "newyork", ""),
        ("Kansas City", "kansas", "city"),
        ("Shi", "shi", ""),
        ("Yanbian Autonomous Prefecture", "yanbian", "autonomous prefecture"),
    ],
)
def test_administrative_words(name, bare, kind):
    assert without_suffix(name) == (bare, kind)


@given(st.sampled_from(CITIES.frame["name"].to_list()), st.text(" \t\u3000", max_size=2))
def test_every_region_is_found_by_its_own_name(name, blank):
    key = match_names([blank + name + blank], CITIES).keys.iloc[0]
    assert CITIES.frame.loc[key, "name"] == name


def test_aliases_are_read_from_a_table(tmp_path):
    table = tmp_path / "aliases.csv"
    table.write_bytes("name,key\r\n金陵,320100\r\n\r\n锡, 无锡市 \r\n".encode("gb18030"))
    assert read_aliases(table) == {"金陵": "320100", "锡": "无锡市"}
    table.write_text("\ufeffname,key\na,1\na,1\n", encoding="utf-8")
    assert read_aliases(table) == {"a": "1"}


@pytest.mark.parametrize(
    "content, said",
    [
        ("name,key\na,1\na,2\n", "several meanings"),
        ("name,key\na\n", "row 2: two cells"),
        ("name,key\na,\n", "row 2: two cells"),
        ("name,key\na,b,c\n", "row 2: two cells"),
        ("name,key\n", "no aliases"),
        ("", "holds nothing"),
    ],
)
def test_a_faulty_alias_table_is_named(tmp_path, content, said):
    table = tmp_path / "aliases.csv"
    table.write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=said):
        read_aliases(table)


def test_a_missing_alias_table_a_folder_and_other_bytes(tmp_path):
    with pytest.raises(InputError, match="no such file"):
        read_aliases(tmp_path / "none.csv")
    with pytest.raises(InputError, match="is a folder"):
        read_aliases(tmp_path)
    (tmp_path / "bytes.csv").write_bytes(b"name,key\n\xff\xff,1\n")
    with pytest.raises(InputError, match="UTF-8"):
        read_aliases(tmp_path / "bytes.csv")


def test_blanks_that_spread_a_chinese_name_do_not_hide_its_alias():
    match = match_names(["金　陵", "金 陵", "Nan Jing"], CITIES, aliases={"金陵": "320100"})
    assert match.keys.to_list()[:2] == ["320100", "320100"]
    # letters keep their blanks: Shan xi is not Shanxi
    assert match.unknown.keys() == {"Nan Jing"}
    assert match_names(["NanJing"], CITIES, aliases={"Nan Jing": "320100"}).unknown
