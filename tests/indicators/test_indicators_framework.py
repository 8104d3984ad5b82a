"""Frameworks: the two that are shipped, and what a wrong one is told."""

from __future__ import annotations

import re
import time

import pytest

from geo_resilience.errors import InputError
from geo_resilience.indicators import read_framework
from geo_resilience.indicators._framework_files import SHIPPED

# Table 2-1 of the source study.
TABLE_2_1 = {
    "D111": 0.086,
    "D112": 0.092,
    "D121": 0.078,
    "D122": 0.084,
    "D211": 0.095,
    "D212": 0.088,
    "D221": 0.082,
    "D222": 0.079,
    "D311": 0.093,
    "D312": 0.087,
    "D321": 0.071,
    "D322": 0.065,
}
SMALL = """
title = "Small"
[[dimensions]]
code = "A"
name = "First"
[[indicators]]
code = "A1"
name = "One"
direction = "+"
dimension = "A"
weight = 1
column = "x"
"""


@pytest.fixture
def write(tmp_path):
    def _write(text: str, *, encoding: str = "utf-8"):
        file = tmp_path / "framework.toml"
        file.write_bytes(text.encode(encoding))
        return file

    return _write


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_frameworks_have_the_published_weights(name):
    framework = read_framework(name)
    assert framework.published.to_dict() == TABLE_2_1
    assert framework.published.sum() == pytest.approx(1)
    by_dimension = framework.published.groupby(framework.dimension_of).sum()
    assert by_dimension.round(3).to_dict() == {"B1": 0.340, "B2": 0.344, "B3": 0.316}
    assert len(framework.groups) == 6
    assert {each.group for each in framework.indicators} == {g.code for g in framework.groups}
    assert all(each.definition["zh"] != each.definition["en"] for each in framework.indicators)
    assert all(each.fidelity for each in framework.indicators)


def test_what_stands_in_is_called_what_it_is_and_names_its_role():
    framework = read_framework("high_tech")
    for each in framework.indicators:
        is_defined = each.fidelity == "as defined"
        assert bool(each.measured_as) != is_defined
        for language in ("en", "zh"):
            assert framework.called(each.code)[language] == each.called[language]
            assert (each.called[language] == each.name[language]) == is_defined
            assert is_defined or each.stands_for[language].count(each.name[language]) == 1
    assert framework.indicator("D221").stands_for["en"] == "substitute for: Capital turnover"
    assert framework.indicator("D212").stands_for["zh"] == "“劳动生产率”的近似指标"
    assert not framework.indicator("D311").stands_for


def test_times_are_better_short_and_rates_high():
    assert read_framework("table_2_1").directions[["D321", "D322"]].to_list() == ["-", "-"]
    assert set(read_framework("high_tech").directions) == {"+"}


def test_bundled_variables_stand_beside_the_index():
    framework = read_framework("high_tech")
    assert len(framework.with_role("driver")) == 5
    assert [each.code for each in framework.with_role("population")] == ["population"]
    partitions = {each.partition for each in framework.with_role("industry")}
    assert partitions == {"", "employment", "value_added"}  # without: against the output
    assert framework.at_current_prices == ["D212", "D221"]
    # no driver is a part of the index
    parts = {"software_revenue_100m_yuan", "ecommerce_sales_100m_yuan"}
    drivers = " ".join(each.expression for each in framework.with_role("driver"))
    assert not any(part in drivers for part in parts)


def test_a_small_framework(write):
    framework = read_framework(write(SMALL))
    assert framework.codes == ["A1"]
    assert framework.indicator("A1").name["zh"] == "One"
    assert framework.needed_columns == {"x"}
    with pytest.raises(KeyError):
        framework.indicator("A2")


def test_column_is_called_like_the_code_when_none_is_named(write):
    framework = read_framework(write(SMALL.replace('column = "x"', "")))
    assert framework.needed_columns == {"A1"}


def test_weights_are_published_only_when_all_are(write):
    assert read_framework(write(SMALL.replace("weight = 1", ""))).published is None


@pytest.mark.parametrize("sign", ["-", "−", "–", "－", " - "])
def test_minus_may_be_typed_in_several_ways(write, sign):
    framework = read_framework(write(SMALL.replace('"+"', f'"{sign}"')))
    assert framework.directions["A1"] == "-"


def test_full_width_plus_is_plus(write):
    assert read_framework(write(SMALL.replace('"+"', '"＋"'))).directions["A1"] == "+"


def test_expressions_may_run_over_lines(write):
    text = SMALL.replace('column = "x"', 'expression = """\nmean(\n  x,\n  share(y)\n)\n"""')
    assert read_framework(write(text)).needed_columns == {"x", "y"}


def test_windows_line_ends_and_mark(write):
    assert read_framework(write("\ufeff" + SMALL.replace("\n", "\r\n"))).title["en"] == "Small"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('direction = "+"', 'direction = "up"', "A1: direction is “up”. Expected: +, -"),
        ('direction = "+"', "", "A1: still blank: direction. direction must be"),
        ('direction = "+"', 'direktion = "+"', "unknown key “direktion”. Did you mean direction"),
        ('dimension = "A"', 'dimension = "B"', "A1: dimension is “B”. Expected: A"),
        ("weight = 1", "weight = -1", "A1: the weight is -1"),
        ("weight = 1", "weight = nan", "A1: the weight is nan"),
        ("weight = 1", "weight = inf", "A1: the weight is inf"),
        ("weight = 1", 'weight = "1"', "weight is '1'; a number without quotes"),
        ("weight = 1", "weight = true", "weight is True; a number without quotes"),
        ('column = "x"', 'standard_error = "some"', "A1: standard_error is “some”"),
        ('column = "x"', 'standard_error = "-3%"', "A1: standard_error is “-3%”"),
        ('code = "A1"', "", "[[indicators]] 1 has no code"),
        ('code = "A1"', "code = 1", "code is 1; a text in quotes"),
        ('code = "A1"', 'code = "year"', "the code “year” is the name of a column of the results"),
        ('column = "x"', 'column = "x"\nexpression = "x"', "A1: column and expression are both"),
        ('column = "x"', 'expression = "share("', "A1: The expression “share(” cannot be read"),
        ('column = "x"', 'expression = "shar(x)"', "unknown function “shar”"),
        ('column = "x"', 'fidelity = "prxy"', "fidelity is “prxy”. Expected: proxy"),
        ('column = "x"', 'prices = "real"', "prices is “real”. Expected: current, constant"),
        ('title = "Small"', "title = 3", "title is 3; a text in quotes"),
        ('title = "Small"', 'titel = "Small"', "unknown key “titel”. Did you mean title"),
        ('title = "Small"', "indicators = 3", "Cannot|cannot|not valid TOML"),
        ("[[indicators]]", "[indicators]", "indicators is"),
        ("[[dimensions]]", '[[dimensions]]\ncode = "Z"\n[[dimensions]]', "the dimension “Z”"),
        ("[[indicators]]", "[[indicators]", "not valid TOML"),
    ],
)
def test_what_a_wrong_framework_is_told(write, old, new, message):
    assert old in SMALL
    with pytest.raises(InputError) as caught:
        read_framework(write(SMALL.replace(old, new, 1)))
    said = caught.value.say("en")
    assert any(part in said for part in message.split("|")), said
    assert caught.value.say("zh")


def test_everything_is_said_at_once(write):
    text = SMALL.replace('"+"', '"up"').replace("weight = 1", "weight = -1") + 'unit = 3\nx = "y"\n'
    with pytest.raises(InputError) as caught:
        read_framework(write(text))
    assert len(caught.value.problems) == 4


def test_codes_are_unique_over_indicators_and_variables(write):
    twice = '[[variables]]\ncode = "A1"\nrole = "driver"\ncolumn = "z"\n'
    with pytest.raises(InputError, match="A1: the code stands twice"):
        read_framework(write(SMALL + twice))
    with pytest.raises(InputError, match=r"role is “drivr”\. Expected: driver"):
        read_framework(write(SMALL + twice.replace("driver", "drivr").replace("A1", "V")))


@pytest.mark.parametrize("code", ["fid", "FID", "geom", "GEOM", "NAME", "Composite", "RANK"])
def test_codes_of_dimensions_may_not_be_columns_of_a_geopackage(write, code):
    text = SMALL.replace('code = "A"', f'code = "{code}"').replace('n = "A"', f'n = "{code}"')
    with pytest.raises(InputError, match=f"the code “{code}” is the name of a column"):
        read_framework(write(text))


def test_dimensions_that_differ_by_case_alone_are_refused(write):
    both = SMALL.replace("[[indicators]]", '[[dimensions]]\ncode = "a"\n[[indicators]]')
    other = '[[indicators]]\ncode = "A2"\ndirection = "+"\ndimension = "a"\nweight = 1\n'
    with pytest.raises(InputError, match="the dimensions A, a differ in nothing but capital"):
        read_framework(write(both + other))


def test_a_dimension_and_an_indicator_may_not_share_a_code(write):
    with pytest.raises(InputError, match="the code “A” is both a dimension's and an indicator's"):
        read_framework(write(SMALL.replace('code = "A1"', 'code = "A"')))


def test_syntax_names_line_and_column(write):
    with pytest.raises(InputError, match=r"framework\.toml, line 2, column 9"):
        read_framework(write("\ntitle = Small\n"))
    with pytest.raises(InputError, match=r"framework\.toml, line \d+, column"):
        read_framework(write('\ntitle = "Small'))


def test_missing_file_offers_the_nearest(tmp_path, write):
    write(SMALL)
    with pytest.raises(InputError, match=r"framework\.toml"):
        read_framework(tmp_path / "framwork.toml")
    with pytest.raises(InputError, match="Near it: high_tech"):
        read_framework("high_teck")
    with pytest.raises(InputError, match="is a folder"):
        read_framework(tmp_path)


def test_no_indicators(write):
    with pytest.raises(InputError, match=r"no \[\[indicators\]\] entry"):
        read_framework(write('title = "Small"\n'))


def test_every_indicator_of_the_bundled_system_says_its_source_in_both_languages():
    for indicator in read_framework("high_tech").indicators:
        assert indicator.source["zh"] and indicator.source["zh"] != indicator.source["en"]
        assert not re.search("[a-z]{4}", indicator.source["zh"])


def test_groups_of_thousands_of_levels_are_read_in_time(tmp_path):
    rows = ["dimensions = [{ code = 'A', name = 'A' }]"]
    rows += [
        f"[[groups]]\ncode = 'g{i}'\nname = 'G'\nparent = '{f'g{i - 1}' if i else 'A'}'"
        for i in range(1_500)
    ]
    rows += [
        f"[[indicators]]\ncode = '{code}'\nname = '{code}'\ndirection = '+'\ndimension = 'A'\n"
        f"group = '{group}'\nweight = 0.5"
        for code, group in (("X", "g1499"), ("Y", "g0"))
    ]
    (tmp_path / "f.toml").write_text("\n".join(rows))
    begun = time.process_time()
    assert len(read_framework(tmp_path / "f.toml").paths["X"]) == 1_501
    assert time.process_time() - begun < 3
