"""Every key that the code names stands in the tables, in every language, with the same fields."""

import ast
import csv
import re
import string
from pathlib import Path

import pytest

import geo_resilience
from geo_resilience import words
from geo_resilience.text import Text

PACKAGE = Path(geo_resilience.__file__).parent
TABLES = sorted((PACKAGE / "words").glob("*.csv"))
ROWS = [
    (table.name, row)
    for table in TABLES
    for row in csv.DictReader(table.read_text(encoding="utf-8").splitlines())
]


def fields(sentence):
    """Names of the fields."""
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name is not None}


def test_a_table_has_a_key_and_a_column_for_each_language():
    heads = {table.name: table.read_text(encoding="utf-8").splitlines()[0] for table in TABLES}
    expected = ",".join(["key", *words.LANGUAGES])
    assert [name for name, head in heads.items() if head != expected] == []
    assert len(heads) > 10


def test_keys_are_unique():
    keys = [row["key"] for _, row in ROWS]
    assert len(keys) == len(set(keys))


def faults_of(row):
    """What of a row is not as it should be."""
    if None in row:
        yield "a stray comma"
        return
    yield from (f"nothing in {language}" for language in words.LANGUAGES if not row[language])
    said = {language: sorted(fields(row[language] or "")) for language in words.LANGUAGES}
    if len({tuple(names) for names in said.values()}) > 1:
        yield f"other fields: {said}"


def test_every_language_says_it_with_the_same_fields():
    assert len(ROWS) > 1000
    assert [
        f"{table} {row['key']}: {fault}" for table, row in ROWS for fault in faults_of(row)
    ] == []


def test_a_row_that_is_not_as_it_should_be_is_found():
    good = {"key": "k", "en": "{name} of {n}", "zh": "{n}中的{name}"}
    assert list(faults_of(good)) == []
    for wrong in ({"en": ""}, {"zh": "{name}"}, {None: ["more"]}):
        assert list(faults_of({**good, **wrong}))


def called(function):
    return getattr(function, "id", getattr(function, "attr", ""))


def keys_in_code():
    """Literal first arguments of the calls that take a key of the words."""
    prefixes = {"Problem": "problem.", "InputError": "problem.", "UndefinedError": "problem."}
    prefixes |= {"OutputError": "problem.", "Note": "note.", "say": ""}
    for file in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Call) and node.args):
                continue
            first, name = node.args[0], called(node.func)
            if not (isinstance(first, ast.Constant) and isinstance(first.value, str)):
                continue
            if name in prefixes:
                yield file.name, node.lineno, prefixes[name] + first.value
            elif name == "add" and called(getattr(node.func, "value", None)) == "problems":
                yield file.name, node.lineno, "problem." + first.value


def test_every_key_that_the_code_names_is_in_a_table():
    missing = [f"{file}:{line} {key}" for file, line, key in keys_in_code() if not words.has(key)]
    assert missing == []


def test_lists_are_joined_as_the_language_joins_them():
    assert words.plain(["a", "b"], "en") == "a, b"
    assert words.plain(["甲", "乙"], "zh") == "甲、乙"


def test_values_are_set_in_as_text_and_never_read_as_fields():
    assert words.say("grade.High") == "High"
    with pytest.raises(KeyError):
        words.say("grade.Highest")


def test_a_sentence_does_not_end_twice_where_its_value_is_a_sentence():
    said = words.Phrase("problem.regions.name_total", {"name": "全国"})
    assert said.say("en").endswith("row.") and said.say("zh").endswith("。")
    values = {"file": "t.csv", "rows": [2], "said": said}
    for language in words.LANGUAGES:
        sentence = words.say("problem.cli.map_region", language, **values)
        assert not sentence.endswith(("..", "。。", ". .")), sentence


def test_chinese_has_no_blank_after_a_full_width_bracket():
    name = Text(en="Output", zh="产出")
    label = words.Phrase("problem.indicators.indicator", {"code": "A", "name": name})
    values = {"indicator": label, "columns": ["x"]}
    assert words.say("problem.indicators.all_missing", "zh", **values).startswith(
        "A（产出）在所有行中均缺失"
    )
    assert "A (Output) is missing" in words.say("problem.indicators.all_missing", "en", **values)


def test_numbers_are_written_without_the_noise_of_binary_fractions():
    assert words.plain(0.1 * 0.11, "en") == "0.011"
    assert words.plain([0.1 + 0.2, 3], "en") == "0.3, 3"


def test_a_text_of_ten_thousand_signs_does_not_flood_a_sentence():
    assert len(words.plain("x" * 10_000, "en")) == 300
    assert words.plain(["y" * 10_000, "z"], "en").endswith("…, z")


def test_every_language_has_one_style_of_quotes():
    """Curly quotes in sentences; straight ones only where code is shown as it is typed."""
    typed = re.compile(r'(?:[=\[({,:：、]|\b(?:expected|be|or)|[如为或文])\s?"[^"]*"')
    faults = [
        (table, row["key"], sentence)
        for table, row in ROWS
        for sentence in (row[language] for language in words.LANGUAGES)
        if set("«»‘「」『』„") & set(sentence)
        or re.sub(r"[^“”]", "", sentence) != "“”" * sentence.count("“")
        or '"' in typed.sub("", sentence)
    ]
    assert faults == []


def test_terms_of_the_glossary_are_said_in_one_way():
    """A work's title in a list of references stays as its author has it."""
    terms = words.subject("glossary")
    assert len(terms) > 15
    other = [
        (key, term["zh"])
        for term in terms.values()
        for key, row in words._tables().items()
        if re.search(rf"\b{re.escape(term['en'])}s?\b", row["en"].replace("’", "'"), re.IGNORECASE)
        and term["zh"] not in row["zh"]
        and not key.startswith("report.reference.")
    ]
    assert other == []
