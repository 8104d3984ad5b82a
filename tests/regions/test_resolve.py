"""Any usual spelling of a provincial unit; never a guess."""

import csv
import unicodedata
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo_resilience.errors import InputError
from geo_resilience.regions import _provinces as provinces
from geo_resilience.regions import match_names, read_boundaries, resolve

# GB/T 2260 and ISO 3166-2:CN: adcode, short, full, English, pinyin with its word, ISO, sign
UNITS = """
110000 北京 北京市 Beijing Beijing_Shi BJ 京
120000 天津 天津市 Tianjin Tianjin_Shi TJ 津
130000 河北 河北省 Hebei Hebei_Sheng HE 冀
140000 山西 山西省 Shanxi Shanxi_Sheng SX 晋
150000 内蒙古 内蒙古自治区 Inner_Mongolia Neimenggu_Zizhiqu NM 蒙
210000 辽宁 辽宁省 Liaoning Liaoning_Sheng LN 辽
220000 吉林 吉林省 Jilin Jilin_Sheng JL 吉
230000 黑龙江 黑龙江省 Heilongjiang Heilongjiang_Sheng HL 黑
310000 上海 上海市 Shanghai Shanghai_Shi SH 沪
320000 江苏 江苏省 Jiangsu Jiangsu_Sheng JS 苏
330000 浙江 浙江省 Zhejiang Zhejiang_Sheng ZJ 浙
340000 安徽 安徽省 Anhui Anhui_Sheng AH 皖
350000 福建 福建省 Fujian Fujian_Sheng FJ 闽
360000 江西 江西省 Jiangxi Jiangxi_Sheng JX 赣
370000 山东 山东省 Shandong Shandong_Sheng SD 鲁
410000 河南 河南省 Henan Henan_Sheng HA 豫
420000 湖北 湖北省 Hubei Hubei_Sheng HB 鄂
430000 湖南 湖南省 Hunan Hunan_Sheng HN 湘
440000 广东 广东省 Guangdong Guangdong_Sheng GD 粤
450000 广西 广西壮族自治区 Guangxi Guangxi_Zhuangzu_Zizhiqu GX 桂
460000 海南 海南省 Hainan Hainan_Sheng HI 琼
500000 重庆 重庆市 Chongqing Chongqing_Shi CQ 渝
510000 四川 四川省 Sichuan Sichuan_Sheng SC 川
520000 贵州 贵州省 Guizhou Guizhou_Sheng GZ 贵
530000 云南 云南省 Yunnan Yunnan_Sheng YN 云
540000 西藏 西藏自治区 Tibet Xizang_Zizhiqu XZ 藏
610000 陕西 陕西省 Shaanxi Shaanxi_Sheng SN 陕
620000 甘肃 甘肃省 Gansu Gansu_Sheng GS 甘
630000 青海 青海省 Qinghai Qinghai_Sheng QH 青
640000 宁夏 宁夏回族自治区 Ningxia Ningxia_Huizu_Zizhiqu NX 宁
650000 新疆 新疆维吾尔自治区 Xinjiang Xinjiang_Weiwu'er_Zizhiqu XJ 新
"""
ROWS = [[cell.replace("_", " ") for cell in line.split()] for line in UNITS.split("\n") if line]
CODES = [row[0] for row in ROWS]
WRITTEN = [(spelling, row[0]) for row in ROWS for spelling in row[1:5]]


def codes(*names, **options):
    return resolve(list(names), **options).to_list()


def problems_of(*names, **options):
    with pytest.raises(InputError) as caught:
        resolve(list(names), **options)
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize("column", range(1, 5))
def test_names_in_both_languages_short_and_full(column):
    assert codes(*(row[column] for row in ROWS)) == CODES


def test_codes_of_two_and_six_digits_as_text_whole_or_decimal_number():
    for given_codes in (
        CODES,
        [code[:2] for code in CODES],
        [int(code) for code in CODES],
        [int(code[:2]) for code in CODES],
        [float(code) for code in CODES],
        [f"{code}.0" for code in CODES],
        np.array(CODES, dtype="int64"),
        pd.Series(CODES, dtype="Float64"),
    ):
        assert resolve(given_codes).to_list() == CODES


def test_iso_codes_with_and_without_country_and_the_older_numeric_ones():
    assert codes(*(f"CN-{row[5]}" for row in ROWS)) == CODES
    assert codes(*(row[5] for row in ROWS)) == CODES
    assert codes(*(f"cn-{row[5].lower()}" for row in ROWS)) == CODES
    assert codes(*(f"CN-{code[:2]}" for code in CODES)) == CODES


def test_one_sign_abbreviations():
    assert codes(*(row[6] for row in ROWS)) == CODES
    assert codes("滇", "黔", "蜀", "秦", "陇", "申") == [
        "530000",
        "520000",
        "510000",
        "610000",
        "620000",
        "310000",
    ]


def test_letters_that_are_the_initials_of_several_names_are_not_guessed():
    assert codes("BJ", "GD", "XJ") == ["110000", "440000", "650000"]
    for letters, names in {
        "HB": ("Hebei", "Hubei"),
        "HN": ("Henan", "Hunan", "Hainan"),
        "SX": ("Shanxi", "Shaanxi"),
    }.items():
        (said,) = problems_of("BJ", letters)
        assert letters in said and all(name in said for name in names)
    # HE and HA are codes of ISO 3166-2 alone: beside them the others are ISO codes too
    assert codes("HB", "HN", "HE", "HA") == ["420000", "430000", "130000", "410000"]


@pytest.mark.parametrize(
    "name, code",
    [
        ("Inner Mongolia Autonomous Region", "150000"),
        ("Nei Mongol", "150000"),
        ("Nei Mongol Zizhiqu", "150000"),
        ("Neimenggu", "150000"),
        ("Nei-Menggu", "150000"),
        ("Nèi Měnggǔ Zìzhìqū", "150000"),
        ("内蒙", "150000"),
        ("Xizang", "540000"),
        ("Tibet Autonomous Region", "540000"),
        ("Guangxi Zhuang Autonomous Region", "450000"),
        ("Guangxi Zhuang", "450000"),
        ("广西自治区", "450000"),
        ("廣西壯族自治區", "450000"),
        ("Ningxia Hui Autonomous Region", "640000"),
        ("宁夏回族", "640000"),
        ("Xinjiang Uygur Autonomous Region", "650000"),
        ("Xinjiang Uyghur", "650000"),
        ("XINJIANG WEIWU'ER ZIZHIQU", "650000"),
        ("Hebei Province", "130000"),
        ("Province of Hebei", "130000"),
        ("Beijing Municipality", "110000"),
        ("Chongqing City", "500000"),
        ("Běijīng Shì", "110000"),
        ("bei3jing1", "110000"),
        ("Hénán Shěng", "410000"),
        ("黑龙江 省", "230000"),
        ("　上海\u00a0", "310000"),
        ("ＳＨＡＮＧＨＡＩ", "310000"),
        ("１１００００", "110000"),
        ("\ufeff北京市", "110000"),
        ("Kwangtung", "440000"),
    ],
)
def test_other_usual_spellings(name, code):
    assert codes(name) == [code]


@pytest.mark.parametrize(
    "name, code",
    [
        ("Shanxi", "140000"),
        ("SHANXI", "140000"),
        ("Shanxi Province", "140000"),
        ("Shānxī", "140000"),
        ("Shān xī shěng", "140000"),
        ("Shan1xi1", "140000"),
        ("山西", "140000"),
        ("晋", "140000"),
        ("CN-SX", "140000"),
        ("Shansi", "140000"),
        ("Shaanxi", "610000"),
        ("shaan xi", "610000"),
        ("Shǎnxī Shěng", "610000"),
        ("Shănxī", "610000"),
        ("Shan3xi1", "610000"),
        ("Shan3 xi", "610000"),
        ("陕西", "610000"),
        ("陝西省", "610000"),
        ("陕", "610000"),
        ("CN-SN", "610000"),
        ("Shensi", "610000"),
    ],
)
def test_shanxi_and_shaanxi_are_never_confused(name, code):
    assert codes(name) == [code]


@pytest.mark.parametrize(
    "name",
    [
        "Shan xi",
        "shan-xi",
        "Shan'xi",
        "Shan xi Sheng",
        "Province of Shan xi",
        "Shanxī",
        "Shan2xi1",
        "Shan_xi",
        "Shàn xī",
    ],
)
def test_a_spelling_between_shanxi_and_shaanxi_is_an_error_that_names_both(name):
    (said,) = problems_of(name)
    assert "Shanxi" in said and "Shaanxi" in said
    assert match_names([name]).ambiguous == {name: ["140000", "610000"]}


@pytest.mark.parametrize(
    "name",
    [
        "吉林市",
        "Jilin City",
        "Jilin Shi",
        "海南州",
        "海南藏族自治州",
        "新疆生产建设兵团",
        "110100",
        "990000",
        "1",
        "111",
        "北京省",
        "Guangzhou",
        "Hubeii",
        "京津冀",
        "hunan2",
        "北京、天津",
        "Shaanxi City",
        True,
    ],
)
def test_what_is_not_a_province_is_unknown(name):
    match = match_names([name])
    assert match.unknown.keys() == {str(name)} and match.keys.isna().all()


def test_the_nearest_names_are_offered_in_the_script_they_were_typed_in():
    assert match_names(["Heilongjang"]).unknown["Heilongjang"][0] == "Heilongjiang"
    assert "河北省" in match_names(["河东省"]).unknown["河东省"]
    (said,) = problems_of("Xinjang")
    assert "Xinjang" in said and "Did you mean Xinjiang" in said


def test_units_outside_the_set_totals_and_blanks_are_told_apart():
    assert "not among the provincial units" in problems_of("Hong Kong")[0]
    assert "not among the provincial units" in problems_of("台湾省")[0]
    assert "not among the provincial units" in problems_of(820000)[0]
    assert "is a total" in problems_of("全国")[0]
    assert "is a total" in problems_of("China")[0]
    assert "no region name" in problems_of("  ")[0]
    assert problems_of(None) == problems_of(float("nan")) == problems_of(pd.NA)
    assert "two or six digits" in problems_of("110100")[0]
    left = read_boundaries().without(["540000"])
    assert "left out" in problems_of("Tibet", regions=left)[0]


def test_everything_that_is_wrong_is_said_at_once_in_both_languages():
    with pytest.raises(InputError) as caught:
        resolve(["北京", "Atlantis", "Shan xi", "全国", "Atlantis"])
    assert [problem.values["name"] for problem in caught.value.problems] == [
        "Atlantis",
        "Shan xi",
        "全国",
    ]
    assert "Atlantis" in caught.value.say("zh") and "可能指" in caught.value.say("zh")


def test_the_index_is_kept_and_keys_are_text():
    names = pd.Series(["沪", "Beijing", "沪"], index=[7, 7, "x"], name="province")
    found = resolve(names)
    assert found.index.equals(names.index)
    assert found.to_list() == ["310000", "110000", "310000"]
    assert pd.api.types.is_string_dtype(found.dtype)
    assert resolve("北京").to_list() == ["110000"]
    assert resolve([]).empty


def test_aliases_come_before_the_rules_and_after_exact_names():
    assert codes("Shan xi", "HB", aliases={"shan  XI": "陕西", "HB": "Hebei"}) == [
        "610000",
        "130000",
    ]
    assert codes("Shanxi", "shanxi", aliases={"Shan xi": "610000"}) == ["140000", "140000"]
    assert codes("北京", aliases={"北京": "上海"}) == ["110000"]
    assert "Atlantis" in problems_of("here", aliases={"here": "Atlantis"})[0]


def test_boundaries_with_the_same_codes_take_every_spelling_too():
    frame = read_boundaries().frame.iloc[:3]
    own = type(read_boundaries())(
        gpd.GeoDataFrame(
            {"name": ["一", "二", "三"], "name_zh": ["一", "二", "三"]},
            index=frame.index,
            geometry=frame.geometry.array,
            crs=4326,
        ),
        "own.gpkg",
    )
    assert codes("京", "二", "CN-HE", "Tianjin", regions=own) == [
        "110000",
        "120000",
        "130000",
        "120000",
    ]


def test_the_spellings_table_agrees_with_the_boundaries_and_with_iso():
    shipped = read_boundaries().frame
    names = provinces.province_names()
    assert list(names) == shipped.index.to_list()
    for adcode, (name, name_zh, full) in names.items():
        row = shipped.loc[adcode]
        assert (row["name"], row["name_zh"], row["name_zh_full"]) == (name, name_zh, full)
    table = Path(provinces.__file__).with_name("provinces.csv")
    with table.open(encoding="utf-8") as file:
        assert {row["adcode"]: row["iso"] for row in csv.DictReader(file)} == shipped[
            "iso"
        ].to_dict()


def test_no_spelling_in_the_table_means_two_provinces():
    several = {s: a for s, a in provinces._spellings().items() if len(a) > 1}
    assert several == {}


def full_width(text):
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


BLANKS = st.text(alphabet=" \t\u3000\u00a0\u200b", max_size=3)
CASE = st.sampled_from([str, str.upper, str.lower, str.title, full_width])


@given(st.sampled_from(WRITTEN), BLANKS, BLANKS, CASE)
def test_blanks_case_and_full_width_forms_change_nothing(written, before, after, turn):
    spelling, code = written
    assert codes(before + turn(spelling) + after) == [code]


@given(st.sampled_from(WRITTEN), st.sampled_from(["NFC", "NFD", "NFKC", "NFKD"]))
def test_unicode_normal_forms_change_nothing(written, form):
    spelling, code = written
    assert codes(unicodedata.normalize(form, spelling)) == [code]


@given(st.text(max_size=12))
def test_any_text_is_one_of_the_known_spellings_or_refused(text):
    match = match_names([text])
    key = match.keys.iloc[0]
    if isinstance(key, str):
        assert codes(key) == [key]
    else:
        assert match.problems and all(str(problem) for problem in match.problems)


@given(st.lists(st.sampled_from(WRITTEN), min_size=1), st.randoms())
def test_order_and_company_do_not_change_a_match(written, random):
    shuffled = list(written)
    random.shuffle(shuffled)
    assert codes(*(s for s, _ in shuffled)) == [code for _, code in shuffled]
